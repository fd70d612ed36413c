"""Whole cases on the pure core: each way a case ends, and each arm of the ladder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lifecycle.decide import decide
from lifecycle.evolve import evolve
from lifecycle.verdict import Decision, Refusal
from models import commands as c
from models.state import CaseState
from models.words import (
    Conclusion,
    DeferralKind,
    DutyStatus,
    NoPenaltyGround,
    Outcome,
    Party,
    PenaltyKind,
    PlacementWay,
    Role,
    Stage,
    TrackStep,
)
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF
from tests.walk import Walk


def kinds(walk: Walk) -> list[str]:
    return [event.kind for event in walk.events if not event.kind.startswith("obligation_")]


def reviewed(conclusion: Conclusion) -> Walk:
    walk = roads.concluded(conclusion)
    walk.do(c.ReviewVerification, Role.EDU_CASE, is_confirmed=True, reason="属实")
    return walk


def by_transfer() -> Walk:
    walk = roads.elsewhere()
    walk.do(c.ConfirmTransfer, Role.REGISTRAR, receiving_school="外县中学", roll_no="G99", **PROOF)
    return walk


def by_hand_over() -> Walk:
    walk = roads.lettered()
    walk.do(c.RecordReply, Role.EDU_CASE, is_accepted=True, letter_no="复-1", **PROOF)
    return walk


def by_excuse() -> Walk:
    walk = roads.suspected()
    walk.do(c.Excuse, Role.PRINCIPAL, reason="住院，请假属实", **PROOF)
    return walk


def closed_from_persuasion(kind: type[Any], **facts: Any) -> Callable[[], Walk]:
    def close() -> Walk:
        walk = roads.persuasion()
        walk.do(kind, Role.EDU_HEAD, **facts)
        return walk

    return close


CLOSINGS = {
    "signed_off": (roads.signed_off, Stage.CLOSED_RETURNED),
    "excused": (by_excuse, Stage.CLOSED_FALSE_ALARM),
    "false_alarm": (lambda: reviewed(Conclusion.FALSE_ALARM), Stage.CLOSED_FALSE_ALARM),
    "verified_deceased": (lambda: reviewed(Conclusion.DECEASED), Stage.CLOSED_DECEASED),
    "verified_abroad": (lambda: reviewed(Conclusion.ABROAD), Stage.CLOSED_ABROAD),
    "transferred": (by_transfer, Stage.CLOSED_ELSEWHERE),
    "handed_over": (by_hand_over, Stage.CLOSED_HANDED_OVER),
    "deceased": (
        closed_from_persuasion(c.CloseDeceased, died_on="2025-09-11", **PROOF),
        Stage.CLOSED_DECEASED,
    ),
    "abroad": (
        closed_from_persuasion(c.CloseAbroad, enrolled_at="国外学校", **PROOF),
        Stage.CLOSED_ABROAD,
    ),
    "completed": (
        closed_from_persuasion(
            c.CloseCompleted,
            is_graduated=True,
            decision_no="毕-1",
            onward="senior_school",
            **PROOF,
        ),
        Stage.CLOSED_COMPLETED,
    ),
    "duplicate": (
        closed_from_persuasion(c.CloseDuplicate, other_case="990101-2025-00009"),
        Stage.CLOSED_DUPLICATE,
    ),
}


@pytest.mark.parametrize("name", CLOSINGS)
def test_each_closing_ends_the_case_and_every_clock(name: str) -> None:
    """A closed case has a day it was closed on, no live duty, no timer and no owner's action."""
    play, stage = CLOSINGS[name]
    walk = play()
    assert stage is walk.state.stage
    assert walk.today == walk.state.closed_on
    assert not walk.state.is_open
    assert walk.state.live_obligations() == ()
    assert walk.state.next_due_at() is None
    assert not walk.state.is_overdue


def test_every_closed_stage_has_a_story() -> None:
    """No way of ending a case goes untold."""
    told = {stage for _, stage in CLOSINGS.values()}
    assert told == {stage for stage in Stage if stage.is_closed}


def test_the_suit_arm_needs_no_penalty() -> None:
    """Without a legal basis for a penalty the ladder goes from the order straight to the court."""
    walk = roads.judged()
    assert (
        walk.state.stage,
        walk.state.tracks["g1"].step,
    ) == (Stage.COURT, TrackStep.SUIT_DECIDED)
    assert walk.state.tracks["g1"].has_judgment
    assert not any(kind.startswith("penalty") for kind in kinds(walk))
    assert TrackStep.PERSUADING is walk.state.tracks["g2"].step, "the mother is not concerned"


