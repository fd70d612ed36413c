"""What each verb states about the world; shared by the command and the event it becomes."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from models.base import Frozen
from models.people import GuardianRef
from models.words import (
    Cause,
    Conclusion,
    DeferralKind,
    Department,
    FusionCondition,
    GuardianChange,
    LeadSource,
    LetterRoute,
    NoPenaltyGround,
    Outcome,
    Party,
    PenaltyKind,
    PlacementWay,
    RemedyKind,
    RemedyOutcome,
    ReportLine,
    RollMark,
    ServiceMethod,
    SupportKind,
    VisitResult,
    Whereabouts,
)


def _no_nul(text: str) -> str:
    """Refuse U+0000: PostgreSQL holds no such character, and a command that cannot be stored
    would be tried for ever.
    """
    if "\x00" in text:
        raise ValueError("text holds U+0000")
    return text


Text = Annotated[str, AfterValidator(_no_nul), Field(max_length=4000)]
Short = Annotated[str, AfterValidator(_no_nul), Field(max_length=200)]


Account = Annotated[Short, Field(min_length=2)]
"""The account of an official, as in the signed token: who acted must be comparable."""


class OpenLeadFacts(Frozen):
    child_ref: str
    episode: Annotated[int, Field(ge=1)]
    source: LeadSource
    lead_ref: str
    school: str
    """Empty for a child that was never enrolled: the township then acts for the school."""
    previous_school: str | None = None
    """The primary school that handed the child over; it helps, the junior school answers."""
    township: str
    county: str
    enrol_county: str
    household_county: str
    is_subdistrict: bool = False
    """A subdistrict office is not a township government (义务教育法 58 names only the latter)."""
    birth_on: date
    grade: Annotated[int, Field(ge=0, le=9)]
    guardians: tuple[GuardianRef, ...]
    """Empty where nobody is known: civil affairs must find one before any step (民法典 31, 32)."""
    absent_since: date | None = None
    absent_days: Annotated[int, Field(ge=0, le=400)] = 0
    previous_case: str | None = None


class JoinLeadFacts(Frozen):
    source: LeadSource
    lead_ref: str
    absent_since: date | None = None
    absent_days: Annotated[int, Field(ge=0, le=400)] = 0


class MarkSuspectedFacts(Frozen):
    absent_since: date
    absent_days: Annotated[int, Field(ge=1, le=400)]


class ExcuseFacts(Frozen):
    reason: Annotated[Text, Field(min_length=2)]


class ContactGuardianFacts(Frozen):
    guardian: str | None = None
    method: Annotated[Short, Field(min_length=1)]
    was_reached: bool
    note: Text = ""
    child_words: Text = ""


class ReportToSchoolFacts(Frozen):
    note: Text = ""


class FileReportFacts(Frozen):
    line: ReportLine
    receipt_no: Annotated[Short, Field(min_length=1)]


class VerifyFacts(Frozen):
    conclusion: Conclusion
    whereabouts: Whereabouts
    cause: Cause | None = None
    whereabouts_county: str | None = None
    note: Text = ""


class ReviewVerificationFacts(Frozen):
    is_confirmed: bool
    reason: Annotated[Text, Field(min_length=2)]


class ConfirmTransferFacts(Frozen):
    receiving_school: Annotated[Short, Field(min_length=2)]
    roll_no: Annotated[Short, Field(min_length=2)]


class RefuteTransferFacts(Frozen):
    reason: Annotated[Text, Field(min_length=2)]


class SetResponsiblePartyFacts(Frozen):
    party: Party
    reason: Text = ""


class SendHandOverLetterFacts(Frozen):
    to_county: Annotated[Short, Field(min_length=6)]
    letter_no: Annotated[Short, Field(min_length=1)]
    route: LetterRoute = LetterRoute.DIRECT


class RecordReplyFacts(Frozen):
    is_accepted: bool
    letter_no: Annotated[Short, Field(min_length=1)]
    reason: Text = ""


class IssueReturnOrderFacts(Frozen):
    requirements: Annotated[tuple[Text, ...], Field(min_length=1, max_length=12)]


class Sponsor(Frozen):
    """One person bound to the child (包保人, YN-5.3b)."""

    name: Annotated[Short, Field(min_length=2)]
    post: Annotated[Short, Field(min_length=2)]
    is_village_based: bool = False


class AcceptOrderFacts(Frozen):
    sponsors: tuple[Sponsor, ...]


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


class RecordAgreementFacts(Frozen):
    guardian: str
    return_on: date


class RecordReturnFacts(Frozen):
    returned_on: date
    note: Text = ""


class EndPersuasionFacts(Frozen):
    guardian: str
    reason: Annotated[Text, Field(min_length=2)]
    has_just_cause: bool


class Officer(Frozen):
    """An officer who handles the matter and can show a licence (执法证)."""

    name: Annotated[Short, Field(min_length=2)]
    licence_no: Annotated[Short, Field(min_length=2)]


class OrderCorrectionFacts(Frozen):
    guardian: str
    facts: Annotated[Text, Field(min_length=10)]
    days: Annotated[int, Field(ge=1, le=90)] | None = None
    """Length of the period in the unit of ``order_days``; None takes the parameter."""
    officers: Annotated[tuple[Officer, ...], Field(min_length=1, max_length=4)]


class ApproveCorrectionOrderFacts(Frozen):
    guardian: str


class ReturnCorrectionDraftFacts(Frozen):
    guardian: str
    reason: Annotated[Text, Field(min_length=2)]


class ServePaperFacts(Frozen):
    paper: str
    method: ServiceMethod
    officers: tuple[Short, ...]
    receipt: Annotated[Short, Field(min_length=1)]
    """Reference of the signed service receipt or of the photographs."""
    published_on: date | None = None
    """For service by public notice: the day it was published; it is served 30 days later."""


class CheckCorrectionFacts(Frozen):
    guardian: str
    outcome: Outcome
    checkers: tuple[Short, ...]


class FilePenaltyFacts(Frozen):
    guardian: str
    officers: tuple[Account, ...]
    filing_no: Annotated[Short, Field(min_length=1)]


class NotifyPenaltyFacts(Frozen):
    guardian: str
    penalty: PenaltyKind
    amount_yuan: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    document_no: Annotated[Short, Field(min_length=1)]


class RecordDefenceFacts(Frozen):
    guardian: str
    has_stated: bool
    review: Annotated[Text, Field(min_length=2)]


class RequestHearingFacts(Frozen):
    guardian: str


class ScheduleHearingFacts(Frozen):
    guardian: str
    hearing_on: date
    presider: Account
    is_closed: bool
    """A case that touches a minor's privacy is heard behind closed doors (行政处罚法 64)."""


