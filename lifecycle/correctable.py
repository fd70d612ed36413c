"""The facts of a case that can be put right, as a table: where each stands and what hangs on it.

A correction never edits: it is an event of its own (``fact_corrected``) that refers to the old
value. What it moves is listed here: the duties whose clock starts at the corrected day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.events import EventBase
from models.state import CaseState, LegalTrack, Signer
from models.words import Cause, ReportLine, Whereabouts

Read = Callable[[CaseState, str], Any]
Write = Callable[[CaseState, str, Any], dict[str, Any]]
Parse = Callable[[str], Any]


@dataclass(frozen=True)
class Correctable:
    """One kind of fact. Ids with a part after the colon name whose (guardian, line, number)."""

    id: str
    label: str
    set_by: tuple[str, ...]
    """Kinds of the events that state it; the last actor is the original signer."""
    read: Read
    write: Write
    parse: Parse
    part_of: Callable[[Any], str | None] = lambda _event: None
    """The part after the colon, from an event; None where the fact stands alone."""
    duties: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    """Kinds of papers that print it: each must be looked at again."""
    may_precede_case: bool = False
    stale: tuple[str, ...] = ()
    """Duties that stood on the end of a period counted from the fact: they go, and come again."""


def _plain(name: str) -> dict[str, Any]:
    """Read and write one field of the state."""

    def write(_state: CaseState, _part: str, value: Any) -> dict[str, Any]:
        return {name: value}

    return {"read": lambda state, _part: getattr(state, name), "write": write}


def _of_track(name: str) -> dict[str, Any]:
    """Read and write one field of a guardian's track."""

    def read(state: CaseState, part: str) -> Any:
        track = state.tracks.get(part)
        return getattr(track, name) if track else None

    def write(state: CaseState, part: str, value: Any) -> dict[str, Any]:
        track = state.tracks[part].but(**{name: value})
        return {"tracks": {**state.tracks, part: track}}

    return {"read": read, "write": write, "part_of": lambda event: event.guardian}


def _served(state: CaseState, part: str, value: Any) -> dict[str, Any]:
    """The day of service stands in the track and on the paper."""
    track = state.tracks[part].but(order_served_on=value)
    changes: dict[str, Any] = {"tracks": {**state.tracks, part: track}}
    if track.order_paper in state.papers:
        paper = state.papers[track.order_paper].but(served_on=value)
        changes["papers"] = {**state.papers, paper.key: paper}
    return changes


def _with_paper(fact: str, kind: str) -> dict[str, Any]:
    """A day of service stands in the track and on the paper that was served, if it is of this case."""

    def write(state: CaseState, part: str, value: Any) -> dict[str, Any]:
        before = getattr(state.tracks[part], fact)
        papers = {
            key: paper.but(served_on=value)
            for key, paper in state.papers.items()
            if (paper.kind, paper.guardian, paper.served_on) == (kind, part, before)
        }
        track = state.tracks[part].but(**{fact: value})
        return {"tracks": {**state.tracks, part: track}, "papers": {**state.papers, **papers}}

    return _of_track(fact) | {"write": write}


def _decision_served() -> dict[str, Any]:
    """The time to contest runs again from the day put right, unless a remedy has taken its place."""
    plain = _with_paper("decision_served_on", "penalty_decision")

    def write(state: CaseState, part: str, value: Any) -> dict[str, Any]:
        changes: dict[str, Any] = plain["write"](state, part, value)
        track: LegalTrack = changes["tracks"][part]
        if not track.remedies_ended:
            track = track.but(remedy_period_ended_on=None)
        return changes | {"tracks": {**changes["tracks"], part: track}}

    return plain | {"write": write}


def _stretch(state: CaseState, part: str) -> int | None:
    index = int(part) - 1 if part.isdigit() else -1
    in_range = 0 <= index < len(state.monitoring)
    return state.monitoring[index].attendance_percent if in_range else None


def _write_stretch(state: CaseState, part: str, value: Any) -> dict[str, Any]:
    stretches = list(state.monitoring)
    stretches[int(part) - 1] = stretches[int(part) - 1].but(attendance_percent=value)
    return {"monitoring": tuple(stretches)}


def _receipt(state: CaseState, part: str) -> str | None:
    return state.reports.get(ReportLine(part)) if part in set(ReportLine) else None


