"""Lists of the school day as workbooks to print and sign: 缺勤日报, 未注册登记册, 整班移交名册."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection
from xlsxwriter import Workbook

from intake.daily import LEVELS, AbsentLine, DailyReport
from intake.first_week import Unregistered
from intake.tasks import tasks_of_school
from intake.transition import lines_of
from models.words import Cause, Whereabouts


def book(title: str, header: Sequence[str], rows: Iterable[Sequence[str]], foot: str = "") -> bytes:
    """Write one landscape sheet, every cell as text, the header repeated on each page."""
    buffer = io.BytesIO()
    made = Workbook(buffer, {"in_memory": True})
    made.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - equal bytes every time
    bold = made.add_format({"bold": True, "num_format": "@", "bg_color": "#E7EEF7", "border": 1})
    cell = made.add_format({"num_format": "@", "border": 1, "text_wrap": True})
    sheet = made.add_worksheet("名册")
    sheet.set_column(0, len(header) - 1, 18)
    sheet.merge_range(
        0, 0, 0, len(header) - 1, title, made.add_format({"bold": True, "align": "center"})
    )
    for place, word in enumerate(header):
        sheet.write_string(1, place, word, bold)
    line = 1
    for line, row in enumerate(rows, start=2):
        for place, word in enumerate(row):
            # write_string: a name beginning with = is no formula, a number keeps its digits.
            sheet.write_string(line, place, word, cell)
    if foot:
        sheet.write_string(line + 2, 0, foot)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    made.close()
    return buffer.getvalue()


def daily_book(report: DailyReport, school_name: str, shown: Callable[[AbsentLine], str]) -> bytes:
    """Write the daily absence report; ``shown`` says what of a reason the reader may read."""
    rows = [
        [
            line.class_code, str(line.expected), "未报" if line.present is None else str(line.present),
            str(line.absent), str(line.unknown), "", "", "", line.reported_by or "",
            f"{line.reported_at:%H:%M}{'（迟报）' if line.is_late else ''}" if line.reported_at else "",
        ]
        for line in report.classes
    ]  # fmt: skip
    rows += [
        [
            away.class_code, "", "", "", "", away.name,
            f"{away.kind.label}{'（已请假）' if away.is_on_leave else ''}", shown(away),
            f"连续{away.streak}天" if away.streak else "", "",
        ]
        for away in report.absent
    ]  # fmt: skip
    header = (
        "班级",
        "应到",
        "实到",
        "缺勤",
        "不明",
        "缺勤学生",
        "类别",
        "原因",
        "填报人/连续",
        "时间",
    )
    counts = "；".join(f"连续旷课{n}天及以上{len(report.streaks(n))}人" for n in LEVELS)
    return book(f"{school_name} {report.day} 缺勤日报", header, rows, counts)


async def first_week_book(
    connection: AsyncConnection, rows: Sequence[Unregistered], school: str, school_name: str
) -> bytes:
    """Write the register of children not registered, with what has been found out (ZY-2.6a)."""
    found = await connection.execute(
        text("select ref, name, roll_no, grade, class_number from child where ref = any(:refs)"),
        {"refs": [row.child_ref for row in rows]},
    )
    children = {row.ref: row for row in found}
    tasks = {row.id: row for row in await tasks_of_school(connection, school, is_open=False)}
    lines = []
    for row in rows:
        child = children[row.child_ref]
        task = tasks.get(row.task) if row.task else None
        lines.append([
            child.name, child.roll_no or "", f"{child.grade}年级{child.class_number}班",
            str(task.contacts) if task else "0",
            Cause(task.cause).public_label if task and task.cause else "",
            Whereabouts(task.whereabouts).label if task and task.whereabouts else "",
            (task.signed_by or "") if task else "",
        ])  # fmt: skip
    header = ("姓名", "学籍号", "班级", "联系次数", "原因", "去向", "核查人签字")
    return book(f"{school_name} 未到校注册学生登记册", header, lines, "校长签字：")


async def hand_over_book(connection: AsyncConnection, row: Row[Any]) -> bytes:
    """Write a whole-class hand-over list with room for, or the names of, both signatures."""
    names = await connection.execute(
        text("select code, name from school where code in (:a, :b)"),
        {"a": row.from_school, "b": row.to_school},
    )
    named = {each.code: each.name for each in names}
    lines = [
        [str(number), each.name, each.roll_no or "", each.going_to, str(each.arrived_on or "")]
        for number, each in enumerate(await lines_of(connection, row.id), start=1)
    ]
    foot = (
        f"移交：{row.from_signed_by or '________'}　{_day(row.from_signed_at)}　　"
        f"接收：{row.to_signed_by or '________'}　{_day(row.to_signed_at)}"
    )
    title = f"{named[row.from_school]} → {named[row.to_school]} {row.school_year}年整班移交名册"
    return book(title, ("序号", "姓名", "学籍号", "去向", "报到日期"), lines, foot)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "____年__月__日"
