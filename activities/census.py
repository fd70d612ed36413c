"""The census of a term: read the lists, match, compare, write tasks and summaries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio import activity

from activities import census_writing as writing
from intake import census_counts as counts
from intake import census_store
from intake.census import Ages, Setting
from intake.roster_store import places_of
from lifecycle.days import derive, legal_date
from models.census import Census, CensusMethod
from models.rosters import term_of
from models.work import CensusResult, CensusStart
from storage.rules import bundle, load_policy

log = structlog.get_logger("census")
Told = Callable[[str], None]


class NoSuchCensus(Exception):
    """There is no census of this county and term, or it is out of sight."""


def census_id_of(county: str, term: str) -> UUID:
    """Give the one census of a county and term the same id wherever it is started."""
    return uuid5(NAMESPACE_URL, f"guixue:census/{county}/{term}")


async def start_census(
    connection: AsyncConnection,
    county: str,
    term: str,
    *,
    by: str,
    at: datetime,
    due_on: date | None = None,
) -> UUID:
    """Open the census of a term; asked for again, it is the same one.

    The method and the deadline come from the policy in force (``census_method``,
    ``census_task_period``) unless a day is given.
    """
    census_id = census_id_of(county, term)
    today = legal_date(at)
    rules = await bundle(connection, county, today, None)
    period = rules.policy["census_task_period"]
    by_rule = derive(period, anchor="启动比对", anchor_on=today, calendar=rules.calendar).due_on
    census = Census(
        id=census_id, county=county, term=term, method=rules.policy.text("census_method"),
        as_of=today, due_on=due_on or by_rule, policy_sha=rules.policy.sha256, started_by=by,
        started_at=at, counts={}, sources={},
    )  # fmt: skip
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"census/{census_id}"}
    )
    known = await connection.execute(text("select 1 from census where id = :id"), {"id": census_id})
    if known.first() is None:
        await connection.execute(insert(Census).values(**census.model_dump()))
    return census_id


async def read_census(connection: AsyncConnection, census_id: UUID) -> Any:
    found = await connection.execute(text("select * from census where id = :id"), {"id": census_id})
    row = found.one_or_none()
    if row is None:
        raise NoSuchCensus(str(census_id))
    return row


async def run_census(
    connection: AsyncConnection,
    census_id: UUID,
    at: datetime,
    told: Told = lambda _step: None,
) -> CensusResult:
    """Run the whole census on the lists now in force, in the caller's transaction.

    Run again it changes only what the lists changed: a difference keeps its task, one that is gone
    is marked so, and what a person answered stays.
    """
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"census/{census_id}"}
    )
    census = await read_census(connection, census_id)
    told("读取名册")
    rows = await census_store.read_rows(connection, census.county, census.term)
    answers = await census_store.answers_of(connection, census.county)
    policy = await load_policy(connection, census.policy_sha)
    ages = Ages.of_year(
        int(census.term[:4]), policy.text("entry_age_cutoff"), policy.number("upper_age")
    )
    setting = Setting(
        census.county, ages, CensusMethod(census.method), _day_of(census.term, legal_date(at))
    )
    outcome = await asyncio.to_thread(census_store.run, rows, setting, answers, told)
    places = await places_of(connection, census.county)
    told("汇总")
    levels = await asyncio.to_thread(counts.count, outcome.lists, setting, places.school_townships)
    told("写入核实任务")
    doubtful = await writing.put_reviews(connection, census.county, outcome, at)
    opened = await writing.put_tasks(connection, census, outcome, at)
    gone = await writing.close_gone(connection, census, outcome, at)
    await _put_summary(connection, census_id, levels)
    result = CensusResult(
        differences=outcome.differences.height, opened=opened, gone=gone, doubtful=doubtful
    )
    await _put_counts(connection, census, outcome, result, at)
    log.info("census_ran", census_ref=str(census_id), count=result.differences)
    return result


def _day_of(term: str, today: date) -> date | None:
    """Take leave slips of today into account only for the term that is running."""
    return today if term_of(today) == term else None


async def _put_summary(
    connection: AsyncConnection, census_id: UUID, levels: Mapping[str, list[dict[str, Any]]]
) -> None:
    await connection.execute(
        text("delete from census_summary where census_id = :id"), {"id": census_id}
    )
    names = await _names(connection)
    lines = [
        {
            "census_id": census_id, "level": level, "code": line["code"],
            "name": _named(level, line["code"], names),
            "counts": writing.as_json({key: line[key] for key in counts.FORMULAS}),
        }
        for level, found in levels.items()
        for line in found
    ]  # fmt: skip
    await connection.execute(
        text(
            "insert into census_summary (census_id, level, code, name, counts)"
            " values (:census_id, :level, :code, :name, cast(:counts as jsonb))"
        ),
        lines,
    )


async def _names(connection: AsyncConnection) -> dict[str, str]:
    query = text("select code, name from school union all select code, name from township")
    return {row.code: row.name for row in await connection.execute(query)}


def _named(level: str, code: str, names: Mapping[str, str]) -> str:
    if level == "county":
        return "全县"
    if level == "class":
        school, _, place = code.rpartition("-")
        grade = "零一二三四五六七八九"[int(place[:2])]
        return f"{names.get(school, school)}{grade}年级{int(place[2:])}班"
    return names.get(code, code)


async def _put_counts(
    connection: AsyncConnection, census: Any, outcome: census_store.Outcome, result: CensusResult,
    at: datetime,
) -> None:  # fmt: skip
    sources = await connection.execute(
        text(
            "select kind, array_agg(id::text order by id) as ids from roster_import"
            " where county = :county and term = :term and is_current group by kind"
        ),
        {"county": census.county, "term": census.term},
    )
    counted = {
        "differences": counts.by_difference(outcome.compared),
        "conflicts": outcome.compared.conflicts.height,
        "matched": len(outcome.matched.same),
        "doubtful": result.doubtful,
        "missing_lists": counts.missing_lists(outcome.lists),
    }
    await connection.execute(
        text(
            "update census set ran_at = :at, counts = cast(:counts as jsonb),"
            " sources = cast(:sources as jsonb) where id = :id"
        ),
        {
            "at": at, "id": census.id, "counts": writing.as_json(counted),
            "sources": writing.as_json({row.kind: row.ids for row in sources}),
        },
    )  # fmt: skip


async def list_overdue(connection: AsyncConnection, census_id: UUID, at: datetime) -> int:
    """Put what is still open after the deadline on the county's list; give how many."""
    done = await connection.execute(
        text(
            "update census_task t set status = 'county_list', owner_role = 'edu_case',"
            " owner_office = c.county from census c where c.id = t.census_id and c.id = :id"
            " and t.status = 'open' and t.due_on < :today"
        ),
        {"id": census_id, "today": legal_date(at)},
    )
    await connection.execute(
        text("update census set ended_at = :at where id = :id and ended_at is null"),
        {"id": census_id, "at": at},
    )
    return int(getattr(done, "rowcount", 0))


