"""Step 4: demand and application for enforcement, or a suit (申请强制执行或提起诉讼)."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.conditions import steps_not_blocked
from lifecycle.enforcement import (
    application_window,
    demand_has_run,
    no_remedy_pending,
    remedy_period_over,
)
from lifecycle.sequence import not_before
from lifecycle.service import demand_target, made_outside_is_served
from lifecycle.surcharge import surcharge_yuan
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.papers import paper_named, service_is_the_papers
from lifecycle.verbs.persuasion import VISITED_STAGES
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import Role, Stage, TrackStep

LAW = roles(Role.TOWNSHIP_LAW, Role.EDU_LAW)
HEADS = roles(Role.TOWNSHIP_HEAD, Role.EDU_HEAD)
OWED_STAGES = VISITED_STAGES | {Stage.PLACEMENT, Stage.MONITORING}
"""A fine in force is carried through although the child has come back."""


def may_sue(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if not context.policy.flag("civil_suit_allowed"):
        yield Unmet(
            code="suit_not_allowed",
            message="本辖区规则未启用提起诉讼，请先与法院对接并由县教体局启用。",
            clause="YN-8b",
        )


def not_enforced_yet(_context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is not None and track.enforced_on is not None:
        yield Unmet(code="enforced", message=f"已于{track.enforced_on}登记执行完毕，不得重复登记。")


def demand(context: Context, command: c.DemandPerformance) -> Iterable[e.EventBase]:
    """Serve the demand with the surcharge as it stands on that day."""
    track = context.state.tracks[command.guardian]
    sum_ = 0
    if track.decision_served_on is not None:
        payment_ends = context.period_end("payment_period", track.decision_served_on)
        sum_ = surcharge_yuan(track, payment_ends, command.happened_on)
    yield carry(command, e.PerformanceDemanded, surcharge_yuan=sum_)


VERBS = (
    Verb(
        "demand_performance", "登记催告书送达", LAW, demand,
        is_about_guardian=True, stages=OWED_STAGES, track_event="demand",
        conditions=(
            no_remedy_pending, remedy_period_over, application_window, steps_not_blocked,
        ),
        checks=(
            not_before("decision_served_on"), paper_named("document_no", "performance_demand"),
            service_is_the_papers("document_no", "performance_demand"),
            made_outside_is_served("performance_demand", demand_target, "行政强制法 38、54"),
        ),
    ),
    Verb(
        "apply_enforcement", "申请强制执行", HEADS, becomes(e.EnforcementApplied),
        is_about_guardian=True, stages=OWED_STAGES, track_event="apply_enforcement",
        conditions=(no_remedy_pending, demand_has_run, application_window, steps_not_blocked),
        proposers=LAW,
        checks=(
            not_before("demand_served_on"), paper_named("document_no", "enforcement_application"),
        ),
    ),
    Verb(
        "record_ruling", "登记法院裁定", LAW, becomes(e.RulingRecorded), is_about_guardian=True,
        stages=OWED_STAGES, track_event="rule_enforcement",
        checks=(not_before("enforcement_applied_on"),),
    ),
    Verb(
        "file_suit", "提起诉讼", HEADS, becomes(e.SuitFiled), is_about_guardian=True,
        stages=VISITED_STAGES, track_event="file_suit",
        conditions=(steps_not_blocked, may_sue), proposers=LAW | roles(Role.TOWNSHIP_CASE),
        checks=(
            not_before("order_checked_on", "suit_filed_on"),
            paper_named("document_no", "suit_complaint"),
        ),
    ),
    Verb(
        "record_suit_accepted", "登记法院立案", LAW, becomes(e.SuitAccepted),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="accept_suit",
        checks=(not_before("suit_filed_on"),),
    ),
    Verb(
        "record_judgment", "登记判决或调解", LAW, becomes(e.JudgmentRecorded),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="decide_suit",
        checks=(not_before("suit_accepted_on"),),
    ),
    Verb(
        "record_suit_refused", "登记不予受理或撤诉", LAW, becomes(e.SuitRefused),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="refuse_suit",
        checks=(not_before("suit_filed_on"),),
    ),
    Verb(
        "record_enforcement", "登记执行情况", LAW, becomes(e.EnforcementRecorded),
        is_about_guardian=True, stages=OWED_STAGES,
        steps=frozenset({TrackStep.ENFORCEMENT_RULED, TrackStep.SUIT_DECIDED}),
        conditions=(not_enforced_yet,), checks=(not_before("court_decided_on"),),
    ),
)  # fmt: skip
