"""``guixue duties|clues|council``: what comes round, what was missed, what the meeting must settle."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from access.scope import owed_by
from activities.council import whole_agenda
from activities.periodic import PeriodicActivities
from console.supervision import clue_line, round_line
from lifecycle.days import legal_date
from lifecycle.periodic import ALL, BY_ID
from models.supervision import AccountabilityClue, PeriodicDutyRow
from runtime.settings import Settings
from storage import clues, periodic, queries
from terminal.cases import Json, Token, reader_of, scope
from terminal.hands import as_json, database, fail, now, out, run, table, who

duties = typer.Typer(help="例行任务：到期、完成、逾期", no_args_is_help=True)


def _owed(settings: Settings, token: str | None, kind: type[Any]) -> Any:
    if token or os.environ.get("GUIXUE_TOKEN"):
        return owed_by(kind, who(settings, token))
    return queries.EVERYTHING


@duties.command("list")
def list_duties(
    status: Annotated[str | None, typer.Option(help="open、met、missed、met_late")] = None,
    duty: Annotated[str | None, typer.Option(help="任务代码")] = None,
    limit: Annotated[int, typer.Option(min=1, max=5000)] = 50,
    token: Token = None,
    json_: Json = False,
) -> None:
    """例行任务的每一轮：谁、哪一期、何时到期、凭什么算完成。"""
    settings = Settings()
    if duty is not None and duty not in BY_ID:
        fail("没有这项例行任务，可选：" + "、".join(f"{d.id}（{d.label}）" for d in ALL))

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            return await periodic.list_rounds(
                connection, _owed(settings, token, PeriodicDutyRow), status=status, duty=duty,
                limit=limit,
            )  # fmt: skip

    rows = [round_line(row) for row in run(work)]
    if json_:
        as_json(rows)
        return
    table(
        ["任务", "责任", "单位", "期", "到期", "状态", "凭据"],
        [
            [r["label"], r["role_label"], r["office"], r["period"], r["due"],
             r["status_label"], r["proof"] or "—"]
            for r in rows
        ],
    )  # fmt: skip


@duties.command("judge")
def judge(
    duty: Annotated[str | None, typer.Argument(help="任务代码，默认全部")] = None,
) -> None:
    """现在就核对一遍（平时由定时作业核对）。"""
    settings = Settings()
    if duty is not None and duty not in BY_ID:
        fail("没有这项例行任务。")

    async def work() -> list[Any]:
        async with database(settings) as engine:
            judged = PeriodicActivities(engine, now)
            return [await judged.judge_periodic(d.id) for d in ALL if duty in {None, d.id}]

    for result in run(work):
        label = BY_ID[result.duty].label
        out.print(f"{label}：新开 {result.opened}，完成 {result.met}，逾期 {result.missed}")


def list_clues(
    status: Annotated[str | None, typer.Option(help="open、excused、confirmed、dismissed")] = None,
    limit: Annotated[int, typer.Option(min=1, max=5000)] = 50,
    token: Token = None,
    json_: Json = False,
) -> None:
    """问责线索：每次逾期一条，供督导核实；系统不作处分。"""
    settings = Settings()

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            return await clues.list_clues(
                connection, _owed(settings, token, AccountabilityClue), status=status, limit=limit
            )

    rows = [clue_line(row) for row in run(work)]
    if json_:
        as_json(rows)
        return
    table(
        ["责任", "单位", "事项", "案号或期", "到期", "完成", "依据", "建议免责", "状态"],
        [
            [r["role_label"], r["office"], r["label"], r["case_no"] or r["period"], r["due_on"],
             r["done_on"] or "未完成", r["article"], r["suggested"] or "—", r["status_label"]]
            for r in rows
        ],
    )  # fmt: skip


def council(token: Token = None, json_: Json = False) -> None:
    """联席会议议题：单个部门办不成、已逾期的事项。"""
    settings = Settings()

    async def work() -> list[dict[str, Any]]:
        async with database(settings) as engine, engine.connect() as connection:
            actor = reader_of(settings, token)
            return await whole_agenda(connection, scope(settings, token), actor, legal_date(now()))

    items = run(work)
    if json_:
        as_json(items)
        return
    table(
        ["案号", "议题", "事项", "涉及", "到期"],
        [[i["case_no"], i["why"], i["matter"], i["about"], i["due_on"]] for i in items],
    )
