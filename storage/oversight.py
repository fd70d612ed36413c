"""Inspections, measures, plans and refused admissions: written once, settled once, listed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, String, column, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.oversight import (
    ClueMeasure,
    InspectionRecord,
    PlanDocument,
    PlanLevel,
    RefusedAdmission,
)
from models.roster import School
from storage.council import record_id
from storage.responsibility import Noted

_inspection: Any = InspectionRecord
_measure: Any = ClueMeasure
_refusal: Any = RefusedAdmission
_school: Any = School
Kind = type[InspectionRecord] | type[ClueMeasure] | type[PlanDocument] | type[RefusedAdmission]


async def write(
    connection: AsyncConnection, kind: Kind, request_id: str, noted: Noted, facts: dict[str, Any]
) -> Any:
    """Write one record and return its row; the same request again returns what it wrote before."""
    table: Any = kind.__table__  # type: ignore[union-attr]
    made = record_id(table.name, request_id)
    values = facts | {"recorded_at": noted.at}
    if "recorded_by" in table.c:  # a refusal says who reported it instead
        values["recorded_by"] = noted.by
    await connection.execute(
        insert(table).values(id=made, request_id=request_id, **values).on_conflict_do_nothing()
    )
    return (await connection.execute(select(table).where(table.c.id == made))).one()


async def inspections(
    connection: AsyncConnection,
    scope: ColumnElement[bool],
    *,
    is_open: bool | None = None,
    overdue_on: date | None = None,
    since: date | None = None,
) -> list[Any]:
    """Return inspections, the earliest deadline first; ``overdue_on`` keeps what was due before."""
    query = (
        select(*_inspection.__table__.columns, _school.name.label("school_name"))
        .outerjoin(_school, _school.code == _inspection.office)
        .where(scope)
        .order_by(_inspection.rectify_by.nulls_last(), _inspection.inspected_on, _inspection.id)
    )
    waits = _inspection.closed_on.is_(None) & _inspection.rectify_by.is_not(None)
    if is_open is not None:
        query = query.where(waits if is_open else ~waits)
    if overdue_on is not None:
        query = query.where(waits, _inspection.rectify_by < overdue_on)
    if since is not None:
        query = query.where(_inspection.inspected_on >= since)
    return list((await connection.execute(query)).all())


async def close_inspection(
    connection: AsyncConnection, identity: UUID, day: date, by: str, evidence: str
) -> None:
    """Note that the problems were put right; the first note stays."""
    await connection.execute(
        _inspection.__table__.update()
        .where(_inspection.id == identity, _inspection.closed_on.is_(None))
        .values(closed_on=day, closed_by=by, evidence=evidence)
    )


async def one(
    connection: AsyncConnection, kind: Kind, scope: ColumnElement[bool], identity: UUID
) -> Any:
    """Return one record within the scope, or None."""
    table: Any = kind.__table__  # type: ignore[union-attr]
    found = await connection.execute(select(table).where(scope, table.c.id == identity))
    return found.one_or_none()


async def measures_of(connection: AsyncConnection, clue: UUID) -> list[Any]:
    """Return the measures recorded about a clue, in order of the day they were decided."""
    query = select(*_measure.__table__.columns).where(_measure.clue_id == clue)
    order = (_measure.decided_on, _measure.recorded_at)
    return list((await connection.execute(query.order_by(*order))).all())


KNOWN_PLANS: Any = (
    text(
        "select p.county, p.level, p.office, f.case_no, p.school_year, p.term, p.attachment_ref,"
        " p.approved_by, p.approved_on from plan_document p left join case_file f using (case_id)"
        " union all"
        " select b.county, left(b.kind, -5), b.office, null, (q.data ->> 'school_year')::int,"
        " (q.data ->> 'school_term')::int, q.doc_no, b.approved_by, b.issued_on"
        " from paper_batch b join batch_paper q on q.batch_id = b.id"
        " where b.kind in ('county_plan', 'school_plan') and q.status in ('issued', 'served')"
        " union all"
        " select f.county, 'person', f.school, f.case_no,"
        " extract(year from q.issued_on)::int - (to_char(q.issued_on, 'MMDD') < '0820')::int, null,"
        " coalesce(q.doc_no, q.key), e.body::jsonb #>> '{event,actor,id}', q.issued_on"
        " from paper q join case_file f using (case_id)"
        " join case_event e on e.case_id = q.case_id and e.seq = q.issued_seq"
        " where q.kind in ('child_plan', 'placement_decision') and q.status in ('issued', 'served')"
    )
    .columns(
        column("county", String), column("level", String), column("office", String),
        column("case_no", String), column("school_year", Integer), column("term", Integer),
        column("attachment_ref", String), column("approved_by", String), column("approved_on", Date),
    )
    .subquery("known_plan")
)  # fmt: skip
"""Plans recorded by their reference, and papers in force that are such plans.

A person's paper counts for the school year it was signed in (`models.roster.school_year_of`).
"""


async def plans(
    connection: AsyncConnection, scope: ColumnElement[bool], school_year: int
) -> list[Any]:
    """Return the plans of a school year; ``scope`` is a condition on ``KNOWN_PLANS``."""
    plan = KNOWN_PLANS.c
    query = (
        select(*plan)
        .where(scope, plan.school_year == school_year)
        .order_by(plan.level, plan.office, plan.approved_on)
    )
    return list((await connection.execute(query)).all())


async def plans_missing(
    connection: AsyncConnection, county: str, school_year: int
) -> list[dict[str, Any]]:
    """List the county, schools and open cases without a plan of that school year (YN-9)."""
    query = text(
        "select 'county' as level, code as office, null as case_no, name from county"
        " where code = :county union all"
        " select 'school', code, null, name from school where county = :county union all"
        " select 'person', f.school, f.case_no, coalesce(s.name, '') from case_file f"
        " left join school s on s.code = f.school"
        " where f.county = :county and f.closed_on is null"
    )
    kept = await plans(connection, KNOWN_PLANS.c.county == county, school_year)
    there = {(row.level, row.case_no or row.office) for row in kept}
    wanted = await connection.execute(query, {"county": county})
    found = [
        {"level": row.level, "level_label": PlanLevel(row.level).label, "office": row.office,
         "case_no": row.case_no, "name": row.name}
        for row in wanted
        if (row.level, row.case_no or row.office) not in there
    ]  # fmt: skip
    order = list(PlanLevel)
    return sorted(
        found, key=lambda r: (order.index(PlanLevel(r["level"])), r["office"], r["case_no"] or "")
    )


async def refusals(
    connection: AsyncConnection, scope: ColumnElement[bool], *, is_open: bool | None = None
) -> list[Any]:
    """Return refused admissions, the oldest first."""
    query = (
        select(*_refusal.__table__.columns, _school.name.label("school_name"))
        .outerjoin(_school, _school.code == _refusal.office)
        .where(scope)
        .order_by(_refusal.refused_on, _refusal.id)
    )
    if is_open is not None:
        query = query.where(_refusal.settled_on.is_(None) == is_open)
    return list((await connection.execute(query)).all())


async def settle_refusal(
    connection: AsyncConnection, identity: UUID, day: date, by: str, result: str
) -> None:
    """Note how the county settled it; the first note stays."""
    await connection.execute(
        _refusal.__table__.update()
        .where(_refusal.id == identity, _refusal.settled_on.is_(None))
        .values(settled_on=day, settled_by=by, result=result)
    )
