"""Papers: kinds, what to fill in, previews, filled receipts, the dossier; and verification."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import text

from access.scope import may_read_confidential
from activities.delivery import PDF
from activities.paper_data import PaperIncomplete
from activities.paper_reading import (
    NothingToShow,
    dossier_data,
    draft_data,
    fields_of,
    receipt_data,
)
from console.cases import case_within, must_read_file
from console.pages import page
from console.problems import Problem, not_found
from console.wiring import ActorHere, ServicesHere
from lifecycle.days import legal_date
from lifecycle.papers import ALL
from models.people import Actor
from models.state import CaseState
from models.words import Role
from papers.catalogue import paper_kind
from papers.data import PaperData
from papers.pipeline import PaperRefused, preview, render

router = APIRouter()
PER_MINUTE = 30
"""Verifications one address may ask for in a minute."""


@router.get("/api/paper-kinds", tags=["文书"], summary="可以拟写的文书：谁拟、谁签、怎样送达")
async def kinds(actor: ActorHere) -> dict[str, Any]:
    return {
        "kinds": [
            {
                "kind": rule.kind,
                "title": rule.title,
                "form": paper_kind(rule.kind).form,
                "addressee": paper_kind(rule.kind).addressee,
                "legal_bases": paper_kind(rule.kind).legal_bases,
                "clauses": paper_kind(rule.kind).clauses,
                "is_numbered": rule.is_numbered,
                "service": paper_kind(rule.kind).service,
                "is_about_guardian": rule.is_about_guardian,
                "drafters": [role.label for role in Role if role in rule.drafters],
                "checkers": [role.label for role in Role if role in rule.checkers],
                "approvers": [role.label for role in Role if role in rule.approvers],
                "may_draft": actor.role in rule.drafters,
            }
            for rule in ALL
        ]
    }


@router.get(
    "/api/cases/{case_no}/paper-fields/{kind}", tags=["文书"], summary="拟写一种文书须填写的栏目"
)
async def paper_fields(
    case_no: str, kind: str, here: ServicesHere, actor: ActorHere, guardian: str | None = None
) -> dict[str, Any]:
    must_read_file(actor)
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
        state = CaseState.model_validate(row.state)
        try:
            today = legal_date(here.clock())
            fields = await fields_of(connection, state, actor, kind, guardian, today)
        except NothingToShow as error:
            raise not_found("文书种类") from error
        except PaperIncomplete as error:
            raise _incomplete(error.problems) from error
    return {"kind": kind, "title": paper_kind(kind).title, "fields": fields}


@router.get(
    "/api/cases/{case_no}/papers/{key}/preview.{form}",
    tags=["文书"],
    summary="草稿预览（html 或 pdf）",
)
async def draft_preview(
    case_no: str, key: str, form: Literal["html", "pdf"], here: ServicesHere, actor: ActorHere
) -> Response:
    async with here.engine.connect() as connection:
        state = await _state(connection, actor, case_no, key)
        data = await _shown(draft_data(connection, state, key, legal_date(here.clock())))
    return await made(data, form, key)


@router.get(
    "/api/cases/{case_no}/papers/{key}/receipt.pdf",
    tags=["文书"],
    summary="按送达登记填好的送达回证",
)
async def receipt(case_no: str, key: str, here: ServicesHere, actor: ActorHere) -> Response:
    async with here.engine.connect() as connection:
        state = await _state(connection, actor, case_no, key)
        data = await _shown(receipt_data(connection, state, key))
    return await made(data, "pdf", f"receipt-{key}")


@router.get("/api/cases/{case_no}/dossier.pdf", tags=["文书"], summary="卷宗目录和经过（F13）")
async def dossier(case_no: str, here: ServicesHere, actor: ActorHere) -> Response:
    async with here.engine.connect() as connection:
        state = await _state(connection, actor, case_no, "")
        data = await _shown(
            dossier_data(
                connection,
                state,
                legal_date(here.clock()),
                shows_all=may_read_confidential(actor),
            )
        )
    return await made(data, "pdf", "dossier")


async def _state(connection: Any, actor: Actor, case_no: str, key: str) -> CaseState:
    must_read_file(actor)
    row = await case_within(connection, actor, case_no)
    state = CaseState.model_validate(row.state)
    fact = state.papers.get(key)
    if (
        fact is not None
        and paper_kind(fact.kind).is_confidential
        and not may_read_confidential(actor)
    ):
        said = "这份文书含有保密信息，只由县教体局承办人员查看。"
        raise Problem(403, "不在您的办理范围", said, "forbidden")
    return state


async def _shown(work: Any) -> PaperData:
    try:
        data: PaperData = await work
        return data
    except NothingToShow as error:
        raise Problem(404, "没有找到", str(error), "not_found") from error
    except PaperIncomplete as error:
        raise _incomplete(error.problems) from error


async def made(data: PaperData, form: str, name: str) -> Response:
    """Answer with a paper as a page or as a PDF."""
    try:
        if form == "html":
            page = await asyncio.to_thread(preview, data.key, data)
            policy = "default-src 'none'; style-src 'unsafe-inline'"
            return HTMLResponse(page, headers={"Content-Security-Policy": policy})
        paper = await asyncio.to_thread(render, data.key, data)
    except PaperRefused as refusal:
        raise _incomplete(refusal.problems) from refusal
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(paper.pdf, media_type=PDF, headers=headers)


def _incomplete(problems: list[str]) -> Problem:
    return Problem(422, "文书还不能生成", " ".join(problems), "paper_incomplete")


@router.get("/v/{code}", include_in_schema=False)
async def verify(code: str, request: Request, here: ServicesHere) -> HTMLResponse:
    """Tell whether a paper is genuine and in force: its number and day, and nobody's name."""
    _must_not_hurry(request, here)
    query = text(
        "select status, doc_no, issued_on from paper where verify_code = :code and doc_no is not null"
        " union all select status, doc_no, null from batch_paper where verify_code = :code"
    )
    async with here.engine.connect() as connection:
        row = (await connection.execute(query, {"code": code.strip().upper()[:40]})).one_or_none()
    if row is None:
        return page("verify.html.j2", status=404, title="文书核验", verdict="unknown", row=None)
    verdict = {"voided": "voided", "replaced": "replaced"}.get(row.status, "in_force")
    return page("verify.html.j2", title="文书核验", verdict=verdict, row=row)


def _must_not_hurry(request: Request, here: Any) -> None:
    """Refuse an address that asks more often than a person would."""
    state = request.app.state
    if not hasattr(state, "verify_asked"):
        state.verify_asked = {}
    asked: dict[str, deque[Any]] = state.verify_asked
    now, address = here.clock(), request.client.host if request.client else ""
    if len(asked) > 10_000:
        asked.clear()
    times = asked.setdefault(address, deque())
    while times and now - times[0] > timedelta(minutes=1):
        times.popleft()
    if len(times) >= PER_MINUTE:
        raise Problem(429, "查询太频繁", "请一分钟后再试。", "too_many")
    times.append(now)
