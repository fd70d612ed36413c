"""F2 column by column: what the ledger and the roster hold is there, what they do not is not invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.groups import GroupLabel
from models.seats import Level, Line, Post
from models.state import CaseState, LegalTrack
from models.words import Conclusion, PenaltyKind, Role, Whereabouts
from papers.book_print import book_pdf
from reports.ledger_book import on_paper
from reports.measures import four_steps, measures
from storage.groups import put_on
from storage.responsibility import Noted, Person, appoint
from tests.lifecycle import roads
from tests.reports.planted import OTHER_TOWN, ref, start
from tests.reports.test_books import CASE, column, made
from tests.storage import book
from tests.walk import COUNTY, SCHOOL, TOWNSHIP

AT = datetime(2025, 9, 30, 9, 0, tzinfo=UTC)
DAY = date(2025, 9, 1)
CENTER = Role.CENTER_SCHOOL


async def of_child(engine: AsyncEngine, name: str, **how: Any) -> dict[str, Any]:
    table = await made(engine, "ledger", **how)
    titles = [each.title for each in table.columns]
    row = next(row for row in table.rows if name in row)
    return dict(zip(titles, row, strict=True))


async def seat(engine: AsyncEngine, level: Level, number: int, name: str, place: str = "") -> None:
    post = Post(line=Line.EDUCATION, level=level, office=SCHOOL, place=place, seat=number)
    async with engine.begin() as connection:
        await appoint(connection, COUNTY, post, Person(name, DAY), Noted("t", AT))


async def test_sponsors_are_those_named_and_the_seat_of_the_class(engine: AsyncEngine) -> None:
    """Township and village as signed for with the order; the class seat goes before the school's."""
    await seat(engine, Level.SCHOOL, 4, "郑校")
    assert (await of_child(engine, "张小禾"))["校"] == "郑校"
    await seat(engine, Level.CLASS, 6, "吴班", "8-1")
    row = await of_child(engine, "张小禾")
    assert (row["乡镇"], row["村"], row["校"]) == ("甲乙", "丙丁", "吴班")
    suspected = await of_child(engine, "孙晓")
    assert (suspected["乡镇"], suspected["村"]) == ("", "")


async def test_every_platform_has_its_own_number(engine: AsyncEngine) -> None:
    """The relief platform's receipt is in the case; the others stand where they were recorded."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into platform_entry (case_id, platform, status, receipt_no)"
                " select case_id, 'national_school_roll', 'registered', '学-1' from case_file"
                " where child_ref = :child"
            ),
            {"child": ref(1)},
        )
    row = await of_child(engine, "张小禾")
    assert row["全国中小学生学籍信息管理系统"] == "学-1"
    assert row["云南省政府救助平台"] == "回执"
    assert row["全国中小学生管理服务平台"] == row["云南省义务教育在校生动态管理系统"] == ""


async def test_groups_of_health_and_crime_are_for_those_who_may(engine: AsyncEngine) -> None:
    """The county's clerk reads both labels, the school centre one, with a word that more may be."""
    async with engine.begin() as connection:
        for label in (GroupLabel.LEFT_BEHIND, GroupLabel.DISABLED, GroupLabel.LEARNING):
            await put_on(connection, ref(1), label, since=DAY, source="摸底", by="t", at=AT)
        await connection.execute(
            text("update child_group set until = :day where label = 'learning'"),
            {"day": DAY + timedelta(days=9)},
        )
    assert (await of_child(engine, "张小禾"))["特殊群体"] == "留守、残疾"
    center = CASE.model_copy(update={"role": CENTER, "office": TOWNSHIP})
    assert (await of_child(engine, "张小禾", actor=center))["特殊群体"] == "留守"
    assert any("特殊群体" in line for line in (await made(engine, "ledger", center)).below)
    assert not any("特殊群体" in line for line in (await made(engine, "ledger")).below)


