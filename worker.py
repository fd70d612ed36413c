"""The worker: one process that runs cases, deliveries and the outbox pump. Wiring only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.worker import Worker

from activities.batch_rendering import BatchActivities
from activities.census import CensusActivities
from activities.delivery import DeliveryActivities
from activities.gateway import CaseGateway
from activities.ledger import LedgerActivities
from activities.outbox import OutboxPump
from activities.periodic import PeriodicActivities
from activities.supervision import SupervisionActivities
from papers.fonts import load_faces
from runtime.client import connect, keyring
from runtime.logging import configure
from runtime.sealer import KeyringSealer
from runtime.settings import Settings, database_urls
from storage.engine import create_engine
from workflows.rooms import WORKFLOWS, runner

CACHED_CASES = 4000


def now() -> datetime:
    return datetime.now(UTC)


def build(
    settings: Settings,
    engine: AsyncEngine,
    client: Client,
    clock: Callable[[], datetime] = now,
    gateway: CaseGateway | None = None,
) -> tuple[Worker, OutboxPump]:
    """Wire a worker and its pump on an engine and a client that the caller owns."""
    gateway = gateway or CaseGateway(engine, client, settings.task_queue, clock=clock)
    sealer = KeyringSealer(keyring(settings))
    ledger = LedgerActivities(engine, public_url=settings.papers_url)
    delivery = DeliveryActivities(engine, client, gateway, sealer, settings.extra_fonts)
    batches = BatchActivities(engine, settings.extra_fonts)
    supervision = SupervisionActivities(engine, settings.home / "anchors", gateway)
    periodic = PeriodicActivities(engine, clock)
    census = CensusActivities(engine, clock)
    worker = Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=[
            ledger.append_events,
            ledger.read_ledger,
            ledger.load_rules,
            ledger.find_rules,
            ledger.owe_export,
            delivery.deliver,
            batches.render_part,
            batches.bind,
            supervision.prove_coverage,
            supervision.adopt_calendars,
            supervision.sweep_deadlines,
            periodic.judge_periodic,
            periodic.detect_term_starts,
            census.run_census,
            census.list_overdue,
            census.open_due,
        ],
        workflow_runner=runner(),
        max_cached_workflows=CACHED_CASES,
        max_concurrent_activities=8,
    )
    return worker, OutboxPump(engine, client, settings.task_queue)


async def serve(settings: Settings) -> None:
    """Run until cancelled."""
    load_faces(settings.extra_fonts)  # a missing font family must stop the start, not blank a paper
    client = await connect(settings)
    engine = create_engine(database_urls(settings).app)
    worker, pump = build(settings, engine, client)
    pumping = asyncio.create_task(pump.run())
    try:
        async with worker:
            await pumping
    finally:
        pumping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pumping
        await engine.dispose()


def main(settings: Settings) -> None:
    configure(settings.log_level)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(settings))
