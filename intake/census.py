"""Compare the lists of a county (四查三比对): pure, in bulk, the same in whatever order they come.

Every list is brought to one line per child under a whole-number key: the first 17 digits of the ID
number, or a negative number made from the roll number or the temporary id. Of two lines of one
child the smallest by content is kept and the conflict is marked, so that the order of rows, files
and imports changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from intake.normalise import folded
from models.census import CensusMethod, Difference
from models.rosters import RosterKind

K = RosterKind
LINE: dict[str, type[pl.DataType] | pl.DataType] = {
    "k": pl.Int64, "name_key": pl.String, "birth": pl.Int32, "school": pl.String,
    "grade": pl.Int32, "class_number": pl.Int32, "township": pl.String,
    "whereabouts": pl.String, "household_county": pl.String, "poverty": pl.String,
    "row": pl.Int64,
}  # fmt: skip
"""What a comparison reads of a row; a list may lack all but ``k`` and ``row``.

``birth`` is year, month and day as one number; ``row`` counts the rows of the list.
"""
Lists = Mapping[RosterKind, pl.DataFrame]
NAMING = (K.HOUSEHOLD_REGISTER, K.SCHOOL_ROLL, K.PRESENT)
"""Lists whose names and schools must agree, with each other and within themselves."""
FOUR = ("户", "册", "籍", "人")
COLUMN_LISTS = (K.HOUSEHOLD_REGISTER, K.REGISTRATION, K.SCHOOL_ROLL, K.PRESENT)


@dataclass(frozen=True, slots=True)
class Ages:
    """Who is of age: born up to ``last_birth``, and after ``first_birth`` (as one number)."""

    first_birth: int
    last_birth: int

    @classmethod
    def of_year(cls, school_year: int, cutoff: str, upper_age: int) -> Ages:
        """Six by the cut-off (``08-31``) of the school year, not yet ``upper_age`` by it."""
        month, day = (int(part) for part in cutoff.split("-"))
        tail = month * 100 + day
        return cls((school_year - upper_age) * 10000 + tail, (school_year - 6) * 10000 + tail)

    def holds(self) -> pl.Expr:
        birth = pl.col("birth")
        return ((birth > self.first_birth) & (birth <= self.last_birth)).fill_null(value=True)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a comparison needs besides the lists."""

    county: str
    ages: Ages
    method: CensusMethod = CensusMethod.FOUR_CHECKS
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """The outcome: differences by child, and conflicts within lists."""

    differences: pl.DataFrame
    """``difference, k, is_poor, is_disabled, marks`` and ``row`` numbers in each list."""
    conflicts: pl.DataFrame
    """``kind, k, name_keys, schools``: children on two lines of one list that do not agree."""


