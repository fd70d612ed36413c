"""The read models: lists, obligations, papers and the outbox, written with the events they show."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.owners import owner
from models import events as e
from models.base import canonical, digest
from models.obligation import Obligation
from models.recorded import RecordedEvent
from models.state import CaseState
from models.tables import ObligationRow, OutboxRow, PaperRow

ISSUING = e.ReturnOrderIssued | e.CorrectionOrderIssued
"""The events that issue a paper."""

Written = list[tuple[RecordedEvent, CaseState]]


def head_of(state: CaseState) -> dict[str, Any]:
    """Return the columns of the case list that follow from the state alone."""
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
        "state": state.model_dump(mode="json"),
    }


def paper_id(case_id: str, key: str) -> UUID:
    """Name a paper by its case and key: the same on every retry and rebuild."""
    return uuid5(NAMESPACE_URL, f"paper/{case_id}/{key}")


async def project(
    connection: AsyncConnection,
    case_id: str,
    before: CaseState,
    written: Written,
    frozen: dict[int, dict[str, Any]],
) -> None:
    """Write what the events change in obligations, papers and outbox.

    ``frozen`` holds the data of the papers issued, by the seq of the event that issued them.
    """
    opened = [_obligation_row(case_id, r.seq, r.event.obligation) for r, _ in written
              if isinstance(r.event, e.ObligationOpened)]  # fmt: skip
    if opened:
        await connection.execute(insert(ObligationRow), opened)
    for recorded, state in written:
        await _end_obligation(connection, case_id, recorded)
        await _papers(connection, case_id, recorded, before, state, frozen.get(recorded.seq))
        before = state


def _obligation_row(case_id: str, seq: int, obligation: Obligation) -> dict[str, Any]:
    return {
        "case_id": UUID(case_id),
        "key": obligation.key,
        "duty": obligation.duty,
        "label": obligation.label,
        "owner_role": obligation.owner.role.value,
        "owner_office": obligation.owner.office,
        "guardian": obligation.guardian,
        "due_on": obligation.due_on,
        "due_at": obligation.due_at,
        "status": obligation.status.value,
        "was_missed": False,
        "is_provisional": obligation.derivation.is_provisional,
        "escalates": obligation.escalates,
        "derivation": obligation.derivation.model_dump(mode="json"),
        "opened_seq": seq,
        "ended_seq": None,
    }


async def _end_obligation(
    connection: AsyncConnection, case_id: str, recorded: RecordedEvent
) -> None:
    event = recorded.event
    if isinstance(event, e.ObligationMet):
        values: dict[str, Any] = {"status": "met", "ended_seq": recorded.seq}
    elif isinstance(event, e.ObligationWithdrawn):
        values = {"status": "withdrawn", "ended_seq": recorded.seq}
    elif isinstance(event, e.ObligationMissed):
        values = {"status": "missed", "was_missed": True}
    elif isinstance(event, e.ObligationRederived):
        values = {
            "derivation": event.derivation.model_dump(mode="json"),
            "due_on": event.derivation.due_on,
            "due_at": event.due_at,
            "is_provisional": event.derivation.is_provisional,
        }
    else:
        return
    table: Any = ObligationRow
    where = (table.case_id == UUID(case_id)) & (table.key == event.key)
    await connection.execute(update(ObligationRow).where(where).values(values))


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
        if data is not None and isinstance(recorded.event, ISSUING):
            values |= {
                "issuer": recorded.event.paper.issuer,
                "doc_no": f"{fact.word}〔{fact.year}〕{fact.serial}号",
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
