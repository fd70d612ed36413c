"""Limits on both sides: the day that is still in time and the next, what is offered and to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from lifecycle.accountability import clue_of, ground
from lifecycle.preview import Preview, preview
from lifecycle.verb import Context
from models import commands as c
from models.calendar import Closure
from models.state import MonitoringFact
from models.words import (
    DeferralKind,
    Department,
    GuardianChange,
    PenaltyKind,
    RemedyKind,
    RemedyOutcome,
    Role,
    TrackStep,
)
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF
from tests.lifecycle.test_adopting import propose
from tests.walk import SCHOOL, Walk, actor, policy

REASON = {"reason": "录入时看错了日期", **PROOF}


def looked_at(walk: Walk, kind: type[Any], role: Role, **facts: Any) -> Preview:
    command = walk.command(kind, role, **facts)
    found = preview(walk.state, command, at=walk.at, policy=walk.policy, calendar=walk.calendar)
    assert isinstance(found, Preview), found
    return found


def end_of(walk: Walk, parameter: str, start: date) -> date:
    context = Context(walk.state, walk.at, walk.policy, walk.calendar, actor(Role.EDU_LAW))
    return context.period_end(parameter, start)


@pytest.mark.parametrize(("late", "flaws"), [(0, 0), (1, 1)])
def test_a_filing_day_put_right_shows_a_decision_past_its_ninety_days(
    late: int, flaws: int
) -> None:
    """Decided on the last day it stands; one day later it has no ground (行政处罚法 60)."""
    walk = roads.decided()
    track = walk.state.tracks["g1"]
    assert track.penalty_decided_on is not None
    filed = next(
        day for day in (track.penalty_decided_on - timedelta(days=n) for n in range(80, 130))
        if end_of(walk, "penalty_decision_period", day) < track.penalty_decided_on
    )  # fmt: skip
    filed += timedelta(days=1 - late)
    walk.state = walk.state.but(opened_on=filed)
    shown = looked_at(
        walk, c.ProposeCorrection, Role.TOWNSHIP_CASE, fact="penalty_filed_on:g1",
        value=filed.isoformat(), **REASON,
    )  # fmt: skip
    assert len(shown.flaws) == flaws, (filed, track.penalty_decided_on)


def test_before_a_decision_no_filing_day_is_a_flaw() -> None:
    """There is no decision yet that could be late."""
    walk = roads.penalty_filed()
    walk.pass_days(1)
    filed = walk.state.tracks["g1"].penalty_filed_on
    assert filed is not None
    shown = looked_at(
        walk, c.ProposeCorrection, Role.TOWNSHIP_CASE, fact="penalty_filed_on:g1",
        value=(filed + timedelta(days=1)).isoformat(), **REASON,
    )  # fmt: skip
    assert shown.flaws == ()


def test_the_approver_sees_the_papers_that_print_the_fact() -> None:
    """The same list before the request and before its approval; the guardian stands with the date."""
    walk = roads.served()
    walk.pass_days(5)
    served = walk.state.tracks["g1"].order_served_on
    assert served is not None
    asked = {
        "fact": "absent_since",
        "value": str(walk.state.absent_since - timedelta(days=1)),
        **REASON,
    }  # type: ignore[operator]
    first = looked_at(walk, c.ProposeCorrection, Role.TOWNSHIP_CASE, **asked)
    walk.do(c.ProposeCorrection, Role.TOWNSHIP_CASE, **asked)
    (key,) = walk.state.corrections
    then = looked_at(walk, c.ApproveCorrection, Role.EDU_HEAD, correction=key)
    assert first.papers == then.papers == ("return_order-1", "correction_order-1")
    moved = looked_at(
        walk, c.ProposeCorrection, Role.TOWNSHIP_CASE, fact="order_served_on:g1",
        value=(served + timedelta(days=5)).isoformat(), **REASON,
    )  # fmt: skip
    assert {(move.label, move.guardian) for move in moved.moved} == {("改正期限", "g1")}
    assert all(move.why for move in moved.moved)


def test_rules_in_hand_change_nothing_for_another_act() -> None:
    """A snapshot given along is looked at only where the act is to adopt it."""
    walk = roads.served()
    walk.pass_days(1)
    new = policy(recheck_period=30)
    command = walk.command(c.ContactGuardian, Role.CLASS_TEACHER, method="电话", was_reached=True)
    plain = preview(walk.state, command, at=walk.at, policy=walk.policy, calendar=walk.calendar)
    given = preview(
        walk.state, command, at=walk.at, policy=walk.policy, calendar=walk.calendar, new_policy=new
    )
    assert plain == given
    propose(walk, new)
    refused = walk.refuse(c.AdoptPolicy, Role.EDU_HEAD, policy_sha=new.sha256, reason="采用新规则")
    assert "rules_not_loaded" in refused


def offered(walk: Walk, role: Role, act: str) -> list[Any]:
    return [option for option in walk.options(role) if option.act == act]


def test_what_is_put_before_the_signer_names_the_act_and_the_guardian() -> None:
    """Once for each guardian, to those who propose it and nobody else, with what is missing."""
    walk = roads.expired()
    found = offered(walk, Role.TOWNSHIP_LAW, "file_suit")
    assert [(o.kind, o.guardian, o.is_allowed, o.label) for o in found] == [
        ("propose_act", "g1", True, "提请提起诉讼"), ("propose_act", "g2", False, "提请提起诉讼"),
    ]  # fmt: skip
    assert found[1].unmet
    assert offered(walk, Role.CLASS_TEACHER, "file_suit") == []
    (whole,) = offered(walk, Role.EDU_CASE, "defer")
    assert whole.guardian is None
    guardians = {
        o.guardian for o in walk.options(Role.TOWNSHIP_LAW) if o.kind == "check_correction"
    }
    assert guardians == {"g1", "g2"}


@pytest.mark.parametrize(
    ("since", "codes"),
    [
        (1, ["attending_since_wrong"]),
        (0, ["attendance_too_short"]),
        (-8, ["attending_since_wrong"]),
    ],
)
def test_the_first_day_at_school_lies_between_return_and_today(
    since: int, codes: list[str]
) -> None:
    """Not in the future, not before the return; today is a day, but too few."""
    walk = roads.placed()
    walk.pass_days(7)
    found = walk.refuse(
        c.ConfirmAttendance, Role.PRINCIPAL, attending_since=walk.today + timedelta(days=since),
        school_days=5, **PROOF,
    )  # fmt: skip
    assert found == codes


def test_school_days_are_counted_at_the_childs_own_school() -> None:
    """A closure of this school alone counts against nobody's attendance."""
    walk = roads.placed()
    walk.pass_days(7)
    told = roads.attending(walk)
    days = Closure(starts_on=walk.today - timedelta(days=6), ends_on=walk.today, reason="停课")
    walk.calendar = walk.calendar.but(school_closures={SCHOOL: (days,)})
    assert walk.refuse(c.ConfirmAttendance, Role.PRINCIPAL, **told) == ["attendance_too_short"]


