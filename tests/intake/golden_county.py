"""A county of fifty thousand children in its lists, with a known truth.

Written apart from ``samples`` and ``intake`` on purpose: it shares no line of code with either, not
even the check digit. Every anomaly stands in the truth beside the file it is planted in.
"""

import csv
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from xlsxwriter import Workbook

COUNTY, OTHER = "990101", "990202"
TOWNS = [
    (f"{COUNTY}{n:03}", f"第{word}镇") for n, word in enumerate("一二三四五六七八九十", start=1)
]
SCHOOLS = [
    (f"{COUNTY}{n:04}", f"{TOWNS[n % 10][1]}{'中心小学' if n <= 40 else '初级中学'}{n}校", TOWNS[n % 10][0])
    for n in range(1, 61)
]  # fmt: skip
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "安宁雨晴明德志远文华思齐若水子涵佳怡浩然宇轩梦瑶欣悦嘉诚承泽书语沐阳一诺可心梓萱俊杰"
TRADITIONAL = {"刘": "劉", "张": "張", "陈": "陳", "杨": "楊", "赵": "趙", "黄": "黃", "吴": "吳"}
YEAR = 2025


def number(division: str, born: date, sequence: int) -> str:
    digits = f"{division}{born:%Y%m%d}{sequence:03}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    rest = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return digits + "10X98765432"[rest]


@dataclass
class Kid:
    """One child as it truly is."""

    id_no: str
    name: str
    born: date
    guardian: str
    household: str
    town: int
    school: int
    grade: int
    room: int

    @property
    def person(self) -> str:
        return f"id:{self.id_no}"


@dataclass
class Truth:
    differences: set = field(default_factory=set)
    """(kind, person)."""
    doubts: set = field(default_factory=set)
    """Pairs of persons a human must judge."""
    matches: set = field(default_factory=set)
    """Pairs taken for one child without asking."""
    apart: set = field(default_factory=set)
    """Pairs that must neither be matched nor asked about: twins."""
    beyond: set = field(default_factory=set)
    """Pairs among the doubts that nothing in the lists gives away."""
    refused: dict = field(default_factory=dict)
    """File → numbers of the rows that go back."""
    planted: dict = field(default_factory=dict)
    """Name of the anomaly → how often it was planted."""


class County:
    """Builds the lists anomaly by anomaly; each child is part of one at most."""

    def __init__(self, seed: int, count: int) -> None:
        self.dice = random.Random(seed)
        self.truth = Truth()
        self.taken: set[str] = set()
        self.kids = [self.kid(n) for n in range(count)]
        self.free = self.kids.copy()
        self.dice.shuffle(self.free)
        self.h: list = []
        self.r: list = []
        self.p: list = []
        self.x: list = []
        self.v: list = []
        self.l: list = []
        self.d: list = []

    def kid(self, n: int, **like) -> Kid:
        dice = self.dice
        grade = like.get("grade", 1 + n % 9)
        born = like.get("born") or date(YEAR - 5 - grade, 8, 31) - timedelta(dice.randrange(364))
        division = like.get("division", COUNTY)
        id_no = ""
        while not id_no or id_no in self.taken:
            id_no = number(division, born, dice.randrange(1, 999))
        self.taken.add(id_no)
        name = like.get("name") or dice.choice(FAMILY) + "".join(dice.choices(GIVEN, k=2))
        stage = range(1, 41) if grade <= 6 else range(41, 61)
        school = like.get("school") or dice.choice(stage)
        return Kid(
            id_no, name, born, like.get("guardian") or name[0] + "".join(dice.choices(GIVEN, k=2)),
            like.get("household") or f"H{n:06}", like.get("town", dice.randrange(10)), school,
            grade, 1 + n // 9 % 4,
        )  # fmt: skip

    def take(self, anomaly: str, count: int) -> list:
        self.truth.planted[anomaly] = count
        return [self.free.pop() for _ in range(count)]

    # One line of each list; what is given replaces what is true.
    def on_h(self, kid: Kid, **said) -> None:
        row = {"id": kid.id_no, "name": kid.name, "born": kid.born, "guardian": kid.guardian,
               "household": kid.household, "town": TOWNS[kid.town][1], "where": ""}  # fmt: skip
        self.h.append(row | said)

    def on_r(self, kid: Kid, **said) -> None:
        code, name, _ = SCHOOLS[kid.school - 1]
        row = {"roll": f"G{kid.id_no}", "id": kid.id_no, "name": kid.name, "born": kid.born,
               "code": code, "school": name, "grade": kid.grade, "room": kid.room,
               "county": kid.id_no[:6]}  # fmt: skip
        self.r.append(row | said)

    def on_p(self, kid: Kid, **said) -> None:
        row = {"id": kid.id_no, "name": kid.name, "school": SCHOOLS[kid.school - 1][1],
               "grade": kid.grade, "room": kid.room, "born": kid.born, "roll": "",
               "guardian": ""}  # fmt: skip
        self.p.append(row | said)

    def everywhere(self, kid: Kid) -> None:
        self.on_h(kid)
        self.on_r(kid)
        self.on_p(kid)

    def differs(self, kind: str, person: str) -> None:
        self.truth.differences.add((kind, person))

    def refuse(self, name: str, row: dict) -> None:
        self.truth.refused.setdefault(name, []).append(row)


