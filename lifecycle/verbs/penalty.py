"""Step 3: administrative penalty, only where a dated and reviewed legal basis is configured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lifecycle.conditions import at_least_two, steps_not_blocked
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.correction import left_or_notice_needs_proof
from lifecycle.verbs.persuasion import VISITED_STAGES
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import PenaltyKind, Role, TrackStep

LAW = roles(Role.TOWNSHIP_LAW, Role.EDU_LAW)
HEADS = roles(Role.TOWNSHIP_HEAD, Role.EDU_HEAD)


def has_legal_basis(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """A policy document cannot create a penalty; without a basis the step does not exist."""
    if not context.policy.text("penalty_basis"):
        yield Unmet(
            code="no_penalty_basis",
            message="本辖区没有经审核的处罚依据：义务教育法第58条只规定批评教育和责令限期改正，"
            "规范性文件不得设定处罚，无依据的处罚无效。请改走提起诉讼，或转公安训诫、家庭教育指导。",
            clause="行政处罚法 16、38；义务教育法 58",
        )


def file(context: Context, command: c.FilePenalty) -> Iterable[e.EventBase]:
    yield carry(command, e.PenaltyFiled, legal_basis=context.policy.text("penalty_basis"))


def amount_fits(_context: Context, command: Any) -> Iterable[Unmet]:
    if (command.penalty is PenaltyKind.FINE) != (command.amount_yuan > 0):
        yield Unmet(code="amount_conflict", message="罚款须填写金额；其他种类金额须为零。")


def defence_is_closed(context: Context, command: c.RecordDefence) -> Iterable[Unmet]:
    notified = context.state.tracks[command.guardian].penalty_notified_on
    if command.has_stated or notified is None:
        return
    ends = context.period_end("defence_period", notified)
    if context.today <= ends:
        yield Unmet(
            code="defence_running",
            message=f"陈述申辩和听证申请期到{ends}止，期内不得作“未陈述”处理。",
            clause="行政处罚法 44、45、64",
        )


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
    if command.actor.id in context.state.tracks[command.guardian].investigators:
        yield Unmet(
            code="second_person",
            message="作出决定的负责人不得是本案调查人员。",
            clause="行政处罚法 57",
        )


def payment_period_over(context: Context, command: c.RecordPerformance) -> Iterable[Unmet]:
    served = context.state.tracks[command.guardian].decision_served_on
    if command.is_performed or served is None:
        return
    ends = context.period_end("payment_period", served)
    if context.today <= ends:
        yield Unmet(
            code="payment_running",
            message=f"履行期到{ends}止，期内不得认定未履行。",
            clause="行政处罚法 67",
        )


VERBS = (
    Verb(
        "file_penalty", "处罚立案", HEADS, file, is_about_guardian=True, stages=VISITED_STAGES,
        track_event="file_penalty", conditions=(steps_not_blocked, has_legal_basis),
        checks=(at_least_two("officers", "执法人员", "行政处罚法 42"),),
    ),
    Verb(
        "notify_penalty", "登记事先告知书送达", LAW, becomes(e.PenaltyNotified),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="notify_penalty",
        conditions=(has_legal_basis,), checks=(amount_fits,),
    ),
    Verb(
        "record_defence", "登记陈述申辩", LAW, becomes(e.DefenceRecorded), is_about_guardian=True,
        stages=VISITED_STAGES, track_event="close_defence", checks=(defence_is_closed,),
    ),
    Verb(
        "decide_penalty", "作出处罚决定", HEADS, becomes(e.PenaltyDecided), is_about_guardian=True,
        stages=VISITED_STAGES, steps=frozenset({TrackStep.PENALTY_DEFENDED}),
        track_event=lambda command: (
            "decide_no_penalty" if command.penalty is PenaltyKind.NONE else "decide_penalty"
        ),
        conditions=(has_legal_basis,),
        checks=(amount_fits, not_heavier, decider_did_not_investigate),
    ),
    Verb(
        "serve_decision", "登记处罚决定送达", LAW, becomes(e.DecisionServed),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="serve_decision",
        checks=(
            left_or_notice_needs_proof, at_least_two("officers", "送达人员", "行政处罚法 42"),
        ),
    ),
    Verb(
        "record_performance", "登记履行情况", LAW, becomes(e.PerformanceRecorded),
        is_about_guardian=True, stages=VISITED_STAGES,
        steps=frozenset({TrackStep.PENALTY_SERVED}),
        track_event=lambda command: None if command.is_performed else "find_unperformed",
        checks=(payment_period_over,),
    ),
)  # fmt: skip
