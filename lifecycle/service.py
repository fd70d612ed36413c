"""The ladder of service (送达): each rung asks for the failed evidence of the one before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from lifecycle.verb import Context
from lifecycle.verdict import Unmet
from models.state import CaseState
from models.words import ServiceMethod as M

NEEDS: dict[M, tuple[frozenset[M], str, str]] = {
    M.FAMILY: (
        frozenset({M.DIRECT}),
        "同住成年家属代收，须先有当面送达而本人不在的记录",
        "民事诉讼法 88",
    ),
    M.LEFT: (
        frozenset({M.DIRECT, M.FAMILY}),
        "留置送达，须先有当面送达被拒收的记录",
        "民事诉讼法 89",
    ),
    M.POST: (
        frozenset({M.DIRECT}),
        "邮寄送达，须先有直接送达有困难的记录",
        "民事诉讼法 91",
    ),
    M.ENTRUSTED: (
        frozenset({M.DIRECT}),
        "委托送达，须先有直接送达有困难的记录",
        "民事诉讼法 91",
    ),
    M.NOTICE: (
        frozenset({M.POST, M.ENTRUSTED, M.LEFT}),
        "公告送达只用于下落不明或其他方式都送不到，须先有邮寄、委托或留置未果的记录",
        "民事诉讼法 95",
    ),
}
_PROOF = {
    M.LEFT: ("left_without_witness", "留置送达须附见证人签名或拍照录像的编号。", "民事诉讼法 89"),
    M.NOTICE: ("notice_without_cause", "公告送达须附原因和经过的证明。", "民事诉讼法 95"),
    M.ELECTRONIC: (
        "electronic_without_consent",
        "电子送达须有受送达人签字的确认书。",
        "行政处罚法 61",
    ),
}


def rung_is_reached(context: Context, target: str, command: Any) -> Iterable[Unmet]:
    """Say what is missing for serving ``target`` by the method of ``command``."""
    yield from lower_rung_has_failed(context, target, command)
    proof = _PROOF.get(command.method)
    if proof is not None and not command.evidence:
        yield Unmet(code=proof[0], message=proof[1], clause=proof[2])
    if command.method is M.NOTICE:
        yield from _notice_has_run(context, target, command)


def lower_rung_has_failed(context: Context, target: str, command: Any) -> Iterable[Unmet]:
    """Neither a service nor its failure may skip the rung below: an attempt never made proves nothing."""
    tried = set(context.state.failed_services.get(target, ()))
    needs = NEEDS.get(command.method)
    if needs is not None and not tried & needs[0]:
        yield Unmet(code="rung_not_reached", message=f"{needs[1]}，请先登记。", clause=needs[2])


def attempted_in_time(context: Context, target: str, command: Any) -> Iterable[Unmet]:
    """Nothing is attempted before the paper is made, nor an upper rung before the lower one failed."""
    earliest = [_made_on(context.state, target)]
    if command.method in NEEDS:
        earliest.append(context.state.failed_last_on.get(target))
    days = [day for day in earliest if day is not None]
    if days and command.happened_on < max(days):
        yield Unmet(
            code="attempt_out_of_order",
            message=f"文书或者上一次送达未果在{max(days)}，这次送达不能早于它，请核对日期。",
            clause="民事诉讼法 88",
        )


def _made_on(state: CaseState, target: str) -> date | None:
    """Return the day the paper, or the penalty decision, was made."""
    if target in state.papers:
        return state.papers[target].issued_on
    guardian = target.removeprefix("decision:")
    track = state.tracks.get(guardian)
    return track.penalty_decided_on if track else None


def _notice_has_run(context: Context, target: str, command: Any) -> Iterable[Unmet]:
    days = context.policy.number("notice_period")
    if command.published_on is None:
        yield Unmet(
            code="notice_day_missing",
            message="公告送达须填写公告发出的日期。",
            clause="民事诉讼法 95",
        )
        return
    made_on = _made_on(context.state, target)
    if made_on is not None and command.published_on < made_on:
        yield Unmet(
            code="notice_before_paper",
            message=f"文书{made_on}才作出，此前发出的公告不是对它的送达。",
            clause="民事诉讼法 95",
        )
    failed_on = context.state.failed_last_on.get(target)
    if failed_on is not None and command.published_on < failed_on:
        yield Unmet(
            code="notice_before_failure",
            message=f"最后一次送达未果在{failed_on}，公告须在其后发出。",
            clause="民事诉讼法 95",
        )
    served_on = command.published_on + timedelta(days=days)
    if command.happened_on < served_on:
        yield Unmet(
            code="notice_running",
            message=f"公告自发出之日起满{days}日才视为送达，最早为{served_on}。",
            clause="民事诉讼法 95",
        )
    elif command.happened_on > served_on:
        yield Unmet(
            code="notice_day_differs",
            message=f"公告满{days}日即视为送达：送达日期请填{served_on}，期限从那天起算。",
            clause="民事诉讼法 95",
        )


def decision_target(guardian: str) -> str:
    """Name the penalty decision of a guardian among the things that are served."""
    return f"decision:{guardian}"


def known_targets(state: CaseState) -> set[str]:
    """Return everything of the case that can be served."""
    return set(state.papers) | {decision_target(guardian) for guardian in state.tracks}
