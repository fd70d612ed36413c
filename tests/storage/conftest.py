"""The application's and the owner's connection to one fresh database."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import create_engine


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(database_url)
    yield made
    await made.dispose()


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(owner_url, pool_size=2)
    yield made
    await made.dispose()
