"""Fold events into the state of the case: ``evolve`` knows no rule, only what each event means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lifecycle.charts import TrackChart, initial
from lifecycle.correctable import rewrite, signers_of
from lifecycle.penalty_papers import ground_printed, sum_printed
from models import events as e
from models.events import CaseEvent
from models.people import GuardianRef
from models.recorded import RecordedEvent
from models.state import (
    CaseState,
    CorrectionRequest,
    EndedRemedy,
    LegalTrack,
    MonitoringFact,
    PaperFact,
    Proposal,
    Referral,
    Remedy,
    SearchFact,
    VisitFact,
)
from models.words import (
    DeferralKind,
    DutyStatus,
    GuardianChange,
    PaperStatus,
    Party,
    RemedyOutcome,
    Stage,
)

Fold = Callable[[CaseState, Any], dict[str, Any]]
_FOLDS: dict[str, Fold] = {}

ENDED = ("ended",)
STEP_STAGES = frozenset({Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT})


def evolve(state: CaseState, event: CaseEvent) -> CaseState:
    """Return the state after one event; the revision grows by one."""
    changes: dict[str, Any] = {"revision": state.revision + 1}
    fold = _FOLDS.get(event.kind)
    if fold is not None:
        changes.update(fold(state, event))
    signed = signers_of(event)
    if signed:
        changes["signers"] = {**state.signers, **signed}
    done = ACT_DONE.get(event.kind)
    if done is not None and state.proposals:
        changes["proposals"] = _without(state.proposals, done, getattr(event, "guardian", None))
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
    "case_signed_off": "sign_off",
    "case_closed_deceased": "close_deceased",
    "case_closed_abroad": "close_abroad",
    "case_closed_completed": "close_completed",
    "case_closed_duplicate": "close_duplicate",
    "enforcement_applied": "apply_enforcement",
    "suit_filed": "file_suit",
    "policy_adopted": "adopt_policy",
}
"""The act an event carries out: what was put before the signer is then used up."""


def proposal_key(act: str, guardian: str | None) -> str:
    return f"{act}:{guardian}" if guardian else act


def _without(proposals: dict[str, Proposal], act: str, guardian: str | None) -> dict[str, Proposal]:
    gone = proposal_key(act, guardian)
    return {key: proposal for key, proposal in proposals.items() if key != gone}


def fold(state: CaseState, recorded: tuple[RecordedEvent, ...]) -> CaseState:
    """Fold what the ledger returned, in order; events already folded are passed over."""
    for entry in recorded:
        if entry.seq == state.revision + 1:
            state = evolve(state, entry.event).but(last_event_at=entry.decided_at)
    return state


def _on(event: type[e.EventBase]) -> Callable[[Fold], Fold]:
    def register(fold: Fold) -> Fold:
        _FOLDS[event.model_fields["kind"].default] = fold
        return fold

    return register


_NO_PENALTY: dict[str, Any] = {
    "penalty_filed_on": None, "penalty_decided_on": None, "penalty_notified_on": None,
    "penalty": None, "amount_yuan": 0, "ground": None,
    "investigators": (), "decision_served_on": None, "demand_served_on": None,
    "hearing_on": None, "hearing_presider": None, "hearing_held_on": None,
    "legal_reviewer": None, "is_legality_passed": False, "grace_until": None,
}  # fmt: skip
"""A track whose decision was revoked is as it was before the penalty."""


def _track(state: CaseState, guardian: str, **changes: Any) -> dict[str, Any]:
    return {"tracks": {**state.tracks, guardian: state.tracks[guardian].but(**changes)}}


def _paper(state: CaseState, key: str, **changes: Any) -> dict[str, PaperFact]:
    return {**state.papers, key: state.papers[key].but(**changes)}


@_on(e.LeadOpened)
def _lead_opened(_state: CaseState, event: e.LeadOpened) -> dict[str, Any]:
    same = (
        "case_id", "policy_sha", "child_ref", "episode", "school", "township", "county",
        "is_subdistrict", "enrol_county", "household_county", "birth_on", "grade", "guardians",
        "absent_since", "absent_days", "source", "previous_school",
    )  # fmt: skip
    return {name: getattr(event, name) for name in same} | {"opened_on": event.happened_on}


@_on(e.LeadJoined)
def _lead_joined(state: CaseState, event: e.LeadJoined) -> dict[str, Any]:
    return {"absent_days": max(state.absent_days, event.absent_days)}


@_on(e.DropoutSuspected)
def _suspected(_state: CaseState, event: e.DropoutSuspected) -> dict[str, Any]:
    return {"absent_since": event.absent_since, "absent_days": event.absent_days}


@_on(e.GuardianContacted)
def _contacted(state: CaseState, event: e.GuardianContacted) -> dict[str, Any]:
    return {"contacts": state.contacts + 1, "last_contact_on": event.happened_on}


@_on(e.ReportFiled)
def _report_filed(state: CaseState, event: e.ReportFiled) -> dict[str, Any]:
    return {"reports": {**state.reports, event.line: event.receipt_no}}


@_on(e.CaseVerified)
def _verified(_state: CaseState, event: e.CaseVerified) -> dict[str, Any]:
    return {
        "conclusion": event.conclusion,
        "cause": event.cause,
        "whereabouts": event.whereabouts,
        "whereabouts_county": event.whereabouts_county,
        "verified_by": event.actor,
    }


@_on(e.VerificationReturned)
def _verification_returned(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"conclusion": None, "verified_by": None}


@_on(e.TransferRefuted)
def _transfer_refuted(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"conclusion": None, "verified_by": None}


@_on(e.ResponsiblePartySet)
def _party_set(_state: CaseState, event: e.ResponsiblePartySet) -> dict[str, Any]:
    return {"party": event.party, "party_set_by": event.actor.id}


@_on(e.HandOverLetterSent)
def _hand_over_sent(_state: CaseState, event: e.HandOverLetterSent) -> dict[str, Any]:
    return {"letter_route": event.route, "is_before_the_level_above": False}


@_on(e.HandOverRefused)
def _hand_over_refused(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"party": None, "party_set_by": None, "has_hand_over_failed": True}


@_on(e.HandOverEscalated)
def _hand_over_escalated(_state: CaseState, event: e.HandOverEscalated) -> dict[str, Any]:
    return {
        "letter_route": event.route, "has_hand_over_failed": True,
        "is_before_the_level_above": True,
    }  # fmt: skip


@_on(e.CoordinationRecorded)
def _coordinated(_state: CaseState, event: e.CoordinationRecorded) -> dict[str, Any]:
    settled: dict[str, Any] = {"is_before_the_level_above": False}
    if event.is_theirs:
        return settled
    return settled | {"party": Party.OURS, "party_set_by": event.actor.id}


@_on(e.ActProposed)
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


@_on(e.CorrectionProposed)
def _correction_proposed(state: CaseState, event: e.CorrectionProposed) -> dict[str, Any]:
    request = CorrectionRequest(
        fact=event.fact, value=event.value, by=event.actor.id, reason=event.reason,
        before=event.before, relapses=state.relapses,
    )  # fmt: skip
    return {"corrections": {**state.corrections, event.correction: request}}


@_on(e.CorrectionRejected)
def _correction_rejected(state: CaseState, event: e.CorrectionRejected) -> dict[str, Any]:
    rest = {key: c for key, c in state.corrections.items() if key != event.correction}
    return {"corrections": rest}


@_on(e.FactCorrected)
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
        changes |= _track(corrected, event.guardian, flaw=event.flaw)
    return changes | {"corrections": rest}


@_on(e.FlawSettled)
def _flaw_settled(state: CaseState, event: e.FlawSettled) -> dict[str, Any]:
    changes: dict[str, Any] = {"flaw": None}
    if not event.is_upheld:
        changes |= _NO_PENALTY
    return _track(state, event.guardian, **changes)


@_on(e.PolicyAdopted)
def _policy_adopted(_state: CaseState, event: e.PolicyAdopted) -> dict[str, Any]:
    return {"policy_sha": event.policy_sha}


@_on(e.SearchRecorded)
def _searched(state: CaseState, event: e.SearchRecorded) -> dict[str, Any]:
    search = SearchFact(
        on=event.happened_on,
        guardian=event.guardian,
        is_by_police=event.is_by_police,
        is_found=event.is_found,
    )
    return {"searches": (*state.searches, search)}


@_on(e.GuardianChanged)
def _guardian_changed(state: CaseState, event: e.GuardianChanged) -> dict[str, Any]:
    """One who is no longer guardian drops out of the steps; a new one begins with the first."""
    others = tuple(g for g in state.guardians if g.ref != event.person)
    if event.change is GuardianChange.REMOVED:
        tracks = {
            ref: track.but(configuration=ENDED) if ref == event.person else track
            for ref, track in state.tracks.items()
        }
        return {"guardians": others, "tracks": tracks}
    added = GuardianRef(ref=event.person, relation=event.relation, is_primary=not others)
    tracks = state.tracks
    if state.stage in STEP_STAGES:
        tracks = {**tracks, event.person: _new_track(state, event.person)}
    return {"guardians": (*others, added), "tracks": tracks}


@_on(e.SchoolMatterSettled)
def _school_settled(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"is_school_matter_settled": True}


@_on(e.CauseRedetermined)
def _cause_redetermined(_state: CaseState, event: e.CauseRedetermined) -> dict[str, Any]:
    return {"cause": event.cause}


@_on(e.OpinionDisputed)
def _disputed(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None, "deferral": None, "deferred_until": None, "placement": None}


@_on(e.DeferralReviewed)
def _deferral_reviewed(_state: CaseState, event: e.DeferralReviewed) -> dict[str, Any]:
    return {"deferred_until": event.until} if event.is_continued and event.until else {}


@_on(e.AgeReached)
def _aged(_state: CaseState, event: e.AgeReached) -> dict[str, Any]:
    return {"aged_on": event.reached_on}


@_on(e.CorrectionChecked)
def _checked(state: CaseState, event: e.CorrectionChecked) -> dict[str, Any]:
    return _track(state, event.guardian, order_checked_on=event.happened_on)


@_on(e.PeriodReopened)
def _period_reopened(state: CaseState, event: e.PeriodReopened) -> dict[str, Any]:
    return _track(state, event.guardian, order_checked_on=None)


@_on(e.EnforcementApplied)
def _applied(state: CaseState, event: e.EnforcementApplied) -> dict[str, Any]:
    return _track(state, event.guardian, enforcement_applied_on=event.happened_on)


@_on(e.ReturnOrderIssued)
def _return_order(state: CaseState, event: e.ReturnOrderIssued) -> dict[str, Any]:
    return {"papers": {**state.papers, event.paper.key: _issued(event.paper, event, None)}}


@_on(e.OrderAccepted)
def _order_accepted(state: CaseState, event: e.OrderAccepted) -> dict[str, Any]:
    orders = [paper for paper in state.papers.values() if paper.kind == "return_order"]
    papers = _paper(state, orders[-1].key, status=PaperStatus.SERVED, served_on=event.happened_on)
    return {"tracks": _fresh_tracks(state), "papers": papers}


@_on(e.VisitRecorded)
def _visited(state: CaseState, event: e.VisitRecorded) -> dict[str, Any]:
    visit = VisitFact(
        on=event.happened_on,
        is_joint=event.is_joint,
        met=event.met,
        was_child_heard=event.was_child_met and bool(event.child_words.strip()),
    )
    return {"visits": (*state.visits, visit), "last_contact_on": event.happened_on}


@_on(e.ChildReturned)
def _returned(state: CaseState, event: e.ChildReturned) -> dict[str, Any]:
    ended = {ref: track.but(configuration=ENDED) for ref, track in state.tracks.items()}
    return {
        "returned_on": event.returned_on,
        "tracks": ended,
        "placement": None,
        "deferral": None,
        "deferred_until": None,
        "proposals": {},
    }


@_on(e.PersuasionEnded)
def _persuasion_ended(state: CaseState, event: e.PersuasionEnded) -> dict[str, Any]:
    return _track(state, event.guardian, persuasion_ended_on=event.happened_on)


@_on(e.CorrectionOrderDrafted)
def _order_drafted(state: CaseState, event: e.CorrectionOrderDrafted) -> dict[str, Any]:
    draft = PaperFact(
        key=event.paper_key,
        kind="correction_order",
        status=PaperStatus.DRAFTED,
        guardian=event.guardian,
        drafted_by=event.actor.id,
    )
    return _track(
        state,
        event.guardian,
        order_drafter=event.actor.id,
        order_paper=event.paper_key,
        order_days=event.days,
        order_served_on=None,
    ) | {"papers": {**state.papers, event.paper_key: draft}}


@_on(e.CorrectionDraftReturned)
def _draft_returned(state: CaseState, event: e.CorrectionDraftReturned) -> dict[str, Any]:
    papers = _paper(state, event.paper_key, status=PaperStatus.VOIDED)
    return _track(state, event.guardian, order_drafter=None, order_paper=None) | {"papers": papers}


@_on(e.CorrectionOrderIssued)
def _order_issued(state: CaseState, event: e.CorrectionOrderIssued) -> dict[str, Any]:
    issued = _issued(event.paper, event, event.guardian)
    return {"papers": {**state.papers, event.paper.key: issued}}


@_on(e.PaperServed)
def _served(state: CaseState, event: e.PaperServed) -> dict[str, Any]:
    papers = _paper(state, event.paper, status=PaperStatus.SERVED, served_on=event.happened_on)
    return _track(state, event.guardian, order_served_on=event.happened_on) | {"papers": papers}


@_on(e.PenaltyFiled)
def _penalty_filed(state: CaseState, event: e.PenaltyFiled) -> dict[str, Any]:
    return _track(
        state, event.guardian, penalty_filed_on=event.happened_on, investigators=event.officers
    )


@_on(e.PenaltyNotified)
def _penalty_notified(state: CaseState, event: e.PenaltyNotified) -> dict[str, Any]:
    return _track(
        state,
        event.guardian,
        penalty_notified_on=event.happened_on,
        penalty=event.penalty,
        amount_yuan=event.amount_yuan,
    )


@_on(e.PenaltyDecided)
def _penalty_decided(state: CaseState, event: e.PenaltyDecided) -> dict[str, Any]:
    return _track(
        state,
        event.guardian,
        penalty=event.penalty,
        amount_yuan=event.amount_yuan,
        ground=event.ground,
        penalty_decided_on=event.happened_on,
    )


@_on(e.DecisionServed)
def _decision_served(state: CaseState, event: e.DecisionServed) -> dict[str, Any]:
    return _track(state, event.guardian, decision_served_on=event.happened_on)


@_on(e.PerformanceDemanded)
def _demanded(state: CaseState, event: e.PerformanceDemanded) -> dict[str, Any]:
    return _track(state, event.guardian, demand_served_on=event.happened_on)


@_on(e.JudgmentRecorded)
def _judged(state: CaseState, event: e.JudgmentRecorded) -> dict[str, Any]:
    return _track(state, event.guardian, has_judgment=event.must_send_child)


@_on(e.AssessmentBegun)
def _assessment_begun(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None}


@_on(e.AssessmentConcluded)
def _assessed(_state: CaseState, event: e.AssessmentConcluded) -> dict[str, Any]:
    if event.is_able:
        return {"assessed_able": True}
    return {
        "assessed_able": False,
        "deferral": DeferralKind.STATUTORY,
        "deferred_until": event.until,
    }


@_on(e.DeferralApproved)
def _deferred(_state: CaseState, event: e.DeferralApproved) -> dict[str, Any]:
    return {"deferral": event.deferral, "deferred_until": event.until}


@_on(e.DeferralEnded)
def _deferral_ended(state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    tracks = state.tracks or _fresh_tracks(state)
    return {"deferral": None, "deferred_until": None, "tracks": tracks}


@_on(e.ChildPlaced)
def _placed(state: CaseState, event: e.ChildPlaced) -> dict[str, Any]:
    """A child no school held is enrolled by being placed; the new school answers from then on."""
    enrolled = {"school": event.school} if state.is_never_enrolled else {}
    return {"placement": event.way, **enrolled}


@_on(e.AttendanceConfirmed)
def _attending(_state: CaseState, event: e.AttendanceConfirmed) -> dict[str, Any]:
    return {
        "attending_since": event.attending_since,
        "monitoring": (),
        "monitoring_ended_on": None,
    }


@_on(e.MonitoringRecorded)
def _monitored(state: CaseState, event: e.MonitoringRecorded) -> dict[str, Any]:
    fact = MonitoringFact(
        from_on=event.from_on, to_on=event.to_on, attendance_percent=event.attendance_percent
    )
    return {"monitoring": (*state.monitoring, fact)}


@_on(e.MonitoringPeriodEnded)
def _monitoring_ended(_state: CaseState, event: e.MonitoringPeriodEnded) -> dict[str, Any]:
    return {"monitoring_ended_on": event.ended_on}


@_on(e.RelapseReported)
def _relapsed(state: CaseState, event: e.RelapseReported) -> dict[str, Any]:
    return {
        "relapses": state.relapses + 1,
        "absent_since": event.absent_since,
        "absent_days": event.absent_days,
        "returned_on": None,
        "attending_since": None,
        "placement": None,
        "monitoring": (),
        "monitoring_ended_on": None,
        "visits": (),
        "proposals": {},
        "tracks": _fresh_tracks(state),
    }


@_on(e.HearingScheduled)
def _hearing_scheduled(state: CaseState, event: e.HearingScheduled) -> dict[str, Any]:
    return _track(
        state, event.guardian, hearing_on=event.hearing_on, hearing_presider=event.presider
    )


@_on(e.HearingHeld)
def _hearing_held(state: CaseState, event: e.HearingHeld) -> dict[str, Any]:
    return _track(state, event.guardian, hearing_held_on=event.happened_on)


@_on(e.LegalityReviewed)
def _legality_reviewed(state: CaseState, event: e.LegalityReviewed) -> dict[str, Any]:
    return _track(
        state,
        event.guardian,
        legal_reviewer=event.actor.id,
        is_legality_passed=event.is_passed,
    )


@_on(e.GraceGranted)
def _grace_granted(state: CaseState, event: e.GraceGranted) -> dict[str, Any]:
    return _track(state, event.guardian, grace_until=event.until)


@_on(e.RemedyOpened)
def _remedy_opened(state: CaseState, event: e.RemedyOpened) -> dict[str, Any]:
    remedy = Remedy(kind=event.remedy, body=event.body, opened_on=event.happened_on)
    return _track(state, event.guardian, remedy=remedy)


@_on(e.RemedyClosed)
def _remedy_closed(state: CaseState, event: e.RemedyClosed) -> dict[str, Any]:
    track = state.tracks[event.guardian]
    assert track.remedy is not None
    ended = EndedRemedy(
        kind=track.remedy.kind,
        opened_on=track.remedy.opened_on,
        ended_on=event.happened_on,
        outcome=event.outcome,
    )
    changes: dict[str, Any] = {"remedy": None, "remedies_ended": (*track.remedies_ended, ended)}
    if event.outcome is RemedyOutcome.REVOKED:
        changes |= _NO_PENALTY
    return _track(state, event.guardian, **changes)


@_on(e.NoticeLetterSent)
def _notice_letter(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"has_notice_letter": True}


@_on(e.ReferralOpened)
def _referral_opened(state: CaseState, event: e.ReferralOpened) -> dict[str, Any]:
    referral = Referral(
        key=event.referral, department=event.department, opened_on=event.happened_on
    )
    return {"referrals": {**state.referrals, referral.key: referral}}


@_on(e.FeedbackRecorded)
def _feedback(state: CaseState, event: e.FeedbackRecorded) -> dict[str, Any]:
    answered = state.referrals[event.referral].but(is_answered=True)
    return {"referrals": {**state.referrals, answered.key: answered}}


@_on(e.ServiceFailed)
def _service_failed(state: CaseState, event: e.ServiceFailed) -> dict[str, Any]:
    tried = (*state.failed_services.get(event.target, ()), event.method)
    return {"failed_services": {**state.failed_services, event.target: tried}}


@_on(e.PaperDrafted)
def _side_drafted(state: CaseState, event: e.PaperDrafted) -> dict[str, Any]:
    draft = PaperFact(
        key=event.paper_key,
        kind=event.paper_kind,
        status=PaperStatus.DRAFTED,
        guardian=event.guardian,
        drafted_by=event.actor.id,
        office=event.actor.role.office_kind,
        replaces=event.replaces,
        amount_yuan=sum_printed(state, event),
        ground=ground_printed(state, event),
    )
    return {"papers": {**state.papers, event.paper_key: draft}}


@_on(e.PaperChecked)
def _side_checked(state: CaseState, event: e.PaperChecked) -> dict[str, Any]:
    checked = {"status": PaperStatus.CHECKED, "checked_by": event.actor.id}
    return {"papers": _paper(state, event.paper, **checked)}


@_on(e.PaperIssued)
def _side_issued(state: CaseState, event: e.PaperIssued) -> dict[str, Any]:
    draft = state.papers[event.paper.key]
    papers = {**state.papers, draft.key: draft.but(
        status=PaperStatus.ISSUED, issued_on=event.happened_on, word=event.paper.word or None,
        year=event.paper.year, serial=event.paper.serial,
    )}  # fmt: skip
    if event.replaces is not None:
        papers[event.replaces] = papers[event.replaces].but(status=PaperStatus.REPLACED)
    return {"papers": papers}


@_on(e.PaperDraftReturned)
def _side_returned(state: CaseState, event: e.PaperDraftReturned) -> dict[str, Any]:
    return {"papers": _paper(state, event.paper, status=PaperStatus.VOIDED)}


@_on(e.PaperVoided)
def _side_voided(state: CaseState, event: e.PaperVoided) -> dict[str, Any]:
    return {"papers": _paper(state, event.paper, status=PaperStatus.VOIDED)}


@_on(e.SidePaperServed)
def _side_served(state: CaseState, event: e.SidePaperServed) -> dict[str, Any]:
    served = {"status": PaperStatus.SERVED, "served_on": event.happened_on}
    return {"papers": _paper(state, event.paper, **served)}


@_on(e.ObligationOpened)
def _opened(state: CaseState, event: e.ObligationOpened) -> dict[str, Any]:
    return {"obligations": {**state.obligations, event.obligation.key: event.obligation}}


@_on(e.ObligationMissed)
def _missed(state: CaseState, event: e.ObligationMissed) -> dict[str, Any]:
    missed = state.obligations[event.key].but(status=DutyStatus.MISSED)
    return {"obligations": {**state.obligations, event.key: missed}}


@_on(e.ObligationRederived)
def _rederived(state: CaseState, event: e.ObligationRederived) -> dict[str, Any]:
    status = DutyStatus.OPEN if event.is_reopened else state.obligations[event.key].status
    again = state.obligations[event.key].but(
        derivation=event.derivation, due_at=event.due_at, status=status
    )
    return {"obligations": {**state.obligations, event.key: again}}


@_on(e.ObligationMet)
@_on(e.ObligationWithdrawn)
def _done(state: CaseState, event: e.ObligationMet) -> dict[str, Any]:
    return {"obligations": {k: o for k, o in state.obligations.items() if k != event.key}}


def _fresh_tracks(state: CaseState) -> dict[str, LegalTrack]:
    """One new run of the four steps for each guardian; a mere carer owes no such duty.

    Who is guardian no more keeps an ended track: papers may still speak of that person.
    """
    former = {ref: track.but(configuration=ENDED) for ref, track in state.tracks.items()}
    return former | {
        guardian.ref: _new_track(state, guardian.ref)
        for guardian in state.guardians
        if guardian.is_legal
    }


def _new_track(state: CaseState, guardian: str) -> LegalTrack:
    before = state.tracks.get(guardian)
    return LegalTrack(
        guardian=guardian,
        run=before.run + 1 if before else 1,
        configuration=initial(TrackChart),
    )


def _issued(paper: e.PaperIssue, event: e.EventBase, guardian: str | None) -> PaperFact:
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
