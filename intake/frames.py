"""Read a roster file of any size into columns of text, with each row's number on its sheet."""

from __future__ import annotations

import codecs
import csv
import gc
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from intake.beside import is_beside
from intake.columns import ColumnMap
from intake.headers import DEEPEST_HEADER_ROW
from intake.problems import FileProblem, IntakeError
from intake.reading import Cell, cell_text, shown_of

LARGEST_MEGABYTES = 2048
ROW = "row_number"
SHEET = "sheet_number"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PIECE = 1 << 20
_BEGINNING = 1 << 17

FindHeader = Callable[[Sequence[Sequence[str]]], ColumnMap]


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the file as it stands there: columns ``c0``, ``c1`` … of text."""

    mapping: ColumnMap
    header: tuple[str, ...]
    cells: pl.DataFrame


@dataclass(frozen=True, slots=True)
class RosterFrame:
    """All tables of one file: fields by their name, columns nothing is known of by ``x:header``."""

    parts: tuple[Part, ...]
    rows: pl.DataFrame
    aside: tuple[int, ...] = ()
    """Numbers of the rows that are no child's: totals, titles, signatures."""
    hidden: tuple[str, ...] = ()
    """Names of the hidden sheets, which are not read."""

    @property
    def mapping(self) -> ColumnMap:
        return self.parts[0].mapping


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file without holding it in memory."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            total.update(piece)
    return total.hexdigest()


def read_frame(path: Path, find: FindHeader, *, only: Iterable[str] | None = None) -> RosterFrame:
    """Read a file by what is in it; ``only`` names the fields wanted, all and extras if None.

    Raises IntakeError where nothing can be read.
    """
    beginning = _beginning(path)
    wanted = None if only is None else set(only)
    hidden: tuple[str, ...] = ()
    if beginning.startswith((_ZIP, _OLE)):
        parts, hidden = _workbook(path, find)
    else:
        parts = (_csv(path, beginning, find, wanted),)
    named, aside = [], []
    for part in parts:
        beside = is_beside(part.cells, part.mapping)
        named.append(_named(part, part.cells.filter(~beside), wanted))
        aside += part.cells.filter(beside)[ROW].to_list()
    rows = pl.concat(named, how="diagonal")
    if rows.is_empty():
        raise IntakeError(FileProblem.NO_ROWS)
    return RosterFrame(parts, rows, tuple(aside), hidden)


