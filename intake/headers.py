"""Find the header row and what its columns mean: the words offices use, as data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from intake.problems import FileProblem, IntakeError
from intake.reading import Cell, Sheet, cell_text

DEEPEST_HEADER_ROW = 30


class Field(StrEnum):
    """A column the attendance import knows."""

    DAY = "day"
    SCHOOL = "school"
    SCHOOL_CODE = "school_code"
    GRADE = "grade"
    CLASS = "class"
    ROLL_NO = "roll_no"
    ID_NO = "id_no"
    NAME = "name"
    MARK = "mark"
    REASON = "reason"


SYNONYMS: dict[Field, tuple[str, ...]] = {
    Field.DAY: ("日期", "缺勤日期", "考勤日期", "缺课日期", "时间", "缺勤时间", "上课日期"),
    Field.SCHOOL: ("学校", "学校名称", "所在学校", "就读学校", "学校全称"),
    Field.SCHOOL_CODE: ("学校标识码", "学校代码", "学校编码", "学校识别码"),
    Field.GRADE: ("年级", "所在年级"),
    Field.CLASS: ("班级", "班级名称", "所在班级", "班", "班别", "班号", "年级班级"),
    Field.ROLL_NO: ("学籍号", "全国学籍号", "学籍号码", "学籍编号", "学籍主号"),
    Field.ID_NO: (
        "身份证号", "身份证件号", "公民身份号码", "身份证号码", "身份证件号码",
        "居民身份证号", "居民身份证号码", "证件号", "证件号码", "学生身份证号", "学生身份证件号",
    ),
    Field.NAME: ("姓名", "学生姓名", "学生", "缺勤学生", "缺勤学生姓名"),
    Field.MARK: (
        "考勤", "状态", "缺勤类别", "考勤状态", "考勤情况", "考勤结果", "出勤情况",
        "出勤状态", "缺勤类型", "类别", "到校情况",
    ),
    Field.REASON: ("原因", "事由", "缺勤原因", "请假事由", "请假原因", "备注", "说明"),
}  # fmt: skip
WORDS = {word: field for field, words in SYNONYMS.items() for word in words}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A data row: its place among all rows of the file, its number on the sheet, its cells."""

    position: int
    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    sheet: str
    header: tuple[str, ...]
    columns: dict[Field, int]
    rows: tuple[SourceRow, ...]

    def cell(self, row: SourceRow, field: Field) -> Cell:
        column = self.columns.get(field, len(row.cells))
        return row.cells[column] if column < len(row.cells) else ""

    def text(self, row: SourceRow, field: Field) -> str:
        return cell_text(self.cell(row, field))


def find_tables(sheets: Iterable[Sheet]) -> list[Table]:
    """Find the table of every sheet that has one; a sheet without a header is no table."""
    tables: list[Table] = []
    incomplete: list[set[Field]] = []
    position = 0
    for sheet in sheets:
        found = _find_header(sheet)
        if found is None:
            continue
        number, columns = found
        if missing := _missing(set(columns)):
            incomplete.append(missing)
            continue
        rows = []
        for offset, cells in enumerate(sheet.rows[number:], start=number + 1):
            if any(cell_text(cell) for cell in cells):
                rows.append(SourceRow(position, offset, cells))
                position += 1
        header = tuple(cell_text(cell) for cell in sheet.rows[number - 1])
        tables.append(Table(sheet.name, header, columns, tuple(rows)))
    if not tables:
        if incomplete:
            words = "、".join(sorted(SYNONYMS[field][0] for field in incomplete[0]))
            raise IntakeError(FileProblem.MISSING_COLUMNS, columns=words)
        raise IntakeError(FileProblem.NO_HEADER, limit=DEEPEST_HEADER_ROW)
    if position == 0:
        raise IntakeError(FileProblem.NO_ROWS)
    return tables


def _find_header(sheet: Sheet) -> tuple[int, dict[Field, int]] | None:
    """Give the number and columns of the first row with the most known words, two at least."""
    best: tuple[int, dict[Field, int]] | None = None
    for number, cells in enumerate(sheet.rows[:DEEPEST_HEADER_ROW], start=1):
        columns = _columns(cells)
        if len(columns) >= 2 and (best is None or len(columns) > len(best[1])):
            best = number, columns
    return best


def _columns(cells: Sequence[Cell]) -> dict[Field, int]:
    columns: dict[Field, int] = {}
    for column, cell in enumerate(cells):
        field = WORDS.get(header_word(cell_text(cell)))
        if field is not None:
            columns.setdefault(field, column)
    return columns


def header_word(text: str) -> str:
    """Strip what offices add to a column name: spaces, stars, remarks in brackets."""
    plain = re.sub(r"\s|\*|:", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[(\[【].*", "", plain)


def _missing(columns: set[Field]) -> set[Field]:
    missing = {Field.DAY, Field.MARK} - columns
    if not columns & {Field.ID_NO, Field.ROLL_NO, Field.NAME}:
        missing.add(Field.ID_NO)
    return missing
