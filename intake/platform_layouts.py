"""The outside platforms as data: the columns each takes and gives back (``platforms/*.toml``).

None has a public interface or a published layout: every layout here is a house default that a
county replaces by the template it really uses (DC-2.3.3d, YN-4a, YN-4b, JJ5-4.2b).
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from models.base import Frozen
from models.rules import PolicySnapshot
from models.words import Weight

FOLDER = Path(__file__).parent / "platforms"


class PlatformError(Exception):
    """A layout or a parameter that cannot be used; ``str()`` says in Chinese what to mend."""


class CaseField(StrEnum):
    """What a column of an export may hold."""

    CASE_NO = "case_no"
    NAME = "name"
    ID_NO = "id_no"
    ROLL_NO = "roll_no"
    SCHOOL = "school"
    SCHOOL_NAME = "school_name"
    GRADE = "grade"
    CLASS_NUMBER = "class_number"
    ABSENT_SINCE = "absent_since"
    ABSENT_DAYS = "absent_days"
    CAUSE = "cause"
    STAGE = "stage"
    GUARDIAN_NAME = "guardian_name"
    GUARDIAN_PHONE = "guardian_phone"
    ADDRESS = "address"
    OPENED_ON = "opened_on"
    RETURNED_ON = "returned_on"
    CLOSED_ON = "closed_on"


class Column(Frozen):
    title: str = Field(min_length=1)
    field: CaseField


class ResultColumns(Frozen):
    """The words a platform's answer uses; case number or roll number names the case."""

    case_no: tuple[str, ...] = ()
    roll_no: tuple[str, ...] = ()
    receipt_no: tuple[str, ...] = Field(min_length=1)
    registered_on: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    refused_words: tuple[str, ...] = ()


class Platform(Frozen):
    key: str
    label: str
    names: tuple[str, ...] = Field(min_length=1)
    """What parameter ``platforms`` may call it."""
    weight: Weight
    note: str
    file_format: Literal["xlsx", "csv"]
    sheet: str
    columns: tuple[Column, ...] = Field(min_length=1)
    result: ResultColumns


@cache
def platforms() -> dict[str, Platform]:
    """Return every platform by its key; PlatformError where a layout is malformed."""
    found = {}
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            platform = Platform.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
            raise PlatformError(
                f"{path.name} 不能用：{type(error).__name__}，请核对列式。"
            ) from error
        if platform.key != path.stem:
            raise PlatformError(f"{path.name}：key 应为“{path.stem}”。")
        found[platform.key] = platform
    return found


def platform_of(key: str) -> Platform:
    try:
        return platforms()[key]
    except KeyError:
        known = "、".join(f"{p.key}（{p.label}）" for p in platforms().values())
        raise PlatformError(f"没有平台“{key}”，可选：{known}。") from None


def platforms_in_use(policy: PolicySnapshot) -> list[Platform]:
    """Return the platforms this jurisdiction registers cases on (parameter ``platforms``)."""
    by_name = {name: each for each in platforms().values() for name in each.names}
    said = [name.strip() for name in policy.text("platforms").split(",") if name.strip()]
    if unknown := [name for name in said if name not in by_name]:
        raise PlatformError(
            f"规则参数 platforms 里的“{'、'.join(unknown)}”没有对应的列式文件，"
            "请在 intake/platforms 补一份。"
        )
    return list({by_name[name].key: by_name[name] for name in said}.values())
