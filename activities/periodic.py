"""Judge the periodic duties: open what comes round, find what was done, write down what was not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio import activity

from intake.basis import basis_for
from intake.term_start import detect_term_start
from lifecycle.accountability import clue_of
from lifecycle.days import legal_date
from lifecycle.periodic import BY_ID, Occurrence, PeriodicDuty, Place, occurrences
from models.calendar import Calendar
from models.rules import PolicySnapshot
from models.supervision import clue_id
from models.words import OfficeKind, PeriodicStatus, Role
from models.work import PeriodicResult
from storage.clues import mark_done, put_down
from storage.periodic import PROOFS, open_rounds, settle, unfinished
from storage.rules import bundle

LOOK_BACK = timedelta(days=40)
"""How far back a round may still be opened, so that days the system was down are not forgotten."""
LOOK_AHEAD = timedelta(days=200)
"""Far enough that what comes round twice a year is on the list before it is due."""


class PeriodicActivities:
    """Everything here may run twice and acts once."""

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._clock = clock

    @activity.defn(name="judge_periodic")
    async def judge_periodic(self, duty_id: str) -> PeriodicResult:
        """Open, settle and miss the rounds of one duty in every county that uses the system."""
        duty, now = BY_ID[duty_id], self._clock()
        opened = met = missed = 0
        for county in await self._counties():
            async with self._engine.begin() as connection:
                rules = await bundle(connection, county, legal_date(now), None)
                found = await rounds_of(connection, duty, county, rules.policy, rules.calendar, now)
                opened += await open_rounds(connection, county, found)
                for row in await unfinished(connection, county, duty.id, now):
                    status = await _judge(connection, county, duty, row, rules.policy, now)
                    met += status in {PeriodicStatus.MET, PeriodicStatus.MET_LATE}
                    missed += status is PeriodicStatus.MISSED
        return PeriodicResult(duty=duty_id, opened=opened, met=met, missed=missed)

    @activity.defn(name="detect_term_starts")
    async def detect_term_starts(self) -> int:
        """Look in every county for who did not come when the term began; returns the leads found.

        Acts once however often it runs; what it finds is owed through the outbox.
        """
        now, leads = self._clock(), 0
        for county in await self._counties():
            async with self._engine.begin() as connection:
                basis, policy = await basis_for(connection, county, by="system", at=now)
                found = await detect_term_start(connection, county, basis, policy)
            leads += found.first_week + found.transition + found.never_enrolled
        return leads

    async def _counties(self) -> list[str]:
        """Counties whose offices work here; a county only known by name owes nothing."""
        query = text(
            "select distinct c.code from county c join school s on s.county = c.code order by 1"
        )
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).scalars())


async def rounds_of(
    connection: AsyncConnection,
    duty: PeriodicDuty,
    county: str,
    policy: PolicySnapshot,
    calendar: Calendar,
    now: datetime,
) -> list[Occurrence]:
    """List the rounds of one duty around ``now``, not before the county began to use the system."""
    today = legal_date(now)
    begun = await _began_on(connection, county)
    first = max(today - LOOK_BACK, begun)
    if first > today:
        return []
    ahead = today if duty.is_daily else today + LOOK_AHEAD
    found: list[Occurrence] = []
    for place in await _places(connection, duty.per, county, calendar):
        found += occurrences(duty, place, policy, calendar, first, ahead)
    return [each for each in found if legal_date(each.due_at) >= first]


async def _began_on(connection: AsyncConnection, county: str) -> Any:
    """Nobody is blamed for the time before: duties count from the day after the first entry."""
    query = text(
        "select coalesce(min(day), current_date) from (select min(imported_at)::date + 1 as day"
        " from import_run union all select min(opened_on) from case_file where county = :county) t"
    )
    return (await connection.execute(query, {"county": county})).scalar_one()


async def _places(
    connection: AsyncConnection, kind: OfficeKind, county: str, calendar: Calendar
) -> list[Place]:
    if kind is OfficeKind.COUNTY:
        return [Place(kind, county, calendar.terms)]
    table = "school" if kind is OfficeKind.SCHOOL else "township"
    query = text(f"select code from {table} where county = :county order by code")
    codes = (await connection.execute(query, {"county": county})).scalars()
    of_school = kind is OfficeKind.SCHOOL
    return [Place(kind, code, calendar.terms_of(code if of_school else None)) for code in codes]


async def _judge(
    connection: AsyncConnection,
    county: str,
    duty: PeriodicDuty,
    row: Any,
    policy: PolicySnapshot,
    now: datetime,
) -> PeriodicStatus | None:
    proof = PROOFS.get(duty.id)
    shown = await proof(connection, county, row) if proof is not None else None
    done_at = None if shown is None else shown.done_at or now
    was_missed = row.status == PeriodicStatus.MISSED.value
    is_missed = not was_missed and (done_at or now) > row.due_at
    identity = clue_id(county, duty.id, row.office, row.period)
    if is_missed:
        clue = clue_of(policy, duty.id, row.label, Role(row.role), row.office)
        due_on = legal_date(row.due_at - timedelta(seconds=1))
        await put_down(
            connection, identity, county, clue, due_on=due_on, missed_on=legal_date(now),
            period=row.period,
        )  # fmt: skip
    if shown is not None and done_at is not None:
        is_late = was_missed or is_missed
        status = PeriodicStatus.MET_LATE if is_late else PeriodicStatus.MET
        await settle(connection, row, status, at=done_at, proof=shown.what, by="system")
        if is_late:
            await mark_done(connection, identity, legal_date(done_at))
        return status
    if is_missed:
        await settle(connection, row, PeriodicStatus.MISSED)
        return PeriodicStatus.MISSED
    return None
