"""The two statecharts: the main line of a case, and the legal track against one guardian.

The classes are the only declaration of which step may follow which; docs are drawn from them.
A machine is restored for one decision and thrown away: events carry the configuration they led to.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from statemachine import State, StateChart
from statemachine.exceptions import TransitionNotAllowed
from statemachine.orderedset import OrderedSet

Configuration = tuple[str, ...]


def _from_each(*sources: Any, to: Any) -> Any:
    """Join the transitions from several states to one target under one event."""
    first, *rest = (source.to(to) for source in sources)
    for transition in rest:
        first = first | transition
    return first


class CaseChart(StateChart[Any]):
    """The main line (主线) from the first lead to the end of the case."""

    allow_event_without_transition = False
    catch_errors_as_events = False

    class detecting(State.Compound, name="发现与核实"):
        lead = State("线索", initial=True)
        suspected = State("疑似辍学待报告")
        reporting = State("三线报告中")
        verifying = State("校长核证")
        elsewhere_pending = State("待学籍转接")

        suspect = lead.to(suspected)
        report = suspected.to(reporting)
        complete_reports = reporting.to(verifying)
        await_transfer = verifying.to(elsewhere_pending)
        refute_transfer = elsewhere_pending.to(verifying)

    class assigning(State.Compound, name="确认主体与交办"):
        subject_pending = State("待确认劝返主体", initial=True)
        outbound_wait = State("函告户籍地待回函")
        assigned = State("待乡镇签收指令")

        send_letter = subject_pending.to(outbound_wait)
        escalate_hand_over = subject_pending.to(outbound_wait) | outbound_wait.to(outbound_wait)
        letter_refused = outbound_wait.to(subject_pending)
        issue_return_order = subject_pending.to(assigned)

    class persuading(State.Compound, name="四步法劝返"):
        persuasion = State("第一步 宣传教育", initial=True)
        correction = State("第二步 责令改正")
        penalty = State("第三步 行政处罚")
        court = State("第四步 申请强制执行或提起诉讼")

        escalate_correction = persuasion.to(correction)
        escalate_penalty = correction.to(penalty)
        escalate_court = correction.to(court) | penalty.to(court)

    assessment = State("残疾或疾病评估中")
    deferred = State("延缓入学/休学")

    class returning(State.Compound, name="复学与巩固"):
        placement = State("复学安置", initial=True)
        monitoring = State("返校巩固监测")

        attend = placement.to(monitoring)

    class closed(State.Compound, name="结案"):
        closed_returned = State("返校销号", initial=True, final=True)
        closed_false_alarm = State("误报", final=True)
        closed_elsewhere = State("已在外就读", final=True)
        closed_handed_over = State("移交户籍地", final=True)
        closed_deceased = State("死亡", final=True)
        closed_abroad = State("出国（境）", final=True)
        closed_completed = State("已完成义务教育", final=True)
        closed_duplicate = State("重复撤销", final=True)

    clear_lead = detecting.lead.to(closed.closed_false_alarm)
    excuse = _from_each(detecting.lead, detecting.suspected, to=closed.closed_false_alarm)
    confirm_dropout = detecting.verifying.to(assigning)
    close_false_alarm = detecting.verifying.to(closed.closed_false_alarm)
    close_elsewhere = detecting.elsewhere_pending.to(closed.closed_elsewhere)
    letter_accepted = assigning.outbound_wait.to(closed.closed_handed_over)
    accept_order = assigning.assigned.to(persuading)

    begin_assessment = _from_each(assigning, persuading, to=assessment)
    dispute_opinion = _from_each(
        assigning, persuading, assessment, deferred, returning.placement, to=assessment
    )
    find_able = assessment.to(persuading)
    find_able_at_school = assessment.to(returning)
    resume_subject = assessment.to(assigning.subject_pending)
    resume_wait = assessment.to(assigning.outbound_wait)
    resume_assigned = assessment.to(assigning.assigned)
    teach_at_home = persuading.to(returning)
    defer = _from_each(persuading, assessment, deferred, to=deferred)
    end_deferral = deferred.to(persuading)
    reassess = deferred.to(assessment)

    child_returns = _from_each(
        detecting.suspected, detecting.reporting, detecting.verifying, detecting.elsewhere_pending,
        assigning, persuading, assessment, deferred, to=returning,
    )  # fmt: skip
    relapse = returning.to(persuading)
    relapse_unverified = returning.to(detecting.suspected)
    sign_off = returning.monitoring.to(closed.closed_returned)

    _open = (detecting, assigning, persuading, assessment, deferred, returning)
    close_deceased = _from_each(*_open, to=closed.closed_deceased)
    close_abroad = _from_each(*_open, to=closed.closed_abroad)
    close_completed = _from_each(*_open, to=closed.closed_completed)
    close_duplicate = _from_each(*_open, to=closed.closed_duplicate)


class TrackChart(StateChart[Any]):
    """The four steps against one guardian (四步法): no step before the one ahead of it has run."""

    allow_event_without_transition = False
    catch_errors_as_events = False

    class first_step(State.Compound, name="第一步 宣传教育"):
        persuading = State("宣传教育中", initial=True)
        persuasion_failed = State("宣传教育未果")

        fail_persuasion = persuading.to(persuasion_failed)

    class second_step(State.Compound, name="第二步 责令改正"):
        order_drafted = State("责令改正待审签", initial=True)
        order_issued = State("责令改正待送达")
        order_served = State("责令改正期内")
        order_due = State("改正期满待核查")
        order_expired = State("逾期未改正")

        issue_order = order_drafted.to(order_issued)
        serve_order = order_issued.to(order_served)
        end_period = order_served.to(order_due)
        find_expired = order_due.to(order_expired)
        reopen_period = order_due.to(order_served) | order_expired.to(order_served)

    class third_step(State.Compound, name="第三步 行政处罚"):
        penalty_filed = State("已立案", initial=True)
        penalty_notified = State("已事先告知")
        hearing_requested = State("已申请听证")
        penalty_defended = State("陈述申辩已了结")
        penalty_decided = State("已决定待送达")
        penalty_served = State("处罚履行期内")
        penalty_unperformed = State("处罚未履行")
        penalty_performed = State("处罚已履行")

        notify_penalty = penalty_filed.to(penalty_notified)
        close_defence = penalty_notified.to(penalty_defended) | (
            penalty_defended.to(penalty_defended)
        )
        request_hearing = penalty_notified.to(hearing_requested) | (
            penalty_defended.to(hearing_requested)
        )
        hold_hearing = hearing_requested.to(penalty_defended)
        decide_penalty = penalty_defended.to(penalty_decided)
        serve_decision = penalty_decided.to(penalty_served)
        find_unperformed = penalty_served.to(penalty_unperformed)

    class fourth_step(State.Compound, name="第四步 申请强制执行或提起诉讼"):
        demand_served = State("已催告", initial=True)
        enforcement_applied = State("已申请强制执行")
        enforcement_ruled = State("法院已裁定")
        suit_filed = State("已提起诉讼")
        suit_refused = State("法院未受理")
        suit_accepted = State("法院已立案")
        suit_decided = State("已判决或调解")

        apply_enforcement = demand_served.to(enforcement_applied)
        rule_enforcement = enforcement_applied.to(enforcement_ruled)
        refuse_suit = suit_filed.to(suit_refused) | suit_accepted.to(suit_refused)
        accept_suit = suit_filed.to(suit_accepted)
        decide_suit = suit_accepted.to(suit_decided)

    ended = State("步骤终止", final=True)

    draft_order = first_step.persuasion_failed.to(second_step)
    return_draft = second_step.order_drafted.to(first_step.persuasion_failed)
    file_penalty = second_step.order_expired.to(third_step)
    decide_no_penalty = third_step.penalty_defended.to(second_step.order_expired)
    revoke_penalty = _from_each(third_step, fourth_step, to=second_step.order_expired)
    withdraw_step = _from_each(third_step, fourth_step, to=second_step.order_expired)
    revoke_order = _from_each(second_step, third_step, fourth_step, to=first_step.persuasion_failed)
    find_performed = _from_each(
        third_step.penalty_served, third_step.penalty_unperformed, fourth_step.demand_served,
        fourth_step.enforcement_applied, to=third_step.penalty_performed,
    )  # fmt: skip
    demand = third_step.penalty_unperformed.to(fourth_step)
    file_suit = _from_each(
        second_step.order_expired, third_step.penalty_unperformed, third_step.penalty_performed,
        fourth_step.demand_served, fourth_step.enforcement_ruled, fourth_step.suit_refused,
        to=fourth_step.suit_filed,
    )  # fmt: skip
    end = _from_each(first_step, second_step, third_step, fourth_step, to=ended)


class _Holder:
    """The model a machine is restored on; an OrderedSet, or the order of states would vary."""

    def __init__(self, configuration: Configuration) -> None:
        if configuration:
            self.state: OrderedSet[str] = OrderedSet(configuration)


@lru_cache(maxsize=4096)
def move(
    chart: type[StateChart[Any]], configuration: Configuration, event: str
) -> Configuration | None:
    """Return the configuration ``event`` leads to, or None where the chart forbids it.

    A pure function of its arguments, hence cached: the charts hold no data and no guards.
    """
    machine = chart(_Holder(configuration))
    try:
        machine.send(event)
    except TransitionNotAllowed:
        return None
    return tuple(str(value) for value in machine.configuration_values)


@lru_cache(maxsize=2)
def initial(chart: type[StateChart[Any]]) -> Configuration:
    return tuple(str(value) for value in chart(_Holder(())).configuration_values)


def events_of(chart: type[StateChart[Any]]) -> tuple[str, ...]:
    """Every event name the chart declares, in order."""
    declared: list[Any] = list(chart.events)  # type: ignore[call-overload]
    return tuple(str(event.id) for event in declared)
