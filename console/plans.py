"""Plans of the three levels and refused admissions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.responsibility import RECORDS_PLANS, REPORTS_REFUSALS, SETTLES_REFUSALS
from access.scope import owed_by, visible
from console.cases import must_read_file
from console.problems import Problem, not_found
from console.records import write_once
from console.responsible import offices_within
from console.school_scope import IdempotencyKey, county_of, must_be, request_id
from console.wiring import ActorHere, SchoolYear, ServicesHere
from lifecycle.days import legal_date
from models.facts import Short
from models.oversight import PlanDocument, PlanLevel, RefusedAdmission
from models.roster import school_year_of
from models.words import OfficeKind
from storage import oversight as store
from storage import queries

router = APIRouter(tags=["方案与招生"])
Named = Annotated[Short, Field(min_length=1)]
Long = Annotated[str, Field(min_length=2, max_length=1000, pattern=r"^[^\x00]+$")]
_INVALID = "填写有误，未办理"


class NewPlan(BaseModel):
    """One plan by the reference of its paper."""

    model_config = ConfigDict(extra="forbid")
    level: PlanLevel
    office: Short = ""
    """The school of a school's plan."""
    case_no: Short | None = None
    school_year: SchoolYear
    term: Annotated[int, Field(ge=1, le=2)] | None = None
    attachment_ref: Annotated[Short, Field(min_length=2)]
    approved_by: Named
    approved_on: date


class NewRefusal(BaseModel):
    """A pupil of the school's area was turned away."""

    model_config = ConfigDict(extra="forbid")
    school: Annotated[Short, Field(pattern=r"^\d{10}$")]
    roll_no: Annotated[Short, Field(min_length=4)]
    refused_on: date
    reason: Long


class Settled(BaseModel):
    result: Long


def plan_line(row: Any) -> dict[str, Any]:
    return {
        "level": row.level, "level_label": PlanLevel(row.level).label, "office": row.office,
        "case_no": row.case_no, "school_year": row.school_year, "term": row.term,
        "attachment_ref": row.attachment_ref, "approved_by": row.approved_by,
        "approved_on": str(row.approved_on),
    }  # fmt: skip


def refusal_line(row: Any) -> dict[str, Any]:
    """Write one refusal; the child stays a reference."""
    return {
        "id": str(row.id), "school": row.office, "child_ref": str(row.child_ref),
        "refused_on": str(row.refused_on), "reason": row.reason, "reported_by": row.reported_by,
        "settled_on": str(row.settled_on) if row.settled_on else None, "result": row.result,
    }  # fmt: skip


@router.get("/api/plans", summary="三级方案：已有的和缺的")
async def plans(
    here: ServicesHere, actor: ActorHere, school_year: SchoolYear | None = None
) -> dict[str, Any]:
    year = school_year or school_year_of(legal_date(here.clock()))
    async with here.engine.connect() as connection:
        rows = await store.plans(connection, owed_by(store.KNOWN_PLANS.c, actor), year)
        missing = await store.plans_missing(connection, county_of(actor), year)
        within = await offices_within(connection, actor)
        cases = await _cases(connection, actor)
    seen = [
        each
        for each in missing
        if (each["case_no"] in cases if each["case_no"] else within is None or each["office"] in within)
    ]  # fmt: skip
    return {"school_year": year, "plans": [plan_line(row) for row in rows], "missing": seen}


async def _cases(connection: Any, actor: Any) -> set[str]:
    wanted = queries.CaseFilter(is_open=True, limit=100_000)
    return {row.case_no for row in await queries.list_cases(connection, visible(actor), wanted)}


