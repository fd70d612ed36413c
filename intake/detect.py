"""Find children who have been away without leave for several school days in a row.

A run goes on over weekends, holidays and vacations: only school days count, those of the school
the child was at on the day, so that a run goes on through a transfer. An excused day, or a school
day without an absence, ends it. Attendance is reported by exception: a school day nobody wrote
anything about is a day present, up to the last day the reports cover. A day nobody knows about
(a refused row, or no report from a class that otherwise reports every day) is passed over: it is
no day of absence, it ends nothing, and the run names it (docs/decisions/0014).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from models.calendar import Calendar

ABSENCE_DAYS = 3


class AbsentDay(NamedTuple):
    child_ref: UUID
    day: date
    is_excused: bool


class UnknownDay(NamedTuple):
    """A day whose row was refused: nobody knows whether the child was there."""

    child_ref: UUID
    day: date


class Place(NamedTuple):
    """Where a child is taught."""

    school: str
    class_code: str


class Stay(NamedTuple):
    """A place, and the first day the child was taught there."""

    from_on: date
    place: Place


Stays = tuple[Stay, ...]
"""A child's places in order of time; the first holds from the beginning."""


def always(place: Place) -> Stays:
    return (Stay(date.min, place),)


def place_on(stays: Stays, day: date) -> Place:
    """Give the place on ``day``: that of the last stay begun."""
    number = bisect_right(stays, day, key=lambda stay: stay.from_on)
    return stays[max(number - 1, 0)].place


class ClassReport(NamedTuple):
    """A class reported a day; ``is_full_attendance`` if what it wrote speaks for everybody."""

    school: str
    class_code: str
    day: date
    is_full_attendance: bool


class AbsenceRun(NamedTuple):
    """School days of unexcused absence without a break."""

    child_ref: UUID
    school: str
    """The school on the last day of the run."""
    days: tuple[date, ...]
    is_ongoing: bool
    """No known day at school since, up to the last day covered; otherwise the child is back."""
    unknown_days: tuple[date, ...] = ()
    """School days from the first absence on that nobody knows about; they are not counted."""
    schools: tuple[str, ...] = ()
    """Every school of the run, in order: more than one where the child transferred meanwhile."""

    @property
    def first_on(self) -> date:
        return self.days[0]

    @property
    def last_on(self) -> date:
        return self.days[-1]

    @property
    def day_count(self) -> int:
        return len(self.days)


class Coverage:
    """The last day the reports speak for, class by class."""

    def __init__(self, reports: Iterable[ClassReport], as_of: date) -> None:
        self.schools: dict[str, date] = {}
        self._classes: dict[str, set[date]] = defaultdict(set)
        self._writes_full: set[str] = set()
        for report in reports:
            if report.day > as_of:
                continue
            known = self.schools.get(report.school, report.day)
            self.schools[report.school] = max(known, report.day)
            self._classes[report.class_code].add(report.day)
            if report.is_full_attendance:
                self._writes_full.add(report.class_code)
        self._last = {code: max(days) for code, days in self._classes.items()}
        self._first = {code: min(days) for code, days in self._classes.items()}

    def last_day(self, place: Place) -> date | None:
        """Give the school's last covered day.

        A class that writes 全勤 when nobody is absent has said nothing about the days it has not
        reported yet: its children have not come back just because another class reported.
        """
        if place.class_code in self._writes_full:
            return self._last[place.class_code]
        return self.schools.get(place.school)

    def is_silent(self, place: Place, day: date) -> bool:
        """Tell whether a class that speaks for everybody left this day out between two others."""
        code = place.class_code
        if code not in self._writes_full or day in self._classes[code]:
            return False
        return self._first[code] < day < self._last[code]


