"""The files a county would have: rosters, registers and a year of attendance."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from models.roster import AbsenceKind, PovertyKind
from samples.county import SampleCounty
from samples.places import COUNTY, county_name
from samples.records import ChildRow
from samples.workbook import workbook_bytes

Row = Sequence[str | date]

GRADES = "一二三四五六七八九"
PRESENT = "全勤"
ATTENDANCE_HEADER = ("日期", "学校名称", "班级", "学籍号", "身份证件号", "姓名", "考勤", "事由")


def write(county: SampleCounty, folder: Path) -> list[Path]:
    """Write every file into ``folder`` and give their paths; existing files are replaced.

    The household register comes from another office and is in GB18030, as such files are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    attendance = list(attendance_rows(county))
    title = f"{COUNTY.name}{county.year_title}考勤（无人缺勤的班级填“{PRESENT}”）"
    year = f"{county.school_year}-{county.school_year + 1}"
    contents = {
        "学校名册.csv": csv_bytes(_school_list(county)),
        "学籍.csv": csv_bytes(_school_roll(county)),
        "户籍.csv": csv_bytes(_household_register(county), encoding="gb18030"),
        "监护人.csv": csv_bytes(_guardians(county)),
        "脱贫户.csv": csv_bytes(_poverty_list(county)),
        f"考勤-{year}.csv": csv_bytes([ATTENDANCE_HEADER, *attendance]),
        f"考勤-{year}.xlsx": workbook_bytes("考勤", title, ATTENDANCE_HEADER, attendance),
    }
    paths = []
    for name, content in contents.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    return paths


def class_name(grade: int, number: int) -> str:
    return f"{GRADES[grade - 1]}年级{number}班"


def attendance_rows(county: SampleCounty) -> Iterator[Row]:
    """Tell each school day class by class: the absent children, or that nobody was."""
    school_names = {school.code: school.name for school in county.schools}
    children = {child.ref: child for child in county.children}
    rows: list[tuple[date, str, str, Row]] = []
    for absence in county.absences:
        child = children[absence.child_ref]
        place = class_name(child.grade, child.class_number)
        row = (
            absence.day,
            school_names[child.school],
            place,
            child.roll_no or "",
            child.id_no or "",
            child.name,
            _mark(absence.kind),
            absence.reason,
        )
        order = f"{child.school}{child.grade}{child.class_number:02}"
        rows.append((absence.day, order, child.name, row))
    rooms = {room.code: room for room in county.class_rooms}
    for reported in county.class_days:
        if reported.is_full_attendance:
            room = rooms[reported.class_code]
            place = class_name(room.grade, room.number)
            full = (reported.day, school_names[room.school], place, "", "", "", PRESENT, "")
            order = f"{room.school}{room.grade}{room.number:02}"
            rows.append((reported.day, order, "", full))
    rows.sort(key=lambda entry: entry[:3])
    return (row for _, _, _, row in rows)


def _mark(kind: AbsenceKind) -> str:
    return kind.label


def csv_bytes(rows: Iterable[Row], encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell.isoformat() if isinstance(cell, date) else cell for cell in row])
    return text.getvalue().encode(encoding)


def _place(child: ChildRow, county: SampleCounty) -> tuple[str, str]:
    school = next(school.name for school in county.schools if school.code == child.school)
    return school, class_name(child.grade, child.class_number)


def _school_list(county: SampleCounty) -> Iterator[Row]:
    yield "学校名称", "班级", "姓名", "性别", "学籍号", "身份证件号", "是否寄宿", "现住址"
    for child in county.children:
        boards = "是" if child.is_boarding else "否"
        school, place = _place(child, county)
        numbers = (child.roll_no or "", child.id_no or "")
        yield school, place, child.name, child.sex.label, *numbers, boards, child.current_address


def _school_roll(county: SampleCounty) -> Iterator[Row]:
    yield (
        "学籍号",
        "姓名",
        "性别",
        "出生日期",
        "身份证件号",
        "学校标识码",
        "学校名称",
        "年级",
        "班号",
    )
    schools = {school.code: school.name for school in county.schools}
    for child in county.children:
        if child.roll_no:
            yield (
                child.roll_no,
                child.name,
                child.sex.label,
                child.birth_on,
                child.id_no or "",
                child.school,
                schools[child.school],
                f"{GRADES[child.grade - 1]}年级",
                str(child.class_number),
            )


def _household_register(county: SampleCounty) -> Iterator[Row]:
    """List the children registered in this county: those registered elsewhere are not in it."""
    yield "户号", "户主姓名", "公民身份号码", "姓名", "性别", "出生日期", "户籍地址"
    heads = {household.ref: household.head_name for household in county.households}
    for child in county.children:
        if child.id_no and child.household_county == COUNTY.code:
            number = str(child.household_ref)[:8].upper()
            person = (child.id_no, child.name, child.sex.label, child.birth_on)
            yield number, heads[child.household_ref], *person, child.household_address


def _guardians(county: SampleCounty) -> Iterator[Row]:
    yield (
        "学生姓名", "学生身份证件号", "监护人姓名", "关系", "是否主要监护人",
        "监护人身份证件号", "联系电话", "住址", "是否外出务工", "务工地点",
    )  # fmt: skip
    children = {child.ref: child for child in county.children}
    guardians = {guardian.ref: guardian for guardian in county.guardians}
    for link in county.child_guardians:
        child, guardian = children[link.child_ref], guardians[link.guardian_ref]
        yield (
            child.name,
            child.id_no or "",
            guardian.name,
            link.relation.label,
            "是" if link.is_primary else "否",
            guardian.id_no or "",
            guardian.phone,
            guardian.address,
            "是" if guardian.is_away else "否",
            guardian.workplace,
        )


def _poverty_list(county: SampleCounty) -> Iterator[Row]:
    yield "户主姓名", "户类型", "学生姓名", "学生身份证件号", "户籍所在县", "户籍地址"
    households = {household.ref: household for household in county.households}
    for child in county.children:
        household = households[child.household_ref]
        if household.poverty is not PovertyKind.NONE:
            person = (child.name, child.id_no or "", county_name(child.household_county))
            yield household.head_name, household.poverty.label, *person, child.household_address
