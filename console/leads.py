"""Leads by hand: a tip, a department's notice, a teacher's own observation."""

from __future__ import annotations

from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.scope import BLIND
from activities.leads import register_lead
from console.problems import Problem, no_nul, not_found
from console.wiring import ActorHere, Day, ServicesHere
from lifecycle.days import legal_date
from lifecycle.verbs import BY_KIND
from models.recorded import Receipt
from models.words import LeadSource

router = APIRouter(prefix="/api/leads", tags=["线索"])


class NewLead(BaseModel):
    """One lead: the child by school-roll number, and what was seen."""

    model_config = ConfigDict(extra="forbid")

    roll_no: Annotated[str, Field(min_length=4, max_length=24)]
    source: LeadSource = LeadSource.MANUAL
    absent_since: Day | None = None
    absent_days: Annotated[int, Field(ge=0, le=400)] = 0


@router.post("", status_code=201, summary="登记线索：立案，或并入该生未结的案件")
async def create(
    lead: NewLead,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: Annotated[str | None, Header(max_length=100)] = None,
) -> Receipt:
    if not idempotency_key or len(idempotency_key) < 8:
        said = "请带上 Idempotency-Key 请求头（至少 8 个字符，每次办理一个新值，重试用原值）。"
        raise Problem(400, "缺少请求编号", said, "idempotency_key_missing")
    no_nul(lead.roll_no)
    today = legal_date(here.clock())
    if lead.absent_since and lead.absent_since > today:
        raise Problem(422, "填写有误，未办理", "缺勤起始日不能晚于今天。", "invalid")
    lead_id = uuid5(NAMESPACE_URL, f"lead/{actor.id}/{idempotency_key}")
    async with here.engine.begin() as connection:
        query = text(
            "select c.ref, c.school, s.county, coalesce(c.residence_township, s.township)"
            " as township from child c join school s on s.code = c.school where c.roll_no = :roll"
        )
        child = (await connection.execute(query, {"roll": lead.roll_no})).one_or_none()
        if child is None:
            raise not_found("学籍号对应的在籍学生")
        offices = {child.school, child.township, child.county}
        if actor.role in BLIND or actor.office not in offices:
            raise Problem(403, "不在您的办理范围", "该生不在您单位范围内。", "forbidden")
        if actor.role not in BY_KIND["open_lead"].roles:  # before anything is written down
            said = f"您的角色（{actor.role.label}）不登记线索，请告知学校或县教体局。"
            raise Problem(403, "不在您的办理范围", said, "forbidden")
        child_ref: UUID = child.ref
        await register_lead(
            connection, child_ref, lead.source, today, lead.absent_since, lead.absent_days, lead_id
        )
        kept = await connection.execute(
            text("select child_ref from lead where id = :id"), {"id": lead_id}
        )
        if kept.scalar_one() != child_ref:
            said = "这个请求编号已用于另一名学生，请换一个新的 Idempotency-Key。"
            raise Problem(422, "填写有误，未办理", said, "request_id_reused")
    return await here.gateway.open_from_lead(lead_id, actor)
