"""The third step: penalty, hearing, remedies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Account, OutsideService, Short, Text
from models.road.base import CommandBase, EventBase
from models.words import (
    Contested,
    NoPenaltyGround,
    PenaltyKind,
    RemedyKind,
    RemedyOutcome,
    ServiceMethod,
)


class FilePenaltyFacts(Frozen):
    guardian: str
    officers: tuple[Account, ...]
    filing_no: Annotated[Short, Field(min_length=1)]


class FilePenalty(FilePenaltyFacts, CommandBase):
    """Open the penalty procedure against one guardian (立案, 行政处罚法 54)."""

    kind: Literal["file_penalty"] = "file_penalty"


class PenaltyFiled(FilePenaltyFacts, EventBase):
    kind: Literal["penalty_filed"] = "penalty_filed"
    label: ClassVar[str] = "处罚立案"
    legal_basis: str


class NotifyPenaltyFacts(OutsideService):
    guardian: str
    penalty: PenaltyKind
    amount_yuan: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    document_no: Annotated[Short, Field(min_length=1)]


class NotifyPenalty(NotifyPenaltyFacts, CommandBase):
    """Record service of the advance notice of penalty (事先告知, 行政处罚法 44)."""

    kind: Literal["notify_penalty"] = "notify_penalty"


class PenaltyNotified(NotifyPenaltyFacts, EventBase):
    kind: Literal["penalty_notified"] = "penalty_notified"
    label: ClassVar[str] = "处罚事先告知"


class RecordDefenceFacts(Frozen):
    guardian: str
    has_stated: bool
    review: Annotated[Text, Field(min_length=2)]


class RecordDefence(RecordDefenceFacts, CommandBase):
    """Record the guardian's statement, or that the time for it has passed (行政处罚法 45)."""

    kind: Literal["record_defence"] = "record_defence"


class DefenceRecorded(RecordDefenceFacts, EventBase):
    kind: Literal["defence_recorded"] = "defence_recorded"
    label: ClassVar[str] = "陈述申辩了结"


class DecidePenaltyFacts(Frozen):
    guardian: str
    penalty: PenaltyKind
    amount_yuan: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    document_no: Annotated[Short, Field(min_length=1)]
    ground: NoPenaltyGround | None = None
    """Why there is no penalty; with a decision not to punish, and with no other."""


class DecidePenalty(DecidePenaltyFacts, CommandBase):
    """Decide the penalty (行政处罚法 57)."""

    kind: Literal["decide_penalty"] = "decide_penalty"


class PenaltyDecided(DecidePenaltyFacts, EventBase):
    kind: Literal["penalty_decided"] = "penalty_decided"
    label: ClassVar[str] = "处罚决定"


class ServeDecisionFacts(Frozen):
    guardian: str
    method: ServiceMethod
    officers: tuple[Short, ...]
    receipt: Annotated[Short, Field(min_length=1)]
    published_on: date | None = None
    """For service by public notice: the day it was published; it is served 30 days later."""


class ServeDecision(ServeDecisionFacts, CommandBase):
    """Record service of the penalty decision (行政处罚法 61)."""

    kind: Literal["serve_decision"] = "serve_decision"


class DecisionServed(ServeDecisionFacts, EventBase):
    kind: Literal["decision_served"] = "decision_served"
    label: ClassVar[str] = "处罚决定送达"


class RecordPerformanceFacts(Frozen):
    guardian: str
    is_performed: bool
    note: Text = ""
    run: Annotated[int, Field(ge=1)] | None = None
    """For a fine still owed from before a relapse: the run of the steps it belongs to."""


class RecordPerformance(RecordPerformanceFacts, CommandBase):
    """Record whether the penalty decision was performed (履行情况)."""

    kind: Literal["record_performance"] = "record_performance"


class PerformanceRecorded(RecordPerformanceFacts, EventBase):
    kind: Literal["performance_recorded"] = "performance_recorded"
    label: ClassVar[str] = "履行情况"


class RequestHearingFacts(Frozen):
    guardian: str


class RequestHearing(RequestHearingFacts, CommandBase):
    """Record that the guardian asks for a hearing (听证, 行政处罚法 63、64)."""

    kind: Literal["request_hearing"] = "request_hearing"


class HearingRequested(RequestHearingFacts, EventBase):
    kind: Literal["hearing_requested"] = "hearing_requested"
    label: ClassVar[str] = "申请听证"


class ScheduleHearingFacts(Frozen):
    guardian: str
    hearing_on: date
    presider: Account
    is_closed: bool
    """A case that touches a minor's privacy is heard behind closed doors (行政处罚法 64)."""


