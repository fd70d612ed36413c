"""The branches of the road (lifecycle.md §4), each by the act that opens it and the one that ends it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lifecycle.owners import owner
from lifecycle.party import responsible_party, route_of_letter
from models import commands as c
from models.people import GuardianRef
from models.words import (
    Cause,
    Department,
    DutyStatus,
    GuardianChange,
    LeadSource,
    LetterRoute,
    Party,
    PlacementWay,
    ReportLine,
    Role,
    Stage,
    TrackStep,
    Whereabouts,
)
from tests.lifecycle import roads
from tests.lifecycle.roads import PROOF
from tests.walk import SCHOOL, TOWNSHIP, Walk, absence, actor, lead_facts, policy

FAR = "980101"
"""A county of another province; 98 and 99 are no division codes of any place."""


def duties(walk: Walk) -> set[str]:
    return {o.duty for o in walk.state.live_obligations()}


def never_enrolled(**facts: Any) -> Walk:
    walk = Walk()
    walk.open(**({
        "source": LeadSource.CENSUS, "school": "", "grade": 0, "birth_on": date(2019, 5, 6),
        "absent_since": None, "absent_days": 0,
    } | facts))  # fmt: skip
    return walk


def test_a_child_never_enrolled_is_the_townships_from_the_first_day() -> None:
    """No school: the township contacts, reports, verifies, and the new school takes over at last."""
    walk = never_enrolled()
    assert (walk.state.stage, owner(walk.state).role, owner(walk.state).office) == (
        Stage.SUSPECTED, Role.TOWNSHIP_CASE, TOWNSHIP,
    )  # fmt: skip
    town, head = Role.TOWNSHIP_CASE, Role.TOWNSHIP_HEAD
    walk.do(c.ContactGuardian, town, method="上门", was_reached=True)
    walk.do(c.ReportToSchool, town)
    assert walk.refuse(c.FileReport, head, line=ReportLine.TOWNSHIP, receipt_no="收-1") == [
        "line_not_used"
    ]
    walk.do(c.FileReport, head, line=ReportLine.PLATFORM, receipt_no="收-1")
    walk.do(c.FileReport, head, line=ReportLine.COUNTY, receipt_no="收-2")
    walk.do(c.Verify, head, conclusion="dropout", cause=Cause.DISTANCE,
            whereabouts=Whereabouts.AT_HOME)  # fmt: skip
    walk.do(c.SetResponsibleParty, Role.EDU_CASE, party=Party.OURS)
    walk.do(c.IssueReturnOrder, Role.EDU_HEAD, requirements=("送入学",))
    walk.do(c.AcceptOrder, town, **roads.SPONSORS)
    walk.do(c.RecordReturn, town, returned_on=walk.today, **PROOF)
    assert owner(walk.state).role is Role.EDU_CASE
    walk.do(c.Place, Role.EDU_CASE, way=PlacementWay.INCLUSIVE_CLASS, school=SCHOOL,
            plan="一年级插班")  # fmt: skip
    assert (walk.state.school, owner(walk.state).role) == (SCHOOL, Role.PRINCIPAL)


def test_a_child_never_enrolled_here_and_registered_elsewhere_is_the_other_countys() -> None:
    """The county of the household register answers for entry (YN-6c)."""
    walk = never_enrolled(household_county="990202")
    row = responsible_party(walk.state, walk.policy)
    assert (row.party, row.clause) == (Party.THEIRS, "YN-6c")


def test_attendance_finds_no_child_without_a_school() -> None:
    """A lead of attendance or transition names its school."""
    walk = Walk()
    assert walk.refuse(c.OpenLead, Role.SYSTEM, **{
        **lead_facts(), "school": "", "source": LeadSource.ATTENDANCE,
    }) == ["school_missing"]  # fmt: skip


@pytest.mark.parametrize("source", [LeadSource.FIRST_WEEK, LeadSource.TRANSITION])
def test_one_who_did_not_register_is_suspected_at_once(source: LeadSource) -> None:
    """After the first week there are no days to count; the junior school answers."""
    walk = Walk()
    walk.open(source=source, absent_days=0, absent_since=None, grade=7,
              previous_school="9901010002")  # fmt: skip
    assert (walk.state.stage, walk.state.school, walk.state.previous_school) == (
        Stage.SUSPECTED, SCHOOL, "9901010002",
    )  # fmt: skip
    assert owner(walk.state).office == SCHOOL


def test_a_lead_ends_with_the_child_at_its_desk() -> None:
    """Back before the threshold: the attendance sheet clears the lead."""
    walk = roads.lead()
    assert walk.refuse(c.ClearLead, Role.CLASS_TEACHER, returned_on=walk.today) == [
        "evidence_missing"
    ]
    walk.do(c.ClearLead, Role.CLASS_TEACHER, returned_on=walk.today, **PROOF)
    assert walk.state.stage is Stage.CLOSED_FALSE_ALARM


def moved_away(household: str, rule: str = "enrol_or_household",
               whereabouts: Whereabouts = Whereabouts.OUT_OF_PROVINCE) -> Walk:  # fmt: skip
    walk = Walk(policy=policy(subject_rule=rule))
    walk.open(household_county=household)
    return roads.dropout(walk, whereabouts=whereabouts)


@pytest.mark.parametrize(
    ("household", "whereabouts", "rule", "party"),
    [
        ("990101", Whereabouts.AT_HOME, "enrol_or_household", Party.OURS),
        ("990202", Whereabouts.AT_HOME, "enrol_or_household", Party.OURS),
        ("990101", Whereabouts.IN_PROVINCE, "enrol_or_household", Party.OURS),
        ("990202", Whereabouts.IN_PROVINCE, "enrol_or_household", Party.THEIRS),
        ("990202", Whereabouts.IN_PROVINCE, "inflow", Party.OURS),
        (FAR, Whereabouts.OUT_OF_PROVINCE, "inflow", Party.THEIRS),
        (FAR, Whereabouts.OUT_OF_PROVINCE, "enrol_or_household", Party.THEIRS),
        (FAR, Whereabouts.UNKNOWN, "enrol_or_household", Party.OURS),
    ],
)
def test_the_table_of_the_responsible_party(
    household: str, whereabouts: Whereabouts, rule: str, party: Party
) -> None:
    """YN-8c by where the child and the register are; JJ5-2.2d leaves migrants to the inflow county."""
    walk = moved_away(household, rule, whereabouts)
    assert responsible_party(walk.state, walk.policy).party is party


def test_across_provinces_the_letter_goes_through_the_province() -> None:
    """JJ5-2.2e: the province of the register is told in writing; a direct letter is refused."""
    walk = moved_away(FAR)
    assert route_of_letter(walk.state) is LetterRoute.PROVINCE
    walk.do(c.SetResponsibleParty, Role.EDU_CASE, party=Party.THEIRS)
    letter = {"to_county": FAR, "letter_no": "函-1", **PROOF}
    assert walk.refuse(c.SendHandOverLetter, Role.EDU_HEAD, **letter) == ["route_wrong"]
    walk.do(c.SendHandOverLetter, Role.EDU_HEAD, route=LetterRoute.PROVINCE, **letter)
    assert walk.state.stage is Stage.OUTBOUND_WAIT


def refused_hand_over() -> Walk:
    walk = moved_away(FAR)
    walk.do(c.SetResponsibleParty, Role.EDU_CASE, party=Party.THEIRS)
    walk.do(c.SendHandOverLetter, Role.EDU_HEAD, to_county=FAR, letter_no="函-1",
            route=LetterRoute.PROVINCE, **PROOF)  # fmt: skip
    walk.do(c.RecordReply, Role.EDU_CASE, is_accepted=False, letter_no="复-1", **PROOF)
    return walk


def test_a_refused_hand_over_goes_up_and_is_settled_there() -> None:
    """Refused across provinces: only the province can settle it; meanwhile we keep persuading."""
    walk = refused_hand_over()
    up = {"letter_no": "请-1", **PROOF}
    assert walk.refuse(c.EscalateHandOver, Role.EDU_HEAD, route=LetterRoute.PREFECTURE, **up) == [
        "route_wrong"
    ]
    walk.do(c.EscalateHandOver, Role.EDU_HEAD, route=LetterRoute.PROVINCE, **up)
    assert walk.state.stage is Stage.OUTBOUND_WAIT
    assert "coordination" in duties(walk)
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    walk.do(c.RecordCoordination, Role.EDU_CASE, is_theirs=False, letter_no="协-1", **PROOF)
    assert (walk.state.stage, walk.state.party) == (Stage.SUBJECT_PENDING, Party.OURS)
    walk.do(c.IssueReturnOrder, Role.EDU_HEAD, requirements=("上门",))
    assert walk.state.stage is Stage.ASSIGNED


def test_even_when_the_level_above_says_theirs_only_a_written_acceptance_moves_it() -> None:
    """Until the other county has accepted in writing the case stays here and open."""
    walk = refused_hand_over()
    walk.do(c.EscalateHandOver, Role.EDU_HEAD, route=LetterRoute.PROVINCE, letter_no="请-1",
            **PROOF)  # fmt: skip
    walk.do(c.RecordCoordination, Role.EDU_CASE, is_theirs=True, letter_no="协-1", **PROOF)
    assert walk.state.stage is Stage.OUTBOUND_WAIT
    assert "await_reply" in duties(walk)
    walk.do(c.RecordReply, Role.EDU_CASE, is_accepted=True, letter_no="复-2", **PROOF)
    assert walk.state.stage is Stage.CLOSED_HANDED_OVER


def test_a_letter_through_the_province_is_no_matter_before_the_province() -> None:
    """Sent by way of the province is not brought before it: there is nothing it has settled."""
    walk = moved_away(FAR)
    walk.do(c.SetResponsibleParty, Role.EDU_CASE, party=Party.THEIRS)
    walk.do(c.SendHandOverLetter, Role.EDU_HEAD, to_county=FAR, letter_no="函-1",
            route=LetterRoute.PROVINCE, **PROOF)  # fmt: skip
    settled = {"is_theirs": False, "letter_no": "协-1", **PROOF}
    assert walk.refuse(c.RecordCoordination, Role.EDU_CASE, **settled) == ["not_escalated"]


def test_nothing_goes_up_while_the_other_county_still_has_time() -> None:
    """No refusal and no overdue reply: there is nothing to settle above."""
    walk = roads.lettered()
    up = {"route": LetterRoute.PREFECTURE, "letter_no": "请-1", **PROOF}
    assert walk.refuse(c.EscalateHandOver, Role.EDU_HEAD, **up) == ["reply_not_overdue"]
    walk.pass_days(40)
    walk.do(c.EscalateHandOver, Role.EDU_HEAD, **up)
    assert walk.refuse(c.RecordCoordination, Role.EDU_CASE, is_theirs=True, letter_no="协-1") == [
        "evidence_missing"
    ]


def test_a_guardian_who_cannot_be_found_is_looked_for_before_the_steps_go_on() -> None:
    """Neither met nor searched: refused. Searched by the police in vain: the steps may go on."""
    walk = roads.visited(met=("g2",))
    assert walk.refuse(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP) == ["guardian_not_met"]
    search = {"guardian": "g1", "result": "查无下落", **PROOF}
    walk.do(c.RecordSearch, Role.VILLAGE, organ="村委会", is_found=False, **search)
    assert walk.refuse(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP) == ["guardian_not_met"]
    walk.do(c.RecordSearch, Role.TOWNSHIP_CASE, organ="派出所", is_by_police=True, is_found=False,
            **search)  # fmt: skip
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)
    assert walk.state.tracks["g1"].step is TrackStep.PERSUASION_FAILED


def test_a_search_that_found_the_guardian_calls_for_a_visit_again() -> None:
    """Found, the guardian must be met like any other."""
    walk = roads.visited(met=("g2",))
    for found in (False, True):
        walk.do(c.RecordSearch, Role.TOWNSHIP_CASE, guardian="g1", organ="派出所",
                is_by_police=True, is_found=found, result="走访", **PROOF)  # fmt: skip
    assert walk.refuse(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP) == ["guardian_not_met"]


def test_whereabouts_unknown_opens_the_search() -> None:
    """Somebody must look for the child, and by when."""
    walk = roads.dropout(whereabouts=Whereabouts.UNKNOWN)
    assert "search" in duties(walk)
    walk.do(c.RecordSearch, Role.EDU_CASE, organ="派出所", is_by_police=True, is_found=True,
            result="在邻县亲戚家", **PROOF)  # fmt: skip
    assert "search" not in duties(walk)


def test_two_guardians_stand_on_two_tracks_up_to_the_court() -> None:
    """Separated parents: one is sued while the other is still being ordered; the main line leads."""
    walk = roads.expired()
    walk.do(c.FileSuit, Role.TOWNSHIP_HEAD, guardian="g1", plaintiff="示例镇政府",
            document_no="诉-1")  # fmt: skip
    assert (walk.state.stage, walk.state.tracks["g2"].step) == (
        Stage.COURT, TrackStep.PERSUADING,
    )  # fmt: skip
    other = {"guardian": "g2"}
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **(roads.GIVE_UP | other))
    walk.do(c.OrderCorrection, Role.TOWNSHIP_CASE, **(roads.DRAFT | other))
    walk.do(c.ApproveCorrectionOrder, Role.TOWNSHIP_HEAD, **other)
    walk.do(c.ServePaper, Role.TOWNSHIP_LAW, **(roads.SERVICE | {"paper": "correction_order-2"}))
    assert walk.state.tracks["g2"].step is TrackStep.ORDER_SERVED
    assert walk.state.tracks["g1"].step is TrackStep.SUIT_FILED
    assert walk.state.stage is Stage.COURT
    walk.pass_days(20)
    walk.do(c.CheckCorrection, Role.TOWNSHIP_CASE, **(roads.STILL_OUT | other))
    walk.do(c.FileSuit, Role.TOWNSHIP_HEAD, **other, plaintiff="示例镇政府", document_no="诉-2")
    walk.do(c.RecordSuitAccepted, Role.TOWNSHIP_LAW, guardian="g1", court_case_no="民-1")
    assert (walk.state.tracks["g1"].step, walk.state.tracks["g2"].step) == (
        TrackStep.SUIT_ACCEPTED, TrackStep.SUIT_FILED,
    )  # fmt: skip
    walk.do(c.RecordReturn, Role.CLASS_TEACHER, returned_on=walk.today, **PROOF)
    assert {track.step for track in walk.state.tracks.values()} == {TrackStep.ENDED}


def test_a_proposal_against_one_guardian_is_none_against_the_other() -> None:
    """Each guardian's suit is put before the signer by itself."""
    walk = roads.expired()
    walk.do(c.ProposeAct, Role.TOWNSHIP_LAW, act="file_suit", guardian="g1", note="请起诉", **PROOF)
    assert set(walk.state.proposals) == {"file_suit:g1"}


