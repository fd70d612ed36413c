"""Papers beside the main line: who may, when, the second person, service, void and replace."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lifecycle.days import SHANGHAI
from lifecycle.papers import ALL, RULES, PaperRule, Service, word_of
from lifecycle.verbs import ALL as VERBS
from lifecycle.verdict import Decision, Refusal
from models import commands as c
from models import events as e
from models.words import DutyStatus, PaperStatus, Role, ServiceMethod, Stage
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF
from tests.walk import Walk, actor, policy

LETTER: dict[str, Any] = {"paper_kind": "notice_letter", "content": {"addressee": "邻县教育体育局"}}
HANDED: dict[str, Any] = {
    "method": ServiceMethod.DIRECT, "officers": ("甲乙", "丙丁"), "receipt": "回证-9",
}  # fmt: skip


FINED: dict[str, Any] = {"penalty_text": "罚款", "amount_yuan": 500}


def letter(walk: Walk | None = None) -> Walk:
    walk = walk or roads.persuasion()
    walk.do(c.DraftPaper, Role.EDU_CASE, **LETTER)
    return walk


def issued_letter() -> Walk:
    walk = letter()
    walk.do(c.ApprovePaper, Role.EDU_HEAD, paper="notice_letter-1")
    return walk


def notice(walk: Walk | None = None) -> Walk:
    walk = walk or roads.penalty_filed()
    walk.do(c.DraftPaper, Role.TOWNSHIP_LAW, paper_kind="penalty_notice", guardian="g1",
            content=FINED)  # fmt: skip
    return walk


def issued_notice() -> Walk:
    walk = notice()
    walk.do(c.ApprovePaper, Role.TOWNSHIP_HEAD, paper="penalty_notice-1")
    return walk


def decision(walk: Walk | None = None, **content: Any) -> Walk:
    walk = walk or roads.defended()
    walk.do(c.DraftPaper, Role.TOWNSHIP_LAW, paper_kind="penalty_decision", guardian="g1",
            content=content or FINED)  # fmt: skip
    return walk


def live(walk: Walk, duty: str) -> int:
    return sum(o.duty == duty for o in walk.state.live_obligations())


def test_a_paper_goes_from_draft_to_served() -> None:
    """Draft, second person's signature on the day, service: the fact follows, the stage does not."""
    walk = letter()
    stage = walk.state.stage
    draft = walk.state.papers["notice_letter-1"]
    assert (draft.status, draft.drafted_by, draft.serial) == (
        PaperStatus.DRAFTED,
        "edu_case-1",
        None,
    )
    assert live(walk, "approve_paper_county") == 1
    said = walk.do(c.ApprovePaper, Role.EDU_HEAD, paper="notice_letter-1")
    assert isinstance(said[0], e.PaperIssued)
    assert (said[0].paper.issuer, said[0].paper.word, said[0].paper.year) == (
        "990101",
        "教函",
        2025,
    )
    assert live(walk, "approve_paper_county") == 0
    assert live(walk, "serve_paper_county") == 1
    walk.do(c.ServePaper, Role.EDU_CASE, paper="notice_letter-1", **HANDED)
    fact = walk.state.papers["notice_letter-1"]
    assert (fact.status, fact.served_on) == (PaperStatus.SERVED, walk.today)
    assert live(walk, "serve_paper_county") == 0
    assert walk.state.stage is stage


