"""The second step: the order to correct, and its service: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import NO_ORDER, as_issued, on, voided, with_paper, with_track
from models import events as e
from models.state import CaseState, PaperFact
from models.words import PaperStatus


@on(e.CorrectionChecked)
def _checked(state: CaseState, event: e.CorrectionChecked) -> dict[str, Any]:
    return with_track(state, event.guardian, order_checked_on=event.happened_on)


@on(e.PeriodReopened)
def _period_reopened(state: CaseState, event: e.PeriodReopened) -> dict[str, Any]:
    return with_track(state, event.guardian, order_checked_on=None)


@on(e.CorrectionOrderDrafted)
def _order_drafted(state: CaseState, event: e.CorrectionOrderDrafted) -> dict[str, Any]:
    draft = PaperFact(
        key=event.paper_key,
        kind="correction_order",
        status=PaperStatus.DRAFTED,
        guardian=event.guardian,
        drafted_by=event.actor.id,
    )
    return with_track(
        state,
        event.guardian,
        order_drafter=event.actor.id,
        order_paper=event.paper_key,
        order_days=event.days,
        order_served_on=None,
    ) | {"papers": {**state.papers, event.paper_key: draft}}


@on(e.CorrectionDraftReturned)
def _draft_returned(state: CaseState, event: e.CorrectionDraftReturned) -> dict[str, Any]:
    papers = with_paper(state, event.paper_key, status=PaperStatus.VOIDED)
    return with_track(state, event.guardian, order_drafter=None, order_paper=None) | {
        "papers": papers
    }


@on(e.CorrectionOrderIssued)
def _order_issued(state: CaseState, event: e.CorrectionOrderIssued) -> dict[str, Any]:
    issued = as_issued(event.paper, event, event.guardian)
    return {"papers": {**state.papers, event.paper.key: issued}}


@on(e.PaperServed)
def _served(state: CaseState, event: e.PaperServed) -> dict[str, Any]:
    papers = with_paper(state, event.paper, status=PaperStatus.SERVED, served_on=event.happened_on)
    return with_track(state, event.guardian, order_served_on=event.happened_on) | {"papers": papers}


@on(e.ServiceFailed)
def _service_failed(state: CaseState, event: e.ServiceFailed) -> dict[str, Any]:
    tried = (*state.failed_services.get(event.target, ()), event.method)
    days = {event.happened_on, state.failed_last_on.get(event.target, event.happened_on)}
    return {
        "failed_services": {**state.failed_services, event.target: tried},
        "failed_last_on": {**state.failed_last_on, event.target: max(days)},
    }


@on(e.OrderRevoked)
def _order_revoked(state: CaseState, event: e.OrderRevoked) -> dict[str, Any]:
    """The number is kept, the paper marked; the guardian stands where persuasion had failed."""
    return with_track(state, event.guardian, **NO_ORDER) | voided(
        state, event.guardian, "correction_order"
    )