class HoldHearingFacts(Frozen):
    guardian: str
    record_no: Annotated[Short, Field(min_length=1)]
    opinion: Annotated[Text, Field(min_length=2)]


class ReviewLegalityFacts(Frozen):
    guardian: str
    opinion_no: Annotated[Short, Field(min_length=1)]
    is_passed: bool


class GrantGraceFacts(Frozen):
    guardian: str
    until: date
    instalments: Annotated[int, Field(ge=1, le=24)] = 1
    approval_no: Annotated[Short, Field(min_length=1)]


class OpenRemedyFacts(Frozen):
    guardian: str
    remedy: RemedyKind
    body: Annotated[Short, Field(min_length=2)]


class CloseRemedyFacts(Frozen):
    guardian: str
    outcome: RemedyOutcome
    document_no: Annotated[Short, Field(min_length=1)]


class SendNoticeLetterFacts(Frozen):
    to_county: Annotated[Short, Field(min_length=6)]
    letter_no: Annotated[Short, Field(min_length=1)]


class OpenReferralFacts(Frozen):
    department: Department
    reason: Annotated[Text, Field(min_length=2)]
    letter_no: Annotated[Short, Field(min_length=1)]
    route: LetterRoute = LetterRoute.DIRECT


class RecordFeedbackFacts(Frozen):
    referral: str
    result: Annotated[Text, Field(min_length=2)]


PaperValue = str | int | bool | tuple[str, ...] | tuple[dict[str, str], ...]


def _bounded(content: dict[str, PaperValue]) -> dict[str, PaperValue]:
    """Refuse what PostgreSQL cannot hold and what no paper is that long for."""
    written = json.dumps(content, ensure_ascii=False)
    if "\\u0000" in written or "\x00" in written:
        raise ValueError("text holds U+0000")
    if len(written) > 60_000:
        raise ValueError("content is too long")
    return content


PaperContent = Annotated[dict[str, PaperValue], AfterValidator(_bounded), Field(max_length=60)]
"""What the drafter writes into a paper, by field; everything else is taken from the case."""


