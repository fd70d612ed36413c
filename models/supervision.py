"""Tables of supervision: clues of accountability with what people decided, and periodic duties."""

from __future__ import annotations

from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


def clue_id(*parts: str) -> UUID:
    """Name a clue by what was missed: the same miss is the same clue, however often it is seen."""
    return uuid5(NAMESPACE_URL, "clue/" + "/".join(parts))


class AccountabilityClue(SQLModel, table=True):
    """One missed duty (YN-14): a matter for people to look at, never a sanction."""

    __tablename__ = "accountability_clue"
    id: UUID = Field(primary_key=True)
    county: str
    office: str
    role: str
    article: str = ""
    """Empty where no paper of the jurisdiction names it."""
    also: str = ""
    duty: str
    label: str
    case_id: UUID | None = None
    obligation_key: str | None = None
    period: str | None = None
    due_on: date
    missed_on: date
    done_on: date | None = None
    """The day it was done after all; None while it is still undone."""
    suggested: str | None = None
    status: str
    excuse: str | None = None


class ClueDecision(SQLModel, table=True):
    """What somebody decided about a clue; every decision is kept, the last one holds."""

    __tablename__ = "clue_decision"
    id: int | None = Field(default=None, primary_key=True)
    clue_id: UUID = Field(foreign_key="accountability_clue.id")
    decided_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decided_by: str
    status: str
    excuse: str | None = None
    reason: str


class PeriodicDutyRow(SQLModel, table=True):
    """One time round of a periodic duty for one office."""

    __tablename__ = "periodic_duty"
    county: str = Field(primary_key=True)
    duty: str = Field(primary_key=True)
    office: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    label: str
    role: str
    opens_on: date
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    why: str
    status: str
    met_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=True)
    )
    proof: str | None = None
    """What shows that it was done: a count, a record, the number of a paper."""
    recorded_by: str | None = None
