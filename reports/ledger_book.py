"""F2 控辍保学台账 and F3 the three books, drawn from the same cases (DC-2.2.5, 2.3.1a).

The three books are filters of one ledger: 适龄 every child of age on the roll, 疑似 what is reported
and not yet verified, 辍学 the confirmed dropouts not back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.platform_layouts import platforms
from models.identity import Sex
from models.roster import PovertyKind
from models.state import CaseState
from models.words import DutyStatus, OfficeKind, Stage, Whereabouts
from papers.book import BookTable, Column, Value
from reports.case_lines import CaseLine, Place
from reports.ledger_facts import Beside
from reports.measures import four_steps
from reports.monthly import grade_label

SUSPECTED = frozenset(
    {Stage.LEAD, Stage.SUSPECTED, Stage.REPORTING, Stage.VERIFYING, Stage.ELSEWHERE_PENDING}
)
"""Not yet a dropout, not yet cleared; said to study elsewhere is not yet proved."""
ETHNIC = "民族"
CASE = (Column("序号", 2.5, "whole"), Column("案号", 6))
NAME = Column("姓名", 4, group="学生")
CHILD = (
    Column("学校", 6),
    Column("学籍号", 6, group="学生"), NAME, Column("性别", 2, group="学生"),
    Column(ETHNIC, 3, group="学生"), Column("出生日期", 5.5, "date", group="学生"),
    Column("证件号", 6, group="学生"), Column("年级班级", 4, group="学生"),
    Column("户籍地", 6, group="学生"), Column("现住址", 6, group="学生"),
    Column("监护人", 4, group="家庭"), Column("电话", 6.5, group="家庭"),
    Column("家庭类别", 4, group="家庭"), Column("特殊群体", 4, group="家庭"),
    Column("缺勤起日", 5.5, "date", group="发现"), Column("发现日", 5.5, "date", group="发现"),
    Column("发现来源", 4, group="发现"),
)  # fmt: skip
PROGRESS = (
    Column("原因", 4, group="核实"), Column("去向", 4, group="核实"),
    Column("是否在学籍县", 2.5, group="核实"), Column("劝返主体", 4, group="核实"),
    Column("乡镇", 4, group="包保人"), Column("村", 4, group="包保人"),
    Column("校", 4, group="包保人"),
    Column("当前环节", 5, group="劝返"), Column("四步进度", 7, group="劝返"),
    Column("联合劝返次数", 2.5, "whole", group="劝返"),
    Column("安置方式", 4, group="返校"), Column("返校日", 5.5, "date", group="返校"),
    Column("监测截止", 5.5, "date", group="返校"), Column("是否销号", 2.5, group="返校"),
    Column("销号日", 5.5, "date", group="返校"),
)  # fmt: skip
BY_HAND = f"“{ETHNIC}”由填报单位照证件手工填写：系统不采用民族信息。"
SPONSORS = (
    "包保人：乡镇、村为签收劝返指令时确定的人员；校为该班责任席位，班级空缺的填学校责任席位。"
)
WITHHELD = "特殊群体中涉及健康和监护人犯罪的类别，只向有权查阅的人员列出。"


def columns() -> tuple[Column, ...]:
    """Give the columns of F2 in its order; the outside platforms are those of the layouts."""
    numbers = (Column(each.label, 5, group="平台编号") for each in platforms().values())
    return (*CASE, *CHILD, *PROGRESS, *numbers, Column("备注", 5))


def ledger_table(
    lines: Sequence[CaseLine], others: Mapping[UUID, Beside], unit: str, on: date, *,
    kind: str = "all", confidential: bool = False,
) -> BookTable:  # fmt: skip
    """Give 台账; ``confidential`` prints the cause itself, for those who may read it (C4)."""
    chosen = [line for line in lines if _belongs(line, kind, on)]
    title = {"all": "控辍保学台账", "suspected": "疑似辍学台账", "dropout": "辍学台账"}[kind]
    return BookTable(
        name=title, title=f"{unit}{title}", columns=columns(),
        rows=[
            (number, *_child(line, others[line.case_id]),
             *_progress(line, others[line.case_id], confidential))
            for number, line in enumerate(chosen, 1)
        ],
        above=(f"单位：{unit}", f"截至：{on}", f"共{len(chosen)}件"),
        below=(BY_HAND, *(() if confidential else (WITHHELD,)), SPONSORS),
    )  # fmt: skip


def on_paper(table: BookTable) -> tuple[BookTable, ...]:
    """Part the book, too wide for a sheet: who the child is, and how the case goes, by case number."""
    first = len(CASE) + len(CHILD)
    joined = (0, 1, table.columns.index(NAME), *range(first, len(table.columns)))
    *of_child, sponsors = table.below
    parts = (
        ("基本情况", tuple(range(first)), tuple(of_child)), ("办理进展", joined, (sponsors,)),
    )  # fmt: skip
    return tuple(
        replace(
            table, name=f"{table.name}—{part}", title=f"{table.title}（{part}）",
            columns=tuple(table.columns[place] for place in places),
            rows=[tuple(row[place] for place in places) for row in table.rows], below=notes,
        )
        for part, places, notes in parts
    )  # fmt: skip


def _belongs(line: CaseLine, kind: str, on: date) -> bool:
    if kind == "suspected":
        return line.stage_on(on) in SUSPECTED
    if kind == "dropout":
        return line.is_confirmed_out_on(on)
    return True


def _child(line: CaseLine, other: Beside) -> tuple[Value, ...]:
    state = line.state
    grade = grade_label(line.grade) + (f"{line.class_number}班" if line.class_number else "")
    return (
        line.case_no, line.school_name or "未入学", line.roll_no, line.name, line.sex.label, "",
        line.birth_on, line.id_no, grade, line.household_address, line.current_address,
        line.guardian_name, line.guardian_phone, line.poverty.label, other.groups,
        state.absent_since, state.opened_on, state.source.label if state.source else "",
    )  # fmt: skip


def _progress(line: CaseLine, other: Beside, confidential: bool) -> tuple[Value, ...]:
    state = line.state
    cause = state.cause
    told = (cause.label if confidential else cause.public_label) if cause else ""
    is_signed_off = state.stage is Stage.CLOSED_RETURNED
    return (
        told, state.whereabouts.label if state.whereabouts else "", _is_near(state),
        state.party.label if state.party else "",
        other.township_sponsors, other.village_sponsors, other.school_sponsors,
        state.stage.label, four_steps(state, line.suits),
        sum(visit.is_joint for visit in state.visits),
        state.placement.label if state.placement else "", state.returned_on,
        _monitored_until(state), "是" if is_signed_off else "否",
        state.closed_on if is_signed_off else None,
        *(other.receipts.get(key, "") for key in platforms()),
        f"返校后再次离校{state.relapses}次" if state.relapses else "",
    )  # fmt: skip


def _monitored_until(state: CaseState) -> date | None:
    """Give the end of the monitoring that runs or has run out; a relapse takes it away."""
    ends = [
        duty.due_on for duty in state.obligations.values()
        if duty.duty == "monitoring_period" and duty.status is not DutyStatus.WITHDRAWN
    ]  # fmt: skip
    return max(ends, default=None)


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
        OfficeKind.TOWNSHIP: "coalesce(s.township, c.residence_township, c.household_township)",
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
