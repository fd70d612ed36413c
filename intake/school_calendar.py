"""School calendars (校历): terms, holidays, suspensions, make-up days, boarding weeks.

Every change recounts the children whose absences lie near it: a day that was no school day breaks
nothing and counts for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.attendance_store import lock_attendance
from intake.leads import Basis, follow_up
from intake.reading import read_file
from intake.report import LeadOutcome
from intake.tabular import PlainRow, read_table
from intake.wording import day_of, plain
from models.base import Coded
from models.calendar import SATURDAY, Calendar
from storage.rules import calendar_of


class DayKind(Coded):
    """What a row of a school calendar says."""

    TERM = "term", "学期"
    HOLIDAY = "holiday", "放假"
    SUSPENSION = "suspension", "停课"
    MAKE_UP = "make_up", "补课"
    BOARDING_WEEKEND = "boarding_weekend", "大周末"


_KINDS = {
    "学期": DayKind.TERM, "放假": DayKind.HOLIDAY, "假期": DayKind.HOLIDAY,
    "地方假日": DayKind.HOLIDAY, "停课": DayKind.SUSPENSION, "补课": DayKind.MAKE_UP,
    "调休上课": DayKind.MAKE_UP, "上课": DayKind.MAKE_UP, "大周末": DayKind.BOARDING_WEEKEND,
    "月假": DayKind.BOARDING_WEEKEND,
}  # fmt: skip
_COLUMNS = {
    "school": ("学校", "学校名称", "学校标识码", "学校代码"),
    "kind": ("类别", "事项", "类型"),
    "name": ("名称", "事由", "原因"),
    "first": ("开始日期", "开始", "起始日期", "日期"),
    "last": ("结束日期", "结束", "截止日期"),
}
LONGEST_DAYS = 250
NEAR = timedelta(days=60)


class CalendarProblem(StrEnum):
    KIND = "kind"
    SCHOOL = "school"
    DATES = "dates"
    TOO_LONG = "too_long"
    NAME = "name"


_SENTENCES = {
    CalendarProblem.KIND: "类别应为：学期、放假、停课、补课、大周末",
    CalendarProblem.SCHOOL: "名册里没有这所学校；全县统一的请把学校一栏留空",
    CalendarProblem.DATES: "开始、结束日期无法识别，或结束早于开始，请写成 2026-09-01 的样子",
    CalendarProblem.TOO_LONG: f"一行不能超过 {LONGEST_DAYS} 天，请核对年份",
    CalendarProblem.NAME: "学期、放假、停课都须写明名称或事由",
}


@dataclass(frozen=True, slots=True, order=True)
class CalendarDay:
    """One entry of a calendar; ``school`` is None for the whole county."""

    kind: DayKind
    school: str | None
    name: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class CalendarReport:
    taken: int
    new: int
    rejected: tuple[tuple[int, str], ...]
    """Row number on the sheet and what to do about it."""
    leads: LeadOutcome


def boarding_weeks(
    school: str, first: date, last: date, *, teach_days: int, rest_days: int, calendar: Calendar
) -> list[CalendarDay]:
    """Lay out boarding weeks: ``teach_days`` in a row, then ``rest_days`` off, from ``first`` on.

    Weekend days within a teaching block become make-up days; working days within a rest become
    closures. A statutory holiday stays one: no block makes it up.
    """
    made: list[CalendarDay] = []
    day = first
    while day <= last:
        block = [day + timedelta(n) for n in range(teach_days)]
        made += [
            CalendarDay(DayKind.MAKE_UP, school, "大周末前上课", each, each)
            for each in block
            if each.weekday() >= SATURDAY and each <= last and each not in calendar.rest_days
        ]
        rest = day + timedelta(teach_days)
        end = min(rest + timedelta(rest_days - 1), last)
        if rest <= end:
            made.append(CalendarDay(DayKind.BOARDING_WEEKEND, school, "大周末", rest, end))
        day = rest + timedelta(rest_days)
    return made


async def import_calendar(
    connection: AsyncConnection, file: Path, county: str, basis: Basis
) -> CalendarReport:
    """Take a calendar file in: good rows at once, bad rows named with what to do."""
    source = await asyncio.to_thread(read_file, file)
    rows = read_table(source.sheets, _COLUMNS, ("kind", "first"))
    found = await connection.execute(
        text("select code, name from school where county = :county"), {"county": county}
    )
    schools: dict[str, str] = {}
    for school in found:
        schools[school.code] = schools[plain(school.name)] = school.code
    good: set[CalendarDay] = set()
    rejected = []
    for row in rows:
        read = _read(row, schools)
        if isinstance(read, CalendarProblem):
            rejected.append((row.number, _SENTENCES[read]))
        else:
            good.add(read)
    new, leads = await put_days(connection, county, sorted(good), basis)
    return CalendarReport(len(good), new, tuple(rejected), leads)


def _read(row: PlainRow, schools: dict[str, str]) -> CalendarDay | CalendarProblem:
    kind = _KINDS.get(plain(row.text("kind")))
    if kind is None:
        return CalendarProblem.KIND
    said = plain(row.text("school"))
    if said and said not in schools:
        return CalendarProblem.SCHOOL
    first = day_of(row.cells.get("first", ""))
    last = day_of(row.cells.get("last", "")) if row.text("last") else first
    if first is None or last is None or last < first:
        return CalendarProblem.DATES
    if (last - first).days >= LONGEST_DAYS:
        return CalendarProblem.TOO_LONG
    name = row.text("name") or (kind.label if kind in _NAMELESS else "")
    if not name:
        return CalendarProblem.NAME
    return CalendarDay(kind, schools[said] if said else None, name, first, last)


_NAMELESS = {DayKind.MAKE_UP, DayKind.BOARDING_WEEKEND}


async def put_days(
    connection: AsyncConnection, county: str, days: list[CalendarDay], basis: Basis
) -> tuple[int, LeadOutcome]:
    """Write calendar entries (the same one twice is one) and recount who is near them.

    Gives the number of days and spans that are new, and what became of the leads.
    """
    await lock_attendance(connection)
    new = sum([await _put(connection, county, day, basis.by) for day in days])
    if not new:
        return 0, LeadOutcome()
    schools = {day.school for day in days}
    school = schools.pop() if len(schools) == 1 else None
    first, last = min(day.first_on for day in days), max(day.last_on for day in days)
    return new, await recount(connection, county, school, first, last, basis)


async def _put(connection: AsyncConnection, county: str, day: CalendarDay, by: str) -> int:
    keys: dict[str, object] = {
        "county": county, "school": day.school, "name": day.name, "first": day.first_on,
        "last": day.last_on, "by": by, "kind": day.kind.value,
    }  # fmt: skip
    if day.kind is DayKind.TERM:
        return int((await connection.execute(text(_TERM), keys)).rowcount)
    if day.kind is DayKind.MAKE_UP:
        done = [await _make_up(connection, keys, each) for each in _each(day)]
        return sum(done)
    if day.kind is DayKind.HOLIDAY and day.school is None:
        made = [await _holiday(connection, keys, each) for each in _each(day)]
        return sum(made)
    kind = "school_holiday" if day.kind is DayKind.HOLIDAY else day.kind.value
    return int((await connection.execute(text(_CLOSURE), keys | {"kind": kind})).rowcount)


def _each(day: CalendarDay) -> Iterator[date]:
    for number in range((day.last_on - day.first_on).days + 1):
        yield day.first_on + timedelta(number)


async def _make_up(connection: AsyncConnection, keys: dict[str, object], day: date) -> int:
    return int((await connection.execute(text(_MAKE_UP), keys | {"day": day})).rowcount)


async def _holiday(connection: AsyncConnection, keys: dict[str, object], day: date) -> int:
    return int((await connection.execute(text(_HOLIDAY), keys | {"day": day})).rowcount)


_TERM = """
    insert into school_term (county, school, name, starts_on, ends_on)
    values (:county, :school, :name, :first, :last)
    on conflict (county, school, name) do update
    set starts_on = excluded.starts_on, ends_on = excluded.ends_on
    where (school_term.starts_on, school_term.ends_on) <> (excluded.starts_on, excluded.ends_on)
