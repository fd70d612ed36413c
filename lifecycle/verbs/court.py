"""Step 4: demand and application for enforcement, or a suit (申请强制执行或提起诉讼)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from lifecycle.conditions import steps_not_blocked
from lifecycle.days import add_months
from lifecycle.surcharge import surcharge_yuan
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.papers import paper_named
from lifecycle.verbs.persuasion import VISITED_STAGES
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import RemedyKind, RemedyOutcome, Role

LAW = roles(Role.TOWNSHIP_LAW, Role.EDU_LAW)
HEADS = roles(Role.TOWNSHIP_HEAD, Role.EDU_HEAD)


def enforcement_window(context: Context, track: LegalTrack) -> tuple[date, date] | None:
    """Return the day after which, and the last day on which, enforcement may be applied for.

    Three months from the end of the litigation period (行政强制法 53); after a review that upheld,
    from fifteen days later (行政诉讼法 45); after a grace, from its end (行政处罚法 72). A judgment
    may be enforced within two years (行诉法解释 153).
    """
    if track.decision_served_on is None:
        return None
    opens = context.period_end("litigation_period", track.decision_served_on)
    months = context.policy.number("application_window")
    upheld = [ended for ended in track.remedies_ended if ended.outcome is RemedyOutcome.UPHELD]
    if upheld:
        last = upheld[-1]
        if last.kind is RemedyKind.REVIEW:
            opens = context.period_end("suit_after_review_period", last.ended_on)
        else:
            opens, months = last.ended_on, context.policy.number("judgment_window")
    if track.grace_until is not None and track.grace_until > opens:
        opens = track.grace_until
    closes = add_months(opens, months)
    while not context.calendar.is_working_day(closes):
        closes += timedelta(days=1)  # an end on a rest day moves (行诉法 101, 民诉法 85)
    return opens, closes


def no_remedy_pending(_context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is not None and track.remedy is not None:
        yield Unmet(
            code="remedy_pending",
            message=f"{track.remedy.kind.label}正在进行，了结前不得催告和申请强制执行；劝返和安置照常。",
            clause="行政强制法 53",
        )


def remedy_period_over(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    """The demand waits for the end of the litigation period; earlier is at the court's mercy."""
    window = enforcement_window(context, track) if track else None
    if window is None:
        return
    ends = window[0]
    if context.today <= ends:
        yield Unmet(
            code="remedy_open",
            message=f"起诉期限到{ends}止，期满前不得催告和申请强制执行。",
            clause="行政强制法 53；行政诉讼法 46",
        )


def demand_has_run(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is None or track.demand_served_on is None:
        return
    ends = context.period_end("demand_period", track.demand_served_on)
    if context.today <= ends:
        yield Unmet(
            code="demand_running",
            message=f"催告期（十个工作日）到{ends}止，期满仍不履行才可申请。",
            clause="行政强制法 54",
        )


def application_window(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    window = enforcement_window(context, track) if track else None
    if window is None:
        return
    closes = window[1]
    if context.today > closes:
        yield Unmet(
            code="window_closed",
            message=f"申请强制执行的期限已于{closes}届满，法院将不予受理；请研究提起诉讼。",
            clause="行政强制法 53",
        )


def may_sue(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if not context.policy.flag("civil_suit_allowed"):
        yield Unmet(
            code="suit_not_allowed",
            message="本辖区规则未启用提起诉讼，请先与法院对接并由县教体局启用。",
            clause="YN-8b",
        )


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
        is_about_guardian=True, stages=VISITED_STAGES, track_event="demand",
        conditions=(
            no_remedy_pending, remedy_period_over, application_window, steps_not_blocked,
        ),
        checks=(paper_named("document_no", "performance_demand"),),
    ),
    Verb(
        "apply_enforcement", "申请强制执行", HEADS, becomes(e.EnforcementApplied),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="apply_enforcement",
        conditions=(no_remedy_pending, demand_has_run, application_window, steps_not_blocked),
        proposers=LAW,
        checks=(paper_named("document_no", "enforcement_application"),),
    ),
    Verb(
        "record_ruling", "登记法院裁定", LAW, becomes(e.RulingRecorded), is_about_guardian=True,
        stages=VISITED_STAGES, track_event="rule_enforcement",
    ),
    Verb(
        "file_suit", "提起诉讼", HEADS, becomes(e.SuitFiled), is_about_guardian=True,
        stages=VISITED_STAGES, track_event="file_suit",
        conditions=(steps_not_blocked, may_sue), proposers=LAW | roles(Role.TOWNSHIP_CASE),
        checks=(paper_named("document_no", "suit_complaint"),),
    ),
    Verb(
        "record_suit_accepted", "登记法院立案", LAW, becomes(e.SuitAccepted),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="accept_suit",
    ),
    Verb(
        "record_judgment", "登记判决或调解", LAW, becomes(e.JudgmentRecorded),
        is_about_guardian=True, stages=VISITED_STAGES, track_event="decide_suit",
    ),
)  # fmt: skip
