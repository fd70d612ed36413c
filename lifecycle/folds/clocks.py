"""Deadlines: opened, met, missed, counted again: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import on
from models import events as e
from models.state import CaseState
from models.words import DutyStatus


@on(e.ObligationOpened)
def _opened(state: CaseState, event: e.ObligationOpened) -> dict[str, Any]:
    return {"obligations": {**state.obligations, event.obligation.key: event.obligation}}


@on(e.ObligationMissed)
def _missed(state: CaseState, event: e.ObligationMissed) -> dict[str, Any]:
    missed = state.obligations[event.key].but(status=DutyStatus.MISSED)
    return {"obligations": {**state.obligations, event.key: missed}}


@on(e.ObligationRederived)
def _rederived(state: CaseState, event: e.ObligationRederived) -> dict[str, Any]:
    status = DutyStatus.OPEN if event.is_reopened else state.obligations[event.key].status
    again = state.obligations[event.key].but(
        derivation=event.derivation, due_at=event.due_at, status=status
    )
    return {"obligations": {**state.obligations, event.key: again}}


@on(e.ObligationMet)
@on(e.ObligationWithdrawn)
def _done(state: CaseState, event: e.ObligationMet) -> dict[str, Any]:
    return {"obligations": {k: o for k, o in state.obligations.items() if k != event.key}}
