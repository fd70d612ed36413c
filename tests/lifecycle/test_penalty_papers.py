"""A penalty and the paper that tells of it: one sum and one kind, whichever comes first."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle.verdict import Refusal
from models import commands as c
from models.words import NoPenaltyGround as G
from models.words import PenaltyKind, Role, TrackStep
from tests.lifecycle import roads
from tests.lifecycle.test_papers import FINED, checked, decision, notice, serve
from tests.walk import Walk

LAW, HEAD = Role.TOWNSHIP_LAW, Role.TOWNSHIP_HEAD
WARNED: dict[str, Any] = {"penalty_text": "警告"}
WARNING: dict[str, Any] = roads.FINE | {"penalty": PenaltyKind.WARNING, "amount_yuan": 0}
NONE = roads.UNPUNISHED


def signed(content: dict[str, Any], kind: str = "penalty_decision") -> Walk:
    """Sign the decision as a paper before anything is decided."""
    walk = roads.defended()
    walk.do(c.DraftPaper, LAW, paper_kind=kind, guardian="g1", content=content)
    return sign(walk, f"{kind}-1")


def sign(walk: Walk, paper: str) -> Walk:
    checked(walk, paper)
    walk.do(c.ApprovePaper, HEAD, paper=paper)
    return walk


def refusal(walk: Walk, kind: type[Any], role: Role, **facts: Any) -> tuple[str, str]:
    """Return code and sentence of the one thing that is in the way."""
    verdict = walk.try_(walk.command(kind, role, **facts))
    assert isinstance(verdict, Refusal)
    (reason,) = verdict.unmet
    return reason.code, reason.message


@pytest.mark.parametrize("number", ["penalty_decision-1", "决-1"])
@pytest.mark.parametrize(
    ("content", "facts", "sums"),
    [
        (FINED | {"amount_yuan": 300}, roads.FINE, ("罚款300元", "罚款500元")),
        (FINED | {"amount_yuan": "300.0"}, roads.FINE, ("罚款300元", "罚款500元")),
        (FINED, roads.FINE | {"amount_yuan": 300}, ("罚款500元", "罚款300元")),
        (WARNED, roads.FINE, ("不罚款", "罚款500元")),
        (FINED, WARNING, ("罚款500元", "不罚款")),
    ],
)
def test_a_decision_after_its_paper_bears_the_papers_sum(
    content: dict[str, Any], facts: dict[str, Any], sums: tuple[str, str], number: str
) -> None:
    """Signed with one sum and decided with another: refused, both sums named, whatever number."""
    code, message = refusal(
        signed(content), c.DecidePenalty, HEAD, **(facts | {"document_no": number})
    )
    assert code == "decision_differs"
    assert message.index(sums[0]) < message.index(sums[1])


@pytest.mark.parametrize(("content", "facts"), [(FINED, roads.FINE), (WARNED, WARNING)])
def test_a_decision_of_the_papers_sum_is_taken(
    content: dict[str, Any], facts: dict[str, Any]
) -> None:
    """The same sum, or none on either side, is no conflict."""
    walk = signed(content)
    walk.do(c.DecidePenalty, HEAD, **(facts | {"document_no": "penalty_decision-1"}))
    assert walk.state.tracks["g1"].step is TrackStep.PENALTY_DECIDED


def test_a_voided_paper_binds_nobody() -> None:
    """After the wrong paper is voided the decision is free, and a new paper must say the same."""
    walk = signed(FINED | {"amount_yuan": 300})
    walk.do(c.VoidPaper, HEAD, paper="penalty_decision-1", reason="金额有误")
    walk.do(c.DecidePenalty, HEAD, **roads.FINE)
    facts = {"paper_kind": "penalty_decision", "guardian": "g1"}
    code, message = refusal(walk, c.DraftPaper, LAW, **facts, content=FINED | {"amount_yuan": 300})
    assert (code, "罚款300元" in message, "罚款500元" in message) == (
        "decision_differs",
        True,
        True,
    )
    walk.do(c.DraftPaper, LAW, **facts, content=FINED)
    walk.do(c.DraftPaper, LAW, **facts, content={"penalty_text": "罚款"})  # the case fills it in
    for paper in ("penalty_decision-2", "penalty_decision-3"):
        assert walk.state.papers[paper].amount_yuan == 500
        sign(walk, paper)


@pytest.mark.parametrize(("content", "facts"), [(FINED, WARNING), (WARNED, roads.FINE)])
def test_a_draft_from_before_the_decision_is_not_signed_with_another_sum(
    content: dict[str, Any], facts: dict[str, Any]
) -> None:
    """Drafted, then decided otherwise: the draft is sent back, not signed."""
    walk = decision(**content)
    walk.do(c.DecidePenalty, HEAD, **facts)
    checked(walk, "penalty_decision-1")
    code, message = refusal(walk, c.ApprovePaper, HEAD, paper="penalty_decision-1")
    assert (code, "退回" in message) == ("decision_differs", True)


def test_a_corrected_paper_keeps_the_decided_sum() -> None:
    """Replacing the signed decision after it was decided cannot change the fine."""
    walk = signed(FINED)
    walk.do(c.DecidePenalty, HEAD, **roads.FINE)
    facts = {"paper": "penalty_decision-1", "reason": "更正错别字"}
    code, _ = refusal(walk, c.ReplacePaper, LAW, **facts, content=FINED | {"amount_yuan": 400})
    assert code == "decision_differs"
    walk.do(c.ReplacePaper, LAW, **facts, content=FINED)
    sign(walk, "penalty_decision-2")


@pytest.mark.parametrize(
    ("kind", "facts"), [("penalty_decision", NONE), ("no_penalty_decision", roads.FINE)]
)
def test_a_decision_and_its_paper_are_of_one_kind(kind: str, facts: dict[str, Any]) -> None:
    """A decision to punish does not rest on a paper that says no penalty, nor the reverse."""
    walk = signed(FINED if kind == "penalty_decision" else {}, kind)
    for number in (f"{kind}-1", "决-1"):
        code, _ = refusal(walk, c.DecidePenalty, HEAD, **(facts | {"document_no": number}))
        assert code == "decision_of_another_kind"


def test_the_advance_notice_is_recorded_with_its_own_sum() -> None:
    """What the guardian was told is what the notice says: it limits the fine afterwards (44、45)."""
    walk = sign(notice(), "penalty_notice-1")
    serve(walk, "penalty_notice-1")
    facts = roads.FINE | {"document_no": "penalty_notice-1"}
    code, message = refusal(walk, c.NotifyPenalty, LAW, **(facts | {"amount_yuan": 900}))
    assert (code, "罚款500元" in message, "罚款900元" in message) == ("notice_differs", True, True)
    walk.do(c.NotifyPenalty, LAW, **facts)


@pytest.mark.parametrize("facts", [roads.FINE | {"ground": G.MINOR}, NONE | {"ground": None}])
def test_no_penalty_is_decided_on_a_named_ground(facts: dict[str, Any]) -> None:
    """Not to punish asks for its ground; a penalty has none."""
    code, message = refusal(roads.defended(), c.DecidePenalty, HEAD, **facts)
    assert code == "ground_conflict"
    assert all(ground.label in message for ground in G)


def test_the_decision_not_to_punish_rests_on_the_papers_ground() -> None:
    """Signed on one ground and decided on another: refused, both named; the same is taken."""
    walk = signed({"ground": "no_fault"}, "no_penalty_decision")
    code, message = refusal(walk, c.DecidePenalty, HEAD, **NONE)
    assert code == "decision_differs"
    assert message.index(G.NO_FAULT.label) < message.index(G.MINOR_CORRECTED.label)
    walk.do(c.DecidePenalty, HEAD, **(NONE | {"ground": G.NO_FAULT}))
    assert walk.state.tracks["g1"].ground is G.NO_FAULT


def test_the_paper_rests_on_the_ground_that_was_decided() -> None:
    """Decided first, the paper may name no other ground; left empty, the case fills it in."""
    walk = roads.defended()
    walk.do(c.DecidePenalty, HEAD, **NONE)
    facts = {"paper_kind": "no_penalty_decision", "guardian": "g1"}
    code, message = refusal(walk, c.DraftPaper, LAW, **facts, content={"ground": "no_fault"})
    assert (code, G.NO_FAULT.label in message) == ("decision_differs", True)
    walk.do(c.DraftPaper, LAW, **facts)
    sign(walk, "no_penalty_decision-1")
    assert walk.state.papers["no_penalty_decision-1"].ground is G.MINOR_CORRECTED


def test_a_draft_on_another_ground_than_the_decided_one_is_not_signed() -> None:
    """Drafted before the decision on one ground, decided on another: back to the drafter."""
    walk = roads.defended()
    walk.do(c.DraftPaper, LAW, paper_kind="no_penalty_decision", guardian="g1",
            content={"ground": "minor"})  # fmt: skip
    walk.do(c.DecidePenalty, HEAD, **NONE)
    checked(walk, "no_penalty_decision-1")
    code, _ = refusal(walk, c.ApprovePaper, HEAD, paper="no_penalty_decision-1")
    assert code == "decision_differs"


def test_nothing_decided_is_not_put_down_as_no_penalty() -> None:
    """At the expired order, before any procedure, there is no decision for the paper to tell of."""
    walk = roads.expired(roads.with_basis())
    code, _ = refusal(walk, c.DraftPaper, LAW, paper_kind="no_penalty_decision", guardian="g1",
                      content={"ground": "minor"})  # fmt: skip
    assert code == "nothing_decided"
