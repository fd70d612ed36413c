"""The joint meeting, inspections, measures, plans and refusals over HTTP and on the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from activities.periodic import PeriodicActivities
from models.words import Role
from tests.console.town import COUNTY, Case, Town
from tests.supervision.conftest import Guixue


async def judged(town: Town, duty: str, later: timedelta = timedelta()) -> Any:
    return await PeriodicActivities(town.engine, lambda: town.now() + later).judge_periodic(duty)


async def post(
    town: Town, path: str, body: Any, role: Role, office: str = COUNTY, key: str | None = None
) -> Any:
    head = town.bearer(role, office) | {"Idempotency-Key": key or town.key()}
    return await town.http.post(path, json=body, headers=head)


async def get(town: Town, path: str, role: Role = Role.SUPERVISOR, office: str = COUNTY) -> Any:
    answer = await town.http.get(path, headers=town.bearer(role, office))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def status_of(town: Town, duty: str, office: str = COUNTY) -> list[str]:
    duties = (await get(town, f"/api/supervision/duties?duty={duty}&limit=2000"))["duties"]
    today = str(town.today)
    return [
        row["status"]
        for row in duties
        if row["office"] == office and row["opens_on"] <= today <= row["due_at"][:10]
    ]


def meeting(town: Town, **more: Any) -> dict[str, Any]:
    known = {"held_on": str(town.today), "chair": "县长", "attendees": ["县教体局", "县公安局"],
             "minutes_ref": "县控辍纪〔2026〕1号", "matters": []}  # fmt: skip
    return known | more


async def test_a_meeting_with_minutes_is_the_duty_done_and_its_decisions_are_followed(
    case: Case, guixue: Guixue
) -> None:
    """The round is met by the minutes; a decision is open, then overdue on the agenda, then done."""
    town = case.town
    await judged(town, "council")
    assert await status_of(town, "council") == ["open"]
    due = str(town.today + timedelta(days=5))
    body = meeting(town, matters=[
        {"case_no": case.no, "decision": "公安协助查找", "office": COUNTY, "due_on": due},
        {"matter": "校车线路", "decision": "增开一班", "office": COUNTY},
    ])  # fmt: skip
    key = town.key()
    refused = await post(town, "/api/council/meetings", body, Role.PRINCIPAL, case.child.school)
    assert refused.status_code == 403
    first = await post(town, "/api/council/meetings", body, Role.COUNTY_GROUP, key=key)
    again = await post(town, "/api/council/meetings", body, Role.COUNTY_GROUP, key=key)
    assert (first.status_code, first.json()["duties_settled"]) == (201, 1), first.text
    assert (again.json()["id"], again.json()["duties_settled"]) == (first.json()["id"], 0)
    assert len(again.json()["decisions"]) == 2
    other = await post(
        town, "/api/council/meetings", body | {"minutes_ref": "另一份"}, Role.COUNTY_GROUP, key=key
    )
    assert other.json()["code"] == "request_id_reused"
    assert await status_of(town, "council") == ["met"]
    assert (await judged(town, "council")).met == 0
    town.later = timedelta(days=10)
    try:
        late = (await get(town, "/api/council/decisions?status=overdue"))["decisions"]
        assert [(row["case_no"], row["decision"]) for row in late] == [(case.no, "公安协助查找")]
        items = (await get(town, "/api/supervision/council"))["items"]
        assert ("会议决定逾期", case.no) in {(each["why"], each["case_no"]) for each in items}
        path = f"/api/council/decisions/{first.json()['id']}/1/done"
        done = await post(town, path, {"note": "已找到"}, Role.COUNTY_GROUP)
        assert (done.status_code, done.json()["status"]) == (200, "done")
        assert (await get(town, "/api/council/decisions?status=overdue"))["decisions"] == []
    finally:
        town.later = timedelta()
    said = await guixue("council", "decisions", "--json")
    assert {row["status"] for row in json.loads(said.out)} == {"open", "done"}
    assert "校车线路" in (await guixue("council", "decisions", "--status", "open")).out
    wrong = await guixue("council", "decisions", "--status", "x")
    assert (wrong.code, "overdue" in wrong.err) == (1, True)
    assert (await guixue("council", "--json")).code == 0


async def test_a_meeting_is_refused_where_it_cannot_be(case: Case) -> None:
    """Tomorrow's meeting, an unknown case, a deadline before the meeting: nothing is written."""
    town = case.town
    before = len((await get(town, "/api/council/meetings"))["meetings"])
    early = str(town.today - timedelta(days=1))
    for wrong in (
        meeting(town, held_on=str(town.today + timedelta(days=1))),
        meeting(
            town, matters=[{"case_no": "990101-1999-00001", "decision": "查找", "office": "x"}]
        ),
        meeting(
            town, matters=[{"matter": "线路", "decision": "增开", "office": "x", "due_on": early}]
        ),
        meeting(town, matters=[{"decision": "增开", "office": "x"}]),
        meeting(town, minutes_ref=""),
    ):
        answer = await post(town, "/api/council/meetings", wrong, Role.EDU_CASE)
        assert answer.status_code in (404, 422)
    assert len((await get(town, "/api/council/meetings"))["meetings"]) == before


