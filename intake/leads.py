"""Turn runs of absence into leads, inside the import's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.attendance_store import ChildDayKey
from intake.detect import AbsenceRun, AbsentDay, ClassReport, Coverage, Place, find_runs
from intake.report import LeadOutcome
from models.calendar import Calendar
from models.roster import AbsenceKind, LeadStatus, lead_id
from models.words import LeadSource


class KnownLead(NamedTuple):
    id: UUID
    child_ref: UUID
    absent_since: date
    last_absent_on: date
    absent_days: int
    status: LeadStatus

    def touches(self, run: AbsenceRun) -> bool:
        return self.absent_since <= run.last_on and run.first_on <= self.last_absent_on


class FoundLead(NamedTuple):
    id: UUID
    child_ref: UUID
    absent_since: date
    last_absent_on: date
    absent_days: int


async def follow_up(
    connection: AsyncConnection,
    touched: Sequence[ChildDayKey],
    *,
    calendar: Calendar,
    as_of: date,
    absence_days: int,
) -> LeadOutcome:
    """Look at every child whose attendance was touched; open and extend leads."""
    children = sorted({child_ref for child_ref, _ in touched})
    if not children:
        return LeadOutcome()
    places = await _places(connection, children)
    coverage = Coverage(await _reports(connection, places.values(), as_of), as_of)
    runs = find_runs(
        await _absences(connection, children, as_of),
        places=places,
        coverage=coverage,
        calendar=calendar,
        absence_days=absence_days,
    )
    known = await _known_leads(connection, children)
    opened, extended = _compare(runs, known, absence_days)
    await _open(connection, opened, as_of)
    await _extend(connection, extended)
    touched_days = set(touched)
    return LeadOutcome(
        opened=tuple(lead.id for lead in opened),
        extended=tuple(lead.id for lead in extended),
        contradicted=_contradicted(runs, known),
        ended_runs=tuple(
            run
            for run in runs
            if not run.is_ongoing and any((run.child_ref, day) in touched_days for day in run.days)
        ),
        covered_until=tuple(sorted(coverage.schools.items())),
    )


def _compare(
    runs: Sequence[AbsenceRun], known: dict[UUID, list[KnownLead]], absence_days: int
) -> tuple[list[FoundLead], list[FoundLead]]:
    """Divide what the ongoing runs ask for into new leads and changes to known ones."""
    opened: list[FoundLead] = []
    current: dict[UUID, FoundLead] = {}
    before: dict[UUID, KnownLead] = {}
    for run in runs:
        same = [lead for lead in known[run.child_ref] if lead.touches(run)]
        living = [lead for lead in same if lead.status is not LeadStatus.DISMISSED]
        if living:
            # A correction may split a lead's run in two: the later one, still going on, counts.
            lead = living[0]
            before[lead.id] = lead
            current[lead.id] = FoundLead(
                lead.id, run.child_ref, run.first_on, run.last_on, run.day_count
            )
            continue
        # A dismissal speaks for the days it was made about, not for the days that follow.
        judged_until = max((lead.last_absent_on for lead in same), default=date.min)
        days = [day for day in run.days if day > judged_until]
        if run.is_ongoing and len(days) >= absence_days:
            new_id = lead_id(run.child_ref, days[0], LeadSource.ATTENDANCE)
            opened.append(FoundLead(new_id, run.child_ref, days[0], days[-1], len(days)))
    extended = [now for now in current.values() if now != before[now.id][:5]]
    return opened, extended


def _contradicted(
    runs: Sequence[AbsenceRun], known: dict[UUID, list[KnownLead]]
) -> tuple[UUID, ...]:
    by_child: dict[UUID, list[AbsenceRun]] = defaultdict(list)
    for run in runs:
        by_child[run.child_ref].append(run)
    return tuple(
        lead.id
        for child_ref, leads in sorted(known.items())
        for lead in leads
        if lead.status is not LeadStatus.DISMISSED
        and not any(lead.touches(run) for run in by_child[child_ref])
    )


async def _places(connection: AsyncConnection, children: list[UUID]) -> dict[UUID, Place]:
    """Give each child's school and its class of the latest school year on record."""
    rows = await connection.execute(
        text("""
            select distinct on (c.ref) c.ref, c.school, coalesce(r.code, '') as class_code
            from child c
            left join class_room r
              on (r.school, r.grade, r.number) = (c.school, c.grade, c.class_number)
            where c.ref = any(cast(:refs as uuid[]))
            order by c.ref, r.school_year desc nulls last
        """),
        {"refs": children},
    )
    return {row.ref: Place(row.school or "", row.class_code) for row in rows}


