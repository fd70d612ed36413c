"""The school day through the interface: who may, what is answered, and that a case comes of it."""

from __future__ import annotations

import asyncio
import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from models.roster import school_year_of
from models.words import Role
from samples.records import ChildRow
from storage.rules import calendar_of
from tests.console.town import COUNTY, Case, Town

TEACHER, PRINCIPAL, EDU = Role.CLASS_TEACHER, Role.PRINCIPAL, Role.EDU_CASE


def class_of(child: ChildRow, day: date) -> str:
    return f"{child.school}-{school_year_of(day)}-{child.grade:02}{child.class_number:02}"


async def school_days(town: Town, school: str, count: int) -> list[date]:
    """Give the last school days up to today."""
    async with town.engine.connect() as connection:
        calendar = await calendar_of(connection, COUNTY, town.today)
    days: list[date] = []
    day = town.today
    while len(days) < count:
        if calendar.is_school_day(day, school):
            days.append(day)
        day -= timedelta(1)
    return days[::-1]


def sheet_of(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


async def report(
    town: Town, child: ChildRow, day: date, *absent: ChildRow, role: Role = TEACHER, key: str = ""
) -> httpx.Response:
    body = {"absent": [{"roll_no": c.roll_no, "kind": "unexcused"} for c in absent]}
    head = town.as_(role, child) | {"Idempotency-Key": key or town.key()}
    path = f"/api/attendance/classes/{class_of(child, day)}/days/{day}"
    return await town.http.put(path, json=body, headers=head)


async def get(town: Town, path: str, role: Role, child: ChildRow, **params: Any) -> httpx.Response:
    return await town.http.get(path, headers=town.as_(role, child), params=params)


async def test_three_days_reported_by_the_teacher_open_a_case(town: Town) -> None:
    """Day by day through the interface; on the third the outbox opens the case, and only one."""
    child = town.child()
    days = await school_days(town, child.school, 3)
    answers = [await report(town, child, day, child) for day in days]
    assert [a.status_code for a in answers] == [200, 200, 200], answers[-1].text
    assert [a.json()["leads_opened"] for a in answers] == [0, 0, 1]
    assert (await report(town, child, days[2], child)).json()["leads_opened"] == 0

    await town.pump.once()
    query = text("select case_no, stage from case_file where child_ref = :ref")
    for _ in range(200):
        async with town.engine.connect() as connection:
            found = (await connection.execute(query, {"ref": child.ref})).all()
        if found:
            break
        await asyncio.sleep(0.05)
    assert [row.stage for row in found] == ["suspected"]

    daily = await get(
        town, f"/api/attendance/schools/{child.school}/days/{days[2]}", PRINCIPAL, child
    )
    assert daily.status_code == 200
    (line,) = [a for a in daily.json()["absent"] if a["child_ref"] == str(child.ref)]
    assert line["streak"] == 3
    assert daily.json()["streaks"]["3"] >= 1
    file = await get(town, f"/api/books/daily/{child.school}/{days[2]}", PRINCIPAL, child)
    cells = sheet_of(file.content)
    (row,) = [row for row in cells if row[5] == child.name]
    assert (row[0], row[6], row[8]) == (class_of(child, days[2]), "旷课", "连续3天")


async def test_the_same_key_reports_once(town: Town) -> None:
    """A retry is answered as before; the key with another content is refused."""
    child = town.child()
    (day,) = await school_days(town, child.school, 1)
    key = town.key()
    first = await report(town, child, day, child, key=key)
    again = await report(town, child, day, child, key=key)
    assert (first.json()["is_repeat"], again.json()["is_repeat"]) == (False, True)
    other = await report(town, child, day, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "request_id_reused")


@pytest.mark.parametrize(
    ("role", "office"),
    [
        (TEACHER, "9901019999"),
        (EDU, COUNTY),
        (Role.VILLAGE, "990101001"),
        (Role.PLATFORM_ADMIN, COUNTY),
    ],
)
async def test_only_the_school_reports_its_day(town: Town, role: Role, office: str) -> None:
    """Another school, the county, the village and the administrator are turned away."""
    child = town.children[0]
    (day,) = await school_days(town, child.school, 1)
    head = town.bearer(role, office) | {"Idempotency-Key": town.key()}
    path = f"/api/attendance/classes/{class_of(child, day)}/days/{day}"
    answer = await town.http.put(path, json={"absent": []}, headers=head)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "path",
    [
        "/api/attendance/schools/{s}/days/{d}", "/api/attendance/schools/{s}/days/{d}/missing",
        "/api/attendance/schools/{s}/unknown?first={d}&last={d}", "/api/leave?school={s}",
        "/api/calendar/closures?school={s}", "/api/first-week/{s}?term_start={d}",
        "/api/tasks?school={s}", "/api/hand-overs/{s}?school_year=2026", "/api/consistency/{s}/{d}",
        "/api/consistency/{s}/{d}/file", "/api/books/daily/{s}/{d}", "/api/books/first-week/{s}/{d}",
    ],
)  # fmt: skip
async def test_every_list_of_a_school_is_for_its_own_line(town: Town, path: str) -> None:
    """School, township and county see it; another school does not; without a token nobody does."""
    child = town.children[0]
    (day,) = await school_days(town, child.school, 1)
    where = path.format(s=child.school, d=day)
    school = next(s for s in town.county.schools if s.code == child.school)
    for role, office in (
        (PRINCIPAL, school.code), (Role.CENTER_SCHOOL, school.township), (EDU, COUNTY),
    ):  # fmt: skip
        answer = await town.http.get(where, headers=town.bearer(role, office))
        assert answer.status_code == 200, answer.text
    other = next(s for s in town.county.schools if s.code != child.school)
    for role, office in (
        (PRINCIPAL, other.code), (Role.PLATFORM_ADMIN, COUNTY), (Role.VILLAGE, school.township),
    ):  # fmt: skip
        assert (await town.http.get(where, headers=town.bearer(role, office))).status_code == 403
    assert (await town.http.get(where)).status_code == 401
    gone = where.replace(child.school, "9901019999")
    assert (await town.http.get(gone, headers=town.bearer(EDU, COUNTY))).status_code == 404


