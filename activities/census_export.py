"""Write a census as a workbook: the summary with its formulas, and every difference."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from xlsxwriter import Workbook

from activities import census_reading as reading
from activities.census import read_census
from models.people import Actor
from models.rosters import term_label

HEADINGS = {
    "difference_label": "差异", "name": "姓名", "id_no": "身份证件号", "roll_no": "学籍号",
    "birth_on": "出生日期", "school": "学校代码", "grade": "年级", "class_number": "班级",
    "township": "乡镇代码", "guardian": "监护人", "address": "地址", "poverty": "户类型",
    "owner_office": "负责单位", "due_on": "核实截止", "status_label": "状态", "explanation": "说明",
}  # fmt: skip
MOST = 200_000


async def export_census(
    connection: AsyncConnection, census_id: UUID, actor: Actor | None = None
) -> bytes:
    """Give the workbook of what the actor may see; NoSuchCensus where there is none."""
    census = await read_census(connection, census_id)
    levels = {
        label: await reading.summary(connection, census_id, level, actor)
        for level, label in reading.LEVEL_LABELS.items()
    }
    tasks = await reading.tasks(connection, census_id, actor, limit=MOST)
    return write(term_label(census.term), levels, tasks, census.ran_at or census.started_at)


def write(
    title: str, levels: dict[str, list[dict[str, Any]]], tasks: list[dict[str, Any]], made: datetime
) -> bytes:
    """Write the sheets; a name beginning with = or + stays text."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": f"{title}四查三比对", "created": made.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": "#E7EEF7", "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    columns = reading.formulas()
    for label, lines in levels.items():
        sheet = book.add_worksheet(f"汇总-{label.split('（')[0]}")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 1)
        sheet.write_string(0, 0, "单位", head)
        for place, column in enumerate(columns, start=1):
            sheet.write_string(0, place, column["heading"], head)
            sheet.write_string(1, place, column["formula"], head)
        for number, line in enumerate(lines, start=2):
            sheet.write_string(number, 0, line["name"], text)
            for place, column in enumerate(columns, start=1):
                sheet.write_number(number, place, line[column["field"]])
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, len(columns), 14)
        sheet.freeze_panes(2, 1)
    sheet = book.add_worksheet("差异")
    sheet.set_column(0, len(HEADINGS) - 1, 18, text)
    for place, heading in enumerate(HEADINGS.values()):
        sheet.write_string(0, place, heading, head)
    for number, task in enumerate(tasks, start=1):
        for place, name in enumerate(HEADINGS):
            value = task[name]
            sheet.write_string(number, place, "" if value is None else str(value), text)
    sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()
