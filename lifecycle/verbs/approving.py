"""What two people do together: put an act before its signer, correct a fact, adopt new rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from lifecycle.adopting import adoption_of
from lifecycle.conditions import evidence_of, frees_from_the_body
from lifecycle.correctable import said, split, value_of
from lifecycle.correcting import correction_of
from lifecycle.folding import proposal_key
from lifecycle.owners import is_above
from lifecycle.proposals import unmet_but_proposal
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import Cause, Role, Stage

EVERY_LINE = roles(
    Role.CLASS_TEACHER, Role.REGISTRAR, Role.PRINCIPAL, Role.TOWNSHIP_CASE, Role.TOWNSHIP_LAW,
    Role.TOWNSHIP_HEAD, Role.EDU_CASE, Role.EDU_LAW, Role.EDU_HEAD,
)  # fmt: skip
APPROVERS = roles(
    Role.PRINCIPAL, Role.TOWNSHIP_HEAD, Role.EDU_CASE, Role.EDU_HEAD, Role.COUNTY_GROUP
)
HEADS = roles(Role.TOWNSHIP_HEAD, Role.EDU_HEAD)
OPEN = frozenset(stage for stage in Stage if not stage.is_closed)
_EARLIEST_YEAR = 1990
"""Nobody of school age was born, nor did anything of a case happen, before it."""
_PROPOSABLE: dict[str, Verb] = {}
"""Verbs with proposers by kind; filled once all verbs are known, and constant from then on."""


def proposable(verbs: Iterable[Verb]) -> None:
    """Take note of the verbs that need a second person."""
    _PROPOSABLE.update({verb.kind: verb for verb in verbs if verb.proposers is not None})


def act_can_be_proposed(context: Context, command: c.ProposeAct) -> Iterable[Unmet]:
    """The act itself must be possible now: nobody signs what is refused for other reasons."""
    verb = _PROPOSABLE.get(command.act)
    if verb is None or not verb.is_put_forward(context.state):
        yield Unmet(code="not_proposable", message="这项办理不需要提请，请直接由有权的人办理。")
        return
    assert verb.proposers is not None
    if context.actor.role not in verb.proposers:
        names = "、".join(role.label for role in Role if role in verb.proposers)
        yield Unmet(
            code="role",
            message=f"“{verb.label}”由{names}提请，您的角色是{context.actor.role.label}。",
        )
    track = context.state.tracks.get(command.guardian or "")
    if verb.is_about_guardian and track is None:
        yield Unmet(
            code="unknown_guardian", message="该监护人不在本案中，请从案件的监护人名单里选择。"
        )
        return
    yield from unmet_but_proposal(verb, context, track if verb.is_about_guardian else None)
    if command.act == "adopt_policy" and not command.policy_sha:
        yield Unmet(code="policy_missing", message="请写明拟采用的规则快照（guixue rules 可查）。")


def correction_makes_sense(context: Context, command: c.ProposeCorrection) -> Iterable[Unmet]:
    row, _ = split(command.fact)
    now = value_of(context.state, command.fact) if row else None
    if row is None or now is None:
        yield Unmet(code="unknown_fact", message="本案没有这项可更正的内容，请从可更正清单里选择。")
        return
    try:
        value = row.parse(command.value)
        _must_be_in_reach(row.id, value)
    except ValueError:
        yield Unmet(
            code="value_malformed",
            message=(
                f"“{command.value}”不是“{row.label}”的合法取值；日期请写成2026-03-01，"
                "天数和百分比请写不小于0的整数，县请写六位代码。"
            ),
        )
        return
    if said(value) == said(now):
        yield Unmet(code="nothing_to_correct", message="新值与现值相同，没有要更正的内容。")
    if any(request.fact == command.fact for request in context.state.corrections.values()):
        yield Unmet(code="correction_pending", message="同一项内容已有更正在等待审批。")
    yield from _day_is_possible(context, row.may_precede_case, value)


def _must_be_in_reach(fact: str, value: Any) -> None:
    """Raise ValueError for a day nobody of school age has lived, or a county that is no code."""
    if isinstance(value, date) and value.year < _EARLIEST_YEAR:
        raise ValueError(value)
    if fact == "household_county" and not re.fullmatch("[0-9]{6}", value):
        raise ValueError(value)


def _day_is_possible(context: Context, may_precede_case: bool, value: Any) -> Iterable[Unmet]:
    if not hasattr(value, "isoformat"):
        return
    if value > context.today:
        yield Unmet(code="date_ahead", message=f"日期{value}晚于今天，请核对。")
    opened = context.state.opened_on
    if opened and value < opened and not may_precede_case:
        yield Unmet(code="date_before_case", message=f"日期{value}早于本案登记日{opened}，请核对。")


def propose_correction(context: Context, command: c.ProposeCorrection) -> Iterable[e.EventBase]:
    key = f"correction-{context.state.revision + 1}"
    before = said(value_of(context.state, command.fact))
    yield carry(command, e.CorrectionProposed, correction=key, before=before)


def is_pending(context: Context, command: Any) -> Iterable[Unmet]:
    if command.correction not in context.state.corrections:
        yield Unmet(code="no_correction", message="没有这项待审批的更正。")


def fact_is_as_it_was(context: Context, command: c.ApproveCorrection) -> Iterable[Unmet]:
    """What was asked for is put right only where the fact still reads as it did then."""
    request = context.state.corrections.get(command.correction)
    if request is None:
        return
    now = value_of(context.state, request.fact)
    is_gone = now is None or request.relapses != context.state.relapses
    if is_gone or said(now) != request.before:
        yield Unmet(
            code="correction_outdated",
            message="申请更正之后，这项内容已经变动，不能再批准；请退回，需要更正的按现在的内容重新申请。",
        )


def approver_stands_above(context: Context, command: c.ApproveCorrection) -> Iterable[Unmet]:
    """Neither the one who asks nor the original signer, and above the latter (YN-14.10)."""
    request = context.state.corrections.get(command.correction)
    if request is None:
        return
    actor = context.actor
    signer = context.state.signers.get(request.fact) or context.state.signers.get(
        request.fact.partition(":")[0]
    )
    if actor.id == request.by:
        yield Unmet(
            code="second_person", message="更正的审批人不得是申请人本人。", clause="YN-14.10"
        )
    if signer is not None and actor.id == signer.id:
        yield Unmet(
            code="second_person",
            message="更正的审批人不得是原填报人或原签发人。",
            clause="YN-14.10",
        )
    elif (
        signer is not None
        and signer.role
        is not Role.SYSTEM  # read from a list: anybody of the approvers stands above
        and not is_above(actor.role, signer.role)
    ):
        yield Unmet(
            code="not_above",
            message=f"原填报人是{signer.role.label}，更正须由其上级审批。",
            clause="YN-14.10",
        )


def body_is_not_corrected_away(context: Context, command: c.ApproveCorrection) -> Iterable[Unmet]:
    """Illness or disability is not taken out of the case by the way of a correction (YN-10a)."""
    request = context.state.corrections.get(command.correction)
    if request is None or request.fact != "cause":
        return
    yield from frees_from_the_body(context, Cause(request.value))


def approve_correction(context: Context, command: c.ApproveCorrection) -> Iterable[e.EventBase]:
    yield from correction_of(context, command)


def has_flaw(_context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is not None and track.flaw is None:
        yield Unmet(code="no_flaw", message="该监护人的法律步骤没有待处理的瑕疵。")


def settle_flaw(context: Context, command: c.SettleFlaw) -> Iterable[e.EventBase]:
    """Withdraw the office's own act, or uphold it on a legal opinion."""
    track = context.state.tracks[command.guardian]
    settled = carry(command, e.FlawSettled)
    if not command.is_upheld:
        moved = context.move_track(track, "withdraw_step")
        settled = settled.but(track_moved_to=moved)
    yield settled


