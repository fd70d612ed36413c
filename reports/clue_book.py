"""F9 问责线索台账 (YN-14): clause, who answers, how long overdue, the case, what was decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from models.words import ClueStatus, ExcuseCode, Role
from papers.book import BookTable, Column
from storage.clues import list_clues

COLUMNS = (
    Column("序号", 3, "whole"), Column("条款", 7), Column("责任主体", 7), Column("单位代码", 6),
    Column("事项", 9), Column("案号或期", 8), Column("到期日", 6, "date"),
    Column("完成日", 6, "date"), Column("逾期天数", 4, "whole"), Column("建议", 6),
    Column("认定", 7), Column("免责事由", 6),
)  # fmt: skip
MOST = 100_000


async def clue_table(
    connection: AsyncConnection, scope: ColumnElement[bool], unit: str, on: date
) -> BookTable:
    """Give the book; a clue is a matter to look at, never a sanction."""
    rows = await list_clues(connection, scope, limit=MOST)
    return BookTable(
        name="问责线索台账", title=f"{unit}问责线索台账", columns=COLUMNS,
        rows=[(number, *_row(row, on)) for number, row in enumerate(rows, 1)],
        above=(f"单位：{unit}", f"截至：{on}", f"共{len(rows)}条"),
        below=("逾期天数按日历日计，至完成之日或截至日；是否问责由督导认定，系统不作处分。",),
    )  # fmt: skip


def _row(row: Any, on: date) -> tuple[Any, ...]:
    return (
        row.article or "系统默认，非法定", Role(row.role).label, row.office, row.label,
        row.case_no or row.period or "", row.due_on, row.done_on,
        max(((row.done_on or on) - row.due_on).days, 0),
        ExcuseCode(row.suggested).label if row.suggested else "",
        ClueStatus(row.status).label, ExcuseCode(row.excuse).label if row.excuse else "",
    )  # fmt: skip
