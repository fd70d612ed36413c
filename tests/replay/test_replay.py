"""Every history a release left behind replays on the code of today."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner

from models.version import CODE_VERSION
from models.work import CaseStart
from runtime.client import key_id
from runtime.codec import Keyring, data_converter
from tests.replay.record import HISTORIES, KEY
from workflows.case import CaseWorkflow
from workflows.replaying import replay

CONVERTER = data_converter(Keyring(keys={key_id(KEY): KEY}, writing=key_id(KEY)))
FILES = sorted(HISTORIES.glob("*/*.json"))
SUPERSEDED = {"0.1.0"}
"""Releases after which rules became stricter: their cases are restarted, not replayed (0005)."""


def load(path: Path) -> WorkflowHistory:
    said = json.loads(path.read_text(encoding="utf-8"))
    return WorkflowHistory.from_json(said["workflow_id"], said["history"])


CURRENT = [path for path in FILES if path.parent.name not in SUPERSEDED]


@pytest.mark.parametrize("path", CURRENT, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_recorded_history_replays(path: Path) -> None:
    """The workflow code of today takes the same steps as the code that wrote the history."""
    assert await replay(load(path), CONVERTER) is None


def test_there_are_histories_of_more_than_one_run() -> None:
    """The recorded case went through continue-as-new, so that this too is replayed."""
    assert len(CURRENT) >= 2
    assert any("CONTINUED_AS_NEW" in path.read_text() for path in CURRENT)


def test_every_superseded_release_is_older_than_this_one() -> None:
    """Nobody puts the release of today aside to make a failing replay pass."""
    assert CODE_VERSION not in SUPERSEDED
    assert {path.parent.name for path in FILES} >= SUPERSEDED | {CODE_VERSION}


CORE_BOOKKEEPING = {
    "seq", "attempt", "activity_id", "activity_type", "complete_time", "backoff",
    "original_schedule_time", "activation_index",
}  # fmt: skip
"""What the SDK core writes in the clear beside a local activity's (sealed) result."""


def test_a_recorded_history_holds_no_readable_payload() -> None:
    """Every payload in a history is sealed: nobody reads a child's case in Temporal's store."""
    for path in FILES:
        payloads = list(_payloads(json.loads(path.read_text())))
        assert payloads
        for under, payload in payloads:
            if base64.b64decode(payload["metadata"]["encoding"]) == b"binary/encrypted":
                continue
            assert under.endswith("details/data/payloads"), under
            assert json.loads(base64.b64decode(payload["data"])).keys() <= CORE_BOOKKEEPING


def _payloads(node: object, under: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield payloads with their place; search attributes are plain by design: codes and times."""
    if under.endswith("/indexedFields"):
        return
    if isinstance(node, dict):
        if isinstance(node.get("metadata"), dict) and "encoding" in node["metadata"]:
            yield under, node
            return
        for key, value in node.items():
            yield from _payloads(value, f"{under}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from _payloads(value, under)


@workflow.defn(name="CaseWorkflow")
class ChangedCaseWorkflow(CaseWorkflow):
    """The case workflow with one step more than the histories know."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: CaseStart) -> str:
        await workflow.sleep(timedelta(seconds=1))
        return await super().run(start)


async def test_a_changed_workflow_fails_with_a_message_that_teaches() -> None:
    """Whoever changes a step without a patch is told what to do, and where it is written."""
    problem = await replay(
        load(CURRENT[0]), CONVERTER, [ChangedCaseWorkflow], UnsandboxedWorkflowRunner()
    )
    assert problem is not None
    assert "workflow.patched" in problem
    assert "docs/decisions/0005-workflow-changes.md" in problem
