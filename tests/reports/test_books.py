"""Ledger books, opened again as XLSX and PDF; every export leaves its line in the log."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.ext.asyncio import AsyncEngine

from models.base import digest
from models.people import Actor
from models.words import OfficeKind, Role
from papers.book import BookTable
from reports import books, taking
from reports.books import Asking
from reports.case_lines import Place
from reports.refusal import ReportRefused
from tests.papers.reading import squeeze
from tests.reports.planted import OTHER_TOWN, PRIMARY, id_no, person
from tests.storage import book as ledger
from tests.walk import COUNTY, SCHOOL, TOWNSHIP

ON = date(2025, 9, 30)
AT = datetime(2025, 9, 30, 9, 0, tzinfo=UTC)
CASE = person(Role.EDU_CASE, COUNTY, "edu")


async def made(
    engine: AsyncEngine, kind: str, actor: Actor | None = CASE, office: str | None = None
) -> BookTable:
    async with engine.connect() as connection:
        place, unit = await books.place_for(connection, actor, office)
        return await books.make(connection, kind, Asking(actor, place, ON), unit)


async def file_of(engine: AsyncEngine, kind: str, form: str, purpose: str = "月度核对") -> bytes:
    async with engine.begin() as connection:
        place, unit = await books.place_for(connection, CASE, None)
        asking = Asking(CASE, place, ON)
        table = await books.make(connection, kind, asking, unit)
        return await taking.export(connection, kind, table, asking, form, purpose, AT)


def column(table: BookTable, title: str) -> list[Any]:
    place = [each.title for each in table.columns].index(title)
    return [row[place] for row in table.rows]


async def test_the_ledger_holds_every_case_with_its_columns(engine: AsyncEngine) -> None:
    """Eight cases; steps, joint visits, return, placement and cause stand where they belong."""
    table = await made(engine, "ledger", person(Role.CENTER_SCHOOL, TOWNSHIP, "c"))
    assert len(table.rows) == 6
    by_name = {row[4]: dict(zip([c.title for c in table.columns], row, strict=True))
               for row in table.rows}  # fmt: skip
    assert by_name["张小禾"]["联合劝返次数"] == 2
    assert by_name["张小禾"]["家庭类别"] == "脱贫户"
    assert (by_name["张小禾"]["监护人"], by_name["张小禾"]["电话"]) == ("张国强", "0000-3")
    assert by_name["张小禾"]["是否在学籍县"] == "是"
    assert by_name["李知远"]["原因"] == "特殊原因（密）"
    assert by_name["王思雨"]["返校日"] == date(2025, 9, 11)
    assert by_name["王思雨"]["安置方式"] == "随班就读"
    assert by_name["王思雨"]["监测截止"] is not None
    assert by_name["孙晓"]["当前环节"] == "疑似辍学待报告"
    county = await made(engine, "ledger")
    assert len(county.rows) == 8
    assert "因病" in column(county, "原因")  # the county's clerk may read it
    steps = dict(zip(column(county, "姓名"), column(county, "四步进度"), strict=True))
    assert "2责" in steps["赵大川"]


async def test_three_books_are_filters_of_one_ledger(engine: AsyncEngine) -> None:
    """Suspected: 7; dropouts: 1, 2, 4, 6; of school age: all forty children of the roster."""
    assert column(await made(engine, "suspected"), "姓名") == ["孙晓"]
    assert set(column(await made(engine, "dropout"), "姓名")) == {
        "张小禾", "李知远", "赵大川", "钱多多",
    }  # fmt: skip
    everyone = await made(engine, "school_age")
    assert len(everyone.rows) == 40
    assert len((await made(engine, "school_age", office=PRIMARY)).rows) == 20


async def test_xlsx_and_pdf_are_read_back(engine: AsyncEngine) -> None:
    """ID numbers come back as text, the two-row head repeats on every page, the log names both."""
    xlsx, pdf = [await file_of(engine, "ledger", form) for form in ("xlsx", "pdf")]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(xlsx)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "示例县教育体育局控辍保学台账（基本情况）"
    assert id_no(1) in [line[8] for line in rows]
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    text = squeeze("".join(page.extract_text() for page in reader.pages))
    for word in ("张小禾", "四步进度", "销号日"):
        assert word in text
    log = await ledger.rows(engine, "select * from report_export order by id")
    assert [(r.what, r.named_rows, r.purpose) for r in log] == [
        ("ledger.xlsx", 8, "月度核对"), ("ledger.pdf", 8, "月度核对"),
    ]  # fmt: skip
    assert log[0].sha256 == digest(xlsx)


async def test_many_names_need_a_purpose(engine: AsyncEngine) -> None:
    """Forty names without a purpose are not given, and nothing is logged as given."""
    with pytest.raises(ReportRefused, match="须写明用途"):
        await file_of(engine, "school_age", "xlsx", " ")
    assert await ledger.rows(engine, "select * from report_export") == []
    assert await file_of(engine, "school_age", "xlsx", "开学核对")


async def test_papers_and_their_service(engine: AsyncEngine) -> None:
    """Seven return orders and one correction order that was served; the days since issue counted."""
    table = await made(engine, "service")
    titles = column(table, "文书名称")
    assert len(titles) == 8
    served = [row for row in table.rows if "限期改正" in str(row[1])]
    assert served[0][6] is not None
    assert served[0][8] is None


async def test_clues_by_place(engine: AsyncEngine) -> None:
    """The other township's clues are not in this township's book."""
    rows = await ledger.rows(engine, "select office from accountability_clue")
    whole = await made(engine, "clues")
    assert len(whole.rows) == len(rows)
    one = await made(engine, "clues", office=OTHER_TOWN)
    own = [r for r in rows if r.office in {OTHER_TOWN, PRIMARY}]
    assert len(one.rows) == len(own)


@pytest.mark.parametrize(
    ("actor", "office"),
    [
        (person(Role.CENTER_SCHOOL, TOWNSHIP, "c"), OTHER_TOWN),
        (person(Role.PRINCIPAL, SCHOOL, "p"), TOWNSHIP),
        (person(Role.TOWNSHIP_CASE, TOWNSHIP, "t"), COUNTY),
        (person(Role.VILLAGE, TOWNSHIP, "v"), None),
        (person(Role.PLATFORM_ADMIN, COUNTY, "a"), None),
        (None, None),
        (CASE, "990999"),
    ],
)
async def test_outside_the_scope_nothing_is_given(
    engine: AsyncEngine, actor: Actor | None, office: str | None
) -> None:
    """Beside, above, unknown, or a role that takes no books."""
    with pytest.raises(ReportRefused):
        await made(engine, "ledger", actor, office)


async def test_under_the_scope_it_is(engine: AsyncEngine) -> None:
    """The county takes a school's book, a township its school's."""
    async with engine.connect() as connection:
        place, _ = await books.place_for(connection, CASE, SCHOOL)
        assert place == Place(OfficeKind.SCHOOL, SCHOOL)
        mine = person(Role.CENTER_SCHOOL, TOWNSHIP, "c")
        assert (await books.place_for(connection, mine, SCHOOL))[1] == "东风初级中学"


async def test_an_unknown_book_says_which_there_are(engine: AsyncEngine) -> None:
    """The refusal lists them in Chinese."""
    with pytest.raises(ReportRefused, match="送达台账"):
        await made(engine, "没有")
