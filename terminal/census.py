"""``guixue census …`` and ``guixue matches …``: compare the lists, answer for what differs."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from activities import census_reading as reading
from activities.campaign import compare_by_workflow
from activities.census import NoSuchCensus, census_id_of, read_census, start_census
from activities.census_export import export_census
from activities.census_tasks import (
    CensusRefused,
    NoSuchTask,
    TaskAnswer,
    answer_match,
    answer_task,
    reopen_task,
)
from models.census import Difference, Finding, MatchAnswer, TaskStatus
from models.rosters import term_of
from models.words import Whereabouts
from runtime.client import connect
from runtime.settings import Settings
from terminal.hands import as_json, database, fail, now, out, run, who

Answer = TypeVar("Answer")
census = typer.Typer(help="四查三比对：比对名册、核实差异、汇总", no_args_is_help=True)
matches = typer.Typer(help="人员匹配：是不是同一名儿童", no_args_is_help=True)
County = Annotated[str, typer.Option(help="县（市、区）代码")]
TermOption = Annotated[str, typer.Option(help="学期，如 2026-1，默认本学期")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Token = Annotated[str | None, typer.Option(help="令牌，默认取 GUIXUE_TOKEN")]
SAMPLE = "990101"


def with_database(work: Callable[[AsyncConnection], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run ``work`` in one transaction; a refusal becomes a sentence and exit code 3."""

    async def whole() -> Answer:
        async with database(Settings()) as engine, engine.begin() as connection:
            return await work(connection)

    try:
        return run(whole)
    except CensusRefused as refused:
        fail(str(refused), 3)
    except NoSuchTask:
        fail("没有这项差异或匹配问题，或不在您可办理的范围内。")
    except NoSuchCensus:
        fail("这个学期还没有启动四查三比对，请先运行 guixue census start。")


def census_of(county: str, term: str) -> UUID:
    return census_id_of(county, term or term_of(now().date()))


def number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        fail("编号格式不对，请照 guixue census tasks 或 guixue matches list 列出的编号填写。")


@census.command()
def start(
    county: County = SAMPLE,
    term: TermOption = "",
    by: Annotated[str, typer.Option(help="启动人")] = "terminal",
) -> None:
    """启动本学期的四查三比对；已启动的按现有名册重新比对。"""
    settings = Settings()

    async def work() -> None:
        async with database(settings) as engine:
            async with engine.begin() as connection:
                one = await start_census(
                    connection, county, term or term_of(now().date()), by=by, at=now()
                )
                due = (await read_census(connection, one)).due_on
            await compare_by_workflow(await connect(settings), settings.task_queue, one, due)
            out.print(
                f"已交流程比对，差异须在 {due} 前核实；进展：guixue census show", markup=False
            )

    run(work)


@census.command()
def show(county: County = SAMPLE, term: TermOption = "", is_json: Json = False) -> None:
    """看比对结果：差异多少、核实到哪里、缺哪些名册。"""
    one = str(census_of(county, term))
    found = with_database(lambda connection: reading.censuses(connection, county))
    shown = next((item for item in found if item["id"] == one), None)
    if shown is None:
        fail("这个学期还没有启动四查三比对，请先运行 guixue census start。")
    if is_json:
        as_json(shown)
        return
    for line in lines_of(shown):
        out.print(line, markup=False)


def lines_of(shown: dict[str, Any]) -> list[str]:
    """Say in Chinese where a census stands."""
    if not shown["ran_at"]:
        return [f"{shown['term_label']}{shown['method_label']}已启动，还没有比对完。"]
    said = [f"{shown['term_label']}{shown['method_label']}，差异核实截止 {shown['due_on']}："]
    for one in Difference:
        found = shown["counts"]["differences"].get(one.value, 0)
        by_status = shown["tasks"].get(one.value, {})
        if found or by_status:
            closed = by_status.get(TaskStatus.CLOSED.value, 0)
            overdue = by_status.get(TaskStatus.COUNTY_LIST.value, 0)
            late = f"，逾期 {overdue}" if overdue else ""
            said.append(f"  {one.label}：{found} 人，已核销 {closed} 项{late}")
    counts = shown["counts"]
    said.append(
        f"  自动匹配 {counts['matched']} 组，待人工核对 {counts['doubtful']} 组，"
        f"名册内自相矛盾 {counts['conflicts']} 人；已立线索 {shown['leads']} 条。"
    )
    if counts["missing_lists"]:
        said.append(f"  还缺名册：{'、'.join(counts['missing_lists'])}，有关比对未做。")
    return said


