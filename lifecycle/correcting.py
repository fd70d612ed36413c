"""What a correction leads to: the fact put right, clocks counted again, steps that lost their ground."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from lifecycle.clocks import rederive
from lifecycle.correctable import Correctable, rewrite, said, split, value_of
from lifecycle.days import end_of
from lifecycle.duties import BY_ID
from lifecycle.folding import FLAW_OF_LATENESS
from lifecycle.verb import Context
from models import commands as c
from models import events as e
from models.obligation import Obligation
from models.people import SYSTEM, Actor
from models.state import CaseState, LegalTrack
from models.words import TrackStep

REASON = "数据更正"


def correction_of(context: Context, command: c.ApproveCorrection) -> Iterator[e.EventBase]:
    """Yield the compensating events of an approved correction."""
    request = context.state.corrections[command.correction]
    yield from corrected(
        context, request.fact, request.value, actor=command.actor, happened_on=command.happened_on,
        correction=command.correction, reason=request.reason, proposed_by=request.by,
    )  # fmt: skip


def corrected(
    context: Context,
    fact: str,
    value: str,
    *,
    actor: Actor,
    happened_on: date,
    correction: str = "",
    reason: str = "",
    proposed_by: str = "",
) -> Iterator[e.EventBase]:
    """Yield what putting ``fact`` right leads to; also asked beforehand, for the preview."""
    state = context.state
    row, part = split(fact)
    assert row is not None
    before, new = value_of(state, fact), row.parse(value)
    track = state.tracks.get(part)
    yield e.FactCorrected(
        actor=actor,
        happened_on=happened_on,
        correction=correction,
        fact=fact,
        before=said(before),
        after=said(new),
        reason=reason,
        proposed_by=proposed_by,
        guardian=part if track else None,
        flaw=_flaw(context, row, track, new) if track else None,
    )
    if track is not None and row.id == "order_served_on" and _must_run_on(context, track, new):
        yield e.PeriodReopened(actor=SYSTEM, happened_on=context.today, guardian=part)
    for obligation in state.live_obligations():
        if obligation.guardian == part and _is_stale(row, track, obligation):
            yield e.ObligationWithdrawn(
                actor=SYSTEM, happened_on=context.today, key=obligation.key, duty=obligation.duty,
                reason=REASON,
            )  # fmt: skip
            continue
        is_meant = obligation.duty in row.duties and obligation.guardian in {None, part}
        if is_meant and obligation.derivation.is_fixed:
            yield from _named_anew(context, obligation, fact, value)
        elif is_meant and obligation.derivation.anchor_on == before:
            yield from rederive(
                context, state, obligation, anchor_on=new,
                amount=obligation.derivation.amount, reason=REASON,
            )  # fmt: skip


def _is_stale(row: Correctable, track: LegalTrack | None, obligation: Obligation) -> bool:
    """Tell whether the duty stands on the end of a period that now runs again.

    After a remedy or a grace another period has taken its place, and the duty stands.
    """
    if obligation.duty not in row.stale or track is None or track.remedies_ended:
        return False
    return obligation.duty != "record_performance" or track.grace_until is None


def _named_anew(
    context: Context, obligation: Obligation, fact: str, value: str
) -> Iterator[e.EventBase]:
    """A day that is named, not counted, is named again from the corrected fact."""
    after = context.state.but(**rewrite(context.state, fact, value))
    due_on = BY_ID[obligation.duty].due_on(after, None, context.policy)
    if due_on is not None and due_on != obligation.due_on:
        yield e.ObligationRederived(
            actor=SYSTEM,
            happened_on=context.today,
            key=obligation.key,
            duty=obligation.duty,
            derivation=obligation.derivation.but(due_on=due_on),
            due_at=end_of(due_on),
            reason=REASON,
        )


def _must_run_on(context: Context, track: LegalTrack, served_on: date) -> bool:
    """The period was taken for over, and is not: the check that followed came too early."""
    early = {TrackStep.ORDER_DUE, TrackStep.ORDER_EXPIRED}
    return track.step in early and context.today <= _order_ends(context, track, served_on)


def _order_ends(context: Context, track: LegalTrack, served_on: date) -> date:
    return context.period_end("order_days", served_on, track.order_days)


def _flaw(context: Context, row: Correctable, track: LegalTrack, new: Any) -> str | None:
    """Say which later step of the guardian's track stands on nothing once the day is put right."""
    for fact, parameter, later, says in (
        ("penalty_notified_on", "defence_period", track.penalty_decided_on,
         "作出处罚决定时陈述申辩和听证申请期尚未届满"),
        ("decision_served_on", "litigation_period", track.demand_served_on,
         "催告时起诉期限尚未届满"),
        ("demand_served_on", "demand_period", track.enforcement_applied_on,
         "申请强制执行时催告期尚未届满"),
    ):  # fmt: skip
        if row.id == fact and later is not None and later <= context.period_end(parameter, new):
            return says
    if row.id == "order_served_on":
        taken = track.penalty_filed_on
        ends = _order_ends(context, track, new)
        if taken is not None and taken <= ends and not _must_run_on(context, track, new):
            return "立案时改正期限尚未届满"
    if row.id == "penalty_filed_on" and track.penalty_decided_on is not None:
        latest = context.period_end("penalty_decision_period", new)
        if track.penalty_decided_on > latest:
            return FLAW_OF_LATENESS
    return None


def papers_to_look_at(state: CaseState, fact: str) -> tuple[str, ...]:
    """Return the keys of the papers already issued that print the fact."""
    row, _ = split(fact)
    kinds = row.papers if row else ()
    return tuple(p.key for p in state.papers.values() if p.kind in kinds and p.issued_on)
