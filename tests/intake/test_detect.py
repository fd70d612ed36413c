"""The three-day rule, against a slow walk over every day."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.detect import (
    AbsentDay,
    ClassReport,
    Coverage,
    Place,
    Stay,
    UnknownDay,
    always,
    find_runs,
    place_on,
)
from models.calendar import Calendar, Closure, Term
from tests.intake.calendars import calendar_for

CHILD = UUID(int=7)
HERE = Place("A", "A-1")
CALENDAR = calendar_for(date(2025, 10, 1))


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def found(
    absent: list[date],
    covered: str,
    *,
    excused: list[date] = [],  # noqa: B006
    unknown: list[date] = [],  # noqa: B006
    **more: object,
):
    reports = [ClassReport("A", "A-1", date.fromisoformat(covered), False)]
    absences = [AbsentDay(CHILD, day, False) for day in absent]
    absences += [AbsentDay(CHILD, day, True) for day in excused]
    runs = find_runs(
        absences,
        places={CHILD: always(HERE)},
        coverage=Coverage(reports, date(2026, 7, 31)),
        calendar=CALENDAR,
        unknown=[UnknownDay(CHILD, day) for day in unknown],
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
        places={CHILD: always(HERE)},
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


def test_an_unknown_day_neither_counts_nor_breaks():
    """Absent, absent, a refused row, absent: three days, and the day nobody knows is named."""
    absent = days("2025-09-15", "2025-09-16", "2025-09-18")
    unknown = days("2025-09-17")

    assert found(absent, "2025-09-18") == []
    assert found(absent, "2025-09-18", unknown=unknown) == [(date(2025, 9, 15), 3, True)]
    assert found(absent[:2], "2025-09-17", unknown=unknown) == []
    assert found(absent, "2025-09-19", unknown=unknown) == [(date(2025, 9, 15), 3, False)]


def test_an_unknown_day_after_the_run_is_no_return():
    """Three days away and a refused row on the fourth: the run goes on, still three days long."""
    absent = days("2025-09-15", "2025-09-16", "2025-09-17")

    assert found(absent, "2025-09-18", unknown=days("2025-09-18")) == [(date(2025, 9, 15), 3, True)]


def test_a_day_with_an_absence_on_record_is_known():
    """A refused row beside a good one of the same day says nothing more."""
    absent = days("2025-09-15", "2025-09-16", "2025-09-17")

    runs = found(absent, "2025-09-17", unknown=days("2025-09-16"))
    assert runs == [(date(2025, 9, 15), 3, True)]
    assert found(days("2025-09-15", "2025-09-17"), "2025-09-18", absence_days=2,
                 excused=days("2025-09-16"), unknown=days("2025-09-16")) == []  # fmt: skip


def moved(on: str, to: Place = Place("B", "B-1")):  # noqa: B008
    return (*always(HERE), Stay(date.fromisoformat(on), to))


def test_a_run_goes_on_through_a_transfer_and_names_both_schools():
    """Two days at the old school and one at the new are three in a row."""
    absent = [
        AbsentDay(CHILD, day, False) for day in days("2025-09-15", "2025-09-16", "2025-09-17")
    ]
    reports = [
        ClassReport("A", "A-1", date(2025, 9, 16), False),
        ClassReport("B", "B-1", date(2025, 9, 17), False),
    ]
    (run,) = find_runs(
        absent,
        places={CHILD: moved("2025-09-17")},
        coverage=Coverage(reports, date(2025, 9, 30)),
        calendar=CALENDAR,
    )
    assert (run.day_count, run.school, run.schools) == (3, "B", ("A", "B"))
    assert run.is_ongoing


def test_a_transfer_to_a_school_that_has_not_reported_hides_nothing():
    """Three days at the old school stand although the new one has not written a word."""
    absent = [
        AbsentDay(CHILD, day, False) for day in days("2025-09-15", "2025-09-16", "2025-09-17")
    ]
    (run,) = find_runs(
        absent,
        places={CHILD: moved("2025-09-18")},
        coverage=Coverage([ClassReport("A", "A-1", date(2025, 9, 17), True)], date(2025, 9, 30)),
        calendar=CALENDAR,
    )
    assert (run.day_count, run.schools, run.is_ongoing) == (3, ("A",), True)


def test_each_day_counts_by_the_calendar_of_its_own_school():
    """The old school was suspended on Tuesday, the new one on Friday: neither day counts."""
    closed = CALENDAR.but(
        school_closures={
            "A": (Closure(starts_on=date(2025, 9, 16), ends_on=date(2025, 9, 16), reason="停课"),),
            "B": (Closure(starts_on=date(2025, 9, 19), ends_on=date(2025, 9, 19), reason="停课"),),
        }
    )
    absent = days("2025-09-15", "2025-09-17", "2025-09-18", "2025-09-22")
    reports = [
        ClassReport("A", "A-1", date(2025, 9, 17), False),
        ClassReport("B", "B-1", date(2025, 9, 22), False),
    ]
    (run,) = find_runs(
        [AbsentDay(CHILD, day, False) for day in absent],
        places={CHILD: moved("2025-09-18")},
        coverage=Coverage(reports, date(2025, 9, 30)),
        calendar=closed,
    )
    assert run.days == tuple(absent)


def test_a_boarding_school_teaches_through_a_weekend_and_rests_after_it():
    """大周末: Saturday and Sunday are taught, Monday and Tuesday are free; the run counts so."""
    boarding = CALENDAR.but(
        school_make_up_days={"A": tuple(days("2025-09-13", "2025-09-14"))},
        school_closures={
            "A": (Closure(starts_on=date(2025, 9, 15), ends_on=date(2025, 9, 16), reason="大周末"),)
        },
    )
    absent = [AbsentDay(CHILD, d, False) for d in days("2025-09-13", "2025-09-14", "2025-09-17")]
    (run,) = find_runs(
        absent,
        places={CHILD: always(HERE)},
        coverage=Coverage([ClassReport("A", "A-1", date(2025, 9, 17), False)], date(2025, 9, 30)),
        calendar=boarding,
    )
    assert run.day_count == 3
    assert boarding.why_skipped(date(2025, 9, 15), school="A", school_days=True) == "大周末"
    assert not boarding.is_school_day(date(2025, 9, 13), "B")


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
        "unknown": st.sets(st.tuples(st.sampled_from(sorted(PLACES)), offsets), max_size=40),
        "moves": st.dictionaries(
            st.sampled_from(sorted(PLACES)),
            st.tuples(offsets, st.sampled_from(sorted(PLACES.values()))),
        ),
        "as_of": offsets,
        "absence_days": st.integers(1, 5),
    }
)


def stays_of(world, ref):
    if ref not in world["moves"]:
        return always(PLACES[ref])
    offset, place = world["moves"][ref]
    return (*always(PLACES[ref]), Stay(FIRST + timedelta(offset), place))


def spoken_for(world, place):
    """Give the last day a place's reports speak for, and its own reported days if it is thorough."""
    as_of = FIRST + timedelta(world["as_of"])
    said = [
        (p, FIRST + timedelta(n), full)
        for p, n, full in world["reports"]
        if FIRST + timedelta(n) <= as_of
    ]
    own = {day for p, day, _ in said if p == place}
    if any(p == place and full for p, _, full in said):
        return max(own), own
    of_school = [day for p, day, _ in said if p.school == place.school]
    return (max(of_school) if of_school else None), None


