"""F7 转介反馈台账: what other departments were asked, by when, and what they answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.state import CaseState
from models.words import Cause, Department, DutyStatus
from papers.book import BookTable, Column
from reports.case_lines import Place

COLUMNS = (
    Column("序号", 3, "whole"), Column("案号", 9), Column("学校", 9), Column("转介部门", 9),
    Column("涉及", 7), Column("转介日", 6, "date"), Column("反馈期限", 6, "date"),
    Column("状态", 5),
)  # fmt: skip
COUNTED = {
    Cause.RELIGION: "入寺入教", Cause.WORK: "务工（童工线索）", Cause.MARRIAGE: "早婚早育",
    Cause.HOME_SCHOOL: "在家上学或私塾",
}  # fmt: skip
"""Causes the papers want counted (YN-5.7, JJ5-3.2): numbers only, no name beside them."""


async def referral_table(
    connection: AsyncConnection, place: Place, unit: str, on: date, *, confidential: bool
) -> BookTable:
    """List every referral of the open cases of a place; confidential causes stand as such."""
    query = text(
        "select f.case_no, f.state, coalesce(s.name, '未入学') as school from case_file f"
        f" left join school s on s.code = f.school where {place.condition()} order by f.case_no"
    )
    rows: list[tuple[Any, ...]] = []
    counts = dict.fromkeys(COUNTED, 0)
    for case in (await connection.execute(query, {"place": place.code})).all():
        state = CaseState.model_validate(case.state)
        if state.cause in counts:
            counts[state.cause] += 1
        shown = ""
        if state.cause is not None:
            shown = state.cause.label if confidential else state.cause.public_label
        for referral in state.referrals.values():
            due = next((o for o in state.obligations.values() if o.about == referral.key), None)
            late = due is not None and due.status is DutyStatus.MISSED
            status = "已反馈" if referral.is_answered else "逾期" if late else "等待"
            rows.append(
                (len(rows) + 1, case.case_no, case.school, Department(referral.department).label,
                 shown, referral.opened_on, due.due_on if due else None, status)
            )  # fmt: skip
    said = "；".join(f"{COUNTED[cause]}{number}件" for cause, number in counts.items())
    return BookTable(
        name="转介台账", title=f"{unit}部门转介反馈台账", columns=COLUMNS, rows=rows,
        above=(f"单位：{unit}", f"截至：{on}", f"转介{len(rows)}项"),
        below=(f"按原因计数（不列名）：{said}。",), when_empty="无",
    )  # fmt: skip
