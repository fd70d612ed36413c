"""What the routes of the school day share: the school within scope, its rules, the request's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.school_roles import may_see_school_lists
from access.scope import may_see_place
from console.problems import Problem, not_found
from console.wiring import Services
from intake.basis import basis_for
from intake.leads import Basis
from models.people import Actor
from models.rules import PolicySnapshot
from models.words import Role

IdempotencyKey = Annotated[str | None, Header(max_length=100)]


@dataclass(frozen=True)
class SchoolHere:
    """A school the actor may see, with the county's rules as they are now."""

    code: str
    name: str
    township: str
    county: str
    basis: Basis
    policy: PolicySnapshot


async def school_here(
    connection: AsyncConnection, here: Services, actor: Actor, code: str
) -> SchoolHere:
    """Return the school; 404 where there is none, 403 where it is not the actor's."""
    found = await connection.execute(
        text("select code, name, township, county from school where code = :code"), {"code": code}
    )
    row: Any = found.one_or_none()
    if row is None:
        raise not_found("学校")
    if not may_see_school_lists(actor) or not may_see_place(
        actor, row.code, row.township, row.county
    ):
        raise Problem(403, "不在您的办理范围", "这所学校不在您单位的范围内。", "forbidden")
    basis, policy = await basis_for(connection, row.county, by=actor.id, at=here.clock())
    return SchoolHere(row.code, row.name, row.township, row.county, basis, policy)


def must_be(actor: Actor, allowed: frozenset[Role], what: str) -> None:
    if actor.role not in allowed:
        said = f"您的角色（{actor.role.label}）不能{what}。"
        raise Problem(403, "不在您的办理范围", said, "forbidden")


def request_id(idempotency_key: str | None) -> str:
    if not idempotency_key or len(idempotency_key) < 8:
        said = "请带上 Idempotency-Key 请求头（至少 8 个字符，每次办理一个新值，重试用原值）。"
        raise Problem(400, "缺少请求编号", said, "idempotency_key_missing")
    if "\x00" in idempotency_key:
        raise Problem(422, "请求有误", "请求编号里有不可见的空字符。", "invalid")
    return idempotency_key


def refused(error: Exception, code: str) -> Problem:
    """Turn a refusal of intake into the answer of the API."""
    return Problem(422, "未办理", str(error), code)


def county_of(actor: Actor) -> str:
    """Return the county an office belongs to: the first six digits of any office code."""
    return actor.office[:6]
