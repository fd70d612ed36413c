"""``guixue import`` and ``guixue seed``: files in, leads out."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from intake.attendance import import_attendance
from intake.report import ImportReport
from lifecycle.days import legal_date
from policy.calendars import county_calendar
from runtime.settings import Settings
from samples import files as sample_files
from samples.county import generate
from samples.load import load
from samples.offices import load_offices
from samples.terms import terms_for
from storage.rules import calendar_of
from terminal import rosters
from terminal.hands import database, err, fail, now, out, run
from terminal.seeding import campaign, seed_census

SAMPLE_COUNTY = "990101"


def import_file(
    kind: Annotated[
        str, typer.Argument(help="attendance（考勤）或名册种类，如 school_roll（学籍）")
    ],
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX 文件")],
    county: Annotated[str, typer.Option(help="县（市、区）代码")] = SAMPLE_COUNTY,
    by: Annotated[str, typer.Option(help="导入人，谁导入谁负责")] = "",
    wait: Annotated[bool, typer.Option(help="考勤：等到线索都立案再返回")] = True,
    source: Annotated[str, typer.Option(help="名册：来源单位代码，默认本县")] = "",
    term: Annotated[str, typer.Option(help="名册：学期，如 2026-1，默认本学期")] = "",
    signed_by: Annotated[str, typer.Option("--signed-by", help="名册：摸底签字人")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="名册：指定列，列名=项目或 第3列=项目，可重复")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="名册：只看各列如何识别")] = False,
    restore: Annotated[bool, typer.Option("--restore", help="名册：恢复已被替代的文件")] = False,
    may_remove: Annotated[
        int, typer.Option("--may-remove", min=0, help="名册：减少很多时，写明允许移出的行数")
    ] = 0,
) -> None:
    """导入考勤或名册：坏行另存成表退回，好行入库；考勤中连续无故缺勤达到天数的立案。"""
    if not file.is_file():
        fail(f"找不到文件 {file}。")
    if kind != "attendance":
        rosters.import_one(
            kind, file, county, source=source, term=term, by=by or "terminal",
            signed_by=signed_by, pairs=column or [], is_dry=dry_run, may_restore=restore,
            may_remove=may_remove,
        )  # fmt: skip
        return
    settings = Settings()

    async def work() -> ImportReport:
        async with database(settings) as engine:
            report = await _import(engine, file, county, by or "terminal")
            if wait:
                await _wait_for_leads(engine)
            return report

    with _progress("读取、核对、比对"):
        report = run(work)
    for sentence in report.sentences():
        out.print(sentence, markup=False)
    if report.error_file:
        err.print(
            f"退回的行在 {report.error_file}，改好后可直接再导入。", style="yellow", markup=False
        )


async def _import(engine: AsyncEngine, file: Path, county: str, by: str) -> ImportReport:
    today = legal_date(now())
    async with engine.begin() as connection:
        calendar = await calendar_of(connection, county, today)
        return await import_attendance(connection, file, by=by, calendar=calendar, as_of=today)


async def _wait_for_leads(engine: AsyncEngine, seconds: float = 60) -> None:
    """Wait until every lead owed has become a case; say so if no worker is running."""
    query = text("select count(*) from outbox where kind = 'open_lead' and done_at is null")
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        async with engine.connect() as connection:
            left = (await connection.execute(query)).scalar_one()
        if not left:
            return
        await asyncio.sleep(0.2)
    err.print(f"还有 {left} 条线索在排队立案；流程执行（worker）启动后会自动办完。", style="yellow")


def seed(
    day: Annotated[str | None, typer.Option(help="哪一天的示例县，默认今天")] = None,
    folder: Annotated[Path | None, typer.Option(help="把原始文件另存到这里")] = None,
) -> None:
    """装入虚构的示例县（只在空库上装一次），再经正式导入读入考勤和各种名册，做首次四查三比对。"""
    settings = Settings()
    try:
        wanted = date.fromisoformat(day) if day else legal_date(now())
    except ValueError:
        fail("日期应写成 2026-11-22 的形式。")

    async def work() -> str:
        async with database(settings) as engine:
            said = await _seed(engine, wanted, folder)
            await campaign(settings, engine, SAMPLE_COUNTY)
            return said

    out.print(run(work), markup=False)


async def _seed(engine: AsyncEngine, day: date, folder: Path | None) -> str:
    """Load the roster, then import its attendance; each once, whatever crashes in between."""
    loaded, imported = await _what_is_there(engine)
    if loaded and not await _is_sample(engine):
        return "已有数据，不再装入示例县。"
    calendar = county_calendar(range(day.year - 1, day.year + 3), tuple(terms_for(day)))
    county = generate(day, calendar)
    if imported:
        more = await seed_census(engine, county, now(), folder)
        return "\n".join(more) or "已有数据，不再装入示例县。"
    async with engine.begin() as connection:
        await connection.execute(text("select pg_advisory_xact_lock(7301)"))
        there = await connection.execute(text("select count(*) from county"))
        if not there.scalar_one():
            await load(connection, county)
            await load_offices(connection, county)
    with tempfile.TemporaryDirectory() as scratch:
        written = sample_files.write(county, folder or Path(scratch))
        attendance = next(path for path in written if path.suffix == ".csv" and "考勤" in path.name)
        report = await _import(engine, attendance, SAMPLE_COUNTY, "示例")
    said = (
        f"示例县已装入：{len(county.schools)} 所学校、{len(county.children)} 名学生，"
        f"考勤 {report.rows_total} 行，立线索 {len(report.leads.opened)} 条。"
    )
    return "\n".join([said, *await seed_census(engine, county, now(), folder)])


async def _what_is_there(engine: AsyncEngine) -> tuple[bool, bool]:
    query = text("select (select count(*) from county), (select count(*) from import_run)")
    async with engine.connect() as connection:
        counties, imports = (await connection.execute(query)).one()
    return counties > 0, imports > 0


async def _is_sample(engine: AsyncEngine) -> bool:
    query = text("select count(*) from county where code = :code")
    async with engine.connect() as connection:
        found = await connection.execute(query, {"code": SAMPLE_COUNTY})
    return bool(found.scalar_one())


def _progress(what: str) -> Progress:
    progress = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err,
        transient=True,
    )  # fmt: skip
    progress.add_task(what, total=None)
    return progress
