"""Closing a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.road.base import CommandBase, EventBase
from models.words import Onward


class CloseDeceasedFacts(Frozen):
    died_on: date


class CloseDeceased(CloseDeceasedFacts, CommandBase):
    kind: Literal["close_deceased"] = "close_deceased"


class CaseClosedDeceased(CloseDeceasedFacts, EventBase):
    kind: Literal["case_closed_deceased"] = "case_closed_deceased"
    label: ClassVar[str] = "死亡结案"


class CloseAbroadFacts(Frozen):
    enrolled_at: Annotated[Short, Field(min_length=2)]


class CloseAbroad(CloseAbroadFacts, CommandBase):
    """Close for a child that left and studies abroad; both proofs are needed."""

    kind: Literal["close_abroad"] = "close_abroad"


class CaseClosedAbroad(CloseAbroadFacts, EventBase):
    kind: Literal["case_closed_abroad"] = "case_closed_abroad"
    label: ClassVar[str] = "出国（境）结案"


class CloseCompletedFacts(Frozen):
    is_graduated: bool
    decision_no: Annotated[Short, Field(min_length=1)]
    onward: Onward | None = None
    """What the child does from now on; only a ledger of before is silent about it."""
    pending_note: Text = ""
    """Who goes on with a penalty or a court stage that is not over (its clock runs by itself)."""


class CloseCompleted(CloseCompletedFacts, CommandBase):
    """Close for completed schooling or age; never automatic."""

    kind: Literal["close_completed"] = "close_completed"


class CaseClosedCompleted(CloseCompletedFacts, EventBase):
    kind: Literal["case_closed_completed"] = "case_closed_completed"
    label: ClassVar[str] = "完成义务教育结案"


class CloseDuplicateFacts(Frozen):
    other_case: Annotated[Short, Field(min_length=4)]


class CloseDuplicate(CloseDuplicateFacts, CommandBase):
    kind: Literal["close_duplicate"] = "close_duplicate"


class CaseClosedDuplicate(CloseDuplicateFacts, EventBase):
    kind: Literal["case_closed_duplicate"] = "case_closed_duplicate"
    label: ClassVar[str] = "重复案撤销"
