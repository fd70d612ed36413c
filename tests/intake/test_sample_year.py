"""A whole year of the sample county through the real import."""

from datetime import date

from intake.attendance import import_attendance
from samples.county import generate
from samples.files import write
from samples.load import load
from tests.intake.calendars import calendar_for
from tests.intake.office import tables


async def test_the_sample_year_is_taken_in_and_its_truths_are_found(engine, tmp_path):
    """The written year of the whole county gives exactly the planted leads and ended runs."""
    day = date(2026, 6, 26)
    calendar = calendar_for(day)
    county = generate(day, calendar)
    paths = {path.suffix: path for path in write(county, tmp_path) if "考勤" in path.name}
    async with engine.begin() as connection:
        await load(connection, county)
    async with engine.connect() as connection:
        report = await import_attendance(
            connection, paths[".csv"], by="clerk-1", calendar=calendar, as_of=day
        )
        state = await tables(engine)
        again = await import_attendance(
            connection, paths[".xlsx"], by="clerk-1", calendar=calendar, as_of=day
        )

    assert report.rows_rejected == 0
    assert [(a.child_ref, a.day, a.kind.value, a.reason) for a in sorted(
        county.absences, key=lambda a: (a.child_ref, a.day)
    )] == state["absence"]  # fmt: skip
    assert len(state["class_day"]) == len(county.class_days)
    assert {(lead.child_ref, lead.absent_since, lead.absent_days) for lead in state["lead"]} == {
        (p.child_ref, p.days[0], len(p.days)) for p in county.planted if p.needs_lead
    }
    assert {(run.child_ref, run.days) for run in report.leads.ended_runs} == {
        (p.child_ref, p.days) for p in county.planted if p.is_run and not p.is_ongoing
    }
    assert (again.added, again.replaced, again.withdrawn) == ((), (), ())
    assert again.leads.opened == ()


async def test_a_year_with_mistyped_numbers_mended_afterwards_ends_where_a_clean_year_ends(
    engine, tmp_path
):
    """Every thirtieth number mistyped, then the right file: rows and leads are as if never wrong."""
    day = date(2025, 11, 21)
    calendar = calendar_for(day)
    county = generate(day, calendar)
    clean = next(path for path in write(county, tmp_path) if path.name.startswith("考勤"))
    lines = clean.read_text("utf-8-sig").splitlines()
    for number in range(30, len(lines), 30):
        cells = lines[number].split(",")
        if cells[4]:
            cells[4] = cells[4][:9] + str((int(cells[4][9]) + 1) % 10) + cells[4][10:]
            lines[number] = ",".join(cells)
    wrong = tmp_path / "错号.csv"
    wrong.write_text("\n".join(lines), "utf-8")
    async with engine.begin() as connection:
        await load(connection, county)
    async with engine.connect() as connection:
        for path in (wrong, clean):
            report = await import_attendance(
                connection, path, by="clerk-1", calendar=calendar, as_of=day
            )

    state = await tables(engine)
    assert report.rows_rejected == 0
    assert len(state["absence"]) == len(county.absences)
    assert {
        (lead.child_ref, lead.absent_since, lead.last_absent_on, lead.absent_days)
        for lead in state["lead"]
    } == {(p.child_ref, p.days[0], p.days[-1], len(p.days)) for p in county.planted if p.needs_lead}