async def _reports(
    connection: AsyncConnection, places: Iterable[Place], as_of: date
) -> list[ClassReport]:
    """Give each class's last reported day; for the coverage the earlier ones say nothing more."""
    rows = await connection.execute(
        text("""
            select r.school, r.code, max(d.day) as day,
                   bool_or(d.is_full_attendance) as is_full_attendance
            from class_room r join class_day d on d.class_code = r.code
            where r.school = any(cast(:schools as text[])) and d.day <= :as_of
            group by r.school, r.code
        """),
        {"schools": sorted({place.school for place in places}), "as_of": as_of},
    )
    return [ClassReport(r.school, r.code, r.day, r.is_full_attendance) for r in rows]


async def _absences(
    connection: AsyncConnection, children: list[UUID], as_of: date
) -> list[AbsentDay]:
    rows = await connection.execute(
        text(
            "select child_ref, day, kind from absence"
            " where child_ref = any(cast(:refs as uuid[])) and day <= :as_of"
        ),
        {"refs": children, "as_of": as_of},
    )
    unexcused = AbsenceKind.UNEXCUSED.value
    return [AbsentDay(row.child_ref, row.day, row.kind != unexcused) for row in rows]


async def _known_leads(
    connection: AsyncConnection, children: list[UUID]
) -> dict[UUID, list[KnownLead]]:
    rows = await connection.execute(
        text("""
            select id, child_ref, absent_since,
                   coalesce(last_absent_on, absent_since) as last_absent_on, absent_days, status
            from lead
            where child_ref = any(cast(:refs as uuid[]))
              and source = :source and absent_since is not null
            order by absent_since, id
        """),
        {"refs": children, "source": LeadSource.ATTENDANCE.value},
    )
    known: dict[UUID, list[KnownLead]] = defaultdict(list)
    for row in rows:
        known[row.child_ref].append(
            KnownLead(
                row.id,
                row.child_ref,
                row.absent_since,
                row.last_absent_on,
                row.absent_days,
                LeadStatus(row.status),
            )
        )
    return known


async def _open(connection: AsyncConnection, leads: Sequence[FoundLead], as_of: date) -> None:
    if not leads:
        return
    await connection.execute(
        text("""
            insert into lead (id, child_ref, source, absent_since, last_absent_on, absent_days,
                              detected_on, status)
            select k.id, k.child_ref, :source, k.since, k.until, k.days, :as_of, :status
            from unnest(cast(:ids as uuid[]), cast(:refs as uuid[]), cast(:sinces as date[]),
                        cast(:untils as date[]), cast(:counts as integer[]))
                 as k(id, child_ref, since, until, days)
        """),
        {
            **_columns(leads),
            "source": LeadSource.ATTENDANCE.value,
            "status": LeadStatus.PENDING.value,
            "as_of": as_of,
        },
    )
    await connection.execute(
        text("""
            insert into outbox (kind, payload, dedupe_key)
            select 'open_lead', jsonb_build_object('lead_id', k.id), 'open_lead:' || k.id
            from unnest(cast(:ids as uuid[])) as k(id)
            on conflict do nothing
        """),
        {"ids": [lead.id for lead in leads]},
    )


async def _extend(connection: AsyncConnection, leads: Sequence[FoundLead]) -> None:
    """Bring known leads up to date; a lead keeps its id though its first day be corrected."""
    if leads:
        columns = _columns(leads)
        await connection.execute(
            text("""
                update lead
                set absent_since = k.since, last_absent_on = k.until, absent_days = k.days
                from unnest(cast(:ids as uuid[]), cast(:sinces as date[]), cast(:untils as date[]),
                            cast(:counts as integer[])) as k(id, since, until, days)
                where lead.id = k.id
            """),
            {key: columns[key] for key in ("ids", "sinces", "untils", "counts")},
        )


def _columns(leads: Sequence[FoundLead]) -> dict[str, list[object]]:
    return {
        "ids": [lead.id for lead in leads],
        "refs": [lead.child_ref for lead in leads],
        "sinces": [lead.absent_since for lead in leads],
        "untils": [lead.last_absent_on for lead in leads],
        "counts": [lead.absent_days for lead in leads],
    }
