"""Papers beside the main line: draft, check, approve, return, void, replace (lifecycle/papers.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lifecycle.conditions import (
    another_person,
    order_office_kind,
    signed_today,
    steps_not_blocked,
)
from lifecycle.deciding import (
    hearing_window_is_over,
    legality_is_settled,
    within_decision_period,
)
from lifecycle.enforcement import (
    application_window,
    demand_has_run,
    no_remedy_pending,
    remedy_period_over,
)
from lifecycle.main_line_papers import TITLES, line_does_not_rest_on_it, of_main_line
from lifecycle.owners import office_of
from lifecycle.papers import ALL, RULES, SIDE_WORDS, PaperRule, rule_of, side_papers, word_of
from lifecycle.penalty_papers import no_penalty_is_decided, paper_is_the_decisions
from lifecycle.verb import Check, Condition, Context, Verb, carry
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import LegalTrack, PaperFact
from models.words import PaperStatus, Role, Stage, TrackStep

S = PaperStatus
DRAFTERS = frozenset[Role]().union(*(rule.drafters for rule in ALL))
CHECKERS = frozenset[Role]().union(*(rule.checkers for rule in ALL)) | DRAFTERS
APPROVERS = frozenset[Role]().union(*(rule.approvers for rule in ALL))
NEEDED = (SIDE_WORDS, "paper_approval_period", "paper_service_period", "serve_again_period")


def rules_know_papers(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """A case may keep rules from before these papers: it must adopt newer ones first."""
    if any(name not in context.policy.parameters for name in NEEDED):
        yield Unmet(
            code="rules_too_old",
            message="本案沿用的规则版本没有文书期限的规定，请先采用现行规则再拟写文书。",
        )


def _standing(*statuses: PaperStatus, what: str) -> Callable[..., Iterable[Unmet]]:
    """Grey the button where no paper of the case stands so."""

    def condition(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
        if not any(paper.status in statuses for paper in side_papers(context.state)):
            others = "、".join(f"“{title}”" for title in TITLES.values())
            yield Unmet(
                code="no_such_paper",
                message=f"本案没有{what}的一般文书（{others}另有办法，不在此列）。",
            )

    return condition


def _is(*statuses: PaperStatus, what: str) -> Check:
    """Require that the named paper is one of this table and stands so."""

    def check(context: Context, command: Any) -> Iterable[Unmet]:
        paper = context.state.papers.get(command.paper)
        if paper is None:
            yield Unmet(code="unknown_paper", message="本案没有这份文书，请从文书列表里选择。")
        elif paper.kind not in RULES:
            yield of_main_line(paper)
        elif paper.status not in statuses:
            yield Unmet(
                code="paper_stands_elsewhere",
                message=f"该文书目前“{paper.status.label}”，不是{what}，不能这样办理。",
            )

    return check


def _role(find: Callable[[PaperRule], frozenset[Role]], verb: str) -> Check:
    def check(context: Context, command: Any) -> Iterable[Unmet]:
        rule = rule_of(context.state, command.paper)
        if rule is not None and command.actor.role not in find(rule):
            names = "、".join(role.label for role in Role if role in find(rule))
            yield Unmet(
                code="paper_role",
                message=f"“{rule.title}”由{names}{verb}，您的角色是{command.actor.role.label}。",
            )

    return check


def kind_is_known(_context: Context, command: c.DraftPaper) -> Iterable[Unmet]:
    if command.paper_kind not in RULES:
        yield Unmet(
            code="unknown_paper_kind",
            message=f"没有“{command.paper_kind}”这种可以拟写的文书，请从文书种类里选择。",
        )


def drafter_is_right(_context: Context, command: c.DraftPaper) -> Iterable[Unmet]:
    rule = RULES.get(command.paper_kind)
    if rule is not None:
        yield from _drafted_by(rule, command.actor.role)


def _drafted_by(rule: PaperRule, role: Role) -> Iterable[Unmet]:
    if role not in rule.drafters:
        names = "、".join(each.label for each in Role if each in rule.drafters)
        yield Unmet(
            code="paper_role", message=f"“{rule.title}”由{names}拟写，您的角色是{role.label}。"
        )


def its_time_has_come(context: Context, command: c.DraftPaper) -> Iterable[Unmet]:
    rule = RULES.get(command.paper_kind)
    if rule is not None:
        yield from _in_place(context, rule, command.guardian)


def _in_place(context: Context, rule: PaperRule, guardian: str | None) -> Iterable[Unmet]:
    """Say why the case is not where a paper of this rule belongs."""
    state = context.state
    if state.stage not in rule.stages:
        yield Unmet(
            code="wrong_stage",
            message=f"案件目前处于“{state.stage.label}”，此阶段不能拟写“{rule.title}”。",
        )
    elif state.stage is Stage.DEFERRED and rule.deferral not in (None, state.deferral):
        yield Unmet(
            code="other_deferral",
            message=f"该生因身体状况依法延缓，不拟写“{rule.title}”；复查后结束延缓的再拟写。",
            clause="YN-10c",
        )
    if not rule.is_about_guardian:
        if guardian is not None:
            yield Unmet(
                code="paper_without_guardian",
                message=f"“{rule.title}”不针对某一监护人，请不要填监护人。",
            )
        return
    if guardian not in {known.ref for known in state.guardians if known.is_legal}:
        yield Unmet(
            code="unknown_guardian",
            message=f"“{rule.title}”须写明监护人，请从案件的监护人名单里选择（受托照护人不能作为当事人）。",
        )
        return
    track = state.tracks.get(guardian)
    if rule.steps is not None and (track is None or track.step not in rule.steps):
        step = track.step.label if track else "尚未开始四步法"
        names = "、".join(
            f"“{step.label}”" for step in type(next(iter(rule.steps))) if step in rule.steps
        )
        yield Unmet(
            code="wrong_step",
            message=f"“{rule.title}”在{names}时拟写，该监护人目前处于“{step}”。",
            clause="DC-2.7.4a、YN-8b",
        )


def basis_is_configured(context: Context, rule: PaperRule | None) -> Iterable[Unmet]:
    if rule is not None and rule.needs_penalty_basis and not context.policy.text("penalty_basis"):
        yield Unmet(
            code="no_penalty_basis",
            message=f"本辖区没有经审核的处罚依据，不得出具“{rule.title}”。",
            clause="行政处罚法 16、38；义务教育法 58",
        )


def issuer_is_competent(context: Context, rule: PaperRule | None) -> Iterable[Unmet]:
    """Steps 2 to 4 are taken by one organ: the one that orders correction (义务教育法 58)."""
    if rule is None or rule.steps is None:
        return
    office = order_office_kind(context)
    if context.actor.role.office_kind is not office:
        yield Unmet(
            code="issuer_not_competent",
            message=f"“{rule.title}”应由作出责令决定的机关（{office.label}）出具。",
            clause="义务教育法 58；行政处罚法 22",
        )


def lawful_draft(context: Context, command: c.DraftPaper) -> Iterable[Unmet]:
    rule = RULES.get(command.paper_kind)
    yield from basis_is_configured(context, rule)
    yield from issuer_is_competent(context, rule)
    yield from no_penalty_is_decided(context, command.paper_kind, command.guardian)
    yield from paper_is_the_decisions(
        context, command.paper_kind, command.guardian, command.content
    )


def lawful_paper(context: Context, command: c.ApprovePaper) -> Iterable[Unmet]:
    """What had to hold at the draft must still hold on the day it is signed."""
    rule = rule_of(context.state, command.paper)
    yield from basis_is_configured(context, rule)
    yield from issuer_is_competent(context, rule)
    if rule is not None:
        paper = context.state.papers[command.paper]
        yield from _in_place(context, rule, paper.guardian)
        yield from _may_burden(context, rule, context.state.tracks.get(paper.guardian or ""))
        yield from no_penalty_is_decided(context, paper.kind, paper.guardian)
        yield from paper_is_the_decisions(context, paper.kind, paper.guardian, paper)


DECISION = (hearing_window_is_over, legality_is_settled, within_decision_period)
BURDENS: dict[str, tuple[Condition, ...]] = {
    "penalty_decision": DECISION,
    "no_penalty_decision": DECISION,
    "performance_demand": (no_remedy_pending, remedy_period_over, application_window),
    "enforcement_application": (no_remedy_pending, demand_has_run, application_window),
}
"""What a paper waits for as the act it carries does (行政处罚法 58–64、行政强制法 53、54)."""


def _may_burden(context: Context, rule: PaperRule, track: LegalTrack | None) -> Iterable[Unmet]:
    """A paper of steps 2 to 4 is not signed where the step itself would be refused."""
    if rule.steps is None:
        return
    yield from steps_not_blocked(context, track)
    if track is not None and track.step is TrackStep.PENALTY_DECIDED:
        return  # decided in time; the paper only puts it down
    for condition in BURDENS.get(rule.kind, ()):
        yield from condition(context, track)


def checked_where_needed(context: Context, command: c.ApprovePaper) -> Iterable[Unmet]:
    rule = rule_of(context.state, command.paper)
    if rule is None or not rule.checkers:
        return
    if context.state.papers[command.paper].status is S.DRAFTED:
        names = "、".join(role.label for role in Role if role in rule.checkers)
        yield Unmet(
            code="check_missing",
            message=f"“{rule.title}”须先经{names}中拟稿人以外的一人审核。",
            clause="行政处罚法 58",
        )


def _same_office(context: Context, command: Any) -> Iterable[Unmet]:
    """A paper is signed in the house it was drafted in, or above it."""
    paper = context.state.papers.get(command.paper)
    if paper is None or paper.office is None:
        return
    rule = RULES.get(paper.kind)
    if rule is None:
        return
    own = {role for role in rule.approvers if role.office_kind is paper.office}
    if own and command.actor.role not in own:
        names = "、".join(role.label for role in Role if role in own)
        yield Unmet(code="other_office", message=f"这份文书由{names}签发：它是该单位拟写的。")


def _drafter(context: Context, command: Any) -> str | None:
    paper = context.state.papers.get(command.paper)
    return paper.drafted_by if paper else None


def _checker(context: Context, command: Any) -> str | None:
    paper = context.state.papers.get(command.paper)
    return paper.checked_by if paper else None


def _key(context: Context, kind: str) -> str:
    return f"{kind}-{1 + sum(paper.kind == kind for paper in context.state.papers.values())}"


def draft(context: Context, command: c.DraftPaper) -> Iterable[e.EventBase]:
    yield carry(command, e.PaperDrafted, paper_key=_key(context, command.paper_kind))


def replace(context: Context, command: c.ReplacePaper) -> Iterable[e.EventBase]:
    old = context.state.papers[command.paper]
    yield carry(
        command, e.PaperDrafted, paper_key=_key(context, old.kind), paper_kind=old.kind,
        guardian=old.guardian, replaces=old.key,
    )  # fmt: skip


def issue(context: Context, command: c.ApprovePaper) -> Iterable[e.EventBase]:
    fact = context.state.papers[command.paper]
    rule = RULES[fact.kind]
    paper = e.PaperIssue(
        key=fact.key,
        kind=fact.kind,
        issuer=office_of(context.state, command.actor.role),
        word=word_of(rule, context.policy.text(SIDE_WORDS)),
        year=context.today.year,
    )
    yield e.PaperIssued(
        actor=command.actor,
        happened_on=command.happened_on,
        evidence=command.evidence,
        paper=paper,
        guardian=fact.guardian,
        replaces=fact.replaces,
    )


def not_replaced_yet(context: Context, command: c.ReplacePaper) -> Iterable[Unmet]:
    if any(
        paper.replaces == command.paper and paper.status in {S.DRAFTED, S.CHECKED}
        for paper in context.state.papers.values()
    ):
        yield Unmet(
            code="replacement_pending", message="已有一份替换它的草稿，请先签发或退回那一份。"
        )


def drafter_of_old(context: Context, command: c.ReplacePaper) -> Iterable[Unmet]:
    rule = rule_of(context.state, command.paper)
    if rule is not None:
        old = context.state.papers[command.paper]
        yield from _drafted_by(rule, command.actor.role)
        yield from issuer_is_competent(context, rule)
        yield from paper_is_the_decisions(context, old.kind, old.guardian, command.content)


def paper_named(field: str, *kinds: str) -> Check:
    """Check a typed number that is the key of a paper of this case; a number made outside passes.

    The paper must be of the right kind, issued, not voided, and about the same guardian.
    """

    def check(context: Context, command: Any) -> Iterable[Unmet]:
        named: PaperFact | None = context.state.papers.get(getattr(command, field))
        if named is None:
            return
        titles = "、".join(f"“{RULES[kind].title}”" for kind in kinds)
        if named.kind not in kinds:
            yield Unmet(
                code="paper_of_another_kind",
                message=f"{named.key}不是{titles}，请填写正确的文书编号。",
            )
        elif named.status not in {S.ISSUED, S.SERVED}:
            yield Unmet(
                code="paper_not_issued",
                message=f"{named.key}目前“{named.status.label}”，须先签发且未作废。",
            )
        guardian = getattr(command, "guardian", None)
        if named.guardian is not None and guardian is not None and named.guardian != guardian:
            yield Unmet(
                code="paper_of_another_guardian",
                message=f"{named.key}是针对另一位监护人的文书，请核对。",
            )

    return check


def service_is_the_papers(field: str, *kinds: str) -> Check:
    """Where the act records the service of a paper of this case, its day is the paper's own."""

    def check(context: Context, command: Any) -> Iterable[Unmet]:
        named = context.state.papers.get(getattr(command, field))
        if named is not None and named.kind in kinds:
            yield from served_as_recorded(named, command)

    return check


