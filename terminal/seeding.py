"""The sample county's lists through the real imports, and its first census."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.service import RPCError

from activities import census_reading as reading
from activities.campaign import compare_by_workflow
from activities.census import run_census, start_census
from activities.census_tasks import TaskAnswer, answer_task
from intake.roster_store import Place
from intake.rosters import Order, import_roster
from models.census import Difference, Finding
from models.people import Actor
from models.rosters import term_of
from models.words import Role, Whereabouts
from runtime.client import connect
from runtime.settings import Settings
from samples.county import SampleCounty
from samples.rosters import plant, write_lists
from terminal.hands import err

CONFIRMED = 3
"""How many of the children not present the sample's principals have confirmed already."""
SIGNED = "示例摸底人"


async def seed_census(
    engine: AsyncEngine, county: SampleCounty, at: datetime, folder: Path | None
) -> list[str]:
    """Import every list and run the first census; give what to print, nothing if it was done.

    Each step acts once, so that a start broken off anywhere is taken up again.
    """
    code, day = county.counties[0].code, county.day
    term = term_of(day)
    if await _is_done(engine, code):
        return []
    said = await _import_lists(engine, county, code, term, folder)
    async with engine.begin() as connection:
        one = await start_census(connection, code, term, by="示例", at=at)
        await run_census(connection, one, at)
        await _confirm(connection, one, at)
    async with engine.connect() as connection:
        (shown,) = [
            c for c in await reading.censuses(connection, code) if c["id"] == str(one)
        ]  # fmt: skip
    return [*said, counted(shown)]


def counted(shown: dict[str, Any]) -> str:
    """Say what the first census found in one line."""
    found = shown["counts"]["differences"]
    words = "、".join(f"{one.label} {found[one.value]}" for one in Difference if found[one.value])
    return (
        f"四查三比对：{words}；待人工核对匹配 {shown['counts']['doubtful']} 组，"
        f"确认辍学立线索 {shown['leads']} 条。"
    )


async def _is_done(engine: AsyncEngine, county: str) -> bool:
    """Tell whether any census ran: a later term belongs to whoever uses the county by then."""
    query = text("select 1 from census where county = :county and ran_at is not null")
    async with engine.connect() as connection:
        return (await connection.execute(query, {"county": county})).first() is not None


async def campaign(settings: Settings, engine: AsyncEngine, county: str) -> None:
    """Hand the first census to its workflow, which waits for the deadline."""
    query = text("select id, due_on from census where county = :county and ended_at is null")
    async with engine.connect() as connection:
        found = (await connection.execute(query, {"county": county})).all()
    if not found:
        return
    try:
        client = await connect(settings)
        for row in found:
            await compare_by_workflow(client, settings.task_queue, row.id, row.due_on)
    except (RuntimeError, RPCError):
        err.print(
            "流程引擎没有启动，差异到期不会自动列入县级清单；启动后请运行 guixue census start。",
            style="yellow",
        )


async def _import_lists(
    engine: AsyncEngine, county: SampleCounty, code: str, term: str, folder: Path | None
) -> list[str]:
    parts = []
    with tempfile.TemporaryDirectory() as scratch:
        for kind, path in write_lists(plant(county), folder or Path(scratch)).items():
            order = Order(Place(code, kind, term, code), "示例", SIGNED)
            async with engine.begin() as connection:
                report = await import_roster(connection, path, order)
            parts.append(f"{kind.label} {report.rows_accepted}")
    return [f"名册已导入（行）：{'、'.join(parts)}。"]


async def _confirm(connection: Any, census_id: Any, at: datetime) -> None:
    """Have the principals of the sample answer for a few, so that there are cases to look at."""
    query = text(
        "select t.id, t.owner_office from census_task t left join lead l"
        " on l.child_ref = t.child_ref where t.census_id = :id and t.difference = 'not_present'"
        " and t.status = 'open' order by l.id is null, t.id limit :count"
    )
    found = await connection.execute(query, {"id": census_id, "count": CONFIRMED})
    for row in found.all():
        actor = Actor(id="示例校长", role=Role.PRINCIPAL, office=row.owner_office)
        answer = TaskAnswer(Finding.OUT_OF_SCHOOL, "weary", Whereabouts.AT_HOME, SIGNED)
        await answer_task(connection, row.id, answer, actor, at)
