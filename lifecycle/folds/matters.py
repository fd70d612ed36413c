"""Matters beside the line: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import on
from models import events as e
from models.state import CaseState


@on(e.SchoolMatterSettled)
def _school_settled(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"is_school_matter_settled": True}


@on(e.CauseRedetermined)
def _cause_redetermined(_state: CaseState, event: e.CauseRedetermined) -> dict[str, Any]:
    return {"cause": event.cause}


@on(e.AgeReached)
def _aged(_state: CaseState, event: e.AgeReached) -> dict[str, Any]:
    return {"aged_on": event.reached_on}
