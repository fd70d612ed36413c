"""Who may fill seats, hold the joint meeting, inspect, and settle: roles of roles.md §2."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false

from access.scope import BLIND
from models.people import Actor
from models.seats import Level, Line
from models.words import OfficeKind, Role

COUNTY_HANDS = frozenset({Role.EDU_CASE, Role.EDU_HEAD, Role.COUNTY_GROUP})
HOLDS_COUNCIL = frozenset({Role.COUNTY_GROUP, Role.EDU_CASE})
"""The meeting's secretary sits in the education bureau; the group answers for the meeting."""
INSPECTS = frozenset({Role.SUPERVISOR, Role.EDU_CASE, Role.EDU_HEAD})
SETTLES_REFUSALS = frozenset({Role.EDU_CASE, Role.EDU_HEAD})
REPORTS_REFUSALS = SETTLES_REFUSALS | {
    Role.SUPERVISOR, Role.CENTER_SCHOOL, Role.TOWNSHIP_CASE, Role.PRINCIPAL,
}  # fmt: skip
RECORDS_PLANS = frozenset({Role.EDU_CASE, Role.EDU_HEAD, Role.PRINCIPAL, Role.TOWNSHIP_CASE})
_TOWNSHIP_LEVELS = {Level.TOWNSHIP, Level.VILLAGE, Level.GROUP}


def may_appoint(actor: Actor, line: Line, level: Level, office: str, township: str | None) -> bool:
    """Tell whether the actor fills this seat: the county any, an office those of its own line.

    ``township`` is that of the school, where the office is one.
    """
    if actor.role in COUNTY_HANDS:
        return office.startswith(actor.office)
    if actor.role in {Role.TOWNSHIP_CASE, Role.TOWNSHIP_HEAD}:
        return line is Line.GOVERNMENT and level in _TOWNSHIP_LEVELS and office == actor.office
    if actor.role is Role.CENTER_SCHOOL:
        return line is Line.EDUCATION and actor.office in (office, township)
    if actor.role is Role.PRINCIPAL:
        return level in {Level.SCHOOL, Level.CLASS} and office == actor.office
    return False


def of_county(table: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition for rows only the county's own roles read."""
    if actor.role in BLIND or actor.role.office_kind is not OfficeKind.COUNTY:
        return false()
    condition: ColumnElement[bool] = table.county == actor.office
    return condition
