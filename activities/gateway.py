"""The one road by which a command reaches its case, for the API, the CLI and the outbox alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from lifecycle.decide import decide
from lifecycle.evolve import fold
from lifecycle.verbs.detection import case_id_of
from lifecycle.verdict import Refusal
from models.base import canonical
from models.commands import Command, JoinLead, OpenLead
from models.people import SYSTEM, Actor, GuardianRef
from models.recorded import Receipt
from models.roster import Relation
from models.state import CaseState
from models.words import LeadSource
from models.work import CaseStart, RefusalDetail, Submission, UnmetDetail
from storage.ledger import events_after, find_receipt
from storage.rules import bundle

PARENTS = frozenset({Relation.FATHER, Relation.MOTHER})
WORKFLOW = "CaseWorkflow"
UPDATE = "submit"


class Refused(Exception):
    """The command was refused; ``detail`` lists every unmet condition."""

    def __init__(self, detail: RefusalDetail) -> None:
        super().__init__(detail.cause)
        self.detail = detail


class Unacknowledged(Exception):
    """No acknowledgement in time: the command may or may not be in the ledger.

    Sending it again with the same request id is safe and finds out.
    """


class _NotRunning(Unacknowledged):
    """The ledger holds an open case, but no workflow of it runs: the engine's store was lost."""


class NoSuchCase(Exception):
    """There is no case of this number."""


class NoSuchLead(Exception):
    """There is no such lead, or its child is not in the roster."""