@pytest.mark.parametrize(
    ("stretches", "codes"),
    [
        ([("2025-09-11", "2025-12-11", 97)], []),
        ([("2025-09-11", "2025-12-10", 97)], ["monitoring_gap"]),
        ([("2025-09-12", "2025-12-11", 97)], ["monitoring_gap"]),
        ([("2025-09-11", "2025-10-11", 20), ("2025-12-11", "2025-12-11", 100)],
         ["monitoring_gap", "attendance_low"]),
        ([("2025-09-11", "2025-10-11", 20), ("2025-10-12", "2025-12-11", 100)],
         ["attendance_low"]),
        ([("2025-12-11", "2025-12-11", 100)], ["monitoring_gap"]),
        ([("2025-09-11", "2025-09-30", 97), ("2025-10-09", "2025-12-11", 97)], []),
        ([("2025-09-11", "2025-12-11", 90)], []),
        ([("2025-09-11", "2025-12-10", 90), ("2025-12-11", "2025-12-11", 89)],
         ["attendance_low"]),
    ],
)  # fmt: skip
def test_every_school_day_of_the_monitoring_is_told_and_weighs_alike(
    stretches: list[tuple[str, str, int]], codes: list[str]
) -> None:
    """One day of record, or one good day after bad weeks, strikes nobody off; holidays need none."""
    walk = roads.monitored()
    since, end = walk.state.attending_since, walk.state.monitoring_ended_on
    assert (str(since), str(end)) == ("2025-09-11", "2025-12-11")
    facts = tuple(
        MonitoringFact(
            from_on=date.fromisoformat(first), to_on=date.fromisoformat(last),
            attendance_percent=percent,
        )
        for first, last, percent in stretches
    )  # fmt: skip
    walk.state = walk.state.but(monitoring=facts)
    told = {"is_roll_active": True, **PROOF}
    if codes:
        assert walk.refuse(c.SignOff, Role.EDU_HEAD, **told) == codes
    else:
        walk.do(c.SignOff, Role.EDU_HEAD, **told)


