"""What each event means for the case, one file per part of the road."""

from __future__ import annotations

from lifecycle.folding import FOLDS
from lifecycle.folds import (
    approving,
    assignment,
    clocks,
    correction,
    court,
    deferral,
    detection,
    matters,
    papers,
    penalty,
    persuasion,
    returning,
)

__all__ = ["FOLDS", "PARTS"]

PARTS = (
    detection,
    assignment,
    persuasion,
    correction,
    penalty,
    court,
    deferral,
    returning,
    matters,
    approving,
    papers,
    clocks,
)
"""Importing a part registers its folds."""
