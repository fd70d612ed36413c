"""A school's day: who has reported, who was there, who is away for how long (DC-2.3.3h)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.detect import place_on
from intake.entry import pupils_on
from intake.leads import Basis, runs_of
from intake.places import stays_of
from intake.unknown import unknown_of
from models.calendar import Calendar
from models.roster import AbsenceKind, school_year_of

LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class MissingClass:
    """A class that has not reported its day."""

    class_code: str
    grade: int
    number: int
    head_teacher: str
    pupils: int


@dataclass(frozen=True, slots=True)
class ClassLine:
    class_code: str
    expected: int
    absent: int
    unknown: int
    is_reported: bool
    is_late: bool
    reported_at: datetime | None
    reported_by: str | None

    @property
    def present(self) -> int | None:
        """Those there; None where the class has not reported."""
        return self.expected - self.absent - self.unknown if self.is_reported else None


@dataclass(frozen=True, slots=True)
class AbsentLine:
    child_ref: UUID
    name: str
    class_code: str
    kind: AbsenceKind
    reason: str
    is_on_leave: bool
    streak: int
    """Unexcused school days in a row up to this day; 0 where this day is excused."""


@dataclass(frozen=True, slots=True)
class DailyReport:
    school: str
    day: date
    is_school_day: bool
    why_not: str
    classes: tuple[ClassLine, ...]
    absent: tuple[AbsentLine, ...]

    @property
    def reasons(self) -> Counter[str]:
        return Counter(line.kind.label for line in self.absent)

    def streaks(self, level: int) -> list[AbsentLine]:
        """Give those away for at least ``level`` school days in a row."""
        return [line for line in self.absent if line.streak >= level]


async def classes_not_reported(
    connection: AsyncConnection, school: str, day: date, calendar: Calendar
) -> list[MissingClass]:
    """List the school's classes with pupils that have not reported ``day``; none on a day off."""
    if not calendar.is_school_day(day, school):
        return []
    rows = await connection.execute(
        text("""
            select r.code, r.grade, r.number, r.head_teacher, count(*) as pupils
            from class_room r
            join child c on (c.school, c.grade, c.class_number) = (r.school, r.grade, r.number)
            where r.school = :school and r.school_year = :year
              and not exists (select 1 from class_day d
                              where d.class_code = r.code and d.day = :day)
            group by r.code, r.grade, r.number, r.head_teacher
            order by r.grade, r.number
        """),
        {"school": school, "year": school_year_of(day), "day": day},
    )
    return [MissingClass(r.code, r.grade, r.number, r.head_teacher, r.pupils) for r in rows]


async def late_reports(connection: AsyncConnection, school: str, day: date) -> list[Row[Any]]:
    """List the first report of each class where it came after the cut-off, with who sent it."""
    rows = await connection.execute(
        text("""
            select * from (
                select distinct on (p.class_code) p.class_code, p.reported_at, p.reported_by,
                       p.due_at, p.is_late
                from class_report p join class_room r on r.code = p.class_code
                where r.school = :school and p.day = :day
                order by p.class_code, p.reported_at, p.id) first
            where is_late order by class_code
        """),
        {"school": school, "day": day},
    )
    return list(rows)


async def daily_report(
    connection: AsyncConnection, school: str, day: date, basis: Basis
) -> DailyReport:
    """Tell a school's day by class and by absent child, as it stands at ``basis.at``."""
    calendar = basis.calendar
    if not calendar.is_school_day(day, school):
        why = calendar.why_skipped(day, school=school, school_days=True)
        return DailyReport(school, day, False, why, (), ())
    rooms = await _rooms(connection, school, day)
    pupils = await pupils_on(connection, [room.code for room in rooms], day)
    absent = await _absent(connection, pupils, day, basis)
    stays = await stays_of(connection, sorted(pupils))
    unknown = {
        ref
        for ref, when in await unknown_of(connection, stays)
        if when == day and place_on(stays[ref], day).school == school
    } - {line.child_ref for line in absent}
    of_class: dict[str, Counter[str]] = defaultdict(Counter)
    for ref, code in pupils.items():
        of_class[code].update({"expected": 1, "unknown": int(ref in unknown)})
    for line in absent:
        of_class[line.class_code]["absent"] += 1
    lines = tuple(
        ClassLine(
            room.code, of_class[room.code]["expected"], of_class[room.code]["absent"],
            of_class[room.code]["unknown"], room.is_reported, bool(room.is_late),
            room.reported_at, room.reported_by,
        )
        for room in rooms
        if of_class[room.code]["expected"]
    )  # fmt: skip
    return DailyReport(school, day, True, "", lines, absent)


async def _rooms(connection: AsyncConnection, school: str, day: date) -> Sequence[Row[Any]]:
    rows = await connection.execute(
        text("""
            select r.code, d.class_code is not null as is_reported, p.is_late, p.reported_at,
                   p.reported_by
            from class_room r
            left join class_day d on d.class_code = r.code and d.day = :day
            left join lateral (select is_late, reported_at, reported_by from class_report
                               where class_code = r.code and day = :day
                               order by reported_at, id limit 1) p on true
            where r.school = :school and r.school_year = :year order by r.grade, r.number
        """),
        {"school": school, "year": school_year_of(day), "day": day},
    )
    return rows.all()


async def _absent(
    connection: AsyncConnection, pupils: dict[UUID, str], day: date, basis: Basis
) -> tuple[AbsentLine, ...]:
    rows = await connection.execute(
        text("""
            select a.child_ref, c.name, a.kind, a.reason,
                   exists (select 1 from leave_slip s where s.child_ref = a.child_ref
                           and s.status in ('approved', 'ended') and a.day >= s.first_on
                           and a.day <= s.last_on and (s.back_on is null or a.day < s.back_on))
                   as is_on_leave
            from absence a join child c on c.ref = a.child_ref
            where a.child_ref = any(cast(:refs as uuid[])) and a.day = :day
        """),
        {"refs": list(pupils), "day": day},
    )
    found = rows.all()
    at_day = replace(basis, as_of=day)
    runs = await runs_of(connection, sorted(r.child_ref for r in found), at_day, shortest=1)
    streak = {run.child_ref: run.day_count for run in runs if day in run.days}
    lines = [
        AbsentLine(
            r.child_ref, r.name, pupils[r.child_ref], AbsenceKind(r.kind), r.reason,
            r.is_on_leave, streak.get(r.child_ref, 0),
        )
        for r in found
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (-line.streak, line.class_code, line.child_ref)))
