"""Statutory working days of China, from the ``holidays`` library, with the county's own terms.

``holidays`` was chosen over ``chinesecalendar``: it is released monthly, names the days in Chinese,
says which weekend days are worked in exchange, and still gives the holidays fixed by law for a year
whose State Council notice is not out, which ``chinesecalendar`` refuses altogether.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

import holidays

from models.calendar import Calendar, Closure, Term

FIRST_MAKE_UP_YEAR = 2014
"""Every notice since then has moved weekend days; a year without any has no notice loaded."""


def county_calendar(
    years: Iterable[int],
    terms: tuple[Term, ...] = (),
    school_terms: dict[str, tuple[Term, ...]] | None = None,
    local_holidays: dict[date, str] | None = None,
    school_closures: dict[str, tuple[Closure, ...]] | None = None,
    school_make_up_days: dict[str, tuple[date, ...]] | None = None,
) -> Calendar:
    """Build the calendar of one county for ``years``; what is local comes from its tables."""
    wanted = tuple(sorted(set(years)))
    rest: dict[date, str] = {}
    make_up: list[date] = []
    loaded: list[int] = []
    for year in wanted:
        year_rest, year_make_up = _statutory(year)
        rest.update(year_rest)
        make_up += year_make_up
        if year_make_up or year < FIRST_MAKE_UP_YEAR:
            loaded.append(year)
    rest.update(local_holidays or {})
    return Calendar(
        loaded_years=tuple(loaded),
        rest_days=dict(sorted(rest.items())),
        make_up_days=tuple(sorted(make_up)),
        terms=terms,
        school_terms=school_terms or {},
        school_closures=school_closures or {},
        school_make_up_days=school_make_up_days or {},
    )


@cache
def _statutory(year: int) -> tuple[dict[date, str], tuple[date, ...]]:
    table = holidays.country_holidays("CN", years=year, language="zh_CN")
    rest = {day: _plain(str(name)) for day, name in sorted(table.items()) if day.year == year}
    worked: Iterable[date] = getattr(table, "weekend_workdays", ())
    return rest, tuple(sorted(day for day in worked if day.year == year))


def _plain(name: str) -> str:
    """Shorten the library's name to what is read beside a date."""
    return "调休" if name.startswith("休息日") else name
