"""The leads of a case, each with what was noted about it since."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from access.scope import visible
from console.problems import not_found
from console.wiring import ActorHere, ServicesHere
from intake.lead_store import leads_with_notes
from storage import queries

router = APIRouter(prefix="/api/cases", tags=["个案"])


@router.get("/{case_no}/leads", summary="案件由哪些线索而来，各有什么说明")
async def case_leads(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        row = await queries.get_case(connection, visible(actor), case_no)
        if row is None:
            raise not_found("案件")
        return {"leads": await leads_with_notes(connection, case_id=row.case_id)}
