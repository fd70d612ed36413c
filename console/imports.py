"""Lists over HTTP: look how a file would be read, take it in, fetch what was refused."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import FileResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import READS_LISTS, may_import
from activities import census_reading as reading
from console.problems import Problem, no_nul, not_found
from console.wiring import ActorHere, Services, ServicesHere
from intake.columns import labels
from intake.problems import FileProblem, IntakeError
from intake.roster_store import Place
from intake.rosters import Order, Preview, RosterReport, import_roster, preview
from lifecycle.days import legal_date
from models.people import Actor
from models.rosters import RosterKind, term_of

router = APIRouter(prefix="/api/imports", tags=["名册"])
LARGEST = 256 << 20
TERM = r"^\d{4}-[12]$"


async def county_of(connection: AsyncConnection, actor: Actor) -> str:
    """Give the county of the actor's office; nobody without one sees a list."""
    query = text(
        "select county from school where code = :office union all"
        " select county from township where code = :office union all"
        " select code from county where code = :office limit 1"
    )
    found = (await connection.execute(query, {"office": actor.office})).scalar_one_or_none()
    if found is None or actor.role not in READS_LISTS:
        raise Problem(403, "不在您的办理范围", "您的单位没有可查看的名册。", "forbidden")
    return str(found)


@router.post("/{kind}", summary="导入名册；is_dry_run 只看各列如何识别，不写入")
async def take_in(
    here: ServicesHere,
    actor: ActorHere,
    kind: RosterKind,
    file: Annotated[UploadFile, File(description="CSV 或 XLSX")],
    source: Annotated[str, Form(max_length=24)] = "",
    term: Annotated[str, Form(pattern=TERM)] = "",
    signed_by: Annotated[str, Form(max_length=40)] = "",
    columns: Annotated[
        str, Form(max_length=8000, description="JSON：列名（或“第3列”）→ 项目")
    ] = "{}",
    is_dry_run: Annotated[bool, Form()] = False,
    may_restore: Annotated[bool, Form(description="恢复已被后来的文件替代的文件")] = False,
    may_remove: Annotated[int, Form(ge=0, description="减少很多时，写明允许移出的行数")] = 0,
) -> dict[str, Any]:
    no_nul([source, signed_by, columns, file.filename])
    chosen = _chosen(columns)
    async with here.engine.connect() as connection:
        county = await county_of(connection, actor)
    place = Place(county, kind, term or term_of(legal_date(here.clock())), source or actor.office)
    if not may_import(actor, place.source, county):
        raise Problem(403, "不在您的办理范围", "只能导入本单位报送的名册。", "forbidden")
    if not is_dry_run and not signed_by.strip():
        said = "请写明摸底签字人 signed_by（谁摸底谁签字谁负责）。"
        raise Problem(422, "填写有误，未办理", said, "invalid")
    order = Order(
        place, actor.id, signed_by.strip(), chosen, may_restore, may_remove,
        _plain(file.filename or ""),
    )  # fmt: skip
    folder = here.uploads / f"import-{uuid4()}"
    await asyncio.to_thread(folder.mkdir, 0o700, True)
    path = folder / "名册"
    refused = f"{place.county}.{place.source}.{uuid4()}"
    try:
        await asyncio.to_thread(_keep, file, path)
        if is_dry_run:
            async with here.engine.connect() as connection:
                return _previewed(await preview(connection, path, order))
        async with here.engine.begin() as connection:
            report = await import_roster(
                connection, path, order, errors_to=_errors_path(here, refused)
            )
        return _reported(report, refused)
    except IntakeError as error:
        errors: dict[str, Any] = {}
        if error.code is FileProblem.REMOVES_MUCH:
            errors = {name: error.values[name] for name in ("held", "removed")}
        if _errors_path(here, refused).exists():
            errors |= {"refused_rows": f"/api/imports/refused/{refused}"}
        raise Problem(422, "没有导入任何内容", str(error), error.code.value, **errors) from None
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, True)


def _plain(name: str) -> str:
    """Keep of an uploaded file's name what can be stored."""
    return "".join(letter for letter in name if letter.isprintable())[-80:]


def _chosen(columns: str) -> dict[str, str]:
    try:
        found = json.loads(columns)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(word, str) for pair in found.items() for word in pair
    ):
        said = 'columns 应是 JSON，例如 {"登记姓名": "name"}；不导入某列写空字符串。'
        raise Problem(422, "填写有误，未办理", said, "invalid")
    return found


def _keep(file: UploadFile, path: Path) -> None:
    left = LARGEST
    with path.open("wb") as target:
        while piece := file.file.read(1 << 20):
            left -= len(piece)
            if left < 0:
                said = f"单个文件不超过 {LARGEST >> 20} MB，请按学校或乡镇拆分。"
                raise Problem(413, "文件太大", said, "too_large")
            target.write(piece)


def _errors_path(here: Services, name: str) -> Path:
    folder = here.uploads / "refused"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{name}.xlsx"


def _previewed(found: Preview) -> dict[str, Any]:
    return {
        "columns": [
            {"header": c.header, "field": c.field, "label": c.label, "why": c.why}
            for c in found.columns
        ],
        "fields": labels(), "header_row": found.header_row, "rows_total": found.rows_total,
        "rows_rejected": found.rows_rejected, "problems": dict(found.problems),
        "is_amendment": found.is_amendment, "is_repeat": found.is_repeat, "added": found.added,
        "changed": found.changed, "removed": found.removed, "kept": found.kept, "held": found.held,
        "is_too_much": found.is_too_much, "sentences": found.sentences(),
    }  # fmt: skip


def _reported(report: RosterReport, refused: str) -> dict[str, Any]:
    return {
        "id": str(report.import_id), "file_sha256": report.file_sha256, "is_void": report.is_void,
        "rows_total": report.rows_total, "rows_accepted": report.rows_accepted,
        "rows_rejected": report.rows_rejected, "added": report.added, "changed": report.changed,
        "removed": report.removed, "unchanged": report.unchanged, "kept": report.kept, "matched": report.matched,
        "changed_fields": dict(report.changed_fields), "problems": dict(report.problems),
        "flags": dict(report.flags), "sentences": report.sentences(),
        "refused_rows": f"/api/imports/refused/{refused}" if report.error_file else None,
    }  # fmt: skip


@router.get("/records", summary="本县一个学期的导入记录：谁、何时、谁签字、改了什么")
async def records(
    here: ServicesHere, actor: ActorHere, term: Annotated[str, Query(pattern=TERM)] = ""
) -> list[dict[str, Any]]:
    async with here.engine.connect() as connection:
        county = await county_of(connection, actor)
        found = await reading.imports(connection, county, term or term_of(legal_date(here.clock())))
    return [one for one in found if actor.office in (one["source"], county)]


@router.get("/refused/{name}", summary="下载退回的错误行", response_class=FileResponse)
async def refused_rows(here: ServicesHere, actor: ActorHere, name: str) -> FileResponse:
    county, _, rest = name.partition(".")
    source, _, last = rest.rpartition(".")
    try:
        UUID(last)
    except ValueError:
        raise not_found("退回文件") from None
    path = here.uploads / "refused" / f"{name}.xlsx"
    inside = path.resolve().parent == (here.uploads / "refused").resolve()
    if not inside or not may_import(actor, source, county) or not path.is_file():
        raise not_found("退回文件")
    return FileResponse(path, filename="退回的错误行.xlsx")
