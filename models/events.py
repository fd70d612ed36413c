"""Events: what has happened, in the past tense. The case is the fold of these and nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import (
    AcceptOrderFacts,
    AdoptPolicyFacts,
    ApplyEnforcementFacts,
    ApproveCorrectionOrderFacts,
    BeginAssessmentFacts,
    CheckCorrectionFacts,
    CheckPaperFacts,
    ClearLeadFacts,
    CloseAbroadFacts,
    CloseCompletedFacts,
    CloseDeceasedFacts,
    CloseDuplicateFacts,
    CloseRemedyFacts,
    ConcludeAssessmentFacts,
    ConfirmAttendanceFacts,
    ConfirmTransferFacts,
    ContactGuardianFacts,
    DecideAgeingFacts,
    DecidePenaltyFacts,
    DeferFacts,
    DemandPerformanceFacts,
    DisputeOpinionFacts,
    EndDeferralFacts,
    EndPersuasionFacts,
    EscalateHandOverFacts,
    ExcuseFacts,
    FilePenaltyFacts,
    FileReportFacts,
    FileSuitFacts,
    GrantGraceFacts,
    HoldHearingFacts,
    IssueReturnOrderFacts,
    JoinLeadFacts,
    MarkRollFacts,
    MarkSuspectedFacts,
    NotifyPenaltyFacts,
    Officer,
    OpenLeadFacts,
    OpenReferralFacts,
    OpenRemedyFacts,
    PaperContent,
    PlaceFacts,
    ProposeActFacts,
    ProposeCorrectionFacts,
    RecordAgreementFacts,
    RecordCoordinationFacts,
    RecordDefenceFacts,
    RecordFailedServiceFacts,
    RecordFeedbackFacts,
    RecordGuardianChangeFacts,
    RecordHomeTeachingFacts,
    RecordJudgmentFacts,
    RecordMonitoringFacts,
    RecordPerformanceFacts,
    RecordReplyFacts,
    RecordReturnFacts,
    RecordRulingFacts,
    RecordSearchFacts,
    RecordSuitAcceptedFacts,
    RecordSupportFacts,
    RecordVisitFacts,
    RedetermineCauseFacts,
    RefuteTransferFacts,
    RejectCorrectionFacts,
    ReportRelapseFacts,
    ReportToSchoolFacts,
    RequestHearingFacts,
    ReturnCorrectionDraftFacts,
    ReturnPaperDraftFacts,
    ReviewDeferralFacts,
    ReviewLegalityFacts,
    ReviewVerificationFacts,
    ScheduleHearingFacts,
    SendHandOverLetterFacts,
    SendNoticeLetterFacts,
    ServeDecisionFacts,
    ServePaperFacts,
    SetResponsiblePartyFacts,
    SettleFlawFacts,
    SettleSchoolMatterFacts,
    SignOffFacts,
    VerifyFacts,
    VoidPaperFacts,
)
from models.obligation import Derivation, Obligation
from models.people import Actor


class PaperIssue(Frozen):
    """A paper issued by an event; ``serial`` is given by the ledger, never by ``decide``."""

    key: str
    """Key within the case, e.g. ``correction_order-1``."""
    kind: str
    """Folder of the template, e.g. ``correction_order``."""
    issuer: str
    """Code of the issuing office; one number series per issuer, word and year."""
    word: str
    """The word of the number series (发文代字)."""
    year: int
    serial: int | None = None


class EventBase(Frozen):
    """What every event carries; the ledger adds seq, recorded time and hashes."""

    actor: Actor
    happened_on: date
    evidence: tuple[str, ...] = ()
    moved_to: tuple[str, ...] | None = None
    """Configuration of the case chart after the event, where it moved."""
    track_moved_to: tuple[str, ...] | None = None
    """Configuration of the guardian's legal track after the event, where it moved."""


class LeadOpened(OpenLeadFacts, EventBase):
    kind: Literal["lead_opened"] = "lead_opened"
    case_id: str
    policy_sha: str


class LeadJoined(JoinLeadFacts, EventBase):
    kind: Literal["lead_joined"] = "lead_joined"


