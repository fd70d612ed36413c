"""What the columns of a roster mean: the words are data (columns.toml), the choice is shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intake.headers import DEEPEST_HEADER_ROW, header_word
from intake.problems import FileProblem, IntakeError
from models.rosters import RosterKind

FILE = Path(__file__).with_name("columns.toml")
REASON_HEADER = "错误原因"
LEFT_OUT = ""
"""The field of a column that is not taken in."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: what it is called and what it is taken for."""

    number: int
    header: str
    field: str | None
    """None: nothing is known about it, it is kept by its header among the extras."""
    why: str
    """known | remembered | chosen | extra | withheld"""

    @property
    def label(self) -> str:
        if self.field:
            return labels()[self.field]
        return {"extra": "（原样保留）", "withheld": "（涉及敏感信息，不入库）"}.get(
            self.why, "（不导入）"
        )


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which row is the header, and what its columns are."""

    header_row: int
    """Number of the header row, the first row of the file is 1."""
    columns: tuple[Column, ...]
    is_mended: bool = False
    """The file is one of refused rows handed back: it has a column of reasons."""

    def field(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.field == name), None)

    @property
    def extras(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.why == "extra")

    def as_chosen(self) -> dict[str, str]:
        """Give header → field for the columns that are known, to be remembered."""
        return {
            c.header: c.field or LEFT_OUT
            for c in self.columns
            if c.why not in ("extra", "withheld")
        }


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


@cache
def labels() -> dict[str, str]:
    found: dict[str, str] = _data()["labels"]
    return found


def words_of(section: str) -> dict[str, str]:
    """Give word → code of a coded column (``poverty`` or ``sex``)."""
    return {word: code for code, words in _data()[section].items() for word in words}


@cache
def _words(kind: RosterKind) -> dict[str, str]:
    own = _data()["kinds"][kind.value].get("words", {})
    found = {word: field for field, words in _data()["words"].items() for word in words}
    return found | {word: field for field, words in own.items() for word in words}


def required(kind: RosterKind) -> tuple[str, ...]:
    return tuple(_data()["kinds"][kind.value]["required"])


def find_header(
    rows: Sequence[Sequence[str]],
    kind: RosterKind,
    chosen: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
) -> ColumnMap:
    """Find the header among the first rows and say what each column is taken for.

    ``chosen`` goes before ``remembered``, and both before the known words. Raises IntakeError
    where there is no header, a required column is missing or a chosen field does not exist.
    """  # fmt: skip
    chosen, remembered = chosen or {}, remembered or {}
    if unknown := set(chosen.values()) - set(labels()) - {LEFT_OUT}:
        raise IntakeError(FileProblem.UNKNOWN_FIELD, field=sorted(unknown)[0])
    best: ColumnMap | None = None
    best_count = 1
    for number, cells in enumerate(rows[:DEEPEST_HEADER_ROW], start=1):
        found = _mapping(number, cells, kind, chosen, remembered)
        count = sum(1 for column in found.columns if column.field)
        if count > best_count:
            best, best_count = found, count
    if best is None:
        raise IntakeError(FileProblem.ROSTER_HEADER, limit=DEEPEST_HEADER_ROW, kind=kind.label)
    missing = [field for field in required(kind) if best.field(field) is None]
    if "school" in missing and best.field("school_code"):
        missing.remove("school")
    if missing:
        words = "、".join(labels()[field] for field in missing)
        raise IntakeError(FileProblem.MISSING_COLUMNS, columns=words)
    return best


def _mapping(
    number: int, cells: Sequence[str], kind: RosterKind, chosen: Mapping[str, str],
    remembered: Mapping[str, str],
) -> ColumnMap:  # fmt: skip
    columns: list[Column] = []
    taken: set[str] = set()
    is_mended = False
    by_choice = {header_word(word): field for word, field in {**remembered, **chosen}.items()}
    for place, cell in enumerate(cells):
        word = header_word(cell)
        if not word:
            continue
        if word == REASON_HEADER:
            is_mended = True
            continue
        if word in _data()["withheld"]["words"]:
            columns.append(Column(place, cell.strip(), None, "withheld"))
            continue
        field: str | None
        if word in by_choice:
            field = by_choice[word] or None
            is_chosen = word in {header_word(one) for one in chosen}
            why = "chosen" if is_chosen else "remembered"
        else:
            field = _words(kind).get(word)
            why = "known" if field else "extra"
        if field in taken:  # the first column of a meaning counts; the other is kept as it is
            field, why = None, "extra"
        if field:
            taken.add(field)
        columns.append(Column(place, cell.strip(), field, why))
    return ColumnMap(number, tuple(columns), is_mended)