class ScheduleHearing(ScheduleHearingFacts, CommandBase):
    """Fix the hearing: day, presider, open or closed (行政处罚法 64)."""

    kind: Literal["schedule_hearing"] = "schedule_hearing"


class HearingScheduled(ScheduleHearingFacts, EventBase):
    kind: Literal["hearing_scheduled"] = "hearing_scheduled"
    label: ClassVar[str] = "听证安排"


class HoldHearingFacts(Frozen):
    guardian: str
    record_no: Annotated[Short, Field(min_length=1)]
    opinion: Annotated[Text, Field(min_length=2)]


class HoldHearing(HoldHearingFacts, CommandBase):
    """Record that the hearing was held, with its report."""

    kind: Literal["hold_hearing"] = "hold_hearing"


class HearingHeld(HoldHearingFacts, EventBase):
    kind: Literal["hearing_held"] = "hearing_held"
    label: ClassVar[str] = "听证举行"


class ReviewLegalityFacts(Frozen):
    guardian: str
    opinion_no: Annotated[Short, Field(min_length=1)]
    is_passed: bool


class ReviewLegality(ReviewLegalityFacts, CommandBase):
    """Record the legal review of the proposed decision (法制审核, 行政处罚法 58)."""

    kind: Literal["review_legality"] = "review_legality"


class LegalityReviewed(ReviewLegalityFacts, EventBase):
    kind: Literal["legality_reviewed"] = "legality_reviewed"
    label: ClassVar[str] = "法制审核"


class GrantGraceFacts(Frozen):
    guardian: str
    until: date
    instalments: Annotated[int, Field(ge=1, le=24)] = 1
    approval_no: Annotated[Short, Field(min_length=1)]


class GrantGrace(GrantGraceFacts, CommandBase):
    """Allow payment later or by instalments (延期、分期缴纳, 行政处罚法 66)."""

    kind: Literal["grant_grace"] = "grant_grace"


class GraceGranted(GrantGraceFacts, EventBase):
    kind: Literal["grace_granted"] = "grace_granted"
    label: ClassVar[str] = "准予延期或分期"


class OpenRemedyFacts(Frozen):
    guardian: str
    against: Contested = Contested.DECISION
    remedy: RemedyKind
    body: Annotated[Short, Field(min_length=2)]


class OpenRemedy(OpenRemedyFacts, CommandBase):
    """Record that the guardian has applied for review or sued (复议、诉讼)."""

    kind: Literal["open_remedy"] = "open_remedy"


class RemedyOpened(OpenRemedyFacts, EventBase):
    kind: Literal["remedy_opened"] = "remedy_opened"
    label: ClassVar[str] = "提出复议或诉讼"


class CloseRemedyFacts(Frozen):
    guardian: str
    against: Contested = Contested.DECISION
    outcome: RemedyOutcome
    document_no: Annotated[Short, Field(min_length=1)]


class CloseRemedy(CloseRemedyFacts, CommandBase):
    """Record how the remedy ended."""

    kind: Literal["close_remedy"] = "close_remedy"


class RemedyClosed(CloseRemedyFacts, EventBase):
    kind: Literal["remedy_closed"] = "remedy_closed"
    label: ClassVar[str] = "复议或诉讼了结"


class DropPenaltyFacts(Frozen):
    guardian: str
    run: Annotated[int, Field(ge=1)] | None = None
    """For a fine still owed from before a relapse: the run of the steps it belongs to."""
    reason: Annotated[Text, Field(min_length=4)]
    document_no: Annotated[Short, Field(min_length=1)]


class DropPenalty(DropPenaltyFacts, CommandBase):
    """Withdraw the filing, or revoke the decision before the court has ruled (撤案、撤销决定)."""

    kind: Literal["drop_penalty"] = "drop_penalty"


class PenaltyDropped(DropPenaltyFacts, EventBase):
    kind: Literal["penalty_dropped"] = "penalty_dropped"
    label: ClassVar[str] = "撤销立案或处罚决定"
    is_late: bool = False
    """Nothing was decided within the ninety days (行政处罚法 60)."""


class PaymentPeriodEnded(EventBase):
    kind: Literal["payment_period_ended"] = "payment_period_ended"
    label: ClassVar[str] = "处罚履行期满"
    guardian: str


class RemedyPeriodEnded(EventBase):
    """The time to contest the decision has run out; enforcement may be asked for from here."""

    kind: Literal["remedy_period_ended"] = "remedy_period_ended"
    label: ClassVar[str] = "起诉期满"
    guardian: str
