"""Read the lists of a census from the database, match them, compare them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import matching
from intake.census import COLUMN_LISTS, Compared, Lists, Setting, compare, settle_all
from intake.census_lists import births, keys
from intake.entries import candidates, signature
from intake.matching import Matched, Pair
from intake.normalise import cores
from intake.roster_store import copy_out
from models.census import Difference, MatchAnswer
from models.rosters import RosterKind

TEXTS = (
    "kind", "person", "name", "name_key", "sex", "id_no", "roll_no", "school", "township",
    "household_county", "household_label", "address", "guardian", "poverty", "whereabouts",
)  # fmt: skip
COMPARED = (
    "k", "name_key", "birth", "school", "grade", "class_number", "township", "whereabouts",
    "household_county", "poverty", "row",
)  # fmt: skip
ROLL_FIRST = (
    RosterKind.SCHOOL_ROLL, RosterKind.PRESENT, RosterKind.HOUSEHOLD_REGISTER,
    RosterKind.REGISTRATION,
)  # fmt: skip
"""Whose words go before whose where a task describes the child."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a census found, before anything is written."""

    compared: Compared
    lists: Lists
    """Every list, one line per child."""
    matched: Matched
    rows: pl.DataFrame
    """Every row compared, with its key ``k``."""
    differences: pl.DataFrame
    """One line per difference with the particulars of the child."""


async def read_rows(connection: AsyncConnection, county: str, term: str) -> pl.DataFrame:
    """Read every row in force of a term with the key it is compared by."""
    columns = ", ".join((*TEXTS, "birth_on", "grade", "class_number", "leave_from", "leave_to"))
    frame = await copy_out(
        connection,
        f"select id as row, child_ref, {columns} from roster_row"
        " where county = $1 and term = $2 order by id",
        county,
        term,
    )
    return await asyncio.to_thread(_keyed, frame)


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.with_columns(
        pl.col("row").cast(pl.Int64),
        pl.col("grade", "class_number").cast(pl.Int32),
        pl.col("birth_on", "leave_from", "leave_to").str.to_date("%Y-%m-%d"),
        pl.col("guardian", "household_label", "whereabouts", "address").fill_null(""),
        pl.col("kind").alias("list"),
        pl.col("person").alias("entry"),
    )
    core = cores(frame["id_no"])
    by_birthday = frame["birth_on"].dt.strftime("%Y%m%d").cast(pl.Int32)
    return frame.with_columns(
        keys(core, frame["person"]),
        births(core).zip_with(core.is_not_null(), by_birthday).alias("birth"),
    )


async def answers_of(connection: AsyncConnection, county: str) -> dict[Pair, MatchAnswer]:
    """Give the latest answer to every pair judged so far."""
    found = await connection.execute(
        text(
            "select left_key, right_key, answer from match_review"
            " where county = :county and answer is not null"
        ),
        {"county": county},
    )
    return {(row.left_key, row.right_key): MatchAnswer(row.answer) for row in found}


def run(
    rows: pl.DataFrame,
    setting: Setting,
    answers: dict[Pair, MatchAnswer],
    told: Callable[[str], None] = lambda _step: None,
) -> Outcome:
    """Compare, match what did not agree, and compare again with what the matches say."""
    told("比对")
    lists = _lists(rows, setting)
    first = compare(lists, setting)
    told("人员匹配")
    odd = pl.concat([first.differences["k"], rows.filter(pl.col("k") < 0)["k"]]).unique()
    if first.conflicts.height:
        odd = pl.concat([odd, first.conflicts["k"]]).unique()
    unsettled = rows.filter(pl.col("k").is_in(odd.implode()))["person"].unique()
    matched = matching.match(candidates(rows, unsettled), answers)
    if matched.child_of:
        rows = _apply(rows, matched.child_of)
        told("按匹配结果再比对")
        lists = _lists(rows, setting)
        first = compare(lists, setting)
    return Outcome(first, settle_all(lists), matched, rows, describe(first, rows, matched))


