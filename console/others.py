"""Papers' bytes, the supervisor's list, imports, and the process's own health."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response, UploadFile
from sqlalchemy import text

from access.scope import may_read_confidential, may_read_legal_file, visible
from activities.delivery import DOCX, PDF
from console import views
from console.problems import Problem, not_found
from console.wiring import ActorHere, ServicesHere
from intake.attendance import import_attendance
from intake.problems import IntakeError
from lifecycle.days import legal_date
from models.words import OfficeKind, Role
from papers.catalogue import paper_kind
from storage import objects, queries
from storage.rules import calendar_of

router = APIRouter()
UPLOAD_LIMIT = 50 * 1024 * 1024


@router.get("/api/papers/{name}", tags=["文书"], summary="文书原件（.pdf 或 .docx）")
async def paper_file(name: str, here: ServicesHere, actor: ActorHere) -> Response:
    stem, _, ending = name.rpartition(".")
    try:
        paper_id = UUID(stem)
    except ValueError as error:
        raise not_found("文书") from error
    form: Literal["pdf", "docx"]
    if ending == "pdf":
        form = "pdf"
    elif ending == "docx":
        form = "docx"
    else:
        raise not_found("文书")
    if not may_read_legal_file(actor):
        raise Problem(
            403, "不在您的办理范围", f"{actor.role.label}账号不能查看案卷与文书。", "forbidden"
        )
    async with here.engine.connect() as connection:
        row = await queries.get_paper(connection, visible(actor), paper_id)
        if row is None:
            raise not_found("文书")
        if paper_kind(row.kind).is_confidential and not may_read_confidential(actor):
            said = "这份文书含有保密信息，只由县教体局承办人员查看。"
            raise Problem(403, "不在您的办理范围", said, "forbidden")
        sha = row.pdf_sha256 if form == "pdf" else row.docx_sha256
        if sha is None:
            said = row.problem or "文书正在生成，请稍候几秒再取。"
            raise Problem(409, "文书还没有生成", said, "not_rendered")
        content = await objects.get(connection, sha)
    headers = {
        "Content-Disposition": f'inline; filename="{row.kind}-{row.year}-{row.serial}.{form}"',
        "ETag": f'"{sha}"',
    }
    return Response(content, media_type=PDF if form == "pdf" else DOCX, headers=headers)


@router.get("/api/supervision/stalled", tags=["督办"], summary="停滞案件：谁该动、为什么")
async def stalled(
    here: ServicesHere, actor: ActorHere, days: Annotated[int, Query(ge=1, le=365)] = 14
) -> dict[str, Any]:
    now = here.clock()
    async with here.engine.connect() as connection:
        rows = await queries.stalled(connection, visible(actor), now, days)
    return {"cases": [views.case_line(row) | {"why": why_stalled(row, now, days)} for row in rows]}


def why_stalled(row: Any, now: Any, days: int) -> list[str]:
    """Say in Chinese why a case is on the supervisor's list."""
    why = []
    if row.missed:
        why.append(f"逾期未办：{row.missed}（最早{row.missed_since}到期）")
    idle = (now - row.last_event_at).days
    if idle >= days:
        why.append(f"{idle}天没有任何进展")
    if row.next_due_at is None:
        why.append("没有走动的计时")
    elif (now - row.next_due_at).total_seconds() > 900:
        why.append("计时已停，请检查流程引擎或运行 guixue rebuild")
    return why


@router.post("/api/imports", tags=["导入"], summary="导入考勤文件（CSV 或 XLSX）")
async def imports(file: UploadFile, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    allowed = {Role.REGISTRAR, Role.PRINCIPAL, Role.EDU_CASE, Role.CENTER_SCHOOL}
    if actor.role not in allowed:
        raise Problem(403, "不在您的办理范围", "考勤由学校或县教体局导入。", "forbidden")
    content = await file.read(UPLOAD_LIMIT + 1)
    if len(content) > UPLOAD_LIMIT:
        raise Problem(413, "文件太大", "单个文件不超过 50 MB，请按学校或月份拆分。", "too_large")
    with tempfile.TemporaryDirectory(dir=here.uploads) as folder:
        path = Path(folder) / _plain_name(file.filename)
        path.write_bytes(content)
        async with here.engine.begin() as connection:
            county = await _county(connection, actor.office, actor.role.office_kind)
            today = legal_date(here.clock())
            calendar = await calendar_of(connection, county, today)
            try:
                report = await import_attendance(
                    connection, path, by=actor.id, calendar=calendar, as_of=today
                )
            except IntakeError as error:
                raise Problem(422, "文件不能导入", str(error), error.code) from error
    return {
        "rows_total": report.rows_total,
        "rows_ok": report.rows_ok,
        "rows_rejected": len(report.rejected),
        "problems": report.problems(),
        "leads_opened": len(report.leads.opened),
        "leads_withdrawn": len(report.leads.withdrawn),
        "unknown_days": report.unknown_days,
        "streaks": [
            {"child_ref": s.child_ref, "before": s.before, "after": s.after}
            for s in report.leads.streaks
        ],
        "sentences": list(report.sentences()),
    }


def _plain_name(given: str | None) -> str:
    """Keep of an uploaded file's name what no file system stumbles over."""
    letters = re.sub(r"[\x00-\x1f\x7f/\\\ud800-\udfff]", "", (given or "").rpartition("/")[2])
    stem, dot, ending = letters.strip(". ").rpartition(".")
    return f"{stem[:40]}{dot}{ending[:10]}" if stem else "考勤.csv"


async def _county(connection: Any, office: str, kind: OfficeKind) -> str:
    if kind is OfficeKind.COUNTY:
        return office
    return office[:6]


@router.get("/livez", include_in_schema=False)
async def livez() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz", include_in_schema=False)
async def readyz(here: ServicesHere) -> dict[str, str]:
    async with here.engine.connect() as connection:
        await connection.execute(text("select 1 from case_file limit 1"))
    await here.gateway.check_engine()
    return {"status": "ready"}
