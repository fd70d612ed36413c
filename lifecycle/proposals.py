"""The second person: some acts must have been put before the signer by somebody else.

A verb with ``proposers`` is refused until one of them has proposed it, and to the one who did.
Nobody is exempt (YN-14.10, roles.md §2).
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.folding import proposal_key
from lifecycle.verb import Context, Verb, stands_right
from lifecycle.verdict import Unmet
from models.state import LegalTrack
from models.words import Role

CLAUSE = "YN-14.10"


def unmet_but_proposal(verb: Verb, context: Context, track: LegalTrack | None) -> Iterator[Unmet]:
    """Say what the case itself does not allow now, whoever has asked for the act."""
    state = context.state
    if state.revision and not state.is_open:
        yield Unmet(code="case_closed", message=f"案件已结（{state.stage.label}），不能再办理。")
        return
    if state.revision:
        yield from stands_right(verb, state, track if verb.is_about_guardian else None)
    for condition in verb.conditions:
        yield from condition(context, track)


def is_proposed(verb: Verb, context: Context, track: LegalTrack | None) -> Iterator[Unmet]:
    """Require that another person has put the act before this one."""
    guardian = track.guardian if track is not None and verb.is_about_guardian else None
    proposal = context.state.proposals.get(proposal_key(verb.kind, guardian))
    if proposal is None:
        assert verb.proposers is not None
        names = "、".join(role.label for role in Role if role in verb.proposers)
        yield Unmet(
            code="not_proposed",
            message=f"“{verb.label}”须先由{names}提请（附材料），再由负责人审批。",
            clause=CLAUSE,
        )
    elif proposal.by == context.actor.id:
        yield Unmet(
            code="second_person",
            message=f"“{verb.label}”的审批人不得是提请人本人。",
            clause=CLAUSE,
        )
