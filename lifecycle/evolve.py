"""Fold events into the state of the case: ``evolve`` knows no rule, only what each event means."""

from __future__ import annotations

from typing import Any

from lifecycle.correctable import signers_of
from lifecycle.folding import proposal_key
from lifecycle.folds import FOLDS
from models.events import CaseEvent
from models.recorded import RecordedEvent
from models.state import CaseState, Proposal


def evolve(state: CaseState, event: CaseEvent) -> CaseState:
    """Return the state after one event; the revision grows by one."""
    changes: dict[str, Any] = {"revision": state.revision + 1}
    fold = FOLDS.get(event.kind)
    if fold is not None:
        changes.update(fold(state, event))
    signed = signers_of(event)
    if signed:
        changes["signers"] = {**state.signers, **signed}
    done = ACT_DONE.get(event.kind)
    if done is not None and state.proposals:
        left = changes.get("proposals", state.proposals)
        changes["proposals"] = _without(left, done, getattr(event, "guardian", None))
    if event.moved_to is not None:
        changes["configuration"] = event.moved_to
        if event.moved_to[-1].startswith("closed_"):
            changes["closed_on"] = event.happened_on
    guardian = getattr(event, "guardian", None)
    if event.track_moved_to is not None and guardian is not None:
        tracks = changes.get("tracks", state.tracks)
        track = tracks[guardian].but(configuration=event.track_moved_to)
        changes["tracks"] = {**tracks, guardian: track}
    return state.but(**changes)


ACT_DONE = {
    "deferral_approved": "defer",
    "cause_redetermined": "redetermine_cause",
    "case_signed_off": "sign_off",
    "case_closed_deceased": "close_deceased",
    "case_closed_abroad": "close_abroad",
    "case_closed_completed": "close_completed",
    "case_closed_duplicate": "close_duplicate",
    "enforcement_applied": "apply_enforcement",
    "suit_filed": "file_suit",
    "penalty_dropped": "drop_penalty",
    "order_revoked": "revoke_order",
    "policy_adopted": "adopt_policy",
    "flaw_settled": "settle_flaw",
    "school_matter_settled": "settle_school_matter",
}
"""The act an event carries out: what was put before the signer is then used up."""


def _without(proposals: dict[str, Proposal], act: str, guardian: str | None) -> dict[str, Proposal]:
    gone = proposal_key(act, guardian)
    return {key: proposal for key, proposal in proposals.items() if key != gone}


def fold(state: CaseState, recorded: tuple[RecordedEvent, ...]) -> CaseState:
    """Fold what the ledger returned, in order; events already folded are passed over."""
    for entry in recorded:
        if entry.seq == state.revision + 1:
            state = evolve(state, entry.event).but(last_event_at=entry.decided_at)
    return state
