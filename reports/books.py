"""The kinds of book there are, and the one way to make them; taking.py gives them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import may_read_confidential, may_see_place, may_take_books, owed_by
from models.people import Actor
from models.supervision import AccountabilityClue
from models.words import OfficeKind, Role
from papers.book import BookTable
from reports import charts
from reports.case_lines import Place, case_lines
from reports.clue_book import clue_table
from reports.ledger_book import ledger_table, school_age_table
from reports.ledger_facts import beside
from reports.monthly_store import unit_of
from reports.public import masked_list, public_table
from reports.referral_book import referral_table
from reports.refusal import ReportRefused
from reports.roll_books import four_column_table, group_table
from reports.service_book import service_table

LABELS = {
    "ledger": "控辍保学台账", "school_age": "适龄儿童台账", "suspected": "疑似辍学台账",
    "dropout": "辍学台账", "service": "送达台账", "clues": "问责线索台账",
    "four_columns": "户册籍人四对照表", "groups": "分类名册", "referrals": "转介反馈台账",
    "public_counts": "公开统计", "public_cases": "隐名个案进展",
}  # fmt: skip
LEDGERS = {"ledger": "all", "suspected": "suspected", "dropout": "dropout"}
"""The books that are filters of one ledger, and their filter."""
NAMED = frozenset({*LEDGERS, "school_age", "four_columns", "groups"})
"""Books with names: whoever takes them out says what for."""
_OWES = {
    OfficeKind.SCHOOL: Role.PRINCIPAL, OfficeKind.TOWNSHIP: Role.TOWNSHIP_HEAD,
    OfficeKind.COUNTY: Role.SUPERVISOR,
}  # fmt: skip
"""A role of each kind of office: the clues of a place are those it and the offices below owe."""


@dataclass(frozen=True)
class Asking:
    """For whom and for which day a book is made; no actor is the machine's own operator."""

    actor: Actor | None
    place: Place
    on: date


async def place_for(
    connection: AsyncConnection, actor: Actor | None, code: str | None
) -> tuple[Place, str]:
    """Return the place asked for with its name: the actor's own, or one under it.

    Raises ReportRefused where it lies outside the actor's office.
    """
    if actor is not None and not may_take_books(actor):
        raise ReportRefused("您的角色不能查看台账和指标。")
    if code is None and actor is None:
        raise ReportRefused("请指明单位代码（县、乡镇或学校）。")
    if code is None and actor is not None:
        place = Place(actor.role.office_kind, actor.office)
        return place, (await unit_of(connection, place))[0]
    query = text(
        "select 'county' as kind, '' as school, '' as township, code as county from county"
        " where code = :code union all"
        " select 'township', '', code, county from township where code = :code union all"
        " select 'school', code, township, county from school where code = :code"
    )
    row = (await connection.execute(query, {"code": code})).one_or_none()
    if row is None or not (
        actor is None
        or may_see_place(actor, school=row.school, township=row.township, county=row.county)
    ):
        raise ReportRefused("没有这个单位，或不在您的范围。")
    place = Place(OfficeKind(row.kind), str(code))
    return place, (await unit_of(connection, place))[0]


async def make(connection: AsyncConnection, kind: str, asking: Asking, unit: str) -> BookTable:
    """Make one book; ReportRefused where there is no such kind."""
    if kind not in LABELS:
        said = "、".join(f"{key}（{label}）" for key, label in LABELS.items())
        raise ReportRefused(f"没有这种台账，可选：{said}。")
    if kind == "service":
        return await service_table(connection, asking.place, unit, asking.on)
    if kind == "school_age":
        return await school_age_table(connection, asking.place, unit, asking.on)
    if kind == "clues":
        stands_for = Actor(id="book", role=_OWES[asking.place.kind], office=asking.place.code)
        scope = owed_by(AccountabilityClue, stands_for)
        return await clue_table(connection, scope, unit, asking.on)
    opens = asking.actor is not None and may_read_confidential(asking.actor)
    if kind == "four_columns":
        return await four_column_table(connection, asking.place, unit, asking.on)
    if kind == "groups":
        return await group_table(connection, asking.place, unit, asking.on, confidential=opens)
    if kind == "referrals":
        return await referral_table(connection, asking.place, unit, asking.on, confidential=opens)
    lines = await case_lines(connection, asking.place)
    if kind == "public_counts":
        names = await township_names(connection, asking.place)
        return public_table(lines, names, unit, asking.on)
    if kind == "public_cases":
        return masked_list(lines, unit, asking.on)
    others = await beside(connection, lines, asking.on, confidential=opens)
    return ledger_table(lines, others, unit, asking.on, kind=LEDGERS[kind], confidential=opens)


async def chart(
    connection: AsyncConnection, name: str, asking: Asking, unit: str, *, is_public: bool = False
) -> str:
    """Draw one chart; ReportRefused where there is no such name."""
    lines = await case_lines(connection, asking.place)
    if name == "trend" and not is_public:
        return charts.trend(lines, asking.on, unit)
    if name == "funnel" and not is_public:
        return charts.funnel(lines, unit)
    if name == "townships":
        names = await township_names(connection, asking.place)
        return charts.townships(lines, names, asking.on, unit, is_public=is_public)
    raise ReportRefused(
        "图只有 trend（趋势）、funnel（四步漏斗）、townships（乡镇）；公开的只有 townships。"
    )


async def township_names(connection: AsyncConnection, place: Place) -> dict[str, str]:
    """Return the townships of a place by code."""
    where = {
        OfficeKind.COUNTY: "county = :place",
        OfficeKind.TOWNSHIP: "code = :place",
        OfficeKind.SCHOOL: "code = (select township from school where code = :place)",
    }[place.kind]
    rows = await connection.execute(
        text(f"select code, name from township where {where} order by code"), {"place": place.code}
    )
    return {row.code: row.name for row in rows}
