"""Leads from attendance: opened once, kept up to date, never hidden."""

from datetime import date, timedelta

from sqlalchemy import text

from models.roster import lead_id
from models.words import LeadSource
from tests.intake import golden
from tests.intake.office import CALENDAR, attendance, october, tables, take
from tests.intake.village import QI, YU


async def test_a_lead_is_opened_with_the_rows_and_one_message_for_it(village, tmp_path):
    """Five days away and still away: one pending lead, one outbox row, an id that repeats."""
    report = await take(village, golden.write_golden(tmp_path, "utf-8"))

    expected = lead_id(YU.ref, date(2025, 10, 13), LeadSource.ATTENDANCE)
    assert report.leads.opened == (expected,)
    state = await tables(village)
    (lead,) = state["lead"]
    assert (lead.absent_since, lead.last_absent_on, lead.absent_days, lead.status) == (
        date(2025, 10, 13),
        date(2025, 10, 17),
        5,
        "pending",
    )
    assert state["outbox"] == [("open_lead", {"lead_id": str(expected)}, f"open_lead:{expected}")]


async def test_a_growing_absence_stays_one_lead(village, tmp_path):
    """Day four makes the lead longer, not double, even when an earlier day is added later."""
    days = october(14, 15, 16)
    first = await take(village, attendance(tmp_path / "a.csv", [(d, YU, "旷课") for d in days]))
    await take(village, attendance(tmp_path / "b.csv", [(date(2025, 10, 17), YU, "旷课")]))
    third = await take(village, attendance(tmp_path / "c.csv", [(date(2025, 10, 13), YU, "旷课")]))

    assert (third.leads.opened, third.leads.extended) == ((), first.leads.opened)
    (lead,) = (await tables(village))["lead"]
    assert (lead.absent_since, lead.last_absent_on, lead.absent_days) == (
        date(2025, 10, 13),
        date(2025, 10, 17),
        5,
    )


async def test_a_dismissed_lead_does_not_hide_what_follows(village, tmp_path):
    """Three more school days away after a dismissal are a new lead."""
    days = october(9, 10, 11)
    first = await take(village, attendance(tmp_path / "a.csv", [(d, YU, "旷课") for d in days]))
    async with village.begin() as connection:
        await connection.execute(text("update lead set status = 'dismissed'"))
    more = october(13, 14)
    second = await take(village, attendance(tmp_path / "b.csv", [(d, YU, "旷课") for d in more]))
    third = await take(village, attendance(tmp_path / "c.csv", [(date(2025, 10, 15), YU, "旷课")]))

    assert len(first.leads.opened) == 1
    assert second.leads.opened == ()
    assert third.leads.opened == (lead_id(YU.ref, more[0], LeadSource.ATTENDANCE),)


async def test_a_child_who_is_back_is_reported_and_opens_no_lead(village, tmp_path):
    """Three days away, then another child's row on the fourth: history, not a lead."""
    rows = [(d, YU, "旷课") for d in october(13, 14, 15)] + [(date(2025, 10, 16), QI, "病假")]
    report = await take(village, attendance(tmp_path / "a.csv", rows))

    assert report.leads.opened == ()
    assert [(run.child_ref, run.day_count) for run in report.leads.ended_runs] == [(YU.ref, 3)]
    assert any("已返校的历史缺勤" in sentence for sentence in report.sentences())


async def test_daily_files_find_what_one_file_finds(village, tmp_path):
    """Ten files of one day each open the lead on the third day and end as one file would."""
    days = [date(2025, 10, 9) + timedelta(n) for n in range(9)]
    school_days = [day for day in days if CALENDAR.is_school_day(day)]
    opened = []
    for day in school_days:
        path = attendance(tmp_path / f"{day}.csv", [(day, YU, "旷课")])
        report = await take(village, path, as_of=day)
        opened.append(len(report.leads.opened))

    assert opened == [0, 0, 1] + [0] * (len(school_days) - 3)


async def test_a_correction_that_splits_a_lead_leaves_the_part_still_going_on(village, tmp_path):
    """A day found present in the middle: the one lead now speaks of the later days."""
    days = october(9, 10, 11, 13, 14, 15, 16)
    first = await take(village, attendance(tmp_path / "a.csv", [(d, YU, "旷课") for d in days]))
    report = await take(village, attendance(tmp_path / "b.csv", [(days[3], YU, "到校")]))

    assert (report.leads.opened, report.leads.extended) == ((), first.leads.opened)
    (lead,) = (await tables(village))["lead"]
    assert (lead.absent_since, lead.last_absent_on, lead.absent_days) == (days[4], days[6], 3)