def _percent(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 100:
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 400:
        raise ValueError(text)
    return value


FACTS: tuple[Correctable, ...] = (
    Correctable("birth_on", "出生日期", ("lead_opened",), parse=date.fromisoformat,
                duties=("ageing",), papers=("correction_order",), may_precede_case=True,
                **_plain("birth_on")),
    Correctable("household_county", "户籍地", ("lead_opened",), parse=str,
                **_plain("household_county")),
    Correctable("absent_since", "缺勤起始日",
                ("lead_opened", "dropout_suspected", "relapse_reported"),
                parse=date.fromisoformat, papers=("return_order", "correction_order"),
                may_precede_case=True, **_plain("absent_since")),
    Correctable("absent_days", "缺勤天数",
                ("lead_opened", "dropout_suspected", "relapse_reported"), parse=_count,
                papers=("return_order",), **_plain("absent_days")),
    Correctable("receipt", "报告回执号", ("report_filed",), parse=str, read=_receipt,
                write=lambda state, part, value: {
                    "reports": {**state.reports, ReportLine(part): value}},
                part_of=lambda event: event.line.value),
    Correctable("cause", "辍学原因", ("case_verified", "cause_redetermined"), parse=Cause,
                papers=("return_order",), **_plain("cause")),
    Correctable("whereabouts", "去向", ("case_verified",), parse=Whereabouts,
                papers=("return_order",), **_plain("whereabouts")),
    Correctable("whereabouts_county", "现在所在县", ("case_verified",), parse=str,
                **_plain("whereabouts_county")),
    Correctable("order_served_on", "责令送达日", ("paper_served",), parse=date.fromisoformat,
                duties=("correction_period",),
                **(_of_track("order_served_on") | {"write": _served})),
    Correctable("penalty_filed_on", "处罚立案日", ("penalty_filed",), parse=date.fromisoformat,
                duties=("decide_penalty",), **_of_track("penalty_filed_on")),
    Correctable("penalty_notified_on", "事先告知送达日", ("penalty_notified",),
                parse=date.fromisoformat, duties=("defence_period",),
                **_with_paper("penalty_notified_on", "penalty_notice")),
    Correctable("decision_served_on", "处罚决定送达日", ("decision_served",),
                parse=date.fromisoformat, duties=("payment_period", "litigation_period"),
                stale=("record_performance", "demand_performance", "application_window"),
                **_decision_served()),
    Correctable("demand_served_on", "催告送达日", ("performance_demanded",),
                parse=date.fromisoformat, duties=("demand_period",), stale=("apply_enforcement",),
                **_with_paper("demand_served_on", "performance_demand")),
    Correctable("returned_on", "返校日", ("child_returned",), parse=date.fromisoformat,
                duties=("place", "attend"), **_plain("returned_on")),
    Correctable("attending_since", "到校就读日", ("attendance_confirmed",),
                parse=date.fromisoformat, duties=("monitoring_period", "monitor"),
                **_plain("attending_since")),
    Correctable("attendance_percent", "监测出勤率", ("monitoring_recorded",), parse=_percent,
                read=_stretch, write=_write_stretch),
)  # fmt: skip
BY_ID = {fact.id: fact for fact in FACTS}
_BY_EVENT: dict[str, tuple[Correctable, ...]] = {
    kind: tuple(fact for fact in FACTS if kind in fact.set_by)
    for kind in {kind for fact in FACTS for kind in fact.set_by}
}


def split(fact_id: str) -> tuple[Correctable | None, str]:
    """Return the row a fact id names and its part; None where there is no such fact."""
    name, _, part = fact_id.partition(":")
    return BY_ID.get(name), part


def value_of(state: CaseState, fact_id: str) -> Any:
    row, part = split(fact_id)
    return row.read(state, part) if row else None


def said(value: Any) -> str:
    """Write a value as it is compared, stored and shown."""
    return value.isoformat() if isinstance(value, date) else str(value)


def rewrite(state: CaseState, fact_id: str, value: str) -> dict[str, Any]:
    """Return the changes of the state that put the fact right."""
    row, part = split(fact_id)
    assert row is not None
    return row.write(state, part, row.parse(value))


def signers_of(event: EventBase) -> dict[str, Signer]:
    """Say which facts this event states, and by whom."""
    kind: str = event.kind  # type: ignore[attr-defined]
    rows = _BY_EVENT.get(kind, ())
    signer = Signer(id=event.actor.id, role=event.actor.role)
    found = {}
    for row in rows:
        part = row.part_of(event)
        found[f"{row.id}:{part}" if part else row.id] = signer
    return found


def known_facts(state: CaseState) -> dict[str, str]:
    """Return every fact of the case that can be corrected now, with its value."""
    parts = {
        "receipt": [line.value for line in state.reports],
        "attendance_percent": [str(n + 1) for n in range(len(state.monitoring))],
    }
    found: dict[str, str] = {}
    for row in FACTS:
        plain = row.id in CaseState.model_fields
        for part in [""] if plain else parts.get(row.id, list(state.tracks)):
            value = row.read(state, part)
            if value is not None and value != "":
                found[f"{row.id}:{part}" if part else row.id] = said(value)
    return found
