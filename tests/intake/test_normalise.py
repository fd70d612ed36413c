"""The bulk readers say what the readers of single values say, on anything."""

from datetime import date

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake import normalise
from intake.wording import day_of, name_key
from models.identity import IdentityError, parse_id_number, parse_roll_no
from tests.intake.village import id_number

SOUND = st.builds(id_number, st.integers(1, 999), st.dates(date(1895, 1, 1), date(2030, 12, 31)))
SLIPS = st.builds(
    lambda text, place, letter: text[:place] + letter + text[place + 1 :],
    SOUND, st.integers(0, 18), st.sampled_from("0123456789XxＸ９ -+*'\u3000"),
)  # fmt: skip
ANYTHING = st.text(alphabet="0123456789XxGgL９Ｘ .E+*'", max_size=22)
NUMBERS = st.lists(st.one_of(SOUND, SLIPS, ANYTHING, st.none()), min_size=1, max_size=30)


def one_id(raw: str | None) -> str | None:
    try:
        number = parse_id_number(raw or "")
    except IdentityError:
        return None
    return None if number.needs_review else number.text


@given(NUMBERS)
@example(["-90101200001010014", "990101201705040027"])
@example(["99010120170230001X", "+9010120170504002", "990101201705040027", None, ""])
def test_a_column_of_id_numbers_is_read_as_each_alone(raw):
    """Accepted, refused and put right exactly as models.identity does; the key is the number's."""
    read = normalise.id_numbers(pl.Series(raw, dtype=pl.String))

    assert read.text.to_list() == [one_id(one) for one in raw]
    assert read.core.to_list() == [int(t[:17]) if (t := one_id(one)) else None for one in raw]
    refused = [
        one_id(one) is None and bool((one or "").strip(" '\u3000")) and short is None
        for one, short in zip(raw, read.short.to_list(), strict=True)
    ]
    assert [problem is not None for problem in read.problem.to_list()] == refused


@given(st.lists(st.one_of(SOUND.map("G".__add__), SLIPS.map("g".__add__), ANYTHING), min_size=1))
def test_a_column_of_roll_numbers_is_read_as_each_alone(raw):
    """G with a sound number and L numbers come through, everything else goes back."""

    def one(text):
        try:
            return parse_roll_no(text).text
        except IdentityError:
            return None

    text, _ = normalise.roll_numbers(pl.Series(raw, dtype=pl.String))
    assert text.to_list() == [one(text_) for text_ in raw]


@given(st.lists(st.text(alphabet="王阿依 ·•．\u3000ａｂ張", max_size=8), min_size=1))
def test_a_column_of_names_is_read_as_each_alone(raw):
    """Spaces and dots are brought to one form; what is empty is nothing."""
    read = normalise.names(pl.Series(raw, dtype=pl.String))
    assert read.to_list() == [name_key(name) or None for name in raw]


@pytest.mark.parametrize(
    "text", ["2017-05-04", "2017/5/4", "2017年5月4日", "20170504", "42859", "2017.05.04 00:00"]
)
def test_a_day_is_read_however_it_is_written(text):
    """Text, compact, a spreadsheet's number: the same day; nonsense is none."""
    read = normalise.dates(pl.Series([text, "五月四日", None], dtype=pl.String))
    assert read.to_list() == [date(2017, 5, 4), None, None]
    assert day_of(text) == date(2017, 5, 4)


@pytest.mark.parametrize(
    ("grade", "name", "found"),
    [("三年级", "2班", (3, 2)), ("", "三(2)班", (3, 2)), ("七年级", "3", (7, 3)),
     ("初一", "1班", (7, 1)), ("三年级", "", (3, None)), ("", "0302", (3, 2)),
     ("", "实验班", (None, None))],
)  # fmt: skip
def test_a_class_is_read_from_one_column_or_two(grade, name, found):
    """A grade without a class is still a grade."""
    grades, numbers = normalise.classes(
        pl.Series([grade], dtype=pl.String), pl.Series([name], dtype=pl.String)
    )
    assert (grades[0], numbers[0]) == found
