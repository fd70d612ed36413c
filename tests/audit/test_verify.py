"""Tampering with the guards lifted: the walk of the chain names the first row that does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.redecide import Difference, redecide
from audit.verify import Verdict, verify_all
from models.base import canonical, digest
from tests.lifecycle import roads
from tests.storage import book
from tests.storage.book import another_child, rows


async def tamper(owner: AsyncEngine, *statements: str, **keys: Any) -> None:
    """Do what only the owner of the tables could: lift the guards, and write."""
    async with owner.begin() as connection:
        for table in ("case_event", "case_request"):
            await connection.execute(text(f"alter table {table} disable trigger user"))
        for statement in statements:
            await connection.execute(text(statement), keys)
        for table in ("case_event", "case_request"):
            await connection.execute(text(f"alter table {table} enable trigger user"))


async def verified(engine: AsyncEngine) -> list[Verdict]:
    async with engine.connect() as connection:
        return await verify_all(connection, None)


async def redecided(engine: AsyncEngine, case_id: Any) -> tuple[int, list[Difference]]:
    async with engine.connect() as connection:
        return await redecide(connection, case_id)


@pytest.fixture
async def case_id(engine: AsyncEngine) -> Any:
    walk = roads.served()
    await book.write(engine, walk)
    (row,) = await rows(engine, "select case_id from case_file")
    return row.case_id


async def test_an_untouched_ledger_is_whole(engine: AsyncEngine, case_id: Any) -> None:
    """Every chain holds, every command decides again to what is written."""
    await book.write(engine, another_child(roads.verifying))
    verdicts = await verified(engine)
    assert [verdict.is_whole for verdict in verdicts] == [True, True]
    counted = await rows(engine, "select count(*) from case_event")
    assert sum(verdict.events for verdict in verdicts) == counted[0][0]
    asked = await rows(engine, "select 1 from case_request where case_id = :id", id=case_id)
    assert await redecided(engine, case_id) == (len(asked), [])


TAMPERINGS = {
    "a_word_in_a_text": (
        "update case_event set body = replace(body, '电话', '微信') where seq = 8", 8, "内容与哈希",
    ),
    "a_hash": ("update case_event set hash = repeat('0', 64) where seq = 7", 7, "内容与哈希"),
    "a_predecessor": (
        "update case_event set prev_hash = repeat('0', 64) where seq = 7", 7, "接不上",
    ),
    "a_kind": ("update case_event set kind = 'lead_excused' where seq = 3", 3, "登记列"),
    "a_day": (
        "update case_event set happened_on = happened_on - 30 where seq = 4", 4, "登记列",
    ),
    "an_hour": (
        "update case_event set recorded_at = recorded_at - interval '1 day' where seq = 4", 4,
        "登记列",
    ),
    "a_missing_row": ("delete from case_event where seq = 6", 7, "序号不连续"),
    "the_first_row": ("delete from case_event where seq = 1", 2, "序号不连续"),
    "a_command": (
        "update case_request set command = replace(command, '电话', '微信') where first_seq ="
        " (select min(first_seq) from case_request where command like '%电话%')", 8, "指令",
    ),
    "the_clock_of_a_command": (
        "update case_request set decided_at = decided_at - interval '9 days' where first_seq = 1",
        1, "指令",
    ),
    "the_rules_of_a_command": (
        "update case_request set policy_sha = calendar_sha where first_seq = 1", 1, "指令",
    ),
    "the_span_of_a_command": (
        "update case_request set last_seq = last_seq + 1 where first_seq = 1", 8, "指令",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_the_first_broken_row_is_named(
    engine: AsyncEngine, owner: AsyncEngine, case_id: Any, name: str
) -> None:
    """Whatever was touched, the verdict points to the first row that no longer holds, and why."""
    statement, seq, reason = TAMPERINGS[name]
    await tamper(owner, statement)
    (verdict,) = await verified(engine)
    assert not verdict.is_whole
    assert (verdict.broken_seq, reason in verdict.reason) == (seq, True), verdict.reason


async def test_a_deleted_last_event_is_found(
    engine: AsyncEngine, owner: AsyncEngine, case_id: Any
) -> None:
    """Cutting off the end leaves a good chain, but not the one the head knows."""
    (last,) = await rows(engine, "select max(seq) from case_event")
    await tamper(owner, "delete from case_event where seq = :last", last=last[0])
    (verdict,) = await verified(engine)
    assert (verdict.broken_seq, "链尾" in verdict.reason) == (last[0], True)


async def test_one_broken_chain_does_not_hide_the_others(
    engine: AsyncEngine, owner: AsyncEngine, case_id: Any
) -> None:
    """Each case has its own verdict."""
    await book.write(engine, another_child(roads.verifying))
    await tamper(
        owner,
        "update case_event set body = body || ' ' where seq = 2 and case_id = :id",
        id=case_id,
    )
    assert [verdict.broken_seq for verdict in await verified(engine)] == [2, None]


async def rehash(
    owner: AsyncEngine, case_id: Any, change: Callable[[dict[str, Any]], None]
) -> None:
    """Forge like an insider with all rights: change events, then mend every hash and the head."""
    events = await rows(
        owner, "select * from case_event where case_id = :id order by seq", id=case_id
    )
    last = ""
    for row in events:
        body = json.loads(row.body)
        change(body)
        text_ = canonical(body)
        own = digest(f"{last}\n{text_}")
        await tamper(
            owner,
            "update case_event set body = :body, prev_hash = :prev, hash = :hash,"
            " happened_on = cast(:day as date) where case_id = :id and seq = :seq",
            body=text_, prev=last, hash=own, id=case_id, seq=row.seq,
            day=date.fromisoformat(body["event"]["happened_on"]),
        )  # fmt: skip
        last = own
    await tamper(
        owner, "update case_file set head_hash = :hash where case_id = :id", hash=last, id=case_id
    )


async def test_a_forged_and_rehashed_event_is_found_by_deciding_again(
    engine: AsyncEngine, owner: AsyncEngine, case_id: Any
) -> None:
    """The chain is made good again, and yet the command does not decide to what is written."""

    def backdate(body: dict[str, Any]) -> None:
        if body["event"]["kind"] == "paper_served":
            body["event"]["happened_on"] = "2025-09-12"

    await rehash(owner, case_id, backdate)
    assert [verdict.is_whole for verdict in await verified(engine)] == [True]
    _, differences = await redecided(engine, case_id)
    assert [(d.what) for d in differences] == ["“paper_served”内容不同：happened_on"]


async def test_a_forged_deadline_is_found_by_deciding_again(
    engine: AsyncEngine, owner: AsyncEngine, case_id: Any
) -> None:
    """A deadline put off in the ledger is derived again from the rules, and differs."""

    def put_off(body: dict[str, Any]) -> None:
        event = body["event"]
        if event["kind"] == "obligation_opened" and event["obligation"]["duty"] == "accept_order":
            event["obligation"]["derivation"]["due_on"] = "2026-09-30"

    await rehash(owner, case_id, put_off)
    assert [verdict.is_whole for verdict in await verified(engine)] == [True]
    _, differences = await redecided(engine, case_id)
    assert len(differences) == 1
    assert "obligation" in differences[0].what


async def test_rules_changed_behind_their_hash_are_found(
    engine: AsyncEngine, owner: AsyncEngine, case_id: Any
) -> None:
    """A stored rule that no longer has its own hash is reported, not decided by."""
    (row,) = await rows(engine, "select body from rule_snapshot where kind = 'policy'")
    body = json.loads(row.body)
    body["parameters"]["order_days"]["value"] = 90
    await tamper(
        owner, "update rule_snapshot set body = :body where kind = 'policy'", body=canonical(body)
    )
    _, differences = await redecided(engine, case_id)
    assert differences
    assert "规则快照" in differences[0].what
