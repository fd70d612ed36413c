"""What a paper beside the main line says: the case's own facts, and what the drafter wrote.

The drafter fills in only what the case does not know. A field the case knows cannot be typed, so
that a paper never disagrees with its file.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, get_args
from uuid import UUID

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities import paper_data as sources
from activities.case_record import record_values
from activities.paper_data import PaperIncomplete
from activities.penalty_values import fine_of, grounded, remedy_facts, within_notice
from lifecycle.days import derive
from lifecycle.papers import RULES
from lifecycle.surcharge import PERCENT_A_DAY, surcharge_yuan
from models import events as e
from models.base import Coded
from models.calendar import Calendar
from models.identity import Sex
from models.rules import PolicySnapshot
from models.state import CaseState, PaperFact
from models.words import Cause, OfficeKind, PaperStatus, ReportLine
from papers.catalogue import PaperKind, paper_kind
from papers.data import Guardian, PaperData
from papers.qr import new_code
from papers.registry import DATA_OF
from papers.requirements import problems
from storage.chain import read
from storage.rules import calendar_of, load_policy

_OWN = {
    "series_word", "year", "serial", "issued_on", "verify_code", "verify_url", "form_pack",
    "legal_bases",
}  # fmt: skip
"""Fields nobody types, whatever the case knows."""
_IN_FORCE = {PaperStatus.ISSUED, PaperStatus.SERVED}


async def side_paper_data(
    connection: AsyncConnection,
    state: CaseState,
    event: e.PaperDrafted | e.PaperIssued,
    public_url: str = "",
) -> PaperData:
    """Return the data of the paper ``event`` drafts or issues; PaperIncomplete says all it lacks."""
    draft = event if isinstance(event, e.PaperDrafted) else await _draft(connection, state, event)
    kind = paper_kind(draft.paper_kind)
    policy = await load_policy(connection, state.policy_sha)
    _must_be_in_pack(kind, policy)
    known = await _known(connection, state, draft, kind, policy, event.happened_on)
    if isinstance(event, e.PaperIssued):
        known |= _numbered(event, public_url)
    data = compose(kind, known, dict(draft.content))
    found = problems(kind, data)
    if found:
        raise PaperIncomplete(found)
    return data


def compose(kind: PaperKind, known: dict[str, Any], content: dict[str, Any]) -> PaperData:
    """Put what is known and what was typed together; PaperIncomplete names what cannot be."""
    cls = DATA_OF[kind.key]
    fields = cls.model_fields
    values = {name: value for name, value in known.items() if name in fields}
    taken = {n for n, value in values.items() if value not in (None, "", ())} | (_OWN & set(fields))
    wrong = [
        f"“{kind.title}”没有“{name}”这一栏。" if name not in fields
        else f"“{fields[name].title or name}”由系统填写，不能手工改。"
        for name in content
        if name not in fields or name in taken
    ]  # fmt: skip
    if wrong:
        raise PaperIncomplete(wrong)
    try:
        return cls.model_validate(values | content)
    except ValidationError as error:
        names = dict.fromkeys(str(entry["loc"][0]) for entry in error.errors())
        raise PaperIncomplete([_misfit(name, fields[name]) for name in names]) from error


def _misfit(name: str, field: FieldInfo) -> str:
    choices = "、".join(f"{each['value']}（{each['label']}）" for each in _choices(field))
    hint = f"请从下列各项中选择：{choices}" if choices else "请核对格式"
    return f"“{field.title or name}”填写的内容不合要求，{hint}。"


def writable(kind: PaperKind, known: dict[str, Any]) -> list[dict[str, Any]]:
    """List what the drafter may fill in: name, title, whether the paper may be without it, choices."""
    must = {each.field for each in kind.all_required}
    return [
        {"name": name, "title": field.title or name, "is_required": name in must}
        | ({"choices": choices} if (choices := _choices(field)) else {})
        for name, field in DATA_OF[kind.key].model_fields.items()
        if name not in _OWN and known.get(name) in (None, "", ()) and field.title
    ]


def _choices(field: FieldInfo) -> list[dict[str, str]]:
    """Return the values a field of named choices may have, with their words."""
    for part in get_args(field.annotation):
        if isinstance(part, type) and issubclass(part, Coded):
            return [{"value": str(member), "label": member.label} for member in part]
    return []


async def known_values(
    connection: AsyncConnection, state: CaseState, draft: e.PaperDrafted
) -> dict[str, Any]:
    """Return what the case knows of the fields of a paper."""
    policy = await load_policy(connection, state.policy_sha)
    kind = paper_kind(draft.paper_kind)
    return await _known(connection, state, draft, kind, policy, draft.happened_on)


def _must_be_in_pack(kind: PaperKind, policy: PolicySnapshot) -> None:
    if kind.packs and policy.text("form_pack") not in kind.packs:
        raise PaperIncomplete([f"本辖区的表单样式里没有“{kind.title}”，请用本辖区的表格。"])


def _numbered(event: e.PaperIssued, public_url: str) -> dict[str, Any]:
    values = {"issued_on": event.happened_on, "printed_on": event.happened_on}
    if not event.paper.word:
        return values
    code = new_code()
    return values | {
        "series_word": event.paper.word, "year": event.paper.year, "serial": event.paper.serial,
        "verify_code": code, "verify_url": f"{public_url}/v/{code}",
    }  # fmt: skip


async def _draft(
    connection: AsyncConnection, state: CaseState, event: e.PaperIssued
) -> e.PaperDrafted:
    found = await find_draft(connection, UUID(state.case_id), event.paper.key)
    if found is None:
        raise PaperIncomplete(["找不到这份文书的拟稿，请重新拟写。"])
    return found


async def find_draft(connection: AsyncConnection, case_id: UUID, key: str) -> e.PaperDrafted | None:
    """Read a draft back from the ledger: the state keeps no free text."""
    query = text(
        "select body from case_event where case_id = :case_id and kind = 'paper_drafted'"
        " order by seq desc"
    )
    for body in (await connection.execute(query, {"case_id": case_id})).scalars():
        event = read(body).event
        if isinstance(event, e.PaperDrafted) and event.paper_key == key:
            return event
    return None


async def _known(
    connection: AsyncConnection,
    state: CaseState,
    draft: e.PaperDrafted,
    kind: PaperKind,
    policy: PolicySnapshot,
    on: date,
) -> dict[str, Any]:
    calendar = await calendar_of(connection, state.county, on)
    child = await sources.child_of(connection, state)
    people = await sources.guardians_of(connection, state)
    rule = RULES[kind.key]
    office = draft.actor.role.office_kind
    values = await _issuer(connection, state, office, child)
    county = await sources.one(
        connection, "select name from county where code = :code", "本县", code=state.county
    )
    values |= {
        "series_word": rule.word, "year": on.year, "case_no": child.case_no or "",
        "form_pack": policy.text("form_pack"), "legal_bases": kind.legal_bases,
        "guardians": tuple(
            Guardian(name=row.name, relation=sources.relation_of(state, ref), phone=row.phone)
            for ref, row in people.items()
        ),
    }  # fmt: skip
    values |= _child(child) | _absence(state, calendar, on) | _law(county.name, policy)
    values |= _party(state, people, child, draft.guardian)
    values |= await record_values(connection, state, kind.key)
    values |= await _steps(connection, state, draft.guardian, policy, calendar, on)
    values |= await _addressed(connection, state, kind.key, policy, calendar, on)
    track = state.tracks.get(draft.guardian or "")
    if track is not None and kind.key == "penalty_decision":
        values = within_notice(track, values, draft.content)
    if kind.grounds:
        values |= grounded(track, kind, draft.content)
    return values


async def _issuer(
    connection: AsyncConnection, state: CaseState, office: OfficeKind, child: Any
) -> dict[str, Any]:
    if office is OfficeKind.SCHOOL:
        return {
            "issuer": child.school_name, "contact_phone": child.school_phone,
            "printed_by": child.school_name,
        }  # fmt: skip
    code = state.township if office is OfficeKind.TOWNSHIP else state.county
    row = await sources.office_of(connection, code)
    return {
        "issuer": row.name, "contact_person": row.contact_person, "printed_by": row.name,
        "contact_phone": row.contact_phone,
    }  # fmt: skip


def _child(child: Any) -> dict[str, Any]:
    return {
        "child_name": child.name, "child_sex": Sex(child.sex).label, "child_birth_on": child.birth_on,
        "roll_no_masked": sources.masked(child.roll_no), "school": child.school_name,
        "school_address": child.school_address, "grade_class": sources.grade_class(child),
        "home_address": child.current_address or child.household_address,
        "household_address": child.household_address,
    }  # fmt: skip


def _absence(state: CaseState, calendar: Calendar, on: date) -> dict[str, Any]:
    since = state.absent_since
    return {
        "absent_since": since,
        "absent_school_days": (
            calendar.school_days_between(since, on, state.school) if since else None
        ),
        "cause": (state.cause.public_label if state.cause else "原因待核实"),
        "whereabouts": state.whereabouts.label if state.whereabouts else "去向待核实",
        "platform_receipt_no": state.reports.get(ReportLine.PLATFORM, ""),
        "placement_way": state.placement.label if state.placement else "",
        "returned_on": state.returned_on, "attending_since": state.attending_since,
        "monitored_until": state.monitoring_ended_on, "deferred_until": state.deferred_until,
        "deferral_kind": state.deferral.label if state.deferral else "",
        "visit_count": len(state.visits),
    }  # fmt: skip


def _law(county: str, policy: PolicySnapshot) -> dict[str, Any]:
    """The remedies and periods the law gives; a parameter not in force leaves its field empty."""

    def days(name: str) -> int | None:
        return policy.number(name) if name in policy.parameters else None

    return {
        "review_body": f"{county}人民政府", "review_days": days("administrative_review_days"),
        "court": f"{county}人民法院", "suit_months": days("litigation_period"),
        "penalty_basis": policy.text("penalty_basis"), "defence_days": days("defence_period"),
        "payment_days": days("payment_period"), "demand_days": days("demand_period"),
        "notice_days": days("notice_period"), "surcharge_percent": PERCENT_A_DAY,
    }  # fmt: skip


def _party(
    state: CaseState, people: dict[str, Any], child: Any, guardian: str | None
) -> dict[str, Any]:
    if guardian is None:
        return {}
    row = people.get(guardian)
    if row is None:
        raise PaperIncomplete(["名册里没有该监护人，请先补录监护人信息。"])
    return {
        "guardian_name": row.name, "guardian_sex": Sex(row.sex).label,
        "guardian_id_no": row.id_no or "无（经村（居）委会核对身份）",
        "guardian_address": row.address or child.current_address, "guardian_phone": row.phone,
        "relation": sources.relation_of(state, guardian),
    }  # fmt: skip


def _last(state: CaseState, kind: str, guardian: str | None) -> PaperFact | None:
    found = [
        paper for paper in state.papers.values()
        if paper.kind == kind and paper.guardian == guardian and paper.status in _IN_FORCE
    ]  # fmt: skip
    return found[-1] if found else None


async def _steps(
    connection: AsyncConnection,
    state: CaseState,
    guardian: str | None,
    policy: PolicySnapshot,
    calendar: Calendar,
    on: date,
) -> dict[str, Any]:
    """The order, the decision and the demand this guardian has had."""
    track = state.tracks.get(guardian or "")
    if track is None:
        return {}
    order, notice, decision = (
        _last(state, kind, guardian)
        for kind in ("correction_order", "penalty_notice", "penalty_decision")
    )
    values: dict[str, Any] = {
        "demand_served_on": track.demand_served_on, "notice_served_on": track.penalty_notified_on,
        "notice_doc_no": number_of(notice) if notice else "", "remedy_facts": remedy_facts(track),
    }  # fmt: skip
    if order is not None:
        values |= {"order_doc_no": number_of(order), "order_issued_on": order.issued_on,
                   "order_served_on": order.served_on}  # fmt: skip
    if track.decision_served_on is not None:
        ends = derive(
            policy["payment_period"], anchor="", anchor_on=track.decision_served_on,
            calendar=calendar, school=state.school,
        ).due_on  # fmt: skip
        values |= {
            "decision_on": track.penalty_decided_on,
            "decision_served_on": track.decision_served_on, "amount_yuan": track.amount_yuan or None,
            "surcharge_yuan": surcharge_yuan(track, ends, on) or None,
        }  # fmt: skip
    else:
        values |= fine_of(track)
    if decision is not None and track.decision_served_on is not None:
        values["decision_doc_no"] = number_of(decision)
    return values


def number_of(paper: PaperFact) -> str:
    """Write a paper's number; a form without one has none."""
    return f"{paper.word}〔{paper.year}〕{paper.serial}号" if paper.serial else ""