@pytest.mark.parametrize(
    ("place", "kind", "role", "facts", "codes"),
    [
        (roads.persuasion, c.DraftPaper, Role.EDU_CASE, {"paper_kind": "odd"}, ["unknown_paper_kind"]),
        (roads.persuasion, c.DraftPaper, Role.EDU_CASE, {"paper_kind": "correction_order"},
         ["unknown_paper_kind"]),
        (roads.persuasion, c.DraftPaper, Role.CLASS_TEACHER, LETTER, ["paper_role"]),
        (roads.suspected, c.DraftPaper, Role.EDU_CASE, LETTER, ["wrong_stage"]),
        (roads.persuasion, c.DraftPaper, Role.EDU_CASE, LETTER | {"guardian": "g1"},
         ["paper_without_guardian"]),
        (roads.expired, c.DraftPaper, Role.TOWNSHIP_LAW,
         {"paper_kind": "penalty_filing", "guardian": "g1"}, ["no_penalty_basis"]),
        (lambda: roads.expired(roads.with_basis()), c.DraftPaper, Role.TOWNSHIP_LAW,
         {"paper_kind": "penalty_notice", "guardian": "g1"}, ["wrong_step"]),
        (lambda: roads.expired(roads.with_basis()), c.DraftPaper, Role.TOWNSHIP_LAW,
         {"paper_kind": "penalty_filing", "guardian": "g9"}, ["unknown_guardian"]),
        (roads.penalty_filed, c.DraftPaper, Role.EDU_LAW,
         {"paper_kind": "penalty_notice", "guardian": "g1"}, ["issuer_not_competent"]),
        (letter, c.ApprovePaper, Role.TOWNSHIP_HEAD, {"paper": "notice_letter-1"},
         ["paper_role", "other_office"]),
        (letter, c.ApprovePaper, Role.EDU_HEAD, {"paper": "nothing-1"}, ["unknown_paper"]),
        (issued_letter, c.ApprovePaper, Role.EDU_HEAD, {"paper": "notice_letter-1"},
         ["no_such_paper", "paper_stands_elsewhere"]),
        (letter, c.ServePaper, Role.EDU_CASE, {"paper": "notice_letter-1", **HANDED}, ["not_issued"]),
        (letter, c.VoidPaper, Role.EDU_HEAD, {"paper": "notice_letter-1", "reason": "有误"},
         ["no_such_paper", "paper_stands_elsewhere"]),
        (decision, c.ApprovePaper, Role.TOWNSHIP_HEAD, {"paper": "penalty_decision-1"},
         ["check_missing"]),
        (decision, c.CheckPaper, Role.TOWNSHIP_LAW, {"paper": "penalty_decision-1", "opinion": "同意"},
         ["second_person"]),
        (issued_letter, c.ReplacePaper, Role.CLASS_TEACHER, {"paper": "notice_letter-1", "reason": "更正"},
         ["paper_role"]),
    ],
)  # fmt: skip
def test_what_is_refused(
    place: Callable[[], Walk], kind: type[Any], role: Role, facts: dict[str, Any], codes: list[str]
) -> None:
    """Each wrong hand, hour, stage and order is refused with its own reason."""
    assert place().refuse(kind, role, **facts) == codes


def test_nobody_signs_what_they_drafted() -> None:
    """The head who drafts as anybody may not approve the same paper, whatever the role."""
    walk = roads.suspected()
    walk.do(c.DraftPaper, Role.PRINCIPAL, paper_kind="county_report")
    assert walk.refuse(c.ApprovePaper, Role.PRINCIPAL, paper="county_report-1") == ["second_person"]
    other = actor(Role.PRINCIPAL, walk.state, "principal-2")
    walk.do(c.ApprovePaper, Role.PRINCIPAL, paper="county_report-1", actor=other)


def test_a_decision_is_checked_by_a_second_and_signed_by_a_third() -> None:
    """The legal review and the signature are two people, and neither is the drafter."""
    walk = decision()
    second = actor(Role.TOWNSHIP_LAW, walk.state, "township_law-2")
    walk.do(
        c.CheckPaper, Role.TOWNSHIP_LAW, paper="penalty_decision-1", opinion="合法", actor=second
    )
    assert walk.state.papers["penalty_decision-1"].status is PaperStatus.CHECKED
    walk.do(c.ApprovePaper, Role.TOWNSHIP_HEAD, paper="penalty_decision-1")
    assert walk.state.papers["penalty_decision-1"].word == "罚决"


