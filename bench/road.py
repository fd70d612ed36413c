"""The road every arm walks: twenty actions of one case, none of which waits for another day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from lifecycle.decide import decide
from lifecycle.evolve import evolve
from lifecycle.owners import office_of
from lifecycle.verdict import Refusal
from models.commands import Command, OpenLead
from models.people import Actor, GuardianRef
from models.recorded import Receipt
from models.rules import PolicySnapshot, RulesBundle
from models.state import CaseState
from models.words import LeadSource, Role
from samples.county import SampleCounty

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
ABSENT_FOR = timedelta(days=120)
"""Long enough to hold school days at any time of the year: the papers count them."""
_OFFICERS = [
    {"name": "杨立新", "licence_no": "执-99010001"},
    {"name": "高志强", "licence_no": "执-99010002"},
]
_SPONSORS = [
    {"name": "孙玉", "post": "乡镇干部"},
    {"name": "何平", "post": "驻村干部", "is_village_based": True},
]


@dataclass(frozen=True)
class Child:
    """One child of the sample county whose case can walk the road."""

    ref: UUID
    guardian: str
    school: str
    township: str
    county: str
    birth_on: date
    grade: int


def children(county: SampleCounty) -> Iterator[Child]:
    """Every child of a township of the sample county that a paper can be written about."""
    townships = {place.code for place in county.townships if place.kind.value == "township"}
    parents = {"father", "mother"}  # the four steps run against legal guardians
    primary = {
        link.child_ref: link
        for link in county.child_guardians
        if link.is_primary and link.relation.value in parents
    }
    home = county.counties[0].code
    for child in county.children:
        if child.residence_township not in townships or child.household_county != home:
            continue
        if child.ref in primary and child.school and child.roll_no and child.grade:
            yield Child(
                ref=child.ref,
                guardian=str(primary[child.ref].guardian_ref),
                school=child.school,
                township=child.residence_township,
                county=home,
                birth_on=child.birth_on,
                grade=child.grade,
            )


@dataclass(frozen=True)
class Step:
    """One action after the opening, and what the pure core makes of it."""

    command: Command
    receipt: Receipt
    due_at: datetime | None
    """What the case's timer is set to afterwards."""


def opening(child: Child, today: date) -> OpenLead:
    """The opening a lead turns into; the arms without a roster send it themselves."""
    return OpenLead(
        request_id=f"lead-{child.ref}",
        actor=Actor(id="system", role=Role.SYSTEM, office="system"),
        happened_on=today,
        child_ref=str(child.ref),
        episode=1,
        source=LeadSource.ATTENDANCE,
        lead_ref=str(child.ref),
        school=child.school,
        township=child.township,
        county=child.county,
        enrol_county=child.county,
        household_county=child.county,
        birth_on=child.birth_on,
        grade=child.grade,
        guardians=(GuardianRef(ref=child.guardian, relation="父亲", is_primary=True),),
        absent_since=today - ABSENT_FOR,
        absent_days=3,
    )


def rehearse(child: Child, rules: RulesBundle, at: datetime, today: date) -> list[Step]:
    """Walk the road in the pure core alone: the commands, the receipts and the timer of each."""
    state = CaseState()
    steps: list[Step] = []
    for number, act in enumerate([None, *_acts(child, rules.policy, today)]):
        if act is None:
            command: Command = opening(child, today)
        else:
            role, kind, facts = act
            who = Actor(id=f"{role.value}-1", role=role, office=office_of(state, role))
            command = COMMANDS.validate_python(
                {
                    "kind": kind,
                    "request_id": f"bench-{child.ref}-{number:02d}",
                    "actor": who.model_dump(),
                    "happened_on": today,
                    **facts,
                }
            )
        verdict = decide(state, command, at=at, policy=rules.policy, calendar=rules.calendar)
        if isinstance(verdict, Refusal):
            raise RuntimeError(f"{command.kind}: {[unmet.code for unmet in verdict.unmet]}")
        for event in verdict.events:
            state = evolve(state, event).but(last_event_at=at)
        receipt = Receipt(
            case_id=state.case_id,
            case_no=f"{state.county}-{today.year}-00001",
            request_id=command.request_id,
            revision=state.revision,
            events=tuple(event.kind for event in verdict.events),
            stage=state.stage.value,
            decided_at=at,
        )
        steps.append(Step(command, receipt, state.next_due_at() if state.is_open else None))
    return steps


def _acts(
    child: Child, policy: PolicySnapshot, today: date
) -> list[tuple[Role, str, dict[str, Any]]]:
    guardian = child.guardian
    visit: dict[str, Any] = {
        "visitors": ["孙玉", "何平"],
        "organs": ["镇人民政府", "学校"],
        "met": [guardian],
        "was_child_met": True,
        "child_words": "我不想读书，跟不上，想去打工",
        "result": "refused",
        "note": "监护人拒绝送子女返校，已告知法定义务和可以申请的帮助",
    }
    lines = policy.text("report_lines").split(",")
    return [
        (Role.CLASS_TEACHER, "contact_guardian",
         {"method": "电话", "was_reached": True, "note": "父亲说孩子不想读了，在家待着"}),
        (Role.CLASS_TEACHER, "report_to_school", {"note": "三天无故未到校"}),
        *((Role.PRINCIPAL, "file_report", {"line": line, "receipt_no": f"收-{line}"})
          for line in lines),
        (Role.PRINCIPAL, "verify",
         {"conclusion": "dropout", "cause": "weary", "whereabouts": "at_home", "note": "在家，厌学"}),
        (Role.EDU_CASE, "set_responsible_party", {"party": "ours"}),
        (Role.EDU_HEAD, "issue_return_order",
         {"requirements": ["三个工作日内首次上门", "联合学校、村委会共同劝返", "记录学生本人意见"]}),
        (Role.TOWNSHIP_CASE, "accept_order", {"sponsors": _SPONSORS}),
        (Role.TOWNSHIP_CASE, "record_visit", visit),
        (Role.TOWNSHIP_CASE, "record_visit", visit),
        (Role.TOWNSHIP_HEAD, "end_persuasion",
         {"guardian": guardian, "reason": "两次联合劝返无效，无正当理由", "has_just_cause": False}),
        (Role.TOWNSHIP_CASE, "order_correction",
         {"guardian": guardian, "officers": _OFFICERS,
          "facts": "当事人之子女自缺勤之日起未到校，经两次联合劝返，当事人无正当理由拒不送其返校。",
          "evidence": ["考勤记录三日", "劝返情况记录表两份", "学生本人意见记录"]}),
        (Role.TOWNSHIP_HEAD, "approve_correction_order", {"guardian": guardian}),
        (Role.TOWNSHIP_CASE, "serve_paper",
         {"paper": "correction_order-1", "method": "direct",
          "officers": ["杨立新", "高志强"], "receipt": "回证-1"}),
        (Role.TOWNSHIP_CASE, "record_agreement",
         {"guardian": guardian, "return_on": today + timedelta(days=3), "evidence": ["承诺书-1"]}),
        (Role.PRINCIPAL, "record_return", {"returned_on": today, "evidence": ["考勤-1"]}),
        (Role.PRINCIPAL, "place",
         {"way": "inclusive_class", "school": child.school, "plan": "随班就读，课后辅导，每周谈话",
          "evidence": ["安置意见-1"]}),
        (Role.EDU_HEAD, "close_completed",
         {"is_graduated": True, "decision_no": "毕-1", "onward": "senior_school", "evidence": ["毕业证书-1"]}),
    ]  # fmt: skip
