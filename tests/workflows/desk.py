"""Hands to act on a case, over any server, and eyes to look into its history."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import Payload, SearchAttributes
from temporalio.client import WorkflowHandle

from activities.gateway import CaseGateway
from activities.leads import register_lead
from lifecycle.days import legal_date
from lifecycle.evolve import fold
from models.commands import Command
from models.people import Actor
from models.recorded import Receipt
from models.state import CaseState
from models.words import LeadSource, OfficeKind, Role
from samples.records import ChildRow
from storage.ledger import events_after
from storage.rules import load_policy
from terminal.playhouse import Playhouse

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
_IDS = count(1)


@dataclass
class Desk:
    """One open case and the people who act on it, over any gateway and any server."""

    engine: AsyncEngine
    gateway: CaseGateway
    handle: WorkflowHandle[Any, Any]
    case_id: UUID
    today: Callable[[], date]

    async def state(self) -> CaseState:
        """Fold the ledger; the list's copy must say the same."""
        async with self.engine.connect() as connection:
            folded = fold(CaseState(), await events_after(connection, self.case_id, 0))
            row = await connection.execute(
                text("select state from case_file where case_id = :case"), {"case": self.case_id}
            )
        assert CaseState.model_validate(row.scalar_one()) == folded
        return folded

    async def command(
        self,
        kind: str,
        role: Role = Role.CLASS_TEACHER,
        *,
        request_id: str | None = None,
        seen_revision: int | None = None,
        **facts: Any,
    ) -> Command:
        state = await self.state()
        office = {
            OfficeKind.SCHOOL: state.school,
            OfficeKind.TOWNSHIP: state.township,
            OfficeKind.COUNTY: state.county,
        }[role.office_kind]
        return COMMANDS.validate_python(
            {
                "kind": kind,
                "request_id": request_id or f"request-{next(_IDS):05d}",
                "actor": Actor(id=f"{role.value}-1", role=role, office=office).model_dump(),
                "happened_on": self.today(),
                "seen_revision": seen_revision,
                **facts,
            }
        )

    async def do(self, kind: str, role: Role = Role.CLASS_TEACHER, **facts: Any) -> Receipt:
        return await self.gateway.submit(self.case_id, await self.command(kind, role, **facts))

    async def contact(self, **more: Any) -> Receipt:
        return await self.do(
            "contact_guardian", method="电话", was_reached=True, note="监护人说明天再谈", **more
        )

    async def reach_verifying(self) -> None:
        await self.contact()
        await self.do("report_to_school", note="三天未到校")
        async with self.engine.connect() as connection:
            policy = await load_policy(connection, (await self.state()).policy_sha)
        for line in policy.text("report_lines").split(","):
            await self.do("file_report", Role.PRINCIPAL, line=line, receipt_no=f"收-{line}")

    async def close(self) -> None:
        """Close the case as a false alarm, on two persons' word."""
        await self.reach_verifying()
        await self.do(
            "verify", Role.PRINCIPAL, conclusion="false_alarm", whereabouts="at_home",
            evidence=["到校考勤"],
        )  # fmt: skip
        await self.do("review_verification", Role.EDU_CASE, is_confirmed=True, reason="考勤属实")

    async def changed(self, revision: int) -> CaseState:
        """Wait until the case has moved on from ``revision``, and give its state."""
        for _ in range(400):
            state = await self.state()
            if state.revision > revision:
                return state
            await asyncio.sleep(0.05)
        raise AssertionError(f"nothing happened after revision {revision}")

    async def requests(self) -> list[str]:
        """Every request id of the case, as often as the ledger holds it, in order."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text(
                    "select request_id from case_request where case_id = :case"
                    " order by last_seq, first_seq"
                ),
                {"case": self.case_id},
            )
            return [str(row.request_id) for row in rows]

    async def kinds(self, request_id: str) -> list[str]:
        """The kinds of event one request led to."""
        async with self.engine.connect() as connection:
            events = await events_after(connection, self.case_id, 0)
        return [entry.event.kind for entry in events if entry.request_id == request_id]


@dataclass
class Stage:
    """The playhouse with as many cases as a test wants."""

    house: Playhouse
    used: int = 0

    def child(self) -> ChildRow:
        """Give the next child of the roster whom nobody has opened a case for."""
        home = self.house.county.counties[0].code
        planted = {run.child_ref for run in self.house.county.planted}
        fit = [
            child
            for child in self.house.county.children
            if child.grade == 8 and child.household_county == home and child.ref not in planted
        ]
        self.used += 1
        return fit[self.used]

    async def pass_until(self, instant: datetime) -> None:
        """Let time go by until a little after ``instant``."""
        now = await self.house.env.get_current_time()
        await self.house.env.sleep(instant - now + timedelta(minutes=1))
        await self.house.tell_time()

    async def open(self) -> Desk:
        house = self.house
        await house.tell_time()
        child = self.child()
        receipt = await open_case(house.engine, house.gateway, child, legal_date(house.now))
        return Desk(
            house.engine,
            house.gateway,
            house.env.client.get_workflow_handle(f"case/{child.ref}/1"),
            UUID(receipt.case_id),
            lambda: house.today,
        )


async def open_case(
    engine: AsyncEngine, gateway: CaseGateway, child: ChildRow, day: Any
) -> Receipt:
    async with engine.begin() as connection:
        lead = await register_lead(
            connection, UUID(str(child.ref)), LeadSource.ATTENDANCE, day, day, 3
        )
    return await gateway.open_from_lead(lead)


def payloads(message: Message) -> Iterator[Payload]:
    """Every payload in a message, however deep; search attributes are plain by Temporal's rule."""
    if isinstance(message, Payload):
        yield message
        return
    if isinstance(message, SearchAttributes):
        return
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        if descriptor.message_type.GetOptions().map_entry:
            values = [item for item in value.values() if isinstance(item, Message)]
        else:
            values = [value] if isinstance(value, Message) else list(value)
        for item in values:
            yield from payloads(item)
