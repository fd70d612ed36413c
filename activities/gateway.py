"""The one road by which a command reaches its case, for the API, the CLI and the outbox alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
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

from activities.leads import (
    find_lead,
    joining_of,
    open_case_of,
    opening_of,
    receipt_of_lead,
)
from lifecycle.decide import decide
from lifecycle.evolve import fold
from lifecycle.verbs.detection import case_id_of
from lifecycle.verdict import Refusal
from models.base import canonical
from models.commands import Command, OpenLead
from models.people import SYSTEM, Actor
from models.recorded import Receipt
from models.state import CaseState
from models.version import CODE_VERSION
from models.work import CaseStart, RefusalDetail, Submission, UnmetDetail
from storage.ledger import events_after, find_receipt
from storage.rules import bundle

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

    @property
    def client(self) -> Client:
        """Return the client the gateway was made with; other campaigns start through it."""
        return self._client

    @property
    def task_queue(self) -> str:
        return self._task_queue

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

    async def revive(self, case_id: UUID, *, is_anew: bool = False) -> None:
        """Start an open case's workflow again from the ledger.

        One that runs is left alone, or with ``is_anew`` ended for the new one: after a release with
        stricter rules its history may not replay any more (docs/decisions/0005). What it had not
        acknowledged its caller sends again.
        """
        conflict = WorkflowIDConflictPolicy
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
            id_conflict_policy=conflict.TERMINATE_EXISTING if is_anew else conflict.USE_EXISTING,
        )

    async def restart_older(self) -> int:
        """Restart the open cases whose last act was decided by another version; return how many.

        Their histories would be replayed by rules that may refuse what they hold
        (docs/decisions/0005). A case stands in the ledger as it stood; done twice it does no harm.
        """
        async with self._engine.connect() as connection:
            found = await connection.execute(
                text(
                    "select f.case_id from case_file f where f.closed_on is null and ("
                    "select r.code_version from case_request r where r.case_id = f.case_id"
                    " order by r.last_seq desc, r.decided_at desc limit 1) <> :version"
                    " order by f.case_no"
                ),
                {"version": CODE_VERSION},
            )
            older = found.scalars().all()
        for case_id in older:
            await self.revive(case_id, is_anew=True)
        return len(older)

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
            lead = await find_lead(connection, lead_id)
            done = await receipt_of_lead(connection, lead, [opening, joining])
            if done is not None:
                return done
            open_case = await open_case_of(connection, lead.child_ref)
            facts = None if open_case else await opening_of(connection, lead, actor, opening)
        if open_case is not None:
            receipt = await self.submit(open_case, joining_of(lead, actor, joining))
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
