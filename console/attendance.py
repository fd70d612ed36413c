"""Attendance by hand: a class reports its day; the school sees who has not, and what is unknown."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from access.school_roles import CHECKS, MOVES, REPORTS, shown_reason
from console.problems import Problem, no_nul, not_found
from console.school_scope import IdempotencyKey, must_be, refused, request_id, school_here
from console.wiring import ActorHere, ServicesHere
from intake.daily import LEVELS, classes_not_reported, daily_report, late_reports
from intake.entry import (
    AbsentChild,
    ClassEntry,
    EntryRefused,
    class_of_code,
    refs_of_roll,
    report_class,
)
from intake.lead_store import leads_with_notes
from intake.leads import follow_up
from intake.places import move_child
from intake.sampling import SampleRefused, record_sample, sample_differences, sampling_due
from intake.unknown import settle, unknown_days
from models.roster import AbsenceKind

router = APIRouter(prefix="/api/attendance", tags=["考勤"])


class Absent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    roll_no: Annotated[str, Field(min_length=4, max_length=24)]
    kind: AbsenceKind
    reason: Annotated[str, Field(max_length=200)] = ""


class ClassDayIn(BaseModel):
    """One class's day; an empty list is 全到."""

    model_config = ConfigDict(extra="forbid")

    absent: Annotated[list[Absent], Field(max_length=100)]


class SampleIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    absent_roll_nos: Annotated[list[str], Field(max_length=100)] = []


class Settlement(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=2, max_length=400)]


async def _class(connection: Any, code: str) -> Any:
    room = await class_of_code(connection, code)
    if room is None:
        raise not_found("班级")
    return room


async def _refs(connection: Any, rolls: list[str]) -> dict[str, UUID]:
    no_nul(rolls)
    refs = await refs_of_roll(connection, rolls)
    if missing := len(set(rolls) - refs.keys()):
        said = f"有 {missing} 个学籍号在名册里找不到，请核对。"
        raise Problem(422, "填写有误，未办理", said, "child_unknown")
    return refs


