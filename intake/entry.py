"""A class reports its day by hand: 全到, or who was absent and why (DC-2.3.3f, YN-7b)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import attendance_store as store
from intake.attendance_plan import Plan, write_plan
from intake.attendance_store import Stored
from intake.cutoff import due_at
from intake.detect import place_on
from intake.leads import Basis
from intake.places import stays_of
from intake.report import Change, LeadOutcome
from models.base import canonical, digest
from models.roster import AbsenceKind, ImportKind, ImportRun, school_year_of


class EntryProblem(StrEnum):
    CLASS_UNKNOWN = "class_unknown"
    NOT_A_SCHOOL_DAY = "not_a_school_day"
    DATE_IN_FUTURE = "date_in_future"
    CHILD_NOT_IN_CLASS = "child_not_in_class"
    CHILD_TWICE = "child_twice"
    WRONG_YEAR = "wrong_year"
    REQUEST_REUSED = "request_id_reused"


_SENTENCES = {
    EntryProblem.CLASS_UNKNOWN: "名册里没有这个班，请核对班级代码。",
    EntryProblem.NOT_A_SCHOOL_DAY: "这一天不上课（{why}），不需填报；若确实上课，请先更正校历。",
    EntryProblem.DATE_IN_FUTURE: "日期晚于今天，请核对。",
    EntryProblem.CHILD_NOT_IN_CLASS: "有 {count} 名学生这一天不在本班，请核对；若已转入，请先登记转班转学。",
    EntryProblem.CHILD_TWICE: "同一名学生填了两次，请只留一行。",
    EntryProblem.WRONG_YEAR: "这个班不属于这一天所在的学年，请核对班级代码。",
    EntryProblem.REQUEST_REUSED: "这个请求编号已用于另一次填报，请换一个新的编号。",
}


class EntryRefused(Exception):
    """A report by hand that cannot be taken; ``str()`` says in Chinese what to do."""

    def __init__(self, code: EntryProblem, **values: object) -> None:
        super().__init__(_SENTENCES[code].format(**values))
        self.code = code


@dataclass(frozen=True, slots=True)
class AbsentChild:
    child_ref: UUID
    kind: AbsenceKind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """What one class says of one day; nobody absent is 全到."""

    class_code: str
    day: date
    absent: tuple[AbsentChild, ...]
    request_id: str

    @property
    def sha(self) -> str:
        absent = sorted((str(a.child_ref), a.kind.value, a.reason) for a in self.absent)
        return digest(canonical([self.class_code, self.day.isoformat(), absent]))


@dataclass(frozen=True, slots=True)
class EntryReceipt:
    class_code: str
    day: date
    reported_at: datetime
    reported_by: str
    due_at: datetime
    is_late: bool
    absent_count: int
    is_repeat: bool = False
    """The request had been taken in before; nothing was written now."""
    changes: tuple[Change, ...] = ()
    leads: LeadOutcome = field(default_factory=LeadOutcome)


async def report_class(
    connection: AsyncConnection, entry: ClassEntry, basis: Basis
) -> EntryReceipt:
    """Take in one class's day, as a whole: whoever is not named was there. The caller commits."""
    room = await class_of_code(connection, entry.class_code)
    if room is None:
        raise EntryRefused(EntryProblem.CLASS_UNKNOWN)
    await store.lock_school(connection, room.school)
    import_id = uuid5(NAMESPACE_URL, f"class-entry/{entry.class_code}/{entry.request_id}")
    done = await _receipt(connection, import_id, entry)
    if done is not None:
        return done
    await _check(connection, entry, room, basis)
    plan = await _plan(connection, entry)
    run = ImportRun(
        id=import_id,
        kind=ImportKind.ATTENDANCE,
        file_name="班级填报",
        file_sha256=entry.sha,
        imported_at=basis.at,
        imported_by=basis.by,
        rows_total=len(entry.absent),
        rows_ok=len(entry.absent),
        rows_rejected=0,
        rows_added=len(plan.added),
        rows_replaced=len(plan.replaced),
        rows_withdrawn=len(plan.withdrawn),
        rows_unchanged=plan.unchanged,
        rejected_rows=[],
    )
    _, leads = await write_plan(connection, run, plan, [], basis=basis)
    due = due_at(entry.day, basis.cutoff)
    changes = tuple(sorted((*plan.added, *plan.replaced, *plan.withdrawn), key=_place))
    return EntryReceipt(
        entry.class_code, entry.day, basis.at, basis.by, due, due < basis.at, len(entry.absent),
        changes=changes, leads=leads,
    )  # fmt: skip


