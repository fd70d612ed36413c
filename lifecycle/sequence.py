"""The days of the legal steps follow each other: no act is dated before the one it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lifecycle.verb import Check, Context
from lifecycle.verdict import Unmet

_CALLED = {
    "persuasion_ended_on": "宣传教育未果",
    "order_served_on": "责令改正送达",
    "order_checked_on": "改正情况核查",
    "penalty_dropped_on": "前一次处罚撤销",
    "penalty_filed_on": "处罚立案",
    "penalty_notified_on": "事先告知送达",
    "hearing_requested_on": "申请听证",
    "hearing_held_on": "听证举行",
    "penalty_decided_on": "处罚决定作出",
    "decision_served_on": "处罚决定送达",
    "demand_served_on": "催告书送达",
    "enforcement_applied_on": "申请强制执行",
    "suit_filed_on": "起诉",
    "suit_accepted_on": "法院立案",
    "court_decided_on": "法院裁定或裁判",
}


def not_before(*facts: str) -> Check:
    """Refuse a day earlier than that of an act of the same guardian's track it stands on.

    Without this every waiting period could be passed over by dating the later act earlier.
    """

    def check(context: Context, command: Any) -> Iterable[Unmet]:
        track = context.state.tracks[command.guardian]
        for fact in facts:
            earlier = getattr(track, fact)
            if earlier is not None and command.happened_on < earlier:
                yield Unmet(
                    code="date_out_of_order",
                    message=f"发生日期{command.happened_on}早于{_CALLED[fact]}之日{earlier}，"
                    "先后颠倒，请核对；前一日期登记有误的，先申请更正。",
                )

    return check
