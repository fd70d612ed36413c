"""How a fold is written: the register of folds, and what several of them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lifecycle.charts import TrackChart, initial
from lifecycle.service import decision_target
from models import events as e
from models.state import CaseState, LegalTrack, OwedFine, PaperFact
from models.words import PaperStatus, Stage

Fold = Callable[[CaseState, Any], dict[str, Any]]
FOLDS: dict[str, Fold] = {}
ENDED = ("ended",)
STEP_STAGES = frozenset({Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT})


def proposal_key(act: str, guardian: str | None) -> str:
    return f"{act}:{guardian}" if guardian else act


def on(event: type[e.EventBase]) -> Callable[[Fold], Fold]:
    def register(fold: Fold) -> Fold:
        FOLDS[event.model_fields["kind"].default] = fold
        return fold

    return register


NO_PENALTY: dict[str, Any] = {
    "penalty_filed_on": None, "penalty_decided_on": None, "penalty_notified_on": None,
    "penalty": None, "amount_yuan": 0, "ground": None,
    "investigators": (), "decision_served_on": None, "demand_served_on": None,
    "hearing_on": None, "hearing_presider": None, "hearing_held_on": None,
    "legal_reviewer": None, "is_legality_passed": False, "grace_until": None,
    "remedy_period_ended_on": None, "enforcement_applied_on": None,
}  # fmt: skip
"""A track whose decision was revoked is as it was before the penalty."""
NO_ORDER: dict[str, Any] = {
    "order_drafter": None, "order_paper": None, "order_days": None, "order_served_on": None,
    "order_checked_on": None,
}  # fmt: skip
"""A track whose order was revoked stands again where persuasion had failed."""


def with_track(state: CaseState, guardian: str, **changes: Any) -> dict[str, Any]:
    return {"tracks": {**state.tracks, guardian: state.tracks[guardian].but(**changes)}}


def with_paper(state: CaseState, key: str, **changes: Any) -> dict[str, PaperFact]:
    return {**state.papers, key: state.papers[key].but(**changes)}


def voided(state: CaseState, guardian: str, *kinds: str) -> dict[str, Any]:
    """What was taken back is no longer in force: neither it nor what rested on it vouches for itself."""
    live = {PaperStatus.ISSUED, PaperStatus.SERVED}
    papers = {
        key: paper.but(status=PaperStatus.VOIDED)
        for key, paper in state.papers.items()
        if paper.guardian == guardian and paper.kind in kinds and paper.status in live
    }
    return {"papers": {**state.papers, **papers}}


PENALTY_PAPERS = ("penalty_decision", "no_penalty_decision", "performance_demand")
"""Papers that fall with the penalty; the notice and the filing tell what was done, and stand."""


def fresh_tracks(state: CaseState) -> dict[str, LegalTrack]:
    """One new run of the four steps for each guardian; a mere carer owes no such duty.

    Who is guardian no more keeps an ended track: papers may still speak of that person.
    """
    former = {ref: track.but(configuration=ENDED) for ref, track in state.tracks.items()}
    return former | {
        guardian.ref: new_track(state, guardian.ref)
        for guardian in state.guardians
        if guardian.is_legal
    }


def new_track(state: CaseState, guardian: str) -> LegalTrack:
    before = state.tracks.get(guardian)
    if before is None:
        return LegalTrack(guardian=guardian, configuration=initial(TrackChart))
    owed = before.owed
    if before.has_live_fine:
        owed += (
            OwedFine(
                run=before.run,
                amount_yuan=before.amount_yuan,
                decided_on=before.penalty_decided_on,
                served_on=before.decision_served_on,
            ),
        )
    return LegalTrack(
        guardian=guardian, run=before.run + 1, configuration=initial(TrackChart), owed=owed
    )


def not_yet_tried(state: CaseState, guardian: str) -> dict[str, Any]:
    """A new decision is served from the first rung: what failed was the service of the old one."""
    target = decision_target(guardian)
    return {
        "failed_services": {k: v for k, v in state.failed_services.items() if k != target},
        "failed_last_on": {k: v for k, v in state.failed_last_on.items() if k != target},
    }


def as_issued(paper: e.PaperIssue, event: e.EventBase, guardian: str | None) -> PaperFact:
    return PaperFact(
        key=paper.key,
        kind=paper.kind,
        status=PaperStatus.ISSUED,
        guardian=guardian,
        issued_on=event.happened_on,
        word=paper.word,
        year=paper.year,
        serial=paper.serial,
    )
