"""Leads from outside: taken in with a receipt, matched or reviewed; the reporter apart."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.outside import may_read_content, may_read_reporter, may_settle, may_take_in
from access.scope import BLIND
from console.problems import Problem, no_nul, not_found
from console.school_scope import IdempotencyKey, county_of, refused, request_id
from console.wiring import ActorHere, Services, ServicesHere
from intake import outside
from intake.new_child import NewGuardian
from intake.outside import Notice, NoticeKind, NoticeRefused, Reporter, Unlisted
from lifecycle.days import legal_date
from models.identity import Sex
from models.roster import Relation

router = APIRouter(prefix="/api/outside", tags=["外来线索"])


class ReporterIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=40)]
    phone: Annotated[str, Field(max_length=30)] = ""
    address: Annotated[str, Field(max_length=200)] = ""


class NoticeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: NoticeKind
    received_on: date
    content: Annotated[str, Field(min_length=1, max_length=4000)]
    sender: Annotated[str, Field(max_length=100)] = ""
    reference_no: Annotated[str, Field(max_length=60)] = ""
    child_name: Annotated[str, Field(max_length=40)] = ""
    child_id_no: Annotated[str, Field(max_length=30)] = ""
    child_roll_no: Annotated[str, Field(max_length=30)] = ""
    school: Annotated[str, Field(max_length=60)] = ""
    reporter: ReporterIn | None = None


class MatchIn(BaseModel):
    """Which child a notice is about, by roll number or by reference."""

    model_config = ConfigDict(extra="forbid")

    roll_no: str | None = None
    child_ref: UUID | None = None


class GuardianIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=40)]
    relation: Relation
    phone: Annotated[str, Field(max_length=30)] = ""


class UnlistedIn(BaseModel):
    """A child no roster holds; a field left out is taken from the notice."""

    model_config = ConfigDict(extra="forbid")

    sex: Sex
    birth_on: date
    name: Annotated[str, Field(max_length=40)] = ""
    id_no: Annotated[str, Field(max_length=30)] = ""
    school: Annotated[str, Field(max_length=10)] = ""
    township: Annotated[str, Field(max_length=9)] = ""
    grade: Annotated[int, Field(ge=1, le=9)] | None = None
    household_county: Annotated[str, Field(pattern=r"^(\d{6})?$")] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    guardian: GuardianIn | None = None
    is_another: bool = False


class ReasonIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=2, max_length=400)]


def sealer_of(here: Services) -> outside.Seals:
    """Return the seals of this process; without keys nothing confidential is taken in."""
    if here.sealer is None:
        said = "本进程没有载入密钥，不能登记或查看外来线索；请联系系统管理员。"
        raise Problem(503, "暂时不可用", said, "no_keys")
    return here.sealer


@router.post("", status_code=201, summary="登记举报、通报、来函；答复收件号")
async def receive(
    said: NoticeIn,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    key = request_id(idempotency_key)
    if not may_take_in(actor):
        raise Problem(403, "不在您的办理范围", "外来线索由县教体局、乡镇登记。", "forbidden")
    body = said.model_dump(mode="json")
    no_nul(body)
    if said.received_on > legal_date(here.clock()):
        raise Problem(422, "填写有误，未办理", "收到日期不能晚于今天。", "invalid")
    facts = said.model_dump(exclude={"reporter"})
    reporter = Reporter(**said.reporter.model_dump()) if said.reporter else None
    async with here.engine.begin() as connection:
        try:
            receipt = await outside.receive(
                connection, Notice(**facts, reporter=reporter), county=county_of(actor),
                by=actor.id, request_id=key, sealer=sealer_of(here),
            )  # fmt: skip
        except NoticeRefused as error:
            raise refused(error, error.code) from error
    return {
        "id": receipt.id, "receipt_no": receipt.receipt_no, "status": receipt.status,
        "reference_no": said.reference_no, "is_repeat": receipt.is_repeat,
    }  # fmt: skip


@router.get("", summary="本县外来线索；status=review 为待认人清单")
async def listed(here: ServicesHere, actor: ActorHere, status: str | None = None) -> dict[str, Any]:
    if actor.role in BLIND or not may_read_content(actor, county_of(actor)):
        raise Problem(403, "不在您的办理范围", "外来线索清单由县教体局掌握。", "forbidden")
    async with here.engine.connect() as connection:
        rows = await outside.notices(connection, county_of(actor), status=status)
    return {"notices": [dict(row._mapping) for row in rows]}


@router.get("/{notice_id}", summary="来件内容（不含举报人）")
async def show(notice_id: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        row = await _notice(connection, notice_id)
        if not may_read_content(actor, row.office):
            raise Problem(403, "不在您的办理范围", "来件内容由县教体局掌握。", "forbidden")
    return {
        "id": row.id, "kind": row.kind, "receipt_no": row.receipt_no, "sender": row.sender,
        "reference_no": row.reference_no, "received_on": row.received_on, "status": row.status,
        "matched_how": row.matched_how, "content": outside.content_of(row, sealer_of(here)),
    }  # fmt: skip


@router.post("/{notice_id}/match", summary="认定来件所指的儿童，转为线索")
async def match(
    notice_id: UUID, said: MatchIn, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        row = await _notice(connection, notice_id)
        _must_settle(actor, row.office)
        child = said.child_ref
        if said.roll_no is not None:
            no_nul(said.roll_no)
            found = await connection.execute(
                text("select ref from child where roll_no = :roll"), {"roll": said.roll_no}
            )
            child = found.scalar_one_or_none()
        if child is None:
            raise not_found("名册里的这名儿童")
        try:
            lead = await outside.match_by_hand(connection, notice_id, child, by=actor.id)
        except NoticeRefused as error:
            raise refused(error, error.code) from error
    return {"lead_id": lead}


@router.post("/{notice_id}/child", summary="名册里没有的儿童：登记本人，转为线索")
async def write_down(
    notice_id: UUID, said: UnlistedIn, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    no_nul(said.model_dump(mode="json"))
    guardian = NewGuardian(**said.guardian.model_dump()) if said.guardian else None
    child = Unlisted(**said.model_dump(exclude={"guardian"}), guardian=guardian)
    async with here.engine.begin() as connection:
        row = await _notice(connection, notice_id)
        _must_settle(actor, row.office)
        try:
            lead = await outside.write_down(connection, notice_id, child, by=actor.id)
        except NoticeRefused as error:
            raise refused(error, error.code) from error
    return {"lead_id": lead}


@router.post("/{notice_id}/reject", summary="不作为线索，写明理由，记录保留")
async def reject(
    notice_id: UUID, said: ReasonIn, here: ServicesHere, actor: ActorHere
) -> dict[str, bool]:
    no_nul(said.reason)
    async with here.engine.begin() as connection:
        row = await _notice(connection, notice_id)
        _must_settle(actor, row.office)
        try:
            await outside.reject(connection, notice_id, by=actor.id, reason=said.reason)
        except NoticeRefused as error:
            raise refused(error, error.code) from error
    return {"is_rejected": True}


@router.get("/{notice_id}/reporter", summary="举报人身份（限法规、负责人、审计，逐次留痕）")
async def reporter(
    notice_id: UUID,
    here: ServicesHere,
    actor: ActorHere,
    purpose: Annotated[str, Header(alias="X-Purpose", max_length=400)] = "",
) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        row = await _notice(connection, notice_id)
        no_nul(unquote(purpose))
        if not may_read_reporter(actor, row.office):
            raise Problem(403, "不在您的办理范围", "举报人身份只限指定人员查看。", "forbidden")
        try:
            found = await outside.read_reporter(
                connection, notice_id, actor, unquote(purpose), sealer_of(here)
            )
        except NoticeRefused as error:
            said = "查看举报人须在 X-Purpose 请求头写明用途（中文用 URL 编码）。"
            raise Problem(422, "未办理", said, error.code) from error
    if found is None:
        raise not_found("举报人记录")
    return {"name": found.name, "phone": found.phone, "address": found.address}


async def _notice(connection: Any, notice_id: UUID) -> Any:
    try:
        return await outside.notice_of(connection, notice_id)
    except NoticeRefused as error:
        raise not_found("来件") from error


def _must_settle(actor: ActorHere, office: str) -> None:
    if not may_settle(actor, office):
        raise Problem(403, "不在您的办理范围", "认人由县教体局办理。", "forbidden")