def test_a_paper_bears_the_day_it_is_signed() -> None:
    """An earlier date on the paper than the day of signing is refused."""
    walk = letter()
    walk.pass_days(2)
    opened = walk.state.opened_on
    codes = walk.refuse(c.ApprovePaper, Role.EDU_HEAD, paper="notice_letter-1", happened_on=opened)
    assert codes == ["date_of_issue"]


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI), 2025),
        (datetime(2026, 1, 1, 0, 0, tzinfo=SHANGHAI), 2026),
    ],
)
def test_the_year_of_a_number_changes_at_midnight_in_shanghai(at: datetime, year: int) -> None:
    """A minute before New Year in Shanghai the series is the old year's, at midnight the new one's."""
    walk = letter()
    walk.pass_days((at.date() - walk.today).days - 1)
    walk.at = at
    said = walk.do(c.ApprovePaper, Role.EDU_HEAD, paper="notice_letter-1")
    assert isinstance(said[0], e.PaperIssued)
    assert said[0].paper.year == year
    assert said[0].happened_on == at.date()


def test_a_returned_draft_is_gone_and_may_be_drafted_anew() -> None:
    """A draft sent back keeps its key; the next draft takes the next one."""
    walk = letter()
    walk.do(c.ReturnPaperDraft, Role.EDU_HEAD, paper="notice_letter-1", reason="事实不清")
    assert live(walk, "approve_paper_county") == 0
    walk.do(c.DraftPaper, Role.EDU_CASE, **LETTER)
    assert walk.state.papers["notice_letter-1"].status is PaperStatus.VOIDED
    assert walk.state.papers["notice_letter-2"].status is PaperStatus.DRAFTED


def test_a_voided_paper_keeps_its_number_and_leaves_no_duty() -> None:
    """Voiding marks the paper; its serial stays, nobody has to serve it any more."""
    walk = issued_letter()
    drafter = actor(Role.EDU_HEAD, walk.state, "edu_case-1")
    assert walk.refuse(
        c.VoidPaper, Role.EDU_HEAD, paper="notice_letter-1", reason="有误", actor=drafter
    ) == ["second_person"]
    before = walk.state.papers["notice_letter-1"]
    walk.do(c.VoidPaper, Role.EDU_HEAD, paper="notice_letter-1", reason="主送单位有误")
    after = walk.state.papers["notice_letter-1"]
    assert after == before.but(status=PaperStatus.VOIDED)
    assert live(walk, "serve_paper_county") == 0


def test_a_replacement_takes_the_old_ones_place_only_when_signed() -> None:
    """The old paper stays in force until the new one is issued, then it is marked replaced."""
    walk = issued_letter()
    walk.do(
        c.ReplacePaper,
        Role.EDU_CASE,
        paper="notice_letter-1",
        reason="更正",
        content=LETTER["content"],
    )
    assert walk.state.papers["notice_letter-1"].status is PaperStatus.ISSUED
    assert walk.refuse(c.ReplacePaper, Role.EDU_CASE, paper="notice_letter-1", reason="再更正") == [
        "replacement_pending"
    ]
    walk.do(c.ApprovePaper, Role.EDU_HEAD, paper="notice_letter-2")
    assert walk.state.papers["notice_letter-1"].status is PaperStatus.REPLACED
    assert walk.state.papers["notice_letter-2"].replaces == "notice_letter-1"
    assert live(walk, "serve_paper_county")
    walk.do(c.ServePaper, Role.EDU_CASE, paper="notice_letter-2", **HANDED)
    assert live(walk, "serve_paper_county") == 0


def test_a_paper_with_receipt_climbs_the_ladder() -> None:
    """A penalty notice is served like an order: two officers, and no rung is skipped."""
    walk = issued_notice()
    facts = {"paper": "penalty_notice-1", **HANDED}
    assert walk.refuse(c.ServePaper, Role.TOWNSHIP_LAW, **(facts | {"officers": ("甲乙",)})) == [
        "two_people"
    ]
    left = facts | {"method": ServiceMethod.LEFT, **PROOF}
    assert walk.refuse(c.ServePaper, Role.TOWNSHIP_LAW, **left) == ["rung_not_reached"]
    walk.do(
        c.RecordFailedService, Role.TOWNSHIP_LAW, target="penalty_notice-1",
        method=ServiceMethod.DIRECT, reason="拒收", **PROOF,
    )  # fmt: skip
    assert live(walk, "serve_again_township") == 1
    walk.do(c.ServePaper, Role.TOWNSHIP_LAW, **left)
    assert live(walk, "serve_again_township") == 0
    assert walk.state.papers["penalty_notice-1"].status is PaperStatus.SERVED


