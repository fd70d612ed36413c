"""The data a paper is frozen with, whatever event issues it; the random code of its QR."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.paper_data import paper_data
from activities.side_papers import side_paper_data
from models import events as e
from models.events import CaseEvent
from models.state import CaseState
from papers.qr import new_code


class Issuing:
    """Builds paper data inside the ledger's transaction; knows where papers are verified."""

    def __init__(self, public_url: str = "") -> None:
        self._public_url = public_url.rstrip("/")

    async def data(
        self, connection: AsyncConnection, state: CaseState, event: CaseEvent
    ) -> dict[str, Any]:
        """Return the data of the paper ``event`` drafts or issues; PaperIncomplete if not whole."""
        if isinstance(event, e.PaperDrafted | e.PaperIssued):
            made = await side_paper_data(connection, state, event, self._public_url)
            return made.model_dump(mode="json")
        code = new_code()
        return await paper_data(connection, state, event) | {
            "verify_code": code,
            "verify_url": f"{self._public_url}/v/{code}",
        }
