"""What the roster and the offices tell for papers of no single case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities import paper_data as sources
from activities.paper_data import PaperIncomplete
from models.identity import Sex
from models.people import Actor
from models.roster import Relation
from models.words import OfficeKind


@dataclass(frozen=True)
class Shared:
    """What all papers of a batch have in common."""

    county: str
    office: str
    on: date
    """The day the papers are composed for."""
    values: dict[str, Any]


async def shared_values(connection: AsyncConnection, actor: Actor, on: date) -> Shared:
    """Return the issuer and its contact; the office of the actor issues."""
    values: dict[str, Any] = {"year": on.year}
    if actor.role.office_kind is OfficeKind.SCHOOL:
        row = await sources.one(
            connection, "select name, phone, county from school where code = :code", "本校",
            code=actor.office,
        )  # fmt: skip
        values |= {"issuer": row.name, "contact_phone": row.phone, "printed_by": row.name}
        return Shared(row.county, actor.office, on, values)
    office = await sources.office_of(connection, actor.office)
    county = actor.office
    if actor.role.office_kind is OfficeKind.TOWNSHIP:
        row = await sources.one(
            connection, "select t.county, c.bureau_name from township t join county c"
            " on c.code = t.county where t.code = :code", "本乡镇", code=actor.office,
        )  # fmt: skip
        county = row.county
        values["joint_issuer"] = row.bureau_name
    return Shared(
        county, actor.office, on,
        values | {
            "issuer": office.name, "contact_person": office.contact_person,
            "contact_phone": office.contact_phone, "printed_by": office.name,
        },
    )  # fmt: skip


async def entry_values(
    connection: AsyncConnection, child_ref: UUID, school_code: str | None
) -> dict[str, Any]:
    """Return one child, its main guardian and the school it enters."""
    child = await sources.one(
        connection,
        "select c.*, s.name as school_name, s.address as school_address from child c"
        " join school s on s.code = coalesce(:school, c.school) where c.ref = :ref",
        "该儿童或其就读学校",
        ref=child_ref,
        school=school_code,
    )
    query = text(
        "select g.*, cg.relation from guardian g join child_guardian cg on cg.guardian_ref = g.ref"
        " where cg.child_ref = :ref order by cg.is_primary desc, g.name limit 1"
    )
    guardian = (await connection.execute(query, {"ref": child_ref})).one_or_none()
    if guardian is None:
        raise PaperIncomplete(["名册里没有监护人，请先补录监护人信息。"])
    return {
        "child_name": child.name, "child_sex": Sex(child.sex).label,
        "child_birth_on": child.birth_on, "roll_no_masked": sources.masked(child.roll_no),
        "school": child.school_name, "school_address": child.school_address,
        "home_address": child.current_address or child.household_address,
        "guardian_name": guardian.name, "guardian_sex": Sex(guardian.sex).label,
        "guardian_phone": guardian.phone, "relation": Relation(guardian.relation).label,
        "guardian_address": guardian.address or child.current_address,
    }  # fmt: skip


async def entrants(
    connection: AsyncConnection, township: str, grade: int, born: tuple[date, date] | None
) -> list[UUID]:
    """List the children of a township who enter ``grade``, in order of school and name.

    ``born`` narrows first graders to those of age who have no grade yet, or the first.
    """
    where = "c.grade = :grade"
    keys: dict[str, Any] = {"township": township, "grade": grade}
    if born is not None:
        where = "(c.grade is null or c.grade = :grade) and c.birth_on between :first and :last"
        keys |= {"first": born[0], "last": born[1]}
    query = text(
        "select c.ref from child c left join school s on s.code = c.school"
        f" where coalesce(c.residence_township, s.township) = :township and {where}"
        " order by c.school nulls last, c.name, c.ref"
    )
    return list((await connection.execute(query, keys)).scalars())
