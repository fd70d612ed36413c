"""Lists, leads, papers, imports and the supervisor's list; and nasty input everywhere."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from models.words import Role
from tests.console.town import COUNTY, Case, Town

EDU = Role.EDU_CASE


async def listed(town: Town, role: Role = EDU, office: str = COUNTY, **query: Any) -> list[Any]:
    answer = await town.http.get("/api/cases", headers=town.bearer(role, office), params=query)
    assert answer.status_code == 200, answer.text
    cases: list[Any] = answer.json()["cases"]
    return cases


@pytest.fixture(scope="session")
async def seven(town: Town) -> list[Case]:
    """Give seven cases: enough to turn pages."""
    return [await town.case() for _ in range(7)]


async def test_the_list_shows_the_own_scope_only(town: Town, seven: list[Case]) -> None:
    """County, township and school each see theirs; a village list holds no more than names."""
    everything = {line["case_no"] for line in await listed(town, limit=200)}
    assert {case.no for case in seven} <= everything
    school = str(seven[0].child.school)
    own = await listed(town, Role.PRINCIPAL, school, limit=200)
    assert own
    assert {line["school"] for line in own} == {school}
    township = town.office(Role.TOWNSHIP_CASE, seven[0].child)
    assert {line["township"] for line in await listed(town, Role.TOWNSHIP_CASE, township)} == {
        township
    }
    assert await listed(town, EDU, "990202") == []
    assert await listed(town, Role.PRINCIPAL, "9901010099") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 200])
async def test_pages_neither_skip_nor_repeat(town: Town, seven: list[Case], limit: int) -> None:
    """Turning pages of any size gives every case once, in order of its number."""
    whole = [line["case_no"] for line in await listed(town, limit=200)]
    turned: list[str] = []
    after: dict[str, Any] = {}
    while True:
        answer = await town.http.get(
            "/api/cases", headers=town.bearer(EDU, COUNTY), params={"limit": limit} | after
        )
        turned += [line["case_no"] for line in answer.json()["cases"]]
        if answer.json()["next"] is None:
            break
        after = {"after": answer.json()["next"]}
    assert turned == whole == sorted(set(whole))


async def test_filters_narrow_and_only_narrow(town: Town, seven: list[Case]) -> None:
    """Stage, queue, school, township, overdue, open and a word of name or number."""
    whole = await listed(town, limit=200)
    one = seven[0]
    (line,) = [line for line in whole if line["case_no"] == one.no]
    filters = {
        "stage": lambda said: said["stage"] == line["stage"],
        "queue": lambda said: said["queue"] == line["queue"],
        "school": lambda said: said["school"] == line["school"],
        "township": lambda said: said["township"] == line["township"],
    }
    for name, holds in filters.items():
        got = await listed(town, limit=200, **{name: line[name]})
        assert got == [said for said in whole if holds(said)], name
    assert await listed(town, overdue="true") == []
    assert one.no not in {said["case_no"] for said in await listed(town, is_open="false")}
    assert [said["case_no"] for said in await listed(town, q=one.no)] == [one.no]
    assert one.no in {said["case_no"] for said in await listed(town, q=one.child.name[1:])}
    for nothing in ("%", "_", "\\", "没有这个人"):
        assert await listed(town, q=nothing) == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "201"}, {"limit": "many"}, {"overdue": "maybe"},
        {"q": "长" * 41}, {"limit": "9" * 400},
    ],
    ids=str,
)  # fmt: skip
async def test_a_wrong_filter_is_named(town: Town, query: dict[str, str]) -> None:
    """422 names the filter in the usual form."""
    answer = await town.http.get("/api/cases", headers=town.bearer(EDU, COUNTY), params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] in query


NASTY = (
    "\x00",
    "a\x00b",
    "'",
    '"',
    "%",
    "\\",
    "‮",
    "👩‍👩‍👧",
    "长" * 5000,
    "-1",
    "null",
    "../..",
    " ",
    "\n",
)


@pytest.mark.parametrize("nasty", NASTY, ids=lambda nasty: repr(nasty[:6]))
async def test_nasty_input_never_makes_a_fault(town: Town, seven: list[Case], nasty: str) -> None:
    """In the path, in a filter, in a header, in a lead, in a file's name: never a 500."""
    head = town.bearer(EDU, COUNTY)
    lead = {"Idempotency-Key": town.key()}
    answers = [
        await town.http.get("/api/cases", headers=head, params={name: nasty})
        for name in ("stage", "queue", "township", "school", "q", "after", "overdue", "limit")
    ]
    answers += [
        await town.http.get("/api/cases/" + quote(nasty, safe=""), headers=head),
        await town.http.get("/api/papers/" + quote(nasty, safe="") + ".pdf", headers=head),
        await town.http.get("/api/supervision/stalled", headers=head, params={"days": nasty}),
        await town.http.post("/api/leads", headers=head | lead, json={"roll_no": nasty}),
        await town.http.post("/api/leads", headers=head | lead, json={"roll_no": nasty * 5}),
        await town.http.post("/api/leads", headers=head | lead, json={nasty: nasty}),
        await town.http.post(
            "/api/imports", headers=head, files={"file": (nasty.strip() or "x", b"", "text/csv")}
        ),
    ]
    for answer in answers:
        assert answer.status_code < 500, (answer.request.url, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_second_lead_joins_the_open_case(town: Town) -> None:
    """The same child reported again, by whomever: one case, and each lead stands in it."""
    child = town.child()
    answers = [await town.lead(child), await town.lead(child)]
    answers.append(await town.lead(child, source="tip", absent_days=4))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["case_no"] for answer in answers}) == 1
    kinds = [kind for answer in answers for kind in answer.json()["events"]]
    assert (kinds.count("lead_opened"), kinds.count("lead_joined")) == (1, 2)


