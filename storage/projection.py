"""The read models: lists, obligations, papers and the outbox, written with the events they show."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.owners import owner
from models import events as e
from models.base import canonical, digest
from models.obligation import Obligation
from models.recorded import RecordedEvent
from models.state import CaseState
from models.tables import OutboxRow, PaperRow

ISSUING = e.ReturnOrderIssued | e.CorrectionOrderIssued | e.PaperIssued
"""The events that issue a paper."""

Written = list[tuple[RecordedEvent, CaseState]]


def head_of(state: CaseState) -> dict[str, Any]:
    """Return the columns of the case list that follow from the state alone."""
    return head_columns(state) | {"state": state.model_dump(mode="json")}


def head_columns(state: CaseState) -> dict[str, Any]:
    """Return the same without the state itself, which costs more to dump than all the rest."""
    live = state.live_obligations()
    who = owner(state) if state.is_open else None
    return {
        "county": state.county,
        "township": state.township,
        "school": state.school,
        "head_seq": state.revision,
        "stage": state.stage.value,
        "queue": who.queue if who else "closed",
        "owner_role": who.role.value if who else "",
        "owner_office": who.office if who else "",
        "due_at": live[0].due_at if live else None,
        "due_on": live[0].due_on if live else None,
        "is_overdue": state.is_overdue,
        "closed_on": state.closed_on,
        "last_event_at": state.last_event_at,
    }


def paper_id(case_id: str, key: str) -> UUID:
    """Name a paper by its case and key: the same on every retry and rebuild."""
    return uuid5(NAMESPACE_URL, f"paper/{case_id}/{key}")


def obligation_changes(written: Written) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of obligations opened, and by key what changes in those opened before."""
    opened: dict[str, dict[str, Any]] = {}
    changed: dict[str, dict[str, Any]] = {}
    for recorded, _ in written:
        event = recorded.event
        if isinstance(event, e.ObligationOpened):
            opened[event.obligation.key] = _obligation_row(recorded.seq, event.obligation)
            continue
        values = _obligation_change(recorded)
        if values is not None:
            key = values["key"]
            row = opened[key] if key in opened else changed.setdefault(key, {})
            row.update(values)
    return list(opened.values()), list(changed.values())


def _obligation_row(seq: int, obligation: Obligation) -> dict[str, Any]:
    return {
        "key": obligation.key,
        "duty": obligation.duty,
        "label": obligation.label,
        "owner_role": obligation.owner.role.value,
        "owner_office": obligation.owner.office,
        "guardian": obligation.guardian,
        "due_on": obligation.due_on.isoformat(),
        "due_at": obligation.due_at.isoformat(),
        "status": obligation.status.value,
        "was_missed": False,
        "is_provisional": obligation.derivation.is_provisional,
        "escalates": obligation.escalates,
        "derivation": obligation.derivation.model_dump(mode="json"),
        "opened_seq": seq,
        "ended_seq": None,
    }


def _obligation_change(recorded: RecordedEvent) -> dict[str, Any] | None:
    event = recorded.event
    if isinstance(event, e.ObligationMet):
        return {"key": event.key, "status": "met", "ended_seq": recorded.seq}
    if isinstance(event, e.ObligationWithdrawn):
        return {"key": event.key, "status": "withdrawn", "ended_seq": recorded.seq}
    if isinstance(event, e.ObligationMissed):
        return {"key": event.key, "status": "missed", "was_missed": True}
    if isinstance(event, e.ObligationRederived):
        return {
            "key": event.key,
            "derivation": event.derivation.model_dump(mode="json"),
            "due_on": event.derivation.due_on.isoformat(),
            "due_at": event.due_at.isoformat(),
            "is_provisional": event.derivation.is_provisional,
        }
    return None


async def project_papers(
    connection: AsyncConnection,
    case_id: str,
    before: CaseState,
    written: Written,
    frozen: dict[int, dict[str, Any]],
) -> None:
    """Write what the events change in papers and outbox.

    ``frozen`` holds the data of the papers issued, by the seq of the event that issued them.
    """
    for recorded, state in written:
        if state.papers is not before.papers:
            await _papers(connection, case_id, recorded, before, state, frozen.get(recorded.seq))
        before = state


async def _papers(
    connection: AsyncConnection,
    case_id: str,
    recorded: RecordedEvent,
    before: CaseState,
    after: CaseState,
    data: dict[str, Any] | None,
) -> None:
    """Write every paper the event changed; ``data`` is what an issued paper was frozen with."""
    for key, fact in after.papers.items():
        if before.papers.get(key) == fact:
            continue
        identity = paper_id(case_id, key)
        values: dict[str, Any] = {
            "kind": fact.kind,
            "status": fact.status.value,
            "guardian": fact.guardian,
            "word": fact.word,
            "year": fact.year,
            "serial": fact.serial,
            "issued_on": fact.issued_on,
            "served_on": fact.served_on,
        }
        is_own = isinstance(recorded.event, ISSUING) and recorded.event.paper.key == key
        if data is not None and is_own and isinstance(recorded.event, ISSUING):
            values |= {
                "issuer": recorded.event.paper.issuer,
                "doc_no": f"{fact.word}〔{fact.year}〕{fact.serial}号" if fact.serial else None,
                "verify_code": data.get("verify_code") or None,
                "data": data,
                "data_sha256": digest(canonical(data)),
                "issued_seq": recorded.seq,
            }
            await owe(
                connection, "render_paper", {"paper_id": str(identity)}, f"render_paper:{identity}"
            )
        statement = insert(PaperRow).values(
            {"paper_id": identity, "case_id": UUID(case_id), "key": key} | values
        )
        statement = statement.on_conflict_do_update(index_elements=["paper_id"], set_=values)
        await connection.execute(statement)


async def owe(
    connection: AsyncConnection, kind: str, payload: dict[str, Any], dedupe_key: str
) -> None:
    """Put one effect into the outbox; the same key is owed once."""
    await connection.execute(
        insert(OutboxRow)
        .values(kind=kind, payload=payload, dedupe_key=dedupe_key)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )
    await connection.execute(text("select pg_notify('outbox', :kind)"), {"kind": kind})
