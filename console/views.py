"""What leaves the house: one function per shape, field by field. A field not named is not sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from access.scope import may_read_confidential
from lifecycle.papers import RULES
from models.events import LABELS
from models.obligation import Derivation
from models.people import Actor
from models.words import Cause, DutyStatus, PaperStatus, Role, Stage
from papers.catalogue import paper_kind


def case_line(row: Row[Any]) -> dict[str, Any]:
    """One line of a list."""
    return {
        "case_no": row.case_no,
        "child_name": row.child_name,
        "school": row.school,
        "township": row.township,
        "stage": row.stage,
        "stage_label": Stage(row.stage).label,
        "owner": owner(row),
        "queue": row.queue,
        "due_on": row.due_on,
        "is_overdue": row.is_overdue,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "last_event_at": row.last_event_at,
        "revision": row.revision,
    }


def owner(row: Row[Any]) -> dict[str, str] | None:
    if not row.owner_role:
        return None
    return {
        "role": row.owner_role,
        "role_label": Role(row.owner_role).label,
        "office": row.owner_office,
    }


def obligation(row: Row[Any]) -> dict[str, Any]:
    """One deadline with its reason in one sentence."""
    derivation = Derivation.model_validate(row.derivation)
    return {
        "key": row.key,
        "label": row.label,
        "owner": {"role": row.owner_role, "role_label": Role(row.owner_role).label,
                  "office": row.owner_office},
        "due_on": row.due_on,
        "status": row.status,
        "status_label": DutyStatus(row.status).label,
        "is_provisional": row.is_provisional,
        "was_missed": row.was_missed,
        "why": derivation.sentence(row.label),
        "derivation": derivation.model_dump(mode="json"),
    }  # fmt: skip


def event(said: dict[str, Any]) -> dict[str, Any]:
    """One event of the timeline, as the ledger holds it."""
    body = said["event"]
    return {
        "seq": said["seq"],
        "kind": body["kind"],
        "label": LABELS[body["kind"]],
        "happened_on": body["happened_on"],
        "recorded_at": said["recorded_at"],
        "decided_at": said["decided_at"],
        "actor": body["actor"],
        "event": body,
        "request_id": said["request_id"],
        "hash": said["hash"],
    }


def may_see_kind(actor: Actor | None, kind: str) -> bool:
    """Tell whether a paper of this kind, its title included, is for the reader (C4)."""
    if actor is None or kind not in RULES or may_read_confidential(actor):
        return True
    return not paper_kind(kind).is_confidential


_OF_HEALTH = frozenset(
    {
        "assessment_begun", "assessment_concluded", "opinion_disputed", "deferral_approved",
        "deferral_reviewed",
    }
)  # fmt: skip
_TELLS = frozenset(
    {
        "content", "reason", "note", "paper_kind", "paper_key", "paper", "target", "opinion", "cause",
        "before", "after", "value", "is_able", "deferral", "result", "child_words",
    }
)  # fmt: skip
"""Fields that say, or let guess, what a confidential fact is; free text above all."""


def readable(told: dict[str, Any], actor: Actor | None) -> dict[str, Any]:
    """Take what is confidential out of an event its reader may not know (C4).

    ``actor`` is None on the machine itself, where nothing is hidden.
    """
    body = told["event"]
    opens = actor is None or may_read_confidential(actor)
    if opens or not _is_confidential(body, actor):
        return told
    hidden = {name: value for name, value in body.items() if name not in _TELLS}
    if body.get("cause"):
        hidden["cause_label"] = Cause(body["cause"]).public_label
    return told | {"event": hidden}


def _is_confidential(body: dict[str, Any], actor: Actor | None) -> bool:
    if body["kind"] in _OF_HEALTH or not may_see_kind(actor, _kind_of(body)):
        return True
    if body.get("fact") == "cause":
        return True
    return bool(body.get("cause")) and Cause(body["cause"]).is_confidential


def _kind_of(body: dict[str, Any]) -> str:
    """Return the kind of paper an event beside the main line is about, or nothing."""
    named = body.get("paper", body.get("target", body.get("paper_key", "")))
    key = named["key"] if isinstance(named, dict) else str(named)
    kind = key.rpartition("-")[0]
    return kind if kind in RULES else ""


def paper(row: Row[Any]) -> dict[str, Any]:
    """One paper of a case; a draft has no number yet."""
    is_rendered = row.pdf_sha256 is not None
    base = f"/api/papers/{row.paper_id}"
    return {
        "paper_id": str(row.paper_id),
        "key": row.key,
        "kind": row.kind,
        "title": paper_kind(row.kind).title,
        "status": row.status,
        "status_label": PaperStatus(row.status).label,
        "doc_no": row.doc_no,
        "guardian": row.guardian,
        "issued_on": row.issued_on,
        "served_on": row.served_on,
        "pdf": f"{base}.pdf" if is_rendered else None,
        "docx": f"{base}.docx" if is_rendered else None,
        "pdf_sha256": row.pdf_sha256,
        "problem": row.problem,
    }
