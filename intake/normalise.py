"""Bring columns of text to one form, a million rows at a time.

What is written plainly is read in bulk; only what is not goes through the readers of
models/identity.py and intake/wording.py, one distinct value at a time. They alone say what is
right: the bulk road accepts nothing they refuse.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from intake.wording import class_of, day_of, name_key, plain
from models.identity import WEIGHTS, IdentityError, IdentityProblem, parse_id_number, parse_roll_no

VARIANTS = Path(__file__).with_name("variants.toml")
PLAIN_NAME = r"^[\u4e00-\u9fff]+$"
_PLAIN_TEXT = r"^[0-9A-Za-z\u4e00-\u9fff\-]*$"
_ID = r"^\d{17}[\dX]$"
_GRADE = re.compile(r"(?:(初|小学|初中)?([1-9一二三四五六七八九])(?:年级|年|级)?|(\d)年级)")


@dataclass(frozen=True, slots=True)
class IdColumn:
    """ID numbers read: the first 17 digits, which fix the 18th, and what was refused why."""

    core: pl.Series
    """First 17 digits as a whole number; null where there is none or it is refused."""
    text: pl.Series
    """18 characters; null likewise."""
    problem: pl.Series
    """Chinese sentence why the number is refused; null where it is not."""
    short: pl.Series
    """The digits of a 15-digit number, kept out of ``core`` and ``text`` until a person has looked."""


def by_distinct(values: pl.Series, read: Callable[[str], Any], dtype: Any) -> pl.Series:
    """Apply ``read`` once to every distinct text; null stays null."""
    distinct = values.drop_nulls().unique().to_list()
    if not distinct:
        return pl.Series(values.name, [None] * len(values), dtype=dtype)
    found = [read(value) for value in distinct]
    table = pl.DataFrame(
        {"text": distinct, "read": found}, schema={"text": pl.String, "read": dtype}
    )
    asked = pl.DataFrame({"text": values})
    both = asked.join(table, on="text", how="left", maintain_order="left")
    return both["read"].alias(values.name)


def _mend(values: pl.Series, usual: str, read: Callable[[str], str | None]) -> pl.Series:
    """Leave what matches ``usual`` and read the rest; what is empty becomes null."""
    is_usual = values.str.contains(usual).fill_null(value=True)
    if is_usual.all():
        return values
    odd = by_distinct(values.filter(~is_usual), lambda text: read(text) or None, pl.String)
    places = (~is_usual).arg_true()
    return values.clone().scatter(places, odd) if len(places) else values


def tidy(values: pl.Series) -> pl.Series:
    """Drop spaces and bring full-width characters to half-width; empty becomes null."""
    mended = _mend(values, _PLAIN_TEXT, plain)
    return mended.set(mended == "", None) if (mended == "").any() else mended


def names(values: pl.Series) -> pl.Series:
    """Bring names to the form they are compared in."""
    return _mend(values, PLAIN_NAME, name_key)


@cache
def variants() -> dict[str, str]:
    """Give the characters that stand for others in names, each with the one it stands for."""
    pairs = tomllib.loads(VARIANTS.read_text("utf-8"))["pairs"].split()
    return {pair[0]: pair[1] for pair in pairs if pair[0] != pair[1]}


def folded(keys: pl.Series) -> pl.Series:
    """Bring names to the form in which variant characters and middle dots do not count."""
    table = variants() | {"·": ""}
    is_odd = keys.str.contains_any(list(table)).fill_null(value=False)
    if not is_odd.any():
        return keys
    odd = keys.filter(is_odd).str.replace_many(list(table), list(table.values()))
    return keys.clone().scatter(is_odd.arg_true(), odd)


def cores(texts: pl.Series) -> pl.Series:
    """Give the first 17 digits of 18-character numbers known to be sound."""
    return texts.str.slice(0, 17).cast(pl.Int64, strict=False)


def _is_sound(core: pl.Series, texts: pl.Series) -> pl.Series:
    """Tell which numbers hold their check character (GB 11643) and a date of birth from 1900."""
    frame = pl.DataFrame({"core": core, "text": texts})
    total: pl.Expr = pl.lit(0, dtype=pl.Int64)
    for place, weight in enumerate(WEIGHTS):
        total = total + pl.col("core") // 10 ** (16 - place) % 10 * weight
    last = pl.col("text").str.slice(17, 1).replace("X", "10").cast(pl.Int64, strict=False)
    birth = pl.col("text").str.slice(6, 8)
    return frame.select(
        (
            ((total + last) % 11 == 1)
            & birth.str.to_date("%Y%m%d", strict=False).is_not_null()
            & (birth.str.slice(0, 4) >= "1900")
        ).fill_null(value=False)
    ).to_series()


def id_numbers(values: pl.Series) -> IdColumn:
    """Read a column of ID numbers; nothing of a refused number is kept but the reason."""
    is_usual = values.str.contains(_ID).fill_null(value=False)
    core = cores(values.set(~is_usual, None))
    is_good = is_usual & _is_sound(core, values)
    rest = (~is_good & values.is_not_null()).arg_true()
    text = values.set(~is_good, None)
    count = len(values)
    problem = pl.Series("problem", [None], dtype=pl.String).new_from_index(0, count)
    short = problem.clone()
    if len(rest):
        odd = values.gather(rest)
        read = by_distinct(odd, _read_id, pl.List(pl.String)).list
        text = text.scatter(rest, read.get(0))
        problem = problem.scatter(rest, read.get(1))
        short = short.scatter(rest, read.get(2))
        core = cores(text)
    return IdColumn(core, text, problem, short)


def _read_id(raw: str) -> list[str | None]:
    try:
        number = parse_id_number(raw)
    except IdentityError as error:
        is_empty = error.code is IdentityProblem.EMPTY
        return [None, None if is_empty else error.sentence, None]
    if number.needs_review:
        return [None, None, number.text[:6] + number.text[8:17]]
    return [number.text, None, None]


def roll_numbers(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Read a column of roll numbers: the numbers, and why one was refused."""
    is_usual = values.str.contains(r"^G\d{17}[\dX]$").fill_null(value=False)
    body = values.str.slice(1)
    is_good = is_usual & _is_sound(cores(body.set(~is_usual, None)), body)
    rest = (~is_good & values.is_not_null()).arg_true()
    text = values.set(~is_good, None)
    problem = pl.Series("problem", [None], dtype=pl.String).new_from_index(0, len(values))
    if len(rest):
        read = by_distinct(values.gather(rest), _read_roll, pl.List(pl.String)).list
        text, problem = text.scatter(rest, read.get(0)), problem.scatter(rest, read.get(1))
    return text, problem


