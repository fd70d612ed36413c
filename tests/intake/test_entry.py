"""A class's day reported by hand: whole, once, marked late, and honest about what it changes."""

from datetime import date

import pytest
from sqlalchemy import text

from intake.daily import classes_not_reported, daily_report, late_reports
from intake.entry import ClassEntry, EntryProblem, EntryRefused, report_class
from intake.lead_store import notes_of
from intake.places import move_child
from intake.unknown import settle, unknown_days
from models.calendar import Closure
from models.roster import AbsenceKind
from tests.intake.desk import FAR_ONE, ONE, TWO, basis, leads, rows, say
from tests.intake.office import CALENDAR, attendance, october, take
from tests.intake.village import FAR, OTHER, PRIMARY, QI, SECOND_CLASS, YU

D13, D14, D15, D16, D17 = october(13, 14, 15, 16, 17)


async def test_three_reports_in_a_row_open_a_lead_and_owe_its_case(village):
    """The third school day away is the day the outbox owes a case; not the second, not twice."""
    opened = [len((await say(village, ONE, day, YU)).leads.opened) for day in (D13, D14, D15, D16)]

    assert opened == [0, 0, 1, 0]
    assert await leads(village) == [(str(YU.ref)[-4:], D13, D16, 4, "pending")]
    assert len(await rows(village, "select 1 from outbox where kind = 'open_lead'")) == 1


async def test_the_same_request_acts_once_and_another_content_is_refused(village):
    """A retry is answered from what was written; the key is not free for anything else."""
    first = await say(village, ONE, D13, YU, key="same-key")
    again = await say(village, ONE, D13, YU, key="same-key", hour=20)

    assert (again.is_repeat, again.reported_at) == (True, first.reported_at)
    assert len(await rows(village, "select 1 from class_report")) == 1
    with pytest.raises(EntryRefused) as refusal:
        await say(village, ONE, D13, QI, key="same-key")
    assert refusal.value.code is EntryProblem.REQUEST_REUSED


async def test_who_reported_when_and_whether_late_is_kept(village):
    """15:00 is in time, a second later is late; a correction does not make a late report early."""
    await say(village, ONE, D13, hour=15, cutoff="15:00", by="teacher-1")
    await say(village, TWO, D13, hour=16, cutoff="15:00", by="teacher-2")
    await say(village, TWO, D13, SECOND_CLASS, hour=17, cutoff="15:00", by="teacher-3")

    async with village.connect() as connection:
        late = await late_reports(connection, PRIMARY.code, D13)
    assert [(row.class_code, row.reported_by) for row in late] == [(TWO, "teacher-2")]


async def test_the_principal_sees_which_classes_have_not_reported(village):
    """Both before, one after, none on a Sunday."""
    async with village.connect() as connection:
        before = await classes_not_reported(connection, PRIMARY.code, D13, CALENDAR)
        sunday = await classes_not_reported(connection, PRIMARY.code, date(2025, 10, 19), CALENDAR)
    await say(village, ONE, D13)
    async with village.connect() as connection:
        after = await classes_not_reported(connection, PRIMARY.code, D13, CALENDAR)

    assert [row.class_code for row in before] == [ONE, TWO]
    assert [row.class_code for row in after] == [TWO]
    assert sunday == []


@pytest.mark.parametrize(
    ("code", "day", "child", "problem"),
    [
        ("nowhere", D13, YU, EntryProblem.CLASS_UNKNOWN),
        (ONE, date(2025, 10, 18), YU, EntryProblem.NOT_A_SCHOOL_DAY),
        (ONE, D13, SECOND_CLASS, EntryProblem.CHILD_NOT_IN_CLASS),
    ],
)
async def test_a_report_that_cannot_be_is_refused_whole(village, code, day, child, problem):
    """Nothing of it is written, and the sentence says what to do."""
    with pytest.raises(EntryRefused) as refusal:
        await say(village, code, day, child, basis=basis(date(2025, 10, 20)))
    assert refusal.value.code is problem
    assert await rows(village, "select 1 from class_day") == []


