"""The figures a county's or a school's plan begins with (YN-9a), from the roster and the ledger."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.rosters import RosterKind, term_label, term_of
from models.words import OfficeKind
from reports.case_lines import BACK, CaseLine, Place, case_lines
from reports.year_counts import Fact, ways


async def plan_basis(connection: AsyncConnection, place: Place, on: date) -> tuple[Fact, ...]:
    """Count the children, the open cases and the placements of a place as they stand on ``on``."""
    lines = await case_lines(connection, place)
    out = sum(line.is_confirmed_out_on(on) for line in lines)
    open_now = [line for line in lines if line.state.is_open]
    return (
        *await _children(connection, place, on),
        Fact("在办个案", _open(open_now), "个案台账：尚未结案的个案"),
        Fact("确认辍学未返校", f"{out}人", "个案台账：因身体状况依法延缓的不计"),
        Fact("已复学学生的安置方式", _placed(lines), "个案台账：在监测期内和已销号的"),
    )


def _open(lines: list[CaseLine]) -> str:
    back = sum(line.state.stage in BACK for line in lines)
    return f"{len(lines)}件，其中已返校待销号{back}件"


def _placed(lines: list[CaseLine]) -> str:
    return ways(
        {
            line.case_id: line.state.placement.value
            for line in lines
            if line.state.stage in BACK and line.state.placement
        }
    )


async def _children(connection: AsyncConnection, place: Place, on: date) -> tuple[Fact, ...]:
    is_school = place.kind is OfficeKind.SCHOOL
    where = "s.code = :place" if is_school else "coalesce(s.county, c.household_county) = :place"
    query = text(
        "select count(*) as all_children,"
        " count(*) filter (where c.school is not null and c.roll_no is not null) as enrolled"
        f" from child c left join school s on s.code = c.school where {where}"
    )
    row = (await connection.execute(query, {"place": place.code})).one()
    of_age = Fact("适龄儿童少年", f"{row.all_children}人", "适龄儿童台账：名册在册的儿童少年")
    return (
        *(() if is_school else (of_age,)),
        Fact("在籍学生", f"{row.enrolled}人", "学生名册：有学籍号和就读学校的"),
        await _present(connection, place, on),
    )


async def _present(connection: AsyncConnection, place: Place, on: date) -> Fact:
    """Count the term's list of those present; where none was imported there is no figure."""
    column = "school" if place.kind is OfficeKind.SCHOOL else "county"
    query = text(
        "select count(distinct r.person) from roster_row r"
        f" where r.{column} = :place and r.kind = :kind and r.term = :term"
    )
    term = term_of(on)
    keys = {"place": place.code, "kind": RosterKind.PRESENT.value, "term": term}
    count = (await connection.execute(query, keys)).scalar_one()
    said = f"{count}人" if count else "没有在校名册，不计算"
    return Fact("在校学生", said, f"在校名册：{term_label(term)}")
