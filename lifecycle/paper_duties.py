"""The deadlines of papers beside the main line: approve, serve, and serve in another way.

One row per kind of office, as a duty has one owner: the office that drafts the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lifecycle.papers import OPEN, RULES, side_papers, waits_for_service
from models.state import CaseState, PaperFact
from models.words import OfficeKind, PaperStatus, Role

_DRAFTS = frozenset({PaperStatus.DRAFTED, PaperStatus.CHECKED})
CLERK = {
    OfficeKind.SCHOOL: Role.REGISTRAR,
    OfficeKind.TOWNSHIP: Role.TOWNSHIP_CASE,
    OfficeKind.COUNTY: Role.EDU_CASE,
}
HEAD = {
    OfficeKind.SCHOOL: Role.PRINCIPAL,
    OfficeKind.TOWNSHIP: Role.TOWNSHIP_HEAD,
    OfficeKind.COUNTY: Role.EDU_HEAD,
}
_SERVED = ("side_paper_served", "paper_voided", "paper_issued")


def _of(office: OfficeKind, state: CaseState) -> Iterator[PaperFact]:
    return (paper for paper in side_papers(state) if paper.office is office)


def _opens(office: OfficeKind, find: Callable[[Any], str]) -> Callable[[CaseState, Any], bool]:
    def when(state: CaseState, event: Any) -> bool:
        paper = state.papers.get(find(event))
        return paper is not None and paper.kind in RULES and paper.office is office

    return when


def _opens_service(
    office: OfficeKind, find: Callable[[Any], str]
) -> Callable[[CaseState, Any], bool]:
    is_ours = _opens(office, find)

    def when(state: CaseState, event: Any) -> bool:
        return is_ours(state, event) and waits_for_service(state.papers[find(event)])

    return when


def _drafts_done(office: OfficeKind) -> Callable[[CaseState, Any], bool]:
    return lambda state, _event: all(p.status not in _DRAFTS for p in _of(office, state))


def _all_served(office: OfficeKind) -> Callable[[CaseState, Any], bool]:
    return lambda state, _event: not any(map(waits_for_service, _of(office, state)))


def _none_failed(office: OfficeKind) -> Callable[[CaseState, Any], bool]:
    return lambda state, _event: (
        not any(
            waits_for_service(paper) and state.failed_services.get(paper.key)
            for paper in _of(office, state)
        )
    )


def rows() -> Iterator[dict[str, Any]]:
    """Yield the fields of every duty row; ``duties`` makes the rows of them."""
    for office in CLERK:
        yield {
            "id": f"approve_paper_{office.value}", "label": "审签文书",
            "parameter": "paper_approval_period", "opens_on": ("paper_drafted",),
            "owner": HEAD[office], "stages": OPEN,
            "met_by": ("paper_issued", "paper_draft_returned"),
            "when": _opens(office, lambda event: str(event.paper_key)),
            "met_when": _drafts_done(office),
        }  # fmt: skip
        yield {
            "id": f"serve_paper_{office.value}", "label": "送达文书",
            "parameter": "paper_service_period", "opens_on": ("paper_issued",),
            "owner": CLERK[office], "stages": OPEN, "met_by": _SERVED,
            "when": _opens_service(office, lambda event: str(event.paper.key)),
            "met_when": _all_served(office),
        }  # fmt: skip
        yield {
            "id": f"serve_again_{office.value}", "label": "送达未果，换方式再送",
            "parameter": "serve_again_period", "opens_on": ("service_failed",),
            "owner": CLERK[office], "stages": OPEN, "met_by": _SERVED,
            "when": _opens_service(office, lambda event: str(event.target)),
            "met_when": _none_failed(office),
        }  # fmt: skip