async def test_the_members_of_the_meeting_are_named_by_day(town: Town) -> None:
    """列明成员 (YN-11a): who sat for a department on a day; the county's roles only."""
    body = {"department": "县公安局", "person": "赵一", "since": "2026-01-01"}
    made = await post(town, "/api/council/members", body, Role.COUNTY_GROUP)
    path = f"/api/council/members/{made.json()['id']}/end"
    assert (await post(town, path, {"until": "2026-06-01"}, Role.COUNTY_GROUP)).status_code == 200

    async def on(day: str) -> list[str]:
        found = (await get(town, f"/api/council/members?on={day}"))["members"]
        return [row["person"] for row in found]

    assert (await on("2026-05-31"), await on("2026-06-01")) == (["赵一"], [])
    school = town.county.schools[0].code
    assert (await get(town, "/api/council/members?on=2026-05-31", Role.PRINCIPAL, school)) == {
        "members": []
    }


def inspection(town: Town, school: str, **more: Any) -> dict[str, Any]:
    known = {"school": school, "inspected_on": str(town.today), "inspectors": ["督一", "督二"],
             "attendance_percent": "98.50", "is_ledger_sampled": True, "problems": []}  # fmt: skip
    return known | more


async def test_an_inspection_is_the_duty_done_and_its_problems_wait_for_another_hand(
    case: Case, guixue: Guixue
) -> None:
    """The county's round is met; the deadline runs out; the school cannot close it, evidence can."""
    town, school = case.town, str(case.child.school)
    await judged(town, "inspection")
    assert await status_of(town, "inspection") == ["open"]
    due = str(town.today + timedelta(days=7))
    body = inspection(town, school, problems=["点名册缺两天"], rectify_by=due)
    made = await post(town, "/api/inspections", body, Role.SUPERVISOR)
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["duties_settled"] >= 1) == ("open", True)
    assert await status_of(town, "inspection") == ["met"]
    path = f"/api/inspections/{made.json()['id']}/close"
    town.later = timedelta(days=9)
    try:
        late = await get(town, "/api/inspections?is_overdue=true")
        assert [row["school"] for row in late["inspections"]] == [school]
        items = (await get(town, "/api/supervision/council"))["items"]
        assert "督导整改逾期" in {each["why"] for each in items}
        own = await get(town, "/api/inspections?is_overdue=true", Role.PRINCIPAL, school)
        assert len(own["inspections"]) == 1
        evidence = {"evidence": "补齐点名册照片 证1"}
        assert (await post(town, path, evidence, Role.PRINCIPAL, school)).status_code == 403
        done = await post(town, path, evidence, Role.SUPERVISOR)
        assert (done.json()["status"], done.json()["evidence"]) == ("closed", "补齐点名册照片 证1")
        again = await post(town, path, {"evidence": "另一份"}, Role.SUPERVISOR)
        assert again.json()["evidence"] == "补齐点名册照片 证1"
        assert (await get(town, "/api/inspections?is_overdue=true"))["inspections"] == []
    finally:
        town.later = timedelta()
    said = await guixue("inspections", "list", "--json")
    assert "closed" in {row["status"] for row in json.loads(said.out)}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"inspectors": ["督一"]}, "两人"),
        ({"inspectors": ["督一", "督一"]}, "两人"),
        ({"problems": ["缺台账"]}, "整改期限"),
        ({"rectify_by": "2030-01-01"}, "整改期限"),
        ({"inspected_on": "2099-01-01"}, "今天"),
        ({"problems": ["缺台账"], "rectify_by": "2020-01-01"}, "早于"),
    ],
)
async def test_a_form_that_is_not_whole_is_refused(
    town: Town, change: dict[str, Any], word: str
) -> None:
    body = inspection(town, town.county.schools[0].code) | change
    answer = await post(town, "/api/inspections", body, Role.SUPERVISOR)
    assert (answer.status_code, word in answer.json()["detail"]) == (422, True)


async def test_a_responsible_inspector_may_come_alone(town: Town) -> None:
    """责任督学 alone is enough; a school of another county is not found."""
    alone = {"inspectors": ["督学一"], "is_responsible_inspector": True}
    body = inspection(town, town.county.schools[0].code, **alone)
    assert (await post(town, "/api/inspections", body, Role.SUPERVISOR)).status_code == 201
    away = inspection(town, "9902020001", **alone)
    assert (await post(town, "/api/inspections", away, Role.SUPERVISOR)).status_code == 404


