"""The duties of the road as a table: which event starts each clock, who must act, what ends it.

A new deadline is a new row. ``is_period`` rows are periods that simply run (a guardian's time to
comply, an appeal period): when they end nobody has missed anything, and ``ends_in`` says what
follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lifecycle.days import end_of_school_year_at
from lifecycle.paper_duties import rows as paper_rows
from models import events as e
from models.people import SYSTEM
from models.rules import PolicySnapshot
from models.state import CaseState
from models.words import (
    Cause,
    Contested,
    Department,
    Party,
    PenaltyKind,
    PlacementWay,
    RemedyKind,
    RemedyOutcome,
    Role,
    Stage,
    TrackStep,
    Whereabouts,
)

When = Callable[[CaseState, Any], bool]
Anchor = Callable[[CaseState, Any], date]

S = Stage
STEPS = frozenset({S.PERSUASION, S.CORRECTION, S.PENALTY, S.COURT})
CONFIRMED = STEPS | {
    S.SUBJECT_PENDING, S.OUTBOUND_WAIT, S.ASSIGNED, S.ASSESSMENT, S.DEFERRED,
}  # fmt: skip
REFERRED = CONFIRMED | {
    S.LEAD, S.SUSPECTED, S.REPORTING, S.VERIFYING, S.ELSEWHERE_PENDING, S.PLACEMENT, S.MONITORING,
}  # fmt: skip
OUT = STEPS | {S.ASSESSMENT, S.DEFERRED}
OWED = OUT | {S.PLACEMENT, S.MONITORING}
"""A fine in force is carried through while the child is assessed, deferred or back at school."""
RUNNING_TRACK = frozenset(TrackStep) - {TrackStep.ENDED}


def _always(_state: CaseState, _event: Any) -> bool:
    return True


def _on_the_day(_state: CaseState, event: Any) -> date:
    day: date = event.happened_on
    return day


FixedDay = Callable[[CaseState, Any, PolicySnapshot], date | None]


def _nothing(_state: CaseState, _event: Any) -> None:
    return None


def _no_day(_state: CaseState, _event: Any, _policy: PolicySnapshot) -> None:
    return None


@dataclass(frozen=True)
class Duty:
    """One row: a deadline with its rule, its owner and its end."""

    id: str
    label: str
    parameter: str
    opens_on: tuple[str, ...]
    owner: Role | None
    """None: the guardian or a court, whose time simply runs; the case's owner watches it."""
    stages: frozenset[Stage]
    """Leaving these withdraws the duty."""
    met_by: tuple[str, ...] = ()
    when: When = _always
    met_when: When = _always
    anchor: Anchor = _on_the_day
    is_per_guardian: bool = False
    steps: frozenset[TrackStep] = RUNNING_TRACK
    """For a guardian's duty: leaving these steps withdraws it."""
    is_period: bool = False
    ends_in: Callable[[CaseState, Any, date], e.EventBase] | None = None
    amount: Callable[[CaseState, Any], int | None] = _nothing
    due_on: FixedDay = _no_day
    """A deadline fixed by a paper itself (end of an approved deferral)."""
    about: Callable[[Any], str | None] = lambda _event: None
    """What the duty is about beside the guardian, where a case has several of the kind."""
    only_if: str | None = None
    """A parameter (flag) without which the duty is not asked for here."""
    is_once: bool = False
    """One at a time: while it runs, nothing that would open it opens a second."""
    stands: Callable[[CaseState, Any], bool] = _always
    """Whether it still stands, asked of the obligation after every event; else it is withdrawn."""

    @property
    def has_general_length(self) -> bool:
        """Tell whether the rules, and no paper, say how long it is."""
        return self.amount is _nothing and self.due_on is _no_day


def _confirmed_dropout(_state: CaseState, event: Any) -> bool:
    return event.moved_to is not None and event.moved_to[-1] == Stage.SUBJECT_PENDING.value