async def open_due(connection: AsyncConnection, at: datetime) -> list[CensusStart]:
    """Open the census of every term that has begun long enough ago and has none (DC-2.2, YN-8a)."""
    today = legal_date(at)
    terms = await connection.execute(
        text(
            "select county, max(starts_on) as begun from school_term"
            " where school is null and starts_on <= :today and ends_on >= :today group by county"
            " order by county"
        ),
        {"today": today},
    )
    started = []
    for row in terms.all():
        term, census_id = term_of(row.begun), census_id_of(row.county, term_of(row.begun))
        rules = await bundle(connection, row.county, today, None)
        waits = rules.policy.number("census_start")
        known = await connection.execute(
            text("select 1 from census where id = :id"), {"id": census_id}
        )
        if (today - row.begun).days < waits or known.first() is not None:
            continue
        await start_census(connection, row.county, term, by="system", at=at)
        census = await read_census(connection, census_id)
        started.append(CensusStart(census_id=census_id, due_on=census.due_on))
    return started


class CensusActivities:
    """What the workflow of a census asks for; each may run twice and acts once."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    @activity.defn(name="run_census")
    async def run_census(self, census_id: UUID) -> CensusResult:
        """Compare the lists in force and write tasks; each step is told as a heartbeat."""
        loop = asyncio.get_running_loop()

        def told(step: str) -> None:
            loop.call_soon_threadsafe(activity.heartbeat, step)

        async with self._engine.begin() as connection:
            return await run_census(connection, census_id, self._clock(), told)

    @activity.defn(name="open_due_censuses")
    async def open_due(self) -> list[CensusStart]:
        """Give every census that ought to run and has not ended: a lost workflow is started again."""
        async with self._engine.begin() as connection:
            await open_due(connection, self._clock())
            rows = await connection.execute(
                text("select id, due_on from census where ended_at is null order by id")
            )
            return [CensusStart(census_id=row.id, due_on=row.due_on) for row in rows]

    @activity.defn(name="list_overdue_differences")
    async def list_overdue(self, census_id: UUID) -> int:
        async with self._engine.begin() as connection:
            return await list_overdue(connection, census_id, self._clock())
