"""``decide`` and ``available``: the same conditions refuse a command and grey a button."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from lifecycle.charts import CaseChart, TrackChart, initial, move
from lifecycle.clocks import derive_again, fall_due, first_due, follow_up
from lifecycle.evolve import evolve
from lifecycle.owners import allowed_roles, office_of
from lifecycle.proposals import is_proposed, unmet_but_proposal
from lifecycle.verb import Context, Verb, chart_event, wrong_step
from lifecycle.verbs import ALL, BY_KIND
from lifecycle.verdict import ActionOption, Decision, Refusal, Unmet
from models import events as e
from models.calendar import Calendar
from models.commands import AdoptCalendar, Command, MarkDue, OpenLead
from models.people import Actor
from models.rules import PolicySnapshot, RuleMissing
from models.state import CaseState, LegalTrack
from models.words import Role

_MAIN_FOLLOWS = {
    "second_step": "escalate_correction",
    "third_step": "escalate_penalty",
    "fourth_step": "escalate_court",
}
"""Where a guardian's track goes, the main line follows, but never backward."""


def decide(
    state: CaseState,
    command: Command,
    *,
    at: datetime,
    policy: PolicySnapshot,
    calendar: Calendar,
) -> Decision | Refusal:
    """Answer a command: the events it leads to, or every reason why not.

    A pure function: same arguments, same answer, on any machine and hash seed. ``at`` is an aware
    instant; every date is reckoned in Shanghai.
    """
    context = Context(state, at, policy, calendar, command.actor)
    if isinstance(command, MarkDue):
        if not state.is_open:
            return Decision(events=())
        return Decision(events=tuple(_fall_due(context)))
    if isinstance(command, AdoptCalendar):
        again = derive_again(context, state) if state.is_open else ()
        return Decision(events=tuple(with_clocks(context, state, again)))
    context = replace(context, act_on=command.happened_on)
    verb = BY_KIND[command.kind]
    try:
        refusal = _refusal(verb, context, command)
        if refusal is not None:
            return refusal
        primary = tuple(verb.act(context, command))
    except RuleMissing as missing:
        return Refusal(cause="refused", unmet=(_younger_rule(missing),))
    placed = _place_on_charts(verb, context, command, primary)
    if isinstance(placed, Unmet):
        return Refusal(cause="refused", unmet=(placed,))
    return Decision(events=tuple(with_clocks(context, state, placed)))


def available(
    state: CaseState,
    *,
    at: datetime,
    policy: PolicySnapshot,
    calendar: Calendar,
    actor: Actor,
) -> list[ActionOption]:
    """List every action of the actor's role: allowed, or with the conditions that are unmet."""
    context = Context(state, at, policy, calendar, actor)
    options: list[ActionOption] = []
    if not state.is_open:
        return options
    for verb in ALL:
        if verb.kind == "open_lead":
            continue
        options += _to_propose(verb, context)
        if actor.role not in allowed_roles(state, verb.roles):
            continue
        tracks: Iterable[LegalTrack | None] = (
            tuple(state.tracks.values()) if verb.is_about_guardian else (None,)
        )
        for track in tracks:
            try:
                unmet = tuple(_unmet_by_state(verb, context, track))
            except RuleMissing as missing:
                unmet = (_younger_rule(missing),)
            options.append(
                ActionOption(
                    kind=verb.kind,
                    label=verb.label,
                    guardian=track.guardian if track else None,
                    is_allowed=not unmet,
                    unmet=unmet,
                )
            )
    return options


def _younger_rule(missing: RuleMissing) -> Unmet:
    """The case was opened before the rule existed: nothing is guessed, newer rules are adopted."""
    return Unmet(
        code="rule_missing",
        message=f"本案适用的规则里还没有这一项（{missing.args[0]}），请先提请“采用新规则”再办理。",
    )


def _to_propose(verb: Verb, context: Context) -> Iterator[ActionOption]:
    """The act as something this actor may put before the one who signs it."""
    if verb.proposers is None or context.actor.role not in verb.proposers:
        return
    state = context.state
    tracks: Iterable[LegalTrack | None] = (
        tuple(state.tracks.values()) if verb.is_about_guardian else (None,)
    )
    for track in tracks:
        try:
            unmet = tuple(unmet_but_proposal(verb, context, track))
        except RuleMissing as missing:
            unmet = (_younger_rule(missing),)
        yield ActionOption(
            kind="propose_act",
            label=f"提请{verb.label}",
            act=verb.kind,
            guardian=track.guardian if track else None,
            is_allowed=not unmet,
            unmet=unmet,
        )


def _refusal(verb: Verb, context: Context, command: Command) -> Refusal | None:
    state = context.state
    if isinstance(command, OpenLead) != (state.revision == 0):
        message = "该儿童已有未结案件，线索应并入原案。" if state.revision else "案件尚未立案。"
        return Refusal(cause="refused", unmet=(Unmet(code="already_open", message=message),))
    seen = command.seen_revision
    if seen is not None and seen != state.revision:
        message = (
            f"案件已有新的进展（您看到的是第{seen}版，现为第{state.revision}版），请刷新后再提交。"
        )
        return Refusal(cause="stale", unmet=(Unmet(code="stale_revision", message=message),))
    outside = tuple(_outside(verb, context))
    if outside:
        return Refusal(cause="forbidden", unmet=outside)
    track = state.tracks.get(getattr(command, "guardian", None) or "")
    unmet = [*_days_in_order(context, command), *_unmet_by_state(verb, context, track)]
    # A check looks at the case as it should be at this point: off the verb's place it would
    # report (or stumble over) what cannot be there yet.
    if not any(reason.code in _MISPLACED for reason in unmet):
        for check in verb.checks:
            unmet += check(context, command)
    return Refusal(cause="refused", unmet=tuple(unmet)) if unmet else None


