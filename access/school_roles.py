"""Which roles do what in a school's day; the office decides whose school it is (access/scope.py)."""

from __future__ import annotations

from models.people import Actor
from models.roster import AbsenceKind
from models.words import Cause, OfficeKind, Role

REPORTS = frozenset({Role.CLASS_TEACHER, Role.REGISTRAR, Role.PRINCIPAL})
"""Report attendance, write down leave, contacts, registrations and arrivals."""
CHECKS = frozenset(
    {Role.PRINCIPAL, Role.REGISTRAR, Role.EDU_CASE, Role.SUPERVISOR, Role.CENTER_SCHOOL}
)
"""Check a sample and close what it found: never the class teacher whose report is checked."""
CALENDARS = frozenset({Role.REGISTRAR, Role.PRINCIPAL, Role.EDU_CASE, Role.CENTER_SCHOOL})
"""Write calendars; the whole county's are the county's own."""
MOVES = frozenset({Role.REGISTRAR, Role.PRINCIPAL, Role.EDU_CASE})
"""Write down a transfer, at the school that receives the child."""
SIGNS_HAND_OVER = frozenset({Role.PRINCIPAL, Role.REGISTRAR})
HANDLES_PLATFORMS = frozenset({Role.CLASS_TEACHER, Role.REGISTRAR, Role.PRINCIPAL, Role.EDU_CASE})
"""Export files for outside platforms and record their receipts."""


def may_see_school_lists(actor: Actor) -> bool:
    """Tell whether a school's daily lists are for this role: they name illness, so never the village."""
    return actor.role is not Role.VILLAGE


def shown_reason(actor: Actor, kind: AbsenceKind, reason: str) -> str:
    """Return the reason of an absence as the actor may read it: health stays in the school (C4)."""
    if kind is AbsenceKind.SICK and actor.role.office_kind is not OfficeKind.SCHOOL:
        return ""
    return reason


def shown_cause(cause: str | None) -> str:
    """Return a cause as a list may carry it: a confidential one only as 特殊原因（密）."""
    return Cause(cause).public_label if cause else ""
