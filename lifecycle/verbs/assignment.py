"""Who must bring the child back, and the order that sends them."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.conditions import another_person, evidence_of, signed_today
from lifecycle.party import needs_notice_letter, responsible_party, route_of_letter
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.detection import DETECTION, OUT_OF_SCHOOL
from lifecycle.verbs.papers import paper_named
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import (
    Cause,
    Department,
    DutyStatus,
    LetterRoute,
    Party,
    Role,
    Stage,
    Whereabouts,
)

CONFIRMED = OUT_OF_SCHOOL - DETECTION - {Stage.ELSEWHERE_PENDING}


def party_not_set(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.party is not None:
        yield Unmet(code="party_already_set", message="劝返主体已确认。")


def party_by_rule(context: Context, command: c.SetResponsibleParty) -> Iterable[Unmet]:
    row = responsible_party(context.state, context.policy)
    if command.party is not row.party and len(command.reason.strip()) < 2:
        yield Unmet(
            code="party_against_rule",
            message=f"按规则应为“{row.party.label}”（{row.says}）；另行确定须写明理由。",
            clause=row.clause or context.policy["subject_rule"].source_text,
        )


def ours(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.party is not Party.OURS:
        yield Unmet(
            code="party_not_confirmed",
            message="尚未确认由本县负责劝返，不能下发劝返指令。",
            clause="YN-8d",
        )


def theirs(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.party is not Party.THEIRS:
        yield Unmet(
            code="party_not_confirmed",
            message="尚未确认由户籍地负责劝返，不能发移交劝返函。",
            clause="YN-8c",
        )


def set_party(context: Context, command: c.SetResponsibleParty) -> Iterable[e.EventBase]:
    row = responsible_party(context.state, context.policy)
    yield carry(command, e.ResponsiblePartySet, rule=row.says)


def goes_the_right_way(context: Context, command: c.SendHandOverLetter) -> Iterable[Unmet]:
    """Across provinces the province of the household register is told in writing (JJ5-2.2e)."""
    route = route_of_letter(context.state)
    if route is LetterRoute.PROVINCE and command.route is not route:
        yield Unmet(
            code="route_wrong",
            message="户籍地在外省，须经省级教育行政部门书面通知，不能直接函告对方县。",
            clause="JJ5-2.2e",
        )


def hand_over_is_stuck(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """Going up needs a refusal in writing, or a reply that is overdue."""
    state = context.state
    overdue = any(
        o.duty == "await_reply" and o.status is DutyStatus.MISSED
        for o in state.obligations.values()
    )
    if not (state.has_hand_over_failed or overdue):
        yield Unmet(
            code="reply_not_overdue",
            message="对方尚在回函期内，也没有书面退回，不能报上级协调。",
            clause="YN-8c",
        )


def goes_up(context: Context, command: c.EscalateHandOver) -> Iterable[Unmet]:
    if command.route is LetterRoute.DIRECT:
        yield Unmet(code="route_wrong", message="报上级协调须选州（市）或省级。")
    elif route_of_letter(context.state) is LetterRoute.PROVINCE is not command.route:
        yield Unmet(code="route_wrong", message="跨省的须报省级协调。", clause="JJ5-2.2e")


def was_escalated(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if not context.state.is_before_the_level_above:
        yield Unmet(code="not_escalated", message="本案没有报上级协调，没有可登记的结果。")


def record_reply(_context: Context, command: c.RecordReply) -> Iterable[e.EventBase]:
    yield carry(command, e.HandOverAccepted if command.is_accepted else e.HandOverRefused)


def issue_return_order(context: Context, command: c.IssueReturnOrder) -> Iterable[e.EventBase]:
    state = context.state
    number = 1 + sum(paper.kind == "return_order" for paper in state.papers.values())
    paper = e.PaperIssue(
        key=f"return_order-{number}",
        kind="return_order",
        issuer=state.county,
        word=context.policy.text("return_order_word"),
        year=context.today.year,
    )
    feedback_due_on = context.period_end("return_feedback_period", command.happened_on)
    yield carry(command, e.ReturnOrderIssued, paper=paper, feedback_due_on=feedback_due_on)


def has_sponsors(_context: Context, command: c.AcceptOrder) -> Iterable[Unmet]:
    village = any(sponsor.is_village_based for sponsor in command.sponsors)
    township = any(not sponsor.is_village_based for sponsor in command.sponsors)
    if not (village and township):
        yield Unmet(
            code="sponsors_missing",
            message="须同时指定至少一名乡镇干部和一名驻村（社区）干部作为包保人。",
            clause="YN-5.3b",
        )


def letter_is_due(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if not needs_notice_letter(context.state):
        yield Unmet(code="letter_not_needed", message="该生户籍在本县，不需要告知函。")
    elif context.state.has_notice_letter:
        yield Unmet(code="letter_sent", message="告知函已发出。")


def open_referral(context: Context, command: c.OpenReferral) -> Iterable[e.EventBase]:
    key = f"{command.department.value}-{len(context.state.referrals) + 1}"
    yield carry(command, e.ReferralOpened, referral=key)


def labour_goes_through_the_province(context: Context, command: c.OpenReferral) -> Iterable[Unmet]:
    """A child at work in another province is reported upwards, province to province (YN-5.13)."""
    state = context.state
    is_far = state.cause is Cause.WORK and state.whereabouts is Whereabouts.OUT_OF_PROVINCE
    if (
        is_far
        and command.department is Department.LABOUR
        and command.route is not LetterRoute.PROVINCE
    ):
        yield Unmet(
            code="route_wrong",
            message="省外务工的童工线索须经省级人社（劳动保障监察）转务工地查处。",
            clause="YN-5.13b、JJ5-3.2c",
        )


def referral_is_open(context: Context, command: c.RecordFeedback) -> Iterable[Unmet]:
    referral = context.state.referrals.get(command.referral)
    if referral is None:
        yield Unmet(code="unknown_referral", message="本案没有这项转介。")
    elif referral.is_answered:
        yield Unmet(code="referral_answered", message="这项转介已有反馈。")


VERBS = (
    Verb(
        "set_responsible_party", "确认劝返主体", roles(Role.EDU_CASE), set_party,
        stages=frozenset({Stage.SUBJECT_PENDING}), conditions=(party_not_set,),
        checks=(party_by_rule,),
    ),
    Verb(
        "send_hand_over_letter", "签发移交劝返函", roles(Role.EDU_HEAD),
        becomes(e.HandOverLetterSent), case_event="send_letter", conditions=(theirs,),
        checks=(
            evidence_of("移交劝返函", "YN-8c"), goes_the_right_way,
            paper_named("letter_no", "hand_over_letter"),
            another_person(
                lambda context, _command: context.state.party_set_by,
                "签发人不得是确认劝返主体的经办人本人。", "YN-14.10",
            ),
        ),
    ),
    Verb(
        "escalate_hand_over", "报上级协调劝返主体", roles(Role.EDU_HEAD),
        becomes(e.HandOverEscalated), case_event="escalate_hand_over",
        conditions=(hand_over_is_stuck,),
        checks=(goes_up, evidence_of("报请协调的函", "JJ5-2.2e")),
    ),
    Verb(
        "record_coordination", "登记上级协调结果", roles(Role.EDU_CASE),
        becomes(e.CoordinationRecorded), stages=frozenset({Stage.OUTBOUND_WAIT}),
        case_event=lambda command: None if command.is_theirs else "letter_refused",
        conditions=(was_escalated,), checks=(evidence_of("上级的书面意见", "JJ5-2.2e"),),
    ),
    Verb(
        "record_reply", "登记户籍地回函", roles(Role.EDU_CASE),
        record_reply,
        stages=frozenset({Stage.OUTBOUND_WAIT}),
        case_event=lambda command: "letter_accepted" if command.is_accepted else "letter_refused",
        checks=(evidence_of("户籍地的书面回函", "YN-8c"),),
    ),
    Verb(
        "issue_return_order", "签发劝返指令", roles(Role.EDU_HEAD), issue_return_order,
        case_event="issue_return_order", conditions=(ours,),
        checks=(
            signed_today,
            another_person(
                lambda context, _command: context.state.party_set_by,
                "签发人不得是确认劝返主体的经办人本人。", "YN-14.10",
            ),
        ),
    ),
    Verb(
        "send_notice_letter", "签发辍学情况告知函", roles(Role.EDU_HEAD),
        becomes(e.NoticeLetterSent), stages=CONFIRMED, conditions=(letter_is_due,),
        checks=(
            evidence_of("告知函", "YN-7f、DC-2.3.3k"), paper_named("letter_no", "notice_letter"),
            another_person(
                lambda context, _command: context.state.party_set_by,
                "签发人不得是确认劝返主体的经办人本人。", "YN-14.10",
            ),
        ),
    ),
    Verb(
        "open_referral", "转介部门", roles(Role.EDU_CASE, Role.TOWNSHIP_CASE, Role.PRINCIPAL),
        open_referral, stages=OUT_OF_SCHOOL | {Stage.PLACEMENT, Stage.MONITORING},
        checks=(
            labour_goes_through_the_province,
            paper_named(
                "letter_no", "referral_letter", "labour_letter", "relief_hand_over",
                "unlicensed_school_form", "accountability_letter",
            ),
        ),
    ),
    Verb(
        "record_feedback", "登记部门反馈", roles(Role.EDU_CASE, Role.TOWNSHIP_CASE, Role.PRINCIPAL),
        becomes(e.FeedbackRecorded), stages=OUT_OF_SCHOOL | {Stage.PLACEMENT, Stage.MONITORING},
        checks=(referral_is_open,),
    ),
    Verb(
        "accept_order", "签收指令并确定包保人", roles(Role.TOWNSHIP_CASE, Role.TOWNSHIP_HEAD),
        becomes(e.OrderAccepted), case_event="accept_order", checks=(has_sponsors,),
    ),
)  # fmt: skip
