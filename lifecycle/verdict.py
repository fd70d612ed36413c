"""What ``decide`` answers: a decision, or a refusal with every unmet condition."""

from __future__ import annotations

from typing import Literal

from models.base import Frozen
from models.events import CaseEvent


class Unmet(Frozen):
    """One condition that is not met: a code, what to do about it in Chinese, and its clause."""

    code: str
    message: str
    clause: str = ""


class Refusal(Frozen):
    """Nothing happened; ``unmet`` lists every reason, never only the first.

    ``stale``: the case has moved on since the person looked; ``forbidden``: outside the actor's
    office or role; ``refused``: the law or the procedure does not allow it now.
    """

    cause: Literal["refused", "stale", "forbidden"]
    unmet: tuple[Unmet, ...]


class Decision(Frozen):
    """The events that follow from the command, in order; empty where nothing is left to do."""

    events: tuple[CaseEvent, ...]


class ActionOption(Frozen):
    """One action as a person sees it: allowed now, or greyed with the reasons."""

    kind: str
    label: str
    act: str | None = None
    """For an act to be put before its signer: the kind of that act."""
    guardian: str | None = None
    is_allowed: bool
    unmet: tuple[Unmet, ...] = ()
