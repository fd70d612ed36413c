"""Count what a census compared, by class, school, township and county, each with its formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from intake.census import Compared, K, Lists, Setting, has, is_local, of_age, of_kind, reporting
from models.census import Difference

FORMULAS: dict[str, tuple[str, str]] = {
    "household": ("户籍适龄数", "户籍名册中适龄儿童人数"),
    "migrant": ("随迁适龄数", "居住证名册中适龄、或有学籍而户籍在县外的儿童人数"),
    "roll": ("国网学籍数", "学籍名册人数"),
    "present": ("在校数", "在校名册人数"),
    "poor": ("脱贫户适龄数", "脱贫户及监测对象名册中适龄儿童人数"),
    "within": ("区内就读", "户籍适龄中有学籍或在校的人数"),
    "outside": ("区外就读", "户籍适龄中无本县学籍、称在外就读的人数（逐一核实）"),
    "no_roll": ("差异①有户籍无学籍", "户籍适龄数 − 区内就读 − 区外就读"),
    "roll_present": ("在籍且在校", "学籍与在校名册都有的人数"),
    "on_leave": ("请假", "有学籍、未在校、有有效请假条的人数"),
    "unreported": ("未报在校名册", "有学籍、所在学校未报在校名册或在县外的人数"),
    "not_present": ("差异②有籍不在校", "国网学籍数 − 在籍且在校 − 请假 − 未报在校名册"),
    "present_no_roll": ("在校无学籍", "在校数 − 在籍且在校 − 学校未报学籍名册"),
    "roll_unreported": ("学校未报学籍名册", "在校、所在学校未报学籍名册的人数"),
    "poor_out": ("差异③脱贫户疑似辍学", "（差异①∪差异②）∩ 脱贫户及监测对象"),
}
"""Column → its Chinese heading and how it is computed; printed with every table."""
LEVELS: dict[str, tuple[str, ...]] = {
    "county": (),
    "township": ("township",),
    "school": ("school",),
    "class": ("school", "grade", "class_number"),
}
UNITS = ("township", "school", "grade", "class_number")


class CensusImbalance(Exception):
    """The counts contradict each other: a fault of the program, never of the data."""


def count(
    lists: Lists, setting: Setting, school_townships: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Give the lines of the summary by level from settled lists.

    Raises CensusImbalance where a formula does not hold.
    """
    metrics = _metrics(lists, setting)
    near = pl.DataFrame(
        {"school": list(school_townships), "near": list(school_townships.values())},
        schema={"school": pl.String, "near": pl.String},
    )
    placed = {
        name: frame.join(near, on="school", how="left", maintain_order="left").with_columns(
            pl.coalesce("near", "township").alias("township")
        )
        for name, frame in metrics.items()
    }
    levels = {level: _level(placed, units) for level, units in LEVELS.items()}
    for line in (*levels["county"], *levels["school"]):
        balance(line)
    return levels


def balance(line: Mapping[str, Any]) -> None:
    """Check the formulas on one line; what needs the whole county is checked on its line only."""
    there = line["roll_present"] + line["on_leave"] + line["unreported"] + line["not_present"]
    sides = [(line["roll"], there)]
    if not line["code"]:  # a child on the roll of one school may be present at another
        found = line["roll_present"] + line["roll_unreported"] + line["present_no_roll"]
        sides.append((line["present"], found))
        sides.append((line["household"], line["within"] + line["outside"] + line["no_roll"]))
    if any(left != right for left, right in sides):
        raise CensusImbalance(f"counts do not add up: {dict(line)}")


