"""The three-day rule, against a slow walk over every day."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.detect import AbsentDay, ClassReport, Coverage, Place, find_runs
from models.calendar import Calendar, Closure, Term
from tests.intake.calendars import calendar_for

CHILD = UUID(int=7)
HERE = Place("A", "A-1")
CALENDAR = calendar_for(date(2025, 10, 1))


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def found(absent: list[date], covered: str, *, excused: list[date] = [], **more: object):  # noqa: B006
    reports = [ClassReport("A", "A-1", date.fromisoformat(covered), False)]
    absences = [AbsentDay(CHILD, day, False) for day in absent]
    absences += [AbsentDay(CHILD, day, True) for day in excused]
    runs = find_runs(
        absences,
        places={CHILD: HERE},
        coverage=Coverage(reports, date(2026, 7, 31)),
        calendar=CALENDAR,
        **more,
    )
    return [(run.first_on, run.day_count, run.is_ongoing) for run in runs]


def test_a_run_goes_on_over_a_weekend():
    """Friday, Monday and Tuesday are three school days in a row."""
    absent = days("2025-09-12", "2025-09-15", "2025-09-16")

    assert found(absent, "2025-09-16") == [(date(2025, 9, 12), 3, True)]


def test_a_weekend_day_worked_in_exchange_counts():
    """Sunday 28 September 2025 is a school day: missing from the rows, it breaks the run."""
    friday_to_tuesday = days("2025-09-26", "2025-09-29", "2025-09-30")

    assert found(friday_to_tuesday, "2025-09-30") == []
    with_sunday = [*friday_to_tuesday, date(2025, 9, 28)]
    assert found(with_sunday, "2025-09-30") == [(date(2025, 9, 26), 4, True)]


def test_a_run_goes_on_over_the_national_holiday():
    """30 September is followed by 9 October; the week between does not count."""
    absent = days("2025-09-30", "2025-10-09", "2025-10-10")

    assert found(absent, "2025-10-10") == [(date(2025, 9, 30), 3, True)]
    assert found(absent[:2], "2025-10-09") == []


def test_an_excused_day_breaks_the_run():
    """Two days, a day of sick leave and two days are not three in a row."""
    absent = days("2025-09-15", "2025-09-16", "2025-09-18", "2025-09-19")

    assert found(absent, "2025-09-19", excused=days("2025-09-17")) == []


def test_a_child_who_came_back_has_a_run_that_ended():
    """Absent to Wednesday while the school reported Thursday: the child is back."""
    absent = days("2025-09-15", "2025-09-16", "2025-09-17")

    assert found(absent, "2025-09-18") == [(date(2025, 9, 15), 3, False)]


def test_a_weekend_after_the_run_is_not_a_return():
    """Absent to Friday with reports up to Sunday: nobody was at school, the run goes on."""
    absent = days("2025-09-17", "2025-09-18", "2025-09-19")

    assert found(absent, "2025-09-21") == [(date(2025, 9, 17), 3, True)]


def test_the_number_of_days_is_a_parameter():
    """A profile may ask for five days."""
    absent = days("2025-09-15", "2025-09-16", "2025-09-17", "2025-09-18")

    assert found(absent, "2025-09-18", absence_days=5) == []
    assert found(absent, "2025-09-18", absence_days=4) == [(date(2025, 9, 15), 4, True)]


def test_another_class_reporting_does_not_bring_a_child_back():
    """A class that writes 全勤 and has not reported Thursday says nothing about Thursday."""
    absent = [
        AbsentDay(CHILD, day, False) for day in days("2025-09-15", "2025-09-16", "2025-09-17")
    ]
    reports = [
        ClassReport("A", "A-1", date(2025, 9, 12), True),
        ClassReport("A", "A-1", date(2025, 9, 17), False),
        ClassReport("A", "A-2", date(2025, 9, 18), True),
    ]

    runs = find_runs(
        absent,
        places={CHILD: HERE},
        coverage=Coverage(reports, date(2025, 9, 19)),
        calendar=CALENDAR,
    )
    assert [run.is_ongoing for run in runs] == [True]


FIRST = date(2025, 8, 25)
SPAN = 70
offsets = st.integers(0, SPAN)


@st.composite
def calendars(draw):
    rest = draw(st.sets(offsets, max_size=12))
    worked = draw(st.sets(offsets, max_size=6))
    breaks = sorted(draw(st.lists(offsets, min_size=4, max_size=4, unique=True)))
    on = [FIRST + timedelta(n) for n in breaks]
    closed = sorted(draw(st.lists(offsets, min_size=2, max_size=2)))
    return Calendar(
        loaded_years=(2025,),
        rest_days={FIRST + timedelta(n): "假" for n in sorted(rest)},
        make_up_days=tuple(FIRST + timedelta(n) for n in sorted(worked)),
        terms=(
            Term(name="一", starts_on=on[0], ends_on=on[1]),
            Term(name="二", starts_on=on[2], ends_on=on[3]),
        ),
        school_closures={
            "B": (
                Closure(
                    starts_on=FIRST + timedelta(closed[0]),
                    ends_on=FIRST + timedelta(closed[1]),
                    reason="停课",
                ),
            )
        },
    )


PLACES = {
    UUID(int=1): Place("A", "A-1"),
    UUID(int=2): Place("A", "A-2"),
    UUID(int=3): Place("B", "B-1"),
}
worlds = st.fixed_dictionaries(
    {
        "calendar": calendars(),
        "marks": st.dictionaries(
            st.tuples(st.sampled_from(sorted(PLACES)), offsets),
            st.sampled_from([False, False, False, True]),
            max_size=120,
        ),
        "reports": st.lists(
            st.tuples(st.sampled_from(sorted(PLACES.values())), offsets, st.booleans()), max_size=8
        ),
        "as_of": offsets,
        "absence_days": st.integers(1, 5),
    }
)


def slow_walk(world):
    """Walk every day of every child and keep count, as a clerk with a paper calendar would."""
    as_of = FIRST + timedelta(world["as_of"])
    outcome = []
    for ref, place in PLACES.items():
        said = [
            (p, FIRST + timedelta(n), full)
            for p, n, full in world["reports"]
            if FIRST + timedelta(n) <= as_of
        ]
        own = [(day, full) for p, day, full in said if p == place]
        of_school = [day for p, day, _ in said if p.school == place.school]
        if not of_school:
            continue
        until = max(day for day, _ in own) if any(full for _, full in own) else max(of_school)
        streak: list[date] = []
        day = FIRST
        while day <= until:
            if world["calendar"].is_school_day(day, place.school):
                if world["marks"].get((ref, (day - FIRST).days)) is False:
                    streak.append(day)
                else:
                    if len(streak) >= world["absence_days"]:
                        outcome.append((ref, tuple(streak), False))
                    streak = []
            day += timedelta(1)
        if len(streak) >= world["absence_days"]:
            outcome.append((ref, tuple(streak), True))
    return sorted(outcome)


@settings(max_examples=500)
@given(worlds, st.randoms(use_true_random=False))
def test_detection_agrees_with_a_slow_walk(world, random):
    """On any calendar, with any absences and reports, in any order, both find the same runs."""
    absences = [
        AbsentDay(ref, FIRST + timedelta(n), excused)
        for (ref, n), excused in world["marks"].items()
    ]
    reports = [
        ClassReport(place.school, place.class_code, FIRST + timedelta(n), full)
        for place, n, full in world["reports"]
    ]
    random.shuffle(absences)
    random.shuffle(reports)

    runs = find_runs(
        absences,
        places=PLACES,
        coverage=Coverage(reports, FIRST + timedelta(world["as_of"])),
        calendar=world["calendar"],
        absence_days=world["absence_days"],
    )
    assert [(run.child_ref, run.days, run.is_ongoing) for run in runs] == slow_walk(world)