def build(seed: int = 7, count: int = 50_000) -> County:
    county = County(seed, count)
    for plant in (_of_comparison, _of_writing, _of_numbers, _of_matching, _of_twins):
        plant(county)
    for kid in county.free:
        county.everywhere(kid)
    for n, kid in enumerate(county.kids):
        if n % 8 == 0:
            county.v.append({"id": kid.id_no, "name": kid.name})
    for rows in (county.h, county.r, county.p, county.v):
        county.dice.shuffle(rows)
    return county


def _of_comparison(c: County) -> None:
    for kid in c.take("有户籍无学籍", 120):
        c.on_h(kid)
        c.differs("no_roll", kid.person)
    for kid in c.take("称在外就读", 80):
        c.on_h(kid, where="邻县第三小学")
        c.differs("elsewhere", kid.person)
    for kid in c.take("有籍不在校", 150):
        c.on_h(kid)
        c.on_r(kid)
        c.differs("not_present", kid.person)
    for kid in c.take("在校无学籍", 60):
        c.on_h(kid)
        c.on_p(kid)
        c.differs("present_no_roll", kid.person)
    for kid in c.take("有学籍无户籍", 50):
        c.on_r(kid)
        c.on_p(kid)
        c.differs("no_household", kid.person)
    for kid in c.take("请假", 60):
        c.on_h(kid)
        c.on_r(kid)
        c.l.append({"id": kid.id_no, "name": kid.name, "school": SCHOOLS[kid.school - 1][1]})
    c.truth.planted["随迁"] = 300
    for n in range(300):
        kid = c.kid(90_000 + n, division=OTHER)
        c.on_r(kid)
        c.on_p(kid)
        c.x.append({"id": kid.id_no, "name": kid.name})
    for kid in c.take("学籍与在校学校不一致", 50):
        c.on_h(kid)
        c.on_r(kid)
        c.on_p(kid, school=SCHOOLS[kid.school % 60][1])
        c.differs("school_differs", kid.person)
    for kid in c.take("一人在两校在校", 30):
        c.everywhere(kid)
        c.on_p(kid, school=SCHOOLS[kid.school % 60][1])
        c.differs("school_differs", kid.person)
    for kid in c.take("姓名登记不一致", 40):
        c.on_h(kid)
        c.on_r(kid)
        c.on_p(kid, name=kid.name[0] + "某" + kid.name[2:])
        c.differs("name_differs", kid.person)
        c.truth.doubts.add((kid.person, kid.person))


