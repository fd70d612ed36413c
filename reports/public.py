"""What may be shown of the book of dropouts: counts without small cells, and names masked.

Every public figure comes from one table: two tables suppressed apart would give each other away.
The masked list goes line by line, so it is for offices (通报) and never beside the public counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lifecycle.duties import CONFIRMED
from papers.book import BookTable, Column
from reports.case_lines import BACK, CaseLine
from reports.masking import HIDDEN, mask_name, suppress

NAMED = (
    Column("序号", 3, "whole"), Column("学校", 10), Column("姓名", 5), Column("进展", 9),
    Column("返校日", 6, "date"),
)  # fmt: skip
LEVELS = ("小学未返校", "初中未返校")
COUNTS = (Column("乡镇", 10), *(Column(level, 6) for level in LEVELS), Column("合计", 6))


def shown_counts(
    lines: Sequence[CaseLine], codes: Sequence[str], on: date
) -> list[list[int | None]]:
    """Count those not back by township and level with totals; None is a suppressed cell."""
    out = [line for line in lines if line.is_confirmed_out_on(on)]
    counts = [
        [
            sum(line.school_township == code and line.is_junior is junior for line in out)
            for junior in (False, True)
        ]
        for code in codes
    ]
    return suppress(counts) if counts else []


def public_table(
    lines: Sequence[CaseLine], names: Mapping[str, str], unit: str, on: date
) -> BookTable:
    """Give the counts of those not back, small cells and their companions suppressed."""
    codes = sorted(names)
    shown = shown_counts(lines, codes, on)
    labels = [*(names[code] for code in codes), "合计"]
    return BookTable(
        name="公开统计", title=f"{unit}未返校学生统计（公开）", columns=COUNTS,
        rows=[
            (label, *(HIDDEN if n is None else str(n) for n in line))
            for label, line in zip(labels, shown, strict=False)
        ],
        above=(f"截至：{on}",),
        below=(f"{HIDDEN}：人数少于5人，或可由其推算出少于5人的，不公布。",),
    )  # fmt: skip


def masked_list(lines: Sequence[CaseLine], unit: str, on: date) -> BookTable:
    """List the cases with masked names, without cause, numbers or addresses (通报用)."""
    chosen = [line for line in lines if line.confirmed_on]
    return BookTable(
        name="个案进展", title=f"{unit}控辍保学个案进展（隐名）", columns=NAMED,
        rows=[
            (number, line.school_name or "未入学", mask_name(line.name), _progress(line, on),
             line.state.returned_on)
            for number, line in enumerate(chosen, 1)
        ],
        above=(f"截至：{on}",),
        below=(
            "姓名已隐去；原因、证件号、住址和具体环节不列。",
            "供内部通报，不对外公布：逐人列示可推算出公开统计中不公布的人数。",
        ),
    )  # fmt: skip


def _progress(line: CaseLine, on: date) -> str:
    """Say how the case goes without what the stage tells of health, death or a court."""
    stage = line.stage_on(on)
    if stage in BACK:
        return "已返校"
    return "未返校" if stage in CONFIRMED else "已结案" if stage and stage.is_closed else "正在核实"
