"""``guixue report …``: the monthly report, books, indicators and charts as files."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from console.reports import as_bytes, cases_line, figure_line, report_line
from lifecycle.days import legal_date
from models.people import Actor
from models.roster import school_year_of
from papers.refusal import PaperRefused
from reports import books, indicators, monthly_store, taking
from reports.books import Asking
from reports.indicator_facts import facts_of
from reports.indicators import figures
from reports.refusal import ReportRefused
from runtime.settings import Settings
from terminal.hands import as_json, database, fail, now, out, run, table, who

Answer = TypeVar("Answer")
report = typer.Typer(help="台账、月报、指标与图", no_args_is_help=True)
monthly = typer.Typer(help="月报：拟写、提交、签字、更正", no_args_is_help=True)
report.add_typer(monthly, name="monthly")
Token = Annotated[str | None, typer.Option(help="令牌，默认取环境变量 GUIXUE_TOKEN")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Month = Annotated[str, typer.Argument(help="月份，如 2026-09")]
Office = Annotated[str | None, typer.Option(help="单位代码，默认令牌所属单位")]
Purpose = Annotated[str, typer.Option(help="导出用途；含姓名超过20行必填")]
Out = Annotated[Path, typer.Option("--out", help="存到的文件，.xlsx 或 .pdf")]


def with_database(work: Callable[[AsyncConnection], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run ``work`` in one transaction; a refusal becomes a sentence and exit code 3."""

    async def whole() -> Answer:
        async with database(Settings()) as engine, engine.begin() as connection:
            return await work(connection)

    try:
        return run(whole)
    except (ReportRefused, PaperRefused) as refused:
        fail(str(refused), 3)


def asker(token: str | None) -> Actor | None:
    """With a token, its actor; on the machine itself without one, its operator."""
    return who(Settings(), token) if token or os.environ.get("GUIXUE_TOKEN") else None


def form_of(target: Path) -> str:
    ending = target.suffix.lower().lstrip(".")
    if ending not in {"xlsx", "pdf"}:
        fail("文件名须以 .xlsx 或 .pdf 结尾。")
    return ending


def save(target: Path, content: bytes | str) -> None:
    if isinstance(content, str):
        content = content.encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    out.print(f"已存为 {target}", markup=False)


def _say(row: Any) -> None:
    said = report_line(row)
    mark = "（更正）" if said["is_correction"] else ""
    out.print(
        f"{said['unit']} {said['month']} 第{said['version']}版{mark}：{said['children']}人，"
        f"{said['status_label']}", markup=False,
    )  # fmt: skip
    for line in said["changes"]:
        out.print(f"  · {line}", markup=False)


@monthly.command("draft")
def draft(
    month: Month,
    preparer: Annotated[str, typer.Option(help="填表人")],
    phone: Annotated[str, typer.Option(help="联系电话")],
    token: Token = None,
) -> None:
    """由台账拟写本单位的月报；提交前可重拟。"""
    actor = who(Settings(), token)
    _say(with_database(
        lambda c: monthly_store.draft(c, actor, month, now(), preparer=preparer, phone=phone)
    ))  # fmt: skip


@monthly.command("correct")
def correct(
    month: Month,
    reason: Annotated[str, typer.Option(help="更正理由")],
    preparer: Annotated[str, typer.Option(help="填表人")],
    phone: Annotated[str, typer.Option(help="联系电话")],
    token: Token = None,
) -> None:
    """更正已报送的月报：另成一版，写明改了什么；原版保留。"""
    actor = who(Settings(), token)
    _say(with_database(
        lambda c: monthly_store.draft(
            c, actor, month, now(), preparer=preparer, phone=phone, reason=reason
        )
    ))  # fmt: skip


@monthly.command("submit")
def submit(month: Month, token: Token = None) -> None:
    """提交负责人签字；此后内容不再变动。"""
    actor = who(Settings(), token)
    _say(with_database(lambda c: monthly_store.submit(c, actor, month, now())))


@monthly.command("sign")
def sign(month: Month, token: Token = None) -> None:
    """负责人签字报送；不得是提交人本人。"""
    actor = who(Settings(), token)
    _say(with_database(lambda c: monthly_store.sign(c, actor, month, now())))


