"""Write down a child no roster holds yet: found on a list, at the door, or by somebody's word.

A child without an ID number lives by its reference alone (temporary id) until a list brings one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identity import Sex
from models.roster import Relation


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """Who brings the child up, as far as is known."""

    name: str
    relation: Relation
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child as it is first written down; a place that is not known stays empty."""

    name: str
    sex: Sex
    birth_on: date
    household_county: str
    id_no: str | None = None
    roll_no: str | None = None
    school: str | None = None
    """The school that answers for the child; none where no school ever held it."""
    grade: int | None = None
    class_number: int | None = None
    household_township: str | None = None
    household_address: str = ""
    current_address: str = ""
    residence_township: str | None = None
    guardian: NewGuardian | None = None


async def write_child(connection: AsyncConnection, ref: UUID, child: NewChild) -> UUID:
    """Write the child, and its guardian where one is named; returns the child's reference."""
    await connection.execute(
        text(
            "insert into child (ref, id_no, roll_no, name, sex, birth_on, school, grade,"
            " class_number, household_county, household_township, household_address,"
            " current_address, residence_township, is_boarding) values (:ref, :id_no, :roll_no,"
            " :name, :sex, :birth_on, :school, :grade, :class_number, :county, :home, :address,"
            " :current, :residence, false)"
        ),
        {
            "ref": ref, "id_no": child.id_no, "roll_no": child.roll_no, "name": child.name,
            "sex": child.sex.value, "birth_on": child.birth_on, "school": child.school,
            "grade": child.grade, "class_number": child.class_number,
            "county": child.household_county, "home": child.household_township,
            "address": child.household_address, "current": child.current_address,
            "residence": child.residence_township,
        },
    )  # fmt: skip
    if child.guardian is not None:
        await _write_guardian(connection, ref, child.guardian)
    return ref


async def _write_guardian(connection: AsyncConnection, child: UUID, guardian: NewGuardian) -> None:
    ref = uuid5(NAMESPACE_URL, f"guardian-of/{child}")
    keys = {
        "ref": ref, "child": child, "name": guardian.name, "phone": guardian.phone,
        "sex": Sex.UNSTATED.value, "relation": guardian.relation.value,
    }  # fmt: skip
    await connection.execute(
        text(
            "insert into guardian (ref, name, sex, phone, address, workplace, is_away)"
            " values (:ref, :name, :sex, :phone, '', '', false)"
        ),
        keys,
    )
    await connection.execute(
        text(
            "insert into child_guardian (child_ref, guardian_ref, relation, is_primary)"
            " values (:child, :ref, :relation, true)"
        ),
        keys,
    )
