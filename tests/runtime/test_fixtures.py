"""The fixtures other tests build on do what they promise."""

import asyncpg
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from runtime import temporal_server


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def test_each_test_has_its_own_database(database_url: str, owner_url: str) -> None:
    """The application role and the owner reach the same database, with their own rights."""
    app, owner = await _connect(database_url), await _connect(owner_url)
    try:
        assert await app.fetchval("select current_database()") == await owner.fetchval(
            "select current_database()"
        )
        assert await app.fetchval("select rolsuper from pg_roles where rolname = current_user") is (
            False
        )
        assert await app.fetchval("show timezone") == "Asia/Shanghai"
        await owner.execute("create extension if not exists pg_trgm")
        assert len(await owner.fetchval("select show_trgm('张三丰')")) > 0
    finally:
        await app.close()
        await owner.close()


async def test_time_skipping_server_knows_the_attributes(temporal_env: WorkflowEnvironment) -> None:
    """Registering again on the time-skipping server is harmless."""
    await temporal_server.register_search_attributes(temporal_env.client)


async def test_development_server_knows_the_attributes(temporal_dev: WorkflowEnvironment) -> None:
    """Registering again, and raising retention, on the development server is harmless."""
    client: Client = temporal_dev.client
    await temporal_server.register_search_attributes(client)
    await temporal_server.raise_retention(client)
    await temporal_server.raise_retention(client)
