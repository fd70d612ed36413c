"""The hashed text of one event: written once, verified by anybody with SHA-256."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from models.base import canonical, digest
from models.events import CaseEvent
from models.recorded import AppendRequest, RecordedEvent

EVENTS: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)


def body_of(
    request: AppendRequest, seq: int, event: CaseEvent, command_sha: str, recorded_at: datetime
) -> str:
    """Write one event with everything the chain must vouch for, as canonical JSON."""
    said: dict[str, Any] = {
        "case_id": request.case_id,
        "seq": seq,
        "request_id": request.command.request_id,
        "command_sha": command_sha,
        "decided_at": request.decided_at.isoformat(),
        "recorded_at": recorded_at.isoformat(),
        "policy_sha": request.policy_sha,
        "calendar_sha": request.calendar_sha,
        "code_version": request.code_version,
        "event": event.model_dump(mode="json", exclude_none=True),
    }
    return canonical(said)


def link(prev_hash: str, body: str) -> str:
    """Return the hash that chains ``body`` to the event before it."""
    return digest(f"{prev_hash}\n{body}")


def read(body: str) -> RecordedEvent:
    """Read an event back from its hashed text."""
    said = json.loads(body)
    return RecordedEvent(
        seq=said["seq"],
        decided_at=datetime.fromisoformat(said["decided_at"]),
        request_id=said["request_id"],
        event=EVENTS.validate_python(said["event"], strict=False),
    )
