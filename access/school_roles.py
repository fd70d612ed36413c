"""Which roles do what in a school's day; the office decides whose school it is (access/scope.py)."""

from __future__ import annotations

from models.words import Role

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