def test_an_undelivered_paper_is_work_that_falls_due() -> None:
    """A failed service opens a duty; left undone it is missed and pressed upon."""
    walk = issued_notice()
    walk.do(
        c.RecordFailedService, Role.TOWNSHIP_LAW, target="penalty_notice-1",
        method=ServiceMethod.DIRECT, reason="无人在家", **PROOF,
    )  # fmt: skip
    walk.pass_days(20)
    again = [o for o in walk.state.live_obligations() if o.duty == "serve_again_township"]
    assert [o.status for o in again] == [DutyStatus.MISSED]


def test_service_of_a_notice_moves_no_order() -> None:
    """Serving another paper on the same guardian neither serves the order nor opens its period."""
    walk = roads.issued()
    walk.do(c.DraftPaper, Role.TOWNSHIP_CASE, paper_kind="return_to_school_notice", guardian="g1")
    walk.do(c.ApprovePaper, Role.TOWNSHIP_HEAD, paper="return_to_school_notice-1")
    walk.do(c.ServePaper, Role.TOWNSHIP_CASE, paper="return_to_school_notice-1", **HANDED)
    track = walk.state.tracks["g1"]
    assert track.order_served_on is None
    assert live(walk, "serve_order") == 1
    assert live(walk, "correction_period") == 0


def test_an_order_cannot_be_voided_here() -> None:
    """The order to correct moves the case: the table's verbs do not know it."""
    walk = letter(roads.issued())
    walk.do(c.ApprovePaper, Role.EDU_HEAD, paper="notice_letter-1")
    codes = walk.refuse(c.VoidPaper, Role.TOWNSHIP_HEAD, paper="correction_order-1", reason="有误")
    assert codes == ["paper_of_main_line"]


@pytest.mark.parametrize(
    ("place", "paper", "ways"),
    [
        (roads.assigned, "return_order-1", ["申请更正", "缺勤起始日", "另行书面决定"]),
        (roads.drafted, "correction_order-1", ["签发责令限期改正", "退回责令草稿"]),
        (roads.issued, "correction_order-1", ["申请更正", "责令送达日", "撤销责令决定"]),
        (roads.served, "correction_order-1", ["申请更正", "责令送达日", "撤销责令决定"]),
    ],
)
@pytest.mark.parametrize(
    ("kind", "facts"),
    [(c.VoidPaper, {"reason": "有误"}), (c.ApprovePaper, {}), (c.ReplacePaper, {"reason": "有误"})],
)
def test_who_would_void_an_order_is_told_what_may_be_done(
    place: Callable[[], Walk], paper: str, ways: list[str], kind: type[Any], facts: dict[str, Any]
) -> None:
    """The order is there and said to be there; the sentence names the acts that are open."""
    walk = place()
    role = Role.TOWNSHIP_CASE if kind is c.ReplacePaper else Role.TOWNSHIP_HEAD
    verdict = walk.try_(walk.command(kind, role, paper=paper, **facts))
    assert isinstance(verdict, Refusal)
    said = " ".join(unmet.message for unmet in verdict.unmet)
    assert [way for way in (*ways, paper, "主线文书") if way not in said] == []
    assert "本案没有这份文书" not in said
    labels = {verb.label for verb in VERBS}
    assert set(re.findall("办理“(.+?)”", said)) <= labels


@pytest.mark.parametrize("kind", [c.VoidPaper, c.ReplacePaper])
def test_a_paper_whose_service_began_a_step_is_not_taken_away(kind: type[Any]) -> None:
    """Served and recorded, the notice carries the step; served alone it may still be voided."""
    walk = issued_notice()
    serve(walk, "penalty_notice-1")
    role = Role.TOWNSHIP_HEAD if kind is c.VoidPaper else Role.TOWNSHIP_LAW
    facts = {"paper": "penalty_notice-1", "reason": "有误"}
    assert isinstance(walk.try_(walk.command(kind, role, **facts)), Decision)
    walk.do(c.NotifyPenalty, Role.TOWNSHIP_LAW, **roads.FINE | {"document_no": "penalty_notice-1"})
    assert walk.refuse(kind, role, **facts) == ["line_rests_on_paper"]


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("文-1", []),
        ("penalty_notice-1", ["paper_not_issued"]),
        ("correction_order-1", ["paper_of_another_kind"]),
    ],
)
def test_a_main_act_that_names_a_paper_means_an_issued_one(number: str, codes: list[str]) -> None:
    """A typed number passes; the key of a paper must be the right kind, issued, of that guardian."""
    walk = notice()
    facts = roads.FINE | {"document_no": number}
    if not codes:
        walk.do(c.NotifyPenalty, Role.TOWNSHIP_LAW, **facts)
        return
    assert walk.refuse(c.NotifyPenalty, Role.TOWNSHIP_LAW, **facts) == codes