COMPETENT: dict[Cause | None, frozenset[Department]] = {
    Cause.WORK: frozenset({Department.LABOUR, Department.POLICE}),
    Cause.MARRIAGE: frozenset(
        {Department.CIVIL_AFFAIRS, Department.POLICE, Department.WOMEN_FEDERATION}
    ),
    Cause.RELIGION: frozenset({Department.RELIGIOUS_AFFAIRS}),
    Cause.HOME_SCHOOL: frozenset({Department.POLICE, Department.CIVIL_AFFAIRS, Department.MARKET}),
    Cause.POVERTY: frozenset({Department.CIVIL_AFFAIRS, Department.RURAL_REVITALISATION}),
    Cause.FAMILY: frozenset(
        {Department.CIVIL_AFFAIRS, Department.POLICE, Department.WOMEN_FEDERATION}
    ),
}
"""Causes that concern other departments, and which of them is told within days (YN-5, JJ5-3)."""


def _referred_to(*departments: Department) -> When:
    return lambda _state, event: event.department in departments


def _ages_on(state: CaseState, _event: Any, policy: PolicySnapshot) -> date | None:
    if state.birth_on is None:
        return None
    return end_of_school_year_at(state.birth_on, policy.number("upper_age"))


def _age_reached(_state: CaseState, _obligation: Any, day: date) -> e.EventBase:
    return e.AgeReached(actor=SYSTEM, happened_on=day, reached_on=day)


def _review_due(state: CaseState, event: Any, policy: PolicySnapshot) -> date | None:
    """Early enough that a decision can stand when the deferral ends."""
    if state.deferred_until is None:
        return None
    lead = timedelta(days=policy.number("deferral_review_lead"))
    return max(_on_the_day(state, event), state.deferred_until - lead)


def _deferral_end(state: CaseState, _event: Any, _policy: PolicySnapshot) -> date | None:
    return state.deferred_until


def _deferral_ends(_state: CaseState, _obligation: Any, day: date) -> e.EventBase:
    return e.DeferralEnded(actor=SYSTEM, happened_on=day, reason="批准的期限已满，未续")


def _correction_ends(_state: CaseState, obligation: Any, day: date) -> e.EventBase:
    return e.CorrectionPeriodEnded(actor=SYSTEM, happened_on=day, guardian=obligation.guardian)


def _payment_ends(_state: CaseState, obligation: Any, day: date) -> e.EventBase:
    return e.PaymentPeriodEnded(actor=SYSTEM, happened_on=day, guardian=obligation.guardian)


def _remedy_period_ends(_state: CaseState, obligation: Any, day: date) -> e.EventBase:
    return e.RemedyPeriodEnded(actor=SYSTEM, happened_on=day, guardian=obligation.guardian)


def _demand_ends(_state: CaseState, obligation: Any, day: date) -> e.EventBase:
    return e.DemandPeriodEnded(actor=SYSTEM, happened_on=day, guardian=obligation.guardian)


def _grace_end(_state: CaseState, event: Any, _policy: PolicySnapshot) -> date | None:
    until: date = event.until
    return until


def _grace_is_over(state: CaseState, event: Any) -> bool:
    until = state.tracks[event.guardian].grace_until
    return until is None or until <= event.happened_on


def _is_uncontested(state: CaseState, event: Any) -> bool:
    return state.tracks[event.guardian].remedy is None


def _may_be_demanded(state: CaseState, event: Any) -> bool:
    """Unpaid, and the time to contest over or the court has upheld (行政强制法 53)."""
    track = state.tracks[event.guardian]
    return track.remedy is None and track.remedy_period_ended_on is not None


def _upheld_by(kind: RemedyKind) -> When:
    def upheld(state: CaseState, event: Any) -> bool:
        ended = state.tracks[event.guardian].remedies_ended
        return (
            event.against is Contested.DECISION
            and event.outcome is RemedyOutcome.UPHELD
            and bool(ended)
            and ended[-1].kind is kind
        )

    return upheld


def _needs_next_step(state: CaseState, event: Any) -> bool:
    """The child is out and this step has come to its end: somebody must say what follows."""
    match event.kind:
        case "correction_checked":
            return _still_out(state, event)
        case "penalty_decided":
            return bool(event.penalty is PenaltyKind.NONE)
        case "remedy_closed":
            return bool(
                event.outcome is RemedyOutcome.REVOKED and event.against is Contested.DECISION
            )
        case "performance_recorded":
            return bool(event.is_performed and event.run is None)
        case "ruling_recorded":
            return not event.is_granted
        case "penalty_dropped":
            return event.run is None
        case "flaw_settled":
            return not event.is_upheld
        case _:
            return True


