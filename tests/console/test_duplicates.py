"""A case is closed as a duplicate only where its child keeps another open case."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from intake.entries import signature
from models.words import Role
from tests.console.town import COUNTY, Case, Town


async def judged(town: Town, one: Case, other: Case, answer: str | None) -> None:
    """Put the pair on the review list, and answer it."""
    left, right = sorted(signature(f"id:{c.child.id_no}", c.child.name) for c in (one, other))
    async with town.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into match_review (id, county, left_key, right_key, reason, explanation,"
                " evidence, found_at, answer) values (:id, :county, :left, :right, 'two_numbers',"
                " '', '{}', now(), :answer)"
            ),
            {"id": uuid4(), "county": COUNTY, "left": left, "right": right, "answer": answer},
        )


async def propose(case: Case) -> httpx.Response:
    body = {"kind": "propose_act", "happened_on": str(case.town.today), "act": "close_duplicate",
            "note": "与另一案重复", "evidence": ["核对表"]}  # fmt: skip
    return await case.post(Role.EDU_CASE, body)


async def close(case: Case, other: str, **how: Any) -> httpx.Response:
    body = {"kind": "close_duplicate", "happened_on": str(case.town.today), "other_case": other}
    return await case.post(Role.EDU_HEAD, body, **how)


def refusal(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [reason["code"] for reason in answer.json()["unmet"]]


async def test_a_case_without_a_twin_is_no_duplicate(town: Town, case: Case) -> None:
    """With no other open case of the child the act cannot even be proposed."""
    answer = await propose(case)
    assert refusal(answer) == ["no_other_case"]
    assert "无人负责" in answer.json()["detail"]


@pytest.mark.parametrize("answer", [None, "not_same", "need_paper"])
async def test_two_children_are_not_one_until_a_person_said_so(
    town: Town, answer: str | None
) -> None:
    """A pair not yet judged, or judged otherwise, keeps both cases."""
    one, other = await town.case(), await town.case()
    await judged(town, one, other, answer)
    assert refusal(await propose(one)) == ["no_other_case"]


async def test_the_other_case_must_be_there_be_open_and_be_the_childs(town: Town) -> None:
    """Each wrong case number is refused with its own reason; the right one closes the case."""
    one, other, stranger = await town.case(), await town.case(), await town.case()
    await judged(town, one, other, "same")
    assert (await propose(one)).status_code == 200
    assert refusal(await close(one, "nonexistent-0000")) == ["other_case_unknown"]
    assert refusal(await close(one, one.no)) == ["duplicate_of_itself"]
    assert refusal(await close(one, stranger.no)) == ["another_child"]
    answer = await close(one, other.no)
    assert (answer.status_code, answer.json()["stage"]) == (200, "closed_duplicate")
    assert (await other.get()).json()["stage"] == "suspected"


async def test_a_duplicate_is_not_closed_into_a_closed_case(town: Town) -> None:
    """Proposed while the other case was open, refused when it has been closed since."""
    one, other = await town.case(), await town.case()
    await judged(town, one, other, "same")
    for case in (one, other):
        assert (await propose(case)).status_code == 200
    assert (await close(one, other.no)).status_code == 200
    answer = await close(other, one.no)
    assert refusal(answer) == ["other_case_closed"]
    assert "重复撤销" in answer.json()["detail"]


async def test_two_cases_never_close_each_other(town: Town) -> None:
    """Signed for both at one moment, one closes and the other stays with the child."""
    pairs = []
    for _ in range(3):
        one, other = await town.case(), await town.case()
        await judged(town, one, other, "same")
        for case in (one, other):
            assert (await propose(case)).status_code == 200
        pairs.append((one, other, await one.revision(), await other.revision()))
    for one, other, seen, other_seen in pairs:
        answers = await asyncio.gather(
            close(one, other.no, revision=str(seen)), close(other, one.no, revision=str(other_seen))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]
