"""The roster: places, schools, children, guardians, attendance and the leads found in it.

Every particular of a person lives in these tables and nowhere else. Cases, events and log lines
carry ``Child.ref`` and ``Guardian.ref``, which are random and say nothing.
"""

from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    Identity,
    Integer,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from models.base import Coded
from models.identity import Sex
from models.words import LeadSource

LEAD_NAMESPACE = uuid5(NAMESPACE_URL, "guixue:lead")


class TownshipKind(Coded):
    TOWNSHIP = "township", "乡镇"
    SUBDISTRICT = "subdistrict", "街道"


class SchoolStage(Coded):
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初级中学"
    NINE_YEAR = "nine_year", "九年一贯制学校"


class PovertyKind(Coded):
    """Standing in the poverty-relief register (脱贫户/脱贫不稳定户/边缘易致贫户/突发严重困难户)."""

    NONE = "none", "一般户"
    LIFTED = "lifted", "脱贫户"
    UNSTABLE = "unstable", "脱贫不稳定户"
    EDGE = "edge", "边缘易致贫户"
    SUDDEN = "sudden", "突发严重困难户"


class Relation(Coded):
    FATHER = "father", "父亲"
    MOTHER = "mother", "母亲"
    GRANDFATHER = "grandfather", "祖父"
    GRANDMOTHER = "grandmother", "祖母"
    MATERNAL_GRANDFATHER = "maternal_grandfather", "外祖父"
    MATERNAL_GRANDMOTHER = "maternal_grandmother", "外祖母"
    SIBLING = "sibling", "兄姐"
    OTHER = "other", "其他"


class AbsenceKind(Coded):
    """Why a child was not at school; everything but ``unexcused`` is excused."""

    UNEXCUSED = "unexcused", "旷课"
    LEAVE = "leave", "事假"
    SICK = "sick", "病假"
    OFFICIAL = "official", "公假"


class ImportKind(Coded):
    ATTENDANCE = "attendance", "考勤"
    SCHOOL_LIST = "school_list", "学校名册"
    SCHOOL_ROLL = "school_roll", "学籍"
    HOUSEHOLD_REGISTER = "household_register", "户籍"
    GUARDIANS = "guardians", "监护人"
    POVERTY = "poverty", "脱贫户"
    HAND_OVER = "hand_over", "移交名单"


class LeadStatus(Coded):
    PENDING = "pending", "待立案"
    OPENED = "opened", "已立案"
    JOINED = "joined", "已并入在办个案"
    DISMISSED = "dismissed", "已排除"
    WITHDRAWN = "withdrawn", "因考勤更正撤回"


def school_year_of(day: date) -> int:
    """Name the school year by the calendar year it begins in.

    The last days of August belong to the coming year: schools register children then.
    """
    return day.year if (day.month, day.day) >= (8, 20) else day.year - 1


def lead_id(child_ref: UUID, absent_since: date | None, source: LeadSource) -> UUID:
    """Give the same lead the same id, however often it is found."""
    return uuid5(LEAD_NAMESPACE, f"{child_ref}:{absent_since or ''}:{source.value}")


def coded(kind: type[Coded]) -> Column[Any]:
    """Make a text column that holds only the values of ``kind``."""
    return Column(
        Enum(
            kind,
            native_enum=False,
            create_constraint=True,
            length=24,
            name=f"{kind.__name__.lower()}_known",
            values_callable=lambda members: [member.value for member in members],
        ),
        nullable=False,
    )


class County(SQLModel, table=True):
    __tablename__ = "county"
    code: str = Field(primary_key=True, max_length=6)
    name: str
    bureau_name: str


class Township(SQLModel, table=True):
    __tablename__ = "township"
    code: str = Field(primary_key=True, max_length=9)
    county: str = Field(foreign_key="county.code", index=True)
    name: str
    kind: TownshipKind = Field(sa_column=coded(TownshipKind))
    government_name: str


class School(SQLModel, table=True):
    __tablename__ = "school"
    code: str = Field(primary_key=True, max_length=10)
    township: str = Field(foreign_key="township.code", index=True)
    county: str = Field(foreign_key="county.code", index=True)
    name: str = Field(index=True)
    stage: SchoolStage = Field(sa_column=coded(SchoolStage))
    address: str = ""
    phone: str = ""


class ClassRoom(SQLModel, table=True):
    """One class of one school year."""

    __tablename__ = "class_room"
    __table_args__ = (
        UniqueConstraint("school", "school_year", "grade", "number"),
        CheckConstraint("grade between 1 and 9", name="grade_compulsory"),
    )
    code: str = Field(primary_key=True, max_length=24)
    """School code, school year, grade and number: ``9901010001-2025-0302``."""
    school: str = Field(foreign_key="school.code")
    school_year: int
    grade: int
    number: int
    head_teacher: str = ""


