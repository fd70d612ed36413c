"""The part of the roster a file speaks of, looked up once for all its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.places import Seat, moves_of, seats
from intake.wording import name_key, plain

ClassKey = tuple[str, int, int]
"""School code, grade and class number."""


@dataclass(frozen=True, slots=True)
class KnownChild:
    ref: UUID
    id_no: str | None
    roll_no: str | None
    name_key: str
    school: str | None
    grade: int | None
    class_number: int | None
    seats: tuple[tuple[date, Seat], ...] = ()
    """Where the child was taught from which day on; empty where it never moved."""

    def seat_on(self, day: date | None) -> Seat:
        if day is None or not self.seats:
            return self.school, self.grade, self.class_number
        return [seat for from_on, seat in self.seats if from_on <= day][-1]

    def school_on(self, day: date | None) -> str | None:
        return self.seat_on(day)[0]

    def class_key_on(self, day: date | None) -> ClassKey | None:
        return _class_key(self.seat_on(day))

    @property
    def class_keys(self) -> set[ClassKey]:
        """Every class the child was ever in."""
        every = [(self.school, self.grade, self.class_number), *(seat for _, seat in self.seats)]
        return {key for seat in every if (key := _class_key(seat)) is not None}


def _class_key(seat: Seat) -> ClassKey | None:
    school, grade, number = seat
    return None if school is None or grade is None or number is None else (school, grade, number)


class Roster:
    """Schools, classes and children, found by the words and numbers files use."""

    def __init__(
        self,
        schools: Iterable[tuple[str, str]],
        classes: Iterable[tuple[str, str, int, int, int]],
        children: Iterable[KnownChild],
    ) -> None:
        """Take (code, name) of schools and (code, school, year, grade, number) of classes."""
        self._names: dict[str, list[str]] = defaultdict(list)
        self._codes: set[str] = set()
        for code, name in schools:
            self._codes.add(code)
            self._names[plain(name)].append(code)
        self._classes = {
            (school, grade, number, year): code for code, school, year, grade, number in classes
        }
        self.by_id_no: dict[str, KnownChild] = {}
        self.by_roll_no: dict[str, KnownChild] = {}
        self._named: dict[tuple[ClassKey, str], list[KnownChild]] = defaultdict(list)
        for child in children:
            if child.id_no:
                self.by_id_no[child.id_no] = child
            if child.roll_no:
                self.by_roll_no[child.roll_no] = child
            for key in sorted(child.class_keys):
                self._named[key, child.name_key].append(child)

    def school(self, name: str, code: str) -> str | None:
        """Find a school; the code counts before the name, and two of one name are neither."""
        if code:
            return code if code in self._codes else None
        found = self._names.get(name, [])
        return found[0] if len(found) == 1 else None

    def class_code(self, place: ClassKey, school_year: int) -> str | None:
        return self._classes.get((*place, school_year))

    def named(self, place: ClassKey, name: str, day: date | None) -> Sequence[KnownChild]:
        """Give the children of this name who were in the class on ``day``."""
        found = self._named.get((place, name), ())
        return [child for child in found if child.class_key_on(day) == place]


async def look_up(
    connection: AsyncConnection,
    *,
    id_numbers: Iterable[str],
    roll_numbers: Iterable[str],
    schools_by_name: Iterable[str],
) -> Roster:
    """Look up the children of these numbers, and all children of schools searched by name."""
    schools = [(row.code, row.name) for row in await connection.execute(text(_SCHOOLS))]
    named = set(schools_by_name)
    codes = sorted(code for code, name in schools if plain(name) in named or code in named)
    found = await connection.execute(
        text(_CHILDREN),
        {"ids": sorted(id_numbers), "rolls": sorted(roll_numbers), "schools": codes},
    )
    children = found.all()
    moves = await moves_of(connection, (c.ref for c in children))
    classes = await connection.execute(text(_CLASSES))
    return Roster(
        schools,
        ((c.code, c.school, c.school_year, c.grade, c.number) for c in classes),
        (
            KnownChild(
                c.ref,
                c.id_no,
                c.roll_no,
                name_key(c.name),
                c.school,
                c.grade,
                c.class_number,
                tuple(seats((c.school, c.grade, c.class_number), moves[c.ref]))
                if c.ref in moves
                else (),
            )
            for c in children
        ),
    )


_SCHOOLS = "select code, name from school"
_CLASSES = "select code, school, school_year, grade, number from class_room"
_CHILDREN = """
    select ref, id_no, roll_no, name, school, grade, class_number
    from child
    where id_no = any(cast(:ids as text[]))
       or roll_no = any(cast(:rolls as text[]))
       or school = any(cast(:schools as text[]))
       or ref in (select child_ref from child_move where from_school = any(cast(:schools as text[])))
"""
