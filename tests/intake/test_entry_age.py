"""Who must enter school this autumn: the cut-off day, leap days, and those who never came."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from intake.entry_age import (
    SurveyedChild,
    cutoff_of,
    due_to_enter,
    entry_year,
    never_enrolled,
    never_enrolled_leads,
)
from tests.intake.desk import rows
from tests.intake.village import QI, YU

TOWNSHIP = YU.residence_township


@pytest.mark.parametrize(
    ("born", "cutoff", "year"),
    [
        (date(2019, 8, 31), "08-31", 2025),
        (date(2019, 9, 1), "08-31", 2026),
        (date(2019, 1, 1), "08-31", 2025),
        (date(2019, 12, 31), "08-31", 2026),
        (date(2020, 2, 29), "08-31", 2026),
        (date(2020, 2, 29), "02-28", 2027),
        (date(2020, 2, 29), "02-29", 2026),
        (date(2019, 2, 28), "02-29", 2025),
        (date(2019, 12, 31), "12-31", 2025),
    ],
)
def test_the_year_of_entry_turns_on_the_cut_off_day(born, cutoff, year):
    """The day itself is still in; the day after waits a year; 29 February needs no invented day."""
    assert entry_year(born, cutoff) == year


def test_the_last_of_february_stands_in_for_a_leap_day():
    """A cut-off of 02-29 is 28 February in a year without one."""
    assert (cutoff_of(2025, "02-29"), cutoff_of(2024, "02-29")) == (
        date(2025, 2, 28), date(2024, 2, 29)
    )  # fmt: skip


@given(
    st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.dates(date(2024, 1, 1), date(2024, 12, 31))
)
def test_a_child_born_a_day_later_never_enters_earlier(born, cutoff):
    """Entry years do not run backwards, and the six years are reached by the cut-off."""
    words = f"{cutoff:%m-%d}"
    year = entry_year(born, words)
    assert entry_year(born + timedelta(1), words) >= year
    assert born <= cutoff_of(year - 6, words)
    assert born > cutoff_of(year - 7, words)


def child(number, born, *, is_enrolled=False):
    return SurveyedChild(UUID(int=number), born, TOWNSHIP, is_enrolled)


def test_the_april_list_is_this_autumns_and_the_forgotten_are_all_before():
    """Due this year, forgotten since last year, too young, enrolled, and past compulsory age."""
    due, forgotten = child(1, date(2019, 6, 1)), child(2, date(2018, 6, 1))
    young, pupil = child(3, date(2020, 6, 1)), child(4, date(2018, 7, 1), is_enrolled=True)
    grown = child(5, date(2009, 6, 1))
    everyone = [grown, young, pupil, forgotten, due, due]

    assert due_to_enter(everyone, 2025, "08-31") == [due]
    assert never_enrolled(everyone, 2025, "08-31", 16) == [due, forgotten]


async def test_a_child_no_school_knows_is_a_lead_of_its_township_once(village):
    """Of age, at home here, on no roll: one lead without a school; enrolled ones are left alone."""
    async with village.begin() as connection:
        await connection.execute(
            text("update child set school = null, grade = null where ref = :ref"), {"ref": QI.ref}
        )
        made = await never_enrolled_leads(connection, TOWNSHIP, 2025, "08-31", 16, date(2025, 9, 8))
        again = await never_enrolled_leads(
            connection, TOWNSHIP, 2025, "08-31", 16, date(2025, 9, 9)
        )
    assert (len(made), again) == (1, [])
    (lead,) = await rows(village, "select child_ref, source, school from lead")
    assert (lead.child_ref, lead.source, lead.school) == (QI.ref, "census", None)
