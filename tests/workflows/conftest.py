"""A stage with a skipping clock, a real database and a real worker."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from terminal.playhouse import playhouse
from tests.workflows.desk import Stage

Opener = Callable[[], AbstractAsyncContextManager[Stage]]


@pytest.fixture
def stage_of(database_url: str, tmp_path: Path) -> Opener:
    """Give the way to open a stage, for a test that changes something first."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Stage]:
        async with playhouse(lambda _line: None, tmp_path, url=database_url) as house:
            yield Stage(house)

    return opened


@pytest.fixture
async def stage(stage_of: Opener) -> AsyncIterator[Stage]:
    async with stage_of() as opened:
        yield opened