def test_the_penalty_arm_walks_every_step_to_the_ruling() -> None:
    """With a configured basis: filed, told, heard, decided, served, unpaid, demanded, ruled."""
    walk = roads.enforced()
    assert (
        walk.state.stage,
        walk.state.tracks["g1"].step,
    ) == (Stage.COURT, TrackStep.ENFORCEMENT_RULED)
    ladder = [
        "persuasion_ended", "correction_order_drafted", "correction_order_issued", "paper_served",
        "correction_period_ended", "correction_checked", "penalty_filed", "penalty_notified",
        "defence_recorded", "penalty_decided", "decision_served", "performance_recorded",
        "performance_demanded", "enforcement_applied", "ruling_recorded",
    ]  # fmt: skip
    assert ladder == [kind for kind in kinds(walk) if kind in ladder]


def test_from_an_unpaid_penalty_the_suit_is_open_too() -> None:
    """The fourth step is enforcement or suit: an unperformed penalty leaves both ways open."""
    walk = roads.unperformed()
    walk.do(
        c.FileSuit, Role.TOWNSHIP_HEAD, guardian="g1", plaintiff="示例镇政府", document_no="诉-1"
    )
    assert TrackStep.SUIT_FILED is walk.state.tracks["g1"].step


def test_no_penalty_leads_back_to_the_choice_of_the_next_step() -> None:
    """A decision not to punish is no dead end: the order stands expired again."""
    walk = roads.defended()
    walk.do(
        c.DecidePenalty, Role.TOWNSHIP_HEAD, guardian="g1", penalty=PenaltyKind.NONE,
        document_no="决-1", ground=NoPenaltyGround.MINOR,
    )  # fmt: skip
    assert TrackStep.ORDER_EXPIRED is walk.state.tracks["g1"].step
    walk.do(
        c.FileSuit, Role.TOWNSHIP_HEAD, guardian="g1", plaintiff="示例镇政府", document_no="诉-1"
    )


def test_a_return_ends_every_track_and_a_relapse_starts_new_ones() -> None:
    """The child comes back in the middle of step 2; when it goes again the steps begin anew."""
    walk = roads.monitoring(roads.served())
    assert {TrackStep.ENDED} == {track.step for track in walk.state.tracks.values()}
    walk.do(
        c.ReportRelapse, Role.CLASS_TEACHER, absent_since=walk.today - timedelta(days=3),
        absent_days=3,
    )  # fmt: skip
    state = walk.state
    assert (state.stage, state.relapses) == (Stage.PERSUASION, 1)
    assert {2} == {track.run for track in state.tracks.values()}
    assert {TrackStep.PERSUADING} == {track.step for track in state.tracks.values()}
    assert (state.placement, state.attending_since, state.visits) == (None, None, ())
    assert (walk.refuse(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)) == [
        "visits_too_few",
        "joint_visits_too_few",
        "guardian_not_met",
        "child_not_heard",
    ], "visits of the first run do not count"


def test_a_complied_order_brings_the_child_to_placement_in_one_act() -> None:
    """The check that finds the child at school ends the track and records the return."""
    walk = roads.period_over()
    walk.do(
        c.CheckCorrection, Role.TOWNSHIP_CASE, guardian="g1", outcome=Outcome.COMPLIED,
        checkers=("甲乙", "丙丁"), **PROOF,
    )  # fmt: skip
    assert Stage.PLACEMENT is walk.state.stage
    assert walk.today == walk.state.returned_on


def test_a_refused_hand_over_makes_the_case_ours() -> None:
    """The other county says no: the party is open again, and ours with a reason."""
    walk = roads.lettered()
    walk.do(c.RecordReply, Role.EDU_CASE, is_accepted=False, letter_no="复-1", **PROOF)
    assert (walk.state.stage, walk.state.party) == (Stage.SUBJECT_PENDING, None)
    assert "confirm_party" in {o.duty for o in walk.state.live_obligations()}
    assert walk.refuse(c.SetResponsibleParty, Role.EDU_CASE, party=Party.OURS) == [
        "party_against_rule"
    ]
    roads.assigned(walk)
    assert Stage.ASSIGNED is walk.state.stage


def test_a_returned_draft_is_void_and_the_next_has_a_new_key() -> None:
    """A draft sent back is never issued; the new one is another paper."""
    walk = roads.drafted()
    walk.do(c.ReturnCorrectionDraft, Role.TOWNSHIP_HEAD, guardian="g1", reason="事实不清，请补充")
    assert walk.state.papers["correction_order-1"].status == "voided"
    walk.do(c.OrderCorrection, Role.TOWNSHIP_LAW, **roads.DRAFT)
    walk.do(c.ApproveCorrectionOrder, Role.TOWNSHIP_HEAD, guardian="g1")
    assert walk.state.papers["correction_order-2"].status == "issued"