class DraftPaperFacts(Frozen):
    paper_kind: Annotated[Short, Field(min_length=2)]
    guardian: str | None = None
    content: PaperContent = {}


class CheckPaperFacts(Frozen):
    paper: str
    opinion: Annotated[Text, Field(min_length=2)]


class ApprovePaperFacts(Frozen):
    paper: str


class ReturnPaperDraftFacts(Frozen):
    paper: str
    reason: Annotated[Text, Field(min_length=2)]


class VoidPaperFacts(Frozen):
    paper: str
    reason: Annotated[Text, Field(min_length=2)]


class ReplacePaperFacts(Frozen):
    paper: str
    reason: Annotated[Text, Field(min_length=2)]
    content: PaperContent = {}


class RecordFailedServiceFacts(Frozen):
    target: str
    """Key of the paper, or ``decision:<guardian>`` for a penalty decision."""
    method: ServiceMethod
    reason: Annotated[Text, Field(min_length=2)]


class DecidePenaltyFacts(Frozen):
    guardian: str
    penalty: PenaltyKind
    amount_yuan: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    document_no: Annotated[Short, Field(min_length=1)]
    ground: NoPenaltyGround | None = None
    """Why there is no penalty; with a decision not to punish, and with no other."""


class ServeDecisionFacts(Frozen):
    guardian: str
    method: ServiceMethod
    officers: tuple[Short, ...]
    receipt: Annotated[Short, Field(min_length=1)]
    published_on: date | None = None
    """For service by public notice: the day it was published; it is served 30 days later."""


class RecordPerformanceFacts(Frozen):
    guardian: str
    is_performed: bool
    note: Text = ""


class DemandPerformanceFacts(Frozen):
    guardian: str
    document_no: Annotated[Short, Field(min_length=1)]


class ApplyEnforcementFacts(Frozen):
    guardian: str
    document_no: Annotated[Short, Field(min_length=1)]


class RecordRulingFacts(Frozen):
    guardian: str
    is_granted: bool
    document_no: Annotated[Short, Field(min_length=1)]


class FileSuitFacts(Frozen):
    guardian: str
    plaintiff: Annotated[Short, Field(min_length=2)]
    document_no: Annotated[Short, Field(min_length=1)]


class RecordSuitAcceptedFacts(Frozen):
    guardian: str
    court_case_no: Annotated[Short, Field(min_length=1)]


class RecordJudgmentFacts(Frozen):
    guardian: str
    is_mediated: bool
    must_send_child: bool
    document_no: Annotated[Short, Field(min_length=1)]


class BeginAssessmentFacts(Frozen):
    commission_no: Annotated[Short, Field(min_length=1)]


class ConcludeAssessmentFacts(Frozen):
    is_able: bool
    until: date | None = None
    """End of the approved deferral where the child cannot learn at present."""
    opinion_no: Annotated[Short, Field(min_length=1)]


class DeferFacts(Frozen):
    deferral: DeferralKind
    until: date
    approval_no: Annotated[Short, Field(min_length=1)]
    has_guardian_complied: bool = False
    """The guardian has done what the judgment asks (JJ5-2.2f)."""
    does_child_refuse: bool = False
    """It is the child who refuses to come (JJ5-2.2f)."""


class EndDeferralFacts(Frozen):
    reason: Annotated[Text, Field(min_length=2)]


class PlaceFacts(Frozen):
    way: PlacementWay
    school: str
    plan: Annotated[Text, Field(min_length=4)]
    fusion_conditions: tuple[FusionCondition, ...] = ()
    """For 普职融合: which of the three conditions the taking school meets (YJ138-3c)."""
    reason: Text = ""


class ConfirmAttendanceFacts(Frozen):
    attending_since: date
    school_days: Annotated[int, Field(ge=1, le=400)]


class RecordMonitoringFacts(Frozen):
    from_on: date
    to_on: date
    attendance_percent: Annotated[int, Field(ge=0, le=100)]
    child_words: Text = ""
    note: Text = ""


class ReportRelapseFacts(Frozen):
    absent_since: date
    absent_days: Annotated[int, Field(ge=1, le=400)]


class SignOffFacts(Frozen):
    is_roll_active: bool
    note: Text = ""


class CloseDeceasedFacts(Frozen):
    died_on: date


class CloseAbroadFacts(Frozen):
    enrolled_at: Annotated[Short, Field(min_length=2)]


