"""Assessment by the committee, and deferral."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.road.base import CommandBase, EventBase
from models.words import DeferralKind


class BeginAssessmentFacts(Frozen):
    commission_no: Annotated[Short, Field(min_length=1)]


class BeginAssessment(BeginAssessmentFacts, CommandBase):
    """Commission the expert committee; steps 2–4 freeze (YN-10, 残疾人教育条例 20)."""

    kind: Literal["begin_assessment"] = "begin_assessment"


class AssessmentBegun(BeginAssessmentFacts, EventBase):
    kind: Literal["assessment_begun"] = "assessment_begun"
    label: ClassVar[str] = "委托评估"


class ConcludeAssessmentFacts(Frozen):
    is_able: bool
    until: date | None = None
    """The term the committee advises; a deferral is granted by an act of its own."""
    opinion_no: Annotated[Short, Field(min_length=1)]


class ConcludeAssessment(ConcludeAssessmentFacts, CommandBase):
    """Record the committee's finding: able to learn, or not at present."""

    kind: Literal["conclude_assessment"] = "conclude_assessment"


class AssessmentConcluded(ConcludeAssessmentFacts, EventBase):
    kind: Literal["assessment_concluded"] = "assessment_concluded"
    label: ClassVar[str] = "评估意见"


class DeferFacts(Frozen):
    deferral: DeferralKind
    until: date
    approval_no: Annotated[Short, Field(min_length=1)]
    application_no: Short = ""
    """The guardian's written application; the law grants no deferral without it (义务教育法 11)."""
    has_guardian_complied: bool = False
    """The guardian has done what the judgment asks (JJ5-2.2f)."""
    does_child_refuse: bool = False
    """It is the child who refuses to come (JJ5-2.2f)."""


class Defer(DeferFacts, CommandBase):
    """Approve a deferral (延缓入学、休学, 义务教育法 11; YN-8e, YN-10c)."""

    kind: Literal["defer"] = "defer"


class DeferralApproved(DeferFacts, EventBase):
    kind: Literal["deferral_approved"] = "deferral_approved"
    label: ClassVar[str] = "批准延缓入学或休学"


class DisputeOpinionFacts(Frozen):
    """The guardian disagrees with the committee (残疾人教育条例 21)."""

    reason: Annotated[Text, Field(min_length=2)]
    commission_no: Annotated[Short, Field(min_length=1)]


class DisputeOpinion(DisputeOpinionFacts, CommandBase):
    """Commission the committee again at the guardian's objection."""

    kind: Literal["dispute_opinion"] = "dispute_opinion"


class OpinionDisputed(DisputeOpinionFacts, EventBase):
    kind: Literal["opinion_disputed"] = "opinion_disputed"
    label: ClassVar[str] = "评估异议"


class ReviewDeferralFacts(Frozen):
    is_continued: bool
    until: date | None = None
    """The later end the review proposes; granting it is an act of its own."""
    note: Annotated[Text, Field(min_length=2)]


class ReviewDeferral(ReviewDeferralFacts, CommandBase):
    """Record what the review of a deferral found; a later end is asked for with ``defer``."""

    kind: Literal["review_deferral"] = "review_deferral"


class DeferralReviewed(ReviewDeferralFacts, EventBase):
    kind: Literal["deferral_reviewed"] = "deferral_reviewed"
    label: ClassVar[str] = "复查延缓或休学"
    has_moved_end: bool = True
    """In a ledger of before, which does not say, the review itself moved the end."""


class EndDeferralFacts(Frozen):
    reason: Annotated[Text, Field(min_length=2)]


class EndDeferral(EndDeferralFacts, CommandBase):
    """End the deferral: persuasion goes on; for reasons of the body the committee looks again."""

    kind: Literal["end_deferral"] = "end_deferral"


class DeferralEnded(EndDeferralFacts, EventBase):
    kind: Literal["deferral_ended"] = "deferral_ended"
    label: ClassVar[str] = "延缓或休学终止"