async def test_leave_needs_a_second_person_and_excuses(town: Town) -> None:
    """Asked by the teacher, refused to the teacher, approved by the principal, ended on return."""
    child = town.child()
    days = await school_days(town, child.school, 2)
    body = {
        "roll_no": child.roll_no, "kind": "sick", "first_on": str(days[0]),
        "last_on": str(days[1]), "reason": "水痘", "is_guardian_signed": True,
    }  # fmt: skip
    head = town.as_(TEACHER, child) | {"Idempotency-Key": town.key()}
    asked = await town.http.post("/api/leave", json=body, headers=head)
    assert asked.status_code == 201, asked.text
    assert asked.json()["approver_role"] == "principal"
    slip = asked.json()["id"]
    decision = f"/api/leave/{slip}/decision"
    own = await town.http.post(
        decision, json={"is_approved": True}, headers=town.as_(TEACHER, child)
    )
    assert (own.status_code, own.json()["code"]) == (422, "same_person")
    done = await town.http.post(
        decision, json={"is_approved": True}, headers=town.as_(PRINCIPAL, child)
    )
    assert done.status_code == 200
    await report(town, child, days[0], child)
    daily = await get(
        town, f"/api/attendance/schools/{child.school}/days/{days[0]}", PRINCIPAL, child
    )
    (line,) = [a for a in daily.json()["absent"] if a["child_ref"] == str(child.ref)]
    assert (line["is_on_leave"], line["streak"]) == (True, 0)
    back = {"back_on": str(days[1])}
    ended = await town.http.post(
        f"/api/leave/{slip}/end", json=back, headers=town.as_(TEACHER, child)
    )
    assert ended.status_code == 200
    listed = await get(town, "/api/leave", PRINCIPAL, child, school=child.school, status="ended")
    assert slip in {row["id"] for row in listed.json()["slips"]}


