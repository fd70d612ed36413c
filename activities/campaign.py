"""Start the workflow of a census, or tell the one that runs to compare again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.work import CensusStart


def workflow_id_of(census_id: UUID) -> str:
    """Name the workflow of a census; the name says nothing of county or child."""
    return f"census/{census_id}"


async def compare_by_workflow(
    client: Client, task_queue: str, census_id: UUID, due_on: date
) -> None:
    """Have the census compared: by its running workflow, or by a new one.

    A census whose deadline has passed and whose workflow ended is compared once more the same way.
    """
    await client.start_workflow(
        "CensusWorkflow",
        CensusStart(census_id=census_id, due_on=due_on),
        id=workflow_id_of(census_id),
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        start_signal="compare_again",
    )
