"""The county of the console tests, as the command line finds it: by its environment."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.console.conftest import case, quiet_case, town
from tests.console.town import Town

__all__ = ["case", "quiet_case", "town"]
ROOT = Path(__file__).parents[2]


@dataclass
class Said:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str


Guixue = Callable[..., Awaitable[Said]]


async def call(env: dict[str, str], *words: str, stdin: str = "", **more: str) -> Said:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GUIXUE_", "TEMPORAL_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", *words,
        env=clean | {"COLUMNS": "200", "PYTHONPATH": str(ROOT)} | env | more,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


@pytest.fixture
def guixue(town: Town) -> Guixue:
    """Run ``guixue`` against the running county."""
    env = {
        "GUIXUE_HOME": str(town.settings.home),
        "GUIXUE_DATABASE_URL": town.urls.app,
        "GUIXUE_MIGRATION_URL": town.urls.owner,
        "GUIXUE_TASK_QUEUE": town.settings.task_queue,
        "TEMPORAL_ADDRESS": town.address,
        "TEMPORAL_NAMESPACE": "default",
    }

    async def run(*words: str, **more: Any) -> Said:
        return await call(env, *words, **more)

    return run


@pytest.fixture
def lonely(tmp_path: Path) -> Guixue:
    """Run ``guixue`` where nothing runs at all."""

    async def run(*words: str, **more: Any) -> Said:
        return await call({"GUIXUE_HOME": str(tmp_path / "data")}, *words, **more)

    return run
