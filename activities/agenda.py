"""What comes before the joint meeting (联席会议): matters no single office could settle in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.state import CaseState
from models.tables import CaseFile
from models.words import DutyStatus, Role, Stage

_case: Any = CaseFile
REASONS = {
    "referral_feedback": "部门逾期未反馈",
    "coordination": "上级协调逾期",
    "school_matter": "学校责任逾期未处理",
}


async def agenda(connection: AsyncConnection, scope: ColumnElement[bool]) -> list[dict[str, Any]]:
    """List, case by case, what is stuck between offices and has been so past its deadline."""
    query = (
        select(_case.case_no, _case.state)
        .where(scope, _case.closed_on.is_(None), _case.is_overdue)
        .order_by(_case.case_no)
    )
    found: list[dict[str, Any]] = []
    for row in (await connection.execute(query)).all():
        state = CaseState.model_validate(row.state)
        for obligation in state.live_obligations():
            why = _why(state, obligation)
            if why is not None:
                found.append(
                    {
                        "case_no": row.case_no,
                        "why": why,
                        "matter": obligation.label,
                        "about": _about(state, obligation),
                        "due_on": str(obligation.due_on),
                        "stage": Stage(state.stage).label,
                    }
                )
    return found


def _why(state: CaseState, obligation: Any) -> str | None:
    if obligation.escalates is not None and obligation.owner.role is Role.COUNTY_GROUP:
        return "逐级督办未果，已到县领导小组"
    if obligation.status is DutyStatus.MISSED:
        return REASONS.get(obligation.duty)
    return None


def _about(state: CaseState, obligation: Any) -> str:
    referral = state.referrals.get(obligation.about or "")
    return referral.department.label if referral else obligation.owner.role.label
