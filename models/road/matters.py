"""Matters beside the line."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Short, Text
from models.road.base import CommandBase, EventBase
from models.words import Cause, RollMark, SupportKind


class MarkRollFacts(Frozen):
    """The school roll was marked in the outside system, with the number it gave."""

    mark: RollMark
    receipt_no: Annotated[Short, Field(min_length=1)]
    reason: Text = ""
    """Required for 其他离校 (ZY-2.3f)."""


class MarkRoll(MarkRollFacts, CommandBase):
    """Record that the school roll was marked (学籍标注, ZY-2.3b)."""

    kind: Literal["mark_roll"] = "mark_roll"


class RollMarked(MarkRollFacts, EventBase):
    kind: Literal["roll_marked"] = "roll_marked"
    label: ClassVar[str] = "学籍标注"


class RecordHomeTeachingFacts(Frozen):
    """One round of teaching at the child's home (送教上门, DC-2.6c)."""

    lessons: Annotated[int, Field(ge=1, le=40)]
    teachers: Annotated[tuple[Short, ...], Field(min_length=1)]
    content: Annotated[Text, Field(min_length=2)]
    signed_by: Annotated[Short, Field(min_length=1)]
    """Who signed at home: the guardian or the carer."""


class RecordHomeTeaching(RecordHomeTeachingFacts, CommandBase):
    """Record one round of teaching at home (送教上门)."""

    kind: Literal["record_home_teaching"] = "record_home_teaching"


class HomeTaught(RecordHomeTeachingFacts, EventBase):
    kind: Literal["home_taught"] = "home_taught"
    label: ClassVar[str] = "送教上门"


class RecordSupportFacts(Frozen):
    support: SupportKind
    by: Annotated[Short, Field(min_length=2)]
    content: Annotated[Text, Field(min_length=2)]


class RecordSupport(RecordSupportFacts, CommandBase):
    """Record what was done for the child (帮扶)."""

    kind: Literal["record_support"] = "record_support"


class SupportRecorded(RecordSupportFacts, EventBase):
    kind: Literal["support_recorded"] = "support_recorded"
    label: ClassVar[str] = "帮扶记录"


class SettleSchoolMatterFacts(Frozen):
    """What was done about a dropout the school itself has caused (YN-14.1, YN-14.5)."""

    measures: Annotated[Text, Field(min_length=4)]
    document_no: Annotated[Short, Field(min_length=1)]


class SettleSchoolMatter(SettleSchoolMatterFacts, CommandBase):
    """Record what was done about the school's own fault."""

    kind: Literal["settle_school_matter"] = "settle_school_matter"


class SchoolMatterSettled(SettleSchoolMatterFacts, EventBase):
    kind: Literal["school_matter_settled"] = "school_matter_settled"
    label: ClassVar[str] = "学校责任处理"


class RedetermineCauseFacts(Frozen):
    cause: Cause
    reason: Annotated[Text, Field(min_length=4)]


class RedetermineCause(RedetermineCauseFacts, CommandBase):
    """Find another cause as facts become known."""

    kind: Literal["redetermine_cause"] = "redetermine_cause"


class CauseRedetermined(RedetermineCauseFacts, EventBase):
    kind: Literal["cause_redetermined"] = "cause_redetermined"
    label: ClassVar[str] = "重新认定原因"


class DecideAgeingFacts(Frozen):
    """What follows now that the child has passed the age (never automatic)."""

    goes_on: bool
    note: Annotated[Text, Field(min_length=2)]


class DecideAgeing(DecideAgeingFacts, CommandBase):
    """Decide about a child that has passed the age; never automatic."""

    kind: Literal["decide_ageing"] = "decide_ageing"


class AgeingDecided(DecideAgeingFacts, EventBase):
    kind: Literal["ageing_decided"] = "ageing_decided"
    label: ClassVar[str] = "超龄处理"


class AgeReached(EventBase):
    """The child has passed the age of the parameter: shown, and somebody must decide."""

    kind: Literal["age_reached"] = "age_reached"
    label: ClassVar[str] = "已到超龄提示年龄"
    reached_on: date
