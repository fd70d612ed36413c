"""Groups kept in sight: labels with their days, lists by office, who has no school roll."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from models.words import Role
from tests.console.town import COUNTY, Case, Town


async def put(town: Town, child: Any, role: Role, office: str, **said: Any) -> Any:
    body = {"label": "left_behind", "on": str(town.today), "source": "开学摸底表"} | said
    return await town.http.post(
        f"/api/children/{child.ref}/groups", json=body, headers=town.bearer(role, office)
    )


async def listed(town: Town, role: Role, office: str = COUNTY, **query: str) -> Any:
    answer = await town.http.get("/api/groups", params=query, headers=town.bearer(role, office))
    return answer.json() if answer.status_code == 200 else answer.status_code


async def test_a_label_is_put_on_once_and_taken_off_with_its_days_kept(town: Town) -> None:
    """Left behind from a day to a day: twice is once, and the past stays to be read."""
    child = town.child()
    school = str(child.school)
    first = await put(town, child, Role.REGISTRAR, school)
    assert (first.status_code, first.json()["changed"]) == (200, True)
    assert (await put(town, child, Role.REGISTRAR, school)).json()["changed"] is False
    found = await listed(town, Role.PRINCIPAL, school, label="left_behind")
    assert [row["child_ref"] for row in found["children"]] == [str(child.ref)]
    assert (await put(town, child, Role.REGISTRAR, school, is_on=False)).json()["changed"] is True
    assert (await listed(town, Role.PRINCIPAL, school, label="left_behind"))["children"] == []
    async with town.engine.connect() as connection:
        kept = await connection.execute(
            text("select count(*) from child_group where child_ref = :ref"), {"ref": child.ref}
        )
        assert kept.scalar_one() == 1


async def test_another_school_the_teacher_and_the_village_label_nobody(town: Town) -> None:
    """Only the child's own registrar or principal, or the bureau's caseworker."""
    child = town.child()
    other = next(s.code for s in town.county.schools if s.code != child.school)
    for role, office in (
        (Role.REGISTRAR, other), (Role.CLASS_TEACHER, str(child.school)),
        (Role.VILLAGE, "990101001"), (Role.SUPERVISOR, COUNTY),
    ):  # fmt: skip
        assert (await put(town, child, role, office)).status_code == 403
    assert (await put(town, child, Role.EDU_CASE, COUNTY)).status_code == 200
    assert await listed(town, Role.VILLAGE, "990101001") == 403


async def test_health_and_a_guardians_crime_are_withheld_from_who_only_supervises(
    town: Town,
) -> None:
    """C4: the supervisor sees that something is withheld, not whom it is about."""
    child = town.child()
    await put(town, child, Role.EDU_CASE, COUNTY, label="of_prisoner")
    seen = await listed(town, Role.EDU_CASE, label="of_prisoner")
    assert str(child.ref) in {row["child_ref"] for row in seen["children"]}
    kept = await listed(town, Role.SUPERVISOR, label="of_prisoner")
    assert (kept["children"], kept["withheld"]) == ([], ["服刑人员子女"])


async def test_a_labelled_child_without_a_roll_is_named(town: Town) -> None:
    """ZY-2.3h: whoever is in a group must be in the school roll; who is not stands apart."""
    child = town.child()
    await put(town, child, Role.EDU_CASE, COUNTY, label="migrant")
    async with town.engine.begin() as connection:
        await connection.execute(
            text("update child set roll_no = null where ref = :ref"), {"ref": child.ref}
        )
    found = await listed(town, Role.EDU_CASE, label="migrant")
    assert str(child.ref) in found["without_roll"]


async def test_no_label_speaks_of_faith_or_origin(town: Town) -> None:
    """CX-2.1: such a criterion does not exist and cannot be entered."""
    child = town.child()
    for label in ("religion", "ethnic", "宗教"):
        answer = await put(town, child, Role.EDU_CASE, COUNTY, label=label)
        assert answer.status_code == 422


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.TOWNSHIP_CASE])
async def test_relief_households_are_counted_for_the_county_only(town: Town, role: Role) -> None:
    """DC-1: how many of relief households are out of school is the county's figure."""
    office = {Role.PRINCIPAL: "9901010004", Role.TOWNSHIP_CASE: "990101001"}[role]
    answer = await town.http.get("/api/groups/poverty", headers=town.bearer(role, office))
    assert answer.status_code == 403


async def test_a_child_of_a_relief_household_out_of_school_is_counted_by_its_case(
    case: Case,
) -> None:
    """Suspected it is not yet counted; confirmed it is, by its case number."""
    town = case.town
    async with town.engine.begin() as connection:
        await connection.execute(
            text(
                "update household set poverty = 'edge' where ref ="
                " (select household_ref from child where ref = :ref)"
            ),
            {"ref": case.child.ref},
        )

    async def out() -> list[str]:
        head = town.bearer(Role.EDU_CASE, COUNTY)
        said = (await town.http.get("/api/groups/poverty", headers=head)).json()
        assert said["children"] > 0
        return list(said["out"])

    assert case.no not in await out()
    await case.to_the_order()
    assert case.no in await out()