def _of_writing(c: County) -> None:
    for kid in c.take("间隔号写法不同", 80):
        kid.name = f"{kid.name[0]}阿依·{kid.name[1:]}"
        c.on_h(kid)
        c.on_r(kid, name=kid.name.replace("·", c.dice.choice("•．・")))
        c.on_p(kid, name=kid.name.replace("·", " • "))
    traditional = [kid for kid in c.free if kid.name[0] in TRADITIONAL][:60]
    c.truth.planted["繁体和异体字"] = len(traditional)
    for kid in traditional:
        c.free.remove(kid)
        c.on_h(kid)
        c.on_r(kid)
        c.on_p(kid, name=TRADITIONAL[kid.name[0]] + kid.name[1:])
    for kid in c.take("姓名夹空格", 60):
        c.on_h(kid)
        c.on_r(kid, name=" ".join(kid.name))
        c.on_p(kid, name=f"{kid.name[0]}\u3000{kid.name[1:]}")
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    for kid in c.take("全角号码", 60):
        c.on_h(kid)
        c.on_r(kid, id=kid.id_no.translate(wide))
        c.on_p(kid)
    for kid in c.take("号码夹空格和撇号", 60):
        c.on_h(kid, id=f"'{kid.id_no}")
        c.on_r(kid)
        c.on_p(kid, id=f"{kid.id_no[:6]} {kid.id_no[6:14]} {kid.id_no[14:]} ")
    small = [kid for kid in c.free if kid.id_no.endswith("X")][:60]
    c.truth.planted["小写 x"] = len(small)
    for kid in small:
        c.free.remove(kid)
        c.on_h(kid)
        c.on_r(kid, roll=f"g{kid.id_no.lower()}", id=kid.id_no.lower())
        c.on_p(kid)
    for kid in c.take("只有 G 学籍号", 60):
        c.on_h(kid)
        c.on_r(kid, id="")
        c.on_p(kid)


def _of_numbers(c: County) -> None:
    for kid in c.take("科学计数法号码", 30):
        c.on_h(kid)
        c.on_r(kid, id=f"{float(kid.id_no[:17] + '0'):.5E}", roll="")
        c.on_p(kid)
        c.refuse("r", c.r[-1])
        c.differs("present_no_roll", kid.person)
    for kid in c.take("号码校验位错", 30):
        c.on_h(kid)
        c.on_r(kid)
        wrong = "0" if kid.id_no[-1] != "0" else "1"
        c.on_p(kid, id=kid.id_no[:17] + wrong)
        c.refuse("p", c.p[-1])
        c.differs("not_present", kid.person)
    for kid in c.take("完全重复的行", 40):
        c.everywhere(kid)
        c.on_r(kid, again=True)
        c.refuse("r", c.r[-1])
    for kid in c.take("15 位号码", 20):
        short = kid.id_no[:6] + kid.id_no[8:17]
        c.on_h(kid, id=short)
        c.on_r(kid)
        c.on_p(kid)
        c.differs("no_roll", f"short:{short}")
        c.differs("no_household", kid.person)
        c.truth.doubts.add(tuple(sorted((f"short:{short}", kid.person))))


def _temp(kid: Kid) -> str:
    return f"temp:{kid.born:%Y%m%d}:{kid.name}"