class DropoutSuspected(MarkSuspectedFacts, EventBase):
    kind: Literal["dropout_suspected"] = "dropout_suspected"


class LeadExcused(ExcuseFacts, EventBase):
    kind: Literal["lead_excused"] = "lead_excused"


class GuardianContacted(ContactGuardianFacts, EventBase):
    kind: Literal["guardian_contacted"] = "guardian_contacted"


class SchoolInformed(ReportToSchoolFacts, EventBase):
    kind: Literal["school_informed"] = "school_informed"


class ReportFiled(FileReportFacts, EventBase):
    kind: Literal["report_filed"] = "report_filed"


class ReportsCompleted(EventBase):
    kind: Literal["reports_completed"] = "reports_completed"


class CaseVerified(VerifyFacts, EventBase):
    kind: Literal["case_verified"] = "case_verified"


class VerificationConfirmed(ReviewVerificationFacts, EventBase):
    kind: Literal["verification_confirmed"] = "verification_confirmed"


class VerificationReturned(ReviewVerificationFacts, EventBase):
    kind: Literal["verification_returned"] = "verification_returned"


class TransferConfirmed(ConfirmTransferFacts, EventBase):
    kind: Literal["transfer_confirmed"] = "transfer_confirmed"


class TransferRefuted(RefuteTransferFacts, EventBase):
    kind: Literal["transfer_refuted"] = "transfer_refuted"


class ResponsiblePartySet(SetResponsiblePartyFacts, EventBase):
    kind: Literal["responsible_party_set"] = "responsible_party_set"
    rule: str


class HandOverLetterSent(SendHandOverLetterFacts, EventBase):
    kind: Literal["hand_over_letter_sent"] = "hand_over_letter_sent"


class HandOverAccepted(RecordReplyFacts, EventBase):
    kind: Literal["hand_over_accepted"] = "hand_over_accepted"


class HandOverRefused(RecordReplyFacts, EventBase):
    kind: Literal["hand_over_refused"] = "hand_over_refused"


class ReturnOrderIssued(IssueReturnOrderFacts, EventBase):
    kind: Literal["return_order_issued"] = "return_order_issued"
    feedback_due_on: date
    paper: PaperIssue


class OrderAccepted(AcceptOrderFacts, EventBase):
    kind: Literal["order_accepted"] = "order_accepted"


class VisitRecorded(RecordVisitFacts, EventBase):
    kind: Literal["visit_recorded"] = "visit_recorded"
    is_joint: bool


class AgreementRecorded(RecordAgreementFacts, EventBase):
    kind: Literal["agreement_recorded"] = "agreement_recorded"


class ChildReturned(RecordReturnFacts, EventBase):
    kind: Literal["child_returned"] = "child_returned"


class PersuasionEnded(EndPersuasionFacts, EventBase):
    kind: Literal["persuasion_ended"] = "persuasion_ended"


class CorrectionOrderDrafted(EventBase):
    kind: Literal["correction_order_drafted"] = "correction_order_drafted"
    guardian: str
    facts: str
    days: int
    officers: tuple[Officer, ...]
    paper_key: str


class CorrectionOrderIssued(ApproveCorrectionOrderFacts, EventBase):
    kind: Literal["correction_order_issued"] = "correction_order_issued"
    paper: PaperIssue


class CorrectionDraftReturned(ReturnCorrectionDraftFacts, EventBase):
    kind: Literal["correction_draft_returned"] = "correction_draft_returned"
    paper_key: str


class PaperServed(ServePaperFacts, EventBase):
    kind: Literal["paper_served"] = "paper_served"
    guardian: str


class CorrectionPeriodEnded(EventBase):
    kind: Literal["correction_period_ended"] = "correction_period_ended"
    guardian: str


class CorrectionChecked(CheckCorrectionFacts, EventBase):
    kind: Literal["correction_checked"] = "correction_checked"


class PenaltyFiled(FilePenaltyFacts, EventBase):
    kind: Literal["penalty_filed"] = "penalty_filed"
    legal_basis: str


