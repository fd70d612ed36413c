"""The times round of the periodic duties, counted by hand from the papers and the calendar."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lifecycle.accountability import clue_of, ground, suggested_excuse
from lifecycle.days import SHANGHAI
from lifecycle.periodic import ALL, BY_ID, Occurrence, Place, occurrences
from models.words import ExcuseCode, OfficeKind, Role
from policy.loader import profiles, snapshot
from tests.walk import COUNTY, SCHOOL, TERMS, TOWNSHIP, calendar

CODES = {OfficeKind.SCHOOL: SCHOOL, OfficeKind.TOWNSHIP: TOWNSHIP, OfficeKind.COUNTY: COUNTY}


def rounds(duty: str, profile: str, first: date, last: date) -> list[Occurrence]:
    row = BY_ID[duty]
    place = Place(row.per, CODES[row.per], TERMS)
    policy = snapshot(profile, date(2026, 1, 1))
    return list(occurrences(row, place, policy, calendar(), first, last))


def test_attendance_is_due_at_three_on_school_days_only() -> None:
    """东川: 15:00, also on a Sunday worked in exchange, never on a holiday (DC-2.3.3f)."""
    found = rounds("attendance", "dongchuan", date(2025, 9, 26), date(2025, 10, 11))
    assert [each.period for each in found] == [
        "2025-09-26", "2025-09-28", "2025-09-29", "2025-09-30", "2025-10-09", "2025-10-10",
        "2025-10-11",
    ]  # fmt: skip
    assert found[0].due_at == datetime(2025, 9, 26, 15, 0, tzinfo=SHANGHAI)
    assert rounds("attendance", "default", date(2025, 9, 26), date(2025, 9, 26))[0].due_at == (
        datetime(2025, 9, 26, 18, 0, tzinfo=SHANGHAI)
    )


def test_sampling_is_asked_for_where_the_paper_asks() -> None:
    """YN-7b asks; the neutral profile does not."""
    days = (date(2025, 9, 10), date(2025, 9, 10))
    assert len(rounds("sampling", "yunnan", *days)) == 1
    assert rounds("sampling", "default", *days) == []


def test_the_first_week_ends_a_week_after_the_term_begins() -> None:
    """2 March 2026 begins the term; the check is due on the 9th, at the end of the day."""
    (found,) = rounds("first_week", "zhongyang", date(2026, 3, 1), date(2026, 3, 31))
    assert (found.period, found.opens_on) == ("2026-03-02", date(2026, 3, 2))
    assert found.due_at == datetime(2026, 3, 10, 0, 0, tzinfo=SHANGHAI)


def test_the_monthly_report_is_due_on_the_twentieth_where_there_is_one() -> None:
    """中阳: by the 20th (ZY-2.6e); no other profile has it."""
    found = rounds("monthly_report", "zhongyang", date(2026, 1, 1), date(2026, 3, 31))
    assert [each.period for each in found] == ["2026-01", "2026-02", "2026-03"]
    assert found[0].due_at == datetime(2026, 1, 21, 0, 0, tzinfo=SHANGHAI)
    assert rounds("monthly_report", "yunnan", date(2026, 1, 1), date(2026, 12, 31)) == []


def test_the_year_of_yunnan_runs_from_march_to_august() -> None:
    """YN-6b–6e: deploy in March, survey in April, plan in May, notices by the end of August."""
    year = (date(2026, 1, 1), date(2026, 12, 31))
    due = {
        duty: [legal.due_at.date() for legal in rounds(duty, "yunnan", *year)]
        for duty in ("annual_deploy", "annual_survey", "annual_plan", "entry_notices")
    }
    assert due == {
        "annual_deploy": [date(2026, 4, 1)], "annual_survey": [date(2026, 5, 1)],
        "annual_plan": [date(2026, 6, 1)], "entry_notices": [date(2026, 9, 1)],
    }  # fmt: skip
    assert rounds("annual_deploy", "default", *year) == []


def test_meetings_come_round_by_quarters() -> None:
    """Four a year, each until its quarter is over."""
    found = rounds("council", "yunnan", date(2026, 1, 1), date(2026, 12, 31))
    assert [each.period for each in found] == ["2026-01", "2026-04", "2026-07", "2026-10"]
    assert found[0].due_at == datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI)


def test_contact_before_the_term_ends_the_day_before_it() -> None:
    """Two weeks before school begins, until the eve (JJ5-2.3a)."""
    (found,) = rounds("pre_term_contact", "yunnan", date(2026, 2, 10), date(2026, 3, 1))
    assert found.opens_on == date(2026, 2, 16)
    assert found.due_at == datetime(2026, 3, 2, 0, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("profile", sorted(profiles()))
@pytest.mark.parametrize("duty", ALL, ids=lambda duty: str(duty.id))
def test_every_duty_has_its_parameters_and_says_why(duty: object, profile: str) -> None:
    """No row stumbles over a rule that is not there, and no deadline is without its reason."""
    row = BY_ID[duty.id]  # type: ignore[attr-defined]
    for each in rounds(row.id, profile, date(2025, 9, 1), date(2026, 8, 31)):
        assert each.why
        assert each.due_at.tzinfo is not None
        assert each.opens_on <= each.due_at.date()


def test_the_article_follows_the_one_who_owed_it() -> None:
    """YN-14.2 to 14.9 by role; another jurisdiction names its own; the neutral one names none."""
    yunnan = snapshot("yunnan", date(2026, 1, 1))
    assert {role: ground(yunnan, role).article for role in (
        Role.CLASS_TEACHER, Role.REGISTRAR, Role.PRINCIPAL, Role.EDU_CASE, Role.COUNTY_GROUP,
        Role.TOWNSHIP_CASE, Role.VILLAGE,
    )} == {
        Role.CLASS_TEACHER: "YN-14.2", Role.REGISTRAR: "YN-14.3", Role.PRINCIPAL: "YN-14.4",
        Role.EDU_CASE: "YN-14.6", Role.COUNTY_GROUP: "YN-14.7", Role.TOWNSHIP_CASE: "YN-14.8",
        Role.VILLAGE: "YN-14.9",
    }  # fmt: skip
    assert ground(snapshot("zhongyang", date(2026, 1, 1)), Role.PRINCIPAL).article == "ZY-3.2"
    assert ground(snapshot("default", date(2026, 1, 1)), Role.PRINCIPAL).article == ""


def test_clocks_outside_the_offices_hand_suggest_their_excuse() -> None:
    """A reply that does not come, a court that takes its time, a notice that must hang 30 days."""
    assert suggested_excuse("await_reply") is ExcuseCode.NO_REPLY
    assert suggested_excuse("await_judgment") is ExcuseCode.COURT
    assert suggested_excuse("serve_order") is None
    assert suggested_excuse("serve_order", was_service_tried=True) is ExcuseCode.NOTICE_PERIOD
    clue = clue_of(
        snapshot("yunnan", date(2026, 1, 1)), "verify", "校长核证", Role.PRINCIPAL, SCHOOL
    )
    assert (clue.article, clue.also, clue.suggested) == ("YN-14.4", "学校（YN-14.5）", None)


def test_a_week_ends_on_its_last_school_day_whatever_friday_is() -> None:
    """A Sunday worked in exchange, a Tuesday before the holidays, a Saturday after them, a Friday."""
    found = rounds("consistency", "default", date(2025, 9, 22), date(2025, 10, 19))
    assert [(each.period, each.opens_on, each.due_at.date()) for each in found] == [
        ("2025-W39", date(2025, 9, 22), date(2025, 9, 29)),
        ("2025-W40", date(2025, 9, 29), date(2025, 10, 1)),
        ("2025-W41", date(2025, 10, 6), date(2025, 10, 12)),
        ("2025-W42", date(2025, 10, 13), date(2025, 10, 18)),
    ]  # due at the first moment of the day after


def test_a_week_is_looked_at_whole_wherever_the_stretch_of_days_ends() -> None:
    """Asked for day by day, or to a Wednesday, every week has the one round it has."""
    whole = rounds("consistency", "default", date(2025, 9, 1), date(2026, 3, 31))
    days = [
        date.fromordinal(n)
        for n in range(date(2025, 9, 1).toordinal(), date(2026, 4, 1).toordinal())
    ]
    assert whole == [one for day in days for one in rounds("consistency", "default", day, day)]
    assert len({one.period for one in whole}) == len(whole)


def test_a_week_without_school_has_no_round_and_one_without_terms_its_working_days() -> None:
    """In the winter holidays nothing is compared; a county without terms keeps its weeks."""
    assert rounds("consistency", "default", date(2026, 1, 19), date(2026, 2, 27)) == []
    row = BY_ID["consistency"]
    place, policy = Place(row.per, COUNTY, ()), snapshot("default", date(2026, 1, 1))
    found = occurrences(row, place, policy, calendar(), date(2025, 9, 29), date(2025, 10, 12))
    assert [each.due_at.date() for each in found] == [date(2025, 10, 1), date(2025, 10, 12)]
