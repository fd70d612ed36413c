"""Step 2: the order to correct within a period (责令限期改正), its service and its check."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.conditions import (
    another_person,
    at_least_two,
    competent_office,
    evidence_of,
    order_office_kind,
    signed_today,
    steps_not_blocked,
)
from lifecycle.papers import SCHOOL, Service, rule_of, side_papers, waits_for_service
from lifecycle.sequence import not_before
from lifecycle.service import (
    attempted_in_time,
    known_targets,
    lower_rung_has_failed,
    rung_is_reached,
)
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.persuasion import VISITED_STAGES
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import OfficeKind, Outcome, PaperStatus, Role, ServiceMethod, TrackStep

DRAFTERS = roles(Role.TOWNSHIP_CASE, Role.TOWNSHIP_LAW, Role.EDU_LAW, Role.EDU_CASE)
SIGNERS = roles(Role.TOWNSHIP_HEAD, Role.EDU_HEAD)
SERVERS = DRAFTERS


def draft(context: Context, command: c.OrderCorrection) -> Iterable[e.EventBase]:
    number = 1 + sum(p.kind == "correction_order" for p in context.state.papers.values())
    yield e.CorrectionOrderDrafted(
        actor=command.actor,
        happened_on=command.happened_on,
        evidence=command.evidence,
        guardian=command.guardian,
        facts=command.facts,
        days=command.days or context.policy.number("order_days"),
        officers=command.officers,
        paper_key=f"correction_order-{number}",
    )


def two_licensed_officers(_context: Context, command: c.OrderCorrection) -> Iterable[Unmet]:
    if len({officer.licence_no for officer in command.officers}) < 2:
        yield Unmet(
            code="two_people",
            message="承办人员不得少于两人，且须各有执法证号。",
            clause="行政处罚法 42",
        )


def issue(context: Context, command: c.ApproveCorrectionOrder) -> Iterable[e.EventBase]:
    state = context.state
    key = state.tracks[command.guardian].order_paper
    assert key is not None
    ours = order_office_kind(context) is OfficeKind.TOWNSHIP
    paper = e.PaperIssue(
        key=key,
        kind="correction_order",
        issuer=state.township if ours else state.county,
        word=context.policy.text("correction_order_word"),
        year=context.today.year,
    )
    yield carry(command, e.CorrectionOrderIssued, paper=paper)


def return_draft(context: Context, command: c.ReturnCorrectionDraft) -> Iterable[e.EventBase]:
    key = context.state.tracks[command.guardian].order_paper
    yield carry(command, e.CorrectionDraftReturned, paper_key=key)


def a_paper_may_be_served(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """An order is served while the steps run; a paper beside the line whenever it waits."""
    state = context.state
    if state.stage in VISITED_STAGES or any(map(waits_for_service, side_papers(state))):
        return
    yield _wrong_stage(context)


def _wrong_stage(context: Context) -> Unmet:
    return Unmet(
        code="wrong_stage",
        message=f"案件目前处于“{context.state.stage.label}”，此阶段不能“登记文书送达”。",
    )


def paper_can_be_served(context: Context, command: c.ServePaper) -> Iterable[Unmet]:
    paper = context.state.papers.get(command.paper)
    rule = rule_of(context.state, command.paper)
    if rule is not None and rule.service is Service.NONE:
        yield Unmet(code="not_for_service", message=f"“{rule.title}”不需要送达。")
        return
    if rule is None and context.state.stage not in VISITED_STAGES:
        yield _wrong_stage(context)
        return
    if paper is None or (paper.kind != "correction_order" and rule is None):
        yield Unmet(code="unknown_paper", message="本案没有这份待送达的文书，请从文书列表里选择。")
        return
    if paper.status is PaperStatus.SERVED:
        yield Unmet(
            code="already_served",
            message=f"该文书已于{paper.served_on}送达，不得重复送达。",
            clause="民事诉讼法 87",
        )
    elif paper.status is not PaperStatus.ISSUED:
        yield Unmet(code="not_issued", message="该文书尚未签发，不能送达。")
    if paper.issued_on and command.happened_on < paper.issued_on:
        yield Unmet(code="served_before_issue", message="送达日不能早于签发日，请核对送达回证。")


def two_servers(context: Context, command: c.ServePaper) -> Iterable[Unmet]:
    """Two officers serve what the law serves; a plain receipt needs one (行政处罚法 42)."""
    rule = rule_of(context.state, command.paper)
    if rule is None or rule.service is Service.RECEIPT:
        yield from at_least_two("officers", "送达人员", "行政处罚法 42")(context, command)
    elif not any(name.strip() for name in command.officers):
        yield Unmet(code="server_missing", message="请填写送达（交接）人员的姓名。")


def server_is_right(context: Context, command: c.ServePaper) -> Iterable[Unmet]:
    """School staff hand over the school's own papers, not an order of the steps."""
    rule = rule_of(context.state, command.paper)
    allowed = SERVERS if rule is None else rule.drafters | SERVERS
    if command.actor.role not in allowed:
        yield Unmet(code="paper_role", message="这份文书不由您的角色送达。")


def paper_rung_is_reached(context: Context, command: c.ServePaper) -> Iterable[Unmet]:
    rule = rule_of(context.state, command.paper)
    if (
        rule is not None
        and rule.service is Service.SIGNED
        and command.method is not ServiceMethod.NOTICE
    ):
        return  # what is only signed for may also go by post at once
    yield from rung_is_reached(context, command.paper, command)


