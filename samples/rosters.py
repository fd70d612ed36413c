"""The lists of a census in the sample county, with every kind of difference planted in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from models.identity import Sex, check_character
from models.rosters import RosterKind
from samples import names
from samples.county import SEED, SampleCounty
from samples.draw import Draw
from samples.files import GRADES, class_name, csv_bytes
from samples.places import COUNTY, SCHOOL_PLANS, TOWNSHIPS, VILLAGES
from samples.records import ChildRow
from samples.workbook import workbook_bytes

Row = Sequence[str | date]
ELSEWHERE = ("邻山县第二小学", "望川县实验中学", "省城务工子弟学校")


@dataclass(frozen=True, slots=True)
class NeverEnrolled:
    """A child of age in the household register and on no school's list."""

    id_no: str
    name: str
    sex: Sex
    birth_on: date
    head: str
    township: str
    village: str
    whereabouts: str
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class SampleLists:
    """What the offices of the county send for one term, and the truth planted in it."""

    county: SampleCounty
    outside: tuple[NeverEnrolled, ...]
    gone: frozenset[ChildRow]
    """On the roll, not present, no leave slip."""
    on_leave: frozenset[ChildRow]
    misnamed: dict[str, str]
    """ID number → the name the class teacher wrote."""
    elsewhere: dict[str, str]
    """ID number → the other school where the child sits."""

    def truth(self) -> set[tuple[str, str]]:
        """Give every difference the census must find: kind and name of the child."""
        found = {("elsewhere" if c.whereabouts else "no_roll", c.name) for c in self.outside}
        found |= {("not_present", child.name) for child in self.gone}
        for child in self.county.children:
            is_local = child.household_county == COUNTY.code
            if child.roll_no is None:
                found.add(("present_no_roll", child.name))
            elif child.id_no is None and is_local:
                found.add(("no_household", child.name))
            if child.id_no in self.misnamed:
                found.add(("name_differs", child.name))
            if child.id_no in self.elsewhere:
                found.add(("school_differs", child.name))
        return found


def plant(county: SampleCounty, seed: int = SEED) -> SampleLists:
    """Choose who differs; no two stories are told of one child."""
    draw = Draw(seed, "rosters")
    absent = {planted.child_ref for planted in county.planted if planted.needs_lead}
    pool = [c for c in county.children if c.id_no and c.roll_no and c.ref not in absent]
    chosen: list[ChildRow] = []
    while len(chosen) < 14:
        child = draw.pick(pool)
        if child not in chosen:
            chosen.append(child)
    # One child whose absence the class reports every day is not present either: one case, not two.
    doubly = [c for c in county.children if c.ref in absent and c.id_no and c.roll_no][:1]
    misnamed = {
        str(c.id_no): c.name[0] + draw.pick("宏洪鸿泓虹") + c.name[2:] for c in chosen[9:12]
    }
    moved = {str(c.id_no): _other_school(c) for c in chosen[12:14]}
    return SampleLists(
        county,
        tuple(_outside(draw, county.school_year, number) for number in range(14)),
        frozenset([*chosen[:6], *doubly]),
        frozenset(chosen[6:9]),
        misnamed,
        moved,
    )


def _other_school(child: ChildRow) -> str:
    return next(
        plan.school.name
        for plan in SCHOOL_PLANS
        if child.grade in plan.grades and plan.school.code != child.school
    )


def _outside(draw: Draw, school_year: int, number: int) -> NeverEnrolled:
    sex = Sex.MALE if draw.chance(0.5) else Sex.FEMALE
    birth_on = date(school_year - 6, 8, 31) - timedelta(draw.between(1, 2600))
    # Sequences above 900 are given to nobody by samples.people's school children of that day.
    first_17 = f"{COUNTY.code}{birth_on:%Y%m%d}{998 - number * 2 - (sex is Sex.MALE):03}"
    surname = names.surname(draw)
    township = draw.pick(TOWNSHIPS)
    return NeverEnrolled(
        id_no=first_17 + check_character(first_17),
        name=names.full_name(draw, sex, surname),
        sex=sex,
        birth_on=birth_on,
        head=names.full_name(draw, Sex.MALE, surname),
        township=township.name,
        village=draw.pick(VILLAGES[township.code]),
        whereabouts=draw.pick(ELSEWHERE) if number >= 6 else "",
        is_disabled=number < 2,
    )