class PenaltyNotified(NotifyPenaltyFacts, EventBase):
    kind: Literal["penalty_notified"] = "penalty_notified"


class DefenceRecorded(RecordDefenceFacts, EventBase):
    kind: Literal["defence_recorded"] = "defence_recorded"


class PenaltyDecided(DecidePenaltyFacts, EventBase):
    kind: Literal["penalty_decided"] = "penalty_decided"


class DecisionServed(ServeDecisionFacts, EventBase):
    kind: Literal["decision_served"] = "decision_served"


class PerformanceRecorded(RecordPerformanceFacts, EventBase):
    kind: Literal["performance_recorded"] = "performance_recorded"


class PerformanceDemanded(DemandPerformanceFacts, EventBase):
    kind: Literal["performance_demanded"] = "performance_demanded"
    surcharge_yuan: int = 0
    """Surcharge (加处罚款) up to the demand, in yuan: 3 % a day, never above the fine."""


class EnforcementApplied(ApplyEnforcementFacts, EventBase):
    kind: Literal["enforcement_applied"] = "enforcement_applied"


class RulingRecorded(RecordRulingFacts, EventBase):
    kind: Literal["ruling_recorded"] = "ruling_recorded"


class SuitFiled(FileSuitFacts, EventBase):
    kind: Literal["suit_filed"] = "suit_filed"


class SuitAccepted(RecordSuitAcceptedFacts, EventBase):
    kind: Literal["suit_accepted"] = "suit_accepted"


class JudgmentRecorded(RecordJudgmentFacts, EventBase):
    kind: Literal["judgment_recorded"] = "judgment_recorded"


class AssessmentBegun(BeginAssessmentFacts, EventBase):
    kind: Literal["assessment_begun"] = "assessment_begun"


class AssessmentConcluded(ConcludeAssessmentFacts, EventBase):
    kind: Literal["assessment_concluded"] = "assessment_concluded"


class DeferralApproved(DeferFacts, EventBase):
    kind: Literal["deferral_approved"] = "deferral_approved"


class DeferralEnded(EndDeferralFacts, EventBase):
    kind: Literal["deferral_ended"] = "deferral_ended"


class ChildPlaced(PlaceFacts, EventBase):
    kind: Literal["child_placed"] = "child_placed"


class AttendanceConfirmed(ConfirmAttendanceFacts, EventBase):
    kind: Literal["attendance_confirmed"] = "attendance_confirmed"


class MonitoringRecorded(RecordMonitoringFacts, EventBase):
    kind: Literal["monitoring_recorded"] = "monitoring_recorded"


class MonitoringPeriodEnded(EventBase):
    kind: Literal["monitoring_period_ended"] = "monitoring_period_ended"
    ended_on: date


class RelapseReported(ReportRelapseFacts, EventBase):
    kind: Literal["relapse_reported"] = "relapse_reported"


class CaseSignedOff(SignOffFacts, EventBase):
    kind: Literal["case_signed_off"] = "case_signed_off"


class CaseClosedDeceased(CloseDeceasedFacts, EventBase):
    kind: Literal["case_closed_deceased"] = "case_closed_deceased"


class CaseClosedAbroad(CloseAbroadFacts, EventBase):
    kind: Literal["case_closed_abroad"] = "case_closed_abroad"


class CaseClosedCompleted(CloseCompletedFacts, EventBase):
    kind: Literal["case_closed_completed"] = "case_closed_completed"


class CaseClosedDuplicate(CloseDuplicateFacts, EventBase):
    kind: Literal["case_closed_duplicate"] = "case_closed_duplicate"


class HearingRequested(RequestHearingFacts, EventBase):
    kind: Literal["hearing_requested"] = "hearing_requested"


class HearingScheduled(ScheduleHearingFacts, EventBase):
    kind: Literal["hearing_scheduled"] = "hearing_scheduled"


class HearingHeld(HoldHearingFacts, EventBase):
    kind: Literal["hearing_held"] = "hearing_held"


class LegalityReviewed(ReviewLegalityFacts, EventBase):
    kind: Literal["legality_reviewed"] = "legality_reviewed"


