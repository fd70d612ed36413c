"""Batches: a township's entry notices drafted, signed by another, numbered without gaps, bound."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from sqlalchemy import text

from models.words import Role
from tests.console.town import COUNTY, Town
from tests.papers import archive
from tests.papers.reading import pdf_body


async def draft(town: Town, township: str, **changes: Any) -> Any:
    body = {
        "township": township, "school_year": town.today.year, "grade": 7, "materials": "户口簿",
        "report_on": str(town.today + timedelta(days=20)),
    } | changes  # fmt: skip
    head = town.bearer(Role.TOWNSHIP_CASE, township) | {"Idempotency-Key": town.key()}
    return await town.http.post("/api/batches/entry-notices", json=body, headers=head)


async def approve(town: Town, township: str, batch: str, name: str | None = None) -> Any:
    head = town.bearer(Role.TOWNSHIP_HEAD, township, name)
    return await town.http.post(f"/api/batches/{batch}/approve", headers=head)


def township_of(town: Town) -> str:
    return str(next(t.code for t in town.county.townships if t.kind.value == "township"))


async def rendered(town: Town, township: str, batch: str) -> dict[str, Any]:
    await town.pump.once()
    for _ in range(600):
        said: dict[str, Any] = (
            await town.http.get(
                f"/api/batches/{batch}", headers=town.bearer(Role.TOWNSHIP_CASE, township)
            )
        ).json()
        if said["status"] == "rendered":
            return said
        await asyncio.sleep(0.1)
    raise AssertionError(said)


async def test_a_township_gets_one_file_and_a_list_to_sign(town: Town) -> None:
    """Drafted, signed by a second person, numbered in a row, rendered and bound with its list."""
    township = township_of(town)
    made = await draft(town, township)
    assert made.status_code == 201, made.text
    batch, total = made.json()["id"], made.json()["total"]
    assert total > 5
    own = await approve(town, township, batch, "township_case-1")
    assert (own.status_code, "签发人不得是拟稿人本人" in own.text) == (422, True)
    assert (await approve(town, township, batch)).status_code == 200
    again = await approve(town, township, batch)
    assert again.json()["total"] == total
    said = await rendered(town, township, batch)
    numbers = [paper["doc_no"] for paper in said["papers"]]
    assert numbers == [f"入学〔{town.today.year}〕{n}号" for n in range(1, total + 1)]
    head = town.bearer(Role.TOWNSHIP_CASE, township)
    bound = await town.http.get(f"/api/batches/{batch}/all.pdf", headers=head)
    body = pdf_body(bound.content)
    assert body.count("义务教育入学通知书") >= total
    assert archive.problems(bound.content) == []
    assert len(pypdf.PdfReader(io.BytesIO(bound.content)).pages) >= total
    listed = await town.http.get(f"/api/batches/{batch}/list.pdf", headers=head)
    assert "签收表" in pdf_body(listed.content)
    assert archive.problems(listed.content, "A") == []
    assert all(number in pdf_body(listed.content) for number in numbers)


async def test_the_next_batch_goes_on_with_the_numbers(town: Town) -> None:
    """A second batch takes up where the first ended; a voided paper keeps its number."""
    township = [t.code for t in town.county.townships if t.kind.value == "township"][1]
    first = (await draft(town, township)).json()
    await approve(town, township, first["id"])
    second = (await draft(town, township, grade=8)).json()
    await approve(town, township, second["id"])
    said = (
        await town.http.get(
            f"/api/batches/{second['id']}", headers=town.bearer(Role.TOWNSHIP_CASE, township)
        )
    ).json()
    assert said["papers"][0]["doc_no"].endswith(f"〕{first['total'] + 1}号")
    head = town.bearer(Role.TOWNSHIP_HEAD, township)
    void = await town.http.post(
        f"/api/batches/{second['id']}/papers/1/void", headers=head, json={"reason": "姓名有误"}
    )
    assert void.status_code == 200
    async with town.engine.connect() as connection:
        query = text(
            "select status, serial, verify_code from batch_paper where batch_id = :id and place = 1"
        )
        row = (await connection.execute(query, {"id": second["id"]})).one()
    assert (row.status, row.serial) == ("voided", first["total"] + 1)
    town.later += timedelta(minutes=2)
    assert "已作废" in (await town.http.get(f"/v/{row.verify_code}")).text
    town.later -= timedelta(minutes=2)


async def test_the_same_key_drafts_once(town: Town) -> None:
    """A repeated request gives the same batch."""
    township = township_of(town)
    head = town.bearer(Role.TOWNSHIP_CASE, township) | {"Idempotency-Key": "the-same-key"}
    body = {"township": township, "school_year": town.today.year, "grade": 5, "materials": "无",
            "report_on": str(town.today + timedelta(days=9))}  # fmt: skip
    answers = [
        (await town.http.post("/api/batches/entry-notices", json=body, headers=head)).json()["id"]
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "change", [{"grade": 9}, {"materials": "户口簿和预防接种证"}, {"later": 1}, {"school": "x"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
async def test_a_key_is_not_used_for_something_else(town: Town, change: dict[str, Any]) -> None:
    """Any other content under the same key is refused with 409; the batch stays as it was."""
    township = next(t.code for t in town.county.townships if t.kind.value == "subdistrict")
    head = town.bearer(Role.TOWNSHIP_CASE, township) | {"Idempotency-Key": "key-of-the-sixth-year"}
    body = {"township": township, "school_year": town.today.year, "grade": 6, "materials": "无",
            "report_on": str(town.today + timedelta(days=9))}  # fmt: skip
    if "later" in change:
        change = {"report_on": str(town.today + timedelta(days=10))}
    path = "/api/batches/entry-notices"
    first = await town.http.post(path, json=body, headers=head)
    assert first.status_code == 201, first.text
    other = await town.http.post(path, json=body | change, headers=head)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert "内容与这次不同" in other.json()["detail"]
    again = await town.http.post(path, json=body, headers=head)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_a_repeated_request_is_answered_though_the_roster_has_changed(town: Town) -> None:
    """A child that has come since is no other request: the batch is the one that was made."""
    township = next(t.code for t in town.county.townships if t.kind.value == "subdistrict")
    head = town.bearer(Role.TOWNSHIP_CASE, township) | {"Idempotency-Key": "key-of-the-third-year"}
    body = {"township": township, "school_year": town.today.year, "grade": 3, "materials": "无",
            "report_on": str(town.today + timedelta(days=9))}  # fmt: skip
    path = "/api/batches/entry-notices"
    first = (await town.http.post(path, json=body, headers=head)).json()
    async with town.engine.begin() as connection:
        moved = await connection.execute(
            text("update child set grade = 2 where ref = (select child_ref from batch_paper"
                 " where batch_id = :id order by place limit 1) returning ref"),
            {"id": first["id"]},
        )  # fmt: skip
        child = moved.scalar_one()
    try:
        assert (await town.http.post(path, json=body, headers=head)).json() == first
    finally:
        async with town.engine.begin() as connection:
            await connection.execute(
                text("update child set grade = 3 where ref = :ref"), {"ref": child}
            )


async def test_office_papers_under_one_key_are_compared_whole(town: Town) -> None:
    """One word of one paper makes another request; the same words are the same one."""
    content = {
        "addressee": "示例县清水中学", "findings": ["考勤漏报"], "demands": ["一周内补报"],
        "improve_by": str(town.today + timedelta(days=10)), "recheck": "一周后复查",
    }  # fmt: skip
    head = town.bearer(Role.EDU_CASE, COUNTY) | {"Idempotency-Key": town.key()}
    body = {"kind": "improvement_notice", "title": "十月整改", "contents": [content]}
    first = await town.http.post("/api/batches", json=body, headers=head)
    assert first.status_code == 201, first.text
    other = body | {"contents": [content | {"findings": ["考勤迟报"]}]}
    refused = await town.http.post("/api/batches", json=other, headers=head)
    assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")
    assert (await town.http.post("/api/batches", json=body, headers=head)).json() == first.json()


async def test_a_batch_from_before_requests_were_kept_is_found_by_kind_and_title(
    town: Town,
) -> None:
    """Its key answers as it did then; another kind or title is still another batch."""
    content = {
        "addressee": "示例县清水中学", "findings": ["考勤漏报"], "demands": ["一周内补报"],
        "improve_by": str(town.today + timedelta(days=10)), "recheck": "一周后复查",
    }  # fmt: skip
    head = town.bearer(Role.EDU_CASE, COUNTY) | {"Idempotency-Key": town.key()}
    body = {"kind": "improvement_notice", "title": "早先的整改", "contents": [content]}
    first = (await town.http.post("/api/batches", json=body, headers=head)).json()
    async with town.engine.begin() as connection:
        await connection.execute(
            text("update paper_batch set request_sha256 = null where id = :id"), {"id": first["id"]}
        )
    assert (await town.http.post("/api/batches", json=body, headers=head)).json() == first
    other = await town.http.post("/api/batches", json=body | {"title": "别的整改"}, headers=head)
    assert other.status_code == 409


async def test_the_same_request_twice_at_once_drafts_once(town: Town) -> None:
    """Two answers, one batch: the second waits for the first and finds it."""
    content = {
        "addressee": "示例县清水中学", "findings": ["考勤漏报"], "demands": ["一周内补报"],
        "improve_by": str(town.today + timedelta(days=10)), "recheck": "一周后复查",
    }  # fmt: skip
    head = town.bearer(Role.EDU_CASE, COUNTY) | {"Idempotency-Key": town.key()}
    body = {"kind": "improvement_notice", "title": "同时提交", "contents": [content] * 20}
    answers = await asyncio.gather(
        *(town.http.post("/api/batches", json=body, headers=head) for _ in range(4))
    )
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_batch_is_not_for_the_village_nor_for_who_sees_no_case(town: Town) -> None:
    """It names every child of a year: the administrator and the committee have no business there."""
    township = township_of(town)
    batch = (await draft(town, township, grade=2)).json()["id"]
    head = town.bearer(Role.EDU_CASE, COUNTY) | {"Idempotency-Key": town.key()}
    body = {"township": township, "school_year": town.today.year, "grade": 9, "materials": "无",
            "report_on": str(town.today + timedelta(days=9))}  # fmt: skip
    own = (await town.http.post("/api/batches/entry-notices", json=body, headers=head)).json()["id"]
    for role, office, one in (
        (Role.VILLAGE, township, batch), (Role.PLATFORM_ADMIN, COUNTY, own),
        (Role.COMMITTEE, COUNTY, own),
    ):  # fmt: skip
        as_ = town.bearer(role, office)
        assert (await town.http.get("/api/batches", headers=as_)).json() == {"batches": []}
        for path in ("", "/list.pdf", "/papers/1/preview.html"):
            answer = await town.http.get(f"/api/batches/{one}{path}", headers=as_)
            assert answer.status_code in (404, 422), (role, path)


async def test_a_date_that_has_passed_is_refused(town: Town) -> None:
    """A notice whose day to report is not after its own day is neither drafted nor signed."""
    township = township_of(town)
    late = await draft(town, township, grade=4, report_on=str(town.today))
    assert (late.status_code, "报到日期" in late.text) == (422, True)
    made = await draft(town, township, grade=4, report_on=str(town.today + timedelta(days=1)))
    assert made.status_code == 201
    async with town.engine.begin() as connection:  # the day passes while the draft lies about
        await connection.execute(
            text("update batch_paper set content = content || jsonb_build_object('report_on',"
                 " cast(:day as text)) where batch_id = :id"),
            {"day": str(town.today), "id": made.json()["id"]},
        )  # fmt: skip
    answer = await approve(town, township, made.json()["id"])
    assert (answer.status_code, "报到日期" in answer.text) == (422, True)


async def test_only_the_own_township(town: Town) -> None:
    """Another township can neither draft for this one nor see its batches."""
    township = township_of(town)
    other = next(t.code for t in town.county.townships if t.code != township)
    head = town.bearer(Role.TOWNSHIP_CASE, other) | {"Idempotency-Key": town.key()}
    body = {"township": township, "school_year": town.today.year, "materials": "无",
            "report_on": str(town.today + timedelta(days=9))}  # fmt: skip
    assert (
        await town.http.post("/api/batches/entry-notices", json=body, headers=head)
    ).status_code == 403
    made = (await draft(town, township, grade=3)).json()
    seen = await town.http.get(
        f"/api/batches/{made['id']}", headers=town.bearer(Role.TOWNSHIP_CASE, other)
    )
    assert seen.status_code == 404


@pytest.mark.parametrize("gap", ["findings", "addressee"])
async def test_an_office_paper_needs_all_its_fields(town: Town, gap: str) -> None:
    """An improvement notice without one field is refused, the field named; whole, it is numbered."""
    content = {
        "addressee": "示例县清水中学", "findings": ["考勤漏报"], "demands": ["一周内补报"],
        "improve_by": str(town.today + timedelta(days=10)), "recheck": "一周后复查",
    }  # fmt: skip
    lacking = {name: value for name, value in content.items() if name != gap}
    head = town.bearer(Role.EDU_CASE, COUNTY) | {"Idempotency-Key": town.key()}
    body = {"kind": "improvement_notice", "title": "九月整改", "contents": [lacking]}
    answer = await town.http.post("/api/batches", json=body, headers=head)
    assert answer.status_code == 422
    assert {"findings": "存在的问题", "addressee": "主送单位"}[gap] in answer.text
    made = await town.http.post("/api/batches", json=body | {"contents": [content]},
                                headers=head | {"Idempotency-Key": town.key()})  # fmt: skip
    assert made.status_code == 201, made.text
    signed = await town.http.post(
        f"/api/batches/{made.json()['id']}/approve", headers=town.bearer(Role.EDU_HEAD, COUNTY)
    )
    assert signed.status_code == 200, signed.text


async def from_county(town: Town, township: str, grade: int) -> Any:
    body = {
        "township": township, "school_year": town.today.year, "grade": grade, "materials": "无",
        "report_on": str(town.today + timedelta(days=9)),
    }  # fmt: skip
    head = town.bearer(Role.EDU_CASE, COUNTY) | {"Idempotency-Key": town.key()}
    return await town.http.post("/api/batches/entry-notices", json=body, headers=head)


async def test_a_child_with_a_notice_of_the_year_is_left_out_and_told(town: Town) -> None:
    """The bureau is refused what the township has drafted, and told who has it; a newcomer is new."""
    township = next(t.code for t in town.county.townships if t.kind.value == "subdistrict")
    first = (await draft(town, township, grade=8)).json()
    assert (first["left_out"], first["left_out_children"]) == (0, [])
    second = await from_county(town, township, 8)
    assert (second.status_code, second.json()["code"]) == (422, "all_notified")
    told = second.json()["left_out_children"]
    assert len(told) == first["total"]
    assert {(each["batch"], each["status"]) for each in told} == {(first["id"], "已拟写，待签发")}
    assert all(each["child"] and each["school"] for each in told)
    assert told[0]["office"] in second.json()["detail"]
    assert told[0]["office"] != township
    await approve(town, township, first["id"])
    head = town.bearer(Role.TOWNSHIP_HEAD, township)
    void = await town.http.post(
        f"/api/batches/{first['id']}/papers/2/void", headers=head, json={"reason": "姓名有误"}
    )
    assert void.status_code == 200
    third = (await from_county(town, township, 8)).json()
    assert (third["total"], third["left_out"]) == (1, first["total"] - 1)
    seen = await town.http.get(
        f"/api/batches/{third['id']}", headers=town.bearer(Role.EDU_CASE, COUNTY)
    )
    assert seen.json()["left_out_children"] == third["left_out_children"]
    assert {each["status"] for each in third["left_out_children"]} == {"已签发"}
    assert third["left_out_children"][0]["doc_no"] == f"入学〔{town.today.year}〕1号"
    assert 2 not in {each["place"] for each in third["left_out_children"]}


async def test_who_may_not_draft_is_not_told_whose_notices_there_are(town: Town) -> None:
    """The village learns nothing of the children from being refused."""
    township = next(t.code for t in town.county.townships if t.kind.value == "subdistrict")
    await draft(town, township, grade=8)
    body = {"township": township, "school_year": town.today.year, "grade": 8, "materials": "无",
            "report_on": str(town.today + timedelta(days=9))}  # fmt: skip
    head = town.bearer(Role.VILLAGE, township) | {"Idempotency-Key": town.key()}
    answer = await town.http.post("/api/batches/entry-notices", json=body, headers=head)
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_refused")
    assert "left_out_children" not in answer.json()


async def test_a_withdrawn_batch_holds_nobody(town: Town) -> None:
    """Taken back before it was signed, it leaves its children to another office, and another year."""
    township = next(t.code for t in town.county.townships if t.kind.value == "subdistrict")
    first = (await draft(town, township, grade=2)).json()
    assert (await from_county(town, township, 2)).status_code == 422
    later = await draft(town, township, grade=2, school_year=town.today.year + 1)
    assert (later.status_code, later.json()["left_out"]) == (201, 0)
    head = town.bearer(Role.TOWNSHIP_CASE, township)
    await town.http.post(f"/api/batches/{first['id']}/withdraw", headers=head)
    second = (await from_county(town, township, 2)).json()
    assert (second["total"], second["left_out"]) == (first["total"], 0)


async def test_two_offices_at_the_same_moment_do_not_both_have_a_child(town: Town) -> None:
    """Of township and bureau one drafts, the other is told; no child stands in both."""
    township = next(t.code for t in town.county.townships if t.kind.value == "subdistrict")
    for grade in (4, 5, 9):
        answers = await asyncio.gather(
            draft(town, township, grade=grade), from_county(town, township, grade)
        )
        assert sorted(answer.status_code for answer in answers) == [201, 422]
    query = text(
        "select count(*) from (select p.child_ref from batch_paper p join paper_batch b"
        " on b.id = p.batch_id where b.kind = 'entry_notice' and b.status <> 'withdrawn'"
        " and p.status <> 'voided' group by p.child_ref, p.content ->> 'school_year'"
        " having count(*) > 1) twice"
    )
    async with town.engine.connect() as connection:
        assert (await connection.execute(query)).scalar_one() == 0
