"""Take what imported lists say of a term: registrations, graduates, arrivals, leave slips.

The lists stand in ``roster_row`` (models/rosters.py). A row whose child nobody knows is counted and
left where it is: the county first says who the child is. Taking the same lists twice acts once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import first_week, transition
from intake.leads import Basis, follow_up
from intake.leave import approver
from intake.transition import Graduate, HandOverRefused
from models.calendar import Calendar
from models.roster import AbsenceKind
from models.rosters import RosterKind


@dataclass(frozen=True, slots=True)
class Taken:
    """What one kind of list brought."""

    taken: int
    unknown_children: int
    """Rows whose child is not on the roster."""
    left: int
    """Rows that say too little: not seen yet, no receiving school, no approver."""


async def _rows(
    connection: AsyncConnection, county: str, kind: RosterKind, term: str
) -> list[Row[Any]]:
    found = await connection.execute(
        text(
            "select r.*, i.imported_by from roster_row r"
            " left join roster_import i on i.id = r.import_id"
            " where r.county = :county and r.kind = :kind and r.term = :term order by r.key, r.source"
        ),
        {"county": county, "kind": kind.value, "term": term},
    )
    return list(found)


async def take_registrations(
    connection: AsyncConnection, county: str, term: str, term_start: date, *, by: str
) -> Taken:
    """Register everyone a registration list shows with the day of registering."""
    by_day: dict[tuple[str, date], list[UUID]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for row in await _rows(connection, county, RosterKind.REGISTRATION, term):
        if row.child_ref is None:
            counts["unknown"] += 1
        elif row.school is None or row.happened_on is None:
            counts["left"] += 1
        else:
            counts["taken"] += 1
            by_day[row.school, row.happened_on].append(row.child_ref)
    for (school, day), children in sorted(by_day.items()):
        await first_week.register(connection, children, school, term_start, on=day, by=by)
    return _taken(counts)


async def take_graduates(
    connection: AsyncConnection, county: str, term: str, school_year: int, basis: Basis
) -> Taken:
    """Make the hand-over lists of the graduates of ``term`` (entering ``school_year``).

    A graduate without a receiving school stays on the list of what is left: every graduate's
    whereabouts must be filled in (DC-2.4.1b).
    """
    graduates = []
    counts: Counter[str] = Counter()
    for row in await _rows(connection, county, RosterKind.GRADUATES, term):
        if row.child_ref is None:
            counts["unknown"] += 1
        elif row.school is None or row.whereabouts_school is None:
            counts["left"] += 1
        else:
            graduates.append(
                Graduate(row.whereabouts_school, row.child_ref, row.school, row.whereabouts)
            )
    pairs: dict[tuple[str, str], list[Graduate]] = defaultdict(list)
    for graduate in graduates:
        pairs[graduate.primary_school, graduate.junior_school].append(graduate)
    for _, these in sorted(pairs.items()):
        try:
            async with connection.begin_nested():
                await transition.make_hand_over(
                    connection, school_year, these, by=basis.by, at=basis.at
                )
            counts["taken"] += len(these)
        except HandOverRefused:  # the list is signed: a later graduate is for the two schools
            counts["left"] += len(these)
    return _taken(counts)


async def take_arrivals(
    connection: AsyncConnection, county: str, term: str, school_year: int
) -> Taken:
    """Mark everyone a junior school's list shows with the day of arriving."""
    by_day: dict[tuple[str, date], list[UUID]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for row in await _rows(connection, county, RosterKind.JUNIOR_ARRIVALS, term):
        if row.child_ref is None:
            counts["unknown"] += 1
        elif row.school is None or row.happened_on is None:
            counts["left"] += 1
        else:
            counts["taken"] += 1
            by_day[row.school, row.happened_on].append(row.child_ref)
    for (school, day), children in sorted(by_day.items()):
        await transition.arrive(connection, school_year, school, children, day)
    return _taken(counts)


async def take_leave_slips(
    connection: AsyncConnection, county: str, term: str, basis: Basis, levels: str
) -> Taken:
    """Write down the slips of a list as approved by whom it names; without an approver they wait.

    Whoever sent the list in is not its approver. The children are recounted at once.
    """
    counts: Counter[str] = Counter()
    touched = []
    for row in await _rows(connection, county, RosterKind.LEAVE_SLIPS, term):
        if row.child_ref is None:
            counts["unknown"] += 1
        elif row.school is None or row.leave_from is None or row.leave_to is None:
            counts["left"] += 1
        elif await _put_slip(connection, row, basis, levels):
            counts["taken"] += 1
            touched.append((row.child_ref, row.leave_from))
        else:
            counts["left"] += 1
    await follow_up(connection, touched, basis)
    return _taken(counts)


async def _put_slip(connection: AsyncConnection, row: Row[Any], basis: Basis, levels: str) -> bool:
    calendar: Calendar = basis.calendar
    days = calendar.school_days_between(row.leave_from, row.leave_to, row.school)
    is_decided = bool(row.approved_by) and row.approved_by != row.imported_by
    if days == 0 or not is_decided:
        return False
    slip = uuid5(NAMESPACE_URL, f"leave-list/{row.child_ref}/{row.leave_from}/{row.leave_to}")
    kind = AbsenceKind.SICK if "病" in row.reason else AbsenceKind.LEAVE
    await connection.execute(
        text("""
            insert into leave_slip (id, child_ref, school, kind, first_on, last_on, school_days,
                reason, is_guardian_signed, approver_role, status, asked_at, asked_by, decided_at,
                decided_by, decided_role, decision_note)
            values (:id, :child, :school, :kind, :first, :last, :days, :reason, false, :role,
                    'approved', :at, :asker, :at, :approver, :role, '按请假名册导入')
            on conflict (id) do nothing
        """),
        {
            "id": slip, "child": row.child_ref, "school": row.school, "kind": kind.value,
            "first": row.leave_from, "last": row.leave_to, "days": days, "reason": row.reason,
            "role": approver(levels, days).value, "at": basis.at,
            "asker": row.imported_by or basis.by, "approver": row.approved_by,
        },
    )  # fmt: skip
    return True


def _taken(counts: Counter[str]) -> Taken:
    return Taken(counts["taken"], counts["unknown"], counts["left"])
