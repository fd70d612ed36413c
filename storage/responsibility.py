"""Seats in the database: put a person in, sign the letter, end it, and ask who held what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.responsibility import ResponsibilitySlot
from models.seats import LEVELS, PLACED, REGISTRAR_TITLE, Level, Line, Post

_slot: Any = ResponsibilitySlot


class SeatRefused(Exception):
    """The seat cannot be filled, signed or ended so; the text says what to do."""


@dataclass(frozen=True)
class Person:
    """Who takes a seat, from when, with the letter and the training where there is one."""

    name: str
    since: date
    account: str = ""
    letter_signed_on: date | None = None
    letter_ref: str = ""
    trained_on: date | None = None
    training_ref: str = ""
    change_reason: str = ""


@dataclass(frozen=True)
class Noted:
    """Who writes it down, and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Appointed:
    id: UUID
    is_new: bool


async def appoint(
    connection: AsyncConnection, county: str, post: Post, person: Person, noted: Noted
) -> Appointed:
    """Put a person into a seat from a day on: the row of whoever held it ends on that day.

    The same person again changes nothing, but a letter that was missing is signed. Raises
    SeatRefused where the seat has a holder from a later day, or where the seat asks for more.
    """
    await _lock(connection, post)
    last = await _last(connection, post)
    is_held = last is not None and last.until is None
    is_same = is_held and (last.person, last.account) == (person.name, person.account)
    if is_same and person.letter_signed_on is None:
        return Appointed(last.id, is_new=False)
    if is_same:
        await sign(connection, last.id, person.letter_signed_on or person.since, person.letter_ref)
        return Appointed(last.id, is_new=False)
    _check(post, person, last)
    if is_held:
        await _end(connection, last.id, person.since, noted.by)
    made = uuid4()
    await connection.execute(
        insert(_slot).values(
            id=made, county=county, line=post.line.value, level=post.level.value,
            office=post.office, place=post.place, seat=post.seat, title=post.title,
            person=person.name, account=person.account, since=person.since,
            letter_signed_on=person.letter_signed_on, letter_ref=person.letter_ref,
            trained_on=person.trained_on, training_ref=person.training_ref,
            change_reason=person.change_reason, recorded_at=noted.at, recorded_by=noted.by,
        )
    )  # fmt: skip
    return Appointed(made, is_new=True)


def _check(post: Post, person: Person, last: Any) -> None:
    if post.level not in LEVELS[post.line]:
        raise SeatRefused(f"{post.line.label}没有{post.level.label}一级，请核对。")
    if (post.level in PLACED) != bool(post.place):
        need = "请写明" if post.level in PLACED else "不填"
        raise SeatRefused(f"{post.level.label}一级的席位{need}村（组）或班级。")
    if person.letter_signed_on and not person.letter_ref:
        raise SeatRefused("已签责任书的，请写明责任书编号。")
    if last is not None:
        bound = last.since if last.until is None else last.until
        if person.since < bound:
            raise SeatRefused(f"这个席位{bound}起另有任职记录，到任日期不能早于这一天。")
    if post.title == REGISTRAR_TITLE:
        if person.trained_on is None or not person.training_ref or person.trained_on > person.since:
            raise SeatRefused("学籍管理员先培训后上岗：请填到任前的培训日期和培训记录编号。")
        if last is not None and len(person.change_reason) < 2:
            raise SeatRefused("学籍管理员应保持相对稳定：更换请写明理由。")


async def sign(connection: AsyncConnection, slot: UUID, signed_on: date, reference: str) -> None:
    """Note the letter of responsibility; what is signed stays as it was signed first."""
    if not reference:
        raise SeatRefused("请写明责任书编号。")
    found = await connection.execute(
        select(_slot.since, _slot.letter_signed_on).where(_slot.id == slot).with_for_update()
    )
    row = found.one()
    if row.letter_signed_on is not None:
        return
    await connection.execute(
        _slot.__table__.update()
        .where(_slot.id == slot)
        .values(letter_signed_on=signed_on, letter_ref=reference)
    )


