"""Finding, reporting and verifying: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import on
from models import events as e
from models.state import CaseState


@on(e.LeadOpened)
def _lead_opened(_state: CaseState, event: e.LeadOpened) -> dict[str, Any]:
    same = (
        "case_id", "policy_sha", "child_ref", "episode", "school", "township", "county",
        "is_subdistrict", "enrol_county", "household_county", "birth_on", "grade", "guardians",
        "absent_since", "absent_days", "source", "previous_school",
    )  # fmt: skip
    return {name: getattr(event, name) for name in same} | {"opened_on": event.happened_on}


@on(e.LeadJoined)
def _lead_joined(state: CaseState, event: e.LeadJoined) -> dict[str, Any]:
    return {"absent_days": max(state.absent_days, event.absent_days)}


@on(e.DropoutSuspected)
def _suspected(_state: CaseState, event: e.DropoutSuspected) -> dict[str, Any]:
    return {"absent_since": event.absent_since, "absent_days": event.absent_days}


@on(e.GuardianContacted)
def _contacted(state: CaseState, event: e.GuardianContacted) -> dict[str, Any]:
    return {"contacts": state.contacts + 1, "last_contact_on": event.happened_on}


@on(e.ReportFiled)
def _report_filed(state: CaseState, event: e.ReportFiled) -> dict[str, Any]:
    return {"reports": {**state.reports, event.line: event.receipt_no}}


@on(e.CaseVerified)
def _verified(_state: CaseState, event: e.CaseVerified) -> dict[str, Any]:
    return {
        "conclusion": event.conclusion,
        "cause": event.cause,
        "whereabouts": event.whereabouts,
        "whereabouts_county": event.whereabouts_county,
        "verified_by": event.actor,
    }


@on(e.VerificationReturned)
def _verification_returned(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"conclusion": None, "verified_by": None}


@on(e.TransferRefuted)
def _transfer_refuted(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"conclusion": None, "verified_by": None}
