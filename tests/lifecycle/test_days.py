"""Counting days, against a table of plain strings and a walker that shares no code with ours."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from lifecycle.days import add_months, derive, end_of, legal_date
from models.calendar import Calendar, Closure
from models.rules import Parameter
from models.words import Unit, Weight
from tests.walk import TERMS, calendar

# 国务院办公厅 2025 and 2026 notices, copied by hand: days off on weekdays, and weekend days worked.
OFF = [
    "2025-01-01", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-03",
    "2025-02-04", "2025-04-04", "2025-05-01", "2025-05-02", "2025-05-05", "2025-06-02",
    "2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07", "2025-10-08",
    "2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19",
    "2026-02-20", "2026-02-23", "2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05",
    "2026-06-19", "2026-09-25", "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06",
    "2026-10-07",
]  # fmt: skip
WORKED = [
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04",
    "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
]  # fmt: skip
FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
AMOUNTS = (0, 1, 3, 5, 10, 15)


@cache
def year_calendar() -> Calendar:
    return calendar()


def is_worked(day: date) -> bool:
    if day.year <= 2026:
        text = day.isoformat()
        return text in WORKED or (day.strftime("%a") not in ("Sat", "Sun") and text not in OFF)
    known = year_calendar()  # no notice yet: the days the law itself names, from the library
    return day.strftime("%a") not in ("Sat", "Sun") and day not in known.rest_days


def is_taught(day: date) -> bool:
    return is_worked(day) and any(term.starts_on <= day <= term.ends_on for term in TERMS)


@cache
def listed(unit: Unit) -> tuple[date, ...]:
    """Every counted day of the unit from 2025 to 2028, as one long list."""
    counts = is_taught if unit is Unit.SCHOOL_DAY else is_worked
    days = (FIRST + timedelta(n) for n in range(365 * 4))
    return tuple(day for day in days if counts(day))


def expected_walk(unit: Unit, anchor: date, amount: int) -> date | None:
    days = listed(unit)
    after = bisect_right(days, anchor)
    if amount == 0:
        return anchor if after and days[after - 1] == anchor else next(iter(days[after:]), None)
    return days[after + amount - 1] if after + amount <= len(days) else None


def rule(unit: Unit, *, moves: bool = False) -> Parameter:
    return Parameter(
        name="test", label="测试", value=1, unit=unit, weight=Weight.LAW, source=("测试",),
        note="测试", jurisdiction="test", effective_from=FIRST, moves_off_rest_day=moves,
    )  # fmt: skip


def every_day() -> list[date]:
    return [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.SCHOOL_DAY])
def test_counted_days_are_those_of_the_notices(unit: Unit) -> None:
    """From every day of three years, the n-th working or school day is the table's n-th."""
    checked = 0
    for anchor in every_day():
        for amount in AMOUNTS:
            wanted = expected_walk(unit, anchor, amount)
            if wanted is None:
                continue  # past the last term: the next test
            got = derive(
                rule(unit), anchor="起点", anchor_on=anchor, calendar=year_calendar(), amount=amount
            )
            assert (anchor, amount, wanted) == (anchor, amount, got.due_on)
            skipped = sum((run.to_on - run.from_on).days + 1 for run in got.skipped)
            counted = amount if amount else int(got.due_on != anchor)
            assert (got.due_on - anchor).days == counted + skipped
            assert got.is_provisional is (got.due_on.year > 2026)
            checked += 1
    assert checked > 4000


def test_past_the_last_known_term_school_days_are_working_days_and_provisional() -> None:
    """Without a term in sight the deadline still exists, marked as provisional."""
    got = derive(
        rule(Unit.SCHOOL_DAY), anchor="起点", anchor_on=date(2027, 6, 1),
        calendar=year_calendar(), amount=3,
    )  # fmt: skip
    assert (date(2027, 6, 4), True) == (got.due_on, got.is_provisional)


