"""Small roster files as offices write them, and a clerk who sends them in."""

import csv
import io
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from xlsxwriter import Workbook

from intake.roster_store import Place
from intake.rosters import Order, RosterReport, import_roster
from models.rosters import RosterKind
from tests.intake.village import PRIMARY, id_number

COUNTY = "990101"
ROLL = ("学籍号", "姓 名", "性别", "身份证件号（必填）", "学校名称", "年级", "班号", "民族")


def pupil(n: int, name: str, grade: str = "三年级", number: str = "1") -> list[str]:
    """Give a row of the school roll of a child registered here; even numbers are girls."""
    id_no = id_number(n)
    return [
        f"G{id_no}",
        name,
        "女" if n % 2 == 0 else "男",
        id_no,
        PRIMARY.name,
        grade,
        number,
        "汉",
    ]


def write_csv(path: Path, rows, *, header=ROLL, encoding="utf-8-sig", title="学籍名册") -> Path:
    text_ = io.StringIO()
    writer = csv.writer(text_)
    writer.writerow([title] + [""] * (len(header) - 1))
    writer.writerow([])
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text_.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows, *, header=ROLL, title="学籍名册") -> Path:
    """Write merged title rows; a number stays a number, as a careless office leaves it."""
    book = Workbook(str(path))
    sheet = book.add_worksheet("名册")
    sheet.merge_range(0, 0, 1, len(header) - 1, title)
    for column, word in enumerate(header):
        sheet.write_string(2, column, word)
    for line, row in enumerate(rows, start=3):
        for column, cell in enumerate(row):
            sheet.write(line, column, cell) if not isinstance(cell, str) else sheet.write_string(
                line, column, cell
            )
    book.add_worksheet("填表说明").write_string(0, 0, "请按要求填写")
    book.close()
    return path


def place(kind=RosterKind.SCHOOL_ROLL, source=COUNTY, term="2025-1") -> Place:
    return Place(COUNTY, kind, term, source)


async def send(engine: AsyncEngine, path: Path, at: Place | None = None, **more) -> RosterReport:
    order = Order(at or place(), "clerk-1", more.pop("signed_by", "王敏"), **more)
    async with engine.begin() as connection:
        return await import_roster(connection, path, order)


async def rows(engine: AsyncEngine, columns="key, name_key, row_number"):
    query = f"select {columns} from roster_row order by kind, source, key"
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]
