"""Decisions and folds a second on one core: ``python -m bench.decide``.

A whole road (all four steps, fine, court, return, sign-off) is walked once; then its commands are
decided again and its events folded again, as the audit and a rebuild do. The floor in the same run
is reading the same events from their stored JSON without folding anything: what any replay pays.
Printed per core, with what a county's 100,000 cases would take.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from time import process_time

from pydantic import TypeAdapter

from lifecycle.decide import available, decide
from lifecycle.evolve import evolve
from models.events import CaseEvent
from models.state import CaseState
from models.words import Role
from tests.lifecycle import roads
from tests.walk import actor

CASES = 100_000
ROUNDS = 5
EVENTS: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)


def seconds(work: Callable[[], None]) -> float:
    """CPU seconds of one go, the median of several."""
    taken = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        taken.append(process_time() - began)
    return statistics.median(taken)


def main() -> None:
    walk = roads.signed_off(roads.enforced())
    stored = [event.model_dump_json() for event in walk.events]
    commands = [entry for entry in walk.log if entry[1] is not None]

    def read() -> None:
        for body in stored:
            EVENTS.validate_json(body)

    def fold() -> None:
        state = CaseState()
        for event in walk.events:
            state = evolve(state, event)

    def decide_again() -> None:
        for before, command, at, _ in commands:
            decide(before, command, at=at, policy=walk.policy, calendar=walk.calendar)

    def list_actions() -> None:
        for before, _, at, _ in commands:
            available(
                before, at=at, policy=walk.policy, calendar=walk.calendar,
                actor=actor(Role.TOWNSHIP_CASE, before),
            )  # fmt: skip

    for work in (read, fold, decide_again):
        work()  # caches of charts and calendars are warm in any real process
    floor, folded = seconds(read), seconds(fold)
    decided, listed = seconds(decide_again), seconds(list_actions)
    print(
        f"one whole case: {len(walk.events)} events, {len(commands)} commands; 1 core of {os.cpu_count()}"
    )
    _say("read events (floor)", floor, len(stored), floor)
    _say("fold", folded, len(stored), floor)
    _say("decide", decided, len(commands), floor)
    _say("list a role's actions", listed, len(commands), floor)
    both = floor + folded
    print(
        f"{CASES:,} such cases on one core: refold {CASES * both / 60:.0f} min,"
        f" re-decide {CASES * (both + decided) / 60:.0f} min"
    )


def _say(what: str, taken: float, count: int, floor: float) -> None:
    print(
        f"{what:24} {count / taken:10,.0f}/s  {1e6 * taken / count:8.1f} µs each"
        f"  {taken / floor:6.2f} × floor for the case"
    )


if __name__ == "__main__":
    main()