def serve(walk: Walk, paper: str) -> None:
    walk.do(c.ServePaper, Role.TOWNSHIP_LAW, paper=paper, **HANDED)


def test_a_main_act_starts_with_the_service_of_its_paper() -> None:
    """The notice is served once, with its receipt; the step counts from that day and no other."""
    walk = issued_notice()
    facts = roads.FINE | {"document_no": "penalty_notice-1"}
    assert walk.refuse(c.NotifyPenalty, Role.TOWNSHIP_LAW, **facts) == ["paper_not_served"]
    serve(walk, "penalty_notice-1")
    served_on = walk.today
    walk.pass_days(1)
    assert walk.refuse(c.NotifyPenalty, Role.TOWNSHIP_LAW, **facts) == ["served_another_day"]
    walk.do(c.NotifyPenalty, Role.TOWNSHIP_LAW, **facts, happened_on=served_on)
    assert walk.state.tracks["g1"].penalty_notified_on == served_on


def test_a_decision_made_as_a_paper_is_served_as_that_paper() -> None:
    """No second service beside the receipt; a corrected day stands on the paper too."""
    walk = decision()
    walk.do(c.CheckPaper, Role.TOWNSHIP_LAW, paper="penalty_decision-1", opinion="同意",
            actor=actor(Role.TOWNSHIP_LAW, walk.state, "township_law-2"))  # fmt: skip
    walk.do(c.ApprovePaper, Role.TOWNSHIP_HEAD, paper="penalty_decision-1")
    walk.do(c.DecidePenalty, Role.TOWNSHIP_HEAD,
            **(roads.FINE | {"document_no": "penalty_decision-1"}))  # fmt: skip
    told = {"guardian": "g1", **HANDED}
    assert walk.refuse(c.ServeDecision, Role.TOWNSHIP_LAW, **told) == ["paper_not_served"]
    serve(walk, "penalty_decision-1")
    walk.do(c.ServeDecision, Role.TOWNSHIP_LAW, **told)
    served_on = walk.today
    assert walk.state.papers["penalty_decision-1"].served_on == served_on
    walk.pass_days(2)
    later = served_on + timedelta(days=1)
    walk.do(c.ProposeCorrection, Role.TOWNSHIP_CASE, fact="decision_served_on:g1",
            value=later.isoformat(), reason="回证所载日期", **roads.PROOF)  # fmt: skip
    (key,) = walk.state.corrections
    walk.do(c.ApproveCorrection, Role.TOWNSHIP_HEAD, correction=key)
    assert walk.state.papers["penalty_decision-1"].served_on == later


def test_a_paper_is_for_its_own_guardian() -> None:
    """A notice to the mother cannot stand for one to the father."""
    walk = issued_notice()
    serve(walk, "penalty_notice-1")
    fact = walk.state.papers["penalty_notice-1"].but(guardian="g2")
    walk.state = walk.state.but(papers={**walk.state.papers, fact.key: fact})
    facts = roads.FINE | {"document_no": "penalty_notice-1"}
    assert walk.refuse(c.NotifyPenalty, Role.TOWNSHIP_LAW, **facts) == ["paper_of_another_guardian"]


def test_a_case_with_old_rules_says_so() -> None:
    """A case that keeps rules from before these papers is told to adopt newer ones."""
    walk = roads.persuasion()
    old = {k: v for k, v in walk.policy.parameters.items() if k != "paper_words"}
    walk.policy = walk.policy.but(parameters=old)
    assert walk.refuse(c.DraftPaper, Role.EDU_CASE, **LETTER) == ["rules_too_old"]


