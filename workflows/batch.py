"""A batch of papers: rendered part by part, then bound; its progress can be asked for."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from models.work import BatchProgress


@workflow.defn(name="BatchWorkflow")
class BatchWorkflow:
    """Goes on where it stopped: which papers are rendered is in the database, not here."""

    def __init__(self) -> None:
        self._progress = BatchProgress(total=0, done=0, refused=0)

    @workflow.run
    async def run(self, batch_id: str) -> BatchProgress:
        retry = RetryPolicy(
            initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=20)
        )
        while True:
            self._progress = await workflow.execute_activity(
                "render_batch_part",
                batch_id,
                start_to_close_timeout=timedelta(minutes=10),
                heartbeat_timeout=timedelta(seconds=30),
                retry_policy=retry,
                result_type=BatchProgress,
            )
            if self._progress.is_over:
                break
        await workflow.execute_activity(
            "bind_batch",
            batch_id,
            start_to_close_timeout=timedelta(minutes=30),
            retry_policy=retry,
        )
        return self._progress

    @workflow.query
    def progress(self) -> BatchProgress:
        return self._progress