def served_as_recorded(paper: PaperFact, command: Any) -> Iterable[Unmet]:
    """A paper is served once: what starts a period is the service its receipt proves."""
    if paper.status is S.ISSUED:
        yield Unmet(
            code="paper_not_served",
            message=f"{paper.key}还没有登记送达，请先登记这份文书的送达（附送达回证），再办理这一步。",
        )
    elif paper.status is S.SERVED and paper.served_on != command.happened_on:
        yield Unmet(
            code="served_another_day",
            message=f"{paper.key}登记的送达日是{paper.served_on}，期限从那一天起算，请填写同一天。",
        )


VERBS = (
    Verb(
        "draft_paper", "拟写文书", DRAFTERS, draft, conditions=(rules_know_papers,),
        checks=(kind_is_known, drafter_is_right, its_time_has_come, lawful_draft),
    ),
    Verb(
        "check_paper", "审核文书", CHECKERS, lambda _context, command: (carry(command, e.PaperChecked),),
        conditions=(_standing(S.DRAFTED, what="待审核"),),
        checks=(
            _is(S.DRAFTED, what="待审签的草稿"),
            _role(lambda rule: rule.checkers or rule.drafters, "审核"),
            another_person(_drafter, "审核人不得是拟稿人本人。", "YN-14.10"),
        ),
    ),
    Verb(
        "approve_paper", "签发文书", APPROVERS, issue,
        conditions=(_standing(S.DRAFTED, S.CHECKED, what="待签发"),),
        checks=(
            _is(S.DRAFTED, S.CHECKED, what="待签发的草稿"), _role(lambda rule: rule.approvers, "签发"),
            _same_office, signed_today, lawful_paper, checked_where_needed,
            another_person(_drafter, "签发人不得是拟稿人本人。", "YN-14.10"),
            another_person(_checker, "签发人不得是审核人本人。", "行政处罚法 58"),
        ),
    ),
    Verb(
        "return_paper_draft", "退回文书草稿", APPROVERS | CHECKERS,
        lambda _context, command: (carry(command, e.PaperDraftReturned),),
        conditions=(_standing(S.DRAFTED, S.CHECKED, what="待审签"),),
        checks=(
            _is(S.DRAFTED, S.CHECKED, what="待审签的草稿"),
            _role(lambda rule: rule.approvers | rule.checkers | rule.drafters, "退回"),
        ),
    ),
    Verb(
        "void_paper", "作废文书", APPROVERS, lambda _context, command: (carry(command, e.PaperVoided),),
        conditions=(_standing(S.ISSUED, S.SERVED, what="已签发"),),
        checks=(
            _is(S.ISSUED, S.SERVED, what="已签发的文书"), _role(lambda rule: rule.approvers, "作废"),
            line_does_not_rest_on_it, _same_office, another_person(_drafter, "作废须由拟稿人以外的人决定。", "YN-14.10"),
        ),
    ),
    Verb(
        "replace_paper", "更正重发文书", DRAFTERS, replace,
        conditions=(rules_know_papers, _standing(S.ISSUED, S.SERVED, what="已签发")),
        checks=(
            _is(S.ISSUED, S.SERVED, what="已签发的文书"), line_does_not_rest_on_it, drafter_of_old,
            not_replaced_yet,
        ),
    ),
)  # fmt: skip
