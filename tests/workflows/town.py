"""A real Temporal server on a file and real worker processes, each to be killed outright."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from activities.gateway import CaseGateway
from lifecycle.days import legal_date
from policy.calendars import county_calendar
from runtime import temporal_server
from runtime.client import converter
from runtime.settings import Settings
from runtime.supervisor import CODE_ROOT
from runtime.telemetry import quiet_runtime
from samples.county import SampleCounty, generate
from samples.load import load
from samples.offices import load_offices
from samples.terms import terms_for
from storage.engine import create_engine
from tests.faults.harness import free_ports
from tests.workflows.desk import Desk, open_case
from tests.workflows.dying_worker import APPENDS, DIE_AFTER

SUGGESTED_LENGTH = 60
"""Histories of these tests are to roll over at this length, by the server's own suggestion."""
_DYNAMIC = {
    "history.defaultWorkflowTaskTimeout": '"2s"',  # a dead worker is noticed in two seconds
    "limit.historyCount.suggestContinueAsNew": str(SUGGESTED_LENGTH),
}


@dataclass
class Town:
    """Server, workers, one gateway; the ledger is the test's own database."""

    settings: Settings
    url: str
    engine: AsyncEngine
    county: SampleCounty
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    server: subprocess.Popen[bytes] | None = None
    client: Client | None = None
    used: int = 0

    async def start_server(self) -> None:
        """Start the server, or start it again on what it left behind."""
        arguments = [
            word
            for key, value in _DYNAMIC.items()
            for word in ("--dynamic-config-value", f"{key}={value}")
        ]
        temporal_server.prepare(self.settings)
        self.server = self._spawn([*temporal_server.command(self.settings), *arguments], "server")
        plain = await temporal_server.wait_ready(self.settings)
        await temporal_server.register_search_attributes(plain)
        self.client = await Client.connect(
            temporal_server.address(self.settings),
            data_converter=converter(self.settings),
            runtime=quiet_runtime(),
        )

    async def kill_server(self) -> None:
        assert self.server is not None
        await kill(self.server)

    def start_worker(self, die_after: str = "") -> subprocess.Popen[bytes]:
        """Start a worker process; it dies after the commit of the request named."""
        environment = {
            "GUIXUE_HOME": str(self.settings.home),
            "GUIXUE_DATABASE_URL": self.url,
            "TEMPORAL_ADDRESS": temporal_server.address(self.settings),
            APPENDS: str(self._appends),
            DIE_AFTER: die_after,
        }
        command = [sys.executable, "-m", "tests.workflows.dying_worker"]
        return self._spawn(command, f"worker-{len(self.processes)}", environment)

    def _spawn(
        self, command: list[str], name: str, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        with (self.settings.home / f"{name}.log").open("ab") as sink:
            process = subprocess.Popen(
                command,
                cwd=CODE_ROOT,
                env=os.environ | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process

    @property
    def gateway(self) -> CaseGateway:
        assert self.client is not None
        return CaseGateway(self.engine, self.client, self.settings.task_queue, patience_seconds=40)

    @property
    def today(self) -> date:
        return legal_date(datetime.now(UTC))

    async def open(self) -> Desk:
        """Open a case for the next pupil of the roster."""
        planted = {run.child_ref for run in self.county.planted}
        fit = [
            child for child in self.county.children if child.grade == 8 and child.ref not in planted
        ]
        child = fit[self.used]
        self.used += 1
        receipt = await open_case(self.engine, self.gateway, child, self.today)
        return self.desk(UUID(receipt.case_id), f"case/{child.ref}/1")

    def desk(self, case_id: UUID, workflow_id: str) -> Desk:
        """Give hands on a case over the server as it runs now."""
        assert self.client is not None
        handle = self.client.get_workflow_handle(workflow_id)
        return Desk(self.engine, self.gateway, handle, case_id, lambda: self.today)

    def appends(self, request_id: str) -> list[dict[str, Any]]:
        """Every attempt of any worker to append this request, as it was decided then."""
        lines = self._appends.read_text(encoding="utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line["request_id"] == request_id]

    async def archived(self, case_id: UUID, runs: int) -> list[Any]:
        """Wait until that many runs of the case are exported."""
        query = text("select * from history_archive where case_id = :case order by archived_at")
        for _ in range(300):
            async with self.engine.connect() as connection:
                rows = (await connection.execute(query, {"case": case_id})).all()
            if len(rows) >= runs:
                return list(rows)
            await asyncio.sleep(0.1)
        raise AssertionError(f"fewer than {runs} runs were exported")

    @property
    def _appends(self) -> Path:
        return self.settings.home / "appends.jsonl"


async def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await asyncio.to_thread(process.wait)


@asynccontextmanager
async def town(url: str, home: Path) -> AsyncIterator[Town]:
    """Open the town; every process in it is gone afterwards."""
    temporal, ui, http = free_ports(3)
    settings = Settings(
        home=home,
        database_url=url,
        temporal_port=temporal,
        temporal_ui_port=ui,
        temporal_http_port=http,
    )
    engine = create_engine(url)
    day = legal_date(datetime.now(UTC))
    calendar = county_calendar(range(day.year - 1, day.year + 3), tuple(terms_for(day)))
    county = generate(day, calendar)
    async with engine.begin() as connection:
        await load(connection, county)
        await load_offices(connection, county)
    place = Town(settings, url, engine, county)
    try:
        await place.start_server()
        yield place
    finally:
        for process in reversed(place.processes):
            await kill(process)
        place.client = None
        await engine.dispose()
