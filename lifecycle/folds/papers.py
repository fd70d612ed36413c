"""Papers beside the line: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import on, with_paper
from lifecycle.penalty_papers import ground_printed, sum_printed
from models import events as e
from models.state import CaseState, PaperFact
from models.words import PaperStatus


@on(e.PaperDrafted)
def _side_drafted(state: CaseState, event: e.PaperDrafted) -> dict[str, Any]:
    draft = PaperFact(
        key=event.paper_key,
        kind=event.paper_kind,
        status=PaperStatus.DRAFTED,
        guardian=event.guardian,
        drafted_by=event.actor.id,
        office=event.actor.role.office_kind,
        replaces=event.replaces,
        amount_yuan=sum_printed(state, event),
        ground=ground_printed(state, event),
    )
    return {"papers": {**state.papers, event.paper_key: draft}}


@on(e.PaperChecked)
def _side_checked(state: CaseState, event: e.PaperChecked) -> dict[str, Any]:
    checked = {"status": PaperStatus.CHECKED, "checked_by": event.actor.id}
    return {"papers": with_paper(state, event.paper, **checked)}


@on(e.PaperIssued)
def _side_issued(state: CaseState, event: e.PaperIssued) -> dict[str, Any]:
    draft = state.papers[event.paper.key]
    papers = {**state.papers, draft.key: draft.but(
        status=PaperStatus.ISSUED, issued_on=event.happened_on, word=event.paper.word or None,
        year=event.paper.year, serial=event.paper.serial,
    )}  # fmt: skip
    if event.replaces is not None:
        papers[event.replaces] = papers[event.replaces].but(status=PaperStatus.REPLACED)
    return {"papers": papers}


@on(e.PaperDraftReturned)
def _side_returned(state: CaseState, event: e.PaperDraftReturned) -> dict[str, Any]:
    return {"papers": with_paper(state, event.paper, status=PaperStatus.VOIDED)}


@on(e.PaperVoided)
def _side_voided(state: CaseState, event: e.PaperVoided) -> dict[str, Any]:
    return {"papers": with_paper(state, event.paper, status=PaperStatus.VOIDED)}


@on(e.SidePaperServed)
def _side_served(state: CaseState, event: e.SidePaperServed) -> dict[str, Any]:
    served = {"status": PaperStatus.SERVED, "served_on": event.happened_on}
    return {"papers": with_paper(state, event.paper, **served)}
