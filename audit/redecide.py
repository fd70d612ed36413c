"""Decide every recorded command again under the rules it was decided by, and compare contents.

Temporal's own replay proves only the shape of a history: changed arguments and dates replay clean.
This proves the contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.decide import decide
from lifecycle.evolve import evolve
from lifecycle.verdict import Refusal
from models.calendar import Calendar
from models.events import CaseEvent
from models.rules import PolicySnapshot, calendar_digest
from models.state import CaseState
from models.version import CODE_VERSION
from storage.ledger import COMMANDS, events_after
from storage.rules import load_calendar, load_policy


@dataclass(frozen=True)
class Difference:
    """One recorded command whose decision today is not what was recorded."""

    request_id: str
    seq: int
    what: str


async def redecide(connection: AsyncConnection, case_id: UUID) -> tuple[int, list[Difference]]:
    """Return how many commands were decided again, and every difference found."""
    recorded = await events_after(connection, case_id, 0)
    requests = await connection.execute(
        text(
            "select request_id, first_seq, last_seq, decided_at, command, policy_sha, calendar_sha,"
            " code_version"
            " from case_request where case_id = :case order by first_seq, last_seq"
        ),
        {"case": case_id},
    )
    state = CaseState()
    found: list[Difference] = []
    count = 0
    for request in requests.all():
        rules = await _rules(connection, request)
        if isinstance(rules, Difference):
            return count, [*found, rules]
        policy, calendar = rules
        command = COMMANDS.validate_json(request.command)
        verdict = decide(state, command, at=request.decided_at, policy=policy, calendar=calendar)
        written = [
            entry for entry in recorded if request.first_seq <= entry.seq <= request.last_seq
        ]
        count += 1
        if isinstance(verdict, Refusal):
            said = "；".join(unmet.message for unmet in verdict.unmet)
            by = "" if request.code_version == CODE_VERSION else f"由{request.code_version}版裁定，"
            what = f"{by}现版重算被拒：{said}"
            found.append(Difference(request.request_id, request.first_seq, what))
        else:
            found += _compare(request, [entry.event for entry in written], verdict.events)
        for entry in written:
            state = evolve(state, entry.event).but(last_event_at=entry.decided_at)
    return count, found


async def _rules(
    connection: AsyncConnection, request: Any
) -> tuple[PolicySnapshot, Calendar] | Difference:
    """Load what the command was decided by; rules that lost their hash decide nothing."""
    try:
        policy = await load_policy(connection, request.policy_sha)
        calendar = await load_calendar(connection, request.calendar_sha)
    except (LookupError, ValueError):
        return Difference(request.request_id, request.first_seq, "规则快照缺失或读不出")
    shas = (policy.sealed().sha256, calendar_digest(calendar))
    if shas != (request.policy_sha, request.calendar_sha):
        return Difference(request.request_id, request.first_seq, "规则快照被改动过，与其哈希不符")
    return policy, calendar


def _compare(
    request: Any, written: list[CaseEvent], decided: tuple[CaseEvent, ...]
) -> list[Difference]:
    if len(written) != len(decided):
        said = f"事件数不同：账上{len(written)}条，重算{len(decided)}条"
        return [Difference(request.request_id, request.first_seq, said)]
    found = []
    for offset, (old, new) in enumerate(zip(written, decided, strict=True)):
        left, right = _content(old), _content(new)
        if left != right:
            keys = sorted(
                key for key in left.keys() | right.keys() if left.get(key) != right.get(key)
            )
            said = f"“{old.kind}”内容不同：{'、'.join(keys)}"
            found.append(Difference(request.request_id, request.first_seq + offset, said))
    return found


def _content(event: CaseEvent) -> dict[str, Any]:
    """Return the event without what the ledger itself gives: the paper's serial number."""
    content = event.model_dump(mode="json")
    if "paper" in content and isinstance(content["paper"], dict):
        content["paper"].pop("serial", None)
    return content
