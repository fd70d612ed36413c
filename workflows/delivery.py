"""Deliveries from the outbox: normal activities, so that a slow printer holds nobody."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy


@workflow.defn(name="DeliveryWorkflow")
class DeliveryWorkflow:
    """Pay a handful of debts; each with its own retries."""

    @workflow.run
    async def run(self, rows: list[str]) -> int:
        results = await asyncio.gather(
            *(self._deliver(row) for row in rows), return_exceptions=True
        )
        return sum(1 for result in results if not isinstance(result, BaseException))

    async def _deliver(self, row: str) -> None:
        await workflow.execute_activity(
            "deliver",
            row,
            start_to_close_timeout=timedelta(minutes=2),
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=500),
                maximum_interval=timedelta(seconds=20),
                maximum_attempts=8,
            ),
        )
