"""The fourth step: enforcement and suit: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import on, with_track
from models import events as e
from models.state import CaseState
from models.words import TrackStep


@on(e.EnforcementApplied)
def _applied(state: CaseState, event: e.EnforcementApplied) -> dict[str, Any]:
    return with_track(state, event.guardian, enforcement_applied_on=event.happened_on)


@on(e.PerformanceDemanded)
def _demanded(state: CaseState, event: e.PerformanceDemanded) -> dict[str, Any]:
    return with_track(state, event.guardian, demand_served_on=event.happened_on)


@on(e.JudgmentRecorded)
def _judged(state: CaseState, event: e.JudgmentRecorded) -> dict[str, Any]:
    return with_track(
        state,
        event.guardian,
        has_judgment=event.must_send_child,
        court_decided_on=event.happened_on,
    )


@on(e.SuitFiled)
def _suit_filed(state: CaseState, event: e.SuitFiled) -> dict[str, Any]:
    return with_track(state, event.guardian, suit_filed_on=event.happened_on, suit_accepted_on=None)


@on(e.SuitAccepted)
def _suit_accepted(state: CaseState, event: e.SuitAccepted) -> dict[str, Any]:
    return with_track(state, event.guardian, suit_accepted_on=event.happened_on)


@on(e.EnforcementRecorded)
def _enforced(state: CaseState, event: e.EnforcementRecorded) -> dict[str, Any]:
    """A ruling enforces the fine, which is then performed; a judgment the child's schooling."""
    if not event.is_done:
        return {}
    changes: dict[str, Any] = {"enforced_on": event.happened_on}
    if state.tracks[event.guardian].step is TrackStep.ENFORCEMENT_RULED:
        changes["performed_on"] = event.happened_on
    return with_track(state, event.guardian, **changes)


@on(e.RulingRecorded)
def _ruled(state: CaseState, event: e.RulingRecorded) -> dict[str, Any]:
    return with_track(state, event.guardian, court_decided_on=event.happened_on)
