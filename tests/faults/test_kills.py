"""The whole installation under fire: nothing acknowledged is lost, nothing is done twice."""

import asyncio
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import (
    ScheduleActionExecutionStartWorkflow,
    ScheduleHandle,
    ScheduleOverlapPolicy,
)
from temporalio.worker import Replayer

from audit.redecide import redecide
from audit.verify import verify_all
from lifecycle.evolve import fold
from lifecycle.periodic import ALL as DUTIES
from models.state import CaseState
from models.words import Role
from runtime.client import connect, converter
from runtime.settings import embedded_urls
from runtime.supervisor import UNANSWERED
from storage.engine import create_engine
from storage.ledger import events_after
from storage.projection import head_of
from storage.rules import load_policy
from terminal.running import SCHEDULES
from tests.conftest import TOLD
from tests.faults.callers import Caller, Journal, Sent
from tests.faults.harness import Installation
from workflows.rooms import WORKFLOWS, runner

SEED = int(os.environ.get("STORM_SEED", "20261122"))
FEWEST_CASES = 4
ROUND = ("worker", "api", "postgres", "temporal")
ROUNDS = int(os.environ.get("STORM_ROUNDS", "8"))
LATE_ROUNDS = {2, 5}
"""After these rounds supervisord itself is killed."""


@dataclass
class Storm:
    """What was done to the installation, and what its callers saw."""

    installation: Installation
    journal: Journal
    cases: list[Any]
    kills: Counter[str] = field(default_factory=Counter)
    killed_in_flight: int = 0
    seconds: float = 0.0
    last: list[Sent] = field(default_factory=list)

    def summary(self) -> str:
        sent, acknowledged = self.journal.sent, self.journal.acknowledged
        retried = [one for one in sent if one.attempts > 1]
        kills = "、".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"kill -9: {self.kills.total()} ({kills}), {self.killed_in_flight} with requests in"
            f" flight; {len(self.cases)} cases, {len(sent)} requests, {len(acknowledged)}"
            f" acknowledged, {len(retried)} retried, "
            f"{sum(one.refusal is not None for one in sent)} refused;"
            f" longest outage {self.journal.longest_outage():.1f} s, longest request"
            f" {max(one.seconds for one in sent):.1f} s; storm {self.seconds:.0f} s"
        )


@pytest.fixture(scope="module")
def storm() -> Iterator[Storm]:
    """Start the real thing, shoot at it while people work, and leave it running."""
    with Installation() as installation:
        installation.start()
        storm = Storm(installation, Journal(), _wait_for_cases(installation))
        _rage(storm)
        yield storm


def _rage(storm: Storm) -> None:
    rng = random.Random(SEED)
    until = threading.Event()
    began = time.monotonic()
    callers = _people(storm)
    with ExitStack() as leaving, ThreadPoolExecutor(len(callers) + 1) as pool:
        for caller in callers:
            leaving.callback(caller.close)
        jobs: list[Future[None]] = [
            pool.submit(caller.call_guardians, random.Random(rng.random()), until)
            for caller in callers
        ]
        jobs.append(pool.submit(_move_stages, storm))
        try:
            for turn in range(ROUNDS):
                for name in rng.sample(ROUND, len(ROUND)):
                    _kill(storm, name, rng)
                if turn in LATE_ROUNDS:
                    _kill(storm, "supervisord", rng)
            storm.installation.wait_ready()
        finally:
            until.set()
        for job in jobs:
            job.result(timeout=300)
        storm.seconds = time.monotonic() - began
        storm.last = [caller.contact() for caller in callers[: len(storm.cases)]]


def _people(storm: Storm) -> list[Caller]:
    """A class teacher for each case; at three of them the township works at the same time."""

    def at(case: Any, role: Role, office: str) -> Caller:
        return Caller(storm.installation, storm.journal, case.case_no, role, office)

    teachers = [at(case, Role.CLASS_TEACHER, case.school) for case in storm.cases]
    officers = [at(case, Role.TOWNSHIP_CASE, case.township) for case in storm.cases[:3]]
    return teachers + officers


