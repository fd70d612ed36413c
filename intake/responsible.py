"""Take in 责任人名册: one person in one seat a row; bad rows are named with what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.reading import read_file
from intake.tabular import PlainRow, read_table
from intake.wording import class_of, day_of, plain
from models.seats import LEVELS, PLACED, Level, Line, Post, Seat
from storage.responsibility import Noted, Person, SeatRefused, appoint

_COLUMNS = {
    "line": ("线", "责任线", "条线"),
    "level": ("层级", "级别"),
    "office": ("单位代码", "单位", "单位名称", "学校", "乡镇"),
    "place": ("村组或班级", "村组", "村（组）", "班级", "网格"),
    "seat": ("席位", "席位号", "席次"),
    "title": ("职务", "席位名称", "岗位"),
    "person": ("姓名", "责任人", "责任人姓名"),
    "account": ("账号", "人员代号"),
    "since": ("到任日期", "任职日期", "开始日期"),
    "letter_signed_on": ("责任书签订日期", "签订日期"),
    "letter_ref": ("责任书编号", "责任书"),
    "trained_on": ("培训日期",),
    "training_ref": ("培训记录编号", "培训记录"),
    "change_reason": ("更换理由", "变动原因"),
}
_REQUIRED = ("line", "level", "office", "seat", "person", "since")
_LINES = {word: line for line in Line for word in (line.value, line.label, line.label[:2])}
_LEVELS = {word: level for level in Level for word in (level.value, level.label)} | {
    "县级": Level.COUNTY, "乡": Level.TOWNSHIP, "镇": Level.TOWNSHIP, "乡级": Level.TOWNSHIP,
    "乡镇级": Level.TOWNSHIP, "中心学校": Level.TOWNSHIP, "村级": Level.VILLAGE,
    "组级": Level.GROUP, "校": Level.SCHOOL, "校级": Level.SCHOOL, "班": Level.CLASS,
}  # fmt: skip
LONGEST = 100
May = Callable[[Post, str | None], bool]
"""Whether the importer fills this seat, given the township of the school it belongs to."""


@dataclass(frozen=True)
class ResponsibleReport:
    """What became of a file."""

    taken: int
    new: int
    rejected: tuple[tuple[int, str], ...]


class _Unreadable(Exception):
    """One row cannot be read; the text says what to do."""


@dataclass(frozen=True)
class Offices:
    """The offices of a county by code and name, and the township of each school."""

    codes: dict[str, str]
    townships: dict[str, str]


async def offices_of(connection: AsyncConnection, county: str) -> Offices:
    rows = await connection.execute(
        text(
            "select code, name, null as township from county where code = :county"
            " union all select code, name, null from township where county = :county"
            " union all select code, name, township from school where county = :county"
        ),
        {"county": county},
    )
    codes: dict[str, str] = {}
    townships = {}
    for row in rows:
        codes[row.code] = codes[plain(row.name)] = row.code
        if row.township:
            townships[row.code] = row.township
    return Offices(codes, townships)


async def import_responsible(
    connection: AsyncConnection,
    file: Path,
    county: str,
    seats: Sequence[Seat],
    noted: Noted,
    may: May,
) -> ResponsibleReport:
    """Take good rows in at once, in the order of their days; the same file again changes nothing.

    Raises IntakeError where nothing can be read from the file.
    """
    source = await asyncio.to_thread(read_file, file)
    rows = read_table(source.sheets, _COLUMNS, _REQUIRED)
    offices = await offices_of(connection, county)
    rejected: list[tuple[int, str]] = []
    good: list[tuple[PlainRow, Post, Person]] = []
    for row in rows:
        try:
            good.append((row, _post(row, offices, seats), _person(row)))
        except _Unreadable as error:
            rejected.append((row.number, str(error)))
    taken = new = 0
    for row, post, person in sorted(good, key=lambda each: (each[2].since, each[0].number)):
        if not may(post, offices.townships.get(post.office)):
            rejected.append((row.number, "这个席位不由您的单位登记"))
            continue
        try:
            made = await appoint(connection, county, post, person, noted)
        except SeatRefused as error:
            rejected.append((row.number, str(error).rstrip("。")))
            continue
        taken += 1
        new += made.is_new
    return ResponsibleReport(taken, new, tuple(sorted(rejected)))


def _post(row: PlainRow, offices: Offices, seats: Sequence[Seat]) -> Post:
    line = _LINES.get(plain(row.text("line")))
    if line is None:
        raise _Unreadable("“线”请填政府线或教育线")
    level = _LEVELS.get(plain(row.text("level")))
    if level is None or level not in LEVELS[line]:
        named = "、".join(each.label for each in LEVELS[line])
        raise _Unreadable(f"{line.label}的层级请填{named}")
    office = offices.codes.get(plain(row.text("office")))
    kind = {Level.COUNTY: 6, Level.SCHOOL: 10, Level.CLASS: 10}.get(level, 9)
    if office is None or len(office) != kind:
        raise _Unreadable("找不到这个单位，或单位与层级不符；请填单位代码或全称，村、组填所在乡镇")
    number = row.text("seat")
    if not number.isdecimal() or not 1 <= int(number) <= 12:
        raise _Unreadable("席位请填1至12的数字")
    known = next((s for s in seats if (s.line, s.number) == (line, int(number))), None)
    if known is None or known.level is not level:
        raise _Unreadable(
            f"本地责任席位里没有{line.label}{level.label}第{number}席，请核对责任清单"
        )
    return Post(
        line=line, level=level, office=office, place=_place(row, level), seat=int(number),
        title=_short(row, "title") or known.title,
    )  # fmt: skip


def _place(row: PlainRow, level: Level) -> str:
    said = plain(row.text("place"))
    if level not in PLACED:
        return ""
    if level is not Level.CLASS:
        if not said or len(said) > LONGEST:
            raise _Unreadable("村、组的席位请写明村（组）名称")
        return said
    found = class_of(said)
    if found is None:
        raise _Unreadable("班级请写成“三年级2班”的样子")
    return f"{found[0]}-{found[1]}"


def _person(row: PlainRow) -> Person:
    name, since = _short(row, "person"), day_of(row.cells.get("since", ""))
    if not name:
        raise _Unreadable("请填责任人姓名")
    if since is None:
        raise _Unreadable("到任日期无法识别，请写成 2025-09-01 的样子")
    return Person(
        name=name, since=since, account=_short(row, "account"),
        letter_signed_on=_day(row, "letter_signed_on"), letter_ref=_short(row, "letter_ref"),
        trained_on=_day(row, "trained_on"), training_ref=_short(row, "training_ref"),
        change_reason=_short(row, "change_reason"),
    )  # fmt: skip


def _short(row: PlainRow, column: str) -> str:
    said = row.text(column)
    if len(said) > LONGEST or "\0" in said:
        raise _Unreadable(f"“{_COLUMNS[column][0]}”太长或有看不见的字符，请改短")
    return said


def _day(row: PlainRow, column: str) -> date | None:
    if not row.text(column):
        return None
    found = day_of(row.cells.get(column, ""))
    if found is None:
        raise _Unreadable(f"“{_COLUMNS[column][0]}”无法识别，请写成 2025-09-01 的样子")
    return found