def _monitoring_ends(_state: CaseState, _obligation: Any, day: date) -> e.EventBase:
    return e.MonitoringPeriodEnded(actor=SYSTEM, happened_on=day, ended_on=day)


def _order_served(state: CaseState, event: Any) -> date:
    served_on = state.tracks[event.guardian].order_served_on
    return served_on if served_on is not None else _on_the_day(state, event)


def _order_days(state: CaseState, event: Any) -> int | None:
    return state.tracks[event.guardian].order_days


def _still_out(_state: CaseState, event: Any) -> bool:
    return str(event.outcome) == "still_out"


def _in(*steps: TrackStep) -> frozenset[TrackStep]:
    return frozenset(steps)


UNPAID = _in(TrackStep.PENALTY_SERVED, TrackStep.PENALTY_UNPERFORMED, TrackStep.DEMAND_SERVED)


def _contested(event: Any) -> str | None:
    against: Contested = event.against
    return against.value


def _is_pending(state: CaseState, obligation: Any) -> bool:
    """The remedy is still there: an act taken back takes the remedy against it along."""
    track = state.tracks[obligation.guardian]
    return (track.order_remedy if obligation.about == "order" else track.remedy) is not None


def _no_remedy_pends(state: CaseState, obligation: Any) -> bool:
    return state.tracks[obligation.guardian].remedy is None


def _opens_window(state: CaseState, event: Any) -> bool:
    track = state.tracks[event.guardian]
    return track.remedy is None and track.remedy_period_ended_on is not None


def _window_opens(state: CaseState, event: Any) -> date:
    """The last day to apply is counted from the end of a grace where that is later (行政处罚法 72)."""
    track = state.tracks[event.guardian]
    return max(track.remedy_period_ended_on or event.happened_on, track.grace_until or date.min)


def _must_be_applied_for(state: CaseState, event: Any) -> bool:
    """After the demand's period, and again after a remedy that came in between."""
    if event.kind == "demand_period_ended":
        return _is_uncontested(state, event)
    return _opens_window(state, event)


def _order_fell(_state: CaseState, event: Any) -> bool:
    if event.kind != "remedy_closed":
        return True
    return bool(event.against is Contested.ORDER and event.outcome is RemedyOutcome.REVOKED)


def _contests_decision(_state: CaseState, event: Any) -> bool:
    return event.against is Contested.DECISION


def _is_to_be_enforced(_state: CaseState, event: Any) -> bool:
    match event.kind:
        case "ruling_recorded":
            return bool(event.is_granted)
        case "judgment_recorded":
            return bool(event.must_send_child)
        case _:
            return not event.is_done


def _or_put_right(fact: str, duty: str) -> When:
    """The period runs again when its first day is put right after it had ended."""

    def applies(state: CaseState, event: Any) -> bool:
        if event.kind != "fact_corrected":
            return True
        track = state.tracks.get(event.guardian or "")
        return (
            event.fact.partition(":")[0] == fact
            and track is not None
            and not (duty == "litigation_period" and track.remedies_ended)
            and not any(
                o.duty == duty and o.guardian == event.guardian for o in state.live_obligations()
            )
        )

    return applies


def _as_put_right(state: CaseState, event: Any) -> date:
    if event.kind == "fact_corrected":
        return date.fromisoformat(event.after)
    return _on_the_day(state, event)


