"""Outside platforms: files out, receipts in, status per case, and the three-way consistency."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from access.school_roles import HANDLES_PLATFORMS
from access.scope import visible
from console.problems import Problem, no_nul, not_found
from console.school_scope import county_of, must_be, refused, school_here
from console.wiring import ActorHere, ServicesHere
from intake import platform_files
from intake.basis import basis_for
from intake.consistency import MEANINGS, consistency, workbook
from intake.platform_files import ReceiptRefused
from intake.platform_layouts import Platform, PlatformError, platform_of, platforms_in_use
from intake.problems import IntakeError
from lifecycle.days import legal_date
from storage import queries

router = APIRouter(tags=["外部平台"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOAD_LIMIT = 20 * 1024 * 1024


class ReceiptIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case_no: str
    receipt_no: Annotated[str, Field(min_length=1, max_length=60)]
    registered_on: date


def _platform(key: str) -> Platform:
    try:
        return platform_of(key)
    except PlatformError as error:
        raise not_found("平台") from error


@router.get("/api/platforms", summary="本县要登记的平台，与每案每平台的状态")
async def status(here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        _, policy = await basis_for(connection, county_of(actor), by=actor.id, at=here.clock())
        try:
            in_use = platforms_in_use(policy)
        except PlatformError as error:
            raise Problem(409, "平台列式缺失", str(error), "layout_missing") from error
        cases = await platform_files.statuses(connection, visible(actor), in_use)
    return {
        "platforms": [
            {"key": p.key, "label": p.label, "weight": p.weight, "note": p.note} for p in in_use
        ],
        "cases": cases,
    }


@router.post("/api/platforms/{key}/export", summary="导出平台文件（尚未登记的在办案件）")
async def export(key: str, here: ServicesHere, actor: ActorHere) -> Response:
    must_be(actor, HANDLES_PLATFORMS, "导出平台文件")
    platform = _platform(key)
    async with here.engine.begin() as connection:
        made = await platform_files.export(
            connection, platform, visible(actor), county=county_of(actor), by=actor.id,
            at=here.clock(),
        )  # fmt: skip
    kind = XLSX if platform.file_format == "xlsx" else "text/csv; charset=utf-8"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}",
        "X-Case-Count": str(made.case_count),
    }
    return Response(made.content, media_type=kind, headers=headers)


@router.post("/api/platforms/{key}/receipts", status_code=201, summary="登记平台回执号")
async def receipt(
    key: str, said: ReceiptIn, here: ServicesHere, actor: ActorHere
) -> dict[str, bool]:
    must_be(actor, HANDLES_PLATFORMS, "登记回执号")
    platform = _platform(key)
    no_nul([said.case_no, said.receipt_no])
    if said.registered_on > legal_date(here.clock()):
        raise Problem(422, "填写有误，未办理", "登记日期不能晚于今天。", "invalid")
    async with here.engine.begin() as connection:
        row = await queries.get_case(connection, visible(actor), said.case_no)
        if row is None:
            raise not_found("案件")
        try:
            is_new = await platform_files.record_receipt(
                connection, row.case_id, platform, said.receipt_no, on=said.registered_on,
                by=actor.id, at=here.clock(),
            )  # fmt: skip
        except ReceiptRefused as error:
            raise refused(error, error.code) from error
    return {"is_new": is_new}


@router.post("/api/platforms/{key}/results", summary="导入平台回执文件（CSV 或 XLSX）")
async def results(
    key: str, file: UploadFile, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    must_be(actor, HANDLES_PLATFORMS, "导入回执")
    platform = _platform(key)
    content = await file.read(UPLOAD_LIMIT + 1)
    if len(content) > UPLOAD_LIMIT:
        raise Problem(413, "文件太大", "回执文件不超过 20 MB。", "too_large")
    async with here.engine.begin() as connection:
        try:
            report = await platform_files.import_results(
                connection, platform, content, visible(actor), by=actor.id, at=here.clock(),
                today=legal_date(here.clock()),
            )  # fmt: skip
        except IntakeError as error:
            raise Problem(422, "文件不能导入", str(error), error.code) from error
    return {
        "registered": report.registered, "refused": report.refused,
        "unchanged": report.unchanged,
        "rejected": [{"row": row, "why": why} for row, why in report.rejected],
    }  # fmt: skip


@router.get("/api/consistency/{school}/{day}", summary="学籍＝在校＝控辍台账 核对")
async def consistent(
    school: str, day: date, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        report = await consistency(connection, school, day, place.basis)
    return {
        "is_consistent": report.is_consistent,
        "classes": [
            {
                "class_code": c.class_code, "roll": c.roll, "attending": c.attending,
                "ledger_book": c.ledger_book, "difference": c.difference,
                "is_reported": c.is_reported,
            }
            for c in report.classes
        ],
        "rows": [
            {
                "kind": r.kind, "meaning": MEANINGS[r.kind], "child_ref": r.child_ref,
                "name": r.name, "class_code": r.class_code, "case_no": r.case_no,
            }
            for r in report.rows
        ],
    }  # fmt: skip


@router.get("/api/consistency/{school}/{day}/file", summary="核对表（XLSX）")
async def consistent_file(school: str, day: date, here: ServicesHere, actor: ActorHere) -> Response:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        report = await consistency(connection, school, day, place.basis)
    name = quote(f"三方一致性-{school}-{day}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(workbook(report, place.name), media_type=XLSX, headers=headers)