def _move_stages(storm: Storm) -> None:
    """Take every case from suspected to verifying while the parts are being killed."""
    lines = asyncio.run(_report_lines(storm))
    for case in storm.cases:
        head = Caller(storm.installation, storm.journal, case.case_no, Role.PRINCIPAL, case.school)
        steps: list[tuple[str, dict[str, str]]] = [
            ("report_to_school", {"note": "多次联系未到校"}),
            *(("file_report", {"line": line, "receipt_no": f"收-{line}"}) for line in lines),
        ]
        with closing(head):
            head.contact()
            for kind, facts in steps:
                sent = head.do(kind, **facts)
                assert sent.is_acknowledged, sent


def _kill(storm: Storm, name: str, rng: random.Random) -> None:
    """Kill a part that runs, at any moment; only after supervisord wait for the whole to return."""
    installation = storm.installation
    installation.wait_until(lambda: _runs(installation, name), 60)
    time.sleep(rng.uniform(0.1, 2.0))
    storm.killed_in_flight += storm.journal.in_flight > 0
    old = installation.kill(name)
    storm.kills[name] += 1
    if name == "supervisord":
        installation.wait_replaced(name, old)
    elif rng.random() < 0.5:  # otherwise the next part dies before this one is back
        installation.wait_ready()
        time.sleep(rng.uniform(0.0, 3.0))


def _runs(installation: Installation, name: str) -> bool:
    try:
        return name in installation.pids()
    except UNANSWERED:
        return False


