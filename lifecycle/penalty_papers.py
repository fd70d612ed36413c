"""A penalty and the paper that tells of it say the same sum or ground, whichever comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lifecycle.papers import side_papers
from lifecycle.verb import Context
from lifecycle.verdict import Unmet
from models import commands as c
from models import events as e
from models.state import CaseState, PaperFact
from models.words import NoPenaltyGround, PaperStatus, PenaltyKind, TrackStep

NOTICE, DECISION, NO_PENALTY = "penalty_notice", "penalty_decision", "no_penalty_decision"
_IN_FORCE = frozenset({PaperStatus.ISSUED, PaperStatus.SERVED})
_YUAN: TypeAdapter[int] = TypeAdapter(int)


def sum_written(content: Mapping[str, Any]) -> int | None:
    """Return the fine a drafter wrote, in yuan, or None.

    Read as the paper reads it, so that ``"500"`` and ``"500.0"`` are the sum of 500.
    """
    if content.get("amount_yuan") in (None, ""):
        return None
    try:
        return _YUAN.validate_python(content["amount_yuan"])
    except ValidationError:
        return None  # the paper itself is refused for it


def sum_printed(state: CaseState, event: e.PaperDrafted) -> int | None:
    """Return the fine the drafted paper prints, in yuan: as written, else as decided, else none."""
    if event.paper_kind not in {NOTICE, DECISION}:
        return None
    written = sum_written(event.content)
    if written is not None:
        return written
    decided = _decided(state, event.paper_kind, event.guardian)
    return decided if decided is not None else 0


def ground_written(content: Mapping[str, Any]) -> NoPenaltyGround | None:
    """Return why a drafter wrote that there is no penalty, or None."""
    written = content.get("ground")
    known = {str(ground) for ground in NoPenaltyGround}
    return NoPenaltyGround(written) if written in known else None


def ground_printed(state: CaseState, event: e.PaperDrafted) -> NoPenaltyGround | None:
    """Return why the drafted paper says there is no penalty: as written, else as decided."""
    if event.paper_kind != NO_PENALTY:
        return None
    track = state.tracks.get(event.guardian or "")
    return ground_written(event.content) or (track.ground if track is not None else None)


def _decided(state: CaseState, kind: str, guardian: str | None) -> int | None:
    """Return the fine that was decided, in yuan, where the paper is the decision on it."""
    track = state.tracks.get(guardian or "")
    if kind != DECISION or track is None or track.penalty_decided_on is None:
        return None
    return track.amount_yuan


def sums_differ(printed: int, decided: int) -> str:
    """Say which sum the paper prints and which was decided, both in yuan."""
    return f"处罚决定书写的是{_told(printed)}，登记的处罚决定是{_told(decided)}，两者必须一致。"


def grounds_differ(printed: NoPenaltyGround, decided: NoPenaltyGround) -> str:
    """Say why there is no penalty by the paper, and why by the decision."""
    return f"决定书写的不予处罚的情形是“{printed.label}”，登记的决定是“{decided.label}”，两者必须一致。"


def _told(yuan: int) -> str:
    return f"罚款{yuan}元" if yuan else "不罚款"


def papers_of_decision(state: CaseState, guardian: str) -> tuple[PaperFact, ...]:
    """Return the decisions of the present proceeding that are papers of the case and in force."""
    filed_on = state.tracks[guardian].penalty_filed_on
    return tuple(
        paper for paper in side_papers(state)
        if paper.kind in {DECISION, NO_PENALTY} and paper.guardian == guardian
        and paper.status in _IN_FORCE
        and filed_on is not None and paper.issued_on is not None and paper.issued_on >= filed_on
    )  # fmt: skip


def decision_is_the_papers(context: Context, command: c.DecidePenalty) -> Iterable[Unmet]:
    """Where the paper came first, the decision is of its kind and says what it says (59)."""
    found = {paper.key: paper for paper in papers_of_decision(context.state, command.guardian)}
    named = context.state.papers.get(command.document_no)
    if named is not None and named.kind in {DECISION, NO_PENALTY}:
        found[named.key] = named
    wanted = NO_PENALTY if command.penalty is PenaltyKind.NONE else DECISION
    for paper in found.values():
        if paper.kind != wanted:
            title = "不予行政处罚决定书" if paper.kind == NO_PENALTY else "行政处罚决定书"
            yield Unmet(
                code="decision_of_another_kind",
                message=f"{paper.key}是“{title}”，与登记的“{command.penalty.label}”不一致；"
                "请核对，文书有误的先作废或者更正重发。",
                clause="行政处罚法 57",
            )
        elif paper.amount_yuan not in (None, command.amount_yuan):
            yield Unmet(
                code="decision_differs",
                message=f"{paper.key}：{sums_differ(paper.amount_yuan, command.amount_yuan)}"
                "请填写决定书上的数额；决定书有误的，先作废或者更正重发。",
                clause="行政处罚法 59",
            )
        elif paper.ground is not None and command.ground not in (None, paper.ground):
            yield Unmet(
                code="decision_differs",
                message=f"{paper.key}：{grounds_differ(paper.ground, command.ground)}"
                "请填写决定书上的情形；决定书有误的，先作废或者更正重发。",
                clause="行政处罚法 57",
            )


def notice_is_the_papers(context: Context, command: c.NotifyPenalty) -> Iterable[Unmet]:
    """The guardian was told what the notice says and no other sum (行政处罚法 44)."""
    paper = context.state.papers.get(command.document_no)
    if paper is None or paper.kind != NOTICE:
        return
    if paper.amount_yuan not in (None, command.amount_yuan):
        yield Unmet(
            code="notice_differs",
            message=f"{paper.key}写的是{_told(paper.amount_yuan)}，"
            f"登记的事先告知是{_told(command.amount_yuan)}，两者必须一致；请填写告知书上的数额。",
            clause="行政处罚法 44",
        )


def paper_is_the_decisions(
    context: Context, kind: str, guardian: str | None, said: PaperFact | Mapping[str, Any]
) -> Iterable[Unmet]:
    """Where the decision came first, the paper says its sum or its ground.

    ``said`` is the paper, or what a drafter has written for it.
    """
    if isinstance(said, PaperFact):
        yuan, ground = said.amount_yuan, said.ground
    else:
        yuan, ground = sum_written(said), ground_written(said)
    decided = _decided(context.state, kind, guardian)
    track = context.state.tracks.get(guardian or "")
    found = ""
    if decided is not None and yuan not in (None, decided):
        found = sums_differ(yuan, decided)
    elif kind == NO_PENALTY and track is not None and track.ground and ground:
        found = grounds_differ(ground, track.ground) if ground is not track.ground else ""
    if found:
        yield Unmet(
            code="decision_differs",
            message=f"{found}请按登记的决定拟写；草稿有误的，退回重拟。",
            clause="行政处罚法 57、59",
        )


def no_penalty_is_decided(context: Context, kind: str, guardian: str | None) -> Iterable[Unmet]:
    """Back at the expired order a decision not to punish can only put down one that was taken."""
    track = context.state.tracks.get(guardian or "")
    if kind != NO_PENALTY or track is None or track.step is not TrackStep.ORDER_EXPIRED:
        return
    if track.penalty is not PenaltyKind.NONE:
        yield Unmet(
            code="nothing_decided",
            message="该监护人没有立案处罚，也没有作出不予处罚的决定，不能出具“不予行政处罚决定书”。",
            clause="行政处罚法 57",
        )
