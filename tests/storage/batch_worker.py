"""Approve or render one batch in a process that kills itself on the way."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import date
from typing import Any
from uuid import UUID

from activities import batch_rendering, batches
from activities.batch_rendering import BatchActivities
from activities.batches import approve_batch
from models.people import Actor
from models.words import Role
from storage.engine import create_engine


def die_at(number: int, work: Any) -> Any:
    """Kill this process when ``work`` is asked for the ``number``-th time; 0 never."""
    asked = 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*arguments, **named)

    return counted


async def main(url: str, batch: UUID, township: str, what: str, number: int) -> None:
    engine = create_engine(url, pool_size=2)
    if what == "approve":
        batches.__dict__["digest"] = die_at(number, batches.digest)
        head = Actor(id="head-1", role=Role.TOWNSHIP_HEAD, office=township)
        async with engine.begin() as connection:
            await approve_batch(connection, head, batch, date(2026, 7, 1), "http://x")
    else:
        batch_rendering.__dict__["render"] = die_at(number, batch_rendering.render)
        activities = BatchActivities(engine)
        while not (await activities.render_part(str(batch))).is_over:
            pass
        await activities.bind(str(batch))
    await engine.dispose()


if __name__ == "__main__":
    url, batch, township, what, number = sys.argv[1:]
    asyncio.run(main(url, UUID(batch), township, what, int(number)))
