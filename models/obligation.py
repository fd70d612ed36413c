"""A duty with a deadline, and the derivation that answers 为什么是这一天."""

from __future__ import annotations

from datetime import date, datetime

from models.base import Frozen
from models.people import Owner
from models.words import DutyStatus, Unit, Weight


class Skipped(Frozen):
    """A run of days that did not count, both ends included."""

    from_on: date
    to_on: date
    why: str


class Derivation(Frozen):
    """Rule → clause → anchor → unit → days skipped → due day."""

    rule: str
    source: tuple[str, ...]
    weight: Weight
    anchor: str
    """Kind of the legal event the clock starts at."""
    anchor_on: date
    amount: int
    unit: Unit
    skipped: tuple[Skipped, ...] = ()
    moved_from: date | None = None
    """The day the period ended by counting, where the law moved it off a rest day."""
    due_on: date
    is_provisional: bool = False
    is_fixed: bool = False
    """The day is named by a paper or a rule, not counted from the anchor."""

    def sentence(self, label: str) -> str:
        """Say the derivation in one readable Chinese line."""
        basis = "、".join(self.source) if self.source else Weight.HOUSE_DEFAULT.label
        skipped = sum((s.to_on - s.from_on).days + 1 for s in self.skipped)
        reasons = "、".join(dict.fromkeys(s.why for s in self.skipped))
        parts = [
            f"{label}：自{_day(self.anchor_on)}（{self.anchor}）起",
            self._length(basis),
        ]
        if skipped:
            parts.append(f"跳过{skipped}天（{reasons}）")
        if self.moved_from:
            parts.append(f"{_day(self.moved_from)}为休息日，顺延")
        end = f"到期日{_day(self.due_on)}"
        if self.is_provisional:
            end += "（暂定：该年度放假通知尚未载入）"
        return "，".join([*parts, end])

    def _length(self, basis: str) -> str:
        if self.is_fixed:
            return f"以写明的日期为准（{basis}）"
        return f"{self.amount}{self.unit.label}（{basis}）" if self.amount else f"当日（{basis}）"


class Obligation(Frozen):
    """One open, met or missed duty of one office in one case."""

    key: str
    """``<duty>`` or ``<duty>:<guardian>`` plus ``#<seq>`` of the event that opened it."""
    duty: str
    label: str
    owner: Owner
    derivation: Derivation
    due_at: datetime
    """The instant the deadline has passed (start of the next day in Shanghai, or a cut-off)."""
    status: DutyStatus = DutyStatus.OPEN
    guardian: str | None = None
    about: str | None = None
    """What else it is about, where one case has several of the kind: a referral, a paper."""
    escalates: str | None = None
    """Key of the missed obligation this one presses for."""
    level: int = 0

    @property
    def due_on(self) -> date:
        return self.derivation.due_on


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
