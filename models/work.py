"""What workflows and activities pass to each other."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from models.base import Frozen
from models.commands import Command
from models.recorded import Receipt
from models.state import CaseState


class CaseStart(Frozen):
    """Input of one run of a case; the first run knows nothing but the names."""

    case_id: str
    workflow_id: str
    county: str
    state: CaseState = CaseState()
    recent: tuple[Receipt, ...] = ()
    """Receipts of the last requests, so that a retry after continue-as-new is answered."""
    previous_run: str | None = None
    roll_over_events: int = 1500
    """History length at which the next change of stage starts a new run (docs/decisions/0003)."""


class Submission(Frozen):
    """One command on its way to the case."""

    command: Command
    ledger_revision: int = 0
    """Revision of the ledger when the command set out; a case that is behind it reads first."""


class RulesRequest(Frozen):
    county: str
    as_of: date
    policy_sha: str | None


class MissingRequest(Frozen):
    """Ask for what the ledger holds of a case after a revision."""

    case_id: str
    after: int


class ExportRequest(Frozen):
    """Ask that a run's history be exported once the run is over."""

    case_id: str
    workflow_id: str
    run_id: str


class UnmetDetail(Frozen):
    """One unmet condition as it travels in a refused update."""

    code: str
    message: str
    clause: str = ""


class RefusalDetail(Frozen):
    """Why an update was refused."""

    cause: str
    unmet: tuple[UnmetDetail, ...]
    revision: int


class ProofResult(Frozen):
    """What the nightly proof found: opaque case numbers and codes, no names."""

    open_cases: int
    exceptions: tuple[str, ...]


class PeriodicResult(Frozen):
    """What one look at a periodic duty found."""

    duty: str
    opened: int
    met: int
    missed: int


class CensusStart(Frozen):
    """What a census workflow is started with; it names no person."""

    census_id: UUID
    due_on: date


class CensusResult(Frozen):
    """What one run counted."""

    differences: int
    opened: int
    gone: int
    doubtful: int
    overdue: int = 0


class BatchProgress(Frozen):
    """How far the rendering of a batch of papers is."""

    total: int
    done: int
    refused: int
    """Papers that cannot be printed and wait for a person."""

    @property
    def is_over(self) -> bool:
        return self.done + self.refused >= self.total