def test_guardianship_that_changes_begins_or_ends_a_track() -> None:
    """A new guardian starts at the first step; one who is none any more drops out."""
    walk = roads.expired()
    change = {"relation": "祖父", "reason": "法院指定", **PROOF}
    walk.do(c.RecordGuardianChange, Role.TOWNSHIP_CASE, change=GuardianChange.ADDED, person="g3",
            **change)  # fmt: skip
    assert walk.state.tracks["g3"].step is TrackStep.PERSUADING
    walk.do(c.RecordGuardianChange, Role.TOWNSHIP_CASE, change=GuardianChange.REMOVED, person="g1",
            **change)  # fmt: skip
    assert walk.state.tracks["g1"].step is TrackStep.ENDED
    assert [guardian.ref for guardian in walk.state.guardians] == ["g2", "g3"]
    assert walk.refuse(
        c.RecordGuardianChange, Role.TOWNSHIP_CASE, change=GuardianChange.ADDED, person="g3",
        **change,
    ) == ["guardian_known"]  # fmt: skip


def test_a_paper_for_a_former_guardian_is_not_served_in_a_later_run() -> None:
    """Ordered, then no guardian any more, returned, relapsed: the old order finds no step to start."""
    walk = roads.issued()
    walk.do(c.RecordGuardianChange, Role.TOWNSHIP_CASE, change=GuardianChange.REMOVED, person="g1",
            relation="父亲", reason="法院判决", **PROOF)  # fmt: skip
    roads.monitoring(walk)
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, **absence(walk))
    assert walk.refuse(c.ServePaper, Role.TOWNSHIP_LAW, **roads.SERVICE) == ["wrong_step"]


