"""The workflow of a census on a real server: runs, runs again, ends on the day, survives a crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from activities.campaign import compare_by_workflow, workflow_id_of
from activities.census import CensusActivities, run_census, start_census
from lifecycle.days import legal_date
from models.rosters import RosterKind
from models.work import CensusResult
from samples.load import load
from storage.engine import create_engine
from tests.intake import county_lists as lists
from tests.intake.lists import COUNTY
from tests.intake.village import VILLAGE
from workflows.census import CensusWorkflow, TermCensusWorkflow
from workflows.rooms import runner

QUEUE = "census-test"


@pytest.fixture
async def county(database_url: str, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url)
    async with engine.begin() as connection:
        await load(connection, VILLAGE)
    await lists.send_all(engine, tmp_path)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def at_work(client: Client, activities: object) -> AsyncIterator[None]:
    worker = Worker(
        client, task_queue=QUEUE, workflows=[CensusWorkflow, TermCensusWorkflow],
        activities=[activities.run_census, activities.list_overdue, activities.open_due],  # type: ignore[attr-defined]
        workflow_runner=runner(),
    )  # fmt: skip
    async with worker:
        yield


async def begin(
    engine: AsyncEngine, client: Client, now: datetime, days: int
) -> tuple[UUID, WorkflowHandle]:
    due = legal_date(now) + timedelta(days=days)
    async with engine.begin() as connection:
        one = await start_census(connection, COUNTY, lists.TERM, by="x", at=now, due_on=due)
    await compare_by_workflow(client, QUEUE, one, due)
    return one, client.get_workflow_handle(workflow_id_of(one), result_type=CensusResult)


def client_of(env: WorkflowEnvironment) -> Client:
    return Client(**(env.client.config() | {"data_converter": pydantic_data_converter}))


async def until(handle: WorkflowHandle, differences: int) -> CensusResult:
    for _ in range(200):
        result = await handle.query(CensusWorkflow.result)
        if result is not None and result.differences == differences:
            return result
        await asyncio.sleep(0.05)
    raise AssertionError("the census did not come to that")


async def test_a_census_compares_and_after_its_deadline_lists_what_nobody_answered(
    county: AsyncEngine, temporal_env: WorkflowEnvironment
) -> None:
    """Ten days later, in no time, the six open differences stand on the county's list."""
    client = client_of(temporal_env)
    start = await temporal_env.get_current_time()
    clock = start + timedelta(days=12)
    async with at_work(client, CensusActivities(county, lambda: clock)):
        _, handle = await begin(county, client, start, 10)
        await until(handle, 6)
        await temporal_env.sleep(timedelta(days=11))
        result = await handle.result()
    found = await lists.tasks(county)

    assert (result.differences, result.overdue) == (6, 6)
    assert {(row.status, row.owner_office) for row in found.values()} == {("county_list", COUNTY)}
    history = await handle.fetch_history()
    replayer = Replayer(
        workflows=[CensusWorkflow], data_converter=pydantic_data_converter,
        workflow_runner=runner(),
    )  # fmt: skip
    await replayer.replay_workflow(history)
    assert not any(name in history.to_json() for name in ("刘晴", lists.id_number(8)))


async def test_asked_again_the_running_census_compares_the_mended_lists(
    county: AsyncEngine, temporal_dev: WorkflowEnvironment, tmp_path: Path
) -> None:
    """One workflow per census: starting it twice runs it twice, and closes what was mended."""
    client = client_of(temporal_dev)
    now = datetime.now(UTC)
    async with at_work(client, CensusActivities(county, lambda: datetime.now(UTC))):
        one, handle = await begin(county, client, now, 10)
        await until(handle, 6)
        mended = [
            *lists.present(), ["刘晴", lists.id_number(8), lists.PRIMARY.name, "三年级1班"]
        ]  # fmt: skip
        await lists.send_all(county, tmp_path, (RosterKind.PRESENT,), present=mended)
        again, _ = await begin(county, client, now, 10)
        second = await until(handle, 5)
        await handle.terminate()

    assert again == one
    assert second.gone == 1


async def test_an_activity_that_dies_after_its_commit_runs_again_and_changes_nothing(
    county: AsyncEngine, temporal_env: WorkflowEnvironment
) -> None:
    """The census is written once: the second run finds every task there."""
    client = client_of(temporal_env)
    now = await temporal_env.get_current_time()
    real = CensusActivities(county, lambda: now)

    class Dying:
        tries = 0
        list_overdue = real.list_overdue
        open_due = real.open_due

        @activity.defn(name="run_census")
        async def run_census(self, census_id: UUID) -> CensusResult:
            result = await real.run_census(census_id)
            Dying.tries += 1
            if Dying.tries == 1:
                raise ConnectionError("gone after the commit")
            return result

    async with at_work(client, Dying()):
        _, handle = await begin(county, client, now, 1)
        result = await until(handle, 6)
        await handle.terminate()
    async with county.connect() as connection:
        count = (await connection.execute(text("select count(*) from census_task"))).scalar_one()

    assert (Dying.tries, count, result.opened, result.differences) == (2, 6, 0, 6)


async def test_two_runs_at_once_write_each_difference_once(county: AsyncEngine) -> None:
    """They wait for each other; the tasks are those of one run."""
    now = datetime.now(UTC)
    async with county.begin() as connection:
        one = await start_census(connection, COUNTY, lists.TERM, by="x", at=now)

    async def run() -> CensusResult:
        async with county.begin() as connection:
            return await run_census(connection, one, now)

    results = await asyncio.gather(run(), run())
    assert sorted(result.opened for result in results) == [0, 6]
    assert len(await lists.tasks(county)) == 6


async def until_done(engine: AsyncEngine) -> int:
    """Wait until the census has ended (its deadline is long past) and count its tasks."""
    query = text("select (select count(*) from census_task) from census where ended_at is not null")
    for _ in range(200):
        async with engine.connect() as connection:
            found = (await connection.execute(query)).scalar_one_or_none()
        if found is not None:
            return int(found)
        await asyncio.sleep(0.05)
    raise AssertionError("the census did not end")


async def test_a_week_into_the_term_the_census_opens_by_itself(
    county: AsyncEngine, temporal_dev: WorkflowEnvironment
) -> None:
    """On the sixth day nothing, on the eighth one census whose workflow runs; the next night none."""
    client = client_of(temporal_dev)
    begun = datetime(2025, 9, 1, 4, tzinfo=UTC)
    async with county.begin() as connection:
        await connection.execute(
            text(
                "insert into school_term (county, name, starts_on, ends_on)"
                " values (:county, '第一学期', '2025-09-01', '2026-01-16')"
            ),
            {"county": COUNTY},
        )
    started = []
    for day in (6, 8, 9):
        clock = begun + timedelta(days=day)
        async with at_work(client, CensusActivities(county, lambda clock=clock: clock)):
            started.append(
                await client.execute_workflow(
                    TermCensusWorkflow.run, id=f"term-census-{day}-{COUNTY}", task_queue=QUEUE
                )
            )
            if day == 8:
                result = await until_done(county)
    assert started == [0, 1, 0]
    assert result == 7  # the leave slip of October does not hold in September
