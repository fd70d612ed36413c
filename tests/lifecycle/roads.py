"""Places on the road: each function walks a fresh case to one of them by the shortest way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from lifecycle.monitoring import next_start
from models import commands as c
from models.words import (
    Cause,
    Conclusion,
    DeferralKind,
    NoPenaltyGround,
    Outcome,
    Party,
    PenaltyKind,
    PlacementWay,
    ReportLine,
    Role,
    ServiceMethod,
    VisitResult,
    Whereabouts,
)
from tests.walk import SCHOOL, Walk, policy

Place = Callable[[], Walk]
BASIS = "某省条例 50"
PROOF: dict[str, Any] = {"evidence": ("证-1",)}
VISIT: dict[str, Any] = {
    "visitors": ("甲乙", "丙丁"),
    "organs": ("示例镇政府", "示例中学"),
    "met": ("g1", "g2"),
    "was_child_met": True,
    "child_words": "我想去打工",
    "result": VisitResult.REFUSED,
}
SPONSORS: dict[str, Any] = {
    "sponsors": (
        {"name": "甲乙", "post": "乡镇干部"},
        {"name": "丙丁", "post": "驻村干部", "is_village_based": True},
    )
}
DRAFT: dict[str, Any] = {
    "guardian": "g1",
    "facts": "监护人拒不送子女入学，经两次联合劝返无效。",
    "officers": (
        {"name": "甲乙", "licence_no": "执-1"},
        {"name": "丙丁", "licence_no": "执-2"},
    ),
    **PROOF,
}
SERVICE: dict[str, Any] = {
    "paper": "correction_order-1",
    "method": ServiceMethod.DIRECT,
    "officers": ("甲乙", "丙丁"),
    "receipt": "回证-1",
}
GIVE_UP: dict[str, Any] = {"guardian": "g1", "reason": "拒不送学", "has_just_cause": False}
STILL_OUT: dict[str, Any] = {
    "guardian": "g1",
    "outcome": Outcome.STILL_OUT,
    "checkers": ("甲乙", "丙丁"),
}
FINE: dict[str, Any] = {
    "guardian": "g1",
    "penalty": PenaltyKind.FINE,
    "amount_yuan": 500,
    "document_no": "文-1",
}
UNPUNISHED: dict[str, Any] = FINE | {
    "penalty": PenaltyKind.NONE,
    "amount_yuan": 0,
    "ground": NoPenaltyGround.MINOR_CORRECTED,
}
BY_HAND: dict[str, Any] = {
    "method": ServiceMethod.DIRECT,
    "officers": ("甲乙", "丙丁"),
    "receipt": "回证-9",
}
"""How a paper made outside was served."""
TOLD: dict[str, Any] = FINE | BY_HAND
IN_PLAIN_CLASS: dict[str, Any] = {
    "way": PlacementWay.INCLUSIVE_CLASS,
    "school": SCHOOL,
    "plan": "随班就读，课后辅导",
}


def lead() -> Walk:
    walk = Walk()
    walk.open(absent_since=None, absent_days=0)
    return walk


def suspected(**facts: Any) -> Walk:
    walk = Walk()
    walk.open(**facts)
    return walk


def reporting(walk: Walk | None = None) -> Walk:
    walk = walk or suspected()
    walk.do(c.ContactGuardian, Role.CLASS_TEACHER, method="电话", was_reached=True)
    walk.do(c.ReportToSchool, Role.CLASS_TEACHER)
    return walk


def verifying(walk: Walk | None = None) -> Walk:
    walk = reporting(walk)
    for line in walk.policy.text("report_lines").split(","):
        walk.do(c.FileReport, Role.PRINCIPAL, line=ReportLine(line), receipt_no="回执")
    return walk


def concluded(conclusion: Conclusion) -> Walk:
    walk = verifying()
    walk.do(
        c.Verify, Role.PRINCIPAL, conclusion=conclusion,
        whereabouts=Whereabouts.STUDYING_ELSEWHERE, **PROOF,
    )  # fmt: skip
    return walk


def elsewhere() -> Walk:
    walk = concluded(Conclusion.ELSEWHERE)
    walk.do(c.ReviewVerification, Role.EDU_CASE, is_confirmed=True, reason="属实")
    return walk


def dropout(
    walk: Walk | None = None,
    cause: Cause = Cause.WEARY,
    whereabouts: Whereabouts = Whereabouts.AT_HOME,
) -> Walk:
    walk = verifying(walk)
    walk.do(
        c.Verify, Role.PRINCIPAL, conclusion=Conclusion.DROPOUT, whereabouts=whereabouts,
        cause=cause, whereabouts_county="990202",
    )  # fmt: skip
    walk.do(c.MarkRoll, Role.REGISTRAR, mark="dropout", receipt_no="标-1")
    return walk


def theirs() -> Walk:
    walk = dropout(
        suspected(household_county="990202"), whereabouts=Whereabouts.OUT_OF_PROVINCE
    )  # the register is elsewhere and so is the child
    walk.do(c.SetResponsibleParty, Role.EDU_CASE, party=Party.THEIRS)
    return walk


def lettered() -> Walk:
    walk = theirs()
    walk.do(c.SendHandOverLetter, Role.EDU_HEAD, to_county="990202", letter_no="函-1", **PROOF)
    return walk


def ours(walk: Walk | None = None) -> Walk:
    walk = walk or dropout()
    walk.do(c.SetResponsibleParty, Role.EDU_CASE, party=Party.OURS, reason="经研究")
    return walk


def assigned(walk: Walk | None = None) -> Walk:
    walk = ours(walk)
    walk.do(c.IssueReturnOrder, Role.EDU_HEAD, requirements=("三日内上门",))
    return walk


def persuasion(walk: Walk | None = None) -> Walk:
    walk = assigned(walk)
    walk.do(c.AcceptOrder, Role.TOWNSHIP_CASE, **SPONSORS)
    return walk


def visited(walk: Walk | None = None, **changes: Any) -> Walk:
    walk = persuasion(walk)
    for _ in range(2):
        walk.pass_days(1)
        walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **(VISIT | changes))
    return walk


def exhausted(walk: Walk | None = None) -> Walk:
    walk = visited(walk)
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **GIVE_UP)
    return walk


def drafted(walk: Walk | None = None) -> Walk:
    walk = exhausted(walk)
    walk.do(c.OrderCorrection, Role.TOWNSHIP_CASE, **DRAFT)
    return walk


def issued(walk: Walk | None = None) -> Walk:
    walk = drafted(walk)
    walk.do(c.ApproveCorrectionOrder, Role.TOWNSHIP_HEAD, guardian="g1")
    return walk


def served(walk: Walk | None = None) -> Walk:
    walk = issued(walk)
    walk.do(c.ServePaper, Role.TOWNSHIP_LAW, **SERVICE)
    return walk


def period_over(walk: Walk | None = None) -> Walk:
    walk = served(walk)
    walk.pass_days(12)
    return walk


def expired(walk: Walk | None = None) -> Walk:
    walk = period_over(walk)
    walk.do(c.CheckCorrection, Role.TOWNSHIP_CASE, **STILL_OUT)
    return walk


def with_basis() -> Walk:
    walk = Walk(policy=policy(penalty_basis=BASIS))
    walk.open()
    return dropout(walk)


def penalty_filed() -> Walk:
    walk = expired(with_basis())
    walk.do(
        c.FilePenalty,
        Role.TOWNSHIP_HEAD,
        guardian="g1",
        officers=("law-1", "law-2"),
        filing_no="立-1",
    )
    return walk


def notified() -> Walk:
    walk = penalty_filed()
    walk.do(c.NotifyPenalty, Role.TOWNSHIP_LAW, **TOLD)
    return walk


def defended() -> Walk:
    walk = notified()
    walk.pass_days(20)
    walk.do(
        c.RecordDefence, Role.TOWNSHIP_LAW, guardian="g1", has_stated=False, review="期满未陈述"
    )
    return walk


def decided() -> Walk:
    walk = defended()
    walk.do(c.DecidePenalty, Role.TOWNSHIP_HEAD, **FINE)
    return walk


def decision_served() -> Walk:
    walk = decided()
    walk.do(
        c.ServeDecision, Role.TOWNSHIP_LAW, guardian="g1", method=ServiceMethod.DIRECT,
        officers=("甲乙", "丙丁"), receipt="回证-2",
    )  # fmt: skip
    return walk


def unperformed() -> Walk:
    walk = decision_served()
    walk.pass_days(25)
    walk.do(c.RecordPerformance, Role.TOWNSHIP_LAW, guardian="g1", is_performed=False)
    return walk


def demanded() -> Walk:
    walk = unperformed()
    walk.pass_days(190)
    walk.do(c.DemandPerformance, Role.TOWNSHIP_LAW, guardian="g1", document_no="催-1", **BY_HAND)
    return walk


def enforced() -> Walk:
    walk = demanded()
    walk.pass_days(20)
    walk.do(c.ApplyEnforcement, Role.TOWNSHIP_HEAD, guardian="g1", document_no="执申-1")
    walk.do(c.RecordRuling, Role.TOWNSHIP_LAW, guardian="g1", is_granted=True, document_no="裁-1")
    return walk


def judged() -> Walk:
    walk = expired()
    walk.do(
        c.FileSuit, Role.TOWNSHIP_HEAD, guardian="g1", plaintiff="示例镇政府", document_no="诉-1"
    )
    walk.do(c.RecordSuitAccepted, Role.TOWNSHIP_LAW, guardian="g1", court_case_no="（2025）民初1号")
    walk.do(
        c.RecordJudgment, Role.TOWNSHIP_LAW, guardian="g1", is_mediated=False,
        must_send_child=True, document_no="判-1",
    )  # fmt: skip
    return walk


def sick() -> Walk:
    return persuasion(dropout(cause=Cause.ILLNESS))


def assessment() -> Walk:
    walk = sick()
    walk.do(c.BeginAssessment, Role.EDU_CASE, commission_no="委-1")
    return walk


def found_unable() -> Walk:
    """The committee finds that the child cannot learn at present; nobody has deferred it yet."""
    walk = assessment()
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=False, opinion_no="评-1", **PROOF)
    return walk


def by_law(until: date) -> dict[str, Any]:
    """Facts of a deferral for reasons of the body, on the guardian's application."""
    return {
        "deferral": DeferralKind.STATUTORY, "until": until, "approval_no": "批-1",
        "application_no": "申-1", **PROOF,
    }  # fmt: skip


