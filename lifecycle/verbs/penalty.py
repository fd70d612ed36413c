"""Step 3: administrative penalty, only where a dated and reviewed legal basis is configured."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from lifecycle.charts import TrackChart, move
from lifecycle.conditions import are_accounts, at_least_two, steps_not_blocked
from lifecycle.days import add_months
from lifecycle.deciding import (
    hearing_window_is_over,
    legality_is_settled,
    within_decision_period,
)
from lifecycle.penalty_papers import (
    DECISION,
    decision_is_the_papers,
    notice_is_the_papers,
    papers_of_decision,
)
from lifecycle.sequence import not_before
from lifecycle.service import (
    decision_target,
    made_outside_is_served,
    notice_target,
    rung_is_reached,
)
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.papers import paper_named, served_as_recorded, service_is_the_papers
from lifecycle.verbs.persuasion import VISITED_STAGES
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import CaseState, LegalTrack, PaperFact, Remedy
from models.words import (
    Contested,
    NoPenaltyGround,
    PenaltyKind,
    RemedyOutcome,
    Role,
    Stage,
    TrackStep,
)

LAW = roles(Role.TOWNSHIP_LAW, Role.EDU_LAW)
HEADS = roles(Role.TOWNSHIP_HEAD, Role.EDU_HEAD)


UNDER_DECISION = frozenset(
    {
        TrackStep.PENALTY_SERVED, TrackStep.PENALTY_UNPERFORMED, TrackStep.DEMAND_SERVED,
        TrackStep.ENFORCEMENT_APPLIED,
    }
)  # fmt: skip
"""A decision has been served, and the court has not ruled on it."""
STANDS_ON_PENALTY = UNDER_DECISION | {TrackStep.PENALTY_PERFORMED, TrackStep.ENFORCEMENT_RULED}
AFTER_ORDER = frozenset(TrackStep) - {
    TrackStep.PERSUADING, TrackStep.PERSUASION_FAILED, TrackStep.ORDER_DRAFTED,
    TrackStep.ORDER_ISSUED,
}  # fmt: skip
"""What was served can be contested wherever the case has gone since, a return included."""
BEFORE_DECISION = frozenset(
    {
        TrackStep.PENALTY_FILED, TrackStep.PENALTY_NOTIFIED, TrackStep.HEARING_REQUESTED,
        TrackStep.PENALTY_DEFENDED,
    }
)  # fmt: skip
DROPPABLE = (
    BEFORE_DECISION | UNDER_DECISION | {TrackStep.PENALTY_DECIDED, TrackStep.ENFORCEMENT_RULED}
)
REMEDY_STAGES = VISITED_STAGES | {Stage.PLACEMENT, Stage.MONITORING}


def close_remedy(context: Context, command: c.CloseRemedy) -> Iterable[e.EventBase]:
    """A revoked act takes the steps back that stood on it; a civil suit stands by itself.

    An order revoked takes everything back that followed it: the guardian is where persuasion failed.
    """
    closed = carry(command, e.RemedyClosed)
    track = context.state.tracks[command.guardian]
    if command.outcome is not RemedyOutcome.REVOKED:
        yield closed
        return
    if command.against is Contested.ORDER:
        back = _back_or_ended(context, track, "revoke_order")
    elif track.step in STANDS_ON_PENALTY:
        back = _back_or_ended(context, track, "revoke_penalty")
    else:
        back = None
    yield closed.but(track_moved_to=back)


def _back_or_ended(context: Context, track: LegalTrack, event: str) -> tuple[str, ...] | None:
    """Back to where the steps stood before while the child is out; with the child back, nowhere."""
    is_back = context.state.stage in {Stage.PLACEMENT, Stage.MONITORING}
    return move(TrackChart, track.configuration, "end" if is_back else event)


def has_legal_basis(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """A policy document cannot create a penalty; without a basis the step does not exist."""
    if not context.policy.text("penalty_basis"):
        yield Unmet(
            code="no_penalty_basis",
            message="本辖区没有经审核的处罚依据：义务教育法第58条只规定批评教育和责令限期改正，"
            "规范性文件不得设定处罚，无依据的处罚无效。请改走提起诉讼，或转公安训诫、家庭教育指导。",
            clause="行政处罚法 16、38；义务教育法 58",
        )


def may_be_filed(_context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is not None and track.is_penalty_barred:
        yield Unmet(
            code="dropped_before",
            message="本次行为的处罚立案已因逾期撤销，不得就同一行为重新立案；可以研究提起诉讼。",
            clause="行政处罚法 60",
        )


def file(context: Context, command: c.FilePenalty) -> Iterable[e.EventBase]:
    yield carry(command, e.PenaltyFiled, legal_basis=context.policy.text("penalty_basis"))


def amount_fits(_context: Context, command: Any) -> Iterable[Unmet]:
    if (command.penalty is PenaltyKind.FINE) != (command.amount_yuan > 0):
        yield Unmet(code="amount_conflict", message="罚款须填写金额；其他种类金额须为零。")


def ground_fits(_context: Context, command: c.DecidePenalty) -> Iterable[Unmet]:
    """A decision not to punish says why: what it cites follows from that (行政处罚法 33、57)."""
    if (command.penalty is PenaltyKind.NONE) != (command.ground is not None):
        names = "；".join(ground.label for ground in NoPenaltyGround)
        yield Unmet(
            code="ground_conflict",
            message=f"不予处罚须选定一种情形，作出处罚的不填。可选的情形：{names}。",
            clause="行政处罚法 33、57",
        )


def defence_is_closed(context: Context, command: c.RecordDefence) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    notified = track.penalty_notified_on
    if notified is None:
        return
    ends = context.period_end("defence_period", notified)
    if track.step is TrackStep.PENALTY_DEFENDED and (
        not command.has_stated or command.happened_on > ends
    ):
        yield Unmet(
            code="defence_closed",
            message=f"陈述申辩已经了结；只有在{ends}以前补充的陈述可以再登记。",
            clause="行政处罚法 45",
        )
    if command.has_stated:
        return
    if command.happened_on <= ends:
        yield Unmet(
            code="defence_running",
            message=f"陈述申辩和听证申请期到{ends}止，期内不得作“未陈述”处理。",
            clause="行政处罚法 44、45、64",
        )


def hearing_in_time(context: Context, command: c.RequestHearing) -> Iterable[Unmet]:
    """Whoever has stated a case may still ask for a hearing while the five days run (63、64)."""
    track = context.state.tracks[command.guardian]
    notified = track.penalty_notified_on
    if track.hearing_held_on is not None:
        yield Unmet(code="hearing_held", message="本次告知的听证已经举行，不再重复举行。")
    if notified is None:
        return
    ends = context.period_end("defence_period", notified)
    if command.happened_on > ends:
        yield Unmet(
            code="hearing_late",
            message=f"听证须在告知后五个工作日内提出，期限到{ends}止。",
            clause="行政处罚法 64",
        )


def hearing_is_announced(context: Context, command: c.ScheduleHearing) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    earliest = context.period_end("hearing_notice_period", command.happened_on)
    if command.hearing_on < earliest:
        yield Unmet(
            code="hearing_too_soon",
            message=f"须在听证七个工作日前通知，最早可定在{earliest}。",
            clause="行政处罚法 64",
        )
    if command.presider in track.investigators:
        yield Unmet(
            code="second_person",
            message="听证主持人不得是本案调查人员。",
            clause="行政处罚法 64",
        )
    if not command.is_closed:
        yield Unmet(
            code="hearing_open",
            message="本案涉及未成年人隐私，听证应当不公开举行。",
            clause="行政处罚法 64",
        )


def arranger_did_not_investigate(context: Context, command: c.ScheduleHearing) -> Iterable[Unmet]:
    if command.actor.id in context.state.tracks[command.guardian].investigators:
        yield Unmet(
            code="second_person",
            message="安排听证的负责人不得是本案调查人员。",
            clause="行政处罚法 64",
        )


def hearing_day_has_come(context: Context, command: c.HoldHearing) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    if track.hearing_on is None:
        yield Unmet(code="hearing_not_scheduled", message="请先安排听证的时间和主持人。")
    elif command.happened_on < track.hearing_on:
        yield Unmet(code="hearing_ahead", message=f"听证定于{track.hearing_on}，尚未举行。")


def decided_the_day_of_the_paper(context: Context, command: c.DecidePenalty) -> Iterable[Unmet]:
    """A decision is made the day its paper is signed; a paper of the case knows that day."""
    for paper in papers_of_decision(context.state, command.guardian):
        if paper.issued_on is not None and paper.issued_on != command.happened_on:
            yield Unmet(
                code="decision_day_differs",
                message=f"{paper.key}于{paper.issued_on}签发，决定日期须与之相同，请填写{paper.issued_on}。",
                clause="行政处罚法 59",
            )


def reviewer_is_apart(context: Context, command: c.ReviewLegality) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    if command.actor.id in {*track.investigators, track.hearing_presider}:
        yield Unmet(
            code="second_person",
            message="法制审核人不得是本案调查人员或听证主持人。",
            clause="行政处罚法 58",
        )


def not_decided_before(_context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is not None and track.penalty is PenaltyKind.NONE:
        yield Unmet(
            code="decided_before",
            message="就同一事实已作出不予处罚的决定，不得再立案处罚；可以研究提起诉讼。",
            clause="行政处罚法 29",
        )


def is_contestable(context: Context, command: c.OpenRemedy) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    running = _remedy_against(track, command.against)
    if _served_on(track, command.against) is None:
        yield Unmet(
            code="no_decision",
            message=f"{command.against.label}尚未送达，没有可申请救济的决定。",
        )
    elif running is not None:
        yield Unmet(code="remedy_running", message=f"{running.kind.label}正在进行。")


def _served_on(track: LegalTrack, against: Contested) -> date | None:
    return track.order_served_on if against is Contested.ORDER else track.decision_served_on


def _remedy_against(track: LegalTrack, against: Contested) -> Remedy | None:
    return track.order_remedy if against is Contested.ORDER else track.remedy


def remedy_days_in_order(context: Context, command: Any) -> Iterable[Unmet]:
    """A remedy begins after the service of what it contests, and ends after it began."""
    track = context.state.tracks[command.guardian]
    running = _remedy_against(track, command.against)
    earlier = running.opened_on if running else _served_on(track, command.against)
    if earlier is not None and command.happened_on < earlier:
        yield Unmet(
            code="date_out_of_order",
            message=f"发生日期{command.happened_on}早于{earlier}，先后颠倒，请核对。",
        )


def remedy_is_running(context: Context, command: c.CloseRemedy) -> Iterable[Unmet]:
    if _remedy_against(context.state.tracks[command.guardian], command.against) is None:
        yield Unmet(code="no_remedy", message="没有正在进行的复议或诉讼。")


def grace_is_ahead(context: Context, command: c.GrantGrace) -> Iterable[Unmet]:
    """A grace lengthens what was there before, by months and not by years (行政处罚法 66)."""
    track = context.state.tracks[command.guardian]
    if command.until <= context.today:
        yield Unmet(
            code="grace_past",
            message="延期、分期的截止日须在今天之后。",
            clause="行政处罚法 66",
        )
        return
    if track.decision_served_on is None:
        return
    ends = context.period_end("payment_period", track.decision_served_on)
    latest = add_months(ends, context.policy.number("grace_months_max"))
    before = max(ends, track.grace_until or ends)
    if not before < command.until <= latest:
        yield Unmet(
            code="grace_term",
            message=f"延期、分期的截止日须晚于现履行期限{before}，且不晚于{latest}。",
            clause="行政处罚法 66",
        )


def something_to_perform(_context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    is_open = track is not None and (
        track.owed or (track.decision_served_on is not None and track.performed_on is None)
    )
    if track is not None and not is_open:
        yield Unmet(code="no_decision", message="没有已送达而未履行的处罚决定，无从登记履行。")


def penalty_can_be_dropped(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is None or track.owed:
        return
    if track.step not in DROPPABLE:
        yield Unmet(
            code="wrong_step",
            message=f"该监护人目前处于“{track.step.label}”，没有可以撤销的立案或处罚决定。",
        )
    if track.performed_on is not None:
        yield Unmet(
            code="performed",
            message="处罚已经履行，不能撤销了事；决定确有错误的，依法定程序撤销并退还。",
        )


def what_is_dropped(context: Context, command: c.DropPenalty) -> Iterable[Unmet]:
    """The present penalty, or a fine owed from an earlier run: one of them, and it is there."""
    track = context.state.tracks[command.guardian]
    runs = {fine.run for fine in track.owed}
    if command.run is not None and command.run not in runs:
        yield Unmet(code="no_such_fine", message="没有这一轮尚欠的罚款，请从尚欠的罚款中选择。")
    if command.run is None and track.step not in DROPPABLE and runs:
        yield Unmet(
            code="no_such_fine",
            message="请写明要撤销的是哪一轮尚欠的罚款（复议、诉讼撤销的也在这里登记）。",
        )


def drop(context: Context, command: c.DropPenalty) -> Iterable[e.EventBase]:
    """Withdraw the filing or revoke the decision; after the ninety days for good (行政处罚法 60)."""
    track = context.state.tracks[command.guardian]
    if command.run is not None:
        yield carry(command, e.PenaltyDropped)
        return
    is_late = (
        track.penalty_decided_on is None
        and track.penalty_filed_on is not None
        and context.today > context.period_end("penalty_decision_period", track.penalty_filed_on)
    )
    dropped = carry(command, e.PenaltyDropped, is_late=is_late)
    yield dropped.but(track_moved_to=_back_or_ended(context, track, "withdraw_step"))


def record_performance(context: Context, command: c.RecordPerformance) -> Iterable[e.EventBase]:
    """What is paid ends the demand for it wherever the proceeding stands; a ruling stays a ruling."""
    recorded = carry(command, e.PerformanceRecorded)
    track = context.state.tracks[command.guardian]
    event = "find_performed" if command.is_performed else "find_unperformed"
    if command.run is not None:
        yield recorded
    elif command.is_performed and context.state.stage in {Stage.PLACEMENT, Stage.MONITORING}:
        yield recorded.but(track_moved_to=move(TrackChart, track.configuration, "end"))
    else:
        yield recorded.but(track_moved_to=move(TrackChart, track.configuration, event))


def performance_is_open(context: Context, command: c.RecordPerformance) -> Iterable[Unmet]:
    """A fine is paid once; only within the period to pay does 'not performed' say anything new."""
    track = context.state.tracks[command.guardian]
    if command.run is not None:
        if not command.is_performed or command.run not in {fine.run for fine in track.owed}:
            yield Unmet(
                code="no_such_fine",
                message="没有这一轮尚欠的罚款，或者未登记为已履行；请从尚欠的罚款中选择。",
            )
        return
    if track.decision_served_on is None:
        yield Unmet(code="no_decision", message="没有已送达的处罚决定，无从登记履行。")
    elif track.performed_on is not None:
        yield Unmet(
            code="performed",
            message=f"处罚已于{track.performed_on}登记履行，不得再次登记。",
        )
    elif not command.is_performed and track.step is not TrackStep.PENALTY_SERVED:
        yield Unmet(code="unperformed_before", message="已登记过未履行，无须重复登记。")


def decision_can_be_served(context: Context, command: c.ServeDecision) -> Iterable[Unmet]:
    """By the ladder; where the decision is a paper of this case, as its own service says."""
    paper = decision_paper(context.state, command.guardian)
    if paper is not None:
        yield from served_as_recorded(paper, command)
    else:
        yield from rung_is_reached(context, decision_target(command.guardian), command)


def decision_paper(state: CaseState, guardian: str) -> PaperFact | None:
    """Return the decision of this proceeding as a paper of the case; None if made elsewhere."""
    found = [paper for paper in papers_of_decision(state, guardian) if paper.kind == DECISION]
    return found[-1] if found else None


def not_heavier(context: Context, command: c.DecidePenalty) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    order = [PenaltyKind.NONE, PenaltyKind.WARNING, PenaltyKind.FINE]
    told = track.penalty or PenaltyKind.FINE
    if order.index(command.penalty) > order.index(told) or (
        command.penalty is told and command.amount_yuan > track.amount_yuan
    ):
        yield Unmet(
            code="heavier_than_notified",
            message="决定不得重于事先告知的处罚；确需加重的须重新告知。",
            clause="行政处罚法 44、45",
        )


def decider_did_not_investigate(context: Context, command: c.DecidePenalty) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    if command.actor.id in {*track.investigators, track.hearing_presider, track.legal_reviewer}:
        yield Unmet(
            code="second_person",
            message="作出决定的负责人不得是本案调查人员、听证主持人或法制审核人。",
            clause="行政处罚法 57、58",
        )


def payment_period_over(context: Context, command: c.RecordPerformance) -> Iterable[Unmet]:
    track = context.state.tracks[command.guardian]
    served = track.decision_served_on
    if command.is_performed or served is None:
        return
    ends = context.period_end("payment_period", served)
    if track.grace_until is not None:
        ends = max(ends, track.grace_until)  # 行政处罚法 66
    if command.happened_on <= ends:
        yield Unmet(
            code="payment_running",
            message=f"履行期到{ends}止，期内不得认定未履行。",
            clause="行政处罚法 67",
        )


VERBS = (
    Verb(
        "file_penalty", "处罚立案", HEADS, file, is_about_guardian=True, stages=VISITED_STAGES,
        track_event="file_penalty", conditions=(steps_not_blocked, has_legal_basis, not_decided_before, may_be_filed),
        checks=(
            not_before("order_checked_on", "penalty_dropped_on"),
            at_least_two("officers", "执法人员", "行政处罚法 42"), are_accounts("officers"),
            paper_named("filing_no", "penalty_filing"),
        ),
    ),
    Verb(
        "notify_penalty", "登记事先告知书送达", LAW, becomes(e.PenaltyNotified),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="notify_penalty",
        conditions=(has_legal_basis, steps_not_blocked),
        checks=(
            not_before("penalty_filed_on"),
            amount_fits, paper_named("document_no", "penalty_notice"),
            service_is_the_papers("document_no", "penalty_notice"), notice_is_the_papers,
            made_outside_is_served("penalty_notice", notice_target, "行政处罚法 44、61"),
        ),
    ),
    Verb(
        # A statement may be written down as long as the days run, also after "nothing was stated".
        "record_defence", "登记陈述申辩", LAW, becomes(e.DefenceRecorded), is_about_guardian=True,
        stages=VISITED_STAGES, track_event="close_defence",
        checks=(not_before("penalty_notified_on"), defence_is_closed),
    ),
    Verb(
        "decide_penalty", "作出处罚决定", HEADS, becomes(e.PenaltyDecided), is_about_guardian=True,
        stages=VISITED_STAGES, steps=frozenset({TrackStep.PENALTY_DEFENDED}),
        track_event=lambda command: (
            "decide_no_penalty" if command.penalty is PenaltyKind.NONE else "decide_penalty"
        ),
        conditions=(
            has_legal_basis, hearing_window_is_over, legality_is_settled, within_decision_period,
            steps_not_blocked,
        ),
        checks=(
            not_before("penalty_filed_on", "penalty_notified_on", "hearing_held_on"),
            decided_the_day_of_the_paper,
            amount_fits, ground_fits, not_heavier, decider_did_not_investigate,
            paper_named("document_no", "penalty_decision", "no_penalty_decision"),
            decision_is_the_papers,
        ),
    ),
    Verb(
        "serve_decision", "登记处罚决定送达", LAW, becomes(e.DecisionServed),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="serve_decision",
        checks=(
            not_before("penalty_decided_on"), decision_can_be_served, at_least_two("officers", "送达人员", "行政处罚法 42"),
        ),
    ),
    Verb(
        "record_performance", "登记履行情况", LAW, record_performance,
        # A return ends the steps, not a fine that has taken effect: it can still be paid.
        is_about_guardian=True, stages=REMEDY_STAGES, conditions=(something_to_perform,),
        checks=(performance_is_open, not_before("decision_served_on"), payment_period_over),
    ),
    Verb(
        "request_hearing", "登记听证申请", LAW, becomes(e.HearingRequested),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="request_hearing",
        checks=(not_before("penalty_notified_on"), hearing_in_time),
    ),
    Verb(
        "schedule_hearing", "安排听证", HEADS, becomes(e.HearingScheduled), is_about_guardian=True,
        stages=VISITED_STAGES, steps=frozenset({TrackStep.HEARING_REQUESTED}),
        checks=(
            not_before("penalty_notified_on", "hearing_requested_on"), are_accounts("presider"), hearing_is_announced,
            arranger_did_not_investigate,
        ),
    ),
    Verb(
        "hold_hearing", "登记听证举行", LAW | HEADS, becomes(e.HearingHeld),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="hold_hearing",
        checks=(hearing_day_has_come,),
    ),
    Verb(
        "review_legality", "登记法制审核", roles(Role.EDU_LAW, Role.TOWNSHIP_LAW),
        becomes(e.LegalityReviewed), is_about_guardian=True, stages=VISITED_STAGES,
        steps=frozenset({TrackStep.PENALTY_DEFENDED}),
        checks=(not_before("penalty_notified_on", "hearing_held_on"), reviewer_is_apart),
    ),
    Verb(
        "grant_grace", "准予延期或分期缴纳", HEADS, becomes(e.GraceGranted),
        is_about_guardian=True, stages=REMEDY_STAGES,
        steps=frozenset({TrackStep.PENALTY_SERVED}),
        checks=(not_before("decision_served_on"), grace_is_ahead),
    ),
    Verb(
        "open_remedy", "登记复议或诉讼", LAW, becomes(e.RemedyOpened), is_about_guardian=True,
        stages=REMEDY_STAGES, steps=AFTER_ORDER, checks=(is_contestable, remedy_days_in_order),
    ),
    Verb(
        "close_remedy", "登记复议或诉讼结果", LAW, close_remedy,
        is_about_guardian=True, stages=REMEDY_STAGES, steps=AFTER_ORDER,
        checks=(remedy_is_running, remedy_days_in_order),
    ),
    Verb(
        "drop_penalty", "撤销立案或处罚决定", HEADS, drop, is_about_guardian=True,
        stages=REMEDY_STAGES,
        conditions=(penalty_can_be_dropped,), proposers=LAW,
        checks=(what_is_dropped, not_before("penalty_filed_on", "penalty_decided_on")),
    ),
)  # fmt: skip