DETECTION = (
    Duty("first_contact", "联系监护人", "first_contact_period",
         ("lead_opened", "relapse_reported"),
         Role.CLASS_TEACHER, frozenset({S.LEAD, S.SUSPECTED}), ("guardian_contacted",)),
    Duty("clear_lead", "查清线索", "lead_period", ("lead_opened",), Role.CLASS_TEACHER,
         frozenset({S.LEAD})),
    Duty("report_suspected", "报告疑似辍学", "suspected_report_period",
         ("dropout_suspected", "relapse_reported"),
         Role.CLASS_TEACHER, frozenset({S.SUSPECTED}), ("school_informed",)),
    Duty("complete_reports", "三线报告齐备", "three_reports_period", ("school_informed",),
         Role.PRINCIPAL, frozenset({S.REPORTING}), ("reports_completed",)),
    Duty("verify", "校长核证", "verify_period",
         ("reports_completed", "verification_returned", "transfer_refuted"),
         Role.PRINCIPAL, frozenset({S.VERIFYING}), ("case_verified",)),
    Duty("review_verification", "复核核证意见", "review_period", ("case_verified",),
         Role.EDU_CASE, frozenset({S.VERIFYING}),
         ("verification_confirmed", "verification_returned"),
         when=lambda _state, event: event.moved_to is None),
    Duty("confirm_transfer", "确认学籍转接", "transfer_period", ("verification_confirmed",),
         Role.REGISTRAR, frozenset({S.ELSEWHERE_PENDING}), ("transfer_confirmed",)),
)  # fmt: skip

ASSIGNMENT = (
    Duty("confirm_party", "确认劝返主体", "party_period",
         ("case_verified", "hand_over_refused", "assessment_concluded"),
         Role.EDU_CASE, frozenset({S.SUBJECT_PENDING}), ("responsible_party_set",),
         when=lambda state, event: event.kind == "hand_over_refused"
         or (_confirmed_dropout(state, event) and state.party is None)),
    Duty("issue_order", "签发劝返指令", "return_order_period",
         ("responsible_party_set", "coordination_recorded", "assessment_concluded"),
         Role.EDU_HEAD, frozenset({S.SUBJECT_PENDING}), ("return_order_issued",),
         when=lambda state, _event: state.party is Party.OURS),
    Duty("send_letter", "发移交劝返函", "hand_over_letter_period",
         ("responsible_party_set", "assessment_concluded"),
         Role.EDU_CASE, frozenset({S.SUBJECT_PENDING}), ("hand_over_letter_sent",),
         when=lambda state, _event: state.party is Party.THEIRS),
    Duty("await_reply", "催户籍地回函", "reply_period",
         ("hand_over_letter_sent", "coordination_recorded", "assessment_concluded"),
         Role.EDU_CASE, frozenset({S.OUTBOUND_WAIT}),
         ("hand_over_accepted", "hand_over_refused")),
    Duty("notice_letter", "发辍学情况告知函", "notice_letter_period", ("case_verified",),
         Role.EDU_CASE, CONFIRMED, ("notice_letter_sent",),
         when=lambda state, event: _confirmed_dropout(state, event)
         and state.household_county != state.enrol_county),
    Duty("referral_feedback", "催部门反馈", "referral_feedback_period", ("referral_opened",),
         Role.EDU_CASE, REFERRED, ("feedback_recorded",), about=lambda event: event.referral),
    Duty("coordination", "催上级协调结果", "coordination_period", ("hand_over_escalated",),
         Role.EDU_HEAD, frozenset({S.OUTBOUND_WAIT}),
         ("coordination_recorded", "hand_over_accepted", "hand_over_refused")),
    Duty("search", "查找下落不明的学生", "search_period", ("case_verified",), Role.TOWNSHIP_CASE,
         CONFIRMED, ("search_recorded",),
         when=lambda state, event: _confirmed_dropout(state, event)
         and state.whereabouts is Whereabouts.UNKNOWN),
    Duty("school_matter", "处理学校责任", "school_matter_period",
         ("case_verified", "cause_redetermined"), Role.EDU_HEAD, CONFIRMED,
         ("school_matter_settled",),
         when=lambda state, _event: state.cause in {Cause.SCHOOL, Cause.DISTANCE}
         and state.stage in CONFIRMED
         and not state.is_school_matter_settled),
    Duty("find_guardian", "转民政确定监护人", "referral_period", ("case_verified",), Role.EDU_CASE,
         CONFIRMED, ("referral_opened", "guardian_changed"),
         when=lambda state, event: _confirmed_dropout(state, event)
         and not any(guardian.is_legal for guardian in state.guardians),
         met_when=lambda _state, event: event.kind == "guardian_changed"
         or event.department is Department.CIVIL_AFFAIRS),
    Duty("mark_roll", "学籍系统标注辍学", "roll_mark_period", ("case_verified",), Role.REGISTRAR,
         CONFIRMED, ("roll_marked",),
         when=lambda state, event: _confirmed_dropout(state, event)
         and not state.is_never_enrolled),
    # One neutral name for all: a list of deadlines must not tell the village why (C4).
    Duty("refer", "转介有关部门", "referral_period", ("case_verified", "cause_redetermined"),
         Role.EDU_CASE, CONFIRMED, ("referral_opened", "cause_redetermined"),
         when=lambda state, _event: state.cause in COMPETENT and state.stage in CONFIRMED,
         met_when=lambda state, event: event.kind == "cause_redetermined"
         or event.department in COMPETENT.get(state.cause, ())),
    Duty("ageing", "到超龄提示年龄", "upper_age", ("lead_opened",), None, REFERRED, is_period=True,
         ends_in=_age_reached, due_on=_ages_on),
    Duty("decide_ageing", "研究超龄处理意见", "ageing_decision_period", ("age_reached",),
         Role.EDU_HEAD, REFERRED, ("ageing_decided",)),
    Duty("accept_order", "签收劝返指令", "order_acceptance_period",
         ("return_order_issued", "assessment_concluded"),
         Role.TOWNSHIP_CASE, frozenset({S.ASSIGNED}), ("order_accepted",)),
)  # fmt: skip

