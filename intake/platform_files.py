"""Exchange with outside platforms by file and by hand: export, receipt, status per case."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from xlsxwriter import Workbook

from intake.platform_layouts import CaseField, Platform
from intake.reading import read_sheets
from intake.tabular import PlainRow, read_table
from intake.wording import day_of
from models.base import digest
from models.roster import Child, School
from models.state import CaseState
from models.tables import CaseFile

_case: Any = CaseFile
_child: Any = Child
_school: Any = School


class ReceiptProblem(StrEnum):
    NO_RECEIPT = "no_receipt"
    RECEIPT_USED = "receipt_used"
    CASE_UNKNOWN = "case_unknown"
    OTHER_RECEIPT = "other_receipt"
    DATE = "date"


SENTENCES = {
    ReceiptProblem.NO_RECEIPT: "没有回执号，也没有说明退回，无法登记",
    ReceiptProblem.RECEIPT_USED: "这个回执号已登记在另一个案件上，请核对",
    ReceiptProblem.CASE_UNKNOWN: "找不到对应的案件，请核对案号或学籍号，或不在您的办理范围",
    ReceiptProblem.OTHER_RECEIPT: "本案在该平台已登记另一个回执号，请先核对是否重复登记",
    ReceiptProblem.DATE: "登记日期无法识别，请写成 2026-11-22 的样子",
}


class ReceiptRefused(Exception):
    """A receipt that cannot be recorded; ``str()`` says in Chinese what to do."""

    def __init__(self, code: ReceiptProblem) -> None:
        super().__init__(SENTENCES[code] + "。")
        self.code = code


@dataclass(frozen=True, slots=True)
class ExportFile:
    id: UUID
    name: str
    content: bytes
    case_count: int


@dataclass(frozen=True, slots=True)
class ResultReport:
    registered: int
    refused: int
    unchanged: int
    rejected: tuple[tuple[int, str], ...]
    """Row number on the sheet and what to do about it."""


async def export(
    connection: AsyncConnection,
    platform: Platform,
    scope: ColumnElement[bool],
    *,
    county: str,
    by: str,
    at: datetime,
    only_waiting: bool = True,
) -> ExportFile:
    """Write the file a platform takes, of the cases in scope that it has not registered yet."""
    rows = await _cases(connection, scope, platform, only_waiting=only_waiting)
    guardians = await _guardians(connection, [row.child_ref for row in rows])
    table = [[column.title for column in platform.columns]]
    for row in rows:
        words = _words(row, guardians.get(row.child_ref))
        table.append([words[column.field] for column in platform.columns])
    content = _xlsx(table, platform.sheet) if platform.file_format == "xlsx" else _csv(table)
    export_id = uuid4()
    await connection.execute(
        text("""
            insert into platform_export (id, platform, county, made_at, made_by, case_count, sha256)
            values (:id, :platform, :county, :at, :by, :count, :sha)
        """),
        {
            "id": export_id, "platform": platform.key, "county": county, "at": at, "by": by,
            "count": len(rows), "sha": digest(content),
        },
    )  # fmt: skip
    await connection.execute(
        text("""
            insert into platform_entry (case_id, platform, status, export_id, exported_at)
            select k.id, :platform, 'exported', :export, :at
            from unnest(cast(:cases as uuid[])) as k(id)
            on conflict (case_id, platform) do update
            set export_id = excluded.export_id, exported_at = excluded.exported_at,
                status = case when platform_entry.status = 'registered' then 'registered'
                              else 'exported' end
        """),
        {
            "platform": platform.key, "export": export_id, "at": at,
            "cases": [row.case_id for row in rows],
        },
    )  # fmt: skip
    name = f"{platform.label}-{at:%Y%m%d-%H%M}.{platform.file_format}"
    return ExportFile(export_id, name, content, len(rows))


async def _cases(
    connection: AsyncConnection, scope: ColumnElement[bool], platform: Platform, *,
    only_waiting: bool,
) -> list[Any]:  # fmt: skip
    query = (
        select(
            _case.case_id, _case.case_no, _case.state, _case.opened_on, _case.closed_on,
            _child.ref.label("child_ref"), _child.name, _child.id_no, _child.roll_no,
            _child.grade, _child.class_number, _child.current_address, _case.school,
            _school.name.label("school_name"),
        )
        .join(_child, _child.ref == _case.child_ref)
        .join(_school, _school.code == _case.school, isouter=True)
        .where(scope)
        .order_by(_case.case_no)
    )  # fmt: skip
    rows: list[Any] = list((await connection.execute(query)).all())
    if not only_waiting:
        return rows
    done = await connection.execute(
        text(
            "select case_id from platform_entry where platform = :platform"
            " and status = 'registered'"
        ),
        {"platform": platform.key},
    )
    registered = {row.case_id for row in done}
    return [row for row in rows if row.case_id not in registered and row.closed_on is None]


async def _guardians(connection: AsyncConnection, children: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    rows = await connection.execute(
        text("""
            select distinct on (k.child_ref) k.child_ref, g.name, g.phone
            from child_guardian k join guardian g on g.ref = k.guardian_ref
            where k.child_ref = any(cast(:refs as uuid[]))
            order by k.child_ref, k.is_primary desc, g.ref
        """),
        {"refs": list(children)},
    )
    return {row.child_ref: row for row in rows}


def _words(row: Row[Any], guardian: Row[Any] | None) -> dict[CaseField, str]:
    state = CaseState.model_validate(row.state)

    def word(value: object) -> str:
        return "" if value is None else str(value)

    return {
        CaseField.CASE_NO: row.case_no,
        CaseField.NAME: row.name,
        CaseField.ID_NO: word(row.id_no),
        CaseField.ROLL_NO: word(row.roll_no),
        CaseField.SCHOOL: row.school,
        CaseField.SCHOOL_NAME: word(row.school_name),
        CaseField.GRADE: word(row.grade),
        CaseField.CLASS_NUMBER: word(row.class_number),
        CaseField.ABSENT_SINCE: word(state.absent_since),
        CaseField.ABSENT_DAYS: word(state.absent_days),
        # A confidential cause leaves the house only as 特殊原因（密）.
        CaseField.CAUSE: state.cause.public_label if state.cause else "",
        CaseField.STAGE: state.stage.label,
        CaseField.GUARDIAN_NAME: guardian.name if guardian else "",
        CaseField.GUARDIAN_PHONE: guardian.phone if guardian else "",
        CaseField.ADDRESS: row.current_address,
        CaseField.OPENED_ON: word(row.opened_on),
        CaseField.RETURNED_ON: word(state.returned_on),
        CaseField.CLOSED_ON: word(row.closed_on),
    }


def _xlsx(table: list[list[str]], sheet_name: str) -> bytes:
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - equal bytes every time
    as_text = book.add_format({"num_format": "@"})
    bold = book.add_format({"num_format": "@", "bold": True})
    sheet = book.add_worksheet(sheet_name or None)
    sheet.set_column(0, len(table[0]) - 1, 20, as_text)
    for line, cells in enumerate(table):
        for place, cell in enumerate(cells):
            # write_string: numbers keep their digits, a name beginning with = is no formula.
            sheet.write_string(line, place, cell, as_text if line else bold)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _csv(table: list[list[str]]) -> bytes:
    """Write UTF-8 with a mark, so that a spreadsheet opens it; a leading = is kept from acting."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in cells]
        for cells in table
    )
    return out.getvalue().encode("utf-8-sig")


