"""A county small enough to count by hand: two townships, two schools, eight cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models import commands as c
from models.identity import check_character
from models.people import Actor
from models.words import Cause, Role
from tests.lifecycle import roads
from tests.storage import book
from tests.walk import COUNTY, SCHOOL, TOWNSHIP, Walk, absence

OTHER_TOWN, PRIMARY = "990101002", "9901010002"
AUTUMN = (date(2025, 9, 1), date(2026, 1, 16))


def ref(number: int) -> UUID:
    return UUID(int=0xC0FFEE00 + number)


def id_no(number: int) -> str:
    first_17 = f"99010120120304{number:03}"
    return first_17 + check_character(first_17)


def start(number: int, **facts: Any) -> Walk:
    return roads.suspected(child_ref=str(ref(number)), **facts)


PRIMARY_CHILD = {"school": PRIMARY, "township": OTHER_TOWN, "grade": 4}


def relapsed() -> Walk:
    walk = roads.monitoring(roads.persuasion(roads.dropout(start(6))))
    walk.pass_days(3)
    walk.do(c.ReportRelapse, Role.CLASS_TEACHER, **absence(walk))
    return walk


def lawfully_deferred() -> Walk:
    walk = roads.persuasion(roads.dropout(start(5), cause=Cause.DISABILITY))
    walk.do(c.BeginAssessment, Role.EDU_CASE, commission_no="委-1")
    opinion: dict[str, Any] = {"opinion_no": "评-1", "proposed_way": None, **roads.PROOF}
    opinion = {k: v for k, v in opinion.items() if v is not None}
    walk.do(c.ConcludeAssessment, Role.EDU_CASE, is_able=False, **opinion)
    walk.do(c.Defer, Role.EDU_HEAD, **roads.by_law(date(2026, 6, 1)))
    return walk


NAMES = {
    1: "张小禾", 2: "李知远", 3: "王思雨", 4: "赵大川", 5: "欧阳明月", 6: "钱多多",
    7: "孙晓", 8: "周小舟",
}  # fmt: skip
WALKS: dict[int, Callable[[], Walk]] = {
    1: lambda: roads.visited(roads.dropout(start(1))),  # out, junior, two joint visits
    2: lambda: roads.persuasion(roads.dropout(start(2), cause=Cause.ILLNESS)),  # out, confidential
    3: lambda: roads.monitoring(roads.persuasion(roads.dropout(start(3)))),  # back on 11 September
    4: lambda: roads.served(roads.dropout(start(4, **PRIMARY_CHILD))),  # out, primary, step two
    5: lawfully_deferred,  # out by law, not a dropout
    6: relapsed,  # back, then out again
    7: lambda: start(7),  # suspected only
    8: lambda: roads.monitoring(roads.persuasion(roads.dropout(start(8, **PRIMARY_CHILD)))),  # back
}


async def plant(engine: AsyncEngine, profile: str = "default") -> dict[int, Walk]:
    """Write the county and its eight cases; the walks by the number of their child."""
    async with engine.begin() as connection:
        for statement, values in _roster(profile):
            await connection.execute(text(statement), values)
    walks = {number: walk() for number, walk in WALKS.items()}
    for walk in walks.values():
        await book.write(engine, walk)
    return walks


def _roster(profile: str) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = [
        ("insert into county (code, name, bureau_name) values (:c, '示例县', '示例县教育体育局')",
         {"c": COUNTY}),
        ("insert into office (code, name, contact_person, contact_phone, profile)"
         " values (:c, '示例县教育体育局', '周敏', '0000-1', :p)", {"c": COUNTY, "p": profile}),
        ("insert into household (ref, head_name, poverty) values (:r, '张安', 'lifted')",
         {"r": ref(100)}),
    ]  # fmt: skip
    for code, name in ((TOWNSHIP, "东风镇"), (OTHER_TOWN, "西岭乡")):
        made.append(
            ("insert into township (code, county, name, kind, government_name)"
             " values (:t, :c, :n, 'township', :g)",
             {"t": code, "c": COUNTY, "n": name, "g": f"{name}人民政府"})
        )  # fmt: skip
    for code, town, name, stage in (
        (SCHOOL, TOWNSHIP, "东风初级中学", "junior"), (PRIMARY, OTHER_TOWN, "西岭小学", "primary"),
    ):  # fmt: skip
        made.append(
            ("insert into school (code, township, county, name, stage, address, phone)"
             " values (:s, :t, :c, :n, :k, '', '')",
             {"s": code, "t": town, "c": COUNTY, "n": name, "k": stage})
        )  # fmt: skip
    made += [
        ("insert into class_room (code, school, school_year, grade, number, head_teacher)"
         " values (:k, :s, 2025, :g, 1, '')", {"k": f"{s}-2025-0{g}01", "s": s, "g": g})
        for s, g in ((SCHOOL, 8), (PRIMARY, 4))
    ] + [
        ("insert into school_term (county, school, name, starts_on, ends_on)"
         " values (:c, null, '秋季学期', :a, :b)", {"c": COUNTY, "a": AUTUMN[0], "b": AUTUMN[1]})
    ]  # fmt: skip
    for number, name in NAMES.items():
        is_primary = number in (4, 8)
        made.append(_child(number, name, PRIMARY if is_primary else SCHOOL, 4 if is_primary else 8))
    made += [
        ("insert into guardian (ref, name, sex, phone, address, workplace, is_away)"
         " values (:r, '张国强', 'male', '0000-3', '', '', false)", {"r": ref(200)}),
        ("insert into child_guardian (child_ref, guardian_ref, relation, is_primary)"
         " values (:c, :g, 'father', true)", {"c": ref(1), "g": ref(200)}),
    ]  # fmt: skip
    for number in range(20, 52):  # 14 + 6 = 20 in the eighth grade, 18 + 2 = 20 in the fourth
        is_primary = number >= 34
        made.append(_child(number, "", PRIMARY if is_primary else SCHOOL, 4 if is_primary else 8))
    return made


def _child(number: int, name: str, school: str, grade: int) -> tuple[str, Any]:
    return (
        "insert into child (ref, id_no, roll_no, name, sex, birth_on, school, grade, class_number,"
        " household_county, household_address, current_address, is_boarding, household_ref)"
        " values (:r, :i, :l, :n, 'female', '2012-03-04', :s, :g, 1, :c, '示例县东风镇一组',"
        " '示例县东风镇一组', false, :h)",
        {
            "r": ref(number), "i": id_no(number), "l": f"G{id_no(number)}",
            "n": name or f"同学{number}", "s": school, "g": grade, "c": COUNTY,
            "h": ref(100) if number == 1 else None,
        },
    )  # fmt: skip


def person(role: Role, office: str, name: str) -> Actor:
    return Actor(id=name, role=role, office=office)
