"""Assessment and deferral; placement, attendance, monitoring, relapse and sign-off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lifecycle.conditions import evidence_of
from lifecycle.days import add_months
from lifecycle.enforcement import no_fine_open
from lifecycle.placement import placement_fits
from lifecycle.verb import Context, Verb, becomes, roles
from lifecycle.verbs.detection import SCHOOL
from lifecycle.verbs.papers import paper_named
from lifecycle.verdict import Unmet
from lifecycle.walked import has_walked
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import Cause, DeferralKind, Role, Stage


def is_bodily(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.cause not in {Cause.ILLNESS, Cause.DISABILITY}:
        yield Unmet(
            code="not_bodily",
            message="只有因病因残的案件委托专家委员会评估。",
            clause="YN-10a",
        )


def opinion_has_term(context: Context, command: c.ConcludeAssessment) -> Iterable[Unmet]:
    if command.is_able:
        return
    yield from _term_fits(context, command.until)


def _term_fits(context: Context, until: object) -> Iterable[Unmet]:
    longest = add_months(context.today, context.policy.number("deferral_months_max"))
    if until is None or not context.today < until <= longest:  # type: ignore[operator]
        yield Unmet(
            code="deferral_term",
            message=f"延缓或休学须写明截止日，且不晚于{longest}。",
            clause=context.policy["deferral_months_max"].source_text,
        )


def deferral_is_earned(context: Context, command: c.Defer) -> Iterable[Unmet]:
    """By policy only after the steps, or enough joint persuasion, or a judgment (YN-8e, JJ5-2.2f)."""
    state = context.state
    yield from _term_fits(context, command.until)
    if command.deferral is DeferralKind.STATUTORY and state.assessed_able is not False:
        yield Unmet(
            code="opinion_missing",
            message="因身体状况的延缓或休学须先有专家委员会“不具备学习条件”的意见。",
            clause="YN-10c、义务教育法 11",
        )
    if command.deferral is DeferralKind.POLICY:
        yield from _policy_deferral(context, command)
        approver = Role(context.policy.text("policy_deferral_approver"))
        if command.actor.role is not approver:
            yield Unmet(
                code="deferral_approver",
                message=f"劝返未果的延缓或休学由{approver.label}核准。",
                clause=context.policy["policy_deferral_approver"].source_text,
            )


def _policy_deferral(context: Context, command: c.Defer) -> Iterable[Unmet]:
    """Two texts, never mixed: after the four steps (YN-8e), or joint visits or judgment (JJ5-2.2f)."""
    state, rule = context.state, context.policy["policy_deferral_guard"]
    if rule.value == "after_four_steps":
        if not any(has_walked(context, track) for track in state.tracks.values()):
            yield Unmet(
                code="deferral_not_earned",
                message="须依四步法走完每一个依法可行的步骤仍未劝返，才可先办延缓或休学。",
                clause=rule.source_text,
            )
        return
    needed = context.policy.number("deferral_min_joint_visits")
    joint = sum(visit.is_joint for visit in state.visits)
    if joint >= needed:
        return
    if not any(track.has_judgment for track in state.tracks.values()):
        yield Unmet(
            code="deferral_not_earned",
            message=f"须联合劝返满{needed}次（现{joint}次），或有生效裁判，才可先办延缓或休学。",
            clause=rule.source_text,
        )
    elif not (command.has_guardian_complied and command.does_child_refuse):
        yield Unmet(
            code="deferral_not_earned",
            message="以生效裁判为由的，须监护人已履行而学生本人仍拒绝返校，两项都要确认。",
            clause=rule.source_text,
        )
    elif not any(visit.was_child_heard for visit in state.visits):
        yield Unmet(
            code="child_not_heard",
            message="以学生本人拒绝返校为由的，须有听取孩子本人意见的记录。",
            clause="未成年人保护法 4、19",
        )


def opinion_can_be_disputed(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.assessed_able is None:
        yield Unmet(
            code="no_opinion",
            message="没有已登记的专家委员会意见，无从提出异议。",
            clause="残疾人教育条例 21",
        )


def review_is_whole(context: Context, command: c.ReviewDeferral) -> Iterable[Unmet]:
    """To run on, a deferral needs a new end; ending it has a verb of its own."""
    if command.is_continued:
        yield from _term_fits(context, command.until)
        until = context.state.deferred_until
        if command.until is not None and until is not None and command.until <= until:
            yield Unmet(
                code="deferral_term",
                message=f"继续延缓或休学的新截止日须晚于现截止日{until}。",
            )


def is_placed(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.placement is None:
        yield Unmet(code="not_placed", message="请先作出分类安置，再确认到校就读。", clause="YN-9b")


def attends_long_enough(context: Context, command: c.ConfirmAttendance) -> Iterable[Unmet]:
    returned = context.state.returned_on
    if command.attending_since > context.today or (
        returned is not None and command.attending_since < returned
    ):
        yield Unmet(
            code="attending_since_wrong",
            message=f"到校就读日须在返校日（{returned}）与今天之间。",
        )
        return
    needed = context.policy.number("return_confirm_days")
    counted = context.calendar.school_days_between(
        command.attending_since, context.today, context.state.school
    )
    if command.school_days < needed or counted < command.school_days:
        yield Unmet(
            code="attendance_too_short",
            message=f"须实际到校满{needed}个教学日（自{command.attending_since}至今共{counted}个教学日，"
            f"填报{command.school_days}日）。",
            clause=context.policy["return_confirm_days"].source_text,
        )


def stretch_is_past(context: Context, command: c.RecordMonitoring) -> Iterable[Unmet]:
    if not command.from_on <= command.to_on <= context.today:
        yield Unmet(code="stretch_wrong", message="监测起止日有误：须先后有序且不晚于今天。")
    since = context.state.attending_since
    if since and command.from_on < since:
        yield Unmet(code="stretch_early", message=f"监测起始日不能早于到校就读日{since}。")


def relapse_follows_the_return(context: Context, command: c.ReportRelapse) -> Iterable[Unmet]:
    """The new absence lies between the return and today."""
    returned = context.state.returned_on
    if command.absent_since > context.today:
        yield Unmet(code="date_ahead", message="缺勤起始日不能晚于今天，请核对。")
    elif returned is not None and command.absent_since < returned:
        yield Unmet(
            code="absence_before_return",
            message=f"再次缺勤的起始日不能早于返校日{returned}，请核对。",
        )


def relapse_is_counted(context: Context, command: c.ReportRelapse) -> Iterable[Unmet]:
    needed = context.policy.number("absence_days")
    if command.absent_days < needed:
        yield Unmet(
            code="absence_below_threshold",
            message=f"无故缺勤{command.absent_days}个教学日，未达{needed}日；请联系家长并记入监测。",
            clause=context.policy["absence_days"].source_text,
        )


def monitoring_is_passed(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """Months elapsed, records up to the end, attendance high enough: evidence, not a note."""
    state = context.state
    if state.monitoring_ended_on is None:
        yield Unmet(
            code="monitoring_running",
            message="返校巩固监测期未满，不能销号。",
            clause=context.policy["monitor_months"].source_text,
        )
        return
    if not state.monitoring:
        yield Unmet(code="no_monitoring", message="没有监测记录，请先补录出勤与谈话。")
        return
    last = max(state.monitoring, key=lambda fact: fact.to_on)
    if last.to_on < state.monitoring_ended_on - timedelta(days=7):
        yield Unmet(
            code="monitoring_gap",
            message=f"监测记录只到{last.to_on}，须记到监测期满（{state.monitoring_ended_on}）前后。",
        )
    needed = context.policy.number("monitor_attendance")
    if last.attendance_percent < needed:
        yield Unmet(
            code="attendance_low",
            message=f"最近一段出勤率{last.attendance_percent}%，低于{needed}%，请继续监测。",
            clause=context.policy["monitor_attendance"].source_text,
        )


def roll_is_active(_context: Context, command: c.SignOff) -> Iterable[Unmet]:
    if not command.is_roll_active:
        yield Unmet(
            code="roll_not_active",
            message="学籍未恢复为在读，请学籍管理员先标注复学。",
            clause="JJ5-4.2b",
        )


VERBS = (
    Verb(
        "begin_assessment", "委托专家委员会评估", roles(Role.EDU_CASE),
        becomes(e.AssessmentBegun), case_event="begin_assessment", conditions=(is_bodily,),
        checks=(paper_named("commission_no", "assessment_commission"),),
    ),
    Verb(
        "conclude_assessment", "登记评估意见", roles(Role.COMMITTEE, Role.EDU_CASE),
        becomes(e.AssessmentConcluded), stages=frozenset({Stage.ASSESSMENT}),
        case_event=lambda command: "find_able" if command.is_able else "find_unable",
        checks=(opinion_has_term, evidence_of("专家委员会评估意见", "YN-10c")),
    ),
    Verb(
        "defer", "批准延缓入学或休学", roles(Role.COUNTY_GROUP, Role.TOWNSHIP_HEAD, Role.EDU_HEAD),
        becomes(e.DeferralApproved), case_event="defer",
        proposers=roles(Role.TOWNSHIP_CASE, Role.EDU_CASE, Role.PRINCIPAL),
        checks=(
            deferral_is_earned, evidence_of("申请与批准文书", "义务教育法 11"),
            paper_named("approval_no", "deferral_approval"),
        ),
    ),
    Verb(
        "dispute_opinion", "监护人不服评估，再次委托", roles(Role.EDU_CASE),
        becomes(e.OpinionDisputed), case_event="dispute_opinion",
        conditions=(opinion_can_be_disputed,),
        checks=(evidence_of("监护人的书面异议", "残疾人教育条例 21"),),
    ),
    Verb(
        "review_deferral", "复查延缓或休学", roles(Role.EDU_CASE, Role.TOWNSHIP_CASE),
        becomes(e.DeferralReviewed), stages=frozenset({Stage.DEFERRED}),
        checks=(review_is_whole, evidence_of("复查记录", "YN-8e")),
    ),
    Verb(
        "end_deferral", "终止延缓或休学", roles(Role.EDU_CASE, Role.TOWNSHIP_CASE),
        becomes(e.DeferralEnded), case_event="end_deferral",
    ),
    Verb(
        "place", "作出分类安置", roles(Role.PRINCIPAL, Role.EDU_CASE), becomes(e.ChildPlaced),
        stages=frozenset({Stage.PLACEMENT}), checks=(placement_fits,),
    ),
    Verb(
        "confirm_attendance", "确认到校就读", roles(Role.PRINCIPAL, Role.REGISTRAR),
        becomes(e.AttendanceConfirmed), case_event="attend", conditions=(is_placed,),
        checks=(attends_long_enough, evidence_of("出勤记录")),
    ),
    Verb(
        "record_monitoring", "登记返校监测", SCHOOL, becomes(e.MonitoringRecorded),
        stages=frozenset({Stage.MONITORING}), checks=(stretch_is_past, evidence_of("出勤记录")),
    ),
    Verb(
        "report_relapse", "报告再次辍学", SCHOOL, becomes(e.RelapseReported),
        case_event="relapse", checks=(relapse_follows_the_return, relapse_is_counted),
    ),
    Verb(
        "sign_off", "销号", roles(Role.EDU_HEAD), becomes(e.CaseSignedOff), case_event="sign_off",
        conditions=(monitoring_is_passed, no_fine_open), proposers=roles(Role.PRINCIPAL, Role.EDU_CASE),
        checks=(roll_is_active, evidence_of("销号审批表", "JJ5-4.2c")),
    ),
)  # fmt: skip
