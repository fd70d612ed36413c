"""Step 1: persuasion (宣传教育), agreement and return."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lifecycle.conditions import at_least_two, evidence_of, steps_not_blocked
from lifecycle.folding import ENDED
from lifecycle.verb import Context, Verb, becomes, carry, roles
from lifecycle.verbs.detection import OUT_OF_SCHOOL, SCHOOL
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import CaseState, LegalTrack
from models.words import GuardianChange, Role, Stage

COUNTY = roles(Role.EDU_CASE, Role.EDU_LAW, Role.EDU_HEAD)
TOWNSHIP = roles(Role.TOWNSHIP_CASE, Role.TOWNSHIP_LAW, Role.TOWNSHIP_HEAD, Role.VILLAGE)
CONFIRMERS = SCHOOL | roles(Role.TOWNSHIP_CASE)
VISITED_STAGES = frozenset(
    {
        Stage.ASSIGNED, Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT,
        Stage.ASSESSMENT, Stage.DEFERRED, Stage.OUTBOUND_WAIT, Stage.SUBJECT_PENDING,
    }
)  # fmt: skip


def visited_in_this_run(context: Context, command: c.RecordVisit) -> Iterable[Unmet]:
    """A visit before the relapse belongs to the steps that ended with the return."""
    since = context.state.absent_since
    if context.state.relapses and since is not None and command.happened_on < since:
        yield Unmet(
            code="date_out_of_order",
            message=f"本轮再辍学自{since}起，此前的家访不计入本轮，请核对日期。",
        )


def record_visit(context: Context, command: c.RecordVisit) -> Iterable[e.EventBase]:
    organs = {organ.strip() for organ in command.organs if organ.strip()}
    joint = len(organs) >= context.policy.number("joint_min_organs")
    yield carry(command, e.VisitRecorded, is_joint=joint)


def met_people_are_known(context: Context, command: c.RecordVisit) -> Iterable[Unmet]:
    known = {guardian.ref for guardian in context.state.guardians}
    if not set(command.met) <= known:
        yield Unmet(code="unknown_guardian", message="“见到谁”中有人不在本案监护人名单里。")
    if command.was_child_met and not command.child_words.strip():
        yield Unmet(
            code="child_words_missing",
            message="见到了孩子，请记下孩子本人怎么说（原话）。",
            clause="未成年人保护法 4、19",
        )


def guardian_promises(context: Context, command: c.RecordAgreement) -> Iterable[Unmet]:
    if command.guardian not in {guardian.ref for guardian in context.state.guardians}:
        yield Unmet(code="unknown_guardian", message="签字人不在本案监护人名单里。")
    if command.return_on < command.happened_on:
        yield Unmet(code="return_day_past", message="承诺的返校日不能早于签字日。")
    longest = command.happened_on + timedelta(days=context.policy.number("promise_days_max"))
    if command.return_on > longest:
        yield Unmet(
            code="return_day_far",
            message=f"承诺的返校日不能晚于{longest}；时间更长的不是承诺，请继续劝返。",
            clause=context.policy["promise_days_max"].source_text,
        )


def persuasion_is_exhausted(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    """Enough visits, some of them joint, the guardian met and the child heard."""
    state, policy = context.state, context.policy
    has_been_persuaded = state.relapses and track is not None and track.run > 1
    first = "relapse_min_visits" if has_been_persuaded else "min_visits"
    visits, joint = policy.number(first), policy.number("min_joint_visits")
    done = len(state.visits)
    done_joint = sum(visit.is_joint for visit in state.visits)
    if done < visits:
        yield Unmet(
            code="visits_too_few",
            message=f"已劝返{done}次，至少需{visits}次，请继续上门。",
            clause=policy[first].source_text,
        )
    if done_joint < joint:
        yield Unmet(
            code="joint_visits_too_few",
            message=f"已联合劝返{done_joint}次，至少需{joint}次。",
            clause=policy["min_joint_visits"].source_text,
        )
    if (
        track
        and not any(track.guardian in visit.met for visit in state.visits)
        and not is_looked_for_in_vain(state, track.guardian)
    ):
        yield Unmet(
            code="guardian_not_met",
            message="还没有见到该监护人的劝返记录；下落不明的请先走公安、村委查找并登记。",
            clause="DC-2.3.4",
        )
    if not any(visit.was_child_heard for visit in state.visits) and not is_looked_for_in_vain(
        state, None
    ):
        yield Unmet(
            code="child_not_heard",
            message="还没有孩子本人意见的记录。",
            clause="未成年人保护法 4、19",
        )


def is_looked_for_in_vain(state: CaseState, guardian: str | None) -> bool:
    """Tell whether the police have looked for the person and the last search found nobody."""
    searches = [search for search in state.searches if search.guardian == guardian]
    return bool(searches) and not searches[-1].is_found and any(s.is_by_police for s in searches)


def searched_person_is_known(context: Context, command: c.RecordSearch) -> Iterable[Unmet]:
    known = {guardian.ref for guardian in context.state.guardians}
    if command.guardian is not None and command.guardian not in known:
        yield Unmet(code="unknown_guardian", message="被查找人不在本案监护人名单里。")


def guardian_change_fits(context: Context, command: c.RecordGuardianChange) -> Iterable[Unmet]:
    known = {guardian.ref for guardian in context.state.guardians}
    if command.change is GuardianChange.ADDED and command.person in known:
        yield Unmet(code="guardian_known", message="该人已在本案监护人名单里。")
    if command.change is GuardianChange.REMOVED:
        if command.person not in known:
            yield Unmet(code="unknown_guardian", message="该人不在本案监护人名单里。")
        elif not any(g.is_legal and g.ref != command.person for g in context.state.guardians):
            yield Unmet(
                code="last_guardian",
                message="这是最后一名监护人，请先登记新的监护人；没有监护人的转民政部门。",
                clause="民法典 31、32",
            )


def no_just_cause(_context: Context, command: c.EndPersuasion) -> Iterable[Unmet]:
    if command.has_just_cause:
        yield Unmet(
            code="just_cause",
            message="监护人有正当理由，不得升级；请帮助解决困难或转评估、救助。",
            clause="义务教育法 58",
        )


def returned_not_ahead(context: Context, command: c.RecordReturn) -> Iterable[Unmet]:
    if command.returned_on > context.today:
        yield Unmet(code="return_day_ahead", message="返校日不能晚于今天；约定的返校请登记承诺书。")
    if context.state.absent_since and command.returned_on < context.state.absent_since:
        yield Unmet(code="return_day_early", message="返校日早于缺勤起始日，请核对。")


def confirmed_by_the_school(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """From the order on, that the child attends is the school's fact, nobody's promise."""
    if order_was_made(context.state) and context.actor.role not in CONFIRMERS:
        yield Unmet(
            code="return_confirmer",
            message="已责令改正的，返校由学校确认：请班主任、学籍管理员或校长登记，"
            "或由乡镇经办凭学校的书面证明登记。",
            clause="义务教育法 58",
        )


def township_has_the_schools_paper(context: Context, command: c.RecordReturn) -> Iterable[Unmet]:
    is_township = command.actor.role is Role.TOWNSHIP_CASE
    if order_was_made(context.state) and is_township and not command.school_paper_no.strip():
        yield Unmet(
            code="school_paper_missing",
            message="乡镇登记返校须凭学校出具的到校证明，请填写证明编号。",
            clause="义务教育法 58",
        )


def order_was_made(state: CaseState) -> bool:
    """Tell whether a guardian has been taken past the first step."""
    steps = (track.configuration[:1] for track in state.tracks.values())
    return any(step not in {(), ("first_step",), ENDED} for step in steps)


VERBS = (
    Verb(
        "record_search", "登记查找下落", TOWNSHIP | COUNTY | SCHOOL, becomes(e.SearchRecorded),
        stages=OUT_OF_SCHOOL,
        checks=(searched_person_is_known, evidence_of("公安或村（居）委会的查找证明", "YN-7e")),
    ),
    Verb(
        "record_guardian_change", "登记监护人变更", roles(Role.TOWNSHIP_CASE, Role.EDU_CASE),
        becomes(e.GuardianChanged), stages=OUT_OF_SCHOOL,
        checks=(guardian_change_fits, evidence_of("判决、离婚协议、死亡证明或指定监护文书", "民法典 27")),
    ),
    Verb(
        "record_visit", "登记家访劝返", TOWNSHIP | SCHOOL | COUNTY, record_visit,
        stages=VISITED_STAGES,
        checks=(
            at_least_two("visitors", "上门劝返人员", "YN-8b"), met_people_are_known,
            visited_in_this_run,
        ),
    ),
    Verb(
        "record_agreement", "登记复学承诺", TOWNSHIP | SCHOOL, becomes(e.AgreementRecorded),
        stages=VISITED_STAGES,
        checks=(evidence_of("监护人签字的复学承诺书"), guardian_promises),
    ),
    Verb(
        "record_return", "登记学生返校", SCHOOL | TOWNSHIP, becomes(e.ChildReturned),
        stages=OUT_OF_SCHOOL - {Stage.LEAD}, case_event="child_returns",
        conditions=(confirmed_by_the_school,),
        checks=(
            returned_not_ahead, evidence_of("到校当日的考勤记录"), township_has_the_schools_paper,
        ),
    ),
    Verb(
        "end_persuasion", "认定宣传教育未果", roles(Role.TOWNSHIP_HEAD), becomes(e.PersuasionEnded),
        is_about_guardian=True, track_event="fail_persuasion",
        stages=frozenset({Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT}),
        conditions=(persuasion_is_exhausted, steps_not_blocked), checks=(no_just_cause,),
    ),
)  # fmt: skip