PERSUASION = (
    Duty("first_visit", "首次上门劝返", "first_visit_period",
         ("order_accepted", "relapse_reported", "assessment_concluded"),
         Role.TOWNSHIP_CASE, STEPS, ("visit_recorded",)),
    Duty("persuade", "宣传教育期", "persuasion_period",
         ("order_accepted", "deferral_ended", "assessment_concluded"), Role.TOWNSHIP_CASE,
         frozenset({S.PERSUASION}), ("persuasion_ended",)),
    Duty("persuade_again", "再次劝返（缩短）", "relapse_persuasion_period", ("relapse_reported",),
         Role.TOWNSHIP_CASE, frozenset({S.PERSUASION}), ("persuasion_ended",)),
    Duty("keep_contact", "持续联系", "contact_cycle",
         ("order_accepted", "visit_recorded", "guardian_contacted", "relapse_reported", "deferral_approved",
          "deferral_ended", "assessment_begun", "assessment_concluded"),
         Role.TOWNSHIP_CASE, OUT, ("visit_recorded", "guardian_contacted"),
         when=lambda state, _event: state.stage in OUT, is_once=True),
    Duty("keep_promise", "落实复学承诺", "promise_period", ("agreement_recorded",),
         Role.TOWNSHIP_CASE, OUT | {S.SUBJECT_PENDING, S.OUTBOUND_WAIT, S.ASSIGNED}, (),
         anchor=lambda _state, event: event.return_on),
)  # fmt: skip

CORRECTION = (
    Duty("draft_order", "拟写责令限期改正", "order_draft_period",
         ("persuasion_ended", "correction_draft_returned", "order_revoked", "remedy_closed"),
         Role.TOWNSHIP_CASE, STEPS,
         ("correction_order_drafted",), is_per_guardian=True,
         steps=_in(TrackStep.PERSUASION_FAILED), only_if="four_steps", when=_order_fell),
    Duty("settle_flaw", "处理失去前提的步骤", "flaw_period", ("fact_corrected",),
         Role.TOWNSHIP_LAW, OWED, ("flaw_settled",), is_per_guardian=True,
         when=lambda _state, event: event.flaw is not None),
    Duty("approve_order", "签发责令限期改正", "order_approval_period",
         ("correction_order_drafted",), Role.TOWNSHIP_HEAD, STEPS,
         ("correction_order_issued", "correction_draft_returned"), is_per_guardian=True,
         steps=_in(TrackStep.ORDER_DRAFTED)),
    Duty("serve_order", "送达责令限期改正", "order_service_period", ("correction_order_issued",),
         Role.TOWNSHIP_CASE, STEPS, ("paper_served",), is_per_guardian=True,
         steps=_in(TrackStep.ORDER_ISSUED)),
    Duty("correction_period", "改正期限", "order_days", ("paper_served", "period_reopened"), None, STEPS,
         is_per_guardian=True, steps=_in(TrackStep.ORDER_SERVED), is_period=True,
         ends_in=_correction_ends, amount=_order_days, anchor=_order_served),
    Duty("check_correction", "改正情况核查", "recheck_period", ("correction_period_ended",),
         Role.TOWNSHIP_CASE, STEPS, ("correction_checked",), is_per_guardian=True,
         steps=_in(TrackStep.ORDER_DUE)),
    Duty("choose_next_step", "决定下一步法律措施", "next_step_period",
         ("correction_checked", "penalty_decided", "remedy_closed", "penalty_dropped",
          "suit_refused", "performance_recorded", "flaw_settled", "ruling_recorded"),
         Role.TOWNSHIP_HEAD, STEPS, ("penalty_filed", "suit_filed"), is_per_guardian=True,
         steps=_in(TrackStep.ORDER_EXPIRED, TrackStep.PENALTY_PERFORMED, TrackStep.SUIT_REFUSED,
                   TrackStep.ENFORCEMENT_RULED),
         when=_needs_next_step, only_if="four_steps"),
)  # fmt: skip

