"""Placement, monitoring, relapse: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import fresh_tracks, on
from models import events as e
from models.state import CaseState, MonitoringFact


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
