"""Read a header of one row or two: what each column is called, and whose it is.

Household lists put the grown-up and the child side by side under one title each (户主信息 |
适龄儿童信息); only the row above tells the two 姓名 apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from intake.headers import header_word

CHILD_WORDS = ("儿童", "学生", "适龄", "子女", "孩子", "幼儿", "少年", "学员", "入学对象")
ADULT_WORDS = ("户主", "父亲", "母亲", "父母", "监护人", "家长", "抚养人", "照料人")
PARTING = "/"
"""Between the title of a group and the column's own word: 户主信息/姓名."""
LONGEST_TITLE = 16


class Owner(Enum):
    """Whose a column is, as far as the header says."""

    CHILD = 2
    UNSAID = 1
    ADULT = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """What one column is called."""

    number: int
    text: str
    """With the title of its group, where the group says whose it is."""
    word: str
    """Its own word, as headers are compared."""
    owner: Owner
    is_own: bool = True
    """False where it is the row above that names the column."""


def headings(rows: Sequence[Sequence[str]], number: int) -> list[Heading]:
    """Read row ``number`` (the first is 1) as a header, with the row above it where that groups."""
    cells = [cell.strip() for cell in rows[number - 1]]
    above = _groups(rows[number - 2]) if number > 1 else []
    cells += [""] * (len(above) - len(cells))
    above += [""] * (len(cells) - len(above))
    found: list[Heading] = []
    group = ""
    for place, (cell, title) in enumerate(zip(cells, above, strict=True)):
        group = title or group
        found.append(_heading(place, cell, title, group))
    return found


def _groups(row: Sequence[str]) -> list[str]:
    """Give the titles of a row that groups columns; a title of the whole sheet groups none."""
    cells = [cell.strip() for cell in row]
    filled = [place for place, cell in enumerate(cells) if cell]
    is_whole_title = len(filled) == 1 and filled[0] == 0
    is_remark = any(
        len(cells[place]) > LONGEST_TITLE or re.search(r"[:：]", cells[place]) for place in filled
    )
    return [] if is_whole_title or is_remark else cells


def _heading(place: int, cell: str, title: str, group: str) -> Heading:
    if not cell:
        return Heading(place, title, header_word(title), owner_of(title), is_own=False)
    own = owner_of(cell)
    before, parting, after = cell.rpartition(PARTING)
    if parting and owner_of(before) is not Owner.UNSAID:  # a refused row handed back
        return Heading(place, cell, header_word(after), owner_of(before))
    over = owner_of(group)
    if own is not Owner.UNSAID or over is Owner.UNSAID or title == cell:
        return Heading(place, cell, header_word(cell), own)
    return Heading(place, f"{group}{PARTING}{cell}", header_word(cell), over)


def owner_of(title: str) -> Owner:
    """Tell whose a title is; of two people it names, the last: 学生家长 is the parent."""
    last = {
        owner: max(title.rfind(word) for word in words)
        for owner, words in ((Owner.CHILD, CHILD_WORDS), (Owner.ADULT, ADULT_WORDS))
    }
    if max(last.values()) < 0:
        return Owner.UNSAID
    return max(last, key=lambda owner: last[owner])


def position(number: int) -> str:
    """Name a column by its place, as people count."""
    return f"第{number + 1}列"


def chosen_for(
    heading: Heading, chosen: Mapping[str, str], remembered: Mapping[str, str]
) -> tuple[str, str, bool] | None:
    """Give the field a person said this column is, when, and whether by its place.

    The place counts before the name. What was remembered of a bare word does not make the column
    of a grown-up the child's.
    """
    names = [header_word(heading.text)]
    if heading.owner is not Owner.ADULT or not heading.is_own:
        names.append(heading.word)
    said = {header_word(name): field for name, field in chosen.items()}
    if (place := position(heading.number)) in said:
        return said[place], "chosen", True
    for name in (*names, heading.word):
        if name in said:
            return said[name], "chosen", False
    kept = {header_word(name): field for name, field in remembered.items()}
    return next(((kept[name], "remembered", False) for name in names if name in kept), None)
