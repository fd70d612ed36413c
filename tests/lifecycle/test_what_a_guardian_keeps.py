"""Waiting periods, hearings, remedies and fines: what no detour takes from a guardian, or from the office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models import commands as c
from models.words import (
    Cause,
    Contested,
    GuardianChange,
    PaperStatus,
    PenaltyKind,
    RemedyKind,
    RemedyOutcome,
    Role,
    TrackStep,
)
from tests.lifecycle import roads
from tests.walk import Walk, policy

G = {"guardian": "g1"}
LAW, HEAD = Role.TOWNSHIP_LAW, Role.TOWNSHIP_HEAD
REVIEW: dict[str, Any] = {**G, "remedy": RemedyKind.REVIEW, "body": "示例县人民政府"}
DROP: dict[str, Any] = {**G, "reason": "当事人有误", "document_no": "撤-1"}


def track(walk: Walk, guardian: str = "g1") -> Any:
    return walk.state.tracks[guardian]


def live(walk: Walk) -> list[str]:
    return [o.duty for o in walk.state.live_obligations()]


def closed(walk: Walk, outcome: RemedyOutcome, **facts: Any) -> None:
    walk.do(c.CloseRemedy, LAW, **G, outcome=outcome, document_no="复决-1", **facts)


def decided_anew(walk: Walk) -> Walk:
    """A second proceeding against the same guardian, up to the service of its decision."""
    walk.do(c.FilePenalty, HEAD, **G, officers=("law-1", "law-2"), filing_no="立-2")
    walk.do(c.NotifyPenalty, LAW, **roads.TOLD)
    walk.pass_days(20)
    walk.do(c.RecordDefence, LAW, **G, has_stated=False, review="期满未陈述")
    walk.do(c.DecidePenalty, HEAD, **roads.FINE)
    walk.do(c.ServeDecision, LAW, **G, **roads.BY_HAND)
    return walk


def test_the_remedy_of_an_old_decision_opens_no_window_for_the_new_one() -> None:
    """Six months to sue begin with the new decision, whatever became of the old one."""
    walk = roads.decision_served()
    walk.do(c.OpenRemedy, LAW, **REVIEW)
    walk.pass_days(30)
    closed(walk, RemedyOutcome.UPHELD)
    walk.do(c.DropPenalty, HEAD, **DROP)
    decided_anew(walk)
    walk.pass_days(16)
    walk.do(c.RecordPerformance, LAW, **G, is_performed=False)
    assert walk.refuse(c.DemandPerformance, LAW, **G, document_no="催-1", **roads.BY_HAND) == [
        "remedy_open"
    ]


def test_a_remedy_goes_with_the_act_it_contests() -> None:
    """Nothing of it is pending against what comes after, and nobody is chased for it."""
    walk = roads.decision_served()
    walk.do(c.OpenRemedy, LAW, **REVIEW)
    walk.do(c.DropPenalty, HEAD, **DROP)
    assert "await_remedy" not in live(walk)
    decided_anew(walk)
    assert track(walk).remedy is None
    walk.do(c.OpenRemedy, LAW, **REVIEW)
    order = roads.served()
    order.do(c.OpenRemedy, LAW, **REVIEW, against=Contested.ORDER)
    order.do(c.RevokeOrder, HEAD, **G, reason="当事人有误", document_no="撤-2")
    assert track(order).order_remedy is None
    assert "await_remedy" not in live(order)
    assert "draft_order" in live(order)


def test_an_order_that_fell_takes_the_remedy_against_the_decision_along() -> None:
    """Both were contested; the order's fall leaves nothing to decide on the other."""
    walk = roads.decision_served()
    for against in Contested:
        walk.do(c.OpenRemedy, LAW, **REVIEW, against=against)
    closed(walk, RemedyOutcome.REVOKED, against=Contested.ORDER)
    assert track(walk).remedy is None
    assert "await_remedy" not in live(walk)


