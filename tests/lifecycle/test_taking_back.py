"""What is taken back is marked so on its papers, and nothing of it counts for what comes after."""

from __future__ import annotations

from models import commands as c
from models.words import Contested, PaperStatus, RemedyKind, RemedyOutcome, Role, ServiceMethod
from tests.lifecycle import roads
from tests.walk import Walk

G = {"guardian": "g1"}
LAW, HEAD = Role.TOWNSHIP_LAW, Role.TOWNSHIP_HEAD


def on_paper() -> Walk:
    """A decision that is a paper of the case, issued."""
    walk = roads.defended()
    walk.do(c.DraftPaper, LAW, paper_kind="penalty_decision", guardian="g1",
            content={"penalty_text": "罚款", "amount_yuan": 500})  # fmt: skip
    walk.do(c.CheckPaper, LAW, paper="penalty_decision-1", opinion="同意",
            actor=walk.command(c.CheckPaper, LAW, paper="x", opinion="同意").actor.but(id="checker"))  # fmt: skip
    walk.do(c.ApprovePaper, HEAD, paper="penalty_decision-1")
    return walk


def test_a_decision_taken_back_no_longer_vouches_for_itself() -> None:
    """The number stays, the paper is void; a decision dated otherwise than its paper is refused."""
    walk = on_paper()
    walk.pass_days(1)
    fine = {**roads.FINE, "document_no": "penalty_decision-1"}
    assert walk.refuse(c.DecidePenalty, HEAD, **fine) == ["decision_day_differs"]
    signed = walk.state.papers["penalty_decision-1"].issued_on
    walk.do(c.DecidePenalty, HEAD, **fine, happened_on=signed)
    walk.do(c.DropPenalty, HEAD, **G, reason="当事人有误", document_no="撤-1")
    paper = walk.state.papers["penalty_decision-1"]
    assert paper.status is PaperStatus.VOIDED
    assert paper.serial is None or paper.serial > 0
    assert walk.state.tracks["g1"].penalty_decided_on is None


def test_attempts_at_an_old_decision_do_not_serve_a_new_one() -> None:
    """After a revocation the new decision begins at the first rung (民事诉讼法 88)."""
    walk = roads.decided()
    walk.do(c.RecordFailedService, LAW, target="decision:g1", method=ServiceMethod.DIRECT,
            reason="不在", evidence=("证",))  # fmt: skip
    assert "decision:g1" in walk.state.failed_services
    walk.do(c.DropPenalty, HEAD, **G, reason="当事人有误", document_no="撤-1")
    assert walk.state.failed_services == {}
    assert walk.state.failed_last_on == {}


def test_an_order_revoked_on_review_takes_order_and_penalty_back() -> None:
    """Nothing that stood on the order counts any more; the order's paper is void."""
    walk = roads.decision_served()
    remedy = {**G, "against": Contested.ORDER}
    walk.do(c.OpenRemedy, LAW, **remedy, remedy=RemedyKind.REVIEW, body="示例县人民政府")
    walk.do(c.CloseRemedy, LAW, **remedy, outcome=RemedyOutcome.REVOKED, document_no="复决-1")
    track = walk.state.tracks["g1"]
    assert track.step.value == "persuasion_failed"
    assert track.order_served_on is track.decision_served_on is track.penalty_filed_on is None
    assert track.amount_yuan == 0
    assert walk.state.papers["correction_order-1"].status is PaperStatus.VOIDED


def test_an_order_and_its_decision_are_contested_apart() -> None:
    """Closing one remedy leaves the other and its duty running."""
    walk = roads.decision_served()
    for against in Contested:
        walk.do(c.OpenRemedy, LAW, **G, against=against, remedy=RemedyKind.REVIEW, body="县政府")
    walk.do(c.CloseRemedy, LAW, **G, against=Contested.ORDER, outcome=RemedyOutcome.UPHELD,
            document_no="复决-1")  # fmt: skip
    track = walk.state.tracks["g1"]
    assert track.order_remedy is None
    assert track.remedy is not None
    assert [o.about for o in walk.state.live_obligations() if o.duty == "await_remedy"] == [
        "decision"
    ]


def test_a_fine_in_force_survives_return_and_relapse() -> None:
    """It is carried as owed, and paid exactly once."""
    walk = roads.monitoring(roads.unperformed())
    assert walk.state.tracks["g1"].has_live_fine
    walk.pass_days(10)
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, absent_since=walk.today, absent_days=3)
    (fine,) = walk.state.tracks["g1"].owed
    assert (fine.run, fine.amount_yuan) == (1, 500)
    paid = {**G, "is_performed": True, "run": 1}
    walk.do(c.RecordPerformance, LAW, **paid)
    assert walk.state.tracks["g1"].owed == ()
    assert walk.refuse(c.RecordPerformance, LAW, **paid) == ["no_decision", "no_such_fine"]
