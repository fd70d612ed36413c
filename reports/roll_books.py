"""F5 户册籍人四对照表 and F6 the rolls of groups and of children from elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.census import COLUMN_LISTS, FOUR
from models.groups import GroupLabel
from models.identity import Sex
from models.rosters import term_label, term_of
from models.words import OfficeKind
from papers.book import BookTable, Column
from reports.case_lines import Place

TICK = "✓"
_ROSTER_PLACE = {
    OfficeKind.SCHOOL: "r.school = :place",
    OfficeKind.TOWNSHIP: "r.township = :place"
    " or r.school in (select code from school where township = :place)",
    OfficeKind.COUNTY: "true",
}
_CHILD_PLACE = {
    OfficeKind.SCHOOL: "c.school = :place",
    OfficeKind.TOWNSHIP: "coalesce(s.township, c.residence_township, c.household_township) = :place",
    OfficeKind.COUNTY: "coalesce(s.county, c.household_county) = :place",
}
FOUR_COLUMNS = (
    Column("序号", 3, "whole"), Column("姓名", 6), Column("性别", 3), Column("出生日期", 6, "date"),
    Column("身份证件号", 11), *(Column(name, 2) for name in FOUR), Column("就读学校", 9),
    Column("去向", 8), Column("核实方式", 6), Column("摸底人签字", 6),
)  # fmt: skip


async def four_column_table(
    connection: AsyncConnection, place: Place, unit: str, on: date
) -> BookTable:
    """Tick 户, 册, 籍, 人 for every child that any of the term's lists holds at the place (ZY-2.1b).

    Children are told apart as the census tells them apart. Of whom the place holds on one list,
    the other lists of the county are looked through too: the register knows no school. Who
    checked, and how, is written by hand: the one who goes from door to door signs (ZY-2.1g).
    """
    term = term_of(on)
    query = text(
        "select r.person, min(r.name) as name, min(r.sex) as sex, min(r.birth_on) as birth_on,"
        " min(r.id_no) as id_no, array_agg(distinct r.kind) as kinds,"
        " max(nullif(r.school_name, '')) as school, max(nullif(r.whereabouts, '')) as whereabouts"
        " from roster_row r where r.county = left(:place, 6) and r.term = :term"
        " and r.kind = any(:kinds)"
        f" group by r.person having bool_or({_ROSTER_PLACE[place.kind]})"
        " order by min(r.name), r.person"
    )
    keys = {
        "place": place.code, "term": term, "kinds": [kind.value for kind in COLUMN_LISTS],
    }  # fmt: skip
    rows: list[Any] = list((await connection.execute(query, keys)).all())
    whole = sum(len(row.kinds) == len(COLUMN_LISTS) for row in rows)
    return BookTable(
        name="四对照", title=f"{unit}户、册、籍、人四对照表", columns=FOUR_COLUMNS,
        rows=[
            (number, row.name, Sex(row.sex).label if row.sex else "", row.birth_on, row.id_no or "",
             *(TICK if kind.value in row.kinds else "" for kind in COLUMN_LISTS),
             row.school or "", row.whereabouts or "", "", "")
            for number, row in enumerate(rows, 1)
        ],
        above=(
            f"单位：{unit}", f"截至：{on}", f"名册：{term_label(term)}",
            f"共{len(rows)}人，四项齐全{whole}人",
        ),
        below=("户：户籍登记；册：花名册；籍：学籍；人：实际在校。没有交来的名册不作为缺项的依据。",),
        when_empty="无",
    )  # fmt: skip


GROUP_COLUMNS = (
    Column("序号", 3, "whole"), Column("类别", 7), Column("姓名", 6), Column("学校", 9),
    Column("年级", 3, "whole"), Column("班", 3, "whole"), Column("学籍号", 11),
    Column("起始日", 6, "date"), Column("在办个案", 9),
)  # fmt: skip
FROM_ELSEWHERE = "随迁就读"


async def group_table(
    connection: AsyncConnection, place: Place, unit: str, on: date, *, confidential: bool
) -> BookTable:
    """List the children of each group and those registered in another county (F6, 随迁).

    Labels of health and of a guardian's crime are left out unless ``confidential``.
    """
    labels = [each for each in GroupLabel if confidential or not each.is_confidential]
    where = _CHILD_PLACE[place.kind]
    joined = (
        " from child c left join school s on s.code = c.school"
        " left join case_file f on f.child_ref = c.ref and f.closed_on is null"
    )
    columns = "c.name, s.name as school, c.grade, c.class_number, c.roll_no, f.case_no, c.ref"
    marked = text(
        f"select g.label, g.since, {columns}{joined} join child_group g on g.child_ref = c.ref"
        f" and g.until is null where g.label = any(:labels) and {where} order by g.label, c.name, c.ref"
    )
    moved = text(
        f"select c.household_county, s.county, {columns}{joined} where {where} and"
        " coalesce(s.county, '') <> c.household_county and s.county is not null"
        " order by c.name, c.ref"
    )
    keys = {"place": place.code, "labels": [label.value for label in labels]}
    found = [
        (GroupLabel(row.label).label, row, row.since)
        for row in (await connection.execute(marked, keys)).all()
    ]
    for row in (await connection.execute(moved, {"place": place.code})).all():
        found.append((FROM_ELSEWHERE, row, None))
    rows = [
        (number, label, row.name, row.school or "未入学", row.grade, row.class_number,
         row.roll_no or "无学籍", since, row.case_no or "")
        for number, (label, row, since) in enumerate(found, 1)
    ]  # fmt: skip
    withheld = "" if confidential else "涉及健康和监护人犯罪的类别未列。"
    return BookTable(
        name="分类名册", title=f"{unit}适龄儿童少年分类名册", columns=GROUP_COLUMNS, rows=rows,
        above=(f"单位：{unit}", f"截至：{on}", f"共{len(rows)}人次"),
        below=(f"一名儿童可属几类。{withheld}",), when_empty="无",
    )  # fmt: skip
