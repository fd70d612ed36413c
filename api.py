"""The API process: one FastAPI application on its own engine and Temporal client. Wiring only."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import uvicorn

from activities.gateway import CaseGateway
from console.app import create_app
from console.wiring import Services
from runtime.client import connect, keyring
from runtime.logging import configure
from runtime.sealer import KeyringSealer
from runtime.settings import Settings, database_urls, secret
from storage.engine import create_engine

TOKEN_KEY = "token-key"


async def serve(settings: Settings) -> None:
    """Answer requests until stopped."""
    client = await connect(settings)
    engine = create_engine(database_urls(settings).app)
    uploads = settings.home / "uploads"
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    services = Services(
        engine=engine,
        gateway=CaseGateway(engine, client, settings.task_queue),
        token_key=secret(settings.home, TOKEN_KEY),
        clock=lambda: datetime.now(UTC),
        uploads=uploads,
        public_url=settings.papers_url,
        sealer=KeyringSealer(keyring(settings)),
    )
    config = uvicorn.Config(
        create_app(services),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    try:
        await uvicorn.Server(config).serve()
    finally:
        await engine.dispose()


def main(settings: Settings) -> None:
    configure(settings.log_level)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(settings))
