"""Who is meant: actors, offices and guardians, always by opaque references."""

from __future__ import annotations

from models.base import Frozen
from models.words import Role


class Actor(Frozen):
    """The person (or the system) behind a command, as the signed token names them."""

    id: str
    role: Role
    office: str
    """Code of the school, township or county the role belongs to."""


class GuardianRef(Frozen):
    """One guardian of the child; particulars live in the roster only."""

    ref: str
    relation: str
    is_primary: bool = False
    is_legal: bool = True
    """False for a carer only (委托照护): cared for by, but no order may be made against."""


class Owner(Frozen):
    """The office that must act next, and as which role."""

    role: Role
    office: str

    @property
    def queue(self) -> str:
        """The one queue a case stands in, e.g. ``township_case@990101001``."""
        return f"{self.role.value}@{self.office}"


SYSTEM = Actor(id="system", role=Role.SYSTEM, office="system")