def rules_are_the_named_ones(context: Context, command: c.AdoptPolicy) -> Iterable[Unmet]:
    proposal = context.state.proposals.get(proposal_key("adopt_policy", None))
    if command.policy_sha != context.policy.sha256:
        yield Unmet(code="rules_not_loaded", message="没有这份规则快照，请重新生成预览后再提请。")
    if command.policy_sha == context.state.policy_sha:
        yield Unmet(code="policy_same", message="本案已经适用这份规则。")
    if proposal is not None and proposal.policy_sha != command.policy_sha:
        yield Unmet(
            code="policy_not_proposed", message="审批的规则快照与提请的不是同一份，请核对。"
        )


def adopt(context: Context, command: c.AdoptPolicy) -> Iterable[e.EventBase]:
    yield from adoption_of(context, command)


VERBS = (
    Verb(
        "propose_act", "提请审批", EVERY_LINE, becomes(e.ActProposed), stages=OPEN,
        checks=(act_can_be_proposed, evidence_of("审批表及所附材料")),
    ),
    Verb(
        "propose_correction", "申请更正", EVERY_LINE, propose_correction, stages=OPEN,
        checks=(correction_makes_sense, evidence_of("数据更正申请表", "ZY-2.1g、YN-14.10")),
    ),
    Verb(
        "approve_correction", "批准更正", APPROVERS, approve_correction, stages=OPEN,
        checks=(is_pending, fact_is_as_it_was, approver_stands_above, body_is_not_corrected_away),
    ),
    Verb(
        "reject_correction", "退回更正申请", APPROVERS, becomes(e.CorrectionRejected), stages=OPEN,
        checks=(is_pending,),
    ),
    Verb(
        "settle_flaw", "处理失去前提的步骤", HEADS, settle_flaw, is_about_guardian=True,
        stages=OPEN, conditions=(has_flaw,),
        proposers=roles(Role.EDU_LAW, Role.TOWNSHIP_LAW),
        checks=(evidence_of("法制审核意见", "行政处罚法 38"),),
    ),
    Verb(
        "adopt_policy", "采用新规则", roles(Role.EDU_HEAD), adopt, stages=OPEN,
        proposers=roles(Role.EDU_CASE, Role.EDU_LAW), checks=(rules_are_the_named_ones,),
    ),
)  # fmt: skip