def write_lists(lists: SampleLists, folder: Path) -> dict[RosterKind, Path]:
    """Write every list into ``folder`` as its office would; existing files are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    county = lists.county
    title = f"{COUNTY.name}{county.year_title}在校学生名册"
    header, *present = list(_present(lists))
    contents = {
        RosterKind.HOUSEHOLD_REGISTER: ("适龄儿童户籍.csv", csv_bytes(_households(lists), "gb18030")),
        RosterKind.RESIDENCE_PERMIT: ("居住证.csv", csv_bytes(_permits(county))),
        RosterKind.SCHOOL_ROLL: ("国网学籍.csv", csv_bytes(_roll(county))),
        RosterKind.PRESENT: ("在校.xlsx", workbook_bytes("在校", title, [str(c) for c in header], present)),
        RosterKind.POVERTY_HOUSEHOLDS: ("脱贫户及监测对象.csv", csv_bytes(_poor(county))),
        RosterKind.DISABILITY: ("残疾儿童.csv", csv_bytes(_disabled(lists))),
        RosterKind.LEAVE_SLIPS: ("请假条.csv", csv_bytes(_slips(lists))),
        RosterKind.REGISTRATION: ("开学注册.csv", csv_bytes(_registered(lists))),
        RosterKind.GRADUATES: ("小学毕业生.csv", csv_bytes(_graduates(county))),
        RosterKind.JUNIOR_ARRIVALS: ("初中报到.csv", csv_bytes(_arrivals(lists))),
    }  # fmt: skip
    paths = {}
    for kind, (name, content) in contents.items():
        paths[kind] = folder / name
        paths[kind].write_bytes(content)
    return paths


def _school(county: SampleCounty, code: str) -> str:
    return next(school.name for school in county.schools if school.code == code)


def _households(lists: SampleLists) -> Iterator[Row]:
    yield "户号", "户主姓名", "公民身份号码", "姓名", "性别", "出生日期", "户籍地址", "去向"
    heads = {household.ref: household.head_name for household in lists.county.households}
    for child in lists.county.children:
        if child.id_no and child.household_county == COUNTY.code:
            who = (child.id_no, child.name, child.sex.label, child.birth_on)
            label = str(child.household_ref)[:8].upper()
            yield label, heads[child.household_ref], *who, child.household_address, ""
    for number, one in enumerate(lists.outside):
        address = f"{COUNTY.name}{one.township}{one.village}{number + 300}号"
        who = (one.id_no, one.name, one.sex.label, one.birth_on)
        yield f"X{number:07}", one.head, *who, address, one.whereabouts


def _permits(county: SampleCounty) -> Iterator[Row]:
    yield "姓名", "公民身份号码", "居住地址", "户籍所在县"
    for child in county.children:
        if child.id_no and child.household_county != COUNTY.code:
            yield child.name, child.id_no, child.current_address, child.household_county


def _roll(county: SampleCounty) -> Iterator[Row]:
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
        "户籍所在县",
    )
    for child in county.children:
        if child.roll_no:
            yield (
                child.roll_no, child.name, child.sex.label, child.birth_on, child.id_no or "",
                child.school, _school(county, child.school), f"{GRADES[child.grade - 1]}年级",
                str(child.class_number), child.household_county,
            )  # fmt: skip


def _present(lists: SampleLists) -> Iterator[Row]:
    yield "学校", "班级", "姓名", "性别", "出生日期", "身份证号", "学籍号"
    for child in lists.county.children:
        if child in lists.gone or child in lists.on_leave:
            continue
        id_no = child.id_no or ""
        yield (
            lists.elsewhere.get(id_no) or _school(lists.county, child.school),
            class_name(child.grade, child.class_number),
            lists.misnamed.get(id_no, child.name), child.sex.label, child.birth_on, id_no,
            child.roll_no or "",
        )  # fmt: skip


def _poor(county: SampleCounty) -> Iterator[Row]:
    yield "户主姓名", "户类型", "学生姓名", "学生身份证件号", "出生日期", "户籍地址"
    households = {household.ref: household for household in county.households}
    for child in county.children:
        household = households[child.household_ref]
        if household.poverty.value != "none":
            yield (
                household.head_name, household.poverty.label, child.name, child.id_no or "",
                child.birth_on, child.household_address,
            )  # fmt: skip


def _disabled(lists: SampleLists) -> Iterator[Row]:
    yield "姓名", "身份证号", "残疾类别", "残疾等级"
    for one in lists.outside:
        if one.is_disabled:
            yield one.name, one.id_no, "肢体", "一级"


def _slips(lists: SampleLists) -> Iterator[Row]:
    yield "姓名", "身份证号", "学校", "请假开始日期", "请假结束日期", "请假事由", "批准人"
    day = lists.county.day
    for child in sorted(lists.on_leave, key=lambda c: str(c.id_no)):
        first, last = day - timedelta(2), day + timedelta(5)
        school = _school(lists.county, child.school)
        yield child.name, child.id_no or "", school, first, last, "事假", "教导处"


def _registered(lists: SampleLists) -> Iterator[Row]:
    yield "学校", "年级", "班号", "姓名", "出生日期", "身份证号", "学籍号", "注册日期"
    begun = max((t.starts_on for t in lists.county.terms if t.starts_on <= lists.county.day),
                default=lists.county.day)  # fmt: skip
    for child in lists.county.children:
        yield (
            _school(lists.county, child.school), f"{GRADES[child.grade - 1]}年级",
            str(child.class_number), child.name, child.birth_on, child.id_no or "",
            child.roll_no or "", "" if child in lists.gone else begun,
        )  # fmt: skip


def _graduates(county: SampleCounty) -> Iterator[Row]:
    """List last summer's graduates: today's seventh grade, from the primary school of its township."""
    yield "毕业学校", "姓名", "性别", "出生日期", "身份证件号", "学籍号", "升入学校"
    primary = {plan.school.township: plan.school.name for plan in reversed(SCHOOL_PLANS)
               if 6 in plan.grades}  # fmt: skip
    for child in county.children:
        if child.grade == 7:
            yield (
                primary[child.residence_township], child.name, child.sex.label, child.birth_on,
                child.id_no or "", child.roll_no or "", _school(county, child.school),
            )  # fmt: skip


def _arrivals(lists: SampleLists) -> Iterator[Row]:
    yield "初中学校", "姓名", "出生日期", "身份证件号", "学籍号", "报到日期"
    begun = date(lists.county.school_year, 9, 1)
    for child in lists.county.children:
        if child.grade == 7 and child not in lists.gone:
            yield (
                _school(lists.county, child.school), child.name, child.birth_on, child.id_no or "",
                child.roll_no or "", begun,
            )  # fmt: skip
