"""Between the ledger's commit and Temporal's: a worker dies there, and another command comes."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowHistory, WorkflowUpdateFailedError
from temporalio.worker import Replayer

from activities.gateway import Refused
from models.recorded import Receipt
from models.state import CaseState
from models.words import Role
from models.work import Submission
from runtime.client import keyring
from runtime.sealer import KeyringSealer
from storage import objects
from tests.workflows.desk import Desk
from tests.workflows.town import SUGGESTED_LENGTH, Town, kill, town
from workflows.rooms import WORKFLOWS, runner

FATAL = "request-fatal"


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


async def is_in_order(place: Town, desk: Desk) -> None:
    """The workflow folds to the ledger, every request is there once, the history replays."""
    requests = await desk.requests()
    assert len(requests) == len(set(requests))
    assert await desk.handle.query("state", result_type=CaseState) == await desk.state()
    await replay(place, await desk.handle.fetch_history())


async def replay(place: Town, history: WorkflowHistory) -> None:
    assert place.client is not None
    await Replayer(
        workflows=WORKFLOWS, data_converter=place.client.data_converter, workflow_runner=runner()
    ).replay_workflow(history)


async def recorded_at_death(place: Town, desk: Desk) -> datetime:
    """What the ledger says of the request whose worker died: the instant it was decided."""
    async with desk.engine.connect() as connection:
        found = await connection.execute(
            text("select decided_at from case_request where request_id = :id"), {"id": FATAL}
        )
        decided_at: datetime = found.scalar_one()
    [attempt] = place.appends(FATAL)
    assert datetime.fromisoformat(attempt["decided_at"]) == decided_at
    return decided_at


async def test_the_first_write_wins(place: Town) -> None:
    """The worker dies after the commit; the same command runs again at a later clock, with another
    command behind it: both are in the ledger once, at the first one's clock, and both answered."""
    first_worker = place.start_worker(FATAL)
    desk = await place.open()
    dying = asyncio.create_task(desk.contact(request_id=FATAL))
    assert await asyncio.to_thread(first_worker.wait, 60) == 137
    decided_at = await recorded_at_death(place, desk)
    other = asyncio.create_task(desk.contact())
    place.start_worker()
    answer, other_answer = await asyncio.gather(dying, other)
    assert (await desk.requests())[1:] == [FATAL, other_answer.request_id]
    assert answer.decided_at == decided_at
    attempts = place.appends(FATAL)
    again = [datetime.fromisoformat(one["decided_at"]) for one in attempts]
    assert again[0] == decided_at
    assert again[-1] > decided_at
    assert {one["expected_seq"] for one in attempts} == {answer.revision - len(answer.events)}
    assert (await desk.state()).contacts == 2
    await is_in_order(place, desk)


async def test_a_case_behind_its_ledger_is_not_stuck(place: Town) -> None:
    """Worker and server die, the update is forgotten with them, and another command comes first,
    sent by somebody who has seen the ledger: it is not called stale; the first is answered too."""
    first_worker = place.start_worker(FATAL)
    desk = await place.open()
    await desk.contact()
    dying = asyncio.create_task(desk.do("report_to_school", note="三天未到校", request_id=FATAL))
    assert await asyncio.to_thread(first_worker.wait, 60) == 137
    await place.kill_server()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    decided_at = await recorded_at_death(place, desk)
    await place.start_server()
    place.start_worker()
    desk = place.desk(desk.case_id, desk.handle.id)
    seen = (await desk.state()).revision
    behind = await desk.handle.query("state", result_type=CaseState)
    assert behind.revision < seen
    assert behind.stage.value == "suspected"
    other = await desk.do(
        "file_report", Role.PRINCIPAL, line="county", receipt_no="收-1", seen_revision=seen
    )
    assert other.revision > seen
    again = await desk.command("report_to_school", note="三天未到校", request_id=FATAL)
    with pytest.raises(WorkflowUpdateFailedError):  # the workflow alone would refuse it now
        await desk.handle.execute_update("submit", Submission(command=again))
    answer = await desk.gateway.submit(desk.case_id, again)
    assert answer.decided_at == decided_at
    assert answer.revision < other.revision
    assert (await desk.requests())[2:] == [FATAL, other.request_id]
    await is_in_order(place, desk)