class GraceGranted(GrantGraceFacts, EventBase):
    kind: Literal["grace_granted"] = "grace_granted"


class RemedyOpened(OpenRemedyFacts, EventBase):
    kind: Literal["remedy_opened"] = "remedy_opened"


class RemedyClosed(CloseRemedyFacts, EventBase):
    kind: Literal["remedy_closed"] = "remedy_closed"


class NoticeLetterSent(SendNoticeLetterFacts, EventBase):
    kind: Literal["notice_letter_sent"] = "notice_letter_sent"


class ReferralOpened(OpenReferralFacts, EventBase):
    kind: Literal["referral_opened"] = "referral_opened"
    referral: str


class FeedbackRecorded(RecordFeedbackFacts, EventBase):
    kind: Literal["feedback_recorded"] = "feedback_recorded"


class ServiceFailed(RecordFailedServiceFacts, EventBase):
    kind: Literal["service_failed"] = "service_failed"


class ActProposed(ProposeActFacts, EventBase):
    kind: Literal["act_proposed"] = "act_proposed"


class CorrectionProposed(ProposeCorrectionFacts, EventBase):
    kind: Literal["correction_proposed"] = "correction_proposed"
    correction: str
    before: str


class FactCorrected(EventBase):
    kind: Literal["fact_corrected"] = "fact_corrected"
    correction: str
    fact: str
    before: str
    after: str
    reason: str
    proposed_by: str
    guardian: str | None = None
    flaw: str | None = None
    """What has lost its ground by the correction, where a later legal step rested on the old value."""


class CorrectionRejected(RejectCorrectionFacts, EventBase):
    kind: Literal["correction_rejected"] = "correction_rejected"


class FlawSettled(SettleFlawFacts, EventBase):
    kind: Literal["flaw_settled"] = "flaw_settled"


class PolicyAdopted(AdoptPolicyFacts, EventBase):
    kind: Literal["policy_adopted"] = "policy_adopted"
    before: str


class LeadCleared(ClearLeadFacts, EventBase):
    kind: Literal["lead_cleared"] = "lead_cleared"


class SearchRecorded(RecordSearchFacts, EventBase):
    kind: Literal["search_recorded"] = "search_recorded"


class GuardianChanged(RecordGuardianChangeFacts, EventBase):
    kind: Literal["guardian_changed"] = "guardian_changed"


class SchoolMatterSettled(SettleSchoolMatterFacts, EventBase):
    kind: Literal["school_matter_settled"] = "school_matter_settled"


class CauseRedetermined(RedetermineCauseFacts, EventBase):
    kind: Literal["cause_redetermined"] = "cause_redetermined"


class OpinionDisputed(DisputeOpinionFacts, EventBase):
    kind: Literal["opinion_disputed"] = "opinion_disputed"


class DeferralReviewed(ReviewDeferralFacts, EventBase):
    kind: Literal["deferral_reviewed"] = "deferral_reviewed"


class HandOverEscalated(EscalateHandOverFacts, EventBase):
    kind: Literal["hand_over_escalated"] = "hand_over_escalated"


class CoordinationRecorded(RecordCoordinationFacts, EventBase):
    kind: Literal["coordination_recorded"] = "coordination_recorded"


class AgeingDecided(DecideAgeingFacts, EventBase):
    kind: Literal["ageing_decided"] = "ageing_decided"


class RollMarked(MarkRollFacts, EventBase):
    kind: Literal["roll_marked"] = "roll_marked"


class HomeTaught(RecordHomeTeachingFacts, EventBase):
    kind: Literal["home_taught"] = "home_taught"


class SupportRecorded(RecordSupportFacts, EventBase):
    kind: Literal["support_recorded"] = "support_recorded"


class AgeReached(EventBase):
    """The child has passed the age of the parameter: shown, and somebody must decide."""

    kind: Literal["age_reached"] = "age_reached"
    reached_on: date


class PeriodReopened(EventBase):
    """A guardian's period that had been taken for over runs on after a correction."""

    kind: Literal["period_reopened"] = "period_reopened"
    guardian: str