def find_runs(
    absences: Iterable[AbsentDay],
    *,
    places: Mapping[UUID, Stays],
    coverage: Coverage,
    calendar: Calendar,
    absence_days: int = ABSENCE_DAYS,
    unknown: Iterable[UnknownDay] = (),
) -> list[AbsenceRun]:
    """Give every run of at least ``absence_days``, ordered by child and first day."""
    unexcused: dict[UUID, set[date]] = defaultdict(set)
    known: dict[UUID, set[date]] = defaultdict(set)
    for absence in absences:
        known[absence.child_ref].add(absence.day)
        if not absence.is_excused:
            unexcused[absence.child_ref].add(absence.day)
    unsaid: dict[UUID, set[date]] = defaultdict(set)
    for child_ref, day in unknown:
        if day not in known[child_ref]:
            unsaid[child_ref].add(day)
    school_days = _SchoolDays(calendar)
    runs: list[AbsenceRun] = []
    for child_ref in sorted(unexcused):
        child = _Child(
            child_ref, places[child_ref], unsaid[child_ref], known[child_ref], coverage, school_days
        )
        runs += child.runs(unexcused[child_ref], absence_days)
    return runs


class _Child:
    """One child's school days, as far as anybody has spoken for them."""

    def __init__(
        self,
        child_ref: UUID,
        stays: Stays,
        unsaid: set[date],
        known: set[date],
        coverage: Coverage,
        school_days: _SchoolDays,
    ) -> None:
        self._ref = child_ref
        self._stays = stays
        self._unsaid = unsaid
        self._known = known
        self._coverage = coverage
        self._school_days = school_days

    def runs(self, unexcused: set[date], absence_days: int) -> Iterable[AbsenceRun]:
        until = self._covered_until()
        absent = sorted(day for day in unexcused if until is not None and day <= until)
        if until is None or not absent:
            return
        days = self._school_days.of(self._stays, absent[0], until)
        away = set(absent)
        run: list[date] = []
        unknown: list[date] = []
        for day in days:
            if day in away:
                run.append(day)
            elif run and self._is_unknown(day):
                unknown.append(day)
            else:
                if len(run) >= absence_days:
                    yield self._run(run, unknown, is_ongoing=False)
                run, unknown = [], []
        if len(run) >= absence_days:
            yield self._run(run, unknown, is_ongoing=True)

    def _covered_until(self) -> date | None:
        """Give the last day spoken for: what the old school said still stands after a transfer."""
        ends = [stay.from_on - timedelta(1) for stay in self._stays[1:]]
        found = [
            min(last, end)
            for stay, end in zip(self._stays, [*ends, date.max], strict=True)
            if (last := self._coverage.last_day(stay.place)) is not None
            and stay.from_on <= min(last, end)
        ]
        return max(found, default=None)

    def _is_unknown(self, day: date) -> bool:
        if day in self._known:
            return False
        if day in self._unsaid:
            return True
        place = place_on(self._stays, day)
        last = self._coverage.last_day(place)
        return last is None or day > last or self._coverage.is_silent(place, day)

    def _run(self, run: list[date], unknown: list[date], *, is_ongoing: bool) -> AbsenceRun:
        if not is_ongoing:
            # What nobody knows about after the last absence belongs to it only while it goes on.
            unknown = [day for day in unknown if day < run[-1]]
        schools = dict.fromkeys(place_on(self._stays, day).school for day in run)
        return AbsenceRun(
            self._ref, [*schools][-1], tuple(run), is_ongoing, tuple(unknown), tuple(schools)
        )


class _SchoolDays:
    """The school days of each school, in order, reckoned once."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._days: dict[str, tuple[date, date, list[date]]] = {}

    def of(self, stays: Stays, first: date, last: date) -> Iterable[date]:
        """Give the school days from ``first`` to ``last``, each by the school of its day."""
        for number, stay in enumerate(stays):
            begin = first if number == 0 else max(first, stay.from_on)
            end = last
            if number + 1 < len(stays):
                end = min(last, stays[number + 1].from_on - timedelta(1))
            if begin <= end:
                yield from self._between(stay.place.school, begin, end)

    def _between(self, school: str, first: date, last: date) -> list[date]:
        known = self._days.get(school)
        if known is None or first < known[0] or last > known[1]:
            begin = first if known is None else min(first, known[0])
            end = last if known is None else max(last, known[1])
            span = (begin + timedelta(n) for n in range((end - begin).days + 1))
            days = [day for day in span if self._calendar.is_school_day(day, school or None)]
            known = self._days[school] = (begin, end, days)
        days = known[2]
        return days[bisect_left(days, first) : bisect_right(days, last)]