async def test_an_absence_asks_for_a_contact_that_is_recorded_and_closed(town: Town) -> None:
    """The task is there at once; it closes with a contact and a result, not before."""
    child = town.child()
    (day,) = await school_days(town, child.school, 1)
    await report(town, child, day, child)
    tasks = (await get(town, "/api/tasks", TEACHER, child, school=child.school)).json()["tasks"]
    (task,) = [t for t in tasks if t["child_ref"] == str(child.ref)]
    head = town.as_(TEACHER, child)
    close = f"/api/tasks/{task['id']}/close"
    early = await town.http.post(close, json={"result": "好了"}, headers=head)
    assert (early.status_code, early.json()["code"]) == (422, "no_contact")
    contact = {"contacted_on": str(day), "method": "电话", "was_reached": True}
    made = await town.http.post(
        f"/api/tasks/{task['id']}/contacts",
        json=contact,
        headers=head | {"Idempotency-Key": town.key()},
    )
    assert made.status_code == 201
    assert (await town.http.post(close, json={"result": "感冒"}, headers=head)).status_code == 200


async def test_a_suspension_is_the_schools_own_and_a_holiday_the_countys(town: Town) -> None:
    """A principal closes the own school, not the county; lifted, the school teaches again."""
    child = town.children[0]
    day = str(town.today + timedelta(days=200))
    entry = {
        "kind": "suspension",
        "school": child.school,
        "name": "停水",
        "first_on": day,
        "last_on": day,
    }
    head = town.as_(PRINCIPAL, child)
    made = await town.http.post("/api/calendar/days", json=entry, headers=head)
    assert (made.status_code, made.json()["new"]) == (201, 1), made.text
    whole = await town.http.post("/api/calendar/days", json=entry | {"school": None}, headers=head)
    assert whole.status_code == 403
    listed = await get(town, "/api/calendar/closures", PRINCIPAL, child, school=child.school)
    (closure,) = [c for c in listed.json()["closures"] if c["starts_on"] == day]
    lift = f"/api/calendar/closures/{closure['id']}/lift"
    assert (await town.http.post(lift, headers=head)).status_code == 200
    assert (await town.http.post(lift, headers=head)).status_code == 404


async def test_a_calendar_file_is_taken_from_the_county(town: Town) -> None:
    """Good rows counted, bad rows named by number; a file that is none is refused."""
    said = (
        "类别,学校,名称,开始日期,结束日期\n停课,,演练,2030-05-06,\n停课,没有的学校,甲,2030-05-06,\n"
    )
    head = town.bearer(EDU, COUNTY)
    files = {"file": ("校历.csv", said.encode(), "text/csv")}
    answer = await town.http.post("/api/calendar/import", headers=head, files=files)
    assert answer.status_code == 200, answer.text
    assert [row["row"] for row in answer.json()["rejected"]] == [3]
    files = {"file": ("校历.csv", b"", "text/csv")}
    assert (
        await town.http.post("/api/calendar/import", headers=head, files=files)
    ).status_code == 422


async def test_the_first_week_counts_down(town: Town) -> None:
    """Whoever registers leaves the list."""
    child = town.child()
    start = str(town.today)
    path = f"/api/first-week/{child.school}"
    before = (await get(town, path, PRINCIPAL, child, term_start=start)).json()["unregistered"]
    body = {"roll_nos": [child.roll_no], "term_start": start, "registered_on": start}
    head = town.as_(Role.REGISTRAR, child)
    done = await town.http.post(f"{path}/registrations", json=body, headers=head)
    assert done.json() == {"registered": 1}
    after = (await get(town, path, PRINCIPAL, child, term_start=start)).json()["unregistered"]
    assert len(before) - len(after) == 1


