"""The workflow's hand on the ledger: append, rules, and the order to export a history."""

from __future__ import annotations

import time
from collections import OrderedDict
from uuid import UUID

from sqlalchemy.exc import DataError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.duplicates import must_stand
from activities.issuing import Issuing
from activities.paper_data import PaperIncomplete
from models.recorded import AppendRequest, AppendResult
from models.rules import RulesBundle
from models.state import CaseState
from models.work import (
    ExportRequest,
    MissingRequest,
    RefusalDetail,
    RulesRequest,
    UnmetDetail,
)
from storage.ledger import LedgerConflict, LedgerRefusal, append, events_after
from storage.projection import owe
from storage.rules import bundle

KEEP_SECONDS = 60


class LedgerActivities:
    """Every method may run twice and acts once."""

    def __init__(self, engine: AsyncEngine, kept: int = 2000, public_url: str = "") -> None:
        self._engine = engine
        self._states: OrderedDict[str, CaseState] = OrderedDict()
        self._kept = kept
        self._issuing = Issuing(public_url)
        self._rules: dict[RulesRequest, tuple[float, RulesBundle]] = {}

    @activity.defn(name="append_events")
    async def append_events(self, request: AppendRequest) -> AppendResult:
        """Append in one transaction; a refusal by the ledger itself is final, an outage is not."""
        known = self._states.get(request.case_id)
        try:
            result, state = await append(
                self._engine, request, self._issuing.data, known, must_stand
            )
        except LedgerConflict as error:
            raise _refused("already_open", str(error), request.expected_seq) from error
        except LedgerRefusal as error:
            raise _refusal((error.unmet,), request.expected_seq) from error
        except (DataError, ProgrammingError) as error:
            # Trying again cannot mend it, and the case would be locked while it is tried.
            raise ApplicationError(
                "the ledger cannot hold this", type="ledger_fault", non_retryable=True
            ) from error
        except PaperIncomplete as error:
            unmet = tuple(
                UnmetDetail(code="paper_incomplete", message=problem) for problem in error.problems
            )
            raise _refusal(unmet, request.expected_seq) from error
        if state is not None:
            self._keep(state)
        return result

    def _keep(self, state: CaseState) -> None:
        self._states[state.case_id] = state
        self._states.move_to_end(state.case_id)
        while len(self._states) > self._kept:
            self._states.popitem(last=False)

    @activity.defn(name="read_ledger")
    async def read_ledger(self, request: MissingRequest) -> AppendResult:
        """Return the events a case has not seen: a crash may have kept them from it."""
        async with self._engine.connect() as connection:
            missing = await events_after(connection, UUID(request.case_id), request.after)
        return AppendResult(is_behind=True, events=missing)

    @activity.defn(name="load_rules")
    async def load_rules(self, request: RulesRequest) -> RulesBundle:
        """Return the rules a run decides by; kept for a minute, as many cases ask for the same."""
        kept = self._rules.get(request)
        if kept is None or kept[0] < time.monotonic():
            async with self._engine.begin() as connection:
                rules = await bundle(connection, request.county, request.as_of, request.policy_sha)
            kept = self._rules[request] = (time.monotonic() + KEEP_SECONDS, rules)
            for stale in [
                key for key, (until, _) in self._rules.items() if until < time.monotonic()
            ]:
                del self._rules[stale]
        return kept[1]

    @activity.defn(name="find_rules")
    async def find_rules(self, request: RulesRequest) -> RulesBundle | None:
        """Return the rules a command names, or None: an unknown snapshot must refuse, not retry."""
        try:
            return await self.load_rules(request)
        except LookupError:
            return None

    @activity.defn(name="owe_export")
    async def owe_export(self, request: ExportRequest) -> None:
        """Owe the export of a run's history; it is fetched when the run is over."""
        payload = request.model_dump(mode="json")
        key = f"export_history:{request.workflow_id}:{request.run_id}"
        async with self._engine.begin() as connection:
            await owe(connection, "export_history", payload, key)


def _refused(code: str, message: str, revision: int) -> ApplicationError:
    return _refusal((UnmetDetail(code=code, message=message),), revision)


def _refusal(unmet: tuple[UnmetDetail, ...], revision: int) -> ApplicationError:
    detail = RefusalDetail(cause="refused", unmet=unmet, revision=revision)
    return ApplicationError(
        "refused by the ledger", detail.model_dump(mode="json"), type="refused", non_retryable=True
    )