@router.put("/classes/{class_code}/days/{day}", summary="班级填报：全到，或缺勤名单与原因")
async def put_class_day(
    class_code: str,
    day: date,
    said: ClassDayIn,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    key = request_id(idempotency_key)
    must_be(actor, REPORTS, "填报考勤")
    no_nul([each.reason for each in said.absent])
    async with here.engine.begin() as connection:
        room = await _class(connection, class_code)
        school = await school_here(connection, here, actor, room.school)
        refs = await _refs(connection, [each.roll_no for each in said.absent])
        absent = tuple(AbsentChild(refs[a.roll_no], a.kind, a.reason) for a in said.absent)
        entry = ClassEntry(class_code, day, absent, f"{actor.id}/{key}")
        try:
            done = await report_class(connection, entry, school.basis)
        except EntryRefused as error:
            raise refused(error, error.code) from error
        await sample_differences(connection, school.code, class_code, day)
    return {
        "class_code": done.class_code, "day": done.day, "reported_at": done.reported_at,
        "reported_by": done.reported_by, "due_at": done.due_at, "is_late": done.is_late,
        "absent_count": done.absent_count, "is_repeat": done.is_repeat,
        "changes": [
            {"child_ref": c.child_ref, "day": c.day, "before": c.before, "after": c.after}
            for c in done.changes
        ],
        "leads_opened": len(done.leads.opened), "leads_withdrawn": len(done.leads.withdrawn),
        "leads_contradicted": len(done.leads.contradicted),
        "streaks": [
            {"child_ref": s.child_ref, "before": s.before, "after": s.after}
            for s in done.leads.streaks
        ],
    }  # fmt: skip


@router.get("/schools/{school}/days/{day}", summary="缺勤日报：应到、实到、缺勤、原因、连续天数")
async def show_day(school: str, day: date, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        report = await daily_report(connection, school, day, place.basis)
    return {
        "school": school, "day": day, "is_school_day": report.is_school_day,
        "why_not": report.why_not,
        "classes": [
            {
                "class_code": c.class_code, "expected": c.expected, "present": c.present,
                "absent": c.absent, "unknown": c.unknown, "is_reported": c.is_reported,
                "is_late": c.is_late, "reported_at": c.reported_at, "reported_by": c.reported_by,
            }
            for c in report.classes
        ],
        "absent": [
            {
                "child_ref": a.child_ref, "name": a.name, "class_code": a.class_code,
                "kind": a.kind, "label": a.kind.label, "reason": shown_reason(actor, a.kind, a.reason),
                "is_on_leave": a.is_on_leave, "streak": a.streak,
            }
            for a in report.absent
        ],
        "reasons": report.reasons,
        "streaks": {str(level): len(report.streaks(level)) for level in LEVELS},
    }  # fmt: skip


@router.get("/schools/{school}/days/{day}/missing", summary="未填报班级与迟报班级（报校长）")
async def missing(school: str, day: date, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        rows = await classes_not_reported(connection, school, day, place.basis.calendar)
        late = await late_reports(connection, school, day)
    return {
        "missing": [
            {"class_code": m.class_code, "grade": m.grade, "number": m.number,
             "head_teacher": m.head_teacher, "pupils": m.pupils}
            for m in rows
        ],
        "late": [dict(row._mapping) for row in late],
        "cutoff": place.basis.cutoff,
    }  # fmt: skip


@router.get("/schools/{school}/unknown", summary="出勤不明：退回未改的行所涉及的学生日、班级日")
async def unknown(
    school: str, first: date, last: date, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        await school_here(connection, here, actor, school)
        rows = await unknown_days(connection, school, first, last)
    return {"unknown": [dict(row._mapping) for row in rows]}


@router.post("/unknown/{unknown_id}/settle", summary="说明一个出勤不明的日子，不再列出")
async def settle_unknown(
    unknown_id: UUID, said: Settlement, here: ServicesHere, actor: ActorHere
) -> dict[str, bool]:
    must_be(actor, REPORTS, "处理出勤不明")
    no_nul(said.reason)
    async with here.engine.begin() as connection:
        found = await connection.execute(
            text("select school, class_code, child_ref, day from unknown_day where id = :id"),
            {"id": unknown_id},
        )
        row = found.one_or_none()
        if row is None:
            raise not_found("出勤不明记录")
        place = await school_here(connection, here, actor, row.school)
        done = await settle(connection, unknown_id, by=actor.id, reason=said.reason)
        touched = await connection.execute(
            text(
                "select distinct a.child_ref from absence a join child c on c.ref = a.child_ref"
                " join class_room r on (r.school, r.grade, r.number)"
                " = (c.school, c.grade, c.class_number)"
                " where (cast(:ref as uuid) is null and r.code = :code) or a.child_ref = :ref"
            ),
            {"ref": row.child_ref, "code": row.class_code},
        )
        await follow_up(connection, [(t.child_ref, row.day) for t in touched], place.basis)
    return {"is_settled": done}


@router.get("/schools/{school}/days/{day}/samples", summary="今日抽查班级")
async def samples(school: str, day: date, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_be(actor, CHECKS, "查看抽查安排")
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        due = await sampling_due(
            connection, school, day, calendar=place.basis.calendar, policy=place.policy
        )
        rows = await connection.execute(
            text(
                "select id, class_code, day, child_ref, reported, found from data_quality_finding"
                " where school = :school and closed_at is null order by day, class_code, child_ref"
            ),
            {"school": school},
        )
        found = [dict(row._mapping) for row in rows]
    drawn = [{"class_code": each.class_code, "is_done": each.is_done} for each in due]
    return {"drawn": drawn, "findings": found}


@router.post("/classes/{class_code}/days/{day}/sample", status_code=201, summary="登记抽查结果")
async def put_sample(
    class_code: str, day: date, said: SampleIn, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    must_be(actor, CHECKS, "登记抽查结果")
    async with here.engine.begin() as connection:
        room = await _class(connection, class_code)
        place = await school_here(connection, here, actor, room.school)
        if day > place.basis.as_of:
            raise Problem(422, "填写有误，未办理", "日期晚于今天，请核对。", "date_in_future")
        refs = await _refs(connection, said.absent_roll_nos)
        try:
            found = await record_sample(
                connection, room.school, class_code, day, set(refs.values()),
                by=actor.id, at=here.clock(),
            )  # fmt: skip
        except SampleRefused as error:
            raise refused(error, "sample_refused") from error
    return {
        "differences": [
            {"child_ref": d.child_ref, "reported": d.reported, "found": d.found} for d in found
        ]
    }


class Explanation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    explanation: Annotated[str, Field(min_length=2, max_length=400)]


@router.post("/findings/{finding_id}/close", summary="说明一条数据质量问题并办结")
async def close_finding(
    finding_id: UUID, said: Explanation, here: ServicesHere, actor: ActorHere
) -> dict[str, bool]:
    must_be(actor, CHECKS, "办结数据质量问题")
    no_nul(said.explanation)
    async with here.engine.begin() as connection:
        found = await connection.execute(
            text("select school from data_quality_finding where id = :id"), {"id": finding_id}
        )
        school = found.scalar_one_or_none()
        if school is None:
            raise not_found("数据质量问题")
        await school_here(connection, here, actor, school)
        done = await connection.execute(
            text(
                "update data_quality_finding set closed_at = now(), closed_by = :by,"
                " explanation = :said where id = :id and closed_at is null"
            ),
            {"id": finding_id, "by": actor.id, "said": said.explanation},
        )
    return {"is_closed": bool(done.rowcount)}


@router.get(
    "/schools/{school}/leads", summary="本校线索与每条线索的说明（更正、撤回、转学、出勤不明）"
)
async def school_leads(school: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        await school_here(connection, here, actor, school)
        return {"leads": await leads_with_notes(connection, school=school)}


class MoveIn(BaseModel):
    """A transfer of school or class, from the day it took effect."""

    model_config = ConfigDict(extra="forbid")

    roll_no: Annotated[str, Field(min_length=4, max_length=24)]
    to_school: Annotated[str, Field(min_length=4, max_length=10)]
    grade: Annotated[int, Field(ge=1, le=9)]
    class_number: Annotated[int, Field(ge=1, le=99)]
    moved_on: date


@router.post("/moves", summary="登记转学、转班：缺勤天数接着算")
async def move(said: MoveIn, here: ServicesHere, actor: ActorHere) -> dict[str, int]:
    must_be(actor, MOVES, "登记转学转班")
    async with here.engine.begin() as connection:
        place = await school_here(connection, here, actor, said.to_school)
        if said.moved_on > place.basis.as_of:
            raise Problem(422, "填写有误，未办理", "日期晚于今天，请核对。", "date_in_future")
        child = (await _refs(connection, [said.roll_no]))[said.roll_no]
        seat = (said.to_school, said.grade, said.class_number)
        await move_child(connection, child, seat, moved_on=said.moved_on, by=actor.id)
        days = await connection.execute(
            text("select day from absence where child_ref = :ref"), {"ref": child}
        )
        touched = [(child, row.day) for row in days]
        outcome = await follow_up(connection, touched, place.basis)
    return {"leads_opened": len(outcome.opened), "leads_withdrawn": len(outcome.withdrawn)}
