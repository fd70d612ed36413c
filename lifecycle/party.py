"""Who must bring the child back (劝返主体): one table, read in order (lifecycle.md §4.2).

The two texts differ: YN-8c looks at where the child is and where the household is registered;
JJ5-2.2d leaves a child of migrants to the county whose school it attended, and only across
provinces does the county of the household take over (JJ5-2.2e).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.rules import PolicySnapshot
from models.state import CaseState
from models.words import LetterRoute, Party, Whereabouts

INFLOW = "inflow"
AWAY = frozenset({Whereabouts.IN_PROVINCE, Whereabouts.OUT_OF_PROVINCE})


@dataclass(frozen=True)
class Row:
    """One row: when it applies, whose duty it is, and where that is written."""

    says: str
    applies: Callable[[CaseState, str], bool]
    party: Party
    clause: str


def _is_household_ours(state: CaseState) -> bool:
    return state.household_county == state.enrol_county


def _is_other_province(state: CaseState) -> bool:
    return state.household_county[:2] != state.enrol_county[:2]


ROWS: tuple[Row, ...] = (
    Row("从未入学且户籍在本县", lambda s, _: s.is_never_enrolled and _is_household_ours(s),
        Party.OURS, "YN-6c"),
    Row("从未入学且户籍在外县", lambda s, _: s.is_never_enrolled, Party.THEIRS, "YN-6c"),
    Row("去向不明，找到前由学籍县负责", lambda s, _: s.whereabouts is Whereabouts.UNKNOWN,
        Party.OURS, ""),
    Row("人在学籍县", lambda s, _: s.whereabouts not in AWAY, Party.OURS, "YN-8c、JJ5-2.2d"),
    Row("人不在学籍县而户籍在本县", lambda s, _: _is_household_ours(s), Party.OURS, "YN-8c"),
    Row("随迁子女原则上由流入地（学籍地）劝返",
        lambda s, rule: rule == INFLOW and s.whereabouts is Whereabouts.IN_PROVINCE,
        Party.OURS, "JJ5-2.2d"),
    Row("跨省且户籍在外县", lambda s, _: s.whereabouts is Whereabouts.OUT_OF_PROVINCE,
        Party.THEIRS, "YN-8c、JJ5-2.2e"),
    Row("省内外县且户籍在外县", lambda s, _: True, Party.THEIRS, "YN-8c"),
)  # fmt: skip


def responsible_party(state: CaseState, policy: PolicySnapshot) -> Row:
    """Return the first row that applies; a written reason may depart from it, never silence."""
    rule = policy.text("subject_rule")
    return next(row for row in ROWS if row.applies(state, rule))


def route_of_letter(state: CaseState) -> LetterRoute:
    """Say through whom the hand-over letter must go: across provinces, through the province."""
    is_across = state.whereabouts is Whereabouts.OUT_OF_PROVINCE or state.is_never_enrolled
    if is_across and _is_other_province(state):
        return LetterRoute.PROVINCE
    return LetterRoute.DIRECT


def needs_notice_letter(state: CaseState) -> bool:
    """A child registered elsewhere: its county is told, whoever is responsible (YN-7f)."""
    return not _is_household_ours(state)