async def test_origin_is_left_to_the_hand(engine: AsyncEngine) -> None:
    """The column of the form is printed empty, and a note says why."""
    table = await made(engine, "ledger")
    assert set(column(table, "民族")) == {""}
    assert any("“民族”由填报单位" in line for line in table.below)


async def test_on_paper_it_is_two_tables_joined_by_the_case(engine: AsyncEngine) -> None:
    """No column is lost, none too many for a readable size, and the case number stands in both."""
    table = await made(engine, "ledger")
    base, progress = on_paper(table)
    titles = [[each.title for each in part.columns] for part in (base, progress)]
    assert set(titles[0]) | set(titles[1]) == {each.title for each in table.columns}
    assert max(map(len, titles)) <= 24
    assert [row[1] for row in base.rows] == [row[1] for row in progress.rows]
    assert progress.rows[0][2] == "张小禾"
    assert book_pdf([base, progress], DAY).startswith(b"%PDF")


async def test_an_empty_ledger_is_a_report_too(bare: AsyncEngine) -> None:
    """Without a case both tables print one row that says 无."""
    async with bare.begin() as connection:
        await connection.execute(
            text("insert into county (code, name, bureau_name) values (:c, '县', '县教体局')"),
            {"c": COUNTY},
        )
    for part in on_paper(await made(bare, "ledger")):
        assert part.body[0][1] == "无"


async def test_a_relapse_takes_the_end_of_monitoring_away(engine: AsyncEngine) -> None:
    """The child that left again is monitored until no day, and the book says it left again."""
    row = await of_child(engine, "钱多多")
    assert (row["返校日"], row["监测截止"]) == (None, None)
    assert row["备注"] == "返校后再次离校1次"


async def test_said_to_study_elsewhere_is_in_the_book_of_suspects(engine: AsyncEngine) -> None:
    """Not proved by the other school's roll, the case is in no other of the three books."""
    walk = roads.verifying(start(20))
    walk.do(
        roads.c.Verify, Role.PRINCIPAL, conclusion=Conclusion.ELSEWHERE,
        whereabouts=Whereabouts.STUDYING_ELSEWHERE, **roads.PROOF,
    )  # fmt: skip
    walk.do(roads.c.ReviewVerification, Role.EDU_CASE, is_confirmed=True, reason="属实")
    await book.write(engine, walk)
    assert "待学籍转接" in column(await made(engine, "suspected"), "当前环节")


async def test_a_child_of_a_register_alone_is_in_the_book_of_its_township(
    engine: AsyncEngine,
) -> None:
    """At no school and with no address of residence: the townships still add up to the county."""
    async with engine.begin() as connection:
        await connection.execute(
            text("update child set school = null, household_township = :t where ref = :r"),
            {"t": OTHER_TOWN, "r": ref(30)},
        )
    parts = [await made(engine, "school_age", office=town) for town in (TOWNSHIP, OTHER_TOWN)]
    assert sum(len(part.rows) for part in parts) == len((await made(engine, "school_age")).rows)


@pytest.mark.parametrize(
    ("penalty", "said"), [(PenaltyKind.NONE, "3不予处罚"), (PenaltyKind.FINE, "3罚")]
)
def test_no_penalty_is_not_told_as_one(penalty: PenaltyKind, said: str) -> None:
    """A decision not to punish is a decision, and no penalty."""
    track = LegalTrack(guardian="g1", penalty=penalty, penalty_decided_on=DAY)
    assert four_steps(CaseState(tracks={"g1": track})) == f"1宣、{said}（{DAY}）"


def test_a_suit_is_the_fourth_step_too() -> None:
    """Where the township sued instead of asking for enforcement, books and report say so."""
    state = CaseState(tracks={"g1": LegalTrack(guardian="g1")})
    assert four_steps(state, (DAY,)) == f"1宣、4诉（{DAY}）"
    assert measures(state, (DAY,)) == f"{DAY}提起诉讼"
