"""Deadlines: opened, met, missed, counted again."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from models.obligation import Derivation, Obligation
from models.road.base import CommandBase, EventBase


class MarkDue(CommandBase):
    """The timer's own command: some deadline has passed."""

    kind: Literal["mark_due"] = "mark_due"


class AdoptCalendar(CommandBase):
    """Derive provisional dates again now that a year's holiday notice is loaded (system only)."""

    kind: Literal["adopt_calendar"] = "adopt_calendar"


class ObligationOpened(EventBase):
    kind: Literal["obligation_opened"] = "obligation_opened"
    label: ClassVar[str] = "期限起算"
    obligation: Obligation


class ObligationMet(EventBase):
    kind: Literal["obligation_met"] = "obligation_met"
    label: ClassVar[str] = "期限内完成"
    key: str
    duty: str
    was_late: bool


class ObligationMissed(EventBase):
    kind: Literal["obligation_missed"] = "obligation_missed"
    label: ClassVar[str] = "期限已过"
    key: str
    duty: str


class ObligationRederived(EventBase):
    kind: Literal["obligation_rederived"] = "obligation_rederived"
    label: ClassVar[str] = "期限重算"
    key: str
    duty: str
    derivation: Derivation
    due_at: datetime
    reason: str = ""
    """Why it is counted again; empty for a year's holiday notice."""
    is_reopened: bool = False
    """A missed duty whose true deadline is still ahead."""


class ObligationWithdrawn(EventBase):
    kind: Literal["obligation_withdrawn"] = "obligation_withdrawn"
    label: ClassVar[str] = "期限撤销"
    key: str
    duty: str
    reason: str