async def record_receipt(
    connection: AsyncConnection,
    case_id: UUID,
    platform: Platform,
    receipt_no: str,
    *,
    on: date,
    by: str,
    at: datetime,
) -> bool:
    """Record the receipt number a platform gave a case; False where it was recorded before."""
    receipt_no = receipt_no.strip()
    if not receipt_no:
        raise ReceiptRefused(ReceiptProblem.NO_RECEIPT)
    await connection.execute(text("select pg_advisory_xact_lock(hashtext('guixue.platform'))"))
    found = await connection.execute(
        text(
            "select case_id, receipt_no from platform_entry where platform = :platform"
            " and (receipt_no = :receipt or case_id = :case)"
        ),
        {"platform": platform.key, "receipt": receipt_no, "case": case_id},
    )
    for row in found:
        if row.case_id != case_id:
            raise ReceiptRefused(ReceiptProblem.RECEIPT_USED)
        if row.receipt_no == receipt_no:
            return False
        if row.receipt_no:
            raise ReceiptRefused(ReceiptProblem.OTHER_RECEIPT)
    await _put(connection, case_id, platform, "registered", receipt_no, on, by, at, "")
    return True


async def _put(
    connection: AsyncConnection, case_id: UUID, platform: Platform, status: str,
    receipt_no: str | None, on: date | None, by: str, at: datetime, note: str,
) -> None:  # fmt: skip
    await connection.execute(
        text("""
            insert into platform_entry (case_id, platform, status, receipt_no, registered_on,
                                        recorded_by, recorded_at, note)
            values (:case, :platform, :status, :receipt, :on, :by, :at, :note)
            on conflict (case_id, platform) do update
            set status = excluded.status, receipt_no = excluded.receipt_no,
                registered_on = excluded.registered_on, recorded_by = excluded.recorded_by,
                recorded_at = excluded.recorded_at, note = excluded.note
        """),
        {
            "case": case_id, "platform": platform.key, "status": status, "receipt": receipt_no,
            "on": on, "by": by, "at": at, "note": note,
        },
    )  # fmt: skip


