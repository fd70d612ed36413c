"""The stage: a durable PostgreSQL and a Temporal server as ``guixue up`` starts them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import process_time

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from temporalio.client import Client

from bench.peer import TABLE
from models.rules import RulesBundle
from policy.calendars import county_calendar
from runtime import postgres, temporal_server
from runtime.client import connect
from runtime.cluster import environment
from runtime.settings import Settings, database_urls
from samples.county import SampleCounty, generate
from samples.load import load
from samples.offices import load_offices
from samples.terms import terms_for
from storage.engine import create_engine
from storage.migrate import migrate
from storage.rules import bundle

PROFILE = "sample"


@dataclass(frozen=True)
class Stage:
    """Two servers, a connection to each, and the county whose children the cases are about."""

    settings: Settings
    engine: AsyncEngine
    client: Client
    county: SampleCounty
    rules: RulesBundle
    servers: dict[str, int]
    """Process ids of the two servers, whose processor time is part of the bill."""

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time used so far: ours (client, worker, SDK core), PostgreSQL's, Temporal's."""
        used = {"python": process_time()}
        for name, pid in self.servers.items():
            parent = psutil.Process(pid)
            times = [one.cpu_times() for one in (parent, *parent.children(recursive=True))]
            used[name] = sum(t.user + t.system for t in times)
        return used


@asynccontextmanager
async def stage(today: date) -> AsyncIterator[Stage]:
    """Start everything in a folder of its own and stop it again."""
    os.environ.pop("TEMPORAL_ADDRESS", None)
    with _folder() as home:
        ports = _free_ports(3)
        settings = Settings(
            home=home,
            environment="production",
            log_level="error",
            database_url=None,
            temporal_port=ports[0],
            temporal_ui_port=ports[1],
            temporal_http_port=ports[2],
        )
        postgres.prepare(settings)
        temporal_server.prepare(settings)
        with (
            _running(postgres.command(settings)) as database,
            _running(temporal_server.command(settings)) as temporal,
        ):
            postgres.wait_ready(settings)
            postgres.bootstrap(settings)
            urls = database_urls(settings)
            await migrate(urls.owner)
            await _peer_table(urls.owner)
            await temporal_server.register_search_attributes(
                await temporal_server.wait_ready(settings)
            )
            engine = create_engine(urls.app, pool_size=20)
            county = await _county(engine, today)
            async with engine.begin() as connection:
                rules = await bundle(connection, county.counties[0].code, today, None)
            try:
                yield Stage(
                    settings=settings,
                    engine=engine,
                    client=await connect(settings),
                    county=county,
                    rules=rules,
                    servers={"postgres": database, "temporal": temporal},
                )
            finally:
                await engine.dispose()


async def _county(engine: AsyncEngine, today: date) -> SampleCounty:
    years = range(today.year - 1, today.year + 3)
    county = generate(today, county_calendar(years, tuple(terms_for(today))))
    async with engine.begin() as connection:
        await load(connection, county)
        await load_offices(connection, county)
        await connection.execute(
            text("update office set profile = :profile where code = :code"),
            {"profile": PROFILE, "code": county.counties[0].code},
        )
    return county


async def _peer_table(owner_url: str) -> None:
    engine = create_async_engine(owner_url)
    async with engine.begin() as connection:
        await connection.execute(text(TABLE))
        await connection.execute(text("grant select, insert on bench_row to guixue_app"))
    await engine.dispose()


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="guixue-bench-"))
    home.chmod(0o711)  # as root, PostgreSQL runs as somebody else and has to get through
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[int]:
    server = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment() | {"PYTHONPATH": str(Path(__file__).parents[1])},
        start_new_session=True,
    )
    try:
        yield server.pid
    finally:
        server.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=15)
        if server.poll() is None:
            server.kill()
            server.wait()


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
