"""The third step: penalty, hearing, remedies: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import (
    NO_ORDER,
    NO_PENALTY,
    on,
    taken_back,
    with_track,
)
from models import events as e
from models.state import CaseState, EndedRemedy, Remedy
from models.words import Contested, RemedyKind, RemedyOutcome


@on(e.PenaltyFiled)
def _penalty_filed(state: CaseState, event: e.PenaltyFiled) -> dict[str, Any]:
    return with_track(
        state, event.guardian, penalty_filed_on=event.happened_on, investigators=event.officers
    )


@on(e.PenaltyNotified)
def _penalty_notified(state: CaseState, event: e.PenaltyNotified) -> dict[str, Any]:
    return with_track(
        state,
        event.guardian,
        penalty_notified_on=event.happened_on,
        penalty=event.penalty,
        amount_yuan=event.amount_yuan,
    )


@on(e.PenaltyDecided)
def _penalty_decided(state: CaseState, event: e.PenaltyDecided) -> dict[str, Any]:
    return with_track(
        state,
        event.guardian,
        penalty=event.penalty,
        amount_yuan=event.amount_yuan,
        ground=event.ground,
        penalty_decided_on=event.happened_on,
    )


@on(e.DecisionServed)
def _decision_served(state: CaseState, event: e.DecisionServed) -> dict[str, Any]:
    return with_track(state, event.guardian, decision_served_on=event.happened_on)


@on(e.HearingRequested)
def _hearing_requested(state: CaseState, event: e.HearingRequested) -> dict[str, Any]:
    return with_track(state, event.guardian, hearing_requested_on=event.happened_on)


@on(e.DefenceRecorded)
def _defence_recorded(state: CaseState, event: e.DefenceRecorded) -> dict[str, Any]:
    """A review that did not know the statement has to be made again."""
    return with_track(state, event.guardian, is_legality_passed=False)


@on(e.HearingScheduled)
def _hearing_scheduled(state: CaseState, event: e.HearingScheduled) -> dict[str, Any]:
    return with_track(
        state, event.guardian, hearing_on=event.hearing_on, hearing_presider=event.presider
    )


@on(e.HearingHeld)
def _hearing_held(state: CaseState, event: e.HearingHeld) -> dict[str, Any]:
    """What was reviewed before is reviewed again: the record of the hearing belongs to it (58)."""
    return with_track(
        state, event.guardian, hearing_held_on=event.happened_on, is_legality_passed=False
    )


@on(e.LegalityReviewed)
def _legality_reviewed(state: CaseState, event: e.LegalityReviewed) -> dict[str, Any]:
    return with_track(
        state,
        event.guardian,
        legal_reviewer=event.actor.id,
        is_legality_passed=event.is_passed,
    )


@on(e.GraceGranted)
def _grace_granted(state: CaseState, event: e.GraceGranted) -> dict[str, Any]:
    return with_track(state, event.guardian, grace_until=event.until)


@on(e.PerformanceRecorded)
def _performance(state: CaseState, event: e.PerformanceRecorded) -> dict[str, Any]:
    if not event.is_performed:
        return {}
    if event.run is None:
        return with_track(state, event.guardian, performed_on=event.happened_on)
    left = tuple(fine for fine in state.tracks[event.guardian].owed if fine.run != event.run)
    return with_track(state, event.guardian, owed=left)


@on(e.RemedyPeriodEnded)
def _remedy_period_ended(state: CaseState, event: e.RemedyPeriodEnded) -> dict[str, Any]:
    return with_track(state, event.guardian, remedy_period_ended_on=event.happened_on)


@on(e.PenaltyDropped)
def _dropped(state: CaseState, event: e.PenaltyDropped) -> dict[str, Any]:
    barred = event.is_late or state.tracks[event.guardian].is_penalty_barred
    track = state.tracks[event.guardian]
    if event.run is not None:
        left = tuple(fine for fine in track.owed if fine.run != event.run)
        return with_track(state, event.guardian, owed=left)
    changes = NO_PENALTY | {"penalty_dropped_on": event.happened_on, "is_penalty_barred": barred}
    return taken_back(state, event.guardian, changes)


@on(e.RemedyOpened)
def _remedy_opened(state: CaseState, event: e.RemedyOpened) -> dict[str, Any]:
    remedy = Remedy(kind=event.remedy, body=event.body, opened_on=event.happened_on)
    if event.against is Contested.ORDER:
        return with_track(state, event.guardian, order_remedy=remedy)
    return with_track(state, event.guardian, remedy=remedy, remedy_period_ended_on=None)


@on(e.RemedyClosed)
def _remedy_closed(state: CaseState, event: e.RemedyClosed) -> dict[str, Any]:
    track = state.tracks[event.guardian]
    is_revoked = event.outcome is RemedyOutcome.REVOKED
    fallen = {"penalty_dropped_on": event.happened_on}
    if event.against is Contested.ORDER:
        if is_revoked:
            changes = NO_ORDER | NO_PENALTY | fallen
            return taken_back(state, event.guardian, changes, "correction_order")
        return with_track(state, event.guardian, order_remedy=None)
    assert track.remedy is not None
    ended = EndedRemedy(
        kind=track.remedy.kind,
        opened_on=track.remedy.opened_on,
        ended_on=event.happened_on,
        outcome=event.outcome,
    )
    if is_revoked:
        return taken_back(state, event.guardian, NO_PENALTY | fallen)
    changes = {"remedy": None, "remedies_ended": (*track.remedies_ended, ended)}
    if track.remedy.kind is RemedyKind.SUIT:
        changes["remedy_period_ended_on"] = event.happened_on
    return with_track(state, event.guardian, **changes)
