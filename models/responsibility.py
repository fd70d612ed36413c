"""Who answers for what: the seats of the two lines at their levels, and who has held them.

The papers name 双线十二人制 without listing the twelve seats (DC-3.3a): which seats there are is the
rule ``responsibility_seats`` of a jurisdiction, and a row keeps the title it was filled under.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


class ResponsibilitySlot(SQLModel, table=True):
    """One person in one seat for one stretch of days; ``until`` is the first day no longer held."""

    __tablename__ = "responsibility_slot"
    id: UUID = Field(primary_key=True)
    county: str
    line: str
    level: str
    office: str
    place: str = ""
    seat: int
    title: str
    person: str
    account: str = ""
    since: date
    until: date | None = None
    letter_signed_on: date | None = None
    """Day the 包保责任书 was signed; a new person signs anew."""
    letter_ref: str = ""
    trained_on: date | None = None
    training_ref: str = ""
    change_reason: str = ""
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str
    ended_by: str | None = None
