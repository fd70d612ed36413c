"""Who answers for a case, which seats are empty, and the book of who is responsible (责任清单)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.responsibility import Whereabouts, class_place, line_of, seats_of, vacant
from models.responsibility import ResponsibilitySlot
from models.roster import school_year_of
from models.seats import PLACED, Level, Line, Seat
from papers.book import BookTable, Column
from storage import queries
from storage.responsibility import holders_on, stations_of
from storage.rules import policy_of

_slot: Any = ResponsibilitySlot


@dataclass(frozen=True)
class Vacancy:
    """A seat the rule asks for and nobody holds."""

    seat: Seat
    office: str
    place: str
    name: str


@dataclass(frozen=True)
class CaseLine:
    """The responsible line of a case on a day, and the seats of it that are empty."""

    holders: list[Any]
    missing: list[Seat]
    """Seats without a holder found; villages and groups also where the address names none."""
    source: str
    """Where the list of seats comes from."""


async def seats_in_force(
    connection: AsyncConnection, county: str, day: date
) -> tuple[tuple[Seat, ...], str]:
    """Return the seats of the county's rules with the sentence of where they come from."""
    rule = (await policy_of(connection, county, day))["responsibility_seats"]
    return seats_of(str(rule.value)), f"{rule.label}：{rule.source_text}。{rule.note}"


async def line_of_case(
    connection: AsyncConnection, scope: ColumnElement[bool], case_no: str, day: date
) -> CaseLine | None:
    """Find the holders on ``day`` for the school, class, township and village of a case."""
    case = await queries.get_case(connection, scope, case_no)
    if case is None:
        return None
    found = await connection.execute(
        text("select school, grade, class_number, current_address, household_address from child where ref = :ref"),
        {"ref": case.child_ref},
    )  # fmt: skip
    child = found.one()
    at_school = child.school == case.school
    where = Whereabouts(
        county=case.county, township=case.township, school=case.school,
        class_place=class_place(child.grade, child.class_number) if at_school else "",
        address=child.current_address or child.household_address,
    )  # fmt: skip
    rows = await holders_on(connection, _slot.county == case.county, day)
    holders = line_of(rows, where, day)
    taken = {(row.line, row.seat) for row in holders}
    seats, source = await seats_in_force(connection, case.county, day)
    missing = [seat for seat in seats if (seat.line.value, seat.number) not in taken]
    return CaseLine(holders, missing, source)


async def vacancies(
    connection: AsyncConnection, county: str, day: date, within: Sequence[str] | None = None
) -> list[Vacancy]:
    """List every empty seat of the county on ``day``; ``within`` narrows to these offices."""
    seats, _ = await seats_in_force(connection, county, day)
    rows = await holders_on(connection, _slot.county == county, day)
    taken: dict[tuple[str, str, str, str], set[int]] = {}
    for row in rows:
        taken.setdefault((row.line, row.level, row.office, row.place), set()).add(row.seat)
    found = []
    for station in await stations_of(connection, county, school_year_of(day)):
        if within is not None and station.office not in within:
            continue
        key = (station.line.value, station.level.value, station.office, station.place)
        for seat in vacant(seats, station.line, station.level, taken.get(key, set())):
            found.append(Vacancy(seat, station.office, station.place, station.name))
    return found


def place_label(level: str, place: str) -> str:
    """Write the place of a row for people: ``8-2`` is 八年级2班 written with digits."""
    if level == Level.CLASS.value:
        grade, _, number = place.partition("-")
        return f"{grade}年级{number}班"
    return place


def slot_line(row: Any) -> dict[str, Any]:
    """Write one stay in a seat for API and command line."""
    return {
        "id": str(row.id), "line": row.line, "line_label": Line(row.line).label,
        "level": row.level, "level_label": Level(row.level).label, "office": row.office,
        "place": place_label(row.level, row.place), "seat": row.seat, "title": row.title,
        "person": row.person, "account": row.account, "since": str(row.since),
        "until": str(row.until) if row.until else None,
        "letter_signed_on": str(row.letter_signed_on) if row.letter_signed_on else None,
        "letter_ref": row.letter_ref, "change_reason": row.change_reason,
        "trained_on": str(row.trained_on) if row.trained_on else None,
    }  # fmt: skip


def vacancy_line(found: Vacancy) -> dict[str, Any]:
    seat = found.seat
    return {
        "office": found.office, "name": found.name, "line": seat.line.value,
        "line_label": seat.line.label, "level": seat.level.value, "level_label": seat.level.label,
        "place": place_label(seat.level.value, found.place), "seat": seat.number,
        "title": seat.title, "stops_opening": seat.level is Level.CLASS,
    }  # fmt: skip


def seat_line(seat: Seat) -> dict[str, Any]:
    """Write a seat nobody was found for, with what to do."""
    said = "请登记责任人。"
    if seat.level in PLACED - {Level.CLASS}:
        said = "没有登记，或住址里认不出村（组）；请登记责任人或补全住址。"
    return {
        "line_label": seat.line.label, "level_label": seat.level.label, "seat": seat.number,
        "title": seat.title, "todo": said,
    }  # fmt: skip


def register_book(rows: Sequence[Any], name: str, day: date, source: str) -> BookTable:
    """Lay out 责任人名册 (DC-3.3a 责任清单): the columns are those the import reads."""
    return BookTable(
        name="责任人名册",
        title=f"{name}控辍保学双线责任人名册",
        above=(f"截至：{day}", source),
        columns=(
            Column("线", 4), Column("层级", 3), Column("单位代码", 7), Column("村组或班级", 8),
            Column("席位", 3, "whole"), Column("职务", 8), Column("姓名", 5), Column("账号", 6),
            Column("到任日期", 6, "date"), Column("责任书签订日期", 6, "date"),
            Column("责任书编号", 8), Column("培训日期", 6, "date"), Column("培训记录编号", 6),
            Column("更换理由", 8),
        ),
        rows=[
            (
                Line(row.line).label, Level(row.level).label, row.office,
                place_label(row.level, row.place), row.seat, row.title, row.person, row.account,
                row.since, row.letter_signed_on, row.letter_ref, row.trained_on, row.training_ref,
                row.change_reason,
            )
            for row in rows
        ],
    )  # fmt: skip
