"""The one place that says which cases an actor may see; every list, page and export asks here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false

from models.people import Actor
from models.tables import CaseFile
from models.words import OfficeKind, Role

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


def may_see_place(actor: Actor, *, school: str, township: str, county: str) -> bool:
    """Tell whether a school's own lists (attendance, leave, tasks) are within the actor's office."""
    if actor.role in BLIND:
        return False
    office = {
        OfficeKind.SCHOOL: school,
        OfficeKind.TOWNSHIP: township,
        OfficeKind.COUNTY: county,
    }.get(actor.role.office_kind)
    return bool(office) and office == actor.office


def may_read_legal_file(actor: Actor) -> bool:
    """Tell whether free text and papers are for this role (roles.md: not for the village)."""
    return actor.role is not Role.VILLAGE
