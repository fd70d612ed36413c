"""Taking a live case over to other rules: shown beforehand, signed by two, an event of its own.

Only what an office still has to do is counted by the new rules. A period that runs for a guardian,
and a length a served paper has named, stay as they were told to the person they bind.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.clocks import rederive
from lifecycle.duties import BY_ID
from lifecycle.verb import Context
from models import commands as c
from models import events as e
from models.obligation import Obligation
from models.people import Actor

REASON = "采用新规则"


def adoption_of(context: Context, command: c.AdoptPolicy) -> Iterator[e.EventBase]:
    """Yield the adoption and every date it moves; ``context.policy`` is the new snapshot."""
    yield from adopted(
        context, actor=command.actor, happened_on=command.happened_on,
        reason=command.reason, evidence=command.evidence,
    )  # fmt: skip


def adopted(
    context: Context,
    *,
    actor: Actor,
    happened_on: date,
    reason: str,
    evidence: tuple[str, ...] = (),
) -> Iterator[e.EventBase]:
    yield e.PolicyAdopted(
        actor=actor, happened_on=happened_on, evidence=evidence,
        policy_sha=context.policy.sha256, before=context.state.policy_sha, reason=reason,
    )  # fmt: skip
    for obligation in context.state.live_obligations():
        if may_move(obligation):
            yield from rederive(context, context.state, obligation, reason=REASON)


def may_move(obligation: Obligation) -> bool:
    """Tell whether new rules may move the date: only an office's own duty, of a general length."""
    duty = BY_ID.get(obligation.duty)
    return duty is not None and not duty.is_period and duty.has_general_length
