"""What a command would lead to, shown before anybody signs: dates that move, papers to look at.

Nothing is written. The events are those the command itself, or for a proposal its approval, would
lead to; they are folded in memory and the two states compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from lifecycle.adopting import adopted
from lifecycle.correcting import corrected, papers_to_look_at
from lifecycle.decide import decide, with_clocks
from lifecycle.evolve import evolve
from lifecycle.verb import Context
from lifecycle.verdict import Refusal
from models import commands as c
from models import events as e
from models.base import Frozen
from models.calendar import Calendar
from models.obligation import Obligation
from models.rules import PolicySnapshot
from models.state import CaseState


class Move(Frozen):
    """One deadline before and after; None where it does not stand on that side."""

    label: str
    owner: str
    guardian: str | None = None
    before: date | None = None
    after: date | None = None
    why: str
    """The derivation of the date that will hold, or of the one that goes."""


class Preview(Frozen):
    """What would change; empty lists say that nothing of the kind does."""

    events: tuple[str, ...]
    stage_before: str
    stage_after: str
    moved: tuple[Move, ...]
    opened: tuple[Move, ...]
    ended: tuple[Move, ...]
    flaws: tuple[str, ...]
    """Legal steps that would lose their ground."""
    papers: tuple[str, ...]
    """Papers already issued that print the corrected fact, and papers that would be issued."""


def preview(
    state: CaseState,
    command: c.Command,
    *,
    at: datetime,
    policy: PolicySnapshot,
    calendar: Calendar,
    new_policy: PolicySnapshot | None = None,
) -> Preview | Refusal:
    """Answer what ``command`` would lead to, or why it is refused.

    A proposal is answered with what its approval would lead to. ``new_policy`` is the snapshot a
    case would be taken over to.
    """
    adopting = isinstance(command, c.AdoptPolicy)
    rules = new_policy if adopting and new_policy is not None else policy
    verdict = decide(state, command, at=at, policy=rules, calendar=calendar)
    if isinstance(verdict, Refusal):
        return verdict
    context = Context(state, at, rules, calendar, command.actor)
    events: Iterable[e.EventBase] = verdict.events
    papers: tuple[str, ...] = ()
    if isinstance(command, c.ProposeCorrection):
        papers = papers_to_look_at(state, command.fact)
        consequences = corrected(
            context, command.fact, command.value, actor=command.actor,
            happened_on=context.today, reason=command.reason,
        )  # fmt: skip
        events = tuple(with_clocks(context, state, consequences))
    elif isinstance(command, c.ProposeAct) and command.act == "adopt_policy" and new_policy:
        to_come = Context(state, at, new_policy, calendar, command.actor)
        consequences = adopted(
            to_come, actor=command.actor, happened_on=context.today, reason=command.note
        )
        events = tuple(with_clocks(to_come, state, consequences))
    elif isinstance(command, c.ApproveCorrection):
        papers = papers_to_look_at(state, state.corrections[command.correction].fact)
    return _compare(state, tuple(events), papers)


def _compare(before: CaseState, events: tuple[Any, ...], papers: tuple[str, ...]) -> Preview:
    after = before
    for event in events:
        after = evolve(after, event)
    old = {o.key: o for o in before.live_obligations()}
    new = {o.key: o for o in after.live_obligations()}
    issued = tuple(key for key in after.papers if key not in before.papers)
    return Preview(
        events=tuple(e.LABELS[event.kind] for event in events),
        stage_before=before.stage.label,
        stage_after=after.stage.label,
        moved=tuple(
            _move(old[key], new[key])
            for key in old
            if key in new and old[key].due_on != new[key].due_on
        ),
        opened=tuple(_move(None, new[key]) for key in new if key not in old),
        ended=tuple(_move(old[key], None) for key in old if key not in new),
        flaws=tuple(
            event.flaw for event in events if isinstance(event, e.FactCorrected) and event.flaw
        ),
        papers=papers + issued,
    )


def _move(before: Obligation | None, after: Obligation | None) -> Move:
    stands = after or before
    assert stands is not None
    return Move(
        label=stands.label,
        owner=stands.owner.role.label,
        guardian=stands.guardian,
        before=before.due_on if before else None,
        after=after.due_on if after else None,
        why=stands.derivation.sentence(stands.label),
    )
