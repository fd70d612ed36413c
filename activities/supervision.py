"""Prove coverage: recompute from each case's own state what the lists claim."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from activities.gateway import CaseGateway
from audit.anchor import heads, write_anchor
from audit.coverage import exceptions_of
from lifecycle.days import legal_date
from models.commands import AdoptCalendar, MarkDue
from models.people import SYSTEM
from models.state import CaseState
from models.work import ProofResult
from storage.rules import bundle


class SupervisionActivities:
    """Checks that read everything and change no case."""

    def __init__(
        self, engine: AsyncEngine, anchors: Path, gateway: CaseGateway | None = None
    ) -> None:
        self._engine = engine
        self._anchors = anchors
        self._gateway = gateway

    @activity.defn(name="adopt_calendars")
    async def adopt_calendars(self) -> int:
        """Tell every case with a provisional date when its year's notice has been loaded.

        Returns the number of cases told. The request id names calendar and case, so that a second
        run tells nobody twice.
        """
        assert self._gateway is not None
        today = legal_date(datetime.now(UTC))
        told = 0
        async with self._engine.begin() as connection:
            rows = await connection.execute(
                text(
                    "select distinct f.case_id, f.county, f.policy_sha, o.due_on from case_file f"
                    " join obligation o using (case_id) where f.closed_on is null"
                    " and o.ended_seq is null and o.is_provisional"
                )
            )
            waiting = {}
            for row in rows.all():
                rules = await bundle(connection, row.county, today, row.policy_sha)
                if not rules.calendar.is_provisional(row.due_on):
                    waiting[row.case_id] = rules.calendar_sha
        for case_id, sha in sorted(waiting.items()):
            command = AdoptCalendar(
                request_id=f"calendar-{sha[:32]}", actor=SYSTEM, happened_on=today
            )
            await self._gateway.submit(case_id, command)
            told += 1
        return told

    @activity.defn(name="sweep_deadlines")
    async def sweep_deadlines(self) -> int:
        """Nudge every case with a deadline a minute past that has not fallen due.

        A workflow that a crash left behind its ledger, or whose engine was lost, is brought up by
        the command itself. Returns the number of cases nudged.
        """
        assert self._gateway is not None
        today = legal_date(datetime.now(UTC))
        query = text(
            "select f.case_id, f.head_seq from case_file f where f.closed_on is null and exists"
            " (select 1 from obligation o where o.case_id = f.case_id and o.status = 'open'"
            " and o.due_at < now() - interval '1 minute') order by f.case_no"
        )
        async with self._engine.connect() as connection:
            late = (await connection.execute(query)).all()
        for row in late:
            command = MarkDue(
                request_id=f"sweep-{row.case_id}-{row.head_seq}", actor=SYSTEM, happened_on=today
            )
            await self._gateway.submit(row.case_id, command)
        return len(late)

    @activity.defn(name="prove_coverage")
    async def prove_coverage(self) -> ProofResult:
        """Check every open case, store what was found, and anchor every chain outside the database."""
        now = datetime.now(UTC)
        found: list[str] = []
        count = 0
        async with self._engine.begin() as connection:
            rows = (
                await connection.execute(
                    text(
                        "select case_no, county, policy_sha, queue, state from case_file"
                        " where closed_on is null order by case_no"
                    )
                )
            ).all()
            for row in rows:
                rules = await bundle(connection, row.county, legal_date(now), row.policy_sha)
                state = CaseState.model_validate(row.state)
                found += [
                    f"{row.case_no} {problem}"
                    for problem in exceptions_of(state, row.queue, rules, now)
                ]
                count += 1
            anchored = await heads(connection)
            await connection.execute(
                text(
                    "insert into proof_run (open_cases, exceptions)"
                    " values (:count, cast(:found as jsonb))"
                ),
                {"count": count, "found": json.dumps(found, ensure_ascii=False)},
            )
        await asyncio.to_thread(write_anchor, self._anchors, anchored, now)
        return ProofResult(open_cases=count, exceptions=tuple(found))
