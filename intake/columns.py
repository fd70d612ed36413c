"""What the columns of a roster mean: the words are data (columns.toml), the choice is shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intake.headers import DEEPEST_HEADER_ROW
from intake.headings import Heading, Owner, chosen_for, headings, position
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
    header: tuple[str, ...]
    """What every column is called, by its place; with its group where two rows make the header."""
    columns: tuple[Column, ...]
    is_mended: bool = False
    """The file is one of refused rows handed back: it has a column of reasons."""

    def field(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.field == name), None)

    @property
    def extras(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.why == "extra")

    def as_chosen(self) -> dict[str, str]:
        """Give header → field for the columns that are known, to be remembered.

        A name borne by two columns is not: which is meant was said of this file alone.
        """
        return {
            c.header: c.field or LEFT_OUT
            for c in self.columns
            if c.why not in ("extra", "withheld") and self.header.count(c.header) == 1
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
    where there is no header, a required column is missing, two columns may be meant by one field,
    or a chosen field does not exist.
    """  # fmt: skip
    chosen, remembered = chosen or {}, remembered or {}
    if unknown := set(chosen.values()) - set(labels()) - {LEFT_OUT}:
        raise IntakeError(FileProblem.UNKNOWN_FIELD, field=sorted(unknown)[0])
    best: list[_Found] | None = None
    best_row, best_count = 0, 1
    for number in range(1, min(len(rows), DEEPEST_HEADER_ROW) + 1):
        found = [_read(heading, kind, chosen, remembered) for heading in headings(rows, number)]
        count = len({one.field for one in found if one.field and not one.is_by_place})
        # Of a header of two rows the lower one is it, for it has the words of both.
        is_lower = count == best_count and number == best_row + 1 and _names_something(found)
        if count > best_count or is_lower:
            best, best_row, best_count = found, number, count
    if best is None:
        raise IntakeError(FileProblem.ROSTER_HEADER, limit=DEEPEST_HEADER_ROW, kind=kind.label)
    return _settled(best, best_row, kind)


@dataclass(slots=True)
class _Found:
    """What one column may be, before its neighbours are looked at."""

    heading: Heading
    field: str | None
    why: str
    is_by_place: bool = False
    """Said by the column's place, which says nothing of the row."""

    @property
    def rank(self) -> int:
        """How plainly the header says that the column is the child's."""
        return 3 if self.why in ("chosen", "remembered") else self.heading.owner.value


def _names_something(found: Sequence[_Found]) -> bool:
    return any(one.field and one.heading.is_own and not one.is_by_place for one in found)


def _read(
    heading: Heading, kind: RosterKind, chosen: Mapping[str, str], remembered: Mapping[str, str]
) -> _Found:
    if heading.word in _data()["withheld"]["words"]:
        return _Found(heading, None, "withheld")
    said = chosen_for(heading, chosen, remembered)
    if said is not None:
        return _Found(heading, said[0] or None, *said[1:])
    field = _words(kind).get(heading.word)
    if field and heading.owner is Owner.ADULT:
        field = _OF_ADULT.get(field)
    return _Found(heading, field, "known" if field else "extra")


_OF_ADULT = {name: name for name in (
    "guardian", "guardian_phone", "address", "township", "household_county", "household_label",
    "poverty",
)} | {"name": "guardian"}  # fmt: skip
"""What the columns of a grown-up may say of the household."""


def _settled(found: Sequence[_Found], number: int, kind: RosterKind) -> ColumnMap:
    """Let one column have each field; of two that cannot be told apart a person must say which."""
    taken: dict[str, _Found] = {}
    for one in found:
        if one.field and (one.field not in taken or one.rank > taken[one.field].rank):
            taken[one.field] = one
    alone = {"id_no", *required(kind)} - {"class_name"}
    for field, best in taken.items():
        rivals = [one for one in found if one.field == field and one.rank == best.rank]
        if field in alone and len(rivals) > 1:
            raise _ambiguous(field, rivals)
    _must_be_the_childs(found, taken)
    missing = [field for field in required(kind) if field not in taken]
    if "school" in missing and "school_code" in taken:
        missing.remove("school")
    if missing:
        raise _missing(missing, found)
    columns: list[Column] = []
    is_mended = False
    for one in found:
        if one.heading.word == REASON_HEADER:
            is_mended = True
        elif one.heading.word:
            is_it = one.field is None or taken[one.field] is one
            columns.append(
                Column(
                    one.heading.number, one.heading.text,
                    one.field if is_it else None, one.why if is_it else "extra",
                )
            )  # fmt: skip
    header = tuple(one.heading.text for one in found)
    return ColumnMap(number, header, tuple(columns), is_mended)


def _must_be_the_childs(found: Sequence[_Found], taken: Mapping[str, _Found]) -> None:
    """Refuse a bare 身份证号 that stands right of a grown-up's name: it may be the grown-up's.

    Beside a column of birthdays each row tells by itself.
    """
    number = taken.get("id_no")
    if (
        number is None
        or "birth_on" in taken
        or number.rank != Owner.UNSAID.value
        or not number.heading.number
    ):
        return
    beside = found[number.heading.number - 1]
    if beside.field == "guardian":
        raise IntakeError(
            FileProblem.WHOSE_NUMBER, column=_called(number), beside=_called(beside),
            header=number.heading.text,
        )  # fmt: skip


def _missing(fields: Sequence[str], found: Sequence[_Found]) -> IntakeError:
    """Name what is missing, and of the columns nobody knows the ones that may be it."""
    words = "、".join(labels()[field] for field in fields)
    unknown = [one.heading.text for one in found if one.why == "extra" and one.heading.word]
    error = IntakeError(FileProblem.MISSING_COLUMNS, columns=words)
    if not unknown:
        return error
    named = "、".join(f"“{text}”" for text in unknown[:8])
    return error.adding(
        f"认不出的列有：{named}；若其中有它，请指明，如：{unknown[0]}={fields[0]}。"
    )


def _ambiguous(field: str, rivals: Sequence[_Found]) -> IntakeError:
    last = position(rivals[-1].heading.number)
    return IntakeError(
        FileProblem.AMBIGUOUS_COLUMNS, label=labels()[field], field=field, last=last,
        columns="、".join(_called(one) for one in rivals),
    )  # fmt: skip


def _called(one: _Found) -> str:
    return f"“{one.heading.text}”（{position(one.heading.number)}）"
