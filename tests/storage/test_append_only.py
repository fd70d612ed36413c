"""What the database itself refuses: changes to the past, and rows that do not fit the chain."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.base import canonical, digest
from storage import objects
from tests.lifecycle import roads
from tests.storage import book
from tests.storage.book import everything, rows

KEPT = ("case_event", "case_request")
CHANGES = (
    "update {table} set request_id = 'another-1'",
    "delete from {table}",
    "truncate {table} cascade",
)


async def refused(engine: AsyncEngine, statement: str, **keys: Any) -> str:
    with pytest.raises((ProgrammingError, IntegrityError, DBAPIError)) as error:
        async with engine.begin() as connection:
            await connection.execute(text(statement), keys)
    return str(error.value.orig)


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.split()[0])
async def test_the_application_may_not_change_the_past(
    engine: AsyncEngine, table: str, change: str
) -> None:
    """The role the services run as has no right to it at all."""
    await book.write(engine, roads.suspected())
    before = await everything(engine)
    assert "permission denied" in await refused(engine, change.format(table=table))
    assert await everything(engine) == before


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.split()[0])
async def test_not_even_the_owner_may_change_the_past(
    engine: AsyncEngine, owner: AsyncEngine, table: str, change: str
) -> None:
    """Triggers refuse the owner of the tables too."""
    await book.write(engine, roads.suspected())
    before = await everything(engine)
    assert "append-only" in await refused(owner, change.format(table=table))
    assert await everything(engine) == before


@pytest.mark.parametrize(
    "statement",
    [
        "alter table case_event disable trigger all",
        "drop table case_event cascade",
        "create table mine (id integer)",
        "delete from case_file",
        "delete from paper",
        "delete from obligation",
        "delete from outbox",
        "delete from number_series",
        "delete from rule_snapshot",
        "update rule_snapshot set body = '{}'",
        "delete from stored_object",
        "set role guixue_owner",
        "set session_replication_role = replica",
    ],
)
async def test_the_application_has_no_right_it_does_not_need(
    engine: AsyncEngine, statement: str
) -> None:
    """It cannot lift the guards, make tables, or delete what the ledger's rows stand on."""
    said = await refused(engine, statement)
    assert any(word in said for word in ("permission denied", "must be owner"))


async def test_stored_bytes_are_never_changed(engine: AsyncEngine, owner: AsyncEngine) -> None:
    """A rendered paper is named by its hash and stays what it is; the same bytes are kept once."""
    async with engine.begin() as connection:
        sha = await objects.put(connection, b"%PDF-1.7 one", "application/pdf")
        assert await objects.put(connection, b"%PDF-1.7 one", "application/pdf") == sha
        assert await objects.get(connection, sha) == b"%PDF-1.7 one"
        with pytest.raises(LookupError):
            await objects.get(connection, "0" * 64)
    for change in ("update stored_object set bytes = ''", "delete from stored_object"):
        assert "append-only" in await refused(owner, change)
    async with owner.begin() as connection:
        await connection.execute(text("alter table stored_object disable trigger user"))
        await connection.execute(text("update stored_object set bytes = 'other'"))
    async with engine.connect() as connection:
        with pytest.raises(ValueError, match="damaged"):
            await objects.get(connection, sha)


async def next_row(engine: AsyncEngine, **changes: Any) -> dict[str, Any]:
    """Make the event that would rightly come next, with some of its columns changed."""
    (last,) = await rows(engine, "select * from case_event order by seq desc limit 1")
    body = {
        "case_id": str(last.case_id), "seq": last.seq + 1, "request_id": last.request_id,
        "event": {"kind": "guardian_contacted"},
    } | changes.pop("said", {})  # fmt: skip
    row = {
        "case_id": last.case_id, "seq": last.seq + 1, "kind": "guardian_contacted",
        "request_id": last.request_id, "happened_on": last.happened_on,
        "recorded_at": last.recorded_at, "body": canonical(body), "prev_hash": last.hash,
    } | changes  # fmt: skip
    return {"hash": digest(f"{row['prev_hash']}\n{row['body']}")} | row


async def insert(engine: AsyncEngine, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    async with engine.begin() as connection:
        await connection.execute(text(f"insert into case_event ({names}) values ({values})"), row)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hash": "0" * 64}, "hash wrong"),
        ({"prev_hash": "0" * 64}, "chain broken"),
        ({"prev_hash": ""}, "chain broken"),
        ({"seq": 99, "said": {"seq": 99}}, "gap"),
        ({"seq": 1, "said": {"seq": 1}}, "gap"),
        ({"said": {"case_id": "00000000-0000-4000-8000-000000000000"}}, "disagree"),
        ({"said": {"seq": 77}}, "disagree"),
        ({"said": {"request_id": "another-1"}}, "disagree"),
        ({"said": {"event": {"kind": "case_signed_off"}}}, "disagree"),
    ],
    ids=str,
)
async def test_the_chain_refuses_a_row_that_does_not_fit(
    engine: AsyncEngine, owner: AsyncEngine, changes: dict[str, Any], reason: str
) -> None:
    """Wrong hash, wrong predecessor, gap, or columns that say other than the text: refused to all."""
    await book.write(engine, roads.suspected())
    before = await everything(engine)
    row = await next_row(engine, **changes)
    for who in (engine, owner):
        with pytest.raises(IntegrityError, match=reason):
            await insert(who, row)
    assert await everything(engine) == before


async def test_the_chain_takes_the_row_that_fits(engine: AsyncEngine) -> None:
    """The rows of the test above fail for their fault alone."""
    await book.write(engine, roads.suspected())
    await insert(engine, await next_row(engine))
