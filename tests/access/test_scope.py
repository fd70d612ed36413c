"""Who sees which case: a table written out by hand, against the query the lists really run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from access.scope import at_work, may_read_legal_file, may_see_deadline, visible
from models.people import Actor
from models.tables import CaseFile
from models.words import Role
from storage.engine import create_engine

# Three cases: two of one county and township in different schools, one of another county.
CASES = {
    "A": ("990101", "990101001", "9901010001"),
    "B": ("990101", "990101001", "9901010002"),
    "C": ("990101", "990101002", "9901010003"),
    "D": ("990202", "990202001", "9902020001"),
}
ALL_OFFICES = [
    "9901010001", "9901010003", "990101001", "990101002", "990101", "990202", "990202001",
    "9902020001", "", "99", "system", "%", "9901010001' or '1'='1",
]  # fmt: skip
IN_SCHOOL = {"9901010001": "A", "9901010003": "C", "9902020001": "D"}
IN_TOWNSHIP = {"990101001": "AB", "990101002": "C", "990202001": "D"}
IN_COUNTY = {"990101": "ABC", "990202": "D"}
NOWHERE: dict[str, str] = {}
TABLE = {
    "class_teacher": IN_SCHOOL,
    "registrar": IN_SCHOOL,
    "principal": IN_SCHOOL,
    "center_school": IN_TOWNSHIP,
    "township_case": IN_TOWNSHIP,
    "township_law": IN_TOWNSHIP,
    "township_head": IN_TOWNSHIP,
    "village": IN_TOWNSHIP,
    "edu_case": IN_COUNTY,
    "edu_law": IN_COUNTY,
    "edu_head": IN_COUNTY,
    "supervisor": IN_COUNTY,
    "county_group": IN_COUNTY,
    "auditor": IN_COUNTY,
    "committee": NOWHERE,
    "platform_admin": NOWHERE,
    "system": NOWHERE,
}


@pytest.fixture
async def four_cases(database_url: str, owner_url: str) -> AsyncIterator[AsyncEngine]:
    owner = create_engine(owner_url)
    async with owner.begin() as connection:
        await connection.execute(
            text("insert into rule_snapshot (sha, kind, body) values (:sha, 'policy', '{}')"),
            {"sha": "0" * 64},
        )
        for name, (county, township, school) in CASES.items():
            await connection.execute(
                text(
                    "insert into case_file (case_id, case_no, workflow_id, child_ref, episode,"
                    " county, township, school, head_seq, head_hash, stage, queue, owner_role,"
                    " owner_office, is_overdue, last_event_at, policy_sha, state) values (:id,"
                    " :no, :no, :child, 1, :county, :township, :school, 1, '', 'lead', 'q', 'r',"
                    " 'o', false, now(), :sha, '{}')"
                ),
                {
                    "id": uuid4(), "no": name, "child": uuid4(), "county": county,
                    "township": township, "school": school, "sha": "0" * 64,
                },
            )  # fmt: skip
    await owner.dispose()
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


def test_the_table_names_every_role() -> None:
    """A new role cannot slip by without a line of its own."""
    assert set(TABLE) == {role.value for role in Role}


async def test_each_role_sees_the_cases_of_its_own_office_and_no_other(
    four_cases: AsyncEngine,
) -> None:
    """Every role at every office, right or wrong, sees exactly what the table says."""
    wrong = []
    async with four_cases.connect() as connection:
        for role in Role:
            for office in ALL_OFFICES:
                actor = Actor(id="甲", role=role, office=office)
                table = CaseFile.__table__
                query = select(table.c.case_no).where(visible(actor)).order_by(table.c.case_no)
                seen = "".join((await connection.execute(query)).scalars())
                if seen != TABLE[role.value].get(office, ""):
                    wrong.append((role.value, office, seen))
    assert wrong == []


def test_the_village_and_the_experts_are_kept_from_the_legal_file() -> None:
    """The village visits and witnesses, the experts assess; neither reads the file."""
    barred = {
        role for role in Role if not may_read_legal_file(Actor(id="甲", role=role, office="x"))
    }
    assert barred == {Role.VILLAGE, Role.COMMITTEE}


@pytest.mark.parametrize(
    ("stage", "deferral", "open_to_village"),
    [("persuasion", None, True), ("assessment", None, False), ("deferred", "statutory", False),
     ("deferred", None, False), ("deferred", "policy", True), ("placement", "statutory", True)],
)  # fmt: skip
async def test_a_stage_that_tells_of_health_is_not_for_the_village(
    four_cases: AsyncEngine, stage: str, deferral: str | None, open_to_village: bool
) -> None:
    """C4 never stands in a village's view; who works on the case sees it as before."""
    state = "{}" if deferral is None else f'{{"deferral": "{deferral}"}}'
    async with four_cases.begin() as connection:
        change = (
            "update case_file set stage = :stage, state = cast(:state as jsonb) where case_no = 'A'"
        )
        await connection.execute(text(change), {"stage": stage, "state": state})
        seen = {}
        for role in (Role.VILLAGE, Role.TOWNSHIP_CASE):
            actor = Actor(id="甲", role=role, office="990101001")
            table = CaseFile.__table__
            query = select(table.c.case_no).where(visible(actor)).order_by(table.c.case_no)
            seen[role] = "".join((await connection.execute(query)).scalars())
    assert seen == {Role.VILLAGE: "AB" if open_to_village else "B", Role.TOWNSHIP_CASE: "AB"}


async def test_the_experts_are_shown_what_they_assess_and_nothing_else(
    four_cases: AsyncEngine, owner_url: str
) -> None:
    """One case under assessment of their own county, while it is; every other role as before."""
    owner = create_engine(owner_url)
    async with owner.begin() as connection:
        await connection.execute(
            text("update case_file set stage = 'assessment' where case_no in ('B', 'D')")
        )
    await owner.dispose()
    table = CaseFile.__table__
    wrong = []
    async with four_cases.connect() as connection:
        for role in Role:
            for office in ALL_OFFICES:
                actor = Actor(id="甲", role=role, office=office)
                shown, listed = [
                    "".join((await connection.execute(query)).scalars())
                    for query in (
                        select(table.c.case_no).where(scope(actor)).order_by(table.c.case_no)
                        for scope in (at_work, visible)
                    )
                ]
                wanted = {"990101": "B", "990202": "D"} if role is Role.COMMITTEE else {}
                if shown != (wanted.get(office, "") if wanted else listed):
                    wrong.append((role.value, office, shown))
    assert wrong == []


def test_the_experts_see_until_when_they_are_asked_and_no_other_deadline() -> None:
    """What the township, the school and the county owe is not theirs to know."""
    expert = Actor(id="甲", role=Role.COMMITTEE, office="990101")
    assert may_see_deadline(expert, "edu_case", "conclude_assessment")
    assert not may_see_deadline(expert, "edu_case", "refer")
    assert not may_see_deadline(expert, "township_case", "keep_contact")
