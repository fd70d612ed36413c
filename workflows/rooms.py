"""What a worker runs, and how: the list of workflows and the sandbox they run in."""

from __future__ import annotations

from typing import Any

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.batch import BatchWorkflow
from workflows.case import CaseWorkflow
from workflows.census import CensusWorkflow, TermCensusWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.periodic import PeriodicDutyWorkflow, TermStartWorkflow
from workflows.proof import CoverageProofWorkflow, DeadlineSweepWorkflow

WORKFLOWS: list[type[Any]] = [
    CaseWorkflow,
    CensusWorkflow,
    TermCensusWorkflow,
    DeliveryWorkflow,
    CoverageProofWorkflow,
    DeadlineSweepWorkflow,
    PeriodicDutyWorkflow,
    TermStartWorkflow,
    BatchWorkflow,
]
PURE = ("lifecycle", "models", "policy", "statemachine", "pydantic", "pydantic_core")
"""Passed through the sandbox: a third of the memory per case, and checked by lint instead."""


def runner() -> SandboxedWorkflowRunner:
    """Return the sandbox every worker and replayer of cases uses."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PURE)
    return SandboxedWorkflowRunner(restrictions=restrictions)
