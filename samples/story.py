"""One child's case from the third absent day through all four steps to the sign-off."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from models.calendar import Calendar
from models.state import CaseState
from models.words import Role
from samples.county import SampleCounty
from samples.files import class_name
from samples.records import ChildRow

OFFICERS = ("杨立新", "高志强")
ACCOUNTS = ("yang-lixin", "gao-zhiqiang")
"""The same two officers as they sign in: who investigates must be comparable with who decides."""


class House(Protocol):
    """What the story asks of the stage it is played on."""

    county: SampleCounty
    folder: Path

    def say(self, line: str, /) -> None: ...

    @property
    def today(self) -> date: ...

    async def open_case(self, file: Path) -> None: ...

    async def act(self, who: str, role: Role, kind: str, **facts: Any) -> Any: ...

    async def is_refused(self, who: str, role: Role, kind: str, **facts: Any) -> list[str]: ...

    async def wait(self, *, days: int = 0, until: date | None = None) -> None: ...

    async def wait_until_due(self, duty: str) -> None: ...

    async def next_working_day(self) -> None: ...

    async def next_school_day(self) -> None: ...

    async def calendar(self) -> Calendar: ...

    async def state(self) -> CaseState: ...


async def play(house: House) -> None:
    """Play the whole road; every act is refused or accepted by the rules themselves."""
    await _found(house)
    await _verified_and_assigned(house)
    guardian = await _persuaded_in_vain(house)
    await _ordered(house, guardian)
    await _fined(house, guardian)
    await _enforced(house, guardian)
    await _back_at_school(house)


def chosen_child(county: SampleCounty) -> ChildRow:
    """Pick a junior-school pupil of a township, registered in this county."""
    kinds = {township.code: township.kind.value for township in county.townships}
    home = county.counties[0].code
    return next(
        child
        for child in county.children
        if child.grade == 8
        and child.household_county == home
        and kinds.get(child.residence_township or "") == "township"
        and child.roll_no
        and not any(run.child_ref == child.ref for run in county.planted)
    )


async def _found(house: House) -> None:
    house.say("\n第一幕　发现：连续三个教学日没有到校")
    child = chosen_child(house.county)
    calendar = await house.calendar()
    await house.next_school_day()
    days = [house.today]
    while len(days) < 3:
        earlier = days[0] - timedelta(days=1)
        while not calendar.is_school_day(earlier, child.school):
            earlier -= timedelta(days=1)
        days.insert(0, earlier)
    await house.open_case(write_attendance(house, child, days))
    teacher = "班主任甲"
    await house.act(
        teacher, Role.CLASS_TEACHER, "contact_guardian",
        method="电话", was_reached=True, note="父亲说孩子不想读了，在家待着",
    )  # fmt: skip
    await house.act(teacher, Role.CLASS_TEACHER, "report_to_school", note="三天无故未到校")


def write_attendance(house: House, child: ChildRow, days: list[date]) -> Path:
    """Write the three days as a class teacher's list would."""
    school = next(school for school in house.county.schools if school.code == child.school)
    path = house.folder / "考勤-三天.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["学校", "班级", "学籍号", "姓名", "日期", "考勤", "原因"])
        room = class_name(child.grade or 0, child.class_number or 0)
        for day in days:
            writer.writerow([school.name, room, child.roll_no, child.name, day, "旷课", ""])
    return path


async def _verified_and_assigned(house: House) -> None:
    house.say("\n第二幕　核实、确认主体、下发指令")
    school, county = Role.PRINCIPAL, Role.EDU_CASE
    for line, receipt in (
        ("platform", "救助平台-0001"),
        ("township", "收-12"),
        ("county", "收-31"),
    ):
        await house.act("校长乙", school, "file_report", line=line, receipt_no=receipt)
    await house.act(
        "校长乙", school, "verify", conclusion="dropout", cause="weary", whereabouts="at_home",
        note="在家，厌学",
    )  # fmt: skip
    await house.act(
        "学籍员壬", Role.REGISTRAR, "mark_roll", mark="dropout", receipt_no="学籍系统-0001"
    )
    await house.act("教体局丙", county, "set_responsible_party", party="ours")
    await house.is_refused(
        "教体局丙", Role.EDU_HEAD, "issue_return_order", requirements=["自己拟自己签"]
    )
    await house.act(
        "局长丁", Role.EDU_HEAD, "issue_return_order",
        requirements=["三个工作日内首次上门", "联合学校、村委会共同劝返", "记录学生本人意见"],
    )  # fmt: skip
    await house.act(
        "乡镇戊", Role.TOWNSHIP_CASE, "accept_order",
        sponsors=[
            {"name": "孙玉", "post": "乡镇干部"},
            {"name": "何平", "post": "驻村干部", "is_village_based": True},
        ],
    )  # fmt: skip


