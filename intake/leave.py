"""Leave slips (请假条, DC-2.3.2a): asked for, approved by length, ended on coming back (销假).

Which role may approve goes by the number of school days (parameter ``leave_approval``); whoever
wrote the slip down never approves it. An approved slip excuses its days, up to the day the child
came back; what the class reported stays as reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import attendance_store as store
from intake.leads import Basis, follow_up
from intake.report import LeadOutcome
from models.calendar import Calendar
from models.people import Actor
from models.roster import AbsenceKind
from models.words import Role

_RANK = {Role.CLASS_TEACHER: 1, Role.PRINCIPAL: 2}
"""Who stands above whom in a school: a higher role may approve what a lower one may."""
LONGEST_DAYS = 200
"""A slip excuses within a term; a longer absence for illness is a suspension (休学)."""


class LeaveProblem(StrEnum):
    NO_SUCH = "no_such"
    BACKWARDS = "backwards"
    NO_SCHOOL_DAY = "no_school_day"
    NOT_UNEXCUSED = "not_unexcused"
    NOT_SIGNED = "not_signed"
    NOT_WAITING = "not_waiting"
    NOT_APPROVED = "not_approved"
    SAME_PERSON = "same_person"
    ROLE_TOO_LOW = "role_too_low"
    OVERLAPS = "overlaps"
    BACK_TOO_EARLY = "back_too_early"
    NO_SCHOOL = "no_school"
    TOO_LONG = "too_long"
    BACK_AHEAD = "back_ahead"


_SENTENCES = {
    LeaveProblem.NO_SUCH: "没有这张请假条。",
    LeaveProblem.BACKWARDS: "结束日期早于开始日期，请核对。",
    LeaveProblem.NO_SCHOOL_DAY: "这几天都不上课，不需要请假。",
    LeaveProblem.NOT_UNEXCUSED: "请假类别应为事假、病假或公假。",
    LeaveProblem.NOT_SIGNED: "监护人尚未签字，不能批准。",
    LeaveProblem.NOT_WAITING: "这张请假条不在待批状态。",
    LeaveProblem.NOT_APPROVED: "这张请假条没有批准，不用销假。",
    LeaveProblem.SAME_PERSON: "登记人不能批准自己登记的请假条，请由另一人审批。",
    LeaveProblem.ROLE_TOO_LOW: "请假 {days} 个教学日须由{role}审批。",
    LeaveProblem.OVERLAPS: "这几天已有一张请假条，请先撤回或销假。",
    LeaveProblem.BACK_TOO_EARLY: "返校日期早于请假开始日期，请核对。",
    LeaveProblem.NO_SCHOOL: "名册里没有这名学生，或该生不在任何学校就读。",
    LeaveProblem.TOO_LONG: "一张请假条最长 {days} 天，请核对日期；更长时间不能到校的，请按休学办理。",
    LeaveProblem.BACK_AHEAD: "返校日期晚于今天，请在学生返校后再销假。",
}


class LeaveRefused(Exception):
    """A step that cannot be taken; ``str()`` says in Chinese what to do."""

    def __init__(self, code: LeaveProblem, **values: object) -> None:
        super().__init__(_SENTENCES[code].format(**values))
        self.code = code


@dataclass(frozen=True, slots=True)
class LeaveAsked:
    id: UUID
    child_ref: UUID
    kind: AbsenceKind
    first_on: date
    last_on: date
    reason: str
    is_guardian_signed: bool


def approver(levels: str, school_days: int) -> Role:
    """Return the role that approves a leave of so many school days (``1:class_teacher,…``)."""
    steps = sorted((int(most), Role(role)) for most, role in _pairs(levels))
    return next((role for most, role in steps if school_days <= most), steps[-1][1])


def _pairs(levels: str) -> Iterable[tuple[str, str]]:
    for part in levels.split(","):
        most, _, role = part.strip().partition(":")
        yield most, role


def may_approve(role: Role, needed: Role) -> bool:
    return role is needed or _RANK.get(role, 0) > _RANK.get(needed, 9)


async def ask(
    connection: AsyncConnection, asked: LeaveAsked, *, by: str, at: datetime,
    calendar: Calendar, levels: str,
) -> Role:  # fmt: skip
    """Write a slip down and give the role that decides it; the same id is written once."""
    if asked.last_on < asked.first_on:
        raise LeaveRefused(LeaveProblem.BACKWARDS)
    if (asked.last_on - asked.first_on).days >= LONGEST_DAYS:
        raise LeaveRefused(LeaveProblem.TOO_LONG, days=LONGEST_DAYS)
    if asked.kind is AbsenceKind.UNEXCUSED:
        raise LeaveRefused(LeaveProblem.NOT_UNEXCUSED)
    await store.lock_attendance(connection)
    there = await connection.execute(
        text("select approver_role from leave_slip where id = :id"), {"id": asked.id}
    )
    if (kept := there.scalar_one_or_none()) is not None:
        return Role(kept)
    found = await connection.execute(
        text("select school from child where ref = :ref"), {"ref": asked.child_ref}
    )
    school = found.scalar_one_or_none()
    if school is None:
        raise LeaveRefused(LeaveProblem.NO_SCHOOL)
    days = calendar.school_days_between(asked.first_on, asked.last_on, school)
    if days == 0:
        raise LeaveRefused(LeaveProblem.NO_SCHOOL_DAY)
    overlapping = await connection.execute(
        text(
            "select 1 from leave_slip where child_ref = :ref and status in ('asked', 'approved',"
            " 'ended') and first_on <= :last and coalesce(back_on - 1, last_on) >= :first"
        ),
        {"ref": asked.child_ref, "first": asked.first_on, "last": asked.last_on},
    )
    if overlapping.first() is not None:
        raise LeaveRefused(LeaveProblem.OVERLAPS)
    role = approver(levels, days)
    await connection.execute(
        text("""
            insert into leave_slip (id, child_ref, school, kind, first_on, last_on, school_days,
                                    reason, is_guardian_signed, approver_role, status, asked_at,
                                    asked_by)
            values (:id, :child, :school, :kind, :first, :last, :days, :reason, :signed, :role,
                    'asked', :at, :by)
        """),
        {
            "id": asked.id, "child": asked.child_ref, "school": school, "kind": asked.kind.value,
            "first": asked.first_on, "last": asked.last_on, "days": days, "reason": asked.reason,
            "signed": asked.is_guardian_signed, "role": role.value, "at": at, "by": by,
        },
    )  # fmt: skip
    return role


async def slip_of(connection: AsyncConnection, slip: UUID) -> Row[Any]:
    """Lock and return a slip; LeaveRefused where there is none."""
    found = await connection.execute(
        text("select * from leave_slip where id = :id for update"), {"id": slip}
    )
    row = found.one_or_none()
    if row is None:
        raise LeaveRefused(LeaveProblem.NO_SUCH)
    return row


async def decide_slip(
    connection: AsyncConnection, slip: UUID, actor: Actor, basis: Basis, *,
    is_approved: bool, note: str = "",
) -> LeadOutcome:  # fmt: skip
    """Approve or refuse; approval recounts the child's days at once. The same decision acts once."""
    await store.lock_attendance(connection)
    row = await slip_of(connection, slip)
    status = "approved" if is_approved else "refused"
    if row.status == status and row.decided_by == actor.id:
        return LeadOutcome()
    if row.status != "asked":
        raise LeaveRefused(LeaveProblem.NOT_WAITING)
    if actor.id == row.asked_by:
        raise LeaveRefused(LeaveProblem.SAME_PERSON)
    needed = Role(row.approver_role)
    if not may_approve(actor.role, needed):
        raise LeaveRefused(LeaveProblem.ROLE_TOO_LOW, days=row.school_days, role=needed.label)
    if is_approved and not row.is_guardian_signed:
        raise LeaveRefused(LeaveProblem.NOT_SIGNED)
    await connection.execute(
        text(
            "update leave_slip set status = :status, decided_at = :at, decided_by = :by,"
            " decided_role = :role, decision_note = :note where id = :id"
        ),
        {
            "id": slip, "status": status, "at": basis.at, "by": actor.id,
            "role": actor.role.value, "note": note,
        },
    )  # fmt: skip
    return await _recount(connection, row, basis) if is_approved else LeadOutcome()


