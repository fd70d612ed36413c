"""Clues of accountability: written with the miss itself, decided by people, never deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.accountability import Clue, clue_of
from models import events as e
from models.state import CaseState
from models.supervision import AccountabilityClue, ClueDecision, clue_id
from models.tables import CaseFile
from models.words import ClueStatus, ExcuseCode
from storage.projection import Written
from storage.rules import load_policy

_clue: Any = AccountabilityClue
_decision: Any = ClueDecision
_case: Any = CaseFile


class NoSuchClue(Exception):
    """There is no such clue, or it lies outside the actor's office."""


async def write_case_clues(
    connection: AsyncConnection, case_id: str, policy_sha: str, before: CaseState, written: Written
) -> None:
    """Write what the events of one request mean for accountability, in the same transaction."""
    for recorded, after in written:
        event = recorded.event
        if isinstance(event, e.ObligationMissed):
            await _missed(connection, case_id, policy_sha, event, before, after)
        elif isinstance(event, e.ObligationMet) and event.was_late:
            await _done(connection, clue_id(case_id, event.key), event.happened_on)
        elif isinstance(event, e.ObligationRederived) and event.is_reopened:
            await decide(
                connection, clue_id(case_id, event.key), recorded.decided_at, "system",
                ClueStatus.EXCUSED, ExcuseCode.CORRECTED, event.reason,
            )  # fmt: skip
        before = after


async def _missed(
    connection: AsyncConnection,
    case_id: str,
    policy_sha: str,
    event: e.ObligationMissed,
    before: CaseState,
    after: CaseState,
) -> None:
    missed = before.obligations[event.key]
    target = after.tracks[missed.guardian].order_paper if missed.guardian in after.tracks else None
    tried = {target or "", f"decision:{missed.guardian}"} & after.failed_services.keys()
    clue = clue_of(
        await load_policy(connection, policy_sha), missed.duty, missed.label, missed.owner.role,
        missed.owner.office, was_service_tried=bool(tried),
    )  # fmt: skip
    await put_down(
        connection, clue_id(case_id, event.key), after.county, clue, due_on=missed.due_on,
        missed_on=event.happened_on, case_id=UUID(case_id), obligation_key=event.key,
    )  # fmt: skip


async def put_down(
    connection: AsyncConnection,
    identity: UUID,
    county: str,
    clue: Clue,
    *,
    due_on: date,
    missed_on: date,
    case_id: UUID | None = None,
    obligation_key: str | None = None,
    period: str | None = None,
) -> bool:
    """Write one clue; False where it stands already."""
    statement = insert(_clue).values(
        id=identity, county=county, office=clue.office, role=clue.role.value,
        article=clue.article, also=clue.also, duty=clue.duty, label=clue.label,
        case_id=case_id, obligation_key=obligation_key, period=period, due_on=due_on,
        missed_on=missed_on, suggested=clue.suggested.value if clue.suggested else None,
        status=ClueStatus.OPEN.value,
    )  # fmt: skip
    done = await connection.execute(statement.on_conflict_do_nothing())
    return bool(done.rowcount)


async def _done(connection: AsyncConnection, identity: UUID, day: date) -> None:
    await connection.execute(
        _clue.__table__.update().where(_clue.id == identity).values(done_on=day)
    )


async def mark_done(connection: AsyncConnection, identity: UUID, day: date) -> None:
    """Note that the missed duty was done after all."""
    await _done(connection, identity, day)


async def decide(
    connection: AsyncConnection,
    identity: UUID,
    at: datetime,
    by: str,
    status: ClueStatus,
    excuse: ExcuseCode | None,
    reason: str,
) -> None:
    """Record a decision about a clue; earlier ones stay, the last one holds."""
    changed = await connection.execute(
        _clue.__table__.update()
        .where(_clue.id == identity)
        .values(status=status.value, excuse=excuse.value if excuse else None)
    )
    if not changed.rowcount:
        raise NoSuchClue(str(identity))
    await connection.execute(
        insert(_decision).values(
            clue_id=identity,
            decided_at=at,
            decided_by=by,
            status=status.value,
            excuse=excuse.value if excuse else None,
            reason=reason,
        )
    )


async def list_clues(
    connection: AsyncConnection,
    scope: ColumnElement[bool],
    *,
    status: str | None = None,
    office: str | None = None,
    since: date | None = None,
    limit: int = 200,
) -> list[Any]:
    """Return clues within the scope, the oldest deadline first, with their case numbers."""
    number = (select(_case.case_no).where(_case.case_id == _clue.case_id).scalar_subquery()).label(
        "case_no"
    )
    query = select(*_clue.__table__.columns, number)
    query = query.where(scope).order_by(_clue.due_on, _clue.id).limit(limit)
    if status is not None:
        query = query.where(_clue.status == status)
    if office is not None:
        query = query.where(_clue.office == office)
    if since is not None:
        query = query.where(_clue.missed_on >= since)
    return list((await connection.execute(query)).all())


async def decisions_of(connection: AsyncConnection, identity: UUID) -> list[Any]:
    """Return everything decided about a clue, in order."""
    query = (
        select(*_decision.__table__.columns)
        .where(_decision.clue_id == identity)
        .order_by(_decision.id)
    )
    return list((await connection.execute(query)).all())


async def get_clue(connection: AsyncConnection, scope: ColumnElement[bool], identity: UUID) -> Any:
    query = select(*_clue.__table__.columns).where(scope, _clue.id == identity)
    return (await connection.execute(query)).one_or_none()
