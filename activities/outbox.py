"""The pump: claim what the outbox owes and hand it to a delivery workflow."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from uuid import uuid5

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

log = structlog.get_logger("outbox")
BATCH = 20
IDLE_SECONDS = 2.0
CLAIM = text(
    "update outbox set claimed_until = now() + interval '5 minutes', attempts = attempts + 1"
    " where id in (select id from outbox where done_at is null and due_at <= now()"
    " and (claimed_until is null or claimed_until < now()) order by created_at limit :batch"
    " for update skip locked) returning id, attempts"
)


class OutboxPump:
    """Runs in every worker; rows are claimed, so that many pumps share one outbox."""

    def __init__(self, engine: AsyncEngine, client: Client, task_queue: str) -> None:
        self._engine = engine
        self._client = client
        self._task_queue = task_queue
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Pump until cancelled; an outage is waited out, a notification wakes it at once."""
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    while await self.once():
                        pass
                except (DBAPIError, OSError, RPCError) as error:
                    log.warning("outbox_unreachable", error_type=type(error).__name__)
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)
        finally:
            listener.cancel()

    async def once(self) -> int:
        """Claim one batch and start its delivery; return how many rows were claimed."""
        async with self._engine.begin() as connection:
            claimed = (await connection.execute(CLAIM, {"batch": BATCH})).all()
        if claimed:
            rows = [str(row.id) for row in claimed]
            name = uuid5(claimed[0].id, f"{claimed[0].attempts}/{len(rows)}")
            await self._client.start_workflow(
                "DeliveryWorkflow",
                rows,
                id=f"delivery/{name}",
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
        return len(claimed)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._engine.connect() as connection:
                    raw: Any = (await connection.get_raw_connection()).driver_connection
                    await raw.add_listener("outbox", self._notified)
                    closed = asyncio.Event()
                    raw.add_termination_listener(lambda _connection, gone=closed: gone.set())
                    await closed.wait()
            except (DBAPIError, OSError):
                await asyncio.sleep(1)

    def _notified(self, *_arguments: object) -> None:
        self._wake.set()
