"""Leads of every source go down the same road: the outbox opens one case, or joins the open one."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from intake.entry_age import never_enrolled_leads
from intake.outside_leads import NewLead, put_leads
from intake.places import move_child
from intake.transition import Graduate, make_hand_over, transition_leads
from models.words import LeadSource, Role
from tests.console.town import COUNTY, Case, Town

EDU = Role.EDU_CASE


async def case_of(town: Town, child: UUID, leads: int = 1) -> Any:
    """Pump until every lead of the child has gone down the road; give its one case."""
    query = text(
        "select f.case_no, f.stage, f.school, f.township, f.owner_role, f.owner_office, f.state,"
        " f.case_id from case_file f where f.child_ref = :child"
    )
    done = text("select count(*) from lead where child_ref = :child and case_id is not null")
    for _ in range(300):
        await town.pump.once()
        async with town.engine.connect() as connection:
            if (await connection.execute(done, {"child": child})).scalar_one() >= leads:
                return (await connection.execute(query, {"child": child})).one()
        await asyncio.sleep(0.05)
    raise AssertionError("the lead became no case")


async def test_a_no_show_is_a_case_of_the_junior_school(town: Town) -> None:
    """The child sits on the primary school's roll; the junior school must ask where it is."""
    child = town.child()
    primary = next(s for s in town.county.schools if s.stage.value == "primary")
    junior = str(child.school)
    async with town.engine.begin() as connection:
        await move_child(
            connection, child.ref, (primary.code, 6, 1), moved_on=date(2026, 7, 1), by="r"
        )
        await make_hand_over(
            connection, 2032, [Graduate(junior, child.ref, primary.code)], by="r", at=town.now()
        )
        (lead,) = await transition_leads(connection, junior, 2032, date(2032, 9, 1), town.today)
    case = await case_of(town, child.ref)
    assert (case.school, case.owner_office) == (junior, junior)
    assert case.stage == "suspected"
    async with town.engine.connect() as connection:
        found = await connection.execute(
            text("select case_id from lead where id = :id"), {"id": lead}
        )
        assert found.scalar_one() == case.case_id


async def test_a_child_who_never_came_is_a_case_of_its_township(town: Town) -> None:
    """No school anywhere: the township owns the case, and the county's list shows it."""
    child = town.child()
    async with town.engine.begin() as connection:
        await move_child(connection, child.ref, (None, None, None), moved_on=town.today, by="r")
        made = await never_enrolled_leads(
            connection, str(child.residence_township), child.birth_on.year + 7, "08-31", 16,
            town.today,
        )  # fmt: skip
    assert len(made) >= 1
    case = await case_of(town, child.ref)
    assert (case.school, case.township) == ("", child.residence_township)
    assert case.owner_office == child.residence_township
    shown = await town.http.get(f"/api/cases/{case.case_no}", headers=town.bearer(EDU, COUNTY))
    assert shown.status_code == 200, shown.text


async def test_a_tip_about_a_child_with_a_case_joins_it(town: Town, case: Case) -> None:
    """One case before and after; the tip's lead says which."""
    body = {
        "kind": "tip", "received_on": str(town.today), "content": "仍未上学",
        "child_roll_no": case.child.roll_no,
    }  # fmt: skip
    head = town.bearer(EDU, COUNTY) | {"Idempotency-Key": town.key()}
    got = await town.http.post("/api/outside", json=body, headers=head)
    assert got.status_code == 201, got.text
    found = await case_of(town, case.child.ref, leads=2)
    assert found.case_no == case.no
    listed = (await town.http.get("/api/outside", headers=town.bearer(EDU, COUNTY))).json()
    (line,) = [n for n in listed["notices"] if n["receipt_no"] == got.json()["receipt_no"]]
    assert (line["lead_status"], line["case_no"]) == ("joined", case.no)


async def test_a_tip_about_a_child_nobody_knows_becomes_its_case(town: Town) -> None:
    """On no roster, without a number: the county writes the child down, and the road is the same."""
    school = str(town.child().school)
    head = town.bearer(EDU, COUNTY) | {"Idempotency-Key": town.key()}
    name = f"孟{town.key()[-6:]}"
    tip = {
        "kind": "tip", "received_on": str(town.today), "content": "在砖厂做工",
        "child_name": name,
    }  # fmt: skip
    got = (await town.http.post("/api/outside", json=tip, headers=head)).json()
    assert got["status"] == "review"
    born = date(town.today.year - 10, 3, 1)
    child = {
        "sex": "male", "birth_on": str(born), "school": school,
        "guardian": {"name": "孟大", "relation": "father", "phone": "0999-5550001"},
    }  # fmt: skip
    path = f"/api/outside/{got['id']}/child"
    blind = await town.http.post(path, json=child, headers=town.bearer(Role.PRINCIPAL, school))
    assert blind.status_code == 403
    lost = await town.http.post(path, json=child | {"school": ""}, headers=head)
    assert (lost.status_code, lost.json()["code"]) == (422, "place_unknown")
    for _ in range(2):
        made = await town.http.post(path, json=child, headers=head)
        assert made.status_code == 200, made.text
    async with town.engine.connect() as connection:
        found = await connection.execute(
            text("select ref from child where name = :name"), {"name": name}
        )
        ref = found.scalar_one()
    case = await case_of(town, ref)
    assert (case.school, case.stage) == (school, "lead")
    assert [guardian["relation"] for guardian in case.state["guardians"]] == ["父亲"]


async def test_two_sources_at_once_make_one_case(town: Town) -> None:
    """First week and a department's notice in one night: two leads, one case."""
    child = town.child()
    async with town.engine.begin() as connection:
        await put_leads(
            connection,
            [
                NewLead(child.ref, LeadSource.FIRST_WEEK, town.today),
                NewLead(child.ref, LeadSource.DEPARTMENT, town.today),
            ],
            town.today,
        )
    await case_of(town, child.ref, leads=2)
