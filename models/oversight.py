"""Tables of the joint meeting, inspections, measures, plans, refusals and cases to learn from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, String
from sqlmodel import Field, SQLModel

from models.base import Coded


class Measure(Coded):
    """What a competent organ did after a missed duty (YN-15 II); the system proposes none."""

    SELF_CRITICISM = "self_criticism", "责令检查"
    TALK = "talk", "约谈"
    CIRCULAR = "circular", "通报批评"
    ORGANISATIONAL = "organisational", "组织处理"
    SANCTION = "sanction", "处分"


class PlanLevel(Coded):
    """一县一方案, 一校一方案, 一人一方案 (YN-9)."""

    COUNTY = "county", "一县一方案"
    SCHOOL = "school", "一校一方案"
    PERSON = "person", "一人一方案"


def _instant() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def _texts() -> Any:
    return Field(sa_column=Column(ARRAY(String), nullable=False))


class CouncilMember(SQLModel, table=True):
    """A department's person in the joint meeting (YN-11)."""

    __tablename__ = "council_member"
    id: UUID = Field(primary_key=True)
    request_id: str
    county: str
    department: str
    person: str
    account: str = ""
    since: date
    until: date | None = None
    recorded_by: str


class CouncilMeeting(SQLModel, table=True):
    """One joint meeting with its minutes (DC-3.2b)."""

    __tablename__ = "council_meeting"
    id: UUID = Field(primary_key=True)
    request_id: str
    county: str
    held_on: date
    chair: str
    attendees: list[str] = _texts()
    minutes_ref: str
    recorded_at: datetime = _instant()
    recorded_by: str


class CouncilDecision(SQLModel, table=True):
    """One matter of a meeting: a case or a text, what was decided, who does it by when."""

    __tablename__ = "council_decision"
    meeting_id: UUID = Field(primary_key=True, foreign_key="council_meeting.id")
    number: int = Field(primary_key=True)
    county: str
    case_id: UUID | None = None
    matter: str
    decision: str
    office: str
    due_on: date | None = None
    done_on: date | None = None
    done_by: str | None = None
    done_note: str = ""


class InspectionRecord(SQLModel, table=True):
    """督查情况表: who looked at a school, what was found, until when it is put right (DC-3.3b)."""

    __tablename__ = "inspection_record"
    id: UUID = Field(primary_key=True)
    request_id: str
    county: str
    office: str
    """The school inspected."""
    inspectors: list[str] = _texts()
    is_responsible_inspector: bool
    inspected_on: date
    attendance_percent: Decimal | None = None
    is_ledger_sampled: bool
    problems: list[str] = _texts()
    rectify_by: date | None = None
    closed_on: date | None = None
    closed_by: str | None = None
    evidence: str = ""
    recorded_at: datetime = _instant()
    recorded_by: str


class ClueMeasure(SQLModel, table=True):
    """A measure a competent organ took about a clue; rows are never changed."""

    __tablename__ = "clue_measure"
    id: UUID = Field(primary_key=True)
    request_id: str
    clue_id: UUID
    measure: str
    organ: str
    document_no: str
    decided_on: date
    recorded_at: datetime = _instant()
    recorded_by: str


class PlanDocument(SQLModel, table=True):
    """One plan of the three levels, by the reference of its paper."""

    __tablename__ = "plan_document"
    id: UUID = Field(primary_key=True)
    request_id: str
    county: str
    level: str
    office: str
    case_id: UUID | None = None
    school_year: int
    term: int | None = None
    attachment_ref: str
    approved_by: str
    approved_on: date
    recorded_at: datetime = _instant()
    recorded_by: str


class RefusedAdmission(SQLModel, table=True):
    """A school turned away a pupil of its own area: an exception the county settles (DC-2.4.2a)."""

    __tablename__ = "refused_admission"
    id: UUID = Field(primary_key=True)
    request_id: str
    county: str
    office: str
    """The school that refused."""
    child_ref: UUID
    refused_on: date
    reason: str
    reported_by: str
    recorded_at: datetime = _instant()
    settled_on: date | None = None
    settled_by: str | None = None
    result: str = ""