def test_the_last_guardian_is_not_taken_away() -> None:
    """A child without any guardian is a matter of civil affairs, not of the four steps."""
    walk = Walk()
    walk.open(guardians=(GuardianRef(ref="g1", relation="父亲", is_primary=True),))
    assert walk.refuse(
        c.RecordGuardianChange, Role.TOWNSHIP_CASE, change=GuardianChange.REMOVED, person="g1",
        relation="父亲", reason="去世", **PROOF,
    ) == ["last_guardian"]  # fmt: skip


def test_the_schools_own_fault_is_settled_before_any_other_cause_is_found() -> None:
    """The bureau settles the school's matter; only then may the cause be found anew."""
    walk = roads.visited(roads.dropout(cause=Cause.SCHOOL))
    assert "school_matter" in duties(walk)
    anew = {"cause": Cause.WEARY, "reason": "学校已道歉，孩子仍不愿读", **PROOF}
    assert walk.refuse(c.RedetermineCause, Role.EDU_CASE, **anew) == ["school_matter_open"]
    assert walk.refuse(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP) == ["school_caused"]
    walk.do(c.SettleSchoolMatter, Role.EDU_HEAD, measures="约谈校长，责令改正", document_no="处-1",
            **PROOF)  # fmt: skip
    assert "school_matter" not in duties(walk)
    walk.do(c.RedetermineCause, Role.EDU_CASE, **anew)
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)


