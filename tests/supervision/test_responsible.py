"""Responsible persons over HTTP and on the command line, from a file to the line of a case."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from models.words import Role
from tests.console.town import COUNTY, Case, Town
from tests.supervision.conftest import Guixue

HEADER = "线,层级,单位代码,村组或班级,席位,姓名,到任日期,责任书签订日期,责任书编号"


async def register(town: Town, body: str, role: Role = Role.EDU_CASE, office: str = COUNTY) -> Any:
    answer = await town.http.post(
        "/api/responsible/import", headers=town.bearer(role, office),
        files={"file": ("责任人.csv", f"{HEADER}\n{body}".encode("gb18030"))},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


async def facts_of(case: Case) -> Any:
    query = text(
        "select c.township, k.school, k.grade, k.class_number, k.current_address from case_file c"
        " join child k on k.ref = c.child_ref where c.case_no = :no"
    )
    async with case.town.engine.connect() as connection:
        return (await connection.execute(query, {"no": case.no})).one()


async def test_a_register_becomes_the_line_of_a_case(case: Case, guixue: Guixue) -> None:
    """Eight holders on two lines at four levels each; the case page and the CLI say the same."""
    at = await facts_of(case)
    village = at.current_address[-8:-3]
    lines = [
        f"政府线,县,{COUNTY},,1,李县,2025-09-01,2025-09-02,责1",
        f"政府线,乡镇,{at.township},,3,李镇,2025-09-01,,",
        f"政府线,村,{at.township},{village},5,李村,2025-09-01,,",
        f"政府线,组,{at.township},{village},6,李组,2025-09-01,,",
        f"教育线,县,{COUNTY},,1,周局,2025-09-01,,",
        f"教育线,乡镇,{at.township},,3,周中,2025-09-01,,",
        f"教育线,学校,{at.school},,4,周校,2025-09-01,,",
        f"教育线,班级,{at.school},{at.grade}年级{at.class_number}班,6,周班,2025-09-01,,",
    ]
    first = await register(case.town, "\n".join(lines))
    again = await register(case.town, "\n".join(lines))
    assert (first["taken"], first["new"], first["rejected"]) == (8, 8, [])
    assert (again["taken"], again["new"]) == (8, 0)
    said = (await case.get("/responsible")).json()
    names = ["李县", "李镇", "李村", "李组", "周局", "周中", "周校", "周班"]
    assert [row["person"] for row in said["holders"]] == names
    assert {(m["line_label"], m["seat"]) for m in said["missing"]} == {
        ("政府线", 2), ("政府线", 4), ("教育线", 2), ("教育线", 5),
    }  # fmt: skip
    assert "未列明" in said["seats"]
    before = (await case.get("/responsible?on=2025-08-31")).json()
    assert before["holders"] == []
    shown = await guixue("responsible", "case", case.no)
    assert shown.code == 0, shown.err
    assert all(name in shown.out for name in [*names, "空缺", "未签"])
    as_json = json.loads((await guixue("responsible", "case", case.no, "--json")).out)
    assert as_json["holders"] == said["holders"]
    gone = await guixue("responsible", "case", "990101-1999-00001")
    assert (gone.code, "没有找到" in gone.err) == (1, True)
    await end_all(case.town)


async def end_all(town: Town) -> None:
    """Leave every seat empty for the next test."""
    async with town.engine.begin() as connection:
        await connection.execute(text("update responsibility_slot set until = since"))


async def test_another_township_does_not_see_the_line(case: Case) -> None:
    """Scope is that of the case."""
    at = await facts_of(case)
    other = next(t.code for t in case.town.county.townships if t.code != at.township)
    answer = await case.town.http.get(
        f"/api/cases/{case.no}/responsible",
        headers=case.town.bearer(Role.TOWNSHIP_CASE, other),
    )
    assert answer.status_code == 404


async def test_bad_rows_come_back_with_what_to_do_and_good_ones_stay(town: Town) -> None:
    """Six bad rows, each with its own sentence; the good one among them is taken."""
    school = town.county.schools[0].code
    done = await register(
        town,
        f"党线,县,{COUNTY},,1,李一,2025-09-01,,\n"
        f"政府线,学校,{school},,1,李一,2025-09-01,,\n"
        f"教育线,学校,9999999999,,4,李一,2025-09-01,,\n"
        f"教育线,学校,{school},,13,李一,2025-09-01,,\n"
        f"教育线,学校,{school},,4,,2025-09-01,,\n"
        f"教育线,班级,{school},甲班,6,李一,2025-09-01,,\n"
        f"教育线,学校,{school},,4,李好,2025-09-01,,\n",
    )
    assert (done["taken"], done["new"]) == (1, 1)
    assert [each["row"] for each in done["rejected"]] == [2, 3, 4, 5, 6, 7]
    for each, word in zip(
        done["rejected"], ("政府线或教育线", "层级", "找不到这个单位", "1至12", "姓名", "三年级2班"),
        strict=True,
    ):  # fmt: skip
        assert word in each["problem"]
    await end_all(town)


async def test_a_file_that_is_no_register_is_refused_whole(town: Town) -> None:
    answer = await town.http.post(
        "/api/responsible/import", headers=town.bearer(Role.EDU_CASE, COUNTY),
        files={"file": ("责任人.csv", "线,层级\n政府线,县".encode())},
    )  # fmt: skip
    assert (answer.status_code, "表头缺少" in answer.json()["detail"]) == (422, True)


async def test_each_office_fills_its_own_seats(town: Town) -> None:
    """A principal fills the school and its classes, no seat of another school or of the county."""
    first, other = town.county.schools[0].code, town.county.schools[1].code
    done = await register(
        town,
        f"教育线,学校,{first},,4,周一,2025-09-01,,\n教育线,学校,{other},,4,周二,2025-09-01,,\n"
        f"教育线,县,{COUNTY},,1,周三,2025-09-01,,\n",
        Role.PRINCIPAL, first,
    )  # fmt: skip
    assert (done["new"], [each["row"] for each in done["rejected"]]) == (1, [3, 4])
    mine = await town.http.get("/api/responsible", headers=town.bearer(Role.PRINCIPAL, first))
    assert [row["person"] for row in mine.json()["holders"]] == ["周一"]
    none = await town.http.get("/api/responsible", headers=town.bearer(Role.PRINCIPAL, other))
    assert none.json()["holders"] == []
    blind = await town.http.get(
        "/api/responsible", headers=town.bearer(Role.PLATFORM_ADMIN, COUNTY)
    )
    assert blind.status_code == 403
    await end_all(town)


async def test_a_class_without_anybody_is_on_the_list_until_it_has_somebody(
    town: Town, guixue: Guixue
) -> None:
    """Every class with pupils wants a person before term (DC-2.1d); letters are asked for too."""
    child = town.children[0]
    school, place = str(child.school), f"{child.grade}年级{child.class_number}班"
    head = town.bearer(Role.PRINCIPAL, school)
    # The sample county's pupils sit in the classes of its own school year.
    query = text("select max(school_year) from class_room where school = :school")
    async with town.engine.connect() as connection:
        year = (await connection.execute(query, {"school": school})).scalar_one()
    on = f"{year}-10-10"

    async def empty() -> set[tuple[str, str]]:
        said = (await town.http.get(f"/api/responsible?on={on}", headers=head)).json()
        return {(row["place"], row["title"]) for row in said["vacant"] if row["stops_opening"]}

    assert (place, "班主任") in await empty()
    body = {"line": "education", "level": "class", "office": school, "place": place, "seat": 6,
            "person": "周班", "since": f"{year}-09-01"}  # fmt: skip
    made = await town.http.post("/api/responsible", json=body, headers=head)
    assert made.status_code == 201, made.text
    assert (place, "班主任") not in await empty()
    said = (await town.http.get(f"/api/responsible?on={on}", headers=head)).json()
    assert [row["person"] for row in said["unsigned"]] == ["周班"]
    letter = {"signed_on": f"{year}-09-02", "letter_ref": "责7"}
    path = f"/api/responsible/{made.json()['id']}"
    assert (await town.http.post(f"{path}/letter", json=letter, headers=head)).status_code == 200
    said = (await town.http.get(f"/api/responsible?on={on}", headers=head)).json()
    assert said["unsigned"] == []
    token = head["Authorization"].removeprefix("Bearer ")
    listed = await guixue("responsible", "vacant", "--on", on, "--json", "--token", token)
    assert (place, "班主任") not in {(r["place"], r["title"]) for r in json.loads(listed.out)}
    ended = await town.http.post(f"{path}/end", json={"until": f"{year}-10-01"}, headers=head)
    assert ended.json()["until"] == f"{year}-10-01"
    assert (place, "班主任") in await empty()
    stays = await town.http.get(f"/api/responsible/history/{school}", headers=head)
    assert [row["person"] for row in stays.json()["stays"]][-1:] == ["周班"]
    await end_all(town)


async def test_the_book_can_be_read_back(town: Town, tmp_path: Path, guixue: Guixue) -> None:
    """The exported register is a file the import takes: nothing new, nothing refused."""
    school = town.county.schools[2].code
    await register(town, f"教育线,学校,{school},,4,=HYPERLINK(1),2025-09-01,2025-09-02,责9")
    head = town.bearer(Role.EDU_CASE, COUNTY)
    answer = await town.http.get("/api/responsible/book", headers=head)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert any("=HYPERLINK(1)" in map(str, row) for row in rows.to_python())
    book = tmp_path / "名册.xlsx"
    token = head["Authorization"].removeprefix("Bearer ")
    written = await guixue("responsible", "export", str(book), "--token", token)
    assert written.code == 0, written.err
    back = await guixue("responsible", "import", str(book), "--token", token)
    assert "收下 1 行，新任 0 人，退回 0 行" in back.out
    await end_all(town)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"seat": 9}, "责任席位"),
        ({"place": "甲"}, "不填"),
        ({"letter_signed_on": "2025-09-01"}, "编号"),
    ],
)
async def test_a_wrong_seat_is_refused_in_words(
    town: Town, change: dict[str, Any], word: str
) -> None:
    body = {"line": "education", "level": "school", "office": town.county.schools[0].code,
            "seat": 4, "person": "周一", "since": str(date(2025, 9, 1) + timedelta(1))}  # fmt: skip
    head = town.bearer(Role.EDU_CASE, COUNTY)
    answer = await town.http.post("/api/responsible", json=body | change, headers=head)
    assert (answer.status_code, answer.json()["code"]) == (422, "seat_refused")
    assert word in answer.json()["detail"]


async def test_no_official_is_named_in_the_logs(town: Town, caplog: Any) -> None:
    """Names of officials stay in the register (C1)."""
    caplog.set_level("DEBUG")
    await register(town, f"教育线,县,{COUNTY},,2,绝无此名,2025-09-01,,")
    assert "绝无此名" not in caplog.text
    await end_all(town)
