"""What the commands of the school day share: one transaction, the school within the actor's office."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.school_roles import may_see_school_lists
from access.scope import may_see_place
from intake.basis import basis_for
from intake.entry import EntryRefused, class_of_code, refs_of_roll
from intake.leads import Basis
from intake.leave import LeaveRefused
from intake.problems import IntakeError
from intake.sampling import SampleRefused
from intake.tasks import TaskRefused
from intake.transition import HandOverRefused
from models.people import Actor
from models.rules import PolicySnapshot
from models.words import Role
from runtime.settings import Settings
from terminal.hands import database, fail, now, run, who

Token = Annotated[str | None, typer.Option(help="令牌，默认取 GUIXUE_TOKEN")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
RequestId = Annotated[str, typer.Option(help="请求编号，重试时用原值")]
Answer = TypeVar("Answer")
_REFUSALS = (
    EntryRefused, LeaveRefused, SampleRefused, TaskRefused, HandOverRefused, IntakeError,
)  # fmt: skip


def day_of(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        fail("日期应写成 2026-11-22 的形式。")


def do(work: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    """Run one piece of work in one transaction; a refusal is a sentence and leaves nothing."""
    settings = Settings()

    async def inside() -> Answer:
        async with database(settings) as engine, engine.begin() as connection:
            return await work(connection)

    try:
        return run(inside)
    except _REFUSALS as refusal:
        fail(str(refusal), 3)


async def school_of(
    connection: AsyncConnection, code: str, actor: Actor | None
) -> tuple[Any, Basis, PolicySnapshot]:
    """Return a school with its county's basis and rules; refuse one outside the actor's office."""
    found = await connection.execute(
        text("select code, name, township, county from school where code = :code"), {"code": code}
    )
    school = found.one_or_none()
    if school is None:
        fail("没有这所学校，请核对学校标识码。")
    if actor is not None and not (
        may_see_school_lists(actor)
        and may_see_place(actor, school.code, school.township, school.county)
    ):
        fail("这所学校不在您单位的范围内。")
    by = actor.id if actor else "terminal"
    basis, policy = await basis_for(connection, school.county, by=by, at=now())
    return school, basis, policy


async def room_of(connection: AsyncConnection, code: str) -> Any:
    room = await class_of_code(connection, code)
    if room is None:
        fail("名册里没有这个班，请核对班级代码。")
    return room


async def children_of(connection: AsyncConnection, rolls: list[str]) -> dict[str, UUID]:
    refs = await refs_of_roll(connection, rolls)
    if missing := len(set(rolls) - refs.keys()):
        fail(f"有 {missing} 个学籍号在名册里找不到，请核对。")
    return refs


def acting(token: str | None, allowed: frozenset[Role], what: str) -> Actor:
    """Return who acts, or stop where the role does not do this."""
    actor = who(Settings(), token)
    if actor.role not in allowed:
        fail(f"您的角色（{actor.role.label}）不能{what}。")
    return actor
