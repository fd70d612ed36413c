"""The same comparison as a clerk who can program would write it: plain pandas, plain polars.

Both read the four files, trim the numbers, drop doubled rows and join. They check no digit, read no
other way of writing, and know neither twins nor leave slips.
"""

from __future__ import annotations

from pathlib import Path

from bench.census_files import FILES

ID = ("公民身份号码", "身份证件号", "身份证号码", "学生身份证件号")
OLDEST, YOUNGEST = "20100831", "20200831"


def by_pandas(folder: Path) -> list[tuple[str, str]]:
    import pandas as pd

    tables = []
    for name, column in zip(FILES, ID, strict=True):
        table = pd.read_csv(folder / name, dtype=str, encoding="utf-8-sig", keep_default_na=False)
        table = table.rename(columns={column: "id"})
        table["id"] = table["id"].str.strip().str.upper()
        if "姓名" in table.columns:
            table["姓名"] = table["姓名"].str.strip()
        tables.append(table.drop_duplicates("id"))
    household, roll, present, poor = tables
    birth = household["id"].str[6:14]
    of_age = household[(birth > OLDEST) & (birth <= YOUNGEST)]
    out = of_age[~of_age["id"].isin(roll["id"]) & ~of_age["id"].isin(present["id"])]
    both = roll.merge(present, on="id", how="left", suffixes=("", "_p"), indicator=True)
    both = both.merge(household[["id", "姓名"]], on="id", how="left", suffixes=("", "_h"))
    is_local = both["id"].str.startswith("990101")
    there = both["_merge"] == "both"
    found = {
        "no_roll": out[out["去向"] == ""]["id"],
        "elsewhere": out[out["去向"] != ""]["id"],
        "no_household": both[both["姓名_h"].isna() & is_local]["id"],
        "not_present": both[~there]["id"],
        "present_no_roll": present[~present["id"].isin(roll["id"])]["id"],
        "name_differs": both[
            (there & (both["姓名"] != both["姓名_p"]))
            | (both["姓名_h"].notna() & (both["姓名"] != both["姓名_h"]))
        ]["id"],
        "school_differs": both[there & (both["学校"] != both["学校_p"])]["id"],
    }
    gone = pd.concat([found["no_roll"], found["not_present"]])
    found["poor"] = gone[gone.isin(poor["id"])]
    return sorted((kind, one) for kind, ids in found.items() for one in ids)


def by_polars(folder: Path) -> list[tuple[str, str]]:
    import polars as pl

    tables = []
    for name, column in zip(FILES, ID, strict=True):
        table = pl.read_csv(folder / name, infer_schema=False).rename({column: "id"})
        table = table.with_columns(pl.col("id").str.strip_chars().str.to_uppercase())
        if "姓名" in table.columns:
            table = table.with_columns(pl.col("姓名").str.strip_chars())
        tables.append(table.unique("id", keep="first", maintain_order=True))
    household, roll, present, poor = tables
    birth = pl.col("id").str.slice(6, 8)
    of_age = household.filter((birth > OLDEST) & (birth <= YOUNGEST))
    out = of_age.join(roll, on="id", how="anti").join(present, on="id", how="anti")
    where = pl.col("去向").fill_null("")
    both = roll.join(
        present.with_columns(pl.lit(value=True).alias("there")), on="id", how="left", suffix="_p"
    ).join(household.select("id", pl.col("姓名").alias("姓名_h")), on="id", how="left")
    is_local = pl.col("id").str.starts_with("990101")
    found = {
        "no_roll": out.filter(where == ""),
        "elsewhere": out.filter(where != ""),
        "no_household": both.filter(pl.col("姓名_h").is_null() & is_local),
        "not_present": both.filter(pl.col("there").is_null()),
        "present_no_roll": present.join(roll, on="id", how="anti"),
        "name_differs": both.filter(
            (pl.col("姓名") != pl.col("姓名_p")).fill_null(value=False)
            | (pl.col("姓名") != pl.col("姓名_h")).fill_null(value=False)
        ),
        "school_differs": both.filter(pl.col("学校") != pl.col("学校_p")),
    }
    gone = pl.concat([found["no_roll"].select("id"), found["not_present"].select("id")])
    found["poor"] = gone.join(poor, on="id", how="semi")
    return sorted((kind, one) for kind, frame in found.items() for one in frame["id"])
