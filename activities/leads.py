"""From a lead to the command it becomes: opening a case, or joining the open one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.commands import JoinLead, OpenLead
from models.people import Actor, GuardianRef
from models.recorded import Receipt
from models.roster import Relation
from models.words import LeadSource

PARENTS = frozenset({Relation.FATHER, Relation.MOTHER})


class NoSuchLead(Exception):
    """There is no such lead, or its child is not in the roster."""


async def register_lead(
    connection: AsyncConnection,
    child_ref: UUID,
    source: LeadSource,
    detected_on: date,
    absent_since: date | None,
    absent_days: int,
    lead_id: UUID | None = None,
) -> UUID:
    """Write down a lead; the same id is written once."""
    identity = lead_id or uuid4()
    await connection.execute(
        text(
            "insert into lead (id, child_ref, source, absent_since, absent_days, detected_on,"
            " status) values (:id, :child, :source, :since, :days, :on, 'pending')"
            " on conflict (id) do nothing"
        ),
        {
            "id": identity, "child": child_ref, "source": source.value, "since": absent_since,
            "days": absent_days, "on": detected_on,
        },
    )  # fmt: skip
    return identity


async def find_lead(connection: AsyncConnection, lead_id: UUID) -> Row[Any]:
    query = text(
        # A lead may be another school's than the child's own (小升初), or no school's at all.
        "select l.id, l.child_ref, l.source, l.absent_since, l.absent_days, l.detected_on,"
        " l.status, coalesce(l.school, c.school, '') as school, c.grade, c.birth_on,"
        " c.household_county, c.school as own_school, coalesce(s.county, t.county, c.household_county) as county,"
        " coalesce(t.code, c.household_township, s.township, '') as township from lead l"
        " join child c on c.ref = l.child_ref"
        " left join school s on s.code = coalesce(l.school, c.school)"
        " left join township t on t.code = coalesce(c.residence_township,"
        " case when coalesce(l.school, c.school) is null then c.household_township end)"
        " where l.id = :id"
    )
    row = (await connection.execute(query, {"id": lead_id})).one_or_none()
    if row is None:
        raise NoSuchLead(str(lead_id))
    return row


async def receipt_of_lead(
    connection: AsyncConnection, lead: Row[Any], request_ids: list[str]
) -> Receipt | None:
    query = text(
        "select receipt from case_request r join case_file f using (case_id)"
        " where r.request_id = any(:request_ids) and f.child_ref = :child"
    )
    keys = {"request_ids": request_ids, "child": lead.child_ref}
    found = (await connection.execute(query, keys)).scalar_one_or_none()
    return Receipt.model_validate_json(found) if found else None


async def open_case_of(connection: AsyncConnection, child_ref: UUID) -> UUID | None:
    query = text("select case_id from case_file where child_ref = :child and closed_on is null")
    return (await connection.execute(query, {"child": child_ref})).scalar_one_or_none()


async def opening_of(
    connection: AsyncConnection, lead: Row[Any], actor: Actor, request_id: str
) -> OpenLead:
    keys = {"child": lead.child_ref}
    guardians = await connection.execute(
        text(
            "select guardian_ref, relation, is_primary from child_guardian where child_ref = :child"
            " order by is_primary desc, guardian_ref"
        ),
        keys,
    )
    found = guardians.all()
    has_parent = any(Relation(row.relation) in PARENTS for row in found)
    earlier = await connection.execute(
        text(
            "select case_no, episode from case_file where child_ref = :child"
            " order by episode desc limit 1"
        ),
        keys,
    )
    last = earlier.one_or_none()
    kind = await connection.execute(
        text("select kind from township where code = :code"), {"code": lead.township}
    )
    return OpenLead(
        request_id=request_id,
        actor=actor,
        happened_on=lead.detected_on,
        child_ref=str(lead.child_ref),
        episode=last.episode + 1 if last else 1,
        previous_case=last.case_no if last else None,
        source=LeadSource(lead.source),
        lead_ref=str(lead.id),
        school=lead.school,
        previous_school=lead.own_school if lead.own_school != (lead.school or None) else None,
        township=lead.township,
        is_subdistrict=kind.scalar_one_or_none() == "subdistrict",
        county=lead.county,
        enrol_county=lead.county,
        household_county=lead.household_county,
        birth_on=lead.birth_on,
        grade=lead.grade or 0,
        guardians=tuple(
            GuardianRef(
                ref=str(row.guardian_ref),
                relation=Relation(row.relation).label,
                is_primary=row.is_primary,
                # While a parent is there, a grandparent cares for the child but is no guardian
                # in law (民法典 27, 未成年人保护法 22).
                is_legal=not has_parent or Relation(row.relation) in PARENTS,
            )
            for row in found
        ),
        absent_since=lead.absent_since,
        absent_days=lead.absent_days,
    )


def joining_of(lead: Row[Any], actor: Actor, request_id: str) -> JoinLead:
    return JoinLead(
        request_id=request_id,
        actor=actor,
        happened_on=lead.detected_on,
        source=LeadSource(lead.source),
        lead_ref=str(lead.id),
        absent_since=lead.absent_since,
        absent_days=lead.absent_days,
    )