@monthly.command("list")
def list_monthly(
    month: Annotated[str | None, typer.Option(help="只看一个月")] = None,
    token: Token = None,
    json_: Json = False,
) -> None:
    """各单位月报的每一版。"""
    actor = asker(token)
    rows = with_database(lambda c: monthly_store.list_reports(c, actor, month))
    lines = [report_line(row) for row in rows]
    if json_:
        as_json(lines)
        return
    table(
        ["单位", "月份", "版", "人数", "状态", "签字", "更正理由"],
        [
            [r["unit"], r["month"], str(r["version"]), str(r["children"]), r["status_label"],
             r["signed_by"] or "—", r["reason"] or "—"]
            for r in lines
        ],
    )  # fmt: skip


@monthly.command("save")
def save_monthly(
    month: Month,
    target: Out,
    office: Office = None,
    version: Annotated[int | None, typer.Option(help="第几版，默认最新")] = None,
    purpose: Purpose = "",
    token: Token = None,
) -> None:
    """存一份月报；未签字的是草稿。"""
    actor, form, at = asker(token), form_of(target), now()

    async def work(connection: AsyncConnection) -> bytes:
        place, _ = await books.place_for(connection, actor, office)
        row = await monthly_store.get_report(connection, actor, place.code, month, version)
        asking = Asking(actor, place, legal_date(at))
        return await taking.monthly_file(connection, row, asking, form, purpose, at)

    save(target, with_database(work))


@report.command("book")
def book(
    kind: Annotated[
        str, typer.Argument(help="、".join(f"{k}（{v}）" for k, v in books.LABELS.items()))
    ],
    target: Out,
    office: Office = None,
    purpose: Purpose = "",
    token: Token = None,
) -> None:
    """存一本台账。"""
    actor, form, at = asker(token), form_of(target), now()

    async def work(connection: AsyncConnection) -> bytes:
        place, unit = await books.place_for(connection, actor, office)
        asking = Asking(actor, place, legal_date(at))
        made = await books.make(connection, kind, asking, unit)
        return await taking.export(connection, kind, made, asking, form, purpose, at)

    save(target, with_database(work))


@report.command("indicators")
def all_indicators(
    first: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="起日，默认学年初")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="止日，默认今天")
    ] = None,
    compared: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="作一致性核对的教学日")
    ] = None,
    target: Annotated[Path | None, typer.Option("--out", help="存为 .xlsx 或 .pdf")] = None,
    office: Office = None,
    purpose: Purpose = "",
    token: Token = None,
    json_: Json = False,
) -> None:
    """指标：每个数字带公式和分子分母；存表和 --json 另列涉及的案号。"""
    actor, at = asker(token), now()
    form = form_of(target) if target else ""
    end = last.date() if last else legal_date(at)
    begin = first.date() if first else date(school_year_of(end), 9, 1)
    on = compared.date() if compared else None

    async def work(connection: AsyncConnection) -> Any:
        place, unit = await books.place_for(connection, actor, office)
        asking = Asking(actor, place, end)
        facts = await facts_of(connection, place, begin, end, compared_on=on, at=at)
        found = figures(facts)
        if form:
            return await taking.export(
                connection, "indicators", indicators.table(facts, unit), asking, form, purpose, at,
                named=indicators.on_sheet(facts),
            )  # fmt: skip
        if not json_:
            return [figure_line(each) for each in found]
        content = as_bytes([cases_line(each) for each in found])
        named = len(frozenset().union(*(each.named for each in found)))
        return await taking.give(connection, "indicators.json", content, named, asking, purpose, at)

    found = with_database(work)
    if target:
        save(target, found)
    elif json_:
        typer.echo(found.decode())
    else:
        table(
            ["指标", "数值", "分子", "分母", "计算方法", "说明"],
            [
                [f["label"], f["printed"], _n(f["numerator"]), _n(f["denominator"]), f["formula"],
                 f["note"]]
                for f in found
            ],
        )  # fmt: skip


def _n(number: int | None) -> str:
    return "—" if number is None else str(number)


@report.command("chart")
def chart(
    name: Annotated[
        str, typer.Argument(help="trend（趋势）、funnel（四步漏斗）、townships（乡镇）")
    ],
    target: Annotated[Path, typer.Option("--out", help="存到的 .svg 文件")],
    office: Office = None,
    public: Annotated[bool, typer.Option("--public", help="公开版，抑制小数")] = False,
    token: Token = None,
) -> None:
    """存一幅图（SVG）。"""
    actor = asker(token)

    async def work(connection: AsyncConnection) -> str:
        place, unit = await books.place_for(connection, actor, office)
        asking = Asking(actor, place, legal_date(now()))
        return await books.chart(connection, name, asking, unit, is_public=public)

    save(target, with_database(work))
