"""When enforcement may be asked for: no remedy pending, the time to sue over, the demand run, in time.

Shared by the acts of step 4 and by the papers that carry them: a demand printed too early would
be served too early.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from lifecycle.days import add_months
from lifecycle.verb import Context
from lifecycle.verdict import Unmet
from models.state import LegalTrack
from models.words import RemedyKind, RemedyOutcome


def enforcement_window(context: Context, track: LegalTrack) -> tuple[date, date] | None:
    """Return the day after which, and the last day on which, enforcement may be applied for.

    Three months from the end of the litigation period (行政强制法 53); after a review that upheld,
    from fifteen days later (行政诉讼法 45); after a grace, from its end (行政处罚法 72). A judgment
    may be enforced within two years (行诉法解释 153).
    """
    if track.decision_served_on is None:
        return None
    opens = context.period_end("litigation_period", track.decision_served_on)
    months = context.policy.number("application_window")
    upheld = [ended for ended in track.remedies_ended if ended.outcome is RemedyOutcome.UPHELD]
    if upheld:
        last = upheld[-1]
        if last.kind is RemedyKind.REVIEW:
            opens = context.period_end("suit_after_review_period", last.ended_on)
        else:
            opens, months = last.ended_on, context.policy.number("judgment_window")
    if track.grace_until is not None and track.grace_until > opens:
        opens = track.grace_until
    closes = add_months(opens, months)
    while not context.calendar.is_working_day(closes):
        closes += timedelta(days=1)  # an end on a rest day moves (行诉法 101, 民诉法 85)
    return opens, closes


def no_remedy_pending(_context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is not None and track.remedy is not None:
        yield Unmet(
            code="remedy_pending",
            message=f"{track.remedy.kind.label}正在进行，了结前不得催告和申请强制执行；劝返和安置照常。",
            clause="行政强制法 53",
        )


def remedy_period_over(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    """The demand waits for the end of the litigation period; earlier is at the court's mercy."""
    window = enforcement_window(context, track) if track else None
    if window is None:
        return
    ends = window[0]
    if context.day <= ends:
        yield Unmet(
            code="remedy_open",
            message=f"起诉期限到{ends}止，期满前不得催告和申请强制执行。",
            clause="行政强制法 53；行政诉讼法 46",
        )


def demand_has_run(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is None or track.demand_served_on is None:
        return
    ends = context.period_end("demand_period", track.demand_served_on)
    if context.day <= ends:
        yield Unmet(
            code="demand_running",
            message=f"催告期（十个工作日）到{ends}止，期满仍不履行才可申请。",
            clause="行政强制法 54",
        )


def application_window(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    window = enforcement_window(context, track) if track else None
    if window is None:
        return
    closes = window[1]
    if context.day > closes:
        yield Unmet(
            code="window_closed",
            message=f"申请强制执行的期限已于{closes}届满，法院将不予受理；请研究提起诉讼。",
            clause="行政强制法 53",
        )


def no_fine_open(context: Context, _track: LegalTrack | None) -> Iterable[Unmet]:
    """A case is not closed over a fine in force: paid, ruled upon or revoked first."""
    state = context.state
    if any(track.has_live_fine or track.owed for track in state.tracks.values()):
        yield Unmet(
            code="fine_open",
            message="本案还有已生效而未了结的罚款：请先登记履行，或者办理“撤销立案或处罚决定”；"
            "没有再辍学的，也可以申请强制执行。",
            clause="行政处罚法 66、72",
        )
