"""Every guard of the road, both ways: what it refuses, and that the right thing passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from lifecycle.verbs import ALL
from lifecycle.verdict import Decision, Refusal
from models import commands as c
from models.words import (
    Cause,
    Conclusion,
    DeferralKind,
    Outcome,
    Party,
    PenaltyKind,
    PlacementWay,
    ReportLine,
    Role,
    ServiceMethod,
    Stage,
    TrackStep,
    Whereabouts,
)
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF, Place
from tests.walk import SCHOOL, Walk, actor, lead_facts, policy

NOTHING: dict[str, Any] = {"evidence": ()}
TOMORROW = timedelta(days=1)


@dataclass(frozen=True)
class Guard:
    """One command that passes at ``place``; each change to it is refused with exactly its codes."""

    place: Place
    kind: type[Any]
    role: Role
    good: Any
    refused: tuple[tuple[dict[str, Any], list[str]], ...] = field(default=())

    def __str__(self) -> str:
        return str(self.kind.model_fields["kind"].default)


def later(place: Place, days: int = 1) -> Place:
    def walk_on() -> Walk:
        walk = place()
        walk.pass_days(days)
        return walk

    return walk_on


def after_a_false_alarm() -> Walk:
    return roads.concluded(Conclusion.FALSE_ALARM)


def deferrable() -> Walk:
    walk = roads.visited()
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    return walk


def religious() -> Walk:
    return roads.placement(roads.persuasion(roads.dropout(cause=Cause.RELIGION)))


def in_primary_school() -> Walk:
    return roads.placement(roads.persuasion(roads.dropout(roads.suspected(grade=5))))


OFFICERS = ("甲乙", "丙丁")
ACCOUNTS = ("law-1", "law-2")
VERIFIED = {
    "conclusion": Conclusion.DROPOUT,
    "whereabouts": Whereabouts.AT_HOME,
    "cause": Cause.WEARY,
}
TOO_LONG = date(2027, 9, 1)

GUARDS = (
    Guard(roads.lead, c.MarkSuspected, Role.CLASS_TEACHER,
          {"absent_since": date(2025, 9, 9), "absent_days": 3},
          (({"absent_days": 2}, ["absence_below_threshold"]),)),
    Guard(roads.suspected, c.Excuse, Role.PRINCIPAL, {"reason": "住院", **PROOF},
          ((NOTHING, ["evidence_missing"]),)),
    Guard(roads.verifying, c.Verify, Role.PRINCIPAL, VERIFIED, (
        ({"cause": None}, ["cause_missing"]),
        ({"whereabouts": Whereabouts.DECEASED}, ["whereabouts_conflict"]),
        ({"whereabouts": Whereabouts.STUDYING_ELSEWHERE, "cause": None},
         ["cause_missing", "whereabouts_conflict"]),
        ({"whereabouts": Whereabouts.IN_PROVINCE}, ["whereabouts_county_missing"]),
        ({"whereabouts": Whereabouts.OUT_OF_PROVINCE, "whereabouts_county": ""},
         ["whereabouts_county_missing"]),
        ({"conclusion": Conclusion.FALSE_ALARM}, ["evidence_missing"]),
        ({"conclusion": Conclusion.ABROAD, "whereabouts": Whereabouts.ABROAD},
         ["evidence_missing"]),
    )),
    Guard(after_a_false_alarm, c.ReviewVerification, Role.EDU_CASE,
          {"is_confirmed": True, "reason": "属实"},
          (({"actor": actor(Role.EDU_CASE, name="principal-1")}, ["second_person"]),)),
    Guard(roads.elsewhere, c.ConfirmTransfer, Role.REGISTRAR,
          {"receiving_school": "外县中学", "roll_no": "G99", **PROOF},
          ((NOTHING, ["evidence_missing"]),)),
    Guard(roads.dropout, c.SetResponsibleParty, Role.EDU_CASE,
          {"party": Party.OURS},
          (({"party": Party.THEIRS}, ["party_against_rule"]),
           ({"party": Party.THEIRS, "reason": " 略 "}, ["party_against_rule"]))),
    Guard(roads.theirs, c.SendHandOverLetter, Role.EDU_HEAD,
          {"to_county": "990202", "letter_no": "函-1", **PROOF},
          ((NOTHING, ["evidence_missing"]),)),
    Guard(roads.lettered, c.RecordReply, Role.EDU_CASE,
          {"is_accepted": True, "letter_no": "复-1", **PROOF},
          ((NOTHING, ["evidence_missing"]),)),
    Guard(later(roads.ours), c.IssueReturnOrder, Role.EDU_HEAD, {"requirements": ("三日内上门",)}, (
        ({"happened_on": date(2025, 9, 11)}, ["date_of_issue"]),
        ({"actor": actor(Role.EDU_HEAD, name="edu_case-1")}, ["second_person"]),
        ({"happened_on": date(2025, 9, 11), "actor": actor(Role.EDU_HEAD, name="edu_case-1")},
         ["date_of_issue", "second_person"]),
    )),
    Guard(roads.assigned, c.AcceptOrder, Role.TOWNSHIP_CASE, roads.SPONSORS, (
        ({"sponsors": ()}, ["sponsors_missing"]),
        ({"sponsors": roads.SPONSORS["sponsors"][:1]}, ["sponsors_missing"]),
        ({"sponsors": roads.SPONSORS["sponsors"][1:]}, ["sponsors_missing"]),
    )),
    Guard(roads.persuasion, c.RecordVisit, Role.TOWNSHIP_CASE, roads.VISIT, (
        ({"visitors": ("甲乙",)}, ["two_people"]),
        ({"visitors": ("甲乙", " 甲乙 ")}, ["two_people"]),
        ({"visitors": ("甲乙", "  ")}, ["two_people"]),
        ({"met": ("g9",)}, ["unknown_guardian"]),
        ({"child_words": " "}, ["child_words_missing"]),
        ({"visitors": (), "met": ("g9",), "child_words": ""},
         ["two_people", "unknown_guardian", "child_words_missing"]),
    )),
    Guard(roads.persuasion, c.RecordAgreement, Role.TOWNSHIP_CASE,
          {"guardian": "g1", "return_on": date(2025, 9, 15), **PROOF}, (
              (NOTHING, ["evidence_missing"]),
              ({"guardian": "g9"}, ["unknown_guardian"]),
              ({"return_on": date(2025, 9, 10)}, ["return_day_past"]),
          )),
    Guard(roads.persuasion, c.RecordReturn, Role.CLASS_TEACHER,
          {"returned_on": date(2025, 9, 11)}, (
              ({"returned_on": date(2025, 9, 12)}, ["return_day_ahead"]),
              ({"returned_on": date(2025, 9, 8)}, ["return_day_early"]),
          )),
    Guard(roads.visited, c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP,
          (({"has_just_cause": True}, ["just_cause"]),
           ({"guardian": "g9"}, ["unknown_guardian"]))),
    Guard(roads.exhausted, c.OrderCorrection, Role.TOWNSHIP_CASE, roads.DRAFT, (
        (NOTHING, ["evidence_missing"]),
        ({"officers": roads.DRAFT["officers"][:1]}, ["two_people"]),
        ({"officers": (roads.DRAFT["officers"][0], {"name": "戊己", "licence_no": "执-1"})},
         ["two_people"]),
        ({"guardian": "g2"}, ["wrong_step"]),
        ({"actor": actor(Role.EDU_LAW)}, ["issuer_not_competent"]),
    )),
    Guard(later(roads.drafted), c.ApproveCorrectionOrder, Role.TOWNSHIP_HEAD, {"guardian": "g1"}, (
        ({"actor": actor(Role.TOWNSHIP_HEAD, name="township_case-1")}, ["second_person"]),
        ({"happened_on": date(2025, 9, 12)}, ["date_of_issue"]),
        ({"actor": actor(Role.EDU_HEAD)}, ["issuer_not_competent"]),
        ({"guardian": "g2"}, ["wrong_step"]),
    )),
    Guard(later(roads.issued), c.ServePaper, Role.TOWNSHIP_LAW, roads.SERVICE, (
        ({"paper": "correction_order-9"}, ["unknown_paper"]),
        ({"paper": "return_order-1"}, ["unknown_paper"]),
        ({"officers": ("甲乙",)}, ["two_people"]),
        ({"method": ServiceMethod.LEFT}, ["rung_not_reached", "left_without_witness"]),
        ({"method": ServiceMethod.NOTICE},
         ["rung_not_reached", "notice_without_cause", "notice_day_missing"]),
        ({"method": ServiceMethod.ELECTRONIC}, ["electronic_without_consent"]),
        ({"happened_on": date(2025, 9, 12)}, ["served_before_issue"]),
        ({"method": ServiceMethod.LEFT, "officers": ()}, ["rung_not_reached", "left_without_witness", "two_people"]),
    )),
    Guard(roads.period_over, c.CheckCorrection, Role.TOWNSHIP_CASE, roads.STILL_OUT, (
        ({"checkers": ("甲乙",)}, ["two_people"]),
        ({"outcome": Outcome.COMPLIED}, ["attendance_missing"]),
    )),
    Guard(lambda: roads.expired(roads.with_basis()), c.FilePenalty, Role.TOWNSHIP_HEAD,
          {"guardian": "g1", "officers": ACCOUNTS, "filing_no": "立-1"},
          (({"officers": ("law-1",)}, ["two_people"]), ({"officers": ("甲乙", "law-1")}, ["not_an_account"]))),
    Guard(roads.penalty_filed, c.NotifyPenalty, Role.TOWNSHIP_LAW, roads.FINE, (
        ({"amount_yuan": 0}, ["amount_conflict"]),
        ({"penalty": PenaltyKind.WARNING}, ["amount_conflict"]),
    )),
    Guard(roads.notified, c.RecordDefence, Role.TOWNSHIP_LAW,
          {"guardian": "g1", "has_stated": True, "review": "不成立"},
          (({"has_stated": False}, ["defence_running"]),)),
    Guard(roads.defended, c.DecidePenalty, Role.TOWNSHIP_HEAD, roads.FINE, (
        ({"amount_yuan": 501}, ["heavier_than_notified"]),
        ({"amount_yuan": 0}, ["amount_conflict"]),
        ({"actor": actor(Role.TOWNSHIP_HEAD, name="law-1")}, ["second_person"]),
        ({"amount_yuan": 600, "actor": actor(Role.TOWNSHIP_HEAD, name="law-2")},
         ["heavier_than_notified", "second_person"]),
    )),
    Guard(roads.decided, c.ServeDecision, Role.TOWNSHIP_LAW,
          {"guardian": "g1", "method": ServiceMethod.DIRECT, "officers": OFFICERS,
           "receipt": "回证-2"},
          (({"officers": ()}, ["two_people"]),
           ({"method": ServiceMethod.LEFT}, ["rung_not_reached", "left_without_witness"]))),
    Guard(roads.decision_served, c.RecordPerformance, Role.TOWNSHIP_LAW,
          {"guardian": "g1", "is_performed": True},
          (({"is_performed": False}, ["payment_running"]),)),
    Guard(roads.assessment, c.ConcludeAssessment, Role.EDU_CASE,
          {"is_able": False, "until": date(2026, 3, 1), "opinion_no": "评-1", **PROOF}, (
              (NOTHING, ["evidence_missing"]),
              ({"until": None}, ["deferral_term"]),
              ({"until": TOO_LONG}, ["deferral_term"]),
              ({"until": date(2025, 9, 11)}, ["deferral_term"]),
          )),
    Guard(deferrable, c.Defer, Role.COUNTY_GROUP,
          {"deferral": DeferralKind.POLICY, "until": date(2026, 3, 1), "approval_no": "批-1",
           **PROOF}, (
              (NOTHING, ["evidence_missing"]),
              ({"until": TOO_LONG}, ["deferral_term"]),
              ({"deferral": DeferralKind.STATUTORY}, ["opinion_missing"]),
          )),
    Guard(roads.placement, c.Place, Role.PRINCIPAL, roads.IN_PLAIN_CLASS, (
        ({"way": PlacementWay.HOME_TEACHING}, ["opinion_missing"]),
        ({"way": PlacementWay.SPECIAL_SCHOOL}, ["opinion_missing"]),
        ({"way": PlacementWay.WELFARE_CLASS}, ["opinion_missing"]),
    )),
    Guard(religious, c.Place, Role.PRINCIPAL, roads.IN_PLAIN_CLASS | PROOF,
          ((NOTHING, ["level_assessment_missing"]),)),
    Guard(in_primary_school, c.Place, Role.PRINCIPAL, roads.IN_PLAIN_CLASS,
          (({"way": PlacementWay.VOCATIONAL_FUSION}, ["fusion_for_junior_only", "fusion_conditions"]),)),
    Guard(later(roads.placed, 7), c.ConfirmAttendance, Role.PRINCIPAL, roads.attending, (
        (NOTHING, ["evidence_missing"]),
        ({"school_days": 2}, ["attendance_too_short"]),
        ({"school_days": 99}, ["attendance_too_short"]),
        ({"attending_since": date(2025, 9, 17)}, ["attendance_too_short"]),
    )),
    Guard(later(roads.monitoring, 20), c.RecordMonitoring, Role.PRINCIPAL, roads.stretch, (
        (NOTHING, ["evidence_missing"]),
        ({"to_on": date(2025, 11, 1)}, ["stretch_wrong"]),
        ({"from_on": date(2025, 9, 1)}, ["stretch_early"]),
        ({"from_on": date(2025, 9, 20), "to_on": date(2025, 9, 19)}, ["stretch_wrong"]),
    )),
    Guard(roads.monitoring, c.ReportRelapse, Role.CLASS_TEACHER,
          {"absent_since": date(2025, 9, 16), "absent_days": 3},
          (({"absent_days": 2}, ["absence_below_threshold"]),)),
    Guard(roads.monitored, c.SignOff, Role.EDU_HEAD, {"is_roll_active": True, **PROOF}, (
        (NOTHING, ["evidence_missing"]),
        ({"is_roll_active": False}, ["roll_not_active"]),
        ({"is_roll_active": False, **NOTHING}, ["roll_not_active", "evidence_missing"]),
    )),
    Guard(roads.suspected, c.CloseDeceased, Role.EDU_HEAD,
          {"died_on": date(2025, 9, 10), **PROOF}, ((NOTHING, ["evidence_missing"]),)),
    Guard(roads.suspected, c.CloseAbroad, Role.EDU_HEAD,
          {"enrolled_at": "国外学校", **PROOF}, ((NOTHING, ["evidence_missing"]),)),
    Guard(roads.suspected, c.CloseCompleted, Role.EDU_HEAD,
          {"is_graduated": True, "decision_no": "毕-1", **PROOF}, (
              (NOTHING, ["evidence_missing"]),
              ({"is_graduated": False}, ["not_of_age"]),
              ({"is_graduated": False, **NOTHING}, ["not_of_age", "evidence_missing"]),
          )),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_guard_refuses_exactly_what_is_wrong_and_lets_the_right_pass(guard: Guard) -> None:
    """Each wrong detail is named by its own code, all of them at once; put right, it passes."""
    walk = guard.place()
    good = guard.good(walk) if callable(guard.good) else guard.good
    if guard.kind is not c.OpenLead:
        walk.put_before(walk.command(guard.kind, guard.role, **good))
    for change, codes in guard.refused:
        before = walk.state
        assert codes == walk.refuse(guard.kind, guard.role, is_proposed=True, **(good | change))
        assert before is walk.state
    revision = walk.state.revision
    walk.do(guard.kind, guard.role, **good)
    assert walk.state.revision > revision


@dataclass(frozen=True)
class Barrier:
    """One command as it stands: refused at ``shut`` with the codes, accepted at ``open``."""

    kind: type[Any]
    role: Role
    facts: Any
    shut: Place
    codes: list[str]
    open: Place

    def __str__(self) -> str:
        return f"{self.kind.model_fields['kind'].default}-{'-'.join(self.codes)}"


def no_civil_suit() -> Walk:
    walk = Walk(policy=policy(civil_suit_allowed=False))
    walk.open()
    return roads.expired(roads.dropout(walk))


def two_lines_only() -> Walk:
    walk = Walk(policy=policy(report_lines="platform,township"))
    walk.open()
    return roads.reporting(walk)


def platform_filed() -> Walk:
    walk = roads.reporting()
    walk.do(c.FileReport, Role.PRINCIPAL, line=ReportLine.COUNTY, receipt_no="回执")
    return walk


def one_visit() -> Walk:
    walk = roads.persuasion()
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    return walk


def alone() -> Walk:
    return roads.visited(organs=("示例镇政府",))


def without_the_father() -> Walk:
    return roads.visited(met=("g2",))


def unheard() -> Walk:
    return roads.visited(was_child_met=False, child_words="邻居转述：不想读")


def school_at_fault() -> Walk:
    return roads.visited(roads.dropout(cause=Cause.SCHOOL))


def ill_and_visited() -> Walk:
    return roads.visited(roads.dropout(cause=Cause.DISABILITY))


def contacted() -> Walk:
    walk = roads.suspected()
    walk.do(c.ContactGuardian, Role.CLASS_TEACHER, method="电话", was_reached=False)
    return walk


def monitored_early() -> Walk:
    """Record the first weeks only, and let the months run out without another record."""
    walk = roads.monitoring()
    walk.pass_days(20)
    walk.do(c.RecordMonitoring, Role.PRINCIPAL, **roads.stretch(walk))
    walk.pass_days(80)
    return walk


def too_late_to_apply() -> Walk:
    walk = roads.demanded()
    walk.pass_days(100)
    return walk


def drawn_twice() -> Walk:
    return roads.served()


SIGN_OFF = {"is_roll_active": True, **PROOF}
ORDER = {"requirements": ("三日内上门",)}
APPLY = {"guardian": "g1", "document_no": "执申-1"}
SUIT = {"guardian": "g1", "plaintiff": "示例镇政府", "document_no": "诉-1"}
FILING = {"guardian": "g1", "officers": ACCOUNTS, "filing_no": "立-1"}
LINE = {"line": ReportLine.COUNTY, "receipt_no": "回执"}
POLICY_DEFERRAL = {
    "deferral": DeferralKind.POLICY,
    "until": date(2026, 3, 1),
    "approval_no": "批-1",
    **PROOF,
}
COMMISSION = {"commission_no": "委-1"}
DEMAND = {"guardian": "g1", "document_no": "催-1"}

BARRIERS = (
    Barrier(c.ReportToSchool, Role.CLASS_TEACHER, {}, roads.suspected, ["no_contact"], contacted),
    Barrier(c.FileReport, Role.PRINCIPAL, LINE, platform_filed, ["line_already_filed"],
            roads.reporting),
    Barrier(c.FileReport, Role.PRINCIPAL, LINE, two_lines_only, ["line_not_used"],
            roads.reporting),
    Barrier(c.Verify, Role.PRINCIPAL, VERIFIED, after_a_false_alarm, ["already_verified"],
            roads.verifying),
    Barrier(c.ReviewVerification, Role.EDU_CASE, {"is_confirmed": True, "reason": "属实"},
            roads.verifying, ["nothing_to_review"], after_a_false_alarm),
    Barrier(c.SetResponsibleParty, Role.EDU_CASE, {"party": Party.OURS}, roads.ours,
            ["party_already_set"], roads.dropout),
    Barrier(c.SendHandOverLetter, Role.EDU_HEAD,
            {"to_county": "990202", "letter_no": "函-1", **PROOF}, roads.ours,
            ["party_not_confirmed"], roads.theirs),
    Barrier(c.IssueReturnOrder, Role.EDU_HEAD, ORDER, roads.dropout, ["party_not_confirmed"],
            roads.ours),
    Barrier(c.IssueReturnOrder, Role.EDU_HEAD, ORDER, roads.theirs, ["party_not_confirmed"],
            roads.ours),
    Barrier(c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP, roads.persuasion,
            ["visits_too_few", "joint_visits_too_few", "guardian_not_met", "child_not_heard"],
            roads.visited),
    Barrier(c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP, one_visit, ["visits_too_few"],
            roads.visited),
    Barrier(c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP, alone, ["joint_visits_too_few"],
            roads.visited),
    Barrier(c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP, without_the_father,
            ["guardian_not_met"], roads.visited),
    Barrier(c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP, unheard, ["child_not_heard"],
            roads.visited),
    Barrier(c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP, school_at_fault,
            ["school_caused"], roads.visited),
    Barrier(c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP, ill_and_visited,
            ["assessment_first"], roads.visited),
    Barrier(c.ServePaper, Role.TOWNSHIP_LAW, roads.SERVICE, roads.drafted, ["not_issued"],
            roads.issued),
    Barrier(c.ServePaper, Role.TOWNSHIP_LAW, roads.SERVICE, drawn_twice, ["already_served"],
            roads.issued),
    Barrier(c.CheckCorrection, Role.TOWNSHIP_CASE, roads.STILL_OUT, roads.served, ["wrong_step"],
            roads.period_over),
    Barrier(c.FilePenalty, Role.TOWNSHIP_HEAD, FILING, roads.expired, ["no_penalty_basis"],
            lambda: roads.expired(roads.with_basis())),
    Barrier(c.RecordDefence, Role.TOWNSHIP_LAW,
            {"guardian": "g1", "has_stated": False, "review": "未陈述"}, roads.notified,
            ["defence_running"], later(roads.notified, 20)),
    Barrier(c.RecordPerformance, Role.TOWNSHIP_LAW, {"guardian": "g1", "is_performed": False},
            roads.decision_served, ["payment_running"], later(roads.decision_served, 25)),
    Barrier(c.DemandPerformance, Role.TOWNSHIP_LAW, DEMAND, roads.unperformed, ["remedy_open"],
            later(roads.unperformed, 190)),
    Barrier(c.ApplyEnforcement, Role.TOWNSHIP_HEAD, APPLY, roads.demanded, ["demand_running"],
            later(roads.demanded, 20)),
    Barrier(c.ApplyEnforcement, Role.TOWNSHIP_HEAD, APPLY, too_late_to_apply, ["window_closed"],
            later(roads.demanded, 20)),
    Barrier(c.FileSuit, Role.TOWNSHIP_HEAD, SUIT, no_civil_suit, ["suit_not_allowed"],
            roads.expired),
    Barrier(c.BeginAssessment, Role.EDU_CASE, COMMISSION, roads.persuasion, ["not_bodily"],
            roads.sick),
    Barrier(c.Defer, Role.COUNTY_GROUP, POLICY_DEFERRAL, roads.visited, ["deferral_not_earned"],
            deferrable),
    Barrier(c.Defer, Role.COUNTY_GROUP, POLICY_DEFERRAL, roads.visited, ["deferral_not_earned"],
            deferrable),
    Barrier(c.Defer, Role.COUNTY_GROUP, POLICY_DEFERRAL, roads.judged, ["deferral_not_earned"],
            deferrable),
    Barrier(c.Defer, Role.COUNTY_GROUP,
            POLICY_DEFERRAL | {"has_guardian_complied": True, "does_child_refuse": True},
            roads.visited, ["deferral_not_earned"], roads.judged),
    Barrier(c.ConfirmAttendance, Role.PRINCIPAL, roads.attending, later(roads.placement, 7),
            ["not_placed"], later(roads.placed, 7)),
    Barrier(c.SignOff, Role.EDU_HEAD, SIGN_OFF, roads.monitoring, ["monitoring_running"],
            roads.monitored),
    Barrier(c.SignOff, Role.EDU_HEAD, SIGN_OFF, later(roads.monitoring, 100), ["no_monitoring"],
            roads.monitored),
    Barrier(c.SignOff, Role.EDU_HEAD, SIGN_OFF, monitored_early, ["monitoring_gap"],
            roads.monitored),
    Barrier(c.SignOff, Role.EDU_HEAD, SIGN_OFF, lambda: roads.monitored(percent=80),
            ["attendance_low"], roads.monitored),
)  # fmt: skip


@pytest.mark.parametrize("barrier", BARRIERS, ids=str)
def test_barrier_stands_where_the_case_is_not_ready_and_opens_where_it_is(
    barrier: Barrier,
) -> None:
    """The same words are refused while the case lacks something, and accepted once it has it."""
    shut, through = barrier.shut(), barrier.open()
    facts = barrier.facts
    said = facts(shut) if callable(facts) else facts
    assert barrier.codes == shut.refuse(barrier.kind, barrier.role, **said)
    said = facts(through) if callable(facts) else facts
    through.do(barrier.kind, barrier.role, **said)


def test_every_barrier_greys_the_button_with_the_same_reason() -> None:
    """What ``decide`` refuses for the state of the case, ``available`` shows beforehand."""
    seen = set()
    for barrier in BARRIERS:
        shut = barrier.shut()
        facts = barrier.facts(shut) if callable(barrier.facts) else barrier.facts
        kind = barrier.kind.model_fields["kind"].default
        option = next(
            option
            for option in shut.options(barrier.role)
            if option.kind == kind and option.guardian in {None, facts.get("guardian")}
        )
        if option.is_allowed:
            continue  # the reason lies in what the command says, not in the case
        shown = [unmet.code for unmet in option.unmet if unmet.code != "not_proposed"]
        if not shown:
            continue  # nothing but the second person is missing
        assert barrier.codes == shown
        seen.update(barrier.codes)
    assert {"no_contact", "visits_too_few", "no_penalty_basis", "monitoring_running"} <= seen


def test_a_command_of_a_wrong_role_office_or_day_is_refused_before_all_else() -> None:
    """Role and office forbid; a stale revision is stale; days ahead or before the case are wrong."""
    walk = roads.suspected()
    contact = {"method": "电话", "was_reached": True}
    assert walk.refuse(c.ContactGuardian, Role.AUDITOR, **contact) == ["role"]
    stranger = actor(Role.CLASS_TEACHER).but(office="9901010009")
    assert walk.refuse(c.ContactGuardian, Role.CLASS_TEACHER, actor=stranger, **contact) == [
        "scope"
    ]
    assert walk.refuse(c.ContactGuardian, Role.CLASS_TEACHER, seen_revision=1, **contact) == [
        "stale_revision"
    ]
    ahead, early = walk.today + TOMORROW, walk.today - TOMORROW
    assert walk.refuse(c.ContactGuardian, Role.CLASS_TEACHER, happened_on=ahead, **contact) == [
        "date_ahead"
    ]
    assert walk.refuse(c.ContactGuardian, Role.CLASS_TEACHER, happened_on=early, **contact) == [
        "date_before_case"
    ]
    walk.do(c.ContactGuardian, Role.CLASS_TEACHER, seen_revision=walk.state.revision, **contact)


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"actor": actor(Role.AUDITOR)}, "forbidden"),
        ({"actor": actor(Role.PRINCIPAL).but(office="9901010009")}, "forbidden"),
        ({"seen_revision": 1}, "stale"),
        ({"happened_on": date(2030, 1, 1)}, "refused"),
    ],
)
def test_a_refusal_says_of_which_sort_it_is(wrong: dict[str, Any], cause: str) -> None:
    """Forbidden, stale and refused are told apart, for 403, 409 and 422 hang on it."""
    walk = roads.suspected()
    facts = {"method": "电话", "was_reached": True} | wrong
    verdict = walk.try_(walk.command(c.ContactGuardian, Role.PRINCIPAL, **facts))
    assert isinstance(verdict, Refusal)
    assert cause == verdict.cause


def test_a_closed_case_takes_nothing_any_more() -> None:
    """After any closing every verb is refused as closed, and no timer has anything to do."""
    walk = roads.suspected()
    walk.do(c.CloseDuplicate, Role.EDU_HEAD, other_case="990101-2025-00007")
    assert walk.refuse(c.ContactGuardian, Role.PRINCIPAL, method="电话", was_reached=True) == [
        "case_closed"
    ]
    assert walk.options(Role.EDU_HEAD) == []
    due = c.MarkDue(request_id="due-00000001", actor=actor(Role.SYSTEM), happened_on=walk.today)
    assert Decision(events=()) == walk.try_(due)


def test_a_case_is_opened_once_and_nothing_happens_before() -> None:
    """Only a lead opens a case; a second opening and an act on no case are refused."""
    empty = Walk()
    assert empty.refuse(c.ContactGuardian, Role.CLASS_TEACHER, method="电话", was_reached=True) == [
        "already_open"
    ]
    walk = roads.suspected()
    assert walk.refuse(c.OpenLead, Role.SYSTEM, **lead_facts()) == ["already_open"]


def test_age_alone_completes_nothing_before_sixteen() -> None:
    """On the sixteenth birthday the decision may be taken, one day before it may not."""
    walk = roads.suspected(birth_on=date(2009, 9, 12))
    facts = {"is_graduated": False, "decision_no": "决-1", **PROOF}
    assert walk.refuse(c.CloseCompleted, Role.EDU_HEAD, **facts) == ["not_of_age"]
    walk.pass_days(1)
    walk.do(c.CloseCompleted, Role.EDU_HEAD, **facts)
    assert walk.state.stage is Stage.CLOSED_COMPLETED


def test_a_case_is_no_duplicate_of_itself() -> None:
    """The other case must be another one."""
    walk = roads.suspected()
    own = walk.state.case_id
    assert walk.refuse(c.CloseDuplicate, Role.EDU_HEAD, other_case=own) == ["duplicate_of_itself"]


def test_the_subdistrict_leaves_the_order_to_the_county_bureau() -> None:
    """街道办 may neither draft nor sign; the bureau's own two people do (义务教育法 58)."""
    walk = roads.exhausted_in_subdistrict()
    assert walk.refuse(c.OrderCorrection, Role.TOWNSHIP_CASE, **roads.DRAFT) == [
        "issuer_not_competent"
    ]
    walk.do(c.OrderCorrection, Role.EDU_LAW, **roads.DRAFT)
    assert walk.refuse(c.ApproveCorrectionOrder, Role.TOWNSHIP_HEAD, guardian="g1") == [
        "issuer_not_competent"
    ]
    (event, *_) = walk.do(c.ApproveCorrectionOrder, Role.EDU_HEAD, guardian="g1")
    assert event.paper.issuer == "990101"


