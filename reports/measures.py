"""What was done to bring one child back, in one line (控辍保学措施)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.state import CaseState, LegalTrack
from models.words import DeferralKind, PenaltyKind


def measures(state: CaseState, suits: Sequence[date] = ()) -> str:
    """Say the measures taken so far, with the days of the suits; a case without any says so."""
    joint = sum(visit.is_joint for visit in state.visits)
    said = []
    if state.contacts:
        said.append(f"联系监护人{state.contacts}次")
    if state.visits:
        said.append(f"上门劝返{len(state.visits)}次（联合{joint}次）")
    for track in state.tracks.values():
        said += [each for each in _steps(track) if each not in said]
    said += [f"{day}提起诉讼" for day in suits]
    if state.deferral is DeferralKind.POLICY:
        said.append("劝返未果暂缓，继续劝返")
    if state.referrals:
        said.append(f"转介部门{len(state.referrals)}项")
    return "；".join(said) or "已列入台账，正在确认劝返主体"


def _steps(track: LegalTrack) -> list[str]:
    said = []
    if track.order_served_on:
        said.append(f"{track.order_served_on}送达责令限期改正通知书")
    if track.penalty_decided_on and track.penalty is not PenaltyKind.NONE:
        said.append(f"{track.penalty_decided_on}作出行政处罚决定")
    if track.enforcement_applied_on:
        said.append(f"{track.enforcement_applied_on}申请强制执行")
    return said


def four_steps(state: CaseState, suits: Sequence[date] = ()) -> str:
    """Say how far the four steps have come, with their days; no penalty is said to be none."""
    said = ["1宣" + (f"（{state.visits[0].on}起）" if state.visits else "")] if state.tracks else []
    for track in state.tracks.values():
        penalty = "3不予处罚" if track.penalty is PenaltyKind.NONE else "3罚"
        for mark, day in (
            ("2责", track.order_served_on), (penalty, track.penalty_decided_on),
            ("4执", track.enforcement_applied_on),
        ):  # fmt: skip
            if day:
                said.append(f"{mark}（{day}）")
    said += [f"4诉（{day}）" for day in suits]
    return "、".join(dict.fromkeys(said))
