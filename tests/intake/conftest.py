"""A database with the roster tables, and small counties to import into."""

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from samples.load import load
from tests.intake.village import VILLAGE

MIGRATION = Path(__file__).parents[2] / "storage/migrations/versions/0002_roster.py"
OUTBOX = """
    create table outbox (
        id uuid primary key default gen_random_uuid(),
        kind text not null,
        payload jsonb not null,
        dedupe_key text unique
    )
"""


def create_missing_tables(connection: Connection) -> None:
    """Apply the roster migration and its one neighbour where no migration has run yet."""
    names = inspect(connection).get_table_names()
    if "outbox" not in names:
        connection.execute(text(OUTBOX))
        connection.execute(text("grant select, insert on outbox to guixue_app"))
    if "child" not in names:
        spec = importlib.util.spec_from_file_location("roster_migration", MIGRATION)
        assert spec is not None
        assert spec.loader is not None
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()


@pytest.fixture
async def engine(database_url: str, owner_url: str) -> AsyncIterator[AsyncEngine]:
    """Connect as the application does, to a database that has the roster."""
    owner = create_async_engine(owner_url)
    async with owner.begin() as connection:
        await connection.run_sync(create_missing_tables)
    await owner.dispose()
    app = create_async_engine(database_url)
    yield app
    await app.dispose()


@pytest.fixture
async def village(engine: AsyncEngine) -> AsyncEngine:
    async with engine.begin() as connection:
        await load(connection, VILLAGE)
    return engine
