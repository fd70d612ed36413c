"""Terms: calendars, the first week, the tasks a school must close, 小升初 hand-over."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.school_roles import CALENDARS, REPORTS, SIGNS_HAND_OVER, shown_cause
from console.problems import Problem, no_nul, not_found
from console.school_scope import (
    IdempotencyKey,
    county_of,
    must_be,
    refused,
    request_id,
    school_here,
)
from console.wiring import ActorHere, Day, SchoolYear, ServicesHere
from intake import first_week, tasks, transition
from intake.basis import basis_for
from intake.problems import IntakeError
from intake.school_calendar import (
    CalendarDay,
    DayKind,
    closures_of,
    import_calendar,
    lift_closure,
    put_days,
)
from intake.tasks import TaskRefused
from intake.transition import Graduate, HandOverRefused
from models.words import Cause, OfficeKind, Whereabouts

router = APIRouter(tags=["学期"])
UPLOAD_LIMIT = 5 * 1024 * 1024


class DayIn(BaseModel):
    """One entry of a calendar; ``school`` left out means the whole county."""

    model_config = ConfigDict(extra="forbid")

    kind: DayKind
    school: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=100)]
    first_on: date
    last_on: date


class RegisterIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    roll_nos: Annotated[list[str], Field(min_length=1, max_length=2000)]
    term_start: date
    registered_on: date


class ContactIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contacted_on: date
    method: Annotated[str, Field(min_length=1, max_length=20)]
    was_reached: bool
    note: Annotated[str, Field(max_length=400)] = ""


class CloseIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    result: Annotated[str, Field(min_length=1, max_length=400)]
    cause: Cause | None = None
    whereabouts: Whereabouts | None = None
    signed_by: Annotated[str, Field(max_length=40)] = ""


class GraduateIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    roll_no: str
    to_school: str
    going_to: Annotated[str, Field(max_length=100)] = ""


class HandOverIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    school_year: SchoolYear
    graduates: Annotated[list[GraduateIn], Field(min_length=1, max_length=3000)]


class ArrivalIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    school_year: SchoolYear
    roll_nos: Annotated[list[str], Field(min_length=1, max_length=3000)]
    arrived_on: date


async def _refs(connection: Any, rolls: list[str]) -> dict[str, UUID]:
    no_nul(rolls)
    rows = await connection.execute(
        text("select roll_no, ref from child where roll_no = any(cast(:rolls as text[]))"),
        {"rolls": sorted(set(rolls))},
    )
    refs = {row.roll_no: row.ref for row in rows}
    if missing := len(set(rolls) - refs.keys()):
        said = f"有 {missing} 个学籍号在名册里找不到，请核对。"
        raise Problem(422, "填写有误，未办理", said, "child_unknown")
    return refs


def _whole_county(actor: ActorHere) -> None:
    if actor.role.office_kind is not OfficeKind.COUNTY:
        said = "全县统一的校历由县教体局登记；学校只登记本校的。"
        raise Problem(403, "不在您的办理范围", said, "forbidden")


@router.post(
    "/api/calendar/days", status_code=201, summary="登记校历：学期、放假、停课、补课、大周末"
)
async def put_day(said: DayIn, here: ServicesHere, actor: ActorHere) -> dict[str, int]:
    must_be(actor, CALENDARS, "登记校历")
    no_nul([said.school, said.name])
    if said.last_on < said.first_on or (said.last_on - said.first_on).days > 250:
        raise Problem(422, "填写有误，未办理", "日期先后不对，或一次超过 250 天。", "invalid")
    async with here.engine.begin() as connection:
        if said.school is None:
            _whole_county(actor)
            county = county_of(actor)
            basis, _ = await basis_for(connection, county, by=actor.id, at=here.clock())
        else:
            place = await school_here(connection, here, actor, said.school)
            county, basis = place.county, place.basis
        day = CalendarDay(said.kind, said.school, said.name, said.first_on, said.last_on)
        new, leads = await put_days(connection, county, [day], basis)
    return {
        "new": new, "leads_opened": len(leads.opened), "leads_withdrawn": len(leads.withdrawn),
        "leads_contradicted": len(leads.contradicted),
    }  # fmt: skip


@router.post("/api/calendar/import", summary="导入校历文件（CSV 或 XLSX）")
async def calendar_file(file: UploadFile, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_be(actor, CALENDARS, "导入校历")
    _whole_county(actor)
    content = await file.read(UPLOAD_LIMIT + 1)
    if len(content) > UPLOAD_LIMIT:
        raise Problem(413, "文件太大", "校历文件不超过 5 MB。", "too_large")
    with tempfile.TemporaryDirectory(dir=here.uploads) as folder:
        path = Path(folder) / "calendar"
        path.write_bytes(content)
        async with here.engine.begin() as connection:
            county = county_of(actor)
            basis, _ = await basis_for(connection, county, by=actor.id, at=here.clock())
            try:
                report = await import_calendar(connection, path, county, basis)
            except IntakeError as error:
                raise Problem(422, "文件不能导入", str(error), error.code) from error
    return {
        "taken": report.taken, "new": report.new,
        "rejected": [{"row": row, "why": why} for row, why in report.rejected],
    }  # fmt: skip


@router.get("/api/calendar/closures", summary="一所学校的停课、放假、大周末")
async def closures(school: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        rows = await closures_of(connection, place.county, school)
        found = [dict(row._mapping) for row in rows]
    return {"closures": found}


@router.post("/api/calendar/closures/{closure}/lift", summary="撤销停课（复课）")
async def lift(closure: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, int]:
    must_be(actor, CALENDARS, "撤销停课")
    async with here.engine.begin() as connection:
        found = await connection.execute(
            text("select school, county from school_closure where id = :id"), {"id": closure}
        )
        row = found.one_or_none()
        if row is None:
            raise not_found("停课记录")
        if row.school is None:
            _whole_county(actor)
            if county_of(actor) != row.county:
                raise not_found("停课记录")
            basis, _ = await basis_for(connection, row.county, by=actor.id, at=here.clock())
        else:
            basis = (await school_here(connection, here, actor, row.school)).basis
        leads = await lift_closure(connection, closure, basis)
    if leads is None:
        raise not_found("仍有效的停课记录")
    return {"leads_opened": len(leads.opened), "leads_withdrawn": len(leads.withdrawn)}


@router.get("/api/first-week/{school}", summary="开学未注册学生名单")
async def show_first_week(
    school: str, term_start: Day, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        rows = await first_week.unregistered(connection, school, term_start)
    days = place.policy.number("first_week_check")
    return {
        "check_on": first_week.check_on(term_start, days),
        "unregistered": [
            {"child_ref": r.child_ref, "task": r.task, "is_explained": r.is_explained} for r in rows
        ],
    }


@router.post("/api/first-week/{school}/registrations", summary="登记已注册的学生")
async def register(
    school: str, said: RegisterIn, here: ServicesHere, actor: ActorHere
) -> dict[str, int]:
    must_be(actor, REPORTS, "登记注册")
    async with here.engine.begin() as connection:
        await school_here(connection, here, actor, school)
        refs = await _refs(connection, said.roll_nos)
        done = await first_week.register(
            connection, refs.values(), school, said.term_start,
            on=said.registered_on, by=actor.id,
        )  # fmt: skip
    return {"registered": done}


@router.get("/api/tasks", summary="一所学校待办的联系与核查任务")
async def list_tasks(
    school: str, here: ServicesHere, actor: ActorHere, kind: str | None = None, all_: bool = False
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        await school_here(connection, here, actor, school)
        rows = await tasks.tasks_of_school(connection, school, kind=kind, is_open=not all_)
    return {"tasks": [tasks.listed(row, shown_cause(row.cause)) for row in rows]}


async def _task(connection: Any, here: ServicesHere, actor: ActorHere, task: UUID) -> Any:
    row = await tasks.task_of(connection, task)
    if row is None:
        raise not_found("任务")
    await school_here(connection, here, actor, row.school)
    return row


@router.post("/api/tasks/{task}/contacts", status_code=201, summary="登记一次联系")
async def contact(
    task: UUID,
    said: ContactIn,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, UUID]:
    key = request_id(idempotency_key)
    must_be(actor, REPORTS, "登记联系")
    no_nul([said.method, said.note])
    contact_id = uuid5(NAMESPACE_URL, f"contact/{task}/{actor.id}/{key}")
    async with here.engine.begin() as connection:
        await _task(connection, here, actor, task)
        try:
            await tasks.record_contact(
                connection, task, contact_id=contact_id, on=said.contacted_on, method=said.method,
                was_reached=said.was_reached, note=said.note, by=actor.id,
            )  # fmt: skip
        except TaskRefused as error:
            raise refused(error, error.code) from error
    return {"id": contact_id}


@router.post("/api/tasks/{task}/close", summary="办结任务：结果，或原因、去向与签字")
async def close(task: UUID, said: CloseIn, here: ServicesHere, actor: ActorHere) -> dict[str, bool]:
    must_be(actor, REPORTS, "办结任务")
    no_nul([said.result, said.signed_by])
    async with here.engine.begin() as connection:
        await _task(connection, here, actor, task)
        try:
            await tasks.close_task(
                connection, task, result=said.result, by=actor.id, at=here.clock(),
                cause=said.cause, whereabouts=said.whereabouts, signed_by=said.signed_by,
            )  # fmt: skip
        except TaskRefused as error:
            raise refused(error, error.code) from error
    return {"is_closed": True}


@router.post("/api/hand-overs/{school}", status_code=201, summary="小学编制整班移交名册")
async def make_list(
    school: str, said: HandOverIn, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    must_be(actor, REPORTS, "编制移交名册")
    no_nul([g.going_to for g in said.graduates] + [g.to_school for g in said.graduates])
    async with here.engine.begin() as connection:
        await school_here(connection, here, actor, school)
        refs = await _refs(connection, [g.roll_no for g in said.graduates])
        graduates = [
            Graduate(g.to_school, refs[g.roll_no], school, g.going_to) for g in said.graduates
        ]
        known = await connection.execute(
            text("select code from school where code = any(cast(:codes as text[]))"),
            {"codes": sorted({g.junior_school for g in graduates})},
        )
        if {g.junior_school for g in graduates} - {row.code for row in known}:
            raise Problem(
                422, "填写有误，未办理", "接收学校不在学校名册里，请核对代码。", "school_unknown"
            )
        try:
            made = await transition.make_hand_over(
                connection, said.school_year, graduates, by=actor.id, at=here.clock()
            )
        except HandOverRefused as error:
            raise refused(error, error.code) from error
    return {"lists": made}


@router.get("/api/hand-overs/{school}", summary="本校的整班移交名册与未报到学生")
async def show_lists(
    school: str, school_year: SchoolYear, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        await school_here(connection, here, actor, school)
        lists = await transition.lists_of_school(connection, school, school_year)
        missing = await transition.transition_no_shows(connection, school, school_year)
    return {
        "lists": [dict(row._mapping) for row in lists],
        "no_shows": [
            {"child_ref": m.child_ref, "from_school": m.primary_school, "going_to": m.going_to}
            for m in missing
        ],
    }


@router.post("/api/hand-overs/{list_id}/sign", summary="移交方、接收方签字")
async def sign(list_id: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, bool]:
    must_be(actor, SIGNS_HAND_OVER, "签移交名册")
    async with here.engine.begin() as connection:
        try:
            await transition.sign(connection, list_id, actor.office, by=actor.id, at=here.clock())
        except HandOverRefused as error:
            raise refused(error, error.code) from error
    return {"is_signed": True}


@router.post("/api/arrivals/{school}", summary="初中登记报到")
async def arrive(
    school: str, said: ArrivalIn, here: ServicesHere, actor: ActorHere
) -> dict[str, int]:
    must_be(actor, REPORTS, "登记报到")
    async with here.engine.begin() as connection:
        await school_here(connection, here, actor, school)
        refs = await _refs(connection, said.roll_nos)
        done = await transition.arrive(
            connection, said.school_year, school, refs.values(), said.arrived_on
        )
    return {"arrived": done}
