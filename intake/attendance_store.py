"""Read and write attendance rows in bulk, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.roster import AbsenceKind, ImportKind, ImportRun

ChildDayKey = tuple[UUID, date]


class Stored(NamedTuple):
    kind: AbsenceKind
    reason: str


@dataclass(frozen=True, slots=True)
class EarlierRun:
    id: UUID
    rejected_rows: frozenset[int]


async def lock_attendance(connection: AsyncConnection) -> None:
    """Let one import at a time compare and write, until the transaction ends."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext('guixue.import.attendance'))")
    )


async def lock_school(connection: AsyncConnection, school: str) -> None:
    """Let one report at a time be written for a school; other schools' go on beside it."""
    await connection.execute(
        text("select pg_advisory_xact_lock_shared(hashtext('guixue.import.attendance'))")
    )
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext('guixue.attendance'), hashtext(:school))"),
        {"school": school},
    )


async def earlier_run(connection: AsyncConnection, sha256: str) -> EarlierRun | None:
    """Find the latest run of the very same file."""
    found = await connection.execute(
        text(
            "select id, rejected_rows from import_run where file_sha256 = :sha and kind = :kind"
            " order by imported_at desc, id limit 1"
        ),
        {"sha": sha256, "kind": ImportKind.ATTENDANCE.value},
    )
    row = found.one_or_none()
    return None if row is None else EarlierRun(row.id, frozenset(row.rejected_rows))


async def stored_absences(
    connection: AsyncConnection, keys: Sequence[ChildDayKey]
) -> dict[ChildDayKey, Stored]:
    rows = await connection.execute(
        text("""
            select a.child_ref, a.day, a.kind, a.reason
            from unnest(cast(:refs as uuid[]), cast(:days as date[])) as k(child_ref, day)
            join absence a using (child_ref, day)
        """),
        {"refs": [ref for ref, _ in keys], "days": [day for _, day in keys]},
    )
    return {(r.child_ref, r.day): Stored(AbsenceKind(r.kind), r.reason) for r in rows}


async def stored_absences_of_classes(
    connection: AsyncConnection, class_days: Sequence[tuple[str, date]]
) -> dict[ChildDayKey, Stored]:
    """Give the absences now on record for whole classes on these days."""
    rows = await connection.execute(
        text("""
            select a.child_ref, a.day, a.kind, a.reason
            from unnest(cast(:codes as text[]), cast(:days as date[])) as k(code, day)
            join class_room r on r.code = k.code
            join child c on (c.school, c.grade, c.class_number) = (r.school, r.grade, r.number)
            join absence a on a.child_ref = c.ref and a.day = k.day
        """),
        {"codes": [code for code, _ in class_days], "days": [day for _, day in class_days]},
    )
    return {(r.child_ref, r.day): Stored(AbsenceKind(r.kind), r.reason) for r in rows}


async def record_run(connection: AsyncConnection, run: ImportRun) -> None:
    await connection.execute(insert(ImportRun).values(**run.model_dump()))


async def put_absences(
    connection: AsyncConnection, import_id: UUID, rows: Iterable[tuple[ChildDayKey, Stored]]
) -> None:
    entries = list(rows)
    await remove_present_marks(connection, [key for key, _ in entries])
    await connection.execute(
        text("""
            insert into absence (child_ref, day, kind, reason, import_id)
            select k.child_ref, k.day, k.kind, k.reason, :import_id
            from unnest(cast(:refs as uuid[]), cast(:days as date[]),
                        cast(:kinds as text[]), cast(:reasons as text[]))
                 as k(child_ref, day, kind, reason)
            on conflict (child_ref, day) do update
            set kind = excluded.kind, reason = excluded.reason, import_id = excluded.import_id
        """),
        {
            "import_id": import_id,
            "refs": [ref for (ref, _), _ in entries],
            "days": [day for (_, day), _ in entries],
            "kinds": [stored.kind.value for _, stored in entries],
            "reasons": [stored.reason for _, stored in entries],
        },
    )


async def remove_absences(connection: AsyncConnection, keys: Sequence[ChildDayKey]) -> None:
    await connection.execute(
        text("""
            delete from absence a
            using unnest(cast(:refs as uuid[]), cast(:days as date[])) as k(child_ref, day)
            where (a.child_ref, a.day) = (k.child_ref, k.day)
        """),
        {"refs": [ref for ref, _ in keys], "days": [day for _, day in keys]},
    )


async def put_present_marks(
    connection: AsyncConnection, import_id: UUID, keys: Iterable[ChildDayKey]
) -> None:
    """Record that somebody said in so many words that the child was there."""
    entries = sorted(keys)
    await connection.execute(
        text("""
            insert into present_mark (child_ref, day, import_id)
            select k.child_ref, k.day, :import_id
            from unnest(cast(:refs as uuid[]), cast(:days as date[])) as k(child_ref, day)
            on conflict do nothing
        """),
        {
            "import_id": import_id,
            "refs": [ref for ref, _ in entries],
            "days": [day for _, day in entries],
        },
    )


