"""Import a file of attendance by exception (`guixue import attendance FILE`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import attendance_store as store
from intake.attendance_store import ChildDayKey, EarlierRun, Stored
from intake.detect import ABSENCE_DAYS
from intake.error_file import hand_back
from intake.headers import find_tables
from intake.judging import ChildDay, Judgement, judge
from intake.leads import follow_up
from intake.reading import SourceFile, read_file
from intake.report import Change, ImportReport, LeadOutcome
from intake.roster import Roster, look_up
from intake.written_rows import WrittenRow, read_rows
from models.calendar import Calendar
from models.roster import AbsenceKind, ImportKind, ImportRun

CHINA = ZoneInfo("Asia/Shanghai")
log = structlog.get_logger(__name__)


async def import_attendance(
    connection: AsyncConnection,
    file: Path,
    *,
    by: str,
    calendar: Calendar,
    as_of: date | None = None,
    absence_days: int = ABSENCE_DAYS,
) -> ImportReport:
    """Take the good rows in, hand the bad rows back in a file beside the input, open leads.

    Everything is one transaction: the caller's if one is open (``engine.begin()``), else one of
    its own. ``as_of`` is today unless told; no day after it counts. Raises IntakeError when
    nothing can be read from the file.
    """
    as_of = as_of or datetime.now(CHINA).date()
    source, rows = await asyncio.to_thread(_read, file)
    async with _transaction(connection):
        await store.lock_attendance(connection)
        judgement = await _judge(connection, rows, calendar, as_of)
        earlier = await store.earlier_run(connection, source.sha256)
        if earlier is not None:
            judgement = judgement.only(earlier.rejected_rows)
        plan = await _plan(connection, judgement)
        report = await _carry_out(
            connection, source, rows, judgement, plan, earlier,
            by=by, calendar=calendar, as_of=as_of, absence_days=absence_days,
        )  # fmt: skip
        if report.rejected:
            path = await asyncio.to_thread(
                hand_back, file, report.rejected, is_known=report.is_void
            )
            report = replace(report, error_file=path)
    log.info(
        "attendance_imported",
        import_ref=str(report.import_id),
        total=report.rows_total,
        count=report.rows_ok,
    )
    return report


def _read(file: Path) -> tuple[SourceFile, list[WrittenRow]]:
    source = read_file(file)
    return source, read_rows(find_tables(source.sheets))


@asynccontextmanager
async def _transaction(connection: AsyncConnection) -> AsyncIterator[None]:
    if connection.in_transaction():
        yield
    else:
        async with connection.begin():
            yield


async def _judge(
    connection: AsyncConnection, rows: list[WrittenRow], calendar: Calendar, as_of: date
) -> Judgement:
    roster = await _roster_for(connection, rows)
    return await asyncio.to_thread(judge, rows, roster, calendar, as_of)


async def _roster_for(connection: AsyncConnection, rows: list[WrittenRow]) -> Roster:
    by_name = [row for row in rows if row.name and not (row.id_no or row.roll_no)]
    return await look_up(
        connection,
        id_numbers={row.id_no for row in rows if row.id_no},
        roll_numbers={row.roll_no for row in rows if row.roll_no},
        schools_by_name={row.school_code or row.school for row in by_name},
    )


@dataclass(slots=True)
class _Plan:
    """What differs between the file and what is on record."""

    put: dict[ChildDayKey, Stored] = field(default_factory=dict)
    remove: set[ChildDayKey] = field(default_factory=set)
    class_days: dict[tuple[str, date], bool | None] = field(default_factory=dict)
    """Whether nobody was absent; None where a row says only that one child was there."""
    touched: set[ChildDayKey] = field(default_factory=set)
    added: list[Change] = field(default_factory=list)
    replaced: list[Change] = field(default_factory=list)
    withdrawn: list[Change] = field(default_factory=list)
    unchanged: int = 0

    def compare(self, row: ChildDay, before: Stored | None) -> None:
        key = (row.child_ref, row.day)
        self.touched.add(key)
        class_day = (row.class_code, row.day)
        if not isinstance(row.mark, AbsenceKind):
            self.class_days.setdefault(class_day, None)
            if before is None:
                self.unchanged += 1
            else:
                self.withdraw(key, before)
            return
        self.class_days[class_day] = False
        now = Stored(row.mark, row.reason)
        if before == now:
            self.unchanged += 1
            return
        self.put[key] = now
        change = Change(*key, before.kind if before else None, now.kind)
        (self.replaced if before else self.added).append(change)

    def withdraw(self, key: ChildDayKey, before: Stored) -> None:
        if key not in self.remove:
            self.touched.add(key)
            self.remove.add(key)
            self.withdrawn.append(Change(*key, before.kind, None))


async def _plan(connection: AsyncConnection, judgement: Judgement) -> _Plan:
    keys = [(row.child_ref, row.day) for row in judgement.child_days]
    full_days = [(row.class_code, row.day) for row in judgement.full_days]
    stored = await store.stored_absences(connection, keys)
    plan = _Plan()
    for row in judgement.child_days:
        plan.compare(row, stored.get((row.child_ref, row.day)))
    of_classes = await store.stored_absences_of_classes(connection, full_days)
    for key, before in of_classes.items():
        plan.withdraw(key, before)
    plan.class_days.update(dict.fromkeys(full_days, True))
    return plan


async def _carry_out(
    connection: AsyncConnection,
    source: SourceFile,
    rows: list[WrittenRow],
    judgement: Judgement,
    plan: _Plan,
    earlier: EarlierRun | None,
    *,
    by: str,
    calendar: Calendar,
    as_of: date,
    absence_days: int,
) -> ImportReport:
    is_void = earlier is not None and not plan.class_days
    import_id = earlier.id if earlier is not None and is_void else uuid4()
    class_days, leads = 0, LeadOutcome()
    if not is_void:
        await store.record_run(
            connection, _run(import_id, source, len(rows), judgement, plan, by=by)
        )
        await store.put_absences(connection, import_id, plan.put.items())
        await store.remove_absences(connection, sorted(plan.remove))
        class_days = await store.put_class_days(connection, import_id, plan.class_days)
        leads = await follow_up(
            connection,
            sorted(plan.touched),
            calendar=calendar,
            as_of=as_of,
            absence_days=absence_days,
        )
    return ImportReport(
        import_id=import_id,
        file_name=source.name,
        file_sha256=source.sha256,
        is_repeat=earlier is not None,
        rows_total=len(rows),
        rows_ok=len(rows) - len(judgement.rejected),
        rejected=tuple(judgement.rejected),
        added=tuple(sorted(plan.added, key=_place)),
        replaced=tuple(sorted(plan.replaced, key=_place)),
        withdrawn=tuple(sorted(plan.withdrawn, key=_place)),
        unchanged=plan.unchanged,
        class_days=class_days,
        leads=leads,
        is_void=is_void,
    )


def _place(change: Change) -> ChildDayKey:
    return change.child_ref, change.day


def _run(
    import_id: UUID, source: SourceFile, total: int, judgement: Judgement, plan: _Plan, *, by: str
) -> ImportRun:
    rejected = [row.source.position for row in judgement.rejected]
    return ImportRun(
        id=import_id,
        kind=ImportKind.ATTENDANCE,
        file_name=source.name,
        file_sha256=source.sha256,
        imported_at=datetime.now(CHINA),
        imported_by=by,
        rows_total=total,
        rows_ok=total - len(rejected),
        rows_rejected=len(rejected),
        rows_added=len(plan.added),
        rows_replaced=len(plan.replaced),
        rows_withdrawn=len(plan.withdrawn),
        rows_unchanged=plan.unchanged,
        rejected_rows=rejected,
    )
