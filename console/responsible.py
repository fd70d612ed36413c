"""Responsible persons: who answers for a case, seats and letters, the register in and out."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.responsibility import may_appoint
from access.scope import BLIND, owed_by, visible
from activities.responsible import (
    line_of_case,
    register_book,
    seat_line,
    seats_in_force,
    slot_line,
    vacancies,
    vacancy_line,
)
from console.others import UPLOAD_LIMIT
from console.problems import Problem, no_nul, not_found
from console.school_scope import county_of
from console.wiring import ActorHere, Day, ServicesHere
from intake.problems import IntakeError
from intake.responsible import import_responsible, offices_of
from intake.wording import class_of
from lifecycle.days import legal_date
from models.facts import Short
from models.people import Actor
from models.responsibility import ResponsibilitySlot
from models.seats import Level, Line, Post
from models.words import OfficeKind
from papers.xlsx import to_xlsx
from storage import responsibility as store

router = APIRouter(tags=["责任人"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_slot: Any = ResponsibilitySlot


class Appointing(BaseModel):
    """Who takes which seat, from when."""

    model_config = ConfigDict(extra="forbid")
    line: Line
    level: Level
    office: Annotated[Short, Field(pattern=r"^\d{6,10}$")]
    place: Short = ""
    seat: Annotated[int, Field(ge=1, le=12)]
    title: Short = ""
    person: Annotated[Short, Field(min_length=1)]
    account: Short = ""
    since: date
    letter_signed_on: Day | None = None
    letter_ref: Short = ""
    trained_on: Day | None = None
    training_ref: Short = ""
    change_reason: Short = ""


class Signing(BaseModel):
    """That the letter of responsibility was signed."""

    signed_on: date
    letter_ref: Annotated[Short, Field(min_length=1)]


class Ending(BaseModel):
    """The first day the person no longer holds the seat."""

    until: date


def _seeing(actor: Actor) -> None:
    if actor.role in BLIND:
        raise Problem(403, "不在您的办理范围", "您的角色不查看责任人名册。", "forbidden")


async def offices_within(connection: AsyncConnection, actor: Actor) -> list[str] | None:
    """List the offices whose empty seats the actor sees; None: the whole county."""
    if actor.role.office_kind is OfficeKind.COUNTY:
        return None
    query = text("select code from school where township = :office or code = :office")
    schools = (await connection.execute(query, {"office": actor.office})).scalars()
    return [actor.office, *schools]


@router.get("/api/cases/{case_no}/responsible", summary="本案双线各级责任人（某日）")
async def responsible(
    case_no: str, here: ServicesHere, actor: ActorHere, on: Day | None = None
) -> dict[str, Any]:
    day = on or legal_date(here.clock())
    async with here.engine.connect() as connection:
        found = await line_of_case(connection, visible(actor), case_no, day)
    if found is None:
        raise not_found("案件")
    return {
        "on": str(day), "holders": [slot_line(row) for row in found.holders],
        "missing": [seat_line(seat) for seat in found.missing], "seats": found.source,
    }  # fmt: skip


@router.get("/api/responsible", summary="责任人：在任、空缺席位、未签责任书")
async def register(
    here: ServicesHere, actor: ActorHere, on: Day | None = None, office: str | None = None
) -> dict[str, Any]:
    _seeing(actor)
    day = on or legal_date(here.clock())
    scope, county = owed_by(_slot, actor), county_of(actor)
    async with here.engine.connect() as connection:
        holders = await store.holders_on(connection, scope, day, office=office)
        waiting = await store.unsigned(connection, scope, day)
        within = await offices_within(connection, actor)
        empty = await vacancies(connection, county, day, within)
        _, source = await seats_in_force(connection, county, day)
    return {
        "on": str(day), "seats": source, "holders": [slot_line(row) for row in holders],
        "unsigned": [slot_line(row) for row in waiting if office in (None, row.office)],
        "vacant": [vacancy_line(each) for each in empty if office in (None, each.office)],
    }  # fmt: skip


@router.get("/api/responsible/history/{office}", summary="一个单位各席位的任职经过")
async def history(office: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    _seeing(actor)
    async with here.engine.connect() as connection:
        rows = await store.history_of(connection, owed_by(_slot, actor), office)
    return {"stays": [slot_line(row) for row in rows]}


@router.post("/api/responsible", status_code=201, summary="登记责任人；换人须重签责任书")
async def appoint(said: Appointing, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    county = county_of(actor)
    async with here.engine.begin() as connection:
        offices = await offices_of(connection, county)
        if said.office not in offices.codes:
            raise not_found("单位")
        township = offices.townships.get(said.office)
        if not may_appoint(actor, said.line, said.level, said.office, township):
            raise Problem(403, "不在您的办理范围", "这个席位不由您的单位登记。", "forbidden")
        post = await _post(connection, county, said, legal_date(here.clock()))
        facts = said.model_dump(
            exclude={"line", "level", "office", "place", "seat", "title", "person"}
        )
        person = store.Person(name=said.person, **facts)
        noted = store.Noted(actor.id, here.clock())
        try:
            made = await store.appoint(connection, county, post, person, noted)
        except store.SeatRefused as error:
            raise _refused(error) from error
        row = await store.get_slot(connection, _slot.county == county, made.id)
    return slot_line(row) | {"is_new": made.is_new}


async def _post(connection: AsyncConnection, county: str, said: Appointing, day: date) -> Post:
    seats, _ = await seats_in_force(connection, county, day)
    known = next((s for s in seats if (s.line, s.number) == (said.line, said.seat)), None)
    if known is None or known.level is not said.level:
        raise _refused(store.SeatRefused("本地责任席位里没有这一席，请核对责任清单。"))
    place = said.place
    if said.level is Level.CLASS:
        found = class_of(said.place)
        if found is None:
            raise _refused(store.SeatRefused("班级请写成“三年级2班”的样子。"))
        place = f"{found[0]}-{found[1]}"
    return Post(
        line=said.line, level=said.level, office=said.office, place=place, seat=said.seat,
        title=said.title or known.title,
    )  # fmt: skip


def _refused(error: store.SeatRefused) -> Problem:
    return Problem(422, "未登记", str(error), "seat_refused")


async def _mine(connection: AsyncConnection, actor: Actor, slot: UUID) -> Any:
    row = await store.get_slot(connection, owed_by(_slot, actor), slot)
    if row is None:
        raise not_found("任职记录")
    township = (await offices_of(connection, row.county)).townships.get(row.office)
    if not may_appoint(actor, Line(row.line), Level(row.level), row.office, township):
        raise Problem(403, "不在您的办理范围", "这个席位不由您的单位登记。", "forbidden")
    return row


@router.post("/api/responsible/{slot}/letter", summary="登记包保责任书已签")
async def sign(slot: UUID, said: Signing, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        await _mine(connection, actor, slot)
        await store.sign(connection, slot, said.signed_on, said.letter_ref)
        return slot_line(await store.get_slot(connection, owed_by(_slot, actor), slot))


@router.post("/api/responsible/{slot}/end", summary="登记离任（席位随即空缺）")
async def end(slot: UUID, said: Ending, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        await _mine(connection, actor, slot)
        try:
            await store.vacate(connection, slot, said.until, actor.id)
        except store.SeatRefused as error:
            raise _refused(error) from error
        return slot_line(await store.get_slot(connection, owed_by(_slot, actor), slot))


@router.post("/api/responsible/import", summary="导入责任人名册（CSV 或 XLSX）")
async def take_in(file: UploadFile, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    _seeing(actor)
    no_nul(file.filename)
    content = await file.read(UPLOAD_LIMIT + 1)
    if len(content) > UPLOAD_LIMIT:
        raise Problem(413, "文件太大", "单个文件不超过 50 MB。", "too_large")
    county = county_of(actor)
    with tempfile.TemporaryDirectory(dir=here.uploads) as folder:
        path = Path(folder) / "责任人名册"
        path.write_bytes(content)
        async with here.engine.begin() as connection:
            seats, _ = await seats_in_force(connection, county, legal_date(here.clock()))
            try:
                done = await import_responsible(
                    connection, path, county, seats, store.Noted(actor.id, here.clock()),
                    lambda post, of: may_appoint(actor, post.line, post.level, post.office, of),
                )  # fmt: skip
            except IntakeError as error:
                raise Problem(422, "文件不能导入", str(error), error.code) from error
    rejected = [{"row": row, "problem": f"{why}。"} for row, why in done.rejected]
    return {"taken": done.taken, "new": done.new, "rejected": rejected}


@router.get("/api/responsible/book", summary="责任人名册（XLSX，可改后再导入）")
async def book(here: ServicesHere, actor: ActorHere, on: Day | None = None) -> Response:
    _seeing(actor)
    day = on or legal_date(here.clock())
    async with here.engine.connect() as connection:
        rows = await store.holders_on(connection, owed_by(_slot, actor), day)
        _, source = await seats_in_force(connection, county_of(actor), day)
        query = text("select name from county where code = :code")
        name = (await connection.execute(query, {"code": county_of(actor)})).scalar() or ""
    content = to_xlsx([register_book(rows, name, day, source)], day)
    called = quote(f"责任人名册-{day}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{called}"}
    return Response(content, media_type=XLSX, headers=headers)