PENALTY = (
    Duty("schedule_hearing", "安排听证", "hearing_schedule_period", ("hearing_requested",),
         Role.TOWNSHIP_HEAD, STEPS, ("hearing_scheduled",), is_per_guardian=True,
         steps=_in(TrackStep.HEARING_REQUESTED)),
    Duty("hold_hearing", "举行听证", "hearing_held_period", ("hearing_scheduled",),
         Role.TOWNSHIP_LAW, STEPS, ("hearing_held",), is_per_guardian=True,
         steps=_in(TrackStep.HEARING_REQUESTED), anchor=lambda _state, event: event.hearing_on),
    Duty("await_remedy", "跟踪复议或诉讼", "remedy_follow_up_period", ("remedy_opened",),
         Role.TOWNSHIP_LAW, OWED, ("remedy_closed",), is_per_guardian=True,
         steps=frozenset(TrackStep), about=_contested, stands=_is_pending),
    Duty("decide_penalty", "作出处罚决定", "penalty_decision_period", ("penalty_filed",),
         Role.TOWNSHIP_HEAD, OUT, ("penalty_decided",), is_per_guardian=True,
         steps=_in(TrackStep.PENALTY_FILED, TrackStep.PENALTY_NOTIFIED,
                   TrackStep.HEARING_REQUESTED, TrackStep.PENALTY_DEFENDED)),
    Duty("defence_period", "陈述申辩与听证申请期", "defence_period",
         ("penalty_notified", "fact_corrected"), None,
         OUT, is_per_guardian=True, is_period=True,
         steps=_in(TrackStep.PENALTY_NOTIFIED, TrackStep.PENALTY_DEFENDED),
         when=_or_put_right("penalty_notified_on", "defence_period"), anchor=_as_put_right),
    Duty("serve_decision", "送达处罚决定", "decision_service_period", ("penalty_decided",),
         Role.TOWNSHIP_LAW, OUT, ("decision_served",), is_per_guardian=True,
         steps=_in(TrackStep.PENALTY_DECIDED)),
    Duty("payment_period", "处罚履行期", "payment_period",
         ("decision_served", "fact_corrected"), None, OWED,
         is_per_guardian=True, steps=_in(TrackStep.PENALTY_SERVED), is_period=True,
         ends_in=_payment_ends, anchor=_as_put_right,
         when=_or_put_right("decision_served_on", "payment_period")),
    Duty("grace_period", "准予延期的履行期", "payment_period", ("grace_granted",), None, OWED,
         is_per_guardian=True, steps=_in(TrackStep.PENALTY_SERVED), is_period=True,
         ends_in=_payment_ends, due_on=_grace_end, met_by=("grace_granted",)),
    Duty("record_performance", "认定履行情况", "performance_check_period",
         ("payment_period_ended",), Role.TOWNSHIP_LAW, OWED,
         ("performance_recorded", "grace_granted"),
         is_per_guardian=True, steps=_in(TrackStep.PENALTY_SERVED), when=_grace_is_over),
    Duty("litigation_period", "起诉期限", "litigation_period",
         ("decision_served", "fact_corrected"), None, OWED, anchor=_as_put_right,
         when=_or_put_right("decision_served_on", "litigation_period"),
         is_per_guardian=True, is_period=True, steps=UNPAID, ends_in=_remedy_period_ends,
         met_by=("remedy_opened",), met_when=_contests_decision),
    Duty("suit_after_review", "对复议决定的起诉期限", "suit_after_review_period",
         ("remedy_closed",), None, OWED, is_per_guardian=True, is_period=True, steps=UNPAID,
         ends_in=_remedy_period_ends, when=_upheld_by(RemedyKind.REVIEW),
         met_by=("remedy_opened",), met_when=_contests_decision),
)  # fmt: skip

