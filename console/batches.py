"""Batches of papers of no single case: draft, approve, progress, one file to print."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.scope import may_take_books
from activities.batches import (
    BatchRefused,
    KeyReused,
    approve_batch,
    draft_batch,
    may_see,
    paper_of_batch,
    serve_batch_paper,
    void_batch_paper,
    withdraw_batch,
)
from activities.entry_notices import (
    AllNotified,
    EntryRequest,
    draft_entry_notices,
    left_out_of,
    may_ask,
)
from console.papers import made
from console.problems import Problem, not_found
from console.wiring import ActorHere, Services, ServicesHere
from lifecycle.days import legal_date
from models.facts import PaperContent
from models.people import Actor
from storage import objects

router = APIRouter(prefix="/api/batches", tags=["批量文书"])
Key = Annotated[str | None, Header(max_length=100)]


class EntryNotices(BaseModel):
    """Entry notices for the children of one township (6–8月入学通知书, YN-6e)."""

    model_config = ConfigDict(extra="forbid")
    township: Annotated[str, Field(max_length=9)]
    school_year: Annotated[int, Field(ge=2000, le=2100)]
    grade: Annotated[int, Field(ge=1, le=9)] = 1
    school: Annotated[str | None, Field(max_length=10)] = None
    """Where children without a school yet are to report."""
    report_on: date
    materials: Annotated[str, Field(min_length=1, max_length=500)]


class OfficePapers(BaseModel):
    """Papers of one kind, one content each."""

    model_config = ConfigDict(extra="forbid")
    kind: Annotated[str, Field(max_length=40)]
    title: Annotated[str, Field(min_length=2, max_length=100)]
    contents: Annotated[list[PaperContent], Field(min_length=1, max_length=200)]


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=2, max_length=1000)]


class Signed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    served_on: date


@router.post("/entry-notices", status_code=201, summary="拟写一个乡镇的入学通知书")
async def entry_notices(
    body: EntryNotices, here: ServicesHere, actor: ActorHere, idempotency_key: Key = None
) -> dict[str, Any]:
    _key(idempotency_key)
    if not may_ask(actor, body.township):
        raise Problem(403, "不在您的办理范围", "只能为本乡镇或本县所属乡镇拟写。", "forbidden")
    asked = EntryRequest.model_validate(body.model_dump())
    async with here.engine.begin() as connection:
        today = legal_date(here.clock())
        identity = await _tried(
            draft_entry_notices(connection, actor, str(idempotency_key), asked, today)
        )
        left_out = await left_out_of(connection, identity)
    return await _shown(here, actor, identity) | {"left_out_children": left_out}


@router.post("", status_code=201, summary="拟写不属于个案的文书（名单、整改通知、通报）")
async def office_papers(
    body: OfficePapers, here: ServicesHere, actor: ActorHere, idempotency_key: Key = None
) -> dict[str, Any]:
    _key(idempotency_key)
    if body.kind == "entry_notice":
        raise Problem(
            422, "不能这样拟写", "入学通知书请按乡镇拟写（entry-notices）。", "wrong_road"
        )
    async with here.engine.begin() as connection:
        identity = await _tried(
            draft_batch(
                connection, actor, str(idempotency_key), body.kind, body.title,
                [(None, dict(content)) for content in body.contents], legal_date(here.clock()),
            )
        )  # fmt: skip
    return await _shown(here, actor, identity)


@router.get("", summary="本单位的批量文书")
async def batches(here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    query = text(
        "select id from paper_batch where (office = :office or county = :office) and :may"
        " order by drafted_at desc limit 100"
    )
    keys = {"office": actor.office, "may": may_take_books(actor)}
    async with here.engine.connect() as connection:
        found = list((await connection.execute(query, keys)).scalars())
    return {"batches": [await _shown(here, actor, identity) for identity in found]}


@router.get("/{batch_id}", summary="一批文书：进度和每份的文号")
async def show(batch_id: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    said = await _shown(here, actor, batch_id)
    query = text(
        "select place, doc_no, status, served_on, problem, pdf_sha256 from batch_paper"
        " where batch_id = :id order by place"
    )
    async with here.engine.connect() as connection:
        rows = (await connection.execute(query, {"id": batch_id})).all()
        left_out = await left_out_of(connection, batch_id)
    papers = [
        {"place": r.place, "doc_no": r.doc_no, "status": r.status, "served_on": r.served_on,
         "problem": r.problem, "is_rendered": r.pdf_sha256 is not None}
        for r in rows
    ]  # fmt: skip
    return said | {"papers": papers, "left_out_children": left_out}


@router.post("/{batch_id}/approve", summary="签发一批（第二人）：编号、定稿、开始打印")
async def approve(batch_id: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        today = legal_date(here.clock())
        await _tried(approve_batch(connection, actor, batch_id, today, here.public_url))
    return await _shown(here, actor, batch_id)


@router.post("/{batch_id}/withdraw", summary="撤回未签发的一批")
async def withdraw(batch_id: UUID, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        await _tried(withdraw_batch(connection, actor, batch_id))
    return await _shown(here, actor, batch_id)


@router.get("/{batch_id}/papers/{place}/preview.{form}", summary="签发前看一份（html 或 pdf）")
async def preview_paper(
    batch_id: UUID, place: int, form: Literal["html", "pdf"], here: ServicesHere, actor: ActorHere
) -> Response:
    async with here.engine.connect() as connection:
        today = legal_date(here.clock())
        data = await _tried(paper_of_batch(connection, actor, batch_id, place, today))
    return await made(data, form, f"{data.key}-{place}")


@router.post("/{batch_id}/papers/{place}/void", summary="作废一份（文号保留）")
async def void(
    batch_id: UUID, place: int, body: Reason, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        await _tried(void_batch_paper(connection, actor, batch_id, place, body.reason))
    return await _shown(here, actor, batch_id)


@router.post("/{batch_id}/papers/{place}/serve", summary="登记一份的签收")
async def serve(
    batch_id: UUID, place: int, body: Signed, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        today = legal_date(here.clock())
        await _tried(serve_batch_paper(connection, actor, batch_id, place, body.served_on, today))
    return await _shown(here, actor, batch_id)


@router.get("/{batch_id}/{which}.pdf", summary="整批打印文件（all）或签收表（list）")
async def printed(
    batch_id: UUID, which: Literal["all", "list"], here: ServicesHere, actor: ActorHere
) -> Response:
    async with here.engine.connect() as connection:
        row = await _row(connection, actor, batch_id)
        sha = row.pdf_sha256 if which == "all" else row.list_sha256
        if sha is None:
            raise Problem(
                409, "文书还没有生成", row.problem or "整批文书正在生成，请稍候。", "not_rendered"
            )
        content = await objects.get(connection, sha)
    headers = {"Content-Disposition": f'inline; filename="{row.kind}-{which}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def _row(connection: Any, actor: Actor, batch_id: UUID) -> Any:
    query = text("select * from paper_batch where id = :id")
    row = (await connection.execute(query, {"id": batch_id})).one_or_none()
    if row is None or not may_see(actor, row.office, row.county):
        raise not_found("批量文书")
    return row


async def _shown(here: Services, actor: Actor, batch_id: UUID) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        row = await _row(connection, actor, batch_id)
        query = text(
            "select count(*) filter (where pdf_sha256 is not null) from batch_paper"
            " where batch_id = :id"
        )
        done = (await connection.execute(query, {"id": batch_id})).scalar_one()
        query = text("select count(*) from batch_left_out where batch_id = :id")
        left_out = (await connection.execute(query, {"id": batch_id})).scalar_one()
    return {
        "id": str(row.id), "kind": row.kind, "title": row.title, "status": row.status,
        "drafted_by": row.drafted_by, "approved_by": row.approved_by, "issued_on": row.issued_on,
        "total": row.total, "rendered": done, "problem": row.problem, "left_out": left_out,
    }  # fmt: skip


async def _tried(work: Any) -> Any:
    try:
        return await work
    except KeyReused as error:
        raise Problem(409, "请求编号已用过", " ".join(error.problems), "key_reused") from error
    except AllNotified as error:
        raise Problem(
            422, "都已有入学通知书", " ".join(error.problems), "all_notified",
            left_out_children=error.left_out,
        ) from error  # fmt: skip
    except BatchRefused as error:
        raise Problem(422, "未办理", " ".join(error.problems), "batch_refused") from error


def _key(given: str | None) -> None:
    if not given or len(given) < 8:
        said = "请带上 Idempotency-Key 请求头（至少 8 个字符，每次办理一个新值，重试用原值）。"
        raise Problem(400, "缺少请求编号", said, "idempotency_key_missing")
