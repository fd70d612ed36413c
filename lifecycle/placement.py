"""Which way of teaching fits which cause (分类安置), and what must lie with the decision.

The table says what the papers name for each cause; another way may be chosen, with a written
reason. DC-2.5.1–2.5.6, DC-2.6a, YN-9b, YN-10b, YJ138-3c, JJ5-3.1c.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lifecycle.verb import Context
from lifecycle.verdict import Unmet
from models import commands as c
from models.words import Cause, FusionCondition, PlacementWay

W = PlacementWay
JUNIOR_GRADE = 7
REASSESS_AFTER = 2
"""Relapses after which the way of teaching must be thought over again (lifecycle.md §4.8)."""


@dataclass(frozen=True)
class Fit:
    """The ways the papers name for a cause, and the clause that names them."""

    ways: frozenset[PlacementWay]
    clause: str
    attachment: str = ""
    """What must be attached, whichever way is chosen."""


RETURNED = frozenset(
    {W.INCLUSIVE_CLASS, W.GROUPED_CLASS, W.VOCATIONAL_FUSION, W.INDIVIDUAL_TUITION}
)
"""插班、单独编班、普职融合、个别辅导 (JJ5-3.1c; YN-9b)."""
BY_OPINION = frozenset({W.SPECIAL_SCHOOL, W.HOME_TEACHING, W.WELFARE_CLASS})
"""Only on the opinion of the expert committee (DC-2.6a, YN-10b)."""
_BODILY = Fit(BY_OPINION | {W.INCLUSIVE_CLASS}, "DC-2.5.3、DC-2.6a、YN-10b")
_LEARNED_ELSEWHERE = Fit(RETURNED - {W.VOCATIONAL_FUSION}, "DC-2.5.4", attachment="学识评估意见")
FITS: dict[Cause, Fit] = {
    Cause.WORK: Fit(
        frozenset({W.INDIVIDUAL_TUITION, W.VOCATIONAL_FUSION, W.INCLUSIVE_CLASS}),
        "DC-2.5.1、YN-9b",
    ),
    Cause.FARM: Fit(
        frozenset({W.INDIVIDUAL_TUITION, W.VOCATIONAL_FUSION, W.INCLUSIVE_CLASS}),
        "DC-2.5.1、YN-9b",
    ),
    Cause.WEARY: Fit(RETURNED, "DC-2.5.2、YJ138-3c"),
    Cause.ILLNESS: _BODILY,
    Cause.DISABILITY: _BODILY,
    Cause.RELIGION: _LEARNED_ELSEWHERE,
    Cause.HOME_SCHOOL: _LEARNED_ELSEWHERE,
    Cause.MARRIAGE: Fit(frozenset({W.INDIVIDUAL_TUITION, W.INCLUSIVE_CLASS}), "DC-2.5.5"),
}
OTHERWISE = Fit(RETURNED, "DC-2.5.6、YN-9b")


def fit_for(cause: Cause | None) -> Fit:
    """Return what the papers name for a cause; 其他原因 is weighed case by case (DC-2.5.6)."""
    return FITS.get(cause, OTHERWISE) if cause is not None else OTHERWISE


def placement_fits(context: Context, command: c.Place) -> Iterable[Unmet]:
    """Say what is missing for teaching the child in the way of ``command``."""
    state = context.state
    fit = fit_for(state.cause)
    has_opinion = (
        state.cause in {Cause.ILLNESS, Cause.DISABILITY} and state.assessed_able is not None
    )
    if command.way in BY_OPINION and not has_opinion:
        yield Unmet(
            code="opinion_missing",
            message=f"“{command.way.label}”须有残疾人教育专家委员会的意见。",
            clause="DC-2.6a、YN-10b",
        )
    elif command.way not in fit.ways and len(command.reason.strip()) < 2:
        named = "、".join(way.label for way in PlacementWay if way in fit.ways)
        yield Unmet(
            code="placement_reason_missing",
            message=f"该原因文件列明的安置方式为{named}；选择“{command.way.label}”须写明理由。",
            clause=fit.clause,
        )
    if fit.attachment and not command.evidence:
        yield Unmet(
            code="level_assessment_missing",
            message=f"须附{fit.attachment}的编号，按评估安置年级。",
            clause=fit.clause,
        )
    if state.cause is Cause.OTHER and len(command.reason.strip()) < 2:
        yield Unmet(
            code="placement_reason_missing",
            message="原因为“其他”的，须具体说明为什么这样安置。",
            clause="DC-2.5.6",
        )
    if state.relapses >= REASSESS_AFTER and len(command.reason.strip()) < 2:
        yield Unmet(
            code="placement_reason_missing",
            message=f"该生已再辍学{state.relapses}次，须写明对原安置方式的重新评估。",
            clause="DC-2.5.2",
        )
    if command.way is W.VOCATIONAL_FUSION:
        yield from _fusion(state.grade, command)


def _fusion(grade: int, command: c.Place) -> Iterable[Unmet]:
    if grade < JUNIOR_GRADE:
        yield Unmet(
            code="fusion_for_junior_only",
            message="普职融合只用于初中阶段。",
            clause="YJ138-3c",
        )
    lacking = [each.label for each in FusionCondition if each not in command.fusion_conditions]
    if lacking:
        yield Unmet(
            code="fusion_conditions",
            message=f"普职融合须逐项确认承办学校的条件，尚缺：{'、'.join(lacking)}。",
            clause="YJ138-3c",
        )
