"""What every command and every event carries."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from models.base import Frozen
from models.facts import Short
from models.people import Actor


class CommandBase(Frozen):
    """What every command carries."""

    request_id: Annotated[str, Field(min_length=8, max_length=100)]
    """Idempotency key: the same id acts once."""
    actor: Actor
    happened_on: date
    """The day it took place in the world, Shanghai time."""
    seen_revision: int | None = None
    """Revision of the case the person saw; None for the system itself."""
    evidence: tuple[Short, ...] = ()
    """References of the papers, photos or records that prove it."""


class EventBase(Frozen):
    """What every event carries; the ledger adds seq, recorded time and hashes."""

    label: ClassVar[str]
    """What people read for the kind."""

    actor: Actor
    happened_on: date
    evidence: tuple[str, ...] = ()
    moved_to: tuple[str, ...] | None = None
    """Configuration of the case chart after the event, where it moved."""
    track_moved_to: tuple[str, ...] | None = None
    """Configuration of the guardian's legal track after the event, where it moved."""


class PaperIssue(Frozen):
    """A paper issued by an event; ``serial`` is given by the ledger, never by ``decide``."""

    key: str
    """Key within the case, e.g. ``correction_order-1``."""
    kind: str
    """Folder of the template, e.g. ``correction_order``."""
    issuer: str
    """Code of the issuing office; one number series per issuer, word and year."""
    word: str
    """The word of the number series (发文代字)."""
    year: int
    serial: int | None = None
