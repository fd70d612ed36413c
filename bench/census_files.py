"""Write the four files of a county of any size, with a known share of every difference."""

from __future__ import annotations

from pathlib import Path

import polars as pl

SURNAMES = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
GIVEN = list("安宁雨晴明德志远文华思齐若水子涵佳怡浩然宇轩梦瑶欣悦")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FILES = ("户籍.csv", "学籍.csv", "在校.csv", "脱贫户.csv")
COUNTY = "990101"
CLASS_SIZE = 45


def _pick(words: list[str], key: pl.Expr) -> pl.Expr:
    return key.mod(len(words)).replace_strict(
        pl.Series(range(len(words)), dtype=pl.UInt64), pl.Series(words), return_dtype=pl.String
    )


def children(count: int) -> pl.DataFrame:
    """Make ``count`` children born from September 2011 to August 2020, each with a sound number."""
    days = 3280
    frame = pl.select(pl.int_range(count, dtype=pl.Int64).alias("n")).with_columns(
        (990101 + pl.col("n") // (days * 999)).alias("division"),
        (pl.date(2011, 9, 1) + pl.duration(days=pl.col("n") % days))
        .dt.to_string("%Y%m%d")
        .cast(pl.Int64)
        .alias("birth"),
        (1 + pl.col("n") // days % 999).alias("sequence"),
    )
    core = (pl.col("division") * 10**11 + pl.col("birth") * 1000 + pl.col("sequence")).alias("core")
    frame = frame.select("n", "birth", core)
    total = sum(
        (
            pl.col("core") // 10 ** (16 - place) % 10 * weight
            for place, weight in enumerate(WEIGHTS)
        ),
        start=pl.lit(0),
    )
    last = _pick(list("10X98765432"), (total % 11).cast(pl.UInt64))
    draw = pl.col("n").hash(seed=5)
    name = pl.concat_str(
        _pick(SURNAMES, draw // 7), _pick(GIVEN, draw // 1000), _pick(GIVEN, draw // 100_000)
    )
    return frame.select(
        "n",
        "birth",
        (pl.col("core").cast(pl.String) + last).alias("id_no"),
        name.alias("name"),
        (draw % 10_000).alias("fate"),
        (9901010000 + 1 + pl.col("n") % max(1, count // 900) % 9999)
        .cast(pl.String)
        .alias("school"),
        (pl.lit("9901010") + (1 + pl.col("n") % 12).cast(pl.String).str.zfill(2)).alias("township"),
        ((pl.col("n") // 7) % 9 + 1).alias("grade"),
        ((pl.col("n") // 63) % 6 + 1).alias("number"),
    )


def write(folder: Path, count: int) -> list[Path]:
    """Write the files; of 10,000 children 40 differ in one way or another."""
    folder.mkdir(parents=True, exist_ok=True)
    everybody = children(count)
    fate = pl.col("fate")
    household = everybody.filter(fate != 0)
    roll = everybody.filter(~fate.is_between(1, 10))
    present = everybody.filter(~fate.is_between(1, 20)).with_columns(
        pl.when(fate.is_between(21, 26)).then(pl.lit("某") + pl.col("name")).otherwise("name")
        .alias("name"),
        pl.when(fate.is_between(27, 30)).then(pl.lit("9901010001")).otherwise("school")
        .alias("school"),
    )  # fmt: skip
    twice = roll.filter(fate.is_between(31, 33))
    roll = pl.concat([roll, twice]).sort(pl.col("n").hash(seed=3))
    present = present.sort(pl.col("n").hash(seed=4))
    poor = everybody.filter(pl.col("n") % 7 == 0).sort(pl.col("n").hash(seed=9))
    place = (
        pl.col("grade").cast(pl.String) + pl.lit("年级") + pl.col("number").cast(pl.String) + "班"
    )
    tables = (
        household.select(
            pl.col("id_no").alias("公民身份号码"), pl.col("name").alias("姓名"),
            pl.col("township").alias("乡镇"), pl.lit("").alias("去向"),
        ),
        roll.select(
            ("G" + pl.col("id_no")).alias("学籍号"), pl.col("name").alias("姓名"),
            pl.col("id_no").alias("身份证件号"), pl.col("school").alias("学校"),
            place.alias("班级"),
        ),
        present.select(
            pl.col("name").alias("姓名"), pl.col("id_no").alias("身份证号码"),
            pl.col("school").alias("学校"), place.alias("班级"),
        ),
        poor.select(
            pl.col("name").alias("学生姓名"), pl.col("id_no").alias("学生身份证件号"),
            pl.lit("脱贫户").alias("户类型"),
        ),
    )  # fmt: skip
    paths = []
    for name, table in zip(FILES, tables, strict=True):
        path = folder / name
        table.write_csv(path, include_bom=True)
        paths.append(path)
    return paths


def write_workbook(path: Path, count: int) -> None:
    """Write the list of those present as a workbook with a merged title."""
    from xlsxwriter import Workbook

    book = Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("在校")
    header = ("姓名", "身份证号码", "学校", "年级", "班级", "出生日期", "监护人姓名")
    sheet.merge_range(0, 0, 0, len(header) - 1, "在校学生名册")
    for place, word in enumerate(header):
        sheet.write_string(1, place, word)
    rows = children(count).select("name", "id_no", "school", "grade", "number", "birth")
    for line, row in enumerate(rows.iter_rows(), start=2):
        name, id_no, school, grade, number, birth = row
        for place, cell in enumerate((name, id_no, school)):
            sheet.write_string(line, place, cell)
        sheet.write_number(line, 3, grade)
        sheet.write_string(line, 4, f"{number}班")
        sheet.write_string(line, 5, str(birth))
        sheet.write_string(line, 6, f"{name[0]}某")
    book.close()