def test_a_day_is_monitored_once_and_a_poor_beginning_is_made_good_by_going_on() -> None:
    """A second record of the same days is refused; three good months later the child is struck off."""
    walk = roads.monitored(percent=60)
    again = {"attendance_percent": 100, **PROOF}
    first = walk.state.monitoring[0]
    assert walk.refuse(
        c.RecordMonitoring, Role.PRINCIPAL, from_on=first.to_on, to_on=walk.today, **again
    ) == ["stretch_overlaps"]
    assert walk.refuse(c.SignOff, Role.EDU_HEAD, is_roll_active=True, **PROOF) == ["attendance_low"]
    walk.pass_days(93)
    walk.do(c.RecordMonitoring, Role.PRINCIPAL, **roads.stretch(walk, 95))
    walk.do(c.SignOff, Role.EDU_HEAD, is_roll_active=True, **PROOF)


def test_a_stretch_may_be_one_day() -> None:
    """From and to the same day is a stretch; the other way round is none."""
    walk = roads.monitoring()
    walk.pass_days(1)
    walk.do(c.RecordMonitoring, Role.PRINCIPAL, from_on=walk.today, to_on=walk.today,
            attendance_percent=100, **PROOF)  # fmt: skip
    assert walk.refuse(
        c.RecordMonitoring, Role.PRINCIPAL, from_on=walk.today,
        to_on=walk.today - timedelta(days=1), attendance_percent=100, **PROOF,
    ) == ["stretch_wrong"]  # fmt: skip


@pytest.mark.parametrize(
    ("suits", "basis", "codes"),
    [(False, "", []), (True, "", ["deferral_not_earned"]),
     (False, "某省条例 50", ["deferral_not_earned"]), (True, "某省条例 50", ["deferral_not_earned"])],
)  # fmt: skip
def test_four_steps_are_those_the_law_leaves_open_here(
    suits: bool, basis: str, codes: list[str]
) -> None:
    """Where neither penalty nor suit is open, an order that ran out is the end of the road."""
    walk = roads.expired()
    walk.policy = policy(
        policy_deferral_guard="after_four_steps", civil_suit_allowed=suits, penalty_basis=basis
    )
    assert walk.state.tracks["g1"].step is TrackStep.ORDER_EXPIRED
    told = {
        "deferral": DeferralKind.POLICY, "until": walk.today + timedelta(days=120),
        "approval_no": "缓批-1", **PROOF,
    }  # fmt: skip
    if codes:
        assert walk.refuse(c.Defer, Role.COUNTY_GROUP, **told) == codes
    else:
        walk.do(c.Defer, Role.COUNTY_GROUP, **told)


def test_grounds_of_two_papers_stand_side_by_side() -> None:
    """Every text of the place is named in its order; YN-14 by the role's own number, once."""
    rules = policy(accountability="ZY-6.1,YN-14,YN-15")
    assert ground(rules, Role.PRINCIPAL).article == "ZY-6.1、YN-14.4"
    assert ground(rules, Role.SYSTEM).article == "ZY-6.1"
    assert (
        ground(policy(accountability="YN-14,ZY-6.1"), Role.PRINCIPAL).article == "YN-14.4、ZY-6.1"
    )


def test_a_clue_suggests_the_excuse_that_usually_holds() -> None:
    """A service that was tried suggests the notice period; one nobody tried suggests none."""
    said = [
        clue_of(policy(), duty, "送达", Role.TOWNSHIP_LAW, "990101001", was_service_tried=tried)
        for duty, tried in (("serve_order", True), ("serve_order", False))
    ]
    assert [clue.suggested and clue.suggested.value for clue in said] == ["notice_period", None]
    assert said[0].also == ground(policy(), Role.TOWNSHIP_LAW).also


def remedied() -> Walk:
    walk = roads.decision_served()
    walk.do(
        c.OpenRemedy,
        Role.TOWNSHIP_LAW,
        guardian="g1",
        remedy=RemedyKind.REVIEW,
        body="示例县人民政府",
    )
    return walk


def answered() -> Walk:
    walk = roads.dropout()
    walk.do(
        c.OpenReferral, Role.EDU_CASE, department=Department.POLICE, reason="协助", letter_no="转-1"
    )
    walk.do(c.RecordFeedback, Role.EDU_CASE, referral="police-1", result="已查明")
    return walk


