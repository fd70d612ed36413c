"""What the peer writes, and the floor: one row, one commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from bench.bare import BareReceipt, Row
from models.base import canonical

TABLE = """
create table bench_row (
    case_id text not null,
    request_id text not null,
    body text not null,
    recorded_at timestamptz not null default now(),
    primary key (case_id, request_id)
)
"""
INSERT = text(
    "insert into bench_row (case_id, request_id, body) values (:case_id, :request_id, :body)"
    " on conflict do nothing"  # a workflow task that timed out runs its local activity again
)


class BareActivities:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @activity.defn(name="insert_row")
    async def insert_row(self, row: Row) -> BareReceipt:
        await insert(self._engine, row.case_id, row.request_id, row.body)
        return BareReceipt(body="x" * row.receipt_bytes)


async def insert(engine: AsyncEngine, case_id: str, request_id: str, body: dict[str, Any]) -> None:
    """One row, one commit: the floor by itself, and all the peer does."""
    async with engine.begin() as connection:
        await connection.execute(
            INSERT, {"case_id": case_id, "request_id": request_id, "body": canonical(body)}
        )
