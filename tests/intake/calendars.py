"""A calendar from the holidays package and the sample's terms."""

from datetime import date

import holidays

from models.calendar import Calendar
from samples.terms import terms_for


def calendar_for(day: date) -> Calendar:
    years = (day.year - 1, day.year, day.year + 1)
    china = holidays.China(years=years)
    return Calendar(
        loaded_years=years,
        rest_days=dict(sorted(china.items())),
        make_up_days=tuple(sorted(d for d in china.weekend_workdays if d.year in years)),
        terms=terms_for(day),
    )