def test_a_refuted_transfer_is_verified_again() -> None:
    """The receiving school does not have the child: the principal verifies anew."""
    walk = roads.elsewhere()
    walk.do(c.RefuteTransfer, Role.REGISTRAR, reason="查无此人")
    assert (walk.state.stage, walk.state.conclusion) == (Stage.VERIFYING, None)
    assert "verify" in {o.duty for o in walk.state.live_obligations()}


def test_an_assessment_freezes_the_steps_and_ends_in_a_deferral_or_a_placement() -> None:
    """During the assessment nothing of steps 2–4 is allowed; its opinion decides the way on."""
    walk = roads.assessment()
    for kind in (c.EndPersuasion, c.OrderCorrection):
        facts = roads.GIVE_UP if kind is c.EndPersuasion else roads.DRAFT
        role = Role.TOWNSHIP_HEAD if kind is c.EndPersuasion else Role.TOWNSHIP_CASE
        codes = walk.refuse(kind, role, **facts)
        assert {"wrong_stage", "wrong_step", "assessment_first"} & set(codes)
    opinion = {"opinion_no": "评-1", **PROOF}
    unable = roads.found_unable()
    assert (unable.state.stage, unable.state.deferral) == (Stage.ASSESSMENT, None)
    until = unable.today + timedelta(days=100)
    unable.do(c.Defer, Role.TOWNSHIP_HEAD, **roads.by_law(until))
    assert (unable.state.stage, unable.state.deferral, unable.state.deferred_until) == (
        Stage.DEFERRED, DeferralKind.STATUTORY, until,
    )  # fmt: skip
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=True, **opinion)
    assert Stage.PERSUASION is walk.state.stage
    walk.do(
        c.Place, Role.EDU_CASE, way=PlacementWay.HOME_TEACHING, school="9901010001",
        plan="每周两次送教上门",
    )  # fmt: skip


def test_an_opinion_defers_nobody_and_a_stored_one_of_before_still_reads() -> None:
    """One clerk's record of a finding grants nothing: a duty to decide runs. The opinion of an
    older ledger, which granted the deferral itself, folds to what it was then.
    """
    walk = roads.found_unable()
    assert (walk.state.stage, walk.state.assessed_able) == (Stage.ASSESSMENT, False)
    open_ = {o.duty: o.owner.role for o in walk.state.live_obligations()}
    assert open_["decide_deferral"] is Role.EDU_CASE
    alone = walk.command(
        c.Defer, Role.EDU_HEAD, **roads.by_law(walk.today + timedelta(days=100))
    )  # fmt: skip
    refusal = walk.try_(alone)
    assert isinstance(refusal, Refusal)
    assert [unmet.code for unmet in refusal.unmet] == ["not_proposed"]
    old = roads.assessment()
    (event,) = (e for e in walk.events if e.kind == "assessment_concluded")
    until = old.today + timedelta(days=100)
    before = evolve(old.state, event.but(until=until, moved_to=("deferred",)))
    assert (before.stage, before.deferral, before.deferred_until) == (
        Stage.DEFERRED, DeferralKind.STATUTORY, until,
    )  # fmt: skip


def test_the_steps_rest_against_the_guardian_of_a_child_found_unable() -> None:
    """Only the finding 可以入学 frees them; when the deferral ends the committee is asked again."""
    walk = roads.deferred_by_law(60)
    track = walk.state.tracks["g1"].but(configuration=("first_step", "persuasion_failed"))
    walk.state = walk.state.but(tracks={**walk.state.tracks, "g1": track})
    assert walk.refuse(c.OrderCorrection, Role.TOWNSHIP_CASE, **roads.DRAFT) == [
        "found_unable", "deferred_now",
    ]  # fmt: skip
    walk.pass_days(61)
    assert (walk.state.stage, walk.state.assessed_able) == (Stage.ASSESSMENT, None)
    live = {o.duty for o in walk.state.live_obligations()}
    assert {"conclude_assessment", "keep_contact"} <= live
    assert not {"persuade", "draft_order"} & live
    assert walk.refuse(c.OrderCorrection, Role.TOWNSHIP_CASE, **roads.DRAFT) == ["assessment_first"]
    back = roads.deferred_by_law(60)
    back.do(c.RecordReturn, Role.CLASS_TEACHER, returned_on=back.today, **PROOF)
    assert back.state.stage is Stage.PLACEMENT


def test_a_deferral_is_reviewed_before_it_ends_and_ends_by_itself() -> None:
    """Thirty days before the end somebody must look; with no new decision persuasion resumes."""
    walk = roads.visited()
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    until = walk.today + timedelta(days=90)
    walk.do(
        c.Defer, Role.COUNTY_GROUP, deferral=DeferralKind.POLICY, until=until, approval_no="批-1",
        **PROOF,
    )  # fmt: skip
    (review,) = [o for o in walk.state.live_obligations() if o.duty == "review_deferral"]
    assert until - timedelta(days=30) == review.due_on
    walk.pass_days(59)
    assert DutyStatus.OPEN is walk.state.obligations[review.key].status
    walk.pass_days(2)
    assert DutyStatus.MISSED is walk.state.obligations[review.key].status
    walk.pass_days(28)
    assert Stage.DEFERRED is walk.state.stage
    walk.pass_days(2)
    assert Stage.PERSUASION is walk.state.stage
    assert walk.state.deferral is None