def test_illness_leaves_the_case_on_an_opinion_or_on_two_peoples_word_in_the_county() -> None:
    """YN-10a: neither the township's own word nor a correction within the township lifts the freeze."""
    anew = {"cause": Cause.WEARY, "reason": "走访后认为不是因病", **PROOF}
    walk = roads.visited(roads.dropout(cause=Cause.ILLNESS))
    assert walk.refuse(c.RedetermineCause, Role.TOWNSHIP_CASE, **anew) == ["county_decides"]
    walk.do(c.RedetermineCause, Role.EDU_HEAD, **anew)
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)
    assert "redetermine_cause" not in walk.state.proposals
    ill = roads.visited()
    ill.do(
        c.RedetermineCause, Role.TOWNSHIP_CASE, cause=Cause.ILLNESS, reason="提交了病历", **PROOF
    )
    ill.do(c.ProposeCorrection, Role.TOWNSHIP_CASE, fact="cause", value="weary", reason="录入有误",
           actor=actor(Role.TOWNSHIP_CASE, ill.state, "township_case-2"), **PROOF)  # fmt: skip
    (key,) = ill.state.corrections
    assert ill.refuse(c.ApproveCorrection, Role.TOWNSHIP_HEAD, correction=key) == ["county_decides"]
    ill.do(c.ApproveCorrection, Role.EDU_HEAD, correction=key)
    assert ill.state.cause is Cause.WEARY


