"""The first week of a term: who has not registered, until cause and whereabouts are known.

DC-2.3.1a, ZY-2.6a; the length of the week is parameter ``first_week_check``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.outside_leads import NewLead, put_leads
from intake.tasks import NewTask, TaskKind, open_tasks, withdraw_tasks
from models.words import LeadSource, Role, Whereabouts

EXPLAINED = frozenset({Whereabouts.STUDYING_ELSEWHERE, Whereabouts.DECEASED, Whereabouts.ABROAD})
"""Signed whereabouts that make no lead: the child is not out of school here, or no longer at all."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    child_ref: UUID
    school: str


@dataclass(frozen=True, slots=True)
class Unregistered:
    """A child on the roll that has not registered; the task is that of the check, where opened."""

    child_ref: UUID
    school: str
    task: UUID | None = None
    is_explained: bool = False


def not_registered(
    enrolled: Iterable[Enrolled], registered: Iterable[tuple[UUID, str]]
) -> list[Unregistered]:
    """Give those enrolled at a school and not registered at it, in the order of their references."""
    there = set(registered)
    return [
        Unregistered(each.child_ref, each.school)
        for each in sorted(set(enrolled), key=lambda e: (e.school, e.child_ref))
        if (each.child_ref, each.school) not in there
    ]


def check_on(term_start: date, days: int) -> date:
    """Return the last day of the first week: the start of term is its first day."""
    return term_start + timedelta(days - 1)


async def register(
    connection: AsyncConnection, children: Iterable[UUID], school: str, term_start: date, *,
    on: date, by: str,
) -> int:  # fmt: skip
    """Write down that children registered; their open tasks of this week are withdrawn."""
    refs = sorted(set(children))
    done = await connection.execute(
        text("""
            insert into term_registration (child_ref, school, term_start, registered_on, recorded_by)
            select ref, :school, :start, :on, :by from child
            where ref = any(cast(:refs as uuid[])) on conflict do nothing
        """),
        {"refs": refs, "school": school, "start": term_start, "on": on, "by": by},
    )
    await withdraw_tasks(connection, TaskKind.FIRST_WEEK, refs, (), why=f"已于{on}注册。")
    return int(done.rowcount)


async def unregistered(
    connection: AsyncConnection, school: str, term_start: date
) -> list[Unregistered]:
    """List the school's children who have not registered for the term, with their tasks."""
    rows = await connection.execute(
        text("""
            select c.ref from child c
            where c.school = :school and not exists (
                select 1 from term_registration t where t.child_ref = c.ref
                and t.school = c.school and t.term_start = :start)
        """),
        {"school": school, "start": term_start},
    )
    found = not_registered((Enrolled(row.ref, school) for row in rows), ())
    tasks = await _tasks(connection, school, term_start)
    return [
        Unregistered(
            each.child_ref, school, task.id if task else None,
            bool(task and task.status == "done" and task.whereabouts in EXPLAINED),
        )
        for each in found
        for task in [tasks.get(each.child_ref)]
    ]  # fmt: skip


async def _tasks(
    connection: AsyncConnection, school: str, term_start: date
) -> dict[UUID, Row[Any]]:
    rows = await connection.execute(
        text(
            "select id, child_ref, status, whereabouts from school_task"
            " where kind = :kind and school = :school and since = :since"
        ),
        {"kind": TaskKind.FIRST_WEEK.value, "school": school, "since": term_start},
    )
    return {row.child_ref: row for row in rows}


async def open_first_week(
    connection: AsyncConnection, school: str, term_start: date, days: int, today: date
) -> list[UUID]:
    """Open a task for every child of the school that has not registered; due by the week's end."""
    due = check_on(term_start, days)
    tasks = [
        NewTask(TaskKind.FIRST_WEEK, each.child_ref, school, term_start, due,
                Role.CLASS_TEACHER, school)
        for each in await unregistered(connection, school, term_start)
    ]  # fmt: skip
    return await open_tasks(connection, tasks, today)


async def first_week_leads(
    connection: AsyncConnection, school: str, term_start: date, days: int, today: date
) -> list[UUID]:
    """After the first week: a lead for everyone not registered and not explained with signature.

    Before the week is over nothing is done. Their tasks stay open until cause and whereabouts
    are signed for. Gives the new leads.
    """
    if today <= check_on(term_start, days):
        return []
    left = await unregistered(connection, school, term_start)
    await open_first_week(connection, school, term_start, days, today)
    leads = [
        NewLead(each.child_ref, LeadSource.FIRST_WEEK, term_start)
        for each in left
        if not each.is_explained
    ]
    return await put_leads(connection, leads, today)
