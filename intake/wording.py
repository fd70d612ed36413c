"""Read the words of a row: dates, classes, names, attendance marks."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from enum import StrEnum

from intake.reading import Cell, cell_text
from models.roster import AbsenceKind


class Presence(StrEnum):
    """What a mark says when it is not an absence."""

    PRESENT = "present"
    FULL = "full"


Mark = AbsenceKind | Presence

MARKS: dict[Mark, tuple[str, ...]] = {
    AbsenceKind.UNEXCUSED: (
        "旷课", "缺勤", "无故缺勤", "未到校", "未到", "未请假", "无故缺课", "缺课", "逃学",
        "失联", "×", "X",
    ),
    AbsenceKind.LEAVE: ("事假", "请假", "已请假", "准假"),
    AbsenceKind.SICK: ("病假", "生病", "因病请假", "住院", "因病缺勤"),
    AbsenceKind.OFFICIAL: ("公假", "公事", "比赛", "集体活动"),
    Presence.PRESENT: ("出勤", "到校", "正常", "已到校", "已到", "在校", "迟到", "早退", "√", "✓"),
    Presence.FULL: ("全勤", "全到", "无缺勤", "全部到校", "无人缺勤"),
}  # fmt: skip
MARK_OF = {word: mark for mark, words in MARKS.items() for word in words}
MARK_WORDS = "、".join(words[0] for words in MARKS.values())

EXCEL_EPOCH = date(1899, 12, 30)
EARLIEST_SERIAL, LATEST_SERIAL = 36526, 73050
"""2000-01-01 and 2099-12-31 as a spreadsheet counts days."""

_DIGITS = "零一二三四五六七八九"
_CLASS = re.compile(
    r"(初|小学|初中)?([1-9一二三四五六七八九])(?:年级|年|级)?第?[(\[]?"
    r"(\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])[)\]]?班?"
)
_DATE = re.compile(
    r"(\d{4}|\d{2}(?=年))[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]?\d{1,2}:\d{2}(:\d{2})?.*)?"
)
_MONTH = re.compile(r"((?:19|20)\d{2})[-/.年]?(\d{1,2})月?")
_COMPACT_DATE = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_DOTS = str.maketrans(dict.fromkeys("•・‧⋅∙●▪.．｡", "·"))


def plain(text: str) -> str:
    """Bring full-width characters to half-width and drop every space."""
    return re.sub(r"[\s\u200b-\u200f\ufeff]", "", unicodedata.normalize("NFKC", text))


def day_of(cell: Cell) -> date | None:
    """Read a date cell, a spreadsheet serial, or a date written out with its year."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = plain(cell_text(cell))
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        serial = int(float(text))
        in_range = EARLIEST_SERIAL <= serial <= LATEST_SERIAL
        return EXCEL_EPOCH + timedelta(serial) if in_range else None
    found = _COMPACT_DATE.fullmatch(text) or _DATE.fullmatch(text)
    if found is None:
        return None
    year = int(found[1])
    if year < 100:  # 18年9月1日: of this century, as far as a child or its leave goes
        year += 2000 if year < 70 else 1900
    try:
        return date(year, int(found[2]), int(found[3]))
    except ValueError:
        return None


def month_of(text: str) -> int | None:
    """Read a month written without its day (2015.05, 2015年5月) as ``201505``."""
    found = _MONTH.fullmatch(plain(text))
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    return int(found[1]) * 100 + int(found[2])


def mark_of(text: str) -> Mark | None:
    word = re.sub(r"[(].*", "", plain(text))
    return MARK_OF.get(word) or MARK_OF.get(word.upper())


def name_key(text: str) -> str:
    """Bring a name to the form names are compared in: no spaces, one kind of middle dot."""
    return unicodedata.normalize("NFC", plain(text)).translate(_DOTS)


def class_of(class_text: str, grade_text: str = "") -> tuple[int, int] | None:
    """Read the grade and number of a class: 三年级2班, 三(2)班, 初一3班, 0302, or two columns."""
    text = plain(grade_text) + plain(class_text)
    if re.fullmatch(r"\d{3,4}班?", text):
        digits = text.rstrip("班")
        return _class(int(digits[:-2]), int(digits[-2:]))
    grade = _CLASS.fullmatch(text)
    if grade is None:
        return None
    first, second = _number(grade[2]), _number(grade[3])
    return _class(first + 6 if (grade[1] or "").startswith("初") and first <= 3 else first, second)


def _class(grade: int, number: int) -> tuple[int, int] | None:
    return (grade, number) if 1 <= grade <= 9 and number >= 1 else None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.index(text)
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)
