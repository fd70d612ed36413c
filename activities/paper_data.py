"""What an issued paper says: case, roster and offices, read inside the transaction that issues it.

Names come from the roster only here; the paper keeps them as they stood on the day of issue.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import (
    CaseEvent,
    CorrectionOrderDrafted,
    CorrectionOrderIssued,
    ReturnOrderIssued,
)
from models.identity import Sex
from models.state import CaseState
from models.words import Cause, Unit
from papers.catalogue import paper_kind
from papers.data import CorrectionOrderData, Guardian, Officer, PaperData, ReturnOrderData
from papers.requirements import problems
from storage.chain import read
from storage.rules import calendar_of, load_policy

LEGAL_BASES = (
    "《中华人民共和国义务教育法》第五条、第十一条、第五十八条",
    "《中华人民共和国未成年人保护法》第十六条、第十七条、第八十三条",
)
TOWNSHIP_BASES = (LEGAL_BASES[0], "《中华人民共和国未成年人保护法》第十六条、第十七条")
"""Without article 83: it charges the education department alone to order a return."""
CONSEQUENCE = (
    "逾期不改正的，本机关将依法采取进一步措施，包括向人民法院提起诉讼；"
    "子女随时返校，本机关随时停止后续措施。"
)
SPONSORS = "请自签收之日起一个工作日内确定乡镇（街道）和驻村（社区）包保责任人，并登记备案。"


class PaperIncomplete(Exception):
    """The paper lacks what it may not be issued without; ``problems`` are Chinese sentences."""

    def __init__(self, problems_found: list[str]) -> None:
        super().__init__("paper incomplete")
        self.problems = problems_found


async def paper_data(
    connection: AsyncConnection, state: CaseState, event: CaseEvent
) -> dict[str, Any]:
    """Return the data of the paper ``event`` issues, whole and checked; PaperIncomplete if not."""
    data: PaperData
    if isinstance(event, ReturnOrderIssued):
        data = await _return_order(connection, state, event)
    elif isinstance(event, CorrectionOrderIssued):
        data = await _correction_order(connection, state, event)
    else:
        raise TypeError(f"{event.kind} issues no paper")
    found = problems(paper_kind(data.key), data)
    if found:
        raise PaperIncomplete(found)
    return data.model_dump(mode="json")


async def one(connection: AsyncConnection, query: str, what: str, **keys: Any) -> Row[Any]:
    row = (await connection.execute(text(query), keys)).one_or_none()
    if row is None:
        raise PaperIncomplete([f"名册里没有{what}，请先导入或补录。"])
    return row


async def child_of(connection: AsyncConnection, state: CaseState) -> Row[Any]:
    return await one(
        connection,
        "select c.*, s.name as school_name, s.address as school_address, s.phone as school_phone,"
        " f.case_no from child c join school s on s.code = :school"
        " left join case_file f on f.case_id = :case_id where c.ref = :ref",
        "该学生",
        ref=UUID(state.child_ref),
        school=state.school,
        case_id=UUID(state.case_id),
    )


async def guardians_of(connection: AsyncConnection, state: CaseState) -> dict[str, Row[Any]]:
    query = text(
        "select g.*, cg.relation from guardian g join child_guardian cg on cg.guardian_ref = g.ref"
        " where cg.child_ref = :ref order by cg.is_primary desc, g.name"
    )
    rows = await connection.execute(query, {"ref": UUID(state.child_ref)})
    return {str(row.ref): row for row in rows}


async def office_of(connection: AsyncConnection, code: str) -> Row[Any]:
    return await one(
        connection, "select * from office where code = :code", f"单位 {code} 的联系人", code=code
    )


def _common(event: ReturnOrderIssued | CorrectionOrderIssued, office: Row[Any]) -> dict[str, Any]:
    return {
        "series_word": event.paper.word,
        "year": event.paper.year,
        "serial": event.paper.serial,
        "issuer": office.name,
        "issued_on": event.happened_on,
        "contact_person": office.contact_person,
        "contact_phone": office.contact_phone,
    }


async def _return_order(
    connection: AsyncConnection, state: CaseState, event: ReturnOrderIssued
) -> ReturnOrderData:
    child = await child_of(connection, state)
    guardians = await guardians_of(connection, state)
    county = await office_of(connection, state.county)
    township = await office_of(connection, state.township)
    absent_since = state.absent_since or event.happened_on
    calendar = await calendar_of(connection, state.county, event.happened_on)
    return ReturnOrderData(
        **_common(event, county),
        case_no=child.case_no or "",
        addressee=township.name,
        child_name=child.name,
        child_sex=Sex(child.sex).label,
        child_birth_on=child.birth_on,
        roll_no_masked=masked(child.roll_no),
        school=child.school_name,
        grade_class=grade_class(child),
        guardians=tuple(
            Guardian(name=row.name, relation=relation_of(state, ref), phone=row.phone)
            for ref, row in guardians.items()
        ),
        home_address=child.current_address or child.household_address,
        absent_since=absent_since,
        absent_school_days=calendar.school_days_between(
            absent_since, event.happened_on, state.school
        ),
        cause=(state.cause or Cause.OTHER).public_label,
        whereabouts=state.whereabouts.label if state.whereabouts else "去向不明",
        work_done=(
            f"学校已联系监护人{state.contacts}次，并完成报告和校长核证",
            "县教育体育局已确认由本县负责劝返",
        ),
        requirements=event.requirements,
        sponsors_requirement=SPONSORS,
        feedback_due_on=event.feedback_due_on,
        signed_by=event.actor.id,
        copy_to=(child.school_name,),
        printed_by=county.name,
        printed_on=event.happened_on,
    )


async def _correction_order(
    connection: AsyncConnection, state: CaseState, event: CorrectionOrderIssued
) -> CorrectionOrderData:
    child = await child_of(connection, state)
    guardians = await guardians_of(connection, state)
    guardian = guardians.get(event.guardian)
    if guardian is None:
        raise PaperIncomplete(["名册里没有该监护人，请先补录监护人信息。"])
    issuer = await office_of(connection, event.paper.issuer)
    county = await one(
        connection, "select name from county where code = :code", "本县", code=state.county
    )
    draft = await draft_of(connection, state, event.paper.key)
    policy = await load_policy(connection, state.policy_sha)
    if "administrative_review_days" not in policy.parameters:
        raise PaperIncomplete(["本案沿用的规则版本没有行政复议期限，请先采用现行规则。"])
    if policy["order_days"].unit is not Unit.CALENDAR_DAY:
        unit = policy["order_days"].unit.label
        raise PaperIncomplete([f"本辖区改正期限按“{unit}”计，现有通知书样式只写日历日，不得出具。"])
    return CorrectionOrderData(
        **_common(event, issuer),
        case_no=child.case_no or "",
        guardian_name=guardian.name,
        guardian_sex=Sex(guardian.sex).label,
        guardian_id_no=guardian.id_no or "无（经村（居）委会核对身份）",
        guardian_address=guardian.address or child.current_address,
        guardian_phone=guardian.phone,
        relation=relation_of(state, event.guardian),
        child_name=child.name,
        child_birth_on=child.birth_on,
        school=child.school_name,
        grade_class=grade_class(child),
        facts=draft.facts,
        evidence=draft.evidence,
        legal_bases=LEGAL_BASES if event.paper.issuer == state.county else TOWNSHIP_BASES,
        correction_days=draft.days,
        correction_due_rule=(
            "上述期限自本通知书送达之次日起计算，最后一日为休息日的，顺延至其后第一个工作日。"
        ),
        required_act=f"将被监护人送到{child.school_name}接受义务教育",
        school_address=child.school_address,
        consequence=CONSEQUENCE,
        review_body=f"{county.name}人民政府",
        review_days=policy.number("administrative_review_days"),
        court=f"{county.name}人民法院",
        suit_months=policy.number("litigation_period"),
        officers=tuple(
            Officer(name=officer.name, licence_no=officer.licence_no) for officer in draft.officers
        ),
    )


async def draft_of(
    connection: AsyncConnection, state: CaseState, key: str
) -> CorrectionOrderDrafted:
    """Read the draft back from the ledger: the state keeps no free text."""
    query = text(
        "select body from case_event where case_id = :case_id and kind = 'correction_order_drafted'"
        " order by seq desc"
    )
    for body in (await connection.execute(query, {"case_id": UUID(state.case_id)})).scalars():
        event = read(body).event
        if isinstance(event, CorrectionOrderDrafted) and event.paper_key == key:
            return event
    raise PaperIncomplete(["找不到该通知书的拟稿，请重新拟写。"])


def relation_of(state: CaseState, ref: str) -> str:
    return next((g.relation for g in state.guardians if g.ref == ref), "监护人")


def grade_class(child: Row[Any]) -> str:
    grades = "一二三四五六七八九"
    return f"{grades[child.grade - 1]}年级（{child.class_number}）班"


def masked(roll_no: str | None) -> str:
    """Keep the first seven and the last four characters (roles.md: 前6后4 after the G)."""
    if not roll_no:
        return "无"
    return f"{roll_no[:7]}{'*' * (len(roll_no) - 11)}{roll_no[-4:]}"
