"""The ledger's one way in: append the events of one command in one transaction.

``append`` is safe to call twice: a request id already written gives back what was written then. A
caller that is behind gets the events it has not seen and nothing is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lifecycle.evolve import evolve
from models.base import canonical, digest
from models.commands import Command, OpenLead
from models.events import CaseEvent, PaperDrafted
from models.recorded import AppendRequest, AppendResult, Receipt, RecordedEvent
from models.state import CaseState
from models.tables import CaseEventRow, CaseFile, CaseRequest
from models.work import UnmetDetail
from storage.chain import body_of, link, read
from storage.clues import write_case_clues
from storage.projection import ISSUING, head_columns, obligation_changes, project_papers
from storage.write import write

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
PaperData = Callable[[AsyncConnection, CaseState, CaseEvent], Awaitable[dict[str, Any]]]
"""Builds the data an issued paper is frozen with, inside the transaction that numbers it."""


Check = Callable[[AsyncConnection, CaseState, CaseEvent], Awaitable[None]]
"""Refuses, inside the transaction, an event that facts beyond its own case forbid."""


class LedgerConflict(Exception):
    """The case cannot be opened: the child already has an open one."""


class LedgerRefusal(Exception):
    """The event may not be written; ``unmet`` says why and what to do."""

    def __init__(self, unmet: UnmetDetail) -> None:
        super().__init__(unmet.code)
        self.unmet = unmet


async def nothing_to_check(_: AsyncConnection, _state: CaseState, _event: CaseEvent) -> None:
    """Let every event pass."""


async def append(
    engine: AsyncEngine,
    request: AppendRequest,
    paper_data: PaperData,
    known: CaseState | None = None,
    check: Check = nothing_to_check,
) -> tuple[AppendResult, CaseState | None]:
    """Write the events of ``request`` after ``expected_seq``, or say why not.

    ``known`` is a state the caller may have kept; it is used only where its revision is the head's.
    Returns the result and, where written, the state after it. Raises LedgerConflict where another
    open case holds the child, and what ``check`` raises.
    """
    try:
        async with engine.begin() as connection:
            return await _append(connection, request, paper_data, known, check)
    except IntegrityError as error:
        if "one_open_case_per_child" in str(error.orig):
            raise LedgerConflict("该儿童已有未结案件，线索应并入原案。") from error
        raise


async def _append(
    connection: AsyncConnection,
    request: AppendRequest,
    paper_data: PaperData,
    known: CaseState | None,
    check: Check,
) -> tuple[AppendResult, CaseState | None]:
    case_id = UUID(request.case_id)
    head = await _head(connection, case_id, request.command.request_id)
    seq = head.head_seq if head else 0
    if head is not None and (head.receipt is not None or seq != request.expected_seq):
        # Asked again where the head has moved: a writer we waited for may have been our own twin,
        # and the row joined to the lock is older than the lock.
        stored = await _stored(connection, case_id, request)
        if stored is not None:
            return stored, None
    if seq != request.expected_seq:
        missing = await events_after(connection, case_id, request.expected_seq)
        return AppendResult(is_behind=True, events=missing), None
    if head is None:
        state = CaseState()
    elif known is not None and known.revision == seq and known.case_id == request.case_id:
        state = known
    else:
        state = CaseState.model_validate(await _state(connection, case_id))
    return await _write(connection, request, paper_data, state, head, check)


async def _head(connection: AsyncConnection, case_id: UUID, request_id: str) -> Any:
    """Lock and read the head, with the request's receipt where there is one.

    The lock orders writers of one case, and of one case only.
    """
    return (await connection.exec_driver_sql(_HEAD, (case_id, request_id))).one_or_none()


_HEAD = (
    "select f.case_no, f.head_seq, f.head_hash, r.receipt from case_file f"
    " left join case_request r on r.case_id = f.case_id and r.request_id = $2"
    " where f.case_id = $1 for update of f"
)


async def _state(connection: AsyncConnection, case_id: UUID) -> Any:
    table: Any = CaseFile
    query = select(table.state).where(table.case_id == case_id)
    return (await connection.execute(query)).scalar_one()


async def _stored(
    connection: AsyncConnection, case_id: UUID, request: AppendRequest
) -> AppendResult | None:
    receipt = await find_receipt(connection, case_id, request.command.request_id)
    if receipt is None:
        return None
    events = await events_after(connection, case_id, request.expected_seq)
    return AppendResult(is_behind=False, events=events, receipt=receipt)


async def find_receipt(
    connection: AsyncConnection, case_id: UUID, request_id: str
) -> Receipt | None:
    """Return the receipt of a request that is in the ledger."""
    table: Any = CaseRequest
    query = select(table.receipt).where(table.case_id == case_id, table.request_id == request_id)
    found = (await connection.execute(query)).scalar_one_or_none()
    return Receipt.model_validate_json(found) if found else None


async def events_after(
    connection: AsyncConnection, case_id: UUID, seq: int
) -> tuple[RecordedEvent, ...]:
    """Return the case's events after ``seq``, in order."""
    table: Any = CaseEventRow
    query = select(table.body).where(table.case_id == case_id, table.seq > seq).order_by(table.seq)
    return tuple(read(body) for body in (await connection.execute(query)).scalars())