def _metrics(lists: Lists, setting: Setting) -> dict[str, pl.DataFrame]:
    household = of_age(lists, K.HOUSEHOLD_REGISTER, setting, "township", "whereabouts")
    roll = of_kind(lists, K.SCHOOL_ROLL, *UNITS, "household_county")
    present = of_kind(lists, K.PRESENT, *UNITS)
    at_school = pl.concat([roll.select("k"), present.select("k")]).unique()
    within = household.join(at_school, on="k", how="semi")
    away = household.join(at_school, on="k", how="anti")
    is_elsewhere = (pl.col("whereabouts") != "").fill_null(value=False)
    both = roll.join(present.select("k"), on="k", how="semi")
    absent = roll.join(present.select("k"), on="k", how="anti")
    is_asked = pl.col("school").is_in(reporting(lists, K.PRESENT).implode()).fill_null(value=False)
    leave = of_kind(lists, K.LEAVE_SLIPS)
    extra = present.join(roll.select("k"), on="k", how="anti")
    is_known = (
        pl.col("school").is_in(reporting(lists, K.SCHOOL_ROLL).implode()).fill_null(value=False)
    )
    no_roll = away.filter(~is_elsewhere)
    not_present = absent.filter(is_asked).join(leave, on="k", how="anti")
    poor = of_age(lists, K.POVERTY_HOUSEHOLDS, setting, "poverty", "township")
    poor = poor.filter(pl.col("poverty").is_null() | (pl.col("poverty") != "none"))
    out = pl.concat([_unit(no_roll), _unit(not_present)])
    counted = {
        "household": household, "migrant": _migrants(lists, setting), "roll": roll,
        "present": present, "poor": poor, "within": within, "outside": away.filter(is_elsewhere),
        "no_roll": no_roll, "roll_present": both,
        "on_leave": absent.filter(is_asked).join(leave, on="k", how="semi"),
        "unreported": absent.filter(~is_asked), "not_present": not_present,
        "present_no_roll": extra.filter(is_known), "roll_unreported": extra.filter(~is_known),
        "poor_out": out.join(poor.select("k"), on="k", how="semi"),
    }  # fmt: skip
    return {name: _unit(frame) for name, frame in counted.items()}


def _migrants(lists: Lists, setting: Setting) -> pl.DataFrame:
    permits = of_age(lists, K.RESIDENCE_PERMIT, setting, "township")
    roll = of_kind(lists, K.SCHOOL_ROLL, *UNITS, "household_county").filter(~is_local(setting))
    return pl.concat([_unit(roll), _unit(permits.join(roll, on="k", how="anti"))])


def _unit(frame: pl.DataFrame) -> pl.DataFrame:
    kinds = {
        "township": pl.String,
        "school": pl.String,
        "grade": pl.Int32,
        "class_number": pl.Int32,
    }
    return frame.select(
        "k",
        *(
            pl.col(name) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)
            for name, kind in kinds.items()
        ),
    )


def _level(placed: Mapping[str, pl.DataFrame], units: tuple[str, ...]) -> list[dict[str, Any]]:
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for name, frame in placed.items():
        grouped = frame.drop_nulls(units).group_by(units).len() if units else frame.select(pl.len())
        for *unit, number in grouped.iter_rows():
            line = lines.setdefault(tuple(unit), dict.fromkeys(FORMULAS, 0))
            line[name] = number
    return [
        {"code": _code(unit), **line}
        for unit, line in sorted(lines.items())
        if any(line.values()) or not units
    ]


def _code(unit: tuple[Any, ...]) -> str:
    """Write a unit as a code: a school is its own, a class its school, grade and number."""
    if len(unit) == 3:
        return f"{unit[0]}-{unit[1]:02}{unit[2]:02}"
    return str(unit[0]) if unit else ""


def missing_lists(lists: Lists) -> list[str]:
    """Name the lists without which a comparison was left out."""
    wanted = (K.HOUSEHOLD_REGISTER, K.SCHOOL_ROLL, K.PRESENT, K.POVERTY_HOUSEHOLDS)
    return [kind.label for kind in wanted if not has(lists, kind)]


def by_difference(compared: Compared) -> dict[str, int]:
    counted = dict(compared.differences.group_by("difference").len().iter_rows())
    return {one.value: int(counted.get(one.value, 0)) for one in Difference}
