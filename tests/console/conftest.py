"""One county for all tests of this room: its worker runs on the real development server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from runtime import postgres
from runtime.cluster import Cluster
from tests.console.town import Case, Town, open_town


@pytest.fixture(scope="session")
async def town(
    postgres_cluster: Cluster,
    _template: str,
    temporal_dev: WorkflowEnvironment,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    await asyncio.to_thread(postgres.create_database, postgres_cluster, "town", _template)
    home: Path = tmp_path_factory.mktemp("town")
    async with open_town(postgres_cluster.urls("town"), home, temporal_dev, "town", 8) as opened:
        yield opened


@pytest.fixture
async def case(town: Town) -> Case:
    """Open a case of a child of its own."""
    return await town.case()


@pytest.fixture(scope="session")
async def quiet_case(town: Town) -> Case:
    """Give one case to all the tests that must leave no trace in it."""
    return await town.case()
