"""Where children were taught, day by day: the roster's place and the moves before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.detect import Place, Stay, Stays
from models.roster import school_year_of

Seat = tuple[str | None, int | None, int | None]
"""School, grade and class number, as the roster holds them."""


class Move(NamedTuple):
    moved_on: date
    before: Seat
    after: Seat


def seats(now: Seat, moves: Sequence[Move]) -> list[tuple[date, Seat]]:
    """Give the first day of each seat in order; ``moves`` are in order of time."""
    if not moves:
        return [(date.min, now)]
    return [(date.min, moves[0].before), *((move.moved_on, move.after) for move in moves)]


async def moves_of(connection: AsyncConnection, children: Iterable[UUID]) -> dict[UUID, list[Move]]:
    rows = await connection.execute(
        text("""
            select child_ref, moved_on, from_school, from_grade, from_class, to_school, to_grade,
                   to_class
            from child_move where child_ref = any(cast(:refs as uuid[]))
            order by child_ref, moved_on, id
        """),
        {"refs": sorted(set(children))},
    )
    found: dict[UUID, list[Move]] = defaultdict(list)
    for r in rows:
        before, after = (
            (r.from_school, r.from_grade, r.from_class),
            (r.to_school, r.to_grade, r.to_class),
        )
        found[r.child_ref].append(Move(r.moved_on, before, after))
    return found


async def stays_of(connection: AsyncConnection, children: Sequence[UUID]) -> dict[UUID, Stays]:
    """Give each child's places in order; a class is that of the last school year of the stay."""
    rows = await connection.execute(
        text(
            "select ref, school, grade, class_number from child"
            " where ref = any(cast(:refs as uuid[]))"
        ),
        {"refs": list(children)},
    )
    now: dict[UUID, Seat] = {r.ref: (r.school, r.grade, r.class_number) for r in rows}
    moves = await moves_of(connection, now)
    history = {ref: seats(seat, moves.get(ref, ())) for ref, seat in now.items()}
    schools = {seat[0] for these in history.values() for _, seat in these if seat[0]}
    rooms = await connection.execute(
        text(
            "select code, school, grade, number, school_year from class_room"
            " where school = any(cast(:schools as text[])) order by school_year"
        ),
        {"schools": sorted(schools)},
    )
    codes: dict[Seat, list[tuple[int, str]]] = defaultdict(list)
    for room in rooms:
        codes[room.school, room.grade, room.number].append((room.school_year, room.code))
    return {ref: _stays(these, codes) for ref, these in history.items()}


def _stays(history: list[tuple[date, Seat]], codes: dict[Seat, list[tuple[int, str]]]) -> Stays:
    made = []
    for number, (from_on, seat) in enumerate(history):
        is_last = number + 1 == len(history)
        until = date.max if is_last else history[number + 1][0] - timedelta(1)
        year = until.year if until == date.max else school_year_of(until)
        fit = [code for school_year, code in codes.get(seat, ()) if school_year <= year]
        made.append(Stay(from_on, Place(seat[0] or "", fit[-1] if fit else "")))
    return tuple(made)


async def move_child(
    connection: AsyncConnection, child_ref: UUID, to: Seat, *, moved_on: date, by: str
) -> None:
    """Write a transfer of school or class that took effect on ``moved_on``; the roster follows."""
    await connection.execute(
        text(
            "select set_config('guixue.moved_on', :day, true), set_config('guixue.moved_by', :by, true)"
        ),
        {"day": moved_on.isoformat(), "by": by},
    )
    await connection.execute(
        text(
            "update child set school = :school, grade = :grade, class_number = :number"
            " where ref = :ref"
        ),
        {"school": to[0], "grade": to[1], "number": to[2], "ref": child_ref},
    )
    await connection.execute(
        text(
            "select set_config('guixue.moved_on', '', true), set_config('guixue.moved_by', '', true)"
        )
    )