class CloseCompletedFacts(Frozen):
    is_graduated: bool
    decision_no: Annotated[Short, Field(min_length=1)]


class CloseDuplicateFacts(Frozen):
    other_case: Annotated[Short, Field(min_length=4)]


class ProposeActFacts(Frozen):
    """Put an act before the one who signs: drafter and approver are two people."""

    act: Short
    """Kind of the command that is asked for."""
    note: Annotated[Text, Field(min_length=2)]
    guardian: str | None = None
    policy_sha: Short | None = None
    """For adopting new rules: the snapshot that is meant."""


class ProposeCorrectionFacts(Frozen):
    fact: Annotated[Short, Field(min_length=2)]
    """Which fact: an id of ``lifecycle.correctable``, with its part after a colon."""
    value: Annotated[Short, Field(min_length=1)]
    reason: Annotated[Text, Field(min_length=4)]


class ApproveCorrectionFacts(Frozen):
    correction: Short


class RejectCorrectionFacts(Frozen):
    correction: Short
    reason: Annotated[Text, Field(min_length=2)]


class SettleFlawFacts(Frozen):
    """Decide what becomes of a legal step whose ground a correction has taken away."""

    guardian: str
    is_upheld: bool
    opinion_no: Annotated[Short, Field(min_length=1)]


class AdoptPolicyFacts(Frozen):
    policy_sha: Short
    reason: Annotated[Text, Field(min_length=4)]


class ClearLeadFacts(Frozen):
    returned_on: date


class RecordSearchFacts(Frozen):
    """A search for a guardian or the child by police, village or relatives."""

    guardian: str | None = None
    """None: it is the child who is looked for."""
    organ: Annotated[Short, Field(min_length=2)]
    is_by_police: bool = False
    is_found: bool
    result: Annotated[Text, Field(min_length=2)]


class RecordGuardianChangeFacts(Frozen):
    """Guardianship has changed (离婚、死亡、另行指定; 民法典 27, 31, 36)."""

    change: GuardianChange
    person: Annotated[Short, Field(min_length=1)]
    """Reference of the person in the roster."""
    relation: Annotated[Short, Field(min_length=1)]
    reason: Annotated[Text, Field(min_length=2)]


class SettleSchoolMatterFacts(Frozen):
    """What was done about a dropout the school itself has caused (YN-14.1, YN-14.5)."""

    measures: Annotated[Text, Field(min_length=4)]
    document_no: Annotated[Short, Field(min_length=1)]


class RedetermineCauseFacts(Frozen):
    cause: Cause
    reason: Annotated[Text, Field(min_length=4)]


class DisputeOpinionFacts(Frozen):
    """The guardian disagrees with the committee (残疾人教育条例 21)."""

    reason: Annotated[Text, Field(min_length=2)]
    commission_no: Annotated[Short, Field(min_length=1)]


class ReviewDeferralFacts(Frozen):
    is_continued: bool
    until: date | None = None
    note: Annotated[Text, Field(min_length=2)]


class EscalateHandOverFacts(Frozen):
    """Ask the authority above both counties to settle who answers for the child."""

    route: LetterRoute
    letter_no: Annotated[Short, Field(min_length=1)]


class RecordCoordinationFacts(Frozen):
    is_theirs: bool
    letter_no: Annotated[Short, Field(min_length=1)]
    note: Text = ""


class DecideAgeingFacts(Frozen):
    """What follows now that the child has passed the age (never automatic)."""

    goes_on: bool
    note: Annotated[Text, Field(min_length=2)]


class MarkRollFacts(Frozen):
    """The school roll was marked in the outside system, with the number it gave."""

    mark: RollMark
    receipt_no: Annotated[Short, Field(min_length=1)]
    reason: Text = ""
    """Required for 其他离校 (ZY-2.3f)."""


class RecordHomeTeachingFacts(Frozen):
    """One round of teaching at the child's home (送教上门, DC-2.6c)."""

    lessons: Annotated[int, Field(ge=1, le=40)]
    teachers: Annotated[tuple[Short, ...], Field(min_length=1)]
    content: Annotated[Text, Field(min_length=2)]
    signed_by: Annotated[Short, Field(min_length=1)]
    """Who signed at home: the guardian or the carer."""


class RecordSupportFacts(Frozen):
    support: SupportKind
    by: Annotated[Short, Field(min_length=2)]
    content: Annotated[Text, Field(min_length=2)]