async def _write(
    connection: AsyncConnection,
    request: AppendRequest,
    paper_data: PaperData,
    state: CaseState,
    head: Any,
    check: Check,
) -> tuple[AppendResult, CaseState]:
    case_no = head.case_no if head else await _case_no(connection, request)
    recorded_at = datetime.now(UTC)
    command = canonical(request.command.model_dump(mode="json"))
    command_sha = digest(command)
    prev_hash = head.head_hash if head else ""
    before = state
    rows: list[dict[str, Any]] = []
    written: list[tuple[RecordedEvent, CaseState]] = []
    frozen: dict[int, dict[str, Any]] = {}
    for event in request.events:
        seq = state.revision + 1
        await check(connection, state, event)
        numbered = await _number(connection, event)
        state = evolve(state, numbered).but(last_event_at=request.decided_at)
        if isinstance(numbered, ISSUING):
            frozen[seq] = await paper_data(connection, state, numbered)
        elif isinstance(numbered, PaperDrafted):
            await paper_data(connection, state, numbered)  # a draft that lacks something is refused
        body = body_of(request, seq, numbered, command_sha, recorded_at)
        own_hash = link(prev_hash, body)
        rows.append(
            {
                "seq": seq,
                "kind": numbered.kind,
                "happened_on": numbered.happened_on,
                "body": body,
                "prev_hash": prev_hash,
                "hash": own_hash,
            }
        )
        prev_hash = own_hash
        entry = RecordedEvent(
            seq=seq,
            decided_at=request.decided_at,
            request_id=request.command.request_id,
            event=numbered,
        )
        written.append((entry, state))
    receipt = Receipt(
        case_id=request.case_id,
        case_no=case_no,
        request_id=request.command.request_id,
        revision=state.revision,
        events=tuple(row["kind"] for row in rows),
        stage=state.stage.value,
        decided_at=request.decided_at,
    )
    opened, changed = obligation_changes(written)
    await write(
        connection,
        head_columns(state) | {"state": state.model_dump_json(), "head_hash": prev_hash},
        _request_row(request, command, receipt, recorded_at),
        rows,
        opened,
        changed,
        None if head else _fixed(request, state, case_no),
    )
    await project_papers(connection, request.case_id, before, written, frozen)
    await write_case_clues(connection, request.case_id, request.policy_sha, before, written)
    result = AppendResult(
        is_behind=False, events=tuple(entry for entry, _ in written), receipt=receipt
    )
    return result, state


def _request_row(
    request: AppendRequest, command: str, receipt: Receipt, recorded_at: datetime
) -> dict[str, Any]:
    return {
        "case_id": UUID(request.case_id),
        "request_id": request.command.request_id,
        "first_seq": request.expected_seq + 1,
        "last_seq": receipt.revision,
        "decided_at": request.decided_at,
        "recorded_at": recorded_at,
        "command": command,
        "receipt": receipt.model_dump_json(),
        "policy_sha": request.policy_sha,
        "calendar_sha": request.calendar_sha,
        "code_version": request.code_version,
    }


def _fixed(request: AppendRequest, state: CaseState, case_no: str) -> dict[str, Any]:
    """Return what is written once, when the case is opened."""
    return {
        "case_no": case_no,
        "workflow_id": request.workflow_id,
        "child_ref": UUID(state.child_ref),
        "episode": state.episode,
        "opened_on": state.opened_on,
        "first_policy_sha": request.policy_sha,
    }


async def _case_no(connection: AsyncConnection, request: AppendRequest) -> str:
    """Give the case its number: county, year of the lead, running number without gaps."""
    command = request.command
    assert isinstance(command, OpenLead)
    year = command.happened_on.year
    serial = await next_number(connection, command.county, "案", year)
    return f"{command.county}-{year}-{serial:05d}"


async def _number(connection: AsyncConnection, event: CaseEvent) -> CaseEvent:
    """Give an issued paper its number, in the same transaction as the event that issues it."""
    if not isinstance(event, ISSUING) or not event.paper.word:
        return event  # a form without a number series
    paper = event.paper
    serial = await next_number(connection, paper.issuer, paper.word, paper.year)
    return event.but(paper=paper.but(serial=serial))


async def next_numbers(
    connection: AsyncConnection, issuer: str, word: str, year: int, count: int
) -> int:
    """Take ``count`` numbers in a row and return the first; a rollback gives them all back."""
    taken = await connection.execute(
        text(
            "insert into number_series (issuer, word, year, last)"
            " values (:issuer, :word, :year, :count) on conflict (issuer, word, year)"
            " do update set last = number_series.last + :count returning last"
        ),
        {"issuer": issuer, "word": word, "year": year, "count": count},
    )
    return int(taken.scalar_one()) - count + 1


async def next_number(connection: AsyncConnection, issuer: str, word: str, year: int) -> int:
    """Take the next number of a series; a rolled back transaction gives it back (no gaps)."""
    taken = await connection.execute(
        text(
            "insert into number_series (issuer, word, year, last) values (:issuer, :word, :year, 1)"
            " on conflict (issuer, word, year) do update set last = number_series.last + 1"
            " returning last"
        ),
        {"issuer": issuer, "word": word, "year": year},
    )
    return int(taken.scalar_one())
