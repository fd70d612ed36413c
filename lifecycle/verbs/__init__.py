"""Every verb of the case, one file per part of the road. A new rule goes into its part's file."""

from __future__ import annotations

from lifecycle.verb import Verb
from lifecycle.verbs import (
    approving,
    assignment,
    closing,
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

ALL: tuple[Verb, ...] = (
    *detection.VERBS,
    *assignment.VERBS,
    *persuasion.VERBS,
    *correction.VERBS,
    *penalty.VERBS,
    *court.VERBS,
    *deferral.VERBS,
    *returning.VERBS,
    *closing.VERBS,
    *matters.VERBS,
    *approving.VERBS,
    *papers.VERBS,
)
approving.proposable(ALL)

BY_KIND: dict[str, Verb] = {verb.kind: verb for verb in ALL}
