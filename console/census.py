"""The census over HTTP: start, see, answer for differences, judge matches."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import ANSWERS_DIFFERENCES
from activities import census_reading as reading
from activities.campaign import compare_by_workflow
from activities.census import NoSuchCensus, read_census, start_census
from activities.census_export import export_census
from activities.census_tasks import (
    CensusRefused,
    NoSuchTask,
    TaskAnswer,
    answer_match,
    answer_task,
    reopen_task,
    see_task,
)
from console.imports import TERM, county_of
from console.problems import Problem, no_nul, not_found
from console.wiring import ActorHere, ServicesHere
from lifecycle.days import legal_date
from models.census import Difference, Finding, MatchAnswer, TaskStatus
from models.people import Actor
from models.rosters import term_of
from models.words import OfficeKind, Whereabouts

router = APIRouter(prefix="/api", tags=["四查三比对"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Said = Annotated[str, Field(min_length=1, max_length=200)]


class NewCensus(BaseModel):
    """Which term to compare, and until when differences must be answered for."""

    model_config = ConfigDict(extra="forbid")

    term: Annotated[str, Field(pattern=TERM)] | None = None
    due_on: date | None = None


class NewAnswer(BaseModel):
    """What was found about one difference."""

    model_config = ConfigDict(extra="forbid")

    finding: Finding
    cause: Said
    whereabouts: Whereabouts
    signed_by: Said
    note: Annotated[str, Field(max_length=500)] = ""
    school: Annotated[str, Field(max_length=10)] = ""


class Withdrawal(BaseModel):
    """Why an answer is taken back, and who signs for it."""

    model_config = ConfigDict(extra="forbid")

    reason: Said
    signed_by: Said


class Verdict(BaseModel):
    """Whether two entries are one child."""

    model_config = ConfigDict(extra="forbid")

    answer: MatchAnswer
    note: Annotated[str, Field(max_length=500)] = ""


async def _census(connection: AsyncConnection, actor: Actor, census_id: UUID) -> Any:
    try:
        census = await read_census(connection, census_id)
    except NoSuchCensus:
        raise not_found("比对") from None
    if census.county != await county_of(connection, actor):
        raise not_found("比对")
    return census


@router.post("/census", status_code=202, summary="启动或重新比对一个学期的四查三比对")
async def begin(asked: NewCensus, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    is_county = actor.role.office_kind is OfficeKind.COUNTY
    if not is_county or actor.role not in ANSWERS_DIFFERENCES:
        raise Problem(403, "不在您的办理范围", "四查三比对由县教体局启动。", "forbidden")
    now = here.clock()
    async with here.engine.begin() as connection:
        county = await county_of(connection, actor)
        one = await start_census(
            connection, county, asked.term or term_of(legal_date(now)), by=actor.id, at=now,
            due_on=asked.due_on,
        )  # fmt: skip
        due = (await read_census(connection, one)).due_on
    await compare_by_workflow(here.gateway.client, here.gateway.task_queue, one, due)
    return {"id": str(one), "due_on": due}


@router.get("/census", summary="本县的各次四查三比对")
async def overview(here: ServicesHere, actor: ActorHere) -> list[dict[str, Any]]:
    async with here.engine.connect() as connection:
        county = await county_of(connection, actor)
        found = await reading.censuses(connection, county)
    if actor.role.office_kind is OfficeKind.COUNTY:
        return found
    kept = ("id", "term", "term_label", "method", "method_label", "as_of", "due_on", "ran_at")
    return [{name: one[name] for name in kept} for one in found]


@router.get("/census/{census_id}/tasks", summary="差异核实任务，按负责单位排列")
async def tasks(
    here: ServicesHere,
    actor: ActorHere,
    census_id: UUID,
    difference: Difference | None = None,
    status: TaskStatus | None = None,
    owner: Annotated[str | None, Query(max_length=10)] = None,
    after: Annotated[str, Query(max_length=36)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[dict[str, Any]]:
    async with here.engine.connect() as connection:
        await _census(connection, actor, census_id)
        return await reading.tasks(
            connection, census_id, actor, difference=difference, status=status, owner=owner,
            after=after, limit=limit,
        )  # fmt: skip


@router.get("/census/{census_id}/summary", summary="汇总表和每一列的算法")
async def summary(
    here: ServicesHere,
    actor: ActorHere,
    census_id: UUID,
    level: Annotated[str, Query(pattern="^(county|township|school|class)$")] = "school",
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        await _census(connection, actor, census_id)
        lines = await reading.summary(connection, census_id, level, actor)
    return {"lines": lines, "formulas": reading.formulas()}


@router.get("/census/{census_id}.xlsx", summary="汇总表和差异表", response_class=Response)
async def workbook(here: ServicesHere, actor: ActorHere, census_id: UUID) -> Response:
    async with here.engine.connect() as connection:
        await _census(connection, actor, census_id)
        content = await export_census(connection, census_id, actor)
    return Response(content, media_type=XLSX)


@router.get("/census/tasks/{task_id}", summary="一项差异和它的历次核实结论")
async def one_task(here: ServicesHere, actor: ActorHere, task_id: UUID) -> dict[str, Any]:
    try:
        async with here.engine.connect() as connection:
            task = await see_task(connection, task_id, actor)
            return task | {"answers": await reading.answers(connection, task_id)}
    except NoSuchTask:
        raise not_found("差异") from None


@router.post("/census/tasks/{task_id}/answers", summary="核销一项差异：原因、去向、签字")
async def close(
    answer: NewAnswer, here: ServicesHere, actor: ActorHere, task_id: UUID
) -> dict[str, Any]:
    no_nul(answer.model_dump(mode="json"))
    given = TaskAnswer(**answer.model_dump())
    try:
        async with here.engine.begin() as connection:
            lead = await answer_task(connection, task_id, given, actor, here.clock())
    except CensusRefused as refused:
        raise Problem(422, "条件未满足，未办理", str(refused), "refused") from None
    except NoSuchTask:
        raise not_found("差异") from None
    return {"status": TaskStatus.CLOSED.value, "lead_id": str(lead) if lead else None}


@router.post("/census/tasks/{task_id}/reopen", summary="撤回核实结论，原记录保留")
async def withdraw(
    why: Withdrawal, here: ServicesHere, actor: ActorHere, task_id: UUID
) -> dict[str, Any]:
    no_nul(why.model_dump())
    try:
        async with here.engine.begin() as connection:
            await reopen_task(connection, task_id, why.reason, why.signed_by, actor, here.clock())
    except CensusRefused as refused:
        raise Problem(422, "条件未满足，未办理", str(refused), "refused") from None
    except NoSuchTask:
        raise not_found("差异") from None
    return {"status": TaskStatus.OPEN.value}


@router.get("/matches", summary="待核对的人员匹配")
async def questions(
    here: ServicesHere, actor: ActorHere, is_open: bool = True
) -> list[dict[str, Any]]:
    async with here.engine.connect() as connection:
        county = await county_of(connection, actor)
        return await reading.reviews(connection, county, actor, is_open=is_open)


@router.post("/matches/{review_id}/answers", summary="回答一组匹配，历次回答都保留")
async def judge(
    verdict: Verdict, here: ServicesHere, actor: ActorHere, review_id: UUID
) -> dict[str, str]:
    no_nul(verdict.note)
    if actor.role not in ANSWERS_DIFFERENCES:
        raise Problem(403, "不在您的办理范围", "您的角色不核对人员匹配。", "forbidden")
    try:
        async with here.engine.begin() as connection:
            await answer_match(
                connection, review_id, verdict.answer, verdict.note, actor, here.clock()
            )
    except NoSuchTask:
        raise not_found("匹配问题") from None
    return {"answer": verdict.answer.value}
