"""Identity numbers of people and of school rolls: read them, check them, say what is wrong.

GB 11643-1999: six digits of division, eight of birth, three of sequence (odd = male), one check
character. A refusal never repeats the number: its sentence may be shown, stored and logged.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.base import Coded

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,3}")
_NONE = re.compile(
    r"[-—–_/\\.。、~]+|N/?A|NULL|NONE|不详|不明|未知|不清楚|待[补办查填定]|(?:正在)?办理中|"
    r"(?:目前)?[暂尚还]?(?:时)?(?:无|没有?|未(?:有|办|办理|取得|申领|领取|上户|上户口|落户|登记|提供))"
    r"(?:户口|身份证|证件|学籍)?(?:件)?(?:号码?)?"
)
"""What is written where there is no number, in words or by a stroke."""
_LOOKS_LIKE_X = str.maketrans("×ХхΧχ", "XXXXX")


class Sex(Coded):
    """Sex as GB/T 2261.1 knows it."""

    MALE = "male", "男"
    FEMALE = "female", "女"
    UNKNOWN = "unknown", "未知"
    UNSTATED = "unstated", "未说明"


class IdentityProblem(StrEnum):
    """Why a number is refused."""

    EMPTY = "empty"
    DIGITS_LOST = "digits_lost"
    MASKED = "masked"
    LENGTH = "length"
    CHARACTERS = "characters"
    BIRTH_DATE = "birth_date"
    CHECK_DIGIT = "check_digit"
    ROLL_FORMAT = "roll_format"


SENTENCES = {
    IdentityProblem.EMPTY: "号码为空，请填写 18 位身份证件号码",
    IdentityProblem.DIGITS_LOST: (
        "号码已被表格软件改成数值，末几位已丢失，无法恢复；"
        "请把该列设为“文本”格式后，照证件重新录入全部 18 位"
    ),
    IdentityProblem.MASKED: "号码中间被遮盖（*），请照证件填写完整的 18 位号码",
    IdentityProblem.LENGTH: "号码不是 18 位，请照证件核对是否漏填或多填",
    IdentityProblem.CHARACTERS: "号码含有不应出现的字符，请只填数字，末位可为 X",
    IdentityProblem.BIRTH_DATE: "号码中第 7 至 14 位不是真实的出生日期，请照证件核对",
    IdentityProblem.CHECK_DIGIT: "号码的校验位不符，其中至少有一位填错，请照证件逐位核对",
    IdentityProblem.ROLL_FORMAT: (
        "学籍号格式不对，应为 G 加 18 位身份证件号码，或以 L 开头的临时学籍号，"
        "请到学籍系统核对后重填"
    ),
}


class IdentityError(ValueError):
    """A number that cannot be accepted, with a code and what to do about it in Chinese."""

    def __init__(self, code: IdentityProblem) -> None:
        super().__init__(SENTENCES[code])
        self.code = code

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A citizen's number in its 18-character form."""

    text: str
    birth_on: date
    sex: Sex
    needs_review: bool = False
    """Read from 15 digits: the century and the check character are assumed, a person decides."""

    @property
    def division(self) -> str:
        return self.text[:6]


@dataclass(frozen=True, slots=True)
class RollNumber:
    """A pupil's number for life (学籍号); ``id_number`` is absent from an L number."""

    text: str
    id_number: IdNumber | None


def normalise_number(raw: str) -> str:
    """Bring full-width characters, spaces, a leading apostrophe and a small x to one form."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw))
    return text.lstrip("'’‘`").translate(_LOOKS_LIKE_X).upper()


def says_none(raw: str) -> bool:
    """Tell whether a cell says that there is no number, or says nothing."""
    text = normalise_number(raw)
    return not text or _NONE.fullmatch(text) is not None


def check_character(first_17: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def parse_id_number(raw: str) -> IdNumber:
    """Read an ID number, or raise IdentityError."""
    text = normalise_number(raw)
    if says_none(raw):
        raise IdentityError(IdentityProblem.EMPTY)
    if _SCIENTIFIC.fullmatch(text):
        raise IdentityError(IdentityProblem.DIGITS_LOST)
    if "*" in text:
        raise IdentityError(IdentityProblem.MASKED)
    if not re.fullmatch(r"[0-9]*[0-9X]", text):
        raise IdentityError(IdentityProblem.CHARACTERS)
    if re.fullmatch(r"[0-9]{15}", text):
        return _from_15_digits(text)
    if len(text) != 18:
        raise IdentityError(IdentityProblem.LENGTH)
    birth_on = _birth_date(text[6:14])
    if check_character(text[:17]) != text[17]:
        # Excel keeps 15 significant digits and fills the rest with zeros.
        lost = text.endswith("000")
        raise IdentityError(IdentityProblem.DIGITS_LOST if lost else IdentityProblem.CHECK_DIGIT)
    return IdNumber(text, birth_on, _sex(text))


def parse_roll_no(raw: str) -> RollNumber:
    """Read a roll number: G and an ID number, or L and digits for a child without one."""
    text = normalise_number(raw)
    if says_none(raw):
        raise IdentityError(IdentityProblem.EMPTY)
    if text[0] == "G" and len(text) > 1:
        number = parse_id_number(text[1:])
        if number.needs_review:
            raise IdentityError(IdentityProblem.ROLL_FORMAT)
        return RollNumber(text, number)
    if re.fullmatch(r"L[0-9]{7,17}[0-9X]", text):
        return RollNumber(text, None)
    raise IdentityError(IdentityProblem.ROLL_FORMAT)


def _from_15_digits(text: str) -> IdNumber:
    first_17 = f"{text[:6]}19{text[6:]}"
    whole = first_17 + check_character(first_17)
    return IdNumber(whole, _birth_date(whole[6:14]), _sex(whole), needs_review=True)


def _birth_date(digits: str) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdentityError(IdentityProblem.BIRTH_DATE) from None
    if born.year < 1900:
        raise IdentityError(IdentityProblem.BIRTH_DATE)
    return born


def _sex(text: str) -> Sex:
    return Sex.MALE if int(text[16]) % 2 else Sex.FEMALE