COURT = (
    Duty("demand_performance", "催告履行", "demand_draft_period",
         ("remedy_period_ended", "performance_recorded", "remedy_closed"), Role.TOWNSHIP_LAW,
         OWED, ("performance_demanded",), is_per_guardian=True,
         steps=_in(TrackStep.PENALTY_UNPERFORMED), when=_may_be_demanded,
         stands=_no_remedy_pends),
    Duty("demand_period", "催告期", "demand_period",
         ("performance_demanded", "fact_corrected"), None, OWED, anchor=_as_put_right,
         when=_or_put_right("demand_served_on", "demand_period"), is_per_guardian=True, steps=_in(TrackStep.DEMAND_SERVED), is_period=True,
         ends_in=_demand_ends),
    Duty("apply_enforcement", "申请强制执行", "enforcement_application_period",
         ("demand_period_ended", "remedy_period_ended", "remedy_closed"), Role.TOWNSHIP_HEAD,
         OWED, ("enforcement_applied",), is_per_guardian=True,
         steps=_in(TrackStep.DEMAND_SERVED), when=_must_be_applied_for, stands=_no_remedy_pends),
    # These two run beside the one above: past them the right to apply is gone.
    Duty("application_window", "申请强制执行的最后期限", "application_window",
         ("remedy_period_ended", "grace_granted"), Role.TOWNSHIP_LAW, OWED,
         ("enforcement_applied", "grace_granted"), is_per_guardian=True, steps=UNPAID,
         when=_opens_window, anchor=_window_opens, stands=_no_remedy_pends),
    Duty("judgment_window", "裁判的申请执行期限", "judgment_window", ("remedy_closed",),
         Role.TOWNSHIP_LAW, OWED, ("enforcement_applied",), is_per_guardian=True, steps=UNPAID,
         when=_upheld_by(RemedyKind.SUIT)),
    Duty("await_ruling", "跟踪法院裁定", "ruling_period", ("enforcement_applied",),
         Role.TOWNSHIP_LAW, OWED, ("ruling_recorded",), is_per_guardian=True,
         steps=_in(TrackStep.ENFORCEMENT_APPLIED)),
    Duty("follow_enforcement", "登记执行情况", "enforcement_follow_up_period",
         ("ruling_recorded", "judgment_recorded", "enforcement_recorded"), Role.TOWNSHIP_LAW,
         OWED, ("enforcement_recorded",), is_per_guardian=True,
         steps=_in(TrackStep.ENFORCEMENT_RULED, TrackStep.SUIT_DECIDED), when=_is_to_be_enforced),
    Duty("after_court", "落实裁判并继续劝返", "after_court_period",
         ("ruling_recorded", "judgment_recorded"), Role.TOWNSHIP_CASE, STEPS,
         ("visit_recorded", "agreement_recorded"), is_per_guardian=False),
    Duty("await_acceptance", "跟踪法院立案", "suit_acceptance_period", ("suit_filed",),
         Role.TOWNSHIP_LAW, STEPS, ("suit_accepted", "suit_refused"), is_per_guardian=True,
         steps=_in(TrackStep.SUIT_FILED)),
    Duty("await_judgment", "跟踪判决或调解", "judgment_period", ("suit_accepted",),
         Role.TOWNSHIP_LAW, STEPS, ("judgment_recorded", "suit_refused"), is_per_guardian=True,
         steps=_in(TrackStep.SUIT_ACCEPTED)),
)  # fmt: skip