def test_the_second_person_is_asked_for_only_where_the_freeze_is_lifted() -> None:
    """Another cause of the same standing is found by one; nothing is there to be put forward."""
    walk = roads.persuasion()
    kinds = {o.act for o in walk.options(Role.EDU_CASE) if o.kind == "propose_act"}
    assert "redetermine_cause" not in kinds
    asked = {"act": "redetermine_cause", "note": "请审批", **PROOF}
    assert walk.refuse(c.ProposeAct, Role.EDU_CASE, **asked) == ["not_proposable"]
    walk.do(c.RedetermineCause, Role.TOWNSHIP_CASE, cause=Cause.WORK, reason="走访查明", **PROOF)
    kinds = {o.act for o in roads.sick().options(Role.EDU_CASE) if o.kind == "propose_act"}
    assert "redetermine_cause" in kinds


@pytest.mark.parametrize(
    ("cause", "duty", "wrong", "right"),
    [
        (Cause.WORK, "refer", Department.MARKET, Department.LABOUR),
        (Cause.MARRIAGE, "refer", Department.LABOUR, Department.CIVIL_AFFAIRS),
        (Cause.RELIGION, "refer", Department.LABOUR, Department.RELIGIOUS_AFFAIRS),
        (Cause.HOME_SCHOOL, "refer", Department.HEALTH, Department.MARKET),
        (Cause.POVERTY, "refer", Department.POLICE, Department.CIVIL_AFFAIRS),
        (Cause.FAMILY, "refer", Department.MARKET, Department.WOMEN_FEDERATION),
    ],
)
def test_a_cause_of_another_department_is_referred_to_it(
    cause: Cause, duty: str, wrong: Department, right: Department
) -> None:
    """YN-5, JJ5-3: within days, to a department that is competent; the main line does not wait."""
    walk = roads.dropout(cause=cause)
    assert duty in duties(walk)
    walk.do(c.OpenReferral, Role.EDU_CASE, department=wrong, reason="协助", letter_no="转-1")
    assert duty in duties(walk)
    walk.do(c.OpenReferral, Role.EDU_CASE, department=right, reason="协助", letter_no="转-2")
    assert duty not in duties(walk)
    assert walk.state.stage is Stage.SUBJECT_PENDING


def test_a_cause_found_anew_asks_its_own_department() -> None:
    """Another cause, another department: the old duty is over, the new one waits for the right one."""
    walk = roads.dropout(cause=Cause.RELIGION)
    walk.do(c.RedetermineCause, Role.EDU_CASE, cause=Cause.POVERTY, reason="走访新查明", **PROOF)
    assert [o.duty for o in walk.state.live_obligations()].count("refer") == 1
    walk.do(c.OpenReferral, Role.EDU_CASE, department=Department.CIVIL_AFFAIRS, reason="救助",
            letter_no="转-1")  # fmt: skip
    assert "refer" not in duties(walk)


def test_no_deadline_tells_a_confidential_cause() -> None:
    """The village sees deadlines: the name of one must not say faith, marriage or child labour."""
    seen = set()
    for cause in (Cause.RELIGION, Cause.MARRIAGE, Cause.WORK, Cause.WEARY):
        walk = roads.dropout(cause=cause)
        seen |= {(o.duty, o.label) for o in walk.state.live_obligations()}
    assert {label for duty, label in seen if duty == "refer"} == {"转介有关部门"}
    words = "教婚工"
    assert not [label for _, label in seen if any(word in label for word in words)]


def test_each_referral_has_its_own_clock() -> None:
    """One answered does not answer for the other."""
    walk = roads.dropout()
    for department in (Department.POLICE, Department.HEALTH):
        walk.do(c.OpenReferral, Role.EDU_CASE, department=department, reason="协助",
                letter_no="转-1")  # fmt: skip
    walk.do(c.RecordFeedback, Role.EDU_CASE, referral="police-1", result="已查明")
    left = [o.about for o in walk.state.live_obligations() if o.duty == "referral_feedback"]
    assert left == ["health-2"]