def test_a_new_proceeding_is_not_dated_before_the_old_one_fell() -> None:
    """Else the old notice would serve it, and the hearing that was asked for would never be held."""
    walk = roads.notified()
    filed_on = track(walk).penalty_filed_on
    walk.do(c.RequestHearing, LAW, **G)
    walk.pass_days(20)
    walk.do(c.DropPenalty, HEAD, **DROP)
    file = {**G, "officers": ("law-1", "law-2"), "filing_no": "立-2"}
    assert walk.refuse(c.FilePenalty, HEAD, **file, happened_on=filed_on) == ["date_out_of_order"]


def test_papers_and_proposals_of_a_fallen_penalty_serve_no_other() -> None:
    """The notice is void, the draft of the application too, and what was proposed is proposed again."""
    walk = roads.demanded()
    walk.do(c.DraftPaper, LAW, paper_kind="enforcement_application", guardian="g1", content={})
    walk.pass_days(20)
    walk.do(c.ProposeAct, LAW, act="apply_enforcement", note="请申请", guardian="g1",
            evidence=("审批表",))  # fmt: skip
    walk.do(c.DropPenalty, HEAD, **DROP)
    assert walk.state.papers["enforcement_application-1"].status is PaperStatus.VOIDED
    assert walk.state.proposals == {}


def test_a_hearing_is_not_announced_before_it_was_asked_for() -> None:
    """The seven working days are days the guardian has after asking (行政处罚法 64)."""
    walk = roads.notified()
    notified_on = walk.today
    walk.pass_days(4)
    walk.do(c.RequestHearing, LAW, **G)
    announced = {
        **G, "hearing_on": notified_on + timedelta(days=40), "presider": "presider-1",
        "is_closed": True,
    }  # fmt: skip
    assert walk.refuse(c.ScheduleHearing, HEAD, **announced, happened_on=notified_on) == [
        "date_out_of_order"
    ]


def test_the_bar_after_ninety_days_is_not_dated_away() -> None:
    """It is the day of taking back that counts, and a guardian who comes back brings it along."""
    walk = roads.penalty_filed()
    filed_on = walk.today
    walk.pass_days(95)
    walk.do(c.DropPenalty, HEAD, **DROP, happened_on=filed_on + timedelta(days=80))
    file = {**G, "officers": ("law-1", "law-2"), "filing_no": "立-2"}
    assert walk.refuse(c.FilePenalty, HEAD, **file) == ["dropped_before"]
    change = {"person": "g1", "relation": "父亲", "reason": "法院判决变更", **roads.PROOF}
    walk.do(c.RecordGuardianChange, Role.EDU_CASE, change=GuardianChange.REMOVED, **change)
    walk.do(c.RecordGuardianChange, Role.EDU_CASE, change=GuardianChange.ADDED, **change)
    assert track(walk).is_penalty_barred


def test_newer_rules_do_not_shorten_a_period_that_runs() -> None:
    """What the decision told the guardian holds until it ends (decision 0010)."""
    walk = roads.unperformed()
    new = policy(penalty_basis=roads.BASIS, litigation_period=1)
    walk.do(c.ProposeAct, Role.EDU_CASE, act="adopt_policy", note="新规定施行",
            policy_sha=new.sha256, evidence=("请示-1",))  # fmt: skip
    walk.policy = new
    walk.do(c.AdoptPolicy, Role.EDU_HEAD, policy_sha=new.sha256, reason="新规定施行")
    walk.pass_days(60)
    assert walk.refuse(c.DemandPerformance, LAW, **G, document_no="催-1", **roads.BY_HAND) == [
        "remedy_open"
    ]


def test_a_visit_before_the_relapse_is_none_of_the_run_after_it() -> None:
    """The shortened first step still asks for a visit of its own."""
    walk = roads.monitoring(roads.persuasion())
    walk.pass_days(60)
    since = walk.today - timedelta(days=7)
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, absent_since=since, absent_days=3)
    early = since - timedelta(days=20)
    assert walk.refuse(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT, happened_on=early) == [
        "date_out_of_order"
    ]


