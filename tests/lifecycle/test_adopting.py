"""New rules on a live case: shown, signed by two, and never at a guardian's expense."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lifecycle.decide import decide
from lifecycle.preview import Preview, preview
from lifecycle.verdict import Decision, Refusal
from models import commands as c
from models.rules import PolicySnapshot
from models.words import Cause, Role
from tests.lifecycle import roads
from tests.walk import Walk, actor, policy


def adopt(walk: Walk, new: PolicySnapshot, **facts: Any) -> Decision | Refusal:
    command = walk.command(
        c.AdoptPolicy, Role.EDU_HEAD,
        **({"policy_sha": new.sha256, "reason": "新规定施行"} | facts),
    )  # fmt: skip
    return decide(walk.state, command, at=walk.at, policy=new, calendar=walk.calendar)


def propose(walk: Walk, new: PolicySnapshot) -> None:
    walk.do(c.ProposeAct, Role.EDU_CASE, act="adopt_policy", note="新规定施行",
            policy_sha=new.sha256, evidence=("请示-1",))  # fmt: skip


def test_an_offices_duty_moves_and_the_guardians_period_does_not() -> None:
    """A shorter correction period binds nobody whose period runs; the contact cycle follows."""
    walk = roads.served()
    before = {o.duty: o.due_on for o in walk.state.live_obligations()}
    new = policy(order_days=3, contact_cycle=10)
    propose(walk, new)
    verdict = adopt(walk, new)
    assert isinstance(verdict, Decision)
    walk.take(None, verdict)
    after = {o.duty: o.due_on for o in walk.state.live_obligations()}
    assert after["correction_period"] == before["correction_period"]
    assert after["keep_contact"] < before["keep_contact"]
    assert walk.state.policy_sha == new.sha256
    assert walk.state.proposals == {}


def test_the_preview_shows_what_the_adoption_then_does() -> None:
    """Same dates beforehand and afterwards, with their reasons."""
    walk = roads.persuasion()
    new = policy(persuasion_period=30)
    command = walk.command(
        c.ProposeAct, Role.EDU_CASE, act="adopt_policy", note="新规定施行",
        policy_sha=new.sha256, evidence=("请示-1",),
    )  # fmt: skip
    shown = preview(
        walk.state, command, at=walk.at, policy=walk.policy, calendar=walk.calendar,
        new_policy=new,
    )  # fmt: skip
    assert isinstance(shown, Preview)
    (move,) = [move for move in shown.moved if move.label == "宣传教育期"]
    propose(walk, new)
    verdict = adopt(walk, new)
    assert isinstance(verdict, Decision)
    walk.take(None, verdict)
    due = {o.duty: o.due_on for o in walk.state.live_obligations()}
    assert move.after == due["persuade"]
    assert move.before == due["persuade"] - timedelta(days=15)


def test_it_needs_a_proposal_by_another_person_and_the_same_rules() -> None:
    """Unproposed, proposed by oneself, other rules than proposed, rules already in use."""
    walk = roads.persuasion()
    new, other = policy(persuasion_period=30), policy(persuasion_period=31)

    def codes(verdict: Decision | Refusal) -> list[str]:
        assert isinstance(verdict, Refusal)
        return [unmet.code for unmet in verdict.unmet]

    assert codes(adopt(walk, new)) == ["not_proposed"]
    propose(walk, new)
    same = actor(Role.EDU_HEAD, walk.state, "edu_case-1")
    assert codes(adopt(walk, new, actor=same)) == ["second_person"]
    assert codes(adopt(walk, other)) == ["policy_not_proposed"]
    assert codes(adopt(walk, new, policy_sha=other.sha256)) == [
        "rules_not_loaded", "policy_not_proposed",
    ]  # fmt: skip
    verdict = adopt(walk, new)
    assert isinstance(verdict, Decision)
    walk.take(None, verdict)
    walk.policy = new
    propose(walk, new)
    assert codes(adopt(walk, new)) == ["policy_same"]


def without(*names: str) -> PolicySnapshot:
    """The rules as they were before some parameters existed."""
    base = policy()
    kept = {name: rule for name, rule in base.parameters.items() if name not in names}
    return base.but(parameters=kept).sealed()


def test_a_case_older_than_a_rule_lives_on_without_it() -> None:
    """A younger duty is not opened, and no step of the case stumbles over it."""
    old = Walk(policy=without("roll_mark_period", "referral_period", "search_period"))
    old.open()
    walk = roads.visited(roads.dropout(old, cause=Cause.WORK))
    assert not {"mark_roll", "refer"} & {o.duty for o in walk.state.live_obligations()}
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)


def test_an_act_that_needs_a_younger_rule_says_so_and_opens_after_the_adoption() -> None:
    """Nothing is guessed: the act asks for newer rules, and passes once they are adopted."""
    old = Walk(policy=without("min_visits"))
    old.open()
    walk = roads.visited(roads.dropout(old))
    assert walk.refuse(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP) == ["rule_missing"]
    shown = next(o for o in walk.options(Role.TOWNSHIP_HEAD) if o.kind == "end_persuasion")
    assert [unmet.code for unmet in shown.unmet] == ["rule_missing"]
    new = policy()
    propose(walk, new)
    verdict = adopt(walk, new)
    assert isinstance(verdict, Decision)
    walk.take(None, verdict)
    walk.policy = new
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)
