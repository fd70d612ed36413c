"""Whether the four steps have been walked to the end against a guardian, as far as the law goes here.

A deferral "after the four steps" (YN-8e) asks for it. A step that is not open here (no legal basis,
no suit, a time limit run out, a court that does not take the case) is not waited for.
"""

from __future__ import annotations

from lifecycle.enforcement import enforcement_window
from lifecycle.verb import Context
from models.state import LegalTrack
from models.words import PenaltyKind, TrackStep

_AT_THE_END = frozenset(
    {TrackStep.ENFORCEMENT_RULED, TrackStep.SUIT_DECIDED, TrackStep.SUIT_REFUSED}
)


def has_walked(context: Context, track: LegalTrack) -> bool:
    """Tell whether nothing is left that could still be done against this guardian."""
    if track.step in _AT_THE_END:
        return True
    if context.policy.flag("civil_suit_allowed"):
        return False
    if track.step is TrackStep.ORDER_EXPIRED:
        has_basis = bool(context.policy.text("penalty_basis"))
        return not has_basis or track.penalty is PenaltyKind.NONE or track.is_penalty_barred
    if track.step in {TrackStep.PENALTY_UNPERFORMED, TrackStep.DEMAND_SERVED}:
        window = enforcement_window(context, track)
        return window is not None and context.day > window[1]
    return track.step is TrackStep.PENALTY_PERFORMED
