"""Placement, attendance, monitoring, relapse and sign-off."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.charts import CaseChart, move
from lifecycle.conditions import absence_is_on_the_calendar, evidence_of
from lifecycle.enforcement import no_fine_open
from lifecycle.folding import STEP_STAGES, has_accepted_order
from lifecycle.monitoring import attendance, missing_days, next_start, overlapped
from lifecycle.placement import placement_fits
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.detection import SCHOOL
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import PlacementWay, Role, Stage


def is_back_or_found_able(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    state = context.state
    if state.stage in STEP_STAGES and state.assessed_able is not True:
        yield _not_back()


def is_back_or_taught_at_home(context: Context, command: c.Place) -> Iterable[Unmet]:
    """Only teaching at home comes to a child that does not come to school (DC-2.6a, YN-10b)."""
    state = context.state
    is_found_able = state.stage in STEP_STAGES and state.assessed_able is True
    if is_found_able and command.way is not PlacementWay.HOME_TEACHING:
        yield _not_back()


def _not_back() -> Unmet:
    return Unmet(
        code="not_returned",
        message="孩子尚未返校，请先登记返校再作安置；只有经评估送教上门的，可以直接安置。",
        clause="DC-2.6a、YN-10b",
    )


def place(context: Context, command: c.Place) -> Iterable[e.EventBase]:
    state = context.state
    is_at_home = state.stage in STEP_STAGES
    moved = move(CaseChart, state.configuration, "teach_at_home") if is_at_home else None
    yield carry(command, e.ChildPlaced, moved_to=moved)


def is_placed(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.placement is None:
        yield Unmet(code="not_placed", message="请先作出分类安置，再确认到校就读。", clause="YN-9b")


def attends_long_enough(context: Context, command: c.ConfirmAttendance) -> Iterable[Unmet]:
    returned = context.state.returned_on
    if command.attending_since > context.today or (
        returned is not None and command.attending_since < returned
    ):
        yield Unmet(
            code="attending_since_wrong",
            message=f"到校就读日须在返校日（{returned}）与今天之间。",
        )
        return
    needed = context.policy.number("return_confirm_days")
    counted = context.calendar.school_days_between(
        command.attending_since, context.today, context.state.school
    )
    if command.school_days < needed or counted < command.school_days:
        yield Unmet(
            code="attendance_too_short",
            message=f"须实际到校满{needed}个教学日（自{command.attending_since}至今共{counted}个教学日，"
            f"填报{command.school_days}日）。",
            clause=context.policy["return_confirm_days"].source_text,
        )


def stretch_is_past(context: Context, command: c.RecordMonitoring) -> Iterable[Unmet]:
    if not command.from_on <= command.to_on <= context.today:
        yield Unmet(code="stretch_wrong", message="监测起止日有误：须先后有序且不晚于今天。")
    since = context.state.attending_since
    if since and command.from_on < since:
        yield Unmet(code="stretch_early", message=f"监测起始日不能早于到校就读日{since}。")
    told = overlapped(context.state, command.from_on, command.to_on)
    if told is not None:
        yield Unmet(
            code="stretch_overlaps",
            message=f"{told.from_on}至{told.to_on}已有监测记录，不得重复登记；"
            f"数值有误请申请更正，新的一段从{next_start(context.state)}起。",
            clause="JJ5-4.2c",
        )


def relapse_follows_the_return(context: Context, command: c.ReportRelapse) -> Iterable[Unmet]:
    """The new absence lies between the return and today."""
    returned = context.state.returned_on
    if command.absent_since > context.today:
        yield Unmet(code="date_ahead", message="缺勤起始日不能晚于今天，请核对。")
    elif returned is not None and command.absent_since < returned:
        yield Unmet(
            code="absence_before_return",
            message=f"再次缺勤的起始日不能早于返校日{returned}，请核对。",
        )


def relapse_is_counted(context: Context, command: c.ReportRelapse) -> Iterable[Unmet]:
    needed = context.policy.number("absence_days")
    if command.absent_days < needed:
        yield Unmet(
            code="absence_below_threshold",
            message=f"无故缺勤{command.absent_days}个教学日，未达{needed}日；请联系家长并记入监测。",
            clause=context.policy["absence_days"].source_text,
        )
    else:
        yield from absence_is_on_the_calendar(context, command)


def relapse(context: Context, command: c.ReportRelapse) -> Iterable[e.EventBase]:
    """Back to the first step; a case no township has signed for begins with its report again."""
    name = "relapse" if has_accepted_order(context.state) else "relapse_unverified"
    moved = move(CaseChart, context.state.configuration, name)
    yield carry(command, e.RelapseReported, moved_to=moved)


def monitoring_is_passed(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """Months elapsed, every school day of them recorded, attendance high enough over them all."""
    state = context.state
    if state.monitoring_ended_on is None:
        yield Unmet(
            code="monitoring_running",
            message="返校巩固监测期未满，不能销号。",
            clause=context.policy["monitor_months"].source_text,
        )
        return
    if not state.monitoring:
        yield Unmet(code="no_monitoring", message="没有监测记录，请先补录出勤与谈话。")
        return
    missing = missing_days(context)
    if missing:
        yield Unmet(
            code="monitoring_gap",
            message=f"监测记录缺{missing[0]}起共{len(missing)}个教学日，"
            f"须补记到首尾相接，直到监测期满（{state.monitoring_ended_on}）。",
            clause="JJ5-4.2c",
        )
    needed = context.policy.number("monitor_attendance")
    total, days = attendance(context)
    if total < needed * days:
        yield Unmet(
            code="attendance_low",
            message=f"监测期按教学日平均出勤率{total // days}%，低于{needed}%，请继续监测并登记。",
            clause=context.policy["monitor_attendance"].source_text,
        )


def roll_is_active(_context: Context, command: c.SignOff) -> Iterable[Unmet]:
    if not command.is_roll_active:
        yield Unmet(
            code="roll_not_active",
            message="学籍未恢复为在读，请学籍管理员先标注复学。",
            clause="JJ5-4.2b",
        )


VERBS = (
    Verb(
        "place", "作出分类安置", roles(Role.PRINCIPAL, Role.EDU_CASE), place,
        stages=STEP_STAGES | {Stage.PLACEMENT}, conditions=(is_back_or_found_able,),
        checks=(is_back_or_taught_at_home, placement_fits),
    ),
    Verb(
        "confirm_attendance", "确认到校就读", roles(Role.PRINCIPAL, Role.REGISTRAR),
        becomes(e.AttendanceConfirmed), case_event="attend", conditions=(is_placed,),
        checks=(attends_long_enough, evidence_of("出勤记录")),
    ),
    Verb(
        "record_monitoring", "登记返校监测", SCHOOL, becomes(e.MonitoringRecorded),
        stages=frozenset({Stage.MONITORING}), checks=(stretch_is_past, evidence_of("出勤记录")),
    ),
    Verb(
        "report_relapse", "报告再次辍学", SCHOOL, relapse,
        stages=frozenset({Stage.PLACEMENT, Stage.MONITORING}),
        checks=(relapse_follows_the_return, relapse_is_counted),
    ),
    Verb(
        "sign_off", "销号", roles(Role.EDU_HEAD), becomes(e.CaseSignedOff), case_event="sign_off",
        conditions=(monitoring_is_passed, no_fine_open), proposers=roles(Role.PRINCIPAL, Role.EDU_CASE),
        checks=(roll_is_active, evidence_of("销号审批表", "JJ5-4.2c")),
    ),
)  # fmt: skip
