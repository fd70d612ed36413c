"""Papers beside the line."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.base import Frozen
from models.facts import PaperContent, Short, Text
from models.road.base import CommandBase, EventBase, PaperIssue
from models.road.correction import ServePaperFacts


class DraftPaperFacts(Frozen):
    paper_kind: Annotated[Short, Field(min_length=2)]
    guardian: str | None = None
    content: PaperContent = {}


class DraftPaper(DraftPaperFacts, CommandBase):
    """Draft a paper beside the main line (拟写文书)."""

    kind: Literal["draft_paper"] = "draft_paper"


class CheckPaperFacts(Frozen):
    paper: str
    opinion: Annotated[Text, Field(min_length=2)]


class CheckPaper(CheckPaperFacts, CommandBase):
    """Check a drafted paper before it is signed (审核)."""

    kind: Literal["check_paper"] = "check_paper"


class PaperChecked(CheckPaperFacts, EventBase):
    kind: Literal["paper_checked"] = "paper_checked"
    label: ClassVar[str] = "审核文书"


class ApprovePaperFacts(Frozen):
    paper: str


class ApprovePaper(ApprovePaperFacts, CommandBase):
    """Sign and issue a drafted paper (second person, 签发)."""

    kind: Literal["approve_paper"] = "approve_paper"


class ReturnPaperDraftFacts(Frozen):
    paper: str
    reason: Annotated[Text, Field(min_length=2)]


class ReturnPaperDraft(ReturnPaperDraftFacts, CommandBase):
    """Send a drafted paper back to the drafter with the reason (退回)."""

    kind: Literal["return_paper_draft"] = "return_paper_draft"


class PaperDraftReturned(ReturnPaperDraftFacts, EventBase):
    kind: Literal["paper_draft_returned"] = "paper_draft_returned"
    label: ClassVar[str] = "退回文书草稿"


class VoidPaperFacts(Frozen):
    paper: str
    reason: Annotated[Text, Field(min_length=2)]


class VoidPaper(VoidPaperFacts, CommandBase):
    """Void an issued paper; its number is kept and marked (作废)."""

    kind: Literal["void_paper"] = "void_paper"


class PaperVoided(VoidPaperFacts, EventBase):
    kind: Literal["paper_voided"] = "paper_voided"
    label: ClassVar[str] = "文书作废"


class ReplacePaperFacts(Frozen):
    paper: str
    reason: Annotated[Text, Field(min_length=2)]
    content: PaperContent = {}


class ReplacePaper(ReplacePaperFacts, CommandBase):
    """Draft a paper that takes the place of an issued one (更正重发)."""

    kind: Literal["replace_paper"] = "replace_paper"


class PaperDrafted(EventBase):
    """A paper beside the main line was drafted; ``content`` is what the drafter wrote."""

    kind: Literal["paper_drafted"] = "paper_drafted"
    label: ClassVar[str] = "拟写文书"
    paper_key: str
    paper_kind: str
    guardian: str | None = None
    content: PaperContent = {}
    replaces: str | None = None
    reason: str = ""
    """Why it replaces another paper."""


class PaperIssued(EventBase):
    kind: Literal["paper_issued"] = "paper_issued"
    label: ClassVar[str] = "签发文书"
    paper: PaperIssue
    guardian: str | None = None
    replaces: str | None = None


class SidePaperServed(ServePaperFacts, EventBase):
    """A paper beside the main line reached its addressee."""

    kind: Literal["side_paper_served"] = "side_paper_served"
    label: ClassVar[str] = "文书送达或签收"