def _beginning(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_MEGABYTES << 20:
            raise IntakeError(FileProblem.TOO_LARGE, limit=LARGEST_MEGABYTES)
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except (FileNotFoundError, IsADirectoryError):
        raise IntakeError(FileProblem.MISSING) from None
    except OSError:
        raise IntakeError(FileProblem.UNREADABLE) from None
    if not beginning.strip():
        raise IntakeError(FileProblem.EMPTY)
    return beginning


def _named(found: Part, cells: pl.DataFrame, only: set[str] | None) -> pl.DataFrame:
    """Give the columns the names of their fields and drop rows without a word."""
    wanted: list[pl.Expr] = [pl.col(ROW), pl.col(SHEET)]
    words: list[str] = []
    seen: set[str] = set()
    for column in found.mapping.columns:
        name = column.field or (f"x:{column.header}" if column.why == "extra" else None)
        if name is None or name in seen or (only is not None and name not in only):
            continue
        seen.add(name)
        words.append(name)
        wanted.append(pl.col(f"c{column.number}").alias(name))
    rows = cells.select(wanted)
    is_blank = pl.all_horizontal(pl.col(words).is_null() | (pl.col(words).str.strip_chars() == ""))
    return rows.filter(~is_blank)


def _csv(path: Path, beginning: bytes, find: FindHeader, only: set[str] | None) -> Part:
    """Read a CSV as UTF-8 if its beginning is; the reader itself says where it is not."""
    is_whole = len(beginning) < _BEGINNING
    if _is_utf8(beginning, is_whole=is_whole):
        try:
            return _read_csv(path, beginning, "utf-8", find, only)
        except UnicodeError:
            pass
    return _read_csv(path, beginning, _encoding(path), find, only)


def _is_utf8(beginning: bytes, *, is_whole: bool) -> bool:
    if b"\0" in beginning:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def _read_csv(
    path: Path, beginning: bytes, encoding: str, find: FindHeader, only: set[str] | None
) -> Part:
    """Read a CSV of known encoding; UnicodeError where it turns out to be another."""
    is_whole = len(beginning) < _BEGINNING
    text = _decode_beginning(beginning, encoding, is_whole=is_whole)
    delimiter = max(",\t;，", key=text[:4000].count)
    rows, lines = _first_rows(text, delimiter)
    mapping = find(rows)
    header = mapping.header
    source: Path | bytes = path
    if encoding != "utf-8" or delimiter == "，":
        whole = path.read_bytes().decode(encoding)
        source = (whole.replace("，", ",") if delimiter == "，" else whole).encode()
        delimiter = "," if delimiter == "，" else delimiter
    names = [f"c{place}" for place in range(len(header))]
    wanted = names
    if only is not None:
        wanted = [f"c{column.number}" for column in mapping.columns if column.field in only]
    try:
        frame = (
            pl.scan_csv(
                source,
                has_header=False,
                skip_lines=lines[mapping.header_row - 1],
                schema=dict.fromkeys(names, pl.String),
                missing_columns="insert",
                separator=delimiter,
                truncate_ragged_lines=True,
                raise_if_empty=False,
            )
            .select(wanted)
            .collect()
        )
    except pl.exceptions.PolarsError:
        if encoding == "utf-8" and _encoding(path) != "utf-8":
            raise UnicodeError("not UTF-8") from None
        frame = _slowly(path, encoding, delimiter, mapping.header_row, len(header))
    return Part(mapping, header, _numbered(frame, mapping.header_row + 1, 1))


def _slowly(path: Path, encoding: str, delimiter: str, header_row: int, width: int) -> pl.DataFrame:
    """Read row by row what the fast reader refuses, such as a quotation mark left open."""
    text = path.read_bytes().decode(encoding).replace("\r\n", "\n")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[header_row:]
    except csv.Error:
        raise IntakeError(FileProblem.ENCODING) from None
    columns = {
        f"c{place}": [row[place] if place < len(row) else None for row in rows]
        for place in range(width)
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _numbered(frame: pl.DataFrame, first: int, sheet: int) -> pl.DataFrame:
    return frame.with_columns(
        pl.int_range(first, first + pl.len(), dtype=pl.Int32).alias(ROW),
        pl.lit(sheet, dtype=pl.Int16).alias(SHEET),
    )


def _first_rows(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Give the first rows, and for each the number of lines up to its end."""
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
            if len(rows) == DEEPEST_HEADER_ROW:
                break
    except csv.Error:
        raise IntakeError(FileProblem.ENCODING) from None
    return rows, lines


def _encoding(path: Path) -> str:
    """Tell UTF-8 from GB18030 (which holds GBK and GB2312) by reading the file piece by piece."""
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        has_nul = False
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    has_nul = has_nul or b"\0" in piece
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        if not has_nul:
            return encoding
    raise IntakeError(FileProblem.ENCODING)


def _decode_beginning(beginning: bytes, encoding: str, *, is_whole: bool) -> str:
    text = codecs.getincrementaldecoder(encoding)().decode(beginning, final=is_whole)
    return text.removeprefix("\ufeff")


def _workbook(path: Path, find: FindHeader) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Read every sheet that is shown and has a header; a sheet of remarks is no table.

    Gives the tables and the names of the hidden sheets: what a hidden one holds nobody has looked
    at before sending, often the list of another year.
    """
    try:
        with _collector_at_rest():
            book = CalamineWorkbook.from_path(str(path))
            sheets = {name: _cells(book.get_sheet_by_name(name)) for name in shown_of(book)}
    except PasswordError:
        raise IntakeError(FileProblem.PASSWORD) from None
    except CalamineError:
        raise IntakeError(FileProblem.WORKBOOK) from None
    parts: list[Part] = []
    without: IntakeError | None = None
    for number, name in enumerate(book.sheet_names, start=1):
        if name not in sheets:
            continue
        rows = sheets[name]
        try:
            mapping = find([_texts(row) for row in rows[:DEEPEST_HEADER_ROW]])
        except IntakeError as error:
            if error.code is not FileProblem.ROSTER_HEADER:
                raise error.on_sheet(name) if len(sheets) > 1 else error from None
            without = without or error
            continue
        header = mapping.header
        frame = _columns(rows[mapping.header_row :], len(header))
        parts.append(Part(mapping, header, _numbered(frame, mapping.header_row + 1, number)))
    if not parts:
        raise without or IntakeError(FileProblem.EMPTY)
    return tuple(parts), tuple(name for name in book.sheet_names if name not in sheets)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python from looking for cycles among millions of new cells: a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _cells(sheet: Any) -> list[list[Cell]]:
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    # A class name merged over its pupils' rows belongs to every one of them.
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if left == right and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return rows


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell_text(cell) for cell in row]


def _columns(rows: Sequence[Sequence[Cell]], width: int) -> pl.DataFrame:
    """Turn rows into columns of text; the reader gives every row of a sheet the same length."""
    found = min(width, len(rows[0]) if rows else 0)
    columns: dict[str, pl.Series] = {}
    for number in range(width):
        values = [row[number] for row in rows] if number < found else [""] * len(rows)
        kinds = set(map(type, values))
        if kinds <= {str, int, float}:  # no truth value among them, which would equal 1
            if kinds != {str}:
                texts = {value: cell_text(value) for value in set(values)}
                values = [texts[value] for value in values]
        else:
            values = [cell_text(value) for value in values]
        columns[f"c{number}"] = pl.Series(values, dtype=pl.String)
    return pl.DataFrame(columns)
