"""One county for all tests of this room, with a worker, an API and a command line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from runtime import postgres
from runtime.cluster import Cluster
from tests.console.town import Case, Town, open_town
from tests.terminal.conftest import Guixue, Said, _log_as_before, call, guixue

__all__ = ["Guixue", "Said", "_log_as_before", "call", "guixue"]


@pytest.fixture(scope="session")
async def town(
    postgres_cluster: Cluster,
    _template: str,
    temporal_dev: WorkflowEnvironment,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    await asyncio.to_thread(postgres.create_database, postgres_cluster, "oversight", _template)
    home: Path = tmp_path_factory.mktemp("oversight")
    urls = postgres_cluster.urls("oversight")
    async with open_town(urls, home, temporal_dev, "oversight", 9) as opened:
        yield opened


@pytest.fixture
async def case(town: Town) -> Case:
    """Open a case of a child of its own."""
    return await town.case()
