"""Which office must act next: one owner per case, computed, so that no case is in no queue."""

from __future__ import annotations

from datetime import timedelta

from models.people import Owner
from models.state import CaseState
from models.words import OfficeKind, Party, Role, Stage, TrackStep

_BY_STAGE = {
    Stage.LEAD: Role.CLASS_TEACHER,
    Stage.SUSPECTED: Role.CLASS_TEACHER,
    Stage.REPORTING: Role.PRINCIPAL,
    Stage.VERIFYING: Role.PRINCIPAL,
    Stage.ELSEWHERE_PENDING: Role.REGISTRAR,
    Stage.SUBJECT_PENDING: Role.EDU_CASE,
    Stage.OUTBOUND_WAIT: Role.EDU_CASE,
    Stage.ASSIGNED: Role.TOWNSHIP_CASE,
    Stage.ASSESSMENT: Role.EDU_CASE,
    Stage.DEFERRED: Role.TOWNSHIP_CASE,
    Stage.PLACEMENT: Role.PRINCIPAL,
    Stage.MONITORING: Role.PRINCIPAL,
}

ABOVE: dict[Role, Role] = {
    Role.CLASS_TEACHER: Role.PRINCIPAL,
    Role.REGISTRAR: Role.PRINCIPAL,
    Role.PRINCIPAL: Role.EDU_CASE,
    Role.VILLAGE: Role.TOWNSHIP_CASE,
    Role.TOWNSHIP_CASE: Role.TOWNSHIP_HEAD,
    Role.TOWNSHIP_LAW: Role.TOWNSHIP_HEAD,
    Role.TOWNSHIP_HEAD: Role.EDU_CASE,
    Role.EDU_CASE: Role.EDU_HEAD,
    Role.EDU_LAW: Role.EDU_HEAD,
    Role.EDU_HEAD: Role.COUNTY_GROUP,
    Role.COUNTY_GROUP: Role.COUNTY_GROUP,
}
"""Who is told when the one below has missed a deadline (roles.md §6)."""


def office_of(state: CaseState, role: Role) -> str:
    """Return the office of this case that ``role`` belongs to."""
    return {
        OfficeKind.SCHOOL: state.school,
        OfficeKind.TOWNSHIP: state.township,
        OfficeKind.COUNTY: state.county,
        OfficeKind.SYSTEM: "system",
    }[role.office_kind]


IN_NO_SCHOOL = {
    Role.CLASS_TEACHER: Role.TOWNSHIP_CASE,
    Role.REGISTRAR: Role.TOWNSHIP_CASE,
    Role.PRINCIPAL: Role.TOWNSHIP_HEAD,
}
"""A child never enrolled has no school: the township of the home acts in its place (YN-6c)."""


def acting(state: CaseState, role: Role) -> Role:
    """Return the role that acts for ``role`` in this case."""
    if state.revision and state.is_never_enrolled:
        role = IN_NO_SCHOOL.get(role, role)
    return IN_SUBDISTRICT.get(role, role) if state.is_subdistrict else role


def allowed_roles(state: CaseState, roles: frozenset[Role]) -> frozenset[Role]:
    """Return who may use a verb of ``roles`` here, stand-ins for a missing school included."""
    if not (state.revision and state.is_never_enrolled):
        return roles
    return roles | {IN_NO_SCHOOL[role] for role in roles if role in IN_NO_SCHOOL}


def is_above(role: Role, other: Role) -> bool:
    """Tell whether ``role`` stands above ``other`` in the line of those who answer."""
    seen = {other}
    while (other := ABOVE.get(other, Role.COUNTY_GROUP)) not in seen:
        if other is role:
            return True
        seen.add(other)
    return False


def owner_as(state: CaseState, role: Role) -> Owner:
    return Owner(role=role, office=office_of(state, role))


def owner(state: CaseState) -> Owner:
    """Return the one office whose move it is."""
    role = _owner_role(state)
    if state.is_never_enrolled:
        role = IN_NO_SCHOOL.get(role, role)
    return owner_as(state, role)


def _owner_role(state: CaseState) -> Role:
    stage = state.stage
    if stage is Stage.VERIFYING and state.conclusion is not None:
        return Role.EDU_CASE
    if stage is Stage.PLACEMENT and state.is_never_enrolled:
        return Role.EDU_CASE
    if stage is Stage.SUBJECT_PENDING and state.party is Party.OURS:
        return Role.EDU_HEAD
    if stage is Stage.MONITORING and _is_monitored_to_the_end(state):
        return Role.EDU_HEAD
    if stage in STEP_STAGES:
        steps = [track.step for track in state.tracks.values() if track.step is not TrackStep.ENDED]
        furthest = max(steps, key=_ORDER.index, default=TrackStep.PERSUADING)
        role = _BY_STEP.get(furthest, Role.TOWNSHIP_CASE)
        return IN_SUBDISTRICT.get(role, role) if state.is_subdistrict else role
    return _BY_STAGE[stage]


def _is_monitored_to_the_end(state: CaseState) -> bool:
    if state.monitoring_ended_on is None or not state.monitoring:
        return False
    last = max(fact.to_on for fact in state.monitoring)
    return last >= state.monitoring_ended_on - timedelta(days=7)


STEP_STAGES = frozenset({Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT})
_ORDER = list(TrackStep)
_BY_STEP = {
    TrackStep.ORDER_DRAFTED: Role.TOWNSHIP_HEAD,
    TrackStep.ORDER_EXPIRED: Role.TOWNSHIP_HEAD,
    TrackStep.PENALTY_FILED: Role.TOWNSHIP_LAW,
    TrackStep.PENALTY_NOTIFIED: Role.TOWNSHIP_LAW,
    TrackStep.HEARING_REQUESTED: Role.TOWNSHIP_LAW,
    TrackStep.PENALTY_DEFENDED: Role.TOWNSHIP_HEAD,
    TrackStep.PENALTY_DECIDED: Role.TOWNSHIP_LAW,
    TrackStep.PENALTY_SERVED: Role.TOWNSHIP_LAW,
    TrackStep.PENALTY_UNPERFORMED: Role.TOWNSHIP_LAW,
    TrackStep.DEMAND_SERVED: Role.TOWNSHIP_HEAD,
    TrackStep.ENFORCEMENT_APPLIED: Role.TOWNSHIP_LAW,
    TrackStep.ENFORCEMENT_RULED: Role.TOWNSHIP_CASE,
    TrackStep.SUIT_FILED: Role.TOWNSHIP_LAW,
    TrackStep.SUIT_ACCEPTED: Role.TOWNSHIP_LAW,
    TrackStep.SUIT_DECIDED: Role.TOWNSHIP_CASE,
}
IN_SUBDISTRICT = {Role.TOWNSHIP_LAW: Role.EDU_LAW, Role.TOWNSHIP_HEAD: Role.EDU_HEAD}
"""A subdistrict office has no power of its own to order: the county bureau acts in its place."""
