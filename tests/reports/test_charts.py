"""Charts are well-formed SVG that says in words what it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.words import OfficeKind
from reports import charts
from reports.case_lines import CaseLine, Place, case_lines
from reports.masking import HIDDEN
from reports.public import masked_list, public_table
from reports.svg import Canvas
from tests.reports.planted import NAMES, OTHER_TOWN
from tests.walk import COUNTY, TOWNSHIP

SVG = "{http://www.w3.org/2000/svg}"
LAST = date(2025, 9, 30)
TOWNS = {TOWNSHIP: "东风镇", OTHER_TOWN: "西岭乡"}


@pytest.fixture
async def lines(engine: AsyncEngine) -> list[CaseLine]:
    async with engine.connect() as connection:
        return await case_lines(connection, Place(OfficeKind.COUNTY, COUNTY))


def words(drawing: str) -> tuple[ET.Element, str, str]:
    root = ET.fromstring(drawing)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("role") == "img"
    return root, title.text or "", description.text or ""


async def test_the_trend_counts_month_by_month(lines: list[CaseLine]) -> None:
    """August nobody, September four out and three back; twelve months on the axis."""
    root, title, said = words(charts.trend(lines, LAST, "示例县"))
    assert "近十二个月" in title
    assert "2025-08未返校0人、返校0人次" in said
    assert said.endswith("2025-09未返校4人、返校3人次")
    axis = [node.text for node in root.iter(f"{SVG}text") if (node.text or "").count("-") == 1]
    assert len(axis) == 12


async def test_the_funnel_narrows(lines: list[CaseLine]) -> None:
    """Seven reached persuasion, one the order, none a penalty or a court."""
    _, _, said = words(charts.funnel(lines, "示例县"))
    assert said.startswith("第一步 宣传教育7件；第二步 责令改正1件；第三步 行政处罚0件；第四步")


async def test_bars_by_township(lines: list[CaseLine]) -> None:
    """Three out and one back in the one, one out and one back in the other; in public small figures are hidden."""
    _, _, said = words(charts.townships(lines, TOWNS, LAST, "示例县"))
    assert said == "东风镇未返校3人、已返校1人；西岭乡未返校1人、已返校1人"
    drawn = charts.townships(lines, TOWNS, LAST, "示例县", is_public=True)
    _, _, hidden = words(drawn)
    assert hidden == (
        f"东风镇小学未返校0人、初中未返校{HIDDEN}；西岭乡小学未返校{HIDDEN}、初中未返校0人"
    )


def test_markup_and_control_characters_stay_text() -> None:
    """A name with markup is a name; what XML may not hold is dropped."""
    canvas = Canvas(10, 10, "<b>&", "\x00a")
    canvas.text(1, 1, "]]><script>\x07")
    root, title, said = words(canvas.render())
    assert (title, said) == ("<b>&", "a")
    assert root.find(f".//{SVG}script") is None


@pytest.mark.parametrize("draw", [lambda: charts.trend([], LAST, "空县"), lambda: charts.funnel([], "空县"),
                                  lambda: charts.townships([], {}, LAST, "空县")])  # fmt: skip
def test_an_empty_county_has_a_chart(draw: Any) -> None:
    """Nothing to show is drawn as nothing, not as an error."""
    words(draw())


async def test_public_tables_tell_no_child(lines: list[CaseLine]) -> None:
    """No full name, and no figure below five or one that gives it away."""
    table = public_table(lines, TOWNS, "示例县", LAST)
    assert {cell for row in table.rows for cell in row[1:]} <= {HIDDEN, "0"}
    listed = masked_list(lines, "示例县", LAST)
    shown = {str(row[2]) for row in listed.rows}
    assert shown.isdisjoint(NAMES.values())
    assert {"张某某", "欧阳某某"} <= shown
    assert len(listed.rows) == 7
    assert {str(row[3]) for row in listed.rows} == {"未返校", "已返校"}
    assert any("不对外公布" in line for line in listed.below)


async def test_the_public_chart_tells_nothing_the_public_table_does_not(
    lines: list[CaseLine],
) -> None:
    """Twelve out in the one township, two of them small: the chart gives no sum to subtract from."""
    junior = next(line for line in lines if line.is_junior and line.is_confirmed_out_on(LAST))
    primary = replace(junior, grade=3)
    many = [junior] * 10 + [primary] * 2
    table = public_table(many, TOWNS, "示例县", LAST)
    _, _, said = words(charts.townships(many, TOWNS, LAST, "示例县", is_public=True))
    for name, low, high, _ in table.rows[:-1]:
        shown = (HIDDEN if cell == HIDDEN else f"{cell}人" for cell in (low, high))
        assert "{}小学未返校{}、初中未返校{}".format(name, *shown) in said
    assert str(table.rows[0][1]) == HIDDEN
    assert "12" not in said
