"""Leave slips: asked for, decided by a second person, ended on coming back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.school_roles import REPORTS, shown_reason
from console.problems import no_nul, not_found
from console.school_scope import IdempotencyKey, must_be, refused, request_id, school_here
from console.wiring import ActorHere, ServicesHere
from intake import leave
from intake.leave import LeaveAsked, LeaveRefused
from models.roster import AbsenceKind

router = APIRouter(prefix="/api/leave", tags=["请假"])


class LeaveIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    roll_no: Annotated[str, Field(min_length=4, max_length=24)]
    kind: AbsenceKind
    first_on: date
    last_on: date
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    is_guardian_signed: bool


class DecisionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    is_approved: bool
    note: Annotated[str, Field(max_length=200)] = ""


class BackIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    back_on: date


@router.post("", status_code=201, summary="登记请假条；答复由谁审批")
async def ask(
    said: LeaveIn,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    key = request_id(idempotency_key)
    must_be(actor, REPORTS, "登记请假")
    no_nul([said.roll_no, said.reason])
    async with here.engine.begin() as connection:
        found = await connection.execute(
            text("select ref, school from child where roll_no = :roll and school is not null"),
            {"roll": said.roll_no},
        )
        child = found.one_or_none()
        if child is None:
            raise not_found("学籍号对应的在籍学生")
        place = await school_here(connection, here, actor, child.school)
        slip = uuid5(NAMESPACE_URL, f"leave/{actor.id}/{key}")
        asked = LeaveAsked(
            slip, child.ref, said.kind, said.first_on, said.last_on, said.reason,
            said.is_guardian_signed,
        )  # fmt: skip
        try:
            role = await leave.ask(
                connection, asked, by=actor.id, at=here.clock(), calendar=place.basis.calendar,
                levels=place.policy.text("leave_approval"),
            )  # fmt: skip
        except LeaveRefused as error:
            raise refused(error, error.code) from error
    return {"id": slip, "approver_role": role, "approver": role.label}


@router.get("", summary="一所学校的请假条；未销假的单列")
async def listed(
    school: str, here: ServicesHere, actor: ActorHere, status: str | None = None
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        rows = await leave.slips_of_school(connection, school, status=status)
        open_ended = await leave.leaves_not_ended(connection, school, place.basis.as_of)
    return {
        "slips": [
            leave.listed(row, shown_reason(actor, AbsenceKind(row.kind), row.reason))
            for row in rows
        ],
        "not_ended": [row.id for row in open_ended],
    }


@router.post("/{slip}/decision", summary="批准或不批准（登记人以外的人）")
async def decide(
    slip: UUID, said: DecisionIn, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    must_be(actor, REPORTS, "审批请假")
    no_nul(said.note)
    async with here.engine.begin() as connection:
        try:
            row = await leave.slip_of(connection, slip)
            place = await school_here(connection, here, actor, row.school)
            outcome = await leave.decide_slip(
                connection, slip, actor, place.basis,
                is_approved=said.is_approved, note=said.note,
            )  # fmt: skip
        except LeaveRefused as error:
            raise refused(error, error.code) from error
    return {
        "leads_withdrawn": len(outcome.withdrawn),
        "leads_contradicted": len(outcome.contradicted),
    }


@router.post("/{slip}/end", summary="销假：自返校之日起不再算请假")
async def end(slip: UUID, said: BackIn, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_be(actor, REPORTS, "销假")
    async with here.engine.begin() as connection:
        try:
            row = await leave.slip_of(connection, slip)
            place = await school_here(connection, here, actor, row.school)
            outcome = await leave.end_leave(connection, slip, said.back_on, place.basis)
        except LeaveRefused as error:
            raise refused(error, error.code) from error
    return {"leads_opened": len(outcome.opened)}


@router.post("/{slip}/withdraw", summary="撤回请假条；曾因此不算旷课的日子重新计算")
async def withdraw(slip: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_be(actor, REPORTS, "撤回请假")
    async with here.engine.begin() as connection:
        try:
            row = await leave.slip_of(connection, slip)
            place = await school_here(connection, here, actor, row.school)
            outcome = await leave.withdraw_slip(connection, slip, place.basis)
        except LeaveRefused as error:
            raise refused(error, error.code) from error
    return {"leads_opened": len(outcome.opened)}
