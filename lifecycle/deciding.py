"""When a penalty may be decided: the hearing window over, the review passed, the ninety days not.

Shared by the act and by the paper that carries it.
"""

from __future__ import annotations

from collections.abc import Iterable

from lifecycle.verb import Context
from lifecycle.verdict import Unmet
from models.state import LegalTrack


def legality_is_settled(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    """After a hearing, or where the rules always ask, no decision without a passed review."""
    if track is None:
        return
    is_needed = track.hearing_held_on is not None or context.policy.flag("legal_review_always")
    if is_needed and not track.is_legality_passed:
        yield Unmet(
            code="legal_review_missing",
            message="须先经法制审核通过，才可作出处罚决定。",
            clause="行政处罚法 58",
        )


def hearing_window_is_over(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    """Having been heard in writing does not use up the time to ask for a hearing."""
    if track is None or track.penalty_notified_on is None or track.hearing_held_on is not None:
        return
    ends = context.period_end("defence_period", track.penalty_notified_on)
    if context.day <= ends:
        yield Unmet(
            code="defence_running",
            message=f"听证申请期到{ends}止，期内不得作出决定。",
            clause="行政处罚法 63；行政处罚法 64",
        )


def within_decision_period(context: Context, track: LegalTrack | None) -> Iterable[Unmet]:
    if track is None or track.penalty_filed_on is None:
        return
    ends = context.period_end("penalty_decision_period", track.penalty_filed_on)
    if context.day > ends:
        yield Unmet(
            code="decision_late",
            message=f"立案已满九十日（{ends}止），不得再作出处罚决定；"
            "请办理“撤销立案或处罚决定”并写明超期原因，再研究提起诉讼。",
            clause="行政处罚法 60",
        )
