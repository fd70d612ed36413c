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

from intake.wording import class_of, day_of, month_of, name_key, plain
from models.identity import WEIGHTS, IdentityError, IdentityProblem, parse_id_number, parse_roll_no

VARIANTS = Path(__file__).with_name("variants.toml")
PLAIN_NAME = r"^[\u4e00-\u9fff]+$"
_PLAIN_TEXT = r"^[0-9A-Za-z\u4e00-\u9fff\-]*$"
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


@cache
def _remainders(first: int, count: int) -> pl.Series:
    """Give, for every number of ``count`` digits, its part of the check sum modulo 11.

    ``first`` is the place of its first digit among the 17.
    """
    total = pl.lit(0, dtype=pl.Int32)
    number = pl.int_range(10**count, dtype=pl.Int32)
    for place in range(count):
        total = total + number // 10 ** (count - 1 - place) % 10 * WEIGHTS[first + place]
    return pl.select((total % 11).cast(pl.UInt8)).to_series()


def _is_sound(core: pl.Series, texts: pl.Series) -> pl.Series:
    """Tell which 18-character numbers hold their check character and a date of birth from 1900.

    GB 11643, by table: the 17 digits fall into parts of 4, 4, 4 and 5 digits. Whole numbers only;
    a million in a fifth of a second. A sign before the digits is no digit, so such a number is none.
    """
    core = core.set(core < 10**16, None)
    high = (core // 10**9).cast(pl.Int32)
    low = (core % 10**9).cast(pl.Int32)
    parts = (high // 10**4, high % 10**4, low // 10**5, low % 10**5)
    total = pl.Series([0], dtype=pl.UInt8).new_from_index(0, len(core))
    for part, first, count in zip(parts, (0, 4, 8, 12), (4, 4, 4, 5), strict=True):
        total = total + _remainders(first, count).gather(part.cast(pl.UInt32))
    tail = texts.str.slice(17, 1)
    last = tail.cast(pl.UInt8, strict=False)
    last = last.zip_with(tail != "X", pl.Series([10], dtype=pl.UInt8))
    birth = (high % 100).cast(pl.Int32) * 10**6 + low // 1000
    is_sound = ((total + last) % 11 == 1) & _is_date(birth) & (texts.str.len_bytes() == 18)
    return is_sound.fill_null(value=False)


def _is_date(birth: pl.Series) -> pl.Series:
    """Tell which numbers ``yyyymmdd`` are real days from 1900 on."""
    year, month, day = birth // 10**4, birth // 100 % 100, birth % 100
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    is_plain = (day <= 28) | ((day <= 30) & (month != 2)) | ((day == 29) & is_leap)
    is_long = (day == 31) & month.is_in([1, 3, 5, 7, 8, 10, 12])
    in_range = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1900)
    return in_range & (is_plain | is_long)


def id_numbers(values: pl.Series) -> IdColumn:
    """Read a column of ID numbers; nothing of a refused number is kept but the reason."""
    core = cores(values)
    is_good = _is_sound(core, values)
    problem = pl.Series("problem", [None], dtype=pl.String).new_from_index(0, len(values))
    short = problem.clone()
    if is_good.all():
        return IdColumn(core, values, problem, short)
    text = values.set(~is_good, None)
    rest = (~is_good & values.is_not_null()).arg_true()
    if len(rest):
        odd = values.gather(rest)
        read = by_distinct(odd, _read_id, pl.List(pl.String)).list
        text = text.scatter(rest, read.get(0))
        problem = problem.scatter(rest, read.get(1))
        short = short.scatter(rest, read.get(2))
    return IdColumn(cores(text), text, problem, short)


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
    body = values.str.slice(1)
    is_good = values.str.starts_with("G").fill_null(value=False) & _is_sound(cores(body), body)
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


def months(values: pl.Series) -> pl.Series:
    """Read a column of months without days as whole numbers ``yyyymm``."""
    return by_distinct(values, month_of, pl.Int32)


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
