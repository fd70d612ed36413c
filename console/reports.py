"""Reports over HTTP: the monthly report's life, books, indicators and charts, each within scope."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from console.problems import Problem, no_nul, not_found
from console.wiring import ActorHere, Day, Services, ServicesHere
from lifecycle.days import legal_date
from models.people import Actor
from models.roster import school_year_of
from papers.book import BookTable
from papers.refusal import PaperRefused
from reports import books, indicators, monthly_store, taking
from reports.books import Asking
from reports.indicator_facts import IndicatorFacts, facts_of
from reports.indicators import Figure, figures, printed
from reports.refusal import NoSuchReport, ReportRefused

router = APIRouter(prefix="/api/reports", tags=["台账与报表"])
Month = Annotated[str, Field(max_length=7)]
Office = Annotated[str | None, Query(max_length=10)]
Purpose = Annotated[str, Query(max_length=200)]


class Form(StrEnum):
    JSON = "json"
    XLSX = "xlsx"
    PDF = "pdf"


MEDIA = {Form.JSON: "application/json", Form.XLSX: taking.XLSX, Form.PDF: "application/pdf"}


class Filling(BaseModel):
    """Who fills the report in; ``reason`` makes it a correction of what was signed."""

    model_config = ConfigDict(extra="forbid")

    preparer: Annotated[str, Field(min_length=1, max_length=50)]
    phone: Annotated[str, Field(min_length=1, max_length=50)]
    reason: Annotated[str, Field(max_length=500)] = ""


def report_line(row: Any) -> dict[str, Any]:
    """Show a report without its rows."""
    return {
        "office": row.office, "month": row.month, "version": row.version, "status": row.status,
        "status_label": monthly_store.STATUS_LABELS[row.status], "unit": row.data["unit"],
        "as_of": row.data["as_of"], "children": len(row.data["rows"]), "reason": row.reason,
        "is_correction": row.version > 1, "changes": row.changes,
        "submitted_by": row.submitted_by, "signed_by": row.signed_by,
        "signed_at": row.signed_at.isoformat() if row.signed_at else None,
        "data_sha256": row.data_sha256, "pdf_sha256": row.pdf_sha256,
        "xlsx_sha256": row.xlsx_sha256,
    }  # fmt: skip


def refused(error: Exception) -> Problem:
    if isinstance(error, NoSuchReport):
        return Problem(404, "没有找到", str(error), "not_found")
    return Problem(422, "条件未满足，未办理", str(error), "refused")


@router.get("/monthly", summary="月报及各次更正")
async def list_monthly(
    here: ServicesHere, actor: ActorHere, month: Annotated[str | None, Query(max_length=7)] = None
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        rows = await monthly_store.list_reports(connection, actor, month)
    return {"reports": [report_line(row) for row in rows]}


@router.post("/monthly/{month}/draft", summary="由台账拟写月报；写明理由即为更正")
async def draft(
    month: Month, filling: Filling, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    no_nul(filling.model_dump())
    return await _act(here, monthly_store.draft, actor, month, **filling.model_dump())


@router.post("/monthly/{month}/submit", summary="提交负责人签字")
async def submit(month: Month, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    return await _act(here, monthly_store.submit, actor, month)


@router.post("/monthly/{month}/sign", summary="负责人签字报送（不得是提交人）")
async def sign(month: Month, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    return await _act(here, monthly_store.sign, actor, month)


async def _act(here: Services, act: Any, actor: Actor, month: str, **how: Any) -> dict[str, Any]:
    no_nul(month)
    try:
        async with here.engine.begin() as connection:
            return report_line(await act(connection, actor, month, here.clock(), **how))
    except (ReportRefused, PaperRefused) as error:
        raise refused(error) from None


@router.get("/monthly/{office}/{month}.{form}", summary="一份月报", response_class=Response)
async def monthly_file(
    office: str, month: str, form: Form, here: ServicesHere, actor: ActorHere,
    version: Annotated[int, Query(ge=1, le=10_000)] | None = None, purpose: Purpose = "",
) -> Any:  # fmt: skip
    no_nul(purpose)
    now = here.clock()
    try:
        async with here.engine.begin() as connection:
            row = await monthly_store.get_report(connection, actor, office, month, version)
            place, _ = await books.place_for(connection, actor, office)
            asking = Asking(actor, place, legal_date(now))
            if form is Form.JSON:
                content = as_bytes(report_line(row) | {"rows": row.data["rows"]})
                what, named = taking.monthly_name(row, form.value), len(row.data["rows"])
                await taking.give(connection, what, content, named, asking, purpose, now)
            else:
                content = await taking.monthly_file(
                    connection, row, asking, form.value, purpose, now
                )
    except (ReportRefused, PaperRefused) as error:
        raise refused(error) from None
    return Response(content, media_type=MEDIA[form])


@router.get("/books/{kind}.{form}", summary="台账", response_class=Response)
async def book(
    kind: str, form: Form, here: ServicesHere, actor: ActorHere, office: Office = None,
    purpose: Purpose = "",
) -> Any:  # fmt: skip
    no_nul(purpose)
    now = here.clock()
    try:
        async with here.engine.begin() as connection:
            place, unit = await books.place_for(connection, actor, office)
            asking = Asking(actor, place, legal_date(now))
            made = await books.make(connection, kind, asking, unit)
            if form is Form.JSON:
                content, named = as_bytes(book_lines(made)), taking.named_in(kind, made)
                await taking.give(connection, f"{kind}.json", content, named, asking, purpose, now)
            else:
                content = await taking.export(
                    connection, kind, made, asking, form.value, purpose, now
                )
    except (ReportRefused, PaperRefused) as error:
        raise refused(error) from None
    return Response(content, media_type=MEDIA[form])


@dataclass(frozen=True)
class Period:
    """Which figures are asked for: the period, the office, the day the lists are compared."""

    first: Day | None = None
    last: Day | None = None
    office: Office = None
    compared_on: Day | None = None


PeriodHere = Annotated[Period, Depends()]


@router.get("/indicators.{form}", summary="指标：公式、分子分母", response_class=Response)
async def all_indicators(
    form: Form, here: ServicesHere, actor: ActorHere, period: PeriodHere, purpose: Purpose = ""
) -> Any:
    no_nul(purpose)
    now = here.clock()
    try:
        async with here.engine.begin() as connection:
            facts, asking, unit = await _facts(connection, actor, period, now)
            if form is Form.JSON:
                found = [figure_line(each) for each in figures(facts)]
                said = {"first": str(facts.first), "last": str(facts.last), "indicators": found}
                return Response(as_bytes(said), media_type=MEDIA[form])
            content = await taking.export(
                connection, "indicators", indicators.table(facts, unit), asking, form.value,
                purpose, now, named=indicators.on_sheet(facts),
            )  # fmt: skip
    except (ReportRefused, PaperRefused) as error:
        raise refused(error) from None
    return Response(content, media_type=MEDIA[form])


@router.get("/indicators/{code}/cases", summary="一项指标涉及的案号", response_class=Response)
async def indicator_cases(
    code: str, here: ServicesHere, actor: ActorHere, period: PeriodHere, purpose: Purpose = ""
) -> Response:
    no_nul(purpose)
    if code not in indicators.BY_ID:
        raise not_found("指标")
    now = here.clock()
    try:
        async with here.engine.begin() as connection:
            facts, asking, _ = await _facts(connection, actor, period, now)
            figure = next(each for each in figures(facts) if each.indicator.id == code)
            content = as_bytes(cases_line(figure))
            what, named = f"indicators/{code}/cases.json", len(figure.named)
            await taking.give(connection, what, content, named, asking, purpose, now)
    except ReportRefused as error:
        raise refused(error) from None
    return Response(content, media_type=MEDIA[Form.JSON])


async def _facts(
    connection: AsyncConnection, actor: Actor, period: Period, now: datetime
) -> tuple[IndicatorFacts, Asking, str]:
    place, unit = await books.place_for(connection, actor, period.office)
    last = period.last or legal_date(now)
    first = period.first or date(school_year_of(last), 9, 1)
    facts = await facts_of(connection, place, first, last, compared_on=period.compared_on, at=now)
    return facts, Asking(actor, place, last), unit


@router.get("/charts/{name}.svg", summary="图", response_class=Response)
async def chart(
    name: str, here: ServicesHere, actor: ActorHere, office: Office = None, public: bool = False
) -> Response:
    try:
        async with here.engine.connect() as connection:
            place, unit = await books.place_for(connection, actor, office)
            asking = Asking(actor, place, legal_date(here.clock()))
            drawn = await books.chart(connection, name, asking, unit, is_public=public)
    except ReportRefused as error:
        raise refused(error) from None
    return Response(drawn, media_type="image/svg+xml")


def figure_line(figure: Figure) -> dict[str, Any]:
    """Show a figure without the cases behind it."""
    indicator, counted = figure.indicator, figure.counted
    return {
        "id": indicator.id, "label": indicator.label, "formula": indicator.formula,
        "source": indicator.source, "numerator": counted.numerator,
        "denominator": counted.denominator, "value": figure.value, "printed": printed(figure),
        "note": figure.note,
    }  # fmt: skip


def cases_line(figure: Figure) -> dict[str, Any]:
    """Show a figure with what it is made of and the cases that count against it."""
    counted, (top, under) = figure.counted, figure.indicator.made_of
    return figure_line(figure) | {
        "cases": list(counted.cases),
        "numerator_of": top, "numerator_list": list(counted.top),
        "denominator_of": under, "denominator_list": list(counted.under),
    }  # fmt: skip


def book_lines(made: BookTable) -> dict[str, Any]:
    rows = [[_plain(value) for value in row] for row in made.rows]
    columns = [column.title for column in made.columns]
    return {"title": made.full_title, "columns": columns, "rows": rows, "notes": list(made.below)}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, (date, UUID)) else value


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
