"""A workbook as an office makes it, with the same bytes on every machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

from xlsxwriter import Workbook

FIXED_TIME = datetime(2025, 1, 1)  # noqa: DTZ001 - XLSX has no time zones


def workbook_bytes(
    sheet_name: str, title: str, header: Sequence[str], rows: Sequence[Sequence[str | date]]
) -> bytes:
    """Write a merged title row, a header row and the rows: dates as dates, all else as text."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": FIXED_TIME})
    sheet = book.add_worksheet(sheet_name)
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    heading = book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, len(header) - 1, title, heading)
    for column, name in enumerate(header):
        sheet.write_string(1, column, name, heading)
        sheet.set_column(column, column, 22 if name.endswith("号") or name == "学校名称" else 12)
    for number, row in enumerate(rows, start=2):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day_format)
            elif cell:
                sheet.write_string(number, column, cell)
    sheet.freeze_panes(2, 0)
    book.close()
    return _stored(buffer.getvalue())


def _stored(archive: bytes) -> bytes:
    """Pack again without compression: two builds of zlib need not give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return packed.getvalue()
