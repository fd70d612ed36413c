"""The planted county, written once per test into a fresh database."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import create_engine
from tests.reports.planted import plant


@pytest.fixture
async def bare(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(database_url)
    yield made
    await made.dispose()


@pytest.fixture
async def engine(bare: AsyncEngine) -> AsyncEngine:
    await plant(bare)
    return bare