RETURNING = (
    Duty("conclude_assessment", "取得评估意见", "assessment_period",
         ("assessment_begun", "opinion_disputed", "deferral_ended"),
         Role.EDU_CASE, frozenset({S.ASSESSMENT}), ("assessment_concluded",)),
    Duty("decide_deferral", "研究是否批准延缓或休学", "deferral_decision_period",
         ("assessment_concluded", "deferral_reviewed"), Role.EDU_CASE,
         frozenset({S.ASSESSMENT, S.DEFERRED}),
         ("deferral_approved", "opinion_disputed", "deferral_ended"),
         when=lambda state, event: state.assessed_able is False
         if event.kind == "assessment_concluded"
         else state.is_deferral_to_go_on),
    Duty("review_deferral", "复查延缓或休学", "deferral_review_lead",
         ("deferral_approved",), Role.EDU_CASE, frozenset({S.DEFERRED}),
         ("deferral_ended", "deferral_reviewed", "deferral_approved"), due_on=_review_due),
    Duty("deferral_period", "延缓或休学期限", "deferral_months_max",
         ("deferral_approved",), None, frozenset({S.DEFERRED}), ("deferral_approved",),
         is_period=True, ends_in=_deferral_ends, due_on=_deferral_end),
    Duty("aid_hand_over", "纳入救助保障", "referral_period", ("assessment_concluded",),
         Role.EDU_CASE, frozenset({S.ASSESSMENT, S.DEFERRED}), ("referral_opened",),
         when=lambda state, _event: state.assessed_able is False,
         met_when=_referred_to(Department.CIVIL_AFFAIRS, Department.DISABLED_FEDERATION),
         is_once=True),
    Duty("place", "作出分类安置", "placement_period", ("child_returned", "assessment_concluded"),
         Role.PRINCIPAL, frozenset({S.PLACEMENT}), ("child_placed",)),
    Duty("attend", "确认到校就读", "attendance_period",
         ("child_returned", "child_placed", "assessment_concluded"),
         Role.PRINCIPAL, frozenset({S.PLACEMENT}), ("attendance_confirmed",),
         when=lambda _state, event: event.moved_to is not None),
    Duty("mark_returned", "学籍系统标注复学", "roll_mark_period", ("attendance_confirmed",),
         Role.REGISTRAR, frozenset({S.MONITORING}), ("roll_marked",)),
    Duty("teach_at_home", "送教上门", "home_teaching_cycle", ("attendance_confirmed", "home_taught"),
         Role.PRINCIPAL, frozenset({S.MONITORING}), ("home_taught",),
         when=lambda state, _event: state.placement is PlacementWay.HOME_TEACHING),
    Duty("monitor", "登记返校监测", "monitoring_cycle",
         ("attendance_confirmed", "monitoring_recorded"), Role.PRINCIPAL,
         frozenset({S.MONITORING}), ("monitoring_recorded",),
         when=lambda state, _event: state.monitoring_ended_on is None),
    Duty("monitoring_period", "返校巩固监测期", "monitor_months", ("attendance_confirmed",), None,
         frozenset({S.MONITORING}), is_period=True, ends_in=_monitoring_ends,
         anchor=lambda _state, event: event.attending_since),
    Duty("sign_off", "销号", "sign_off_period", ("monitoring_period_ended",), Role.EDU_HEAD,
         frozenset({S.MONITORING}), ("case_signed_off",)),
)  # fmt: skip

PAPERS = tuple(Duty(**row) for row in paper_rows())

ALL: tuple[Duty, ...] = (
    *DETECTION, *ASSIGNMENT, *PERSUASION, *CORRECTION, *PENALTY, *COURT, *RETURNING, *PAPERS,
)  # fmt: skip
BY_ID = {duty.id: duty for duty in ALL}
BACKGROUND = frozenset({"ageing", "litigation_period", "application_window", "judgment_window"})
"""Periods that run for years or months beside the work: they alone do not keep a case in sight."""
ESCALATION = "escalation_period"
"""Parameter of the time an office has to mend what the one below it missed."""
