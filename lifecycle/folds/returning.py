"""Assessment, deferral, placement, monitoring: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import fresh_tracks, on
from models import events as e
from models.state import CaseState, MonitoringFact
from models.words import DeferralKind


@on(e.OpinionDisputed)
def _disputed(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None, "deferral": None, "deferred_until": None, "placement": None}


@on(e.DeferralReviewed)
def _deferral_reviewed(_state: CaseState, event: e.DeferralReviewed) -> dict[str, Any]:
    return {"deferred_until": event.until} if event.is_continued and event.until else {}


@on(e.AssessmentBegun)
def _assessment_begun(_state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    return {"assessed_able": None}


@on(e.AssessmentConcluded)
def _assessed(_state: CaseState, event: e.AssessmentConcluded) -> dict[str, Any]:
    if event.is_able:
        return {"assessed_able": True}
    return {
        "assessed_able": False,
        "deferral": DeferralKind.STATUTORY,
        "deferred_until": event.until,
    }


@on(e.DeferralApproved)
def _deferred(_state: CaseState, event: e.DeferralApproved) -> dict[str, Any]:
    return {"deferral": event.deferral, "deferred_until": event.until}


@on(e.DeferralEnded)
def _deferral_ended(state: CaseState, _event: e.EventBase) -> dict[str, Any]:
    tracks = state.tracks or fresh_tracks(state)
    return {"deferral": None, "deferred_until": None, "tracks": tracks}


@on(e.ChildPlaced)
def _placed(state: CaseState, event: e.ChildPlaced) -> dict[str, Any]:
    """A child no school held is enrolled by being placed; the new school answers from then on."""
    enrolled = {"school": event.school} if state.is_never_enrolled else {}
    return {"placement": event.way, **enrolled}


@on(e.AttendanceConfirmed)
def _attending(_state: CaseState, event: e.AttendanceConfirmed) -> dict[str, Any]:
    return {
        "attending_since": event.attending_since,
        "monitoring": (),
        "monitoring_ended_on": None,
    }


@on(e.MonitoringRecorded)
def _monitored(state: CaseState, event: e.MonitoringRecorded) -> dict[str, Any]:
    fact = MonitoringFact(
        from_on=event.from_on, to_on=event.to_on, attendance_percent=event.attendance_percent
    )
    return {"monitoring": (*state.monitoring, fact)}


@on(e.MonitoringPeriodEnded)
def _monitoring_ended(_state: CaseState, event: e.MonitoringPeriodEnded) -> dict[str, Any]:
    return {"monitoring_ended_on": event.ended_on}


@on(e.RelapseReported)
def _relapsed(state: CaseState, event: e.RelapseReported) -> dict[str, Any]:
    return {
        "relapses": state.relapses + 1,
        "absent_since": event.absent_since,
        "absent_days": event.absent_days,
        "returned_on": None,
        "attending_since": None,
        "placement": None,
        "monitoring": (),
        "monitoring_ended_on": None,
        "visits": (),
        "proposals": {},
        "tracks": fresh_tracks(state),
    }
