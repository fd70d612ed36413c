"""Rosters as offices send them: what was imported, row by row, and what a column was taken for.

``roster_row`` holds the rows in force only: a corrected file takes the place of the one before it
(same county, kind, term and source), and what it changed stands in ``roster_change``. Readers need
no join: filter by ``county``, ``kind`` and ``term``.

Columns every kind shares: ``name``, ``name_key`` (no spaces, one kind of middle dot), ``sex``,
``birth_on``, ``id_no`` (18 characters, checked; null where there is none), ``roll_no`` (G… or L…),
``person`` (the child by the best number there is), ``guardian``, ``guardian_phone``, ``address``,
``household_county``, ``township``, ``child_ref`` (null until the child is known), ``flags``,
``extras`` (the columns nothing is known about, by their header).

By kind: ``school_roll``, ``present``, ``registration``, ``junior_arrivals``: ``school`` (code; null
for a school of another county, then ``school_name`` says), ``grade``, ``class_number``;
``registration`` and ``junior_arrivals``: ``happened_on`` (day registered or arrived; null = listed
but not seen), ``graduates``: ``school`` is the primary school, ``whereabouts`` the junior school or
the place the child goes to, as written; ``whereabouts_school`` its code where known;
``leave_slips``: ``leave_from``, ``leave_to`` (both included), ``reason``, ``approved_by``;
``household_register``: ``household_label`` (户号), ``whereabouts`` where the survey wrote one;
``poverty_households``: ``poverty``. The disability list keeps no particulars: that a child is on it
is all (C4 facts are stored apart).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Enum,
    Identity,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import Coded
from models.identity import Sex
from models.roster import PovertyKind, coded, school_year_of


class RosterKind(Coded):
    """The lists a census compares, and those the start of a term brings."""

    HOUSEHOLD_REGISTER = "household_register", "户籍"
    RESIDENCE_PERMIT = "residence_permit", "居住证"
    SCHOOL_ROLL = "school_roll", "学籍"
    PRESENT = "present", "在校"
    POVERTY_HOUSEHOLDS = "poverty_households", "脱贫户及监测对象"
    DISABILITY = "disability", "残疾儿童名单"
    LEAVE_SLIPS = "leave_slips", "请假条"
    GRADUATES = "graduates", "小学毕业生"
    JUNIOR_ARRIVALS = "junior_arrivals", "初中报到"
    REGISTRATION = "registration", "开学注册"


class ChangeKind(Coded):
    ADDED = "added", "新增"
    CHANGED = "changed", "更正"
    REMOVED = "removed", "移出"


def term_of(day: date) -> str:
    """Name the term of ``day``: school year and 1 or 2, ``2026-1`` begins in September 2026.

    The winter vacation belongs to the first term, the summer vacation up to 19 August to the second.
    """
    year = school_year_of(day)
    return f"{year}-{1 if day < date(year + 1, 2, 20) else 2}"


def term_label(term: str) -> str:
    """Write ``2026-1`` for people: 2026—2027学年第一学期."""
    year, number = term.split("-")
    return f"{year}—{int(year) + 1}学年第{'一二'[int(number) - 1]}学期"


def moment(*, nullable: bool = False) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable)


def optional_code(kind: type[Coded]) -> Column[Any]:
    """Make a column of the words of ``kind`` that may be empty; staging checks them."""
    return Column(
        Enum(
            kind, native_enum=False, create_constraint=False, length=24,
            values_callable=lambda members: [member.value for member in members],
        ),
        nullable=True,
    )  # fmt: skip


class RosterImport(SQLModel, table=True):
    """One file taken in: who, when, signed by whom (谁摸底谁签字谁负责, ZY-2.1g), and what it did."""

    __tablename__ = "roster_import"
    __table_args__ = (Index("ix_roster_import_place", "county", "kind", "term", "source"),)
    id: UUID = Field(primary_key=True)
    county: str = Field(max_length=6)
    kind: RosterKind = Field(sa_column=coded(RosterKind))
    term: str = Field(max_length=6)
    source: str = Field(max_length=24)
    """Code of the office the file comes from; one file in force per source, kind and term."""
    file_sha256: str = Field(index=True, max_length=64)
    file_name: str
    signed_by: str = ""
    imported_by: str
    imported_at: datetime = Field(sa_column=moment())
    replaces: UUID | None = Field(default=None, foreign_key="roster_import.id")
    is_amendment: bool = False
    """A mended file of refused rows: it adds to the import before it and removes nothing."""
    is_current: bool = True
    rows_total: int
    rows_accepted: int
    rows_rejected: int
    rows_added: int
    rows_changed: int
    rows_removed: int
    columns: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    """Header → field, as confirmed."""


class RosterRow(SQLModel, table=True):
    """One row in force of one list; see the module's docstring for the columns of each kind."""

    __tablename__ = "roster_row"
    __table_args__ = (
        UniqueConstraint("county", "kind", "term", "source", "key", name="roster_row_once"),
        Index("ix_roster_row_person", "person"),
        Index("ix_roster_row_school", "school"),
        Index("ix_roster_row_import_id", "import_id"),
        Index("ix_roster_row_child_ref", "child_ref"),
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    import_id: UUID = Field(foreign_key="roster_import.id")
    county: str = Field(max_length=6)
    kind: RosterKind = Field(sa_column=coded(RosterKind))
    term: str = Field(max_length=6)
    source: str = Field(max_length=24)
    row_number: int
    key: str
    """The row among those of its source: the child's number, and the first day of a leave."""
    person: str
    name: str
    name_key: str
    sex: Sex | None = Field(default=None, sa_column=optional_code(Sex))
    birth_on: date | None = None
    id_no: str | None = Field(default=None, max_length=18)
    roll_no: str | None = Field(default=None, max_length=19)
    school: str | None = Field(default=None, max_length=10)
    school_name: str = ""
    grade: int | None = None
    class_number: int | None = None
    class_name: str = ""
    township: str | None = Field(default=None, max_length=9)
    household_county: str | None = Field(default=None, max_length=6)
    household_label: str = ""
    address: str = ""
    guardian: str = ""
    guardian_phone: str = ""
    poverty: PovertyKind | None = Field(default=None, sa_column=optional_code(PovertyKind))
    whereabouts: str = ""
    whereabouts_school: str | None = Field(default=None, max_length=10)
    leave_from: date | None = None
    leave_to: date | None = None
    reason: str = ""
    approved_by: str = ""
    happened_on: date | None = None
    flags: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    extras: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    child_ref: UUID | None = Field(default=None, foreign_key="child.ref")


class RosterChange(SQLModel, table=True):
    """What one import changed in the rows in force, by key."""

    __tablename__ = "roster_change"
    import_id: UUID = Field(foreign_key="roster_import.id", primary_key=True)
    key: str = Field(primary_key=True)
    change: ChangeKind = Field(sa_column=coded(ChangeKind))
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))


class ColumnChoice(SQLModel, table=True):
    """What a source's column was confirmed to mean; offered again with its next file."""

    __tablename__ = "column_choice"
    county: str = Field(primary_key=True, max_length=6)
    source: str = Field(primary_key=True, max_length=24)
    kind: RosterKind = Field(
        sa_column=Column(
            Enum(
                RosterKind, native_enum=False, create_constraint=True, length=24,
                name="columnchoice_kind_known",
                values_callable=lambda members: [member.value for member in members],
            ),
            primary_key=True,
        )
    )  # fmt: skip
    header: str = Field(primary_key=True)
    field: str
    """A field of the kind, or empty: the column is left out."""
    confirmed_by: str
    confirmed_at: datetime = Field(sa_column=moment())
