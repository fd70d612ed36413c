"""Reads for pages, API and terminal. Every query of cases takes the actor's scope as a condition."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from models.roster import Child, School, Township
from models.tables import CaseEventRow, CaseFile, ObligationRow, PaperRow

_case: Any = CaseFile
_child: Any = Child
_school: Any = School
_township: Any = Township
_obligation: Any = ObligationRow
_paper: Any = PaperRow
_event: Any = CaseEventRow

LIST_COLUMNS = (
    _case.case_id, _case.case_no, _case.stage, _case.queue, _case.owner_role, _case.owner_office,
    _case.due_on, _case.is_overdue, _case.opened_on, _case.closed_on, _case.last_event_at,
    _case.head_seq.label("revision"), _case.school, _case.township, _case.county,
)  # fmt: skip
EVERYTHING: ColumnElement[bool] = true()


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases is narrowed by; the page starts after ``after`` (a case number)."""

    stage: str | None = None
    queue: str | None = None
    township: str | None = None
    school: str | None = None
    overdue: bool | None = None
    is_open: bool | None = None
    q: str | None = None
    after: str | None = None
    limit: int = 50


async def list_cases(
    connection: AsyncConnection, scope: ColumnElement[bool], wanted: CaseFilter
) -> list[Any]:
    """Return one page of cases in order of their number; ``q`` matches number or child's name."""
    query = (
        select(*LIST_COLUMNS, _child.name.label("child_name"), _school.name.label("school_name"))
        .join(_child, _child.ref == _case.child_ref)
        .outerjoin(_school, _school.code == _case.school)
        .where(scope)
        .order_by(_case.case_no)
        .limit(wanted.limit)
    )
    for column, value in (
        (_case.stage, wanted.stage), (_case.queue, wanted.queue),
        (_case.township, wanted.township), (_case.school, wanted.school),
        (_case.is_overdue, wanted.overdue),
    ):  # fmt: skip
        if value is not None:
            query = query.where(column == value)
    if wanted.is_open is not None:
        query = query.where(_case.closed_on.is_(None) == wanted.is_open)
    if wanted.q:
        query = query.where(
            _case.case_no.startswith(wanted.q, autoescape=True)
            | _child.name.contains(wanted.q, autoescape=True)
        )
    if wanted.after:
        query = query.where(_case.case_no > wanted.after)
    return list((await connection.execute(query)).all())


async def get_case(connection: AsyncConnection, scope: ColumnElement[bool], case_no: str) -> Any:
    """Return one case with its state, or None where there is none within the scope."""
    query = (
        select(
            *LIST_COLUMNS, _case.state, _case.workflow_id, _case.policy_sha, _case.child_ref,
            _case.episode, _child.name.label("child_name"), _school.name.label("school_name"),
        )
        .join(_child, _child.ref == _case.child_ref)
        .outerjoin(_school, _school.code == _case.school)
        .where(scope, _case.case_no == case_no)
    )  # fmt: skip
    return (await connection.execute(query)).one_or_none()


async def exists(connection: AsyncConnection, case_no: str) -> bool:
    """Tell whether the number is given, whoever may see it."""
    query = select(_case.case_no).where(_case.case_no == case_no)
    return (await connection.execute(query)).one_or_none() is not None


async def obligations_of(connection: AsyncConnection, case_id: UUID) -> list[Any]:
    """Return every obligation of a case, the live ones first."""
    live = _obligation.ended_seq.is_(None)
    query = (
        select(*_obligation.__table__.columns)
        .where(_obligation.case_id == case_id)
        .order_by(live.desc(), _obligation.due_at, _obligation.key)
    )
    return list((await connection.execute(query)).all())


async def events_of(connection: AsyncConnection, case_id: UUID) -> list[dict[str, Any]]:
    """Return the case's events in order, each as the ledger's own body with its hash."""
    query = (
        select(_event.seq, _event.body, _event.hash, _event.recorded_at)
        .where(_event.case_id == case_id)
        .order_by(_event.seq)
    )
    rows = (await connection.execute(query)).all()
    return [json.loads(row.body) | {"hash": row.hash} for row in rows]


async def papers_of(connection: AsyncConnection, case_id: UUID) -> list[Any]:
    """Return the case's papers, without their data."""
    columns = [c for c in _paper.__table__.columns if c.name != "data"]
    query = select(*columns).where(_paper.case_id == case_id).order_by(_paper.key)
    return list((await connection.execute(query)).all())


async def get_paper(connection: AsyncConnection, scope: ColumnElement[bool], paper_id: UUID) -> Any:
    """Return one paper of a case within the scope."""
    columns = [c for c in _paper.__table__.columns if c.name != "data"]
    query = (
        select(*columns)
        .join(_case, _case.case_id == _paper.case_id)
        .where(scope, _paper.paper_id == paper_id)
    )
    return (await connection.execute(query)).one_or_none()


async def stalled(
    connection: AsyncConnection, scope: ColumnElement[bool], now: datetime, idle_days: int
) -> list[Any]:
    """Return the open cases that stand still: a missed duty, no event for long, or no live timer.

    ``idle_days`` are calendar days since the last event. ``missed`` names the missed duties;
    ``timer_stopped`` is true where a deadline passed a quarter of an hour ago and nothing fired.
    """
    names = text(
        "(select string_agg(o.label, '、' order by o.due_at) from obligation o"
        " where o.case_id = case_file.case_id and o.status = 'missed') as missed"
    )
    overdue_since = text(
        "(select min(o.due_on) from obligation o"
        " where o.case_id = case_file.case_id and o.status = 'missed') as missed_since"
    )
    next_due = text(
        "(select min(o.due_at) from obligation o"
        " where o.case_id = case_file.case_id and o.status = 'open') as next_due_at"
    )
    query = (
        select(*LIST_COLUMNS, _child.name.label("child_name"), names, overdue_since, next_due)
        .select_from(_case)
        .join(_child, _child.ref == _case.child_ref)
        .where(scope, _case.closed_on.is_(None))
        .order_by(_case.case_no)
    )
    found = []
    for row in (await connection.execute(query)).all():
        idle = (now - row.last_event_at).days
        stopped = row.next_due_at is None or (now - row.next_due_at).total_seconds() > 900
        if row.missed or idle >= idle_days or stopped:
            found.append(row)
    return found