def test_age_is_shown_and_decided_never_automatic() -> None:
    """On 31 August of the year of sixteen the case is flagged; the road goes on."""
    walk = Walk()
    walk.open(birth_on=date(2010, 1, 2), grade=9)
    roads.persuasion(roads.dropout(walk))
    walk.pass_days((date(2026, 8, 31) - walk.today).days)
    assert walk.state.aged_on is None
    walk.pass_days(1)
    assert (walk.state.aged_on, walk.state.stage) == (date(2026, 8, 31), Stage.PERSUASION)
    assert "decide_ageing" in duties(walk)
    walk.do(c.DecideAgeing, Role.EDU_HEAD, goes_on=True, note="继续劝返至毕业", **PROOF)
    assert "decide_ageing" not in duties(walk)
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)


def test_nobody_decides_about_age_before_it_has_come() -> None:
    """The act is grey until the flag is up."""
    assert roads.persuasion().refuse(
        c.DecideAgeing, Role.EDU_HEAD, goes_on=True, note="继续", **PROOF
    ) == ["not_aged"]


def test_the_first_step_is_shorter_after_a_relapse() -> None:
    """One joint visit and a week, where the first time asked for two visits and fifteen days."""
    walk = roads.monitoring()
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, **absence(walk))
    again = next(o for o in walk.state.live_obligations() if o.duty == "persuade_again")
    assert again.due_on == walk.today + timedelta(days=7)
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)


def test_a_relapse_no_township_has_signed_for_is_reported_and_verified_first() -> None:
    """Suspected, back, away again: no step, no guardian's track, everything to be found out anew."""
    for place in (roads.suspected, roads.verifying, roads.dropout, roads.assigned):
        walk = roads.monitoring(place())
        walk.pass_days(7)
        walk.do(c.ReportRelapse, Role.CLASS_TEACHER, **absence(walk))
        state = walk.state
        assert (state.stage, state.cause, state.party, state.conclusion) == (
            Stage.SUSPECTED, None, None, None,
        )  # fmt: skip
        assert not any(t.step is not TrackStep.ENDED for t in state.tracks.values())
        assert {"first_contact", "report_suspected"} <= duties(walk)
        roads.exhausted(roads.dropout(walk))
        assert walk.state.tracks["g1"].step is TrackStep.PERSUASION_FAILED
    signed = roads.monitoring(roads.persuasion())
    signed.do(c.ReportRelapse, Role.CLASS_TEACHER, **absence(signed))
    assert signed.state.stage is Stage.PERSUASION


def test_found_able_the_child_is_followed_and_persuasion_begins_anew() -> None:
    """Contact goes on, the township visits, an order of before is void; a served decision stands."""
    walk = roads.served()
    for ref, tale in (("served order", walk), ("decision", roads.decision_served())):
        tale.do(
            c.RedetermineCause, Role.EDU_CASE, cause=Cause.ILLNESS, reason="提交了病历", **PROOF
        )
        tale.do(c.BeginAssessment, Role.EDU_CASE, commission_no="委-1")
        tale.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=True, opinion_no="评-1", **PROOF)
        assert (tale.state.stage, tale.state.visits) == (Stage.PERSUASION, ()), ref
        assert {"keep_contact", "first_visit", "persuade"} <= duties(tale)
        tale.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
        expected = TrackStep.PERSUADING if tale is walk else TrackStep.PENALTY_SERVED
        assert tale.state.tracks["g1"].step is expected


def test_found_able_while_at_school_the_child_is_placed_and_nobody_is_persuaded() -> None:
    """The guardian disputes the opinion after the return: the way on is the placement."""
    walk = roads.deferred_by_law()
    walk.do(c.RecordReturn, Role.CLASS_TEACHER, returned_on=walk.today, **PROOF)
    walk.do(
        c.DisputeOpinion, Role.EDU_CASE, reason="家长认为可以随班", commission_no="委-2", **PROOF
    )
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=True, opinion_no="评-2", **PROOF)
    assert walk.state.stage is Stage.PLACEMENT
    assert {"place", "attend"} <= duties(walk)
    assert {track.step for track in walk.state.tracks.values()} == {TrackStep.ENDED}


def test_a_guardian_added_during_a_deferral_begins_the_first_step_when_it_ends() -> None:
    """The others go on where they stood, except under an order whose clock the deferral stopped."""
    walk = roads.served()
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    until = walk.today + timedelta(days=60)
    walk.do(c.Defer, Role.COUNTY_GROUP, deferral="policy", until=until, approval_no="批-1", **PROOF)
    walk.do(c.RecordGuardianChange, Role.TOWNSHIP_CASE, change=GuardianChange.ADDED, person="g3",
            relation="叔父", reason="法院指定", **PROOF)  # fmt: skip
    walk.pass_days(61)
    assert walk.state.stage is Stage.PERSUASION
    runs = {ref: (track.step, track.run) for ref, track in walk.state.tracks.items()}
    assert runs == {
        "g1": (TrackStep.PERSUADING, 2), "g2": (TrackStep.PERSUADING, 1),
        "g3": (TrackStep.PERSUADING, 1),
    }  # fmt: skip


