"""Hand the refused rows of a roster back: the wrong cell marked, the reason at the end of the row."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter import Workbook

from intake.columns import REASON_HEADER
from intake.error_file import error_path
from intake.frames import ROW, SHEET, Part, RosterFrame
from intake.headers import header_word
from intake.problems import FileProblem, IntakeError

MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576 rows; what is over goes on the next."""
MOST_REMARKS = 2000
"""Remarks at the cell itself up to here; beyond, a workbook opens too slowly."""


def hand_back(source: Path, frame: RosterFrame, refused: pl.DataFrame) -> Path:
    """Write the refused rows beside the source; a file that is there is never replaced."""
    path = error_path(source)
    while path.exists():
        path = error_path(path)
    return write(path, frame, refused)


def write(path: Path, frame: RosterFrame, refused: pl.DataFrame) -> Path:
    """Write the refused rows to ``path``; the file appears whole or not at all."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    forms = {
        "text": book.add_format({"num_format": "@"}),
        "head": book.add_format({"bold": True, "num_format": "@", "bg_color": "#E7EEF7"}),
        "wrong": book.add_format({"num_format": "@", "bg_color": "#FFC7CE"}),
        "why": book.add_format({"font_color": "#9C0006", "num_format": "@"}),
    }
    for part in frame.parts:
        number = part.cells[SHEET].first()
        here = refused.filter(pl.col(SHEET) == number)
        rows = here[ROW].unique(maintain_order=True)
        for first in range(0, len(rows), MOST_ROWS):
            piece = rows.slice(first, MOST_ROWS).implode()
            _write_part(book, forms, part, here.filter(pl.col(ROW).is_in(piece)))
    book.close()
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_bytes(buffer.getvalue())
        draft.replace(path)
    except OSError:
        raise IntakeError(FileProblem.ERROR_FILE, folder=path.parent) from None
    return path


def _write_part(book: Workbook, forms: dict[str, Any], part: Part, refused: pl.DataFrame) -> None:
    sheet = book.add_worksheet()
    kept = [n for n, title in enumerate(part.header) if header_word(title) != REASON_HEADER]
    fields = {c.field: kept.index(c.number) for c in part.mapping.columns if c.field}
    # The text format also holds for what is typed in later: a mended number keeps its digits.
    sheet.set_column(0, len(kept) - 1, 20, forms["text"])
    sheet.set_column(len(kept), len(kept), 70, forms["why"])
    for place, column in enumerate(kept):
        sheet.write_string(0, place, part.header[column], forms["head"])
    sheet.write_string(0, len(kept), REASON_HEADER, forms["head"])
    wrong: dict[int, dict[str, str]] = {}
    for _, row, name, sentence in refused.select(SHEET, ROW, "field", "sentence").iter_rows():
        wrong.setdefault(row, {})[name] = sentence
    cells = part.cells.filter(pl.col(ROW).is_in(list(wrong)))
    may_remark = len(wrong) <= MOST_REMARKS
    for line, record in enumerate(cells.iter_rows(named=True), start=1):
        reasons = wrong[record[ROW]]
        marked = {fields[name]: said for name, said in reasons.items() if name in fields}
        for place, column in enumerate(kept):
            form = forms["wrong"] if place in marked else forms["text"]
            # write_string: a name beginning with = + - or @ is never taken for a formula.
            sheet.write_string(line, place, record[f"c{column}"] or "", form)
            if place in marked and may_remark:
                sheet.write_comment(line, place, marked[place])
        said = "；".join(
            f"第{record[ROW]}行 {reason}" for reason in dict.fromkeys(reasons.values())
        )
        sheet.write_string(line, len(kept), said, forms["why"])
    sheet.freeze_panes(1, 0)