def test_a_statement_may_be_added_while_the_days_run() -> None:
    """A notice day put right lets them run again; what was reviewed without it is reviewed again."""
    walk = roads.notified()
    walk.do(c.RecordDefence, LAW, **G, has_stated=True, review="待核")
    walk.do(c.ReviewLegality, Role.EDU_LAW, **G, opinion_no="法-1", is_passed=True)
    walk.do(c.RecordDefence, LAW, **G, has_stated=True, review="补充陈述不成立")
    assert not track(walk).is_legality_passed
    walk.pass_days(20)
    assert walk.refuse(c.RecordDefence, LAW, **G, has_stated=True, review="逾期") == [
        "defence_closed"
    ]


def test_a_guardian_removed_and_named_again_keeps_fine_and_remedy() -> None:
    """Neither is lost by a change of guardianship."""
    walk = roads.unperformed()
    walk.do(c.OpenRemedy, LAW, **REVIEW)
    change = {"person": "g1", "relation": "父亲", "reason": "法院判决变更", **roads.PROOF}
    walk.do(c.RecordGuardianChange, Role.EDU_CASE, change=GuardianChange.REMOVED, **change)
    assert track(walk).has_live_fine
    walk.do(c.RecordGuardianChange, Role.EDU_CASE, change=GuardianChange.ADDED, **change)
    assert track(walk).step is TrackStep.PENALTY_UNPERFORMED
    assert track(walk).remedy is not None


def test_a_decision_revoked_after_payment_leaves_the_next_fine_whole() -> None:
    """Paid was the one that fell."""
    walk = roads.decision_served()
    walk.do(c.OpenRemedy, LAW, **REVIEW)
    walk.do(c.RecordPerformance, LAW, **G, is_performed=True)
    closed(walk, RemedyOutcome.REVOKED)
    decided_anew(walk)
    assert track(walk).has_live_fine
    walk.do(c.RecordPerformance, LAW, **G, is_performed=True)


def test_a_fine_in_force_is_carried_through_an_assessment() -> None:
    """The body bars new steps, not the end of one that has taken effect."""
    walk = roads.unperformed()
    walk.do(c.RedetermineCause, Role.EDU_CASE, cause=Cause.ILLNESS, reason="县医院诊断证明",
            **roads.PROOF)  # fmt: skip
    walk.do(c.BeginAssessment, Role.EDU_CASE, commission_no="委-1")
    walk.pass_days(190)
    assert "demand_performance" in live(walk)
    walk.do(c.DemandPerformance, LAW, **G, document_no="催-1", **roads.BY_HAND)


def test_after_an_upheld_review_a_correction_takes_no_duty_away() -> None:
    """The windows then follow the review, not the service."""
    walk = roads.unperformed()
    walk.do(c.OpenRemedy, LAW, **REVIEW)
    walk.pass_days(30)
    closed(walk, RemedyOutcome.UPHELD)
    walk.pass_days(20)
    assert {"demand_performance", "application_window"} <= set(live(walk))
    right = track(walk).decision_served_on + timedelta(days=1)
    walk.do(c.ProposeCorrection, Role.TOWNSHIP_LAW, fact="decision_served_on:g1",
            value=right.isoformat(), reason="回证日期看错", **roads.PROOF)  # fmt: skip
    (key,) = walk.state.corrections
    walk.do(c.ApproveCorrection, HEAD, correction=key)
    assert {"demand_performance", "application_window"} <= set(live(walk))


def test_the_last_day_to_apply_is_counted_from_the_end_of_a_grace() -> None:
    """And a second grace takes the place of the first (行政处罚法 66、72)."""
    walk = roads.decision_served()
    until = walk.today + timedelta(days=300)
    walk.do(c.GrantGrace, HEAD, **G, until=until - timedelta(days=30), approval_no="延-1")
    walk.do(c.GrantGrace, HEAD, **G, until=until, approval_no="延-2")
    assert live(walk).count("grace_period") == 1
    walk.pass_days(250)
    (window,) = [o for o in walk.state.live_obligations() if o.duty == "application_window"]
    assert window.derivation.anchor_on == until


