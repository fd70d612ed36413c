"""A hundred thousand attempts of anybody at anything, judged by a table the core does not know."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from lifecycle.days import legal_date
from lifecycle.owners import owner
from lifecycle.verbs import ALL, BY_KIND
from lifecycle.verdict import ActionOption, Decision
from models import commands as c
from models.words import Role, Stage
from tests.lifecycle import roads
from tests.properties.regulation import LAWS, Record, breaches
from tests.walk import Walk, actor, command_for, facts_for

EXAMPLES, RULES, ATTEMPTS = 200, 20, 60
"""Examples × rules of each (a third of them try things) × attempts of a rule; the rest is added below."""


def on_paper() -> Walk:
    """The decision stands on a signed paper, and is not taken yet."""
    walk = roads.defended()
    content = {"penalty_text": "罚款", "amount_yuan": 300}
    walk.do(c.DraftPaper, Role.TOWNSHIP_LAW, paper_kind="penalty_decision", guardian="g1",
            content=content)  # fmt: skip
    walk.do(c.CheckPaper, Role.TOWNSHIP_LAW, paper="penalty_decision-1", opinion="同意",
            actor=actor(Role.TOWNSHIP_LAW, walk.state, "checker"))  # fmt: skip
    walk.do(c.ApprovePaper, Role.TOWNSHIP_HEAD, paper="penalty_decision-1")
    return walk


STATIONS = (
    roads.lead, roads.suspected, roads.verifying, roads.dropout, roads.theirs, roads.persuasion,
    roads.visited, roads.expired, roads.penalty_filed, roads.notified, roads.defended,
    roads.decided, roads.decision_served, roads.unperformed, roads.demanded, roads.judged,
    roads.assessment, roads.placement, roads.monitoring, roads.monitored, roads.enforced,
    roads.lettered, roads.elsewhere, on_paper,
)  # fmt: skip
KINDS = {cls.model_fields["kind"].default: cls for cls in c.CommandBase.__subclasses__()}
HUMAN = [verb for verb in ALL if verb.kind not in {"open_lead", "join_lead"}]
ROLES = [role for role in Role if role is not Role.SYSTEM]
seen: Counter[str] = Counter()
OUT = {
    Stage.SUSPECTED, Stage.REPORTING, Stage.ASSIGNED, Stage.PERSUASION, Stage.CORRECTION,
    Stage.PENALTY, Stage.COURT, Stage.ASSESSMENT, Stage.DEFERRED, Stage.SUBJECT_PENDING,
    Stage.OUTBOUND_WAIT,
}  # fmt: skip


def weight(option: ActionOption) -> float:
    """Lean towards the guardian's steps, away from what ends a case or goes round in it."""
    act = option.act or option.kind
    if act.startswith("close_") or act in {"excuse", "clear_lead", "record_return"}:
        return 0.15
    if act in {"propose_correction", "join_lead", "record_guardian_change"}:
        return 0.3
    return 8 if option.guardian is not None else 2


def heard() -> Walk:
    """A hearing asked for, announced and held; reviewed; decided by a third person."""
    walk = roads.notified()
    guardian = {"guardian": "g1"}
    walk.do(c.RequestHearing, Role.TOWNSHIP_LAW, **guardian)
    on = walk.today + timedelta(days=30)
    walk.do(c.ScheduleHearing, Role.TOWNSHIP_HEAD, **guardian, hearing_on=on, is_closed=True,
            presider="presider-1")  # fmt: skip
    walk.pass_days(30)
    walk.do(c.HoldHearing, Role.TOWNSHIP_LAW, **guardian, record_no="听-1", opinion="维持")
    walk.do(c.ReviewLegality, Role.EDU_LAW, **guardian, opinion_no="法-1", is_passed=True)
    walk.do(c.DecidePenalty, Role.TOWNSHIP_HEAD, **roads.FINE)
    return walk


def corrected() -> Walk:
    walk = roads.dropout()
    walk.do(c.ProposeCorrection, Role.EDU_CASE, fact="cause", value="work", reason="录入有误",
            **roads.PROOF)  # fmt: skip
    (key,) = walk.state.corrections
    walk.do(c.ApproveCorrection, Role.EDU_HEAD, correction=key)
    return walk