async def import_results(
    connection: AsyncConnection,
    platform: Platform,
    content: bytes,
    scope: ColumnElement[bool],
    *,
    by: str,
    at: datetime,
    today: date,
) -> ResultReport:
    """Read a platform's answer back: receipt numbers and refusals, row by row.

    Raises IntakeError where the file cannot be read at all. The same file twice changes nothing.
    """
    words = platform.result
    columns = {
        name: these
        for name, these in (
            ("case_no", words.case_no), ("roll_no", words.roll_no),
            ("receipt_no", words.receipt_no), ("registered_on", words.registered_on),
            ("outcome", words.outcome),
        )
        if these
    }  # fmt: skip
    rows = read_table(read_sheets(content), columns, ("receipt_no",))
    cases = await _case_ids(connection, scope, rows)
    counts = {"registered": 0, "refused": 0, "unchanged": 0}
    rejected = []
    for row in rows:
        try:
            kind = await _take(connection, platform, row, cases, by=by, at=at, today=today)
        except ReceiptRefused as problem:
            rejected.append((row.number, str(problem)))
        else:
            counts[kind] += 1
    return ResultReport(**counts, rejected=tuple(rejected))


async def _case_ids(
    connection: AsyncConnection, scope: ColumnElement[bool], rows: Sequence[PlainRow]
) -> dict[str, UUID]:
    query = (
        select(_case.case_id, _case.case_no, _child.roll_no)
        .join(_child, _child.ref == _case.child_ref)
        .where(
            scope,
            _case.case_no.in_({row.text("case_no") for row in rows})
            | (_child.roll_no.in_({row.text("roll_no") for row in rows})
               & _case.closed_on.is_(None)),
        )
    )  # fmt: skip
    found: dict[str, UUID] = {}
    for row in await connection.execute(query):
        found[row.case_no] = row.case_id
        if row.roll_no:
            found[row.roll_no] = row.case_id
    return found


async def _take(
    connection: AsyncConnection, platform: Platform, row: PlainRow, cases: dict[str, UUID], *,
    by: str, at: datetime, today: date,
) -> str:  # fmt: skip
    case_id = cases.get(row.text("case_no")) or cases.get(row.text("roll_no"))
    if case_id is None:
        raise ReceiptRefused(ReceiptProblem.CASE_UNKNOWN)
    receipt_no, outcome = row.text("receipt_no"), row.text("outcome")
    if any(word in outcome for word in platform.result.refused_words):
        return await _refuse(connection, platform, case_id, outcome, by=by, at=at)
    on = today
    if row.text("registered_on"):
        said = day_of(row.cells.get("registered_on", ""))
        if said is None or said > today:
            raise ReceiptRefused(ReceiptProblem.DATE)
        on = said
    is_new = await record_receipt(connection, case_id, platform, receipt_no, on=on, by=by, at=at)
    return "registered" if is_new else "unchanged"


async def _refuse(
    connection: AsyncConnection, platform: Platform, case_id: UUID, outcome: str, *,
    by: str, at: datetime,
) -> str:  # fmt: skip
    found = await connection.execute(
        text(
            "select status, note from platform_entry where case_id = :case and platform = :platform"
        ),
        {"case": case_id, "platform": platform.key},
    )
    before = found.one_or_none()
    if before is not None and before.status == "registered":
        raise ReceiptRefused(ReceiptProblem.OTHER_RECEIPT)
    if before is not None and (before.status, before.note) == ("refused", outcome):
        return "unchanged"
    await _put(connection, case_id, platform, "refused", None, None, by, at, outcome)
    return "refused"


async def statuses(
    connection: AsyncConnection, scope: ColumnElement[bool], in_use: Sequence[Platform]
) -> list[dict[str, Any]]:
    """Give every open case in scope with its status on each platform in use."""
    query = (
        select(_case.case_id, _case.case_no, _case.stage, _case.school)
        .where(scope, _case.closed_on.is_(None))
        .order_by(_case.case_no)
    )
    cases = (await connection.execute(query)).all()
    entries = await connection.execute(
        text("select * from platform_entry where case_id = any(cast(:cases as uuid[]))"),
        {"cases": [case.case_id for case in cases]},
    )
    known = {(entry.case_id, entry.platform): entry for entry in entries}
    return [
        {
            "case_no": case.case_no, "stage": case.stage, "school": case.school,
            "platforms": {
                each.key: _status(known.get((case.case_id, each.key))) for each in in_use
            },
        }
        for case in cases
    ]  # fmt: skip


def _status(entry: Row[Any] | None) -> dict[str, Any]:
    if entry is None:
        return {"status": "waiting", "receipt_no": None, "registered_on": None, "note": ""}
    return {
        "status": entry.status, "receipt_no": entry.receipt_no,
        "registered_on": entry.registered_on, "note": entry.note,
    }  # fmt: skip