@pytest.mark.parametrize("moves", [False, True])
def test_calendar_days_and_months_end_where_the_almanac_says(moves: bool) -> None:
    """Days are added; months keep the day or stop at a month's end; only some ends move."""
    for anchor in every_day():
        for amount in AMOUNTS:
            plain = date.fromordinal(anchor.toordinal() + amount)
            check(anchor, amount, Unit.CALENDAR_DAY, plain, moves=moves)
        for amount in (0, 1, 3, 6, 12):
            check(anchor, amount, Unit.CALENDAR_MONTH, same_day(anchor, amount), moves=moves)


def check(anchor: date, amount: int, unit: Unit, plain: date, *, moves: bool) -> None:
    got = derive(
        rule(unit, moves=moves), anchor="起点", anchor_on=anchor, calendar=year_calendar(),
        amount=amount,
    )  # fmt: skip
    end = plain
    while moves and not is_worked(end):
        end += timedelta(days=1)
    assert (anchor, amount, end) == (anchor, amount, got.due_on)
    assert got.moved_from == (plain if end != plain else None)
    assert got.is_provisional is (moves and plain.year > 2026)
    assert got.skipped == ()


def same_day(day: date, months: int) -> date:
    """Count months by hand: name the month, then fall back until the day exists."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 12, 15), 0, date(2025, 12, 15)),
    ],
)
def test_months_end_on_the_last_day_of_a_shorter_month(
    day: date, months: int, wanted: date
) -> None:
    """A month later of the 31st is the last day of a shorter month (民法典 202)."""
    assert wanted == add_months(day, months)


def test_a_school_closed_for_flood_counts_no_school_days() -> None:
    """A closure of one school delays its own deadlines and says why, nobody else's."""
    closed = year_calendar().model_copy(
        update={
            "school_closures": {
                "9901010001": (
                    Closure(
                        starts_on=date(2025, 9, 15), ends_on=date(2025, 9, 19), reason="停课：汛情"
                    ),
                )
            }
        }
    )
    asked = {"anchor": "起点", "anchor_on": date(2025, 9, 12), "calendar": closed, "amount": 1}
    ours = derive(rule(Unit.SCHOOL_DAY), school="9901010001", **asked)
    others = derive(rule(Unit.SCHOOL_DAY), school="9901010002", **asked)
    assert (date(2025, 9, 22), date(2025, 9, 15)) == (ours.due_on, others.due_on)
    assert "停课：汛情" in ours.sentence("核查")


def test_an_amount_of_the_paper_replaces_the_parameters_own() -> None:
    """An order that names ten days runs ten days, whatever the rule's default is."""
    asked = {"anchor": "送达", "anchor_on": date(2025, 9, 1), "calendar": year_calendar()}
    assert date(2025, 9, 2) == derive(rule(Unit.CALENDAR_DAY), **asked).due_on
    assert date(2025, 9, 11) == derive(rule(Unit.CALENDAR_DAY), amount=10, **asked).due_on


def test_the_sentence_tells_anchor_basis_skipped_days_and_the_move() -> None:
    """A person reads the whole derivation in one line."""
    moved = derive(
        rule(Unit.CALENDAR_DAY, moves=True), anchor="文书送达", anchor_on=date(2025, 9, 24),
        calendar=year_calendar(), amount=7,
    )  # fmt: skip
    assert moved.sentence("改正期限") == (
        "改正期限：自2025年9月24日（文书送达）起，7日（测试），2025年10月1日为休息日，顺延，"
        "到期日2025年10月9日"
    )
    walked = derive(
        rule(Unit.WORKING_DAY), anchor="核证", anchor_on=date(2026, 12, 30),
        calendar=year_calendar(), amount=2,
    )  # fmt: skip
    assert walked.sentence("确认").endswith("到期日2027年1月4日（暂定：该年度放假通知尚未载入）")


def test_legal_dates_are_those_of_shanghai() -> None:
    """Half past four in the afternoon of Greenwich is the next day in Shanghai."""
    utc = UTC
    assert date(2025, 9, 11) == legal_date(datetime(2025, 9, 11, 15, 59, tzinfo=utc))
    assert date(2025, 9, 12) == legal_date(datetime(2025, 9, 11, 16, 0, tzinfo=utc))
    assert datetime(2025, 9, 11, 16, 0, tzinfo=utc) == end_of(date(2025, 9, 11))
