"""A whole fictional county on one day, the same for the same seed and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.calendar import Calendar
from models.roster import school_year_of
from samples.attendance import attend
from samples.people import Settlement
from samples.places import COUNTY, OTHER_COUNTIES, SCHOOLS, TOWNSHIPS
from samples.records import (
    ChildGuardianRow,
    ChildRow,
    ClassRoomRow,
    CountyRow,
    GuardianRow,
    HouseholdRow,
    PlantedAbsence,
    ReportedClassDay,
    SampleAbsence,
    SchoolRow,
    SchoolTermRow,
    TownshipRow,
)
from samples.terms import terms_for

SEED = 990101


@dataclass(frozen=True, slots=True)
class SampleCounty:
    day: date
    school_year: int
    counties: tuple[CountyRow, ...]
    """示例县 first, then the counties some children are registered in."""
    townships: tuple[TownshipRow, ...]
    schools: tuple[SchoolRow, ...]
    class_rooms: tuple[ClassRoomRow, ...]
    terms: tuple[SchoolTermRow, ...]
    households: tuple[HouseholdRow, ...]
    children: tuple[ChildRow, ...]
    guardians: tuple[GuardianRow, ...]
    child_guardians: tuple[ChildGuardianRow, ...]
    absences: tuple[SampleAbsence, ...]
    class_days: tuple[ReportedClassDay, ...]
    planted: tuple[PlantedAbsence, ...]

    @property
    def year_title(self) -> str:
        return f"{self.school_year}—{self.school_year + 1}学年"


def generate(day: date, calendar: Calendar, seed: int = SEED) -> SampleCounty:
    """Make the county as it stands at the end of ``day``.

    The calendar decides which days are school days; give it the terms of ``samples.terms``.
    """
    year = school_year_of(day)
    people = Settlement(seed, year).fill()
    attendance = attend(seed, day, calendar, people.class_rooms, people.children)
    terms = tuple(
        SchoolTermRow(COUNTY.code, None, term.name, term.starts_on, term.ends_on)
        for term in terms_for(day)
    )
    return SampleCounty(
        day=day,
        school_year=year,
        counties=(COUNTY, *OTHER_COUNTIES),
        townships=TOWNSHIPS,
        schools=SCHOOLS,
        class_rooms=tuple(people.class_rooms),
        terms=terms,
        households=tuple(people.households),
        children=tuple(people.children),
        guardians=tuple(people.guardians),
        child_guardians=tuple(people.links),
        absences=attendance.absences,
        class_days=attendance.class_days,
        planted=attendance.planted,
    )