class SchoolTerm(SQLModel, table=True):
    """A term of the whole county, or of the one school named."""

    __tablename__ = "school_term"
    __table_args__ = (
        UniqueConstraint("county", "school", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("starts_on <= ends_on", name="term_runs_forward"),
    )
    id: int | None = Field(
        default=None, sa_column=Column(Integer, Identity(always=True), primary_key=True)
    )
    county: str = Field(foreign_key="county.code")
    school: str | None = Field(default=None, foreign_key="school.code")
    name: str
    starts_on: date
    ends_on: date


class Household(SQLModel, table=True):
    __tablename__ = "household"
    ref: UUID = Field(default_factory=uuid4, primary_key=True)
    head_name: str
    poverty: PovertyKind = Field(default=PovertyKind.NONE, sa_column=coded(PovertyKind))


class Child(SQLModel, table=True):
    __tablename__ = "child"
    __table_args__ = (CheckConstraint("grade between 1 and 9", name="grade_compulsory"),)
    ref: UUID = Field(default_factory=uuid4, primary_key=True)
    id_no: str | None = Field(default=None, unique=True, max_length=18)
    roll_no: str | None = Field(default=None, unique=True, max_length=19)
    name: str = Field(index=True)
    sex: Sex = Field(sa_column=coded(Sex))
    birth_on: date
    school: str | None = Field(default=None, foreign_key="school.code", index=True)
    grade: int | None = None
    class_number: int | None = None
    household_county: str = Field(max_length=6)
    """Where the child is registered; it may be a county this system does not hold."""
    household_township: str | None = Field(default=None, max_length=9)
    household_address: str = ""
    current_address: str = ""
    residence_township: str | None = Field(
        default=None, foreign_key="township.code", index=True, max_length=9
    )
    is_boarding: bool = False
    household_ref: UUID | None = Field(default=None, foreign_key="household.ref", index=True)


class Guardian(SQLModel, table=True):
    __tablename__ = "guardian"
    ref: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    sex: Sex = Field(sa_column=coded(Sex))
    id_no: str | None = Field(default=None, unique=True, max_length=18)
    phone: str = ""
    address: str = ""
    workplace: str = ""
    is_away: bool = False
    """Works away from home (外出务工)."""


class ChildGuardian(SQLModel, table=True):
    __tablename__ = "child_guardian"
    child_ref: UUID = Field(foreign_key="child.ref", primary_key=True)
    guardian_ref: UUID = Field(foreign_key="guardian.ref", primary_key=True, index=True)
    relation: Relation = Field(sa_column=coded(Relation))
    is_primary: bool = False


class ImportRun(SQLModel, table=True):
    """One file taken in, and what it did."""

    __tablename__ = "import_run"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: ImportKind = Field(sa_column=coded(ImportKind))
    file_name: str
    file_sha256: str = Field(index=True, max_length=64)
    imported_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    imported_by: str
    rows_total: int
    rows_ok: int
    rows_rejected: int
    rows_added: int
    rows_replaced: int
    rows_withdrawn: int
    rows_unchanged: int
    rejected_rows: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    """Positions of the refused rows: sent again, the file's other rows are left alone."""


class Absence(SQLModel, table=True):
    """A child's absence on one school day."""

    __tablename__ = "absence"
    child_ref: UUID = Field(foreign_key="child.ref", primary_key=True)
    day: date = Field(primary_key=True, index=True)
    kind: AbsenceKind = Field(sa_column=coded(AbsenceKind))
    reason: str = ""
    import_id: UUID = Field(foreign_key="import_run.id", index=True)


class ClassDay(SQLModel, table=True):
    """A class reported this day: whoever has no absence row was present."""

    __tablename__ = "class_day"
    class_code: str = Field(foreign_key="class_room.code", primary_key=True, max_length=24)
    day: date = Field(primary_key=True)
    is_full_attendance: bool
    """The class said in so many words that nobody was absent (全勤)."""
    is_complete: bool = False
    """The class named everybody who was absent: whoever it did not name was there."""
    import_id: UUID = Field(foreign_key="import_run.id", index=True)


class Lead(SQLModel, table=True):
    """A sign that a child may have left school (线索), before anyone decides to open a case."""

    __tablename__ = "lead"
    id: UUID = Field(primary_key=True)
    child_ref: UUID = Field(foreign_key="child.ref", index=True)
    source: LeadSource = Field(sa_column=coded(LeadSource))
    absent_since: date | None = None
    last_absent_on: date | None = None
    absent_days: int = 0
    detected_on: date
    status: LeadStatus = Field(default=LeadStatus.PENDING, sa_column=coded(LeadStatus))
    case_id: UUID | None = Field(default=None, index=True)
    request_id: str | None = Field(default=None, unique=True)
    school: str | None = Field(default=None, foreign_key="school.code")
    """The school that answers for the lead, where it is not the one the child is enrolled at."""
