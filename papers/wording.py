"""Clean text and say numbers and dates the way a Chinese paper does."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

_DIGITS = "零一二三四五六七八九"
# Cc control, Cf format (bidi, zero-width), Cs lone surrogates, Zl/Zp separators.
_DROPPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def clean(text: str) -> str:
    """Drop control, bidi and zero-width characters; line breaks and tabs become one space."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():  # nothing of what is dropped or made a space below
        return text.strip()
    text = "".join(" " if ch in "\t\r\n\v\f\u2028\u2029" else ch for ch in text)
    return "".join(ch for ch in text if unicodedata.category(ch) not in _DROPPED).strip()


def clean_all(value: Any) -> Any:
    """Apply `clean` to every string inside nested mappings and sequences."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: clean_all(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(clean_all(item) for item in value)
    return value


def cn_date(day: date | None) -> str:
    """`2026年9月3日` without leading zeros; an open date keeps blanks to write in."""
    if day is None:
        return "　　年　月　日"
    return f"{day.year}年{day.month}月{day.day}日"


def cn_number(number: int) -> str:
    """Chinese numeral of 1–999, as articles of law are cited (58 → 五十八)."""
    if not 0 < number < 1000:
        raise ValueError(f"out of range: {number}")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


_CAPITALS = "零壹贰叁肆伍陆柒捌玖"


def cn_money(yuan: int) -> str:
    """Write whole yuan in the capitals of cheques and decisions (500 → 伍佰元整)."""
    if not 0 < yuan < 100_000_000:
        raise ValueError(f"out of range: {yuan}")
    high, low = divmod(yuan, 10_000)
    words = f"{_four_digits(high)}万" if high else ""
    if low:
        words += ("零" if high and low < 1_000 else "") + _four_digits(low)
    return words + "元整"


def _four_digits(number: int) -> str:
    words = ""
    for unit, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += _CAPITALS[digit] + name
        elif words and number % unit and not words.endswith("零"):
            words += "零"
    return words


def sentence(text: str) -> str:
    """End with a full stop unless the text already ends with one."""
    return text if text.endswith(("。", "！", "？")) else text.rstrip("；;，,.") + "。"


def phrase(text: str) -> str:
    """Take the final stop off, so that the text can stand inside a sentence."""
    return text.rstrip("。；;，,.")
