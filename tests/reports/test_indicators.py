"""Indicators on the planted county: every expected figure is counted by hand in the comments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.periodic import PeriodicActivities
from models.words import OfficeKind
from reports.case_lines import Place
from reports.indicator_facts import _year_begins, facts_of
from reports.indicators import ALL, Figure, figures, printed, table
from tests.reports.planted import OTHER_TOWN, PRIMARY
from tests.storage import book
from tests.walk import COUNTY, SCHOOL, TOWNSHIP

FIRST, LAST = date(2025, 9, 1), date(2025, 9, 30)
WHOLE = Place(OfficeKind.COUNTY, COUNTY)


async def counted(
    engine: AsyncEngine, place: Place = WHOLE, first: date = FIRST, last: date = LAST, **how: Any
) -> dict[str, Figure]:
    async with engine.connect() as connection:
        facts = await facts_of(connection, place, first, last, **how)
    return {each.indicator.id: each for each in figures(facts)}


async def numbers(engine: AsyncEngine) -> dict[int, str]:
    """Case numbers by the number of the planted child."""
    rows = await book.rows(engine, "select child_ref, case_no from case_file")
    return {row.child_ref.int - 0xC0FFEE00: row.case_no for row in rows}


def pair(figure: Figure) -> tuple[int | None, int | None]:
    return figure.counted.numerator, figure.counted.denominator


async def test_dropout_rates_by_hand(engine: AsyncEngine) -> None:
    """Roll 20 and 20. Out at the end: 1, 2, 6 of the junior school, 4 of the primary school."""
    no = await numbers(engine)
    found = await counted(engine)
    assert pair(found["dropout_junior_new"]) == (3, 20)
    assert found["dropout_junior_new"].counted.cases == tuple(sorted(no[n] for n in (1, 2, 6)))
    assert pair(found["dropout_primary_new"]) == (1, 20)
    assert found["dropout_primary_new"].counted.cases == (no[4],)
    assert printed(found["dropout_junior_stock"]) == "15.00%"


async def test_old_cases_are_stock_and_not_new(engine: AsyncEngine) -> None:
    """Seen from October alone, all four are of before."""
    found = await counted(engine, first=date(2025, 10, 1), last=date(2025, 10, 31))
    assert pair(found["dropout_junior_new"]) == (0, 20)
    assert pair(found["dropout_junior_stock"]) == (3, 20)


async def test_who_left_again_in_the_period_has_dropped_out_in_it(engine: AsyncEngine) -> None:
    """Child 6 was confirmed and back before the 15th and left again on the 21st."""
    no = await numbers(engine)
    found = await counted(engine, first=date(2025, 9, 15))
    assert found["dropout_junior_new"].counted.cases == (no[6],)
    assert pair(found["brought_back"]) == (0, 0)


async def test_every_rate_lists_what_it_is_made_of(engine: AsyncEngine) -> None:
    """Lists of cases are as long as the figures; a pupil of a roll is counted and not listed."""
    no = await numbers(engine)
    found = await counted(engine)
    assert found["brought_back"].counted.top == tuple(sorted(no[n] for n in (3, 6, 8)))
    assert len(found["orders_in_time"].counted.under) == 7
    for name in ("brought_back", "kept", "orders_in_time", "papers_served", "not_back"):
        counted_ = found[name].counted
        assert len(counted_.top) == counted_.numerator, name
        assert len(counted_.under) == (counted_.denominator or 0), name
    rate = found["dropout_junior_new"]
    assert (len(rate.counted.top), rate.counted.under) == (3, ())
    assert rate.named == {no[1], no[2], no[6]}


async def test_a_school_that_begins_early_does_not_move_the_county(engine: AsyncEngine) -> None:
    """The school year of the county begins with the county's own term."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into school_term (county, school, name, starts_on, ends_on)"
                " values (:c, :s, '秋', '2025-08-25', '2026-01-16')"
            ),
            {"c": COUNTY, "s": SCHOOL},
        )
        assert await _year_begins(connection, WHOLE, 2025) == date(2025, 9, 1)
        own = Place(OfficeKind.SCHOOL, SCHOOL)
        assert await _year_begins(connection, own, 2025) == date(2025, 8, 25)


