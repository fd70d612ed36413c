"""The migration makes the tables the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

import models.roster  # noqa: F401 - fills the metadata

ROSTER = (
    "county", "township", "school", "class_room", "school_term", "household", "child", "guardian",
    "child_guardian", "import_run", "absence", "class_day", "lead",
)  # fmt: skip


def differences(connection: Connection):
    def ours(item, name, kind, reflected, other):
        return name in ROSTER if kind == "table" else True

    context = MigrationContext.configure(
        connection, opts={"include_object": ours, "compare_type": True}
    )
    return compare_metadata(context, SQLModel.metadata)


def checks(connection: Connection):
    reflected = {
        table: {c["name"] for c in inspect(connection).get_check_constraints(table)}
        for table in ROSTER
    }
    declared = {
        table: {
            str(c.name)
            for c in SQLModel.metadata.tables[table].constraints
            if c.__visit_name__ == "check_constraint" or "CheckConstraint" in type(c).__name__
        }
        for table in ROSTER
    }
    return reflected, declared


async def test_the_migrated_tables_are_the_declared_tables(engine):
    """Columns, types, keys and indexes agree in both directions."""
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_coded_column_holds_only_its_words(engine):
    """Each check constraint of the models is in the database under its name."""
    async with engine.connect() as connection:
        reflected, declared = await connection.run_sync(checks)

    assert reflected == declared


async def test_the_coded_words_are_those_of_the_models(engine):
    """The words a constraint lists are the values of the enum, none forgotten."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "select conname, pg_get_constraintdef(oid) as rule from pg_constraint"
                " where contype = 'c' and conname like '%\\_known'"
            )
        )
        rules = {row.conname: row.rule for row in rows}

    for table in ROSTER:
        for column in SQLModel.metadata.tables[table].columns:
            words = getattr(column.type, "enums", None)
            if words:
                rule = rules[column.type.name]
                assert set(rule.split("'")[1::2]) == set(words)
