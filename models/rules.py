"""Rules in force as values: parameters with their sources, frozen into snapshots."""

from __future__ import annotations

from datetime import date

from models.base import Frozen, canonical, digest
from models.calendar import Calendar
from models.words import Unit, Weight


class Parameter(Frozen):
    """One rule value, what it means and where it comes from."""

    name: str
    label: str
    value: int | str | bool
    unit: Unit
    weight: Weight
    source: tuple[str, ...] = ()
    """Clause ids (``YN-8``) or articles (``行政处罚法 60``); empty for a house default."""
    note: str
    jurisdiction: str
    effective_from: date
    moves_off_rest_day: bool = False
    """True where the law moves an end on a rest day to the next working day."""

    @property
    def source_text(self) -> str:
        if self.weight is Weight.HOUSE_DEFAULT:
            return Weight.HOUSE_DEFAULT.label
        return "、".join(self.source)


class RuleMissing(KeyError):
    """The snapshot was taken before this parameter existed; the case must adopt newer rules."""


class PolicySnapshot(Frozen):
    """Every parameter in force for one jurisdiction on one day; a case keeps its own."""

    profile: str
    as_of: date
    parameters: dict[str, Parameter]
    sha256: str = ""

    def sealed(self) -> PolicySnapshot:
        """Return the snapshot with the hash of its content filled in."""
        body = self.model_dump(mode="json", exclude={"sha256"})
        return self.but(sha256=digest(canonical(body)))

    def __getitem__(self, name: str) -> Parameter:
        found = self.parameters.get(name)
        if found is None:
            raise RuleMissing(name)
        return found

    def knows(self, name: str) -> bool:
        """Tell whether the rule existed when the snapshot was taken."""
        return name in self.parameters

    def number(self, name: str) -> int:
        return int(self[name].value)

    def flag(self, name: str) -> bool:
        return bool(self[name].value)

    def text(self, name: str) -> str:
        return str(self[name].value)


class RulesBundle(Frozen):
    """What a run of a case decides by; it enters workflow code only as an activity's result."""

    policy: PolicySnapshot
    calendar: Calendar
    calendar_sha: str


def calendar_digest(calendar: Calendar) -> str:
    body = calendar.model_dump(mode="json")
    if not calendar.school_make_up_days:
        del body["school_make_up_days"]  # calendars stored before schools had such days keep theirs
    return digest(canonical(body))
