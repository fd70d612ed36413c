"""A case played in simulated months: the time-skipping server, a real database, a real worker."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import WorkflowEnvironment

from activities.gateway import CaseGateway, Refused
from activities.outbox import OutboxPump
from intake.attendance import import_attendance
from lifecycle.days import legal_date
from lifecycle.verbs import BY_KIND
from models.commands import Command
from models.events import LABELS, ObligationMet, ObligationMissed, ObligationOpened
from models.people import Actor
from models.recorded import Receipt
from models.state import CaseState
from models.words import OfficeKind, Role
from policy.calendars import county_calendar
from runtime.client import PAYLOAD_KEY, converter
from runtime.postgres import ephemeral_postgres
from runtime.settings import Settings
from runtime.telemetry import quiet_runtime
from runtime.temporal_server import register_search_attributes, time_skipping_binary
from samples.county import SampleCounty, generate
from samples.load import load
from samples.offices import load_offices
from samples.terms import terms_for
from storage import objects, queries
from storage.engine import create_engine
from storage.ledger import events_after
from storage.migrate import migrate
from storage.rules import calendar_of
from worker import build

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
SAMPLE_PROFILE = "sample"
Say = Callable[[str], None]


@dataclass
class Playhouse:
    """The stage: acts go through the same gateway as everybody's, only the clock is ours."""

    env: WorkflowEnvironment
    engine: AsyncEngine
    gateway: CaseGateway
    pump: OutboxPump
    county: SampleCounty
    folder: Path
    voice: Say
    started_at: datetime
    now: datetime
    case_id: UUID | None = None
    case_no: str = ""
    acts: int = 0
    shown: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return legal_date(self.now)

    def say(self, line: str, /) -> None:
        self.voice(line)

    @property
    def case(self) -> UUID:
        assert self.case_id is not None, "no case was opened yet"
        return self.case_id

    async def open_case(self, file: Path) -> None:
        """Import an attendance file and wait until its one lead has become a case."""
        async with self.engine.begin() as connection:
            calendar = await calendar_of(connection, self.county.counties[0].code, self.today)
            report = await import_attendance(
                connection, file, by="示例", calendar=calendar, as_of=self.today
            )
        for sentence in report.sentences():
            self.say(f"    {sentence}")
        await self.deliver()
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text("select case_id, case_no from case_file order by case_no")
            )
            row = rows.all()[-1]
        self.case_id, self.case_no = row.case_id, row.case_no
        await self._show_new()

    async def act(self, who: str, role: Role, kind: str, **facts: Any) -> Receipt:
        """Let somebody of the case's own offices do one thing, today or the next working day."""
        await self.next_working_day()
        self.say(f"{self.today} {role.label}（{who}）：{BY_KIND[kind].label}")
        receipt = await self._submit(who, role, kind, facts)
        await self._show_new()
        return receipt

    async def is_refused(self, who: str, role: Role, kind: str, **facts: Any) -> list[str]:
        """Try something the law does not allow yet, and return the codes of the reasons."""
        await self.next_working_day()
        self.say(f"{self.today} {role.label}（{who}）：{BY_KIND[kind].label} → 系统拒绝")
        try:
            await self._submit(who, role, kind, facts)
        except Refused as refusal:
            for unmet in refusal.detail.unmet:
                clause = f"（{unmet.clause}）" if unmet.clause else ""
                self.say(f"    ✗ {unmet.message}{clause}")
            return [unmet.code for unmet in refusal.detail.unmet]
        raise AssertionError(f"{kind} was not refused")

    async def _submit(self, who: str, role: Role, kind: str, facts: dict[str, Any]) -> Receipt:
        state = await self.state()
        self.acts += 1
        command = COMMANDS.validate_python(
            {
                "kind": kind,
                "request_id": f"story-{self.case_no}-{self.acts:04d}",
                "actor": Actor(id=who, role=role, office=_office(state, role)).model_dump(),
                "happened_on": self.today,
                **facts,
            }
        )
        receipt = await self.gateway.submit(self.case, command)
        await self.deliver()
        return receipt

    async def wait(self, *, days: int = 0, until: date | None = None) -> None:
        """Let time go by, to ten in the morning; deadlines on the way fall due by themselves."""
        target = until or self.today + timedelta(days=days)
        if target <= self.today:
            return
        self.say(f"    …… 时间到了 {target}")
        await self.env.sleep((target - self.today).total_seconds())
        await self.tell_time()
        await self._settle()
        await self._show_new()

    async def tell_time(self) -> None:
        """Read the simulated clock."""
        self.now = await self.env.get_current_time()

    async def wait_until_due(self, duty: str) -> None:
        """Let time go by until the day after the named deadline."""
        state = await self.state()
        due = [o.due_on for o in state.live_obligations() if o.duty == duty]
        await self.wait(until=min(due) + timedelta(days=1))

    async def next_school_day(self) -> None:
        """Let time go by until the child's school holds classes."""
        calendar = await self.calendar()
        school = (await self.state()).school if self.case_id else None
        day = self.today
        while not calendar.is_school_day(day, school):
            day += timedelta(days=1)
        await self.wait(until=day)

    async def next_working_day(self) -> None:
        calendar = await self.calendar()
        day = self.today
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
        await self.wait(until=day)

    async def calendar(self) -> Any:
        async with self.engine.connect() as connection:
            return await calendar_of(connection, self.county.counties[0].code, self.today)

    async def state(self) -> CaseState:
        async with self.engine.connect() as connection:
            row = await queries.get_case(connection, queries.EVERYTHING, self.case_no)
        assert row is not None
        return CaseState.model_validate(row.state)

    async def deliver(self) -> None:
        """Pay the outbox here and now: papers are made before the next act."""
        await self.pump.once()
        query = text(
            "select count(*) from outbox where done_at is null and kind <> 'export_history'"
        )
        for _ in range(400):
            async with self.engine.connect() as connection:
                if not (await connection.execute(query)).scalar_one():
                    return
            await asyncio.sleep(0.05)
        raise AssertionError("the outbox was not paid")

    async def _settle(self) -> None:
        """Wait until no open deadline lies in the past: the timers have all fired."""
        if self.case_id is None:
            return
        for _ in range(400):
            due = (await self.state()).next_due_at()
            if due is None or due > self.now:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("a timer did not fire")

    async def _show_new(self) -> None:
        if self.case_id is None:
            return
        async with self.engine.connect() as connection:
            events = await events_after(connection, self.case, self.shown)
            papers = await queries.papers_of(connection, self.case)
        for entry in events:
            event = entry.event
            self.shown = entry.seq
            if isinstance(event, ObligationOpened):
                derivation = event.obligation.derivation
                self.say(f"    ⏱ {derivation.sentence(event.obligation.label)}")
            elif isinstance(event, ObligationMissed):
                self.missed.append(event.duty)
                self.say(f"    ⚠ 逾期：{event.key.partition('#')[0]}，已通知上一级")
            elif not isinstance(event, ObligationMet) and event.kind != "obligation_withdrawn":
                self.say(f"    ✓ 第{entry.seq}条 {LABELS[event.kind]}")
        await self._show_papers(papers)

    async def _show_papers(self, papers: list[Any]) -> None:
        for paper in papers:
            path = self.folder / f"{self.case_no}-{paper.key}.pdf"
            if paper.pdf_sha256 is None or path.exists():
                continue
            async with self.engine.connect() as connection:
                path.write_bytes(await objects.get(connection, paper.pdf_sha256))
                path.with_suffix(".docx").write_bytes(
                    await objects.get(connection, paper.docx_sha256)
                )
            self.say(f"    📄 {paper.doc_no} → {path}")