async def _persuaded_in_vain(house: House) -> str:
    house.say("\n第三幕　第一步：宣传教育")
    state = await house.state()
    guardian = next(guardian.ref for guardian in state.guardians if guardian.is_legal)
    await house.is_refused(
        "镇长庚", Role.TOWNSHIP_HEAD, "end_persuasion",
        guardian=guardian, reason="嫌麻烦", has_just_cause=False,
    )  # fmt: skip
    for words in ("我不想读书，跟不上", "我想去打工"):
        await house.wait(days=3)
        await house.act(
            "乡镇戊", Role.TOWNSHIP_CASE, "record_visit",
            visitors=["孙玉", "何平"], organs=["镇人民政府", "学校"], met=[guardian],
            was_child_met=True, child_words=words, result="refused", note="监护人拒绝",
        )  # fmt: skip
    await house.act(
        "镇长庚", Role.TOWNSHIP_HEAD, "end_persuasion",
        guardian=guardian, reason="两次上门（均为联合劝返）无效，无正当理由", has_just_cause=False,
    )  # fmt: skip
    return guardian


async def _ordered(house: House, guardian: str) -> None:
    house.say("\n第四幕　第二步：责令限期改正")
    await house.act(
        "乡镇戊", Role.TOWNSHIP_CASE, "order_correction", guardian=guardian,
        facts="当事人之子女自缺勤之日起未到校，经两次联合劝返，当事人无正当理由拒不送其返校。",
        officers=[
            {"name": OFFICERS[0], "licence_no": "执-99010001"},
            {"name": OFFICERS[1], "licence_no": "执-99010002"},
        ],
        evidence=["考勤记录三日", "劝返情况记录表两份", "学生本人意见记录"],
    )  # fmt: skip
    await house.act("镇长庚", Role.TOWNSHIP_HEAD, "approve_correction_order", guardian=guardian)
    await house.wait(days=1)
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "serve_paper", paper="correction_order-1", method="direct",
        officers=list(OFFICERS), receipt="回证-2026-001",
    )  # fmt: skip
    await house.is_refused(
        "乡镇戊", Role.TOWNSHIP_CASE, "check_correction", guardian=guardian, outcome="still_out",
        checkers=list(OFFICERS),
    )  # fmt: skip
    await house.wait_until_due("correction_period")
    await house.act(
        "乡镇戊", Role.TOWNSHIP_CASE, "check_correction", guardian=guardian, outcome="still_out",
        checkers=list(OFFICERS),
    )  # fmt: skip


async def _fined(house: House, guardian: str) -> None:
    house.say("\n第五幕　第三步：行政处罚（示例规则里有虚构的地方法规作依据；真实辖区默认没有）")
    await house.act(
        "镇长庚", Role.TOWNSHIP_HEAD, "file_penalty", guardian=guardian, officers=list(ACCOUNTS),
        filing_no="立-001",
    )  # fmt: skip
    await house.wait(days=5)
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "notify_penalty", guardian=guardian, penalty="fine",
        amount_yuan=500, document_no="罚告-001",
    )  # fmt: skip
    await house.is_refused(
        "执法辛", Role.TOWNSHIP_LAW, "record_defence", guardian=guardian, has_stated=False,
        review="未陈述",
    )  # fmt: skip
    await house.wait_until_due("defence_period")
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "record_defence", guardian=guardian, has_stated=False,
        review="期满未陈述、未要求听证",
    )  # fmt: skip
    await house.act(
        "镇长庚", Role.TOWNSHIP_HEAD, "decide_penalty", guardian=guardian, penalty="fine",
        amount_yuan=500, document_no="罚决-001",
    )  # fmt: skip
    await house.wait(days=2)
    await house.is_refused(
        "执法辛", Role.TOWNSHIP_LAW, "serve_decision", guardian=guardian, method="left",
        officers=list(OFFICERS), receipt="回证-2026-002", evidence=["留置照片三张"],
    )  # fmt: skip
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "record_failed_service", target=f"decision:{guardian}",
        method="direct", reason="当面送达，当事人拒绝签收", evidence=["拒收说明"],
    )  # fmt: skip
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "serve_decision", guardian=guardian, method="left",
        officers=list(OFFICERS), receipt="回证-2026-002", evidence=["留置照片三张", "村委会见证"],
    )  # fmt: skip
    await house.wait_until_due("payment_period")
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "record_performance", guardian=guardian, is_performed=False,
        note="未缴款，学生仍未到校",
    )  # fmt: skip


