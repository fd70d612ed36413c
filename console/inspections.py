"""Inspections with rectification, and the measures a competent organ took about a clue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.responsibility import INSPECTS
from access.scope import may_decide_clue, owed_by
from activities.duty_done import settle_shown
from console.cases import must_read_file
from console.problems import Problem, not_found
from console.records import write_once
from console.school_scope import IdempotencyKey, must_be, request_id
from console.wiring import ActorHere, Day, ServicesHere
from lifecycle.days import legal_date
from models.facts import Short
from models.oversight import ClueMeasure, InspectionRecord, Measure
from models.supervision import AccountabilityClue
from models.words import ClueStatus
from storage import clues
from storage import oversight as store

router = APIRouter(tags=["督办"])
Named = Annotated[Short, Field(min_length=1)]
Long = Annotated[str, Field(min_length=2, max_length=1000, pattern=r"^[^\x00]+$")]
_INVALID = "填写有误，未办理"


class NewInspection(BaseModel):
    """督查情况表 of one school."""

    model_config = ConfigDict(extra="forbid")
    school: Annotated[Short, Field(pattern=r"^\d{10}$")]
    inspected_on: date
    inspectors: Annotated[list[Named], Field(min_length=1, max_length=20)]
    is_responsible_inspector: bool = False
    attendance_percent: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] | None = None
    is_ledger_sampled: bool = False
    problems: Annotated[list[Long], Field(max_length=100)] = []
    rectify_by: date | None = None


class Closing(BaseModel):
    evidence: Long


class NewMeasure(BaseModel):
    """What was done, by which organ, under which document."""

    model_config = ConfigDict(extra="forbid")
    measure: Measure
    organ: Named
    document_no: Annotated[Short, Field(min_length=2)]
    decided_on: date


def inspection_line(row: Any, today: date) -> dict[str, Any]:
    """Write one inspection for API and command line."""
    status, label = "none", "无需整改"
    if row.rectify_by is not None:
        status, label = "open", "整改中"
        if row.closed_on is not None:
            status, label = "closed", "已销号"
        elif row.rectify_by < today:
            status, label = "overdue", "整改逾期"
    percent = row.attendance_percent
    return {
        "id": str(row.id), "school": row.office, "inspected_on": str(row.inspected_on),
        "inspectors": row.inspectors, "problems": row.problems,
        "attendance_percent": str(percent) if percent is not None else None,
        "is_ledger_sampled": row.is_ledger_sampled,
        "rectify_by": str(row.rectify_by) if row.rectify_by else None, "status": status,
        "status_label": label, "closed_on": str(row.closed_on) if row.closed_on else None,
        "closed_by": row.closed_by, "evidence": row.evidence,
    }  # fmt: skip


def _check(said: NewInspection, today: date) -> None:
    wrong = None
    if len(set(said.inspectors)) < 2 and not said.is_responsible_inspector:
        wrong = "督查应有两人以上，或由责任督学进行。"
    elif said.inspected_on > today:
        wrong = "督查日期不能晚于今天。"
    elif bool(said.problems) != (said.rectify_by is not None):
        wrong = "发现问题的须写明整改期限；没有问题的不填期限。"
    elif said.rectify_by is not None and said.rectify_by < said.inspected_on:
        wrong = "整改期限不能早于督查日期。"
    if wrong:
        raise Problem(422, _INVALID, wrong, "invalid")


@router.post("/api/inspections", status_code=201, summary="登记督查情况表；例行督导任务随之完成")
async def record(
    said: NewInspection,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    must_be(actor, INSPECTS, "登记督查情况")
    key = f"{actor.id}/{request_id(idempotency_key)}"
    now = here.clock()
    _check(said, legal_date(now))
    facts = said.model_dump(exclude={"school"}) | {"county": actor.office, "office": said.school}
    facts["inspectors"] = sorted(set(said.inspectors), key=said.inspectors.index)
    async with here.engine.begin() as connection:
        query = text("select 1 from school where code = :code and county = :county")
        keys = {"code": said.school, "county": actor.office}
        if (await connection.execute(query, keys)).one_or_none() is None:
            raise not_found("学校")
        row = await write_once(connection, InspectionRecord, key, actor, now, facts)
        settled = 0
        for duty in ("inspection", "school_inspection"):
            settled += await settle_shown(connection, actor.office, duty, now, actor.id)
    return inspection_line(row, legal_date(now)) | {"duties_settled": settled}


@router.get("/api/inspections", summary="督查情况与限期整改")
async def inspections(
    here: ServicesHere, actor: ActorHere, is_overdue: bool = False, since: Day | None = None
) -> dict[str, Any]:
    must_read_file(actor)
    today = legal_date(here.clock())
    async with here.engine.connect() as connection:
        rows = await store.inspections(
            connection, owed_by(InspectionRecord, actor), since=since,
            overdue_on=today if is_overdue else None,
        )  # fmt: skip
    lines = [inspection_line(row, today) for row in rows]
    statuses = [line["status"] for line in lines]
    counts = {each: statuses.count(each) for each in ("none", "open", "overdue", "closed")}
    return {"inspections": lines, "counts": counts}


@router.post("/api/inspections/{identity}/close", summary="整改销号：由督导一方核实，附证据")
async def close(
    identity: UUID, said: Closing, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    if actor.role not in INSPECTS:
        raise Problem(
            403, "不在您的办理范围", "被督查单位不能自己销号，由督导或县教体局核实。", "forbidden"
        )
    today = legal_date(here.clock())
    scope = owed_by(InspectionRecord, actor)
    async with here.engine.begin() as connection:
        row = await store.one(connection, InspectionRecord, scope, identity)
        if row is None:
            raise not_found("督查记录")
        if row.rectify_by is None:
            raise Problem(422, "无需整改", "这次督查没有发现问题，不需要销号。", "nothing_to_close")
        await store.close_inspection(connection, identity, today, actor.id, said.evidence)
        return inspection_line(
            await store.one(connection, InspectionRecord, scope, identity), today
        )


def measure_line(row: Any) -> dict[str, Any]:
    return {
        "measure": row.measure, "label": Measure(row.measure).label, "organ": row.organ,
        "document_no": row.document_no, "decided_on": str(row.decided_on),
        "recorded_by": row.recorded_by,
    }  # fmt: skip


@router.post(
    "/api/supervision/clues/{identity}/measures", status_code=201,
    summary="登记有权机关已采取的问责措施（系统不提出措施）",
)  # fmt: skip
async def take_measure(
    identity: UUID,
    said: NewMeasure,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    if not may_decide_clue(actor):
        raise Problem(403, "不在您的办理范围", "问责措施由督导或县领导小组登记。", "forbidden")
    key = f"{actor.id}/{request_id(idempotency_key)}"
    now = here.clock()
    async with here.engine.begin() as connection:
        clue = await clues.get_clue(connection, owed_by(AccountabilityClue, actor), identity)
        if clue is None:
            raise not_found("线索")
        if clue.status != ClueStatus.CONFIRMED.value:
            said_ = "线索还没有认定属实，不能登记问责措施。"
            raise Problem(422, "未登记", said_, "clue_not_confirmed")
        if not clue.missed_on <= said.decided_on <= legal_date(now):
            raise Problem(422, _INVALID, "决定日期应在逾期之后、今天之前。", "invalid")
        facts = said.model_dump() | {"measure": said.measure.value, "clue_id": identity}
        await write_once(connection, ClueMeasure, key, actor, now, facts)
        rows = await store.measures_of(connection, identity)
    return {"measures": [measure_line(row) for row in rows]}


@router.get("/api/supervision/clues/{identity}/measures", summary="一条线索的问责措施")
async def measures(identity: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_read_file(actor)
    async with here.engine.connect() as connection:
        scope = owed_by(AccountabilityClue, actor)
        if await clues.get_clue(connection, scope, identity) is None:
            raise not_found("线索")
        rows = await store.measures_of(connection, identity)
    return {"measures": [measure_line(row) for row in rows]}
