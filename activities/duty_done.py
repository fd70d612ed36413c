"""A periodic duty is done: the round is settled, and a clue about it notes the day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.days import legal_date
from models.supervision import clue_id
from models.words import PeriodicStatus
from storage import clues, periodic


async def record_done(
    connection: AsyncConnection, row: Any, now: datetime, proof: str, by: str
) -> None:
    """Settle a round as done at ``now``: whoever records it after the deadline was late."""
    is_late = row.status == PeriodicStatus.MISSED.value or now > row.due_at
    status = PeriodicStatus.MET_LATE if is_late else PeriodicStatus.MET
    await periodic.settle(connection, row, status, at=now, proof=proof, by=by)
    if is_late:
        identity = clue_id(row.county, row.duty, row.office, row.period)
        await clues.mark_done(connection, identity, legal_date(now))


async def settle_shown(
    connection: AsyncConnection, county: str, duty: str, now: datetime, by: str
) -> int:
    """Settle the open rounds of a duty that what was just entered proves; returns how many."""
    done = 0
    for row in await periodic.unfinished(connection, county, duty, now):
        shown = await periodic.PROOFS[duty](connection, county, row)
        if shown is not None:
            await record_done(connection, row, shown.done_at or now, shown.what, by)
            done += 1
    return done
