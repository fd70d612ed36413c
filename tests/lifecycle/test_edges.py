"""Edges that decide: the last day that counts, the one yuan, the second guardian, the short reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lifecycle.owners import is_above, owner
from lifecycle.surcharge import surcharge_yuan
from models import commands as c
from models.state import MonitoringFact
from models.words import Cause, FusionCondition, PlacementWay, Role
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF
from tests.lifecycle.test_adopting import adopt, propose
from tests.walk import SCHOOL, policy


@pytest.mark.parametrize(("short", "role"), [
    (0, Role.EDU_HEAD), (7, Role.EDU_HEAD), (8, Role.PRINCIPAL), (30, Role.PRINCIPAL),
])  # fmt: skip
def test_the_sign_off_is_the_bureaus_move_once_the_records_reach_the_end(
    short: int, role: Role
) -> None:
    """Records up to a week before the end of monitoring: the bureau's; further back: the school's."""
    walk = roads.monitored()
    end = walk.state.monitoring_ended_on
    assert end is not None
    last = MonitoringFact(
        from_on=end - timedelta(days=60), to_on=end - timedelta(days=short), attendance_percent=97
    )
    assert owner(walk.state.but(monitoring=(last,))).role is role


def test_before_the_end_and_without_records_it_is_the_schools_move() -> None:
    """Monitoring runs, or nothing was recorded: the school must act."""
    assert owner(roads.monitoring().state).role is Role.PRINCIPAL
    assert owner(roads.monitored().state.but(monitoring=())).role is Role.PRINCIPAL


def test_the_line_of_those_above_ends_at_the_county_group() -> None:
    """Everybody has the county group above, nobody has himself, and below is not above."""
    below = (Role.CLASS_TEACHER, Role.PRINCIPAL, Role.TOWNSHIP_LAW, Role.EDU_HEAD)
    assert all(is_above(Role.COUNTY_GROUP, role) for role in below)
    assert not any(is_above(role, role) for role in Role)
    assert not is_above(Role.CLASS_TEACHER, Role.PRINCIPAL)
    assert is_above(Role.COUNTY_GROUP, Role.SUPERVISOR)


@pytest.mark.parametrize(("amount", "days", "due"), [
    (500, 1, 15), (33, 1, 0), (33, 2, 1), (1, 33, 0), (1, 34, 1), (500, 0, 0), (500, 400, 500),
    (0, 100, 0),
])  # fmt: skip
def test_the_surcharge_is_whole_yuan_and_never_above_the_fine(
    amount: int, days: int, due: int
) -> None:
    """Three per cent a day, rounded down, capped by the fine itself (行政处罚法 72)."""
    track = roads.decision_served().state.tracks["g1"].but(amount_yuan=amount)
    ends = roads.decision_served().today
    found = surcharge_yuan(track, ends, ends + timedelta(days=days))
    assert (found, type(found)) == (due, int)


def placed(cause: Cause, grade: int = 8, **facts: Any) -> list[str]:
    walk = roads.placement(roads.persuasion(roads.dropout(roads.suspected(grade=grade), cause)))
    said = {"way": PlacementWay.GROUPED_CLASS, "school": SCHOOL, "plan": "编班辅导", **facts}
    return [
        u.code
        for u in getattr(walk.try_(walk.command(c.Place, Role.PRINCIPAL, **said)), "unmet", ())
    ]


@pytest.mark.parametrize(("reason", "codes"), [
    ("", ["placement_reason_missing"]), (" 略 ", ["placement_reason_missing"]), ("学校无班", []),
    ("可行", []),
])  # fmt: skip
def test_a_reason_is_two_characters_and_more(reason: str, codes: list[str]) -> None:
    """One character is no reason; two may be."""
    assert placed(Cause.WORK, reason=reason) == codes
    assert placed(Cause.OTHER, way=PlacementWay.INCLUSIVE_CLASS, reason=reason) == codes


def test_grade_seven_is_junior_school() -> None:
    """Vocational fusion begins with the first junior year."""
    fusion = {"way": PlacementWay.VOCATIONAL_FUSION, "fusion_conditions": tuple(FusionCondition)}
    assert placed(Cause.WORK, grade=7, **fusion) == []
    assert placed(Cause.WORK, grade=6, **fusion) == ["fusion_for_junior_only"]


def test_an_opinion_counts_only_for_a_bodily_cause() -> None:
    """An old opinion does not open a special school to a child that is merely weary."""
    walk = roads.placement()
    walk.state = walk.state.but(assessed_able=True)
    said = {
        "way": PlacementWay.SPECIAL_SCHOOL,
        "school": SCHOOL,
        "plan": "特教班就读",
        "reason": "家长要求",
    }
    assert walk.refuse(c.Place, Role.PRINCIPAL, **said) == ["opinion_missing"]


def test_a_correction_moves_only_what_hangs_on_it() -> None:
    """Both guardians served on one day: one day put right, the other's period and the contact stay."""
    walk = roads.served()
    for kind, role, facts in (
        (c.EndPersuasion, Role.TOWNSHIP_HEAD, roads.GIVE_UP),
        (c.OrderCorrection, Role.TOWNSHIP_CASE, roads.DRAFT),
        (c.ApproveCorrectionOrder, Role.TOWNSHIP_HEAD, {}),
    ):
        walk.do(kind, role, **(facts | {"guardian": "g2"}))
    walk.do(c.ServePaper, Role.TOWNSHIP_LAW, **(roads.SERVICE | {"paper": "correction_order-2"}))
    walk.pass_days(2)
    before = {o.key: o.due_on for o in walk.state.live_obligations()}
    first = walk.state.tracks["g1"].order_served_on
    assert first is not None
    assert first == walk.state.tracks["g2"].order_served_on
    walk.do(c.ProposeCorrection, Role.TOWNSHIP_CASE, fact="order_served_on:g1",
            value=(first + timedelta(days=2)).isoformat(), reason="回证日期看错", **PROOF)  # fmt: skip
    (key,) = walk.state.corrections
    walk.do(c.ApproveCorrection, Role.TOWNSHIP_HEAD, correction=key)
    after = {o.key: o.due_on for o in walk.state.live_obligations()}
    moved = {key for key in before if after.get(key) != before[key]}
    assert moved <= {key for key in before if key.startswith("correction_period:g1")}
    (event,) = [e for e in walk.events if e.kind == "fact_corrected"]
    assert (event.correction, event.reason, event.flaw) == (key, "回证日期看错", None)
    again = [e for e in walk.events if e.kind == "obligation_rederived"]
    assert {(e.reason, e.is_reopened) for e in again} <= {("数据更正", False)}


