"""Which days count: statutory working days, local rest days and each school's terms."""

from __future__ import annotations

from datetime import date, timedelta

from models.base import Frozen

SATURDAY = 5


class Term(Frozen):
    """One school term, both ends included."""

    name: str
    starts_on: date
    ends_on: date


class Closure(Frozen):
    """Days on which one school holds no classes (停课), both ends included."""

    starts_on: date
    ends_on: date
    reason: str


class Calendar(Frozen):
    """The days of one county as they are known on one day.

    A year outside ``loaded_years`` has no State Council notice yet: its days are counted with
    weekends and the holidays fixed by law, and every date that rests on it is provisional.
    """

    loaded_years: tuple[int, ...]
    rest_days: dict[date, str]
    """Statutory and local holidays, and weekdays given in exchange, with their names."""
    make_up_days: tuple[date, ...]
    """Weekend days worked in exchange (调休)."""
    terms: tuple[Term, ...] = ()
    """The county's terms; a school without its own terms follows these."""
    school_terms: dict[str, tuple[Term, ...]] = {}
    school_closures: dict[str, tuple[Closure, ...]] = {}
    """By school; those of every school of the county stand under the empty key."""
    school_make_up_days: dict[str, tuple[date, ...]] = {}
    """Rest days on which a school teaches (补课日、大周末前的上课日); the empty key as above."""

    def is_working_day(self, day: date) -> bool:
        if day in self.rest_days:
            return False
        return day.weekday() < SATURDAY or day in self.make_up_days

    def is_school_day(self, day: date, school: str | None = None) -> bool:
        """Tell whether the school holds classes: a day it teaches, in term and not suspended."""
        if not self.is_working_day(day) and not self._is_made_up(day, school):
            return False
        if self._closure(day, school) is not None:
            return False
        return any(t.starts_on <= day <= t.ends_on for t in self.terms_of(school))

    def _is_made_up(self, day: date, school: str | None) -> bool:
        return any(day in self.school_make_up_days.get(key, ()) for key in {"", school or ""})

    def _closure(self, day: date, school: str | None) -> Closure | None:
        for key in dict.fromkeys(("", school or "")):
            for closure in self.school_closures.get(key, ()):
                if closure.starts_on <= day <= closure.ends_on:
                    return closure
        return None

    def terms_of(self, school: str | None) -> tuple[Term, ...]:
        return self.school_terms.get(school or "", self.terms)

    def is_provisional(self, day: date) -> bool:
        return day.year not in self.loaded_years

    def why_skipped(
        self, day: date, *, school: str | None = None, school_days: bool = False
    ) -> str:
        """Say in Chinese why ``day`` does not count."""
        is_taught = school_days and self._is_made_up(day, school)
        if day in self.rest_days and not is_taught:
            return self.rest_days[day]
        if not self.is_working_day(day) and not is_taught:
            return "周末"
        if school_days:
            closure = self._closure(day, school)
            return "不在学期内" if closure is None else closure.reason
        return ""

    def school_days_between(self, first: date, last: date, school: str | None = None) -> int:
        """Count the school days from ``first`` to ``last``, both included."""
        days = (last - first).days + 1
        return sum(self.is_school_day(first + timedelta(n), school) for n in range(days))