async def test_a_class_is_handed_over_signed_and_counted(town: Town) -> None:
    """List by the primary school, both signatures, arrival at the junior school, no-shows left."""
    one, two = town.child(), town.child()
    primary = next(s for s in town.county.schools if s.stage.value == "primary")
    graduates = [{"roll_no": c.roll_no, "to_school": c.school} for c in (one, two)]
    body = {"school_year": 2031, "graduates": graduates}
    head = town.bearer(PRINCIPAL, primary.code, "primary-1")
    made = await town.http.post(f"/api/hand-overs/{primary.code}", json=body, headers=head)
    assert made.status_code == 201, made.text
    (list_id,) = made.json()["lists"]
    sign = f"/api/hand-overs/{list_id}/sign"
    junior = town.bearer(PRINCIPAL, one.school, "junior-1")
    assert (await town.http.post(sign, headers=junior)).status_code == 422
    assert (await town.http.post(sign, headers=head)).status_code == 200
    assert (await town.http.post(sign, headers=junior)).status_code == 200
    arrival = {"school_year": 2031, "roll_nos": [one.roll_no], "arrived_on": str(town.today)}
    came = await town.http.post(f"/api/arrivals/{one.school}", json=arrival, headers=junior)
    assert came.json() == {"arrived": 1}
    for who, status in (
        (head, 200), (junior, 200), (town.bearer(EDU, COUNTY), 200),
        (town.bearer(PRINCIPAL, "9901019999"), 403), (town.bearer(Role.VILLAGE, "990101001"), 403),
    ):  # fmt: skip
        file = await town.http.get(f"/api/books/hand-over/{list_id}", headers=who)
        assert file.status_code == status
        if status == 200:
            cells = sheet_of(file.content)
            assert {row[1] for row in cells[2:4]} == {one.name, two.name}
            assert "primary-1" in cells[-1][0]
            assert "junior-1" in cells[-1][0]
    left = await town.http.get(
        f"/api/hand-overs/{one.school}", params={"school_year": 2031}, headers=junior
    )
    assert [row["child_ref"] for row in left.json()["no_shows"]] == [str(two.ref)]


async def test_a_tip_is_taken_in_and_its_reporter_is_for_three_roles(town: Town) -> None:
    """The desk gets a receipt number; the reporter opens to the head, with a purpose, and is logged."""
    child = town.child()
    body = {
        "kind": "tip", "received_on": str(town.today), "content": "在餐馆打工",
        "child_roll_no": child.roll_no, "reporter": {"name": "钱举报", "phone": "0999"},
    }  # fmt: skip
    desk = town.bearer(EDU, COUNTY)
    head = desk | {"Idempotency-Key": town.key()}
    got = await town.http.post("/api/outside", json=body, headers=head)
    assert (got.status_code, got.json()["status"]) == (201, "matched"), got.text
    again = await town.http.post("/api/outside", json=body, headers=head)
    assert (again.json()["receipt_no"], again.json()["is_repeat"]) == (
        got.json()["receipt_no"],
        True,
    )

    path = f"/api/outside/{got.json()['id']}"
    shown = await town.http.get(path, headers=desk)
    assert shown.json()["content"] == "在餐馆打工"
    assert "钱举报" not in shown.text
    listed = await town.http.get("/api/outside", headers=desk)
    assert "钱举报" not in listed.text
    assert "餐馆" not in listed.text
    assert (await town.http.get(f"{path}/reporter", headers=desk)).status_code == 403
    boss = town.bearer(Role.EDU_HEAD, COUNTY)
    assert (await town.http.get(f"{path}/reporter", headers=boss)).status_code == 422
    purpose = {"X-Purpose": quote("回访举报人")}
    opened = await town.http.get(f"{path}/reporter", headers=boss | purpose)
    assert opened.json()["name"] == "钱举报"
    async with town.engine.connect() as connection:
        read = await connection.execute(
            text("select purpose from reporter_reading where notice_id = :id"),
            {"id": got.json()["id"]},
        )
        assert read.scalar_one() == "回访举报人"
    for role in (PRINCIPAL, Role.VILLAGE, Role.PLATFORM_ADMIN, Role.TOWNSHIP_CASE):
        who = town.as_(role, child)
        assert (await town.http.get(path, headers=who)).status_code == 403
        assert (await town.http.get("/api/outside", headers=who)).status_code == 403


