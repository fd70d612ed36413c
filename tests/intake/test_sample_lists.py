"""The sample county's lists through the real imports and a census: the planted truth, no more."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text

from samples.county import generate
from samples.load import load
from samples.rosters import plant
from terminal.seeding import seed_census
from tests.intake.calendars import calendar_for

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
SHOWN = Path(__file__).parents[2] / "docs/sample-census.md"
"""What the READMEs say the sample county gives."""


async def test_the_sample_lists_give_the_planted_differences_and_nothing_else(engine, tmp_path):
    """Ten lists in, every planted difference a task, a few confirmed; a second seed does nothing."""
    county = generate(DAY, calendar_for(DAY))
    async with engine.begin() as connection:
        await load(connection, county)
    said = await seed_census(engine, county, AT, tmp_path)
    again = await seed_census(engine, county, AT, tmp_path)
    async with engine.connect() as connection:
        found = await connection.execute(text("select difference, name from census_task"))
        tasks = {(row.difference, row.name) for row in found}
        leads = (await connection.execute(text("select count(*) from lead"))).scalar_one()
        refused = await connection.execute(text("select sum(rows_rejected) from roster_import"))

    assert tasks == plant(county).truth()
    assert (leads, refused.scalar_one()) == (3, 0)
    assert SHOWN.read_text("utf-8").split("```")[1].strip().splitlines() == said
    assert again == []
