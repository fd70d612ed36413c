"""Numbers of papers: four writers, hundreds of papers, processes killed; no gap and no double."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.storage.book import rows
from tests.storage.paper_writer import LETTERS

ROOT = Path(__file__).parents[2]
WRITERS, CASES = 4, 5
DEATHS = ((7,), (31, 2), (50,), (1,))
"""At which paper each writer is killed, at its first and at its second start."""


def write_to_the_end(url: str, writer: int) -> int:
    """Start a writer again until it has finished; return how often it was killed."""
    for kills, dies_at in enumerate((*DEATHS[writer], 0)):
        done = subprocess.run(
            [sys.executable, "-m", "tests.storage.paper_writer", url, str(writer), str(CASES), str(dies_at)],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode == 0:
            return kills
        assert done.returncode == -9, done.stderr[-2000:]
    raise AssertionError("the writer never finished")


async def test_four_writers_and_crashes_leave_no_gap_and_no_double(
    engine: AsyncEngine, database_url: str
) -> None:
    """400 letters of one series by four processes, some killed while writing: 1 to 400, each once."""
    kills = await asyncio.gather(
        *(asyncio.to_thread(write_to_the_end, database_url, writer) for writer in range(WRITERS))
    )
    found = await rows(
        engine,
        "select serial, verify_code, status from paper where word = '教函' order by serial",
    )
    assert [row.serial for row in found] == list(range(1, WRITERS * CASES * LETTERS + 1))
    assert {row.status for row in found} == {"issued"}
    assert kills == [len(deaths) for deaths in DEATHS]
    last = await rows(engine, "select last from number_series where word = '教函'")
    assert [row.last for row in last] == [WRITERS * CASES * LETTERS]