async def test_a_review_is_settled_by_the_county(town: Town) -> None:
    """Nobody of this name: it waits; matched by hand it is a lead; rejected needs a reason."""
    child = town.child()
    desk = town.bearer(EDU, COUNTY)
    ids = []
    for name in ("没有此人甲", "没有此人乙"):
        body = {"kind": "department", "received_on": str(town.today), "content": "务工",
                "child_name": name, "sender": "人社局", "reference_no": name}  # fmt: skip
        got = await town.http.post(
            "/api/outside", json=body, headers=desk | {"Idempotency-Key": town.key()}
        )
        assert got.json()["status"] == "review"
        ids.append(got.json()["id"])
    path = f"/api/outside/{ids[0]}/match"
    township = town.as_(Role.TOWNSHIP_CASE, child)
    assert (
        await town.http.post(path, json={"roll_no": child.roll_no}, headers=township)
    ).status_code == 403
    assert (await town.http.post(path, json={"roll_no": "G0000"}, headers=desk)).status_code == 404
    done = await town.http.post(path, json={"roll_no": child.roll_no}, headers=desk)
    assert done.status_code == 200
    said = await town.http.post(
        f"/api/outside/{ids[1]}/reject", json={"reason": "外省"}, headers=desk
    )
    assert said.status_code == 200


async def test_platform_files_go_out_and_receipts_come_back(town: Town, case: Case) -> None:
    """Export within scope, a receipt typed in, the same receipt file read back, status per case."""
    head = case.as_(PRINCIPAL)
    made = await town.http.post("/api/platforms/national_school_roll/export", headers=head)
    assert made.status_code == 200
    assert int(made.headers["X-Case-Count"]) >= 1
    body = {"case_no": case.no, "receipt_no": f"R-{case.no}", "registered_on": str(town.today)}
    path = "/api/platforms/national_school_roll/receipts"
    first = await town.http.post(path, json=body, headers=head)
    again = await town.http.post(path, json=body, headers=head)
    assert (first.json(), again.json()) == ({"is_new": True}, {"is_new": False})
    answer = f"案号,回执号,处理结果\n{case.no},R-{case.no},成功\n".encode()
    files = {"file": ("回执.csv", answer, "text/csv")}
    read = await town.http.post(
        "/api/platforms/national_school_roll/results", headers=head, files=files
    )
    assert (read.json()["unchanged"], read.json()["rejected"]) == (1, [])
    status = (await town.http.get("/api/platforms", headers=head)).json()
    (line,) = [row for row in status["cases"] if row["case_no"] == case.no]
    assert line["platforms"]["national_school_roll"]["status"] == "registered"
    assert (await town.http.post("/api/platforms/nowhere/export", headers=head)).status_code == 404
    stranger = town.bearer(PRINCIPAL, "9901019999")
    assert (await town.http.post(path, json=body, headers=stranger)).status_code == 404


NASTY = ("\x00", "'", "../..", "长" * 3000, "-1", " ")


