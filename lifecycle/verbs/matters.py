"""Matters beside the main line: the school's own fault, a cause found anew, a child past the age."""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.conditions import evidence_of, frees_from_the_body, is_freed_by_an_opinion
from lifecycle.verb import Context, Verb, becomes, roles
from lifecycle.verbs.assignment import CONFIRMED
from lifecycle.verbs.detection import OUT_OF_SCHOOL, SCHOOL
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack
from models.words import Cause, PlacementWay, Role, RollMark, Stage

RETURNED = frozenset({Stage.PLACEMENT, Stage.MONITORING})


def is_school_caused(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.cause not in {Cause.SCHOOL, Cause.DISTANCE}:
        yield Unmet(
            code="not_school_caused", message="本案辍学原因不是学校自身问题，也不是路远或撤并。"
        )
    elif context.state.is_school_matter_settled:
        yield Unmet(code="school_matter_settled", message="学校责任已有处理结果。")


def cause_is_new(context: Context, command: c.RedetermineCause) -> Iterable[Unmet]:
    """The school's fault is first put right; only then may another cause be found."""
    state = context.state
    if command.cause is state.cause:
        yield Unmet(code="cause_same", message="新认定的原因与现原因相同。")
    if state.cause is Cause.SCHOOL and not state.is_school_matter_settled:
        yield Unmet(
            code="school_matter_open",
            message="学校责任尚未处理，不得改认其他原因；请先登记学校责任处理结果。",
            clause="YN-14.1、YN-14.5",
        )


def leaves_the_body(context: Context, command: c.RedetermineCause) -> Iterable[Unmet]:
    yield from frees_from_the_body(context, command.cause)


def has_aged(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.aged_on is None:
        yield Unmet(
            code="not_aged",
            message="该生未到超龄提示的年龄。",
            clause=context.policy["upper_age"].source_text,
        )


def roll_reason(_context: Context, command: c.MarkRoll) -> Iterable[Unmet]:
    if command.mark is RollMark.OTHER and len(command.reason.strip()) < 2:
        yield Unmet(
            code="roll_reason_missing", message="标注“其他离校”须写明具体原因。", clause="ZY-2.3f"
        )


def is_taught_at_home(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    if context.state.placement is not PlacementWay.HOME_TEACHING:
        yield Unmet(
            code="not_home_taught",
            message="本案的安置方式不是送教上门，没有送教可登记。",
            clause="DC-2.6c",
        )


VERBS = (
    Verb(
        "mark_roll", "登记学籍标注", roles(Role.REGISTRAR, Role.PRINCIPAL), becomes(e.RollMarked),
        stages=CONFIRMED | RETURNED, checks=(roll_reason,),
    ),
    Verb(
        "record_home_teaching", "登记送教上门", SCHOOL, becomes(e.HomeTaught), stages=RETURNED,
        conditions=(is_taught_at_home,), checks=(evidence_of("送教签到或照片", "DC-2.6c"),),
    ),
    Verb(
        "record_support", "登记帮扶", SCHOOL | roles(Role.TOWNSHIP_CASE, Role.EDU_CASE),
        becomes(e.SupportRecorded), stages=OUT_OF_SCHOOL | RETURNED,
    ),
    Verb(
        "settle_school_matter", "登记学校责任处理", roles(Role.EDU_HEAD),
        becomes(e.SchoolMatterSettled), stages=CONFIRMED, conditions=(is_school_caused,),
        proposers=roles(Role.EDU_CASE, Role.SUPERVISOR),
        checks=(evidence_of("调查处理材料", "YN-14.1、YN-14.5"),),
    ),
    Verb(
        "redetermine_cause", "重新认定辍学原因",
        roles(Role.EDU_CASE, Role.EDU_HEAD, Role.TOWNSHIP_CASE),
        becomes(e.CauseRedetermined), stages=CONFIRMED,
        proposers=roles(Role.TOWNSHIP_CASE, Role.EDU_CASE),
        needs_second=lambda state: not is_freed_by_an_opinion(state),
        checks=(cause_is_new, leaves_the_body, evidence_of("核查材料", "DC-2.2.4")),
    ),
    Verb(
        "decide_ageing", "登记超龄处理意见", roles(Role.EDU_HEAD, Role.EDU_CASE),
        becomes(e.AgeingDecided), conditions=(has_aged,),
        checks=(evidence_of("处理意见及去向证明"),),
    ),
)  # fmt: skip