"""
_CLOSURE = """
    insert into school_closure (county, school, kind, starts_on, ends_on, reason, recorded_by)
    values (:county, :school, :kind, :first, :last, :name, :by)
    on conflict (county, school, kind, starts_on, ends_on) do update
    set reason = excluded.reason, recorded_by = excluded.recorded_by, withdrawn_at = null,
        withdrawn_by = null
    where school_closure.withdrawn_at is not null or school_closure.reason <> excluded.reason
"""
_MAKE_UP = """
    insert into school_make_up_day (county, school, day, reason, recorded_by)
    values (:county, :school, :day, :name, :by)
    on conflict (county, school, day) do update
    set withdrawn_at = null, withdrawn_by = null, recorded_by = excluded.recorded_by
    where school_make_up_day.withdrawn_at is not null
"""
_HOLIDAY = """
    insert into local_holiday (county, day, name, recorded_by) values (:county, :day, :name, :by)
    on conflict (county, day) do update set name = excluded.name
    where local_holiday.name <> excluded.name
"""


async def lift_closure(
    connection: AsyncConnection, closure: UUID, basis: Basis
) -> LeadOutcome | None:
    """Take a closure back (复课) and recount; None where there is no such closure in force."""
    await lock_attendance(connection)
    found = await connection.execute(
        text(
            "update school_closure set withdrawn_at = now(), withdrawn_by = :by"
            " where id = :id and withdrawn_at is null returning county, school, starts_on, ends_on"
        ),
        {"id": closure, "by": basis.by},
    )
    row = found.one_or_none()
    if row is None:
        return None
    return await recount(connection, row.county, row.school, row.starts_on, row.ends_on, basis)


async def recount(
    connection: AsyncConnection, county: str, school: str | None, first: date, last: date,
    basis: Basis,
) -> LeadOutcome:  # fmt: skip
    """Recount the children with absences near these days, by the calendar as it is written now."""
    calendar = await calendar_of(connection, county, basis.as_of)
    rows = await connection.execute(
        text("""
            select a.child_ref, a.day from absence a
            join child c on c.ref = a.child_ref join school s on s.code = c.school
            where s.county = :county and (cast(:school as text) is null or s.code = :school)
              and a.day between :first and :last
        """),
        {"county": county, "school": school, "first": first - NEAR, "last": last + NEAR},
    )
    touched = [(row.child_ref, row.day) for row in rows]
    return await follow_up(connection, touched, replace(basis, calendar=calendar))


async def closures_of(connection: AsyncConnection, county: str, school: str) -> list[Row[Any]]:
    """List the closures in force that concern a school, its own and the county's."""
    rows = await connection.execute(
        text(
            "select id, school, kind, starts_on, ends_on, reason from school_closure"
            " where county = :county and (school is null or school = :school)"
            " and withdrawn_at is null order by starts_on, id"
        ),
        {"county": county, "school": school},
    )
    return list(rows)