async def test_tomorrow_cannot_be_reported_and_nobody_twice(village):
    """A report of tomorrow, and one child named twice, go back."""
    with pytest.raises(EntryRefused, match="晚于今天"):
        await say(village, ONE, D14, basis=basis(D13))
    with pytest.raises(EntryRefused, match="填了两次"):
        await say(village, ONE, D13, YU, YU)


async def test_whoever_a_report_does_not_name_was_there(village):
    """A second report of the same day takes back the absences it no longer names, and says so."""
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU, QI)
    done = await say(village, ONE, D14, QI, basis=basis(D15))

    assert [(c.child_ref, c.day, c.before, c.after) for c in done.changes] == [
        (YU.ref, D14, AbsenceKind.UNEXCUSED, None)
    ]
    (change,) = done.leads.streaks
    assert change.before == ((D13, D15, 3),)
    assert change.after == ((D13, D13, 1), (D15, D15, 1))


async def test_a_lead_no_case_was_made_of_is_taken_back_with_a_note_and_comes_again(village):
    """Withdrawn, not deleted; the debt is stopped; shown again, it is owed again, under one id."""
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU)
    done = await say(village, ONE, D14, basis=basis(D15))
    (lead,) = done.leads.withdrawn
    assert [status for *_, status in await leads(village)] == ["withdrawn"]
    assert await rows(village, "select 1 from outbox where done_at is null") == []

    back = await say(village, ONE, D14, YU, basis=basis(D15))
    assert back.leads.revived == (lead,)
    assert [status for *_, status in await leads(village)] == ["pending"]
    assert len(await rows(village, "select 1 from outbox where done_at is null")) == 1
    async with village.connect() as connection:
        kinds = [kind for kind, _ in await notes_of(connection, lead)]
    assert kinds == ["withdrawn", "revived"]


async def test_a_lead_that_has_become_a_case_is_noted_and_left_to_people(village):
    """The correction contradicts it; the lead stays as it is and carries the sentence."""
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU)
    async with village.begin() as connection:
        await connection.exec_driver_sql("update lead set status = 'opened'")
        await connection.exec_driver_sql("update outbox set done_at = now()")
    done = await say(village, ONE, D14, basis=basis(D15))

    (lead,) = done.leads.contradicted
    assert [status for *_, status in await leads(village)] == ["opened"]
    async with village.connect() as connection:
        ((kind, said),) = await notes_of(connection, lead)
    assert kind == "contradicted"
    assert "2025-10-13至2025-10-15旷课3天" in said


async def test_the_daily_report_adds_up(village):
    """Expected, present, absent by reason, and how many are away for one, two and three days."""
    for day in (D13, D14):
        await say(village, ONE, day, YU)
    await say(village, ONE, D15, YU, QI)
    async with village.connect() as connection:
        report = await daily_report(connection, PRIMARY.code, D15, basis(D15))

    (one, two) = report.classes
    assert (one.expected, one.absent, one.present, one.is_reported) == (6, 2, 4, True)
    assert (two.expected, two.present, two.is_reported) == (1, None, False)
    assert report.reasons == {"旷课": 2}
    assert [len(report.streaks(level)) for level in (1, 2, 3)] == [2, 1, 1]
    assert [line.streak for line in report.absent] == [3, 1]


async def test_a_suspension_of_one_school_counts_for_that_school_only(village):
    """Wednesday suspended: its children are at two days by Thursday; a report of it is refused."""
    closed = CALENDAR.but(
        school_closures={PRIMARY.code: (Closure(starts_on=D15, ends_on=D15, reason="强降雨停课"),)}
    )
    for day in (D13, D14):
        await say(village, ONE, day, YU, calendar=closed)
    with pytest.raises(EntryRefused, match="强降雨停课"):
        await say(village, ONE, D15, YU, calendar=closed)
    assert len((await say(village, ONE, D16, YU, calendar=closed)).leads.opened) == 1
    assert (await say(village, FAR_ONE, D15, FAR, calendar=closed)).absent_count == 1


