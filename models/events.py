"""Events: what has happened, in the past tense. The case is the fold of these and nothing else."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from models.road.approving import (
    ActProposed,
    CorrectionProposed,
    CorrectionRejected,
    FactCorrected,
    FlawSettled,
    PolicyAdopted,
)
from models.road.assignment import (
    CoordinationRecorded,
    FeedbackRecorded,
    HandOverAccepted,
    HandOverEscalated,
    HandOverLetterSent,
    HandOverRefused,
    NoticeLetterSent,
    OrderAccepted,
    ReferralOpened,
    ResponsiblePartySet,
    ReturnOrderIssued,
)
from models.road.base import EventBase as EventBase
from models.road.base import PaperIssue as PaperIssue
from models.road.clocks import (
    ObligationMet,
    ObligationMissed,
    ObligationOpened,
    ObligationRederived,
    ObligationWithdrawn,
)
from models.road.closing import (
    CaseClosedAbroad,
    CaseClosedCompleted,
    CaseClosedDeceased,
    CaseClosedDuplicate,
)
from models.road.correction import (
    CorrectionChecked,
    CorrectionDraftReturned,
    CorrectionOrderDrafted,
    CorrectionOrderIssued,
    CorrectionPeriodEnded,
    OrderRevoked,
    PaperServed,
    PeriodReopened,
    ServiceFailed,
)
from models.road.court import (
    DemandPeriodEnded,
    EnforcementApplied,
    EnforcementRecorded,
    JudgmentRecorded,
    PerformanceDemanded,
    RulingRecorded,
    SuitAccepted,
    SuitFiled,
    SuitRefused,
)
from models.road.detection import (
    CaseVerified,
    DropoutSuspected,
    GuardianContacted,
    LeadCleared,
    LeadExcused,
    LeadJoined,
    LeadOpened,
    ReportFiled,
    ReportsCompleted,
    SchoolInformed,
    TransferConfirmed,
    TransferRefuted,
    VerificationConfirmed,
    VerificationReturned,
)
from models.road.matters import (
    AgeingDecided,
    AgeReached,
    CauseRedetermined,
    HomeTaught,
    RollMarked,
    SchoolMatterSettled,
    SupportRecorded,
)
from models.road.papers import (
    PaperChecked,
    PaperDrafted,
    PaperDraftReturned,
    PaperIssued,
    PaperVoided,
    SidePaperServed,
)
from models.road.penalty import (
    DecisionServed,
    DefenceRecorded,
    GraceGranted,
    HearingHeld,
    HearingRequested,
    HearingScheduled,
    LegalityReviewed,
    PaymentPeriodEnded,
    PenaltyDecided,
    PenaltyDropped,
    PenaltyFiled,
    PenaltyNotified,
    PerformanceRecorded,
    RemedyClosed,
    RemedyOpened,
    RemedyPeriodEnded,
)
from models.road.persuasion import (
    AgreementRecorded,
    ChildReturned,
    GuardianChanged,
    PersuasionEnded,
    SearchRecorded,
    VisitRecorded,
)
from models.road.returning import (
    AssessmentBegun,
    AssessmentConcluded,
    AttendanceConfirmed,
    CaseSignedOff,
    ChildPlaced,
    DeferralApproved,
    DeferralEnded,
    DeferralReviewed,
    MonitoringPeriodEnded,
    MonitoringRecorded,
    OpinionDisputed,
    RelapseReported,
)

CaseEvent = Annotated[
    LeadOpened
    | LeadJoined
    | DropoutSuspected
    | LeadExcused
    | GuardianContacted
    | SchoolInformed
    | ReportFiled
    | ReportsCompleted
    | CaseVerified
    | VerificationConfirmed
    | VerificationReturned
    | TransferConfirmed
    | TransferRefuted
    | LeadCleared
    | ResponsiblePartySet
    | HandOverLetterSent
    | HandOverAccepted
    | HandOverRefused
    | ReturnOrderIssued
    | OrderAccepted
    | NoticeLetterSent
    | ReferralOpened
    | FeedbackRecorded
    | HandOverEscalated
    | CoordinationRecorded
    | VisitRecorded
    | AgreementRecorded
    | ChildReturned
    | PersuasionEnded
    | SearchRecorded
    | GuardianChanged
    | CorrectionOrderDrafted
    | CorrectionOrderIssued
    | CorrectionDraftReturned
    | PaperServed
    | CorrectionPeriodEnded
    | CorrectionChecked
    | OrderRevoked
    | ServiceFailed
    | PeriodReopened
    | PenaltyFiled
    | PenaltyNotified
    | DefenceRecorded
    | PenaltyDecided
    | DecisionServed
    | PerformanceRecorded
    | HearingRequested
    | HearingScheduled
    | HearingHeld
    | LegalityReviewed
    | GraceGranted
    | RemedyOpened
    | RemedyClosed
    | PenaltyDropped
    | PaymentPeriodEnded
    | RemedyPeriodEnded
    | PerformanceDemanded
    | EnforcementApplied
    | RulingRecorded
    | SuitFiled
    | SuitAccepted
    | JudgmentRecorded
    | DemandPeriodEnded
    | SuitRefused
    | EnforcementRecorded
    | AssessmentBegun
    | AssessmentConcluded
    | DeferralApproved
    | DeferralEnded
    | ChildPlaced
    | AttendanceConfirmed
    | MonitoringRecorded
    | MonitoringPeriodEnded
    | RelapseReported
    | CaseSignedOff
    | OpinionDisputed
    | DeferralReviewed
    | CaseClosedDeceased
    | CaseClosedAbroad
    | CaseClosedCompleted
    | CaseClosedDuplicate
    | SchoolMatterSettled
    | CauseRedetermined
    | AgeingDecided
    | RollMarked
    | HomeTaught
    | SupportRecorded
    | AgeReached
    | ActProposed
    | CorrectionProposed
    | FactCorrected
    | CorrectionRejected
    | FlawSettled
    | PolicyAdopted
    | PaperDrafted
    | PaperChecked
    | PaperIssued
    | PaperDraftReturned
    | PaperVoided
    | SidePaperServed
    | ObligationOpened
    | ObligationMet
    | ObligationMissed
    | ObligationRederived
    | ObligationWithdrawn,
    Field(discriminator="kind"),
]

LABELS: dict[str, str] = {
    event.model_fields["kind"].default: event.label for event in get_args(get_args(CaseEvent)[0])
}
"""What people read for each event kind."""
