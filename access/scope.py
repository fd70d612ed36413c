"""The one place that says which cases an actor may see; every list, page and export asks here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, func, select, true

from models.people import Actor
from models.roster import School
from models.tables import CaseFile
from models.words import DeferralKind, OfficeKind, Role, Stage

_school: Any = School
BLIND = frozenset({Role.PLATFORM_ADMIN, Role.COMMITTEE, Role.SYSTEM})
"""Roles that see no list, book or file: the administrator, and the committee, which sees what is put
before it for assessment (``at_work``) and nothing else."""


ASSESSING = "conclude_assessment"
"""The duty of the experts' opinion."""


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
    if actor.role is Role.VILLAGE:
        condition &= ~_tells_of_health(table)
    return condition


def at_work(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a case must meet for the actor to be shown it alone, and to act on it.

    The experts see the children they have been asked to assess, while they assess (roles.md 2); in
    every list beside the cases' own they stay blind.
    """
    if actor.role is not Role.COMMITTEE:
        return visible(actor)
    table: Any = CaseFile
    found: ColumnElement[bool] = table.county == actor.office
    found &= table.stage == Stage.ASSESSMENT.value
    return found


def _tells_of_health(table: Any) -> ColumnElement[bool]:
    """Tell of which cases the stage alone says that a child is ill or disabled (C4).

    Nobody calls at the door while a committee assesses, or while a deferral for health lasts: such
    a case is not the village's until persuasion goes on. A deferral by policy is persuaded on.
    """
    is_for_health = table.state["deferral"].as_string() == DeferralKind.STATUTORY.value
    is_deferred = (table.stage == Stage.DEFERRED.value) & func.coalesce(is_for_health, true())
    found: ColumnElement[bool] = (table.stage == Stage.ASSESSMENT.value) | is_deferred
    return found


def may_read_legal_file(actor: Actor) -> bool:
    """Tell whether free text and papers are for this role: not for the village, nor the experts."""
    return actor.role not in {Role.VILLAGE, Role.COMMITTEE}


def may_see_deadline(actor: Actor, owner_role: str, duty: str) -> bool:
    """Tell whether a deadline is for the actor; the village sees what it helps the township with.

    Those of school and county tell of committees, placements and home teaching, hence of health.
    The experts see until when their opinion is asked for.
    """
    if actor.role is Role.COMMITTEE:
        return duty == ASSESSING
    return may_read_legal_file(actor) or owner_role == Role.TOWNSHIP_CASE.value


def may_see_place(actor: Actor, school: str | None, township: str | None, county: str) -> bool:
    """Tell whether a school's own daily lists (attendance, leave, tasks) are within the office."""
    if actor.role in BLIND:
        return False
    office = {
        OfficeKind.SCHOOL: school,
        OfficeKind.TOWNSHIP: township,
        OfficeKind.COUNTY: county,
    }.get(actor.role.office_kind)
    return bool(office) and office == actor.office


ANSWERS_DIFFERENCES = frozenset(
    {
        Role.REGISTRAR, Role.PRINCIPAL, Role.CENTER_SCHOOL, Role.TOWNSHIP_CASE,
        Role.TOWNSHIP_HEAD, Role.EDU_CASE, Role.EDU_HEAD,
    }
)  # fmt: skip
"""Roles that check lists against each other (roles.md §2: 学籍管理员, 校长, 中心学校, 乡镇经办, 县教体局)."""
READS_LISTS = ANSWERS_DIFFERENCES | {Role.SUPERVISOR, Role.AUDITOR}
"""Roles that may see the lists by name; a village sees the cases it is asked to help with, no list."""


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


def sees_row(actor: Actor, school: str | None, township: str | None, county: str) -> bool:
    """Tell whether a line of a roster, a census or a match is within the actor's scope."""
    if actor.role not in READS_LISTS:
        return False
    place = {
        OfficeKind.SCHOOL: school,
        OfficeKind.TOWNSHIP: township,
        OfficeKind.COUNTY: county,
    }.get(actor.role.office_kind)
    return place is not None and place == actor.office


def row_scope(actor: Actor) -> tuple[str, str] | None:
    """Return the column and the value the lines of such a list must have; None sees nothing."""
    if actor.role not in READS_LISTS:
        return None
    column = {
        OfficeKind.SCHOOL: "school",
        OfficeKind.TOWNSHIP: "township",
        OfficeKind.COUNTY: "county",
    }.get(actor.role.office_kind)
    return None if column is None else (column, actor.office)


def may_answer_difference(actor: Actor, owner_office: str, county: str) -> bool:
    """Tell whether the actor's office answers for a difference; the county may for all."""
    return actor.role in ANSWERS_DIFFERENCES and actor.office in (owner_office, county)


def may_import(actor: Actor, source: str, county: str) -> bool:
    """Tell whether the actor may bring in the lists of a source: its own office's, or any in the county."""
    return actor.role in ANSWERS_DIFFERENCES and actor.office in (source, county)


def may_read_confidential(actor: Actor) -> bool:
    """Tell whether facts of health, faith, marriage and labour are for this role (C4)."""
    return actor.role in {Role.EDU_CASE, Role.EDU_LAW, Role.EDU_HEAD, Role.AUDITOR}


FILLS_MONTHLY = {
    OfficeKind.SCHOOL: frozenset({Role.REGISTRAR, Role.PRINCIPAL}),
    OfficeKind.TOWNSHIP: frozenset({Role.CENTER_SCHOOL}),
    OfficeKind.COUNTY: frozenset({Role.EDU_CASE, Role.EDU_HEAD}),
}
"""Who fills in the monthly report; ZY-2.6e names the 中心校（学校）."""
SIGNS_MONTHLY = {
    OfficeKind.SCHOOL: frozenset({Role.PRINCIPAL}),
    OfficeKind.TOWNSHIP: frozenset({Role.CENTER_SCHOOL}),
    OfficeKind.COUNTY: frozenset({Role.EDU_HEAD}),
}
"""The chief (主要负责同志) who signs it; never the one who submitted it."""


def may_take_books(actor: Actor) -> bool:
    """Tell whether ledger books and the figures made from them are for this role."""
    return actor.role not in BLIND and may_read_legal_file(actor)


LABELS = frozenset({Role.REGISTRAR, Role.PRINCIPAL, Role.EDU_CASE})
"""Label children of their school or county, and see the labels of health and a guardian's crime."""


def may_label(actor: Actor, school: str | None, county: str) -> bool:
    """Tell whether the actor labels this child; with no place named, whether its role may at all."""
    if actor.role not in LABELS:
        return False
    if school is None and not county:
        return True
    if actor.role.office_kind is OfficeKind.SCHOOL:
        return school == actor.office
    return actor.office == county or (school or "").startswith(actor.office)