async def test_two_leads_at_the_same_moment_make_one_case(town: Town) -> None:
    """One opens it; the other joins, or is told so and joins when sent again with its key."""
    child = town.child()
    body = {"roll_no": child.roll_no, "absent_days": 3, "absent_since": str(town.today)}
    heads = [town.as_(Role.PRINCIPAL, child) | {"Idempotency-Key": town.key()} for _ in range(2)]
    post = [town.http.post("/api/leads", json=body, headers=head) for head in heads]
    for answer in await asyncio.gather(*post):
        assert answer.status_code == 201 or "already_open" in answer.text
    again = [await town.http.post("/api/leads", json=body, headers=head) for head in heads]
    assert {answer.status_code for answer in again} == {201}
    assert len({answer.json()["case_no"] for answer in again}) == 1
    kinds = [kind for answer in again for kind in answer.json()["events"]]
    assert (kinds.count("lead_opened"), kinds.count("lead_joined")) == (1, 1)


async def test_a_lead_sent_twice_is_one_lead(town: Town) -> None:
    """The retry with the same key gets the same receipt."""
    child = town.child()
    body = {"roll_no": child.roll_no, "absent_days": 3, "absent_since": str(town.today)}
    head = town.as_(Role.PRINCIPAL, child) | {"Idempotency-Key": town.key()}
    answers = [await town.http.post("/api/leads", json=body, headers=head) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    async with town.engine.connect() as connection:
        query = text("select count(*) from lead where child_ref = :ref")
        assert (await connection.execute(query, {"ref": child.ref})).scalar_one() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"roll_no": "G999999999999999999"}, 404), ({"roll_no": ""}, 422), ({"source": "gossip"}, 422),
        ({"absent_days": -1}, 422), ({"absent_days": 401}, 422), ({"absent_since": "昨天"}, 422),
        ({"absent_since": "2999-01-01"}, 422), ({"absent_since": "0001-01-01"}, 422), ({"who": "我"}, 422),
    ],
    ids=str,
)  # fmt: skip
async def test_a_wrong_lead_is_refused_and_nothing_written(
    town: Town, change: dict[str, Any], status: int
) -> None:
    """Unknown child, unknown source, impossible days."""
    child = town.children[0]
    answer = await town.lead(child, **change)
    assert answer.status_code == status, answer.text
    async with town.engine.connect() as connection:
        query = text("select count(*) from lead where child_ref = :ref")
        assert (await connection.execute(query, {"ref": child.ref})).scalar_one() == 0


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COUNTY_GROUP, Role.PLATFORM_ADMIN])
async def test_who_may_not_report_leaves_no_lead_behind(town: Town, role: Role) -> None:
    """A role without that right is forbidden before anything is written down."""
    child = town.children[0]
    head = town.bearer(role, COUNTY) | {"Idempotency-Key": town.key()}
    answer = await town.http.post("/api/leads", json={"roll_no": child.roll_no}, headers=head)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    async with town.engine.connect() as connection:
        query = text("select count(*) from lead where child_ref = :ref")
        assert (await connection.execute(query, {"ref": child.ref})).scalar_one() == 0