def test_a_fine_owed_from_before_a_relapse_can_be_taken_back() -> None:
    """Also where a review or a court has revoked it; then the case can be closed."""
    walk = roads.monitoring(roads.unperformed())
    walk.pass_days(10)
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, absent_since=walk.today - timedelta(days=6),
            absent_days=3)  # fmt: skip
    assert walk.refuse(c.DropPenalty, HEAD, **DROP) == ["no_such_fine"]
    walk.do(c.DropPenalty, HEAD, **DROP, run=1)
    assert track(walk).owed == ()


@pytest.mark.parametrize("is_granted", [True, False])
def test_a_ruling_leaves_something_to_do(is_granted: bool) -> None:
    """Granted: enforcement is followed, the child back or not. Refused: somebody says what follows."""
    walk = roads.demanded()
    walk.pass_days(20)
    walk.do(c.ApplyEnforcement, HEAD, **G, document_no="执申-1")
    walk.do(c.RecordRuling, LAW, **G, is_granted=is_granted, document_no="裁-1")
    if not is_granted:
        assert "choose_next_step" in live(walk)
        walk.do(c.FileSuit, HEAD, **G, plaintiff="示例镇政府", document_no="诉-1")
        return
    roads.placement(walk)
    assert "follow_enforcement" in live(walk)
    walk.do(c.RecordEnforcement, LAW, **G, is_done=True, result="已划拨", document_no="执-1")
    assert "follow_enforcement" not in live(walk)
    assert track(walk).performed_on == walk.today


def test_a_penalty_that_was_none_is_remembered_with_the_guardian() -> None:
    """The same act is not taken up again through a change of guardianship (行政处罚法 29)."""
    walk = roads.defended()
    walk.do(c.DecidePenalty, HEAD, **roads.UNPUNISHED)
    change = {"person": "g1", "relation": "父亲", "reason": "法院判决变更", **roads.PROOF}
    walk.do(c.RecordGuardianChange, Role.EDU_CASE, change=GuardianChange.REMOVED, **change)
    walk.do(c.RecordGuardianChange, Role.EDU_CASE, change=GuardianChange.ADDED, **change)
    assert track(walk).penalty is PenaltyKind.NONE
    assert track(walk).order_served_on is None


def test_one_contact_is_owed_at_a_time() -> None:
    """An assessment that begins while a visit is due does not ask for two."""
    walk = roads.persuasion(roads.dropout(cause=Cause.ILLNESS))
    assert live(walk).count("keep_contact") == 1
    walk.do(c.BeginAssessment, Role.EDU_CASE, commission_no="委-1")
    assert live(walk).count("keep_contact") == 1
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    assert live(walk).count("keep_contact") == 1


def test_enforcement_is_done_once_and_after_the_court_decided() -> None:
    """Dated before the judgment, or done a second time: refused. It is no payment of a fine."""
    walk = roads.judged()
    done = {**G, "is_done": True, "result": "已送学", "document_no": "执-1"}
    early = walk.today - timedelta(days=1)
    assert walk.refuse(c.RecordEnforcement, LAW, **done, happened_on=early) == ["date_out_of_order"]
    walk.do(c.RecordEnforcement, LAW, **done)
    assert track(walk).performed_on is None
    assert walk.refuse(c.RecordEnforcement, LAW, **done) == ["enforced"]


def test_an_order_revoked_with_the_child_back_ends_the_steps() -> None:
    """The fine that rested on it falls; nobody stands before a step against a child at school."""
    walk = roads.unperformed()
    walk.do(c.OpenRemedy, LAW, **REVIEW, against=Contested.ORDER)
    roads.placement(walk)
    closed(walk, RemedyOutcome.REVOKED, against=Contested.ORDER)
    assert track(walk).step is TrackStep.ENDED
    assert not track(walk).has_live_fine
