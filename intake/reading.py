"""Read CSV and workbook files as offices send them, into sheets of cells."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from intake.problems import FileProblem, IntakeError

Cell = str | int | float | bool | date | datetime | time | timedelta

LARGEST_MEGABYTES = 64
LARGEST_EXACT_WHOLE = 10**15
"""A spreadsheet keeps 15 digits of a number; what is longer has lost its end."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet; the first row is row 1 of the file."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    name: str
    sha256: str
    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()
    """Names of the hidden sheets, which are not read."""


def read_file(path: Path) -> SourceFile:
    """Read a file by what is in it, whatever its name ends with."""
    try:
        too_large = path.stat().st_size > LARGEST_MEGABYTES * 2**20
        content = b"" if too_large else path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise IntakeError(FileProblem.MISSING) from None
    except OSError:
        raise IntakeError(FileProblem.UNREADABLE) from None
    if too_large:
        raise IntakeError(FileProblem.TOO_LARGE, limit=LARGEST_MEGABYTES)
    sheets = read_sheets(content)
    return SourceFile(path.name, hashlib.sha256(content).hexdigest(), sheets, _hidden(content))


def _hidden(content: bytes) -> tuple[str, ...]:
    if not content.startswith((_ZIP, _OLE)):
        return ()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    shown = shown_of(book)
    return tuple(name for name in book.sheet_names if name not in shown)


def shown_of(book: CalamineWorkbook) -> list[str]:
    """Name the sheets a person sees: what a hidden one holds nobody has looked at before sending."""
    return [one.name for one in book.sheets_metadata if one.visible is SheetVisibleEnum.Visible]


def said_of_hidden(names: tuple[str, ...]) -> list[str]:
    sheets = "、".join(f"《{name}》" for name in names)
    return [f"隐藏的工作表{sheets}没有导入；要导入的请取消隐藏。"] if sheets else []


def read_sheets(content: bytes) -> tuple[Sheet, ...]:
    if not content.strip():
        raise IntakeError(FileProblem.EMPTY)
    if content.startswith((_ZIP, _OLE)):
        return _workbook(content)
    if content.startswith(b"%PDF-"):
        raise IntakeError(FileProblem.PDF)
    return (Sheet("", _csv_rows(decode(content))),)


def decode(content: bytes) -> str:
    """Decode UTF-8 with or without a mark, or else GB18030 (which holds GBK and GB2312)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise IntakeError(FileProblem.ENCODING)


def cell_text(cell: Cell) -> str:
    """Write a cell as text; a number too long to be exact keeps its scientific notation."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        exact = cell.is_integer() and abs(cell) < LARGEST_EXACT_WHOLE
        return str(int(cell)) if exact else f"{cell:.15g}"
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell).strip()


def _csv_rows(text: str) -> tuple[tuple[Cell, ...], ...]:
    beginning = text[:4000]
    delimiter = max(",\t;，", key=beginning.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return tuple(tuple(row) for row in rows)
    except csv.Error:
        raise IntakeError(FileProblem.ENCODING) from None


def _workbook(content: bytes) -> tuple[Sheet, ...]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return tuple(_sheet(book, name) for name in shown_of(book))
    except PasswordError:
        raise IntakeError(FileProblem.PASSWORD) from None
    except CalamineError:
        raise IntakeError(FileProblem.WORKBOOK) from None


def _sheet(book: CalamineWorkbook, name: str) -> Sheet:
    sheet: Any = book.get_sheet_by_name(name)
    rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    # A class name merged over its pupils' rows belongs to every one of them.
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if left == right and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return Sheet(name, tuple(tuple(row) for row in rows))
