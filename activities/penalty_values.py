"""What the papers of steps three and four say of the fine and of the remedies used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from activities.paper_data import PaperIncomplete
from lifecycle.penalty_papers import ground_written, grounds_differ, sum_written, sums_differ
from models.state import LegalTrack
from models.words import RemedyKind, RemedyOutcome
from papers.catalogue import PaperKind


def fine_of(track: LegalTrack) -> dict[str, Any]:
    """Return the fine once it is decided; until then it is written: a defence may lower it."""
    return {} if track.penalty_decided_on is None else {"amount_yuan": track.amount_yuan or None}


def within_notice(
    track: LegalTrack, values: dict[str, Any], content: Mapping[str, Any]
) -> dict[str, Any]:
    """Refuse a fine that is not the decided one, or above the one the guardian was told of (45)."""
    written = sum_written(content)
    if written is None:
        return values
    told = track.amount_yuan
    if track.penalty_decided_on is not None:
        if written != told:
            raise PaperIncomplete([sums_differ(written, told)])
        return values | {"amount_yuan": None}  # written before it was decided
    if written > told:
        raise PaperIncomplete(
            [f"罚款金额{written}元高于事先告知的{told}元，不得出具；确需加重的须重新告知。"]
        )
    return values


def grounded(
    track: LegalTrack | None, kind: PaperKind, content: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the law a paper cites by its ground, and the ground where it is already decided.

    Refuses another ground than the decided one.
    """
    written, decided = ground_written(content), track.ground if track is not None else None
    if written and decided and written is not decided:
        raise PaperIncomplete([grounds_differ(written, decided)])
    values: dict[str, Any] = {"legal_bases": kind.bases(written or decided)}
    return values if written else values | {"ground": decided}


def remedy_facts(track: LegalTrack) -> str:
    """Say which remedy upheld the decision; empty where the guardian used none."""
    upheld = [ended for ended in track.remedies_ended if ended.outcome is RemedyOutcome.UPHELD]
    if not upheld:
        return ""
    if upheld[-1].kind is RemedyKind.REVIEW:
        return "申请行政复议后，处罚决定未被撤销、变更，此后在法定期限内没有提起行政诉讼"
    return "提起行政诉讼后，处罚决定未被人民法院生效裁判撤销、变更"
