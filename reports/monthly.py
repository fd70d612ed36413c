"""F1, the monthly report 义务教育阶段学生辍学月报表: ten columns in the order of its annex (ZY-2.6e).

It lists every child that at the end of the day it is taken (``as_of``) is a confirmed dropout and
not back. A month without one is a report too: one row 无.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from models.base import Frozen
from models.roster import PovertyKind
from models.rules import PolicySnapshot
from papers.book import BookTable, Column
from reports.case_lines import CaseLine
from reports.measures import measures

TITLE = "义务教育阶段学生辍学月报表"
OLD_LABEL = "建档立卡"
COUNTED = "家庭经济标签以名册为准；辍学原因属保密事项的，以“特殊原因（密）”填报。"


class MonthlyRow(Frozen):
    """One child of the report, frozen as it was reported."""

    case_no: str
    school: str
    name: str
    sex: str
    grade: str
    class_number: str
    id_no: str
    cause: str
    is_poor: str
    measures: str

    @property
    def printed(self) -> tuple[str, ...]:
        """The columns after the first, in the order of the annex."""
        return (
            self.school, self.name, self.sex, self.grade, self.class_number, self.id_no,
            self.cause, self.is_poor, self.measures,
        )  # fmt: skip


class MonthlyData(Frozen):
    """Everything a monthly report says; what is signed is this."""

    month: str
    """``2026-09``."""
    as_of: date
    unit: str
    preparer: str
    phone: str
    poverty_heading: str
    rows: tuple[MonthlyRow, ...]
    new_cases: tuple[str, ...] = ()
    """Numbers of the cases confirmed within the month."""
    returned_cases: tuple[str, ...] = ()
    """Numbers of the cases whose child came back within the month."""


def month_of(month: str) -> tuple[date, date]:
    """Return the first and the last day of ``2026-09``; ValueError where it is no month."""
    if not month.startswith("20"):
        raise ValueError(month)
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def poverty_heading(policy: PolicySnapshot) -> str:
    """Head the ninth column as the jurisdiction's form pack does."""
    label = policy.text("poverty_label")
    if label == OLD_LABEL:
        return "是否为建档立卡贫困家庭子女"
    return f"是否为{label}家庭子女"


def rows_of(lines: Sequence[CaseLine], as_of: date) -> tuple[MonthlyRow, ...]:
    """Give the rows of those out of school on ``as_of``, by school, grade and case number."""
    out = [line for line in lines if line.is_confirmed_out_on(as_of)]
    out.sort(key=lambda line: (line.school, line.grade, line.class_number or 0, line.case_no))
    return tuple(_row(line) for line in out)


def _row(line: CaseLine) -> MonthlyRow:
    cause = line.state.cause
    return MonthlyRow(
        case_no=line.case_no,
        school=line.school_name or "未入学",
        name=line.name,
        sex=line.sex.label,
        grade=grade_label(line.grade),
        class_number=f"{line.class_number}班" if line.class_number else "",
        id_no=line.id_no,
        cause=cause.public_label if cause else "待查明",
        is_poor="否" if line.poverty is PovertyKind.NONE else "是",
        measures=measures(line.state, line.suits),
    )


def grade_label(grade: int) -> str:
    """Write a grade the way schools do; 0 is a child never enrolled."""
    return f"{'零一二三四五六七八九'[grade]}年级" if grade else "未入学"


def data_of(
    lines: Sequence[CaseLine],
    month: str,
    as_of: date,
    policy: PolicySnapshot,
    *,
    unit: str,
    preparer: str,
    phone: str,
) -> MonthlyData:
    """Take the report of a month from the ledger."""
    first, last = month_of(month)
    within = range(first.toordinal(), min(last, as_of).toordinal() + 1)
    return MonthlyData(
        month=month, as_of=as_of, unit=unit, preparer=preparer, phone=phone,
        poverty_heading=poverty_heading(policy), rows=rows_of(lines, as_of),
        new_cases=tuple(
            line.case_no for line in lines
            if line.confirmed_on and line.confirmed_on.toordinal() in within
        ),
        returned_cases=tuple(
            line.case_no for line in lines if any(d.toordinal() in within for d in line.returns())
        ),
    )  # fmt: skip


def table(
    data: MonthlyData,
    *,
    filed_on: date | None = None,
    signer: str = "",
    correction: Sequence[str] = (),
) -> BookTable:
    """Give the sheet; ``correction`` marks it 更正 and prints what changed."""
    day = filed_on.isoformat() if filed_on else "＿＿＿＿"
    notes = [
        f"统计截至{data.as_of}：确认辍学尚未返校{len(data.rows)}人，"
        f"本月新确认{len(data.new_cases)}人，本月返校{len(data.returned_cases)}人。{COUNTED}",
        "主要负责同志（签字）：＿＿＿＿＿＿" + (f"　系统签批：{signer}，{day}" if signer else ""),
        *(f"更正说明：{line}" for line in correction),
    ]
    return BookTable(
        name=f"{data.month}月报",
        title=TITLE,
        columns=columns(data.poverty_heading),
        rows=[(number, *row.printed) for number, row in enumerate(data.rows, 1)],
        above=(
            f"学校（盖章）：{data.unit}", f"报送时间：{day}", f"填表人：{data.preparer}",
            f"联系电话：{data.phone}",
        ),
        below=tuple(notes),
        mark="更正" if correction else "",
    )  # fmt: skip


def columns(heading: str) -> tuple[Column, ...]:
    """The ten columns of the annex."""
    return (
        Column("序号", 2.5, "whole"), Column("学校", 8), Column("姓名", 4.5), Column("性别", 2.5),
        Column("年级", 4), Column("班级", 3), Column("身份证号码", 10), Column("辍学原因", 5),
        Column(heading, 6), Column("控辍保学措施", 16),
    )  # fmt: skip


def changes(before: MonthlyData, after: MonthlyData) -> tuple[str, ...]:
    """Say in sentences what a corrected version changes; nothing changed is nothing."""
    old = {row.case_no: row for row in before.rows}
    new = {row.case_no: row for row in after.rows}
    said = [f"删去{old[no].name}（案号{no}）。" for no in old if no not in new]
    said += [f"增加{new[no].name}（案号{no}）。" for no in new if no not in old]
    heads = [column.title for column in columns(after.poverty_heading)][1:]
    for no in new:
        if no not in old:
            continue
        pairs = zip(heads, old[no].printed, new[no].printed, strict=True)
        said += [
            f"{new[no].name}（案号{no}）“{head}”由“{was}”改为“{now}”。"
            for head, was, now in pairs
            if was != now
        ]
    for label, was, now in (
        ("统计截止日", before.as_of, after.as_of), ("填报单位", before.unit, after.unit),
        ("填表人", before.preparer, after.preparer), ("联系电话", before.phone, after.phone),
        ("本月新确认人数", len(before.new_cases), len(after.new_cases)),
        ("本月返校人数", len(before.returned_cases), len(after.returned_cases)),
    ):  # fmt: skip
        if was != now:
            said.append(f"{label}由“{was}”改为“{now}”。")
    return tuple(said)


def as_json(data: MonthlyData) -> dict[str, Any]:
    return data.model_dump(mode="json")