def settle(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep one line per child, the smallest by content; give also the children whose lines differ.

    The second frame says of each whether the lines differ in name and in school.
    """
    is_shared = frame["k"].is_duplicated()
    if not is_shared.any():
        return frame, _no_conflict()
    said = [name for name in frame.columns if name not in ("k", "row")]
    shared = frame.filter(is_shared)
    if "name_key" in said:
        shared = shared.with_columns(folded(shared["name_key"]))
    shared = shared.sort("k", *said, "row", nulls_last=True)
    kept = shared.unique("k", keep="first", maintain_order=True)
    lines = shared.select("k", *said).unique()
    counted = lines.group_by("k").agg(
        pl.len().alias("lines"),
        *(
            pl.col(name).n_unique().gt(1).alias(f"{name}s")
            if name in said
            else pl.lit(value=False).alias(f"{name}s")
            for name in ("name_key", "school")
        ),
    )
    differing = counted.filter(pl.col("lines") > 1).drop("lines").sort("k")
    return pl.concat([frame.filter(~is_shared), kept]), differing


def _no_conflict() -> pl.DataFrame:
    return pl.DataFrame(schema={"k": pl.Int64, "name_keys": pl.Boolean, "schools": pl.Boolean})


def compare(lists: Lists, setting: Setting) -> Compared:
    """Find every difference the method asks for; a list that is not there is an empty one."""
    is_four = setting.method is CensusMethod.REGISTER_BOOK_ROLL_PERSON
    known = _known(lists)
    if not is_four:
        lists = _at_odds(lists)
    settled: dict[RosterKind, pl.DataFrame] = {}
    parts: list[pl.DataFrame] = [_no_conflict().select(pl.lit("").alias("kind"), pl.all())]
    for kind in (kind for kind in RosterKind if kind in lists):
        settled[kind], differing = settle(lists[kind])
        parts.append(differing.select(pl.lit(kind.value).alias("kind"), pl.all()))
    conflicts = pl.concat(parts)
    found = (
        _four_columns(settled, setting)
        if is_four
        else _three_comparisons(settled, setting, conflicts, known)
    )
    return Compared(_marked(found, settled).sort("difference", "k"), conflicts)


@dataclass(frozen=True, slots=True)
class Known:
    """What must be known of whole lists: which have come, and which schools they speak of."""

    there: frozenset[RosterKind]
    schools: Mapping[RosterKind, pl.Series]


def _known(lists: Lists) -> Known:
    there = frozenset(kind for kind in lists if has(lists, kind))
    schools = {kind: reporting(lists, kind) for kind in (K.SCHOOL_ROLL, K.PRESENT)}
    return Known(there, schools)


def settle_all(lists: Lists) -> dict[RosterKind, pl.DataFrame]:
    """Bring every list to one line per child, for counting."""
    return {kind: settle(frame)[0] for kind, frame in lists.items()}


def _at_odds(lists: Lists) -> Lists:
    """Leave out the children at peace: once in all three lists, one name, one school.

    Nine hundred and ninety of a thousand need no more look; the rest are compared in full. What is
    found about a child rests on its own lines alone, so that nothing found is lost by this.
    """
    three = [lists[kind] for kind in NAMING if has(lists, kind)]
    if len(three) < len(NAMING):
        return lists
    household, roll, present = three
    strange = [
        household["k"].filter(~household["k"].is_in(roll["k"].implode())),
        present["k"].filter(~present["k"].is_in(roll["k"].implode())),
        roll["k"].filter(~_prints(roll, "school").is_in(_prints(present, "school").implode())),
        roll["k"].filter(~_prints(roll).is_in(_prints(household).implode())),
    ]
    for frame in three:
        if frame["k"].n_unique() < frame.height:
            strange.append(frame["k"].filter(frame["k"].is_duplicated()))
    odd = pl.concat(strange).unique().implode()
    return {
        kind: frame.filter(pl.col("k").is_in(odd)) if kind in NAMING else frame
        for kind, frame in lists.items()
    }


def _prints(frame: pl.DataFrame, *more: str) -> pl.Series:
    """Give one number per line that tells key, name and ``more`` from any other."""
    mixed = pl.col("k").hash(seed=1) ^ pl.col("name_key").hash(seed=2)
    for name in more:
        mixed = mixed ^ pl.col(name).hash(seed=3)
    return frame.select(mixed).to_series()


def of_kind(lists: Lists, kind: RosterKind, *columns: str) -> pl.DataFrame:
    """Give some columns of a list, with nulls where the list has none of them."""
    wanted = ("k", "row", *columns)
    if kind not in lists:
        return pl.DataFrame(schema={name: LINE[name] for name in wanted})
    frame = lists[kind]
    return frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, dtype=LINE[name]).alias(name)
        for name in wanted
    )


def of_age(lists: Lists, kind: RosterKind, setting: Setting, *columns: str) -> pl.DataFrame:
    frame = of_kind(lists, kind, *dict.fromkeys(("birth", *columns)))
    return frame.filter(setting.ages.holds())


def _three_comparisons(
    lists: Lists, setting: Setting, conflicts: pl.DataFrame, known: Known
) -> pl.DataFrame:
    """Compare only lists that are there, and only schools that have sent both of theirs."""
    found = [_as(difference, pl.DataFrame(schema={"k": pl.Int64})) for difference in Difference]
    roll = of_kind(lists, K.SCHOOL_ROLL, "name_key", "school", "household_county")
    present = of_kind(lists, K.PRESENT, "name_key", "school")
    if {K.HOUSEHOLD_REGISTER, K.SCHOOL_ROLL} <= known.there:
        found += _household_and_roll(lists, roll, present, setting)
    everybody = of_kind(lists, K.HOUSEHOLD_REGISTER, "name_key")
    rows_h = everybody.select("k", pl.col("name_key").alias("name_h"))
    rows_p = present.select(
        "k", pl.col("row").alias("row_p"), pl.col("name_key").alias("name_p"),
        pl.col("school").alias("school_p"),
    )  # fmt: skip
    if {K.SCHOOL_ROLL, K.PRESENT} <= known.there:
        found += _roll_and_present(lists, roll, present, rows_p, known)
    names = roll.join(rows_h, on="k", how="left").join(rows_p, on="k", how="left")
    differs = (pl.col("name_h") != pl.col("name_key")).fill_null(value=False) | (
        pl.col("name_p") != pl.col("name_key")
    ).fill_null(value=False)
    named = _really(names.filter(differs))
    at_odds = conflicts.filter(pl.col("kind").is_in([kind.value for kind in NAMING]))
    twice = at_odds.filter("name_keys").select("k")
    seated = at_odds.filter("schools").select("k").join(twice, on="k", how="anti")
    # Two names under one number may be two children: their schools say nothing of one child.
    moved = names.filter(pl.col("school") != pl.col("school_p")).join(twice, on="k", how="anti")
    found.append(_as(Difference.NAME_DIFFERS, pl.concat([named, twice]).unique()))
    found.append(_as(Difference.SCHOOL_DIFFERS, pl.concat([moved.select("k"), seated]).unique()))
    return pl.concat(found)


def _really(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the children whose names differ by more than variant characters and dots."""
    rows = rows.with_columns(
        folded(rows[name]).alias(name) for name in ("name_key", "name_h", "name_p")
    )
    return rows.filter(
        (pl.col("name_h") != pl.col("name_key")).fill_null(value=False)
        | (pl.col("name_p") != pl.col("name_key")).fill_null(value=False)
    ).select("k")


def has(lists: Lists, kind: RosterKind) -> bool:
    return kind in lists and lists[kind].height > 0


def _household_and_roll(
    lists: Lists, roll: pl.DataFrame, present: pl.DataFrame, setting: Setting
) -> list[pl.DataFrame]:
    household = of_age(lists, K.HOUSEHOLD_REGISTER, setting, "whereabouts")
    without_roll = household.join(roll, on="k", how="anti").join(present, on="k", how="anti")
    elsewhere = (pl.col("whereabouts") != "").fill_null(value=False)
    unknown_here = (
        roll.join(of_kind(lists, K.HOUSEHOLD_REGISTER), on="k", how="anti")
        .filter(is_local(setting))
        .join(of_kind(lists, K.RESIDENCE_PERMIT), on="k", how="anti")
    )
    return [
        _as(Difference.NO_ROLL, without_roll.filter(~elsewhere)),
        _as(Difference.ELSEWHERE, without_roll.filter(elsewhere)),
        _as(Difference.NO_HOUSEHOLD, unknown_here),
    ]


def is_local(setting: Setting) -> pl.Expr:
    """Tell whether a child on the roll is registered in this county, as far as the rows say."""
    county = int(setting.county)
    by_number = pl.when(pl.col("k") > 0).then(pl.col("k") // 10**11 == county)
    return pl.coalesce(pl.col("household_county") == setting.county, by_number, pl.lit(value=True))


def reporting(lists: Lists, kind: RosterKind) -> pl.Series:
    """Give the schools a list speaks of: what the others have, nobody has said yet."""
    return of_kind(lists, kind, "school")["school"].drop_nulls().unique()


def _roll_and_present(
    lists: Lists,
    roll: pl.DataFrame,
    present: pl.DataFrame,
    rows_p: pl.DataFrame,
    known: Known,
) -> list[pl.DataFrame]:
    expected = roll.filter(pl.col("school").is_in(known.schools[K.PRESENT].implode()))
    not_there = expected.join(rows_p, on="k", how="anti").join(
        of_kind(lists, K.LEAVE_SLIPS), on="k", how="anti"
    )
    on_roll = present.filter(pl.col("school").is_in(known.schools[K.SCHOOL_ROLL].implode()))
    return [
        _as(Difference.NOT_PRESENT, not_there),
        _as(Difference.PRESENT_NO_ROLL, on_roll.join(roll, on="k", how="anti")),
    ]


def _as(difference: Difference, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.lit(difference.value).alias("difference"), "k", pl.lit("").alias("marks"))


def _four_columns(lists: Lists, setting: Setting) -> pl.DataFrame:
    """Tick 户, 册, 籍, 人 for every child; whoever lacks a tick is a difference (ZY-2.1b).

    A list that is not there gives no column: nobody lacks a tick in it.
    """
    there = [(n, kind) for n, kind in zip(FOUR, COLUMN_LISTS, strict=True) if has(lists, kind)]
    if len(there) < 2:
        return _as(Difference.FOUR_COLUMNS, pl.DataFrame(schema={"k": pl.Int64}))
    frames = [
        (of_age if kind is K.HOUSEHOLD_REGISTER else _whole)(lists, kind, setting).select("k")
        for _, kind in there
    ]
    names = [name for name, _ in there]
    keys = pl.concat(frames).unique()
    for name, frame in zip(names, frames, strict=True):
        keys = keys.join(frame.with_columns(pl.lit(name).alias(name)), on="k", how="left")
    marks = pl.concat_str(
        pl.when(pl.col(name).is_null()).then(pl.lit(f"{name}✗")).otherwise(pl.lit(f"{name}✓"))
        for name in names
    )
    return keys.filter(pl.any_horizontal(pl.col(names).is_null())).select(
        pl.lit(Difference.FOUR_COLUMNS.value).alias("difference"), "k", marks.alias("marks")
    )


def _whole(lists: Lists, kind: RosterKind, _setting: Setting) -> pl.DataFrame:
    return of_kind(lists, kind)


def _marked(found: pl.DataFrame, lists: Lists) -> pl.DataFrame:
    """Say of each difference where its rows are, whether the family is poor, the child disabled."""
    for kind in (*COLUMN_LISTS, K.RESIDENCE_PERMIT):
        rows = of_kind(lists, kind).select("k", pl.col("row").alias(f"row_{kind.value}"))
        found = found.join(rows, on="k", how="left")
    poor = of_kind(lists, K.POVERTY_HOUSEHOLDS, "poverty")
    poor = poor.filter(pl.col("poverty").is_null() | (pl.col("poverty") != "none"))
    disabled = of_kind(lists, K.DISABILITY).select("k", pl.lit(value=True).alias("is_disabled"))
    may_be_out = [one.value for one in Difference if one.may_be_out]
    return (
        found.join(poor.select("k", pl.col("poverty").fill_null("lifted")), on="k", how="left")
        .join(disabled, on="k", how="left")
        .with_columns(
            pl.when(pl.col("difference").is_in(may_be_out))
            .then(pl.col("poverty"))
            .alias("poverty"),
            pl.col("is_disabled").fill_null(value=False),
        )
    )