def _office(state: CaseState, role: Role) -> str:
    return {
        OfficeKind.SCHOOL: state.school,
        OfficeKind.TOWNSHIP: state.township,
        OfficeKind.COUNTY: state.county,
    }[role.office_kind]


@asynccontextmanager
async def playhouse(
    say: Say,
    folder: Path,
    url: str | None = None,
    profile: str = SAMPLE_PROFILE,
    payload_key: bytes | None = None,
    **case_options: Any,
) -> AsyncIterator[Playhouse]:
    """Open a stage on a database of its own (``url`` is one that is already migrated).

    ``payload_key`` (32 bytes) is given where the histories are to be read again later;
    ``case_options`` go to the gateway (a small ``roll_over_events``, say).
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="guixue-story-") as scratch:
        if payload_key is not None:
            secrets = Path(scratch) / "secrets"
            secrets.mkdir(mode=0o700)
            (secrets / PAYLOAD_KEY).write_bytes(payload_key)
        if url is None:
            with ephemeral_postgres() as place:
                await migrate(place.urls().owner)
                async with _stage(
                    say, folder, place.urls().app, profile, Path(scratch), case_options
                ) as house:
                    yield house
        else:
            async with _stage(say, folder, url, profile, Path(scratch), case_options) as house:
                yield house


@asynccontextmanager
async def _stage(
    say: Say, folder: Path, url: str, profile: str, scratch: Path, case_options: dict[str, Any]
) -> AsyncIterator[Playhouse]:
    settings = Settings(home=scratch, environment="test", task_queue="story")
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(time_skipping_binary()),
        data_converter=converter(settings),
        runtime=quiet_runtime(),
    )
    engine = create_engine(url)
    try:
        await register_search_attributes(env.client)
        now = await env.get_current_time()
        county = await _county(engine, legal_date(now), profile)
        house = Playhouse(
            env=env, engine=engine, gateway=None, pump=None, county=county,  # type: ignore[arg-type]
            folder=folder, voice=say, started_at=now, now=now,
        )  # fmt: skip
        house.gateway = CaseGateway(
            engine, env.client, settings.task_queue, clock=lambda: house.now, **case_options
        )
        worker, house.pump = build(settings, engine, env.client, gateway=house.gateway)
        async with worker:
            yield house
    finally:
        await engine.dispose()
        await env.shutdown()
        await asyncio.sleep(0.2)  # the SDK's threads must be gone before the interpreter is


async def _county(engine: AsyncEngine, day: date, profile: str) -> SampleCounty:
    """Load the sample county with the terms of three school years: the story runs on."""
    calendar = county_calendar(range(day.year - 1, day.year + 3), tuple(terms_for(day)))
    county = generate(day, calendar)
    async with engine.begin() as connection:
        await load(connection, county)
        await load_offices(connection, county)
        code = county.counties[0].code
        await connection.execute(
            text("update office set profile = :profile where code = :code"),
            {"profile": profile, "code": code},
        )
        for years in (1, 2):
            for term in terms_for(date(day.year + years, day.month, min(day.day, 28))):
                await connection.execute(
                    text(
                        "insert into school_term (county, name, starts_on, ends_on)"
                        " values (:county, :name, :starts_on, :ends_on)"
                    ),
                    {"county": code, **term.model_dump()},
                )
    return county
