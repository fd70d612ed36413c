"""The rows of a sample county; field names are the column names of models/roster.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.identity import Sex
from models.roster import AbsenceKind, PovertyKind, Relation, SchoolStage, TownshipKind


@dataclass(frozen=True, slots=True)
class CountyRow:
    code: str
    name: str
    bureau_name: str


@dataclass(frozen=True, slots=True)
class TownshipRow:
    code: str
    county: str
    name: str
    kind: TownshipKind
    government_name: str


@dataclass(frozen=True, slots=True)
class SchoolRow:
    code: str
    township: str
    county: str
    name: str
    stage: SchoolStage
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class ClassRoomRow:
    code: str
    school: str
    school_year: int
    grade: int
    number: int
    head_teacher: str


@dataclass(frozen=True, slots=True)
class SchoolTermRow:
    county: str
    school: str | None
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    ref: UUID
    head_name: str
    poverty: PovertyKind


@dataclass(frozen=True, slots=True)
class ChildRow:
    ref: UUID
    id_no: str | None
    roll_no: str | None
    name: str
    sex: Sex
    birth_on: date
    school: str
    grade: int
    class_number: int
    household_county: str
    household_township: str | None
    household_address: str
    current_address: str
    residence_township: str
    is_boarding: bool
    household_ref: UUID


@dataclass(frozen=True, slots=True)
class GuardianRow:
    ref: UUID
    name: str
    sex: Sex
    id_no: str | None
    phone: str
    address: str
    workplace: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class ChildGuardianRow:
    child_ref: UUID
    guardian_ref: UUID
    relation: Relation
    is_primary: bool


@dataclass(frozen=True, slots=True)
class SampleAbsence:
    child_ref: UUID
    day: date
    kind: AbsenceKind
    reason: str


@dataclass(frozen=True, slots=True)
class ReportedClassDay:
    """A class and a day it reported; absences of that day stand in SampleAbsence."""

    class_code: str
    day: date
    is_full_attendance: bool


@dataclass(frozen=True, slots=True)
class PlantedAbsence:
    """A truth the detection must find, or a near miss it must leave alone."""

    child_ref: UUID
    story: str
    days: tuple[date, ...]
    """The unexcused days, in order."""
    is_run: bool
    """Long enough for the three-day rule."""
    is_ongoing: bool

    @property
    def needs_lead(self) -> bool:
        return self.is_run and self.is_ongoing
