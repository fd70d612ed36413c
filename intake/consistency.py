"""School roll = attendance = ledger book, school by school (DC-2.3.3c).

Whoever is on the roll of a school is either taught there (present or excused) or stands in the
ledger book as a child out of school. What does not add up is listed child by child.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection
from xlsxwriter import Workbook

from intake.entry import pupils_on
from intake.leads import Basis, runs_of
from models.roster import AbsenceKind, school_year_of
from models.words import Stage

OUT_OF_SCHOOL = frozenset(stage for stage in Stage if not stage.is_closed) - {Stage.MONITORING}


class Mismatch(StrEnum):
    NO_CASE = "no_case"
    PRESENT_WITH_CASE = "present_with_case"
    CASE_OFF_ROLL = "case_off_roll"


MEANINGS = {
    Mismatch.NO_CASE: "连续旷课已达规定天数，控辍台账上没有在办案件",
    Mismatch.PRESENT_WITH_CASE: "控辍台账上是未返校，考勤却未报缺勤",
    Mismatch.CASE_OFF_ROLL: "控辍台账记在本校，学籍却不在本校班级",
}


@dataclass(frozen=True, slots=True)
class ClassCount:
    class_code: str
    roll: int
    attending: int
    """On the roll and not absent without leave on the day: present, on leave, or unknown."""
    ledger_book: int
    """On the roll and out of school by an open case."""
    is_reported: bool

    @property
    def difference(self) -> int:
        """Zero where roll = attending + ledger book."""
        return self.roll - self.attending - self.ledger_book


@dataclass(frozen=True, slots=True)
class Unreconciled:
    kind: Mismatch
    child_ref: UUID
    name: str
    class_code: str
    case_no: str


@dataclass(frozen=True, slots=True)
class Consistency:
    school: str
    day: date
    classes: tuple[ClassCount, ...]
    rows: tuple[Unreconciled, ...]

    @property
    def is_consistent(self) -> bool:
        return not self.rows and all(line.is_reported for line in self.classes)


async def consistency(
    connection: AsyncConnection, school: str, day: date, basis: Basis
) -> Consistency:
    """Compare the three lists of one school on one school day."""
    rooms = await connection.execute(
        text(
            "select r.code, d.class_code is not null as is_reported from class_room r"
            " left join class_day d on d.class_code = r.code and d.day = :day"
            " where r.school = :school and r.school_year = :year order by r.grade, r.number"
        ),
        {"school": school, "day": day, "year": school_year_of(day)},
    )
    reported = {room.code: room.is_reported for room in rooms}
    pupils = await pupils_on(connection, list(reported), day)
    cases = await _cases(connection, school, list(pupils))
    absent = await _unexcused(connection, list(pupils), day, basis)
    long_away = await _long_away(connection, list(pupils), day, basis)
    names = await _names(connection, [*pupils, *cases])
    lines = []
    for code, is_reported in reported.items():
        here = {ref for ref, at in pupils.items() if at == code}
        if here:
            out = {ref for ref in here if ref in cases and is_out(cases[ref])}
            lines.append(
                ClassCount(code, len(here), len(here - absent - out), len(out), is_reported)
            )
    rows = [
        *(Unreconciled(Mismatch.NO_CASE, ref, names[ref], pupils[ref], "")
          for ref in long_away if ref not in cases),
        *(Unreconciled(Mismatch.PRESENT_WITH_CASE, ref, names[ref], pupils[ref], case.case_no)
          for ref, case in cases.items()
          if ref in pupils and is_out(case) and reported[pupils[ref]] and ref not in absent),
        *(Unreconciled(Mismatch.CASE_OFF_ROLL, ref, names[ref], "", case.case_no)
          for ref, case in cases.items() if ref not in pupils and case.school == school),
    ]  # fmt: skip
    rows.sort(key=lambda row: (row.kind, row.class_code, row.child_ref))
    return Consistency(school, day, tuple(lines), tuple(rows))


def is_out(case: Row[Any]) -> bool:
    return Stage(case.stage) in OUT_OF_SCHOOL


async def _cases(
    connection: AsyncConnection, school: str, pupils: list[UUID]
) -> dict[UUID, Row[Any]]:
    rows = await connection.execute(
        text(
            "select child_ref, case_no, stage, school from case_file where closed_on is null"
            " and (school = :school or child_ref = any(cast(:refs as uuid[])))"
        ),
        {"school": school, "refs": pupils},
    )
    return {row.child_ref: row for row in rows}


async def _unexcused(
    connection: AsyncConnection, pupils: list[UUID], day: date, basis: Basis
) -> set[UUID]:
    """Give those absent without leave on the day, as the streaks see it."""
    rows = await connection.execute(
        text(
            "select child_ref from absence where day = :day and kind = :kind"
            " and child_ref = any(cast(:refs as uuid[]))"
        ),
        {"day": day, "kind": AbsenceKind.UNEXCUSED.value, "refs": pupils},
    )
    absent = sorted(row.child_ref for row in rows)
    runs = await runs_of(connection, absent, replace(basis, as_of=day), shortest=1)
    return {run.child_ref for run in runs if day in run.days}


async def _long_away(
    connection: AsyncConnection, pupils: list[UUID], day: date, basis: Basis
) -> list[UUID]:
    at_day = replace(basis, as_of=day)
    runs = await runs_of(connection, pupils, at_day, shortest=basis.absence_days)
    return sorted({run.child_ref for run in runs if run.is_ongoing})


async def _names(connection: AsyncConnection, children: list[UUID]) -> dict[UUID, str]:
    rows = await connection.execute(
        text("select ref, name from child where ref = any(cast(:refs as uuid[]))"),
        {"refs": children},
    )
    return {row.ref: row.name for row in rows}


def workbook(report: Consistency, school_name: str) -> bytes:
    """Write the report as XLSX: counts by class with the formula, then the unreconciled children."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - equal bytes every time
    bold = book.add_format({"bold": True, "bg_color": "#E7EEF7"})
    sheet = book.add_worksheet("三方一致性")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 6, 14)
    sheet.write_string(0, 0, f"{school_name} {report.day} 学籍＝在校＋控辍台账 核对表", bold)
    titles = ("班级", "学籍人数", "在校（含请假）", "控辍台账未返校", "差额", "是否已报考勤")
    for place, title in enumerate(titles):
        sheet.write_string(1, place, title, bold)
    for line, each in enumerate(report.classes, start=2):
        sheet.write_string(line, 0, each.class_code)
        sheet.write_number(line, 1, each.roll)
        sheet.write_number(line, 2, each.attending)
        sheet.write_number(line, 3, each.ledger_book)
        row = line + 1
        sheet.write_formula(line, 4, f"=B{row}-C{row}-D{row}", None, each.difference)
        sheet.write_string(line, 5, "已报" if each.is_reported else "未报")
    sheet.freeze_panes(2, 0)
    sheet.set_landscape()
    sheet.repeat_rows(0, 1)
    others = book.add_worksheet("不一致名单")
    others.set_column(0, 3, 24)
    others.set_column(4, 4, 44)
    for place, title in enumerate(("姓名", "班级", "案号", "类别", "说明")):
        others.write_string(0, place, title, bold)
    for line, row_ in enumerate(report.rows, start=1):
        cells = (row_.name, row_.class_code, row_.case_no, row_.kind.value, MEANINGS[row_.kind])
        for place, cell in enumerate(cells):
            others.write_string(line, place, cell)
    others.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