async def _receipt(
    connection: AsyncConnection, import_id: UUID, entry: ClassEntry
) -> EntryReceipt | None:
    found = await connection.execute(
        text(
            "select r.file_sha256, p.class_code, p.day, p.reported_at, p.reported_by, p.due_at,"
            " p.is_late, r.rows_total from import_run r join class_report p on p.import_id = r.id"
            " where r.id = :id"
        ),
        {"id": import_id},
    )
    row = found.one_or_none()
    if row is None:
        return None
    if row.file_sha256 != entry.sha:
        raise EntryRefused(EntryProblem.REQUEST_REUSED)
    return EntryReceipt(
        row.class_code, row.day, row.reported_at, row.reported_by, row.due_at, row.is_late,
        row.rows_total, is_repeat=True,
    )  # fmt: skip


async def _check(
    connection: AsyncConnection, entry: ClassEntry, room: Row[Any], basis: Basis
) -> None:
    if entry.day > basis.as_of:
        raise EntryRefused(EntryProblem.DATE_IN_FUTURE)
    if not basis.calendar.is_school_day(entry.day, room.school):
        why = basis.calendar.why_skipped(entry.day, school=room.school, school_days=True)
        raise EntryRefused(EntryProblem.NOT_A_SCHOOL_DAY, why=why)
    if room.school_year != school_year_of(entry.day):
        raise EntryRefused(EntryProblem.WRONG_YEAR)
    refs = [absent.child_ref for absent in entry.absent]
    if len(set(refs)) < len(refs):
        raise EntryRefused(EntryProblem.CHILD_TWICE)
    stays = await stays_of(connection, refs)
    strange = [
        ref
        for ref in refs
        if ref not in stays or place_on(stays[ref], entry.day).class_code != entry.class_code
    ]
    if strange:
        raise EntryRefused(EntryProblem.CHILD_NOT_IN_CLASS, count=len(strange))


async def _plan(connection: AsyncConnection, entry: ClassEntry) -> Plan:
    class_day = (entry.class_code, entry.day)
    plan = Plan(is_complete=True, class_days={class_day: not entry.absent})
    pupils = await pupils_on(connection, [entry.class_code], entry.day)
    stored = await store.stored_absences(connection, [(ref, entry.day) for ref in pupils])
    for absent in entry.absent:
        key = (absent.child_ref, entry.day)
        before, now = stored.pop(key, None), Stored(absent.kind, absent.reason)
        plan.touched.add(key)
        if before == now:
            plan.unchanged += 1
            continue
        plan.put[key] = now
        change = Change(*key, before.kind if before else None, now.kind)
        (plan.replaced if before else plan.added).append(change)
    for key, gone in stored.items():
        plan.withdraw(key, gone)
    return plan


async def class_of_code(connection: AsyncConnection, code: str) -> Row[Any] | None:
    """Give a class with its school and county, or None."""
    found = await connection.execute(
        text(
            "select r.code, r.school, r.school_year, r.grade, r.number, s.county, s.township"
            " from class_room r join school s on s.code = r.school where r.code = :code"
        ),
        {"code": code},
    )
    return found.one_or_none()


async def pupils_on(
    connection: AsyncConnection, class_codes: Sequence[str], day: date
) -> dict[UUID, str]:
    """Give the children taught in these classes on ``day``, each with its class."""
    rows = await connection.execute(
        text("""
            select c.ref from class_room r
            join child c on (c.school, c.grade, c.class_number) = (r.school, r.grade, r.number)
            where r.code = any(cast(:codes as text[]))
            union
            select m.child_ref from class_room r
            join child_move m on (m.from_school, m.from_grade, m.from_class)
                               = (r.school, r.grade, r.number)
            where r.code = any(cast(:codes as text[]))
        """),
        {"codes": list(class_codes)},
    )
    stays = await stays_of(connection, sorted(row.ref for row in rows))
    wanted = set(class_codes)
    return {
        ref: code
        for ref, these in stays.items()
        if (code := place_on(these, day).class_code) in wanted
    }


async def refs_of_roll(connection: AsyncConnection, roll_numbers: Iterable[str]) -> dict[str, UUID]:
    rows = await connection.execute(
        text("select roll_no, ref from child where roll_no = any(cast(:rolls as text[]))"),
        {"rolls": sorted(set(roll_numbers))},
    )
    return {row.roll_no: row.ref for row in rows}


def _place(change: Change) -> tuple[UUID, date]:
    return change.child_ref, change.day
