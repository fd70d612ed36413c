"""Count days as the laws count them: one function for every unit."""

from __future__ import annotations

import calendar as month_lengths
from datetime import date, datetime, time, timedelta, timezone

from models.calendar import Calendar
from models.obligation import Derivation, Skipped
from models.rules import Parameter
from models.words import Unit

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Every legal date is a Shanghai date; the offset has been fixed since 1992."""

HORIZON_DAYS = 1200
"""No period counted here is longer; past it the calendar holds no school term."""


def legal_date(at: datetime) -> date:
    """Return the Shanghai date of an aware instant."""
    return at.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """Return the instant ``day`` is over in Shanghai: a deadline on it has then passed."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def derive(
    parameter: Parameter,
    *,
    anchor: str,
    anchor_on: date,
    calendar: Calendar,
    school: str | None = None,
    amount: int | None = None,
) -> Derivation:
    """Count ``parameter`` from ``anchor_on`` and keep every reason.

    The anchor day itself is not counted (民法典 201, 民事诉讼法 85). ``amount`` replaces the
    parameter's number where a paper names its own period. An end on a rest day moves to the next
    working day only where the parameter says the law moves it (民法典 203).
    """
    number = int(parameter.value) if amount is None else amount
    skipped: list[tuple[date, str]] = []
    if parameter.unit is Unit.CALENDAR_MONTH:
        day = add_months(anchor_on, number)
    elif parameter.unit is Unit.CALENDAR_DAY:
        day = anchor_on + timedelta(days=number)
    else:
        day = _walk(anchor_on, number, parameter.unit, calendar, school, skipped)
    moved_from = None
    if parameter.moves_off_rest_day and not calendar.is_working_day(day):
        moved_from = day
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
    return Derivation(
        rule=parameter.name,
        source=parameter.source,
        weight=parameter.weight,
        anchor=anchor,
        anchor_on=anchor_on,
        amount=number,
        unit=parameter.unit,
        skipped=_runs(skipped),
        moved_from=moved_from,
        due_on=day,
        is_provisional=_rests_on_unloaded(parameter, anchor_on, day, calendar),
    )


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of a shorter month (民法典 202)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = month_lengths.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def end_of_school_year_at(birth_on: date, age: int) -> date:
    """Return 31 August of the year the child reaches ``age``: the end of that school year."""
    return date(birth_on.year + age, 8, 31)


def _walk(
    day: date,
    number: int,
    unit: Unit,
    calendar: Calendar,
    school: str | None,
    skipped: list[tuple[date, str]],
) -> date:
    """Step forward to the ``number``-th counted day; 0 means the anchor or the next counted day."""
    in_school = unit is Unit.SCHOOL_DAY

    def counts(a_day: date) -> bool:
        if in_school:
            return calendar.is_school_day(a_day, school)
        return calendar.is_working_day(a_day)

    left = number
    current = day
    if number == 0:
        left = 0 if counts(day) else 1
    for _ in range(HORIZON_DAYS):
        if left == 0:
            return current
        current += timedelta(days=1)
        if counts(current):
            left -= 1
        else:
            skipped.append(
                (current, calendar.why_skipped(current, school=school, school_days=in_school))
            )
    # No term is known that far ahead: count working days instead, and the year is not loaded,
    # so that the date is provisional and derived again when the terms are in.
    skipped.clear()
    return _walk(day, number, Unit.WORKING_DAY, calendar, school, skipped)


def _runs(days: list[tuple[date, str]]) -> tuple[Skipped, ...]:
    runs: list[Skipped] = []
    for day, why in days:
        last = runs[-1] if runs else None
        if last and last.why == why and last.to_on == day - timedelta(days=1):
            runs[-1] = last.but(to_on=day)
        else:
            runs.append(Skipped(from_on=day, to_on=day, why=why))
    return tuple(runs)


def _rests_on_unloaded(
    parameter: Parameter, anchor_on: date, due_on: date, calendar: Calendar
) -> bool:
    """Tell whether a year without its notice had a say in the date."""
    walked = parameter.unit in {Unit.WORKING_DAY, Unit.SCHOOL_DAY}
    if walked:
        years = range(anchor_on.year, due_on.year + 1)
        return any(year not in calendar.loaded_years for year in years)
    return parameter.moves_off_rest_day and calendar.is_provisional(due_on)
