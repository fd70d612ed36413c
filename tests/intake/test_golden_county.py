"""Fifty thousand children, every anomaly planted: what is found against what is true."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.census import run_census, start_census
from intake import census_store, matching
from intake.census import Ages, Setting
from intake.roster_store import Place
from intake.rosters import Order, import_roster
from models.rosters import RosterKind as K
from tests.conftest import TOLD
from tests.intake import golden_county as golden

AT = datetime(2025, 10, 20, 2, tzinfo=UTC)
TERM = "2025-1"
FILES = {
    "h": (K.HOUSEHOLD_REGISTER, "990101"), "r": (K.SCHOOL_ROLL, "990101"),
    "p1": (K.PRESENT, "first half"), "p2": (K.PRESENT, "second half"),
    "x": (K.RESIDENCE_PERMIT, "990101"), "v": (K.POVERTY_HOUSEHOLDS, "990101"),
    "l": (K.LEAVE_SLIPS, "990101"),
}  # fmt: skip


async def load_places(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text("insert into county values (:c, '某县', '某县教体局')"), {"c": golden.COUNTY}
        )
        for code, name in golden.TOWNS:
            await connection.execute(
                text("insert into township values (:code, :county, :name, 'township', '')"),
                {"code": code, "county": golden.COUNTY, "name": name},
            )
        for code, name, town in golden.SCHOOLS:
            await connection.execute(
                text("insert into school (code, township, county, name, stage, address, phone)"
                     " values (:code, :town, :county, :name, 'nine_year', '', '')"),
                {"code": code, "town": town, "county": golden.COUNTY, "name": name},
            )  # fmt: skip


def refused_rows(path: Path | None) -> set[int]:
    """Read the row numbers out of the reasons of a file of refused rows."""
    if path is None:
        return set()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]
    return {int(row[-1].split("行")[0].removeprefix("第")) for row in rows}


def score(what: str, found: Iterable, true: Iterable, told: list[str]) -> tuple[float, float]:
    """Tell precision and recall, and list what is missed and what is too much."""
    found, true = set(found), set(true)
    right = found & true
    precision = len(right) / len(found) if found else 1.0
    recall = len(right) / len(true) if true else 1.0
    told.append(
        f"{what:　<10} 真 {len(true):>5}  找到 {len(found):>5}  准确率 {precision:.4f}  召回率 {recall:.4f}"
    )
    for word, ones in (("漏", true - found), ("多", found - true)):
        told += [f"    {word} {one}" for one in sorted(ones)[:12]]
    return precision, recall


@pytest.fixture(scope="module")
def county() -> golden.County:
    return golden.build()


async def test_the_golden_county_is_found_as_it_is(engine, county, tmp_path, record_property):
    """Differences, refused rows, matches and questions: precision and recall by kind, misses listed.

    Names and birthdays meet by chance among fifty thousand children; such pairs may be asked about
    where one of the two is unsettled, which costs precision of the questions and nothing else.
    """
    await load_places(engine)
    paths = golden.write(county, tmp_path)
    refused = {}
    for name, (kind, source) in FILES.items():
        async with engine.begin() as connection:
            report = await import_roster(
                connection,
                paths[name],
                Order(Place(golden.COUNTY, kind, TERM, source), "x", "王敏"),
            )
        refused[name] = refused_rows(report.error_file)
    async with engine.begin() as connection:
        one = await start_census(connection, golden.COUNTY, TERM, by="x", at=AT)
        await run_census(connection, one, AT)
        found = await connection.execute(text("select difference, person from census_task"))
        differences = {tuple(row) for row in found}
        rows = await census_store.read_rows(connection, golden.COUNTY, TERM)
        pairs = await connection.execute(text("select left_key, right_key from match_review"))
        doubts = {tuple(sorted(key.rpartition("|")[0] for key in row)) for row in pairs}
    setting = Setting(golden.COUNTY, Ages.of_year(2025, "08-31", 16), as_of=AT.date())
    matched = census_store.run(rows, setting, {}).matched
    same = {tuple(sorted(k.rpartition("|")[0] for k in (m.left, m.right))) for m in matched.same}
    assert all(one.explanation for one in (*matched.same, *matched.doubts))
    assert isinstance(matched, matching.Matched)

    truth, scores = county.truth, {}
    told = [f"黄金县：{len(rows)} 行，{len(truth.planted)} 种异常："
            f"{'、'.join(f'{name}{count}' for name, count in truth.planted.items())}"]  # fmt: skip
    for kind in sorted({kind for kind, _ in truth.differences | differences}):
        true = {one for one in truth.differences if one[0] == kind}
        scores[kind] = score(kind, {one for one in differences if one[0] == kind}, true, told)
    for name, true in truth.refused.items():
        scores[f"refused {name}"] = score(f"退回 {name}", refused[name], true, told)
    scores["matches"] = score("自动匹配", same, truth.matches, told)
    scores["doubts"] = score("人工核对", doubts, truth.doubts, told)
    scores["twins"] = score("双胞胎不合并", truth.apart - same - doubts, truth.apart, told)
    record_property(TOLD, "\n".join(told))
    exact = {name: one for name, one in scores.items() if name != "doubts"}
    assert exact == dict.fromkeys(exact, (1.0, 1.0))
    assert truth.doubts - doubts == truth.beyond
    assert scores["doubts"][0] > 0.95
