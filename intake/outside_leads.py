"""Write leads that do not come from attendance, and owe the outbox their cases."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.lead_store import owe_cases
from models.roster import lead_id
from models.words import LeadSource


class NewLead(NamedTuple):
    child_ref: UUID
    source: LeadSource
    since: date
    """The day the lead is about; with child and source it names the lead for good."""
    school: str | None = None
    """The school that answers for it, where it is not the child's own; none: the township."""

    @property
    def id(self) -> UUID:
        return lead_id(self.child_ref, self.since, self.source)


async def put_leads(
    connection: AsyncConnection, leads: list[NewLead], detected_on: date
) -> list[UUID]:
    """Write the leads that are not there yet, each with its debt to the outbox; give the new ones."""
    made = []
    for lead in sorted(set(leads)):
        written = await connection.execute(
            text("""
                insert into lead (id, child_ref, source, absent_days, detected_on, status, school)
                values (:id, :child, :source, 0, :on, 'pending', :school)
                on conflict (id) do nothing
            """),
            {
                "id": lead.id, "child": lead.child_ref, "source": lead.source.value,
                "on": detected_on, "school": lead.school,
            },
        )  # fmt: skip
        if written.rowcount:
            made.append(lead.id)
    if made:
        await owe_cases(connection, made)
    return made