async def withdraw_slip(connection: AsyncConnection, slip: UUID, basis: Basis) -> LeadOutcome:
    """Take a slip back that is not ended; days it excused are counted again."""
    await store.lock_attendance(connection)
    row = await slip_of(connection, slip)
    if row.status == "withdrawn":
        return LeadOutcome()
    if row.status not in {"asked", "approved"}:
        raise LeaveRefused(LeaveProblem.NOT_WAITING)
    await connection.execute(
        text(
            "update leave_slip set status = 'withdrawn', ended_at = :at, ended_by = :by"
            " where id = :id"
        ),
        {"id": slip, "at": basis.at, "by": basis.by},
    )
    return await _recount(connection, row, basis)


async def end_leave(
    connection: AsyncConnection, slip: UUID, back_on: date, basis: Basis
) -> LeadOutcome:
    """End the leave (销假): from ``back_on`` the child is expected again; the days are recounted."""
    await store.lock_attendance(connection)
    row = await slip_of(connection, slip)
    if row.status == "ended" and row.back_on == back_on:
        return LeadOutcome()
    if row.status != "approved":
        raise LeaveRefused(LeaveProblem.NOT_APPROVED)
    if back_on < row.first_on:
        raise LeaveRefused(LeaveProblem.BACK_TOO_EARLY)
    if back_on > basis.as_of:
        raise LeaveRefused(LeaveProblem.BACK_AHEAD)
    await connection.execute(
        text(
            "update leave_slip set status = 'ended', back_on = :back, ended_at = :at,"
            " ended_by = :by where id = :id"
        ),
        {"id": slip, "back": back_on, "at": basis.at, "by": basis.by},
    )
    return await _recount(connection, row, basis)


