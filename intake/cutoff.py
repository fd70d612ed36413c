"""The hour by which a class reports its day (parameter ``attendance_cutoff``, DC-2.3.3f)."""

from __future__ import annotations

from datetime import date, datetime, time

from lifecycle.days import SHANGHAI, end_of

END_OF_DAY = "24:00"


def due_at(day: date, cutoff: str) -> datetime:
    """Return the instant a report of ``day`` becomes late; ``24:00`` is the end of the day."""
    if cutoff == END_OF_DAY:
        return end_of(day)
    return datetime.combine(day, time.fromisoformat(cutoff), SHANGHAI)
