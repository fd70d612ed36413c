"""Assessment by the committee (评估); deferral (延缓入学、休学): granted, looked at, ended."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.charts import CaseChart, move
from lifecycle.conditions import BODILY, evidence_of
from lifecycle.days import add_months
from lifecycle.folding import has_accepted_order
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.papers import paper_named
from lifecycle.verdict import Unmet
from lifecycle.walked import has_walked
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import DeferralKind, Role, Stage

APPROVERS = frozenset({Role.TOWNSHIP_HEAD, Role.EDU_HEAD})
"""乡镇人民政府或者县级教育行政部门 (义务教育法 11); a subdistrict office is neither."""


def is_bodily(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.cause not in BODILY:
        yield Unmet(
            code="not_bodily",
            message="只有因病因残的案件委托专家委员会评估。",
            clause="YN-10a",
        )


def opinion_is_awaited(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """One commission, one opinion; another is asked for at the guardian's objection."""
    if context.state.stage is Stage.ASSESSMENT and context.state.assessed_able is not None:
        yield Unmet(
            code="opinion_recorded",
            message="评估意见已登记。监护人不服的，请登记其书面异议并再次委托评估。",
            clause="残疾人教育条例 21",
        )


def advised_term_fits(context: Context, command: c.ConcludeAssessment) -> Iterable[Unmet]:
    if not command.is_able and command.until is not None:
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
    yield from _term_fits(context, command.until)
    if command.deferral is DeferralKind.STATUTORY:
        yield from _statutory_deferral(context, command)
    if command.deferral is DeferralKind.POLICY:
        if context.state.stage is Stage.ASSESSMENT:
            yield Unmet(
                code="assessment_first",
                message="评估尚未了结，不能按劝返未果办理；认定不具备学习条件的，"
                "请按“因身体状况”提请延缓或休学。",
                clause="YN-10c",
            )
        yield from _policy_deferral(context, command)
        approver = Role(context.policy.text("policy_deferral_approver"))
        if command.actor.role is not approver:
            yield Unmet(
                code="deferral_approver",
                message=f"劝返未果的延缓或休学由{approver.label}核准。",
                clause=context.policy["policy_deferral_approver"].source_text,
            )


def runs_on_after_a_review(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """A running deferral is prolonged on a review, by who approves its kind (JJ5-2.2f, YN-8e)."""
    state = context.state
    if state.stage is Stage.DEFERRED and not state.is_deferral_to_go_on:
        yield Unmet(
            code="review_missing",
            message="延长延缓或休学须先复查：请登记复查记录并认定须继续，再提请审批。",
            clause="YN-8e、JJ5-2.2f",
        )


def prolongs_the_same(context: Context, command: c.Defer) -> Iterable[Unmet]:
    """The two kinds are never merged, and a new end lies behind the old one."""
    state = context.state
    if state.stage is not Stage.DEFERRED:
        return
    if state.deferral is not None and command.deferral is not state.deferral:
        yield Unmet(
            code="deferral_kind",
            message=f"现在的延缓或休学是“{state.deferral.label}”，不能改按"
            f"“{command.deferral.label}”延长；情形有变的请先终止。",
            clause="义务教育法 11、YN-8e",
        )
    until = state.deferred_until
    if until is not None and command.until <= until:
        yield Unmet(
            code="deferral_term", message=f"延长的新截止日须晚于现截止日{until}。"
        )  # fmt: skip


def _statutory_deferral(context: Context, command: c.Defer) -> Iterable[Unmet]:
    """The guardian applies in writing, the township or the county bureau approves (义务教育法 11)."""
    if context.state.assessed_able is not False:
        yield Unmet(
            code="opinion_missing",
            message="因身体状况的延缓或休学须先有专家委员会“不具备学习条件”的意见。",
            clause="YN-10c、义务教育法 11",
        )
    if not command.application_no.strip():
        yield Unmet(
            code="application_missing",
            message="因身体状况的延缓或休学由监护人书面申请，请登记申请书编号后再办理。",
            clause="义务教育法 11",
        )
    approvers = {Role.EDU_HEAD} if context.state.is_subdistrict else APPROVERS
    if command.actor.role not in approvers:
        names = "或".join(role.label for role in Role if role in approvers)
        yield Unmet(
            code="deferral_approver",
            message=f"因身体状况的延缓或休学由{names}批准。",
            clause="义务教育法 11",
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
    """A review finds and proposes; the later end it names is granted by ``defer`` alone."""
    if command.is_continued and command.until is not None:
        yield from _term_fits(context, command.until)
        until = context.state.deferred_until
        if until is not None and command.until <= until:
            yield Unmet(
                code="deferral_term",
                message=f"继续延缓或休学的新截止日须晚于现截止日{until}。",
            )


_RESUMES = {
    Stage.SUBJECT_PENDING: "resume_subject",
    Stage.OUTBOUND_WAIT: "resume_wait",
    Stage.ASSIGNED: "resume_assigned",
}


def conclude(context: Context, command: c.ConcludeAssessment) -> Iterable[e.EventBase]:
    """Found able, the child is still out: the case goes on where it is followed and persuaded."""
    if not command.is_able:
        yield carry(command, e.AssessmentConcluded)
        return
    state = context.state
    name = "find_able"
    if state.returned_on is not None:
        name = "find_able_at_school"
    elif not has_accepted_order(state):
        name = _RESUMES[state.assessed_from or Stage.SUBJECT_PENDING]
    moved = move(CaseChart, state.configuration, name)
    yield carry(command, e.AssessmentConcluded, moved_to=moved)


def review(_context: Context, command: c.ReviewDeferral) -> Iterable[e.EventBase]:
    yield carry(command, e.DeferralReviewed, has_moved_end=False)


VERBS = (
    Verb(
        "begin_assessment", "委托专家委员会评估", roles(Role.EDU_CASE),
        becomes(e.AssessmentBegun), case_event="begin_assessment", conditions=(is_bodily,),
        checks=(paper_named("commission_no", "assessment_commission"),),
    ),
    Verb(
        "conclude_assessment", "登记评估意见", roles(Role.COMMITTEE, Role.EDU_CASE),
        conclude, stages=frozenset({Stage.ASSESSMENT}),
        conditions=(opinion_is_awaited,),
        checks=(advised_term_fits, evidence_of("专家委员会评估意见", "YN-10c")),
    ),
    Verb(
        "defer", "批准延缓入学或休学", roles(Role.COUNTY_GROUP, Role.TOWNSHIP_HEAD, Role.EDU_HEAD),
        becomes(e.DeferralApproved), case_event="defer",
        proposers=roles(Role.TOWNSHIP_CASE, Role.EDU_CASE, Role.PRINCIPAL),
        conditions=(runs_on_after_a_review,),
        checks=(
            deferral_is_earned, prolongs_the_same, evidence_of("申请与批准文书", "义务教育法 11"),
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
        review, stages=frozenset({Stage.DEFERRED}),
        checks=(review_is_whole, evidence_of("复查记录", "YN-8e")),
    ),
    Verb(
        "end_deferral", "终止延缓或休学", roles(Role.EDU_CASE, Role.TOWNSHIP_CASE),
        becomes(e.DeferralEnded), stages=frozenset({Stage.DEFERRED}),
    ),
)  # fmt: skip
