"""Proposals, corrections, newer rules: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.correctable import rewrite
from lifecycle.folding import FLAW_OF_LATENESS, NO_PENALTY, on, proposal_key, taken_back, with_track
from models import events as e
from models.state import CaseState, CorrectionRequest, Proposal


@on(e.ActProposed)
def _proposed(state: CaseState, event: e.ActProposed) -> dict[str, Any]:
    proposal = Proposal(
        act=event.act,
        by=event.actor.id,
        on=event.happened_on,
        guardian=event.guardian,
        policy_sha=event.policy_sha,
    )
    key = proposal_key(event.act, event.guardian)
    return {"proposals": {**state.proposals, key: proposal}}


@on(e.CorrectionProposed)
def _correction_proposed(state: CaseState, event: e.CorrectionProposed) -> dict[str, Any]:
    request = CorrectionRequest(
        fact=event.fact, value=event.value, by=event.actor.id, reason=event.reason,
        before=event.before, relapses=state.relapses,
    )  # fmt: skip
    return {"corrections": {**state.corrections, event.correction: request}}


@on(e.CorrectionRejected)
def _correction_rejected(state: CaseState, event: e.CorrectionRejected) -> dict[str, Any]:
    rest = {key: c for key, c in state.corrections.items() if key != event.correction}
    return {"corrections": rest}


@on(e.FactCorrected)
def _fact_corrected(state: CaseState, event: e.FactCorrected) -> dict[str, Any]:
    """The fact reads as corrected from here on; the old value stays in the ledger."""
    rest = {key: c for key, c in state.corrections.items() if key != event.correction}
    corrected = state.but(**rewrite(state, event.fact, event.after))
    changes: dict[str, Any] = {
        name: getattr(corrected, name)
        for name in type(state).model_fields
        if getattr(corrected, name) is not getattr(state, name)
    }
    if event.flaw is not None and event.guardian is not None:
        changes |= with_track(corrected, event.guardian, flaw=event.flaw)
    return changes | {"corrections": rest}


@on(e.FlawSettled)
def _flaw_settled(state: CaseState, event: e.FlawSettled) -> dict[str, Any]:
    """What is withdrawn falls as if it were dropped; past the ninety days, for good."""
    if event.is_upheld:
        return with_track(state, event.guardian, flaw=None)
    track = state.tracks[event.guardian]
    barred = track.is_penalty_barred or track.flaw == FLAW_OF_LATENESS
    fallen = {"flaw": None, "penalty_dropped_on": event.happened_on, "is_penalty_barred": barred}
    return taken_back(state, event.guardian, NO_PENALTY | fallen)


@on(e.PolicyAdopted)
def _policy_adopted(_state: CaseState, event: e.PolicyAdopted) -> dict[str, Any]:
    return {"policy_sha": event.policy_sha}
