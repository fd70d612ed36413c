"""One small county in its lists, with one child for every kind of difference."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.rosters import RosterKind
from tests.intake.lists import place, send, write_csv
from tests.intake.village import PRIMARY, id_number

TERM = "2025-1"
TOWN = "城南街道"
H = ("公民身份号码", "姓名", "户主姓名", "乡镇", "去向", "户号")
R = ("学籍号", "姓名", "身份证件号", "学校名称", "年级", "班级")
P = ("姓名", "身份证号", "学校", "班级")
V = ("学生姓名", "身份证号", "户类型")
NAMES = {
    2: "王安", 4: "李宁", 6: "张雨", 8: "刘晴", 10: "陈明", 12: "杨德", 14: "赵志", 16: "黄远",
    18: "周文", 20: "吴华",
}  # fmt: skip
NO_ROLL, ELSEWHERE, NOT_PRESENT, NO_HOUSEHOLD, PRESENT_NO_ROLL, ON_LEAVE = 4, 6, 8, 10, 12, 14
OTHER_NAME = 16


def household():
    return [
        [id_number(n), name, "王某", TOWN, "邻山县第二小学" if n == ELSEWHERE else "", f"H{n:03}"]
        for n, name in NAMES.items()
        if n not in (NO_HOUSEHOLD,)
    ]


def roll():
    return [
        [f"G{id_number(n)}", name, id_number(n), PRIMARY.name, "三年级", "1班"]
        for n, name in NAMES.items()
        if n not in (NO_ROLL, ELSEWHERE, PRESENT_NO_ROLL)
    ]


def present():
    return [
        ["黄圆" if n == OTHER_NAME else name, id_number(n), PRIMARY.name, "三年级1班"]
        for n, name in NAMES.items()
        if n not in (NO_ROLL, ELSEWHERE, NOT_PRESENT, ON_LEAVE)
    ]


def poor():
    return [["刘晴", id_number(NOT_PRESENT), "脱贫户"], ["王安", id_number(2), "脱贫户"]]


def leave():
    return [["赵志", id_number(ON_LEAVE), PRIMARY.name, "2025-10-09", "2025-10-31", "事假"]]


LISTS = {
    RosterKind.HOUSEHOLD_REGISTER: (H, household),
    RosterKind.SCHOOL_ROLL: (R, roll),
    RosterKind.PRESENT: (P, present),
    RosterKind.POVERTY_HOUSEHOLDS: (V, poor),
    RosterKind.LEAVE_SLIPS: (("姓名", "身份证号", "学校", "开始日期", "结束日期", "事由"), leave),
}


async def send_all(engine: AsyncEngine, folder: Path, order=tuple(LISTS), mix=list, **changed):
    """Send every list; ``changed`` replaces the rows of a kind, ``mix`` their order."""
    for kind in order:
        header, rows = LISTS[kind]
        lines = mix(changed.get(kind.value) or rows())
        path = write_csv(folder / f"{kind.value}.csv", lines, header=header)
        await send(engine, path, place(kind, term=TERM))


async def tasks(engine: AsyncEngine):
    query = "select difference, person, name, poverty, status, owner_office from census_task"
    async with engine.connect() as connection:
        return {
            (row.difference, row.name): row
            for row in await connection.execute(text(query + " order by 1, 2"))
        }
