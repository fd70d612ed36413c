"""Turn events into obligation events: met, withdrawn, opened; missed and escalated when due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.days import derive, end_of
from lifecycle.duties import ALL, BY_ID, ESCALATION, Duty
from lifecycle.owners import ABOVE, acting, office_of, owner
from lifecycle.verb import Context
from models import events as e
from models.obligation import Obligation
from models.people import SYSTEM, Owner
from models.state import CaseState
from models.words import DutyStatus, Role


def follow_up(context: Context, state: CaseState, event: e.CaseEvent) -> Iterator[e.EventBase]:
    """Yield what ``event`` does to the clocks, given the state after it.

    Met before withdrawn before opened, so that one event can end a duty and start the next run
    of the same duty.
    """
    gone: set[str] = set()
    for obligation in state.live_obligations():
        if _is_met(state, obligation, event):
            gone.add(obligation.key)
            yield _met(obligation, event.happened_on)
        elif not _still_stands(state, obligation):
            gone.add(obligation.key)
            yield _withdrawn(obligation, event.happened_on, f"案件已进入“{state.stage.label}”")
    for obligation in state.live_obligations():
        if obligation.escalates in gone and obligation.key not in gone:
            yield _withdrawn(obligation, event.happened_on, "督办事项已了结")
    serial = state.revision + 1
    for duty in ALL:
        if event.kind in duty.opens_on and _applies(context, state, duty, event):
            guardian = getattr(event, "guardian", None) if duty.is_per_guardian else None
            if duty.is_once and _runs_on(state, duty, gone):
                continue
            opened = _open(context, state, duty, event, guardian, serial)
            yield e.ObligationOpened(actor=SYSTEM, happened_on=event.happened_on, obligation=opened)


def _runs_on(state: CaseState, duty: Duty, gone: set[str]) -> bool:
    """Tell whether the duty runs, and this event has not ended it."""
    return any(o.duty == duty.id and o.key not in gone for o in state.live_obligations())


ESCALATION_CAP = 20
"""Working days; each further reminder waits twice as long, up to about a month."""


def first_due(context: Context, state: CaseState) -> Obligation | None:
    """Return the earliest open obligation whose instant has passed."""
    for obligation in state.live_obligations():
        if obligation.status is DutyStatus.OPEN and obligation.due_at <= context.at:
            return obligation
    return None


def fall_due(context: Context, state: CaseState, due: Obligation) -> Iterator[e.EventBase]:
    """Yield what the passing of one deadline leads to: a period ends, or a duty is missed."""
    duty = BY_ID.get(due.duty)
    if duty is not None and duty.is_period:
        yield _met(due, due.due_on)
        if duty.ends_in is not None:
            yield duty.ends_in(state, due, due.due_on)
        return
    day = context.today
    if due.escalates is not None:
        yield _withdrawn(due, day, "督办逾期，转上一级")
    else:
        yield e.ObligationMissed(actor=SYSTEM, happened_on=day, key=due.key, duty=due.duty)
    pressed = _escalate(context, state, due, day, state.revision + 1)
    yield e.ObligationOpened(actor=SYSTEM, happened_on=day, obligation=pressed)


def derive_again(context: Context, state: CaseState) -> Iterator[e.EventBase]:
    """Yield every provisional date that the calendar of today settles or moves."""
    for obligation in state.live_obligations():
        old = obligation.derivation
        if not old.is_provisional:
            continue
        yield from rederive(context, state, obligation, amount=old.amount)


def rederive(
    context: Context,
    state: CaseState,
    obligation: Obligation,
    *,
    anchor_on: date | None = None,
    amount: int | None = None,
    reason: str = "",
) -> Iterator[e.EventBase]:
    """Yield the obligation counted again, where that changes anything.

    ``anchor_on`` is the corrected day the clock starts at; ``amount`` None takes the length from
    the rules in force for the case. A missed duty whose true deadline is still ahead runs again.
    """
    old = obligation.derivation
    new = derive(
        context.policy[old.rule],
        anchor=old.anchor,
        anchor_on=anchor_on or old.anchor_on,
        calendar=context.calendar,
        school=state.school,
        amount=amount,
    )
    if new == old:
        return
    due_at = end_of(new.due_on)
    is_reopened = obligation.status is DutyStatus.MISSED and due_at > context.at
    yield e.ObligationRederived(
        actor=SYSTEM,
        happened_on=context.today,
        key=obligation.key,
        duty=obligation.duty,
        derivation=new,
        due_at=due_at,
        reason=reason,
        is_reopened=is_reopened,
    )
    if is_reopened:
        for pressed in state.live_obligations():
            if pressed.escalates == obligation.key:
                yield _withdrawn(pressed, context.today, reason or "期限重算后尚未到期")


def _applies(context: Context, state: CaseState, duty: Duty, event: e.CaseEvent) -> bool:
    if state.stage not in duty.stages:
        return False
    if not context.policy.knows(duty.parameter):
        return False  # the rule is younger than the case: it binds once newer rules are adopted
    if duty.only_if is not None and not context.policy.flag(duty.only_if):
        return False
    if duty.is_per_guardian:
        track = state.tracks.get(getattr(event, "guardian", ""))
        if track is None or track.step not in duty.steps:
            return False
    return duty.when(state, event)


def _is_met(state: CaseState, obligation: Obligation, event: e.CaseEvent) -> bool:
    duty = BY_ID.get(obligation.duty)
    if duty is None or event.kind not in duty.met_by:
        return False
    if obligation.guardian is not None and obligation.guardian != getattr(event, "guardian", None):
        return False
    if obligation.about is not None and obligation.about != duty.about(event):
        return False
    return duty.met_when(state, event)


def _still_stands(state: CaseState, obligation: Obligation) -> bool:
    if obligation.escalates is not None:
        return obligation.escalates in state.obligations and not state.stage.is_closed
    duty = BY_ID[obligation.duty]
    if state.stage not in duty.stages:
        return False
    if obligation.guardian is None:
        return True
    return state.tracks[obligation.guardian].step in duty.steps and duty.stands(state, obligation)


def _open(
    context: Context,
    state: CaseState,
    duty: Duty,
    event: e.CaseEvent,
    guardian: str | None,
    serial: int,
) -> Obligation:
    derivation = derive(
        context.policy[duty.parameter],
        anchor=e.LABELS[event.kind],
        anchor_on=duty.anchor(state, event),
        calendar=context.calendar,
        school=state.school,
        amount=duty.amount(state, event),
    )
    fixed = duty.due_on(state, event, context.policy)
    if fixed is not None:
        derivation = derivation.but(
            due_on=fixed, amount=0, skipped=(), moved_from=None, is_provisional=False, is_fixed=True
        )
    about = duty.about(event)
    suffix = "".join(f":{part}" for part in (guardian, about) if part)
    return Obligation(
        key=f"{duty.id}{suffix}#{serial}",
        duty=duty.id,
        label=duty.label,
        owner=_owner(state, duty.owner),
        derivation=derivation,
        due_at=end_of(derivation.due_on),
        guardian=guardian,
        about=about,
    )


def _owner(state: CaseState, role: Role | None) -> Owner:
    if role is None:
        return owner(state)
    role = acting(state, role)
    return Owner(role=role, office=office_of(state, role))


def _escalate(
    context: Context, state: CaseState, missed: Obligation, day: date, serial: int
) -> Obligation:
    """Open the duty of the office above to see that the missed one is done."""
    role = ABOVE.get(missed.owner.role, Role.COUNTY_GROUP)
    level = missed.level + 1
    derivation = derive(
        context.policy[ESCALATION],
        anchor=f"{missed.label}逾期",
        anchor_on=day,
        calendar=context.calendar,
        school=state.school,
        amount=min(context.policy.number(ESCALATION) * 2 ** (level - 1), ESCALATION_CAP),
    )
    root = missed.escalates or missed.key
    return Obligation(
        key=f"supervise:{root}^{level}#{serial}",
        duty="supervise",
        label=f"督办：{state.obligations[root].label}" if root in state.obligations else "督办",
        owner=Owner(role=role, office=office_of(state, role)),
        derivation=derivation,
        due_at=end_of(derivation.due_on),
        escalates=root,
        level=level,
    )


def _met(obligation: Obligation, day: date) -> e.EventBase:
    late = obligation.status is DutyStatus.MISSED
    return e.ObligationMet(
        actor=SYSTEM, happened_on=day, key=obligation.key, duty=obligation.duty, was_late=late
    )


def _withdrawn(obligation: Obligation, day: date, reason: str) -> e.EventBase:
    return e.ObligationWithdrawn(
        actor=SYSTEM, happened_on=day, key=obligation.key, duty=obligation.duty, reason=reason
    )
