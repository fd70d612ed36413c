"""Whose case it is, and the order to the township."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.road.base import CommandBase, EventBase, PaperIssue
from models.words import Department, LetterRoute, Party


class SetResponsiblePartyFacts(Frozen):
    party: Party
    reason: Text = ""


class SetResponsibleParty(SetResponsiblePartyFacts, CommandBase):
    """Confirm who must bring the child back (劝返主体, YN-8c, YN-8d)."""

    kind: Literal["set_responsible_party"] = "set_responsible_party"


class ResponsiblePartySet(SetResponsiblePartyFacts, EventBase):
    kind: Literal["responsible_party_set"] = "responsible_party_set"
    label: ClassVar[str] = "确认劝返主体"
    rule: str


class SendHandOverLetterFacts(Frozen):
    to_county: Annotated[Short, Field(min_length=6)]
    letter_no: Annotated[Short, Field(min_length=1)]
    route: LetterRoute = LetterRoute.DIRECT


class SendHandOverLetter(SendHandOverLetterFacts, CommandBase):
    """Send the letter that asks the county of the household register to take over (YN-8c)."""

    kind: Literal["send_hand_over_letter"] = "send_hand_over_letter"


class HandOverLetterSent(SendHandOverLetterFacts, EventBase):
    kind: Literal["hand_over_letter_sent"] = "hand_over_letter_sent"
    label: ClassVar[str] = "发出移交劝返函"


class EscalateHandOverFacts(Frozen):
    """Ask the authority above both counties to settle who answers for the child."""

    route: LetterRoute
    letter_no: Annotated[Short, Field(min_length=1)]


class EscalateHandOver(EscalateHandOverFacts, CommandBase):
    """Bring a refused or unanswered hand-over before the level above."""

    kind: Literal["escalate_hand_over"] = "escalate_hand_over"


class HandOverEscalated(EscalateHandOverFacts, EventBase):
    kind: Literal["hand_over_escalated"] = "hand_over_escalated"
    label: ClassVar[str] = "报上级协调"


class RecordCoordinationFacts(Frozen):
    is_theirs: bool
    letter_no: Annotated[Short, Field(min_length=1)]
    note: Text = ""


class RecordCoordination(RecordCoordinationFacts, CommandBase):
    """Record what the level above has settled."""

    kind: Literal["record_coordination"] = "record_coordination"


class CoordinationRecorded(RecordCoordinationFacts, EventBase):
    kind: Literal["coordination_recorded"] = "coordination_recorded"
    label: ClassVar[str] = "上级协调结果"


class RecordReplyFacts(Frozen):
    is_accepted: bool
    letter_no: Annotated[Short, Field(min_length=1)]
    reason: Text = ""


class RecordReply(RecordReplyFacts, CommandBase):
    """Record the written reply of the other county (回函)."""

    kind: Literal["record_reply"] = "record_reply"


class HandOverAccepted(RecordReplyFacts, EventBase):
    kind: Literal["hand_over_accepted"] = "hand_over_accepted"
    label: ClassVar[str] = "户籍地接收"


class HandOverRefused(RecordReplyFacts, EventBase):
    kind: Literal["hand_over_refused"] = "hand_over_refused"
    label: ClassVar[str] = "户籍地退回"


class IssueReturnOrderFacts(Frozen):
    requirements: Annotated[tuple[Text, ...], Field(min_length=1, max_length=12)]


class IssueReturnOrder(IssueReturnOrderFacts, CommandBase):
    """Sign the order that sends the township to bring the child back (劝返指令, YN-8d)."""

    kind: Literal["issue_return_order"] = "issue_return_order"


class ReturnOrderIssued(IssueReturnOrderFacts, EventBase):
    kind: Literal["return_order_issued"] = "return_order_issued"
    label: ClassVar[str] = "下发劝返指令"
    feedback_due_on: date
    paper: PaperIssue


class SendNoticeLetterFacts(Frozen):
    to_county: Annotated[Short, Field(min_length=6)]
    letter_no: Annotated[Short, Field(min_length=1)]


class SendNoticeLetter(SendNoticeLetterFacts, CommandBase):
    """Tell the county of the household register (告知函, YN-7f, DC-2.3.3k)."""

    kind: Literal["send_notice_letter"] = "send_notice_letter"


class NoticeLetterSent(SendNoticeLetterFacts, EventBase):
    kind: Literal["notice_letter_sent"] = "notice_letter_sent"
    label: ClassVar[str] = "发出告知函"


class OpenReferralFacts(Frozen):
    department: Department
    reason: Annotated[Text, Field(min_length=2)]
    letter_no: Annotated[Short, Field(min_length=1)]
    route: LetterRoute = LetterRoute.DIRECT


class OpenReferral(OpenReferralFacts, CommandBase):
    """Refer a matter to another department (转介), beside the main line."""

    kind: Literal["open_referral"] = "open_referral"


class ReferralOpened(OpenReferralFacts, EventBase):
    kind: Literal["referral_opened"] = "referral_opened"
    label: ClassVar[str] = "转介部门"
    referral: str


class RecordFeedbackFacts(Frozen):
    referral: str
    result: Annotated[Text, Field(min_length=2)]


class RecordFeedback(RecordFeedbackFacts, CommandBase):
    """Record what the department answered."""

    kind: Literal["record_feedback"] = "record_feedback"


class FeedbackRecorded(RecordFeedbackFacts, EventBase):
    kind: Literal["feedback_recorded"] = "feedback_recorded"
    label: ClassVar[str] = "部门反馈"


class Sponsor(Frozen):
    """One person bound to the child (包保人, YN-5.3b)."""

    name: Annotated[Short, Field(min_length=2)]
    post: Annotated[Short, Field(min_length=2)]
    is_village_based: bool = False


class AcceptOrderFacts(Frozen):
    sponsors: tuple[Sponsor, ...]


class AcceptOrder(AcceptOrderFacts, CommandBase):
    """Sign for the order and name the sponsors (签收, 结对包保)."""

    kind: Literal["accept_order"] = "accept_order"


class OrderAccepted(AcceptOrderFacts, EventBase):
    kind: Literal["order_accepted"] = "order_accepted"
    label: ClassVar[str] = "乡镇签收"
