"""The peer: the least a durable case could be. Same updates, same timer, one commit, no rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import workflow


class BareStart(BaseModel):
    case_id: str


class BareUpdate(BaseModel):
    """As many bytes as the real command, and what the timer is set to afterwards."""

    case_id: str
    request_id: str
    body: dict[str, Any]
    receipt_bytes: int
    due_at: datetime | None
    is_last: bool


class Row(BaseModel):
    """What the local activity is given: the row and what to answer."""

    case_id: str
    request_id: str
    body: dict[str, Any]
    receipt_bytes: int


class BareReceipt(BaseModel):
    """As many bytes as the real receipt."""

    body: str


@workflow.defn(name="BareWorkflow")
class BareWorkflow:
    """One update, one local activity, one timer loop."""

    @workflow.init
    def __init__(self, start: BareStart) -> None:
        self._due: datetime | None = None
        self._is_closed = False

    @workflow.run
    async def run(self, start: BareStart) -> str:
        while not self._is_closed:
            due = self._due
            patience = None if due is None else max(due - workflow.now(), timedelta())
            try:
                await workflow.wait_condition(
                    lambda due=due: self._is_closed or self._due != due,  # type: ignore[misc]
                    timeout=patience,
                )
            except TimeoutError:
                self._due = None
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "closed"

    @workflow.update
    async def submit(self, update: BareUpdate) -> BareReceipt:
        receipt: BareReceipt = await workflow.execute_local_activity(
            "insert_row",
            Row(
                case_id=update.case_id,
                request_id=update.request_id,
                body=update.body,
                receipt_bytes=update.receipt_bytes,
            ),
            result_type=BareReceipt,
            start_to_close_timeout=timedelta(seconds=30),
        )
        self._due = update.due_at
        self._is_closed = update.is_last
        return receipt
