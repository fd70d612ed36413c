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


def may_read_legal_file(actor: Actor) -> bool:
    """Tell whether free text and papers are for this role (roles.md: not for the village)."""
    return actor.role is not Role.VILLAGE


def may_read_confidential(actor: Actor) -> bool:
    """Tell whether facts of health, faith, marriage and labour are for this role (C4)."""
    return actor.role in {Role.EDU_CASE, Role.EDU_LAW, Role.EDU_HEAD, Role.AUDITOR}