async def remove_present_marks(connection: AsyncConnection, keys: Sequence[ChildDayKey]) -> None:
    await connection.execute(
        text("""
            delete from present_mark p
            using unnest(cast(:refs as uuid[]), cast(:days as date[])) as k(child_ref, day)
            where (p.child_ref, p.day) = (k.child_ref, k.day)
        """),
        {"refs": [ref for ref, _ in keys], "days": [day for _, day in keys]},
    )


async def put_class_days(
    connection: AsyncConnection,
    import_id: UUID,
    reported: dict[tuple[str, date], bool | None],
    *,
    is_complete: bool = False,
) -> int:
    """Record reported class-days with whether they were full; give how many are new.

    None says nothing about the class as a whole: it leaves a day on record as it is.
    ``is_complete`` says that whoever is not named was there; a full day is complete in any case.
    """
    entries = sorted(reported.items())
    result = await connection.execute(
        text("""
            insert into class_day (class_code, day, is_full_attendance, is_complete, import_id)
            select k.code, k.day, coalesce(k.is_full, s.is_full_attendance, false),
                   :is_complete or coalesce(k.is_full, false) or coalesce(s.is_complete, false),
                   :import_id
            from unnest(cast(:codes as text[]), cast(:days as date[]), cast(:fulls as boolean[]))
                 as k(code, day, is_full)
            left join class_day s on (s.class_code, s.day) = (k.code, k.day)
            on conflict (class_code, day) do update
            set is_full_attendance = excluded.is_full_attendance,
                is_complete = excluded.is_complete, import_id = excluded.import_id
            where (class_day.is_full_attendance, class_day.is_complete)
                  <> (excluded.is_full_attendance, excluded.is_complete)
            returning xmax = 0 as is_new
        """),
        {
            "import_id": import_id,
            "is_complete": is_complete,
            "codes": [code for (code, _), _ in entries],
            "days": [day for (_, day), _ in entries],
            "fulls": [is_full for _, is_full in entries],
        },
    )
    return sum(row.is_new for row in result)


async def record_reports(
    connection: AsyncConnection,
    import_id: UUID,
    class_days: Iterable[tuple[str, date]],
    *,
    by: str,
    at: datetime,
    channel: str,
    due_at: Callable[[date], datetime],
) -> None:
    """Write down who reported which class-day, and whether it came after the day's cut-off."""
    entries = sorted(set(class_days))
    if not entries:
        return
    due = [due_at(day) for _, day in entries]
    await connection.execute(
        text("""
            with counted as materialized (
                select r.code, a.day, count(*) as absent from absence a
                join child c on c.ref = a.child_ref
                join class_room r on (r.school, r.grade, r.number)
                                   = (c.school, c.grade, c.class_number)
                where a.day = any(cast(:each_day as date[]))
                  and r.code = any(cast(:each_code as text[]))
                group by r.code, a.day)
            insert into class_report (class_code, day, reported_at, reported_by, channel, due_at,
                                      is_late, absent_count, import_id)
            select k.code, k.day, :at, :by, :channel, k.due_at, k.due_at < :at,
                   coalesce(n.absent, 0), :import_id
            from unnest(cast(:codes as text[]), cast(:days as date[]), cast(:due as timestamptz[]))
                 as k(code, day, due_at)
            left join counted n on (n.code, n.day) = (k.code, k.day)
            on conflict do nothing
        """),
        {
            "at": at, "by": by, "channel": channel, "import_id": import_id, "due": due,
            "codes": [code for code, _ in entries], "days": [day for _, day in entries],
            "each_code": sorted({code for code, _ in entries}),
            "each_day": sorted({day for _, day in entries}),
        },
    )  # fmt: skip


async def watched_children(
    connection: AsyncConnection, class_days: Iterable[tuple[str, date]]
) -> list[ChildDayKey]:
    """Give the children whose count a report of their class may change though it names them not.

    They have a living lead, or an unknown day on one of these class-days.
    """
    entries = sorted(set(class_days))
    rows = await connection.execute(
        text("""
            with k as (
                select r.school, r.grade, r.number, k.code, k.day
                from unnest(cast(:codes as text[]), cast(:days as date[])) as k(code, day)
                join class_room r on r.code = k.code)
            select distinct c.ref, k.day from (select distinct child_ref from lead
                where status in ('pending', 'opened', 'joined')) l
            join child c on c.ref = l.child_ref
            join k on (k.school, k.grade, k.number) = (c.school, c.grade, c.class_number)
            union
            select c.ref, k.day from unknown_day u
            join k on (k.code, k.day) = (u.class_code, u.day)
            join child c on (c.school, c.grade, c.class_number) = (k.school, k.grade, k.number)
            where u.child_ref is null or u.child_ref = c.ref
        """),
        {"codes": [code for code, _ in entries], "days": [day for _, day in entries]},
    )
    return [(row.ref, row.day) for row in rows]
