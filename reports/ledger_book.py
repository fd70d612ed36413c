"""F2 控辍保学台账 and F3 the three books, drawn from the same cases (DC-2.2.5, 2.3.1a).

The three books are filters of one ledger: 适龄 every child of age on the roll, 疑似 what is reported
and not yet verified, 辍学 the confirmed dropouts not back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identity import Sex
from models.roster import PovertyKind
from models.state import CaseState
from models.words import OfficeKind, ReportLine, Stage, Whereabouts
from papers.book import BookTable, Column, Value
from reports.case_lines import CaseLine, Place
from reports.measures import four_steps
from reports.monthly import grade_label

SUSPECTED = frozenset({Stage.LEAD, Stage.SUSPECTED, Stage.REPORTING, Stage.VERIFYING})
COLUMNS = (
    Column("序号", 2.5, "whole"), Column("案号", 7.5), Column("学校", 6),
    Column("学籍号", 7, group="学生"), Column("姓名", 4, group="学生"),
    Column("性别", 2, group="学生"), Column("出生日期", 7.5, "date", group="学生"),
    Column("证件号", 8, group="学生"), Column("年级班级", 4, group="学生"),
    Column("户籍地", 6, group="学生"), Column("现住址", 6, group="学生"),
    Column("监护人", 4, group="家庭"), Column("电话", 5, group="家庭"),
    Column("家庭类别", 4, group="家庭"),
    Column("缺勤起日", 7.5, "date", group="发现"), Column("发现日", 7.5, "date", group="发现"),
    Column("发现来源", 4, group="发现"), Column("原因", 4, group="发现"),
    Column("去向", 4, group="发现"), Column("是否在学籍县", 3, group="发现"),
    Column("劝返主体", 4, group="劝返"), Column("当前环节", 6, group="劝返"),
    Column("四步进度", 10, group="劝返"), Column("联合劝返次数", 3, "whole", group="劝返"),
    Column("安置方式", 4, group="返校"), Column("返校日", 7.5, "date", group="返校"),
    Column("监测截止", 7.5, "date", group="返校"), Column("是否销号", 2.5, group="返校"),
    Column("销号日", 7.5, "date", group="返校"), Column("平台编号", 5),
)  # fmt: skip
MISSING = "民族、特殊群体、包保人姓名未列：名册和台账尚无这些项目，不以空列充数。"


def ledger_table(
    lines: Sequence[CaseLine], unit: str, on: date, *, kind: str = "all", confidential: bool = False
) -> BookTable:
    """Give 台账; ``confidential`` prints the cause itself, for those who may read it (C4)."""
    chosen = [line for line in lines if _belongs(line, kind, on)]
    title = {"all": "控辍保学台账", "suspected": "疑似辍学台账", "dropout": "辍学台账"}[kind]
    return BookTable(
        name=title, title=f"{unit}{title}", columns=COLUMNS,
        rows=[(number, *_row(line, confidential)) for number, line in enumerate(chosen, 1)],
        above=(f"单位：{unit}", f"截至：{on}", f"共{len(chosen)}件"), below=(MISSING,),
    )  # fmt: skip


def _belongs(line: CaseLine, kind: str, on: date) -> bool:
    if kind == "suspected":
        return line.stage_on(on) in SUSPECTED
    if kind == "dropout":
        return line.is_confirmed_out_on(on)
    return True


def _row(line: CaseLine, confidential: bool) -> tuple[Value, ...]:
    state = line.state
    cause = state.cause
    told = (cause.label if confidential else cause.public_label) if cause else ""
    grade = grade_label(line.grade) + (f"{line.class_number}班" if line.class_number else "")
    ends = [o.due_on for o in state.obligations.values() if o.duty == "monitoring_period"]
    is_signed_off = state.stage is Stage.CLOSED_RETURNED
    return (
        line.case_no, line.school_name or "未入学", line.roll_no, line.name, line.sex.label,
        line.birth_on, line.id_no, grade, line.household_address, line.current_address,
        line.guardian_name, line.guardian_phone, line.poverty.label,
        state.absent_since, state.opened_on, state.source.label if state.source else "", told,
        state.whereabouts.label if state.whereabouts else "",
        _is_near(state),
        state.party.label if state.party else "", state.stage.label, four_steps(state),
        sum(visit.is_joint for visit in state.visits),
        state.placement.label if state.placement else "", state.returned_on,
        max(ends, default=None), "是" if is_signed_off else "否",
        state.closed_on if is_signed_off else None,
        state.reports.get(ReportLine.PLATFORM, ""),
    )  # fmt: skip


def _is_near(state: CaseState) -> str:
    """Say whether the child is in the county of its school; what is not known stays empty."""
    if state.whereabouts is None or state.whereabouts is Whereabouts.UNKNOWN:
        return ""
    near = {Whereabouts.AT_HOME, Whereabouts.IN_COUNTY}
    is_near = state.whereabouts in near or state.whereabouts_county == state.enrol_county
    return "是" if is_near else "否"


SCHOOL_AGE = (
    Column("序号", 3, "whole"), Column("姓名", 5), Column("性别", 3), Column("出生日期", 6, "date"),
    Column("证件号", 10), Column("学籍号", 10), Column("学校", 9), Column("年级", 4),
    Column("班级", 3, "whole"), Column("家庭类别", 6), Column("控辍保学环节", 8),
)  # fmt: skip


async def school_age_table(
    connection: AsyncConnection, place: Place, unit: str, on: date
) -> BookTable:
    """Give 适龄儿童台账: every child the roster holds for the place, with the stage of its case."""
    column = {
        OfficeKind.SCHOOL: "c.school",
        OfficeKind.TOWNSHIP: "coalesce(s.township, c.residence_township)",
        OfficeKind.COUNTY: "coalesce(s.county, c.household_county)",
    }[place.kind]
    query = text(
        "select c.name, c.sex, c.birth_on, c.id_no, c.roll_no, coalesce(s.name, '未入学') as school,"
        " c.grade, c.class_number, coalesce(h.poverty, 'none') as poverty,"
        " (select f.stage from case_file f where f.child_ref = c.ref and f.closed_on is null limit 1)"
        " as stage from child c left join school s on s.code = c.school"
        " left join household h on h.ref = c.household_ref"
        f" where {column} = :place order by s.name nulls last, c.grade, c.class_number, c.roll_no"
    )
    rows: list[Any] = list((await connection.execute(query, {"place": place.code})).all())
    return BookTable(
        name="适龄儿童台账", title=f"{unit}适龄儿童少年台账", columns=SCHOOL_AGE,
        rows=[
            (number, row.name, Sex(row.sex).label, row.birth_on, row.id_no or "", row.roll_no or "",
             row.school, grade_label(row.grade or 0), row.class_number,
             PovertyKind(row.poverty).label, Stage(row.stage).label if row.stage else "")
            for number, row in enumerate(rows, 1)
        ],
        above=(f"单位：{unit}", f"截至：{on}", f"共{len(rows)}人"),
    )  # fmt: skip