async def test_a_child_who_transfers_is_followed(village):
    """Two days away here, one day away there: one lead, with both schools named in its note."""
    for day in (D13, D14):
        await say(village, ONE, day, YU)
    async with village.begin() as connection:
        await move_child(connection, YU.ref, (OTHER.code, 3, 1), moved_on=D15, by="registrar-1")
    done = await say(village, FAR_ONE, D15, YU)

    (lead,) = done.leads.opened
    async with village.connect() as connection:
        ((kind, said),) = await notes_of(connection, lead)
    assert kind == "transferred"
    assert PRIMARY.code in said
    assert OTHER.code in said


async def test_a_move_is_noted_whoever_changes_the_roster(village):
    """A plain update of the roster, by any import, leaves the place before on record."""
    async with village.begin() as connection:
        await connection.exec_driver_sql("update child set class_number = 2 where name = '王雨'")
        await connection.exec_driver_sql("update child set current_address = '新居'")
    (move,) = await rows(village, "select * from child_move")
    assert (move.child_ref, move.from_class, move.to_class) == (YU.ref, 1, 2)


async def test_old_days_of_a_child_who_moved_are_taken_from_the_old_class(village, tmp_path):
    """A file of the old school about days before the transfer is right, about days after not."""
    async with village.begin() as connection:
        await move_child(connection, YU.ref, (OTHER.code, 3, 1), moved_on=D15, by="registrar-1")
    path = attendance(tmp_path / "a.csv", [(D14, YU, "旷课"), (D16, YU, "旷课")])
    report = await take(village, path)

    assert [(c.child_ref, c.day) for c in report.added] == [(YU.ref, D14)]
    assert [p.code for row in report.rejected for p in row.problems] == ["school_mismatch"]


async def test_a_refused_row_leaves_its_day_unknown_until_it_is_mended(village, tmp_path):
    """Away, away, a mark nobody can read, away: a lead of three days that names the unknown one."""
    marks = [(D13, YU, "旷课"), (D14, YU, "旷课"), (D15, YU, "？"), (D16, YU, "旷课")]
    report = await take(village, attendance(tmp_path / "a.csv", marks), as_of=D16)

    assert report.unknown_days == 1
    assert await leads(village) == [(str(YU.ref)[-4:], D13, D16, 3, "pending")]
    async with village.connect() as connection:
        (row,) = await unknown_days(connection, PRIMARY.code, D13, D16)
        ((kind, said),) = await notes_of(connection, report.leads.opened[0])
    assert (row.child_ref, row.day, row.problems) == (YU.ref, D15, ["mark_unknown"])
    assert kind == "unknown_days"
    assert "2025-10-15" in said

    mended = await take(village, attendance(tmp_path / "b.csv", [(D15, YU, "到校")]), as_of=D16)
    assert mended.leads.withdrawn == report.leads.opened
    async with village.connect() as connection:
        assert await unknown_days(connection, PRIMARY.code, D13, D16) == []


async def test_a_row_that_names_nobody_leaves_the_class_unknown_until_settled(village, tmp_path):
    """A name the roster does not hold may be anybody of the class; a person may settle it."""
    marks = [(D13, YU, "旷课"), (D14, YU, "旷课"), (D16, YU, "旷课")]
    await take(village, attendance(tmp_path / "a.csv", marks), as_of=D16)
    assert await leads(village) == []
    (tmp_path / "b.csv").write_text(
        f"日期,学校,班级,身份证号,姓名,考勤,原因\n{D15},{PRIMARY.name},三年级1班,,没有此人,旷课,\n"
    )
    report = await take(village, tmp_path / "b.csv", as_of=D16)
    assert len(report.leads.opened) == 1

    async with village.begin() as connection:
        (row,) = await unknown_days(connection, PRIMARY.code, D13, D16)
        assert row.child_ref is None
        assert await settle(connection, row.id, by="principal-1", reason="外校学生，误填")
        assert await unknown_days(connection, PRIMARY.code, D13, D16) == []


