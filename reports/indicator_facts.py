"""What the indicators are counted from: cases, duties, papers, rounds and rolls of one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.basis import basis_for
from intake.consistency import consistency
from intake.entry import pupils_on
from lifecycle.days import SHANGHAI
from models.roster import school_year_of
from models.words import OfficeKind
from reports.case_lines import CaseLine, Place, case_lines
from reports.refusal import ReportRefused
from reports.retention import Cohort, cohort_of

LEGAL_PAPERS = ("correction_order", "penalty_notice", "penalty_decision", "performance_demand")


@dataclass(frozen=True)
class DutyFact:
    """A deadline of a case that fell due within the period."""

    duty: str
    case_no: str
    status: str
    was_missed: bool


@dataclass(frozen=True)
class PaperFactLine:
    """A paper issued within the period that must be served."""

    kind: str
    case_no: str
    served_on: date | None


@dataclass(frozen=True)
class RoundFact:
    """One round of a periodic duty of one office that ended within the period."""

    duty: str
    office: str
    period: str
    status: str


NO_COHORT = Cohort(missing="数据不足：没有入学年份和本学年的学籍名册。")


@dataclass(frozen=True)
class IndicatorFacts:
    """Everything counted, for one place from ``first`` to ``last``, both included."""

    first: date
    last: date
    school_year: int
    lines: tuple[CaseLine, ...]
    duties: tuple[DutyFact, ...] = ()
    papers: tuple[PaperFactLine, ...] = ()
    rounds: tuple[RoundFact, ...] = ()
    primary_roll: int = 0
    junior_roll: int = 0
    cohort: Cohort = NO_COHORT
    compared_classes: tuple[str, ...] | None = None
    consistent_classes: tuple[str, ...] = ()
    inconsistent_cases: tuple[str, ...] = ()


async def facts_of(
    connection: AsyncConnection,
    place: Place,
    first: date,
    last: date,
    *,
    compared_on: date | None = None,
    at: datetime | None = None,
) -> IndicatorFacts:
    """Read the facts; ``compared_on`` is the school day on which the three lists are compared."""
    if first > last:
        raise ReportRefused("统计期的起日不能晚于止日。")
    year = school_year_of(last)
    begins = await _year_begins(connection, place, year)
    rolls = await _roll(connection, place, year, begins)
    lines = tuple(await case_lines(connection, place))
    classes: tuple[str, ...] | None = None
    equal: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    if compared_on is not None and at is not None:
        classes, equal, cases = await _compared(connection, place, compared_on, at)
    return IndicatorFacts(
        first=first, last=last, school_year=year, lines=lines,
        duties=await _duties(connection, place, first, last),
        papers=await _papers(connection, place, first, last),
        rounds=await _rounds(connection, place, first, last),
        primary_roll=sum(n for grade, n in rolls.items() if grade <= 6),
        junior_roll=sum(n for grade, n in rolls.items() if grade >= 7),
        cohort=await cohort_of(connection, place, year, lines, last),
        compared_classes=classes, consistent_classes=equal, inconsistent_cases=cases,
    )  # fmt: skip


async def _year_begins(connection: AsyncConnection, place: Place, year: int) -> date:
    """The first day of the school year by the county's terms; 1 September where none is written."""
    query = text(
        "select min(starts_on) from school_term where county = left(:place, 6)"
        " and (school is null or school = :place) and starts_on between :first and :last"
    )
    keys = {"place": place.code, "first": date(year, 8, 20), "last": date(year + 1, 8, 19)}
    found = (await connection.execute(query, keys)).scalar_one()
    return found or date(year, 9, 1)


def _school_condition(place: Place) -> str:
    column = {"school": "code", "township": "township", "county": "county"}[place.kind.value]
    return f"s.{column} = :place"


async def _roll(connection: AsyncConnection, place: Place, year: int, day: date) -> dict[int, int]:
    """Count the pupils of the place's classes by grade, as they were on ``day``."""
    query = text(
        "select r.code, r.grade from class_room r join school s on s.code = r.school"
        f" where {_school_condition(place)} and r.school_year = :year"
    )
    rows = await connection.execute(query, {"place": place.code, "year": year})
    grades = {row.code: row.grade for row in rows}
    if not grades:
        return {}
    counted: dict[int, int] = {}
    for code in (await pupils_on(connection, list(grades), day)).values():
        counted[grades[code]] = counted.get(grades[code], 0) + 1
    return counted


async def _duties(
    connection: AsyncConnection, place: Place, first: date, last: date
) -> tuple[DutyFact, ...]:
    query = text(
        "select o.duty, o.status, o.was_missed, f.case_no from obligation o"
        " join case_file f using (case_id) left join school s on s.code = f.school"
        f" where {place.condition()} and o.escalates is null"
        " and o.due_on between :first and :last order by f.case_no, o.key"
    )
    rows: Any = await connection.execute(query, {"place": place.code, "first": first, "last": last})
    return tuple(DutyFact(r.duty, r.case_no, r.status, r.was_missed) for r in rows)


async def _papers(
    connection: AsyncConnection, place: Place, first: date, last: date
) -> tuple[PaperFactLine, ...]:
    query = text(
        "select p.kind, p.served_on, f.case_no from paper p join case_file f using (case_id)"
        f" left join school s on s.code = f.school where {place.condition()}"
        " and p.kind = any(cast(:kinds as text[])) and p.status in ('issued', 'served')"
        " and p.issued_on between :first and :last order by f.case_no, p.key"
    )
    rows: Any = await connection.execute(
        query, {"place": place.code, "first": first, "last": last, "kinds": list(LEGAL_PAPERS)}
    )
    return tuple(PaperFactLine(r.kind, r.case_no, r.served_on) for r in rows)


async def _rounds(
    connection: AsyncConnection, place: Place, first: date, last: date
) -> tuple[RoundFact, ...]:
    """Read the rounds of periodic duties that fell due in the period."""
    where = {
        OfficeKind.SCHOOL: "d.office = :place",
        OfficeKind.TOWNSHIP: "(d.office = :place or s.township = :place)",
        OfficeKind.COUNTY: "d.county = :place",
    }[place.kind]
    query = text(
        "select d.duty, d.office, d.period, d.status from periodic_duty d"
        f" left join school s on s.code = d.office where {where}"
        " and d.due_at > :first and d.due_at <= :last order by d.duty, d.period, d.office"
    )
    keys = {
        "place": place.code,
        "first": datetime.combine(first, time(), SHANGHAI),
        "last": datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
    }
    rows: Any = await connection.execute(query, keys)
    return tuple(RoundFact(r.duty, r.office, r.period, r.status) for r in rows)


async def _compared(
    connection: AsyncConnection, place: Place, day: date, at: datetime
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Compare roll, attendance and ledger of every school of the place on one school day.

    Returns the classes compared, those that agree, and the cases that do not.
    """
    query = text(f"select s.code, s.county from school s where {_school_condition(place)}")
    classes, equal, cases = set(), set(), set()
    for row in (await connection.execute(query, {"place": place.code})).all():
        basis, _ = await basis_for(connection, row.county, by="system", at=at)
        found = await consistency(connection, row.code, day, basis)
        odd = {each.class_code for each in found.rows}
        for line in found.classes:
            if line.is_reported:
                classes.add(line.class_code)
                if line.difference == 0 and line.class_code not in odd:
                    equal.add(line.class_code)
        cases |= {each.case_no for each in found.rows if each.case_no}
    return tuple(sorted(classes)), tuple(sorted(equal)), tuple(sorted(cases))
