"""Whole lifecycles and acknowledged actions per second, against a bare workflow and a bare commit.

``python -m bench.lifecycle [--cases N] [--rounds N] [--json FILE]``. Three arms take turns in the
same run on the same servers; only the ratios mean anything (see bench/README.md).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar
from uuid import UUID, uuid4

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.gateway import CaseGateway, Refused, Unacknowledged
from activities.leads import register_lead
from bench.bare import BareReceipt, BareStart, BareUpdate, BareWorkflow
from bench.peer import BareActivities, insert
from bench.report import Sample, environment_facts, table
from bench.road import ABSENT_FOR, Child, Step, children, rehearse
from bench.stage import Stage, stage
from lifecycle.days import legal_date
from models.words import LeadSource
from worker import CACHED_CASES, build
from workflows.rooms import runner

QUEUE = "bench-peer"
Answer = TypeVar("Answer")
Walk = Callable[[Child, list[Step]], Awaitable[list[float]]]
"""Walk the whole road once and return the seconds each action took to be acknowledged."""


class Arms:
    """The three ways to walk the road."""

    def __init__(self, place: Stage) -> None:
        self.place = place
        self._gateway = CaseGateway(place.engine, place.client, place.settings.task_queue)
        self.by_name: dict[str, Walk] = {
            "guixue": self.guixue,
            "bare workflow": self.bare,
            "commit only": self.floor,
        }
        self.retries = 0

    async def prepare(self, child: Child) -> None:
        """Register the lead the real case is opened from; part of no measurement."""
        today = legal_date(datetime.now(UTC))
        async with self.place.engine.begin() as connection:
            await register_lead(
                connection,
                child.ref,
                LeadSource.ATTENDANCE,
                detected_on=today,
                absent_since=today - ABSENT_FOR,
                absent_days=3,
                lead_id=child.ref,
            )

    async def guixue(self, child: Child, steps: list[Step]) -> list[float]:
        """Open from the lead, then every command, all through the gateway."""
        watch = Stopwatch()
        receipt = await self._insist(lambda: self._gateway.open_from_lead(child.ref))
        watch.lap()
        case_id = UUID(receipt.case_id)
        for step in steps[1:]:
            await self._insist(lambda step=step: self._gateway.submit(case_id, step.command))  # type: ignore[misc]
            watch.lap()
        await self.place.client.get_workflow_handle(f"case/{child.ref}/1").result()
        return watch.laps

    async def bare(self, child: Child, steps: list[Step]) -> list[float]:
        """Start with the first update, then every update, directly on the workflow."""
        client, name = self.place.client, str(uuid4())
        messages = [_message(name, step, step is steps[-1]) for step in steps]
        watch = Stopwatch()
        await self._insist(lambda: _start_bare(client, messages[0]))
        watch.lap()
        handle = client.get_workflow_handle(f"bare/{name}")
        for message in messages[1:]:
            await self._insist(
                lambda message=message: handle.execute_update(  # type: ignore[misc]
                    "submit", message, id=message.request_id, result_type=BareReceipt
                )
            )
            watch.lap()
        await handle.result()
        return watch.laps

    async def floor(self, child: Child, steps: list[Step]) -> list[float]:
        """One row and one commit per action, without Temporal."""
        name = str(uuid4())
        messages = [_message(name, step, False) for step in steps]
        watch = Stopwatch()
        for message in messages:
            await insert(self.place.engine, name, message.request_id, message.body)
            watch.lap()
        return watch.laps

    async def _insist(self, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """Send again what was not acknowledged, as a person would: a loaded server lets tasks lapse."""
        for _ in range(20):
            try:
                return await act()
            except (Unacknowledged, RPCError):
                self.retries += 1
                await asyncio.sleep(0.2)
            except Refused as refusal:
                raise RuntimeError(str(refusal.detail)) from refusal
        raise RuntimeError("not acknowledged after 20 attempts")


async def _start_bare(client: Client, message: BareUpdate) -> BareReceipt:
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        "BareWorkflow",
        BareStart(case_id=message.case_id),
        id=f"bare/{message.case_id}",
        task_queue=QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    receipt: BareReceipt = await client.execute_update_with_start_workflow(
        "submit",
        message,
        start_workflow_operation=start,
        id=message.request_id,
        result_type=BareReceipt,
    )
    return receipt


class Stopwatch:
    def __init__(self) -> None:
        self.laps: list[float] = []
        self._last = perf_counter()

    def lap(self) -> None:
        now = perf_counter()
        self.laps.append(now - self._last)
        self._last = now


def _message(name: str, step: Step, is_last: bool) -> BareUpdate:
    return BareUpdate(
        case_id=name,
        request_id=step.command.request_id,
        body=step.command.model_dump(mode="json"),
        receipt_bytes=len(step.receipt.model_dump_json().encode()),
        due_at=step.due_at,
        is_last=is_last,
    )


async def _measure(
    arms: Arms, name: str, lot: list[tuple[Child, list[Step]]], width: int
) -> Sample:
    """Let ``width`` walkers work off the lot."""
    waiting = list(reversed(lot))
    laps: list[float] = []
    walk = arms.by_name[name]

    async def walker() -> None:
        while waiting:
            laps.extend(await walk(*waiting.pop()))

    gc.collect()
    retries, used, begun = arms.retries, arms.place.cpu_seconds(), perf_counter()
    await asyncio.gather(*(walker() for _ in range(width)))
    seconds, since = perf_counter() - begun, arms.place.cpu_seconds()
    return Sample(
        cases=len(lot),
        seconds=seconds,
        laps=laps,
        cpu={name: since[name] - used[name] for name in used},
        retries=arms.retries - retries,
    )


async def _rounds(
    place: Stage, rounds: int, cases: dict[int, int], only: list[str] | None
) -> dict[int, dict[str, list[Sample]]]:
    """A warm-up round of every arm, then ``rounds`` of all three in turn, at every width."""
    arms = Arms(place)
    at = datetime.now(UTC)
    supply = children(place.county)
    results: dict[int, dict[str, list[Sample]]] = {}
    for width, number in cases.items():
        results[width] = {name: [] for name in arms.by_name if not only or name in only}
        for turn in range(rounds + 1):
            warm = turn == 0
            size = max(width, 2) if warm else number
            lot = [next(supply) for _ in range(size)]
            walks = [(one, rehearse(one, place.rules, at, legal_date(at))) for one in lot]
            for child in lot:
                await arms.prepare(child)
            names = list(results[width])
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                sample = await _measure(arms, name, walks, width)
                if not warm:
                    results[width][name].append(sample)
                _progress(f"width {width} round {turn} {name}: {sample.actions_per_second:.0f}/s")
    return results


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def run(rounds: int, cases: dict[int, int], only: list[str] | None = None) -> dict[str, Any]:
    today = legal_date(datetime.now(UTC))
    async with stage(today) as place:
        real, _pump = build(place.settings, place.engine, place.client)
        bare = Worker(
            place.client,
            task_queue=QUEUE,
            workflows=[BareWorkflow],
            activities=[BareActivities(place.engine).insert_row],
            workflow_runner=runner(),
            max_cached_workflows=CACHED_CASES,
            max_concurrent_activities=8,
        )
        async with real, bare:
            results = await _rounds(place, rounds, cases, only)
            return {"facts": await environment_facts(place.engine), "results": results}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=8, help="lifecycles per arm and round, one at a time"
    )
    parser.add_argument(
        "--wide-cases", type=int, default=32, help="the same at 16 concurrent cases"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", help="one arm by its name (for profiling)")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    widths = {width: n for width, n in ((1, options.cases), (16, options.wide_cases)) if n}
    outcome = asyncio.run(run(options.rounds, widths, options.only))
    print(table(outcome["facts"], outcome["results"]))
    if options.json:
        options.json.write_text(
            json.dumps(outcome, default=lambda sample: sample.as_json(), indent=1)
        )


if __name__ == "__main__":
    main()
