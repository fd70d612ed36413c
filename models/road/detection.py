"""Finding, reporting and verifying."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.people import GuardianRef
from models.road.base import CommandBase, EventBase
from models.words import Cause, Conclusion, LeadSource, ReportLine, Whereabouts


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


class OpenLead(OpenLeadFacts, CommandBase):
    """Open a case for a child without one (DC-2.3.2, YN-4b)."""

    kind: Literal["open_lead"] = "open_lead"


class LeadOpened(OpenLeadFacts, EventBase):
    kind: Literal["lead_opened"] = "lead_opened"
    label: ClassVar[str] = "线索登记"
    case_id: str
    policy_sha: str


class JoinLeadFacts(Frozen):
    source: LeadSource
    lead_ref: str
    absent_since: date | None = None
    absent_days: Annotated[int, Field(ge=0, le=400)] = 0


class JoinLead(JoinLeadFacts, CommandBase):
    """Join a further lead to the open case of the same child."""

    kind: Literal["join_lead"] = "join_lead"


class LeadJoined(JoinLeadFacts, EventBase):
    kind: Literal["lead_joined"] = "lead_joined"
    label: ClassVar[str] = "并入线索"


class MarkSuspectedFacts(Frozen):
    absent_since: date
    absent_days: Annotated[int, Field(ge=1, le=400)]


class MarkSuspected(MarkSuspectedFacts, CommandBase):
    """Take the lead for a suspected dropout (疑似辍学)."""

    kind: Literal["mark_suspected"] = "mark_suspected"


class DropoutSuspected(MarkSuspectedFacts, EventBase):
    kind: Literal["dropout_suspected"] = "dropout_suspected"
    label: ClassVar[str] = "列为疑似辍学"


class ExcuseFacts(Frozen):
    reason: Annotated[Text, Field(min_length=2)]


class Excuse(ExcuseFacts, CommandBase):
    """Close a lead on an approved leave slip (请假条, DC-2.3.2a)."""

    kind: Literal["excuse"] = "excuse"


class LeadExcused(ExcuseFacts, EventBase):
    kind: Literal["lead_excused"] = "lead_excused"
    label: ClassVar[str] = "请假属实"


class ClearLeadFacts(Frozen):
    returned_on: date


class ClearLead(ClearLeadFacts, CommandBase):
    """End a lead because the child is back at school."""

    kind: Literal["clear_lead"] = "clear_lead"


class LeadCleared(ClearLeadFacts, EventBase):
    kind: Literal["lead_cleared"] = "lead_cleared"
    label: ClassVar[str] = "线索了结"


class ContactGuardianFacts(Frozen):
    guardian: str | None = None
    method: Annotated[Short, Field(min_length=1)]
    was_reached: bool
    note: Text = ""
    child_words: Text = ""


class ContactGuardian(ContactGuardianFacts, CommandBase):
    """Record one attempt to reach the guardian (DC-2.3.3g, YN-7c)."""

    kind: Literal["contact_guardian"] = "contact_guardian"


class GuardianContacted(ContactGuardianFacts, EventBase):
    kind: Literal["guardian_contacted"] = "guardian_contacted"
    label: ClassVar[str] = "联系监护人"


class ReportToSchoolFacts(Frozen):
    note: Text = ""


class ReportToSchool(ReportToSchoolFacts, CommandBase):
    """Report the suspected dropout to the school (DC-2.3.3i)."""

    kind: Literal["report_to_school"] = "report_to_school"


class SchoolInformed(ReportToSchoolFacts, EventBase):
    kind: Literal["school_informed"] = "school_informed"
    label: ClassVar[str] = "报告学校"


class FileReportFacts(Frozen):
    line: ReportLine
    receipt_no: Annotated[Short, Field(min_length=1)]


class FileReport(FileReportFacts, CommandBase):
    """File one line of the three-line report with its receipt number (DC-2.3.2c–e)."""

    kind: Literal["file_report"] = "file_report"


class ReportFiled(FileReportFacts, EventBase):
    kind: Literal["report_filed"] = "report_filed"
    label: ClassVar[str] = "报送一线"


class VerifyFacts(Frozen):
    conclusion: Conclusion
    whereabouts: Whereabouts
    cause: Cause | None = None
    whereabouts_county: str | None = None
    note: Text = ""


class Verify(VerifyFacts, CommandBase):
    """Sign what the verification (核证) found (DC-2.3.3j, YN-7e)."""

    kind: Literal["verify"] = "verify"


class CaseVerified(VerifyFacts, EventBase):
    kind: Literal["case_verified"] = "case_verified"
    label: ClassVar[str] = "校长核证"


class ReviewVerificationFacts(Frozen):
    is_confirmed: bool
    reason: Annotated[Text, Field(min_length=2)]


class ReviewVerification(ReviewVerificationFacts, CommandBase):
    """Confirm or refuse a verification that would end the case (教体局复核)."""

    kind: Literal["review_verification"] = "review_verification"


class VerificationConfirmed(ReviewVerificationFacts, EventBase):
    kind: Literal["verification_confirmed"] = "verification_confirmed"
    label: ClassVar[str] = "核证复核通过"


class VerificationReturned(ReviewVerificationFacts, EventBase):
    kind: Literal["verification_returned"] = "verification_returned"
    label: ClassVar[str] = "核证退回重核"


class ConfirmTransferFacts(Frozen):
    receiving_school: Annotated[Short, Field(min_length=2)]
    roll_no: Annotated[Short, Field(min_length=2)]


class ConfirmTransfer(ConfirmTransferFacts, CommandBase):
    """Record that the receiving school holds the school roll (学籍转接, ZY-2.3d)."""

    kind: Literal["confirm_transfer"] = "confirm_transfer"


class TransferConfirmed(ConfirmTransferFacts, EventBase):
    kind: Literal["transfer_confirmed"] = "transfer_confirmed"
    label: ClassVar[str] = "学籍转接完成"


class RefuteTransferFacts(Frozen):
    reason: Annotated[Text, Field(min_length=2)]


class RefuteTransfer(RefuteTransferFacts, CommandBase):
    """Take back that the child studies elsewhere: the receiving school does not have it."""

    kind: Literal["refute_transfer"] = "refute_transfer"


class TransferRefuted(RefuteTransferFacts, EventBase):
    kind: Literal["transfer_refuted"] = "transfer_refuted"
    label: ClassVar[str] = "在外就读不实"


class ReportsCompleted(EventBase):
    kind: Literal["reports_completed"] = "reports_completed"
    label: ClassVar[str] = "三线报告齐备"