async def test_brought_back_and_kept_by_hand(engine: AsyncEngine) -> None:
    """Seven confirmed; 3, 6 and 8 came back in September; 6 left again, nobody is signed off yet."""
    no = await numbers(engine)
    found = await counted(engine)
    assert pair(found["brought_back"]) == (3, 7)
    assert set(found["brought_back"].counted.cases) == {no[n] for n in (1, 2, 4, 5)}
    assert pair(found["kept"]) == (0, 1)
    assert found["kept"].counted.cases == (no[6],)


async def test_zero_does_not_count_lawful_deferral(engine: AsyncEngine) -> None:
    """Not back: 1, 2, 4, 6. Child 5 is deferred by law; before the relapse 6 was at school."""
    assert pair((await counted(engine))["not_back"]) == (4, None)
    early = await counted(engine, last=date(2025, 9, 19))
    assert pair(early["not_back"]) == (3, None)


async def test_by_township_and_school(engine: AsyncEngine) -> None:
    """The township's and the school's own figures add up to the county's."""
    parts = [
        Place(OfficeKind.TOWNSHIP, TOWNSHIP), Place(OfficeKind.TOWNSHIP, OTHER_TOWN),
    ]  # fmt: skip
    found = [pair((await counted(engine, place))["not_back"])[0] for place in parts]
    assert found == [3, 1]
    school = await counted(engine, Place(OfficeKind.SCHOOL, PRIMARY))
    assert pair(school["dropout_primary_stock"]) == (1, 20)
    assert pair(school["dropout_junior_stock"]) == (None, None)
    assert "没有学年初在校生名册" in school["dropout_junior_stock"].note
    assert pair((await counted(engine, Place(OfficeKind.SCHOOL, SCHOOL)))["not_back"]) == (3, None)


async def test_timeliness_counts_what_ended(engine: AsyncEngine) -> None:
    """Seven orders were accepted the day they came: 7 of 7; one correction order, served: 1 of 1."""
    found = await counted(engine)
    assert pair(found["orders_in_time"]) == (7, 7)
    assert pair(found["papers_served"]) == (1, 1)
    missed = await book.rows(
        engine,
        "select count(*) filter (where not was_missed) as good, count(*) as n from obligation"
        " where duty in ('report_suspected', 'complete_reports') and escalates is null"
        " and (was_missed or status = 'met')",
    )
    assert pair(found["reports_in_time"]) == (missed[0].good, missed[0].n) == (14, 14)


async def test_monthly_reports_in_time(bare: AsyncEngine) -> None:
    """Two townships owed September's report and neither sent it: 0 of 2."""
    from tests.reports.planted import plant

    await plant(bare, "zhongyang")
    after = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
    await PeriodicActivities(bare, lambda: after).judge_periodic("monthly_report")
    assert pair((await counted(bare))["monthly_in_time"]) == (0, 2)


async def test_what_cannot_be_counted_says_so(engine: AsyncEngine) -> None:
    """No entry cohort of 2017, no day to compare: no figure, and the reason in words."""
    found = await counted(engine)
    assert found["consolidation"].value is None
    note = found["consolidation"].note
    assert note.startswith("数据不足：缺2017—2018学年第一学期学籍名册（西岭小学）")
    assert "2025—2026学年第一学期学籍名册（东风初级中学）" in note
    assert printed(found["consolidation"]) == "—"
    assert "未作一致性核对" in found["consistent"].note
    assert "分母为0" in found["attendance_in_time"].note


async def test_consistency_is_counted_where_a_day_is_named(engine: AsyncEngine) -> None:
    """No class has reported attendance that day: nothing was compared, so there is no rate."""
    at = datetime(2025, 9, 30, 9, 0, tzinfo=UTC)
    found = await counted(engine, compared_on=date(2025, 9, 29), at=at)
    assert pair(found["consistent"]) == (0, 0)
    assert found["consistent"].value is None


async def test_the_sheet_prints_each_formula_beside_its_figure(engine: AsyncEngine) -> None:
    """One row per indicator, the formula in words, the period in the head."""
    async with engine.connect() as connection:
        facts = await facts_of(connection, WHOLE, FIRST, LAST)
    made = table(facts, "示例县教育体育局")
    assert len(made.rows) == len(ALL) == 14
    assert all("÷" in str(row[2]) or "期末" in str(row[2]) for row in made.rows)
    assert made.above[1] == "统计期：2025-09-01至2025-09-30"


@pytest.mark.parametrize("indicator", ALL, ids=lambda each: each.id)
def test_every_indicator_names_its_formula_and_source(indicator: Any) -> None:
    """No figure stands without both."""
    assert indicator.formula
    assert indicator.source
