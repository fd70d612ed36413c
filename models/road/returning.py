"""Placement, attendance, monitoring, relapse, sign-off."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import Text
from models.road.base import CommandBase, EventBase
from models.words import FusionCondition, PlacementWay


class PlaceFacts(Frozen):
    way: PlacementWay
    school: str
    plan: Annotated[Text, Field(min_length=4)]
    fusion_conditions: tuple[FusionCondition, ...] = ()
    """For 普职融合: which of the three conditions the taking school meets (YJ138-3c)."""
    reason: Text = ""


class Place(PlaceFacts, CommandBase):
    """Decide how the child is taught (分类安置, YN-9, DC-2.5)."""

    kind: Literal["place"] = "place"


class ChildPlaced(PlaceFacts, EventBase):
    kind: Literal["child_placed"] = "child_placed"
    label: ClassVar[str] = "分类安置"


class ConfirmAttendanceFacts(Frozen):
    attending_since: date
    school_days: Annotated[int, Field(ge=1, le=400)]


class ConfirmAttendance(ConfirmAttendanceFacts, CommandBase):
    """Record that the child really attends (到校事实)."""

    kind: Literal["confirm_attendance"] = "confirm_attendance"


class AttendanceConfirmed(ConfirmAttendanceFacts, EventBase):
    kind: Literal["attendance_confirmed"] = "attendance_confirmed"
    label: ClassVar[str] = "确认到校就读"


class RecordMonitoringFacts(Frozen):
    from_on: date
    to_on: date
    attendance_percent: Annotated[int, Field(ge=0, le=100)]
    child_words: Text = ""
    note: Text = ""


class RecordMonitoring(RecordMonitoringFacts, CommandBase):
    """Record attendance and talks of one monitored stretch (返校监测)."""

    kind: Literal["record_monitoring"] = "record_monitoring"


class MonitoringRecorded(RecordMonitoringFacts, EventBase):
    kind: Literal["monitoring_recorded"] = "monitoring_recorded"
    label: ClassVar[str] = "返校监测"


class ReportRelapseFacts(Frozen):
    absent_since: date
    absent_days: Annotated[int, Field(ge=1, le=400)]


class ReportRelapse(ReportRelapseFacts, CommandBase):
    """Report that a returned child has stopped coming again (再辍学)."""

    kind: Literal["report_relapse"] = "report_relapse"


class RelapseReported(ReportRelapseFacts, EventBase):
    kind: Literal["relapse_reported"] = "relapse_reported"
    label: ClassVar[str] = "再次辍学"


class SignOffFacts(Frozen):
    is_roll_active: bool
    note: Text = ""


class SignOff(SignOffFacts, CommandBase):
    """Strike the case off after monitoring (销号, JJ5-4.2c)."""

    kind: Literal["sign_off"] = "sign_off"


class CaseSignedOff(SignOffFacts, EventBase):
    kind: Literal["case_signed_off"] = "case_signed_off"
    label: ClassVar[str] = "返校销号"


class MonitoringPeriodEnded(EventBase):
    kind: Literal["monitoring_period_ended"] = "monitoring_period_ended"
    label: ClassVar[str] = "监测期满"
    ended_on: date
