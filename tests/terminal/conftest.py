"""A county of this room's own, as the command line finds it: by its environment."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from cli import build
from runtime import postgres
from runtime.cluster import Cluster
from terminal import hands
from tests.console.town import Case, Town, open_town


@dataclass
class Said:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str
    fault: BaseException | None


Guixue = Callable[..., Awaitable[Said]]


@pytest.fixture(scope="session")
async def town(
    postgres_cluster: Cluster,
    _template: str,
    temporal_dev: WorkflowEnvironment,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    await asyncio.to_thread(postgres.create_database, postgres_cluster, "terminal", _template)
    home: Path = tmp_path_factory.mktemp("terminal")
    urls = postgres_cluster.urls("terminal")
    async with open_town(urls, home, temporal_dev, "terminal", 7) as opened:
        yield opened


@pytest.fixture
async def case(town: Town) -> Case:
    """Open a case of a child of its own."""
    return await town.case()


@pytest.fixture(scope="session")
async def quiet_case(town: Town) -> Case:
    """Give one case to all the tests that must leave no trace in it."""
    return await town.case()


@pytest.fixture(autouse=True)
def _log_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every command sets up logging and takes the width of the screen for itself."""
    monkeypatch.setattr(hands.out, "_width", 200)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


async def call(env: dict[str, str], *words: str, stdin: str = "", **more: str) -> Said:
    """Run one command in a thread of its own, as ``guixue`` would under ``env``."""
    ours = {name: None for name in os.environ if name.startswith(("GUIXUE_", "TEMPORAL_"))}

    def run() -> Said:
        result = CliRunner().invoke(build(*words), list(words), input=stdin, env=ours | env | more)
        fault = None if isinstance(result.exception, SystemExit) else result.exception
        return Said(result.exit_code, result.stdout, result.stderr, fault)

    return await asyncio.to_thread(run)


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
    nowhere = {"GUIXUE_HOME": str(tmp_path / "data"), "GUIXUE_TEMPORAL_PORT": "1"}

    async def run(*words: str, **more: Any) -> Said:
        return await call(nowhere, *words, **more)

    return run
