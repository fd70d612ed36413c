"""Rows of a list that are no child's: totals, titles between classes, headers repeated, signatures.

Only a row without any number of a child is looked at, so that a faulty row is never taken for one of
these and set aside in silence; how many were set aside, and which, is said.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from intake.columns import ColumnMap
from intake.headings import PARTING

_NUMBER = r"[0-9Xx]{6}"
_TOTAL = r"^\s*(?:本页|本班|全校|全县)?\s*(?:小\s*计|合\s*计|总\s*计|共\s*计|累\s*计|总人数)"
_SIGNED = (
    r"(?:制表|填表|填报|审核|复核|经办|校长|园长|负责人|班主任|签字|签名|盖章|联系|日期|说明|备注|注)"
    r"[^：:]{0,8}[：:]"
)
_TITLE = r"年级|班\s*$|第\s*\d+\s*页|^\s*[（(]?\s*以[上下]"


def is_beside(cells: pl.DataFrame, mapping: ColumnMap) -> pl.Series:
    """Tell for each row whether it is no row of a child."""
    there = [name for name in cells.columns if name.startswith("c")]
    name = mapping.field("name")
    if name is None or f"c{name.number}" not in there:
        return pl.Series([False]).new_from_index(0, cells.height)
    numbers = [
        f"c{column.number}"
        for column in mapping.columns
        if column.field in ("id_no", "roll_no") and f"c{column.number}" in there
    ]
    said = pl.col(f"c{name.number}").fill_null("").str.strip_chars()
    has_number = cells.select(
        _any([pl.col(one).str.contains(_NUMBER) for one in numbers]).alias("has_number")
    ).to_series()
    if has_number.all():
        return ~has_number
    suspects = cells.filter(~has_number)  # few, where the list has numbers at all
    left = [one for one in there if int(one[1:]) <= name.number]
    filled = pl.sum_horizontal(
        [(pl.col(one).fill_null("").str.strip_chars() != "").cast(pl.Int32) for one in there]
    )
    is_lone = (filled == 1) & ((said == "") | said.str.contains(_TITLE))
    is_header = said.str.replace_all(r"\s", "") == _own_word(name.header)
    is_total = _any([pl.col(one).str.contains(_TOTAL) for one in left])
    is_signed = _any([pl.col(one).str.contains(_SIGNED) for one in there]) & (
        (said == "") | said.str.contains(r"[：:]")
    )
    found = suspects.select(is_lone | is_header | is_total | is_signed).to_series()
    places = (~has_number).arg_true()
    return pl.Series([False]).new_from_index(0, cells.height).scatter(places, found)


def _any(tests: Sequence[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(
        [pl.lit(value=False), *(test.fill_null(value=False) for test in tests)]
    )


def _own_word(header: str) -> str:
    return "".join(header.rpartition(PARTING)[2].split())


def said_of(rows: Sequence[int]) -> list[str]:
    """Say in Chinese which rows were set aside."""
    if not rows:
        return []
    first = "、".join(str(row) for row in rows[:6])
    more = f"等 {len(rows)} 行" if len(rows) > 6 else "行"
    return [f"第 {first} {more}是合计、标题、重复的表头或签字栏，没有当作学生（儿童）读入。"]
