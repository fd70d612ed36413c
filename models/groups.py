"""Groups of children an office must keep in sight (特殊群体): labels with their days, never a score."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel

from models.base import Coded


class GroupLabel(Coded):
    """What the papers name (DC-2.3.1c, ZY-2.3g, ZY-2.3h, YN-5.3a); faith and origin are no label."""

    MIGRANT = "migrant", "流动"
    LEFT_BEHIND = "left_behind", "留守"
    FAMILY_CHANGE = "family_change", "家庭变故"
    HARDSHIP = "hardship", "家庭经济困难"
    DISABLED = "disabled", "残疾"
    OF_DISABLED = "of_disabled", "残疾人子女"
    OF_PRISONER = "of_prisoner", "服刑人员子女"
    LEARNING = "learning", "学习困难"

    @property
    def is_confidential(self) -> bool:
        """Health and a guardian's crime are C4: for the school and the bureau's caseworker only."""
        return self in {GroupLabel.DISABLED, GroupLabel.OF_DISABLED, GroupLabel.OF_PRISONER}


class ChildGroup(SQLModel, table=True):
    """One label of one child from a day to a day; taken off, never deleted."""

    __tablename__ = "child_group"
    id: int | None = Field(default=None, primary_key=True)
    child_ref: UUID = Field(foreign_key="child.ref")
    label: str
    since: date
    until: date | None = None
    source: str
    recorded_by: str
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
