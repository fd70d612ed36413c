"""Placement, monitoring, relapse: what the events mean for the case."""

from __future__ import annotations

from typing import Any

from lifecycle.folding import ENDED, fresh_tracks, on
from models import events as e
from models.state import CaseState, MonitoringFact
from models.words import Stage


@on(e.ChildPlaced)
def _placed(state: CaseState, event: e.ChildPlaced) -> dict[str, Any]:
    """A child no school held is enrolled by being placed; the new school answers from then on."""
    placed: dict[str, Any] = {"placement": event.way}
    if state.is_never_enrolled:
        placed["school"] = event.school
    if event.moved_to is not None:  # taught at home: the school has come to the child
        ended = {
            ref: track if track.outlives_return else track.but(configuration=ENDED)
            for ref, track in state.tracks.items()
        }
        placed |= {"tracks": ended, "proposals": {}}
    return placed


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
    is_unverified = event.moved_to is not None and event.moved_to[-1] == Stage.SUSPECTED.value
    anew = _NEVER_VERIFIED if is_unverified else {"tracks": fresh_tracks(state)}
    return anew | {
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
    }


_NEVER_VERIFIED: dict[str, Any] = {
    "contacts": 0, "reports": {}, "conclusion": None, "verified_by": None, "cause": None,
    "whereabouts": None, "whereabouts_county": None, "party": None, "party_set_by": None,
}  # fmt: skip
"""What the report and the verification of the new absence must find out themselves."""
