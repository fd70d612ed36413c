"""The order of rows, files and reports changes neither streaks nor leads."""

import random

import pytest

from intake.attendance import import_attendance
from intake.entry import AbsentChild, ClassEntry, report_class
from intake.leads import runs_of
from models.roster import AbsenceKind
from tests.intake.desk import TWO, basis
from tests.intake.office import CALENDAR, attendance, october
from tests.intake.village import DOTTED, QI, SECOND_CLASS, YU

DAYS = october(9, 10, 11, 13, 14, 15, 16, 17)
TODAY = DAYS[-1]
EVERYBODY = (YU, QI, DOTTED, SECOND_CLASS)
MARKS = ("旷课", "旷课", "旷课", "旷课", "病假", "到校", "？")


def world(seed: int):
    """Draw a fortnight of one class by files and of the other by hand, with unreadable rows."""
    dice = random.Random(seed)
    files = []
    for day in DAYS:
        rows = [
            (day, child, dice.choice(MARKS)) for child in (YU, QI, DOTTED) if dice.random() < 0.75
        ]
        if rows:
            files.append(rows)
    entries = [
        ClassEntry(
            TWO, day,
            (AbsentChild(SECOND_CLASS.ref, AbsenceKind.UNEXCUSED),) if dice.random() < 0.7 else (),
            f"entry-{day}",
        )
        for day in DAYS
        if dice.random() < 0.85
    ]  # fmt: skip
    return files, entries


async def play(connection, folder, files, entries, order):
    """Send everything in, in the order drawn; tell what stands at the end, and roll it back."""
    transaction = await connection.begin()
    acts = [("file", rows) for rows in files] + [("entry", entry) for entry in entries]
    order.shuffle(acts)
    for number, (kind, said) in enumerate(acts):
        if kind == "file":
            rows = list(said)
            order.shuffle(rows)
            path = attendance(folder / f"{number}.csv", rows)
            await import_attendance(connection, path, by="clerk-1", calendar=CALENDAR, as_of=TODAY)
        else:
            await report_class(connection, said, basis(TODAY))
    children = [child.ref for child in EVERYBODY]
    streaks = await runs_of(connection, children, basis(TODAY), shortest=1)
    found = (
        await connection.exec_driver_sql(
            "select child_ref, absent_since, last_absent_on, absent_days from lead"
            " where status = 'pending' order by 1, 2"
        )
    ).all()
    await transaction.rollback()
    ongoing = {run.child_ref: run for run in streaks if run.is_ongoing and run.day_count >= 3}
    leads = {tuple(row) for row in found if row.child_ref in ongoing}
    return streaks, ongoing, leads


@pytest.mark.parametrize("seed", range(12))
async def test_any_order_of_files_rows_and_reports_ends_the_same(village, tmp_path, seed):
    """Streaks are equal to the day; every run going on has one lead that says exactly that run."""
    files, entries = world(seed)
    outcomes = []
    async with village.connect() as connection:
        for attempt in range(4):
            folder = tmp_path / str(attempt)
            folder.mkdir()
            order = random.Random(seed * 100 + attempt)
            outcomes.append(await play(connection, folder, files, entries, order))
    streaks, ongoing, _ = outcomes[0]
    assert all(each[0] == streaks for each in outcomes)
    wanted = {(r.child_ref, r.first_on, r.last_on, r.day_count) for r in ongoing.values()}
    assert all(each[2] == wanted for each in outcomes)


async def test_the_worlds_drawn_have_something_to_find(village, tmp_path):
    """The property is not empty: over the seeds there are leads, ended runs and unknown days."""
    seen = {"lead": 0, "ended": 0, "unknown": 0}
    async with village.connect() as connection:
        for seed in range(12):
            folder = tmp_path / str(seed)
            folder.mkdir()
            streaks, ongoing, _ = await play(connection, folder, *world(seed), random.Random(seed))
            seen["lead"] += len(ongoing)
            seen["ended"] += sum(not run.is_ongoing for run in streaks)
            seen["unknown"] += sum(bool(run.unknown_days) for run in streaks)
    assert all(count >= 3 for count in seen.values()), seen
