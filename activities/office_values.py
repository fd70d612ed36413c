"""What the system fills into papers of no single case: figures of a year, of a unit, of a plan.

Figures come from the ledger at the moment the paper is composed and cannot be typed. A person's
name or an addressee found here gives way to what the drafter wrote.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.batch_values import Shared
from activities.paper_data import PaperIncomplete
from models.responsibility import ResponsibilitySlot
from models.seats import Level, Line
from models.words import OfficeKind
from papers.fields import FigureLine
from papers.fields import Line as PaperLine
from reports.case_lines import Place
from reports.indicator_facts import facts_of
from reports.indicators import figures
from reports.plan_basis import plan_basis
from reports.unit_facts import unit_facts
from reports.year_counts import Fact, case_facts, indicator_fact, step_facts
from storage.responsibility import holders_on

_slot: Any = ResponsibilitySlot
OF_ONE_DAY = "consistent"
"""The indicator that compares the lists of one school day; a year has none."""
Values = dict[str, Any]


async def office_values(
    connection: AsyncConnection, kind: str, shared: Shared, content: Values
) -> Values:
    """Return what a paper of this kind is filled with; nothing for kinds that are typed whole."""
    fill = _FILLS.get(kind)
    return {} if fill is None else await fill(connection, shared, content)


def _span(content: Values, on: date) -> tuple[date, date] | None:
    """Return the first and the last counted day of the year asked for; None where none is named."""
    year = content.get("report_year")
    if not isinstance(year, int) or not 2000 <= year <= 2100:
        return None
    if year > on.year:
        raise PaperIncomplete([f"{year}年还没有开始，没有数据可报。"])
    return date(year, 1, 1), min(date(year, 12, 31), on)


def _period(first: date, last: date) -> str:
    is_whole = (last.month, last.day) == (12, 31)
    return f"{first.year}年{'全年' if is_whole else f'（截至{last.month}月{last.day}日）'}"


def _lines(facts: Iterable[Fact]) -> tuple[FigureLine, ...]:
    return tuple(FigureLine(name=f.label, text=f.figure, source=f.source) for f in facts)


async def _material(connection: AsyncConnection, shared: Shared, content: Values) -> Values:
    county = await connection.execute(
        text("select name from county where code = :code"), {"code": shared.county}
    )
    values = _unless_typed(content, addressee=f"{county.scalar_one()}人民政府办公室")
    span = _span(content, shared.on)
    if span is None:
        return values
    place = Place(OfficeKind.COUNTY, shared.county)
    facts = await facts_of(connection, place, *span)
    rates = [each for each in figures(facts) if each.indicator.id != OF_ONE_DAY]
    return values | {
        "counted_over": _period(*span),
        "indicators": _lines(map(indicator_fact, rates)),
        "counts": _lines(
            (*case_facts(facts.lines, *span), *await step_facts(connection, place, *span))
        ),
    }


async def _assessment(connection: AsyncConnection, shared: Shared, content: Values) -> Values:
    code, span = content.get("office"), _span(content, shared.on)
    values: Values = {} if span is None else {"counted_over": _period(*span)}
    if not code:
        return values
    query = text(
        "select 'school' as kind, name from school where code = :code and county = :county"
        " union all select 'township', government_name from township"
        " where code = :code and county = :county"
    )
    keys = {"code": str(code), "county": shared.county}
    unit = (await connection.execute(query, keys)).one_or_none()
    if unit is None:
        raise PaperIncomplete(["本县没有代码为所填单位代码（office）的学校或乡镇，请核对。"])
    place = Place(OfficeKind(unit.kind), str(code))
    is_school = place.kind is OfficeKind.SCHOOL
    line, level = (Line.EDUCATION, Level.SCHOOL) if is_school else (Line.GOVERNMENT, Level.TOWNSHIP)
    heads = [each for each in await _holders(connection, shared, place.code, level)
             if each.line == line.value]  # fmt: skip
    values["unit"] = unit.name
    if heads:
        values |= _unless_typed(content, head=heads[0].person)
    if span is not None:
        values["results"] = _lines(await unit_facts(connection, place, *span))
    return values


async def _plan(
    connection: AsyncConnection, shared: Shared, content: Values, place: Place, addressee: str
) -> Values:
    level = Level.SCHOOL if place.kind is OfficeKind.SCHOOL else Level.COUNTY
    duties = tuple(
        PaperLine(name=f"{Line(each.line).label}{each.title}", text=each.person)
        for each in await _holders(connection, shared, place.code, level)
    )
    filled = _unless_typed(content, addressee=addressee, duty_lines=duties)
    return filled | {"basics": _lines(await plan_basis(connection, place, shared.on))}


async def _county_plan(connection: AsyncConnection, shared: Shared, content: Values) -> Values:
    place = Place(OfficeKind.COUNTY, shared.county)
    to = "各乡镇人民政府、街道办事处，各学校"
    return await _plan(connection, shared, content, place, to)


async def _school_plan(connection: AsyncConnection, shared: Shared, content: Values) -> Values:
    place = Place(OfficeKind.SCHOOL, shared.office)
    return await _plan(connection, shared, content, place, "校内各年级、各部门")


async def _holders(
    connection: AsyncConnection, shared: Shared, office: str, level: Level
) -> list[Any]:
    """Return who holds the seats of an office at one level on the day of the paper."""
    scope = (_slot.county == shared.county) & (_slot.level == level.value)
    rows = await holders_on(connection, scope, shared.on, office=office)
    order = list(Line)
    return sorted(rows, key=lambda row: (order.index(Line(row.line)), row.seat))


def _unless_typed(content: Values, **values: Any) -> Values:
    """Keep only what the drafter did not write himself."""
    return {name: value for name, value in values.items() if not content.get(name)}


_FILLS: dict[str, Callable[[AsyncConnection, Shared, Values], Awaitable[Values]]] = {
    "annual_material": _material, "annual_assessment": _assessment,
    "county_plan": _county_plan, "school_plan": _school_plan,
}  # fmt: skip
