"""Migrations: twice, at once, and to the tables the code reads."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

import models.census
import models.roster
import models.rosters
import models.supervision
import models.tables
from runtime import postgres
from runtime.cluster import Cluster
from runtime.settings import DatabaseUrls
from storage.engine import create_engine
from storage.migrate import migrate

ROOT = Path(__file__).parents[2]
READ_BY = (models.census, models.roster, models.rosters, models.supervision, models.tables)


SCHOOL_DAY = {
    "attendance_sample", "child_move", "class_report", "contact_record", "data_quality_finding",
    "hand_over", "hand_over_line", "lead_note", "leave_slip", "local_holiday", "outside_notice",
    "outside_reporter", "platform_entry", "platform_export", "present_mark", "reporter_reading",
    "school_closure", "school_make_up_day", "school_task", "term_registration", "unknown_day",
}  # fmt: skip
"""Tables of the school day, read by their own queries."""


async def columns(url: str) -> set[tuple[str, str, bool]]:
    engine = create_engine(url)
    async with engine.connect() as connection:
        found = await connection.execute(
            text(
                "select table_name, column_name, is_nullable = 'YES' from"
                " information_schema.columns where table_schema = 'public'"
            )
        )
        there = {(str(table), str(column), bool(nullable)) for table, column, nullable in found}
    await engine.dispose()
    return there


@pytest.fixture
async def empty(postgres_cluster: Cluster) -> DatabaseUrls:
    name = f"empty_{uuid4().hex[:10]}"
    await asyncio.to_thread(postgres.create_database, postgres_cluster, name)
    return postgres_cluster.urls(name)


async def test_a_second_migration_changes_nothing(database: DatabaseUrls) -> None:
    """Running it again at every start is safe."""
    before = await columns(database.owner)
    await migrate(database.owner)
    assert await columns(database.owner) == before


async def test_two_processes_may_migrate_at_once(
    empty: DatabaseUrls, database: DatabaseUrls
) -> None:
    """Four processes started together: each ends well, and the schema is the one of a single run."""
    program = "import asyncio, sys; from storage.migrate import migrate; asyncio.run(migrate(sys.argv[1]))"
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty.owner,
            env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in started:
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
    assert await columns(empty.owner) == await columns(database.owner)


async def test_every_table_the_code_reads_is_there_with_its_columns(database: DatabaseUrls) -> None:
    """Model and migration name the same tables, columns and columns that may be empty."""
    assert READ_BY
    there = await columns(database.owner)
    wanted = {
        (table.name, column.name, bool(column.nullable))
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
    }
    assert wanted - there == set()
    unread = {table for table, _, _ in there} - {table for table, _, _ in wanted}
    assert unread - SCHOOL_DAY == {
        "alembic_version", "history_archive", "number_series", "office", "proof_run",
        "rule_snapshot", "stored_object", "attachment", "attachment_read", "batch_paper",
        "paper_batch", "batch_left_out", "monthly_report", "report_export",
    }  # fmt: skip