def test_an_order_of_the_run_before_the_return_is_served_no_more() -> None:
    """Issued, never served; the child came back and left again: the new run has its own order."""
    walk = roads.monitoring(roads.issued())
    walk.pass_days(7)
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, **absence(walk))
    walk.do(c.RecordVisit, Role.TOWNSHIP_CASE, **roads.VISIT)
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)
    walk.do(c.OrderCorrection, Role.TOWNSHIP_CASE, **roads.DRAFT)
    walk.do(c.ApproveCorrectionOrder, Role.TOWNSHIP_HEAD, guardian="g1")
    assert walk.refuse(c.ServePaper, Role.TOWNSHIP_LAW, **roads.SERVICE) == ["order_of_before"]
    again = roads.SERVICE | {"paper": "correction_order-2"}
    walk.do(c.ServePaper, Role.TOWNSHIP_LAW, **again)


def test_a_guardian_may_dispute_the_committees_opinion() -> None:
    """残疾人教育条例 21: commissioned again, the deferral falls and the steps stay frozen."""
    walk = roads.assessment()
    opinion = {"opinion_no": "评-1", **PROOF}
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=False, until=date(2026, 6, 1), **opinion)
    assert "aid_hand_over" in duties(walk)
    dispute = {"reason": "家长认为可以随班", "commission_no": "委-2"}
    assert walk.refuse(c.DisputeOpinion, Role.EDU_CASE, **dispute) == ["evidence_missing"]
    walk.do(c.DisputeOpinion, Role.EDU_CASE, **dispute, **PROOF)
    assert (walk.state.stage, walk.state.assessed_able, walk.state.deferral) == (
        Stage.ASSESSMENT, None, None,
    )  # fmt: skip
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=True, **opinion)
    assert walk.state.stage is Stage.PERSUASION


def test_unable_to_learn_is_handed_to_relief() -> None:
    """YN-10c: a statutory deferral comes with relief, by civil affairs or the federation."""
    walk = roads.assessment()
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=False, until=date(2026, 6, 1),
            opinion_no="评-1", **PROOF)  # fmt: skip
    walk.do(c.OpenReferral, Role.EDU_CASE, department=Department.DISABLED_FEDERATION,
            reason="纳入救助", letter_no="救-1")  # fmt: skip
    assert "aid_hand_over" not in duties(walk)


def test_where_the_four_steps_are_not_ordered_nobody_is_pressed_to_escalate() -> None:
    """中阳: no duty to draft an order; the order itself stays lawful (decision 0011)."""
    walk = Walk(policy=policy(four_steps=False))
    walk.open()
    roads.exhausted(roads.dropout(walk))
    assert "draft_order" not in duties(walk)
    walk.do(c.OrderCorrection, Role.TOWNSHIP_CASE, **roads.DRAFT)


def test_a_remedy_can_be_recorded_wherever_the_case_has_gone() -> None:
    """After a return and beside a civil suit; revoked, the suit stands by itself."""
    walk = roads.unperformed()
    walk.do(c.FileSuit, Role.TOWNSHIP_HEAD, guardian="g1", plaintiff="示例镇政府",
            document_no="诉-1")  # fmt: skip
    remedy = {"guardian": "g1", "remedy": "review", "body": "示例县政府"}
    walk.do(c.OpenRemedy, Role.TOWNSHIP_LAW, **remedy)
    walk.do(c.CloseRemedy, Role.TOWNSHIP_LAW, guardian="g1", outcome="revoked", document_no="复-1")
    track = walk.state.tracks["g1"]
    assert (track.step, track.penalty_decided_on) == (TrackStep.SUIT_FILED, None)
    back = roads.decision_served()
    back.do(c.RecordReturn, Role.CLASS_TEACHER, returned_on=back.today, **PROOF)
    back.do(c.OpenRemedy, Role.TOWNSHIP_LAW, **remedy)
    assert back.state.tracks["g1"].remedy is not None


def test_an_overdue_duty_is_missed_once_and_pressed_upwards() -> None:
    """The referral nobody answers climbs, and the main line walks on."""
    walk = roads.dropout()
    walk.do(c.OpenReferral, Role.EDU_CASE, department=Department.POLICE, reason="协助",
            letter_no="转-1")  # fmt: skip
    walk.pass_days(40)
    missed = [o for o in walk.state.live_obligations() if o.duty == "referral_feedback"]
    assert [o.status for o in missed] == [DutyStatus.MISSED]
    assert any(o.escalates == missed[0].key for o in walk.state.live_obligations())