def told_elsewhere() -> Walk:
    """A verification that ends the case, confirmed; and a notice letter to another county."""
    walk = roads.dropout(roads.suspected(household_county="990202"))
    walk.do(c.SetResponsibleParty, Role.EDU_CASE, party="ours")
    walk.do(c.SendNoticeLetter, Role.EDU_HEAD, to_county="990202", letter_no="告-1", **roads.PROOF)
    return walk


def served_at_the_second_try() -> Walk:
    """Nobody was at home; then a grown-up of the household took the order."""
    walk = roads.issued()
    walk.do(c.RecordFailedService, Role.TOWNSHIP_LAW, target="correction_order-1", method="direct",
            reason="不在家", **roads.PROOF)  # fmt: skip
    walk.do(c.ServePaper, Role.TOWNSHIP_LAW, **(roads.SERVICE | {"method": "family"}))
    return walk


class Regulated(RuleBasedStateMachine):
    """People of every role try everything at every time; what the core lets through must be lawful."""

    walk: Walk
    record: Record

    @initialize(seed=st.integers(0, 2**32), station=st.sampled_from(STATIONS))
    def begin(self, seed: int, station: Any) -> None:
        self.rng = Random(seed)
        self.walk = station()
        self.record = []
        for _, _, at, events in self.walk.log:
            day = legal_date(at)
            assert breaches(self.record, events, day) == []
            self.record += [(event, day) for event in events]

    @rule(days=st.sampled_from([0, 1, 3, 8, 15, 40, 190]))
    def wait(self, days: int) -> None:
        """Time goes by, and what falls due must be lawful too; years stay within the table."""
        if self.walk.today > date(2027, 6, 1):
            return
        before = len(self.walk.log)
        self.walk.pass_days(days)
        for _, _, at, events in self.walk.log[before:]:
            self._judge(events, legal_date(at))

    @rule()
    def try_things(self) -> None:
        """Mostly what is open to somebody, otherwise anything by anybody."""
        for _ in range(ATTEMPTS):
            seen["attempts"] += 1
            command = self._open() if self.rng.random() < 0.5 else self._anything()
            if command is None:
                continue
            verdict = self.walk.try_(command)
            if isinstance(verdict, Decision):
                seen["accepted"] += 1
                self.walk.take(command, verdict)
                self._judge(verdict.events, self.walk.today)

    @rule()
    def a_willing_child_is_let_in(self) -> None:
        """Whatever step the guardian is at, the return is taken (the ladder bars no classroom)."""
        state = self.walk.state
        if state.stage not in OUT or state.is_never_enrolled:
            return
        command = self.walk.command(c.RecordReturn, Role.CLASS_TEACHER, returned_on=self.walk.today)
        assert isinstance(self.walk.try_(command), Decision)
        seen["returns"] += 1

    def _judge(self, events: tuple[Any, ...], day: date) -> None:
        assert breaches(self.record, events, day) == []
        self.record += [(event, day) for event in events]
        seen.update(event.kind for event in events)

    def _open(self) -> Any:
        if not self.walk.state.is_open:
            return None
        role = self.rng.choice([owner(self.walk.state).role, *self.rng.sample(ROLES, 2)])
        options = [o for o in self.walk.options(role) if o.is_allowed]
        if not options:
            return None
        weights = [weight(option) for option in options]
        (option,) = self.rng.choices(options, weights)
        return command_for(option, self.walk, self.rng, self._who(role))

    def _anything(self) -> Any:
        verb, role = self.rng.choice(HUMAN), self.rng.choice(ROLES)
        guardians = [guardian.ref for guardian in self.walk.state.guardians]
        guardian = self.rng.choice(guardians) if verb.is_about_guardian else None
        try:
            facts = facts_for(verb.kind, self.walk, self.rng, guardian)
            if self.rng.random() < 0.3:
                facts.pop("evidence", None)
            return KINDS[verb.kind](
                request_id=f"try-{next(self.walk.ids):06d}", actor=self._who(role),
                happened_on=self._said_day(), **facts,
            )  # fmt: skip
        except (ValueError, IndexError, KeyError, AssertionError, TypeError):
            return None  # nothing plausible can be said of a case that is not there yet

    def _said_day(self) -> date:
        """Mostly today; sometimes the act is said to have taken place before."""
        back = self.rng.choice([0, 0, 0, 1, 4, 12, 30, 100])
        return self.walk.today - timedelta(days=back)

    def _who(self, role: Role) -> Any:
        name = self.rng.choice([f"{role.value}-1", f"{role.value}-2", "law-1", "principal-1"])
        return actor(role, self.walk.state, name)