def test_a_reviewed_deferral_runs_on_only_when_it_is_approved_again() -> None:
    """The review moves nothing; the approval names the new end, and the old one passes."""
    walk = roads.visited()
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    until = walk.today + timedelta(days=60)
    walk.do(
        c.Defer, Role.COUNTY_GROUP, deferral=DeferralKind.POLICY, until=until, approval_no="批-1",
        **PROOF,
    )  # fmt: skip
    facts = {"is_continued": True, "note": "仍拒绝返校", **PROOF}
    assert walk.refuse(c.ReviewDeferral, Role.EDU_CASE, until=until, **facts) == ["deferral_term"]
    later = until + timedelta(days=60)
    again = {"deferral": DeferralKind.POLICY, "until": later, "approval_no": "批-2", **PROOF}
    assert walk.refuse(c.Defer, Role.COUNTY_GROUP, **again) == ["review_missing"]
    (event, *_) = walk.do(c.ReviewDeferral, Role.EDU_CASE, until=later, **facts)
    assert walk.state.deferred_until == until
    ledger_of_before = evolve(walk.state, event.but(has_moved_end=True))
    assert ledger_of_before.deferred_until == later
    walk.do(c.Defer, Role.COUNTY_GROUP, **again)
    walk.pass_days(61)
    assert Stage.DEFERRED is walk.state.stage
    walk.pass_days(61)
    assert Stage.PERSUASION is walk.state.stage


def test_a_missed_deadline_climbs_from_office_to_office() -> None:
    """First the head of the township, then the bureau, its head, and at last the county group."""
    walk = roads.assigned()
    walk.pass_days(60)
    asked = [
        event.obligation.owner.role
        for event in walk.events
        if event.kind == "obligation_opened" and event.obligation.duty == "supervise"
    ]
    assert asked[:4] == [
        Role.TOWNSHIP_HEAD, Role.EDU_CASE, Role.EDU_HEAD, Role.COUNTY_GROUP,
    ]  # fmt: skip
    assert set(asked[3:]) == {Role.COUNTY_GROUP}
    assert sum(event.kind == "obligation_missed" for event in walk.events) == 1


def test_the_order_of_a_subdistrict_is_issued_by_the_county_bureau() -> None:
    """The whole second step of a subdistrict case is the bureau's (义务教育法 58)."""
    walk = roads.exhausted_in_subdistrict()
    walk.do(c.OrderCorrection, Role.EDU_LAW, **roads.DRAFT)
    walk.do(c.ApproveCorrectionOrder, Role.EDU_HEAD, guardian="g1")
    walk.do(c.ServePaper, Role.EDU_LAW, **roads.SERVICE)
    walk.pass_days(12)
    walk.do(c.CheckCorrection, Role.EDU_LAW, **roads.STILL_OUT)
    owners = {o.owner.role for o in walk.state.live_obligations() if o.duty == "choose_next_step"}
    assert {Role.EDU_HEAD} == owners
    walk.do(c.FileSuit, Role.EDU_HEAD, guardian="g1", plaintiff="示例县教体局", document_no="诉-1")
    assert Stage.COURT is walk.state.stage


def test_two_guardians_walk_the_ladder_apart() -> None:
    """The father's order does not touch the mother; her own begins with her own persuasion."""
    walk = roads.served()
    assert TrackStep.PERSUADING is walk.state.tracks["g2"].step
    walk.do(
        c.EndPersuasion, Role.TOWNSHIP_HEAD, guardian="g2", reason="拒不送学", has_just_cause=False
    )
    assert TrackStep.PERSUASION_FAILED is walk.state.tracks["g2"].step
    assert TrackStep.ORDER_SERVED is walk.state.tracks["g1"].step


@pytest.mark.parametrize(
    "play",
    [roads.signed_off, roads.enforced, roads.judged, by_hand_over, roads.assessment],
    ids=lambda play: play.__name__,
)
def test_a_story_told_again_is_the_same_story(play: Callable[[], Walk]) -> None:
    """Every command decided again in its state gives its events; the events fold to the state."""
    walk = play()
    state = CaseState()
    for before, command, at, events in walk.log:
        assert before == state
        again = decide(state, command, at=at, policy=walk.policy, calendar=walk.calendar)
        assert Decision(events=events) == again
        for event in events:
            state = evolve(state, event).but(last_event_at=at)
    assert walk.state == state