@census.command()
def tasks(
    county: County = SAMPLE,
    term: TermOption = "",
    difference: Annotated[Difference | None, typer.Option(help="只看一种差异")] = None,
    status: Annotated[TaskStatus | None, typer.Option(help="只看一种状态")] = None,
    owner: Annotated[str | None, typer.Option(help="只看一个单位负责的")] = None,
    limit: Annotated[int, typer.Option(help="最多列出多少项")] = 50,
    is_json: Json = False,
) -> None:
    """列出差异核实任务：谁负责、截止哪天。"""
    found = with_database(
        lambda connection: reading.tasks(
            connection, census_of(county, term), difference=difference, status=status,
            owner=owner, limit=limit,
        )
    )  # fmt: skip
    if is_json:
        as_json(found)
        return
    for t in found:
        out.print(
            f"{t['id']}  {t['difference_label']}  {t['name']}  负责 {t['owner_office']}"
            f"  截止 {t['due_on']}  {t['status_label']}",
            markup=False,
        )
    out.print(f"共 {len(found)} 项。", markup=False)


@census.command("close-task")
def close_task(
    task: Annotated[str, typer.Argument(help="差异编号")],
    finding: Annotated[Finding, typer.Option(help="核实结论")],
    cause: Annotated[str, typer.Option(help="原因；确认辍学时用原因代码，如 weary")],
    whereabouts: Annotated[Whereabouts, typer.Option(help="去向")],
    signed_by: Annotated[str, typer.Option("--signed-by", help="核实签字人")],
    school: Annotated[str, typer.Option(help="无学籍儿童由哪所学校负责（学校代码）")] = "",
    note: Annotated[str, typer.Option(help="说明")] = "",
    token: Token = None,
) -> None:
    """核销一项差异：写明原因、去向、签字人；确认辍学的立案或并入在办个案。"""
    actor = who(Settings(), token)
    given = TaskAnswer(finding, cause, whereabouts, signed_by, note, school)
    lead = with_database(
        lambda connection: answer_task(connection, number(task), given, actor, now())
    )
    out.print("已核销。" + (f"线索 {lead} 待立案或并入在办个案。" if lead else ""), markup=False)


@census.command("reopen-task")
def reopen(
    task: Annotated[str, typer.Argument(help="差异编号")],
    reason: Annotated[str, typer.Option(help="为什么撤回")],
    signed_by: Annotated[str, typer.Option("--signed-by", help="签字人")],
    token: Token = None,
) -> None:
    """撤回一项核实结论：原记录保留，另记一笔。"""
    actor = who(Settings(), token)
    with_database(
        lambda connection: reopen_task(connection, number(task), reason, signed_by, actor, now())
    )
    out.print("已撤回，重新列为待核实。", markup=False)


@census.command("summary")
def show_summary(
    county: County = SAMPLE,
    term: TermOption = "",
    level: Annotated[str, typer.Option(help="county、township、school 或 class")] = "school",
    xlsx: Annotated[Path | None, typer.Option(help="汇总表和差异表写到这个文件")] = None,
    is_json: Json = False,
) -> None:
    """汇总表，附每一列的算法；可导出 XLSX。"""
    if level not in reading.LEVEL_LABELS:
        fail(f"没有“{level}”这一级，可用：{'、'.join(reading.LEVEL_LABELS)}。")
    one = census_of(county, term)
    if xlsx is not None:
        content = with_database(lambda connection: export_census(connection, one))
        xlsx.write_bytes(content)
        out.print(f"已写入 {xlsx}", markup=False)
        return
    found = with_database(lambda connection: reading.summary(connection, one, level))
    if is_json:
        as_json({"lines": found, "formulas": reading.formulas()})
        return
    shown = [f for f in reading.formulas() if any(line[f["field"]] for line in found)]
    for line in found:
        words = "，".join(f"{f['heading']} {line[f['field']]}" for f in shown)
        out.print(f"{line['name']}：{words}", markup=False)
    for f in shown:
        out.print(f"  {f['heading']} = {f['formula']}", markup=False)


@matches.command("list")
def list_matches(
    county: County = SAMPLE,
    is_open: Annotated[bool, typer.Option("--open/--all", help="只看待核对的")] = True,
    is_json: Json = False,
) -> None:
    """列出拿不准的匹配，附两边名册上的内容。"""
    found = with_database(lambda connection: reading.reviews(connection, county, is_open=is_open))
    if is_json:
        as_json(found)
        return
    for review in found:
        out.print(
            f"{review['id']}  {review['reason_label']}  {review['answer_label']}", markup=False
        )
        out.print(f"    {review['explanation']}", markup=False)
        for side in ("left", "right"):
            for row in review["evidence"][side]:
                said = [row[name] for name in ("kind", "name", "id_no", "roll_no", "birth_on",
                                               "school", "guardian") if row[name]]  # fmt: skip
                out.print(f"      {'　'.join(said)}", markup=False)
    out.print(f"共 {len(found)} 组。", markup=False)


@matches.command("answer")
def answer(
    review: Annotated[str, typer.Argument(help="匹配问题编号")],
    verdict: Annotated[MatchAnswer, typer.Argument(help="same、not_same 或 need_paper")],
    note: Annotated[str, typer.Option(help="依据")] = "",
    token: Token = None,
) -> None:
    """回答一组匹配；以后可以再回答，历次回答都保留，下次比对时生效。"""
    actor = who(Settings(), token)
    with_database(
        lambda connection: answer_match(connection, number(review), verdict, note, actor, now())
    )
    out.print("已记下，下次比对（guixue census start）时生效。", markup=False)
