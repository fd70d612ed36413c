"""The fourth step: enforcement and suit."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.road.base import CommandBase, EventBase


class DemandPerformanceFacts(Frozen):
    guardian: str
    document_no: Annotated[Short, Field(min_length=1)]


class DemandPerformance(DemandPerformanceFacts, CommandBase):
    """Record service of the demand to perform (催告书, 行政强制法 54)."""

    kind: Literal["demand_performance"] = "demand_performance"


class PerformanceDemanded(DemandPerformanceFacts, EventBase):
    kind: Literal["performance_demanded"] = "performance_demanded"
    label: ClassVar[str] = "催告履行"
    surcharge_yuan: int = 0
    """Surcharge (加处罚款) up to the demand, in yuan: 3 % a day, never above the fine."""


class ApplyEnforcementFacts(Frozen):
    guardian: str
    document_no: Annotated[Short, Field(min_length=1)]


class ApplyEnforcement(ApplyEnforcementFacts, CommandBase):
    """Apply to the court for enforcement (行政强制法 53、55)."""

    kind: Literal["apply_enforcement"] = "apply_enforcement"


class EnforcementApplied(ApplyEnforcementFacts, EventBase):
    kind: Literal["enforcement_applied"] = "enforcement_applied"
    label: ClassVar[str] = "申请强制执行"


class RecordRulingFacts(Frozen):
    guardian: str
    is_granted: bool
    document_no: Annotated[Short, Field(min_length=1)]


class RecordRuling(RecordRulingFacts, CommandBase):
    """Record the court's ruling on the application (行政强制法 57、58)."""

    kind: Literal["record_ruling"] = "record_ruling"


class RulingRecorded(RecordRulingFacts, EventBase):
    kind: Literal["ruling_recorded"] = "ruling_recorded"
    label: ClassVar[str] = "法院裁定"


class FileSuitFacts(Frozen):
    guardian: str
    plaintiff: Annotated[Short, Field(min_length=2)]
    document_no: Annotated[Short, Field(min_length=1)]


class FileSuit(FileSuitFacts, CommandBase):
    """File the civil suit against the guardian (提起诉讼)."""

    kind: Literal["file_suit"] = "file_suit"


class SuitFiled(FileSuitFacts, EventBase):
    kind: Literal["suit_filed"] = "suit_filed"
    label: ClassVar[str] = "提起诉讼"


class RecordSuitAcceptedFacts(Frozen):
    guardian: str
    court_case_no: Annotated[Short, Field(min_length=1)]


class RecordSuitAccepted(RecordSuitAcceptedFacts, CommandBase):
    kind: Literal["record_suit_accepted"] = "record_suit_accepted"


class SuitAccepted(RecordSuitAcceptedFacts, EventBase):
    kind: Literal["suit_accepted"] = "suit_accepted"
    label: ClassVar[str] = "法院立案"


class RecordJudgmentFacts(Frozen):
    guardian: str
    is_mediated: bool
    must_send_child: bool
    document_no: Annotated[Short, Field(min_length=1)]


class RecordJudgment(RecordJudgmentFacts, CommandBase):
    """Record judgment or mediation in the suit."""

    kind: Literal["record_judgment"] = "record_judgment"


class JudgmentRecorded(RecordJudgmentFacts, EventBase):
    kind: Literal["judgment_recorded"] = "judgment_recorded"
    label: ClassVar[str] = "判决或调解"


class DemandPeriodEnded(EventBase):
    kind: Literal["demand_period_ended"] = "demand_period_ended"
    label: ClassVar[str] = "催告期满"
    guardian: str


class RecordSuitRefusedFacts(Frozen):
    guardian: str
    document_no: Annotated[Short, Field(min_length=1)]
    reason: Annotated[Text, Field(min_length=2)]


class RecordSuitRefused(RecordSuitRefusedFacts, CommandBase):
    """Record that the court has not taken the suit, or that it was withdrawn (不予受理、撤诉)."""

    kind: Literal["record_suit_refused"] = "record_suit_refused"


class SuitRefused(RecordSuitRefusedFacts, EventBase):
    kind: Literal["suit_refused"] = "suit_refused"
    label: ClassVar[str] = "法院未受理或撤诉"


class RecordEnforcementFacts(Frozen):
    guardian: str
    is_done: bool
    result: Annotated[Text, Field(min_length=2)]
    document_no: Annotated[Short, Field(min_length=1)]


class RecordEnforcement(RecordEnforcementFacts, CommandBase):
    """Record what the court's enforcement has come to (执行情况登记)."""

    kind: Literal["record_enforcement"] = "record_enforcement"


class EnforcementRecorded(RecordEnforcementFacts, EventBase):
    kind: Literal["enforcement_recorded"] = "enforcement_recorded"
    label: ClassVar[str] = "执行情况"
