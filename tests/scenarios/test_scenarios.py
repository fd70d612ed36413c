"""Every scenario in the TOML files beside this one, told to the core and compared.

A scenario has a ``name``, the ``profile`` whose rules hold, ``as_of`` (the instant it begins),
``given`` (steps: date, hour where it matters, what is done, details), ``expected`` and ``source``;
``road`` names steps told once at the head of the file. Expected dates were counted by hand from the
notices and the laws. ``known_wrong`` marks where the core is not yet right: such a scenario must
fail, and the day it passes the mark has to go.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lifecycle.days import SHANGHAI, derive
from lifecycle.enforcement import enforcement_window
from lifecycle.owners import owner
from lifecycle.verb import Context
from lifecycle.verdict import Decision, Refusal
from models import commands as c
from models.calendar import Calendar
from models.events import PerformanceDemanded
from models.obligation import Derivation
from models.rules import PolicySnapshot
from models.words import DutyStatus, ReportLine, Role
from policy.calendars import county_calendar
from policy.loader import snapshot
from terminal.clauses import document_of
from terminal.clauses import read as clauses
from tests.scenarios.telling import BECAUSE, MAIN, STEPS, Words
from tests.walk import TERMS, Walk, actor

HERE = Path(__file__).parent
EXPECTED = {
    "due", "why", "stage", "step", "refused", "accepted", "provisional", "settled", "missed",
    "open", "gone", "rules", "window", "surcharge", "ended", "owner", "tracks",
}  # fmt: skip


def scenarios() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.toml")):
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        for told in read["scenario"]:
            told["given"] = read.get("roads", {}).get(told.get("road"), []) + told["given"]
            marks = []
            if "known_wrong" in told:
                marks.append(
                    pytest.mark.xfail(
                        reason=told["known_wrong"], strict=True, raises=AssertionError
                    )
                )
            found.append(pytest.param(told, id=f"{path.stem}/{told['name']}", marks=marks))
    return found


class Telling:
    """One scenario as it unfolds."""

    def __init__(self, told: dict[str, Any]) -> None:
        at: datetime = told["as_of"]
        self.policy = _policy(told, at)
        self.walk = Walk(policy=self.policy, calendar=_calendar(told), at=at)
        self.labels = {p.label: p for p in self.policy.parameters.values()}
        self.done: list[str] = []
        self.counted: dict[str, Derivation] = {}

    def step(self, line: str) -> None:
        name, words = self._begin(line)
        if name == "走到":
            self._walk_to(words.pop("至"), words)
        elif name == "等到":
            return
        elif name == "起算":
            self._count(words)
        else:
            self._do(name, words)

    def refuse(self, line: str) -> Refusal:
        name, words = self._begin(line)
        command = self._command(STEPS[name], words)
        is_left_out = words.get("提请") == "无"
        if not is_left_out:
            self.walk.put_before(command)
        verdict = self.walk.try_(command)
        assert isinstance(verdict, Refusal), f"{line}：本应不予办理"
        if is_left_out:
            return verdict
        # Where the case does not allow the act, neither does it allow it to be put forward.
        rest = tuple(unmet for unmet in verdict.unmet if unmet.code != "not_proposed")
        return verdict.but(unmet=rest)

    def _begin(self, line: str) -> tuple[str, Words]:
        parts = line.split()
        when = date.fromisoformat(parts.pop(0))
        clock = (16, 0) if when != self.walk.today else None
        if ":" in parts[0]:
            hour, minute = parts.pop(0).split(":")
            clock = (int(hour), int(minute))
        if clock is not None:
            self._go(datetime(when.year, when.month, when.day, *clock, tzinfo=SHANGHAI))
        name = parts.pop(0)
        words = {"至": parts.pop(0)} if name == "走到" else {}
        return name, words | dict(part.split("=", 1) for part in parts)

    def _go(self, end: datetime) -> None:
        walk = self.walk
        assert end >= walk.at, f"{end}早于上一步{walk.at}"
        while walk.state.is_open:
            due = walk.state.next_due_at()
            if due is None or due > end:
                break
            walk.at = max(due, walk.at)
            walk.tick()
        walk.at = end

    def _walk_to(self, name: str, words: Words) -> None:
        start = next((i for i, step in enumerate(MAIN) if step not in self.done), len(MAIN))
        for step in MAIN[start : MAIN.index(name) + 1]:
            self._do(step, words)

    def _do(self, name: str, words: Words) -> None:
        if name == "三线报告":
            for line in self.policy.text("report_lines").split(","):
                self._do("报送", words | {"线": ReportLine(line).label})
        elif name == "两次劝返":
            self._do("上门劝返", words)
            self._do("上门劝返", words)
        else:
            if name == "核证辍学":
                words = {"原因": "厌学"} | words
            command = self._command(STEPS[name], words)
            self.walk.put_before(command)
            verdict = self.walk.try_(command)
            assert isinstance(verdict, Decision), f"{name}：{verdict}"
            self.walk.take(command, verdict)
        self.done.append(name)

    def _command(self, told: Any, words: Words) -> Any:
        facts = dict(told.facts(self.walk, words))
        if "发生" in words:
            facts["happened_on"] = date.fromisoformat(words["发生"])
        role = told.role
        if words.get("由") == "教体局":
            role = {Role.TOWNSHIP_CASE: Role.EDU_LAW, Role.TOWNSHIP_HEAD: Role.EDU_HEAD,
                    Role.TOWNSHIP_LAW: Role.EDU_LAW}.get(role, role)  # fmt: skip
        role = next((one for one in Role if one.label == words.get("由")), role)
        if "经办人" in words:
            facts["actor"] = actor(role, self.walk.state, words["经办人"])
        return self.walk.command(told.command, role, **facts)

    def _count(self, words: Words) -> None:
        rule = self.labels[words["规则"]]
        amount = int(words["数"]) if "数" in words else None
        self.counted[rule.label] = derive(
            rule, anchor=words.get("事由", "起算"), anchor_on=self.walk.today,
            calendar=self.walk.calendar, amount=amount,
        )  # fmt: skip

    def derivation(self, label: str) -> Derivation:
        if label in self.counted:
            return self.counted[label]
        opened = [
            event.obligation for event in self.walk.events if event.kind == "obligation_opened"
        ]
        last = [o for o in opened if o.label == label]
        assert last, f"没有“{label}”，有：{sorted({o.label for o in opened})}"
        now = self.walk.state.obligations.get(last[-1].key, last[-1])
        return now.derivation


def _policy(told: dict[str, Any], at: datetime) -> PolicySnapshot:
    base = snapshot(told["profile"], at.astimezone(SHANGHAI).date())
    changed = told.get("changed", {})
    parameters = dict(base.parameters)
    for name, rule in base.parameters.items():
        if rule.label in changed:
            parameters[name] = rule.but(value=changed[rule.label])
    assert len(changed) == sum(base.parameters[n] != p for n, p in parameters.items())
    return base.but(parameters=parameters).sealed() if changed else base


def _calendar(told: dict[str, Any]) -> Calendar:
    local = {date.fromisoformat(day): why for day, why in told.get("local_holidays", {}).items()}
    return _county(tuple(local.items()))


@cache
def _county(local: tuple[tuple[date, str], ...]) -> Calendar:
    return county_calendar([2023, 2024, 2025, 2026, 2027, 2028], TERMS, local_holidays=dict(local))


def test_there_are_enough_scenarios_each_with_a_name_of_its_own() -> None:
    """A hundred and twenty and more; two of one name would hide each other."""
    names = [param.id for param in scenarios()]
    assert len(names) >= 120
    assert len(names) == len(set(names))


@pytest.mark.parametrize("told", scenarios())
def test_scenario(told: dict[str, Any]) -> None:
    """What the law or the paper leads to is what the core answers."""
    assert told["source"], "没有写明来源"
    expected: dict[str, Any] = told["expected"]
    assert expected
    assert set(expected) <= EXPECTED, set(expected) - EXPECTED
    telling = Telling(told)
    for line in told["given"]:
        telling.step(line)
    _dates(telling, expected)
    _state(telling, expected)
    for refused in expected.get("refused", ()):
        refusal = telling.refuse(refused["step"])
        assert [BECAUSE[reason] for reason in refused["because"]] == [u.code for u in refusal.unmet]
        clauses = "；".join(u.clause for u in refusal.unmet)
        assert refused.get("clause", "") in clauses, clauses
    for line in expected.get("accepted", ()):
        telling.step(line)
    if "ended" in expected:
        assert expected["ended"] == telling.walk.state.stage.label


def _dates(telling: Telling, expected: dict[str, Any]) -> None:
    for label, day in expected.get("due", {}).items():
        assert (label, day) == (label, telling.derivation(label).due_on)
    for label, parts in expected.get("why", {}).items():
        sentence = telling.derivation(label).sentence(label)
        for part in parts:
            assert part in sentence
    for label in expected.get("provisional", ()):
        assert telling.derivation(label).is_provisional, label
    for label in expected.get("settled", ()):
        assert not telling.derivation(label).is_provisional, label


def _state(telling: Telling, expected: dict[str, Any]) -> None:
    walk = telling.walk
    if "stage" in expected:
        assert expected["stage"] == walk.state.stage.label
    if "step" in expected:
        assert expected["step"] == walk.state.tracks["g1"].step.label
    if "owner" in expected:
        assert expected["owner"] == owner(walk.state).role.label
    for guardian, step in expected.get("tracks", {}).items():
        assert (guardian, step) == (guardian, walk.state.tracks[guardian].step.label)
    live = {o.label for o in walk.state.live_obligations()}
    missed = {
        o.label for o in walk.state.live_obligations() if o.status is DutyStatus.MISSED
    }  # fmt: skip
    assert set(expected.get("open", ())) <= live, live
    assert not set(expected.get("gone", ())) & live, live
    assert set(expected.get("missed", ())) <= missed, missed
    for label, value in expected.get("rules", {}).items():
        assert (label, value) == (label, telling.labels[label].value)
    if "window" in expected:
        context = Context(
            walk.state, walk.at, walk.policy, walk.calendar, actor(Role.TOWNSHIP_LAW)
        )  # fmt: skip
        window = enforcement_window(context, walk.state.tracks["g1"])
        assert window is not None
        assert expected["window"] == list(window)
    if "surcharge" in expected:
        demanded = [e for e in walk.events if isinstance(e, PerformanceDemanded)]
        assert expected["surcharge"] == demanded[-1].surcharge_yuan


def test_every_step_and_reason_of_the_glossary_is_told() -> None:
    """A word no scenario uses would be a word nobody has checked."""
    text = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.toml"))
    assert [word for word in STEPS if word not in text and word not in MAIN] == []
    assert [word for word in BECAUSE if word not in text] == []


def test_a_clause_named_as_source_is_one_of_the_matrix() -> None:
    """A scenario may rest on a clause or on a head of clauses (YN-5), never on one that is not."""
    known = clauses()
    heads = {document_of(name) for name in known}
    named = {
        source
        for told in scenarios()
        for source in told.values[0]["source"]
        if document_of(source) in heads
    }
    assert len(named) > 60
    assert [s for s in named if not any(k == s or k.startswith(f"{s}.") for k in known)] == []


def test_every_step_is_a_command_of_the_core() -> None:
    """The words of a step are those of the commands: no step without its command."""
    assert all(issubclass(told.command, c.CommandBase) for told in STEPS.values())
