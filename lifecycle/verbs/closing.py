"""The closings that may come at any open stage; each on proof, none automatic."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.conditions import evidence_of
from lifecycle.days import end_of_school_year_at
from lifecycle.enforcement import no_fine_open
from lifecycle.verb import Context, Verb, becomes, roles
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.words import Onward, Role, TrackStep

COUNTY = roles(Role.EDU_HEAD)
PROPOSERS = roles(Role.PRINCIPAL, Role.EDU_CASE, Role.TOWNSHIP_CASE)


def is_of_age(context: Context, command: c.CloseCompleted) -> Iterable[Unmet]:
    """Completion means graduation; age alone only after the parameter's year, never automatic."""
    birth_on = context.state.birth_on
    if command.is_graduated or birth_on is None:
        return
    age = context.policy.number("upper_age")
    reached = end_of_school_year_at(birth_on, age)
    if context.today <= reached:
        yield Unmet(
            code="not_of_age",
            message=f"未毕业，且满{age}周岁的学年到{reached}才结束，不能以完成义务教育结案。",
            clause=context.policy["upper_age"].source_text,
        )


def says_where_the_child_goes(_context: Context, command: c.CloseCompleted) -> Iterable[Unmet]:
    if command.onward is None:
        names = "、".join(each.label for each in Onward)
        yield Unmet(
            code="onward_missing",
            message=f"完成义务教育结案须写明去向（{names}），并由书面决定载明。",
            clause="YN-5.13d",
        )


def says_who_goes_on(context: Context, command: c.CloseCompleted) -> Iterable[Unmet]:
    """A penalty or court stage runs on its own clock after the child has grown out of school."""
    pending = [
        track.step.label for track in context.state.tracks.values() if track.step in PENDING
    ]  # fmt: skip
    pending += ["尚欠罚款" for track in context.state.tracks.values() if track.owed]
    if pending and len(command.pending_note.strip()) < 2:
        yield Unmet(
            code="stage_pending",
            message=f"对监护人的程序尚未了结（{'、'.join(pending)}），须写明由谁继续办理到底。",
            clause="行政处罚法 66、72",
        )


PENDING = frozenset(TrackStep) - {
    TrackStep.PERSUADING, TrackStep.PERSUASION_FAILED, TrackStep.ORDER_DRAFTED,
    TrackStep.ORDER_ISSUED, TrackStep.ORDER_SERVED, TrackStep.ORDER_DUE, TrackStep.ORDER_EXPIRED,
    TrackStep.ENDED,
}  # fmt: skip
"""Steps of a penalty or before a court."""


def died_before_today(context: Context, command: c.CloseDeceased) -> Iterable[Unmet]:
    if command.died_on > context.today:
        yield Unmet(code="date_ahead", message="死亡日期不能晚于今天，请核对。")


def not_itself(context: Context, command: c.CloseDuplicate) -> Iterable[Unmet]:
    if command.other_case == context.state.case_id:
        yield Unmet(
            code="duplicate_of_itself", message="不能把案件并入它自己，请填写另一案的案号。"
        )


VERBS = (
    Verb(
        "close_deceased", "死亡结案", COUNTY, becomes(e.CaseClosedDeceased),
        case_event="close_deceased", proposers=PROPOSERS, checks=(died_before_today, evidence_of("死亡证明或户籍注销证明")),
    ),
    Verb(
        "close_abroad", "出国（境）结案", COUNTY, becomes(e.CaseClosedAbroad),
        case_event="close_abroad", proposers=PROPOSERS, conditions=(no_fine_open,), checks=(evidence_of("出境记录和境外就读证明"),),
    ),
    Verb(
        "close_completed", "完成义务教育结案", COUNTY, becomes(e.CaseClosedCompleted),
        case_event="close_completed", proposers=PROPOSERS,
        checks=(is_of_age, says_where_the_child_goes, says_who_goes_on, evidence_of("毕业（结业）证书或书面决定")),
    ),
    Verb(
        "close_duplicate", "重复案撤销", COUNTY, becomes(e.CaseClosedDuplicate),
        case_event="close_duplicate", proposers=PROPOSERS, checks=(not_itself,),
    ),
)  # fmt: skip
