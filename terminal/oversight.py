"""``guixue council|inspections|plans``: the agenda, what was decided, what waits to be put right."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from access.scope import owed_by
from activities.council import decision_line
from console.inspections import inspection_line
from lifecycle.days import legal_date
from models.oversight import CouncilDecision, InspectionRecord
from models.roster import school_year_of
from models.words import OfficeKind
from runtime.settings import Settings
from storage import council as store
from storage import oversight, queries
from terminal import supervising
from terminal.cases import Json, Token, reader_of
from terminal.hands import as_json, database, fail, now, run, table, who

council = typer.Typer(help="联席会议：议题、会议决定", invoke_without_command=True)
inspections = typer.Typer(help="督查与限期整改", no_args_is_help=True)
plans = typer.Typer(help="三级方案", no_args_is_help=True)


@council.callback()
def agenda(context: typer.Context, token: Token = None, json_: Json = False) -> None:
    """联席会议议题：单个部门办不成、已逾期的事项。"""
    if context.invoked_subcommand is None:
        supervising.council(token, json_)


def _scope(settings: Settings, token: str | None, kind: type[Any]) -> Any:
    actor = reader_of(settings, token)
    return queries.EVERYTHING if actor is None else owed_by(kind, actor)


@council.command("decisions")
def decisions(
    status: Annotated[str | None, typer.Option(help="open、overdue、done")] = None,
    token: Token = None,
    json_: Json = False,
) -> None:
    """会议决定：办理中、已逾期、已办结。"""
    if status not in {None, "open", "overdue", "done"}:
        fail("状态可选：open（办理中）、overdue（已逾期）、done（已办结）。")
    settings = Settings()

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            return await store.decisions(connection, _scope(settings, token, CouncilDecision))

    lines = [decision_line(row, legal_date(now())) for row in run(work)]
    lines = [line for line in lines if status in (None, line["status"])]
    if json_:
        as_json(lines)
        return
    table(
        ["会议", "事项", "决定", "承办", "期限", "状态"],
        [
            [r["held_on"], r["case_no"] or r["matter"], r["decision"], r["office"],
             r["due_on"] or "—", r["status_label"]]
            for r in lines
        ],
    )  # fmt: skip


@inspections.command("list")
def list_inspections(
    overdue: Annotated[bool, typer.Option("--overdue", help="只看整改逾期")] = False,
    token: Token = None,
    json_: Json = False,
) -> None:
    """督查情况与限期整改。"""
    settings, today = Settings(), legal_date(now())

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            return await oversight.inspections(
                connection, _scope(settings, token, InspectionRecord),
                overdue_on=today if overdue else None,
            )  # fmt: skip

    lines = [inspection_line(row, today) for row in run(work)]
    if json_:
        as_json(lines)
        return
    table(
        ["学校", "日期", "问题", "整改期限", "状态"],
        [
            [r["school"], r["inspected_on"], "；".join(r["problems"]) or "无",
             r["rectify_by"] or "—", r["status_label"]]
            for r in lines
        ],
    )  # fmt: skip


@plans.command("missing")
def missing(
    year: Annotated[int | None, typer.Option(help="学年，如 2026")] = None,
    token: Token = None,
    json_: Json = False,
) -> None:
    """本学年还没有方案的县、学校、个案。"""
    settings = Settings()
    actor = who(settings, token)
    if actor.role.office_kind is not OfficeKind.COUNTY:
        fail("缺方案的清单由县级查看；学校请在接口 /api/plans 查看本校。")

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            wanted = year or school_year_of(legal_date(now()))
            return await oversight.plans_missing(connection, actor.office, wanted)

    rows = run(work)
    if json_:
        as_json(rows)
        return
    table(
        ["方案", "单位", "案号", "名称"],
        [[r["level_label"], r["office"], r["case_no"] or "—", r["name"]] for r in rows],
    )
