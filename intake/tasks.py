"""Tasks a school must close about a child: contact the guardian, find out where the child is.

A task is opened once under an id made of what it is about, so that a second look opens no second
task. It is closed by a result (absence), or by cause, whereabouts and signature (first week), and
stays on record when the reason for it has gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.detect import AbsenceRun
from models.base import Coded
from models.words import Cause, Role, Whereabouts

RECENT = timedelta(days=7)
"""An absence reported later than this is history: no guardian is rung up about it today."""


class TaskKind(Coded):
    ABSENCE = "absence", "缺勤联系"
    FIRST_WEEK = "first_week", "开学未注册核查"
    TRANSITION = "transition", "小升初未报到核查"


class TaskProblem(StrEnum):
    NO_SUCH = "no_such"
    NOT_OPEN = "not_open"
    NO_CONTACT = "no_contact"
    RESULT_MISSING = "result_missing"
    CAUSE_MISSING = "cause_missing"


_SENTENCES = {
    TaskProblem.NO_SUCH: "没有这项任务。",
    TaskProblem.NOT_OPEN: "这项任务已办结或已撤销。",
    TaskProblem.NO_CONTACT: "还没有联系记录，请先登记至少一次联系（电话、微信或家访均可）。",
    TaskProblem.RESULT_MISSING: "请填写联系结果。",
    TaskProblem.CAUSE_MISSING: "须写明原因、去向并由核查人签字，缺一项都不能办结。",
}


class TaskRefused(Exception):
    """A task that cannot be closed so; ``str()`` says in Chinese what to do."""

    def __init__(self, code: TaskProblem) -> None:
        super().__init__(_SENTENCES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class NewTask:
    kind: TaskKind
    child_ref: UUID
    school: str
    since: date
    """What the task is about: first absent day, or first day of term."""
    due_on: date
    owner_role: Role
    owner_office: str
    level: int = 0

    @property
    def id(self) -> UUID:
        about = f"task/{self.kind.value}/{self.child_ref}/{self.since}/{self.level}"
        return uuid5(NAMESPACE_URL, about)


def warnings(
    runs: Iterable[AbsenceRun], levels: Sequence[tuple[int, Role]], today: date
) -> list[NewTask]:
    """Give the warning every ongoing run asks for: one per level its days have reached."""
    return [
        NewTask(TaskKind.ABSENCE, run.child_ref, run.school, run.first_on, today, role,
                run.school, level)
        for run in runs
        if run.is_ongoing and today - run.last_on <= RECENT
        for level, role in levels
        if run.day_count >= level
    ]  # fmt: skip


def warning_levels(words: str) -> list[tuple[int, Role]]:
    """Read parameter ``absence_warning_days``: ``1:class_teacher,2:principal``."""
    pairs = (part.strip().partition(":") for part in words.split(","))
    return sorted((int(days), Role(role)) for days, _, role in pairs)


async def open_tasks(
    connection: AsyncConnection, tasks: Sequence[NewTask], today: date
) -> list[UUID]:
    """Write tasks down; one that is there already stays as it is. Gives the new ones."""
    opened = []
    for task in tasks:
        made = await connection.execute(
            text("""
                insert into school_task (id, kind, child_ref, school, since, opened_on, due_on,
                                         owner_role, owner_office, status)
                values (:id, :kind, :child, :school, :since, :today, :due, :role, :office, 'open')
                on conflict (id) do update set status = 'open', closing_note = ''
                where school_task.status = 'withdrawn'
                returning id
            """),
            {
                "id": task.id, "kind": task.kind.value, "child": task.child_ref,
                "school": task.school, "since": task.since, "today": today, "due": task.due_on,
                "role": task.owner_role.value, "office": task.owner_office,
            },
        )  # fmt: skip
        opened += [row.id for row in made]
    return opened


async def withdraw_tasks(
    connection: AsyncConnection, kind: TaskKind, children: Sequence[UUID], keep: Iterable[UUID],
    *, why: str,
) -> int:  # fmt: skip
    """Withdraw the children's open tasks of a kind whose reason has gone; they stay on record."""
    done = await connection.execute(
        text("""
            update school_task set status = 'withdrawn', closing_note = :why
            where kind = :kind and status = 'open' and child_ref = any(cast(:refs as uuid[]))
              and id <> all(cast(:keep as uuid[]))
        """),
        {"kind": kind.value, "refs": list(children), "keep": list(keep), "why": why},
    )
    return int(done.rowcount)