async def test_a_report_of_the_whole_class_makes_its_unknown_days_known(village, tmp_path):
    """By hand the class says who was there: nothing is unknown any more."""
    await take(village, attendance(tmp_path / "a.csv", [(D13, YU, "？")]), as_of=D13)
    await say(village, ONE, D13)
    async with village.connect() as connection:
        assert await unknown_days(connection, PRIMARY.code, D13, D13) == []


async def test_a_mended_error_file_settles_the_rows_that_named_nobody(village, tmp_path):
    """The name typed right and the error file sent again: the class has no unknown day left."""
    (tmp_path / "a.csv").write_text(
        f"日期,学校,班级,身份证号,姓名,考勤,原因\n{D15},{PRIMARY.name},三年级1班,,王鱼,旷课,\n"
    )
    first = await take(village, tmp_path / "a.csv")
    (tmp_path / "a-错误行.csv").write_text(
        f"日期,学校,班级,身份证号,姓名,考勤,原因\n{D15},{PRIMARY.name},三年级1班,,王雨,旷课,\n"
    )
    assert first.unknown_days == 1
    await take(village, tmp_path / "a-错误行.csv")
    async with village.connect() as connection:
        assert await unknown_days(connection, PRIMARY.code, D15, D15) == []


async def test_a_class_that_reports_daily_and_leaves_a_day_out_hides_nobody(village):
    """A silent Wednesday does not make a child present; the report of it, later, decides."""
    for day in (D13, D14, D16):
        done = await say(village, ONE, day, YU)
    assert len(done.leads.opened) == 1
    done = await say(village, ONE, D15, basis=basis(D16))
    assert done.leads.withdrawn == (await rows(village, "select id from lead"))[0]


async def test_two_schools_report_side_by_side_and_an_import_waits_for_both(village):
    """One school's open report does not hold up the other's; a file holds and is held by all."""
    locked = "select pg_try_advisory_xact_lock(hashtext('guixue.import.attendance'))"
    async with village.connect() as first, village.connect() as second:
        one, other = await first.begin(), await second.begin()
        entry = ClassEntry(ONE, D13, (), "key-a")
        await report_class(first, entry, basis(D13))
        await second.execute(text("set local lock_timeout = '2s'"))
        await report_class(second, ClassEntry(FAR_ONE, D13, (), "key-b"), basis(D13))
        async with village.connect() as third:
            assert (await third.execute(text(locked))).scalar_one() is False
        await one.commit()
        await other.commit()
    async with village.connect() as third:
        assert (await third.execute(text(locked))).scalar_one() is True


async def test_a_correction_says_before_and_after_in_words(village, tmp_path):
    """The clerk reads what the count was and what it is, and no name."""
    path = attendance(tmp_path / "a.csv", [(d, YU, "旷课") for d in (D13, D14, D15)])
    await take(village, path, as_of=D15)
    report = await take(village, attendance(tmp_path / "b.csv", [(D14, YU, "到校")]), as_of=D15)
    said = "\n".join(report.sentences())
    assert "原2025-10-13至2025-10-15旷课3天" in said
    assert "现2025-10-13至2025-10-13旷课1天、2025-10-15至2025-10-15旷课1天" in said
    assert YU.name not in said


async def test_a_lead_already_on_its_way_is_noted_and_not_stopped(village):
    """The delivery has been claimed: its case will come, and carries what has been found since."""
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU)
    async with village.begin() as connection:
        await connection.exec_driver_sql(
            "update outbox set attempts = 1, claimed_until = now() + interval '1 minute'"
        )
    done = await say(village, ONE, D14, basis=basis(D15))
    assert (done.leads.withdrawn, len(done.leads.contradicted)) == ((), 1)
    assert [status for *_, status in await leads(village)] == ["pending"]
    assert len(await rows(village, "select 1 from outbox where done_at is null")) == 1
