"""Tables to XLSX: text as text, ready to print, the same bytes for the same data."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook

from papers.book import BookTable, Column, Value

_A4 = 9
_MANY_ROWS = 10_000
"""From here on rows are written straight to a file: memory stays flat."""
_LINE = 13.5
"""Height of a line of the body in points; a row says its height, as not every program finds it."""
_HIGHEST = 409
_TITLE_FACE, _FACE = "方正小标宋简体", "宋体"
_ALIGN = {
    "text": "left",
    "date": "center",
    "whole": "center",
    "decimal": "right",
    "percent": "right",
}
_NUMBER_FORMAT = {"whole": "0", "decimal": "0.00", "percent": "0.00%", "date": "yyyy-mm-dd"}


def to_xlsx(tables: Sequence[BookTable], dated: date) -> bytes:
    """Write one worksheet per table; ``dated`` is the file's day of making, no clock is read."""
    buffer = io.BytesIO()
    is_large = sum(len(table.rows) for table in tables) >= _MANY_ROWS
    book = Workbook(
        buffer,
        {
            "in_memory": not is_large,
            "constant_memory": is_large,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # XLSX has no time zones.
    book.set_properties({"created": datetime.combine(dated, time()), "author": ""})
    formats = _Formats(book)
    taken: set[str] = set()
    for table in tables:
        _write(book.add_worksheet(_tab(table.name, taken)), table, formats)
    book.close()
    return buffer.getvalue()


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Any) -> None:
        centred = {"align": "center", "valign": "vcenter", "text_wrap": True}
        self.title = book.add_format({**centred, "font_name": _TITLE_FACE, "font_size": 18})
        self.line = book.add_format({"font_name": _FACE, "font_size": 11, "valign": "vcenter"})
        self.note = book.add_format(
            {"font_name": _FACE, "font_size": 10, "text_wrap": True, "valign": "top"}
        )
        self.head = book.add_format(
            {**centred, "font_name": "黑体", "font_size": 10.5, "border": 1, "bg_color": "#F2F2F2"}
        )
        body = {"font_name": _FACE, "font_size": 10, "border": 1, "valign": "vcenter"}
        self.cells = {
            kind: book.add_format(
                {**body, "align": align, "text_wrap": True}
                # A text column of ID numbers stays text when somebody edits it.
                | {"num_format": _NUMBER_FORMAT.get(kind, "@")}
            )
            for kind, align in _ALIGN.items()
        }


def _tab(name: str, taken: set[str]) -> str:
    """Make a name a worksheet may have, and no other has."""
    base = re.sub(r"[\[\]:*?/\\']", "", name)[:31] or "表"
    made, number = base, 2
    while made.casefold() in taken:
        made = f"{base[: 31 - len(str(number))]}{number}"
        number += 1
    taken.add(made.casefold())
    return made


def _write(sheet: Any, table: BookTable, formats: _Formats) -> None:
    last = len(table.columns) - 1
    _set_up_page(sheet, table)
    sheet.set_row(0, 34)
    _across(sheet, 0, last, table.full_title, formats.title)
    row = 1
    if table.above:
        row = _spread(sheet, row, last, table.above, formats)
    first_head = row
    row = _head(sheet, row, table, formats)
    sheet.repeat_rows(first_head, row - 1)
    sheet.freeze_panes(row, 0)
    for values in table.body:
        _row(sheet, row, table.columns, values, formats)
        row += 1
    if table.totals:
        _row(sheet, row, table.columns, table.totals, formats)
        row += 1
    for line in table.below:
        _across(sheet, row, last, line, formats.note)
        sheet.set_row(row, 15 * (1 + len(line) // max(int(sum(c.width for c in table.columns)), 1)))
        row += 1


def _set_up_page(sheet: Any, table: BookTable) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&C&10第 &P 页　共 &N 页")
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width * 2 + 1)  # units of a Latin digit


def _lines(text: str, width: float) -> int:
    """Count the lines of a text in a column of ``width`` Chinese characters."""
    taken = sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.55 for c in text)
    return max(1, math.ceil(taken / width))


def _across(sheet: Any, row: int, last: int, text: str, form: Any) -> None:
    if last == 0:
        sheet.write_string(row, 0, text, form)
        return
    sheet.merge_range(row, 0, row, last, "", form)
    sheet.write_string(row, 0, text, form)


def _spread(sheet: Any, row: int, last: int, pieces: tuple[str, ...], formats: _Formats) -> int:
    """Write the pieces of a line at even distances; what does not fit goes onto more lines."""
    fitting = max(1, min(len(pieces), (last + 1) // 2))
    step = (last + 1) // fitting
    for start in range(0, len(pieces), fitting):
        for place, piece in enumerate(pieces[start : start + fitting]):
            sheet.write_string(row, place * step, piece, formats.line)
        row += 1
    return row


def _head(sheet: Any, row: int, table: BookTable, formats: _Formats) -> int:
    depth = len(table.head)
    widths = [column.width for column in table.columns]
    lines = max(
        _lines(column.title, width) for column, width in zip(table.columns, widths, strict=True)
    )
    for level in range(depth):
        sheet.set_row(row + level, _LINE * lines / depth + 8)
    covered: set[tuple[int, int]] = set()
    for level, cells in enumerate(table.head):
        place = 0
        for cell in cells:
            while (level, place) in covered:
                place += 1
            if cell.columns > 1 or cell.rows > 1:
                sheet.merge_range(
                    row + level, place, row + level + cell.rows - 1, place + cell.columns - 1,
                    "", formats.head,
                )  # fmt: skip
            covered |= {
                (level + down, place + right)
                for down in range(cell.rows)
                for right in range(cell.columns)
            }
            sheet.write_string(row + level, place, cell.text, formats.head)
            place += cell.columns
    return row + depth


def _row(
    sheet: Any, row: int, columns: tuple[Column, ...], values: tuple[Value, ...], formats: _Formats
) -> None:
    """Write each value by its own type: a text is never looked at for a formula or a number."""
    lines = max(
        _lines(value, column.width) if isinstance(value, str) else 1
        for column, value in zip(columns, values, strict=True)
    )
    sheet.set_row(row, min(_LINE * lines + 5, _HIGHEST))
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        form = formats.cells[column.kind]
        if value is None or value == "":
            sheet.write_blank(row, place, None, form)
        elif isinstance(value, str):
            sheet.write_string(row, place, value, form)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, datetime.combine(value, time()), form)
        elif isinstance(value, (int, float, Decimal)):
            sheet.write_number(row, place, value, form)
