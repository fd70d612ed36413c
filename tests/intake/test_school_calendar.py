"""School calendars from files and by hand: what is taught when, and what that does to counts."""

from datetime import date

import pytest
from sqlalchemy import text

from intake.school_calendar import (
    CalendarDay,
    DayKind,
    boarding_weeks,
    import_calendar,
    lift_closure,
    put_days,
)
from models.base import canonical, digest
from models.rules import calendar_digest
from storage.rules import calendar_of
from tests.intake.desk import ONE, basis, leads, rows, say
from tests.intake.office import CALENDAR, october
from tests.intake.village import OTHER, PRIMARY, YU

COUNTY = "990101"
D13, D14, D15, D16, D17 = october(13, 14, 15, 16, 17)
TERM = CalendarDay(DayKind.TERM, None, "2025秋", date(2025, 9, 1), date(2026, 1, 16))


async def put(engine, *days, on=D17):
    async with engine.begin() as connection:
        return await put_days(connection, COUNTY, list(days), basis(on))


async def calendar(engine, on=D17):
    async with engine.connect() as connection:
        return await calendar_of(connection, COUNTY, on)


FILE = f"""示例县2025年秋季校历
学校,类别,名称,开始日期,结束日期
,学期,2025秋,2025-09-01,2026-01-16
,放假,火把节,2025-10-16,2025-10-17
{PRIMARY.name},停课,水管爆裂,2025-10-14,
{PRIMARY.code},补课,,2025-10-18,
{OTHER.name},大周末,,2025-10-13,2025-10-14
没有的学校,停课,甲,2025-10-14,
,庆典,乙,2025-10-14,
,放假,丙,2025-10-14,2025-10-01
,放假,,2025-10-14,
,学期,丁,2020-09-01,2026-01-16
"""


async def test_a_calendar_file_says_what_every_school_teaches_when(village, tmp_path):
    """Terms, a local holiday, a suspension, a make-up Saturday, a boarding weekend; bad rows named."""
    (tmp_path / "校历.csv").write_text(FILE)
    async with village.begin() as connection:
        report = await import_calendar(connection, tmp_path / "校历.csv", COUNTY, basis(D17))
    assert (report.taken, report.new) == (5, 6)
    assert [row for row, _ in report.rejected] == [8, 9, 10, 11, 12]
    assert "学校" in report.rejected[0][1]

    found = await calendar(village)
    taught = {
        school: [d for d in october(13, 14, 15, 16, 17, 18, 19) if found.is_school_day(d, school)]
        for school in (PRIMARY.code, OTHER.code)
    }
    assert taught == {PRIMARY.code: october(13, 15, 18), OTHER.code: october(15)}
    assert found.why_skipped(D16, school=PRIMARY.code, school_days=True) == "火把节"
    assert not found.is_working_day(D16)

    async with village.begin() as connection:
        again = await import_calendar(connection, tmp_path / "校历.csv", COUNTY, basis(D17))
    assert again.new == 0


async def test_the_order_of_entries_changes_no_calendar(village, postgres_cluster):
    """The same entries in reverse give the same calendar to the last bit."""
    days = [
        TERM,
        CalendarDay(DayKind.SUSPENSION, PRIMARY.code, "甲", D14, D14),
        CalendarDay(DayKind.HOLIDAY, None, "节", D16, D16),
        CalendarDay(DayKind.MAKE_UP, PRIMARY.code, "补", date(2025, 10, 18), date(2025, 10, 18)),
    ]
    shas = []
    for order in (days, days[::-1]):
        async with village.connect() as connection:
            transaction = await connection.begin()
            await put_days(connection, COUNTY, order, basis(D17))
            shas.append(calendar_digest(await calendar_of(connection, COUNTY, D17)))
            await transaction.rollback()
    assert shas[0] == shas[1]


async def test_a_suspension_recounts_those_near_it(village):
    """Absent Monday, (there) Tuesday, absent Wednesday, Thursday: Tuesday suspended makes it three."""
    await put(village, TERM)
    for day in (D13, D14, D15, D16):
        await say(village, ONE, day, *([] if day == D14 else [YU]))
    assert await leads(village) == []
    _, outcome = await put(
        village, CalendarDay(DayKind.SUSPENSION, PRIMARY.code, "停水", D14, D14), on=D16
    )
    assert len(outcome.opened) == 1

    (closure,) = await rows(village, "select id from school_closure")
    async with village.begin() as connection:
        lifted = await lift_closure(connection, closure.id, basis(D16))
        assert await lift_closure(connection, closure.id, basis(D16)) is None
    assert lifted.withdrawn == outcome.opened


async def test_a_county_wide_suspension_holds_for_every_school(village):
    """A closure without a school closes them all, and is no holiday of the offices."""
    await put(village, TERM, CalendarDay(DayKind.SUSPENSION, None, "暴雨", D14, D15))
    found = await calendar(village)
    assert not found.is_school_day(D14, PRIMARY.code)
    assert not found.is_school_day(D15, OTHER.code)
    assert found.is_working_day(D14)


def test_boarding_weeks_teach_in_a_row_and_rest_in_a_row():
    """Ten days on, four off: weekends inside are made up, statutory holidays are not."""
    laid = boarding_weeks(
        "A", date(2025, 9, 8), date(2025, 10, 12), teach_days=10, rest_days=4, calendar=CALENDAR
    )
    made_up = [day.first_on for day in laid if day.kind is DayKind.MAKE_UP]
    rests = [(d.first_on, d.last_on) for d in laid if d.kind is DayKind.BOARDING_WEEKEND]
    assert made_up == [
        date(2025, 9, 13), date(2025, 9, 14), date(2025, 9, 27), date(2025, 9, 28),
        date(2025, 10, 11), date(2025, 10, 12),
    ]  # fmt: skip
    assert rests == [
        (date(2025, 9, 18), date(2025, 9, 21)), (date(2025, 10, 2), date(2025, 10, 5))
    ]  # fmt: skip


async def test_a_calendar_without_make_up_days_keeps_its_old_hash(village):
    """What was stored before schools had such days is still found under its hash."""
    await put(village, TERM)
    before = await calendar(village)
    assert '"school_make_up_days"' in before.model_dump_json()
    body = before.model_dump(mode="json")
    del body["school_make_up_days"]
    assert calendar_digest(before) == digest(canonical(body))
    with_day = before.but(school_make_up_days={"A": (D13,)})
    assert calendar_digest(with_day) != calendar_digest(before)


@pytest.mark.parametrize("table", ["school_closure", "school_make_up_day"])
async def test_nothing_of_a_calendar_is_deleted(village, table):
    """The application may withdraw an entry, not remove it."""
    async with village.connect() as connection:
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(text(f"delete from {table}"))
