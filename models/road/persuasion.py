"""The first step: visits and agreements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.road.base import CommandBase, EventBase
from models.words import GuardianChange, VisitResult


class RecordSearchFacts(Frozen):
    """A search for a guardian or the child by police, village or relatives."""

    guardian: str | None = None
    """None: it is the child who is looked for."""
    organ: Annotated[Short, Field(min_length=2)]
    is_by_police: bool = False
    is_found: bool
    result: Annotated[Text, Field(min_length=2)]


class RecordSearch(RecordSearchFacts, CommandBase):
    """Record a search for a guardian or the child."""

    kind: Literal["record_search"] = "record_search"


class SearchRecorded(RecordSearchFacts, EventBase):
    kind: Literal["search_recorded"] = "search_recorded"
    label: ClassVar[str] = "查找下落"


class RecordGuardianChangeFacts(Frozen):
    """Guardianship has changed (离婚、死亡、另行指定; 民法典 27, 31, 36)."""

    change: GuardianChange
    person: Annotated[Short, Field(min_length=1)]
    """Reference of the person in the roster."""
    relation: Annotated[Short, Field(min_length=1)]
    reason: Annotated[Text, Field(min_length=2)]


class RecordGuardianChange(RecordGuardianChangeFacts, CommandBase):
    """Record that guardianship has changed."""

    kind: Literal["record_guardian_change"] = "record_guardian_change"


class GuardianChanged(RecordGuardianChangeFacts, EventBase):
    kind: Literal["guardian_changed"] = "guardian_changed"
    label: ClassVar[str] = "监护人变更"


class RecordVisitFacts(Frozen):
    visitors: tuple[Short, ...]
    organs: Annotated[tuple[Short, ...], Field(min_length=1)]
    met: tuple[str, ...] = ()
    """Guardian references met; empty when nobody was met."""
    child_words: Text = ""
    """The child's own words (未成年人保护法 4、19)."""
    was_child_met: bool = False
    result: VisitResult
    note: Text = ""
    was_admonished: bool = False
    """The guardian was admonished for letting the child work or stay away (批评教育, JJ5-3.2e)."""


class RecordVisit(RecordVisitFacts, CommandBase):
    """Record a persuasion visit (家访、劝返); joint when several organs took part."""

    kind: Literal["record_visit"] = "record_visit"


class VisitRecorded(RecordVisitFacts, EventBase):
    kind: Literal["visit_recorded"] = "visit_recorded"
    label: ClassVar[str] = "家访劝返"
    is_joint: bool


class RecordAgreementFacts(Frozen):
    guardian: str
    return_on: date


class RecordAgreement(RecordAgreementFacts, CommandBase):
    """Record the signed promise to send the child back (复学承诺书)."""

    kind: Literal["record_agreement"] = "record_agreement"


class AgreementRecorded(RecordAgreementFacts, EventBase):
    kind: Literal["agreement_recorded"] = "agreement_recorded"
    label: ClassVar[str] = "签订复学承诺"


class RecordReturnFacts(Frozen):
    returned_on: date
    note: Text = ""
    school_paper_no: Short = ""
    """The school's written word that the child attends, where the township records it."""


class RecordReturn(RecordReturnFacts, CommandBase):
    """Record that the child has come back of itself or through any step."""

    kind: Literal["record_return"] = "record_return"


class ChildReturned(RecordReturnFacts, EventBase):
    kind: Literal["child_returned"] = "child_returned"
    label: ClassVar[str] = "学生返校"


class EndPersuasionFacts(Frozen):
    guardian: str
    reason: Annotated[Text, Field(min_length=2)]
    has_just_cause: bool


class EndPersuasion(EndPersuasionFacts, CommandBase):
    """Declare persuasion of one guardian exhausted (第一步未果)."""

    kind: Literal["end_persuasion"] = "end_persuasion"


class PersuasionEnded(EndPersuasionFacts, EventBase):
    kind: Literal["persuasion_ended"] = "persuasion_ended"
    label: ClassVar[str] = "宣传教育未果"
