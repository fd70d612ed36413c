"""Commands: verbs a caseworker says. One frozen model per verb, told apart by ``kind``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import (
    AcceptOrderFacts,
    AdoptPolicyFacts,
    ApplyEnforcementFacts,
    ApproveCorrectionFacts,
    ApproveCorrectionOrderFacts,
    ApprovePaperFacts,
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
    DraftPaperFacts,
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
    OpenLeadFacts,
    OpenReferralFacts,
    OpenRemedyFacts,
    OrderCorrectionFacts,
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
    ReplacePaperFacts,
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
    Short,
    SignOffFacts,
    VerifyFacts,
    VoidPaperFacts,
)
from models.people import Actor


class CommandBase(Frozen):
    """What every command carries."""

    request_id: Annotated[str, Field(min_length=8, max_length=100)]
    """Idempotency key: the same id acts once."""
    actor: Actor
    happened_on: date
    """The day it took place in the world, Shanghai time."""
    seen_revision: int | None = None
    """Revision of the case the person saw; None for the system itself."""
    evidence: tuple[Short, ...] = ()
    """References of the papers, photos or records that prove it."""


class OpenLead(OpenLeadFacts, CommandBase):
    """Open a case for a child without one (DC-2.3.2, YN-4b)."""

    kind: Literal["open_lead"] = "open_lead"


class JoinLead(JoinLeadFacts, CommandBase):
    """Join a further lead to the open case of the same child."""

    kind: Literal["join_lead"] = "join_lead"


class MarkSuspected(MarkSuspectedFacts, CommandBase):
    """Take the lead for a suspected dropout (疑似辍学)."""

    kind: Literal["mark_suspected"] = "mark_suspected"


class Excuse(ExcuseFacts, CommandBase):
    """Close a lead on an approved leave slip (请假条, DC-2.3.2a)."""

    kind: Literal["excuse"] = "excuse"


class ContactGuardian(ContactGuardianFacts, CommandBase):
    """Record one attempt to reach the guardian (DC-2.3.3g, YN-7c)."""

    kind: Literal["contact_guardian"] = "contact_guardian"


class ReportToSchool(ReportToSchoolFacts, CommandBase):
    """Report the suspected dropout to the school (DC-2.3.3i)."""

    kind: Literal["report_to_school"] = "report_to_school"


class FileReport(FileReportFacts, CommandBase):
    """File one line of the three-line report with its receipt number (DC-2.3.2c–e)."""

    kind: Literal["file_report"] = "file_report"


class Verify(VerifyFacts, CommandBase):
    """Sign what the verification (核证) found (DC-2.3.3j, YN-7e)."""

    kind: Literal["verify"] = "verify"


class ReviewVerification(ReviewVerificationFacts, CommandBase):
    """Confirm or refuse a verification that would end the case (教体局复核)."""

    kind: Literal["review_verification"] = "review_verification"


class ConfirmTransfer(ConfirmTransferFacts, CommandBase):
    """Record that the receiving school holds the school roll (学籍转接, ZY-2.3d)."""

    kind: Literal["confirm_transfer"] = "confirm_transfer"


class RefuteTransfer(RefuteTransferFacts, CommandBase):
    """Take back that the child studies elsewhere: the receiving school does not have it."""

    kind: Literal["refute_transfer"] = "refute_transfer"


class SetResponsibleParty(SetResponsiblePartyFacts, CommandBase):
    """Confirm who must bring the child back (劝返主体, YN-8c, YN-8d)."""

    kind: Literal["set_responsible_party"] = "set_responsible_party"


class SendHandOverLetter(SendHandOverLetterFacts, CommandBase):
    """Send the letter that asks the county of the household register to take over (YN-8c)."""

    kind: Literal["send_hand_over_letter"] = "send_hand_over_letter"


class RecordReply(RecordReplyFacts, CommandBase):
    """Record the written reply of the other county (回函)."""

    kind: Literal["record_reply"] = "record_reply"


class IssueReturnOrder(IssueReturnOrderFacts, CommandBase):
    """Sign the order that sends the township to bring the child back (劝返指令, YN-8d)."""

    kind: Literal["issue_return_order"] = "issue_return_order"


class AcceptOrder(AcceptOrderFacts, CommandBase):
    """Sign for the order and name the sponsors (签收, 结对包保)."""

    kind: Literal["accept_order"] = "accept_order"


class RecordVisit(RecordVisitFacts, CommandBase):
    """Record a persuasion visit (家访、劝返); joint when several organs took part."""

    kind: Literal["record_visit"] = "record_visit"


class RecordAgreement(RecordAgreementFacts, CommandBase):
    """Record the signed promise to send the child back (复学承诺书)."""

    kind: Literal["record_agreement"] = "record_agreement"


class RecordReturn(RecordReturnFacts, CommandBase):
    """Record that the child has come back of itself or through any step."""

    kind: Literal["record_return"] = "record_return"


class EndPersuasion(EndPersuasionFacts, CommandBase):
    """Declare persuasion of one guardian exhausted (第一步未果)."""

    kind: Literal["end_persuasion"] = "end_persuasion"


class OrderCorrection(OrderCorrectionFacts, CommandBase):
    """Draft the order to correct within a period (责令限期改正, 义务教育法 58)."""

    kind: Literal["order_correction"] = "order_correction"


class ApproveCorrectionOrder(ApproveCorrectionOrderFacts, CommandBase):
    """Sign and issue the drafted correction order (second person)."""

    kind: Literal["approve_correction_order"] = "approve_correction_order"


class ReturnCorrectionDraft(ReturnCorrectionDraftFacts, CommandBase):
    """Send a drafted correction order back to the drafter with the reason."""

    kind: Literal["return_correction_draft"] = "return_correction_draft"


class ServePaper(ServePaperFacts, CommandBase):
    """Record the service of an issued paper on its addressee (送达回证)."""

    kind: Literal["serve_paper"] = "serve_paper"


class CheckCorrection(CheckCorrectionFacts, CommandBase):
    """Record the check at the end of the correction period (改正情况核查)."""

    kind: Literal["check_correction"] = "check_correction"


class FilePenalty(FilePenaltyFacts, CommandBase):
    """Open the penalty procedure against one guardian (立案, 行政处罚法 54)."""

    kind: Literal["file_penalty"] = "file_penalty"


class NotifyPenalty(NotifyPenaltyFacts, CommandBase):
    """Record service of the advance notice of penalty (事先告知, 行政处罚法 44)."""

    kind: Literal["notify_penalty"] = "notify_penalty"


class RecordDefence(RecordDefenceFacts, CommandBase):
    """Record the guardian's statement, or that the time for it has passed (行政处罚法 45)."""

    kind: Literal["record_defence"] = "record_defence"


