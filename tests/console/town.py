"""A county with a running worker, an API and a clock, for the tests of console and terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from access import tokens
from activities.gateway import CaseGateway
from activities.outbox import OutboxPump
from console.app import create_app
from console.wiring import Services
from lifecycle.days import legal_date
from models.people import Actor
from models.words import OfficeKind, Role
from policy.calendars import county_calendar
from runtime.client import converter, keyring
from runtime.sealer import KeyringSealer
from runtime.settings import DatabaseUrls, Settings, secret
from samples.county import SampleCounty, generate
from samples.load import load
from samples.offices import load_offices
from samples.records import ChildRow
from samples.terms import terms_for
from storage.engine import create_engine
from worker import build

COUNTY = "990101"


@dataclass
class Town:
    """The county, its servers, and hands to knock at the API as anybody."""

    settings: Settings
    urls: DatabaseUrls
    engine: AsyncEngine
    client: Client
    county: SampleCounty
    http: httpx.AsyncClient
    pump: OutboxPump
    address: str
    keys: Any = field(default_factory=lambda: count(1))
    children: list[ChildRow] = field(default_factory=list)
    later: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    @property
    def today(self) -> date:
        return legal_date(self.now())

    def key(self) -> str:
        return f"key-{next(self.keys):08d}"

    def child(self) -> ChildRow:
        """Give a child no test has used, of the first junior school's eighth grade."""
        return self.children.pop()

    def office(self, role: Role, child: ChildRow | None = None) -> str:
        kind = role.office_kind
        if kind is OfficeKind.COUNTY or child is None:
            return COUNTY
        if kind is OfficeKind.SCHOOL:
            return str(child.school)
        school = next(s for s in self.county.schools if s.code == child.school)
        return str(child.residence_township or school.township)

    def bearer(self, role: Role, office: str, name: str | None = None) -> dict[str, str]:
        actor = Actor(id=name or f"{role.value}-1", role=role, office=office)
        key = secret(self.settings.home, "token-key")
        return {"Authorization": f"Bearer {tokens.issue(key, actor, datetime.now(UTC))}"}

    def as_(
        self, role: Role, child: ChildRow | None = None, name: str | None = None
    ) -> dict[str, str]:
        return self.bearer(role, self.office(role, child), name)

    async def lead(self, child: ChildRow, **facts: Any) -> httpx.Response:
        """Report a child absent for three days."""
        body = {
            "roll_no": child.roll_no, "source": "manual",
            "absent_since": str(self.today - timedelta(days=5)), "absent_days": 3,
        } | facts  # fmt: skip
        head = self.as_(Role.PRINCIPAL, child) | {"Idempotency-Key": self.key()}
        return await self.http.post("/api/leads", json=body, headers=head)

    async def case(self, child: ChildRow | None = None) -> Case:
        child = child or self.child()
        answer = await self.lead(child)
        assert answer.status_code == 201, answer.text
        return Case(self, child, answer.json()["case_no"], UUID(answer.json()["case_id"]))

    async def deliver(self) -> None:
        """Pay the outbox and wait until every paper owed is rendered."""
        await self.pump.once()
        query = text("select count(*) from outbox where done_at is null and kind = 'render_paper'")
        for _ in range(600):
            async with self.engine.connect() as connection:
                if not (await connection.execute(query)).scalar_one():
                    return
            await asyncio.sleep(0.05)
        raise AssertionError("papers were not rendered")