class PaperDrafted(EventBase):
    """A paper beside the main line was drafted; ``content`` is what the drafter wrote."""

    kind: Literal["paper_drafted"] = "paper_drafted"
    paper_key: str
    paper_kind: str
    guardian: str | None = None
    content: PaperContent = {}
    replaces: str | None = None
    reason: str = ""
    """Why it replaces another paper."""


class PaperChecked(CheckPaperFacts, EventBase):
    kind: Literal["paper_checked"] = "paper_checked"


class PaperIssued(EventBase):
    kind: Literal["paper_issued"] = "paper_issued"
    paper: PaperIssue
    guardian: str | None = None
    replaces: str | None = None


class PaperDraftReturned(ReturnPaperDraftFacts, EventBase):
    kind: Literal["paper_draft_returned"] = "paper_draft_returned"


class PaperVoided(VoidPaperFacts, EventBase):
    kind: Literal["paper_voided"] = "paper_voided"


class SidePaperServed(ServePaperFacts, EventBase):
    """A paper beside the main line reached its addressee."""

    kind: Literal["side_paper_served"] = "side_paper_served"


class ObligationOpened(EventBase):
    kind: Literal["obligation_opened"] = "obligation_opened"
    obligation: Obligation


class ObligationMet(EventBase):
    kind: Literal["obligation_met"] = "obligation_met"
    key: str
    duty: str
    was_late: bool


class ObligationMissed(EventBase):
    kind: Literal["obligation_missed"] = "obligation_missed"
    key: str
    duty: str


class ObligationRederived(EventBase):
    kind: Literal["obligation_rederived"] = "obligation_rederived"
    key: str
    duty: str
    derivation: Derivation
    due_at: datetime
    reason: str = ""
    """Why it is counted again; empty for a year's holiday notice."""
    is_reopened: bool = False
    """A missed duty whose true deadline is still ahead."""


