"""Who answers for a missed deadline (问责线索): the table of YN-14, and the excuses that count.

A miss writes one clue for people to look at, never a sanction. The article follows from the role
that owed the duty (YN-14.2–14.9); a jurisdiction whose own paper names other grounds adds them.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.base import Frozen
from models.rules import PolicySnapshot
from models.words import ExcuseCode, Role

ARTICLE: dict[Role, str] = {
    Role.CLASS_TEACHER: "YN-14.2",
    Role.REGISTRAR: "YN-14.3",
    Role.PRINCIPAL: "YN-14.4",
    Role.CENTER_SCHOOL: "YN-14.5",
    Role.EDU_CASE: "YN-14.6",
    Role.EDU_LAW: "YN-14.6",
    Role.EDU_HEAD: "YN-14.6",
    Role.SUPERVISOR: "YN-14.6",
    Role.COMMITTEE: "YN-14.10",
    Role.COUNTY_GROUP: "YN-14.7",
    Role.TOWNSHIP_CASE: "YN-14.8",
    Role.TOWNSHIP_LAW: "YN-14.8",
    Role.TOWNSHIP_HEAD: "YN-14.8",
    Role.VILLAGE: "YN-14.9",
}
"""The item of YN-14 that names the one who owed it."""
ALSO: dict[Role, str] = {
    Role.CLASS_TEACHER: "校长（YN-14.4）",
    Role.REGISTRAR: "校长（YN-14.4）",
    Role.PRINCIPAL: "学校（YN-14.5）",
    Role.EDU_CASE: "分管副局长",
    Role.EDU_LAW: "分管副局长",
    Role.TOWNSHIP_CASE: "包保人",
    Role.TOWNSHIP_LAW: "包保人",
}
"""Who else the table of roles.md §6 names."""

WAITING_FOR_OTHERS = frozenset({"await_reply", "coordination", "referral_feedback"})
BEFORE_THE_COURT = frozenset({"await_ruling", "await_acceptance", "await_judgment", "await_remedy"})
SERVICE = frozenset({"serve_order", "serve_decision"})


@dataclass(frozen=True)
class Ground:
    """On what a clue rests; ``article`` is empty where no paper of the jurisdiction says so."""

    article: str
    also: str


class Clue(Frozen):
    """One missed duty, as it is put before the supervisor."""

    duty: str
    label: str
    role: Role
    office: str
    article: str
    also: str
    suggested: ExcuseCode | None = None


def ground(policy: PolicySnapshot, role: Role) -> Ground:
    """Return the articles the jurisdiction has for ``role``; none is invented where none is."""
    papers = [name.strip() for name in policy.text("accountability").split(",") if name.strip()]
    found = []
    for paper in papers:
        if paper.startswith("YN-14"):
            found += [ARTICLE[role]] if role in ARTICLE else []
        elif not paper.startswith("YN-15"):
            found.append(paper)
    return Ground("、".join(found), ALSO.get(role, ""))


def suggested_excuse(duty: str, *, was_service_tried: bool = False) -> ExcuseCode | None:
    """Suggest the excuse that usually holds; a person decides (roles.md §6)."""
    if duty in WAITING_FOR_OTHERS:
        return ExcuseCode.NO_REPLY
    if duty in BEFORE_THE_COURT:
        return ExcuseCode.COURT
    if duty in SERVICE and was_service_tried:
        return ExcuseCode.NOTICE_PERIOD
    return None


def clue_of(
    policy: PolicySnapshot,
    duty: str,
    label: str,
    role: Role,
    office: str,
    *,
    was_service_tried: bool = False,
) -> Clue:
    """Put one missed duty down as a clue."""
    basis = ground(policy, role)
    return Clue(
        duty=duty, label=label, role=role, office=office, article=basis.article, also=basis.also,
        suggested=suggested_excuse(duty, was_service_tried=was_service_tried),
    )  # fmt: skip
