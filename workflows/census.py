"""The census of one county and term: compare now, compare again when lists change, end on the day.

A deterministic shell: what is compared and written is in the activities.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from lifecycle.days import end_of
    from models.work import CensusResult, CensusStart

PATIENT = RetryPolicy(maximum_interval=timedelta(minutes=1))


@workflow.defn(name="CensusWorkflow")
class CensusWorkflow:
    """Run the comparison, wait for the deadline, then list what nobody has answered for."""

    def __init__(self) -> None:
        self._asked = 1
        self._ran = 0
        self._result: CensusResult | None = None

    @workflow.run
    async def run(self, start: CensusStart) -> CensusResult:
        ends_at = end_of(start.due_on)
        while True:
            if self._ran < self._asked:
                await self._compare(start)
                continue
            left = ends_at - workflow.now()
            if left <= timedelta(0):
                break
            try:
                await workflow.wait_condition(lambda: self._ran < self._asked, timeout=left)
            except TimeoutError:
                break
        overdue: int = await workflow.execute_activity(
            "list_overdue_differences",
            start.census_id,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=PATIENT,
            result_type=int,
        )
        assert self._result is not None
        return self._result.but(overdue=overdue)

    async def _compare(self, start: CensusStart) -> None:
        asked = self._asked
        self._result = await workflow.execute_activity(
            "run_census",
            start.census_id,
            start_to_close_timeout=timedelta(hours=1),
            heartbeat_timeout=timedelta(minutes=10),
            retry_policy=PATIENT,
            result_type=CensusResult,
        )
        self._ran = asked

    @workflow.signal
    def compare_again(self) -> None:
        """Ask for a further run: a list was mended, or a match was answered."""
        self._asked += 1

    @workflow.query
    def result(self) -> CensusResult | None:
        """Give what the latest run counted."""
        return self._result


@workflow.defn(name="TermCensusWorkflow")
class TermCensusWorkflow:
    """Each night: open the census of a term a week old, and start what ought to run and does not."""

    @workflow.run
    async def run(self) -> int:
        due: list[CensusStart] = await workflow.execute_activity(
            "open_due_censuses",
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=PATIENT,
            result_type=list[CensusStart],
        )
        started = 0
        for start in due:
            try:
                await workflow.start_child_workflow(
                    CensusWorkflow.run,
                    start,
                    id=f"census/{start.census_id}",
                    parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                )
                started += 1
            except WorkflowAlreadyStartedError:
                continue
        return started
