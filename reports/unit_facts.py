"""What the ledger holds of one school or township in a year (YN-5.6b): figures, never a score.

Only what the unit itself owed is counted against it: the duties, clues and rounds of its own
office. Nothing here names a child.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.words import ClueStatus, OfficeKind, PeriodicStatus, Role
from reports.case_lines import Place
from reports.indicator_facts import IndicatorFacts, facts_of
from reports.indicators import BY_ID, Figure
from reports.year_counts import Fact, case_facts, indicator_fact

NOTHING_DUE = "本期没有应报的任务"
_CASES = ("新立案", "确认辍学", "劝返返校", "返校后再次辍学")
_SOURCES = {
    "not_back": "个案台账：期末，依法延缓的不计", "reports_in_time": "指标表：按期报告数 ÷ 到期报告数",
    "orders_in_time": "指标表：按期签收数 ÷ 到期指令数",
}  # fmt: skip


async def unit_facts(
    connection: AsyncConnection, place: Place, first: date, last: date
) -> tuple[Fact, ...]:
    """Count what a school or a township did and owed from ``first`` to ``last``."""
    facts = await facts_of(connection, place, first, last)
    is_school = place.kind is OfficeKind.SCHOOL
    cases = [each for each in case_facts(facts.lines, first, last) if each.label in _CASES]
    figures = ("not_back", "reports_in_time", *(() if is_school else ("orders_in_time",)))
    return (
        _roll(facts),
        *(Fact(each.label, each.figure, "个案台账") for each in cases),
        *(_figure(facts, name) for name in figures),
        _late_attendance(facts),
        *(() if is_school else (_monthly(facts),)),
        await _duties(connection, place, first, last),
        await _inspections(connection, place, first, last),
        *await _clues(connection, place, first, last),
    )


def _roll(facts: IndicatorFacts) -> Fact:
    count = facts.primary_roll + facts.junior_roll
    said = f"{count}人" if count else "没有学年初名册，不计算"
    return Fact("在籍人数", said, f"学生名册：{facts.school_year}学年初")


def _figure(facts: IndicatorFacts, name: str) -> Fact:
    indicator = BY_ID[name]
    counted = indicator_fact(Figure(indicator, indicator.count(facts)))
    return Fact(counted.label, counted.figure, _SOURCES[name])


def _late_attendance(facts: IndicatorFacts) -> Fact:
    found = _ended(facts, "attendance")
    late = found[PeriodicStatus.MISSED.value] + found[PeriodicStatus.MET_LATE.value]
    said = f"{late}次（应报{found.total()}次，已补报{found[PeriodicStatus.MET_LATE.value]}次）"
    return Fact("考勤未按时上报", said if found else NOTHING_DUE, "定期任务台账：当日考勤填报")


def _monthly(facts: IndicatorFacts) -> Fact:
    found = _ended(facts, "monthly_report")
    said = f"{found[PeriodicStatus.MET.value]}次（应报{found.total()}次）"
    return Fact("月报按时报送", said if found else NOTHING_DUE, "定期任务台账：月报报送")


def _ended(facts: IndicatorFacts, duty: str) -> Counter[str]:
    return Counter(
        each.status
        for each in facts.rounds
        if each.duty == duty and each.status != PeriodicStatus.OPEN.value
    )


async def _duties(connection: AsyncConnection, place: Place, first: date, last: date) -> Fact:
    query = text(
        "select count(*) filter (where status = 'met' and not was_missed) as good,"
        " count(*) filter (where was_missed) as late,"
        " count(*) filter (where was_missed and status = 'met') as made_up from obligation"
        " where owner_office = :place and escalates is null and due_on between :first and :last"
    )
    row = await _one(connection, query, place, first, last)
    said = f"按时{row.good}项，逾期{row.late}项（已补办{row.made_up}项）"
    return Fact("限期任务", said, "任务台账：本单位承办、期内到期")


async def _inspections(connection: AsyncConnection, place: Place, first: date, last: date) -> Fact:
    query = text(
        "select count(*) as visits, coalesce(sum(cardinality(i.problems)), 0) as problems,"
        " count(*) filter (where i.rectify_by is not null and i.closed_on is null) as open"
        " from inspection_record i join school s on s.code = i.office"
        " where (s.code = :place or s.township = :place)"
        " and i.inspected_on between :first and :last"
    )
    row = await _one(connection, query, place, first, last)
    said = f"{row.visits}次，发现问题{row.problems}个，未整改{row.open}次"
    return Fact("督导检查", said, "督查情况表")


async def _clues(
    connection: AsyncConnection, place: Place, first: date, last: date
) -> tuple[Fact, ...]:
    """Group the clues the office owes by who owed the duty and the clause that names it."""
    query = text(
        "select role, article, count(*) as n, count(*) filter (where status = :excused) as excused,"
        " count(*) filter (where status = :dismissed) as dismissed from accountability_clue"
        " where office = :place and missed_on between :first and :last"
        " group by role, article order by article, role"
    )
    keys = {
        "place": place.code, "first": first, "last": last,
        "excused": ClueStatus.EXCUSED.value, "dismissed": ClueStatus.DISMISSED.value,
    }  # fmt: skip
    rows: Any = (await connection.execute(query, keys)).all()
    source = "问责线索台账：由督导核定"
    if not rows:
        return (Fact("问责线索", "0条", source),)
    return tuple(
        Fact(
            f"问责线索（{Role(row.role).label}，{row.article or '无条款，系统默认'}）",
            f"{row.n}条，其中免责{row.excused}条、不成立{row.dismissed}条", source,
        )
        for row in rows
    )  # fmt: skip


async def _one(
    connection: AsyncConnection, query: Any, place: Place, first: date, last: date
) -> Any:
    keys = {"place": place.code, "first": first, "last": last}
    return (await connection.execute(query, keys)).one()