@pytest.mark.parametrize("nasty", NASTY, ids=lambda nasty: repr(nasty[:6]))
async def test_nasty_words_never_make_a_fault(town: Town, nasty: str) -> None:
    """Whatever is typed, the answer is a problem in Chinese and never a 500."""
    child = town.children[0]
    day = str(town.today)
    head = town.as_(TEACHER, child) | {"Idempotency-Key": town.key()}
    desk = town.bearer(EDU, COUNTY) | {"Idempotency-Key": town.key()}
    absent = {"absent": [{"roll_no": nasty * 4, "kind": "unexcused", "reason": nasty}]}
    notice = {"kind": "tip", "received_on": day, "content": nasty, "child_name": nasty}
    leave = {"roll_no": nasty * 4, "kind": "sick", "first_on": day, "last_on": day, "reason": nasty,
             "is_guardian_signed": True}  # fmt: skip
    answers = [
        await town.http.put(
            f"/api/attendance/classes/{class_of(child, town.today)}/days/{day}", json=absent, headers=head
        ),
        await town.http.post("/api/outside", json=notice, headers=desk),
        await town.http.post("/api/leave", json=leave, headers=head),
        await town.http.post(
            "/api/platforms/national_service/receipts",
            json={"case_no": nasty, "receipt_no": nasty, "registered_on": day}, headers=desk,
        ),
        await town.http.post(
            "/api/calendar/days",
            json={"kind": "suspension", "school": nasty, "name": nasty, "first_on": day, "last_on": day},
            headers=desk,
        ),
        await town.http.post(
            f"/api/hand-overs/{child.school}",
            json={"school_year": 2026, "graduates": [{"roll_no": nasty, "to_school": nasty}]},
            headers=head,
        ),
        await town.http.get("/api/tasks", headers=head, params={"school": nasty, "kind": nasty}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code < 500, (str(answer.request.url), answer.text)


HALF = '"\\ud800文字"'
"""Half a character, as JSON may write it: no database holds it."""


async def test_half_a_character_is_refused_and_never_a_fault(town: Town, case: Case) -> None:
    """In an act, a list of roll numbers, a calendar, a hand-over: a problem that says so."""
    child = town.children[0]
    day, head = f'"{town.today}"', town.as_(TEACHER, child) | {"Idempotency-Key": town.key()}
    desk = town.bearer(EDU, COUNTY) | {"Content-Type": "application/json"}
    act = '{"kind": "contact_guardian", "happened_on": %s, "method": %s, "was_reached": true}'
    roll = '{"term_start": %s, "registered_on": %s, "roll_nos": [%s]}'
    closed = '{"kind": "suspension", "school": %s, "name": "雪", "first_on": %s, "last_on": %s}'
    for answer in (
        await case.post(TEACHER, (act % (day, HALF)).encode()),
        await town.http.post(
            f"/api/first-week/{child.school}/registrations",
            content=roll % (day, day, HALF),
            headers=head | {"Content-Type": "application/json"},
        ),
        await town.http.post("/api/calendar/days", content=closed % (HALF, day, day), headers=desk),
        await town.http.post(
            "/api/calendar/days", content=closed % ('"a\\u0000"', day, day), headers=desk
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/first-week/{school}?term_start=9999-12-31", "/api/hand-overs/{school}?school_year=99999999999",
        "/api/plans?school_year=99999999999", "/api/responsible?on=0001-01-01",
        "/api/responsible?on=2001-01-01", "/api/responsible/book?on=0001-01-01",
        "/api/cases/{case}/responsible?on=2001-01-01", "/api/reports/indicators.json?first=0001-01-01",
        "/api/reports/indicators.json?last=9999-12-31", "/api/reports/indicators.json?last=0001-01-01",
        f"/api/reports/monthly/{COUNTY}/2026-11.json?version=99999999999999999999",
    ],
)  # fmt: skip
async def test_a_day_or_year_out_of_reach_is_said_to_be_so(
    town: Town, case: Case, path: str
) -> None:
    """The ends of the calendar and days before any rule are a wrong question, not a fault."""
    place = path.format(school=town.children[0].school, case=case.no)
    answer = await town.http.get(place, headers=town.bearer(EDU, COUNTY))
    assert (answer.status_code, answer.json()["status"]) == (422, 422), answer.text


async def test_a_transfer_keeps_the_count_and_the_lead_says_so(town: Town) -> None:
    """Two days at one school, moved, a third day at the next: a lead whose note names both."""
    child = town.child()
    days = await school_days(town, child.school, 3)
    for day in days[:2]:
        await report(town, child, day, child)
    other = next(
        s for s in town.county.schools if s.stage.value == "junior" and s.code != child.school
    )
    said = {
        "roll_no": child.roll_no, "to_school": other.code, "grade": child.grade,
        "class_number": 1, "moved_on": str(days[2]),
    }  # fmt: skip
    strange = town.bearer(Role.REGISTRAR, child.school)
    assert (
        await town.http.post("/api/attendance/moves", json=said, headers=strange)
    ).status_code == 403
    head = town.bearer(Role.REGISTRAR, other.code)
    moved = await town.http.post("/api/attendance/moves", json=said, headers=head)
    assert moved.status_code == 200, moved.text
    body = {"absent": [{"roll_no": child.roll_no, "kind": "unexcused"}]}
    code = f"{other.code}-{school_year_of(days[2])}-{child.grade:02}01"
    done = await town.http.put(
        f"/api/attendance/classes/{code}/days/{days[2]}", json=body,
        headers=town.bearer(TEACHER, other.code) | {"Idempotency-Key": town.key()},
    )  # fmt: skip
    assert done.json()["leads_opened"] == 1, done.text
    listed = (
        await town.http.get(f"/api/attendance/schools/{other.code}/leads", headers=head)
    ).json()
    (lead,) = [each for each in listed["leads"] if each["child_ref"] == str(child.ref)]
    (note,) = [each for each in lead["notes"] if each["kind"] == "transferred"]
    assert child.school in note["said"]
    assert other.code in note["said"]


async def test_a_case_shows_the_leads_it_came_from(town: Town, case: Case) -> None:
    """Within scope only."""
    shown = await case.get("/leads")
    assert [each["case_no"] for each in shown.json()["leads"]] == [case.no]
    stranger = town.bearer(PRINCIPAL, "9901019999")
    assert (await town.http.get(f"/api/cases/{case.no}/leads", headers=stranger)).status_code == 404


async def test_illness_stays_in_the_school_and_a_confidential_cause_in_the_file(town: Town) -> None:
    """The county reads 病假 and not which illness; a task signed off with a secret cause says so only."""
    child = town.child()
    (day,) = await school_days(town, child.school, 1)
    absent = {"absent": [{"roll_no": child.roll_no, "kind": "sick", "reason": "肺结核"}]}
    path = f"/api/attendance/classes/{class_of(child, day)}/days/{day}"
    head = town.as_(TEACHER, child) | {"Idempotency-Key": town.key()}
    assert (await town.http.put(path, json=absent, headers=head)).status_code == 200
    for role, is_shown in ((PRINCIPAL, True), (EDU, False), (Role.CENTER_SCHOOL, False)):
        school = next(s for s in town.county.schools if s.code == child.school)
        office = school.township if role is Role.CENTER_SCHOOL else town.office(role, child)
        who = town.bearer(role, office)
        shown = await town.http.get(
            f"/api/attendance/schools/{child.school}/days/{day}", headers=who
        )
        book = await town.http.get(f"/api/books/daily/{child.school}/{day}", headers=who)
        assert ("肺结核" in shown.text) is is_shown
        assert ("肺结核" in str(sheet_of(book.content))) is is_shown

    await report(town, child, day, child)
    tasks = (await get(town, "/api/tasks", TEACHER, child, school=child.school)).json()["tasks"]
    (task,) = [t for t in tasks if t["child_ref"] == str(child.ref)]
    contact = {"contacted_on": str(day), "method": "家访", "was_reached": True}
    await town.http.post(
        f"/api/tasks/{task['id']}/contacts", json=contact,
        headers=town.as_(TEACHER, child) | {"Idempotency-Key": town.key()},
    )  # fmt: skip
    done = {
        "result": "已问清",
        "cause": "marriage",
        "whereabouts": "at_home",
        "signed_by": "孙老师",
    }
    await town.http.post(
        f"/api/tasks/{task['id']}/close", json=done, headers=town.as_(TEACHER, child)
    )
    listed = await get(town, "/api/tasks", TEACHER, child, school=child.school, all_="true")
    (line,) = [t for t in listed.json()["tasks"] if t["id"] == task["id"]]
    assert line["cause"] == "特殊原因（密）"
    assert "marriage" not in listed.text
