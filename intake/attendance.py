"""Import a file of attendance by exception (`guixue import attendance FILE`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import attendance_store as store
from intake.attendance_plan import Plan, plan_for, write_plan
from intake.attendance_store import ChildDayKey, EarlierRun
from intake.basis import with_rules
from intake.error_file import hand_back
from intake.headers import find_tables
from intake.judging import Judgement, judge
from intake.leads import Basis
from intake.reading import SourceFile, read_file
from intake.report import Change, ImportReport, LeadOutcome
from intake.roster import Roster, look_up
from intake.written_rows import WrittenRow, read_rows
from models.calendar import Calendar
from models.roster import ImportKind, ImportRun
from storage.rules import policy_of

CHINA = ZoneInfo("Asia/Shanghai")
log = structlog.get_logger(__name__)


async def import_attendance(
    connection: AsyncConnection,
    file: Path,
    *,
    by: str,
    calendar: Calendar,
    as_of: date | None = None,
    absence_days: int | None = None,
    cutoff: str | None = None,
    at: datetime | None = None,
) -> ImportReport:
    """Take the good rows in, hand the bad rows back in a file beside the input, open leads.

    Everything is one transaction: the caller's if one is open (``engine.begin()``), else one of
    its own. ``as_of`` is today unless told; no day after it counts. ``absence_days`` and
    ``cutoff`` are those of the county's rules unless told. Raises IntakeError when nothing can be
    read from the file.
    """
    at = at or datetime.now(CHINA)
    as_of = as_of or at.astimezone(CHINA).date()
    source, rows = await asyncio.to_thread(_read, file)
    async with _transaction(connection):
        await store.lock_attendance(connection)
        judgement = await _judge(connection, rows, calendar, as_of)
        earlier = await store.earlier_run(connection, source.sha256)
        if earlier is not None:
            judgement = judgement.only(earlier.rejected_rows)
        plan = await plan_for(connection, judgement)
        basis = await _basis(connection, plan, Basis(by, at, as_of, calendar), absence_days, cutoff)
        report = await _carry_out(
            connection, source, rows, judgement, plan, earlier,
            basis=basis,
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


async def _carry_out(
    connection: AsyncConnection,
    source: SourceFile,
    rows: list[WrittenRow],
    judgement: Judgement,
    plan: Plan,
    earlier: EarlierRun | None,
    *,
    basis: Basis,
) -> ImportReport:
    is_void = earlier is not None and not plan.class_days
    import_id = earlier.id if earlier is not None and is_void else uuid4()
    class_days, leads = 0, LeadOutcome()
    if not is_void:
        run = _run(import_id, source, len(rows), judgement, plan, basis)
        unclear = judgement.unclear
        class_days, leads = await write_plan(connection, run, plan, unclear, basis=basis)
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
        unknown_days=len({(row.class_code, row.child_ref, row.day) for row in judgement.unclear}),
        hidden=source.hidden,
    )


async def _basis(
    connection: AsyncConnection,
    plan: Plan,
    basis: Basis,
    absence_days: int | None,
    cutoff: str | None,
) -> Basis:
    """Complete the basis with the rules of the county whose classes the file reports."""
    found = await connection.execute(
        text(
            "select s.county from class_room r join school s on s.code = r.school"
            " where r.code = any(cast(:codes as text[])) order by 1 limit 1"
        ),
        {"codes": [code for code, _ in plan.class_days]},
    )
    county = found.scalar_one_or_none()
    if county is not None:
        basis = with_rules(basis, await policy_of(connection, county, basis.as_of))
    if absence_days is not None:
        basis = replace(basis, absence_days=absence_days)
    return basis if cutoff is None else replace(basis, cutoff=cutoff)


def _place(change: Change) -> ChildDayKey:
    return change.child_ref, change.day


def _run(
    import_id: UUID,
    source: SourceFile,
    total: int,
    judgement: Judgement,
    plan: Plan,
    basis: Basis,
) -> ImportRun:
    rejected = [row.source.position for row in judgement.rejected]
    return ImportRun(
        id=import_id,
        kind=ImportKind.ATTENDANCE,
        file_name=source.name,
        file_sha256=source.sha256,
        imported_at=basis.at,
        imported_by=basis.by,
        rows_total=total,
        rows_ok=total - len(rejected),
        rows_rejected=len(rejected),
        rows_added=len(plan.added),
        rows_replaced=len(plan.replaced),
        rows_withdrawn=len(plan.withdrawn),
        rows_unchanged=plan.unchanged,
        rejected_rows=rejected,
    )
