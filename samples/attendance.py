"""A year of attendance by exception, with the planted truths among ordinary absences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.calendar import Calendar
from models.roster import AbsenceKind, school_year_of
from samples.draw import Draw
from samples.places import SCHOOLS
from samples.planting import STORIES, Days
from samples.records import (
    ChildRow,
    ClassRoomRow,
    PlantedAbsence,
    ReportedClassDay,
    SampleAbsence,
)

REASONS = {
    AbsenceKind.SICK: ("感冒发热", "腹泻", "牙痛", "水痘居家", "扭伤"),
    AbsenceKind.LEAVE: ("家中有事", "走亲戚", "办理证件", "外出就诊陪护"),
    AbsenceKind.OFFICIAL: ("参加县运动会", "参加演讲比赛"),
    AbsenceKind.UNEXCUSED: ("", "未请假", "电话未接通", "家长称不知情"),
}
EPISODES = (
    (AbsenceKind.SICK, 0.0085, 3),
    (AbsenceKind.LEAVE, 0.0035, 2),
    (AbsenceKind.OFFICIAL, 0.0006, 1),
    (AbsenceKind.UNEXCUSED, 0.0012, 2),
)
"""Kind, chance that it begins on a given day, and its greatest length in school days."""


@dataclass(frozen=True, slots=True)
class Attendance:
    absences: tuple[SampleAbsence, ...]
    class_days: tuple[ReportedClassDay, ...]
    planted: tuple[PlantedAbsence, ...]


def attend(
    seed: int,
    day: date,
    calendar: Calendar,
    class_rooms: Sequence[ClassRoomRow],
    children: Sequence[ChildRow],
) -> Attendance:
    """Tell every school day of the year up to and including ``day``."""
    first = date(school_year_of(day), 8, 20)
    year = [first + timedelta(n) for n in range((day - first).days + 1)]
    days = {
        school.code: Days(
            tuple(d for d in year if calendar.is_school_day(d, school.code)), calendar
        )
        for school in SCHOOLS
    }
    planted, absences = _plant(Draw(seed, "planting"), days, children)
    chosen = {plant.child_ref for plant in planted}
    draw = Draw(seed, "attendance")
    for child in children:
        if child.ref not in chosen:
            absences.extend(_ordinary(draw, child, days[child.school].days))
    return Attendance(
        absences=tuple(sorted(absences, key=lambda a: (a.day, a.child_ref))),
        class_days=_reported(class_rooms, children, days, absences),
        planted=tuple(planted),
    )


def _plant(
    draw: Draw, days: dict[str, Days], children: Sequence[ChildRow]
) -> tuple[list[PlantedAbsence], list[SampleAbsence]]:
    by_school = {
        school.code: [child for child in children if child.school == school.code]
        for school in SCHOOLS
    }
    planted: list[PlantedAbsence] = []
    absences: list[SampleAbsence] = []
    for number, (story, tell) in enumerate(STORIES):
        school = SCHOOLS[number % len(SCHOOLS)].code
        pupils = by_school[school]
        child = pupils.pop(draw.between(0, len(pupils) - 1))
        telling = tell(days[school])
        if telling is None:
            continue
        dates = days[school].days
        for position, kind in telling:
            reason = draw.pick(REASONS[kind])
            absences.append(SampleAbsence(child.ref, dates[position], kind, reason))
        unexcused = [p for p, kind in telling if kind is AbsenceKind.UNEXCUSED]
        is_whole = len(unexcused) == unexcused[-1] - unexcused[0] + 1
        planted.append(
            PlantedAbsence(
                child_ref=child.ref,
                story=story,
                days=tuple(dates[position] for position in unexcused),
                is_run=is_whole and len(unexcused) >= 3,
                is_ongoing=unexcused[-1] == len(dates) - 1,
            )
        )
    return planted, absences


def _ordinary(draw: Draw, child: ChildRow, days: Sequence[date]) -> list[SampleAbsence]:
    """Draw a child's ordinary absences; the day after each is a day at school."""
    absences: list[SampleAbsence] = []
    position = 0
    while position < len(days):
        point = draw.fraction()
        for kind, chance, longest in EPISODES:
            point -= chance
            if point < 0:
                length = draw.between(1, longest)
                reason = draw.pick(REASONS[kind])
                spell = days[position : position + length]
                absences.extend(SampleAbsence(child.ref, day, kind, reason) for day in spell)
                position += length
                break
        position += 1
    return absences


def _reported(
    class_rooms: Sequence[ClassRoomRow],
    children: Sequence[ChildRow],
    days: dict[str, Days],
    absences: Sequence[SampleAbsence],
) -> tuple[ReportedClassDay, ...]:
    class_of = {child.ref: (child.school, child.grade, child.class_number) for child in children}
    with_absence = {(class_of[absence.child_ref], absence.day) for absence in absences}
    return tuple(
        ReportedClassDay(
            room.code, day, ((room.school, room.grade, room.number), day) not in with_absence
        )
        for room in class_rooms
        for day in days[room.school].days
    )