class DecidePenalty(DecidePenaltyFacts, CommandBase):
    """Decide the penalty (行政处罚法 57)."""

    kind: Literal["decide_penalty"] = "decide_penalty"


class ServeDecision(ServeDecisionFacts, CommandBase):
    """Record service of the penalty decision (行政处罚法 61)."""

    kind: Literal["serve_decision"] = "serve_decision"


class RecordPerformance(RecordPerformanceFacts, CommandBase):
    """Record whether the penalty decision was performed (履行情况)."""

    kind: Literal["record_performance"] = "record_performance"


class DemandPerformance(DemandPerformanceFacts, CommandBase):
    """Record service of the demand to perform (催告书, 行政强制法 54)."""

    kind: Literal["demand_performance"] = "demand_performance"


class ApplyEnforcement(ApplyEnforcementFacts, CommandBase):
    """Apply to the court for enforcement (行政强制法 53、55)."""

    kind: Literal["apply_enforcement"] = "apply_enforcement"


class RecordRuling(RecordRulingFacts, CommandBase):
    """Record the court's ruling on the application (行政强制法 57、58)."""

    kind: Literal["record_ruling"] = "record_ruling"


class FileSuit(FileSuitFacts, CommandBase):
    """File the civil suit against the guardian (提起诉讼)."""

    kind: Literal["file_suit"] = "file_suit"


