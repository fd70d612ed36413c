"""The migration of detection makes the tables its models describe."""

from sqlmodel import SQLModel

import models.census
import models.rosters  # noqa: F401 - fills the metadata
from tests.intake.test_migration import MigrationContext, compare_metadata

OURS = (
    "roster_import", "roster_row", "roster_change", "column_choice", "match_review", "match_answer",
    "census", "census_task", "census_answer", "census_summary",
)  # fmt: skip


def differences(connection):
    def ours(item, name, kind, reflected, other):
        return name in OURS if kind == "table" else True

    context = MigrationContext.configure(
        connection, opts={"include_object": ours, "compare_type": True}
    )
    return compare_metadata(context, SQLModel.metadata)


async def test_the_tables_of_detection_are_the_declared_ones(engine):
    """Columns, types, keys and indexes agree in both directions."""
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
