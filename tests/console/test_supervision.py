"""Supervision over HTTP: clues, periodic duties, the agenda, previews; each within its scope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.periodic import PeriodicActivities
from models.words import Role
from tests.console.town import COUNTY, Case, Town


async def judged(town: Town, duty: str, later: timedelta = timedelta()) -> Any:
    return await PeriodicActivities(town.engine, lambda: datetime.now(UTC) + later).judge_periodic(
        duty
    )


async def get(town: Town, path: str, role: Role, office: str = COUNTY) -> Any:
    answer = await town.http.get(path, headers=town.bearer(role, office))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def begun(town: Town) -> Town:
    """A county that has begun to use the system: duties count from its first case."""
    await town.case()
    return town


async def test_a_missed_meeting_is_one_clue_however_often_it_is_judged(begun: Town) -> None:
    """The quarter passes without a joint meeting: one clue for the county group, not two."""
    await judged(begun, "council")
    later = timedelta(days=200)
    first = await judged(begun, "council", later)
    again = await judged(begun, "council", later)
    assert first.missed >= 1
    assert (again.missed, again.opened) == (0, 0)
    found = (await get(begun, "/api/supervision/clues", Role.SUPERVISOR))["clues"]
    meetings = [clue for clue in found if clue["label"] == "联席会议"]
    assert len(meetings) == first.missed
    assert {clue["role"] for clue in meetings} == {"county_group"}


async def test_a_duty_is_recorded_by_who_owes_it_with_its_paper(begun: Town) -> None:
    """The minutes prove the meeting; somebody else's word does not; twice changes nothing."""
    await judged(begun, "bulletin")
    (row, *_) = (await get(begun, "/api/supervision/duties?duty=bulletin", Role.EDU_HEAD))["duties"]
    path = f"/api/supervision/duties/bulletin/{row['office']}/{row['period']}"
    said = {"proof": "示教通〔2026〕3号"}
    wrong = await begun.http.post(path, json=said, headers=begun.bearer(Role.EDU_CASE, COUNTY))
    assert wrong.status_code == 403
    for proof in ("示教通〔2026〕3号", "示教通〔2026〕9号"):
        answer = await begun.http.post(
            path, json={"proof": proof}, headers=begun.bearer(Role.EDU_HEAD, COUNTY)
        )
        assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["proof"]) == ("met", "示教通〔2026〕3号")


async def test_what_the_system_sees_itself_nobody_can_tick_off(begun: Town) -> None:
    """Attendance is proved by attendance."""
    answer = await begun.http.post(
        "/api/supervision/duties/attendance/9901010001/2026-09-01", json={"proof": "填了"},
        headers=begun.bearer(Role.CLASS_TEACHER, "9901010001"),
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (422, "not_by_hand")


async def test_only_the_inspectorate_weighs_a_clue_and_every_decision_stays(begun: Town) -> None:
    """Excused with its code, then found to be true: both decisions are kept, the last holds."""
    await judged(begun, "inspection")
    await judged(begun, "inspection", timedelta(days=400))
    found = (await get(begun, "/api/supervision/clues?limit=1000", Role.SUPERVISOR))["clues"]
    clue = next(clue for clue in found if clue["label"] == "督导检查")
    path = f"/api/supervision/clues/{clue['id']}/decisions"
    excuse = {"status": "excused", "excuse": "holiday", "reason": "假期顺延"}
    refused = await begun.http.post(path, json=excuse, headers=begun.bearer(Role.EDU_HEAD, COUNTY))
    assert refused.status_code == 403
    head = begun.bearer(Role.SUPERVISOR, COUNTY)
    bare = await begun.http.post(path, json={"status": "excused", "reason": "假期"}, headers=head)
    assert bare.status_code == 422
    await begun.http.post(path, json=excuse, headers=head)
    answer = await begun.http.post(
        path, json={"status": "confirmed", "reason": "经核属实"}, headers=head
    )
    assert [d["status"] for d in answer.json()["decisions"]] == ["excused", "confirmed"]


async def test_a_school_sees_its_own_duties_only(begun: Town) -> None:
    """Scope: the school its own, the township its schools', the county all."""
    await judged(begun, "first_week")
    schools = sorted(school.code for school in begun.county.schools if school.county == COUNTY)
    own = (await get(begun, "/api/supervision/duties?limit=2000", Role.PRINCIPAL, schools[0]))[
        "duties"
    ]
    assert {row["office"] for row in own} <= {schools[0]}
    everything = (await get(begun, "/api/supervision/duties?limit=2000", Role.SUPERVISOR))["duties"]
    assert len({row["office"] for row in everything}) > 1


async def test_a_preview_writes_nothing_and_says_what_moves(case: Case) -> None:
    """The return is shown with its clocks; the case stays at its revision."""
    town = case.town
    await case.do(Role.CLASS_TEACHER, "contact_guardian", method="电话", was_reached=True)
    before = await case.revision()
    body = {"kind": "record_return", "happened_on": str(town.today),
            "returned_on": str(town.today), "evidence": ["考勤-1"]}  # fmt: skip
    head = case.as_(Role.CLASS_TEACHER)
    answer = await town.http.post(f"/api/cases/{case.no}/preview", json=body, headers=head)
    said = answer.json()
    assert (answer.status_code, said["is_allowed"]) == (200, True)
    assert "作出分类安置" in {move["label"] for move in said["opened"]}
    refused = await town.http.post(
        f"/api/cases/{case.no}/preview",
        json={"kind": "report_relapse", "happened_on": str(town.today), "absent_days": 3,
              "absent_since": str(town.today)},
        headers=head,
    )  # fmt: skip
    assert refused.json()["is_allowed"] is False
    assert await case.revision() == before


async def test_rules_are_compared_and_facts_listed(case: Case) -> None:
    """What may be corrected stands with its value; the rules of the case beside those in force."""
    facts = (await case.get("/correctable")).json()["facts"]
    assert {"fact": "absent_days", "label": "缺勤天数", "part": "", "value": "3"} in facts
    rules = (await case.get("/rules")).json()
    assert (rules["case"], rules["differences"]) == (rules["in_force"], [])


async def test_an_unknown_snapshot_cannot_be_previewed(case: Case) -> None:
    """The hash must be one that was given out."""
    body = {"kind": "propose_act", "act": "adopt_policy", "note": "采用新规则",
            "policy_sha": "0" * 64, "evidence": ["请示"], "happened_on": str(case.town.today)}  # fmt: skip
    answer = await case.town.http.post(
        f"/api/cases/{case.no}/preview", json=body, headers=case.as_(Role.EDU_CASE)
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "rules_not_loaded")


async def test_the_village_reads_no_facts_and_the_school_no_agenda(case: Case) -> None:
    """What is confidential leaks neither by the list of facts nor by a department's name."""
    assert (await case.get("/correctable", role=Role.VILLAGE)).status_code == 403
    village = case.as_(Role.VILLAGE)
    for path in ("/api/inspections", "/api/supervision/clues"):
        assert (await case.town.http.get(path, headers=village)).status_code == 403
    head = case.as_(Role.PRINCIPAL)
    answer = await case.town.http.get("/api/supervision/council", headers=head)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_nul_in_a_reason_is_refused_in_words(begun: Town) -> None:
    """A character the database cannot hold is the writer's mistake, not a fault of the server."""
    path = "/api/supervision/clues/00000000-0000-4000-8000-000000000000/decisions"
    body = {"status": "dismissed", "reason": "不\u0000成立"}
    answer = await begun.http.post(path, json=body, headers=begun.bearer(Role.SUPERVISOR, COUNTY))
    assert answer.status_code == 422