_MISPLACED = {"wrong_stage", "wrong_step", "unknown_guardian", "case_closed"}


def _outside(verb: Verb, context: Context) -> Iterator[Unmet]:
    actor, state = context.actor, context.state
    allowed = allowed_roles(state, verb.roles)
    if actor.role not in allowed:
        names = "、".join(role.label for role in Role if role in allowed)
        yield Unmet(
            code="role", message=f"“{verb.label}”由{names}办理，您的角色是{actor.role.label}。"
        )
    elif state.revision and actor.office != office_of(state, actor.role):
        yield Unmet(code="scope", message="本案不在您单位的办理范围内。")


def _unmet_by_state(verb: Verb, context: Context, track: LegalTrack | None) -> Iterator[Unmet]:
    yield from unmet_but_proposal(verb, context, track)
    if verb.proposers is not None and context.state.is_open:
        yield from is_proposed(verb, context, track)


def _days_in_order(context: Context, command: Command) -> Iterator[Unmet]:
    """No fact from the future; legal acts do not happen before the case was opened."""
    if command.happened_on > context.today:
        yield Unmet(
            code="date_ahead",
            message=f"发生日期{command.happened_on}晚于今天{context.today}，请核对。",
        )
    opened = context.state.opened_on
    if opened and command.happened_on < opened:
        yield Unmet(
            code="date_before_case",
            message=f"发生日期{command.happened_on}早于本案登记日{opened}，请核对。",
        )


def _place_on_charts(
    verb: Verb, context: Context, command: Command, primary: tuple[e.EventBase, ...]
) -> tuple[e.EventBase, ...] | Unmet:
    """Write the configurations the charts lead to onto the events."""
    state = context.state
    if isinstance(command, OpenLead):
        opened = primary[0].but(moved_to=initial(CaseChart))
        suspected = move(CaseChart, initial(CaseChart), "suspect")
        return (opened, *(event.but(moved_to=suspected) for event in primary[1:]))
    placed = list(primary)
    configuration = state.configuration
    for index, event in enumerate(primary):
        name = _case_event(verb, command, event, is_first=index == 0)
        track_name = chart_event(verb.track_event, command) if index == 0 else None
        guardian = getattr(event, "guardian", None)
        if track_name and guardian:
            track = state.tracks[guardian]
            moved = move(TrackChart, track.configuration, track_name)
            if moved is None:
                return wrong_step(verb, track)
            placed[index] = placed[index].but(track_moved_to=moved)
            follows = _MAIN_FOLLOWS.get(moved[0])
            if follows and move(CaseChart, configuration, follows):
                name = follows
        if name is not None:
            target = move(CaseChart, configuration, name)
            if target is None:
                return Unmet(
                    code="wrong_stage",
                    message=f"案件目前处于“{state.stage.label}”，此阶段不能“{verb.label}”。",
                )
            configuration = target
            placed[index] = placed[index].but(moved_to=target)
    return tuple(placed)


def _case_event(verb: Verb, command: Command, event: e.EventBase, *, is_first: bool) -> str | None:
    if isinstance(event, e.ReportsCompleted):
        return "complete_reports"
    if isinstance(event, e.ChildReturned):
        return "child_returns"
    if isinstance(event, e.DropoutSuspected) and not is_first:
        return "suspect"
    return chart_event(verb.case_event, command) if is_first else None


def with_clocks(
    context: Context, state: CaseState, events: Iterable[e.EventBase]
) -> Iterator[e.CaseEvent]:
    """Fold each event as it comes, and let it move the clocks before the next.

    Also places on the charts what no verb has placed: the end of a period, a period reopened.
    """
    for event in events:
        placed: Any = _period_end_on_chart(state, event)
        state = evolve(state, placed)
        yield placed
        for clock in follow_up(context, state, placed):
            following: Any = clock
            state = evolve(state, following)
            yield following


def _fall_due(context: Context) -> Iterator[e.CaseEvent]:
    """Let every passed deadline take effect, the earliest first, each seeing the one before."""
    state = context.state
    while (due := first_due(context, state)) is not None:
        for event in with_clocks(context, state, tuple(fall_due(context, state, due))):
            state = evolve(state, event)
            yield event


def _period_end_on_chart(state: CaseState, event: e.EventBase) -> e.EventBase:
    if isinstance(event, e.CorrectionPeriodEnded):
        track = state.tracks[event.guardian]
        return event.but(track_moved_to=move(TrackChart, track.configuration, "end_period"))
    if isinstance(event, e.PeriodReopened):
        track = state.tracks[event.guardian]
        return event.but(track_moved_to=move(TrackChart, track.configuration, "reopen_period"))
    if isinstance(event, e.DeferralEnded) and event.moved_to is None:
        return event.but(moved_to=move(CaseChart, state.configuration, "end_deferral"))
    return event