def test_a_willing_child_is_never_kept_out_by_the_ladder() -> None:
    """From every stage outside school the return is one allowed act away."""
    places = (
        roads.suspected, roads.reporting, roads.verifying, roads.elsewhere, roads.dropout,
        roads.lettered, roads.assigned, roads.persuasion, roads.exhausted, roads.served,
        roads.penalty_filed, roads.decision_served, roads.demanded, roads.judged,
        roads.assessment,
    )  # fmt: skip
    for place in places:
        walk = place()
        walk.do(c.RecordReturn, Role.CLASS_TEACHER, returned_on=walk.today)
        assert walk.state.stage is Stage.PLACEMENT
        for track in walk.state.tracks.values():
            assert track.step is TrackStep.ENDED or track.has_live_fine


def test_school_where_the_child_is_placed_is_a_school_of_the_test() -> None:
    """The constant the roads use is the school of the case itself."""
    assert roads.suspected().state.school == SCHOOL


def test_who_only_looks_changes_no_case() -> None:
    """An inspector says that a child is out of school, as anybody may, and decides nothing."""
    acts = {role: {verb.kind for verb in ALL if role in verb.roles} for role in Role}
    assert acts[Role.SUPERVISOR] == {"open_lead", "join_lead"}
    assert acts[Role.COMMITTEE] == {"conclude_assessment"}
    assert acts[Role.AUDITOR] == acts[Role.PLATFORM_ADMIN] == set()