def _read_roll(raw: str) -> list[str | None]:
    try:
        return [parse_roll_no(raw).text, None]
    except IdentityError as error:
        return [None, None if error.code is IdentityProblem.EMPTY else error.sentence]


def dates(values: pl.Series) -> pl.Series:
    """Read a column of dates: written out, compact, or a spreadsheet's count of days."""
    read = values.str.to_date("%Y-%m-%d", strict=False)
    rest = (read.is_null() & values.is_not_null()).arg_true()
    if len(rest):
        read = read.scatter(rest, by_distinct(values.gather(rest), _day, pl.Date))
    return read


def _day(text: str) -> date | None:
    return day_of(text)


def classes(grade: pl.Series, name: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Read grade and number of classes from two columns, of which either may be empty."""
    both = pl.select(
        pl.concat_str(pl.lit(grade).fill_null(""), pl.lit("|"), pl.lit(name).fill_null("")).alias(
            "both"
        )
    ).to_series()
    read = by_distinct(both, _class, pl.List(pl.Int32)).list
    return read.get(0, null_on_oob=True), read.get(1, null_on_oob=True)


def _class(both: str) -> list[int | None]:
    grade_text, _, class_text = both.partition("|")
    found = class_of(class_text, grade_text) or class_of(class_text)
    if found is not None:
        return list(found)
    return [_grade(plain(grade_text)), None]


def _grade(text: str) -> int | None:
    found = _GRADE.fullmatch(text)
    if found is None:
        return None
    digit = found[2] or found[3]
    number = int(digit) if digit.isdigit() else "零一二三四五六七八九".index(digit)
    is_junior = (found[1] or "").startswith("初") and number <= 3
    return number + 6 if is_junior else number


def birth_of(text: pl.Series) -> pl.Series:
    """Give the dates of birth in sound ID numbers."""
    return text.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def is_male(core: pl.Series) -> pl.Series:
    return core % 2 == 1
