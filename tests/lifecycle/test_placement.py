"""Which way of teaching fits which cause, and what must lie with the decision."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle.placement import BY_OPINION, fit_for
from models import commands as c
from models.words import Cause, FusionCondition, PlacementWay, Role
from tests.lifecycle import roads
from tests.walk import SCHOOL, Walk

W = PlacementWay
CAUSES = [cause for cause in Cause if cause not in {Cause.SCHOOL, Cause.UNREACHABLE}]


def back(cause: Cause, grade: int = 8) -> Walk:
    return roads.placement(roads.persuasion(roads.dropout(roads.suspected(grade=grade), cause)))


def place(walk: Walk, way: PlacementWay, **facts: Any) -> list[str]:
    said = {
        "way": way, "school": SCHOOL, "plan": "每周两次辅导",
        "fusion_conditions": tuple(FusionCondition), **facts,
    }  # fmt: skip
    command = walk.command(c.Place, Role.PRINCIPAL, **said)
    verdict = walk.try_(command)
    return [unmet.code for unmet in getattr(verdict, "unmet", ())]


# Written from the clauses (DC-2.5.1–2.5.6, DC-2.6a, YN-9b, YN-10b, JJ5-3.1c), not from the code.
BY_CLAUSE: dict[Cause, set[PlacementWay]] = {
    Cause.WORK: {W.INDIVIDUAL_TUITION, W.VOCATIONAL_FUSION, W.INCLUSIVE_CLASS},
    Cause.FARM: {W.INDIVIDUAL_TUITION, W.VOCATIONAL_FUSION, W.INCLUSIVE_CLASS},
    Cause.WEARY: {W.INCLUSIVE_CLASS, W.GROUPED_CLASS, W.VOCATIONAL_FUSION, W.INDIVIDUAL_TUITION},
    Cause.MARRIAGE: {W.INDIVIDUAL_TUITION, W.INCLUSIVE_CLASS},
    Cause.RELIGION: {W.INCLUSIVE_CLASS, W.GROUPED_CLASS, W.INDIVIDUAL_TUITION},
    Cause.HOME_SCHOOL: {W.INCLUSIVE_CLASS, W.GROUPED_CLASS, W.INDIVIDUAL_TUITION},
    Cause.ILLNESS: {W.INCLUSIVE_CLASS, W.HOME_TEACHING, W.SPECIAL_SCHOOL, W.WELFARE_CLASS},
    Cause.DISABILITY: {W.INCLUSIVE_CLASS, W.HOME_TEACHING, W.SPECIAL_SCHOOL, W.WELFARE_CLASS},
}


@pytest.mark.parametrize("cause", sorted(BY_CLAUSE))
def test_the_table_is_that_of_the_clauses(cause: Cause) -> None:
    """Each cause named in the papers has the ways the papers name for it."""
    assert set(fit_for(cause).ways) == BY_CLAUSE[cause]


@pytest.mark.parametrize("way", sorted(set(PlacementWay) - BY_OPINION))
@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_another_way_needs_a_written_reason(cause: Cause, way: PlacementWay) -> None:
    """What the papers name passes; anything else passes with its reason in writing, and only so."""
    if cause in {Cause.ILLNESS, Cause.DISABILITY}:
        return
    walk = back(cause)
    facts: dict[str, Any] = {"evidence": ("评估-1",)}
    named = way in fit_for(cause).ways and cause is not Cause.OTHER
    refused = place(walk, way, **facts)
    assert refused == ([] if named else ["placement_reason_missing"] * len(refused))
    assert bool(refused) is not named
    assert place(walk, way, reason="本人坚持，学校可以承担", **facts) == []


@pytest.mark.parametrize("way", sorted(BY_OPINION))
def test_ways_for_the_disabled_need_the_committee_whatever_is_written(way: PlacementWay) -> None:
    """No reason replaces the opinion (DC-2.6a)."""
    assert place(back(Cause.WEARY), way, reason="家长要求") == ["opinion_missing"]


@pytest.mark.parametrize("cause", [Cause.RELIGION, Cause.HOME_SCHOOL])
def test_learned_elsewhere_needs_the_assessment_of_learning(cause: Cause) -> None:
    """DC-2.5.4: the grade follows the assessment, which lies with the decision."""
    walk = back(cause)
    assert place(walk, W.INCLUSIVE_CLASS) == ["level_assessment_missing"]
    assert place(walk, W.INCLUSIVE_CLASS, evidence=("学识评估-1",)) == []


def test_a_child_that_left_twice_is_not_placed_as_before_without_a_thought() -> None:
    """After two relapses the way of teaching is weighed anew, in writing."""
    walk = back(Cause.WEARY)
    walk.state = walk.state.but(relapses=2)
    assert place(walk, W.INCLUSIVE_CLASS) == ["placement_reason_missing"]
    assert place(walk, W.INCLUSIVE_CLASS, reason="换班并结对") == []


def test_vocational_fusion_asks_for_junior_school_and_three_conditions() -> None:
    """YJ138-3c: each of the three is confirmed by itself."""
    assert place(back(Cause.WORK, grade=5), W.VOCATIONAL_FUSION) == ["fusion_for_junior_only"]
    for condition in FusionCondition:
        rest = tuple(each for each in FusionCondition if each is not condition)
        assert place(back(Cause.WORK), W.VOCATIONAL_FUSION, fusion_conditions=rest) == [
            "fusion_conditions"
        ]
