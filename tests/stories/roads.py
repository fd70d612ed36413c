"""Short roads played on the stage: each starts from a lead and ends where its name says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.words import Role
from samples.story import ACCOUNTS, OFFICERS
from terminal.playhouse import Playhouse

TEACHER, PRINCIPAL, REGISTRAR = Role.CLASS_TEACHER, Role.PRINCIPAL, Role.REGISTRAR
CASE, HEAD = Role.EDU_CASE, Role.EDU_HEAD
TOWN, TOWN_HEAD, TOWN_LAW = Role.TOWNSHIP_CASE, Role.TOWNSHIP_HEAD, Role.TOWNSHIP_LAW


async def propose(house: Playhouse, act: str, role: Role, **facts: Any) -> None:
    """Have somebody put the act before the one who signs it."""
    await house.act(
        "proposer", role, "propose_act", act=act, note="请审批", evidence=["审批表"], **facts
    )  # fmt: skip


async def to_verifying(house: Playhouse) -> None:
    await house.act("t", TEACHER, "contact_guardian", method="电话", was_reached=False)
    await house.act("t", TEACHER, "report_to_school")
    for line in ("platform", "township", "county"):
        await house.act("p", PRINCIPAL, "file_report", line=line, receipt_no="收-1")


async def to_subject(house: Playhouse, **facts: Any) -> None:
    await to_verifying(house)
    said = {"conclusion": "dropout", "cause": "weary", "whereabouts": "at_home"} | facts
    await house.act("p", PRINCIPAL, "verify", **said)
    await house.act("r", REGISTRAR, "mark_roll", mark="dropout", receipt_no="标-1")


async def to_persuasion(house: Playhouse, **facts: Any) -> None:
    await to_subject(house, **facts)
    await house.act("c", CASE, "set_responsible_party", party="ours")
    await assign(house)


async def assign(house: Playhouse) -> None:
    await house.act("h", HEAD, "issue_return_order", requirements=["上门"])
    await house.act(
        "w", TOWN, "accept_order",
        sponsors=[
            {"name": "孙玉", "post": "乡镇干部"},
            {"name": "何平", "post": "驻村干部", "is_village_based": True},
        ],
    )  # fmt: skip


async def visit(house: Playhouse, guardian: str) -> None:
    await house.act(
        "w", TOWN, "record_visit", visitors=["孙玉", "何平"], organs=["镇政府", "学校"],
        met=[guardian], was_child_met=True, child_words="不想去", result="refused",
    )  # fmt: skip


async def legal_guardian(house: Playhouse) -> str:
    state = await house.state()
    return next(guardian.ref for guardian in state.guardians if guardian.is_legal)


async def to_expired_order(house: Playhouse) -> str:
    await to_persuasion(house)
    guardian = await legal_guardian(house)
    for _ in range(2):
        await visit(house, guardian)
    await house.act("m", TOWN_HEAD, "end_persuasion", guardian=guardian, reason="拒绝",
                    has_just_cause=False)  # fmt: skip
    await house.act(
        "w", TOWN, "order_correction", guardian=guardian, facts="拒不送其子女返校，经两次劝返无效。",
        officers=[{"name": OFFICERS[0], "licence_no": "执-1"},
                  {"name": OFFICERS[1], "licence_no": "执-2"}],
        evidence=["劝返记录"],
    )  # fmt: skip
    await house.act("m", TOWN_HEAD, "approve_correction_order", guardian=guardian)
    await house.act("l", TOWN_LAW, "serve_paper", paper="correction_order-1", method="direct",
                    officers=list(OFFICERS), receipt="回证-1")  # fmt: skip
    await house.wait_until_due("correction_period")
    await house.act("w", TOWN, "check_correction", guardian=guardian, outcome="still_out",
                    checkers=list(OFFICERS))  # fmt: skip
    return guardian


async def to_suit(house: Playhouse) -> list[str]:
    """Without a legal basis there is no fine; the road goes to court by a suit."""
    guardian = await to_expired_order(house)
    reasons = await house.is_refused(
        "m", TOWN_HEAD, "file_penalty", guardian=guardian, officers=list(ACCOUNTS), filing_no="立-1"
    )
    await propose(house, "file_suit", TOWN_LAW, guardian=guardian)
    await house.act("m", TOWN_HEAD, "file_suit", guardian=guardian, plaintiff="镇人民政府",
                    document_no="诉-1")  # fmt: skip
    await house.wait(days=5)
    await house.act("l", TOWN_LAW, "record_suit_accepted", guardian=guardian, court_case_no="民-1")
    await house.wait(days=30)
    await house.act("l", TOWN_LAW, "record_judgment", guardian=guardian, is_mediated=True,
                    must_send_child=True, document_no="调-1")  # fmt: skip
    return reasons


async def to_monitoring(house: Playhouse) -> None:
    await house.act("t", TEACHER, "record_return", returned_on=str(house.today),
                    evidence=["考勤"])  # fmt: skip
    state = await house.state()
    await house.act("p", PRINCIPAL, "place", way="inclusive_class", school=state.school,
                    plan="随班就读，课后辅导")  # fmt: skip
    returned = (await house.state()).returned_on
    assert returned is not None
    calendar = await house.calendar()
    day, left = returned, 3
    while left:
        if calendar.is_school_day(day, state.school):
            left -= 1
        day += timedelta(days=1)
    await house.wait(until=day)
    await house.act("p", PRINCIPAL, "confirm_attendance", attending_since=str(returned),
                    school_days=3, evidence=["考勤"])  # fmt: skip