def test_the_school_roll_is_marked_within_days_of_the_verification() -> None:
    """ZY-2.3b: the registrar marks the roll; 其他离校 needs its reason in words."""
    walk = roads.verifying()
    walk.do(c.Verify, Role.PRINCIPAL, conclusion="dropout", cause="weary", whereabouts="at_home")
    assert "mark_roll" in duties(walk)
    other = {"mark": "other", "receipt_no": "标-1"}
    assert walk.refuse(c.MarkRoll, Role.REGISTRAR, **other) == ["roll_reason_missing"]
    walk.do(c.MarkRoll, Role.REGISTRAR, mark="dropout", receipt_no="标-1")
    assert "mark_roll" not in duties(walk)


def test_teaching_at_home_comes_round_and_is_signed_at_home() -> None:
    """DC-2.6c: lessons at home every fortnight, each with its proof; no other way is taught so."""
    walk = roads.assessment()
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=True, opinion_no="评-1", **PROOF)
    walk.do(c.Place, Role.PRINCIPAL, way=PlacementWay.HOME_TEACHING, school=SCHOOL,
            plan="每周两次送教")  # fmt: skip
    lesson = {"lessons": 2, "teachers": ("甲乙",), "content": "语文", "signed_by": "祖母"}
    walk.pass_days(7)
    since = walk.today - timedelta(days=7)
    days = walk.calendar.school_days_between(since, walk.today, SCHOOL)
    walk.do(c.ConfirmAttendance, Role.PRINCIPAL, attending_since=since, school_days=days, **PROOF)
    assert "teach_at_home" in duties(walk)
    assert walk.refuse(c.RecordHomeTeaching, Role.CLASS_TEACHER, **lesson) == ["evidence_missing"]
    walk.do(c.RecordHomeTeaching, Role.CLASS_TEACHER, **lesson, **PROOF)
    (again,) = [o for o in walk.state.live_obligations() if o.duty == "teach_at_home"]
    assert again.due_on == walk.today + timedelta(days=14)
    assert roads.monitoring().refuse(
        c.RecordHomeTeaching, Role.CLASS_TEACHER, **lesson, **PROOF
    ) == ["not_home_taught"]


def test_a_school_too_far_away_is_the_bureaus_matter_and_bars_no_step() -> None:
    """YN-5.6c: the closing of a school is answered by the bureau; the guardian's duty stays."""
    walk = roads.visited(roads.dropout(cause=Cause.DISTANCE))
    assert "school_matter" in duties(walk)
    walk.do(c.SettleSchoolMatter, Role.EDU_HEAD, measures="安排寄宿和校车", document_no="处-1",
            **PROOF)  # fmt: skip
    walk.do(c.EndPersuasion, Role.TOWNSHIP_HEAD, **roads.GIVE_UP)


def test_a_child_at_work_in_another_province_is_reported_through_the_province() -> None:
    """YN-5.13b: labour inspection of the province, not the county's letter."""
    walk = roads.dropout(cause=Cause.WORK, whereabouts=Whereabouts.OUT_OF_PROVINCE)
    said = {"department": Department.LABOUR, "reason": "疑似童工", "letter_no": "转-1"}
    assert walk.refuse(c.OpenReferral, Role.EDU_CASE, **said) == ["route_wrong"]
    walk.do(c.OpenReferral, Role.EDU_CASE, route=LetterRoute.PROVINCE, **said)
    assert "refer" not in duties(walk)


def test_what_was_done_for_the_child_is_recorded_and_scores_nobody() -> None:
    """Pairing, tutoring, counselling: records of the case, before and after the return."""
    for walk in (roads.persuasion(), roads.monitoring()):
        walk.do(c.RecordSupport, Role.CLASS_TEACHER, support="counselling", by="心理教师",
                content="谈话一次，情绪平稳")  # fmt: skip
        assert walk.events[-1].kind == "support_recorded"


def test_a_child_without_any_guardian_is_a_case_and_a_matter_of_civil_affairs() -> None:
    """Nobody to order: no step is open, persuasion and return are; a guardian found starts a track."""
    walk = Walk()
    walk.open(guardians=())
    roads.persuasion(roads.dropout(walk))
    assert "find_guardian" in duties(walk)
    assert walk.state.tracks == {}
    assert owner(walk.state).role is Role.TOWNSHIP_CASE
    walk.do(c.OpenReferral, Role.EDU_CASE, department=Department.CIVIL_AFFAIRS,
            reason="确定监护人", letter_no="转-1")  # fmt: skip
    assert "find_guardian" not in duties(walk)
    walk.do(c.RecordGuardianChange, Role.TOWNSHIP_CASE, change=GuardianChange.ADDED, person="g9",
            relation="叔父", reason="村委会指定", **PROOF)  # fmt: skip
    assert walk.state.tracks["g9"].step is TrackStep.PERSUADING
