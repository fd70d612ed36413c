"""One periodic duty at one time of looking: started by its own schedule."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from models.work import PeriodicResult


@workflow.defn(name="PeriodicDutyWorkflow")
class PeriodicDutyWorkflow:
    """Judge one duty; what it found is kept as the workflow's result."""

    @workflow.run
    async def run(self, duty: str) -> PeriodicResult:
        result: PeriodicResult = await workflow.execute_activity(
            "judge_periodic",
            duty,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            result_type=PeriodicResult,
        )
        return result


@workflow.defn(name="TermStartWorkflow")
class TermStartWorkflow:
    """Every night: who has not registered, who did not arrive, who was never enrolled."""

    @workflow.run
    async def run(self) -> int:
        found: int = await workflow.execute_activity(
            "detect_term_starts",
            start_to_close_timeout=timedelta(minutes=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            result_type=int,
        )
        return found
