"""The whole agenda of the joint meeting: stuck cases, refusals, overdue decisions and rectification."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import owed_by
from activities.agenda import agenda
from models.oversight import CouncilDecision, InspectionRecord, RefusedAdmission
from models.people import Actor
from storage import council, oversight


async def whole_agenda(
    connection: AsyncConnection, cases: ColumnElement[bool], actor: Actor | None, today: date
) -> list[dict[str, Any]]:
    """List what the meeting has before it; ``actor`` None sees all (on the machine itself)."""

    def scope(table: Any) -> ColumnElement[bool]:
        return true() if actor is None else owed_by(table, actor)

    items = await agenda(connection, cases)
    for row in await oversight.refusals(connection, scope(RefusedAdmission), is_open=True):
        about = row.school_name or row.office
        items.append(_item("学校拒收片区学生", "拒收登记待处理", about, row.refused_on))
    for row in await oversight.inspections(connection, scope(InspectionRecord), overdue_on=today):
        about = row.school_name or row.office
        items.append(_item("督导整改逾期", "限期整改未销号", about, row.rectify_by))
    for row in await council.decisions(connection, scope(CouncilDecision), overdue_on=today):
        item = _item("会议决定逾期", row.decision, row.office, row.due_on)
        items.append(item | {"case_no": row.case_no or ""})
    return items


def _item(why: str, matter: str, about: str, due_on: date) -> dict[str, Any]:
    return {
        "case_no": "", "why": why, "matter": matter, "about": about, "due_on": str(due_on),
        "stage": "",
    }  # fmt: skip


def decision_line(row: Any, today: date) -> dict[str, Any]:
    """Write one decision for API and command line."""
    status = "done" if row.done_on else "open"
    if not row.done_on and row.due_on is not None and row.due_on < today:
        status = "overdue"
    label = {"done": "已办结", "open": "办理中", "overdue": "已逾期"}[status]
    return {
        "meeting": str(row.meeting_id), "number": row.number, "held_on": str(row.held_on),
        "case_no": row.case_no, "matter": row.matter, "decision": row.decision,
        "office": row.office, "due_on": str(row.due_on) if row.due_on else None,
        "status": status, "status_label": label,
        "done_on": str(row.done_on) if row.done_on else None, "done_note": row.done_note,
    }  # fmt: skip
