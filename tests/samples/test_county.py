"""The sample county: the same everywhere, fictional throughout, with known truths in it."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from intake.detect import AbsentDay, ClassReport, Coverage, Place, always, find_runs
from models.identity import parse_id_number, parse_roll_no
from models.roster import AbsenceKind
from samples.county import SampleCounty, generate
from samples.files import ATTENDANCE_HEADER, write
from samples.terms import terms_for
from tests.intake.calendars import calendar_for

JUNE, NOVEMBER = date(2026, 6, 26), date(2025, 11, 22)


@cache
def county(day: date) -> SampleCounty:
    return generate(day, calendar_for(day))


def runs_in(sample: SampleCounty):
    rooms = {room.code: room for room in sample.class_rooms}
    code_of = {(r.school, r.grade, r.number): r.code for r in sample.class_rooms}
    return find_runs(
        [
            AbsentDay(a.child_ref, a.day, a.kind is not AbsenceKind.UNEXCUSED)
            for a in sample.absences
        ],
        places={
            c.ref: always(Place(c.school, code_of[c.school, c.grade, c.class_number]))
            for c in sample.children
        },
        coverage=Coverage(
            (
                ClassReport(rooms[d.class_code].school, d.class_code, d.day, d.is_full_attendance)
                for d in sample.class_days
            ),
            sample.day,
        ),
        calendar=calendar_for(sample.day),
    )


WRITER = """
import sys
from datetime import date
from pathlib import Path
from samples.county import generate
from samples.files import write
from tests.intake.calendars import calendar_for
day = date(2025, 10, 17)
write(generate(day, calendar_for(day)), Path(sys.argv[1]))
"""


def test_the_same_seed_and_day_give_the_same_bytes_in_any_process(tmp_path):
    """Two interpreters with different hash seeds and locales write identical files."""
    digests = []
    for hash_seed, locale in (("1", "C"), ("4242", "C.UTF-8")):
        folder = tmp_path / hash_seed
        environment = {"PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "TZ": f"UTC{hash_seed[0]}"}
        subprocess.run(
            [sys.executable, "-c", WRITER, str(folder)],
            check=True,
            env={**os.environ, **environment},
            cwd=Path(__file__).parents[2],
        )
        digests.append(
            {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
        )

    assert len(digests[0]) == 7
    assert digests[0] == digests[1]


def test_another_seed_gives_other_people():
    """The seed decides who lives there."""
    other = generate(NOVEMBER, calendar_for(NOVEMBER), seed=7)

    names = {child.id_no for child in county(NOVEMBER).children}
    assert len(names & {child.id_no for child in other.children}) < 20


def test_the_county_has_the_size_it_promises():
    """Three townships, six schools of every stage, about 2,400 children."""
    sample = county(JUNE)

    assert Counter(t.kind.value for t in sample.townships) == {"township": 2, "subdistrict": 1}
    assert Counter(s.stage.value for s in sample.schools) == {
        "primary": 3,
        "junior": 2,
        "nine_year": 1,
    }
    assert 2250 <= len(sample.children) <= 2550
    assert any("·" in child.name for child in sample.children)
    assert any(ord(c) > 0xFFFF for child in sample.children for c in child.name)


def test_every_number_is_valid_unique_and_fictional():
    """All ID and roll numbers pass the check and begin with 99, a code nobody has."""
    sample = county(JUNE)
    numbers = [p.id_no for p in (*sample.children, *sample.guardians) if p.id_no]
    rolls = [child.roll_no for child in sample.children if child.roll_no]

    assert all(parse_id_number(number).text == number for number in numbers)
    assert all(parse_roll_no(number).text == number for number in rolls)
    assert all(number.startswith("99") for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert all(
        (parse_id_number(c.id_no).birth_on, parse_id_number(c.id_no).sex) == (c.birth_on, c.sex)
        for c in sample.children
        if c.id_no
    )


def test_families_take_the_shapes_cases_need():
    """Some parents live apart, some children stay with grandparents, some register elsewhere."""
    sample = county(JUNE)
    guardians = {g.ref: g for g in sample.guardians}
    by_child: dict[object, list[object]] = {}
    for link in sample.child_guardians:
        by_child.setdefault(link.child_ref, []).append(link)

    assert all(sum(link.is_primary for link in links) == 1 for links in by_child.values())
    assert by_child.keys() == {child.ref for child in sample.children}
    apart = [
        links
        for links in by_child.values()
        if len(links) == 2 and len({guardians[link.guardian_ref].address for link in links}) == 2
    ]
    with_grandparent = [
        links for links in by_child.values() if any("grand" in link.relation for link in links)
    ]
    elsewhere = [c for c in sample.children if c.household_county != "990101"]
    poor = [h for h in sample.households if h.poverty.value != "none"]
    assert min(len(apart), len(with_grandparent), len(elsewhere), len(poor)) > 100
    assert any(child.id_no is None for child in sample.children)


@pytest.mark.parametrize(
    "day",
    [JUNE, NOVEMBER, date(2025, 9, 30), date(2026, 3, 12), date(2024, 12, 31), date(2026, 8, 10)],
)
def test_the_planted_truths_are_found_and_nothing_else(day):
    """Detection over a whole county finds exactly the planted runs, on any day of the year."""
    sample = county(day)
    found = {(run.child_ref, run.days, run.is_ongoing) for run in runs_in(sample)}

    assert found == {(p.child_ref, p.days, p.is_ongoing) for p in sample.planted if p.is_run}
    assert sum(not p.is_run for p in sample.planted) >= 4


def test_a_full_year_plants_twelve_runs_across_every_kind_of_gap():
    """Eight children are away and four have come back; five near misses stand beside them."""
    planted = county(JUNE).planted

    assert Counter((p.is_run, p.needs_lead) for p in planted) == {
        (True, True): 8,
        (True, False): 4,
        (False, False): 5,
    }


def test_the_first_days_of_a_year_have_no_truths_to_tell():
    """On the first school day nobody can have been away for three."""
    assert [p for p in county(date(2025, 9, 1)).planted if p.is_run] == []


@pytest.mark.parametrize("year", range(2020, 2031))
def test_terms_stand_inside_their_school_year(year):
    """Both terms fall in the year they belong to, and every day of it gives the same terms."""
    first, second = terms_for(date(year, 10, 1))

    assert date(year, 9, 1) == first.starts_on < first.ends_on < date(year + 1, 1, 18)
    assert date(year + 1, 2, 24) <= second.starts_on <= date(year + 1, 3, 2)
    assert date(year + 1, 7, 4) <= second.ends_on <= date(year + 1, 7, 10)
    for offset in range(0, 360, 30):
        assert terms_for(date(year, 8, 25) + timedelta(offset)) == (first, second)


def test_the_workbook_opens_and_holds_what_the_csv_holds(tmp_path):
    """Read back by another library: title, header, dates as dates, numbers as text."""
    paths = {path.name: path for path in write(county(NOVEMBER), tmp_path)}
    book = CalamineWorkbook.from_path(str(paths["考勤-2025-2026.xlsx"]))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    lines = paths["考勤-2025-2026.csv"].read_text("utf-8-sig").splitlines()

    assert rows[0][0].startswith("示例县2025—2026学年考勤")
    assert tuple(rows[1]) == ATTENDANCE_HEADER
    assert len(rows) - 2 == len(lines) - 1
    assert rows[2][0] == date(2025, 9, 1)
    absent = next(row for row in rows[2:] if row[5])
    assert isinstance(absent[4], str)
    assert len(absent[4]) == 18
