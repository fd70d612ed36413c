"""The first step: visits and agreements: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import ENDED, STEP_STAGES, new_track, on, with_track
from models import events as e
from models.people import GuardianRef
from models.state import CaseState, LegalTrack, SearchFact, VisitFact
from models.words import GuardianChange, PenaltyKind


@on(e.SearchRecorded)
def _searched(state: CaseState, event: e.SearchRecorded) -> dict[str, Any]:
    search = SearchFact(
        on=event.happened_on,
        guardian=event.guardian,
        is_by_police=event.is_by_police,
        is_found=event.is_found,
    )
    return {"searches": (*state.searches, search)}


@on(e.GuardianChanged)
def _guardian_changed(state: CaseState, event: e.GuardianChanged) -> dict[str, Any]:
    """One who is no longer guardian drops out of the steps; a new one begins with the first."""
    others = tuple(g for g in state.guardians if g.ref != event.person)
    if event.change is GuardianChange.REMOVED:
        tracks = {
            ref: track.but(configuration=ENDED)
            if ref == event.person and not track.outlives_return
            else track
            for ref, track in state.tracks.items()
        }
        return {"guardians": others, "tracks": tracks}
    added = GuardianRef(ref=event.person, relation=event.relation, is_primary=not others)
    tracks = state.tracks
    if state.stage in STEP_STAGES:
        tracks = {**tracks, event.person: _taken_up(state, event.person)}
    return {"guardians": (*others, added), "tracks": tracks}


def _taken_up(state: CaseState, person: str) -> LegalTrack:
    """Who was guardian before is so again: a fine goes on, and what was barred stays barred."""
    before = state.tracks.get(person)
    if before is None:
        return new_track(state, person)
    if before.outlives_return:
        return before
    kept: dict[str, Any] = {"is_penalty_barred": before.is_penalty_barred}
    if before.penalty is PenaltyKind.NONE:
        kept |= {"penalty": before.penalty, "ground": before.ground}
    return new_track(state, person).but(**kept)


@on(e.VisitRecorded)
def _visited(state: CaseState, event: e.VisitRecorded) -> dict[str, Any]:
    visit = VisitFact(
        on=event.happened_on,
        is_joint=event.is_joint,
        met=event.met,
        was_child_heard=event.was_child_met and bool(event.child_words.strip()),
    )
    return {"visits": (*state.visits, visit), "last_contact_on": event.happened_on}


@on(e.ChildReturned)
def _returned(state: CaseState, event: e.ChildReturned) -> dict[str, Any]:
    """A return ends the steps, but not a fine in force: that goes its own way to the end."""
    ended = {
        ref: track if track.outlives_return else track.but(configuration=ENDED)
        for ref, track in state.tracks.items()
    }
    return {
        "returned_on": event.returned_on,
        "tracks": ended,
        "placement": None,
        "deferral": None,
        "deferred_until": None,
        "is_deferral_to_go_on": False,
        "proposals": {},
    }


@on(e.PersuasionEnded)
def _persuasion_ended(state: CaseState, event: e.PersuasionEnded) -> dict[str, Any]:
    return with_track(state, event.guardian, persuasion_ended_on=event.happened_on)
