"""Periodic work: the nightly proof of coverage, and the sweep of deadlines that did not fire."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from models.work import ProofResult


@workflow.defn(name="CoverageProofWorkflow")
class CoverageProofWorkflow:
    """Settle provisional dates first, then prove; the result is kept as the workflow's own."""

    @workflow.run
    async def run(self) -> ProofResult:
        await workflow.execute_activity(
            "adopt_calendars",
            start_to_close_timeout=timedelta(minutes=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        )
        result: ProofResult = await workflow.execute_activity(
            "prove_coverage",
            start_to_close_timeout=timedelta(minutes=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            result_type=ProofResult,
        )
        return result


@workflow.defn(name="DeadlineSweepWorkflow")
class DeadlineSweepWorkflow:
    """Bring up the cases whose timer should have fired and did not."""

    @workflow.run
    async def run(self) -> int:
        nudged: int = await workflow.execute_activity(
            "sweep_deadlines",
            start_to_close_timeout=timedelta(minutes=9),
            retry_policy=RetryPolicy(maximum_attempts=2),
            result_type=int,
        )
        return nudged