def _lists(rows: pl.DataFrame, setting: Setting) -> Lists:
    lists: dict[RosterKind, pl.DataFrame] = {}
    for kind in RosterKind:
        of_kind = rows.filter(pl.col("kind") == kind.value)
        if kind is RosterKind.LEAVE_SLIPS and setting.as_of:
            of_kind = of_kind.filter(
                (pl.col("leave_from") <= setting.as_of) & (pl.col("leave_to") >= setting.as_of)
            )
        lists[kind] = of_kind.select(COMPARED)
    return lists


def _apply(rows: pl.DataFrame, child_of: dict[str, str]) -> pl.DataFrame:
    """Give the rows of matched entries the key of their child."""
    persons = {key.rpartition("|")[0] for key in child_of}
    touched = rows.filter(pl.col("person").is_in(list(persons)))
    table = [
        (person, name, child_of.get(signature(person, name), person))
        for person, name in touched.select("person", "name_key").unique().iter_rows()
    ]
    labels = pl.DataFrame(
        table, schema={"person": pl.String, "name_key": pl.String, "child": pl.String}, orient="row"
    )
    core = cores(
        labels["child"]
        .str.strip_prefix("id:")
        .set(~labels["child"].str.contains(r"^id:\d{17}[\dX]$"), None)
    )
    labels = labels.with_columns(keys(core, labels["child"]).alias("k_now"))
    return (
        rows.join(labels, on=["person", "name_key"], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("k_now", "k").alias("k"), pl.coalesce("child", "person").alias("person")
        )
        .drop("k_now", "child")
    )


def describe(compared: Compared, rows: pl.DataFrame, matched: Matched) -> pl.DataFrame:
    """Put the child's particulars beside every difference, from the list that knows best."""
    order = {kind.value: place for place, kind in enumerate(ROLL_FIRST)}
    found = compared.differences
    about = rows.filter(
        pl.col("k").is_in(found["k"].unique().implode()) & pl.col("kind").is_in(list(order))
    ).with_columns(pl.col("kind").replace_strict(order, return_dtype=pl.Int8).alias("order"))
    said = [
        "person", "name", "sex", "birth_on", "id_no", "roll_no", "school", "grade",
        "class_number", "township", "address", "guardian", "whereabouts", "child_ref",
    ]  # fmt: skip
    best = (
        about.with_columns(pl.col("address", "guardian", "whereabouts").replace("", None))
        .sort("k", "order", "school", "name", "row", nulls_last=True)
        .group_by("k", maintain_order=True)
        .agg(*(pl.col(name).drop_nulls().first() for name in said))
    )
    at_home = (
        about.filter(pl.col("kind") == RosterKind.HOUSEHOLD_REGISTER.value)
        .sort("k", "township", nulls_last=True)
        .group_by("k", maintain_order=True)
        .agg(pl.col("township").drop_nulls().first().alias("home"))
    )
    doubtful = _doubtful(matched)
    return (
        found.join(best, on="k", how="left", maintain_order="left")
        .join(at_home, on="k", how="left", maintain_order="left")
        .with_columns(pl.col("person").is_in(doubtful).alias("is_doubtful"))
    )


def _doubtful(matched: Matched) -> list[str]:
    """Give the persons with a question nobody has settled yet."""
    open_ones = {
        key.rpartition("|")[0]
        for doubt in matched.doubts
        if doubt.answer in (None, MatchAnswer.NEED_PAPER)
        for key in doubt.pair
    }
    return sorted(open_ones)


def sentence(row: dict[str, Any]) -> str:
    """Explain one difference in Chinese by the rows it rests on."""
    there = [kind.label for kind in COLUMN_LISTS if row[f"row_{kind.value}"] is not None]
    missing = [kind.label for kind in COLUMN_LISTS[2:] if row[f"row_{kind.value}"] is None]
    said = f"{Difference(row['difference']).label}：在{'、'.join(there) or '无'}名册中"
    if missing:
        said += f"，不在{'、'.join(missing)}名册中"
    if row["marks"]:
        said += f"（{row['marks']}）"
    if row["is_disabled"]:
        said += "；在残疾儿童名单中，请核对评估和缓学、送教情况"
    if row["is_doubtful"]:
        said += "；人员匹配待核对，先回答匹配问题"
    return said + "。"
