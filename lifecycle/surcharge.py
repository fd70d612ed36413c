"""The surcharge on an unpaid fine (加处罚款, 行政处罚法 72、73; 行政强制法 45)."""

from __future__ import annotations

from datetime import date, timedelta

from models.state import LegalTrack

PERCENT_A_DAY = 3


def surcharge_yuan(track: LegalTrack, payment_ends: date, as_of: date) -> int:
    """Return the surcharge in yuan from the day after the payment period to ``as_of``, inclusive.

    Three per cent of the fine for each day late; days of a pending review or suit do not count,
    nor days of grace; the sum never exceeds the fine itself. Cents are dropped.
    """
    if track.amount_yuan <= 0:
        return 0
    starts = max(payment_ends, track.grace_until or payment_ends) + timedelta(days=1)
    days = sum(
        not _is_stopped(track, starts + timedelta(days=number))
        for number in range((as_of - starts).days + 1)
    )
    return min(track.amount_yuan, track.amount_yuan * PERCENT_A_DAY * max(days, 0) // 100)


def _is_stopped(track: LegalTrack, day: date) -> bool:
    if track.remedy is not None and day >= track.remedy.opened_on:
        return True
    return any(ended.opened_on <= day <= ended.ended_on for ended in track.remedies_ended)