Regulated.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=RULES,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a walk of a thousand steps does not shrink
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestRegulated = Regulated.TestCase


def test_a_hundred_thousand_attempts_were_made() -> None:
    """The machine has really tried, been refused, and been let through; what is lacking is added."""
    seed = 0
    while seen["attempts"] < 100_000:
        machine = Regulated()
        machine.begin(seed=seed, station=STATIONS[seed % len(STATIONS)])
        for days in (0, 3, 15, 40, 8, 190):
            machine.wait(days=days)
            machine.try_things()
            machine.a_willing_child_is_let_in()
        seed += 1
    assert 5_000 <= seen["accepted"] < seen["attempts"]


ENDS: dict[str, Any] = {
    "deceased": (roads.dropout, c.CloseDeceased, lambda w: {"died_on": w.today}),
    "abroad": (roads.dropout, c.CloseAbroad, lambda w: {"enrolled_at": "境外学校"}),
    "completed": (
        roads.dropout, c.CloseCompleted, lambda w: {"is_graduated": True, "decision_no": "毕-1"},
    ),
    "duplicate": (roads.dropout, c.CloseDuplicate, lambda w: {"other_case": "KC-other"}),
    "signed_off": (roads.monitored, c.SignOff, lambda w: {"is_roll_active": True}),
    "excused": (roads.suspected, c.Excuse, lambda w: {"reason": "住院"}),
    "transferred": (
        roads.elsewhere, c.ConfirmTransfer,
        lambda w: {"receiving_school": "外县中学", "roll_no": "G99"},
    ),
    "handed_over": (
        roads.lettered, c.RecordReply, lambda w: {"is_accepted": True, "letter_no": "复-1"},
    ),
    "deferred": (
        roads.judged, c.Defer,
        lambda w: {"deferral": "policy", "until": w.today + timedelta(days=90),
                   "approval_no": "批-1", "has_guardian_complied": True,
                   "does_child_refuse": True},
    ),
    "placed": (
        roads.placement, c.Place,
        lambda w: {"way": "inclusive_class", "school": w.state.school, "plan": "随班就读"},
    ),
    "enforced": (roads.enforced, None, None),
    "heard": (heard, None, None),
    "corrected": (corrected, None, None),
    "told": (told_elsewhere, None, None),
    "absent": (served_at_the_second_try, None, None),
}  # fmt: skip


def test_every_law_speaks_of_an_act_that_a_lawful_road_takes() -> None:
    """No row of the table is idle: each act occurs on a road walked by the book, and breaks none."""
    taken: set[str] = set()
    for station, kind, facts in ENDS.values():
        walk = station()
        if kind is not None:
            role = min(BY_KIND[kind.model_fields["kind"].default].roles, key=list(Role).index)
            if kind is c.Defer:
                role = Role.COUNTY_GROUP
            walk.do(kind, role, **facts(walk), **roads.PROOF)
        record: Record = []
        for _, _, at, events in walk.log:
            day = legal_date(at)
            assert breaches(record, events, day) == []
            record += [(event, day) for event in events]
        taken |= {event.kind for event, _ in record}
    assert {kind for law in LAWS for kind in law.on} <= taken


@pytest.mark.parametrize(
    ("clause", "event", "change"),
    [
        ("行政处罚法 42", "penalty_filed", {"officers": ("law-1",)}),
        ("行政处罚法 16", "penalty_filed", {"legal_basis": ""}),
        ("YN-14.10", "correction_order_issued", {"actor": actor(Role.TOWNSHIP_CASE)}),
        ("行政处罚法 57–64", "penalty_decided", {"actor": actor(Role.TOWNSHIP_HEAD, name="law-1")}),
        ("民事诉讼法 87–95", "decision_served", {"method": "notice"}),
        ("YN-8b", "visit_recorded", {"visitors": ("甲",)}),
    ],
)
def test_the_table_itself_finds_a_breach(clause: str, event: str, change: dict[str, Any]) -> None:
    """A record with one fact made unlawful is found out, by its clause: the table is not blind."""
    walk = roads.enforced()
    record: Record = []
    found: list[str] = []
    for _, _, at, events in walk.log:
        bent = tuple(e.but(**change) if e.kind == event else e for e in events)
        found += breaches(record, bent, legal_date(at))
        record += [(each, legal_date(at)) for each in bent]
    assert any(said.startswith(f"{clause} {event}") for said in found), found
