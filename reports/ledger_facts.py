"""What 台账 prints beside the case itself: groups, sponsors, receipts of the outside platforms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.platform_layouts import platforms
from lifecycle.responsibility import Whereabouts, class_place, line_of
from models.groups import GroupLabel
from models.responsibility import ResponsibilitySlot
from models.seats import Level
from models.words import ReportLine
from reports.case_lines import CaseLine
from storage.responsibility import holders_on

RELIEF = "government_relief"
"""The platform the three-line report goes to: its receipt stands in the case."""
_slot: Any = ResponsibilitySlot


@dataclass(frozen=True)
class Beside:
    """The particulars of one case that stand in other tables; an empty text is not held."""

    groups: str = ""
    township_sponsors: str = ""
    village_sponsors: str = ""
    school_sponsors: str = ""
    receipts: dict[str, str] = field(default_factory=dict)
    """Receipt number by the key of the platform."""


async def beside(
    connection: AsyncConnection, lines: Sequence[CaseLine], on: date, *, confidential: bool
) -> dict[UUID, Beside]:
    """Read the particulars of every case; labels of health and crime only if ``confidential``."""
    groups = await _groups(connection, lines, on, confidential)
    sponsors = await _sponsors(connection, lines)
    at_school = await _at_school(connection, lines, on)
    receipts = await _receipts(connection, lines)
    found = {}
    for line in lines:
        township, village = sponsors.get(line.case_id, ("", ""))
        found[line.case_id] = Beside(
            groups.get(line.child_ref, ""), township, village, at_school.get(line.case_id, ""),
            receipts.get(line.case_id, {}),
        )  # fmt: skip
    return found


async def _groups(
    connection: AsyncConnection, lines: Sequence[CaseLine], on: date, confidential: bool
) -> dict[UUID, str]:
    labels = [each for each in GroupLabel if confidential or not each.is_confidential]
    query = text(
        "select child_ref, label from child_group where child_ref = any(cast(:refs as uuid[]))"
        " and since <= :on and (until is null or until > :on)"
    )
    rows = await connection.execute(query, {"refs": [line.child_ref for line in lines], "on": on})
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row.child_ref, set()).add(row.label)
    return {
        ref: "、".join(label.label for label in labels if label.value in these)
        for ref, these in found.items()
    }


async def _sponsors(
    connection: AsyncConnection, lines: Sequence[CaseLine]
) -> dict[UUID, tuple[str, str]]:
    """Give those the township named when it signed for the order: its own, the village's."""
    query = text(
        "select distinct on (case_id) case_id, body::jsonb #> '{event,sponsors}' as sponsors"
        " from case_event where kind = 'order_accepted'"
        " and case_id = any(cast(:cases as uuid[])) order by case_id, seq desc"
    )
    rows = await connection.execute(query, {"cases": [line.case_id for line in lines]})

    def named(sponsors: list[dict[str, Any]], village: bool) -> str:
        return "、".join(s["name"] for s in sponsors if s["is_village_based"] is village)

    return {
        row.case_id: (named(row.sponsors, village=False), named(row.sponsors, village=True))
        for row in rows
    }


async def _at_school(
    connection: AsyncConnection, lines: Sequence[CaseLine], on: date
) -> dict[UUID, str]:
    """Give who holds the seat of the child's class, or those of its school where nobody does."""
    held: dict[str, list[Any]] = {}
    for county in {line.state.county for line in lines}:
        held[county] = await holders_on(connection, _slot.county == county, on)
    found = {}
    for line in lines:
        where = Whereabouts(
            county="", township="", school=line.school,
            class_place=class_place(line.grade, line.class_number),
        )  # fmt: skip
        rows = line_of(held[line.state.county], where, on)
        of_class = [row for row in rows if row.level == Level.CLASS.value]
        of_school = [row for row in rows if row.level == Level.SCHOOL.value]
        found[line.case_id] = "、".join(row.person for row in of_class or of_school)
    return found


async def _receipts(
    connection: AsyncConnection, lines: Sequence[CaseLine]
) -> dict[UUID, dict[str, str]]:
    found = {
        line.case_id: {RELIEF: receipt}
        for line in lines
        if (receipt := line.state.reports.get(ReportLine.PLATFORM))
    }
    query = text(
        "select case_id, platform, receipt_no from platform_entry where receipt_no is not null"
        " and case_id = any(cast(:cases as uuid[])) and platform = any(:platforms)"
    )
    keys = {"cases": [line.case_id for line in lines], "platforms": list(platforms())}
    for row in await connection.execute(query, keys):
        found.setdefault(row.case_id, {})[row.platform] = row.receipt_no
    return found