async def _recount(connection: AsyncConnection, row: Row[Any], basis: Basis) -> LeadOutcome:
    span = (row.last_on - row.first_on).days + 1
    touched = [(row.child_ref, row.first_on + timedelta(n)) for n in range(span)]
    return await follow_up(connection, touched, basis)


async def slips_of_school(
    connection: AsyncConnection, school: str, *, status: str | None = None
) -> list[Row[Any]]:
    rows = await connection.execute(
        text("""
            select s.*, c.name as child_name from leave_slip s join child c on c.ref = s.child_ref
            where s.school = :school and (cast(:status as text) is null or s.status = :status)
            order by s.first_on, s.id
        """),
        {"school": school, "status": status},
    )
    return list(rows)


async def leaves_not_ended(connection: AsyncConnection, school: str, today: date) -> list[Row[Any]]:
    """List approved leaves whose last day is past and that nobody has ended (未销假)."""
    rows = await connection.execute(
        text("""
            select s.*, c.name as child_name from leave_slip s join child c on c.ref = s.child_ref
            where s.school = :school and s.status = 'approved' and s.last_on < :today
            order by s.last_on, s.id
        """),
        {"school": school, "today": today},
    )
    return list(rows)


def listed(row: Row[Any], reason: str) -> dict[str, Any]:
    """Give a slip as a list shows it; ``reason`` is what the reader may read of it."""
    names = (
        "id", "child_ref", "child_name", "kind", "first_on", "last_on", "school_days",
        "is_guardian_signed", "approver_role", "status", "asked_by", "decided_by", "back_on",
    )  # fmt: skip
    return {name: row._mapping[name] for name in names} | {"reason": reason}
