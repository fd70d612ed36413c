"""Ledger books and reports (台账、报表): one table spec, printed as XLSX, PDF and HTML.

A caller says what the columns are and what stands in the rows; sizes, faces and print set-up are
the business of the writers. Every text is a text: nothing a person typed becomes a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from papers.blocks import HeadCell
from papers.refusal import PaperRefused
from papers.wording import clean

Value = str | int | float | Decimal | date | None
Kind = Literal["text", "whole", "decimal", "percent", "date"]
CELL_LIMIT = 32_000
"""Characters a cell of a workbook holds."""


@dataclass(frozen=True)
class Column:
    """One column; ``width`` is in Chinese characters, ``group`` a head above neighbours."""

    title: str
    width: float = 6
    kind: Kind = "text"
    group: str = ""
    has_total: bool = False
    """Add the column up in a last row; only for ``whole`` and ``decimal``."""


@dataclass(frozen=True)
class BookTable:
    """One table: a worksheet of the XLSX, one or more landscape pages of the PDF."""

    name: str
    """Name of the worksheet; its first 31 characters are used."""
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    above: tuple[str, ...] = ()
    """Pieces of the line over the table (学校（盖章）：…, 报送时间：…), spread over its width."""
    below: tuple[str, ...] = ()
    """Lines under the table: how it was counted, who signs."""
    mark: str = ""
    """Stands before the title, e.g. 更正."""
    when_empty: str = "无"
    """A table without rows prints one row that says so (零报告)."""

    @cached_property
    def body(self) -> tuple[tuple[Value, ...], ...]:
        """The rows as they are printed, cleaned; PaperRefused where one does not fit."""
        found = [tuple(_cleaned(value) for value in row) for row in self.rows]
        problems = [
            f"“{self.title}”第{number}行有{len(row)}格，应为{len(self.columns)}格。"
            for number, row in enumerate(found, 1)
            if len(row) != len(self.columns)
        ] + [
            f"“{self.title}”第{number}行“{column.title}”超过{CELL_LIMIT}字，请删节。"
            for number, row in enumerate(found, 1)
            for column, value in zip(self.columns, row, strict=False)
            if isinstance(value, str) and len(value) > CELL_LIMIT
        ]
        if problems:
            raise PaperRefused(problems)
        if not found:
            empty: list[Value] = [None] * len(self.columns)
            empty[1 if len(empty) > 1 else 0] = self.when_empty
            return (tuple(empty),)
        return tuple(found)

    @property
    def full_title(self) -> str:
        """The title with its mark."""
        return f"（{clean(self.mark)}）{clean(self.title)}" if self.mark else clean(self.title)

    @property
    def totals(self) -> tuple[Value, ...]:
        """The last row (合计), or nothing where no column is added up."""
        if not any(column.has_total for column in self.columns):
            return ()
        made: list[Value] = [
            sum(_number(row[place]) for row in self.body) if column.has_total else None
            for place, column in enumerate(self.columns)
        ]
        label = next((i for i, column in enumerate(self.columns) if not column.has_total), None)
        if label is not None:
            made[label] = "合计"
        return tuple(made)

    @property
    def head(self) -> tuple[tuple[HeadCell, ...], ...]:
        """The rows of the head: two where neighbours share a group."""
        if not any(column.group for column in self.columns):
            return (tuple(HeadCell(column.title) for column in self.columns),)
        upper: list[HeadCell] = []
        lower: list[HeadCell] = []
        place = 0
        while place < len(self.columns):
            column = self.columns[place]
            if not column.group:
                upper.append(HeadCell(column.title, rows=2))
                place += 1
                continue
            end = place
            while end < len(self.columns) and self.columns[end].group == column.group:
                lower.append(HeadCell(self.columns[end].title))
                end += 1
            upper.append(HeadCell(column.group, columns=end - place))
            place = end
        return (tuple(upper), tuple(lower))

    def printed(self, value: Value, column: Column) -> str:
        """Write a value the way the PDF and the HTML show it."""
        if value is None:
            return ""
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):
            return value
        if column.kind == "percent":
            return f"{float(value) * 100:.2f}%"
        if column.kind == "decimal":
            return f"{float(value):.2f}"
        return str(value)


def _cleaned(value: Value) -> Value:
    return clean(value) if isinstance(value, str) else value


def _number(value: Value) -> int | float | Decimal:
    if value is None or value == "":
        return 0
    if isinstance(value, (int, float, Decimal)):
        return value
    return 0  # a row that says 无 adds nothing
