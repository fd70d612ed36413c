"""Random walks over ``available()``: what must hold of every open case at every step."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle.decide import decide
from lifecycle.duties import BACKGROUND
from lifecycle.evolve import evolve
from lifecycle.owners import owner
from lifecycle.verdict import Decision
from models.state import CaseState
from models.words import Role
from tests.lifecycle import roads
from tests.walk import Walk, actor, command_for, policy

SIDEWAYS = {
    "close_deceased": 1, "close_abroad": 1, "close_completed": 1, "close_duplicate": 1,
    "join_lead": 1, "excuse": 1, "contact_guardian": 8, "record_return": 2, "report_relapse": 10,
    "record_agreement": 3, "record_visit": 20, "return_correction_draft": 15, "defer": 4,
    "begin_assessment": 30, "open_referral": 2, "record_feedback": 5, "record_failed_service": 4,
    "draft_paper": 12, "check_paper": 20,
    "approve_paper": 30, "return_paper_draft": 3, "void_paper": 2, "replace_paper": 2,
    "open_remedy": 15, "grant_grace": 10, "request_hearing": 25,
}  # fmt: skip
"""Weights that keep the walk on the road; every other verb weighs 60."""


def holds(walk: Walk) -> None:
    """The invariant of an open case: an owner, a live duty, a timer, a next action allowed."""
    state = walk.state
    if not state.is_open:
        assert state.closed_on is not None
        assert not state.live_obligations(), "a closed case keeps no clock"
        return
    who = owner(state)
    assert who.office
    live = [o for o in state.live_obligations() if o.duty not in BACKGROUND]
    assert live, f"no live obligation in {state.stage}"
    assert state.next_due_at() is not None, f"no timer in {state.stage}"
    allowed = [option.kind for option in walk.options(who.role) if option.is_allowed]
    assert allowed, f"{who.role} has nothing to do in {state.stage}"


def step(walk: Walk, rng: Random) -> None:
    """Take one allowed action of anybody, forward rather than sideways."""
    allowed = [
        (role, option)
        for role in Role
        if role is not Role.SYSTEM
        for option in walk.options(role)
        if option.is_allowed
    ]
    weights = [SIDEWAYS.get(option.kind, 60) for _, option in allowed]
    for _ in range(5):
        role, option = rng.choices(allowed, weights)[0]
        name = f"{role.value}-{rng.randint(1, 2)}"
        command = command_for(option, walk, rng, actor(role, walk.state, name))
        verdict = walk.try_(command)
        if isinstance(verdict, Decision):
            walk.take(command, verdict)
            return


STARTS = (
    roads.theirs, roads.expired, roads.penalty_filed, roads.notified, roads.defended,
    roads.decision_served, roads.unperformed, roads.demanded, roads.judged, roads.assessment,
    roads.placement, roads.monitoring, roads.elsewhere,
)  # fmt: skip


@given(seed=st.integers(0, 2**32), start=st.sampled_from(STARTS))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_deep_in_the_road_the_case_is_still_owned_clocked_and_movable(
    seed: int, start: Callable[[], Walk]
) -> None:
    """From every late station too, with penalties, remedies and courts in play."""
    rng = Random(seed)
    walk = start()
    holds(walk)
    for _ in range(30):
        if not walk.state.is_open:
            break
        if rng.random() < 0.3:
            walk.pass_days(rng.choice([1, 8, 20, 90, 200]))
        else:
            step(walk, rng)
        holds(walk)


@given(seed=st.integers(0, 2**32), has_basis=st.booleans(), is_subdistrict=st.booleans())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_open_case_has_owner_clock_and_next_action(
    seed: int, has_basis: bool, is_subdistrict: bool
) -> None:
    """Wherever the walk goes, the case is owned, clocked and movable; the fold is the state."""
    rng = Random(seed)
    walk = Walk(policy=policy(penalty_basis="某省条例 50" if has_basis else ""))
    walk.open(is_subdistrict=is_subdistrict)
    holds(walk)
    for _ in range(60):
        if not walk.state.is_open:
            break
        if rng.random() < 0.2:
            walk.pass_days(rng.choice([1, 3, 10, 40, 100]))
        else:
            step(walk, rng)
        holds(walk)
    refolded = CaseState()
    for event in walk.events:
        refolded = evolve(refolded, event)
    assert refolded.but(last_event_at=None) == walk.state.but(last_event_at=None)
    assert refolded.revision == len(walk.events)
    for before, command, at, events in walk.log:
        again = decide(before, command, at=at, policy=walk.policy, calendar=walk.calendar)
        assert again == Decision(events=events)
