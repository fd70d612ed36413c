"""Read a plain table with known columns: find its header row, give its rows as words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intake.headers import DEEPEST_HEADER_ROW, header_word
from intake.problems import FileProblem, IntakeError
from intake.reading import Cell, Sheet, cell_text


@dataclass(frozen=True, slots=True)
class PlainRow:
    """One data row: its number on the sheet and the cells of the known columns."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        return cell_text(self.cells.get(column, "")).strip()


def read_table(
    sheets: Iterable[Sheet], columns: Mapping[str, Sequence[str]], required: Sequence[str]
) -> list[PlainRow]:
    """Give the rows of every sheet that has the columns; ``columns`` maps a name to its synonyms.

    Raises IntakeError where no sheet has a header, or a required column is missing from all.
    """
    words = {header_word(word): name for name, these in columns.items() for word in these}
    rows: list[PlainRow] = []
    missing: set[str] = set()
    is_found = False
    for sheet in sheets:
        header = _header(sheet, words)
        if header is None:
            continue
        number, places = header
        if lacking := set(required) - places.keys():
            missing |= lacking
            continue
        is_found = True
        for offset, cells in enumerate(sheet.rows[number:], start=number + 1):
            if any(cell_text(cell).strip() for cell in cells):
                known = {name: cells[at] for name, at in places.items() if at < len(cells)}
                rows.append(PlainRow(offset, known))
    if not is_found and missing:
        named = "、".join(sorted(columns[name][0] for name in missing))
        raise IntakeError(FileProblem.MISSING_COLUMNS, columns=named)
    if not is_found:
        named = "、".join(columns[name][0] for name in required)
        raise IntakeError(FileProblem.TABLE_HEADER, limit=DEEPEST_HEADER_ROW, columns=named)
    if not rows:
        raise IntakeError(FileProblem.NO_ROWS)
    return rows


def _header(sheet: Sheet, words: Mapping[str, str]) -> tuple[int, dict[str, int]] | None:
    best: tuple[int, dict[str, int]] | None = None
    for number, cells in enumerate(sheet.rows[:DEEPEST_HEADER_ROW], start=1):
        places: dict[str, int] = {}
        for at, cell in enumerate(cells):
            name = words.get(header_word(cell_text(cell)))
            if name is not None:
                places.setdefault(name, at)
        if len(places) >= 2 and (best is None or len(places) > len(best[1])):
            best = number, places
    return best
