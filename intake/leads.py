"""Turn runs of absence into leads, inside the import's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.attendance_store import ChildDayKey
from intake.cutoff import END_OF_DAY
from intake.detect import (
    ABSENCE_DAYS,
    AbsenceRun,
    AbsentDay,
    ClassReport,
    Coverage,
    Stays,
    find_runs,
)
from intake.lead_store import (
    FoundLead,
    KnownLead,
    extend,
    known_leads,
    note_doubts,
    open_leads,
    revive,
    withdraw,
)
from intake.places import stays_of
from intake.report import LeadOutcome, StreakChange
from intake.tasks import warn, warning_levels
from intake.unknown import unknown_of
from models.calendar import Calendar
from models.roster import AbsenceKind, LeadStatus, lead_id
from models.words import LeadSource


@dataclass(frozen=True, slots=True)
class Basis:
    """Who reports, when, and by which rules it is looked at."""

    by: str
    at: datetime
    as_of: date
    """Today: no day after it counts."""
    calendar: Calendar
    cutoff: str = END_OF_DAY
    absence_days: int = ABSENCE_DAYS
    warning_days: str = "1:class_teacher,2:principal"
    """Parameter ``absence_warning_days``: who contacts the guardian on which day of absence."""


async def follow_up(
    connection: AsyncConnection, touched: Sequence[ChildDayKey], basis: Basis
) -> LeadOutcome:
    """Look at every child whose attendance was touched; open, extend and take back leads."""
    children = sorted({child_ref for child_ref, _ in touched})
    if not children:
        return LeadOutcome()
    stays = await stays_of(connection, children)
    coverage = Coverage(await _reports(connection, stays, basis.as_of), basis.as_of)
    every = await _find(connection, stays, coverage, basis, 1)
    await warn(connection, children, every, warning_levels(basis.warning_days), basis.as_of)
    runs = [run for run in every if run.day_count >= basis.absence_days]
    known = await known_leads(connection, children)
    wanted = _compare(runs, known, basis.absence_days)
    await open_leads(connection, wanted.opened, basis.as_of)
    await revive(connection, wanted.revived)
    await extend(connection, wanted.extended, known)
    contradicted = _contradicted(runs, known)
    withdrawn = await withdraw(connection, contradicted)
    await note_doubts(connection, wanted.living)
    touched_days = set(touched)
    return LeadOutcome(
        opened=tuple(lead.id for lead in wanted.opened),
        extended=tuple(lead.id for lead in wanted.extended),
        contradicted=tuple(lead.id for lead in contradicted if lead.id not in withdrawn),
        ended_runs=tuple(
            run
            for run in runs
            if not run.is_ongoing and any((run.child_ref, day) in touched_days for day in run.days)
        ),
        covered_until=tuple(sorted(coverage.schools.items())),
        withdrawn=tuple(sorted(withdrawn)),
        revived=tuple(lead.id for lead in wanted.revived),
    )


async def runs_of(
    connection: AsyncConnection, children: Sequence[UUID], basis: Basis, *, shortest: int
) -> list[AbsenceRun]:
    """Give every run of at least ``shortest`` days of these children, as things stand now."""
    if not children:
        return []
    stays = await stays_of(connection, children)
    coverage = Coverage(await _reports(connection, stays, basis.as_of), basis.as_of)
    return await _find(connection, stays, coverage, basis, shortest)


async def _find(
    connection: AsyncConnection,
    stays: dict[UUID, Stays],
    coverage: Coverage,
    basis: Basis,
    shortest: int,
) -> list[AbsenceRun]:
    return find_runs(
        await _absences(connection, list(stays), basis.as_of),
        places=stays,
        coverage=coverage,
        calendar=basis.calendar,
        absence_days=shortest,
        unknown=await unknown_of(connection, stays),
    )


def streak_changes(
    corrected: Iterable[ChildDayKey], before: Sequence[AbsenceRun], after: Sequence[AbsenceRun]
) -> tuple[StreakChange, ...]:
    """Set the runs a correction touched against those that stand in their place now."""
    days: dict[UUID, set[date]] = defaultdict(set)
    for child_ref, day in corrected:
        days[child_ref].add(day)
    found = []
    for child_ref, these in sorted(days.items()):
        was = _touching(before, child_ref, min(these), max(these))
        first = min([run.first_on for run in was], default=min(these))
        last = max([run.last_on for run in was], default=max(these))
        now = _touching(after, child_ref, min(first, *these), max(last, *these))
        change = StreakChange(child_ref, _spans(was), _spans(now))
        if change.before != change.after:
            found.append(change)
    return tuple(found)


def _touching(
    runs: Iterable[AbsenceRun], child_ref: UUID, first: date, last: date
) -> list[AbsenceRun]:
    return [
        run
        for run in runs
        if run.child_ref == child_ref and run.first_on <= last and first <= run.last_on
    ]


def _spans(runs: Iterable[AbsenceRun]) -> tuple[tuple[date, date, int], ...]:
    return tuple((run.first_on, run.last_on, run.day_count) for run in runs)


@dataclass(slots=True)
class _Wanted:
    """What the ongoing runs ask for."""

    opened: list[FoundLead]
    revived: list[FoundLead]
    extended: list[FoundLead]
    living: dict[UUID, AbsenceRun]
    """The run each living lead speaks of now."""


def _compare(
    runs: Sequence[AbsenceRun], known: dict[UUID, list[KnownLead]], absence_days: int
) -> _Wanted:
    """Divide what the ongoing runs ask for into new leads and changes to known ones."""
    wanted = _Wanted([], [], [], {})
    current: dict[UUID, FoundLead] = {}
    before: dict[UUID, KnownLead] = {}
    for run in runs:
        same = [lead for lead in known[run.child_ref] if lead.touches(run)]
        living = [lead for lead in same if lead.is_living]
        if living:
            # A correction may split a lead's run in two: the later one, still going on, counts.
            lead = living[0]
            before[lead.id] = lead
            current[lead.id] = FoundLead(
                lead.id, run.child_ref, run.first_on, run.last_on, run.day_count
            )
            wanted.living[lead.id] = run
            continue
        taken_back = [lead for lead in same if lead.status is LeadStatus.WITHDRAWN]
        # A dismissal speaks for the days it was made about, not for the days that follow.
        dismissed = [lead for lead in same if lead.status is LeadStatus.DISMISSED]
        judged_until = max((lead.last_absent_on for lead in dismissed), default=date.min)
        days = [day for day in run.days if day > judged_until]
        if not run.is_ongoing or len(days) < absence_days:
            continue
        new_id = lead_id(run.child_ref, days[0], LeadSource.ATTENDANCE)
        if taken_back:
            new_id = taken_back[0].id
        found = FoundLead(new_id, run.child_ref, days[0], days[-1], len(days))
        (wanted.revived if taken_back else wanted.opened).append(found)
        wanted.living[new_id] = run
    wanted.extended = [now for now in current.values() if now != before[now.id][:5]]
    return wanted


def _contradicted(
    runs: Sequence[AbsenceRun], known: dict[UUID, list[KnownLead]]
) -> list[KnownLead]:
    by_child: dict[UUID, list[AbsenceRun]] = defaultdict(list)
    for run in runs:
        by_child[run.child_ref].append(run)
    return [
        lead
        for child_ref, leads in sorted(known.items())
        for lead in leads
        if lead.is_living and not any(lead.touches(run) for run in by_child[child_ref])
    ]


async def _reports(
    connection: AsyncConnection, stays: dict[UUID, Stays], as_of: date
) -> list[ClassReport]:
    """Give every reported day of the children's classes, and the last of their schools' others."""
    places = {stay.place for these in stays.values() for stay in these}
    rows = await connection.execute(
        text("""
            select r.school, r.code, d.day, d.is_full_attendance or d.is_complete as is_whole
            from class_room r join class_day d on d.class_code = r.code
            where r.code = any(cast(:codes as text[])) and d.day <= :as_of
            union all
            select r.school, r.code, max(d.day), bool_or(d.is_full_attendance or d.is_complete)
            from class_room r join class_day d on d.class_code = r.code
            where r.school = any(cast(:schools as text[])) and d.day <= :as_of
              and r.code <> all(cast(:codes as text[]))
            group by r.school, r.code
        """),
        {
            "codes": sorted({place.class_code for place in places}),
            "schools": sorted({place.school for place in places}),
            "as_of": as_of,
        },
    )
    return [ClassReport(r.school, r.code, r.day, r.is_whole) for r in rows]


async def _absences(
    connection: AsyncConnection, children: list[UUID], as_of: date
) -> list[AbsentDay]:
    """Give the absences; a day within an approved leave slip is excused, whatever was reported."""
    rows = await connection.execute(
        text("""
            select a.child_ref, a.day, a.kind,
                   exists (select 1 from leave_slip s where s.child_ref = a.child_ref
                           and s.status in ('approved', 'ended') and a.day >= s.first_on
                           and a.day <= s.last_on and (s.back_on is null or a.day < s.back_on))
                   as is_on_leave
            from absence a
            where a.child_ref = any(cast(:refs as uuid[])) and a.day <= :as_of
        """),
        {"refs": children, "as_of": as_of},
    )
    unexcused = AbsenceKind.UNEXCUSED.value
    return [
        AbsentDay(row.child_ref, row.day, row.kind != unexcused or row.is_on_leave) for row in rows
    ]
