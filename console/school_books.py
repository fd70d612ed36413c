"""The lists of a school's day as workbooks, within the school's own line."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Response

from access.school_roles import shown_reason
from access.scope import may_see_place
from console.problems import Problem, not_found
from console.school_scope import school_here
from console.wiring import ActorHere, ServicesHere
from intake import first_week
from intake.books import daily_book, first_week_book, hand_over_book
from intake.daily import daily_report
from intake.transition import HandOverRefused, hand_over_of

router = APIRouter(prefix="/api/books", tags=["名册"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=XLSX, headers=headers)


@router.get("/daily/{school}/{day}", summary="缺勤日报（XLSX）")
async def daily(school: str, day: date, here: ServicesHere, actor: ActorHere) -> Response:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        report = await daily_report(connection, school, day, place.basis)
    if not report.is_school_day:
        raise Problem(
            409, "这一天不上课", f"{day} 不上课（{report.why_not}）。", "not_a_school_day"
        )
    content = daily_book(
        report, place.name, lambda line: shown_reason(actor, line.kind, line.reason)
    )
    return _file(content, f"缺勤日报-{school}-{day}.xlsx")


@router.get("/first-week/{school}/{term_start}", summary="未到校注册学生登记册（XLSX）")
async def register(school: str, term_start: date, here: ServicesHere, actor: ActorHere) -> Response:
    async with here.engine.connect() as connection:
        place = await school_here(connection, here, actor, school)
        rows = await first_week.unregistered(connection, school, term_start)
        content = await first_week_book(connection, rows, school, place.name)
    return _file(content, f"未注册登记册-{school}-{term_start}.xlsx")


@router.get("/hand-over/{list_id}", summary="整班移交名册（XLSX，两方可见）")
async def hand_over(list_id: UUID, here: ServicesHere, actor: ActorHere) -> Response:
    async with here.engine.begin() as connection:
        try:
            row = await hand_over_of(connection, list_id)
        except HandOverRefused as error:
            raise not_found("移交名册") from error
        is_party = actor.office in (row.from_school, row.to_school)
        if not (is_party or may_see_place(actor, None, None, row.from_school[:6])):
            raise Problem(
                403, "不在您的办理范围", "名册只限移交、接收两方和县教体局。", "forbidden"
            )
        content = await hand_over_book(connection, row)
    return _file(content, f"整班移交名册-{row.school_year}.xlsx")
