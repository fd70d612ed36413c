"""F8 送达台账: every issued paper of the cases of a place, and whether it reached its addressee."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.words import PaperStatus
from papers.book import BookTable, Column
from papers.catalogue import paper_kind
from reports.case_lines import Place

COLUMNS = (
    Column("序号", 3, "whole"), Column("文书名称", 12), Column("文号", 9), Column("案号", 8),
    Column("学校", 8), Column("签发日", 6, "date"), Column("送达日", 6, "date"),
    Column("状态", 6), Column("未送达天数", 4, "whole"),
)  # fmt: skip


async def service_table(
    connection: AsyncConnection, place: Place, unit: str, on: date
) -> BookTable:
    """Give the book; ``未送达天数`` are calendar days since issue of what is not served."""
    query = text(
        "select p.kind, p.doc_no, p.status, p.issued_on, p.served_on, f.case_no,"
        " coalesce(s.name, '未入学') as school from paper p join case_file f using (case_id)"
        " left join school s on s.code = f.school"
        f" where {place.condition()} and p.issued_on is not null and p.issued_on <= :on"
        " order by p.issued_on, f.case_no, p.key"
    )
    rows: list[Any] = list((await connection.execute(query, {"place": place.code, "on": on})).all())
    served = sum(row.served_on is not None for row in rows)
    return BookTable(
        name="送达台账", title=f"{unit}文书送达台账", columns=COLUMNS,
        rows=[
            (number, title_of(row.kind), row.doc_no or "", row.case_no, row.school, row.issued_on,
             row.served_on, PaperStatus(row.status).label, _waiting(row, on))
            for number, row in enumerate(rows, 1)
        ],
        above=(f"单位：{unit}", f"截至：{on}", f"已签发{len(rows)}件，已送达{served}件"),
        below=("只送签收的函件登记送达的列送达日；作废、被替换的文书保留文号。",),
    )  # fmt: skip


def _waiting(row: Any, on: date) -> int | None:
    is_live = row.status == PaperStatus.ISSUED.value
    return (on - row.issued_on).days if is_live and row.served_on is None else None


def title_of(kind: str) -> str:
    """Return the printed title of a kind of paper."""
    try:
        return paper_kind(kind).title
    except KeyError:
        return kind  # a kind of an older version still has its number and its line
