"""Seats in a real database: whoever comes and goes, one person holds a seat on a day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from lifecycle.responsibility import SeatsUnreadable, Whereabouts, line_of, seats_of
from models.responsibility import ResponsibilitySlot
from models.seats import REGISTRAR_TITLE, Level, Line, Post
from policy.loader import profiles, snapshot
from storage import responsibility as store
from storage.engine import create_engine

COUNTY, TOWNSHIP, SCHOOL = "990101", "990101001", "9901010001"
DAY = date(2026, 3, 2)
NOTED = store.Noted("clerk-1", datetime(2026, 3, 2, 9, tzinfo=UTC))
_slot: Any = ResponsibilitySlot


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(database_url)
    yield made
    await made.dispose()


def post(seat: int = 1, **more: Any) -> Post:
    known = {"line": Line.EDUCATION, "level": Level.SCHOOL, "office": SCHOOL, "title": "校长"}
    return Post(seat=seat, **(known | more))


async def put(engine: AsyncEngine, where: Post, name: str, since: date, **more: Any) -> Any:
    async with engine.begin() as connection:
        person = store.Person(name=name, since=since, **more)
        return await store.appoint(connection, COUNTY, where, person, NOTED)


async def holders(engine: AsyncEngine, day: date) -> list[Any]:
    async with engine.connect() as connection:
        return await store.holders_on(connection, _slot.county == COUNTY, day)


async def test_a_new_person_ends_the_stay_of_the_old_and_signs_anew(engine: AsyncEngine) -> None:
    """The letter of the one before does not count for the successor (DC-2.1b)."""
    await put(engine, post(), "孙一", DAY, letter_signed_on=DAY, letter_ref="责1")
    later = DAY + timedelta(days=30)
    await put(engine, post(), "孙二", later)
    assert [row.person for row in await holders(engine, later - timedelta(days=1))] == ["孙一"]
    (now,) = await holders(engine, later)
    assert (now.person, now.letter_signed_on) == ("孙二", None)
    async with engine.begin() as connection:
        scope = _slot.county == COUNTY
        assert [r.person for r in await store.unsigned(connection, scope, later)] == ["孙二"]
        await store.sign(connection, now.id, later, "责2")
        assert await store.unsigned(connection, scope, later) == []
        assert [r.person for r in await store.unsigned(connection, scope, DAY)] == []


async def test_the_same_person_twice_is_one_stay(engine: AsyncEngine) -> None:
    """A file sent again changes nothing; a letter that was missing is signed."""
    first = await put(engine, post(), "孙一", DAY)
    again = await put(engine, post(), "孙一", DAY + timedelta(days=5))
    signed = await put(engine, post(), "孙一", DAY, letter_signed_on=DAY, letter_ref="责1")
    assert (first.is_new, again.is_new, signed.is_new) == (True, False, False)
    assert {first.id} == {again.id, signed.id}
    (row,) = await holders(engine, DAY)
    assert (row.since, row.letter_ref) == (DAY, "责1")


async def test_nobody_slips_in_before_the_holder(engine: AsyncEngine) -> None:
    """A day before the stay in force is refused with that day in the sentence."""
    await put(engine, post(), "孙一", DAY)
    with pytest.raises(store.SeatRefused, match="2026-03-02"):
        await put(engine, post(), "孙二", DAY - timedelta(days=1))


async def test_the_database_itself_refuses_two_holders(engine: AsyncEngine) -> None:
    """Even a row written past the code cannot overlap another in the same seat."""
    await put(engine, post(), "孙一", DAY)
    statement = text(
        "insert into responsibility_slot (id, county, line, level, office, seat, title, person,"
        " since, recorded_at, recorded_by) values (:id, '990101', 'education', 'school',"
        " '9901010001', :seat, '校长', '孙二', '2027-01-01', now(), 'x')"
    )
    with pytest.raises(DBAPIError, match="seat_held_by_one"):
        async with engine.begin() as connection:
            await connection.execute(statement, {"id": uuid4(), "seat": 1})
    async with engine.begin() as connection:
        await connection.execute(statement, {"id": uuid4(), "seat": 2})
    with pytest.raises(DBAPIError, match="permission denied"):
        async with engine.begin() as connection:
            await connection.execute(text("update responsibility_slot set person = '孙三'"))


async def test_two_at_once_leave_one_holder(engine: AsyncEngine) -> None:
    """Twenty people put into one seat at the same moment: each day has one holder at most."""
    await asyncio.gather(*(put(engine, post(), f"孙{n}", DAY) for n in range(20)))
    assert len(await holders(engine, DAY)) == 1


async def test_a_registrar_is_trained_before_and_changed_with_a_reason(
    engine: AsyncEngine,
) -> None:
    """先培训后上岗, 保持相对稳定 (DC-2.3.3a)."""
    seat = post(2, title=REGISTRAR_TITLE)
    with pytest.raises(store.SeatRefused, match="先培训后上岗"):
        await put(engine, seat, "钱一", DAY)
    with pytest.raises(store.SeatRefused, match="先培训后上岗"):
        await put(engine, seat, "钱一", DAY, trained_on=DAY + timedelta(1), training_ref="训1")
    trained = {"trained_on": DAY, "training_ref": "训1"}
    await put(engine, seat, "钱一", DAY, **trained)
    with pytest.raises(store.SeatRefused, match="理由"):
        await put(engine, seat, "钱二", DAY + timedelta(9), **trained)
    await put(engine, seat, "钱二", DAY + timedelta(9), change_reason="调动", **trained)
    assert [row.person for row in await holders(engine, DAY + timedelta(9))] == ["钱二"]


moves = st.lists(
    st.tuples(
        st.sampled_from(["appoint", "vacate"]), st.integers(1, 2), st.sampled_from("甲乙丙"),
        st.integers(0, 40),
    ),
    max_size=12,
)  # fmt: skip


@given(moves)
@settings(max_examples=40, deadline=None)
def test_a_seat_has_one_holder_on_any_day(database_urls_: Any, told: list[Any]) -> None:
    """Whatever is appointed and ended in whatever order, no day shows two people in one seat."""
    asyncio.run(_play(database_urls_, told))


async def _play(url: str, told: list[Any]) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    office = f"99{uuid4().int % 10**8:08}"
    try:
        for kind, seat, name, day in told:
            where = post(seat, office=office)
            try:
                if kind == "appoint":
                    await put(engine, where, name, DAY + timedelta(day))
                else:
                    async with engine.begin() as connection:
                        rows = await store.history_of(connection, _slot.county == COUNTY, office)
                        for row in rows:
                            await store.vacate(connection, row.id, DAY + timedelta(day), "x")
            except store.SeatRefused:
                continue
        for day in range(-1, 45):
            async with engine.connect() as connection:
                rows = await store.holders_on(
                    connection, _slot.office == office, DAY + timedelta(day)
                )
            assert len({row.seat for row in rows}) == len(rows)
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def database_urls_(postgres_cluster: Any, _template: str) -> str:
    from runtime import postgres

    postgres.create_database(postgres_cluster, "seats_property", _template)
    return str(postgres_cluster.urls("seats_property").app)


def test_the_seats_are_the_rule_of_the_place_and_it_says_so() -> None:
    """Six a line by default, a house default that admits the paper does not list them (DC-3.3a)."""
    for profile in profiles():
        rule = snapshot(profile, date(2026, 1, 1))["responsibility_seats"]
        seats = seats_of(str(rule.value))
        counts = {line: sum(seat.line is line for seat in seats) for line in Line}
        assert counts == {Line.GOVERNMENT: 6, Line.EDUCATION: 6}
        assert {seat.level for seat in seats} == set(Level)
        assert (rule.weight, "未列明" in rule.note) == ("house_default", True)


@pytest.mark.parametrize(
    "rule",
    ["party:county 书记", "government:school 校长", "government:county",
     "government:" + ",".join(["county 县领导"] * 13)],
)  # fmt: skip
def test_a_rule_that_names_no_seat_is_refused(rule: str) -> None:
    """An unknown line, a level of the other line, no title, a thirteenth seat."""
    with pytest.raises(SeatsUnreadable):
        seats_of(rule)


def row(level: Level, office: str, place: str = "", line: Line = Line.GOVERNMENT) -> Any:
    return SimpleNamespace(
        line=line.value, level=level.value, office=office, place=place, seat=1, since=DAY,
        until=None, person=f"{level.value}{place}",
    )  # fmt: skip


def test_a_child_has_the_village_its_address_names_and_its_own_class() -> None:
    """大甲村 is not 甲村; another class, township or school does not answer (双线四级, YJ138-2b)."""
    rows = [
        row(Level.GROUP, TOWNSHIP, "大甲村三组"), row(Level.VILLAGE, TOWNSHIP, "甲村"),
        row(Level.VILLAGE, TOWNSHIP, "大甲村"), row(Level.VILLAGE, "990101002", "大甲村"),
        row(Level.COUNTY, COUNTY), row(Level.TOWNSHIP, TOWNSHIP),
        row(Level.CLASS, SCHOOL, "8-2", Line.EDUCATION),
        row(Level.CLASS, SCHOOL, "8-12", Line.EDUCATION),
        row(Level.SCHOOL, "9901010002", "", Line.EDUCATION),
        row(Level.SCHOOL, SCHOOL, "", Line.EDUCATION),
    ]  # fmt: skip
    where = Whereabouts(
        county=COUNTY, township=TOWNSHIP, school=SCHOOL, class_place="8-2",
        address="示例县一乡大甲村三组5号",
    )  # fmt: skip
    assert [found.person for found in line_of(rows, where, DAY)] == [
        "county", "township", "village大甲村", "group大甲村三组", "school", "class8-2",
    ]  # fmt: skip
    assert line_of(rows, where, DAY - timedelta(days=1)) == []
    named = where.but(village="甲村", address="")
    assert "village甲村" in [found.person for found in line_of(rows, named, DAY)]
