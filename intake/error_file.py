"""Hand the refused rows back: the same columns with the reason beside each, ready to be mended."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from xlsxwriter import Workbook

from intake.headers import Table, header_word
from intake.judging import RejectedRow
from intake.problems import FileProblem, IntakeError
from intake.reading import cell_text

REASON_HEADER = "错误原因"
_ENDING = re.compile(r"-错误行(\d*)$")


def error_path(source: Path) -> Path:
    """Name the error file; the errors of an error file get the next number."""
    found = _ENDING.search(source.stem)
    if found is None:
        return source.with_name(f"{source.stem}-错误行.xlsx")
    number = int(found[1] or 1) + 1
    return source.with_name(f"{_ENDING.sub('', source.stem)}-错误行{number}.xlsx")


def hand_back(source: Path, rejected: Sequence[RejectedRow], *, is_known: bool) -> Path:
    """Write the error file beside the source and give its path.

    An error file that is there may hold somebody's half-finished mending: it is never replaced.
    """
    path = error_path(source)
    if is_known and path.exists():
        return path
    while path.exists():
        path = error_path(path)
    try:
        write_error_file(path, rejected)
    except OSError:
        raise IntakeError(FileProblem.ERROR_FILE, folder=path.parent) from None
    return path


def write_error_file(path: Path, rejected: Sequence[RejectedRow]) -> None:
    """Write the rows sheet by sheet, every cell as text; the file appears whole or not at all."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    for sheet_name, rows in groupby(rejected, key=lambda row: row.table.sheet):
        _write_sheet(book, sheet_name or "错误行", list(rows))
    book.close()
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(buffer.getvalue())
    draft.replace(path)


def _write_sheet(book: Workbook, name: str, rows: list[RejectedRow]) -> None:
    # The text format also holds for what is typed in later: a mended number keeps its digits.
    as_text = book.add_format({"num_format": "@"})
    heading = book.add_format({"bold": True, "num_format": "@", "bg_color": "#E7EEF7"})
    warning = book.add_format({"font_color": "#9C0006", "num_format": "@"})
    sheet = book.add_worksheet(name)
    columns = _kept_columns(rows[0].table)
    header = [rows[0].table.header[column] for column in columns]
    sheet.set_column(0, len(header) - 1, 20, as_text)
    sheet.set_column(len(header), len(header), 70, warning)
    for place, title in enumerate([*header, REASON_HEADER]):
        sheet.write_string(0, place, title, heading)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            cells = row.source.cells
            value = cell_text(cells[column]) if column < len(cells) else ""
            # write_string: a name beginning with = + - or @ is never taken for a formula.
            sheet.write_string(line, place, value, as_text)
        sentences = "；".join(problem.sentence for problem in row.problems)
        sheet.write_string(line, len(header), sentences, warning)
    sheet.freeze_panes(1, 0)


def _kept_columns(table: Table) -> list[int]:
    return [
        column for column, title in enumerate(table.header) if header_word(title) != REASON_HEADER
    ]