async def vacate(connection: AsyncConnection, slot: UUID, until: date, by: str) -> None:
    """End a stay in a seat without a successor; ending it twice changes nothing."""
    found = await connection.execute(
        select(_slot.since, _slot.until).where(_slot.id == slot).with_for_update()
    )
    row = found.one()
    if row.until is not None:
        return
    if until < row.since:
        raise SeatRefused(f"离任日期不能早于到任日期{row.since}。")
    await _end(connection, slot, until, by)


async def _end(connection: AsyncConnection, slot: UUID, until: date, by: str) -> None:
    await connection.execute(
        _slot.__table__.update().where(_slot.id == slot).values(until=until, ended_by=by)
    )


async def _lock(connection: AsyncConnection, post: Post) -> None:
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": "seat/" + "/".join(str(part) for part in post.key)},
    )


async def _last(connection: AsyncConnection, post: Post) -> Any:
    line, level, office, place, seat = post.key
    query = (
        select(*_slot.__table__.columns)
        .where(
            _slot.line == line, _slot.level == level, _slot.office == office,
            _slot.place == place, _slot.seat == seat,
        )
        .order_by(_slot.until.desc().nulls_first(), _slot.since.desc())
        .limit(1)
    )  # fmt: skip
    return (await connection.execute(query)).one_or_none()


def held_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a row is in force on ``day``."""
    condition: ColumnElement[bool] = (_slot.since <= day) & (
        _slot.until.is_(None) | (_slot.until > day)
    )
    return condition


async def holders_on(
    connection: AsyncConnection, scope: ColumnElement[bool], day: date, *, office: str | None = None
) -> list[Any]:
    """Return who held a seat on ``day`` within the scope, by office and seat."""
    query = select(*_slot.__table__.columns).where(scope, held_on(day))
    if office is not None:
        query = query.where(_slot.office == office)
    order = (_slot.office, _slot.place, _slot.line, _slot.seat)
    return list((await connection.execute(query.order_by(*order))).all())


async def unsigned(connection: AsyncConnection, scope: ColumnElement[bool], day: date) -> list[Any]:
    """Return the holders on ``day`` whose letter of responsibility is not signed (DC-2.1b)."""
    rows = await holders_on(connection, scope, day)
    return [row for row in rows if row.letter_signed_on is None or row.letter_signed_on > day]


async def get_slot(connection: AsyncConnection, scope: ColumnElement[bool], slot: UUID) -> Any:
    query = select(*_slot.__table__.columns).where(scope, _slot.id == slot)
    return (await connection.execute(query)).one_or_none()


async def history_of(connection: AsyncConnection, scope: ColumnElement[bool], office: str) -> Any:
    """Return every stay in the seats of an office, oldest first."""
    query = select(*_slot.__table__.columns).where(scope, _slot.office == office)
    order = (_slot.line, _slot.level, _slot.place, _slot.seat, _slot.since)
    return list((await connection.execute(query.order_by(*order))).all())


@dataclass(frozen=True)
class Station:
    """A place that ought to have its seats filled."""

    line: Line
    level: Level
    office: str
    place: str
    name: str


async def stations_of(connection: AsyncConnection, county: str, school_year: int) -> list[Station]:
    """List the offices of a county with seats: itself, townships, schools, classes with pupils.

    Villages and groups are in no list of their own: those that have had a holder are known.
    """
    query = text(
        "select 'county' as level, code as office, '' as place, name from county where code = :county"
        " union all select 'township', code, '', name from township where county = :county"
        " union all select 'school', code, '', name from school where county = :county"
        " union all select 'class', r.school, r.grade || '-' || r.number,"
        "   s.name || r.grade || '年级' || r.number || '班' from class_room r"
        "   join school s on s.code = r.school where s.county = :county and r.school_year = :year"
        "   and exists (select 1 from child c"
        "     where (c.school, c.grade, c.class_number) = (r.school, r.grade, r.number))"
        " union all select distinct level, office, place, place from responsibility_slot"
        "   where county = :county and level in ('village', 'group')"
        " order by 2, 1, 3"
    )
    rows = await connection.execute(query, {"county": county, "year": school_year})
    return [
        Station(line, Level(row.level), row.office, row.place, row.name)
        for row in rows
        for line in Line
        if row.level in LEVELS[line]
    ]
