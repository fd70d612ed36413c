"""One engine per process, connected as the application role."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.base import canonical


def create_engine(url: str, pool_size: int = 10) -> AsyncEngine:
    """Return an engine on ``url`` (asyncpg). Dispose of it at the end of the process."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        json_serializer=canonical,
        hide_parameters=True,  # an error's text would carry a whole case into the logs
        connect_args={"server_settings": {"jit": "off", "timezone": "Asia/Shanghai"}},
    )