def test_an_office_may_have_words_of_its_own() -> None:
    """The parameter names another word for one kind and leaves the others."""
    walk = Walk(policy=policy(paper_words="notice_letter=示教函；penalty_notice=示罚告"))
    walk.open()
    letter(roads.persuasion(roads.dropout(walk)))
    said = walk.do(c.ApprovePaper, Role.EDU_HEAD, paper="notice_letter-1")
    assert isinstance(said[0], e.PaperIssued)
    assert said[0].paper.word == "示教函"
    assert word_of(RULES["referral_letter"], "notice_letter=示教函") == "教函"


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: str(rule.kind))
def test_every_row_can_live(rule: PaperRule) -> None:
    """In every office that drafts, somebody else may sign: here or above; a served one has a number."""
    assert rule.approvers
    assert rule.stages <= frozenset(stage for stage in Stage if not stage.is_closed)
    if rule.service is Service.RECEIPT:
        assert rule.is_numbered
        assert rule.is_about_guardian


def test_content_is_kept_whole_and_bounded() -> None:
    """What the drafter wrote is in the event, letter for letter; a NUL or a flood is refused."""
    walk = letter()
    drafted = next(event for event in walk.events if isinstance(event, e.PaperDrafted))
    assert drafted.content == {"addressee": "邻县教育体育局"}
    for bad in ({"a": "x\x00"}, {"a": "长" * 70_000}):
        with pytest.raises(ValueError, match="content"):
            walk.command(c.DraftPaper, Role.EDU_CASE, paper_kind="notice_letter", content=bad)


def test_dates_of_the_rows_do_not_depend_on_today() -> None:
    """The clock starts at the signature: the due day of service follows it, not the reading."""
    walk = issued_letter()
    duty = next(o for o in walk.state.live_obligations() if o.duty == "serve_paper_county")
    assert duty.derivation.anchor_on == walk.today
    assert duty.due_on > date(2025, 9, 1)


def checked(walk: Walk, paper: str) -> None:
    """Have a third person check the draft where its rule asks for that."""
    rule = RULES[walk.state.papers[paper].kind]
    if rule.checkers:
        role = min(rule.checkers, key=list(Role).index)
        walk.do(
            c.CheckPaper, role, paper=paper, opinion="同意", actor=actor(role, walk.state, "third")
        )


@pytest.mark.parametrize(
    ("place", "kind", "days", "codes"),
    [
        (roads.unperformed, "performance_demand", 190, ["remedy_open"]),
        (roads.demanded, "enforcement_application", 20, ["demand_running"]),
    ],
)
def test_a_paper_of_the_last_step_waits_as_the_step_itself_does(
    place: Callable[[], Walk], kind: str, days: int, codes: list[str]
) -> None:
    """A demand signed before the time to sue is over would be served too early."""
    walk = place()
    walk.do(c.DraftPaper, Role.TOWNSHIP_LAW, paper_kind=kind, guardian="g1")
    said = {"paper": f"{kind}-1"}
    checked(walk, **said)
    assert walk.refuse(c.ApprovePaper, Role.TOWNSHIP_HEAD, **said) == codes
    walk.pass_days(days)
    walk.do(c.ApprovePaper, Role.TOWNSHIP_HEAD, **said)


def test_a_decision_on_paper_waits_for_the_hearing_window_too() -> None:
    """Stated on the first day, the guardian may still ask for a hearing: nothing is signed."""
    walk = roads.notified()
    walk.do(c.RecordDefence, Role.TOWNSHIP_LAW, guardian="g1", has_stated=True, review="不成立")
    walk.do(c.DraftPaper, Role.TOWNSHIP_LAW, paper_kind="penalty_decision", guardian="g1")
    said = {"paper": "penalty_decision-1"}
    checked(walk, **said)
    assert walk.refuse(c.ApprovePaper, Role.TOWNSHIP_HEAD, **said) == ["defence_running"]
    walk.pass_days(20)
    walk.do(c.ApprovePaper, Role.TOWNSHIP_HEAD, **said)
