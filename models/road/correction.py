"""The second step: the order to correct, and its service."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Officer, Short, Text
from models.road.base import CommandBase, EventBase, PaperIssue
from models.words import Outcome, ServiceMethod


class OrderCorrectionFacts(Frozen):
    guardian: str
    facts: Annotated[Text, Field(min_length=10)]
    days: Annotated[int, Field(ge=1, le=90)] | None = None
    """Length of the period in the unit of ``order_days``; None takes the parameter."""
    officers: Annotated[tuple[Officer, ...], Field(min_length=1, max_length=4)]


class OrderCorrection(OrderCorrectionFacts, CommandBase):
    """Draft the order to correct within a period (责令限期改正, 义务教育法 58)."""

    kind: Literal["order_correction"] = "order_correction"


class ApproveCorrectionOrderFacts(Frozen):
    guardian: str


class ApproveCorrectionOrder(ApproveCorrectionOrderFacts, CommandBase):
    """Sign and issue the drafted correction order (second person)."""

    kind: Literal["approve_correction_order"] = "approve_correction_order"


class CorrectionOrderIssued(ApproveCorrectionOrderFacts, EventBase):
    kind: Literal["correction_order_issued"] = "correction_order_issued"
    label: ClassVar[str] = "签发责令限期改正"
    paper: PaperIssue


class ReturnCorrectionDraftFacts(Frozen):
    guardian: str
    reason: Annotated[Text, Field(min_length=2)]


class ReturnCorrectionDraft(ReturnCorrectionDraftFacts, CommandBase):
    """Send a drafted correction order back to the drafter with the reason."""

    kind: Literal["return_correction_draft"] = "return_correction_draft"


class CorrectionDraftReturned(ReturnCorrectionDraftFacts, EventBase):
    kind: Literal["correction_draft_returned"] = "correction_draft_returned"
    label: ClassVar[str] = "退回责令草稿"
    paper_key: str


class ServePaperFacts(Frozen):
    paper: str
    method: ServiceMethod
    officers: tuple[Short, ...]
    receipt: Annotated[Short, Field(min_length=1)]
    """Reference of the signed service receipt or of the photographs."""
    published_on: date | None = None
    """For service by public notice: the day it was published; it is served 30 days later."""


class ServePaper(ServePaperFacts, CommandBase):
    """Record the service of an issued paper on its addressee (送达回证)."""

    kind: Literal["serve_paper"] = "serve_paper"


class PaperServed(ServePaperFacts, EventBase):
    kind: Literal["paper_served"] = "paper_served"
    label: ClassVar[str] = "文书送达"
    guardian: str


class CheckCorrectionFacts(Frozen):
    guardian: str
    outcome: Outcome
    checkers: tuple[Short, ...]


class CheckCorrection(CheckCorrectionFacts, CommandBase):
    """Record the check at the end of the correction period (改正情况核查)."""

    kind: Literal["check_correction"] = "check_correction"


class CorrectionChecked(CheckCorrectionFacts, EventBase):
    kind: Literal["correction_checked"] = "correction_checked"
    label: ClassVar[str] = "改正情况核查"


class RecordFailedServiceFacts(Frozen):
    target: str
    """Key of the paper, or ``decision:<guardian>`` for a penalty decision."""
    method: ServiceMethod
    reason: Annotated[Text, Field(min_length=2)]


class RecordFailedService(RecordFailedServiceFacts, CommandBase):
    """Record an attempt at service that failed, with its evidence (送达未果)."""

    kind: Literal["record_failed_service"] = "record_failed_service"


class ServiceFailed(RecordFailedServiceFacts, EventBase):
    kind: Literal["service_failed"] = "service_failed"
    label: ClassVar[str] = "送达未果"


class CorrectionOrderDrafted(EventBase):
    kind: Literal["correction_order_drafted"] = "correction_order_drafted"
    label: ClassVar[str] = "拟责令限期改正"
    guardian: str
    facts: str
    days: int
    officers: tuple[Officer, ...]
    paper_key: str


class CorrectionPeriodEnded(EventBase):
    kind: Literal["correction_period_ended"] = "correction_period_ended"
    label: ClassVar[str] = "改正期满"
    guardian: str


class PeriodReopened(EventBase):
    """A guardian's period that had been taken for over runs on after a correction."""

    kind: Literal["period_reopened"] = "period_reopened"
    label: ClassVar[str] = "期限继续计算"
    guardian: str


class RevokeOrderFacts(Frozen):
    guardian: str
    reason: Annotated[Text, Field(min_length=4)]
    document_no: Annotated[Short, Field(min_length=1)]
    """The written decision by which the issuing office takes its order back."""


class RevokeOrder(RevokeOrderFacts, CommandBase):
    """Take back an order that was issued wrongly, before a penalty rests on it (撤销责令决定)."""

    kind: Literal["revoke_order"] = "revoke_order"


class OrderRevoked(RevokeOrderFacts, EventBase):
    kind: Literal["order_revoked"] = "order_revoked"
    label: ClassVar[str] = "撤销责令决定"
