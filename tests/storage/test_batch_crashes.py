"""A batch killed while it is numbered or rendered goes on without a gap, a double or a lost paper."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.batch_values import entrants
from activities.batches import draft_batch
from models.people import Actor
from models.words import Role
from tests.console.town import load_county
from tests.papers.reading import pdf_pages
from tests.storage.book import rows

ROOT = Path(__file__).parents[2]
DAY = date(2026, 7, 1)


async def in_process(url: str, batch: UUID, township: str, what: str, number: int) -> int:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.storage.batch_worker", url, str(batch), township, what, str(number)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in {0, -9}, done.stderr[-2000:]
    return done.returncode


async def test_a_killed_batch_goes_on_where_it_was(engine: AsyncEngine, database_url: str) -> None:
    """Killed in the middle of numbering nothing is numbered; killed while rendering nothing is redone."""
    county = await load_county(engine, DAY)
    township = next(t.code for t in county.townships if t.kind.value == "township")
    clerk = Actor(id="clerk-1", role=Role.TOWNSHIP_CASE, office=township)
    content = {"school_year": 2026, "report_on": "2026-08-30", "materials": "户口簿",
               "grade_class": "七年级"}  # fmt: skip
    async with engine.begin() as connection:
        children = (await entrants(connection, township, 7, None))[:30]
        batch = await draft_batch(
            connection, clerk, "request-1", "entry_notice", "入学通知书",
            [(child, dict(content)) for child in children], DAY,
        )  # fmt: skip
    papers = "select place, serial, data_sha256, pdf_sha256 from batch_paper order by place"
    assert await in_process(database_url, batch, township, "approve", 11) == -9
    assert {row.serial for row in await rows(engine, papers)} == {None}
    assert await rows(engine, "select * from number_series") == []
    assert await in_process(database_url, batch, township, "approve", 0) == 0
    assert await in_process(database_url, batch, township, "approve", 0) == 0
    numbered = await rows(engine, papers)
    assert [row.serial for row in numbered] == list(range(1, len(children) + 1))
    assert await in_process(database_url, batch, township, "render", 8) == -9
    half = {row.place: row.pdf_sha256 for row in await rows(engine, papers) if row.pdf_sha256}
    assert len(half) == 7
    assert await in_process(database_url, batch, township, "render", 0) == 0
    whole = await rows(engine, papers)
    assert [(row.serial, row.data_sha256) for row in whole] == [
        (row.serial, row.data_sha256) for row in numbered
    ]
    assert {row.place: row.pdf_sha256 for row in whole if row.place in half} == half
    assert all(row.pdf_sha256 for row in whole)
    (bound,) = await rows(
        engine,
        "select b.status, o.bytes from paper_batch b join stored_object o on o.sha256 = b.pdf_sha256",
    )
    assert bound.status == "rendered"
    pages = pdf_pages(bytes(bound.bytes))
    told = [page for page in pages if "义务教育入学通知书" in page]
    assert [f"〕{row.serial}号" in page for row, page in zip(whole, told, strict=True)] == [
        True
    ] * len(whole)
