"""The one way anything with names leaves the reports, as a file or on a screen: said and logged."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import digest
from papers.book import BookTable
from papers.book_print import book_pdf
from papers.xlsx import to_xlsx
from reports.books import LEDGERS, NAMED, Asking
from reports.ledger_book import on_paper
from reports.monthly_store import draft_table
from reports.refusal import ReportRefused
from storage.objects import get

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MANY = 20


def need_purpose(named: int, purpose: str) -> None:
    """Raise ReportRefused where more than ``MANY`` children are named and no purpose is."""
    if named > MANY and len(purpose.strip()) < 2:
        raise ReportRefused(f"涉及的学生超过{MANY}人，查看或导出须写明用途（purpose）。")


async def give(
    connection: AsyncConnection, what: str, content: bytes, named: int, asking: Asking,
    purpose: str, at: datetime,
) -> bytes:  # fmt: skip
    """Write down who takes ``content``, what for, and its hash; the caller commits."""
    need_purpose(named, purpose)
    actor = asking.actor
    await connection.execute(
        text(
            "insert into report_export (exported_at, exported_by, role, office, what, purpose,"
            " named_rows, sha256) values (:at, :by, :role, :office, :what, :purpose, :named, :sha)"
        ),
        {
            "at": at, "by": actor.id if actor else "operator",
            "role": actor.role.value if actor else "operator", "office": asking.place.code,
            "what": what, "purpose": purpose.strip(), "named": named, "sha": digest(content),
        },
    )  # fmt: skip
    return content


def named_in(kind: str, table: BookTable) -> int:
    """Count the children a book names."""
    return len(table.rows) if kind in NAMED else 0


async def export(
    connection: AsyncConnection, kind: str, table: BookTable, asking: Asking, form: str,
    purpose: str, at: datetime, *, named: int | None = None,
) -> bytes:  # fmt: skip
    """Write a book as a file; ``named`` says how many children where it is no kind of book."""
    count = named_in(kind, table) if named is None else named
    need_purpose(count, purpose)
    write = to_xlsx if form == "xlsx" else book_pdf
    sheets = on_paper(table) if kind in LEDGERS else (table,)
    content = await asyncio.to_thread(write, sheets, asking.on)
    return await give(connection, f"{kind}.{form}", content, count, asking, purpose, at)


async def monthly_file(
    connection: AsyncConnection, row: Any, asking: Asking, form: str, purpose: str, at: datetime
) -> bytes:
    """Give a monthly report as a file: the frozen bytes where it is signed, else marked a draft."""
    if row.status == "signed":
        content = await get(connection, row.xlsx_sha256 if form == "xlsx" else row.pdf_sha256)
    elif form == "xlsx":
        raise ReportRefused("还没有签字的月报只能看PDF草稿，签字后才有电子表格。")
    else:
        content = await asyncio.to_thread(book_pdf, [draft_table(row)], asking.on, is_draft=True)
    return await give(
        connection, monthly_name(row, form), content, len(row.data["rows"]), asking, purpose, at
    )


def monthly_name(row: Any, form: str) -> str:
    """Name a version of a monthly report in the log."""
    return f"monthly/{row.office}/{row.month}/{row.version}.{form}"
