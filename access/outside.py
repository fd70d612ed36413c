"""Who may take in, read and settle leads from outside; the reporter's name is for fewer (C5).

roles.md 4: a reporter's identity is C5 (法规、负责人、审计); what was reported may hold C4 facts and
is for the county's own desk.
"""

from __future__ import annotations

from models.people import Actor
from models.words import Role

TAKES_IN = frozenset(
    {Role.EDU_CASE, Role.EDU_LAW, Role.EDU_HEAD, Role.SUPERVISOR, Role.TOWNSHIP_CASE}
)
SETTLES = frozenset({Role.EDU_CASE, Role.EDU_LAW, Role.EDU_HEAD})
READS_CONTENT = frozenset({Role.EDU_CASE, Role.EDU_LAW, Role.EDU_HEAD, Role.AUDITOR})
READS_REPORTER = frozenset({Role.EDU_LAW, Role.EDU_HEAD, Role.AUDITOR})


def may_take_in(actor: Actor) -> bool:
    return actor.role in TAKES_IN


def may_settle(actor: Actor, office: str) -> bool:
    """Tell whether the actor may match or reject a notice of this county."""
    return actor.role in SETTLES and actor.office == office


def may_read_content(actor: Actor, office: str) -> bool:
    return actor.role in READS_CONTENT and actor.office == office


def may_read_reporter(actor: Actor, office: str) -> bool:
    """Tell whether the actor may open the reporter's sealed name; every opening is written down."""
    return actor.role in READS_REPORTER and actor.office == office
