"""One writer of numbered papers, which kills itself while it writes the paper it is told."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from models import commands as c
from models import events as e
from models.events import CaseEvent
from models.state import CaseState
from models.words import Role
from storage.engine import create_engine
from storage.ledger import append
from tests.lifecycle import roads
from tests.storage.book import requests, store_rules
from tests.walk import Walk

LETTERS = 20


def walk_of(writer: int, number: int) -> Walk:
    """Walk a case of its own to its last letter; the same on every start."""
    child = str(uuid5(NAMESPACE_URL, f"{writer}/{number}"))
    walk = roads.persuasion(roads.dropout(roads.suspected(child_ref=child)))
    for letter in range(1, LETTERS + 1):
        content = {"addressee": f"第{letter}个单位"}
        walk.do(c.DraftPaper, Role.EDU_CASE, paper_kind="notice_letter", content=content)
        walk.do(c.ApprovePaper, Role.EDU_HEAD, paper=f"notice_letter-{letter}")
    return walk


async def write(url: str, writer: int, cases: int, dies_at: int) -> None:
    """Write every case from its first command on; what is in the ledger is answered from there."""

    async def paper(
        _connection: AsyncConnection, state: CaseState, event: CaseEvent
    ) -> dict[str, Any]:
        nonlocal written
        written += isinstance(event, e.PaperIssued)
        if isinstance(event, e.PaperIssued) and written == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)  # its number is taken, nothing is committed
        return {"case": state.case_id}

    written = 0
    engine = create_engine(url, pool_size=2)
    for number in range(cases):
        walk = walk_of(writer, number)
        for request in requests(walk, *await store_rules(engine, walk)):
            result, _ = await append(engine, request, paper)
            assert result.receipt is not None
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
