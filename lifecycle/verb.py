"""How a rule is written down: one ``Verb`` per command kind, with its conditions and checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lifecycle.charts import CaseChart, TrackChart, move
from lifecycle.days import derive, legal_date
from lifecycle.verdict import Unmet
from models.calendar import Calendar
from models.commands import CommandBase
from models.events import EventBase
from models.people import Actor
from models.rules import PolicySnapshot
from models.state import CaseState, LegalTrack
from models.words import Role, Stage, TrackStep


@dataclass(frozen=True)
class Context:
    """All a rule may look at. There is no clock here but ``at``."""

    state: CaseState
    at: datetime
    policy: PolicySnapshot
    calendar: Calendar
    actor: Actor
    act_on: date | None = None
    """The day a command says its act took place; None where no command is judged."""

    @property
    def today(self) -> date:
        return legal_date(self.at)

    @property
    def day(self) -> date:
        """The day an act is judged by: its own, which may lie before the day it is written down."""
        return self.act_on or self.today

    def period_end(self, parameter: str, anchor_on: date, amount: int | None = None) -> date:
        """Return the last day of a period of ``parameter`` that starts after ``anchor_on``."""
        rule = self.policy[parameter]
        ends = derive(
            rule, anchor="", anchor_on=anchor_on, calendar=self.calendar,
            school=self.state.school, amount=amount,
        ).due_on  # fmt: skip
        # Newer rules do not shorten what a guardian was told and is already running (0010).
        told = (
            running.due_on
            for running in self.state.live_obligations()
            if (running.derivation.rule, running.derivation.anchor_on) == (parameter, anchor_on)
            and running.guardian is not None
            and not running.derivation.is_fixed
        )
        return max(ends, *told, ends)

    def move_track(self, track: LegalTrack, event: str) -> tuple[str, ...] | None:
        """Return where ``event`` leads the track, or None where the chart forbids it."""
        return move(TrackChart, track.configuration, event)


Act = Callable[[Context, Any], Iterable[EventBase]]
Condition = Callable[[Context, LegalTrack | None], Iterable[Unmet]]
"""Looks at the case only; also decides whether the button is greyed."""
Check = Callable[[Context, Any], Iterable[Unmet]]
"""Looks at what the command says."""
ChartEvent = str | Callable[[Any], str | None] | None


@dataclass(frozen=True)
class Verb:
    """One thing a person (or the timer) can do to a case."""

    kind: str
    label: str
    roles: frozenset[Role]
    act: Act
    stages: frozenset[Stage] | None = None
    """Stages it may happen in; None leaves it to the chart alone."""
    steps: frozenset[TrackStep] | None = None
    """Steps of the guardian's track it may happen in; None leaves it to the chart alone."""
    case_event: ChartEvent = None
    track_event: ChartEvent = None
    is_about_guardian: bool = False
    conditions: tuple[Condition, ...] = field(default=())
    checks: tuple[Check, ...] = field(default=())
    proposers: frozenset[Role] | None = None
    """Who must have put the act before the one who signs; None where no second person is asked."""
    needs_second: Callable[[CaseState], bool] = lambda _state: True
    """Where only some cases ask for the second person: whether this one does."""

    def is_put_forward(self, state: CaseState) -> bool:
        """Tell whether another person must have put the act before its signer here."""
        return self.proposers is not None and self.needs_second(state)


def carry(command: CommandBase, event: type[EventBase], **extra: Any) -> EventBase:
    """Build the event a command becomes: same facts, past tense."""
    shared = event.model_fields.keys() & type(command).model_fields.keys() - {"kind"}
    return event(**{name: getattr(command, name) for name in sorted(shared)}, **extra)


def becomes(event: type[EventBase]) -> Act:
    """The plain act: the command becomes this one event."""
    return lambda _context, command: (carry(command, event),)


def roles(*names: Role) -> frozenset[Role]:
    return frozenset(names)


def chart_event(declared: ChartEvent, command: Any) -> str | None:
    return declared(command) if callable(declared) else declared


def stands_right(verb: Verb, state: CaseState, track: LegalTrack | None) -> Iterable[Unmet]:
    """Say why the case (or the guardian's track) is not where the verb begins."""
    if not _stage_allows(verb, state):
        yield Unmet(
            code="wrong_stage",
            message=f"案件目前处于“{state.stage.label}”，此阶段不能“{verb.label}”。",
        )
    if verb.is_about_guardian and track is None:
        yield Unmet(
            code="unknown_guardian", message="该监护人不在本案中，请从案件的监护人名单里选择。"
        )
    elif track is not None and not _track_allows(verb, track):
        yield wrong_step(verb, track)


def _stage_allows(verb: Verb, state: CaseState) -> bool:
    if verb.stages is not None and state.stage not in verb.stages:
        return False
    if isinstance(verb.case_event, str):
        return move(CaseChart, state.configuration, verb.case_event) is not None
    return True


def _track_allows(verb: Verb, track: LegalTrack) -> bool:
    if verb.steps is not None and track.step not in verb.steps:
        return False
    if isinstance(verb.track_event, str):
        return move(TrackChart, track.configuration, verb.track_event) is not None
    return True


def wrong_step(verb: Verb, track: LegalTrack) -> Unmet:
    """Say that the four steps run in order (DC-2.7.4a)."""
    return Unmet(
        code="wrong_step",
        message=f"该监护人目前处于“{track.step.label}”，还不能“{verb.label}”；"
        "四步法须按顺序进行，上一步未走完不得进入下一步。",
        clause="DC-2.7.4a、YN-8b",
    )
