"""The penalty procedure and its remedies, day by day (行政处罚法, 行政强制法, 行政诉讼法)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lifecycle.days import add_months
from lifecycle.enforcement import enforcement_window
from lifecycle.surcharge import surcharge_yuan
from lifecycle.verb import Context
from models import commands as c
from models.events import PerformanceDemanded
from models.state import EndedRemedy, LegalTrack, Remedy
from models.words import (
    RemedyKind,
    RemedyOutcome,
    Role,
    ServiceMethod,
    Stage,
    TrackStep,
)
from tests.lifecycle import roads
from tests.walk import Walk, actor

LAW, HEAD = Role.TOWNSHIP_LAW, Role.TOWNSHIP_HEAD
G: dict[str, Any] = {"guardian": "g1"}


def track(walk: Walk) -> LegalTrack:
    return walk.state.tracks["g1"]


def window(walk: Walk) -> tuple[date, date]:
    context = Context(walk.state, walk.at, walk.policy, walk.calendar, actor(LAW))
    found = enforcement_window(context, track(walk))
    assert found is not None
    return found


def heard() -> Walk:
    """A hearing asked for in time, announced in time, closed, and held."""
    walk = roads.notified()
    walk.do(c.RequestHearing, LAW, **G)
    walk.do(c.ScheduleHearing, HEAD, **G, hearing_on=walk.today + timedelta(days=20),
            presider="presider-1", is_closed=True)  # fmt: skip
    walk.pass_days(20)
    walk.do(c.HoldHearing, LAW, **G, record_no="听-1", opinion="维持")
    return walk


def test_a_hearing_must_be_asked_for_within_five_working_days() -> None:
    """On the last day it is taken, a day later it is not (行政处罚法 64)."""
    walk = roads.notified()
    walk.pass_days(30)
    assert walk.refuse(c.RequestHearing, LAW, **G) == ["hearing_late"]


def test_a_hearing_is_announced_seven_working_days_before_closed_and_by_another() -> None:
    """Too soon, in the open, or led by an investigator: each is refused, all at once."""
    walk = roads.notified()
    walk.do(c.RequestHearing, LAW, **G)
    reasons = walk.refuse(c.ScheduleHearing, HEAD, **G, hearing_on=walk.today + timedelta(days=3),
                          presider="law-1", is_closed=False)  # fmt: skip
    assert reasons == ["hearing_too_soon", "second_person", "hearing_open"]


def test_a_hearing_is_held_on_its_day_not_before() -> None:
    """Neither unscheduled nor ahead of its day."""
    walk = roads.notified()
    walk.do(c.RequestHearing, LAW, **G)
    held = {**G, "record_no": "听-1", "opinion": "维持"}
    assert walk.refuse(c.HoldHearing, LAW, **held) == ["hearing_not_scheduled"]
    walk.do(c.ScheduleHearing, HEAD, **G, hearing_on=walk.today + timedelta(days=20),
            presider="presider-1", is_closed=True)  # fmt: skip
    assert walk.refuse(c.HoldHearing, LAW, **held) == ["hearing_ahead"]


def test_no_decision_while_a_hearing_is_pending() -> None:
    """A guardian who asked to be heard is heard before anything is decided."""
    walk = roads.notified()
    walk.do(c.RequestHearing, LAW, **G)
    assert walk.refuse(c.DecidePenalty, HEAD, **roads.FINE) == ["wrong_step", "defence_running"]
    assert walk.refuse(c.RecordDefence, LAW, **G, has_stated=True, review="不采纳") == [
        "wrong_step"
    ]


def test_after_a_hearing_the_decision_waits_for_a_legal_review_by_a_third_person() -> None:
    """Investigator, presider and reviewer are three people (行政处罚法 58)."""
    walk = heard()
    assert walk.refuse(c.DecidePenalty, HEAD, **roads.FINE) == ["legal_review_missing"]
    review = {**G, "opinion_no": "法-1", "is_passed": True}
    for name in ("law-1", "presider-1"):
        who = actor(Role.EDU_LAW, walk.state, name)
        assert walk.refuse(c.ReviewLegality, LAW, **review, actor=who) == ["second_person"]
    walk.do(c.ReviewLegality, LAW, **review | {"is_passed": False},
            actor=actor(Role.EDU_LAW, walk.state, "法规"))  # fmt: skip
    assert walk.refuse(c.DecidePenalty, HEAD, **roads.FINE) == ["legal_review_missing"]
    walk.do(c.ReviewLegality, LAW, **review, actor=actor(Role.EDU_LAW, walk.state, "法规"))
    walk.do(c.DecidePenalty, HEAD, **roads.FINE)
    assert track(walk).step is TrackStep.PENALTY_DECIDED


def test_a_decision_after_ninety_days_is_refused() -> None:
    """The period runs from the filing and its end is stated (行政处罚法 60)."""
    walk = roads.defended()
    walk.pass_days(100)
    assert walk.refuse(c.DecidePenalty, HEAD, **roads.FINE) == ["decision_late"]


def test_deciding_no_penalty_leaves_the_suit_open() -> None:
    """After 不予处罚 the order still stands expired: the road to court remains."""
    walk = roads.defended()
    walk.do(c.DecidePenalty, HEAD, **roads.UNPUNISHED)
    assert track(walk).step is TrackStep.ORDER_EXPIRED
    walk.do(c.FileSuit, HEAD, **G, plaintiff="镇政府", document_no="诉-1")
    assert walk.state.stage is Stage.COURT


@pytest.mark.parametrize("method", list(ServiceMethod))
def test_each_rung_of_service_asks_for_the_failed_one_before(method: ServiceMethod) -> None:
    """Direct and, with signed consent, electronic service stand alone; every other needs proof."""
    walk = roads.decided()
    walk.pass_days(31)
    said = {**G, "method": method, "officers": ("甲乙", "丙丁"), "receipt": "回证",
            "evidence": ("证",), "published_on": walk.today - timedelta(days=30)}  # fmt: skip
    if method in {ServiceMethod.DIRECT, ServiceMethod.ELECTRONIC}:
        walk.do(c.ServeDecision, LAW, **said)
        return
    assert walk.refuse(c.ServeDecision, LAW, **said) == ["rung_not_reached"]
    failed = [ServiceMethod.DIRECT]
    if method is ServiceMethod.NOTICE:
        failed.append(ServiceMethod.POST)
    for tried in failed:
        walk.do(c.RecordFailedService, LAW, target="decision:g1", method=tried, reason="未果",
                evidence=("证",))  # fmt: skip
    if method is ServiceMethod.NOTICE:
        said["published_on"] = walk.today
        walk.pass_days(30)
    walk.do(c.ServeDecision, LAW, **said)


def test_service_by_notice_counts_from_thirty_days_after_publication() -> None:
    """Not served before the thirtieth day; without the day of publication, not at all."""
    walk = roads.decided()
    for method in (ServiceMethod.DIRECT, ServiceMethod.POST):
        walk.do(c.RecordFailedService, LAW, target="decision:g1", method=method,
                reason="退回", evidence=("证",))  # fmt: skip
    said = {**G, "method": ServiceMethod.NOTICE, "officers": ("甲乙", "丙丁"), "receipt": "公告",
            "evidence": ("证",)}  # fmt: skip
    assert walk.refuse(c.ServeDecision, LAW, **said) == ["notice_day_missing"]
    published = walk.today
    walk.pass_days(29)
    assert walk.refuse(c.ServeDecision, LAW, **said, published_on=published) == ["notice_running"]
    walk.pass_days(1)
    walk.do(c.ServeDecision, LAW, **said, published_on=published)
    assert track(walk).decision_served_on == published + timedelta(days=30)


def test_a_pending_remedy_stops_enforcement_but_not_persuasion() -> None:
    """复议 in progress: no demand, no application; visits and a return go on (行政强制法 53)."""
    walk = roads.unperformed()
    walk.do(c.OpenRemedy, LAW, **G, remedy=RemedyKind.REVIEW, body="示例县人民政府")
    walk.pass_days(200)
    assert walk.refuse(c.DemandPerformance, LAW, **G, document_no="催-1") == ["remedy_pending"]
    assert any(o.kind == "record_visit" and o.is_allowed for o in walk.options(Role.TOWNSHIP_CASE))
    assert any(o.kind == "record_return" and o.is_allowed for o in walk.options(Role.PRINCIPAL))


def test_an_upheld_review_moves_the_window_to_fifteen_days_later() -> None:
    """Window: end of the fifteen days for a suit, plus three months (行政诉讼法 45)."""
    walk = roads.unperformed()
    walk.do(c.OpenRemedy, LAW, **G, remedy=RemedyKind.REVIEW, body="示例县人民政府")
    walk.pass_days(40)
    walk.do(c.CloseRemedy, LAW, **G, outcome=RemedyOutcome.UPHELD, document_no="复决-1")
    opens, closes = window(walk)
    assert opens >= walk.today + timedelta(days=15)
    assert opens <= walk.today + timedelta(days=25)
    assert timedelta() <= closes - add_months(opens, 3) <= timedelta(days=8)
    assert walk.calendar.is_working_day(closes)


def test_a_lost_suit_may_be_enforced_for_two_years() -> None:
    """The judgment is the title then, not the decision (行诉法解释 153)."""
    walk = roads.unperformed()
    walk.do(c.OpenRemedy, LAW, **G, remedy=RemedyKind.SUIT, body="示例县人民法院")
    walk.pass_days(90)
    walk.do(c.CloseRemedy, LAW, **G, outcome=RemedyOutcome.UPHELD, document_no="判-1")
    assert window(walk) == (walk.today, add_months(walk.today, 24))


def test_a_revoked_decision_leaves_no_penalty_to_enforce() -> None:
    """The track is back before the penalty: file again on a basis, or sue."""
    walk = roads.unperformed()
    walk.do(c.OpenRemedy, LAW, **G, remedy=RemedyKind.REVIEW, body="示例县人民政府")
    walk.do(c.CloseRemedy, LAW, **G, outcome=RemedyOutcome.REVOKED, document_no="复决-1")
    assert track(walk).step is TrackStep.ORDER_EXPIRED
    assert walk.refuse(c.DemandPerformance, LAW, **G, document_no="催-1") == ["wrong_step"]


def test_grace_moves_the_window_to_its_end() -> None:
    """Payment later or by instalments: the three months run from the end of the grace."""
    walk = roads.decision_served()
    until = walk.today + timedelta(days=300)
    walk.do(c.GrantGrace, HEAD, **G, until=until, instalments=3, approval_no="延-1")
    assert window(walk) == (until, add_months(until, 3))


def test_the_window_closes_after_three_months() -> None:
    """Served, six months, three months: a day late and the court will not take it."""
    walk = roads.demanded()
    closes = window(walk)[1]
    walk.pass_days((closes - walk.today).days)
    walk.do(c.ApplyEnforcement, HEAD, **G, document_no="执申-1")
    late = roads.demanded()
    late.pass_days((window(late)[1] - late.today).days + 1)
    assert late.refuse(c.ApplyEnforcement, HEAD, **G, document_no="执申-1") == ["window_closed"]


def test_the_demand_states_a_surcharge_that_never_exceeds_the_fine() -> None:
    """Half a year late at three per cent a day is capped at the fine itself."""
    walk = roads.demanded()
    event = next(e for e in walk.events if isinstance(e, PerformanceDemanded))
    assert event.surcharge_yuan == 500


ENDS = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 0), (1, 15), (10, 150), (33, 495), (34, 500), (300, 500)]
)
def test_surcharge_grows_three_per_cent_a_day_to_the_cap(days: int, expected: int) -> None:
    """Day 33 is 99 %, day 34 would be 102 %: capped (行政强制法 45)."""
    owed = LegalTrack(guardian="g1", amount_yuan=500)
    assert surcharge_yuan(owed, ENDS, ENDS + timedelta(days=days)) == expected


def test_surcharge_stands_still_during_a_remedy() -> None:
    """Days of a review, pending or past, are not counted (行政处罚法 73)."""
    pending = Remedy(kind=RemedyKind.REVIEW, body="县政府", opened_on=ENDS + timedelta(days=6))
    owed = LegalTrack(guardian="g1", amount_yuan=1000, remedy=pending)
    assert surcharge_yuan(owed, ENDS, ENDS + timedelta(days=90)) == 150
    past = EndedRemedy(kind=RemedyKind.REVIEW, opened_on=ENDS + timedelta(days=6),
                       ended_on=ENDS + timedelta(days=15), outcome=RemedyOutcome.UPHELD)  # fmt: skip
    owed = LegalTrack(guardian="g1", amount_yuan=1000, remedies_ended=(past,))
    assert surcharge_yuan(owed, ENDS, ENDS + timedelta(days=20)) == 300


def test_a_child_registered_elsewhere_gets_a_letter_whoever_is_responsible() -> None:
    """告知函 is owed for every non-local register, and only once (YN-7f, DC-2.3.3k)."""
    walk = roads.dropout(roads.suspected(household_county="990202"))
    assert "notice_letter" in {o.duty for o in walk.state.live_obligations()}
    letter: dict[str, Any] = {"to_county": "990202", "letter_no": "告-1", "evidence": ("告-1",)}
    walk.do(c.SendNoticeLetter, Role.EDU_HEAD, **letter)
    assert "notice_letter" not in {o.duty for o in walk.state.live_obligations()}
    assert walk.refuse(c.SendNoticeLetter, Role.EDU_HEAD, **letter) == ["letter_sent"]
    local = roads.dropout()
    assert local.refuse(c.SendNoticeLetter, Role.EDU_HEAD, **letter) == ["letter_not_needed"]


def test_a_referral_runs_beside_the_main_line_with_its_own_clock() -> None:
    """Referring to a department moves no stage; its answer is chased until it comes."""
    from models.words import Department

    walk = roads.persuasion()
    stage = walk.state.stage
    walk.do(c.OpenReferral, Role.EDU_CASE, department=Department.LABOUR, reason="疑似务工",
            letter_no="转-1")  # fmt: skip
    assert walk.state.stage is stage
    walk.pass_days(30)
    missed = {e.duty for e in walk.events if e.kind == "obligation_missed"}
    assert "referral_feedback" in missed
    walk.do(c.RecordFeedback, Role.EDU_CASE, referral="labour-1", result="已查处")
    assert "referral_feedback" not in {o.duty for o in walk.state.live_obligations()}
