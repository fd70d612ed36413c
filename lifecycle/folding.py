"""How a fold is written: the register of folds, and what several of them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lifecycle.charts import TrackChart, initial
from lifecycle.service import TARGETS
from models import events as e
from models.state import CaseState, LegalTrack, OwedFine, PaperFact
from models.words import PaperStatus, Stage, TrackStep

Fold = Callable[[CaseState, Any], dict[str, Any]]
FOLDS: dict[str, Fold] = {}
FLAW_OF_LATENESS = "作出处罚决定时已超过立案后九十日"
"""What a correction finds where the ninety days of 行政处罚法 60 had passed."""
ENDED = ("ended",)
STEP_STAGES = frozenset({Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT})


def has_accepted_order(state: CaseState) -> bool:
    """Tell whether a township has signed for a return order: only then may the steps run."""
    return any(
        paper.kind == "return_order" and paper.status is PaperStatus.SERVED
        for paper in state.papers.values()
    )


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
    "remedy_period_ended_on": None, "enforcement_applied_on": None, "remedy": None,
    "remedies_ended": (), "performed_on": None, "hearing_requested_on": None,
    "court_decided_on": None, "enforced_on": None,
}  # fmt: skip
"""A track whose decision was revoked is as it was before the penalty."""
NO_ORDER: dict[str, Any] = {
    "order_drafter": None, "order_paper": None, "order_days": None, "order_served_on": None,
    "order_checked_on": None, "order_remedy": None,
}  # fmt: skip
"""A track whose order was revoked stands again where persuasion had failed."""


def with_track(state: CaseState, guardian: str, **changes: Any) -> dict[str, Any]:
    return {"tracks": {**state.tracks, guardian: state.tracks[guardian].but(**changes)}}


def with_paper(state: CaseState, key: str, **changes: Any) -> dict[str, PaperFact]:
    return {**state.papers, key: state.papers[key].but(**changes)}


def voided(state: CaseState, guardian: str, *kinds: str) -> dict[str, Any]:
    """What was taken back is no longer in force: neither it nor what rested on it vouches for itself.

    Drafts of it go too, and what was put before a signer: nothing of it serves what comes after.
    """
    live = {PaperStatus.DRAFTED, PaperStatus.CHECKED, PaperStatus.ISSUED, PaperStatus.SERVED}
    papers = {
        key: paper.but(status=PaperStatus.VOIDED)
        for key, paper in state.papers.items()
        if paper.guardian == guardian and paper.kind in kinds and paper.status in live
    }
    proposals = {key: one for key, one in state.proposals.items() if one.guardian != guardian}
    return {"papers": {**state.papers, **papers}, "proposals": proposals}


PENALTY_PAPERS = (
    "penalty_notice", "penalty_decision", "no_penalty_decision", "performance_demand",
    "enforcement_application",
)  # fmt: skip
"""Papers that fall with the penalty; the filing tells what was done, and stands."""


def taken_back(
    state: CaseState, guardian: str, changes: dict[str, Any], *kinds: str
) -> dict[str, Any]:
    """The penalty (and what ``kinds`` name) falls: facts, papers, proposals and failed services."""
    return (
        with_track(state, guardian, **changes)
        | not_yet_tried(state, guardian)
        | voided(state, guardian, *kinds, *PENALTY_PAPERS)
    )


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


def resumed_tracks(state: CaseState, again: frozenset[TrackStep]) -> dict[str, LegalTrack]:
    """The runs go on where they stood; who has none, or stands in a step of ``again``, begins one."""
    begun = {
        guardian.ref: new_track(state, guardian.ref)
        for guardian in state.guardians
        if guardian.is_legal and _begins_again(state.tracks.get(guardian.ref), again)
    }
    return state.tracks | begun


def _begins_again(track: LegalTrack | None, again: frozenset[TrackStep]) -> bool:
    if track is None or track.step is TrackStep.ENDED:
        return True
    # A decision that has been served stands: its clocks and its remedies are its own.
    return track.step in again and track.decision_served_on is None


def new_track(state: CaseState, guardian: str) -> LegalTrack:
    before = state.tracks.get(guardian)
    if before is None:
        return LegalTrack(guardian=guardian, configuration=initial(TrackChart))
    owed = before.owed
    if before.outlives_return and before.amount_yuan > 0:
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
    """A new penalty is served from the first rung: what failed was the service of the old one."""
    old = {name(guardian) for name in TARGETS}
    return {
        "failed_services": {k: v for k, v in state.failed_services.items() if k not in old},
        "failed_last_on": {k: v for k, v in state.failed_last_on.items() if k not in old},
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
