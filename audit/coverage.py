"""The invariant of an open case: an owner, a live duty, a timer, a queue, a next action."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lifecycle.decide import available
from lifecycle.duties import BACKGROUND
from lifecycle.owners import owner
from models.people import Actor
from models.rules import RulesBundle
from models.state import CaseState

GRACE = timedelta(minutes=15)
"""A deadline this long past and still unmarked means that no timer is running."""


def exceptions_of(state: CaseState, queue: str, rules: RulesBundle, now: datetime) -> Iterator[str]:
    """Yield, in Chinese, everything that would let this open case stand still unseen."""
    who = owner(state)
    if not who.office:
        yield "没有责任单位"
    if queue != who.queue:
        yield f"队列与状态不符（列表为{queue}，应为{who.queue}）"
    if all(obligation.duty in BACKGROUND for obligation in state.live_obligations()):
        yield "没有进行中的期限"
    due = state.next_due_at()
    if due is None:
        yield "没有走动的计时"
    elif due < now - GRACE:
        yield f"计时已停：{due.isoformat()}到期的事项未触发"
    actor = Actor(id="proof", role=who.role, office=who.office)
    options = available(state, at=now, policy=rules.policy, calendar=rules.calendar, actor=actor)
    if not any(option.is_allowed for option in options):
        yield f"责任角色“{who.role.label}”没有可办的事"