class RecordSuitAccepted(RecordSuitAcceptedFacts, CommandBase):
    kind: Literal["record_suit_accepted"] = "record_suit_accepted"


class RecordJudgment(RecordJudgmentFacts, CommandBase):
    """Record judgment or mediation in the suit."""

    kind: Literal["record_judgment"] = "record_judgment"


class BeginAssessment(BeginAssessmentFacts, CommandBase):
    """Commission the expert committee; steps 2–4 freeze (YN-10, 残疾人教育条例 20)."""

    kind: Literal["begin_assessment"] = "begin_assessment"


class ConcludeAssessment(ConcludeAssessmentFacts, CommandBase):
    """Record the committee's opinion: able to learn (placement) or deferral advised."""

    kind: Literal["conclude_assessment"] = "conclude_assessment"


class Defer(DeferFacts, CommandBase):
    """Approve a deferral (延缓入学、休学, 义务教育法 11; YN-8e, YN-10c)."""

    kind: Literal["defer"] = "defer"


class EndDeferral(EndDeferralFacts, CommandBase):
    """End the deferral: persuasion goes on in full."""

    kind: Literal["end_deferral"] = "end_deferral"


class Place(PlaceFacts, CommandBase):
    """Decide how the child is taught (分类安置, YN-9, DC-2.5)."""

    kind: Literal["place"] = "place"


class ConfirmAttendance(ConfirmAttendanceFacts, CommandBase):
    """Record that the child really attends (到校事实)."""

    kind: Literal["confirm_attendance"] = "confirm_attendance"


class RecordMonitoring(RecordMonitoringFacts, CommandBase):
    """Record attendance and talks of one monitored stretch (返校监测)."""

    kind: Literal["record_monitoring"] = "record_monitoring"


class ReportRelapse(ReportRelapseFacts, CommandBase):
    """Report that a returned child has stopped coming again (再辍学)."""

    kind: Literal["report_relapse"] = "report_relapse"


class SignOff(SignOffFacts, CommandBase):
    """Strike the case off after monitoring (销号, JJ5-4.2c)."""

    kind: Literal["sign_off"] = "sign_off"


class CloseDeceased(CloseDeceasedFacts, CommandBase):
    kind: Literal["close_deceased"] = "close_deceased"


class CloseAbroad(CloseAbroadFacts, CommandBase):
    """Close for a child that left and studies abroad; both proofs are needed."""

    kind: Literal["close_abroad"] = "close_abroad"


class CloseCompleted(CloseCompletedFacts, CommandBase):
    """Close for completed schooling or age; never automatic."""

    kind: Literal["close_completed"] = "close_completed"


class CloseDuplicate(CloseDuplicateFacts, CommandBase):
    kind: Literal["close_duplicate"] = "close_duplicate"


class RequestHearing(RequestHearingFacts, CommandBase):
    """Record that the guardian asks for a hearing (听证, 行政处罚法 63、64)."""

    kind: Literal["request_hearing"] = "request_hearing"


class ScheduleHearing(ScheduleHearingFacts, CommandBase):
    """Fix the hearing: day, presider, open or closed (行政处罚法 64)."""

    kind: Literal["schedule_hearing"] = "schedule_hearing"


class HoldHearing(HoldHearingFacts, CommandBase):
    """Record that the hearing was held, with its report."""

    kind: Literal["hold_hearing"] = "hold_hearing"


class ReviewLegality(ReviewLegalityFacts, CommandBase):
    """Record the legal review of the proposed decision (法制审核, 行政处罚法 58)."""

    kind: Literal["review_legality"] = "review_legality"


class GrantGrace(GrantGraceFacts, CommandBase):
    """Allow payment later or by instalments (延期、分期缴纳, 行政处罚法 66)."""

    kind: Literal["grant_grace"] = "grant_grace"


