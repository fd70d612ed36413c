"""What the monitoring records (返校监测) prove: which school days they cover, and the attendance.

The days are those of the child's school; where the calendar holds no school day of the stretch,
every day counts. A day told twice in an older ledger has the value told last.
"""

from __future__ import annotations

from datetime import date, timedelta

from lifecycle.days import add_months
from lifecycle.verb import Context
from models.state import CaseState, MonitoringFact


def next_start(state: CaseState) -> date | None:
    """Return the day after the last one recorded; the first of the monitoring where none is."""
    if not state.monitoring:
        return state.attending_since
    return max(fact.to_on for fact in state.monitoring) + timedelta(days=1)


def overlapped(state: CaseState, from_on: date, to_on: date) -> MonitoringFact | None:
    """Return a record that already speaks of some day of the stretch."""
    shared = (fact for fact in state.monitoring if fact.from_on <= to_on and from_on <= fact.to_on)
    return next(shared, None)


def missing_days(context: Context) -> tuple[date, ...]:
    """List the school days of the monitoring that no record covers."""
    state = context.state
    first, last = state.attending_since, _last_day(state)
    if first is None or last is None:
        return ()
    told = _told(state)
    return tuple(day for day in _counted(context, first, last) if day not in told)


def attendance(context: Context) -> tuple[int, int]:
    """Return the percents summed over the days recorded, and the number of those days.

    Counted are the last months of monitoring (``monitor_months``) up to the last day recorded: a
    poor beginning is made good by going on, never by one good day.
    """
    state = context.state
    told = _told(state)
    if not told or state.attending_since is None:
        return 0, 0
    last = max(told)
    first = max(
        state.attending_since, add_months(last, -context.policy.number("monitor_months"))
    )  # fmt: skip
    days = [day for day in _counted(context, first, last) if day in told]
    return sum(told[day] for day in days), len(days)


def _last_day(state: CaseState) -> date | None:
    ends = [fact.to_on for fact in state.monitoring]
    if state.monitoring_ended_on is not None:
        ends.append(state.monitoring_ended_on)
    return max(ends, default=None)


def _told(state: CaseState) -> dict[date, int]:
    """The percent told of each day."""
    return {
        day: fact.attendance_percent
        for fact in state.monitoring
        for day in _days(fact.from_on, fact.to_on)
    }


def _counted(context: Context, first: date, last: date) -> list[date]:
    days = _days(first, last)
    school = context.state.school
    taught = [day for day in days if context.calendar.is_school_day(day, school)]
    return taught or days


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