def _wait_for_cases(installation: Installation) -> list[Any]:
    """Wait until the outbox has opened the sample's cases."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        waiting, cases = asyncio.run(_cases(installation))
        if not waiting and len(cases) >= FEWEST_CASES:
            return cases
        time.sleep(0.5)
    raise AssertionError("the sample's leads did not become cases")


async def _cases(installation: Installation) -> tuple[int, list[Any]]:
    async with _ledger(installation) as connection:
        waiting = await connection.execute(
            text("select count(*) from outbox where kind = 'open_lead' and done_at is null")
        )
        rows = await connection.execute(text("select * from case_file order by case_no"))
        return waiting.scalar_one(), list(rows.all())


async def _report_lines(storm: Storm) -> list[str]:
    """Ask the rules of the cases themselves which lines are reported here."""
    async with _ledger(storm.installation) as connection:
        policy = await load_policy(connection, storm.cases[0].policy_sha)
    return policy.text("report_lines").split(",")


class _ledger:
    """PostgreSQL itself, past every part of the product."""

    def __init__(self, installation: Installation) -> None:
        self._engine = create_engine(embedded_urls(installation.settings).app, pool_size=1)

    async def __aenter__(self) -> AsyncConnection:
        self._connection = await self._engine.connect()
        return self._connection

    async def __aexit__(self, *_error: object) -> None:
        await self._connection.close()
        await self._engine.dispose()


def _rows(storm: Storm, query: str) -> list[Any]:
    async def work() -> list[Any]:
        async with _ledger(storm.installation) as connection:
            return list((await connection.execute(text(query))).all())

    return asyncio.run(work())


def test_the_storm_was_one(storm: Storm, record_property: Callable[[str, object], None]) -> None:
    """Thirty parts and more were killed outright, most of them with requests in flight."""
    record_property(TOLD, storm.summary())
    assert storm.kills.total() >= 30
    assert storm.kills["supervisord"] >= 1
    assert storm.killed_in_flight >= 20
    assert any(sent.attempts > 1 for sent in storm.journal.acknowledged)


def test_nothing_acknowledged_is_lost(storm: Storm) -> None:
    """Every acknowledged request is in the ledger once, at the revision its receipt says."""
    rows = _rows(
        storm,
        "select request_id, case_no, last_seq from case_request join case_file using (case_id)",
    )
    written = Counter(row.request_id for row in rows)
    assert written.most_common(1)[0][1] == 1
    found = {row.request_id: (row.case_no, row.last_seq) for row in rows}
    for sent in storm.journal.acknowledged:
        assert sent.receipt is not None
        assert found.get(sent.key) == (sent.case_no, sent.receipt["revision"]), sent


def test_nothing_refused_was_done(storm: Storm) -> None:
    """Whoever was told no finds nothing of it in the ledger; and only staleness was refused."""
    written = {row.request_id for row in _rows(storm, "select request_id from case_request")}
    refused = [sent for sent in storm.journal.sent if sent.refusal is not None]
    assert [sent for sent in refused if sent.key in written] == []
    told = {
        str(sent.refusal) for sent in refused if sent.refusal and sent.refusal["code"] != "stale"
    }
    assert told == set()


def test_nothing_was_done_twice_or_unasked(storm: Storm) -> None:
    """There are as many contacts as acknowledgements of them, and nothing nobody sent."""
    contacts = [
        row.request_id
        for row in _rows(
            storm, "select request_id from case_event where kind = 'guardian_contacted'"
        )
    ]
    acknowledged = [s.key for s in storm.journal.acknowledged if s.kind == "contact_guardian"]
    unanswered = {s.key for s in storm.journal.sent if s.receipt is None and s.refusal is None}
    assert Counter(contacts) - Counter(acknowledged) <= Counter(unanswered)
    assert not Counter(acknowledged) - Counter(contacts)
    sent = {one.key for one in storm.journal.sent}
    of_people = _rows(
        storm,
        # Leads are opened and joined by the outbox, deadlines marked by the timers: nobody's sending.
        "select request_id from case_request where request_id !~ '^(lead|join)-'"
        " and command::jsonb->>'kind' <> 'mark_due'",
    )
    assert {row.request_id for row in of_people} <= sent


def test_the_books_agree(storm: Storm) -> None:
    """Chains are whole, every decision comes out the same again, and lists equal the fold."""

    async def work() -> None:
        async with _ledger(storm.installation) as connection:
            verdicts = await verify_all(connection, None)
            assert len(verdicts) == len(storm.cases)
            assert [verdict for verdict in verdicts if not verdict.is_whole] == []
            for row in (await connection.execute(text("select * from case_file"))).all():
                count, differences = await redecide(connection, row.case_id)
                assert count > 1
                assert differences == []
                state = fold(CaseState(), await events_after(connection, row.case_id, 0))
                assert CaseState.model_validate(row.state) == state
                head = head_of(state)
                assert {name: getattr(row, name) for name in head if name != "state"} == {
                    name: value for name, value in head.items() if name != "state"
                }

    asyncio.run(work())


def test_every_case_is_alive(storm: Storm) -> None:
    """After the storm each case took one more command, and its stages had moved on."""
    assert [sent for sent in storm.last if not sent.is_acknowledged] == []
    assert {sent.case_no for sent in storm.last} == {case.case_no for case in storm.cases}
    stages = {row.stage for row in _rows(storm, "select stage from case_file")}
    assert stages == {"verifying"}


async def test_the_workflows_know_what_the_ledger_knows(storm: Storm) -> None:
    """Each workflow's own state is the ledger's, and its history replays."""
    client = await connect(storm.installation.settings)
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=converter(storm.installation.settings),
        workflow_runner=runner(),
    )
    async with _ledger(storm.installation) as connection:
        rows = (await connection.execute(text("select * from case_file"))).all()
    for row in rows:
        handle = client.get_workflow_handle(row.workflow_id)
        state = await handle.query("state", result_type=CaseState)
        assert state == CaseState.model_validate(row.state)
        await replayer.replay_workflow(await handle.fetch_history())


async def test_what_is_scheduled_runs_when_it_fires(storm: Storm) -> None:
    """Fired twice by the server itself, with sealed arguments and the result of the run before."""
    client = await connect(storm.installation.settings)
    names = (*SCHEDULES, *(f"duty-{duty.id}" for duty in DUTIES))
    handles = [client.get_schedule_handle(name) for name in names]
    for _ in range(2):
        before = [(await handle.describe()).info.num_actions for handle in handles]
        for handle in handles:
            await handle.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
        for handle, count in zip(handles, before, strict=True):
            started = await _fired(handle, count)
            assert started.workflow_id != handle.id
            async with asyncio.timeout(60):
                await client.get_workflow_handle(started.workflow_id).result()


async def _fired(handle: ScheduleHandle, before: int) -> ScheduleActionExecutionStartWorkflow:
    """Wait until the schedule has fired once more, and return what it started."""
    for _ in range(300):
        info = (await handle.describe()).info
        if info.num_actions > before:
            started = info.recent_actions[-1].action
            assert isinstance(started, ScheduleActionExecutionStartWorkflow)
            return started
        await asyncio.sleep(0.2)
    raise AssertionError(f"{handle.id} did not fire")