async def test_measures_are_recorded_about_a_confirmed_clue_and_stay(case: Case) -> None:
    """YN-15: only what an organ did, only by the inspectorate, only once found true, never changed."""
    town = case.town
    await judged(town, "bulletin")
    town.later = timedelta(days=400)
    try:
        await judged(town, "bulletin")
        found = (await get(town, "/api/supervision/clues?limit=1000"))["clues"]
        clue = next(clue for clue in found if clue["label"] == "工作通报")
        path = f"/api/supervision/clues/{clue['id']}"
        body = {"measure": "talk", "organ": "县政府教育督导室", "document_no": "督约〔2026〕1号",
                "decided_on": clue["missed_on"]}  # fmt: skip
        early = await post(town, f"{path}/measures", body, Role.SUPERVISOR)
        assert early.json()["code"] == "clue_not_confirmed"
        confirm = {"status": "confirmed", "reason": "经核属实"}
        await post(town, f"{path}/decisions", confirm, Role.SUPERVISOR)
        assert (await get(town, f"{path}/measures"))["measures"] == []
        assert (await post(town, f"{path}/measures", body, Role.EDU_HEAD)).status_code == 403
        key = town.key()
        for _ in range(2):
            made = await post(town, f"{path}/measures", body, Role.COUNTY_GROUP, key=key)
            assert made.status_code == 201, made.text
        assert [(m["label"], m["document_no"]) for m in made.json()["measures"]] == [
            ("约谈", "督约〔2026〕1号")
        ]
        odd = await post(town, f"{path}/measures", body | {"measure": "fine"}, Role.SUPERVISOR)
        assert odd.status_code == 422
    finally:
        town.later = timedelta()
    for statement in ("delete from clue_measure", "update clue_measure set organ = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with town.engine.begin() as connection:
                await connection.execute(text(statement))


async def test_the_missing_plans_are_those_nobody_recorded(case: Case, guixue: Guixue) -> None:
    """One for the county, each school and each open case (YN-9a); the list shrinks by what comes."""
    town, school = case.town, str(case.child.school)
    year = int((await get(town, "/api/plans", Role.EDU_CASE))["school_year"])

    async def missing(role: Role = Role.EDU_CASE, office: str = COUNTY) -> set[tuple[str, str]]:
        found = (await get(town, f"/api/plans?school_year={year}", role, office))["missing"]
        return {(row["level"], row["case_no"] or row["office"]) for row in found}

    ours = {("county", COUNTY), ("school", school), ("person", case.no)}
    before = await missing()
    assert ours <= before
    assert ("county", COUNTY) not in await missing(Role.PRINCIPAL, school)
    plan = {"school_year": year, "attachment_ref": "附件1", "approved_by": "局长",
            "approved_on": str(town.today)}  # fmt: skip
    for body, role, office in (
        ({"level": "county"}, Role.EDU_CASE, COUNTY),
        ({"level": "school", "office": school}, Role.PRINCIPAL, school),
        ({"level": "person", "case_no": case.no}, Role.PRINCIPAL, school),
    ):
        answer = await post(town, "/api/plans", plan | body, role, office)
        assert answer.status_code == 201, answer.text
    assert await missing() == before - ours
    other = next(s.code for s in town.county.schools if s.code != school)
    wrong = await post(
        town, "/api/plans", plan | {"level": "school", "office": other}, Role.PRINCIPAL, school
    )
    assert wrong.status_code == 403
    token = town.bearer(Role.EDU_CASE, COUNTY)["Authorization"].removeprefix("Bearer ")
    said = await guixue("plans", "missing", "--year", str(year), "--json", "--token", token)
    assert {(r["level"], r["case_no"] or r["office"]) for r in json.loads(said.out)} == (
        before - ours
    )


async def test_a_school_that_refuses_a_pupil_is_on_the_agenda_until_the_county_settles_it(
    town: Town, guixue: Guixue
) -> None:
    """无条件接收片区学生 (DC-2.4.2a): the refusal is an exception reported to the county."""
    child = town.children[0]
    school = next(s.code for s in town.county.schools if s.code != child.school)
    body = {"school": school, "roll_no": child.roll_no, "refused_on": str(town.today),
            "reason": "称学位已满"}  # fmt: skip
    teacher = await post(
        town, "/api/refused-admissions", body, Role.CLASS_TEACHER, str(child.school)
    )
    assert teacher.status_code == 403
    made = await post(town, "/api/refused-admissions", body, Role.PRINCIPAL, str(child.school))
    assert made.status_code == 201, made.text
    assert (made.json()["child_ref"], child.name in made.text) == (str(child.ref), False)
    unknown = await post(
        town, "/api/refused-admissions", body | {"roll_no": "G000000000000000000"}, Role.EDU_CASE
    )
    assert unknown.status_code == 404

    async def waiting() -> bool:
        items = (await get(town, "/api/supervision/council"))["items"]
        return "学校拒收片区学生" in {each["why"] for each in items}

    assert await waiting()
    assert "学校拒收片区学生" in (await guixue("council")).out
    path = f"/api/refused-admissions/{made.json()['id']}/settle"
    result = {"result": "责成学校当日接收"}
    assert (await post(town, path, result, Role.PRINCIPAL, school)).status_code == 403
    settled = await post(town, path, result, Role.EDU_CASE)
    assert (settled.json()["result"], await waiting()) == ("责成学校当日接收", False)
