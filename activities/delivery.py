"""Pay what the outbox owes: render papers, export histories, open cases from leads."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.gateway import CaseGateway, Refused
from activities.sealing import Sealer
from models.tables import OutboxRow, PaperRow
from models.work import ExportRequest
from papers.pipeline import PaperRefused, RenderedPaper, render
from papers.registry import DATA_OF
from storage import objects

log = structlog.get_logger("delivery")
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HISTORY = "application/vnd.guixue.history"


class DeliveryActivities:
    """One activity for every kind of debt; each may run twice and pays once."""

    def __init__(
        self,
        engine: AsyncEngine,
        client: Client,
        gateway: CaseGateway,
        sealer: Sealer,
        extra_fonts: Path | None = None,
    ) -> None:
        self._engine = engine
        self._client = client
        self._gateway = gateway
        self._sealer = sealer
        self._extra_fonts = extra_fonts

    @activity.defn(name="deliver")
    async def deliver(self, row_id: str) -> None:
        """Pay one row of the outbox and mark it; a row already paid is passed over."""
        table: Any = OutboxRow
        async with self._engine.connect() as connection:
            query = select(table.kind, table.payload, table.done_at).where(table.id == UUID(row_id))
            row = (await connection.execute(query)).one()
        if row.done_at is not None:
            return
        problem = await self._pay(row.kind, row.payload)
        async with self._engine.begin() as connection:
            await connection.execute(
                update(OutboxRow)
                .where(table.id == UUID(row_id))
                .values(done_at=text("now()"), problem=problem)
            )
        log.info("debt_paid", kind=row.kind)

    async def _pay(self, kind: str, payload: dict[str, Any]) -> str | None:
        """Return what a person must look at, or None."""
        if kind == "render_paper":
            return await self._render(UUID(payload["paper_id"]))
        if kind == "export_history":
            return await self._export(ExportRequest.model_validate(payload))
        if kind == "render_batch":
            await self._start_batch(str(payload["batch_id"]))
            return None
        if kind == "open_lead":
            return await self._open_lead(UUID(payload["lead_id"]))
        raise ApplicationError(f"unknown debt {kind}", non_retryable=True)

    async def _start_batch(self, batch_id: str) -> None:
        """Start the batch's workflow; one that runs, or has run, is left alone."""
        await self._client.start_workflow(
            "BatchWorkflow",
            batch_id,
            id=f"batch/{batch_id}",
            task_queue=activity.info().task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def _render(self, paper_id: UUID) -> str | None:
        table: Any = PaperRow
        async with self._engine.connect() as connection:
            query = select(table.kind, table.data, table.pdf_sha256).where(
                table.paper_id == paper_id
            )
            row = (await connection.execute(query)).one()
        if row.pdf_sha256 is not None:
            return None  # bytes are frozen once
        data = DATA_OF[row.kind].model_validate(row.data)
        try:
            paper = await asyncio.to_thread(render, row.kind, data, extra_fonts=self._extra_fonts)
        except PaperRefused as refusal:
            await self._mark_paper(paper_id, {"problem": str(refusal)})
            return str(refusal)
        await self._store_paper(paper_id, paper)
        return None

    async def _store_paper(self, paper_id: UUID, paper: RenderedPaper) -> None:
        async with self._engine.begin() as connection:
            values = {
                "pdf_sha256": await objects.put(connection, paper.pdf, PDF),
                "docx_sha256": await objects.put(connection, paper.docx, DOCX),
                "template_sha256": paper.template_sha256,
                "fonts_sha256": paper.fonts_sha256,
                "problem": None,
            }
            table: Any = PaperRow
            where = (table.paper_id == paper_id) & table.pdf_sha256.is_(None)
            await connection.execute(update(PaperRow).where(where).values(values))

    async def _mark_paper(self, paper_id: UUID, values: dict[str, Any]) -> None:
        table: Any = PaperRow
        async with self._engine.begin() as connection:
            await connection.execute(
                update(PaperRow).where(table.paper_id == paper_id).values(values)
            )

    async def _export(self, request: ExportRequest) -> str | None:
        """Fetch a finished run's history, seal it and store it; wait while it is still open."""
        handle = self._client.get_workflow_handle(request.workflow_id, run_id=request.run_id)
        try:
            history = await handle.fetch_history()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return f"history of run {request.run_id} is gone"
            raise
        if not _is_over(history.events):
            raise ApplicationError("run is still open", type="run_open")
        packed = gzip.compress(history.to_json().encode(), mtime=0)
        sealed = self._sealer.seal(packed, request.run_id)
        async with self._engine.begin() as connection:
            sha = await objects.put(connection, sealed, HISTORY)
            await connection.execute(
                text(
                    "insert into history_archive (workflow_id, run_id, case_id, object_sha256,"
                    " event_count, is_complete) values (:workflow, :run, :case, :sha, :count, true)"
                    " on conflict (workflow_id, run_id) do nothing"
                ),
                {
                    "workflow": request.workflow_id, "run": request.run_id,
                    "case": UUID(request.case_id), "sha": sha, "count": len(history.events),
                },
            )  # fmt: skip
        return None

    async def _open_lead(self, lead_id: UUID) -> str | None:
        try:
            await self._gateway.open_from_lead(lead_id)
        except Refused as refusal:
            return "；".join(unmet.message for unmet in refusal.detail.unmet)
        return None


def _is_over(events: Any) -> bool:
    last = events[-1]
    return any(
        last.HasField(name)
        for name in (
            "workflow_execution_completed_event_attributes",
            "workflow_execution_continued_as_new_event_attributes",
            "workflow_execution_failed_event_attributes",
            "workflow_execution_canceled_event_attributes",
            "workflow_execution_terminated_event_attributes",
            "workflow_execution_timed_out_event_attributes",
        )
    )