async def test_an_append_that_is_behind_decides_again(place: Town) -> None:
    """Where nobody told the workflow that it is behind, the ledger does at the append: what is
    missing is folded and the command decided anew, never on top of a state that is gone."""
    first_worker = place.start_worker(FATAL)
    desk = await place.open()
    dying = asyncio.create_task(desk.contact(request_id=FATAL))
    assert await asyncio.to_thread(first_worker.wait, 60) == 137
    await place.kill_server()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await place.start_server()
    place.start_worker()
    desk = place.desk(desk.case_id, desk.handle.id)
    before = await desk.state()
    command = await desk.command("contact_guardian", method="电话", was_reached=True)
    receipt = await desk.handle.execute_update(
        "submit", Submission(command=command), result_type=Receipt
    )
    attempts = [one["is_behind"] for one in place.appends(command.request_id)]
    assert (attempts[0], attempts[-1]) == (True, False)
    assert receipt.revision == before.revision + len(receipt.events)
    assert (await desk.state()).contacts == 2
    await is_in_order(place, desk)


async def test_a_killed_worker_is_not_missed(place: Town) -> None:
    """A worker killed in the middle of ten commands costs time and nothing else."""
    first_worker = place.start_worker()
    desk = await place.open()
    tasks = [asyncio.create_task(desk.contact()) for _ in range(8)]
    await asyncio.sleep(0.15)
    await kill(first_worker)
    place.start_worker()
    tasks += [asyncio.create_task(desk.contact()) for _ in range(2)]
    receipts = await asyncio.gather(*tasks)
    assert (await desk.state()).contacts == 10
    assert len({receipt.revision for receipt in receipts}) == 10
    await is_in_order(place, desk)


async def test_a_case_outlives_its_runs(place: Town) -> None:
    """Rolled over again and again under load, a case loses no command, does none twice, keeps its
    last receipts, answers its oldest request from the ledger, and every run is archived."""
    place.start_worker()
    desk = await place.open()
    first_run = (await desk.handle.describe()).run_id
    oldest = await desk.command(
        "contact_guardian",
        method="电话",
        was_reached=True,
        seen_revision=(await desk.state()).revision,
    )
    first = await desk.gateway.submit(desk.case_id, oldest)
    done = 1
    for _ in range(8):
        commands = [
            await desk.command("contact_guardian", method="电话", was_reached=True)
            for _ in range(6)
        ]
        await asyncio.gather(
            *(desk.gateway.submit(desk.case_id, command) for command in [*commands, *commands])
        )
        done += len(commands)
    assert (await desk.state()).contacts == done
    last = await desk.contact()
    assert (await desk.handle.describe()).run_id != first_run
    again = await desk.command(
        "contact_guardian", method="电话", was_reached=True, request_id=last.request_id
    )
    kept = await desk.handle.execute_update(
        "submit", Submission(command=again), id="another-id", result_type=Receipt
    )
    assert kept == last
    assert await desk.gateway.submit(desk.case_id, oldest) == first
    assert (await desk.state()).contacts == done + 1
    await is_in_order(place, desk)
    rows = await place.archived(desk.case_id, 3)
    sealer = KeyringSealer(keyring(place.settings))
    for row in rows:
        assert row.event_count >= SUGGESTED_LENGTH
        async with desk.engine.connect() as connection:
            sealed = await objects.get(connection, row.object_sha256)
        plain = gzip.decompress(sealer.open(sealed, row.run_id)).decode()
        await replay(place, WorkflowHistory.from_json(desk.handle.id, plain))


async def test_a_refused_command_leaves_no_trace(place: Town) -> None:
    """What the validator refuses is in no history and in no ledger."""
    place.start_worker()
    desk = await place.open()
    before, requests = await settled_length(desk), await desk.requests()
    with pytest.raises(Refused) as refusal:
        await desk.do("file_report", Role.PRINCIPAL, line="county", receipt_no="收-1")
    assert [unmet.code for unmet in refusal.value.detail.unmet] == ["wrong_stage"]
    assert await settled_length(desk) == before
    assert await desk.requests() == requests


async def settled_length(desk: Desk) -> int:
    """The length of the history once the worker has answered everything it was given."""
    before = -1
    for _ in range(50):
        after = len((await desk.handle.fetch_history()).events)
        if after == before:
            return after
        before = after
        await asyncio.sleep(0.3)
    raise AssertionError("the history never settles")
