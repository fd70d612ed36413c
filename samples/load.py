"""Put a sample county's roster into the database; its attendance goes through the real import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samples.county import SampleCounty


async def load(connection: AsyncConnection, county: SampleCounty) -> None:
    """COPY the roster in the caller's transaction (``async with engine.begin()``)."""
    # BEGIN is sent with the first statement; without one the raw COPY would commit by itself.
    await connection.execute(text("select 1"))
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    tables: tuple[tuple[str, Sequence[Any]], ...] = (
        ("county", county.counties),
        ("township", county.townships),
        ("school", county.schools),
        ("class_room", county.class_rooms),
        ("school_term", county.terms),
        ("household", county.households),
        ("child", county.children),
        ("guardian", county.guardians),
        ("child_guardian", county.child_guardians),
    )
    for table, rows in tables:
        if not rows:
            continue
        columns = [field.name for field in fields(rows[0])]
        records = [tuple(getattr(row, column) for column in columns) for row in rows]
        await driver.copy_records_to_table(table, records=records, columns=columns)