class ObligationWithdrawn(EventBase):
    kind: Literal["obligation_withdrawn"] = "obligation_withdrawn"
    key: str
    duty: str
    reason: str


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
    | ResponsiblePartySet
    | HandOverLetterSent
    | HandOverAccepted
    | HandOverRefused
    | ReturnOrderIssued
    | OrderAccepted
    | VisitRecorded
    | AgreementRecorded
    | ChildReturned
    | PersuasionEnded
    | CorrectionOrderDrafted
    | CorrectionOrderIssued
    | CorrectionDraftReturned
    | PaperServed
    | CorrectionPeriodEnded
    | CorrectionChecked
    | PenaltyFiled
    | PenaltyNotified
    | DefenceRecorded
    | PenaltyDecided
    | DecisionServed
    | PerformanceRecorded
    | PerformanceDemanded
    | EnforcementApplied
    | RulingRecorded
    | SuitFiled
    | SuitAccepted
    | JudgmentRecorded
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
    | CaseClosedDeceased
    | CaseClosedAbroad
    | CaseClosedCompleted
    | CaseClosedDuplicate
    | ActProposed
    | CorrectionProposed
    | FactCorrected
    | CorrectionRejected
    | FlawSettled
    | PolicyAdopted
    | LeadCleared
    | SearchRecorded
    | GuardianChanged
    | SchoolMatterSettled
    | CauseRedetermined
    | OpinionDisputed
    | DeferralReviewed
    | HandOverEscalated
    | CoordinationRecorded
    | AgeingDecided
    | RollMarked
    | HomeTaught
    | SupportRecorded
    | AgeReached
    | PeriodReopened
    | HearingRequested
    | HearingScheduled
    | HearingHeld
    | LegalityReviewed
    | GraceGranted
    | RemedyOpened
    | RemedyClosed
    | NoticeLetterSent
    | ReferralOpened
    | FeedbackRecorded
    | ServiceFailed
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
    "lead_opened": "线索登记",
    "lead_joined": "并入线索",
    "dropout_suspected": "列为疑似辍学",
    "lead_excused": "请假属实",
    "guardian_contacted": "联系监护人",
    "school_informed": "报告学校",
    "report_filed": "报送一线",
    "reports_completed": "三线报告齐备",
    "case_verified": "校长核证",
    "verification_confirmed": "核证复核通过",
    "verification_returned": "核证退回重核",
    "transfer_confirmed": "学籍转接完成",
    "transfer_refuted": "在外就读不实",
    "responsible_party_set": "确认劝返主体",
    "hand_over_letter_sent": "发出移交劝返函",
    "hand_over_accepted": "户籍地接收",
    "hand_over_refused": "户籍地退回",
    "return_order_issued": "下发劝返指令",
    "order_accepted": "乡镇签收",
    "visit_recorded": "家访劝返",
    "agreement_recorded": "签订复学承诺",
    "child_returned": "学生返校",
    "persuasion_ended": "宣传教育未果",
    "correction_order_drafted": "拟责令限期改正",
    "correction_order_issued": "签发责令限期改正",
    "correction_draft_returned": "退回责令草稿",
    "paper_served": "文书送达",
    "correction_period_ended": "改正期满",
    "correction_checked": "改正情况核查",
    "penalty_filed": "处罚立案",
    "penalty_notified": "处罚事先告知",
    "defence_recorded": "陈述申辩了结",
    "penalty_decided": "处罚决定",
    "decision_served": "处罚决定送达",
    "performance_recorded": "履行情况",
    "performance_demanded": "催告履行",
    "enforcement_applied": "申请强制执行",
    "ruling_recorded": "法院裁定",
    "suit_filed": "提起诉讼",
    "suit_accepted": "法院立案",
    "judgment_recorded": "判决或调解",
    "assessment_begun": "委托评估",
    "assessment_concluded": "评估意见",
    "deferral_approved": "批准延缓入学或休学",
    "deferral_ended": "延缓或休学终止",
    "child_placed": "分类安置",
    "attendance_confirmed": "确认到校就读",
    "monitoring_recorded": "返校监测",
    "monitoring_period_ended": "监测期满",
    "relapse_reported": "再次辍学",
    "case_signed_off": "返校销号",
    "case_closed_deceased": "死亡结案",
    "case_closed_abroad": "出国（境）结案",
    "case_closed_completed": "完成义务教育结案",
    "case_closed_duplicate": "重复案撤销",
    "hearing_requested": "申请听证",
    "hearing_scheduled": "听证安排",
    "hearing_held": "听证举行",
    "legality_reviewed": "法制审核",
    "grace_granted": "准予延期或分期",
    "remedy_opened": "提出复议或诉讼",
    "remedy_closed": "复议或诉讼了结",
    "notice_letter_sent": "发出告知函",
    "referral_opened": "转介部门",
    "feedback_recorded": "部门反馈",
    "service_failed": "送达未果",
    "act_proposed": "提请审批",
    "correction_proposed": "申请更正",
    "fact_corrected": "更正事实",
    "correction_rejected": "退回更正",
    "flaw_settled": "处理失去前提的步骤",
    "policy_adopted": "采用新规则",
    "lead_cleared": "线索了结",
    "search_recorded": "查找下落",
    "guardian_changed": "监护人变更",
    "school_matter_settled": "学校责任处理",
    "cause_redetermined": "重新认定原因",
    "opinion_disputed": "评估异议",
    "deferral_reviewed": "复查延缓或休学",
    "hand_over_escalated": "报上级协调",
    "coordination_recorded": "上级协调结果",
    "ageing_decided": "超龄处理",
    "roll_marked": "学籍标注",
    "home_taught": "送教上门",
    "support_recorded": "帮扶记录",
    "age_reached": "已到超龄提示年龄",
    "period_reopened": "期限继续计算",
    "paper_drafted": "拟写文书",
    "paper_checked": "审核文书",
    "paper_issued": "签发文书",
    "paper_draft_returned": "退回文书草稿",
    "paper_voided": "文书作废",
    "side_paper_served": "文书送达或签收",
    "obligation_opened": "期限起算",
    "obligation_met": "期限内完成",
    "obligation_missed": "期限已过",
    "obligation_rederived": "期限重算",
    "obligation_withdrawn": "期限撤销",
}
"""What people read for each event kind."""
