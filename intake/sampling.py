"""Sampling checks (抽样考勤, YN-7b): which classes today, and what was found in them.

The draw is a hash of school, day and class: anybody can draw it again and get the same classes,
and nobody can foresee a convenient one by looking at a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.entry import pupils_on
from models.calendar import Calendar
from models.roster import AbsenceKind
from models.rules import PolicySnapshot
from storage.school_days import draw, sampled


class SampleRefused(Exception):
    """A sampling result that cannot be taken; ``str()`` says in Chinese what to do."""


@dataclass(frozen=True, slots=True)
class SampleDue:
    class_code: str
    is_done: bool


async def sampling_due(
    connection: AsyncConnection,
    school: str,
    day: date,
    *,
    calendar: Calendar,
    policy: PolicySnapshot,
) -> list[SampleDue]:
    """Give the classes drawn for ``day`` and whether each was checked; none where not asked for."""
    if not policy.flag("sample_attendance") or not calendar.is_school_day(day, school):
        return []
    done = await sampled(connection, school, day)
    drawn = draw(school, day, done, policy.number("sample_classes"))
    return [SampleDue(code, done[code] is not None) for code in drawn]


@dataclass(frozen=True, slots=True)
class Difference:
    """One child whose report and whose sample do not agree."""

    child_ref: UUID
    reported: str
    found: str


def compare(
    pupils: Iterable[UUID], reported: dict[UUID, AbsenceKind], found_absent: set[UUID]
) -> list[Difference]:
    """Set the class's report against what the checker saw, child by child."""
    differences = []
    for ref in sorted(pupils):
        kind = reported.get(ref)
        if ref in found_absent and kind is None:
            differences.append(Difference(ref, "到校", "未到"))
        elif ref not in found_absent and kind is not None:
            differences.append(Difference(ref, kind.label, "在校"))
    return differences


async def record_sample(
    connection: AsyncConnection,
    school: str,
    class_code: str,
    day: date,
    absent: set[UUID],
    *,
    by: str,
    at: datetime,
) -> list[Difference]:
    """Write one check down, and every difference as a finding; a second check is not taken.

    Raises SampleRefused where the class was checked already or a child is not of the class.
    """
    pupils = await pupils_on(connection, [class_code], day)
    if not pupils:
        raise SampleRefused("名册里这个班这一天没有学生，请核对班级代码和日期。")
    if not absent <= pupils.keys():
        raise SampleRefused("未到名单中有学生这一天不在本班，请核对。")
    written = await connection.execute(
        text("""
            insert into attendance_sample (school, day, class_code, checked_at, checked_by,
                                           expected_count, present_count, absent_refs)
            values (:school, :day, :code, :at, :by, :expected, :present, :absent)
            on conflict do nothing
        """),
        {
            "school": school, "day": day, "code": class_code, "at": at, "by": by,
            "expected": len(pupils), "present": len(pupils) - len(absent),
            "absent": sorted(absent),
        },
    )  # fmt: skip
    if not written.rowcount:
        raise SampleRefused("这个班这一天已有抽查结果，不能改写；如有不同发现，请另行说明。")
    return await sample_differences(connection, school, class_code, day)


async def sample_differences(
    connection: AsyncConnection, school: str, class_code: str, day: date
) -> list[Difference]:
    """Compare a class's check with its report as it now stands; keep what differs as findings.

    A class that has not reported yet is compared once it does: call this again then.
    """
    sample = (
        await connection.execute(
            text(
                "select s.absent_refs, d.class_code is not null as is_reported"
                " from attendance_sample s left join class_day d"
                " on (d.class_code, d.day) = (s.class_code, s.day)"
                " where (s.class_code, s.day) = (:code, :day)"
            ),
            {"code": class_code, "day": day},
        )
    ).one_or_none()
    if sample is None or not sample.is_reported:
        return []
    pupils = await pupils_on(connection, [class_code], day)
    rows = await connection.execute(
        text(
            "select child_ref, kind from absence where day = :day"
            " and child_ref = any(cast(:refs as uuid[]))"
        ),
        {"day": day, "refs": sorted(pupils)},
    )
    reported = {row.child_ref: AbsenceKind(row.kind) for row in rows}
    differences = compare(pupils, reported, set(sample.absent_refs))
    for each in differences:
        await _find(connection, school, class_code, day, each)
    return differences


async def _find(
    connection: AsyncConnection, school: str, class_code: str, day: date, each: Difference
) -> None:
    finding = uuid5(NAMESPACE_URL, f"sample/{class_code}/{day}/{each.child_ref}/{each.reported}")
    await connection.execute(
        text("""
            insert into data_quality_finding (id, kind, school, class_code, day, child_ref,
                                              reported, found)
            values (:id, 'sample_differs', :school, :code, :day, :child, :reported, :found)
            on conflict do nothing
        """),
        {
            "id": finding, "school": school, "code": class_code, "day": day,
            "child": each.child_ref, "reported": each.reported, "found": each.found,
        },
    )  # fmt: skip
