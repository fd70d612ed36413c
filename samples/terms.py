"""The terms of the sample county's school year."""

from __future__ import annotations

from datetime import date, timedelta

from models.calendar import Term
from models.roster import school_year_of

_MONDAY, _FRIDAY = 0, 4


def terms_for(day: date) -> tuple[Term, Term]:
    """Give both terms of the school year that contains ``day``.

    1 September to the Friday on or before 17 January, and the first Monday from 24 February to
    the Friday on or before 10 July.
    """
    year = school_year_of(day)
    title = f"{year}—{year + 1}学年"
    return (
        Term(
            name=f"{title}第一学期",
            starts_on=date(year, 9, 1),
            ends_on=_on_or_before(date(year + 1, 1, 17), _FRIDAY),
        ),
        Term(
            name=f"{title}第二学期",
            starts_on=_on_or_before(date(year + 1, 2, 24) + timedelta(6), _MONDAY),
            ends_on=_on_or_before(date(year + 1, 7, 10), _FRIDAY),
        ),
    )


def _on_or_before(day: date, weekday: int) -> date:
    return day - timedelta((day.weekday() - weekday) % 7)