def _of_matching(c: County) -> None:
    c.truth.planted["无户口、临时学籍号"] = 60
    for n in range(60):
        kid = c.kid(95_000 + n)
        roll = f"L{COUNTY}{kid.born:%Y%m%d}{n:03}"
        c.on_r(kid, id="", roll=roll, county="")
        c.on_p(kid, id="", roll=roll)
        c.differs("no_household", f"roll:{roll}")
    for kid in c.take("在校名单没有号码、学校相同", 60):
        c.on_h(kid)
        c.on_r(kid)
        c.on_p(kid, id="")
        c.truth.matches.add(tuple(sorted((_temp(kid), kid.person))))
    for kid in c.take("没有号码又没有佐证", 30):
        c.on_h(kid)
        c.on_p(kid, id="")
        c.differs("no_roll", kid.person)
        c.differs("present_no_roll", _temp(kid))
        c.truth.doubts.add(tuple(sorted((_temp(kid), kid.person))))
    for kid in c.take("没有号码、姓名错一字", 25):
        wrong = kid.name[:2] + "某" + kid.name[3:]
        c.on_h(kid)
        c.on_r(kid)
        c.on_p(kid, id="", name=wrong)
        temp = f"temp:{kid.born:%Y%m%d}:{wrong}"
        c.differs("not_present", kid.person)
        c.differs("present_no_roll", temp)
        c.truth.doubts.add(tuple(sorted((temp, kid.person))))
    for kid in c.take("没有号码、姓名只剩姓", 10):
        wrong = kid.name[0] + "某某某"
        c.on_h(kid)
        c.on_r(kid)
        c.on_p(kid, id="", name=wrong)
        temp = f"temp:{kid.born:%Y%m%d}:{wrong}"
        c.differs("not_present", kid.person)
        c.differs("present_no_roll", temp)
        c.truth.beyond.add(tuple(sorted((temp, kid.person))))
        c.truth.doubts.add(tuple(sorted((temp, kid.person))))
    for kid in c.take("一人两号、生日相同", 40):
        other = c.kid(96_000, name=kid.name, born=kid.born, grade=kid.grade)
        c.on_h(kid)
        c.on_r(kid, id=other.id_no, roll=f"G{other.id_no}")
        c.on_p(kid, id=other.id_no)
        c.differs("no_roll", kid.person)
        c.differs("no_household", other.person)
        c.truth.doubts.add(tuple(sorted((kid.person, other.person))))
    for kid in c.take("一人两号、生日不同", 20):
        born = kid.born.replace(year=kid.born.year + 1, day=min(kid.born.day, 28))
        other = c.kid(97_000, name=kid.name, born=born, grade=kid.grade)
        c.on_h(kid)
        c.on_r(kid, id=other.id_no, roll=f"G{other.id_no}", born=born)
        c.on_p(kid, id=other.id_no, born=born, guardian=kid.guardian)
        c.differs("no_roll", kid.person)
        c.differs("no_household", other.person)
        c.truth.doubts.add(tuple(sorted((kid.person, other.person))))
    c.truth.planted["两人一号"] = 40
    for first in (c.free.pop() for _ in range(40)):
        second = c.free.pop()
        c.everywhere(first)
        c.on_h(second)
        c.on_r(second, id=first.id_no, roll=f"G{first.id_no}", born=first.born)
        c.on_p(second)
        c.differs("name_differs", first.person)
        c.differs("present_no_roll", second.person)
        c.truth.doubts.add((first.person, first.person))


def _of_twins(c: County) -> None:
    c.truth.planted["双胞胎"] = 200
    for n in range(200):
        first = c.kid(98_000 + n)
        name = first.name
        while name == first.name:
            name = first.name[:2] + c.dice.choice(GIVEN)
        second = c.kid(
            98_000 + n, name=name, born=first.born, guardian=first.guardian, grade=first.grade,
            household=first.household, town=first.town, school=first.school,
        )  # fmt: skip
        second.room = first.room
        for kid in (first, second):
            c.on_h(kid)
            c.on_r(kid)
        c.on_p(first)
        c.truth.apart.add(tuple(sorted((first.person, second.person))))
        if n < 20:
            c.differs("not_present", second.person)
        elif n < 40:
            c.on_p(second, id="")
            c.truth.matches.add(tuple(sorted((_temp(second), second.person))))
        else:
            c.on_p(second)


def _day(born: date, form: int) -> str:
    return (
        born.isoformat(), f"{born.year}年{born.month}月{born.day}日", f"{born.year}/{born.month}/{born.day}",
        f"{born:%Y%m%d}", str((born - date(1899, 12, 30)).days),
    )[form % 5]  # fmt: skip


def _grade(number_: int) -> str:
    return "一二三四五六七八九"[number_ - 1] + "年级"