@dataclass
class Case:
    """One open case and its people."""

    town: Town
    child: ChildRow
    no: str
    id: UUID

    def as_(self, role: Role, name: str | None = None) -> dict[str, str]:
        return self.town.as_(role, self.child, name)

    async def get(self, path: str = "", role: Role = Role.EDU_CASE, **more: Any) -> httpx.Response:
        return await self.town.http.get(
            f"/api/cases/{self.no}{path}", headers=self.as_(role), **more
        )

    async def revision(self) -> int:
        return int((await self.get()).json()["revision"])

    async def post(
        self, role: Role, body: Any, *, key: str | None = None, revision: str | None = None
    ) -> httpx.Response:
        seen = str(await self.revision()) if revision is None else revision
        head = self.as_(role) | {"Idempotency-Key": key or self.town.key(), "If-Match": f'"{seen}"'}
        how: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self.town.http.post(f"/api/cases/{self.no}/commands", headers=head, **how)

    async def do(self, role: Role, kind: str, **facts: Any) -> dict[str, Any]:
        answer = await self.post(role, {"kind": kind, "happened_on": str(self.town.today), **facts})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def to_the_order(self, cause: str = "weary") -> None:
        """Walk on to the signed return order."""
        await self.do(Role.CLASS_TEACHER, "contact_guardian", method="电话", was_reached=True)
        await self.do(Role.CLASS_TEACHER, "report_to_school")
        for line in ("platform", "township", "county"):
            said = await self.post(
                Role.PRINCIPAL,
                {"kind": "file_report", "happened_on": str(self.town.today), "line": line,
                 "receipt_no": "回执"},
            )  # fmt: skip
            assert (
                said.status_code == 200
                or "line_not_used" in said.text
                or "wrong_stage" in said.text
            )
        await self.do(
            Role.PRINCIPAL, "verify", conclusion="dropout", whereabouts="at_home", cause=cause
        )
        await self.do(Role.EDU_CASE, "set_responsible_party", party="ours", reason="经研究")
        await self.do(Role.EDU_HEAD, "issue_return_order", requirements=["三日内上门"])


@asynccontextmanager
async def open_town(
    urls: DatabaseUrls, home: Path, env: WorkflowEnvironment, queue: str, grade: int
) -> AsyncIterator[Town]:
    """Load the sample county into a migrated database and start its worker and API.

    Towns on one Temporal server need different ``grade``s: a child's workflow has one name there.
    """
    settings = Settings(home=home, environment="test", task_queue=queue)
    (home / "uploads").mkdir(parents=True, exist_ok=True)
    plain = env.client.config()
    client = Client(**(plain | {"data_converter": converter(settings)}))
    engine = create_engine(urls.app)
    now = datetime.now(UTC)
    county = await load_county(engine, legal_date(now))
    worker, pump = build(settings, engine, client)
    http = httpx.AsyncClient(base_url="http://town")
    town = Town(
        settings,
        urls,
        engine,
        client,
        county,
        http,
        pump,
        env.client.service_client.config.target_host,
    )
    town.children = fit_children(county, grade)
    services = Services(
        engine=engine,
        gateway=CaseGateway(engine, client, settings.task_queue),
        token_key=secret(home, "token-key"),
        clock=town.now,
        uploads=home / "uploads",
        sealer=KeyringSealer(keyring(settings)),
    )
    town.http = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(services), raise_app_exceptions=False),
        base_url="http://town",
    )
    await http.aclose()
    async with worker:
        yield town
    await town.http.aclose()
    await engine.dispose()


async def load_county(engine: AsyncEngine, day: date) -> SampleCounty:
    calendar = county_calendar(range(day.year - 1, day.year + 3), tuple(terms_for(day)))
    county = generate(day, calendar)
    async with engine.begin() as connection:
        await load(connection, county)
        await load_offices(connection, county)
    return county


def fit_children(county: SampleCounty, grade: int) -> list[ChildRow]:
    """Pick children of one junior school, at home in their own township, none of them planted."""
    kinds = {township.code: township.kind.value for township in county.townships}
    planted = {run.child_ref for run in county.planted}
    return [
        child
        for child in county.children
        if child.grade == grade
        and child.roll_no
        and child.household_county == COUNTY
        and kinds.get(child.residence_township or "") == "township"
        and child.ref not in planted
    ]
