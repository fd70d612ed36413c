"""Lists and the census over HTTP: scope, refusals, the road from a difference to a case."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from models.rosters import term_of
from models.words import Role
from samples.records import ChildRow
from tests.console.town import COUNTY, Town

HEAD = "姓名,身份证号,学校,班级"


def line(child: ChildRow, town: Town) -> str:
    school = next(s.name for s in town.county.schools if s.code == child.school)
    return f"{child.name},{child.id_no},{school},{child.grade}年级{child.class_number}班"


async def send(
    town: Town, kind: str, lines: list[str], head: dict[str, str], **form: Any
) -> httpx.Response:
    content = "\n".join([HEAD, *lines]).encode()
    data = {"signed_by": "王敏"} | form
    return await town.http.post(
        f"/api/imports/{kind}", headers=head, data=data, files={"file": ("名册.csv", content)}
    )


@pytest.fixture
def pupils(town: Town) -> list[ChildRow]:
    """Give a class nobody else uses, all with numbers."""
    first = next(c for c in town.county.children if c.grade == 9 and c.class_number == 1)
    return [
        c for c in town.county.children
        if (c.school, c.grade, c.class_number) == (first.school, 9, 1) and c.id_no
    ]  # fmt: skip


async def test_a_file_is_shown_taken_in_and_its_refused_rows_fetched(
    town: Town, pupils: list[ChildRow]
) -> None:
    """A look writes nothing; the wrong row comes back as a workbook with its reason."""
    head = town.as_(Role.REGISTRAR, pupils[0])
    wrong = line(pupils[0], town).replace(str(pupils[0].id_no), "9.90101E+17")
    lines = [wrong, *(line(c, town) for c in pupils[1:])]
    shown = await send(town, "registration", lines, head, is_dry_run="true")
    unsigned = await send(town, "registration", lines, head, signed_by=" ")
    taken = await send(town, "registration", lines, head)
    again = await send(town, "registration", lines, head)
    refused = await town.http.get(taken.json()["refused_rows"], headers=head)
    stranger = await town.http.get(
        taken.json()["refused_rows"], headers=town.bearer(Role.REGISTRAR, "9901010001")
    )

    assert [c["field"] for c in shown.json()["columns"]] == [
        "name",
        "id_no",
        "school",
        "class_name",
    ]
    assert unsigned.status_code == 422
    assert (taken.json()["added"], taken.json()["rows_rejected"]) == (len(pupils) - 1, 1)
    assert again.json()["is_void"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(refused.content)).get_sheet_by_index(0)
    assert "已丢失" in rows.to_python()[1][-1]
    assert stranger.status_code == 404


async def test_a_part_of_a_list_is_refused_with_the_numbers(
    town: Town, pupils: list[ChildRow]
) -> None:
    """A preview and the refusal say how many would go; said in the form, they may."""
    head, many = town.as_(Role.REGISTRAR, pupils[0]), len(pupils)
    lines = [line(c, town) for c in pupils]
    form = {"term": "2020-1"}
    await send(town, "registration", lines, head, **form)
    shown = await send(town, "registration", lines[:1], head, is_dry_run="true", **form)
    refused = await send(town, "registration", lines[:1], head, **form)
    taken = await send(town, "registration", lines[:1], head, may_remove=str(many - 1), **form)

    numbers = {"held": many, "removed": many - 1}
    assert shown.json() | numbers | {"is_too_much": True} == shown.json()
    assert (refused.status_code, refused.json()["code"]) == (422, "removes_much")
    assert refused.json() | numbers == refused.json()
    assert taken.json()["removed"] == many - 1


async def test_a_list_of_another_office_is_refused(town: Town, pupils: list[ChildRow]) -> None:
    """A school sends its own lists; a class teacher sends none; an auditor neither."""
    lines = [line(c, town) for c in pupils]
    other = await send(
        town, "present", lines, town.as_(Role.REGISTRAR, pupils[0]), source="9901010001"
    )
    teacher = await send(town, "present", lines, town.as_(Role.CLASS_TEACHER, pupils[0]))
    auditor = await send(town, "present", lines, town.bearer(Role.AUDITOR, COUNTY))

    assert [one.status_code for one in (other, teacher, auditor)] == [403, 403, 403]


async def test_from_two_lists_to_one_case(town: Town, pupils: list[ChildRow]) -> None:
    """A child on the roll and not present: the principal confirms, and one case is opened."""
    edu, principal = town.bearer(Role.EDU_CASE, COUNTY), town.as_(Role.PRINCIPAL, pupils[0])
    gone = pupils[3]
    await send(town, "school_roll", [line(c, town) for c in pupils], edu)
    await send(town, "present", [line(c, town) for c in pupils if c is not gone], edu)
    by_school = await town.http.post("/api/census", headers=principal, json={})
    started = await town.http.post("/api/census", headers=edu, json={})
    one = started.json()["id"]
    found = await _until_compared(town, edu)
    tasks = (await town.http.get(f"/api/census/{one}/tasks", headers=principal)).json()
    teachers = await town.http.get(
        f"/api/census/{one}/tasks", headers=town.bearer(Role.PRINCIPAL, "9901010001")
    )
    (task,) = [t for t in tasks if t["difference"] == "not_present"]
    answer = {
        "finding": "out_of_school", "cause": "weary", "whereabouts": "at_home", "signed_by": "王敏",
    }  # fmt: skip
    path = f"/api/census/tasks/{task['id']}"
    unsigned = await town.http.post(
        f"{path}/answers", headers=principal, json=answer | {"signed_by": " "}
    )
    closed = await town.http.post(f"{path}/answers", headers=principal, json=answer)
    twice = await town.http.post(f"{path}/answers", headers=principal, json=answer)
    seen = (await town.http.get(path, headers=principal)).json()
    await _until_opened(town, closed.json()["lead_id"])
    summary = (await town.http.get(f"/api/census/{one}/summary", headers=principal)).json()
    book = await town.http.get(f"/api/census/{one}.xlsx", headers=edu)

    assert by_school.status_code == 403
    assert found["counts"]["differences"]["not_present"] == 1
    assert teachers.json() == []
    assert task["name"] == gone.name
    assert unsigned.status_code == 422
    assert closed.json()["lead_id"] == twice.json()["lead_id"]
    assert [a["finding"] for a in seen["answers"]] == ["out_of_school", "out_of_school"]
    assert [line["roll"] for line in summary["lines"]] == [len(pupils)]
    names = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).sheet_names
    assert names == ["汇总-县", "汇总-乡镇", "汇总-学校", "汇总-班级", "差异"]
    async with town.engine.connect() as connection:
        query = "select count(*) from case_file where child_ref = :child"
        count = (await connection.execute(text(query), {"child": gone.ref})).scalar_one()
    assert count == 1


async def _until_compared(town: Town, head: dict[str, str]) -> dict[str, Any]:
    term = term_of(town.today)
    for _ in range(200):
        found = (await town.http.get("/api/census", headers=head)).json()
        for one in found:
            if one["term"] == term and one["ran_at"]:
                return dict(one)
        await asyncio.sleep(0.1)
    raise AssertionError("the census was not compared")


async def _until_opened(town: Town, lead: str) -> None:
    query = text("select status from lead where id = cast(:id as uuid)")
    for _ in range(200):
        await town.pump.once()
        async with town.engine.connect() as connection:
            if (await connection.execute(query, {"id": lead})).scalar_one() == "opened":
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the lead did not become a case")
