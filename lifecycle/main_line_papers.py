"""Papers the case's line rests upon: they are not voided, and what may be done instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lifecycle.correctable import FACTS
from lifecycle.papers import RULES
from lifecycle.verb import Context
from lifecycle.verdict import Unmet
from models.state import PaperFact
from models.words import PaperStatus

TITLES = {"return_order": "劝返指令", "correction_order": "责令限期改正通知书"}
"""The papers that move the case by verbs of their own."""
_CARRIES = {"return_order": "交办和劝返", "correction_order": "第二步及其后各步"}
_BEGINS = {
    "penalty_notice": "penalty_notified_on",
    "penalty_decision": "decision_served_on",
    "performance_demand": "demand_served_on",
}
"""Papers beside the line from whose service a step counts, with the day the track keeps of it."""


def _other(paper: PaperFact) -> str:
    if paper.kind == "correction_order":
        return "其他内容有误或者确需撤销的，请办理“撤销责令决定”（号码保留），再重新拟写。"
    return "其他内容有误的，由签发机关另行书面决定，附入案卷。"


def of_main_line(paper: PaperFact) -> Unmet:
    """Say of an order that it is not dealt with like other papers, and what may be done with it."""
    title = TITLES.get(paper.kind, paper.kind)
    if paper.status is PaperStatus.DRAFTED:
        way = (
            "它还是草稿：同意的，由签发人办理“签发责令限期改正”；"
            "有误的，由签发人办理“退回责令草稿”，然后重拟。"
        )
    else:
        facts = [row.label for row in FACTS if paper.kind in row.papers]
        if paper.kind == "correction_order":
            facts.append("责令送达日")
        way = (
            f"{_CARRIES.get(paper.kind, '办理')}以它为依据，已经签发的不能作废、退回或者更正重发。"
            f"所载事实有误的（{'、'.join(facts)}），请办理“申请更正”；{_other(paper)}"
        )
    return Unmet(
        code="paper_of_main_line",
        message=f"“{title}”（{paper.key}）是主线文书，不按一般文书办理。{way}",
    )


def line_does_not_rest_on_it(context: Context, command: Any) -> Iterable[Unmet]:
    """A paper whose service began a period stays: the step would otherwise stand on nothing."""
    paper = context.state.papers.get(command.paper)
    if paper is None or paper.kind not in _BEGINS or paper.status is not PaperStatus.SERVED:
        return
    track = context.state.tracks.get(paper.guardian or "")
    if track is None or getattr(track, _BEGINS[paper.kind]) != paper.served_on:
        return
    yield Unmet(
        code="line_rests_on_paper",
        message=f"“{RULES[paper.kind].title}”（{paper.key}）已于{paper.served_on}送达，"
        "后续步骤和期限从它起算，不能作废或者更正重发。送达日登记有误的，请办理“申请更正”；"
        "处罚决定被复议、诉讼撤销的，请办理“登记复议或诉讼结果”，有关步骤随之撤回。",
        clause="行政处罚法 59",
    )