def write(c: County, folder: Path) -> dict[str, Path]:
    """Write every list in another form: encodings, titles, synonyms, a workbook, two sources."""
    paths = {name: folder / f"{name}.csv" for name in ("h", "r", "p1", "x", "v", "l")}
    _csv(paths["h"], "gb18030", [["某县适龄儿童户籍底册"], []], (
        "序号", "公民身份号码", "姓 名", "出生日期", "户主姓名", "户号", "乡镇(街道)", "去向",
    ), [
        (n, k["id"], k["name"], _day(k["born"], n), k["guardian"], k["household"], k["town"],
         k["where"]) for n, k in enumerate(c.h, start=1)
    ])  # fmt: skip
    _csv(paths["r"], "utf-8-sig", [["全国学籍系统导出"]], (
        "全国学籍号*", "学生姓名", "身份证件号（必填）", "出生年月日", "学校标识码", "学校名称", "年级", "班级",
        "户籍所在县", "民族",
    ), [
        (k["roll"], k["name"], k["id"], _day(k["born"], 0), k["code"], k["school"],
         _grade(k["grade"]), f"{k['room']}班", k["county"], "汉") for n, k in enumerate(c.r)
    ])  # fmt: skip
    half = len(c.p) // 2
    head = ("姓名", "居民身份证号码", "学籍号", "就读学校", "班级", "出生日期", "监护人姓名")
    rows = [
        (k["name"], k["id"], k["roll"], k["school"], f"{_grade(k['grade'])}{k['room']}班",
         _day(k["born"], n), k["guardian"]) for n, k in enumerate(c.p)
    ]  # fmt: skip
    _csv(paths["p1"], "utf-8", [], head, rows[:half])
    paths["p2"] = folder / "p2.xlsx"
    _xlsx(paths["p2"], head, rows[half:])
    _csv(paths["x"], "gbk", [], ("姓名", "证件号码"), [(k["name"], k["id"]) for k in c.x])
    _csv(paths["v"], "gbk", [["脱贫户"]], ("学生姓名", "学生身份证号", "户类型"),
         [(k["name"], k["id"], "脱贫户") for k in c.v])  # fmt: skip
    _csv(paths["l"], "utf-8", [], ("姓名", "身份证号", "学校", "请假开始日期", "请假结束日期"),
         [(k["name"], k["id"], k["school"], "2025-10-13", "2025.10.31") for k in c.l])  # fmt: skip
    c.truth.refused = {
        **_numbers("h", c.h, 3, c), **_numbers("r", c.r, 2, c),
        **_numbers("p1", c.p[:half], 1, c, "p"), **_numbers("p2", c.p[half:], 3, c, "p"),
    }  # fmt: skip
    return paths


def _numbers(name: str, rows: list, before: int, c: County, key: str = "") -> dict:
    """Give the numbers of refused rows as the sheet counts them; of equal rows the later goes."""
    bad = {id(row) for row in c.truth.refused.get(key or name, []) if "again" not in row}
    doubled = {row["id"] for row in c.truth.refused.get(key or name, []) if "again" in row}
    found, seen = set(), set()
    for n, row in enumerate(rows, start=before + 1):
        if id(row) in bad or (row["id"] in doubled and row["id"] in seen):
            found.add(n)
        seen.add(row["id"])
    return {name: found}


def _csv(path: Path, encoding: str, titles: list, header: tuple, rows: list) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerows(titles)
        writer.writerow(header)
        writer.writerows(rows)


def _xlsx(path: Path, header: tuple, rows: list) -> None:
    book = Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("在校")
    sheet.merge_range(0, 0, 1, len(header) - 1, "某县在校学生名册")
    for place, word in enumerate(header):
        sheet.write_string(2, place, word)
    for line, row in enumerate(rows, start=3):
        for place, cell in enumerate(row):
            if place == 5 and cell.isdigit() and len(cell) == 5:
                sheet.write_number(line, place, int(cell))
            elif cell:
                sheet.write_string(line, place, cell)
    book.close()