TOMORROW = timedelta(days=1)
CONTEST = {"guardian": "g1", "remedy": RemedyKind.REVIEW, "body": "示例县人民政府"}


@pytest.mark.parametrize(
    ("start", "kind", "role", "facts", "codes"),
    [
        (roads.persuasion, c.RecordSearch, Role.TOWNSHIP_CASE,
         {"guardian": "g9", "organ": "派出所", "result": "查无下落", "is_found": False, **PROOF},
         ["unknown_guardian"]),
        (roads.persuasion, c.RecordGuardianChange, Role.TOWNSHIP_CASE,
         {"change": GuardianChange.REMOVED, "person": "g9", "relation": "父亲", "reason": "离婚", **PROOF},
         ["unknown_guardian"]),
        (lambda: roads.placement(roads.served()), c.OpenRemedy, Role.TOWNSHIP_LAW, CONTEST,
         ["no_decision"]),
        (remedied, c.OpenRemedy, Role.TOWNSHIP_LAW, CONTEST, ["remedy_running"]),
        (roads.decision_served, c.CloseRemedy, Role.TOWNSHIP_LAW,
         {"guardian": "g1", "outcome": RemedyOutcome.UPHELD, "document_no": "复决-1"}, ["no_remedy"]),
        (roads.monitoring, c.ReportRelapse, Role.CLASS_TEACHER,
         {"absent_since": TOMORROW, "absent_days": 3}, ["date_ahead"]),
        (roads.monitoring, c.ReportRelapse, Role.CLASS_TEACHER,
         {"absent_since": -timedelta(days=8), "absent_days": 3}, ["absence_before_return"]),
        (roads.lead, c.ClearLead, Role.CLASS_TEACHER, {"returned_on": TOMORROW, **PROOF},
         ["return_day_ahead"]),
        (roads.dropout, c.RecordFeedback, Role.EDU_CASE, {"referral": "police-1", "result": "已查明"},
         ["unknown_referral"]),
        (answered, c.RecordFeedback, Role.EDU_CASE, {"referral": "police-1", "result": "已查明"},
         ["referral_answered"]),
        (roads.expired, c.ProposeAct, Role.TOWNSHIP_LAW,
         {"act": "file_suit", "guardian": "g9", "note": "请审批", **PROOF}, ["unknown_guardian"]),
        (roads.expired, c.ProposeAct, Role.EDU_CASE,
         {"act": "adopt_policy", "note": "请审批", **PROOF}, ["policy_missing"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_by_its_own_reason(
    start: Callable[[], Walk], kind: type[Any], role: Role, facts: dict[str, Any], codes: list[str]
) -> None:
    """A person, a remedy, a referral or a day that is not there: one reason, the right one."""
    walk = start()
    told = {name: walk.today + v if isinstance(v, timedelta) else v for name, v in facts.items()}
    assert walk.refuse(kind, role, **told) == codes


def test_who_investigated_does_not_arrange_the_hearing() -> None:
    """The head who filed as an investigator leaves the hearing to another (行政处罚法 64)."""
    walk = roads.notified()
    walk.do(c.RequestHearing, Role.TOWNSHIP_LAW, guardian="g1")
    (investigator, *_) = walk.state.tracks["g1"].investigators
    head = actor(Role.TOWNSHIP_HEAD, walk.state, investigator)
    codes = walk.refuse(
        c.ScheduleHearing, Role.TOWNSHIP_HEAD, actor=head, guardian="g1",
        hearing_on=walk.today + timedelta(days=40), presider="edu_law-7", is_closed=True,
    )  # fmt: skip
    assert codes == ["second_person"]


def test_a_decision_lighter_than_told_stands_and_a_heavier_does_not() -> None:
    """Told a warning, a fine is too much; told a fine, a smaller one will do (行政处罚法 44, 45)."""
    walk = roads.defended()
    track = walk.state.tracks["g1"].but(penalty=PenaltyKind.WARNING, amount_yuan=0)
    walk.state = walk.state.but(tracks={**walk.state.tracks, "g1": track})
    assert walk.refuse(c.DecidePenalty, Role.TOWNSHIP_HEAD, **roads.FINE) == [
        "heavier_than_notified"
    ]
    lighter = roads.defended()
    lighter.do(c.DecidePenalty, Role.TOWNSHIP_HEAD, **(roads.FINE | {"amount_yuan": 1}))
