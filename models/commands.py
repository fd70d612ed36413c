"""Commands: verbs a caseworker says. One frozen model per verb, told apart by ``kind``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.road.approving import (
    AdoptPolicy,
    ApproveCorrection,
    ProposeAct,
    ProposeCorrection,
    RejectCorrection,
    SettleFlaw,
)
from models.road.assignment import (
    AcceptOrder,
    EscalateHandOver,
    IssueReturnOrder,
    OpenReferral,
    RecordCoordination,
    RecordFeedback,
    RecordReply,
    SendHandOverLetter,
    SendNoticeLetter,
    SetResponsibleParty,
)
from models.road.base import CommandBase as CommandBase
from models.road.clocks import AdoptCalendar, MarkDue
from models.road.closing import CloseAbroad, CloseCompleted, CloseDeceased, CloseDuplicate
from models.road.correction import (
    ApproveCorrectionOrder,
    CheckCorrection,
    OrderCorrection,
    RecordFailedService,
    ReturnCorrectionDraft,
    RevokeOrder,
    ServePaper,
)
from models.road.court import (
    ApplyEnforcement,
    DemandPerformance,
    FileSuit,
    RecordEnforcement,
    RecordJudgment,
    RecordRuling,
    RecordSuitAccepted,
    RecordSuitRefused,
)
from models.road.detection import (
    ClearLead,
    ConfirmTransfer,
    ContactGuardian,
    Excuse,
    FileReport,
    JoinLead,
    MarkSuspected,
    OpenLead,
    RefuteTransfer,
    ReportToSchool,
    ReviewVerification,
    Verify,
)
from models.road.matters import (
    DecideAgeing,
    MarkRoll,
    RecordHomeTeaching,
    RecordSupport,
    RedetermineCause,
    SettleSchoolMatter,
)
from models.road.papers import (
    ApprovePaper,
    CheckPaper,
    DraftPaper,
    ReplacePaper,
    ReturnPaperDraft,
    VoidPaper,
)
from models.road.penalty import (
    CloseRemedy,
    DecidePenalty,
    DropPenalty,
    FilePenalty,
    GrantGrace,
    HoldHearing,
    NotifyPenalty,
    OpenRemedy,
    RecordDefence,
    RecordPerformance,
    RequestHearing,
    ReviewLegality,
    ScheduleHearing,
    ServeDecision,
)
from models.road.persuasion import (
    EndPersuasion,
    RecordAgreement,
    RecordGuardianChange,
    RecordReturn,
    RecordSearch,
    RecordVisit,
)
from models.road.returning import (
    BeginAssessment,
    ConcludeAssessment,
    ConfirmAttendance,
    Defer,
    DisputeOpinion,
    EndDeferral,
    Place,
    RecordMonitoring,
    ReportRelapse,
    ReviewDeferral,
    SignOff,
)

Command = Annotated[
    OpenLead
    | JoinLead
    | MarkSuspected
    | Excuse
    | ClearLead
    | ContactGuardian
    | ReportToSchool
    | FileReport
    | Verify
    | ReviewVerification
    | ConfirmTransfer
    | RefuteTransfer
    | SetResponsibleParty
    | SendHandOverLetter
    | EscalateHandOver
    | RecordCoordination
    | RecordReply
    | IssueReturnOrder
    | SendNoticeLetter
    | OpenReferral
    | RecordFeedback
    | AcceptOrder
    | RecordSearch
    | RecordGuardianChange
    | RecordVisit
    | RecordAgreement
    | RecordReturn
    | EndPersuasion
    | OrderCorrection
    | ApproveCorrectionOrder
    | ReturnCorrectionDraft
    | ServePaper
    | CheckCorrection
    | RevokeOrder
    | RecordFailedService
    | FilePenalty
    | NotifyPenalty
    | RecordDefence
    | DecidePenalty
    | ServeDecision
    | RecordPerformance
    | RequestHearing
    | ScheduleHearing
    | HoldHearing
    | ReviewLegality
    | GrantGrace
    | OpenRemedy
    | CloseRemedy
    | DropPenalty
    | DemandPerformance
    | ApplyEnforcement
    | RecordRuling
    | FileSuit
    | RecordSuitAccepted
    | RecordSuitRefused
    | RecordEnforcement
    | RecordJudgment
    | BeginAssessment
    | ConcludeAssessment
    | Defer
    | DisputeOpinion
    | ReviewDeferral
    | EndDeferral
    | Place
    | ConfirmAttendance
    | RecordMonitoring
    | ReportRelapse
    | SignOff
    | CloseDeceased
    | CloseAbroad
    | CloseCompleted
    | CloseDuplicate
    | MarkRoll
    | RecordHomeTeaching
    | RecordSupport
    | SettleSchoolMatter
    | RedetermineCause
    | DecideAgeing
    | ProposeAct
    | ProposeCorrection
    | ApproveCorrection
    | RejectCorrection
    | SettleFlaw
    | AdoptPolicy
    | DraftPaper
    | CheckPaper
    | ApprovePaper
    | ReturnPaperDraft
    | VoidPaper
    | ReplacePaper
    | MarkDue
    | AdoptCalendar,
    Field(discriminator="kind"),
]