def a_service_may_fail(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    for unmet in a_paper_may_be_served(context, track):
        yield unmet.but(message=unmet.message.replace("登记文书送达", "登记送达未果"))


def target_is_known(context: Context, command: c.RecordFailedService) -> Iterable[Unmet]:
    if command.target not in known_targets(context.state):
        yield Unmet(code="unknown_paper", message="本案没有这份文书，请从文书列表里选择。")


def attempt_is_in_order(context: Context, command: c.RecordFailedService) -> Iterable[Unmet]:
    """A failure counts for the next rung, so it is asked for its own."""
    rule = rule_of(context.state, command.target)
    if rule is None or rule.service is not Service.SIGNED:
        yield from lower_rung_has_failed(context, command.target, command)
    yield from attempted_in_time(context, command.target, command)


def serve(context: Context, command: c.ServePaper) -> Iterable[e.EventBase]:
    if rule_of(context.state, command.paper) is not None:
        yield carry(command, e.SidePaperServed)
        return
    guardian = context.state.papers[command.paper].guardian
    yield carry(command, e.PaperServed, guardian=guardian)


def check_is_met(context: Context, command: c.CheckCorrection) -> Iterable[Unmet]:
    if command.outcome is Outcome.COMPLIED and not command.evidence:
        yield Unmet(
            code="attendance_missing",
            message="已到校须有出勤事实（考勤记录编号），不能只凭承诺。",
        )


def checked_after_the_period(context: Context, command: c.CheckCorrection) -> Iterable[Unmet]:
    """Whether the child stayed away can only be seen once the period is over."""
    track = context.state.tracks[command.guardian]
    if track.order_served_on is None or command.outcome is Outcome.COMPLIED:
        return
    ends = context.period_end("order_days", track.order_served_on, track.order_days)
    if command.happened_on <= ends:
        yield Unmet(
            code="period_running",
            message=f"改正期到{ends}止，逾期未改正的核查日期须在期满之后。",
            clause="义务教育法 58",
        )


def check(_context: Context, command: c.CheckCorrection) -> Iterable[e.EventBase]:
    yield carry(command, e.CorrectionChecked)
    if command.outcome is Outcome.COMPLIED:
        yield e.ChildReturned(
            actor=command.actor,
            happened_on=command.happened_on,
            evidence=command.evidence,
            returned_on=command.happened_on,
        )


VERBS = (
    Verb(
        "order_correction", "拟写责令限期改正", DRAFTERS, draft, is_about_guardian=True,
        stages=VISITED_STAGES, track_event="draft_order",
        conditions=(steps_not_blocked, competent_office),
        checks=(two_licensed_officers, evidence_of("劝返记录等证据", "义务教育法 58")),
    ),
    Verb(
        "approve_correction_order", "签发责令限期改正", SIGNERS, issue, is_about_guardian=True,
        stages=VISITED_STAGES, track_event="issue_order",
        conditions=(steps_not_blocked, competent_office),
        checks=(
            signed_today,
            another_person(
                lambda context, command: context.state.tracks[command.guardian].order_drafter,
                "签发人不得是拟稿人本人。", "YN-14.10",
            ),
        ),
    ),
    Verb(
        "return_correction_draft", "退回责令草稿", SIGNERS, return_draft, is_about_guardian=True,
        stages=VISITED_STAGES, track_event="return_draft", conditions=(competent_office,),
    ),
    Verb(
        "revoke_order", "撤销责令决定", SIGNERS, becomes(e.OrderRevoked), is_about_guardian=True,
        stages=VISITED_STAGES, track_event="revoke_order",
        steps=frozenset(
            {
                TrackStep.ORDER_ISSUED, TrackStep.ORDER_SERVED, TrackStep.ORDER_DUE,
                TrackStep.ORDER_EXPIRED,
            }
        ),
        conditions=(competent_office,), proposers=DRAFTERS,
        checks=(not_before("order_served_on"),),
    ),
    Verb(
        "serve_paper", "登记文书送达", SERVERS | SCHOOL, serve,
        track_event=lambda command: (
            "serve_order" if command.paper.startswith("correction_order-") else None
        ),
        conditions=(a_paper_may_be_served,),
        checks=(paper_can_be_served, server_is_right, paper_rung_is_reached, two_servers),
    ),
    Verb(
        "check_correction", "登记改正核查", DRAFTERS, check, is_about_guardian=True,
        stages=VISITED_STAGES, track_event=lambda command: (
            "find_expired" if command.outcome is Outcome.STILL_OUT else "end"
        ),
        steps=frozenset({TrackStep.ORDER_DUE}),
        checks=(
            at_least_two("checkers", "核查人员", "DC-2.7.4a"), checked_after_the_period,
            check_is_met,
        ),
    ),
    Verb(
        "record_failed_service", "登记送达未果", SERVERS | SCHOOL | roles(Role.VILLAGE),
        becomes(e.ServiceFailed), conditions=(a_service_may_fail,),
        checks=(
            target_is_known, attempt_is_in_order, evidence_of("送达未果的记录", "民事诉讼法 87"),
        ),
    ),
)  # fmt: skip
