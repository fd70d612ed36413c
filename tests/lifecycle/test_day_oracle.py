"""Every day of five years against a plain table walker that shares no code with the core."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from lifecycle.days import derive
from models.calendar import Calendar
from models.rules import Parameter
from models.words import Unit, Weight
from tests.walk import calendar

# 国务院办公厅关于2024、2025、2026年部分节假日安排的通知: each holiday from – to, as printed.
OFF_RUNS = (
    ("2024-01-01", 1), ("2024-02-10", 8), ("2024-04-04", 3), ("2024-05-01", 5),
    ("2024-06-10", 1), ("2024-09-15", 3), ("2024-10-01", 7),
    ("2025-01-01", 1), ("2025-01-28", 8), ("2025-04-04", 3), ("2025-05-01", 5),
    ("2025-05-31", 3), ("2025-10-01", 8),
    ("2026-01-01", 3), ("2026-02-15", 9), ("2026-04-04", 3), ("2026-05-01", 5),
    ("2026-06-19", 3), ("2026-09-25", 3), ("2026-10-01", 7),
)  # fmt: skip
MADE_UP = {
    "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14",
    "2024-09-29", "2024-10-12",
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
}  # fmt: skip
LESSONS = (
    ("2025-09-01", "2026-01-16"), ("2026-03-02", "2026-07-10"), ("2026-09-01", "2027-01-15"),
)  # fmt: skip
"""The terms of tests/walk.py, written out again."""
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
LAST_NOTICE = 2026
WALKED = (0, 1, 2, 3, 5, 7, 10, 12, 15)
PLAIN = (0, 1, 7, 15, 30, 60, 90)
MONTHS = (0, 1, 3, 6, 12, 24)


def leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def length(year: int, month: int) -> int:
    return 29 if month == 2 and leap(year) else LENGTHS[month - 1]


@cache
def almanac() -> tuple[list[str], dict[str, int]]:
    """All days from 2024 to 2030 in a row, written out by the lengths of the months."""
    days = [
        f"{year}-{month:02}-{number:02}"
        for year in range(2024, 2031)
        for month in range(1, 13)
        for number in range(1, length(year, month) + 1)
    ]
    return days, {day: index for index, day in enumerate(days)}


@cache
def known() -> Calendar:
    return calendar()


@cache
def worked() -> list[bool]:
    """Tell of each day of the row whether offices are open; 2024-01-01 was a Monday."""
    days, at = almanac()
    off = {days[at[first] + n] for first, run in OFF_RUNS for n in range(run)}
    # No notice yet: the days fixed by law are those the calendar itself gives.
    off |= {day.isoformat() for day in known().rest_days if day.year > LAST_NOTICE}
    return [day in MADE_UP or (index % 7 < 5 and day not in off) for index, day in enumerate(days)]


@cache
def taught() -> list[bool]:
    days, _ = almanac()
    return [
        is_open and any(first <= day <= last for first, last in LESSONS)
        for is_open, day in zip(worked(), days, strict=True)
    ]


def nth(table: list[bool], start: int, amount: int) -> int | None:
    """Return the place of the ``amount``-th counted day after ``start``; 0: this or the next."""
    place, left = start, amount
    if amount == 0:
        left = 0 if table[start] else 1
    while left:
        place += 1
        if place >= len(table):
            return None
        left -= table[place]
    return place


def months_on(day: str, amount: int) -> str:
    year, month, number = (int(part) for part in day.split("-"))
    for _ in range(amount):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return f"{year}-{month:02}-{min(number, length(year, month)):02}"


def rule(unit: Unit, *, moves: bool) -> Parameter:
    return Parameter(
        name="oracle", label="对照", value=1, unit=unit, weight=Weight.LAW, source=("对照",),
        note="逐日对照", jurisdiction="test", effective_from=date(2024, 1, 1),
        moves_off_rest_day=moves,
    )  # fmt: skip


def five_years() -> range:
    _, at = almanac()
    return range(at["2024-01-01"], at["2028-12-31"] + 1)


def moved(place: int) -> int:
    while not worked()[place]:
        place += 1
    return place


def check(unit: Unit, start: int, amount: int, end: int, *, moves: bool) -> None:
    days, _ = almanac()
    got = derive(
        rule(unit, moves=moves), anchor="起点", anchor_on=date.fromisoformat(days[start]),
        calendar=known(), amount=amount,
    )  # fmt: skip
    wanted = moved(end) if moves else end
    assert (days[start], unit, amount, moves, days[wanted]) == (
        days[start], unit, amount, moves, got.due_on.isoformat(),
    )  # fmt: skip
    assert (got.moved_from is not None) == (wanted != end)
    rests = unit in {Unit.WORKING_DAY, Unit.SCHOOL_DAY} or moves
    assert got.is_provisional is (rests and int(days[wanted][:4]) > LAST_NOTICE)


def test_the_table_is_the_calendar_day_by_day() -> None:
    """Open or closed, taught or not: the written-out notices say what the calendar says."""
    days, _ = almanac()
    for place in five_years():
        day = date.fromisoformat(days[place])
        assert (day, worked()[place]) == (day, known().is_working_day(day))
        assert (day, taught()[place]) == (day, known().is_school_day(day))


@pytest.mark.parametrize("amount", WALKED)
@pytest.mark.parametrize("moves", [False, True])
def test_working_days_from_every_day(amount: int, moves: bool) -> None:
    """The end of working days is itself a working day, so that nothing is ever left to move."""
    for start in five_years():
        end = nth(worked(), start, amount)
        assert end is not None
        check(Unit.WORKING_DAY, start, amount, end, moves=moves)


@pytest.mark.parametrize("amount", [0, 1, 3, 10])
def test_school_days_from_every_day_that_has_a_term_ahead(amount: int) -> None:
    """Holidays, weekends and vacations are stepped over as one."""
    checked = 0
    for start in five_years():
        end = nth(taught(), start, amount)
        if end is not None:
            check(Unit.SCHOOL_DAY, start, amount, end, moves=False)
            checked += 1
    assert checked > 1000


def test_school_days_past_the_last_term_are_working_days() -> None:
    """Where no term is known any more, working days are counted and the date is provisional."""
    for start in five_years()[::7]:
        if nth(taught(), start, 3) is None:
            end = nth(worked(), start, 3)
            assert end is not None
            check(Unit.SCHOOL_DAY, start, 3, end, moves=False)


@pytest.mark.parametrize("amount", PLAIN)
@pytest.mark.parametrize("moves", [False, True])
def test_calendar_days_from_every_day(amount: int, moves: bool) -> None:
    """Plain days; the end moves off a rest day only where the law moves it."""
    for start in five_years():
        check(Unit.CALENDAR_DAY, start, amount, start + amount, moves=moves)


@pytest.mark.parametrize("amount", MONTHS)
@pytest.mark.parametrize("moves", [False, True])
def test_months_from_every_day(amount: int, moves: bool) -> None:
    """The same number in the later month, or that month's last day."""
    days, at = almanac()
    for start in five_years():
        end = at[months_on(days[start], amount)]
        if end < at["2028-12-25"]:  # beyond, the calendar of the tests ends
            check(Unit.CALENDAR_MONTH, start, amount, end, moves=moves)