class OpenRemedy(OpenRemedyFacts, CommandBase):
    """Record that the guardian has applied for review or sued (复议、诉讼)."""

    kind: Literal["open_remedy"] = "open_remedy"


class CloseRemedy(CloseRemedyFacts, CommandBase):
    """Record how the remedy ended."""

    kind: Literal["close_remedy"] = "close_remedy"


class SendNoticeLetter(SendNoticeLetterFacts, CommandBase):
    """Tell the county of the household register (告知函, YN-7f, DC-2.3.3k)."""

    kind: Literal["send_notice_letter"] = "send_notice_letter"


class OpenReferral(OpenReferralFacts, CommandBase):
    """Refer a matter to another department (转介), beside the main line."""

    kind: Literal["open_referral"] = "open_referral"


class RecordFeedback(RecordFeedbackFacts, CommandBase):
    """Record what the department answered."""

    kind: Literal["record_feedback"] = "record_feedback"


class RecordFailedService(RecordFailedServiceFacts, CommandBase):
    """Record an attempt at service that failed, with its evidence (送达未果)."""

    kind: Literal["record_failed_service"] = "record_failed_service"


class ProposeAct(ProposeActFacts, CommandBase):
    """Put an act before the one who signs (second person)."""

    kind: Literal["propose_act"] = "propose_act"


class ProposeCorrection(ProposeCorrectionFacts, CommandBase):
    """Ask for a fact to be put right (数据更正申请)."""

    kind: Literal["propose_correction"] = "propose_correction"


class ApproveCorrection(ApproveCorrectionFacts, CommandBase):
    """Approve a correction: a compensating event, nothing is erased (YN-14.10)."""

    kind: Literal["approve_correction"] = "approve_correction"


class RejectCorrection(RejectCorrectionFacts, CommandBase):
    """Turn a correction down with the reason."""

    kind: Literal["reject_correction"] = "reject_correction"


class SettleFlaw(SettleFlawFacts, CommandBase):
    """Uphold or withdraw a step whose ground was corrected away."""

    kind: Literal["settle_flaw"] = "settle_flaw"


class AdoptPolicy(AdoptPolicyFacts, CommandBase):
    """Take the case over to the rules in force now."""

    kind: Literal["adopt_policy"] = "adopt_policy"


class ClearLead(ClearLeadFacts, CommandBase):
    """End a lead because the child is back at school."""

    kind: Literal["clear_lead"] = "clear_lead"


class RecordSearch(RecordSearchFacts, CommandBase):
    """Record a search for a guardian or the child."""

    kind: Literal["record_search"] = "record_search"


class RecordGuardianChange(RecordGuardianChangeFacts, CommandBase):
    """Record that guardianship has changed."""

    kind: Literal["record_guardian_change"] = "record_guardian_change"


class SettleSchoolMatter(SettleSchoolMatterFacts, CommandBase):
    """Record what was done about the school's own fault."""

    kind: Literal["settle_school_matter"] = "settle_school_matter"


class RedetermineCause(RedetermineCauseFacts, CommandBase):
    """Find another cause as facts become known."""

    kind: Literal["redetermine_cause"] = "redetermine_cause"


class DisputeOpinion(DisputeOpinionFacts, CommandBase):
    """Commission the committee again at the guardian's objection."""

    kind: Literal["dispute_opinion"] = "dispute_opinion"


class ReviewDeferral(ReviewDeferralFacts, CommandBase):
    """Record the review of a deferral; it may run on."""

    kind: Literal["review_deferral"] = "review_deferral"


class EscalateHandOver(EscalateHandOverFacts, CommandBase):
    """Bring a refused or unanswered hand-over before the level above."""

    kind: Literal["escalate_hand_over"] = "escalate_hand_over"


class RecordCoordination(RecordCoordinationFacts, CommandBase):
    """Record what the level above has settled."""

    kind: Literal["record_coordination"] = "record_coordination"


class DecideAgeing(DecideAgeingFacts, CommandBase):
    """Decide about a child that has passed the age; never automatic."""

    kind: Literal["decide_ageing"] = "decide_ageing"


