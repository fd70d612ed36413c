"""What a county and its schools have written down about their own days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import digest
from models.calendar import Closure
from models.roster import school_year_of

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


def draw(school: str, day: date, classes: Iterable[str], count: int) -> list[str]:
    """Draw ``count`` classes of the school for ``day``; the order of ``classes`` is of no matter.

    A hash instead of dice: anybody can draw again and get the same (抽样考勤, YN-7b).
    """
    ranked = sorted(set(classes), key=lambda code: digest(f"{school}|{day.isoformat()}|{code}"))
    return sorted(ranked[:count])


async def sampled(
    connection: AsyncConnection, school: str, day: date
) -> dict[str, datetime | None]:
    """Return the school's classes with pupils on ``day``, each with when it was checked."""
    rows = await connection.execute(
        text("""
            select r.code, s.checked_at from class_room r
            left join attendance_sample s on s.class_code = r.code and s.day = :day
            where r.school = :school and r.school_year = :year
              and exists (select 1 from child c where (c.school, c.grade, c.class_number)
                          = (r.school, r.grade, r.number))
        """),
        {"school": school, "year": school_year_of(day), "day": day},
    )
    return {row.code: row.checked_at for row in rows}


async def first_week_left(
    connection: AsyncConnection, school: str, term_start: date
) -> tuple[int, datetime | None]:
    """Count the children neither registered nor accounted for by a signed task; and the last one's time."""
    query = text("""
        select count(*) filter (where g.child_ref is null
                                and coalesce(t.status, '') <> 'done') as open,
               max(coalesce(t.done_at, g.recorded_at)) as last
        from child c
        left join term_registration g on g.child_ref = c.ref and g.school = c.school
             and g.term_start = :start
        left join school_task t on t.child_ref = c.ref and t.kind = 'first_week'
             and t.since = :start and t.school = c.school
        where c.school = :school
    """)
    row = (await connection.execute(query, {"school": school, "start": term_start})).one()
    return int(row.open), row.last
