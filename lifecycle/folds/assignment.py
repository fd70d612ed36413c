"""Whose case it is, and the order to the township: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import as_issued, fresh_tracks, on, with_paper
from models import events as e
from models.state import CaseState, Referral
from models.words import PaperStatus, Party


@on(e.ResponsiblePartySet)
def _party_set(_state: CaseState, event: e.ResponsiblePartySet) -> dict[str, Any]:
    return {"party": event.party, "party_set_by": event.actor.id}


@on(e.HandOverLetterSent)
def _hand_over_sent(_state: CaseState, event: e.HandOverLetterSent) -> dict[str, Any]:
    return {"letter_route": event.route, "is_before_the_level_above": False}


@on(e.HandOverRefused)
def _hand_over_refused(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"party": None, "party_set_by": None, "has_hand_over_failed": True}


@on(e.HandOverEscalated)
def _hand_over_escalated(_state: CaseState, event: e.HandOverEscalated) -> dict[str, Any]:
    return {
        "letter_route": event.route, "has_hand_over_failed": True,
        "is_before_the_level_above": True,
    }  # fmt: skip


@on(e.CoordinationRecorded)
def _coordinated(_state: CaseState, event: e.CoordinationRecorded) -> dict[str, Any]:
    settled: dict[str, Any] = {"is_before_the_level_above": False}
    if event.is_theirs:
        return settled
    return settled | {"party": Party.OURS, "party_set_by": event.actor.id}


@on(e.ReturnOrderIssued)
def _return_order(state: CaseState, event: e.ReturnOrderIssued) -> dict[str, Any]:
    return {"papers": {**state.papers, event.paper.key: as_issued(event.paper, event, None)}}


@on(e.OrderAccepted)
def _order_accepted(state: CaseState, event: e.OrderAccepted) -> dict[str, Any]:
    orders = [paper for paper in state.papers.values() if paper.kind == "return_order"]
    papers = with_paper(
        state, orders[-1].key, status=PaperStatus.SERVED, served_on=event.happened_on
    )
    return {"tracks": fresh_tracks(state), "papers": papers}


@on(e.NoticeLetterSent)
def _notice_letter(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"has_notice_letter": True}


@on(e.ReferralOpened)
def _referral_opened(state: CaseState, event: e.ReferralOpened) -> dict[str, Any]:
    referral = Referral(
        key=event.referral, department=event.department, opened_on=event.happened_on
    )
    return {"referrals": {**state.referrals, referral.key: referral}}


@on(e.FeedbackRecorded)
def _feedback(state: CaseState, event: e.FeedbackRecorded) -> dict[str, Any]:
    answered = state.referrals[event.referral].but(is_answered=True)
    return {"referrals": {**state.referrals, answered.key: answered}}
