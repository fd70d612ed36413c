"""The seats of the two lines, and which of them answer for one child. Pure: rows in, rows out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from models.base import Frozen
from models.seats import LEVELS, PLACED, Level, Line, Seat

MOST_SEATS = 12
"""双线十二人制: no line has more (DC-3.3a)."""
_Held = TypeVar("_Held")


class SeatsUnreadable(ValueError):
    """The rule ``responsibility_seats`` is not written as it must be; the text says where."""


def seats_of(rule: str) -> tuple[Seat, ...]:
    """Read ``government:county 县领导,…;education:…`` into seats numbered from 1 in each line."""
    seats: list[Seat] = []
    for part in filter(None, (piece.strip() for piece in rule.split(";"))):
        word, _, listed = part.partition(":")
        if word not in set(Line):
            raise SeatsUnreadable(f"责任席位规则里没有“{word}”这条线。")
        line = Line(word)
        entries = [entry.strip() for entry in listed.split(",") if entry.strip()]
        if not 1 <= len(entries) <= MOST_SEATS:
            raise SeatsUnreadable(
                f"{line.label}应有1至{MOST_SEATS}个席位，规则里有{len(entries)}个。"
            )
        for number, entry in enumerate(entries, start=1):
            level, _, title = entry.partition(" ")
            if level not in LEVELS[line] or not title.strip():
                raise SeatsUnreadable(f"{line.label}第{number}席“{entry}”应写成“层级 名称”。")
            seats.append(Seat(line=line, number=number, level=Level(level), title=title.strip()))
    return tuple(seats)


class Whereabouts(Frozen):
    """Where a child belongs: what its responsible line is found from."""

    county: str
    township: str
    school: str
    class_place: str = ""
    """Grade and number of the class, ``8-2``; empty where unknown."""
    village: str = ""
    group: str = ""
    address: str = ""
    """Where no village is named: villages and groups are looked for in this text."""


def class_place(grade: int | None, number: int | None) -> str:
    return f"{grade}-{number}" if grade and number else ""


def is_held(row: Any, day: date) -> bool:
    """Tell whether a seat's row is in force on ``day``; the day of ``until`` is the successor's."""
    return bool(row.since <= day and (row.until is None or day < row.until))


def line_of(rows: Iterable[_Held], where: Whereabouts, day: date) -> list[_Held]:
    """Pick the holders on ``day`` who answer for a child, from the county down, line by line."""
    found: list[Any] = [row for row in rows if is_held(row, day) and _answers(row, where)]
    found = [row for row in found if not _is_part_of_another(row, found)]
    order = list(Level)
    lines = list(Line)

    def place(row: Any) -> tuple[int, int, int, str]:
        return lines.index(Line(row.line)), order.index(Level(row.level)), row.seat, row.place

    return sorted(found, key=place)


def _answers(row: Any, where: Whereabouts) -> bool:
    level = Level(row.level)
    office = {
        Level.COUNTY: where.county, Level.SCHOOL: where.school, Level.CLASS: where.school,
    }.get(level, where.township)  # fmt: skip
    if row.office != office:
        return False
    if level not in PLACED:
        return True
    if level is Level.CLASS:
        return bool(where.class_place) and row.place == where.class_place
    named = where.village if level is Level.VILLAGE else where.group
    return row.place == named if named else bool(row.place) and row.place in where.address


def _is_part_of_another(row: Any, found: list[Any]) -> bool:
    """Tell whether a village's name only stood inside the name of another one (甲村 in 大甲村)."""
    if Level(row.level) not in {Level.VILLAGE, Level.GROUP}:
        return False
    return any(
        other.level == row.level and other.place != row.place and row.place in other.place
        for other in found
    )


def vacant(seats: Sequence[Seat], line: Line, level: Level, taken: set[int]) -> list[Seat]:
    """List the seats of one office at one level that nobody holds."""
    wanted = [seat for seat in seats if (seat.line, seat.level) == (line, level)]
    return [seat for seat in wanted if seat.number not in taken]
