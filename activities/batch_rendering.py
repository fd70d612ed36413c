"""Render a batch piece by piece: whatever was rendered stays, a crash repeats one paper at most."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from models.work import BatchProgress
from papers.binding import bind
from papers.book import BookTable, Column
from papers.book_print import book_pdf
from papers.catalogue import paper_kind
from papers.pipeline import PaperRefused, render
from papers.registry import DATA_OF
from storage import objects

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PART = 25
"""Papers of one activity; between two of them the progress is told."""
_NEXT = (
    "select place, data from batch_paper where batch_id = :id and pdf_sha256 is null"
    " and problem is null and status <> 'drafted' order by place limit :part"
)
_COUNT = (
    "select count(*) as total, count(*) filter (where pdf_sha256 is not null) as done,"
    " count(*) filter (where problem is not null) as refused from batch_paper where batch_id = :id"
)


class BatchActivities:
    """Two activities: a part of the papers, and the one file with its list of signatures."""

    def __init__(self, engine: AsyncEngine, extra_fonts: Path | None = None) -> None:
        self._engine = engine
        self._extra_fonts = extra_fonts

    @activity.defn(name="render_batch_part")
    async def render_part(self, batch_id: str) -> BatchProgress:
        """Render up to ``PART`` papers that have no bytes yet and tell how far the batch is."""
        identity = UUID(batch_id)
        async with self._engine.connect() as connection:
            kind = await self._kind(connection, identity)
            rows = (await connection.execute(text(_NEXT), {"id": identity, "part": PART})).all()
        for row in rows:
            await self._render(identity, kind, row)
            if activity.in_activity():
                activity.heartbeat(row.place)
        return await self.progress(identity)

    async def progress(self, batch_id: UUID) -> BatchProgress:
        """Count what is rendered."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(text(_COUNT), {"id": batch_id})).one()
        return BatchProgress(total=row.total, done=row.done, refused=row.refused)

    async def _kind(self, connection: Any, batch_id: UUID) -> str:
        query = text("select kind from paper_batch where id = :id")
        return str((await connection.execute(query, {"id": batch_id})).scalar_one())

    async def _render(self, batch_id: UUID, kind: str, row: Any) -> None:
        data = DATA_OF[kind].model_validate(row.data)
        keys = {"id": batch_id, "place": row.place}
        try:
            made = await asyncio.to_thread(render, kind, data, extra_fonts=self._extra_fonts)
        except PaperRefused as refusal:
            async with self._engine.begin() as connection:
                await connection.execute(
                    text(
                        "update batch_paper set problem = :problem"
                        " where batch_id = :id and place = :place"
                    ),
                    keys | {"problem": str(refusal)},
                )
            return
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "update batch_paper set pdf_sha256 = :pdf, docx_sha256 = :docx,"
                    " template_sha256 = :template, fonts_sha256 = :fonts"
                    " where batch_id = :id and place = :place and pdf_sha256 is null"
                ),
                keys | {
                    "pdf": await objects.put(connection, made.pdf, PDF),
                    "docx": await objects.put(connection, made.docx, DOCX),
                    "template": made.template_sha256, "fonts": made.fonts_sha256,
                },
            )  # fmt: skip

    @activity.defn(name="bind_batch")
    async def bind(self, batch_id: str) -> None:
        """Put the papers into one file and make the list of signatures; once."""
        identity = UUID(batch_id)
        async with self._engine.connect() as connection:
            batch = (
                await connection.execute(
                    text("select * from paper_batch where id = :id"), {"id": identity}
                )
            ).one()
            if batch.status == "rendered":
                return
            papers = (
                await connection.execute(
                    text("select * from batch_paper where batch_id = :id order by place"),
                    {"id": identity},
                )
            ).all()
            pieces = [
                await objects.get(connection, paper.pdf_sha256)
                for paper in papers
                if paper.pdf_sha256 is not None
            ]
        title, dated = f"{paper_kind(batch.kind).title}：{batch.title}", batch.issued_on or date.min
        bound = await asyncio.to_thread(bind, pieces, title, dated) if pieces else None
        listed = await asyncio.to_thread(self._listed, batch, papers)
        refused = sum(paper.problem is not None for paper in papers)
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "update paper_batch set status = 'rendered', pdf_sha256 = :pdf,"
                    " list_sha256 = :list, problem = :problem where id = :id and status = 'issued'"
                ),
                {
                    "id": identity,
                    "pdf": await objects.put(connection, bound, PDF) if bound else None,
                    "list": await objects.put(connection, listed, PDF),
                    "problem": f"{refused}份不能打印，请转人工制作。" if refused else None,
                },
            )

    def _listed(self, batch: Any, papers: Any) -> bytes:
        return book_pdf(
            [signature_list(batch, papers)],
            batch.issued_on or date.min,
            extra_fonts=self._extra_fonts,
        )


def signature_list(batch: Any, papers: Any) -> BookTable:
    """Make the list on which each guardian signs for a paper (签收表)."""
    rows = [
        (
            paper.place, paper.doc_no or "", paper.data.get("child_name", ""),
            paper.data.get("guardian_name", ""), paper.data.get("relation", ""),
            paper.data.get("guardian_phone", ""),
            paper.data.get("school") or paper.data.get("unit") or paper.data.get("addressee", ""),
            "不能打印" if paper.problem else "", "",
        )
        for paper in papers
    ]  # fmt: skip
    return BookTable(
        name="签收表",
        title=f"{paper_kind(batch.kind).title}签收表",
        columns=(
            Column("序号", 3, "whole"), Column("文号", 9), Column("学生", 6), Column("监护人", 6),
            Column("关系", 4), Column("电话", 7), Column("学校（单位）", 10), Column("签收人", 8),
            Column("签收日期", 7),
        ),
        rows=rows,
        above=(f"批次：{batch.title}", f"签发日期：{batch.issued_on}", f"共{len(rows)}份"),
    )  # fmt: skip
