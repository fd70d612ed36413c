"""``guixue responsible``: who answers for a case, empty seats, unsigned letters, the register."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from access.responsibility import may_appoint
from access.scope import owed_by
from activities.responsible import (
    line_of_case,
    register_book,
    seat_line,
    seats_in_force,
    slot_line,
    vacancies,
    vacancy_line,
)
from console.responsible import offices_within
from console.school_scope import county_of
from intake.responsible import import_responsible
from lifecycle.days import legal_date
from models.people import Actor
from models.responsibility import ResponsibilitySlot
from models.words import Role
from papers.xlsx import to_xlsx
from runtime.settings import Settings
from storage.responsibility import Noted, holders_on, unsigned
from terminal.cases import CaseNo, Json, Token, scope
from terminal.hands import as_json, database, fail, now, out, run, table, who
from terminal.school_hands import day_of

responsible = typer.Typer(help="责任人：本案责任线、空缺席位、责任书", no_args_is_help=True)
Day = Annotated[str | None, typer.Option("--on", help="哪一天，默认今天")]
_BLIND = "您的角色不查看责任人名册。"
_slot: Any = ResponsibilitySlot


def _day(said: str | None) -> date:
    return day_of(said) if said else legal_date(now())


def reader(settings: Settings, token: str | None) -> Actor:
    """Return who asks; the register is of one county, so a token is needed."""
    actor = who(settings, token)
    if actor.role in {Role.PLATFORM_ADMIN, Role.COMMITTEE, Role.SYSTEM}:
        fail(_BLIND)
    return actor


@responsible.command("case")
def of_case(case_no: CaseNo, on: Day = None, token: Token = None, json_: Json = False) -> None:
    """本案双线各级责任人，和没有登记的席位。"""
    settings, day = Settings(), _day(on)

    async def work() -> Any:
        async with database(settings) as engine, engine.connect() as connection:
            return await line_of_case(connection, scope(settings, token), case_no, day)

    found = run(work)
    if found is None:
        fail("没有找到这个案件或线索。")
    holders = [slot_line(row) for row in found.holders]
    missing = [seat_line(seat) for seat in found.missing]
    if json_:
        as_json({"on": day, "holders": holders, "missing": missing, "seats": found.source})
        return
    table(
        ["线", "层级", "职务", "姓名", "到任", "责任书"],
        [
            [r["line_label"], r["level_label"], r["title"], r["person"], r["since"],
             r["letter_signed_on"] or "未签"]
            for r in holders
        ],
    )  # fmt: skip
    for seat in missing:
        out.print(
            f"空缺：{seat['line_label']}{seat['level_label']} {seat['title']}。{seat['todo']}"
        )
    out.print(found.source, markup=False)


@responsible.command("vacant")
def vacant(on: Day = None, token: Token = None, json_: Json = False) -> None:
    """空缺席位；班级没有责任人的，不得开学（东川二(一)）。"""
    settings, day = Settings(), _day(on)
    actor = reader(settings, token)

    async def work() -> Any:
        async with database(settings) as engine, engine.connect() as connection:
            within = await offices_within(connection, actor)
            return await vacancies(connection, county_of(actor), day, within)

    rows = [vacancy_line(each) for each in run(work)]
    if json_:
        as_json(rows)
        return
    table(
        ["单位", "线", "层级", "席位", "职务"],
        [[r["name"], r["line_label"], r["level_label"], str(r["seat"]), r["title"]] for r in rows],
    )


@responsible.command("unsigned")
def not_signed(on: Day = None, token: Token = None, json_: Json = False) -> None:
    """在任而没有签包保责任书的责任人。"""
    settings, day = Settings(), _day(on)
    actor = reader(settings, token)

    async def work() -> Any:
        async with database(settings) as engine, engine.connect() as connection:
            return await unsigned(connection, owed_by(_slot, actor), day)

    rows = [slot_line(row) for row in run(work)]
    if json_:
        as_json(rows)
        return
    table(
        ["单位", "村组或班级", "职务", "姓名", "到任"],
        [[r["office"], r["place"], r["title"], r["person"], r["since"]] for r in rows],
    )


@responsible.command("import")
def import_file(file: Path, token: Token = None) -> None:
    """导入责任人名册（CSV 或 XLSX）；换人的，原责任人自到任日起离任。"""
    settings = Settings()
    actor = reader(settings, token)

    async def work() -> Any:
        async with database(settings) as engine, engine.begin() as connection:
            county = county_of(actor)
            seats, _ = await seats_in_force(connection, county, legal_date(now()))
            return await import_responsible(
                connection, file, county, seats, Noted(actor.id, now()),
                lambda post, of: may_appoint(actor, post.line, post.level, post.office, of),
            )  # fmt: skip

    done = run(work)
    out.print(
        f"责任人名册：收下 {done.taken} 行，新任 {done.new} 人，退回 {len(done.rejected)} 行。"
    )
    for row, why in done.rejected:
        out.print(f"  第 {row} 行：{why}。", markup=False)


@responsible.command("export")
def export(file: Path, on: Day = None, token: Token = None) -> None:
    """导出责任人名册（XLSX，改后可再导入）。"""
    settings, day = Settings(), _day(on)
    actor = reader(settings, token)

    async def work() -> bytes:
        async with database(settings) as engine, engine.connect() as connection:
            rows = await holders_on(connection, owed_by(_slot, actor), day)
            _, source = await seats_in_force(connection, county_of(actor), day)
            return to_xlsx([register_book(rows, "", day, source)], day)

    file.write_bytes(run(work))
    out.print(f"已写入 {file}。", markup=False)
