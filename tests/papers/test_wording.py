from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.wording import clean, clean_all, cn_date, cn_number, phrase, sentence
from papers.xhtml import parse

PAGE = '<html><head><title>t</title></head><body><article data-form="公文" data-draft="no">{}</article></body></html>'


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (58, "五十八"), (83, "八十三"),
     (100, "一百"), (106, "一百零六"), (110, "一百一十"), (999, "九百九十九")],
)  # fmt: skip
def test_numbers_read_as_articles_are_cited(number: int, words: str) -> None:
    """Numbers are written the way articles of law are cited."""
    assert cn_number(number) == words


def test_dates_have_no_leading_zero() -> None:
    """A date is written without leading zeros; an open one keeps room to write."""
    assert cn_date(date(2026, 9, 3)) == "2026年9月3日"
    assert squeeze_blank(cn_date(None)) == "年月日"


def squeeze_blank(text: str) -> str:
    return text.replace("　", "")


def test_sentences_end_once() -> None:
    """A full stop is added once and taken off where a phrase goes on."""
    assert [sentence("劝返"), sentence("劝返。"), sentence("劝返；")] == ["劝返。"] * 3
    assert [phrase("劝返。"), phrase("劝返")] == ["劝返"] * 2


def test_clean_reaches_nested_values() -> None:
    """Cleaning goes into lists and mappings and leaves numbers and dates alone."""
    dirty = {"a": ["张\u202e三", {"b": "\ud800李 "}], "c": 3, "d": date(2026, 1, 1)}
    assert clean_all(dirty) == {"a": ("张三", {"b": "李"}), "c": 3, "d": date(2026, 1, 1)}
    assert clean("张\n三") == "张 三"


@pytest.mark.parametrize(
    "content",
    ["散落的文字", "<p>一<b>粗</b></p>", "<ul><li>项</li></ul>", '<p class="odd">一</p>'],
)
def test_unknown_markup_in_a_template_is_an_error(content: str) -> None:
    """What the parser does not know raises: nothing is left out of a paper in silence."""
    with pytest.raises(ValueError, match=r"text outside|inside|unknown element"):
        parse(PAGE.format(content))


@given(st.text(st.characters(), max_size=30))
def test_clean_text_is_cleaned_letter_by_letter(text: str) -> None:
    """Whatever way is taken, each character is judged: kept, dropped, or made one blank."""
    blanks = "\t\r\n\v\f\u2028\u2029"
    normal = unicodedata.normalize("NFC", text)
    wanted = ["" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c
              for c in ("".join(" " if c in blanks else c for c in normal))]  # fmt: skip
    assert clean(text) == "".join(wanted).strip()
