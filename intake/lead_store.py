"""Read and write leads of attendance, and the notes that say what became of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.detect import AbsenceRun
from models.roster import LeadStatus
from models.words import LeadSource


class KnownLead(NamedTuple):
    id: UUID
    child_ref: UUID
    absent_since: date
    last_absent_on: date
    absent_days: int
    status: LeadStatus

    @property
    def is_living(self) -> bool:
        return self.status not in {LeadStatus.DISMISSED, LeadStatus.WITHDRAWN}

    def touches(self, run: AbsenceRun) -> bool:
        return self.absent_since <= run.last_on and run.first_on <= self.last_absent_on


class FoundLead(NamedTuple):
    id: UUID
    child_ref: UUID
    absent_since: date
    last_absent_on: date
    absent_days: int


async def known_leads(
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


async def open_leads(connection: AsyncConnection, leads: Sequence[FoundLead], as_of: date) -> None:
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
            on conflict (id) do nothing
        """),
        {
            **_columns(leads),
            "source": LeadSource.ATTENDANCE.value,
            "status": LeadStatus.PENDING.value,
            "as_of": as_of,
        },
    )
    await owe_cases(connection, [lead.id for lead in leads])


async def owe_cases(connection: AsyncConnection, leads: Sequence[UUID]) -> None:
    """Owe the outbox a case for each lead; a lead taken back and found again is owed once more."""
    await connection.execute(
        text("""
            insert into outbox (kind, payload, dedupe_key)
            select 'open_lead', jsonb_build_object('lead_id', k.id),
                   'open_lead:' || k.id || case when n.times = 0 then '' else ':' || n.times end
            from unnest(cast(:ids as uuid[])) as k(id)
            cross join lateral (select count(*) as times from lead_note
                                where lead_id = k.id and kind = 'withdrawn') n
            on conflict do nothing
        """),
        {"ids": list(leads)},
    )


async def extend(
    connection: AsyncConnection,
    leads: Sequence[FoundLead],
    known: Mapping[UUID, Sequence[KnownLead]],
) -> None:
    """Bring known leads up to date; a lead keeps its id though its first day be corrected."""
    if not leads:
        return
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
    before = {lead.id: lead for these in known.values() for lead in these}
    for lead in leads:
        was, now = _said(before[lead.id]), _said(lead)
        await note(connection, lead.id, "changed", f"考勤变动：原为{was}，现为{now}。")


async def revive(connection: AsyncConnection, leads: Sequence[FoundLead]) -> None:
    """Bring back leads once taken back: the attendance shows the absence again."""
    for lead in leads:
        await connection.execute(
            text(
                "update lead set status = 'pending', absent_since = :since,"
                " last_absent_on = :until, absent_days = :days where id = :id"
            ),
            {
                "id": lead.id, "since": lead.absent_since, "until": lead.last_absent_on,
                "days": lead.absent_days,
            },
        )  # fmt: skip
        await note(connection, lead.id, "revived", f"考勤再次显示缺勤：{_said(lead)}。")
    if leads:
        await owe_cases(connection, [lead.id for lead in leads])


async def withdraw(connection: AsyncConnection, leads: Sequence[KnownLead]) -> set[UUID]:
    """Take back the leads no case has been made of; note it on the others. Nothing is deleted.

    A debt in delivery can no longer be stopped: its case will be opened, and carries the note.
    """
    taken_back: set[UUID] = set()
    for lead in leads:
        if lead.status is LeadStatus.PENDING:
            stopped = await connection.execute(
                text("""
                    update outbox set done_at = now(), problem = '缺勤已更正，未立案'
                    where id in (
                        select id from outbox where kind = 'open_lead' and done_at is null
                          and (claimed_until is null or claimed_until < now()) and attempts = 0
                          and payload->>'lead_id' = :id
                        for update skip locked)
                """),
                {"id": str(lead.id)},
            )
            if stopped.rowcount:
                taken_back.add(lead.id)
                await connection.execute(
                    text("update lead set status = 'withdrawn' where id = :id"), {"id": lead.id}
                )
        kind = "withdrawn" if lead.id in taken_back else "contradicted"
        said = "已撤回" if lead.id in taken_back else "请经办人核实后决定是否排除"
        await note(connection, lead.id, kind, f"更正后的考勤不再显示{_said(lead)}，{said}。")
    return taken_back


async def note_doubts(connection: AsyncConnection, living: Mapping[UUID, AbsenceRun]) -> None:
    """Name on each lead the days inside its absence that nobody knows about, and a transfer."""
    for lead, run in sorted(living.items()):
        if run.unknown_days:
            days = "、".join(day.isoformat() for day in run.unknown_days)
            await note(connection, lead, "unknown_days", f"期间出勤不明（未计入天数）：{days}。")
        if len(run.schools) > 1:
            schools = "、".join(run.schools)
            await note(connection, lead, "transferred", f"缺勤期间转学，先后所在学校：{schools}。")


async def note(connection: AsyncConnection, lead: UUID, kind: str, said: str) -> None:
    """Join a note to a lead; the same words as its last note are not said twice."""
    await connection.execute(
        text("""
            insert into lead_note (lead_id, kind, said)
            select :lead, cast(:kind as text), cast(:said as text)
            where not exists (
                select 1 from (select kind, said from lead_note where lead_id = :lead
                               and kind = :kind order by noted_at desc limit 1) last
                where last.said = :said)
        """),
        {"lead": lead, "kind": kind, "said": said},
    )


async def notes_of(connection: AsyncConnection, lead: UUID) -> list[tuple[str, str]]:
    """Give a lead's notes in order, (kind, sentence)."""
    rows = await connection.execute(
        text("select kind, said from lead_note where lead_id = :lead order by noted_at, id"),
        {"lead": lead},
    )
    return [(row.kind, row.said) for row in rows]


async def leads_with_notes(
    connection: AsyncConnection, *, school: str | None = None, case_id: UUID | None = None
) -> list[dict[str, Any]]:
    """List the leads a school answers for, or those of one case, each with its notes in order."""
    rows = await connection.execute(
        text("""
            select l.id, l.child_ref, c.name as child_name, l.source, l.absent_since,
                   l.last_absent_on, l.absent_days, l.detected_on, l.status, f.case_no,
                   coalesce((select jsonb_agg(jsonb_build_object('kind', n.kind, 'said', n.said,
                                                                 'noted_at', n.noted_at)
                                              order by n.noted_at, n.id)
                             from lead_note n where n.lead_id = l.id), '[]') as notes
            from lead l join child c on c.ref = l.child_ref
            left join case_file f on f.case_id = l.case_id
            where (cast(:school as text) is not null and coalesce(l.school, c.school) = :school)
               or l.case_id = cast(:case as uuid)
            order by l.detected_on, l.id
        """),
        {"school": school, "case": case_id},
    )
    return [dict(row._mapping) for row in rows]


def _said(lead: KnownLead | FoundLead) -> str:
    return f"{lead.absent_since}至{lead.last_absent_on}旷课{lead.absent_days}天"


def _columns(leads: Sequence[FoundLead]) -> dict[str, list[object]]:
    return {
        "ids": [lead.id for lead in leads],
        "refs": [lead.child_ref for lead in leads],
        "sinces": [lead.absent_since for lead in leads],
        "untils": [lead.last_absent_on for lead in leads],
        "counts": [lead.absent_days for lead in leads],
    }
