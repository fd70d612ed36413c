"""Assessment and deferral: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import fresh_tracks, on
from models import events as e
from models.state import CaseState
from models.words import DeferralKind, Stage


@on(e.OpinionDisputed)
def _disputed(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {
        "assessed_able": None, "deferral": None, "deferred_until": None, "placement": None,
        "is_deferral_to_go_on": False,
    }  # fmt: skip


@on(e.DeferralReviewed)
def _deferral_reviewed(_state: CaseState, event: e.DeferralReviewed) -> dict[str, Any]:
    if event.has_moved_end:
        return {"deferred_until": event.until} if event.is_continued and event.until else {}
    return {"is_deferral_to_go_on": event.is_continued}


@on(e.AssessmentBegun)
def _assessment_begun(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None}


@on(e.AssessmentConcluded)
def _assessed(_state: CaseState, event: e.AssessmentConcluded) -> dict[str, Any]:
    """The opinion is a finding; only in a ledger of before did it grant the deferral itself."""
    found: dict[str, Any] = {"assessed_able": event.is_able}
    if event.moved_to is not None and event.moved_to[-1] == Stage.DEFERRED.value:
        found |= {"deferral": DeferralKind.STATUTORY, "deferred_until": event.until}
    return found


@on(e.DeferralApproved)
def _deferred(_state: CaseState, event: e.DeferralApproved) -> dict[str, Any]:
    return {
        "deferral": event.deferral, "deferred_until": event.until, "is_deferral_to_go_on": False,
    }  # fmt: skip


@on(e.DeferralEnded)
def _deferral_ended(state: CaseState, event: e.DeferralEnded) -> dict[str, Any]:
    ended: dict[str, Any] = {
        "deferral": None, "deferred_until": None, "is_deferral_to_go_on": False,
    }  # fmt: skip
    if event.moved_to is not None and event.moved_to[-1] == Stage.ASSESSMENT.value:
        return ended | {"assessed_able": None}
    return ended | {"tracks": state.tracks or fresh_tracks(state)}
