"""Public versions of the book of dropouts: masked names, no numbers of a person, no small cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from papers.book import BookTable, Column
from reports.case_lines import CaseLine
from reports.masking import HIDDEN, mask_name, suppress

NAMED = (
    Column("序号", 3, "whole"), Column("学校", 10), Column("姓名", 5), Column("当前环节", 9),
    Column("返校日", 6, "date"),
)  # fmt: skip
COUNTS = (Column("乡镇", 10), Column("小学未返校", 6), Column("初中未返校", 6), Column("合计", 6))


def public_table(
    lines: Sequence[CaseLine], names: Mapping[str, str], unit: str, on: date
) -> BookTable:
    """Count those not back by township and level, small cells and their companions suppressed."""
    codes = sorted(names)
    out = [line for line in lines if line.is_confirmed_out_on(on)]
    counts = [
        [
            sum(line.school_township == code and line.is_junior is junior for line in out)
            for junior in (False, True)
        ]
        for code in codes
    ]
    shown = suppress(counts) if counts else []
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
    return BookTable(
        name="个案进展", title=f"{unit}控辍保学个案进展（隐名）", columns=NAMED,
        rows=[
            (number, line.school_name or "未入学", mask_name(line.name), line.state.stage.label,
             line.state.returned_on)
            for number, line in enumerate((each for each in lines if each.confirmed_on), 1)
        ],
        above=(f"截至：{on}",), below=("姓名已隐去；原因、证件号、住址不列。",),
    )  # fmt: skip