_REPLY = {
    "hand_over_letter": "reply_period", "referral_letter": "referral_feedback_period",
    "labour_letter": "referral_feedback_period", "relief_hand_over": "referral_feedback_period",
    "unlicensed_school_form": "referral_feedback_period",
    "accountability_letter": "referral_feedback_period",
    "assessment_commission": "assessment_period",
}  # fmt: skip
_BY_KIND: dict[str, Callable[[CaseState], dict[str, Any]]] = {
    "verification_opinion": lambda state: {
        "conclusion": state.conclusion.label if state.conclusion else ""
    },
    "assessment_commission": lambda state: {"cause": (state.cause or Cause.OTHER).label},
}


async def _addressed(
    connection: AsyncConnection,
    state: CaseState,
    key: str,
    policy: PolicySnapshot,
    calendar: Calendar,
    on: date,
) -> dict[str, Any]:
    """To whom and until when, where the rules say it."""
    values = _BY_KIND[key](state) if key in _BY_KIND else {}
    if key in {"township_report", "county_report"}:
        code = state.township if key == "township_report" else state.county
        values["addressee"] = (await sources.office_of(connection, code)).name
    if key in _REPLY:
        values["feedback_due_on"] = derive(
            policy[_REPLY[key]], anchor="", anchor_on=on, calendar=calendar, school=state.school
        ).due_on
    return values
