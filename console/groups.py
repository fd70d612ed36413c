"""Groups of children kept in sight: label, list by group, who of them has no school roll."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.scope import may_label, row_scope
from console.problems import Problem, not_found
from console.wiring import ActorHere, ServicesHere
from lifecycle.days import legal_date
from models.facts import Short
from models.groups import GroupLabel
from storage import groups
from storage.rules import policy_of

router = APIRouter(tags=["特殊群体"])


class Labelled(BaseModel):
    """A label put on or taken off, with what it rests on."""

    model_config = ConfigDict(extra="forbid")
    label: GroupLabel
    is_on: bool = True
    on: date
    source: Annotated[Short, Field(min_length=2)]


@router.post("/api/children/{child_ref}/groups", summary="登记或撤下一名儿童的群体类别")
async def label(
    child_ref: UUID, said: Labelled, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    now = here.clock()
    if said.on > legal_date(now):
        raise Problem(422, "填写有误，未办理", "日期不能晚于今天。", "invalid")
    async with here.engine.begin() as connection:
        found = await connection.execute(
            text("select school, household_county from child where ref = :ref"), {"ref": child_ref}
        )
        child = found.one_or_none()
        if child is None:
            raise not_found("儿童")
        if not may_label(actor, child.school, child.household_county):
            detail = "群体类别由本校学籍管理员、校长或县教体局经办登记。"
            raise Problem(403, "不在您的办理范围", detail, "forbidden")
        if said.is_on:
            changed = await groups.put_on(
                connection, child_ref, said.label, since=said.on, source=said.source, by=actor.id,
                at=now,
            )  # fmt: skip
        else:
            changed = await groups.take_off(connection, child_ref, said.label, said.on)
    return {"label": said.label.value, "label_text": said.label.label, "changed": changed}


@router.get("/api/groups", summary="按群体的名册：有没有学籍、有没有在办个案")
async def listed(
    here: ServicesHere, actor: ActorHere, label: GroupLabel | None = None
) -> dict[str, Any]:
    scope = row_scope(actor)
    if scope is None:
        raise Problem(403, "不在您的办理范围", "这份名册不对您的角色开放。", "forbidden")
    wanted = [each for each in GroupLabel if label in {None, each}]
    open_to = [each for each in wanted if not each.is_confidential or may_label(actor, None, "")]
    async with here.engine.connect() as connection:
        rows = await groups.members(connection, *scope, open_to)
        county = actor.office[:6]
        focus = (await policy_of(connection, county, legal_date(here.clock()))).text("focus_groups")
    named = {word.strip() for word in focus.split(",")}
    return {
        "focus": [each.label for each in GroupLabel if each.label in named],
        "children": [
            {
                "child_ref": str(row.ref), "name": row.name, "school": row.school_name,
                "grade": row.grade, "class_number": row.class_number,
                "label": GroupLabel(row.label).label, "since": str(row.since),
                "has_roll": row.roll_no is not None, "case_no": row.case_no,
            }
            for row in rows
        ],
        "without_roll": [str(row.ref) for row in rows if row.roll_no is None],
        "withheld": [each.label for each in wanted if each not in open_to],
    }  # fmt: skip


@router.get("/api/groups/poverty", summary="脱贫户和监测对象家庭：在册人数、仍未入学的个案")
async def poverty(here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    scope = row_scope(actor)
    if scope is None or scope[0] != "county":
        raise Problem(403, "不在您的办理范围", "这项统计由县级查看。", "forbidden")
    async with here.engine.connect() as connection:
        return await groups.poor_and_out(connection, scope[1])
