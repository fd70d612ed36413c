"""Record the histories of the story as a release leaves them: ``python -m tests.replay.record``.

Run once per release that changes workflows/; never overwrite what an earlier release recorded.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import text
from temporalio.client import WorkflowHandle

from models.version import CODE_VERSION
from samples.story import play
from terminal.playhouse import Playhouse, playhouse

KEY = bytes(range(32))
"""A key for these files only: they hold fictional people and must stay readable."""
HISTORIES = Path(__file__).parent / "histories"


async def record() -> list[str]:
    found: list[str] = []
    with tempfile.TemporaryDirectory() as papers:
        async with playhouse(
            lambda _line: None,
            Path(papers),
            payload_key=KEY,
            roll_over_events=150,  # several runs, so that a continued one is among them
        ) as house:
            await play(house)
            async for run in runs(house):
                history = await run.fetch_history()
                found.append(
                    json.dumps({"workflow_id": run.id, "history": json.loads(history.to_json())})
                )
    return found


async def runs(house: Playhouse) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    """Follow the case from its first run: the test server keeps no list."""
    async with house.engine.connect() as connection:
        rows = await connection.execute(
            text("select payload from outbox where kind = 'export_history' order by created_at")
        )
        for row in rows.all():
            yield house.env.client.get_workflow_handle(
                row.payload["workflow_id"], run_id=row.payload["run_id"]
            )


if __name__ == "__main__":
    target = HISTORIES / CODE_VERSION
    target.mkdir(parents=True)
    for number, history in enumerate(asyncio.run(record()), 1):
        (target / f"run-{number}.json").write_text(history, encoding="utf-8")
    os._exit(0)
