"""Bring rosters, from files or from the database, to the lines a comparison reads."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from intake import normalise
from intake.columns import find_header
from intake.frames import ROW, read_frame
from intake.roster_rows import Places, person_of
from intake.wording import plain
from models.rosters import RosterKind

NEEDED = {
    RosterKind.HOUSEHOLD_REGISTER: ("name", "id_no", "roll_no", "birth_on", "whereabouts"),
    RosterKind.SCHOOL_ROLL: ("name", "id_no", "roll_no", "birth_on", "school", "school_code",
                             "household_county"),
    RosterKind.PRESENT: ("name", "id_no", "roll_no", "birth_on", "school", "school_code"),
    RosterKind.POVERTY_HOUSEHOLDS: ("name", "id_no", "roll_no", "birth_on", "poverty"),
}  # fmt: skip


def keys(core: pl.Series, person: pl.Series | None = None) -> pl.Series:
    """Give the whole-number key of each row: its ID number's first 17 digits, or a negative."""
    if person is None or not core.has_nulls():
        return core.alias("k")
    other = -(person.hash(seed=11) // 4).cast(pl.Int64) - 1
    return core.zip_with(core.is_not_null(), other).alias("k")


def from_file(path: Path, kind: RosterKind, places: Places) -> pl.DataFrame:
    """Read the lines of one file without storing it; rows an import would refuse are left out."""
    rows = read_frame(path, partial(find_header, kind=kind), only=NEEDED[kind]).rows
    ids = normalise.id_numbers(rows["id_no"])
    name = normalise.names(rows["name"])
    out: dict[str, pl.Series] = {
        "k": ids.core,
        "name_key": name,
        "birth": births(ids.core),
        "row": rows[ROW].cast(pl.Int64),
    }
    is_good = ids.problem.is_null() & name.is_not_null() & (name != "")
    if ids.core.has_nulls():
        rolls, _ = normalise.roll_numbers(_column(rows, "roll_no"))
        birth_on = normalise.dates(normalise.tidy(_column(rows, "birth_on")))
        person = person_of(ids.text, rolls, name, birth_on, ids.short)
        out["k"] = keys(ids.core, person)
        written = birth_on.dt.strftime("%Y%m%d").cast(pl.Int32)
        out["birth"] = out["birth"].zip_with(ids.core.is_not_null(), written)
        is_good = is_good & out["k"].is_not_null()
    for field in ("school", "whereabouts", "poverty"):
        if field in rows.columns:
            out[field] = _read(rows[field], field, places)
    frame = pl.DataFrame({name: values.alias(name) for name, values in out.items()})
    return frame if is_good.all() else frame.filter(is_good)


def births(core: pl.Series) -> pl.Series:
    """Give the dates of birth in ID numbers as one number: year, month, day."""
    return (core // 1000 % 10**8).cast(pl.Int32)


def _column(rows: pl.DataFrame, name: str) -> pl.Series:
    if name in rows.columns:
        return rows[name]
    return pl.Series(name, [None], dtype=pl.String).new_from_index(0, rows.height)


def _read(values: pl.Series, field: str, places: Places) -> pl.Series:
    """Read the words of a column, each distinct one once."""
    if field == "school":
        return normalise.by_distinct(
            values, lambda text: places.schools.get(plain(text)), pl.String
        )
    return normalise.tidy(values)
