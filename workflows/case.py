"""One workflow is one case: it asks the pure core, writes the ledger, and waits.

Nothing is decided here. A command is acknowledged only after the ledger's commit, and the state
is folded from what the ledger returned, never from what was meant to be written.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeUpdate
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from lifecycle.days import legal_date
    from lifecycle.decide import decide
    from lifecycle.evolve import fold
    from lifecycle.verdict import Decision, Refusal
    from models.commands import AdoptCalendar, AdoptPolicy, Command, MarkDue
    from models.people import SYSTEM
    from models.recorded import AppendRequest, AppendResult, Receipt
    from models.rules import RulesBundle
    from models.state import CaseState
    from models.version import CODE_VERSION
    from models.work import (
        CaseStart,
        ExportRequest,
        MissingRequest,
        RefusalDetail,
        RulesRequest,
        Submission,
        UnmetDetail,
    )
    from workflows.attributes import changes

EMPTY_CASE_PATIENCE = timedelta(minutes=10)
"""A run whose opening command never came in, or was refused, ends after this."""
KEPT_RECEIPTS = 64
FAULT_PAUSE = timedelta(hours=1)
"""How long a timer the ledger refuses to record waits before it is tried again."""
_LOCAL: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=5)
    ),
}


@workflow.defn(name="CaseWorkflow")
class CaseWorkflow:
    """The durable life of one suspected dropout."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        self._start = start
        self._state = start.state
        self._recent = {receipt.request_id: receipt for receipt in start.recent}
        self._rules: RulesBundle | None = None
        self._lock = asyncio.Lock()
        self._shown: dict[str, object] = {}
        self._stage_at_start = start.state.stage

    @workflow.run
    async def run(self, start: CaseStart) -> str:
        self._rules = await self._load_rules()
        self._show()
        if start.previous_run:
            await self._owe_export(start.previous_run)
        if not await self._was_opened():
            return "empty"
        while self._state.is_open:
            if self._should_roll_over():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._next_run())
            await self._wait_for_due()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._owe_export(workflow.info().run_id)
        return self._state.stage.value

    @workflow.update
    async def submit(self, submission: Submission) -> Receipt:
        """Carry out one command; the receipt means it is in the ledger."""
        await workflow.wait_condition(lambda: self._rules is not None)
        return await self._apply(submission.command, submission.ledger_revision)

    @submit.validator
    def check_submit(self, submission: Submission) -> None:
        """Refuse before anything is written to history; the same rules as the handler's."""
        command = submission.command
        if self._rules is None or command.request_id in self._recent:
            return
        if isinstance(command, AdoptPolicy):
            return  # decided by rules that have first to be fetched
        if submission.ledger_revision > self._state.revision:
            return  # a refusal by a state that is behind would come again and again for ever
        verdict = self._decide(command, self._rules, workflow.now())
        if isinstance(verdict, Refusal):
            raise _refused(verdict, self._state.revision)

    @workflow.query
    def state(self) -> CaseState:
        return self._state

    async def _load_rules(self) -> RulesBundle:
        rules: RulesBundle = await workflow.execute_local_activity(
            "load_rules",
            RulesRequest(
                county=self._start.county,
                as_of=legal_date(workflow.now()),
                policy_sha=self._state.policy_sha or None,
            ),
            result_type=RulesBundle,
            **_LOCAL,
        )
        return rules

    async def _find_rules(self, policy_sha: str) -> RulesBundle | None:
        """Fetch the snapshot a command names; None where nobody has stored it."""
        found: RulesBundle | None = await workflow.execute_local_activity(
            "find_rules",
            RulesRequest(
                county=self._start.county, as_of=legal_date(workflow.now()), policy_sha=policy_sha
            ),
            result_type=RulesBundle,
            **_LOCAL,
        )
        return found

    def _decide(self, command: Command, rules: RulesBundle, at: datetime) -> Decision | Refusal:
        return decide(self._state, command, at=at, policy=rules.policy, calendar=rules.calendar)

    async def _apply(self, command: Command, ledger_revision: int = 0) -> Receipt:
        """Decide, append, fold; begin again whenever the ledger knows more than we do."""
        async with self._lock:  # the append yields: without the lock two commands would interleave
            if ledger_revision > self._state.revision:
                await self._catch_up()
            while True:
                known = self._recent.get(command.request_id)
                if known is not None:
                    return known
                if isinstance(command, AdoptCalendar):
                    self._rules = await self._load_rules()
                assert self._rules is not None
                rules = self._rules
                if isinstance(command, AdoptPolicy):
                    rules = await self._find_rules(command.policy_sha) or rules
                at = workflow.now()
                verdict = self._decide(command, rules, at)
                if isinstance(verdict, Refusal):
                    raise _refused(verdict, self._state.revision)
                if isinstance(command, MarkDue | AdoptCalendar) and not verdict.events:
                    return self._nothing(command, at)
                result = await self._append(command, verdict, at, rules)
                self._state = fold(self._state, result.events)
                await self._keep_own_rules(rules)
                if result.receipt is not None:
                    self._remember(result.receipt)
                    self._show()
                    return result.receipt

    async def _append(
        self, command: Command, verdict: Decision, at: datetime, rules: RulesBundle
    ) -> AppendResult:
        try:
            appended: AppendResult = await workflow.execute_local_activity(
                "append_events",
                AppendRequest(
                    case_id=self._start.case_id,
                    workflow_id=self._start.workflow_id,
                    expected_seq=self._state.revision,
                    command=command,
                    decided_at=at,
                    policy_sha=rules.policy.sha256,
                    calendar_sha=rules.calendar_sha,
                    code_version=CODE_VERSION,
                    events=verdict.events,
                ),
                result_type=AppendResult,
                **_LOCAL,
            )
            return appended
        except ActivityError as error:
            if isinstance(error.cause, ApplicationError):
                raise error.cause from error  # any other error would only fail the task for ever
            raise

    async def _catch_up(self) -> None:
        """Fold what a crash between the ledger's commit and ours has kept from us."""
        missing: AppendResult = await workflow.execute_local_activity(
            "read_ledger",
            MissingRequest(case_id=self._start.case_id, after=self._state.revision),
            result_type=AppendResult,
            **_LOCAL,
        )
        self._state = fold(self._state, missing.events)
        await self._keep_own_rules()
        self._show()

    async def _keep_own_rules(self, found: RulesBundle | None = None) -> None:
        """Decide by the snapshot the case stands on, also where it was adopted before a crash."""
        sha = self._state.policy_sha
        if self._rules is None or sha in {"", self._rules.policy.sha256}:
            return
        is_it = found is not None and found.policy.sha256 == sha
        self._rules = found if is_it else await self._load_rules()

    async def _was_opened(self) -> bool:
        if self._state.revision:
            return True
        try:
            await workflow.wait_condition(
                lambda: self._state.revision > 0, timeout=EMPTY_CASE_PATIENCE
            )
        except TimeoutError:
            await workflow.wait_condition(workflow.all_handlers_finished)
        return self._state.revision > 0

    async def _wait_for_due(self) -> None:
        """Sleep until something changes or the earliest deadline passes; then let it fall due."""
        due = self._state.next_due_at()
        revision = self._state.revision
        patience = None if due is None else max(due - workflow.now(), timedelta())
        try:
            await workflow.wait_condition(
                lambda: (
                    not self._state.is_open
                    or self._state.next_due_at() != due
                    or (self._state.revision != revision and self._should_roll_over())
                ),
                timeout=patience,
            )
        except TimeoutError:
            try:
                await self._apply(self._mark_due(due))
            except ApplicationError:
                # The ledger will not have it: a fault for people to mend. The case must live on.
                await workflow.sleep(FAULT_PAUSE)

    def _mark_due(self, due: datetime | None) -> MarkDue:
        """The timer's command; its request id makes a second firing a no-op."""
        name = f"due/{self._start.case_id}/{due}/{self._state.revision}"
        return MarkDue(
            request_id=str(uuid5(NAMESPACE_URL, name)),
            actor=SYSTEM,
            happened_on=legal_date(workflow.now()),
        )

    def _should_roll_over(self) -> bool:
        info = workflow.info()
        if info.is_continue_as_new_suggested():
            return True
        has_moved = self._state.stage is not self._stage_at_start
        return has_moved and info.get_current_history_length() >= self._start.roll_over_events

    def _next_run(self) -> CaseStart:
        return self._start.but(
            state=self._state,
            recent=tuple(self._recent.values()),
            previous_run=workflow.info().run_id,
        )

    async def _owe_export(self, run_id: str) -> None:
        await workflow.execute_local_activity(
            "owe_export",
            ExportRequest(
                case_id=self._start.case_id, workflow_id=self._start.workflow_id, run_id=run_id
            ),
            **_LOCAL,
        )

    def _remember(self, receipt: Receipt) -> None:
        self._recent[receipt.request_id] = receipt
        while len(self._recent) > KEPT_RECEIPTS:
            self._recent.pop(next(iter(self._recent)))

    def _nothing(self, command: Command, at: datetime) -> Receipt:
        return Receipt(
            case_id=self._start.case_id,
            case_no="",
            request_id=command.request_id,
            revision=self._state.revision,
            events=(),
            stage=self._state.stage.value,
            decided_at=at,
        )

    def _show(self) -> None:
        """Tell operators, in opaque codes, where the case stands; only what has changed."""
        updates: list[SearchAttributeUpdate[Any]] = changes(self._state, self._shown)
        if updates:
            workflow.upsert_search_attributes(updates)


def _refused(refusal: Refusal, revision: int) -> ApplicationError:
    detail = RefusalDetail(
        cause=refusal.cause,
        unmet=tuple(
            UnmetDetail(code=unmet.code, message=unmet.message, clause=unmet.clause)
            for unmet in refusal.unmet
        ),
        revision=revision,
    )
    return ApplicationError(
        "refused", detail.model_dump(mode="json"), type=refusal.cause, non_retryable=True
    )
