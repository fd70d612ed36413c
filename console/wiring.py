"""What every route needs: the engine, the gateway, the clock and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncEngine

from access import tokens
from activities.gateway import CaseGateway
from activities.sealing import Sealer
from console.problems import Problem
from models.people import Actor


@dataclass(frozen=True)
class Services:
    """The application's own hands, made once per process."""

    engine: AsyncEngine
    gateway: CaseGateway
    token_key: bytes
    clock: Callable[[], datetime]
    uploads: Path
    public_url: str = ""
    """Address the QR codes of papers lead to."""
    sealer: Sealer | None = None
    """Opens and seals evidence files; None where a process has no keys."""


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def actor(request: Request, authorization: Annotated[str | None, Header()] = None) -> Actor:
    """Return who is asking, from a signed token and from nothing else."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and token:
        try:
            return tokens.read(services(request).token_key, token)
        except tokens.TokenInvalid:
            pass
    raise Problem(
        401,
        "请先登录",
        "请求须带有效的令牌（Authorization: Bearer …），可用 guixue user token 签发。",
        "unauthenticated",
    )


Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
"""A day somebody asks about: years at the ends of the calendar cannot be counted with."""
SchoolYear = Annotated[int, Field(ge=2000, le=2100)]
ServicesHere = Annotated[Services, Depends(services)]
ActorHere = Annotated[Actor, Depends(actor)]
