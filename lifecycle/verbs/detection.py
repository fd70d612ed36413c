"""From the lead to the principal's verification, and the ways a case ends there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lifecycle.charts import CaseChart, move
from lifecycle.conditions import another_person, evidence_of
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import Conclusion, LeadSource, ReportLine, Role, Stage, Whereabouts

SCHOOL = roles(Role.CLASS_TEACHER, Role.REGISTRAR, Role.PRINCIPAL)
WORKERS = SCHOOL | roles(Role.SYSTEM, Role.EDU_CASE, Role.TOWNSHIP_CASE, Role.CENTER_SCHOOL)
FINDERS = WORKERS | roles(Role.SUPERVISOR)
"""Whoever finds a child out of school says so; what becomes of the case an inspector leaves alone."""
DETECTION = frozenset({Stage.LEAD, Stage.SUSPECTED, Stage.REPORTING, Stage.VERIFYING})
OUT_OF_SCHOOL = DETECTION | frozenset(
    {
        Stage.ELSEWHERE_PENDING, Stage.SUBJECT_PENDING, Stage.OUTBOUND_WAIT, Stage.ASSIGNED,
        Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT, Stage.ASSESSMENT,
        Stage.DEFERRED,
    }
)  # fmt: skip


def has_contact(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.contacts == 0:
        yield Unmet(
            code="no_contact",
            message="还没有联系监护人的记录，请先登记至少一次联系（电话、微信或家访均可）。",
            clause="DC-2.3.3g、YN-7c",
        )


def absence_is_past(context: Context, command: c.MarkSuspected) -> Iterable[Unmet]:
    if command.absent_since > context.today:
        yield Unmet(code="date_ahead", message="缺勤起始日不能晚于今天，请核对。")


def enough_absence(context: Context, command: c.MarkSuspected) -> Iterable[Unmet]:
    needed = context.policy.number("absence_days")
    source = context.state.source
    if source is not None and source.is_never_at_school:
        return  # not registered after the first week: there are no days to count
    if command.absent_days < needed:
        yield Unmet(
            code="absence_below_threshold",
            message=f"无故缺勤{command.absent_days}个教学日，未达{needed}日，继续联系即可。",
            clause=context.policy["absence_days"].source_text,
        )


def needed_lines(context: Context) -> frozenset[ReportLine]:
    """The report lines this jurisdiction asks for (parameter ``report_lines``).

    A child never enrolled is the township's own matter: it does not report to itself.
    """
    lines = frozenset(ReportLine(line) for line in context.policy.text("report_lines").split(","))
    own = {ReportLine.TOWNSHIP} if context.state.is_never_enrolled else set()
    return (lines - own) or frozenset({ReportLine.COUNTY})


def line_is_open(context: Context, command: c.FileReport) -> Iterable[Unmet]:
    if command.line in context.state.reports:
        yield Unmet(
            code="line_already_filed",
            message=f"“{command.line.label}”一线已报送，回执号如有误请申请更正。",
        )
    if command.line not in needed_lines(context):
        yield Unmet(code="line_not_used", message=f"本辖区不要求“{command.line.label}”一线。")


def file_report(context: Context, command: c.FileReport) -> Iterable[e.EventBase]:
    yield carry(command, e.ReportFiled)
    if needed_lines(context) <= context.state.reports.keys() | {command.line}:
        yield carry(command, e.ReportsCompleted)


def open_lead(context: Context, command: c.OpenLead) -> Iterable[e.EventBase]:
    """Open the case; the threshold already reached makes it a suspected dropout at once."""
    yield carry(
        command,
        e.LeadOpened,
        case_id=case_id_of(command),
        policy_sha=context.policy.sha256,
    )
    since = command.absent_since or command.happened_on
    reached = command.absent_days >= context.policy.number("absence_days")
    if command.source.is_never_at_school or (command.absent_since and reached):
        days = max(command.absent_days, 1)
        yield e.DropoutSuspected(
            actor=command.actor, happened_on=command.happened_on, evidence=command.evidence,
            absent_since=since, absent_days=days,
        )  # fmt: skip


def has_a_school_or_is_counted(_context: Context, command: c.OpenLead) -> Iterable[Unmet]:
    """Only a comparison can find a child without a school; it has no days to be absent."""
    if not command.school and command.source in {LeadSource.ATTENDANCE, LeadSource.TRANSITION}:
        yield Unmet(code="school_missing", message="考勤和小升初的线索须写明学校。")


def clears(context: Context, command: c.ClearLead) -> Iterable[Unmet]:
    if command.returned_on > context.today:
        yield Unmet(code="return_day_ahead", message="到校日不能晚于今天。")


def case_id_of(command: c.OpenLead) -> str:
    """Name the case by its child and episode: opaque, and the same on every retry."""
    return str(uuid5(NAMESPACE_URL, f"case/{command.child_ref}/{command.episode}"))


def not_yet_verified(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.conclusion is not None:
        yield Unmet(code="already_verified", message="核证意见已签，正待县教体局复核。")


def waits_for_review(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.conclusion is None:
        yield Unmet(code="nothing_to_review", message="校长尚未签核证意见，没有可复核的内容。")


def verification_is_whole(_context: Context, command: c.Verify) -> Iterable[Unmet]:
    if command.conclusion is Conclusion.DROPOUT:
        if command.cause is None:
            yield Unmet(code="cause_missing", message="确认辍学须填写原因。", clause="DC-2.2.4")
        if command.whereabouts in {Whereabouts.DECEASED, Whereabouts.STUDYING_ELSEWHERE}:
            yield Unmet(code="whereabouts_conflict", message="去向与“确认辍学”的结论不一致。")
        away = {Whereabouts.IN_PROVINCE, Whereabouts.OUT_OF_PROVINCE}
        if command.whereabouts in away and not command.whereabouts_county:
            yield Unmet(
                code="whereabouts_county_missing",
                message="人不在本县，须填写现在所在县（市、区）的代码，不详请选“去向不明”。",
                clause="YN-8c",
            )
    elif not command.evidence:
        yield Unmet(
            code="evidence_missing",
            message=f"结论为“{command.conclusion.label}”会终结本案，须附证明材料编号，监护人口头说明不够。",
            clause="ZY-2.1d",
        )


def _verify_event(command: Any) -> str | None:
    return "confirm_dropout" if command.conclusion is Conclusion.DROPOUT else None


_CLOSING_EVENT = {
    Conclusion.FALSE_ALARM: "close_false_alarm",
    Conclusion.ELSEWHERE: "await_transfer",
    Conclusion.DECEASED: "close_deceased",
    Conclusion.ABROAD: "close_abroad",
}


def review(context: Context, command: c.ReviewVerification) -> Iterable[e.EventBase]:
    """Confirm the closing conclusion, or send it back to be verified again."""
    if not command.is_confirmed:
        yield carry(command, e.VerificationReturned)
        return
    conclusion = context.state.conclusion
    assert conclusion is not None
    moved = move(CaseChart, context.state.configuration, _CLOSING_EVENT[conclusion])
    yield carry(command, e.VerificationConfirmed, moved_to=moved)


VERBS = (
    Verb("open_lead", "登记线索", FINDERS, open_lead, checks=(has_a_school_or_is_counted,)),
    Verb("join_lead", "并入线索", FINDERS, becomes(e.LeadJoined)),
    Verb(
        "mark_suspected", "列为疑似辍学", WORKERS, becomes(e.DropoutSuspected),
        case_event="suspect", checks=(absence_is_past, enough_absence),
    ),
    Verb(
        "excuse", "确认请假属实", roles(Role.PRINCIPAL), becomes(e.LeadExcused),
        case_event="excuse", checks=(evidence_of("已审批的请假条", "DC-2.3.2a"),),
    ),
    Verb(
        "clear_lead", "已到校，了结线索", SCHOOL, becomes(e.LeadCleared), case_event="clear_lead",
        checks=(clears, evidence_of("到校当日的考勤记录", "DC-2.3.3g")),
    ),
    Verb(
        "contact_guardian", "登记联系监护人",
        SCHOOL | roles(Role.TOWNSHIP_CASE, Role.VILLAGE, Role.EDU_CASE, Role.EDU_HEAD),
        becomes(e.GuardianContacted), stages=OUT_OF_SCHOOL | {Stage.PLACEMENT, Stage.MONITORING},
    ),
    Verb(
        "report_to_school", "报告学校", SCHOOL, becomes(e.SchoolInformed), case_event="report",
        conditions=(has_contact,),
    ),
    Verb(
        "file_report", "报送三线报告", SCHOOL, file_report, stages=frozenset({Stage.REPORTING}),
        checks=(line_is_open,),
    ),
    Verb(
        "verify", "签署核证意见", roles(Role.PRINCIPAL), becomes(e.CaseVerified),
        stages=frozenset({Stage.VERIFYING}), case_event=_verify_event,
        conditions=(not_yet_verified,), checks=(verification_is_whole,),
    ),
    Verb(
        "review_verification", "复核核证意见", roles(Role.EDU_CASE, Role.EDU_HEAD), review,
        stages=frozenset({Stage.VERIFYING}), conditions=(waits_for_review,),
        checks=(
            another_person(
                lambda context, _command: (
                    context.state.verified_by.id if context.state.verified_by else None
                ),
                "复核人不得是签署核证意见的本人。", "YN-14.10",
            ),
        ),
    ),
    Verb(
        "confirm_transfer", "确认学籍已转接", roles(Role.REGISTRAR, Role.EDU_CASE),
        becomes(e.TransferConfirmed), case_event="close_elsewhere",
        checks=(evidence_of("接收学校证明或学籍系统核查记录", "ZY-2.1d、ZY-2.3d"),),
    ),
    Verb(
        "refute_transfer", "在外就读不实，重新核证", roles(Role.REGISTRAR, Role.EDU_CASE),
        becomes(e.TransferRefuted), case_event="refute_transfer",
    ),
)  # fmt: skip
