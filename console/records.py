"""Write a record of supervision for a request; another record under the same request is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from console.problems import Problem
from models.people import Actor
from storage import oversight
from storage.responsibility import Noted


def reused() -> Problem:
    said = "这个请求编号已用于另一份登记，请换一个新的 Idempotency-Key。"
    return Problem(422, "填写有误，未办理", said, "request_id_reused")


async def write_once(
    connection: AsyncConnection,
    kind: oversight.Kind,
    key: str,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any],
) -> Any:
    """Return the row of this request, new or written before with the same facts."""
    row = await oversight.write(connection, kind, key, Noted(actor.id, now), facts)
    if any(getattr(row, name) != value for name, value in facts.items()):
        raise reused()
    return row