class DraftPaper(DraftPaperFacts, CommandBase):
    """Draft a paper beside the main line (拟写文书)."""

    kind: Literal["draft_paper"] = "draft_paper"


class CheckPaper(CheckPaperFacts, CommandBase):
    """Check a drafted paper before it is signed (审核)."""

    kind: Literal["check_paper"] = "check_paper"


class ApprovePaper(ApprovePaperFacts, CommandBase):
    """Sign and issue a drafted paper (second person, 签发)."""

    kind: Literal["approve_paper"] = "approve_paper"


class ReturnPaperDraft(ReturnPaperDraftFacts, CommandBase):
    """Send a drafted paper back to the drafter with the reason (退回)."""

    kind: Literal["return_paper_draft"] = "return_paper_draft"


class VoidPaper(VoidPaperFacts, CommandBase):
    """Void an issued paper; its number is kept and marked (作废)."""

    kind: Literal["void_paper"] = "void_paper"


class ReplacePaper(ReplacePaperFacts, CommandBase):
    """Draft a paper that takes the place of an issued one (更正重发)."""

    kind: Literal["replace_paper"] = "replace_paper"


class MarkRoll(MarkRollFacts, CommandBase):
    """Record that the school roll was marked (学籍标注, ZY-2.3b)."""

    kind: Literal["mark_roll"] = "mark_roll"


class RecordHomeTeaching(RecordHomeTeachingFacts, CommandBase):
    """Record one round of teaching at home (送教上门)."""

    kind: Literal["record_home_teaching"] = "record_home_teaching"


class RecordSupport(RecordSupportFacts, CommandBase):
    """Record what was done for the child (帮扶)."""

    kind: Literal["record_support"] = "record_support"


class MarkDue(CommandBase):
    """The timer's own command: some deadline has passed."""

    kind: Literal["mark_due"] = "mark_due"


class AdoptCalendar(CommandBase):
    """Derive provisional dates again now that a year's holiday notice is loaded (system only)."""

    kind: Literal["adopt_calendar"] = "adopt_calendar"


Command = Annotated[
    OpenLead | JoinLead | MarkSuspected | Excuse | ContactGuardian | ReportToSchool | FileReport
    | Verify | ReviewVerification | ConfirmTransfer | RefuteTransfer | SetResponsibleParty
    | SendHandOverLetter | RecordReply | IssueReturnOrder | AcceptOrder | RecordVisit
    | RecordAgreement | RecordReturn | EndPersuasion | OrderCorrection | ApproveCorrectionOrder
    | ReturnCorrectionDraft | ServePaper | CheckCorrection | FilePenalty | NotifyPenalty
    | RecordDefence | DecidePenalty | ServeDecision | RecordPerformance | DemandPerformance
    | ApplyEnforcement | RecordRuling | FileSuit | RecordSuitAccepted | RecordJudgment
    | BeginAssessment | ConcludeAssessment | Defer | EndDeferral | Place | ConfirmAttendance
    | RecordMonitoring | ReportRelapse | SignOff | CloseDeceased | CloseAbroad | CloseCompleted
    | CloseDuplicate
    | RequestHearing | ScheduleHearing | HoldHearing | ReviewLegality | GrantGrace | OpenRemedy | CloseRemedy | SendNoticeLetter
    | ProposeAct | ProposeCorrection | ApproveCorrection | RejectCorrection | SettleFlaw | AdoptPolicy
    | ClearLead | RecordSearch | RecordGuardianChange | SettleSchoolMatter | RedetermineCause
    | DisputeOpinion | ReviewDeferral | EscalateHandOver | RecordCoordination | DecideAgeing
    | MarkRoll | RecordHomeTeaching | RecordSupport
    | OpenReferral | RecordFeedback | RecordFailedService | MarkDue | AdoptCalendar
    | DraftPaper | CheckPaper | ApprovePaper | ReturnPaperDraft | VoidPaper | ReplacePaper,
    Field(discriminator="kind"),
]  # fmt: skip
