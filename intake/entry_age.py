"""Six-year-olds who must enter school, and those who never did (义务教育法 11, ZY-2.1a)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.outside_leads import NewLead, put_leads
from models.words import LeadSource

ENTRY_AGE = 6


@dataclass(frozen=True, slots=True, order=True)
class SurveyedChild:
    """A child the April survey found, as the household register and the township know it."""

    child_ref: UUID
    birth_on: date
    township: str
    is_enrolled: bool


def cutoff_of(year: int, words: str) -> date:
    """Return the cut-off day of ``year`` (parameter ``entry_age_cutoff``, ``MM-DD``).

    The last day of February stands for 29 February in a year without one.
    """
    month, day = (int(part) for part in words.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def entry_year(birth_on: date, words: str) -> int:
    """Return the year in which the child must enter: six by that year's cut-off, the day included.

    A birthday on the cut-off itself still counts (满六周岁截止当年 8 月 31 日). The sixth birthday
    of a child of 29 February falls in a leap year or on 28 February; the comparison is of the day
    of birth with the cut-off six years before, so that no birthday has to be invented.
    """
    year = birth_on.year + ENTRY_AGE
    return year if birth_on <= cutoff_of(birth_on.year, words) else year + 1


def due_to_enter(children: Iterable[SurveyedChild], year: int, words: str) -> list[SurveyedChild]:
    """List the children who must enter school in the autumn of ``year`` (the April list)."""
    return sorted(child for child in set(children) if entry_year(child.birth_on, words) == year)


def never_enrolled(
    children: Iterable[SurveyedChild], year: int, words: str, upper_age: int
) -> list[SurveyedChild]:
    """List those not enrolled who should have entered by the autumn of ``year``.

    A child that has reached ``upper_age`` years by the cut-off of ``year`` is past compulsory age.
    """
    cutoff = cutoff_of(year, words)
    return sorted(
        child
        for child in set(children)
        if not child.is_enrolled
        and entry_year(child.birth_on, words) <= year
        and _age_on(child.birth_on, cutoff) < upper_age
    )


def _age_on(birth_on: date, day: date) -> int:
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


async def surveyed(connection: AsyncConnection, township: str) -> list[SurveyedChild]:
    """Give the children at home in a township with whether they are on any roll.

    A child a census has a task about is left to that task: its whereabouts are being asked for.
    """
    rows = await connection.execute(
        text("""
            select ref, birth_on, school is not null as is_enrolled from child
            where coalesce(residence_township, household_township) = :township
              and not exists (select 1 from census_task t where t.child_ref = child.ref)
        """),
        {"township": township},
    )
    return [SurveyedChild(r.ref, r.birth_on, township, r.is_enrolled) for r in rows]


async def never_enrolled_leads(
    connection: AsyncConnection, township: str, year: int, words: str, upper_age: int, today: date
) -> list[UUID]:
    """Make a lead, owned by the township, of everyone who should have entered by ``year``.

    Call it once the first week of the autumn term is over. Gives the new leads.
    """
    found = never_enrolled(await surveyed(connection, township), year, words, upper_age)
    leads = [
        NewLead(child.child_ref, LeadSource.CENSUS, date(entry_year(child.birth_on, words), 9, 1))
        for child in found
    ]
    return await put_leads(connection, leads, today)
