"""Find children who have been away without leave for several school days in a row.

A run goes on over weekends, holidays and vacations: only school days count. An excused day, or
a school day without an absence, ends it. Attendance is reported by exception, so a school day
nobody wrote anything about is a day present, up to the last day the reports cover.
"""

from __future__ import annotations

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


class Place(NamedTuple):
    """Where a child is taught."""

    school: str
    class_code: str


class ClassReport(NamedTuple):
    """A class reported a day; ``is_full_attendance`` if it wrote that nobody was absent."""

    school: str
    class_code: str
    day: date
    is_full_attendance: bool


class AbsenceRun(NamedTuple):
    """School days of unexcused absence without a break."""

    child_ref: UUID
    school: str
    days: tuple[date, ...]
    is_ongoing: bool
    """Absent up to the last school day covered; otherwise the child has come back."""

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
        self._classes: dict[str, date] = {}
        self._writes_full: set[str] = set()
        for report in reports:
            if report.day > as_of:
                continue
            known = self.schools.get(report.school, report.day)
            self.schools[report.school] = max(known, report.day)
            own = self._classes.get(report.class_code, report.day)
            self._classes[report.class_code] = max(own, report.day)
            if report.is_full_attendance:
                self._writes_full.add(report.class_code)

    def last_day(self, place: Place) -> date | None:
        """Give the school's last covered day.

        A class that writes 全勤 when nobody is absent has said nothing about the days it has not
        reported yet: its children have not come back just because another class reported.
        """
        if place.class_code in self._writes_full:
            return self._classes[place.class_code]
        return self.schools.get(place.school)


def find_runs(
    absences: Iterable[AbsentDay],
    *,
    places: Mapping[UUID, Place],
    coverage: Coverage,
    calendar: Calendar,
    absence_days: int = ABSENCE_DAYS,
) -> list[AbsenceRun]:
    """Give every run of at least ``absence_days``, ordered by child and first day."""
    unexcused: dict[UUID, set[date]] = defaultdict(set)
    for absence in absences:
        if not absence.is_excused:
            unexcused[absence.child_ref].add(absence.day)
    school_days = _SchoolDays(calendar, unexcused.values())
    runs: list[AbsenceRun] = []
    for child_ref in sorted(unexcused):
        place = places[child_ref]
        last_day = coverage.last_day(place)
        if last_day is None:
            continue
        days = sorted(day for day in unexcused[child_ref] if day <= last_day)
        for run in school_days.unbroken(days, place.school):
            if len(run) >= absence_days:
                is_ongoing = not school_days.is_any_after(run[-1], last_day, place.school)
                runs.append(AbsenceRun(child_ref, place.school, tuple(run), is_ongoing))
    return runs


class _SchoolDays:
    """The school days of each school, numbered in order."""

    def __init__(self, calendar: Calendar, days: Iterable[set[date]]) -> None:
        self._calendar = calendar
        known = [day for group in days for day in group]
        self._first = min(known, default=date.min)
        self._last = max(known, default=date.min)
        self._numbers: dict[str, dict[date, int]] = {}

    def _numbered(self, school: str) -> dict[date, int]:
        if school not in self._numbers:
            span = (self._first + timedelta(n) for n in range((self._last - self._first).days + 1))
            days = (day for day in span if self._calendar.is_school_day(day, school))
            self._numbers[school] = {day: number for number, day in enumerate(days)}
        return self._numbers[school]

    def unbroken(self, days: Iterable[date], school: str) -> Iterable[list[date]]:
        """Divide sorted days into runs of neighbouring school days; other days do not count."""
        numbers = self._numbered(school)
        run: list[date] = []
        for day in days:
            if day not in numbers:
                continue
            if run and numbers[day] != numbers[run[-1]] + 1:
                yield run
                run = []
            run.append(day)
        if run:
            yield run

    def is_any_after(self, day: date, last: date, school: str) -> bool:
        return any(
            self._calendar.is_school_day(day + timedelta(n), school)
            for n in range(1, (last - day).days + 1)
        )
