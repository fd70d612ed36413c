"""A fact put right: an event of its own, signed by somebody above, with every date it moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lifecycle.correctable import FACTS, known_facts
from lifecycle.preview import Preview, preview
from lifecycle.verdict import Refusal
from models import commands as c
from models.words import Cause, DutyStatus, Role, Stage, TrackStep
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF
from tests.walk import Walk, absence, actor

REASON = {"reason": "录入时看错了日期", **PROOF}


def correct(walk: Walk, fact: str, value: str, by: Role = Role.TOWNSHIP_HEAD, **who: Any) -> None:
    walk.do(c.ProposeCorrection, Role.TOWNSHIP_CASE, fact=fact, value=value, **REASON)
    (key,) = walk.state.corrections
    walk.do(c.ApproveCorrection, by, correction=key, **who)


def looked_at(walk: Walk, fact: str, value: str) -> Preview:
    command = walk.command(
        c.ProposeCorrection, Role.TOWNSHIP_CASE, fact=fact, value=value, **REASON
    )
    found = preview(walk.state, command, at=walk.at, policy=walk.policy, calendar=walk.calendar)
    assert isinstance(found, Preview), found
    return found


def due(walk: Walk, duty: str) -> date:
    return next(o.due_on for o in walk.state.live_obligations() if o.duty == duty)


def test_a_later_day_of_service_moves_the_period_by_as_much() -> None:
    """Served five days later than was written: the period is counted from there, rest days and all."""
    walk = roads.served()
    walk.pass_days(5)
    before, served_on = due(walk, "correction_period"), walk.state.tracks["g1"].order_served_on
    assert served_on is not None
    later = served_on + timedelta(days=5)
    shown = looked_at(walk, "order_served_on:g1", later.isoformat())
    correct(walk, "order_served_on:g1", later.isoformat())
    after = due(walk, "correction_period")
    assert walk.state.tracks["g1"].order_served_on == later
    assert (before, after) == (date(2025, 9, 22), later + timedelta(days=7))
    (moved,) = [move for move in shown.moved if move.label == "改正期限"]
    assert (moved.before, moved.after) == (before, after)


def test_the_old_value_stays_in_the_history() -> None:
    """Nothing is erased: the event names what was and what is, who asked and who approved."""
    walk = roads.served()
    served_on = walk.state.tracks["g1"].order_served_on
    assert served_on is not None
    walk.pass_days(2)
    correct(walk, "order_served_on:g1", (served_on + timedelta(days=1)).isoformat())
    (event,) = [event for event in walk.events if event.kind == "fact_corrected"]
    assert event.before == served_on.isoformat()
    assert event.after == (served_on + timedelta(days=1)).isoformat()
    assert (event.proposed_by, event.actor.id) == ("township_case-1", "township_head-1")
    assert [e.happened_on for e in walk.events if e.kind == "paper_served"] == [served_on]


def test_a_period_taken_for_over_runs_on() -> None:
    """Found expired too early: the track goes back into the period, which ends when it should."""
    walk = roads.expired()
    assert walk.state.tracks["g1"].step is TrackStep.ORDER_EXPIRED
    late = walk.today - timedelta(days=1)
    shown = looked_at(walk, "order_served_on:g1", late.isoformat())
    assert "改正期限" in {move.label for move in shown.opened}
    correct(walk, "order_served_on:g1", late.isoformat())
    track = walk.state.tracks["g1"]
    assert (track.step, track.order_checked_on, track.flaw) == (TrackStep.ORDER_SERVED, None, None)
    assert (late, due(walk, "correction_period")) == (date(2025, 9, 24), date(2025, 10, 9))
    walk.pass_days(15)
    assert walk.state.tracks["g1"].step is TrackStep.ORDER_DUE


def test_a_step_that_lost_its_ground_rests_until_two_people_have_settled_it() -> None:
    """The penalty stands on a period that had not run: no further step before it is withdrawn."""
    walk = roads.penalty_filed()
    filed = walk.state.tracks["g1"].penalty_filed_on
    assert filed is not None
    served = filed - timedelta(days=2)
    walk.pass_days(20)
    shown = looked_at(walk, "order_served_on:g1", served.isoformat())
    assert shown.flaws == ("立案时改正期限尚未届满",)
    assert shown.papers == ()
    correct(walk, "order_served_on:g1", served.isoformat(), by=Role.TOWNSHIP_HEAD)
    assert walk.refuse(c.NotifyPenalty, Role.TOWNSHIP_LAW, **roads.TOLD) == ["flaw_open"]
    assert "settle_flaw" in {o.duty for o in walk.state.live_obligations()}
    settle = {"guardian": "g1", "is_upheld": False, "opinion_no": "法-9", **PROOF}
    proposer = actor(Role.TOWNSHIP_HEAD, walk.state, "township_law-proposer")
    assert walk.refuse(c.SettleFlaw, Role.TOWNSHIP_HEAD, actor=proposer, **settle) == [
        "second_person"
    ]
    walk.do(c.SettleFlaw, Role.TOWNSHIP_HEAD, **settle)
    track = walk.state.tracks["g1"]
    assert (track.step, track.flaw, track.penalty_filed_on) == (
        TrackStep.ORDER_EXPIRED, None, None,
    )  # fmt: skip


def test_a_step_may_be_upheld_on_a_legal_opinion() -> None:
    """Upheld, the step stays and the road goes on."""
    walk = roads.penalty_filed()
    filed = walk.state.tracks["g1"].penalty_filed_on
    assert filed is not None
    walk.pass_days(20)
    correct(walk, "order_served_on:g1", (filed - timedelta(days=2)).isoformat())
    walk.do(c.SettleFlaw, Role.TOWNSHIP_HEAD, guardian="g1", is_upheld=True, opinion_no="法-9",
            **PROOF)  # fmt: skip
    assert walk.state.tracks["g1"].step is TrackStep.PENALTY_FILED
    walk.do(c.NotifyPenalty, Role.TOWNSHIP_LAW, **roads.TOLD)


@pytest.mark.parametrize(
    ("fact", "day", "place", "flaw"),
    [
        ("penalty_notified_on:g1", -1, roads.decided, "陈述申辩和听证申请期尚未届满"),
        ("decision_served_on:g1", -5, roads.demanded, "起诉期限尚未届满"),
        ("demand_served_on:g1", -3, roads.enforced, "催告期尚未届满"),
        ("penalty_filed_on:g1", -120, roads.decided, None),
    ],
)
def test_each_day_of_the_penalty_road_knows_what_stands_on_it(
    fact: str, day: int, place: Any, flaw: str | None
) -> None:
    """Moved so that a later act came too early, the day names the act that lost its ground."""
    walk = place()
    if flaw is None:
        assert walk.refuse(
            c.ProposeCorrection, Role.TOWNSHIP_CASE, fact=fact,
            value=(walk.today + timedelta(days=day)).isoformat(), **REASON,
        ) == ["date_before_case"]  # fmt: skip
        return
    shown = looked_at(walk, fact, (walk.today + timedelta(days=day)).isoformat())
    assert [flaw in said for said in shown.flaws] == [True]


def test_a_missed_duty_whose_true_deadline_is_ahead_runs_again() -> None:
    """Marked overdue on a wrong day of return, the duty is open again, its pressing withdrawn."""
    walk = roads.placement()
    walk.pass_days(12)
    missed = {o.duty for o in walk.state.live_obligations() if o.status is DutyStatus.MISSED}
    assert "place" in missed
    returned = walk.today - timedelta(days=1)
    walk.do(c.ProposeCorrection, Role.CLASS_TEACHER, fact="returned_on",
            value=returned.isoformat(), **REASON)  # fmt: skip
    (key,) = walk.state.corrections
    walk.do(c.ApproveCorrection, Role.PRINCIPAL, correction=key)
    live = {o.duty: o for o in walk.state.live_obligations()}
    assert live["place"].status is DutyStatus.OPEN
    assert not any(o.escalates == live["place"].key for o in walk.state.live_obligations())


def test_neither_asker_nor_signer_nor_anybody_below_may_approve() -> None:
    """A third person above the one who signed; nobody is exempt (YN-14.10)."""
    walk = roads.dropout()
    walk.do(c.ProposeCorrection, Role.EDU_CASE, fact="cause", value="work", **REASON)
    (key,) = walk.state.corrections
    said = {"correction": key}
    signer = actor(Role.EDU_HEAD, walk.state, "principal-1")
    asker = actor(Role.EDU_HEAD, walk.state, "edu_case-1")
    assert walk.refuse(c.ApproveCorrection, Role.EDU_HEAD, actor=signer, **said) == [
        "second_person"
    ]
    assert walk.refuse(c.ApproveCorrection, Role.EDU_HEAD, actor=asker, **said) == ["second_person"]
    other = actor(Role.PRINCIPAL, walk.state, "principal-2")
    assert walk.refuse(c.ApproveCorrection, Role.PRINCIPAL, actor=other, **said) == ["not_above"]
    walk.do(c.ApproveCorrection, Role.EDU_HEAD, **said)
    assert walk.state.cause is Cause.WORK
    assert walk.state.corrections == {}


def test_what_has_changed_since_it_was_asked_is_not_put_right() -> None:
    """The cause found anew in the meantime: the old request is refused, and may be sent back."""
    walk = roads.dropout()
    walk.do(c.ProposeCorrection, Role.EDU_CASE, fact="cause", value="work", **REASON)
    (key,) = walk.state.corrections
    walk.do(c.RedetermineCause, Role.EDU_CASE, cause=Cause.FARM, reason="入户查明", **PROOF)
    assert walk.refuse(c.ApproveCorrection, Role.EDU_HEAD, correction=key) == [
        "correction_outdated"
    ]
    assert walk.state.cause is Cause.FARM
    walk.do(c.RejectCorrection, Role.EDU_HEAD, correction=key, reason="原因已经重新认定")
    assert walk.state.corrections == {}


@pytest.mark.parametrize("again", [False, True], ids=["out of school", "back again"])
def test_a_request_about_a_return_does_not_outlive_it(again: bool) -> None:
    """After a relapse the stretch of the first return is gone, and the first of the second another."""
    walk = roads.monitored()
    walk.do(
        c.ProposeCorrection, Role.CLASS_TEACHER, fact="attendance_percent:1", value="79", **REASON
    )
    (key,) = walk.state.corrections
    walk.pass_days(1)
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, **absence(walk))
    if again:
        roads.monitored(walk)
        assert walk.state.monitoring[0].attendance_percent == 97
    assert walk.refuse(c.ApproveCorrection, Role.EDU_HEAD, correction=key) == [
        "correction_outdated"
    ]
    walk.do(c.RejectCorrection, Role.EDU_HEAD, correction=key, reason="学生又辍学，另行登记")
    assert walk.state.corrections == {}


def test_what_makes_no_sense_is_refused_with_its_reason() -> None:
    """Unknown facts, malformed values, the same value, a day to come, a second request."""
    walk = roads.dropout()
    case = Role.EDU_CASE

    def refused(fact: str, value: str) -> list[str]:
        return walk.refuse(c.ProposeCorrection, case, fact=fact, value=value, **REASON)

    assert refused("shoe_size", "38") == ["unknown_fact"]
    assert refused("returned_on", "2025-09-01") == ["unknown_fact"]
    assert refused("absent_since", "九月一日") == ["value_malformed"]
    assert refused("absent_days", "-3") == ["value_malformed"]
    assert refused("birth_on", "0001-01-01") == ["value_malformed"]
    assert refused("household_county", "某县") == ["value_malformed"]
    assert refused("cause", "weary") == ["nothing_to_correct"]
    assert refused("absent_since", "2030-01-01") == ["date_ahead"]
    walk.do(c.ProposeCorrection, case, fact="cause", value="work", **REASON)
    assert refused("cause", "farm") == ["correction_pending"]
    (key,) = walk.state.corrections
    walk.do(c.RejectCorrection, Role.EDU_HEAD, correction=key, reason="材料不足")
    assert walk.state.cause is Cause.WEARY
    walk.do(c.ProposeCorrection, case, fact="cause", value="farm", **REASON)


def test_every_kind_of_fact_can_be_put_right_once_it_stands() -> None:
    """The table is whole: each row is reached on some road, read, written and read back."""
    places = (
        roads.suspected, roads.dropout, roads.served, roads.penalty_filed, roads.notified,
        roads.decision_served, roads.demanded, roads.placement, roads.monitored,
    )  # fmt: skip
    seen: set[str] = set()
    for place in places:
        walk = place()
        for fact, value in known_facts(walk.state).items():
            row = next(row for row in FACTS if row.id == fact.partition(":")[0])
            changes = row.write(walk.state, fact.partition(":")[2], row.parse(value))
            assert known_facts(walk.state.but(**changes))[fact] == value
            seen.add(row.id)
    assert seen == {row.id for row in FACTS} - {"whereabouts_county"} | (
        seen & {"whereabouts_county"}
    )


def test_a_preview_of_a_refused_act_is_the_refusal_itself() -> None:
    """Nothing is shown that could not be done."""
    walk = roads.persuasion()
    command = walk.command(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)
    found = preview(walk.state, command, at=walk.at, policy=walk.policy, calendar=walk.calendar)
    assert isinstance(found, Refusal)
    assert "visits_too_few" in {unmet.code for unmet in found.unmet}


def test_a_preview_of_an_act_shows_the_stage_and_the_clocks() -> None:
    """The return ends the persuasion's clocks and opens those of the placement."""
    walk = roads.persuasion()
    command = walk.command(c.RecordReturn, Role.CLASS_TEACHER, returned_on=walk.today, **PROOF)
    found = preview(walk.state, command, at=walk.at, policy=walk.policy, calendar=walk.calendar)
    assert isinstance(found, Preview)
    assert (found.stage_before, found.stage_after) == (
        Stage.PERSUASION.label, Stage.PLACEMENT.label,
    )  # fmt: skip
    assert "宣传教育期" in {move.label for move in found.ended}
    assert "作出分类安置" in {move.label for move in found.opened}