async def _enforced(house: House, guardian: str) -> None:
    house.say("\n第六幕　第四步：申请强制执行（起诉期限六个月满后才可催告）")
    await house.is_refused(
        "执法辛", Role.TOWNSHIP_LAW, "demand_performance", guardian=guardian, document_no="催-001"
    )
    for _ in range(7):
        state = await house.state()
        if not any(o.duty == "litigation_period" for o in state.live_obligations()):
            break
        await house.wait(days=28)
        await house.act(
            "乡镇戊", Role.TOWNSHIP_CASE, "record_visit",
            visitors=["孙玉", "何平"], organs=["镇人民政府", "司法所"], met=[guardian],
            was_child_met=True, child_words="再想想", result="wavering",
        )  # fmt: skip
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "demand_performance", guardian=guardian, document_no="催-001"
    )
    await house.wait_until_due("demand_period")
    await house.is_refused(
        "镇长庚", Role.TOWNSHIP_HEAD, "apply_enforcement", guardian=guardian, document_no="执申-001"
    )
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "propose_act", act="apply_enforcement", guardian=guardian,
        note="催告期满仍未履行", evidence=["申请强制执行审批表-001"],
    )  # fmt: skip
    await house.act(
        "镇长庚", Role.TOWNSHIP_HEAD, "apply_enforcement", guardian=guardian, document_no="执申-001"
    )
    await house.wait(days=10)
    await house.act(
        "执法辛", Role.TOWNSHIP_LAW, "record_ruling", guardian=guardian, is_granted=True,
        document_no="（示例）行审1号",
    )  # fmt: skip
    await house.act(
        "乡镇戊", Role.TOWNSHIP_CASE, "record_agreement", guardian=guardian,
        return_on=str(house.today + timedelta(days=1)), evidence=["复学承诺书"],
    )  # fmt: skip


async def _back_at_school(house: House) -> None:
    house.say("\n第七幕　返校、安置、巩固、销号")
    state = await house.state()
    await house.wait(days=1)
    await house.next_school_day()
    calendar = await house.calendar()
    returned_on = house.today
    await house.act(
        "班主任甲", Role.CLASS_TEACHER, "record_return", returned_on=str(returned_on),
        evidence=["到校当日考勤"],
    )  # fmt: skip
    await house.act(
        "校长乙", Role.PRINCIPAL, "place", way="inclusive_class", school=state.school,
        plan="回原年级随班就读，每周两次课后辅导，班主任结对，心理老师每月谈话",
    )  # fmt: skip
    while calendar.school_days_between(returned_on, house.today, state.school) < 3:
        await house.wait(days=1)
    await house.act(
        "校长乙", Role.PRINCIPAL, "confirm_attendance", attending_since=str(returned_on),
        school_days=3, evidence=["到校考勤三日"],
    )  # fmt: skip
    await house.act(
        "学籍员壬", Role.REGISTRAR, "mark_roll", mark="returned", receipt_no="学籍系统-0002"
    )
    await house.is_refused(
        "局长丁", Role.EDU_HEAD, "sign_off", is_roll_active=True, evidence=["销号审批表"]
    )
    since = returned_on
    for _ in range(5):
        if (await house.state()).monitoring_ended_on is not None:
            break
        await house.wait(days=28)
        await house.act(
            "校长乙", Role.PRINCIPAL, "record_monitoring", from_on=str(since),
            to_on=str(house.today), attendance_percent=97, child_words="能跟上了",
            evidence=["月出勤表"],
        )  # fmt: skip
        since = (await house.state()).monitoring[-1].to_on + timedelta(days=1)
    await house.act(
        "校长乙", Role.PRINCIPAL, "propose_act", act="sign_off", note="监测期满，请销号",
        evidence=["销号申请-001"],
    )  # fmt: skip
    await house.act(
        "局长丁", Role.EDU_HEAD, "sign_off", is_roll_active=True, evidence=["销号审批表-001"],
        note="监测期满，出勤稳定",
    )  # fmt: skip
    house.say("\n结案：返校销号")
