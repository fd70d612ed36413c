"""巩固率 by hand: ten enter, and what became of each is told by a list or by a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.asyncio import AsyncSession as Session

from models import commands as c
from models.rosters import RosterImport, RosterKind, RosterRow
from models.words import OfficeKind, Role
from reports.case_lines import Place
from reports.indicators import Figure, printed
from tests.lifecycle import roads
from tests.reports.planted import NAMES, OTHER_TOWN, PRIMARY, id_no, ref, start
from tests.reports.test_indicators import counted, numbers
from tests.storage import book
from tests.walk import COUNTY, SCHOOL, TOWNSHIP

AT = datetime(2025, 9, 1, tzinfo=UTC)
LAST = date(2025, 9, 30)


async def roll(
    engine: AsyncEngine, year: int, grade: int, school: str, children: Iterable[int],
    source: str = COUNTY,
) -> None:  # fmt: skip
    """Import the county's roll of a year with these planted children in one grade of one school."""
    async with Session(engine) as session:
        taken = RosterImport(
            id=uuid4(), county=COUNTY, kind=RosterKind.SCHOOL_ROLL, term=f"{year}-1",
            source=source, file_sha256="0" * 64, file_name="x", imported_by="t", imported_at=AT,
            rows_total=1, rows_accepted=1, rows_rejected=0, rows_added=1, rows_changed=0,
            rows_removed=0, columns={},
        )  # fmt: skip
        session.add(taken)
        await session.flush()
        for number in children:
            session.add(
                RosterRow(
                    import_id=taken.id, county=COUNTY, kind=RosterKind.SCHOOL_ROLL,
                    term=f"{year}-1", source=source, row_number=number, key=f"{number}/{grade}",
                    person=f"i:{id_no(number)}", name=NAMES.get(number, f"同学{number}"),
                    name_key="x", id_no=id_no(number), school=school, grade=grade, flags=[],
                    extras={},
                )
            )  # fmt: skip
        await session.commit()


async def close(
    engine: AsyncEngine, number: int, command: Any, name: str,
    birth_on: date = date(2012, 3, 4), **facts: Any,
) -> None:  # fmt: skip
    walk = start(number, birth_on=birth_on)
    walk.do(c.ProposeAct, Role.PRINCIPAL, act=name, note="报请结案", **roads.PROOF)
    walk.do(command, Role.EDU_HEAD, **facts, **roads.PROOF)
    await book.write(engine, walk)


async def figure(engine: AsyncEngine, place: str = COUNTY, kind: str = "county") -> Figure:
    found = await counted(engine, Place(OfficeKind(kind), place), last=LAST)
    return found["consolidation"]


async def test_movers_the_dead_and_the_lost_by_hand(engine: AsyncEngine) -> None:
    """Ten enter: seven in the ninth grade, of whom one is out; one in grade 8; one dead; one out.

    Two have come since: 10 + 2 − 1 − 1 = 10 expected, 6 + 2 = 8 at school, two lost.
    """
    no = await numbers(engine)
    await roll(engine, 2017, 1, PRIMARY, [1, 2, 20, 21, 22, 23, 24, 25, 26, 27])
    await roll(engine, 2025, 9, SCHOOL, [1, 20, 21, 22, 23, 24, 25, 30, 31])
    await roll(engine, 2025, 8, SCHOOL, [26], SCHOOL)
    await close(engine, 27, c.CloseDeceased, "close_deceased", died_on=date(2025, 9, 1))
    found = await figure(engine)
    assert (found.counted.numerator, found.counted.denominator) == (8, 10)
    assert printed(found) == "80.00%"
    assert found.counted.cases == tuple(sorted((no[1], no[2])))
    assert found.note == "入学10人，转入2人，转出1人，死亡1人，出国（境）0人。"


async def test_one_child_gone_nobody_knows_where_and_there_is_no_rate(engine: AsyncEngine) -> None:
    """The note says how many and what to bring; abroad on proof is known."""
    await roll(engine, 2017, 1, PRIMARY, [20, 21, 22])
    await roll(engine, 2025, 9, SCHOOL, [20])
    found = await figure(engine)
    assert (printed(found), "入学的3人中有2人去向没有记载" in found.note) == ("—", True)
    for number in (21, 22):
        await close(engine, number, c.CloseAbroad, "close_abroad", enrolled_at="境外某校")
    found = await figure(engine)
    assert (found.counted.numerator, found.counted.denominator) == (1, 1)
    assert "出国（境）2人" in found.note


@pytest.mark.parametrize(("is_graduated", "expected"), [(True, (1, 1)), (False, (1, 2))])
async def test_past_age_is_not_graduated(
    engine: AsyncEngine, is_graduated: bool, expected: tuple[int, int]
) -> None:
    """Who graduated early left the cohort with its due; who only grew too old was lost."""
    await roll(engine, 2017, 1, PRIMARY, [20, 21])
    await roll(engine, 2025, 9, SCHOOL, [20])
    await close(
        engine, 21, c.CloseCompleted, "close_completed", birth_on=date(2007, 1, 1),
        is_graduated=is_graduated, decision_no="决-1", onward="work",
    )  # fmt: skip
    found = await figure(engine)
    assert (found.counted.numerator, found.counted.denominator) == expected


async def test_a_school_without_its_list_is_named(engine: AsyncEngine) -> None:
    """The primary school's own list is in, the junior school's is not."""
    await roll(engine, 2017, 1, PRIMARY, [20], PRIMARY)
    note = (await figure(engine)).note
    assert note == "数据不足：缺2025—2026学年第一学期学籍名册（东风初级中学）。"


async def test_a_list_without_the_grade_is_no_list_of_it(engine: AsyncEngine) -> None:
    """A roll that holds no first grade of the year gives no rate of nothing."""
    await roll(engine, 2017, 2, PRIMARY, [20])
    await roll(engine, 2025, 9, SCHOOL, [20])
    assert (await figure(engine)).note == "数据不足：学籍名册中没有2017学年一年级学生。"


@pytest.mark.parametrize(
    ("place", "kind"), [(TOWNSHIP, "township"), (OTHER_TOWN, "township"), (PRIMARY, "school")]
)
async def test_a_place_with_one_end_of_the_nine_years_has_no_rate_of_its_own(
    engine: AsyncEngine, place: str, kind: str
) -> None:
    """Its children finish at schools of another place: the level above counts them."""
    assert "请看上一级" in (await figure(engine, place, kind)).note


async def test_a_child_known_only_by_its_number_is_the_same_child(engine: AsyncEngine) -> None:
    """Two lists that name a child the system does not know join by the child's number."""
    unknown = 77
    await roll(engine, 2017, 1, PRIMARY, [unknown])
    await roll(engine, 2025, 9, SCHOOL, [unknown])
    assert ref(unknown)
    assert printed(await figure(engine)) == "100.00%"
