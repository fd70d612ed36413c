"""What the ledger gives back: events with their place in the chain, and receipts."""

from __future__ import annotations

from datetime import datetime

from models.base import Frozen
from models.commands import Command
from models.events import CaseEvent


class RecordedEvent(Frozen):
    """One event as the ledger holds it."""

    seq: int
    decided_at: datetime
    """The workflow's clock when it was decided; what the rules reckoned with."""
    request_id: str
    event: CaseEvent


class Receipt(Frozen):
    """The acknowledgement of a command; given only after the ledger's commit."""

    case_id: str
    case_no: str
    request_id: str
    revision: int
    events: tuple[str, ...]
    stage: str
    decided_at: datetime


class AppendRequest(Frozen):
    """What the workflow asks the ledger to write in one transaction."""

    case_id: str
    workflow_id: str
    expected_seq: int
    command: Command
    decided_at: datetime
    policy_sha: str
    calendar_sha: str
    code_version: str
    events: tuple[CaseEvent, ...]


class AppendResult(Frozen):
    """What the ledger holds: the events to fold, and the receipt when the request is in.

    ``is_behind``: the case had moved on; ``events`` are those the workflow has not seen and
    nothing was written. Otherwise ``events`` holds everything after ``expected_seq``.
    """

    is_behind: bool
    events: tuple[RecordedEvent, ...]
    receipt: Receipt | None = None
