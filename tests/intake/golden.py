"""One attendance file with every kind of good and bad row, and ways to write it down."""

import csv
import io
from datetime import date
from pathlib import Path

from xlsxwriter import Workbook

from intake.problems import RowProblem as P
from tests.intake.village import DOTTED, FAR, NO_NUMBER, QI, SECOND_CLASS, TWIN_A, YU, id_number

AS_OF = date(2025, 10, 20)
HEADER = (
    "序号",
    "缺勤日期",
    "学校名称",
    "班级",
    "学籍号*",
    "身份证件号（必填）",
    "姓名",
    "缺勤类别",
    "事由",
)
A, B = "示例县第一小学", "青禾镇中心小学"

# Date, school, class, roll number, ID number, name, mark, reason → the problems expected.
ROWS: tuple[tuple[tuple[str, ...], set[P]], ...] = (
    (("2025-10-13", A, "三年级1班", "", YU.id_no, "王雨", "旷课", ""), set()),
    (("2025/10/14", A, "三(1)班", YU.roll_no, "", "王 雨", "未到校", "=电话未接"), set()),
    (("2025年10月15日", A, "301", YU.roll_no, YU.id_no.lower(), "", "缺勤", ""), set()),
    (("20251016", "", "", "", YU.id_no, "王雨", "旷课", ""), set()),
    (("45947", "", "", "", YU.id_no, "王雨", "旷课", ""), set()),
    (("2025-10-13", A, "三年级1班", "", QI.id_no, "李琪", "病假（水痘）", "水痘"), set()),
    (("2025-10-13", A, "三年级一班", "", DOTTED.id_no, "沙玛．阿依", "事假", ""), set()),
    (("2025-10-14", A, "三年级1班", "", "", NO_NUMBER.name, "旷课", ""), set()),
    (("2025-10-14", A, "三年级1班", TWIN_A.roll_no, "", "陈同名", "公假", ""), set()),
    (("2025-10-13", A, "三年级2班", "", "", "", "全勤", ""), set()),
    (("2025-10-14", B, "三年级1班", "", FAR.id_no, "钱远", "到校", ""), set()),
    (("", A, "三年级1班", "", QI.id_no, "李琪", "旷课", ""), {P.DATE_MISSING}),
    (("10月14日", A, "三年级1班", "", QI.id_no, "李琪", "旷课", ""), {P.DATE_UNREADABLE}),
    (("2026-03-18", A, "三年级1班", "", QI.id_no, "李琪", "旷课", ""), {P.DATE_IN_FUTURE}),
    (("2025-10-02", A, "三年级1班", "", QI.id_no, "李琪", "旷课", ""), {P.NOT_A_SCHOOL_DAY}),
    (("2025-10-18", A, "三年级1班", "", QI.id_no, "李琪", "旷课", ""), {P.NOT_A_SCHOOL_DAY}),
    (("2025-10-15", A, "三年级1班", "", QI.id_no[:-1] + "#", "李琪", "旷课", ""), {P.ID_NUMBER}),
    (("2025-10-15", A, "三年级1班", "", "9.90101E+17", "李琪", "旷课", ""), {P.ID_NUMBER}),
    (
        ("2025-10-15", A, "三年级1班", "", "990101170504002", "李琪", "旷课", ""),
        {P.ID_NUMBER_NEEDS_REVIEW},
    ),
    (("2025-10-15", A, "三年级1班", "G12", "", "李琪", "旷课", ""), {P.ROLL_NUMBER}),
    (
        ("2025-10-15", A, "三年级1班", YU.roll_no, QI.id_no, "李琪", "旷课", ""),
        {P.NUMBERS_DISAGREE},
    ),
    (("2025-10-15", "没有的学校", "", "", QI.id_no, "李琪", "旷课", ""), {P.SCHOOL_UNKNOWN}),
    (("2025-10-15", B, "三年级1班", "", QI.id_no, "李琪", "旷课", ""), {P.SCHOOL_MISMATCH}),
    (("2025-10-15", "", "三年级2班", "", "", "", "全勤", ""), {P.SCHOOL_MISSING}),
    (("2025-10-15", A, "", "", "", "", "全勤", ""), {P.CLASS_MISSING}),
    (("2025-10-15", A, "三年级9班", "", "", "", "全勤", ""), {P.CLASS_UNKNOWN}),
    (("2025-10-15", A, "三年级1班", "", "", "", "旷课", ""), {P.CHILD_MISSING}),
    (
        ("2025-10-15", A, "三年级1班", "", id_number(900), "某某", "旷课", ""),
        {P.CHILD_UNKNOWN},
    ),
    (("2025-10-15", A, "三年级1班", "", "", "没有此人", "旷课", ""), {P.CHILD_UNKNOWN}),
    (("2025-10-15", A, "三年级1班", "", "", "陈同名", "旷课", ""), {P.CHILD_AMBIGUOUS}),
    (("2025-10-15", A, "三年级1班", "", QI.id_no, "+李棋", "旷课", ""), {P.NAME_MISMATCH}),
    (("2025-10-15", A, "三年级1班", "", QI.id_no, "李琪", "", ""), {P.MARK_MISSING}),
    (("2025-10-15", A, "三年级1班", "", QI.id_no, "李琪", "不详", ""), {P.MARK_UNKNOWN}),
    (("2025-10-13", A, "三年级1班", "", QI.id_no, "李琪", "病假", ""), {P.DUPLICATE_ROW}),
    (("2025-10-17", A, "三年级1班", "", QI.id_no, "李琪", "旷课", ""), {P.CONFLICTING_ROWS}),
    (("2025-10-17", A, "三年级1班", "", QI.id_no, "李琪", "病假", ""), {P.CONFLICTING_ROWS}),
    (
        ("2025-10-14", A, "三年级1班", "", "", "", "全勤", ""),
        {P.FULL_ATTENDANCE_CONFLICT},
    ),
    (
        ("", "", "", "", "@SUM(1)", SECOND_CLASS.name, "?", ""),
        {P.DATE_MISSING, P.ID_NUMBER, P.MARK_UNKNOWN},
    ),
)
TITLE_ROWS = 2
GOOD = sum(not problems for _, problems in ROWS)


def numbered() -> list[tuple[str, ...]]:
    return [(str(number), *row) for number, (row, _) in enumerate(ROWS, start=1)]


def csv_bytes(rows, encoding: str, header=HEADER) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["示例县第一小学等考勤表"] + [""] * (len(header) - 1))
    writer.writerow([])
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(path: Path, rows, header=HEADER) -> None:
    """Write merged title rows, dates as real dates where they can be, a serial as a number."""
    book = Workbook(str(path))
    sheet = book.add_worksheet("十月")
    day_format = book.add_format({"num_format": "yyyy/m/d"})
    sheet.merge_range(0, 0, 1, len(header) - 1, "示例县第一小学等考勤表")
    for column, title in enumerate(header):
        sheet.write_string(TITLE_ROWS, column, title)
    for line, row in enumerate(rows, start=TITLE_ROWS + 1):
        for column, cell in enumerate(row):
            if cell == "45947":
                sheet.write_number(line, column, 45947)
            elif cell == "2025-10-13":
                sheet.write_datetime(line, column, date(2025, 10, 13), day_format)
            elif cell:
                sheet.write_string(line, column, cell)
    book.close()


def write_golden(folder: Path, form: str) -> Path:
    path = folder / f"十月考勤.{'xlsx' if form == 'xlsx' else 'csv'}"
    if form == "xlsx":
        workbook(path, numbered())
    else:
        path.write_bytes(csv_bytes(numbered(), form))
    return path
