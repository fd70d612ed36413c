"""The joint meeting in the database: its members, its meetings, and what was decided there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.oversight import CouncilDecision, CouncilMeeting, CouncilMember
from models.tables import CaseFile
from storage.responsibility import Noted

_member: Any = CouncilMember
_meeting: Any = CouncilMeeting
_decision: Any = CouncilDecision
_case: Any = CaseFile


@dataclass(frozen=True)
class Matter:
    """One matter of a meeting; ``case_id`` where it is a case."""

    matter: str
    decision: str
    office: str
    due_on: date | None = None
    case_id: UUID | None = None


@dataclass(frozen=True)
class Meeting:
    held_on: date
    chair: str
    attendees: Sequence[str]
    minutes_ref: str
    matters: Sequence[Matter]


def record_id(kind: str, request_id: str) -> UUID:
    """Name a record by the request that makes it: sent twice it is one record."""
    return uuid5(NAMESPACE_URL, f"{kind}/{request_id}")


async def record_meeting(
    connection: AsyncConnection, county: str, meeting: Meeting, request_id: str, noted: Noted
) -> UUID:
    """Write a meeting with its matters; the same request again changes nothing."""
    made = record_id("meeting", request_id)
    done = await connection.execute(
        insert(_meeting)
        .values(
            id=made, request_id=request_id, county=county, held_on=meeting.held_on,
            chair=meeting.chair, attendees=list(meeting.attendees),
            minutes_ref=meeting.minutes_ref, recorded_at=noted.at, recorded_by=noted.by,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    if done.rowcount:
        for number, each in enumerate(meeting.matters, start=1):
            await connection.execute(
                insert(_decision).values(
                    meeting_id=made, number=number, county=county, case_id=each.case_id,
                    matter=each.matter, decision=each.decision, office=each.office,
                    due_on=each.due_on,
                )
            )  # fmt: skip
    return made


async def meeting_of(connection: AsyncConnection, meeting: UUID) -> Any:
    query = select(*_meeting.__table__.columns).where(_meeting.id == meeting)
    return (await connection.execute(query)).one()


async def meetings(connection: AsyncConnection, scope: ColumnElement[bool]) -> list[Any]:
    query = select(*_meeting.__table__.columns).where(scope)
    return list((await connection.execute(query.order_by(_meeting.held_on.desc()))).all())


async def decisions(
    connection: AsyncConnection,
    scope: ColumnElement[bool],
    *,
    is_open: bool | None = None,
    overdue_on: date | None = None,
    meeting: UUID | None = None,
) -> list[Any]:
    """Return what was decided, the earliest due first; ``overdue_on`` keeps what was due before."""
    query = (
        select(*_decision.__table__.columns, _meeting.held_on, _case.case_no)
        .join(_meeting, _meeting.id == _decision.meeting_id)
        .outerjoin(_case, _case.case_id == _decision.case_id)
        .where(scope)
        .order_by(_decision.due_on.nulls_last(), _meeting.held_on, _decision.number)
    )
    if is_open is not None:
        query = query.where(_decision.done_on.is_(None) == is_open)
    if overdue_on is not None:
        query = query.where(_decision.done_on.is_(None), _decision.due_on < overdue_on)
    if meeting is not None:
        query = query.where(_decision.meeting_id == meeting)
    return list((await connection.execute(query)).all())


async def finish(
    connection: AsyncConnection, meeting: UUID, number: int, day: date, by: str, note: str
) -> None:
    """Note that a decision was carried out; the first note stays."""
    await connection.execute(
        _decision.__table__.update()
        .where(
            _decision.meeting_id == meeting, _decision.number == number, _decision.done_on.is_(None)
        )
        .values(done_on=day, done_by=by, done_note=note)
    )


async def add_member(
    connection: AsyncConnection, county: str, facts: dict[str, Any], request_id: str, by: str
) -> UUID:
    """Name a department's person in the joint meeting; the same one twice is one member."""
    made = record_id("member", request_id)
    await connection.execute(
        insert(_member)
        .values(id=made, request_id=request_id, county=county, recorded_by=by, **facts)
        .on_conflict_do_nothing()
    )
    return made


async def end_member(
    connection: AsyncConnection, scope: ColumnElement[bool], member: UUID, until: date
) -> bool:
    """End a membership; False where there is none in force from before that day."""
    done = await connection.execute(
        _member.__table__.update()
        .where(scope, _member.id == member, _member.until.is_(None), _member.since <= until)
        .values(until=until)
    )
    return bool(done.rowcount)


async def members_on(
    connection: AsyncConnection, scope: ColumnElement[bool], day: date | None = None
) -> list[Any]:
    """Return the members on ``day``, or everybody there ever was."""
    query = select(*_member.__table__.columns).where(scope)
    if day is not None:
        in_force = _member.until.is_(None) | (_member.until > day)
        query = query.where(_member.since <= day, in_force)
    order = (_member.department, _member.since)
    return list((await connection.execute(query.order_by(*order))).all())
