"""What proves a round of inspection or of the joint meeting: its own office, its own days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.duty_done import settle_shown
from storage.engine import create_engine

COUNTY, SCHOOL, OTHER = "990101", "9901010001", "9901010002"
OPENS, DUE = date(2026, 3, 1), datetime(2026, 6, 30, 16, tzinfo=UTC)
"""Due at the end of 30 June in Shanghai."""
IN_TIME, TOO_LATE = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(database_url)
    rows = [("school_inspection", SCHOOL), ("school_inspection", OTHER), ("inspection", COUNTY)]
    async with made.begin() as connection:
        for duty, office in rows:
            await connection.execute(
                text(
                    "insert into periodic_duty (county, duty, office, period, label, role,"
                    " opens_on, due_at, why, status) values (:county, :duty, :office, '2026-03',"
                    " '督导', 'supervisor', :opens, :due, '系统默认', 'open')"
                ),
                {"county": COUNTY, "duty": duty, "office": office, "opens": OPENS, "due": DUE},
            )
    yield made
    await made.dispose()


async def inspected(engine: AsyncEngine, day: date, recorded: datetime) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into inspection_record (id, request_id, county, office, inspectors,"
                " is_responsible_inspector, inspected_on, is_ledger_sampled, problems,"
                " recorded_at, recorded_by) values (:id, :key, :county, :school,"
                " array['督一', '督二'], false, :day, true, '{}', :at, 'supervisor-1')"
            ),
            {"id": uuid4(), "key": str(uuid4()), "county": COUNTY, "school": SCHOOL, "day": day,
             "at": recorded},
        )  # fmt: skip


async def settled(engine: AsyncEngine, now: datetime) -> dict[str, str]:
    async with engine.begin() as connection:
        for duty in ("inspection", "school_inspection"):
            await settle_shown(connection, COUNTY, duty, now, "supervisor-1")
        rows = await connection.execute(text("select office, status from periodic_duty"))
        return {row.office: row.status for row in rows}


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 7, 1)])
async def test_an_inspection_of_another_period_proves_nothing(
    engine: AsyncEngine, day: date
) -> None:
    """The day before the period and the day after its last day are outside."""
    await inspected(engine, day, IN_TIME)
    assert set((await settled(engine, IN_TIME)).values()) == {"open"}


@pytest.mark.parametrize("day", [OPENS, date(2026, 6, 30)])
async def test_an_inspection_proves_its_school_and_the_county_and_no_other(
    engine: AsyncEngine, day: date
) -> None:
    """First and last day of the period count; the school next door is still owed its visit."""
    await inspected(engine, day, IN_TIME)
    assert await settled(engine, IN_TIME) == {SCHOOL: "met", COUNTY: "met", OTHER: "open"}


async def test_what_is_recorded_after_the_deadline_is_late(engine: AsyncEngine) -> None:
    """A visit in time that is written down afterwards is met late: nobody dates back."""
    await inspected(engine, date(2026, 6, 29), TOO_LATE)
    assert (await settled(engine, TOO_LATE))[SCHOOL] == "met_late"
