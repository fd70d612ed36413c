"""Write the roads of ``tests.walk`` into a real ledger, command by command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lifecycle.evolve import fold
from models import commands as c
from models.base import canonical
from models.events import CaseEvent
from models.recorded import AppendRequest, AppendResult, RecordedEvent
from models.rules import calendar_digest
from models.state import CaseState
from models.version import CODE_VERSION
from storage.ledger import append, events_after
from tests.lifecycle import roads
from tests.walk import Walk

Plan = Callable[[], Walk]


class Torn(Exception):
    """A paper that could not be written."""


async def plain_paper(
    _connection: AsyncConnection, state: CaseState, event: CaseEvent
) -> dict[str, Any]:
    return {"case": state.case_id, "kind": event.kind}


async def torn_paper(
    _connection: AsyncConnection, _state: CaseState, _event: CaseEvent
) -> dict[str, Any]:
    raise Torn


async def cut_cable(
    connection: AsyncConnection, _state: CaseState, _event: CaseEvent
) -> dict[str, Any]:
    """Lose the database in the middle of the transaction, as a crash of the server would."""
    await connection.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    return {}


async def store_rules(engine: AsyncEngine, walk: Walk) -> tuple[str, str]:
    """Store the walk's own policy and calendar, and return their hashes."""
    policy, sha = walk.policy, calendar_digest(walk.calendar)
    async with engine.begin() as connection:
        for key, kind, body in (
            (policy.sha256, "policy", policy), (sha, "calendar", walk.calendar),
        ):  # fmt: skip
            await connection.execute(
                text(
                    "insert into rule_snapshot (sha, kind, body) values (:sha, :kind, :body)"
                    " on conflict do nothing"
                ),
                {"sha": key, "kind": kind, "body": canonical(body.model_dump(mode="json"))},
            )
    return policy.sha256, sha


def another_child(plan: Callable[[Walk], Walk] | None = None) -> Walk:
    """Open the case of a child of its own, and walk it on."""
    walk = roads.suspected(child_ref=str(uuid4()))
    return plan(walk) if plan else walk


def requests(walk: Walk, policy_sha: str, calendar_sha: str) -> list[AppendRequest]:
    """Turn every command of a walk into what the workflow would ask the ledger."""
    return [
        AppendRequest(
            case_id=walk.state.case_id,
            workflow_id=f"case/{walk.state.child_ref}/{walk.state.episode}",
            expected_seq=before.revision,
            command=command,
            decided_at=at,
            policy_sha=policy_sha,
            calendar_sha=calendar_sha,
            code_version=CODE_VERSION,
            events=events,
        )
        for before, command, at, events in walk.log
        if events
    ]


async def write(engine: AsyncEngine, walk: Walk) -> list[AppendRequest]:
    """Append the whole walk; the requests as they were sent."""
    asked = requests(walk, *await store_rules(engine, walk))
    for request in asked:
        result, _ = await append(engine, request, plain_paper)
        assert result.receipt is not None
    return asked


async def send(
    engine: AsyncEngine, request: AppendRequest, paper: Any = plain_paper
) -> AppendResult:
    result, _ = await append(engine, request, paper)
    return result


async def ledger_of(engine: AsyncEngine, case_id: str) -> tuple[RecordedEvent, ...]:
    async with engine.connect() as connection:
        return await events_after(connection, UUID(case_id), 0)


async def folded(engine: AsyncEngine, case_id: str) -> CaseState:
    return fold(CaseState(), await ledger_of(engine, case_id))


async def rows(engine: AsyncEngine, query: str, **keys: Any) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(text(query), keys)).all())


async def everything(engine: AsyncEngine) -> dict[str, list[Any]]:
    """Read every table a command may touch, to show that nothing was written."""
    tables = {
        "case_file": "case_id", "case_request": "request_id", "case_event": "case_id, seq",
        "obligation": "case_id, key", "paper": "paper_id", "outbox": "dedupe_key",
        "number_series": "issuer, word, year",
    }  # fmt: skip
    return {
        name: await rows(engine, f"select * from {name} order by {key}")
        for name, key in tables.items()
    }


def contact(walk: Walk, **facts: Any) -> Any:
    """Give one more small command of a walk, not yet taken."""
    from models.words import Role

    return walk.command(
        c.ContactGuardian, Role.CLASS_TEACHER, **({"method": "电话", "was_reached": True} | facts)
    )