def slow_walk(world):
    """Walk every day of every child and keep count, as a clerk with a paper calendar would."""
    outcome = []
    for ref in PLACES:
        stays = stays_of(world, ref)
        until = None
        day = FIRST - timedelta(1)
        while day < FIRST + timedelta(SPAN + 1):
            last, _ = spoken_for(world, place_on(stays, day))
            if last is not None and day <= last:
                until = day
            day += timedelta(1)
        if until is None:
            continue
        streak: list[date] = []
        unknown: list[date] = []
        day = FIRST
        while day <= until:
            place = place_on(stays, day)
            last, own = spoken_for(world, place)
            mark = world["marks"].get((ref, (day - FIRST).days))
            nobody_knows = mark is None and (
                (ref, (day - FIRST).days) in world["unknown"]
                or last is None
                or day > last
                or (own is not None and day not in own and min(own) < day < max(own))
            )
            if world["calendar"].is_school_day(day, place.school):
                if mark is False:
                    streak.append(day)
                elif nobody_knows and streak:
                    unknown.append(day)
                elif not nobody_knows:
                    if len(streak) >= world["absence_days"]:
                        named = tuple(d for d in unknown if d < streak[-1])
                        outcome.append((ref, tuple(streak), False, named))
                    streak, unknown = [], []
            day += timedelta(1)
        if len(streak) >= world["absence_days"]:
            outcome.append((ref, tuple(streak), True, tuple(unknown)))
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
    unknown = [UnknownDay(ref, FIRST + timedelta(n)) for ref, n in world["unknown"]]
    random.shuffle(unknown)

    runs = find_runs(
        absences,
        places={ref: stays_of(world, ref) for ref in PLACES},
        unknown=unknown,
        coverage=Coverage(reports, FIRST + timedelta(world["as_of"])),
        calendar=world["calendar"],
        absence_days=world["absence_days"],
    )
    told = [(run.child_ref, run.days, run.is_ongoing, run.unknown_days) for run in runs]
    assert told == slow_walk(world)