class CaseGateway:
    """Send commands to cases and open cases from leads."""

    def __init__(
        self,
        engine: AsyncEngine,
        client: Client,
        task_queue: str,
        patience_seconds: float = 25,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        roll_over_events: int = CaseStart.model_fields["roll_over_events"].default,
    ) -> None:
        self._engine = engine
        self._client = client
        self._task_queue = task_queue
        self._patience = patience_seconds
        self._clock = clock
        self._roll_over_events = roll_over_events

    async def submit(self, case_id: UUID, command: Command) -> Receipt:
        """Carry out ``command`` on an open case and return its receipt.

        A request that is already in the ledger is answered from there, whatever has become of the
        case since. Raises Refused, Unacknowledged, NoSuchCase.
        """
        async with self._engine.connect() as connection:
            head = await self._head(connection, case_id, command.request_id)
        if head.receipt is not None:
            _must_be_the_same(head.command, command)
            return Receipt.model_validate_json(head.receipt)
        if head.closed_on is not None:
            raise Refused(_closed())
        handle = self._client.get_workflow_handle(str(head.workflow_id))
        submission = Submission(command=command, ledger_revision=head.head_seq)
        try:
            try:
                return await self._update(handle, submission)
            except _NotRunning:
                await self.revive(case_id)
                return await self._update(handle, submission)
        except Refused:
            # The request may have got in on another way just before: the ledger knows.
            async with self._engine.connect() as connection:
                stored = await find_receipt(connection, case_id, command.request_id)
            if stored is not None:
                return stored
            raise

    async def check_engine(self) -> None:
        """Ask Temporal whether it serves; RPCError where it does not."""
        await self._client.service_client.check_health(timeout=timedelta(seconds=5))

    async def revive(self, case_id: UUID) -> None:
        """Start an open case's workflow again from the ledger; one that runs is left alone."""
        async with self._engine.connect() as connection:
            head = await self._head(connection, case_id)
            state = fold(CaseState(), await events_after(connection, case_id, 0))
        start = CaseStart(
            case_id=str(case_id),
            workflow_id=head.workflow_id,
            county=head.county,
            state=state,
            roll_over_events=self._roll_over_events,
        )
        await self._client.start_workflow(
            WORKFLOW,
            start,
            id=head.workflow_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def _head(self, connection: AsyncConnection, case_id: UUID, request_id: str = "") -> Any:
        """Return the case's workflow and revision, and the request if it is already in."""
        query = text(
            "select f.workflow_id, f.head_seq, f.county, f.closed_on, r.receipt, r.command"
            " from case_file f left join case_request r"
            " on r.case_id = f.case_id and r.request_id = :request where f.case_id = :case"
        )
        keys = {"case": case_id, "request": request_id}
        found = (await connection.execute(query, keys)).one_or_none()
        if found is None:
            raise NoSuchCase(str(case_id))
        return found

    async def _update(self, handle: WorkflowHandle[Any, Any], submission: Submission) -> Receipt:
        request_id = submission.command.request_id
        try:
            async with asyncio.timeout(self._patience):
                receipt: Receipt = await handle.execute_update(
                    UPDATE,
                    submission,
                    id=request_id,
                    result_type=Receipt,
                )
                return receipt
        except WorkflowUpdateFailedError as error:
            raise _refused(error) from error
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise Unacknowledged(request_id) from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise _NotRunning(request_id) from error
            raise Unacknowledged(request_id) from error

    async def open_from_lead(self, lead_id: UUID, actor: Actor = SYSTEM) -> Receipt:
        """Open a case for the lead's child, or join the lead to the child's open case.

        Two leads of one child at the same moment make one case: the second finds it and joins.
        """
        try:
            return await self._open_or_join(lead_id, actor)
        except Refused as refusal:
            if not any(reason.code == "already_open" for reason in refusal.detail.unmet):
                raise
            return await self._open_or_join(lead_id, actor)

    async def _open_or_join(self, lead_id: UUID, actor: Actor) -> Receipt:
        opening, joining = f"lead-{lead_id}", f"join-{lead_id}"
        async with self._engine.begin() as connection:
            lead = await _lead(connection, lead_id)
            done = await _receipt_of_lead(connection, lead, [opening, joining])
            if done is not None:
                return done
            open_case = await _open_case(connection, lead.child_ref)
            facts = None if open_case else await _opening(connection, lead, actor, opening)
        if open_case is not None:
            receipt = await self.submit(open_case, _joining(lead, actor, joining))
        else:
            assert facts is not None
            receipt = await self._start(facts)
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "update lead set status = :status, case_id = :case_id, request_id = :request_id"
                    " where id = :id"
                ),
                {
                    "status": "joined" if open_case else "opened",
                    "case_id": UUID(receipt.case_id),
                    "request_id": receipt.request_id,
                    "id": lead_id,
                },
            )
        return receipt

    async def _start(self, command: OpenLead) -> Receipt:
        await self._must_be_allowed(command)
        case_id = case_id_of(command)
        workflow_id = f"case/{command.child_ref}/{command.episode}"
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            WORKFLOW,
            CaseStart(
                case_id=case_id,
                workflow_id=workflow_id,
                county=command.county,
                roll_over_events=self._roll_over_events,
            ),
            id=workflow_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        try:
            async with asyncio.timeout(self._patience):
                receipt: Receipt = await self._client.execute_update_with_start_workflow(
                    UPDATE,
                    Submission(command=command),
                    start_workflow_operation=start,
                    id=command.request_id,
                    result_type=Receipt,
                )
                return receipt
        except WorkflowUpdateFailedError as error:
            raise _refused(error) from error
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError, RPCError) as error:
            raise Unacknowledged(command.request_id) from error

    async def _must_be_allowed(self, command: OpenLead) -> None:
        """Decide beforehand: update-with-start leaves an empty run behind when it is refused."""
        at = self._clock()
        async with self._engine.begin() as connection:
            rules = await bundle(connection, command.county, command.happened_on, None)
        verdict = decide(CaseState(), command, at=at, policy=rules.policy, calendar=rules.calendar)
        if isinstance(verdict, Refusal):
            unmet = tuple(UnmetDetail(**reason.model_dump()) for reason in verdict.unmet)
            raise Refused(RefusalDetail(cause=verdict.cause, unmet=unmet, revision=0))


async def register_lead(
    connection: AsyncConnection,
    child_ref: UUID,
    source: LeadSource,
    detected_on: date,
    absent_since: date | None,
    absent_days: int,
    lead_id: UUID | None = None,
) -> UUID:
    """Write down a lead; the same id is written once."""
    identity = lead_id or uuid4()
    await connection.execute(
        text(
            "insert into lead (id, child_ref, source, absent_since, absent_days, detected_on,"
            " status) values (:id, :child, :source, :since, :days, :on, 'pending')"
            " on conflict (id) do nothing"
        ),
        {
            "id": identity, "child": child_ref, "source": source.value, "since": absent_since,
            "days": absent_days, "on": detected_on,
        },
    )  # fmt: skip
    return identity


def _refused(error: WorkflowUpdateFailedError) -> Refused:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.details:
        return Refused(RefusalDetail.model_validate(cause.details[0]))
    message = "系统未能记下这次办理，什么都没有发生；请核对内容，仍不行请联系系统管理员。"
    return Refused(_single("ledger_fault", message))


