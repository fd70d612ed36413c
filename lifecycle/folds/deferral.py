"""Assessment and deferral: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import on, resumed_tracks
from models import events as e
from models.state import CaseState
from models.words import DeferralKind, Stage, TrackStep

_ASSIGNING = frozenset({Stage.SUBJECT_PENDING, Stage.OUTBOUND_WAIT, Stage.ASSIGNED})
_UNDER_ORDER = frozenset(
    {
        TrackStep.ORDER_DRAFTED, TrackStep.ORDER_ISSUED, TrackStep.ORDER_SERVED,
        TrackStep.ORDER_DUE,
    }
)  # fmt: skip
"""Steps whose clock a deferral has stopped for good: the order is made anew, if at all."""
_BEFORE_THE_END = frozenset(TrackStep) - {TrackStep.PERSUADING}


def _asked_from(state: CaseState) -> dict[str, Any]:
    return {"assessed_from": state.stage} if state.stage in _ASSIGNING else {}


@on(e.OpinionDisputed)
def _disputed(state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return _asked_from(state) | {
        "assessed_able": None, "deferral": None, "deferred_until": None, "placement": None,
        "is_deferral_to_go_on": False,
    }  # fmt: skip


@on(e.DeferralReviewed)
def _deferral_reviewed(_state: CaseState, event: e.DeferralReviewed) -> dict[str, Any]:
    if event.has_moved_end:
        return {"deferred_until": event.until} if event.is_continued and event.until else {}
    return {"is_deferral_to_go_on": event.is_continued}


@on(e.AssessmentBegun)
def _assessment_begun(state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None, "assessed_from": None} | _asked_from(state)


@on(e.AssessmentConcluded)
def _assessed(state: CaseState, event: e.AssessmentConcluded) -> dict[str, Any]:
    """The opinion is a finding; only in a ledger of before did it grant the deferral itself."""
    found: dict[str, Any] = {"assessed_able": event.is_able}
    leads_to = event.moved_to[-1] if event.moved_to is not None else ""
    if leads_to == Stage.DEFERRED.value:
        found |= {"deferral": DeferralKind.STATUTORY, "deferred_until": event.until}
    if leads_to == Stage.PERSUASION.value:
        # The guardian learns of the finding before anything is asked: persuasion begins anew.
        found |= {"visits": (), "tracks": resumed_tracks(state, _BEFORE_THE_END)}
    return found


@on(e.DeferralApproved)
def _deferred(_state: CaseState, event: e.DeferralApproved) -> dict[str, Any]:
    return {
        "deferral": event.deferral, "deferred_until": event.until, "is_deferral_to_go_on": False,
        "returned_on": None,
    }  # fmt: skip


@on(e.DeferralEnded)
def _deferral_ended(state: CaseState, event: e.DeferralEnded) -> dict[str, Any]:
    ended: dict[str, Any] = {
        "deferral": None, "deferred_until": None, "is_deferral_to_go_on": False,
    }  # fmt: skip
    if event.moved_to is not None and event.moved_to[-1] == Stage.ASSESSMENT.value:
        return ended | {"assessed_able": None}
    return ended | {"tracks": resumed_tracks(state, _UNDER_ORDER)}
