"""The door: who is let in, and what is said to the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from access import tokens
from models.people import Actor
from models.words import Role
from tests.console.town import COUNTY, Case, Town

PROBLEM = "application/problem+json"
READS = (
    "/api/cases", "/api/cases/990101-2026-00001", "/api/cases/990101-2026-00001/events",
    "/api/supervision/stalled", "/api/papers/00000000-0000-4000-8000-000000000000.pdf",
)  # fmt: skip


def signed(key: bytes, days: int = 30, role: Role = Role.EDU_CASE) -> str:
    actor = Actor(id="甲", role=role, office=COUNTY)
    return tokens.issue(key, actor, datetime.now(UTC) - timedelta(days=31), days=days)


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    "authorization",
    [
        None, "", "Bearer", "Bearer ", "Bearer x.y.z", "Basic eDp5",
        f"Bearer {signed(bytes(32), 60)}", "forged", "expired",
    ],
    ids=["none", "empty", "bare", "blank", "words", "basic", "of_another_key", "forged", "expired"],
)  # fmt: skip
async def test_without_a_token_that_holds_nothing_is_shown(
    town: Town, path: str, authorization: str | None
) -> None:
    """No token, a forged one, an expired one: 401, and where to get one."""
    if authorization == "expired":
        key = (town.settings.home / "secrets" / "token-key").read_bytes()
        authorization = f"Bearer {signed(key, 30)}"
    head = {} if authorization is None else {"Authorization": authorization}
    answer = await town.http.get(path, headers=head)
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["title"] == "请先登录"


async def test_a_stage_nobody_knows_is_no_filter(town: Town) -> None:
    """An empty list would say that there are no such cases."""
    head = town.bearer(Role.EDU_CASE, COUNTY)
    wrong = await town.http.get("/api/cases?stage=nope", headers=head)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "stage")
    assert (await town.http.get("/api/cases?stage=suspected", headers=head)).status_code == 200


async def test_another_school_is_forbidden_and_an_unknown_number_not_found(case: Case) -> None:
    """A case outside the scope is 403 everywhere; a number that is not given is 404."""
    schools = {s.code for s in case.town.county.schools} - {case.child.school}
    stranger = case.town.bearer(Role.PRINCIPAL, schools.pop())
    for path in ("", "/actions", "/events", "/obligations", "/papers"):
        answer = await case.town.http.get(f"/api/cases/{case.no}{path}", headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert case.child.name not in answer.text
    answer = await case.town.http.post(
        f"/api/cases/{case.no}/commands",
        headers=stranger | {"Idempotency-Key": case.town.key(), "If-Match": "1"},
        json={"kind": "report_to_school", "happened_on": str(case.town.today)},
    )
    assert answer.status_code == 403
    answer = await case.town.http.get("/api/cases/990101-2026-99999", headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_experts_see_a_case_while_they_assess_it_and_no_file(town: Town) -> None:
    """Child, school and their own deadline, and the one act that is theirs; nothing of the road."""
    case = await town.case()
    await case.to_the_order(cause="illness")
    head = town.bearer(Role.COMMITTEE, COUNTY)
    assert (await case.get(role=Role.COMMITTEE)).status_code == 403
    await case.do(Role.EDU_CASE, "begin_assessment", commission_no="委-1")
    listed = (await town.http.get("/api/cases", headers=head)).json()["cases"]
    shown = (await case.get(role=Role.COMMITTEE)).json()
    assert [line["case_no"] for line in listed] == [case.no]
    assert (shown["child_name"], shown["tracks"]) == (case.child.name, [])
    assert [duty["label"] for duty in shown["obligations"]] == ["取得评估意见"]
    actions = (await case.get("/actions", Role.COMMITTEE)).json()["actions"]
    assert [one["kind"] for one in actions] == ["conclude_assessment"]
    for path in ("/events", "/papers", "/attachments", "/correctable", "/responsible", "/leads"):
        assert (await case.get(path, Role.COMMITTEE)).status_code in (403, 404), path
    stalled = await town.http.get("/api/supervision/stalled", headers=head)
    assert stalled.json() == {"cases": []}


async def test_the_administrator_and_the_committee_do_not_see_a_case(case: Case) -> None:
    """Roles without case content do not find it in a list and stand before a closed door."""
    for role in (Role.PLATFORM_ADMIN, Role.COMMITTEE):
        head = case.town.bearer(role, COUNTY)
        listed = await case.town.http.get("/api/cases", headers=head)
        assert case.no not in listed.text
        assert role is Role.COMMITTEE or listed.json() == {"cases": [], "next": None}
        shown = await case.town.http.get(f"/api/cases/{case.no}", headers=head)
        assert shown.status_code == 403


async def test_the_village_reads_neither_events_nor_papers(case: Case) -> None:
    """It sees that there is a case and its tasks, but neither free text nor the legal file."""
    for path, status in (("", 200), ("/obligations", 200), ("/events", 403), ("/papers", 403)):
        answer = await case.get(path, Role.VILLAGE)
        assert answer.status_code == status, path
    pdf = "/api/papers/00000000-0000-4000-8000-000000000000.pdf"
    answer = await case.town.http.get(pdf, headers=case.as_(Role.VILLAGE))
    assert answer.status_code == 403


async def test_the_village_reads_no_deadline_of_school_or_county_no_refusal_clue_or_decision(
    case: Case,
) -> None:
    """A committee's deadline, why a school refused a child, a clue's subject, what a meeting settled: each may tell of health."""
    duties = (await case.get("/obligations", Role.EDU_CASE)).json()["obligations"]
    assert {duty["owner"]["role"] for duty in duties} - {"township_case"}
    for path in ("", "/obligations"):
        duties = (await case.get(path, Role.VILLAGE)).json()["obligations"]
        assert {duty["owner"]["role"] for duty in duties} <= {"township_case"}
    for path in (
        "/api/refused-admissions", "/api/supervision/clues", "/api/council/decisions",
    ):  # fmt: skip
        answer = await case.town.http.get(path, headers=case.as_(Role.VILLAGE))
        assert answer.status_code == 403, path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404), ("GET", "/no/page", 404), ("DELETE", "/api/cases", 405),
        ("PUT", "/api/leads", 405), ("POST", "/api/supervision/stalled", 405),
        ("GET", "/api/imports", 405), ("GET", "/api/papers/x.pdf", 404),
        ("GET", "/api/papers/00000000-0000-4000-8000-000000000000.exe", 404),
        ("GET", "/api/papers/00000000-0000-4000-8000-000000000000.pdf", 404),
    ],
)  # fmt: skip
async def test_wrong_addresses_and_methods_are_problems_in_chinese(
    town: Town, method: str, path: str, status: int
) -> None:
    """404 and 405 are of the same form as every other error."""
    answer = await town.http.request(method, path, headers=town.bearer(Role.EDU_CASE, COUNTY))
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    said = answer.json()
    assert said["status"] == status
    assert any("一" <= letter <= "鿿" for letter in said["title"])
    if status == 405:
        assert answer.headers["allow"]


async def test_pages_and_description_are_open_and_need_nothing_from_outside(town: Town) -> None:
    """The first page, the documentation and their policy name no other site and no script."""
    for path in ("/", "/docs"):
        answer = await town.http.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        for outside in ("http://", "https://", "//cdn", "<script", "@import", "url("):
            assert outside not in answer.text, (path, outside)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    for child in town.county.children[:200]:
        assert child.name not in answer.text
    assert (await town.http.get("/livez")).json() == {"status": "alive"}
    assert (await town.http.get("/readyz")).json() == {"status": "ready"}


async def test_the_machine_readable_description_holds_together(town: Town) -> None:
    """Every reference resolves, every operation has a summary and a name of its own."""
    said = (await town.http.get("/openapi.json")).json()
    assert said["openapi"].startswith("3.1")
    operations = [o for verbs in said["paths"].values() for o in verbs.values()]
    names = [o["operationId"] for o in operations]
    assert len(names) == len(set(names)) >= 11
    assert all(o["summary"] and o["tags"] and o["responses"] for o in operations)

    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [r for value in node.values() for r in references(value)]
        return [r for item in node for r in references(item)] if isinstance(node, list) else []

    for reference in references(said):
        place: object = said
        for part in reference.removeprefix("#/").split("/"):
            assert isinstance(place, dict)
            place = place[part]
