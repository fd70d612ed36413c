"""Compare a new file with the rows in force, by key: what is added, changed, removed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from intake.roster_rows import COLUMNS
from intake.roster_store import json_form
from models.rosters import ChangeKind

FEW = 5
SHARE = 10
"""More than a few rows and more than a tenth of the list are not taken out unasked."""
SAID = tuple(name for name in COLUMNS if name not in ("row_number", "key"))


@dataclass(frozen=True, slots=True)
class Changes:
    added: pl.DataFrame
    changed: pl.DataFrame
    """As the new file says."""
    removed: pl.DataFrame
    """As it was on record."""
    before: pl.DataFrame
    """The changed rows as they were on record."""
    unchanged: int
    fields: dict[str, int]
    """How many changed rows differ in each column."""
    kept: int
    """Rows the file has no good row for, yet a refused one: they stay as they are."""
    held: int
    """Rows in force before."""

    @property
    def removes_much(self) -> bool:
        """Tell whether so much would go that a person must have meant it."""
        return self.removed.height > FEW and self.removed.height * SHARE > self.held

    @property
    def is_none(self) -> bool:
        return not (self.added.height or self.changed.height or self.removed.height)

    def as_records(self) -> pl.DataFrame:
        """Give ``key, change, before, after`` for the record of the import."""
        parts = [
            self.added.select(
                "key", _change(ChangeKind.ADDED), _nothing("before"), _packed("after")
            ),
            self.removed.select(
                "key", _change(ChangeKind.REMOVED), _packed("before"), _nothing("after")
            ),
            self.before.select("key", _change(ChangeKind.CHANGED), _packed("before")).join(
                self.changed.select("key", _packed("after")), on="key"
            ),
        ]
        return pl.concat(parts)


def _change(kind: ChangeKind) -> pl.Expr:
    return pl.lit(kind.value).alias("change")


def _nothing(name: str) -> pl.Expr:
    return pl.lit(None, dtype=pl.String).alias(name)


def _packed(name: str) -> pl.Expr:
    said = [pl.col(column) for column in SAID if column not in ("flags", "extras")]
    return pl.struct(said).struct.json_encode().alias(name)


def _comparable(rows: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, kind in COLUMNS.items() if kind == pl.String]
    return rows.select(list(COLUMNS)).with_columns(
        json_form(rows["extras"]).alias("extras"),
        pl.col("flags").list.join(",").alias("flags"),
        *(pl.col(name).replace("", None) for name in texts if name != "extras"),
    )


def compare(
    before: pl.DataFrame, after: pl.DataFrame, named: pl.DataFrame, *, may_remove: bool
) -> Changes:
    """Compare rows of one place; ``may_remove`` is false for a file that only adds and mends.

    ``named`` are the children of refused rows: a slip of the pen takes nobody off the list.
    """
    old, new = _comparable(before), _comparable(after)
    both = new.join(old, on="key", suffix="_old", how="inner")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in SAID)
    different = both.filter(differs)
    counts = {
        name: int(different[name].ne_missing(different[f"{name}_old"]).sum()) for name in SAID
    }
    changed = different.select("key")
    added = new.join(old, on="key", how="anti").select("key")
    removed = old.join(new, on="key", how="anti").select("key")
    if not may_remove:
        removed = removed.clear()
    gone = before.join(removed, on="key", how="semi")
    kept = _named_by(gone, named)
    return Changes(
        added=after.join(added, on="key", how="semi"),
        changed=after.join(changed, on="key", how="semi"),
        removed=gone.join(kept, on="key", how="anti"),
        before=before.join(changed, on="key", how="semi"),
        unchanged=both.height - changed.height,
        fields={name: count for name, count in counts.items() if count},
        kept=kept.height,
        held=before.height,
    )


def _named_by(rows: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Give the keys of the rows that a refused row speaks of: by number, or else by name.

    Only where no number could be read does the name alone count, within the school if one is said.
    """
    nameless = pl.col("id_no").is_null() & pl.col("roll_no").is_null()
    by_name = named.filter(nameless & (pl.col("name_key") != ""))
    schools = by_name.select("name_key", pl.col("school").alias("said_school"))
    found = [
        rows.join(named.select(number).drop_nulls(), on=number, how="semi").select("key")
        for number in ("id_no", "roll_no")
    ]
    same_name = rows.join(schools, on="name_key", how="inner")
    same_place = (pl.col("school") == pl.col("said_school")).fill_null(value=True)
    return pl.concat([*found, same_name.filter(same_place).select("key")]).unique()
