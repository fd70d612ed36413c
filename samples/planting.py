"""The truths hidden in the sample's attendance: runs to be found and near misses to be left.

Each story is a function of the school days so far; early in a year some cannot be told yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.calendar import SATURDAY, Calendar
from models.roster import AbsenceKind

Telling = Sequence[tuple[int, AbsenceKind]]
"""Positions among the school days with the kind of absence on each."""

_UNEXCUSED = AbsenceKind.UNEXCUSED
VACATION_DAYS = 15


@dataclass(frozen=True, slots=True)
class Days:
    """The school days of one school up to the sample's day, and what lies between them."""

    days: tuple[date, ...]
    calendar: Calendar

    def gap_kind(self, position: int) -> str:
        """Name what lies between a school day and the next: nothing, weekend, holiday, vacation."""
        first, then = self.days[position], self.days[position + 1]
        skipped = [first + timedelta(n) for n in range(1, (then - first).days)]
        if not skipped:
            return "nothing"
        if len(skipped) >= VACATION_DAYS:
            return "vacation"
        rests = any(day in self.calendar.rest_days for day in skipped)
        return "holiday" if rests else "weekend"

    def last_before(self, kind: str, *, room: int, nth: int = 0) -> int | None:
        """Find the nth-latest day before a gap of ``kind`` with ``room`` school days after it."""
        found = [
            position for position in range(len(self.days) - room) if self.gap_kind(position) == kind
        ]
        return found[-1 - nth] if len(found) > nth else None

    def last_make_up(self, *, room: int) -> int | None:
        found = [
            position
            for position in range(1, len(self.days) - room)
            if self.days[position].weekday() >= SATURDAY
        ]
        return found[-1] if found else None


def _run(first: int, last: int) -> Telling:
    return [(position, _UNEXCUSED) for position in range(first, last + 1)]


def _to_the_end(days: Days, first: int | None) -> Telling | None:
    if first is None or first < 0 or len(days.days) - first < 3:
        return None
    return _run(first, len(days.days) - 1)


def _around(days: Days, middle: int | None) -> Telling | None:
    """Tell of three days around a gap after ``middle``, with the child back on the next."""
    if middle is None or middle < 1 or middle + 2 >= len(days.days):
        return None
    return _run(middle - 1, middle + 1)


def _last(days: Days, *kinds: AbsenceKind) -> Telling | None:
    first = len(days.days) - len(kinds)
    return None if first < 0 else [(first + n, kind) for n, kind in enumerate(kinds)]


def _two_across(days: Days, position: int | None) -> Telling | None:
    if position is None or position + 2 >= len(days.days):
        return None
    return _run(position, position + 1)


def _before_make_up(days: Days) -> int | None:
    position = days.last_make_up(room=2)
    return None if position is None else position - 1


STORIES: tuple[tuple[str, Callable[[Days], Telling | None]], ...] = (
    ("刚满三个上课日", lambda d: _to_the_end(d, len(d.days) - 3)),
    ("刚满三个上课日", lambda d: _to_the_end(d, len(d.days) - 3)),
    ("跨周末未归", lambda d: _to_the_end(d, d.last_before("weekend", room=2))),
    ("跨上一个周末未归", lambda d: _to_the_end(d, d.last_before("weekend", room=2, nth=1))),
    ("节假日后未归", lambda d: _to_the_end(d, d.last_before("holiday", room=2))),
    ("调休上课日前后未到", lambda d: _to_the_end(d, _before_make_up(d))),
    ("寒假后未归", lambda d: _to_the_end(d, d.last_before("vacation", room=2))),
    ("长期未到校", lambda d: _to_the_end(d, len(d.days) - 25)),
    ("跨周末三天后返校", lambda d: _around(d, d.last_before("weekend", room=3))),
    ("跨节假日三天后返校", lambda d: _around(d, d.last_before("holiday", room=3))),
    ("跨调休三天后返校", lambda d: _around(d, d.last_make_up(room=3))),
    ("五天后返校", lambda d: _run(n - 12, n - 8) if (n := len(d.days)) >= 12 else None),
    ("仅两天", lambda d: _last(d, _UNEXCUSED, _UNEXCUSED)),
    ("三天中一天请假", lambda d: _last(d, _UNEXCUSED, AbsenceKind.LEAVE, _UNEXCUSED)),
    ("先请假后两天", lambda d: _last(d, AbsenceKind.SICK, _UNEXCUSED, _UNEXCUSED)),
    ("跨周末仅两个上课日", lambda d: _two_across(d, d.last_before("weekend", room=3))),
    ("跨节假日仅两个上课日", lambda d: _two_across(d, d.last_before("holiday", room=3))),
)