async def warn(
    connection: AsyncConnection,
    children: Sequence[UUID],
    runs: Sequence[AbsenceRun],
    levels: Sequence[tuple[int, Role]],
    today: date,
) -> list[UUID]:
    """Open the warnings the children's runs ask for, and withdraw those corrected away.

    A child who has come back keeps its task: what was the matter is still to be said.
    """
    tasks = warnings(runs, levels, today)
    standing = {
        NewTask(TaskKind.ABSENCE, run.child_ref, run.school, run.first_on, today, role,
                run.school, level).id
        for run in runs for level, role in levels if run.day_count >= level
    }  # fmt: skip
    opened = await open_tasks(connection, tasks, today)
    await withdraw_tasks(
        connection, TaskKind.ABSENCE, children, standing, why="考勤已更正，不再显示缺勤。"
    )
    return opened


async def record_contact(
    connection: AsyncConnection, task: UUID, *, contact_id: UUID, on: date, method: str,
    was_reached: bool, note: str, by: str,
) -> None:  # fmt: skip
    """Write one contact with the guardian beside a task; the same id is written once."""
    await _open_task(connection, task)
    await connection.execute(
        text("""
            insert into contact_record (id, task_id, contacted_on, method, was_reached, note,
                                        recorded_by)
            values (:id, :task, :on, :method, :reached, :note, :by) on conflict do nothing
        """),
        {
            "id": contact_id, "task": task, "on": on, "method": method, "reached": was_reached,
            "note": note, "by": by,
        },
    )  # fmt: skip


async def close_task(
    connection: AsyncConnection, task: UUID, *, result: str, by: str, at: datetime,
    cause: Cause | None = None, whereabouts: Whereabouts | None = None, signed_by: str = "",
) -> None:  # fmt: skip
    """Close a task with what was found; TaskRefused where something it needs is missing."""
    row = await _open_task(connection, task)
    contacts = await connection.execute(
        text("select count(*) from contact_record where task_id = :task"), {"task": task}
    )
    if not contacts.scalar_one():
        raise TaskRefused(TaskProblem.NO_CONTACT)
    if not result.strip():
        raise TaskRefused(TaskProblem.RESULT_MISSING)
    is_whole = cause is not None and whereabouts is not None and signed_by.strip()
    if TaskKind(row.kind) is not TaskKind.ABSENCE and not is_whole:
        raise TaskRefused(TaskProblem.CAUSE_MISSING)
    await connection.execute(
        text("""
            update school_task set status = 'done', result = :result, cause = :cause,
                whereabouts = :whereabouts, signed_by = :signed, done_by = :by, done_at = :at
            where id = :id
        """),
        {
            "id": task, "result": result, "cause": cause and cause.value, "by": by, "at": at,
            "whereabouts": whereabouts and whereabouts.value, "signed": signed_by or None,
        },
    )  # fmt: skip


async def _open_task(connection: AsyncConnection, task: UUID) -> Row[Any]:
    found = await connection.execute(
        text("select * from school_task where id = :id for update"), {"id": task}
    )
    row = found.one_or_none()
    if row is None:
        raise TaskRefused(TaskProblem.NO_SUCH)
    if row.status != "open":
        raise TaskRefused(TaskProblem.NOT_OPEN)
    return row


async def task_of(connection: AsyncConnection, task: UUID) -> Row[Any] | None:
    found = await connection.execute(text("select * from school_task where id = :id"), {"id": task})
    return found.one_or_none()


async def tasks_of_school(
    connection: AsyncConnection, school: str, *, kind: str | None = None, is_open: bool = True
) -> list[Row[Any]]:
    """List a school's tasks with the child and the number of contacts made."""
    rows = await connection.execute(
        text("""
            select t.*, c.name as child_name,
                   (select count(*) from contact_record r where r.task_id = t.id) as contacts
            from school_task t join child c on c.ref = t.child_ref
            where t.school = :school and (cast(:kind as text) is null or t.kind = :kind)
              and (not :is_open or t.status = 'open')
            order by t.due_on, t.since, t.id
        """),
        {"school": school, "kind": kind, "is_open": is_open},
    )
    return list(rows)


async def overdue_tasks(connection: AsyncConnection, county: str, today: date) -> list[Row[Any]]:
    """List the county's open tasks past their day, with owner and kind, the oldest first."""
    rows = await connection.execute(
        text("""
            select t.id, t.kind, t.school, t.owner_role, t.owner_office, t.since, t.due_on
            from school_task t join school s on s.code = t.school
            where s.county = :county and t.status = 'open' and t.due_on < :today
            order by t.due_on, t.school, t.id
        """),
        {"county": county, "today": today},
    )
    return list(rows)


def listed(row: Row[Any], cause: str) -> dict[str, Any]:
    """Give a task as a list shows it; ``cause`` is the word a list may carry."""
    names = (
        "id", "kind", "child_ref", "child_name", "since", "opened_on", "due_on", "owner_role",
        "owner_office", "status", "whereabouts", "signed_by", "done_by", "contacts", "lead_id",
    )  # fmt: skip
    return {name: row._mapping[name] for name in names} | {"cause": cause}
