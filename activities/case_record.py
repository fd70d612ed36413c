"""What the ledger tells of the work done on a case, in the words of its papers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models import events as e
from models.state import CaseState
from papers.fields import SponsorLine, Stretch, Visit
from storage.chain import read

_TOLD = (
    "guardian_contacted", "school_informed", "report_filed", "visit_recorded", "order_accepted",
    "monitoring_recorded", "correction_order_issued",
)  # fmt: skip
LONGEST = 20
"""So many lines of work are printed, the latest ones."""


async def told_events(
    connection: AsyncConnection, case_id: UUID, kinds: tuple[str, ...] = _TOLD
) -> list[e.CaseEvent]:
    """Return the case's events of some kinds, in order."""
    query = text(
        "select body from case_event where case_id = :case_id and kind = any(:kinds) order by seq"
    )
    rows = await connection.execute(query, {"case_id": case_id, "kinds": list(kinds)})
    return [read(body).event for body in rows.scalars()]


async def record_values(connection: AsyncConnection, state: CaseState, key: str) -> dict[str, Any]:
    """Return work done, visits, sponsors and monitored stretches, as paper ``key`` prints them."""
    events = await told_events(connection, UUID(state.case_id))
    relations = {guardian.ref: guardian.relation for guardian in state.guardians}
    return {
        "work_done": tuple(_lines(events))[-LONGEST:],
        "visits": tuple(
            _visit(event, relations) for event in events if isinstance(event, e.VisitRecorded)
        ),
        "sponsors": tuple(
            SponsorLine(name=s.name, post=s.post, side="驻村（社区）" if s.is_village_based else "乡镇")
            for event in events
            if isinstance(event, e.OrderAccepted)
            for s in event.sponsors
        ),
        "stretches": tuple(
            Stretch(
                from_on=str(event.from_on), to_on=str(event.to_on),
                attendance=f"{event.attendance_percent}%", child_words=event.child_words,
                note=event.note,
            )
            for event in events
            if isinstance(event, e.MonitoringRecorded)
        ),
    }  # fmt: skip


def _lines(events: list[e.CaseEvent]) -> Iterator[str]:
    for event in events:
        on = f"{event.happened_on.month}月{event.happened_on.day}日"
        if isinstance(event, e.GuardianContacted):
            reached = "已联系上" if event.was_reached else "未联系上"
            yield f"{on}，{event.method}联系监护人，{reached}"
        elif isinstance(event, e.SchoolInformed):
            yield f"{on}，班主任向学校报告"
        elif isinstance(event, e.ReportFiled):
            yield f"{on}，向{event.line.label}报送"
        elif isinstance(event, e.VisitRecorded):
            together = "联合" if event.is_joint else ""
            yield f"{on}，{'、'.join(event.organs)}{together}入户劝返，结果：{event.result.label}"
        elif isinstance(event, e.CorrectionOrderIssued):
            yield f"{on}，签发责令限期改正通知书"


def _visit(event: e.VisitRecorded, relations: dict[str, str]) -> Visit:
    met = [relations.get(ref, "监护人") for ref in event.met]
    return Visit(
        on=str(event.happened_on),
        visitors="、".join(event.visitors),
        organs="、".join(event.organs),
        met="、".join([*met, *(["学生"] if event.was_child_met else [])]) or "未见到人",
        child_words=event.child_words,
        result=event.result.label,
        note=event.note,
    )
