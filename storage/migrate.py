"""Bring a database to the schema of this version; safe to run from many processes at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

LOCK = 0x67756978_7565
"""Advisory lock number of the migrations ("guixue" in ASCII)."""


async def migrate(url: str) -> None:
    """Apply every missing migration to ``url`` (owner role) under an advisory lock."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
            await connection.commit()
            try:
                await connection.run_sync(_upgrade)
                await connection.commit()
            finally:
                await connection.rollback()
                await connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
                await connection.commit()
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
