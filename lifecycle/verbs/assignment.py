"""Who must bring the child back, and the order that sends them."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.conditions import another_person, evidence_of, signed_today
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.detection import DETECTION, OUT_OF_SCHOOL
from lifecycle.verbs.papers import paper_named
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import CaseState, LegalTrack
from models.words import Party, Role, Stage, Whereabouts

CONFIRMED = OUT_OF_SCHOOL - DETECTION - {Stage.ELSEWHERE_PENDING}


def responsible_party(state: CaseState) -> tuple[Party, str]:
    """Say whose duty it is by the rule of YN-8c, and the rule's number in lifecycle terms.

    In the county of the school roll: that county. Away, with the household register here: still
    ours. Away, with the register elsewhere: the county of the register, once it has accepted in
    writing. Whereabouts unknown: ours until the child is found.
    """
    away = {Whereabouts.IN_PROVINCE, Whereabouts.OUT_OF_PROVINCE}
    if state.whereabouts not in away:
        rule = "去向不明" if state.whereabouts is Whereabouts.UNKNOWN else "人在学籍县"
        return Party.OURS, rule
    if state.household_county == state.enrol_county:
        return Party.OURS, "人不在学籍县而户籍在本县"
    if state.whereabouts is Whereabouts.OUT_OF_PROVINCE:
        return Party.THEIRS, "跨省且户籍在外县"
    return Party.THEIRS, "省内外县且户籍在外县"


def party_not_set(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.party is not None:
        yield Unmet(code="party_already_set", message="劝返主体已确认。")


def party_by_rule(context: Context, command: c.SetResponsibleParty) -> Iterable[Unmet]:
    party, rule = responsible_party(context.state)
    if command.party is not party and len(command.reason.strip()) < 2:
        yield Unmet(
            code="party_against_rule",
            message=f"按规则应为“{party.label}”（{rule}）；另行确定须写明理由。",
            clause="YN-8c",
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
    yield carry(command, e.ResponsiblePartySet, rule=responsible_party(context.state)[1])


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
    if context.state.household_county == context.state.enrol_county:
        yield Unmet(code="letter_not_needed", message="该生户籍在本县，不需要告知函。")
    elif context.state.has_notice_letter:
        yield Unmet(code="letter_sent", message="告知函已发出。")


def open_referral(context: Context, command: c.OpenReferral) -> Iterable[e.EventBase]:
    key = f"{command.department.value}-{len(context.state.referrals) + 1}"
    yield carry(command, e.ReferralOpened, referral=key)


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
        "send_hand_over_letter", "发移交劝返函", roles(Role.EDU_HEAD, Role.EDU_CASE),
        becomes(e.HandOverLetterSent), case_event="send_letter", conditions=(theirs,),
        checks=(evidence_of("移交劝返函", "YN-8c"), paper_named("letter_no", "hand_over_letter")),
    ),
    Verb(
        "record_reply", "登记户籍地回函", roles(Role.EDU_CASE),
        lambda _context, command: (
            carry(command, e.HandOverAccepted if command.is_accepted else e.HandOverRefused),
        ),
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
        "send_notice_letter", "发辍学情况告知函", roles(Role.EDU_CASE, Role.EDU_HEAD),
        becomes(e.NoticeLetterSent), stages=CONFIRMED, conditions=(letter_is_due,),
        checks=(evidence_of("告知函", "YN-7f、DC-2.3.3k"), paper_named("letter_no", "notice_letter")),
    ),
    Verb(
        "open_referral", "转介部门", roles(Role.EDU_CASE, Role.TOWNSHIP_CASE, Role.PRINCIPAL),
        open_referral, stages=OUT_OF_SCHOOL | {Stage.PLACEMENT, Stage.MONITORING},
        checks=(
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
