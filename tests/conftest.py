"""Servers every test may ask for: one PostgreSQL per run, one database per test."""

import asyncio
import gc
import importlib
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest
from temporalio.testing import WorkflowEnvironment

from runtime import postgres, temporal_server
from runtime.postgres import Cluster
from runtime.settings import DatabaseUrls

_TEMPLATE = "guixue_template"
TOLD = "told"
"""A property of a test (record_property): figures to be printed at the end of the run."""

# A test run says the same thing twice: the same examples each time, and no clock decides.
# HYPOTHESIS_PROFILE=search looks for new ones.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=2000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a real Chromium")
    config.addinivalue_line("markers", "office: opens files with a headless LibreOffice")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note browser and office tests in the JUnit report: CI counts the ones that ran."""
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.user_properties.append(("browser", "yes"))
        if item.get_closest_marker("office") is not None:
            item.user_properties.append(("office", "yes"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests recorded, also those of a parallel run's workers."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, said in report.user_properties:
            if name == TOLD:
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(str(said))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    with postgres.ephemeral_postgres(_in_memory()) as place:
        yield place


def _in_memory() -> Path | None:
    """Give a folder in memory if there is room: a database is 300 files, slow to make on a disk."""
    place = Path("/dev/shm")
    has_room = place.is_dir() and shutil.disk_usage(place).free > 3 << 30
    return place if has_room and os.access(place, os.W_OK | os.X_OK) else None


@pytest.fixture(scope="session")
async def _template(postgres_cluster: Cluster) -> str:
    """Migrate once; every test then gets a copy in about 25 ms."""
    postgres.create_database(postgres_cluster, _TEMPLATE)
    if find_spec("storage.migrate") is not None:
        migrate = importlib.import_module("storage.migrate")
        await migrate.migrate(postgres_cluster.urls(_TEMPLATE).owner)
    return _TEMPLATE


@pytest.fixture
async def database(postgres_cluster: Cluster, _template: str) -> AsyncIterator[DatabaseUrls]:
    """Give both URLs of a fresh migrated database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await asyncio.to_thread(postgres.create_database, postgres_cluster, name, _template)
    yield postgres_cluster.urls(name)
    await asyncio.to_thread(
        postgres.execute, postgres_cluster, f"drop database {name} with (force);"
    )


@pytest.fixture
def database_url(database: DatabaseUrls) -> str:
    """Give the URL of a fresh database for the application role."""
    return database.app


@pytest.fixture
def owner_url(database: DatabaseUrls) -> str:
    """Give the URL of the same database for its owner."""
    return database.owner


@pytest.fixture(scope="session")
async def temporal_env() -> AsyncIterator[WorkflowEnvironment]:
    """Run the time-skipping server; the clock is shared by the whole session."""
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(temporal_server.time_skipping_binary())
    )
    await temporal_server.register_search_attributes(env.client)
    yield env
    await _close(env)


@pytest.fixture(scope="session")
async def temporal_dev() -> AsyncIterator[WorkflowEnvironment]:
    """Run the real development server, in memory: lists, counts and schedules work here."""
    env = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(temporal_server.cli_binary())
    )
    await temporal_server.register_search_attributes(env.client)
    yield env
    await _close(env)


async def _close(env: WorkflowEnvironment) -> None:
    await env.shutdown()
    # Without a pause the SDK's threads may outlive the interpreter, which then aborts at exit.
    del env
    gc.collect()
    await asyncio.sleep(0.2)
