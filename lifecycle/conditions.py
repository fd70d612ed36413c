"""Conditions several verbs share. Each yields what is unmet, in Chinese, with its clause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from lifecycle.verb import Check, Context
from lifecycle.verdict import Unmet
from models.state import CaseState, LegalTrack
from models.words import Cause, OfficeKind, Stage


def evidence_of(what: str, clause: str = "") -> Check:
    """Require at least one evidence reference, naming the paper that is meant."""

    def check(_context: Context, command: Any) -> Iterable[Unmet]:
        if not command.evidence:
            yield Unmet(
                code="evidence_missing",
                message=f"缺少证明材料：请先登记{what}的编号，再提交。",
                clause=clause,
            )

    return check


def absence_is_on_the_calendar(context: Context, command: Any) -> Iterable[Unmet]:
    """Days absent are school days: no more than the school has held since the first of them."""
    school, since = context.state.school, command.absent_since
    if since > context.today or not context.calendar.terms_of(school):
        return  # told elsewhere; or nobody has entered the terms, and nothing can be counted
    counted = context.calendar.school_days_between(since, context.today, school)
    if command.absent_days > counted:
        yield Unmet(
            code="absence_overcounted",
            message=f"自{since}至今天只有{counted}个教学日，填报缺勤{command.absent_days}日，"
            "请按考勤核对起始日和天数。",
            clause=context.policy["absence_days"].source_text,
        )


def at_least_two(name: str, who: str, clause: str) -> Check:
    """Require two different people where the law wants two."""

    def check(_context: Context, command: Any) -> Iterable[Unmet]:
        people = {person.strip() for person in getattr(command, name) if person.strip()}
        if len(people) < 2:
            yield Unmet(
                code="two_people", message=f"{who}不得少于两人，请补全姓名。", clause=clause
            )

    return check


def another_person(find: Callable[[Context, Any], str | None], message: str, clause: str) -> Check:
    """Require the actor to be someone else than an earlier actor; no role is exempt."""

    def check(context: Context, command: Any) -> Iterable[Unmet]:
        if find(context, command) == command.actor.id:
            yield Unmet(code="second_person", message=message, clause=clause)

    return check


def signed_today(context: Context, command: Any) -> Iterable[Unmet]:
    """A paper carries the day it is issued, neither an earlier nor a later one."""
    if command.happened_on != context.today:
        yield Unmet(
            code="date_of_issue",
            message="签发日期须为今天：文书上的成文日期等于实际签发日。",
        )


def are_accounts(name: str) -> Check:
    """Require account names where people must be told apart later; a name can be written two ways."""

    def check(_context: Context, command: Any) -> Iterable[Unmet]:
        given = getattr(command, name)
        people = (given,) if isinstance(given, str) else given
        wrong = [person for person in people if not ACCOUNT.fullmatch(person.strip())]
        if wrong:
            yield Unmet(
                code="not_an_account",
                message=f"请填写人员的系统账号（如 wang-min），不是姓名：{'、'.join(wrong)}。",
                clause="行政处罚法 42、64",
            )

    return check


ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{1,60}")


def steps_not_blocked(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    """Steps 2–4 rest while the cause is the school's own, the body is the cause, or a flaw stands."""
    state = context.state
    if track is not None and track.flaw is not None:
        yield Unmet(
            code="flaw_open",
            message=f"更正后发现：{track.flaw}；须先由法规人员处理，才可继续法律步骤。",
            clause="行政处罚法 38",
        )
    if state.cause is Cause.SCHOOL:
        settled = (
            "；学校责任已处理的，请先重新认定辍学原因" if state.is_school_matter_settled else ""
        )
        yield Unmet(
            code="school_caused",
            message="辍学原因为学校自身问题，不得对监护人启动责令、处罚或诉讼；"
            f"请先由县教体局处理学校责任{settled}。",
            clause="YN-14.1、YN-14.5",
        )
    if track is not None and track.decision_served_on is not None:
        return  # what is in force is carried through; the body bars new steps
    yield from _body_allows(state)
    if state.stage is Stage.DEFERRED:
        yield Unmet(
            code="deferred_now",
            message="延缓或休学期间不得对监护人采取责令、处罚或诉讼；请继续联系，期满前复查。",
            clause="义务教育法 11、YN-8e",
        )


BODILY = frozenset({Cause.ILLNESS, Cause.DISABILITY})
"""Causes an assessment answers, not the steps (YN-10; 残疾人教育条例 20)."""


def is_freed_by_an_opinion(state: CaseState) -> bool:
    """Tell whether the committee has found the child able: the body bars no step any more."""
    return state.cause not in BODILY or state.assessed_able is True


def frees_from_the_body(context: Context, cause: Cause) -> Iterable[Unmet]:
    """A finding lifts the freeze, or the county on two people's word; never against an opinion."""
    state = context.state
    if is_freed_by_an_opinion(state) or cause in BODILY:
        return
    if state.assessed_able is False:
        yield Unmet(
            code="found_unable",
            message="专家委员会认定该生不具备学习条件，不得改认其他原因；"
            "情况有变的，请先再次委托评估。",
            clause="YN-10a、残疾人教育条例 20、21",
        )
    if context.actor.role.office_kind is not OfficeKind.COUNTY:
        yield Unmet(
            code="county_decides",
            message="因病因残改为其他原因会解除评估前的冻结，须有评估意见，"
            "或由县教体局经办、负责人凭另一人的提请认定；乡镇请先提请。",
            clause="YN-10a",
        )


def _body_allows(state: CaseState) -> Iterable[Unmet]:
    """A guardian whose child cannot learn has a just cause (义务教育法 11, 58; YN-10)."""
    if state.assessed_able is False:
        yield Unmet(
            code="found_unable",
            message="专家委员会认定该生不具备学习条件，不得对监护人采取第二至第四步；"
            "请提请延缓或休学，情况有变的再次委托评估。",
            clause="YN-10c、义务教育法 11、58",
        )
    elif state.assessed_able is None and (state.cause in BODILY or state.stage is Stage.ASSESSMENT):
        yield Unmet(
            code="assessment_first",
            message="因病因残须先由残疾人教育专家委员会评估，评估前不得进入第二至第四步。",
            clause="YN-10a、残疾人教育条例 20",
        )


def competent_office(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """The order is issued by the township government or, in a subdistrict, the county bureau."""
    office = order_office_kind(context)
    if context.actor.role.office_kind is not office:
        reason = (
            "街道办事处不是乡镇人民政府，责令决定应由县教体局作出"
            if office is OfficeKind.COUNTY
            else "本辖区的责令决定由乡镇人民政府作出"
        )
        yield Unmet(code="issuer_not_competent", message=f"{reason}。", clause="义务教育法 58")


def order_office_kind(context: Context) -> OfficeKind:
    """Say who may order correction here (parameter ``order_issuer``, 义务教育法 58)."""
    if context.state.is_subdistrict and not context.policy.flag("subdistrict_may_order"):
        return OfficeKind.COUNTY
    return OfficeKind(context.policy.text("order_issuer"))
