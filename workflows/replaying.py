"""Replay a recorded history against the workflows of this code; say what to do when it fails."""

from __future__ import annotations

from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, WorkflowRunner

from workflows.rooms import WORKFLOWS, runner

TEACHING = (
    "流程历史与现在的流程代码对不上：正在走的案件会卡住。流程里新增、删去或调换一步（活动、计时、"
    "检索字段）时，须用 workflow.patched('名称') 保住旧路，或让案件先换新一轮运行；"
    "规则变化应写进 lifecycle/ 和 policy/，不写进流程。做法见 docs/decisions/0005-workflow-changes.md。"
    " The history no longer matches the workflow code: guard the changed step with"
    " workflow.patched(...) as docs/decisions/0005-workflow-changes.md tells."
)


async def replay(
    history: WorkflowHistory,
    data_converter: DataConverter,
    workflows: list[type[Any]] | None = None,
    workflow_runner: WorkflowRunner | None = None,
) -> str | None:
    """Return None where the history replays clean, else a sentence that says what to do."""
    replayer = Replayer(
        workflows=workflows or WORKFLOWS,
        data_converter=data_converter,
        workflow_runner=workflow_runner or runner(),
    )
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    if result.replay_failure is None:
        return None
    return f"{TEACHING}（{type(result.replay_failure).__name__}）"