def deferred_by_law(days: int = 200) -> Walk:
    walk = found_unable()
    walk.do(c.Defer, Role.EDU_HEAD, **by_law(walk.today + timedelta(days=days)))
    return walk


def placement(walk: Walk | None = None) -> Walk:
    walk = walk or persuasion()
    walk.do(c.RecordReturn, Role.CLASS_TEACHER, returned_on=walk.today, **PROOF)
    return walk


def placed(walk: Walk | None = None) -> Walk:
    walk = placement(walk)
    walk.do(c.Place, Role.PRINCIPAL, **IN_PLAIN_CLASS, **PROOF)
    return walk


def attending(walk: Walk, since: date | None = None) -> dict[str, Any]:
    since = since or walk.state.returned_on
    assert since is not None
    days = walk.calendar.school_days_between(since, walk.today, SCHOOL)
    return {"attending_since": since, "school_days": days, **PROOF}


def monitoring(walk: Walk | None = None) -> Walk:
    walk = placed(walk)
    walk.pass_days(7)
    walk.do(c.ConfirmAttendance, Role.PRINCIPAL, **attending(walk))
    return walk


def stretch(walk: Walk, percent: int = 97) -> dict[str, Any]:
    return {
        "from_on": next_start(walk.state),
        "to_on": walk.today,
        "attendance_percent": percent,
        **PROOF,
    }


def monitored(walk: Walk | None = None, percent: int = 97) -> Walk:
    """Let the monitored months run out, and write the record up to their end."""
    walk = monitoring(walk)
    walk.pass_days(100)
    walk.do(c.RecordMonitoring, Role.PRINCIPAL, **stretch(walk, percent))
    return walk


def signed_off(walk: Walk | None = None) -> Walk:
    walk = monitored(walk)
    walk.do(c.SignOff, Role.EDU_HEAD, is_roll_active=True, **PROOF)
    return walk


def exhausted_in_subdistrict() -> Walk:
    walk = visited(dropout(suspected(is_subdistrict=True)))
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **GIVE_UP)
    return walk
