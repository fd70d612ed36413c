"""Every verb of the case, one file per part of the road. A new rule goes into its part's file."""

from __future__ import annotations

from lifecycle.verb import Verb
from lifecycle.verbs import (
    assignment,
    closing,
    correction,
    court,
    detection,
    papers,
    penalty,
    persuasion,
    returning,
)

ALL: tuple[Verb, ...] = (
    *detection.VERBS,
    *assignment.VERBS,
    *persuasion.VERBS,
    *correction.VERBS,
    *penalty.VERBS,
    *court.VERBS,
    *returning.VERBS,
    *closing.VERBS,
    *papers.VERBS,
)

BY_KIND: dict[str, Verb] = {verb.kind: verb for verb in ALL}
