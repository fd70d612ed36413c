"""What comes before the joint meeting: matters stuck between offices, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from activities.agenda import _why
from models import commands as c
from models.words import Cause, Department, Role
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF
from tests.walk import Walk


def matters(walk: Walk) -> set[str]:
    found = {_why(walk.state, obligation) for obligation in walk.state.live_obligations()}
    return {why for why in found if why is not None}


def referred() -> Walk:
    walk = roads.dropout()
    walk.do(c.OpenReferral, Role.EDU_CASE, department=Department.POLICE, reason="协助",
            letter_no="转-1")  # fmt: skip
    return walk


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (referred, "部门逾期未反馈"),
        (lambda: roads.dropout(cause=Cause.SCHOOL), "学校责任逾期未处理"),
    ],
)
def test_a_department_or_school_matter_past_its_deadline_is_on_the_agenda(
    start: Callable[[], Walk], why: str
) -> None:
    """In time it is nobody's business but the office's; past its deadline it is the meeting's."""
    walk = start()
    assert why not in matters(walk)
    walk.pass_days(40)
    assert why in matters(walk)


def test_what_is_settled_leaves_the_agenda() -> None:
    """The department has answered, late as it is: nothing is left to discuss."""
    walk = referred()
    walk.pass_days(40)
    walk.do(c.RecordFeedback, Role.EDU_CASE, referral="police-1", result="已查明")
    assert "部门逾期未反馈" not in matters(walk)


def test_pressing_that_reached_the_county_group_is_on_the_agenda() -> None:
    """An office's own overdue work comes there only after every office above has been pressed."""
    walk = roads.dropout()
    walk.do(c.MarkRoll, Role.REGISTRAR, mark="dropout", receipt_no="标-2", **PROOF)
    assert matters(walk) == set()
    walk.pass_days(60)
    assert "逐级督办未果，已到县领导小组" in matters(walk)
