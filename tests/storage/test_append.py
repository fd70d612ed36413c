"""The ledger's one way in: whole or not at all, once, in order, and with numbers without gaps."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from lifecycle.verdict import Decision
from models import commands as c
from models.recorded import AppendRequest
from models.state import CaseState
from models.words import Role
from storage.ledger import LedgerConflict, append, next_number
from storage.projection import head_of
from tests.lifecycle import roads
from tests.storage import book
from tests.storage.book import (
    Torn,
    another_child,
    cut_cable,
    everything,
    folded,
    ledger_of,
    plain_paper,
    rows,
    send,
    torn_paper,
)
from tests.walk import Walk

ROADS = {
    "signed_off": roads.signed_off,
    "enforced": roads.enforced,
    "judged": roads.judged,
    "handed_over": roads.lettered,
    "assessment": roads.assessment,
}


def next_request(walk: Walk, asked: list[AppendRequest], command: Any) -> AppendRequest:
    """Decide ``command`` where the walk stands, as the workflow would, without taking it."""
    verdict = walk.try_(command)
    assert isinstance(verdict, Decision), verdict
    return asked[-1].but(
        expected_seq=walk.state.revision, command=command, decided_at=walk.at,
        events=verdict.events,
    )  # fmt: skip


async def test_a_request_sent_twice_is_answered_twice_and_written_once(
    engine: AsyncEngine,
) -> None:
    """The retry after a lost acknowledgement gets the same receipt and the events it missed."""
    walk = roads.suspected()
    asked = await book.write(engine, walk)
    request = next_request(walk, asked, book.contact(walk))
    first = await send(engine, request)
    before = await everything(engine)
    again = await send(engine, request)
    assert first == again
    assert await everything(engine) == before


async def test_a_retry_is_answered_even_after_the_case_has_moved_on(engine: AsyncEngine) -> None:
    """Later events do not turn a known request into a stale one."""
    walk = roads.suspected()
    asked = await book.write(engine, walk)
    request = next_request(walk, asked, book.contact(walk))
    first = await send(engine, request)
    walk.take(request.command, Decision(events=request.events))
    await send(engine, next_request(walk, asked, book.contact(walk)))
    before = await everything(engine)
    again = await send(engine, request)
    assert first.receipt == again.receipt
    assert len(again.events) > len(first.events)
    assert await everything(engine) == before


async def test_a_retry_decided_anew_gets_what_was_written_first(engine: AsyncEngine) -> None:
    """The clock has moved between two tries: the first write wins, word for word."""
    walk = roads.suspected()
    asked = await book.write(engine, walk)
    command = book.contact(walk)
    first = await send(engine, next_request(walk, asked, command))
    walk.pass_days(0)
    later = next_request(walk, asked, command).but(decided_at=walk.at.replace(hour=18))
    again = await send(engine, later)
    assert again.events == first.events
    assert again.events[0].decided_at == first.events[0].decided_at


async def test_one_who_is_behind_gets_the_missing_events_and_writes_nothing(
    engine: AsyncEngine,
) -> None:
    """A writer that has not seen the latest events is told them and decides again."""
    walk = roads.verifying()
    asked = await book.write(engine, walk)
    stale = next_request(walk, asked, book.contact(walk)).but(expected_seq=4)
    before = await everything(engine)
    result = await send(engine, stale)
    assert result.is_behind
    assert result.receipt is None
    assert [event.seq for event in result.events] == list(range(5, walk.state.revision + 1))
    assert await everything(engine) == before


async def test_one_who_is_ahead_of_the_ledger_writes_nothing(engine: AsyncEngine) -> None:
    """A writer that claims events the ledger does not hold is answered with nothing to fold."""
    walk = roads.suspected()
    asked = await book.write(engine, walk)
    ahead = next_request(walk, asked, book.contact(walk)).but(expected_seq=99)
    before = await everything(engine)
    result = await send(engine, ahead)
    assert (result.is_behind, result.events, result.receipt) == (True, (), None)
    assert await everything(engine) == before


async def test_of_many_writers_of_one_case_one_wins_and_the_others_are_behind(
    engine: AsyncEngine,
) -> None:
    """Eight commands decided on the same revision: one is written, seven are told to look again."""
    walk = roads.suspected()
    asked = await book.write(engine, walk)
    rivals = [next_request(walk, asked, book.contact(walk)) for _ in range(8)]
    results = await asyncio.gather(*(send(engine, rival) for rival in rivals))
    assert sorted(result.is_behind for result in results) == [False] + [True] * 7
    (winner,) = [result for result in results if not result.is_behind]
    for result in results:
        assert result.events == winner.events


async def test_twins_of_one_request_at_the_same_moment_get_one_receipt(
    engine: AsyncEngine,
) -> None:
    """Six copies of each command racing each other: written once, and all are told the same."""
    walk = roads.assigned()
    opening, *asked = book.requests(walk, *await book.store_rules(engine, walk))
    await send(engine, opening)
    for request in asked:
        answers = await asyncio.gather(*(send(engine, request) for _ in range(6)))
        assert {answer.receipt for answer in answers} == {answers[0].receipt}
        assert answers[0].receipt is not None
        assert all(answer.events == answers[0].events for answer in answers)
    assert len(await ledger_of(engine, walk.state.case_id)) == walk.state.revision


async def test_a_second_open_case_of_one_child_is_refused(engine: AsyncEngine) -> None:
    """The database itself refuses it, whatever two workflows have decided; no number is lost."""
    first = roads.suspected()
    await book.write(engine, first)
    second = roads.suspected(episode=2, child_ref=first.state.child_ref)
    asked = book.requests(second, *await book.store_rules(engine, second))
    before = await everything(engine)
    with pytest.raises(LedgerConflict, match="并入原案"):
        await send(engine, asked[0])
    assert await everything(engine) == before


async def test_a_child_whose_case_is_closed_may_have_a_new_one(engine: AsyncEngine) -> None:
    """The next episode gets its own number in the same series."""
    first = roads.suspected()
    first.do(c.CloseDuplicate, Role.EDU_HEAD, other_case="990101-2025-00007")
    await book.write(engine, first)
    await book.write(engine, roads.suspected(episode=2, child_ref=first.state.child_ref))
    numbers = await rows(engine, "select case_no, episode from case_file order by case_no")
    assert [tuple(row) for row in numbers] == [
        ("990101-2025-00001", 1), ("990101-2025-00002", 2),
    ]  # fmt: skip


async def test_two_openings_at_once_make_one_case(engine: AsyncEngine) -> None:
    """The same lead delivered four times at once opens one case and answers the same receipt."""
    walk = roads.suspected()
    (request,) = book.requests(walk, *await book.store_rules(engine, walk))

    async def deliver() -> Any:
        for _ in range(3):
            try:
                return await send(engine, request)
            except (DBAPIError, LedgerConflict):
                await asyncio.sleep(0.05)
        raise AssertionError("never answered")

    results = await asyncio.gather(*(deliver() for _ in range(4)))
    assert len({result.receipt for result in results}) == 1
    assert len(await rows(engine, "select 1 from case_file")) == 1


async def test_a_paper_that_fails_takes_everything_back(engine: AsyncEngine) -> None:
    """Number, event, request, read models and outbox are one transaction: none of them stays."""
    walk = roads.assigned()
    *past, last = book.requests(walk, *await book.store_rules(engine, walk))
    for request in past:
        await send(engine, request)
    before = await everything(engine)
    with pytest.raises(Torn):
        await send(engine, last, torn_paper)
    assert await everything(engine) == before
    with pytest.raises(DBAPIError):
        await send(engine, last, cut_cable)
    assert await everything(engine) == before
    result = await send(engine, last)
    issued = [entry.event for entry in result.events if entry.event.kind == "return_order_issued"]
    assert [event.paper.serial for event in issued] == [1]


async def test_numbers_are_gapless_and_unique_under_four_crashing_writers(
    engine: AsyncEngine,
) -> None:
    """Case and paper numbers of rolled back transactions come again: 1 to n, each once."""
    walks = [another_child(lambda walk: roads.assigned(roads.dropout(walk))) for _ in range(10)]
    shas = await book.store_rules(engine, walks[0])
    waiting = [book.requests(walk, *shas) for walk in walks]
    rng = Random(7)
    crashes = 0

    async def writer() -> None:
        nonlocal crashes
        while waiting:
            todo = waiting.pop()
            for request in todo:
                is_issue = request is todo[-1]
                while True:
                    paper = rng.choice([plain_paper, torn_paper, cut_cable])
                    try:
                        await send(engine, request, paper)
                        break
                    except (Torn, DBAPIError):
                        assert is_issue
                        crashes += 1

    await asyncio.gather(*(writer() for _ in range(4)))
    assert crashes > 3
    serials = await rows(engine, "select serial from paper where kind = 'return_order'")
    assert sorted(row.serial for row in serials) == list(range(1, 11))
    numbers = await rows(engine, "select case_no from case_file order by case_no")
    assert [row.case_no for row in numbers] == [f"990101-2025-{n:05d}" for n in range(1, 11)]


async def test_each_issuer_word_and_year_has_a_series_of_its_own(engine: AsyncEngine) -> None:
    """The new year and the next township begin at one."""
    series = [("990101", "案", 2025), ("990101", "案", 2026), ("990101001", "责改", 2025)]
    async with engine.begin() as connection:
        taken = [await next_number(connection, *name) for name in series * 3]
    assert taken == [1, 1, 1, 2, 2, 2, 3, 3, 3]


@pytest.mark.parametrize("name", ROADS)
async def test_what_is_folded_from_the_ledger_is_what_was_written_beside_it(
    engine: AsyncEngine, name: str
) -> None:
    """Head, state, obligations and papers of a whole road are those its events say."""
    walk = ROADS[name]()
    await book.write(engine, walk)
    state = await folded(engine, walk.state.case_id)
    (head,) = await rows(engine, "select * from case_file")
    assert CaseState.model_validate(head.state) == state
    for column, value in head_of(state).items():
        if column != "state":
            assert getattr(head, column) == value, column
    await _obligations_are_those_of(engine, state)
    papers = await rows(engine, "select * from paper order by key")
    assert {row.key: (row.status, row.serial, row.served_on) for row in papers} == {
        key: (fact.status.value, fact.serial, fact.served_on) for key, fact in state.papers.items()
    }
    requests = await rows(engine, "select first_seq, last_seq from case_request order by 1")
    spans = [seq for row in requests for seq in range(row.first_seq, row.last_seq + 1)]
    assert spans == list(range(1, state.revision + 1))


async def _obligations_are_those_of(engine: AsyncEngine, state: CaseState) -> None:
    live = await rows(engine, "select * from obligation where ended_seq is null order by key")
    assert {row.key: (row.status, row.due_on, row.owner_office) for row in live} == {
        key: (duty.status.value, duty.due_on, duty.owner.office)
        for key, duty in state.obligations.items()
    }
    opened = await rows(engine, "select count(*) from case_event where kind = 'obligation_opened'")
    every = await rows(engine, "select count(*) from obligation")
    assert opened == every


async def test_an_issued_paper_owes_its_rendering_in_the_same_transaction(
    engine: AsyncEngine,
) -> None:
    """One effect per paper, named by the paper: a second issue owes nothing twice."""
    walk = roads.served()
    await book.write(engine, walk)
    papers = {str(row.paper_id) for row in await rows(engine, "select paper_id from paper")}
    owed = await rows(engine, "select payload, done_at from outbox where kind = 'render_paper'")
    assert {row.payload["paper_id"] for row in owed} == papers
    assert {row.done_at for row in owed} == {None}
    assert len(papers) == 2


async def test_a_state_the_caller_kept_is_used_only_where_it_is_the_heads(
    engine: AsyncEngine,
) -> None:
    """A kept state of an older revision must not leak into the ledger."""
    walk = roads.reporting()
    asked = await book.write(engine, walk)
    old = walk.log[1][0]
    request = next_request(walk, asked, book.contact(walk))
    _, state = await append(engine, request, plain_paper, old)
    assert state is not None
    assert state == await folded(engine, walk.state.case_id)


async def test_the_ledger_keeps_the_hour_it_wrote_and_the_day_it_happened(
    engine: AsyncEngine,
) -> None:
    """Recorded time is the ledger's own; the day in the world and the deciding clock are kept."""
    walk = roads.suspected()
    await book.write(engine, walk)
    for row in await rows(engine, "select * from case_event"):
        assert str(row.happened_on) == "2025-09-11"
        assert row.recorded_at.year >= 2026
    entries = await ledger_of(engine, walk.state.case_id)
    assert {entry.decided_at for entry in entries} == {walk.log[0][2]}