def test_new_rules_leave_periods_and_named_days_alone_and_say_why_they_moved() -> None:
    """The time to pay runs as it was told; the review of a deferral keeps the day its paper names."""
    fined = roads.decision_served()
    before = {o.duty: o.due_on for o in fined.state.live_obligations()}
    new = policy(payment_period=30, penalty_basis=roads.BASIS, contact_cycle=10)
    propose(fined, new)
    fined.take(None, adopt(fined, new, evidence=("决定-1",)))  # type: ignore[arg-type]
    after = {o.duty: o.due_on for o in fined.state.live_obligations()}
    assert (after["payment_period"], after["litigation_period"]) == (
        before["payment_period"], before["litigation_period"],
    )  # fmt: skip
    (event,) = [e for e in fined.events if e.kind == "policy_adopted"]
    assert (event.evidence, event.reason) == (("决定-1",), "新规定施行")
    assert {e.reason for e in fined.events if e.kind == "obligation_rederived"} == {"采用新规则"}
    deferred = roads.deferred_by_law(200)
    named = {o.duty: o.due_on for o in deferred.state.live_obligations()}
    other = policy(deferral_review_lead=60, deferral_months_max=6)
    propose(deferred, other)
    deferred.take(None, adopt(deferred, other))  # type: ignore[arg-type]
    kept = {o.duty: o.due_on for o in deferred.state.live_obligations()}
    assert (kept["review_deferral"], kept["deferral_period"]) == (
        named["review_deferral"], named["deferral_period"],
    )  # fmt: skip
