"""What a county and its schools have written down about their own days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.calendar import Closure

_SPAN = "extract(year from starts_on) <= :last and extract(year from ends_on) >= :first"


async def local_holidays(connection: AsyncConnection, county: str, years: range) -> dict[date, str]:
    """Return the county's own holidays (火把节 …) with their names."""
    query = text(
        "select day, name from local_holiday where county = :county"
        " and extract(year from day) between :first and :last order by day"
    )
    rows = await connection.execute(query, _keys(county, years))
    return {row.day: row.name for row in rows}


async def closures(
    connection: AsyncConnection, county: str, years: range
) -> dict[str, tuple[Closure, ...]]:
    """Return the days without classes by school; the empty key holds for every school."""
    query = text(
        "select coalesce(school, '') as school, starts_on, ends_on, reason from school_closure"
        f" where county = :county and withdrawn_at is null and {_SPAN}"
        " order by school, starts_on, ends_on, kind"
    )
    found: dict[str, list[Closure]] = defaultdict(list)
    for row in await connection.execute(query, _keys(county, years)):
        closure = Closure(starts_on=row.starts_on, ends_on=row.ends_on, reason=row.reason)
        found[row.school].append(closure)
    return {school: tuple(these) for school, these in sorted(found.items())}


async def make_up_days(
    connection: AsyncConnection, county: str, years: range
) -> dict[str, tuple[date, ...]]:
    """Return the rest days on which a school teaches; the empty key holds for every school."""
    query = text(
        "select coalesce(school, '') as school, day from school_make_up_day"
        " where county = :county and withdrawn_at is null"
        " and extract(year from day) between :first and :last order by 1, 2"
    )
    found: dict[str, list[date]] = defaultdict(list)
    for row in await connection.execute(query, _keys(county, years)):
        found[row.school].append(row.day)
    return {school: tuple(days) for school, days in sorted(found.items())}


def _keys(county: str, years: range) -> dict[str, object]:
    return {"county": county, "first": years[0], "last": years[-1]}
