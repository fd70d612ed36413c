"""What commands share: settings, a connection, who is asking, and how answers are printed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from access import tokens
from activities.gateway import CaseGateway, NoSuchCase, Refused, Unacknowledged
from activities.leads import NoSuchLead
from intake.problems import IntakeError
from models.people import Actor
from policy.loader import PolicyError
from runtime.client import connect
from runtime.logging import configure
from runtime.settings import Settings, SetupError, database_urls, secret
from storage.engine import create_engine

TOKEN_KEY = "token-key"
Answer = TypeVar("Answer")
WIDE = 400
"""Characters a line may have where no screen limits it: what is piped or saved is never cut."""
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str, code: int = 1) -> NoReturn:
    """Say in Chinese what is wrong and what to do, and stop with a code."""
    err.print(message, style="red", markup=False)
    raise typer.Exit(code)


def now() -> datetime:
    return datetime.now(UTC)


def run(work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run one command; every known error becomes a sentence on stderr and exit code 1."""
    configure("warning")
    try:
        return asyncio.run(work())
    except Refused as error:
        lines = "\n".join(
            f"  · {u.message}" + (f"（{u.clause}）" if u.clause else "") for u in error.detail.unmet
        )
        fail(f"未办理，条件未满足：\n{lines}", 3)
    except (NoSuchCase, NoSuchLead):
        fail("没有找到这个案件或线索。")
    except Unacknowledged:
        fail("还没有得到确认，可能已办也可能未办；请用同一个 --request-id 再试一次。", 4)
    except (IntakeError, PolicyError, SetupError) as error:
        fail(str(error))
    except (OSError, DBAPIError, RuntimeError) as error:  # a name not found is an OSError too
        if isinstance(error, RuntimeError) and "connect" not in str(error).lower():
            raise
        fail("连不上数据库或流程引擎。请先在另一个终端运行 make up，或检查 GUIXUE_… 设置。")


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Open the application's database for one command."""
    engine = create_engine(database_urls(settings).app, pool_size=2)
    try:
        yield engine
    finally:
        await engine.dispose()


async def gateway(settings: Settings, engine: AsyncEngine) -> tuple[CaseGateway, Client]:
    client = await connect(settings)
    return CaseGateway(engine, client, settings.task_queue), client


def who(settings: Settings, token: str | None) -> Actor:
    """Return the actor of ``--token`` or GUIXUE_TOKEN; acting without one is refused."""
    given = token or os.environ.get("GUIXUE_TOKEN")
    if not given:
        fail("办理须有令牌：用 guixue user token 签发，再以 --token 或环境变量 GUIXUE_TOKEN 传入。")
    try:
        return tokens.read(secret(settings.home, TOKEN_KEY), given)
    except tokens.TokenInvalid:
        fail("令牌无效或已过期，请重新签发。")


def table(headings: list[str], rows: list[list[str]], *, codes_whole: bool = False) -> None:
    """Print a plain table; ``codes_whole`` keeps the first column from being cut short."""
    first = Column(headings[0], no_wrap=codes_whole)
    made = Table(first, *headings[1:], box=None, header_style="bold", pad_edge=False)
    for row in rows:
        made.add_row(*row)
    out.print(made)


def as_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