async def test_papers_are_the_bytes_their_hash_says(town: Town, case: Case) -> None:
    """An issued order comes as PDF and as DOCX; strangers and the village do not get it."""
    await case.to_the_order()
    await town.deliver()
    (paper,) = (await case.get("/papers")).json()["papers"]
    assert (paper["title"], paper["status"]) == ("劝返指令", "issued")
    assert paper["doc_no"].endswith("号")
    for form, begins in (("pdf", b"%PDF-"), ("docx", b"PK\x03\x04")):
        answer = await town.http.get(paper[form], headers=case.as_(EDU))
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
        sha = hashlib.sha256(answer.content).hexdigest()
        assert answer.headers["etag"] == f'"{sha}"'
        if form == "pdf":
            assert sha == paper["pdf_sha256"]
        else:
            names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
            assert "word/document.xml" in names
        for role, office, status in ((EDU, "990202", 404), (Role.AUDITOR, COUNTY, 200)):
            other = await town.http.get(paper[form], headers=town.bearer(role, office))
            assert other.status_code == status


async def test_a_standing_case_names_its_office_and_the_reason(town: Town, case: Case) -> None:
    """Weeks on and nothing done: who is to move, since when, and what was missed."""
    fresh = await town.http.get("/api/supervision/stalled", headers=case.as_(Role.SUPERVISOR))
    assert case.no not in {line["case_no"] for line in fresh.json()["cases"]}
    town.later = timedelta(days=30)
    try:
        answer = await town.http.get(
            "/api/supervision/stalled", headers=case.as_(Role.SUPERVISOR), params={"days": 14}
        )
    finally:
        town.later = timedelta()
    (line,) = [line for line in answer.json()["cases"] if line["case_no"] == case.no]
    assert line["owner"]["role_label"] == "班主任"
    assert line["owner"]["office"] == case.child.school
    assert "30天没有任何进展" in line["why"]
    assert any("计时已停" in why for why in line["why"])


def attendance(town: Town, *days: str, name: str | None = None) -> bytes:
    child = town.children[1]
    school = next(s for s in town.county.schools if s.code == child.school)
    room = f"八年级{child.class_number}班"
    rows = [
        f"{school.name},{room},{child.roll_no},{name or child.name},{day},旷课," for day in days
    ]
    return ("学校,班级,学籍号,姓名,日期,考勤,原因\n" + "\n".join(rows) + "\n").encode()


async def upload(town: Town, content: bytes, role: Role = EDU, name: str = "考勤.csv") -> Any:
    head = town.bearer(role, COUNTY)
    return await town.http.post("/api/imports", headers=head, files={"file": (name, content)})


async def test_a_good_file_is_taken_in(town: Town) -> None:
    """One absent day is one row; the same file again changes nothing."""
    content = attendance(town, str(town.today - timedelta(days=town.today.weekday() + 3)))
    answer = await upload(town, content)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["rows_total"], answer.json()["rows_rejected"]) == (1, 0), answer.text
    again = await upload(town, content)
    assert again.status_code == 200


@pytest.mark.parametrize(
    "name", ["..", ".", "", "../../x.csv", "/etc/passwd", "长" * 300 + ".csv", "a\\b.csv", ".csv"]
)
async def test_no_file_name_leads_out_of_the_upload_folder(town: Town, name: str) -> None:
    """A strange name is a name and not a path; the file's content decides."""
    folder = town.settings.home / "uploads"
    before = sorted(folder.rglob("*"))
    answer = await upload(town, attendance(town, "2026-11-17"), name=name or "x")
    assert answer.status_code in {200, 422}, answer.text
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\x01\x02", b"PK\x03\x04 broken", "一,二\n三,四\n".encode(),
        "日期,姓名\n".encode(), b"\xff\xfe\xfd",
    ],
    ids=lambda content: repr(content[:12]),
)  # fmt: skip
async def test_a_bad_file_is_refused_with_what_to_do(town: Town, content: bytes) -> None:
    """422 in Chinese; nothing is taken in."""
    answer = await upload(town, content)
    assert (answer.status_code, answer.json()["title"]) == (422, "文件不能导入"), answer.text
    assert answer.json()["detail"].endswith("。")


async def test_a_file_with_bad_rows_is_counted_and_names_nobody(town: Town) -> None:
    """The problems are counted by kind; no name of the file comes back."""
    answer = await upload(town, attendance(town, "2026-02-30", "2999-01-01", name="欧阳不存在"))
    assert answer.json()["rows_rejected"] == 2, answer.text
    assert answer.json()["problems"]
    assert "欧阳不存在" not in answer.text


async def test_not_everybody_may_import(town: Town) -> None:
    """The township and the auditor import no attendance."""
    for role in (Role.AUDITOR, Role.SUPERVISOR):
        assert (await upload(town, b"x", role)).status_code == 403
    answer = await town.http.post("/api/imports", headers=town.bearer(EDU, COUNTY))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"