def _single(code: str, message: str) -> RefusalDetail:
    return RefusalDetail(
        cause="refused", unmet=(UnmetDetail(code=code, message=message),), revision=0
    )


def _must_be_the_same(kept: str, command: Command) -> None:
    """Refuse a request id that was used for something else: the old receipt would mislead."""
    stored = json.loads(kept)
    said = json.loads(canonical(command.model_dump(mode="json")))
    for each in (stored, said):
        each.pop("seen_revision", None)
    if stored != said:
        message = "这个请求编号已用于另一次办理，请换一个新的 Idempotency-Key。"
        raise Refused(_single("request_id_reused", message))


def _closed() -> RefusalDetail:
    return _single("case_closed", "案件已结，不能再办理。")


async def _lead(connection: AsyncConnection, lead_id: UUID) -> Row[Any]:
    query = text(
        "select l.*, c.school, c.grade, c.birth_on, c.household_county, s.county, s.township as"
        " school_township, coalesce(c.residence_township, s.township) as township from lead l"
        " join child c on c.ref = l.child_ref join school s on s.code = c.school where l.id = :id"
    )
    row = (await connection.execute(query, {"id": lead_id})).one_or_none()
    if row is None:
        raise NoSuchLead(str(lead_id))
    return row


async def _receipt_of_lead(
    connection: AsyncConnection, lead: Row[Any], request_ids: list[str]
) -> Receipt | None:
    query = text(
        "select receipt from case_request r join case_file f using (case_id)"
        " where r.request_id = any(:request_ids) and f.child_ref = :child"
    )
    keys = {"request_ids": request_ids, "child": lead.child_ref}
    found = (await connection.execute(query, keys)).scalar_one_or_none()
    return Receipt.model_validate_json(found) if found else None


async def _open_case(connection: AsyncConnection, child_ref: UUID) -> UUID | None:
    query = text("select case_id from case_file where child_ref = :child and closed_on is null")
    return (await connection.execute(query, {"child": child_ref})).scalar_one_or_none()


async def _opening(
    connection: AsyncConnection, lead: Row[Any], actor: Actor, request_id: str
) -> OpenLead:
    keys = {"child": lead.child_ref}
    guardians = await connection.execute(
        text(
            "select guardian_ref, relation, is_primary from child_guardian where child_ref = :child"
            " order by is_primary desc, guardian_ref"
        ),
        keys,
    )
    found = guardians.all()
    has_parent = any(Relation(row.relation) in PARENTS for row in found)
    earlier = await connection.execute(
        text(
            "select case_no, episode from case_file where child_ref = :child"
            " order by episode desc limit 1"
        ),
        keys,
    )
    last = earlier.one_or_none()
    kind = await connection.execute(
        text("select kind from township where code = :code"), {"code": lead.township}
    )
    return OpenLead(
        request_id=request_id,
        actor=actor,
        happened_on=lead.detected_on,
        child_ref=str(lead.child_ref),
        episode=last.episode + 1 if last else 1,
        previous_case=last.case_no if last else None,
        source=LeadSource(lead.source),
        lead_ref=str(lead.id),
        school=lead.school,
        township=lead.township,
        is_subdistrict=kind.scalar_one_or_none() == "subdistrict",
        county=lead.county,
        enrol_county=lead.county,
        household_county=lead.household_county,
        birth_on=lead.birth_on,
        grade=lead.grade or 0,
        guardians=tuple(
            GuardianRef(
                ref=str(row.guardian_ref),
                relation=Relation(row.relation).label,
                is_primary=row.is_primary,
                # While a parent is there, a grandparent cares for the child but is no guardian
                # in law (民法典 27, 未成年人保护法 22).
                is_legal=not has_parent or Relation(row.relation) in PARENTS,
            )
            for row in found
        ),
        absent_since=lead.absent_since,
        absent_days=lead.absent_days,
    )


def _joining(lead: Row[Any], actor: Actor, request_id: str) -> JoinLead:
    return JoinLead(
        request_id=request_id,
        actor=actor,
        happened_on=lead.detected_on,
        source=LeadSource(lead.source),
        lead_ref=str(lead.id),
        absent_since=lead.absent_since,
        absent_days=lead.absent_days,
    )
