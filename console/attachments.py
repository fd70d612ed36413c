"""Evidence files over HTTP: upload, list, fetch; each reading leaves a trace."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Response, UploadFile
from sqlalchemy import text

from access.scope import may_read_legal_file, visible
from activities.attachments import attachments_of, fetch, keep
from activities.sealing import Sealer
from console.cases import case_within, must_read_file
from console.problems import Problem, no_nul, not_found
from console.wiring import ActorHere, Services, ServicesHere
from models.people import Actor
from models.words import Role
from papers.attached import LARGEST_BYTES, AttachmentRefused
from storage import queries

router = APIRouter(tags=["附件"])
READERS_ONLY = frozenset({Role.AUDITOR, Role.SUPERVISOR})


@router.post("/api/cases/{case_no}/attachments", status_code=201, summary="上传照片或扫描件")
async def upload(
    case_no: str,
    file: UploadFile,
    evidence_ref: Annotated[str, Form(min_length=1, max_length=200)],
    here: ServicesHere,
    actor: ActorHere,
) -> dict[str, Any]:
    no_nul(evidence_ref)
    if actor.role in READERS_ONLY:
        raise Problem(403, "不在您的办理范围", "您的角色只查看，不上传。", "forbidden")
    content = await file.read(LARGEST_BYTES + 1)
    async with here.engine.begin() as connection:
        row = await case_within(connection, actor, case_no)
        try:
            identity = await keep(
                connection, _sealer(here), row.case_id, evidence_ref, file.filename or "",
                content, actor,
            )  # fmt: skip
        except AttachmentRefused as error:
            status = 413 if error.code == "too_large" else 422
            raise Problem(status, "附件没有保存", str(error), error.code) from error
    return {"id": str(identity), "evidence_ref": evidence_ref, "size_bytes": len(content)}


@router.get("/api/cases/{case_no}/attachments", summary="案件的附件")
async def list_attachments(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_read_file(actor)
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
        rows = await attachments_of(connection, row.case_id)
    return {"attachments": [shown(item) for item in rows]}


def shown(row: Any) -> dict[str, Any]:
    """Send one line of the list, field by field."""
    return {
        "id": str(row.id),
        "evidence_ref": row.evidence_ref,
        "event_seq": row.event_seq,
        "file_name": row.file_name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "sha256": row.sha256,
        "uploaded_by": row.uploaded_by,
        "uploaded_at": row.uploaded_at,
        "has_thumbnail": row.has_thumbnail,
    }


@router.get("/api/attachments/{attachment_id}", summary="附件原件（记录查看人）")
async def whole(attachment_id: UUID, here: ServicesHere, actor: ActorHere) -> Response:
    return await _sent(here, actor, attachment_id, is_small=False)


@router.get("/api/attachments/{attachment_id}/thumbnail", summary="照片缩略图")
async def small(attachment_id: UUID, here: ServicesHere, actor: ActorHere) -> Response:
    return await _sent(here, actor, attachment_id, is_small=True)


async def _sent(here: Services, actor: Actor, attachment_id: UUID, *, is_small: bool) -> Response:
    if not may_read_legal_file(actor):
        raise Problem(
            403, "不在您的办理范围", f"{actor.role.label}账号不能查看案卷与文书。", "forbidden"
        )
    async with here.engine.begin() as connection:
        found = await connection.execute(
            text(
                "select f.case_no from attachment a join case_file f using (case_id)"
                " where a.id = :id"
            ),
            {"id": attachment_id},
        )
        case_no = found.scalar_one_or_none()
        if case_no is None or await queries.get_case(connection, visible(actor), case_no) is None:
            raise not_found("附件")
        try:
            file = await fetch(connection, _sealer(here), attachment_id, actor, is_small=is_small)
        except LookupError as error:
            raise not_found("附件") from error
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(file.file_name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(file.content, media_type=file.media_type, headers=headers)


def _sealer(here: Services) -> Sealer:
    if here.sealer is None:
        raise Problem(503, "附件暂不可用", "本进程没有配置附件的密钥。", "no_key")
    return here.sealer
