"""Assessment and deferral: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import fresh_tracks, on
from models import events as e
from models.state import CaseState
from models.words import DeferralKind


@on(e.OpinionDisputed)
def _disputed(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None, "deferral": None, "deferred_until": None, "placement": None}


@on(e.DeferralReviewed)
def _deferral_reviewed(_state: CaseState, event: e.DeferralReviewed) -> dict[str, Any]:
    return {"deferred_until": event.until} if event.is_continued and event.until else {}


@on(e.AssessmentBegun)
def _assessment_begun(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None}


@on(e.AssessmentConcluded)
def _assessed(_state: CaseState, event: e.AssessmentConcluded) -> dict[str, Any]:
    if event.is_able:
        return {"assessed_able": True}
    return {
        "assessed_able": False,
        "deferral": DeferralKind.STATUTORY,
        "deferred_until": event.until,
    }


@on(e.DeferralApproved)
def _deferred(_state: CaseState, event: e.DeferralApproved) -> dict[str, Any]:
    return {"deferral": event.deferral, "deferred_until": event.until}


@on(e.DeferralEnded)
def _deferral_ended(state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    tracks = state.tracks or fresh_tracks(state)
    return {"deferral": None, "deferred_until": None, "tracks": tracks}
