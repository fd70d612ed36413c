"""The one place that says which cases an actor may see; every list, page and export asks here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, select

from models.people import Actor
from models.roster import School
from models.tables import CaseFile
from models.words import OfficeKind, Role

_school: Any = School
BLIND = frozenset({Role.PLATFORM_ADMIN, Role.COMMITTEE, Role.SYSTEM})
"""Roles that see no case content here: the administrator, and a committee not yet assigned."""


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a case must meet to be shown to ``actor``."""
    table: Any = CaseFile
    if actor.role in BLIND:
        return false()
    column = {
        OfficeKind.SCHOOL: table.school,
        OfficeKind.TOWNSHIP: table.township,
        OfficeKind.COUNTY: table.county,
    }.get(actor.role.office_kind)
    if column is None:
        return false()
    condition: ColumnElement[bool] = column == actor.office
    return condition


def may_read_legal_file(actor: Actor) -> bool:
    """Tell whether free text and papers are for this role (roles.md: not for the village)."""
    return actor.role is not Role.VILLAGE


def owed_by(table: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition for rows that an office owes: its own, or those of the offices below."""
    if actor.role in BLIND:
        return false()
    kind = actor.role.office_kind
    condition: ColumnElement[bool]
    if kind is OfficeKind.COUNTY:
        condition = table.county == actor.office
    elif kind is OfficeKind.TOWNSHIP:
        schools = select(_school.code).where(_school.township == actor.office)
        condition = (table.office == actor.office) | table.office.in_(schools)
    elif kind is OfficeKind.SCHOOL:
        condition = table.office == actor.office
    else:
        condition = false()
    return condition


def may_decide_clue(actor: Actor) -> bool:
    """A clue is weighed by the inspectorate, never by the office it is about (YN-15)."""
    return actor.role in {Role.SUPERVISOR, Role.COUNTY_GROUP}
