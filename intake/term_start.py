"""What the start of a term finds, county-wide: one call that may be made every night.

Tasks for whoever has not registered; after the first week the leads of those not accounted for, of
no-shows at junior schools, and of children who should have entered school and never did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.entry_age import never_enrolled_leads
from intake.first_week import check_on, first_week_leads, open_first_week, unregistered
from intake.leads import Basis
from intake.transition import lists_of_school, transition_leads, transition_no_shows
from models.roster import school_year_of
from models.rules import PolicySnapshot

LONGEST = timedelta(days=60)
"""A term this long under way is no longer starting: its gaps are the census's business."""


@dataclass(frozen=True, slots=True)
class TermFindings:
    tasks: int = 0
    first_week: int = 0
    transition: int = 0
    never_enrolled: int = 0
    held: tuple[str, ...] = ()
    """Schools whose registrations are missing or implausibly few: looked at by a person first."""


async def detect_term_start(
    connection: AsyncConnection, county: str, basis: Basis, policy: PolicySnapshot
) -> TermFindings:
    """Look at every school and township of the county on ``basis.as_of``; acts once however often.

    Tasks are made on the last day of the week, so that the first morning does not begin with one
    for every child. A school whose list is missing, or lacks implausibly many, gets no leads: a
    list half sent in must not make hundreds of cases. It is named, and ``first_week_leads`` of
    that one school is for a person to call.
    """
    today = basis.as_of
    days = policy.number("first_week_check")
    tasks = first = transition = 0
    held: list[str] = []
    is_autumn_over = False
    for school in await _schools(connection, county):
        for term in basis.calendar.terms_of(school):
            start = term.starts_on
            if not start <= today <= start + LONGEST:
                continue
            if today < check_on(start, days):
                continue
            is_over = today > check_on(start, days)
            if await _is_plausible(connection, school, start):
                tasks += len(await open_first_week(connection, school, start, days, today))
                first += len(await first_week_leads(connection, school, start, days, today))
            else:
                held.append(school)
            if start.month in _AUTUMN and is_over:
                is_autumn_over = True
                transition += await _no_shows(connection, school, start, today)
    never = 0
    if is_autumn_over:
        never = await _never(connection, county, policy, today)
    return TermFindings(tasks, first, transition, never, tuple(held))


_AUTUMN = (8, 9)
_IMPLAUSIBLE_PERCENT, _FEW = 20, 10
"""House default: more than a fifth of a school missing, and ten children at least."""


async def _is_plausible(connection: AsyncConnection, school: str, start: date) -> bool:
    missing = len(await unregistered(connection, school, start))
    found = await connection.execute(
        text(
            "select count(*) from term_registration where school = :school and term_start = :start"
        ),
        {"school": school, "start": start},
    )
    there = int(found.scalar_one())
    if there == 0:
        return missing == 0
    return missing < _FEW or missing * 100 <= (missing + there) * _IMPLAUSIBLE_PERCENT


async def _no_shows(connection: AsyncConnection, school: str, start: date, today: date) -> int:
    """Make leads of the no-shows of a junior school; none while it has seen nobody at all."""
    year = school_year_of(start)
    lists = [row for row in await lists_of_school(connection, school, year)
             if row.to_school == school]  # fmt: skip
    missing = len(await transition_no_shows(connection, school, year))
    arrived = sum(row.arrived for row in lists)
    if arrived == 0 and missing >= _FEW:
        return 0
    return len(await transition_leads(connection, school, year, start, today))


async def _never(
    connection: AsyncConnection, county: str, policy: PolicySnapshot, today: date
) -> int:
    words, upper = policy.text("entry_age_cutoff"), policy.number("upper_age")
    rows = await connection.execute(
        text("select code from township where county = :county order by code"), {"county": county}
    )
    year = school_year_of(today)
    found = [
        await never_enrolled_leads(connection, row.code, year, words, upper, today) for row in rows
    ]
    return sum(len(leads) for leads in found)


async def _schools(connection: AsyncConnection, county: str) -> list[str]:
    rows = await connection.execute(
        text("select code from school where county = :county order by code"), {"county": county}
    )
    return [row.code for row in rows]
