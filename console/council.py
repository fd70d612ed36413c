"""The joint meeting over HTTP: members, meetings with minutes, decisions and whether they are done."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from access.responsibility import HOLDS_COUNCIL, of_county
from access.scope import owed_by, visible
from activities.council import decision_line
from activities.duty_done import settle_shown
from console.cases import must_read_file
from console.problems import Problem, not_found
from console.records import reused
from console.school_scope import IdempotencyKey, must_be, request_id
from console.wiring import ActorHere, Day, ServicesHere
from lifecycle.days import legal_date
from models.facts import Short
from models.oversight import CouncilDecision, CouncilMeeting, CouncilMember
from storage import council as store
from storage import queries
from storage.responsibility import Noted

router = APIRouter(prefix="/api/council", tags=["联席会议"])
Named = Annotated[Short, Field(min_length=1)]


class NewMember(BaseModel):
    """A department and its person."""

    model_config = ConfigDict(extra="forbid")
    department: Named
    person: Named
    account: Short = ""
    since: date


class Until(BaseModel):
    until: date


class NewMatter(BaseModel):
    """A case by its number or a matter in words, and what was decided."""

    model_config = ConfigDict(extra="forbid")
    case_no: Short | None = None
    matter: Short = ""
    decision: Annotated[str, Field(min_length=2, max_length=1000, pattern=r"^[^\x00]+$")]
    office: Named
    due_on: Day | None = None


class NewMeeting(BaseModel):
    model_config = ConfigDict(extra="forbid")
    held_on: date
    chair: Named
    attendees: Annotated[list[Named], Field(min_length=1, max_length=200)]
    minutes_ref: Annotated[Short, Field(min_length=2)]
    matters: Annotated[list[NewMatter], Field(max_length=200)] = []


class Finished(BaseModel):
    note: Annotated[Short, Field(min_length=2)]


@router.get("/members", summary="联席会议成员单位（某日）")
async def members(here: ServicesHere, actor: ActorHere, on: Day | None = None) -> dict[str, Any]:
    day = on or legal_date(here.clock())
    async with here.engine.connect() as connection:
        rows = await store.members_on(connection, of_county(CouncilMember, actor), day)
    return {
        "members": [
            {"id": str(row.id), "department": row.department, "person": row.person,
             "since": str(row.since)}
            for row in rows
        ]
    }  # fmt: skip


@router.post("/members", status_code=201, summary="登记成员单位")
async def add_member(
    said: NewMember, here: ServicesHere, actor: ActorHere, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    must_be(actor, HOLDS_COUNCIL, "登记联席会议成员")
    key = f"{actor.id}/{request_id(idempotency_key)}"
    async with here.engine.begin() as connection:
        made = await store.add_member(connection, actor.office, said.model_dump(), key, actor.id)
    return {"id": str(made)}


@router.post("/members/{member}/end", summary="成员离任")
async def end_member(
    member: UUID, said: Until, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    must_be(actor, HOLDS_COUNCIL, "登记联席会议成员")
    async with here.engine.begin() as connection:
        scope = of_county(CouncilMember, actor)
        if not await store.end_member(connection, scope, member, said.until):
            raise not_found("在任成员")
    return {"id": str(member), "until": str(said.until)}


@router.get("/meetings", summary="历次联席会议")
async def meetings(here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        rows = await store.meetings(connection, of_county(CouncilMeeting, actor))
    return {
        "meetings": [
            {"id": str(row.id), "held_on": str(row.held_on), "chair": row.chair,
             "attendees": row.attendees, "minutes_ref": row.minutes_ref}
            for row in rows
        ]
    }  # fmt: skip


@router.post("/meetings", status_code=201, summary="登记一次联席会议及其纪要；本期例行任务随之完成")
async def record_meeting(
    said: NewMeeting, here: ServicesHere, actor: ActorHere, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    must_be(actor, HOLDS_COUNCIL, "登记联席会议")
    key = f"{actor.id}/{request_id(idempotency_key)}"
    now = here.clock()
    if said.held_on > legal_date(now):
        raise Problem(422, "填写有误，未办理", "会议日期不能晚于今天。", "invalid")
    async with here.engine.begin() as connection:
        matters = []
        for each in said.matters:
            case = None
            if each.case_no:
                case = await queries.get_case(connection, visible(actor), each.case_no)
                if case is None:
                    raise not_found(f"案件（{each.case_no}）")
            elif len(each.matter) < 2:
                raise Problem(422, "填写有误，未办理", "议题请写明事项或案号。", "invalid")
            if each.due_on is not None and each.due_on < said.held_on:
                raise Problem(422, "填写有误，未办理", "办结期限不能早于会议日期。", "invalid")
            matters.append(
                store.Matter(
                    each.matter, each.decision, each.office, each.due_on,
                    case.case_id if case else None,
                )
            )  # fmt: skip
        meeting = store.Meeting(said.held_on, said.chair, said.attendees, said.minutes_ref, matters)
        noted = Noted(actor.id, now)
        made = await store.record_meeting(connection, actor.office, meeting, key, noted)
        kept = await store.meeting_of(connection, made)
        if (kept.held_on, kept.minutes_ref) != (said.held_on, said.minutes_ref):
            raise reused()
        settled = await settle_shown(connection, actor.office, "council", now, actor.id)
        scope = of_county(CouncilDecision, actor)
        rows = await store.decisions(connection, scope, meeting=made)
    today = legal_date(now)
    return {
        "id": str(made), "duties_settled": settled,
        "decisions": [decision_line(row, today) for row in rows],
    }  # fmt: skip


@router.get("/decisions", summary="会议决定：办理中、已逾期、已办结")
async def decisions(
    here: ServicesHere,
    actor: ActorHere,
    status: Literal["open", "overdue", "done"] | None = None,
) -> dict[str, Any]:
    today = legal_date(here.clock())
    must_read_file(actor)
    async with here.engine.connect() as connection:
        rows = await store.decisions(connection, owed_by(CouncilDecision, actor))
    lines = [decision_line(row, today) for row in rows]
    return {"decisions": [line for line in lines if status in (None, line["status"])]}


@router.post("/decisions/{meeting}/{number}/done", summary="登记一项会议决定已办结")
async def finish(
    meeting: UUID, number: int, said: Finished, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    today = legal_date(here.clock())
    scope = owed_by(CouncilDecision, actor)
    async with here.engine.begin() as connection:
        rows = await store.decisions(connection, scope, meeting=meeting)
        row = next((each for each in rows if each.number == number), None)
        if row is None:
            raise not_found("会议决定")
        if actor.office != row.office and actor.role not in HOLDS_COUNCIL:
            raise Problem(403, "不在您的办理范围", "由承办单位或会议召集单位登记。", "forbidden")
        await store.finish(connection, meeting, number, today, actor.id, said.note)
        rows = await store.decisions(connection, scope, meeting=meeting)
    return decision_line(next(each for each in rows if each.number == number), today)