@router.post("/api/plans", status_code=201, summary="登记方案（一县一案、一校一案、一人一案）")
async def record_plan(
    said: NewPlan, here: ServicesHere, actor: ActorHere, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    must_be(actor, RECORDS_PLANS, "登记方案")
    key = f"{actor.id}/{request_id(idempotency_key)}"
    now = here.clock()
    if (said.level is PlanLevel.PERSON) != bool(said.case_no):
        raise Problem(422, _INVALID, "一人一方案须写明案号，其他方案不填。", "invalid")
    if said.approved_on > legal_date(now):
        raise Problem(422, _INVALID, "批准日期不能晚于今天。", "invalid")
    case_id, office = None, said.office
    async with here.engine.begin() as connection:
        if said.case_no:
            case = await queries.get_case(connection, visible(actor), said.case_no)
            if case is None:
                raise not_found("案件")
            case_id, office = case.case_id, case.school
        else:
            within = await offices_within(connection, actor)
            wanted = county_of(actor) if said.level is PlanLevel.COUNTY else office
            is_county = actor.role.office_kind is OfficeKind.COUNTY
            query = text(
                "select 1 from school where code = :code and county = :county"
                " union all select 1 from county where code = :code and :code = :county"
            )
            keys = {"code": wanted, "county": county_of(actor)}
            if (await connection.execute(query, keys)).first() is None:
                raise not_found("单位")
            if not is_county and (said.level is PlanLevel.COUNTY or wanted not in (within or [])):
                raise Problem(403, "不在您的办理范围", "这份方案不由您的单位登记。", "forbidden")
            office = wanted
        facts = said.model_dump(exclude={"case_no", "office", "level"})
        facts |= {"county": county_of(actor), "office": office, "case_id": case_id,
                  "level": said.level.value}  # fmt: skip
        await write_once(connection, PlanDocument, key, actor, now, facts)
        rows = await store.plans(connection, owed_by(store.KNOWN_PLANS.c, actor), said.school_year)
    return {"plans": [plan_line(row) for row in rows if row.office == office]}


@router.get("/api/refused-admissions", summary="拒收登记")
async def refusals(
    here: ServicesHere, actor: ActorHere, is_open: bool | None = None
) -> dict[str, Any]:
    must_read_file(actor)
    async with here.engine.connect() as connection:
        rows = await store.refusals(connection, owed_by(RefusedAdmission, actor), is_open=is_open)
    return {"refusals": [refusal_line(row) for row in rows]}


@router.post("/api/refused-admissions", status_code=201, summary="登记学校拒收片区学生，报县教体局")
async def report(
    said: NewRefusal, here: ServicesHere, actor: ActorHere, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    must_be(actor, REPORTS_REFUSALS, "登记拒收")
    key = f"{actor.id}/{request_id(idempotency_key)}"
    now, county = here.clock(), county_of(actor)
    if said.refused_on > legal_date(now):
        raise Problem(422, _INVALID, "拒收日期不能晚于今天。", "invalid")
    query = text(
        "select c.ref from child c left join school s on s.code = c.school where c.roll_no = :roll"
        " and cast(:county as text) in (s.county, c.household_county)"
        " and exists (select 1 from school t where t.code = :school and t.county = cast(:county as text))"
    )
    async with here.engine.begin() as connection:
        keys = {"roll": said.roll_no, "county": county, "school": said.school}
        child = (await connection.execute(query, keys)).one_or_none()
        if child is None:
            raise not_found("学校或学籍号对应的本县学生")
        facts = {
            "county": county, "office": said.school, "child_ref": child.ref,
            "refused_on": said.refused_on, "reason": said.reason, "reported_by": actor.id,
        }  # fmt: skip
        row = await write_once(connection, RefusedAdmission, key, actor, now, facts)
    return refusal_line(row)


@router.post("/api/refused-admissions/{identity}/settle", summary="县教体局处理拒收")
async def settle(
    identity: UUID, said: Settled, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    must_be(actor, SETTLES_REFUSALS, "处理拒收")
    scope = owed_by(RefusedAdmission, actor)
    async with here.engine.begin() as connection:
        if await store.one(connection, RefusedAdmission, scope, identity) is None:
            raise not_found("拒收登记")
        today = legal_date(here.clock())
        await store.settle_refusal(connection, identity, today, actor.id, said.result)
        return refusal_line(await store.one(connection, RefusedAdmission, scope, identity))
