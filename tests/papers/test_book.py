"""Ledger books: what a person typed stays text, heads repeat, same data same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from papers.blocks import Drawing
from papers.book import BookTable, Column
from papers.book_print import RenderedBook, book_pdf, render_book
from papers.refusal import PaperRefused
from papers.xlsx import to_xlsx
from tests.papers.office import convert, needs_office
from tests.papers.reading import glyphs, pdf_fonts, pdf_pages, rows, squeeze

DAY = date(2026, 9, 20)
ID_NO = "990101201305020024"
COLUMNS = (
    Column("序号", 3, "whole"), Column("姓名", 6), Column("身份证号码", 10),
    Column("小学", 4, "whole", group="在校数", has_total=True),
    Column("初中", 4, "whole", group="在校数", has_total=True),
    Column("巩固率", 5, "percent"), Column("离校日", 6, "date"), Column("措施", 16),
)  # fmt: skip
EVIL = (
    "=SUM(A1:A9)",
    "+1",
    "-1+2",
    "@x",
    '=HYPERLINK("http://x","y")',
    "张\u202e三\u0007",
    "https://a.example",
)


def row(number: int, name: str = "张小禾", what: str = "入户劝返") -> tuple[Any, ...]:
    return (number, name, ID_NO, 2, Decimal(3), 0.985, date(2026, 9, 1), what)


def table(**changes: Any) -> BookTable:
    made = BookTable(
        name="台账", title="示例县控辍保学台账", columns=COLUMNS,
        rows=[row(n) for n in range(1, 41)], above=("单位：示例县", "填表人：周敏"),
        below=("注：按日生成。",),
    )  # fmt: skip
    return replace(made, **changes)


@pytest.fixture(scope="module")
def book() -> RenderedBook:
    return render_book([table()], DAY)


def read(xlsx: bytes, name: str = "台账") -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(xlsx)).get_sheet_by_name(name).to_python()


def part(xlsx: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(xlsx)) as package:
        return package.read(name).decode()


def test_workbook_says_what_was_put_in(book: RenderedBook) -> None:
    """Title, line above, two rows of head, every row, totals and note come back as written."""
    found = read(book.xlsx)
    assert found[0][0] == "示例县控辍保学台账"
    assert found[1][0] == "单位：示例县"
    assert found[2][:4] == ["序号", "姓名", "身份证号码", "在校数"]
    assert found[3][3:5] == ["小学", "初中"]
    assert found[4] == [1, "张小禾", ID_NO, 2, 3, 0.985, date(2026, 9, 1), "入户劝返"]
    assert found[44] == ["合计", "", "", 80, 120, "", "", ""]
    assert found[45][0] == "注：按日生成。"


def test_id_numbers_are_text(book: RenderedBook) -> None:
    """Eighteen digits are a string in a column of text format: none is rounded."""
    assert all(each[2] == ID_NO for each in read(book.xlsx)[4:44])
    assert '<c r="C5" s="' in part(book.xlsx)
    assert 't="s"' in part(book.xlsx).partition('<c r="C5"')[2].partition(">")[0]


@pytest.mark.parametrize("count", [3, 10_000])
def test_nothing_typed_becomes_a_formula(count: int) -> None:
    """A text that looks like a formula, a number or a link is a string, in small and large books."""
    rows = [row(n, EVIL[n % len(EVIL)], EVIL[n % len(EVIL)]) for n in range(count)]
    xlsx = to_xlsx([table(rows=rows)], DAY)
    body = part(xlsx)
    assert "<f>" not in body
    assert "<hyperlink" not in body
    names = [each[1] for each in read(xlsx)[4 : 4 + count]]
    assert names == [
        EVIL[n % len(EVIL)].replace("\u202e", "").replace("\u0007", "") for n in range(count)
    ]


def test_print_set_up(book: RenderedBook) -> None:
    """A4 landscape, one page wide, the head repeated, frozen and dated without a clock."""
    sheet = part(book.xlsx)
    assert re.search(
        r'<pageSetup[^>]*paperSize="9"[^>]*fitToHeight="0"[^>]*orientation="landscape"', sheet
    )
    assert "<pane " in sheet
    workbook = part(book.xlsx, "xl/workbook.xml")
    assert "_xlnm.Print_Titles" in workbook
    assert "$3:$4" in workbook
    assert "2026-09-20" in part(book.xlsx, "docProps/core.xml")


def test_head_stands_on_every_landscape_page(book: RenderedBook) -> None:
    """The PDF is A4 landscape and each of its pages begins its table with the head."""
    reader = pypdf.PdfReader(io.BytesIO(book.pdf))
    pages = pdf_pages(book.pdf)
    assert len(pages) >= 2
    for page, text in zip(reader.pages, pages, strict=True):
        assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
        assert all(word in text for word in ("序号", "姓名", "身份证号码", "在校数", "巩固率"))
        assert text.endswith(f"共{len(pages)}页")
    assert "合计80120" in pages[-1]
    assert all(pdf_fonts(book.pdf).values())


def test_pdf_and_preview_say_the_same(book: RenderedBook) -> None:
    """Every value of the table stands in the PDF and in the HTML."""
    body = "".join(pdf_pages(book.pdf))
    for text in (ID_NO, "98.50%", "2026-09-01", "入户劝返", "单位：示例县", "注：按日生成。"):
        assert text in body
        assert text in book.html
    assert body.count(ID_NO) == 40


def test_table_keeps_inside_the_paper(book: RenderedBook) -> None:
    """No character stands less than 15 mm from an edge, however wide the table."""
    found = [each for page in (1, 2) for each in glyphs(book.pdf, page)]
    assert min(each.left for each in found) >= 15
    assert max(each.right for each in found) <= 297 - 15


def test_zero_report(book: RenderedBook) -> None:
    """A table without rows prints one row that says 无."""
    made = render_book([table(rows=[])], DAY)
    assert read(made.xlsx)[4][1] == "无"
    assert read(made.xlsx)[5][3] == 0
    assert "<td>无</td>" in made.html


def test_mark_and_second_table() -> None:
    """A corrected version says 更正 before its title; each table has a worksheet of its own."""
    made = to_xlsx([table(mark="更正"), table(title="第二张")], DAY)
    assert read(made)[0][0] == "（更正）示例县控辍保学台账"
    assert CalamineWorkbook.from_filelike(io.BytesIO(made)).sheet_names == ["台账", "台账2"]


def test_markup_is_printed_literally() -> None:
    """Markup in a cell is shown, never obeyed, in PDF and HTML."""
    name = '<script>alert(1)</script>#read("/x")'
    made = render_book([table(rows=[row(1, name)])], DAY)
    assert squeeze(name) in "".join(pdf_pages(made.pdf))
    assert "<script>" not in made.html


def test_same_table_same_bytes(book: RenderedBook) -> None:
    """Rendering again gives the same bytes."""
    assert render_book([table()], DAY) == book
    large = [table(rows=[row(1)] * 10_000)]
    assert to_xlsx(large, DAY) == to_xlsx(large, DAY)


def test_a_row_that_does_not_fit_is_refused() -> None:
    """A missing cell and a text too long are named by row, not dropped."""
    with pytest.raises(PaperRefused) as refusal:
        to_xlsx([table(rows=[row(1)[:-1], row(2, "长" * 40_000)])], DAY)
    assert [p for p in refusal.value.problems if "第1行有7格" in p]
    assert [p for p in refusal.value.problems if "第2行“姓名”超过" in p]


def test_a_very_long_cell_runs_over_pages() -> None:
    """A cell longer than a page is printed whole."""
    text = "".join(f"第{n}次入户。" for n in range(900))
    pages = pdf_pages(book_pdf([table(rows=[row(1, what=text)])], DAY))
    body = re.sub(r"第\d+页共\d+页", "", "".join(pages)).replace(
        "序号姓名身份证号码在校数巩固率离校日措施小学初中", ""
    )
    assert all(f"第{n}次入户。" in body for n in (1, 450, 899))


def test_a_long_table_is_set_in_parts() -> None:
    """2500 rows are all there, the head on every page, numbered on, and the file is an archive."""
    pdf = book_pdf([table(rows=[row(n, what=f"第{n}号") for n in range(1, 2501)])], DAY)
    pages = pdf_pages(pdf)
    assert all(
        "身份证号码" in page and page.endswith(f"第{n}页") for n, page in enumerate(pages, 1)
    )
    body = "".join(pages)
    assert [body.count(f"第{n}号") for n in (1, 1000, 1001, 2500)] == [1] * 4
    assert "合计50007500" in pages[-1]
    assert body.count("示例县控辍保学台账") == 1
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf


def test_drawing_is_in_the_file() -> None:
    """A chart given as SVG is drawn with its Chinese words as text."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40"><rect width="60" height="9"/>'
        '<text x="2" y="30" font-family="Noto Serif SC" font-size="12">清水镇</text></svg>'
    )
    pdf = book_pdf([table(rows=[row(1)])], DAY, drawings=[Drawing(svg, 100, "各乡镇人数")])
    assert "清水镇" in "".join(pdf_pages(pdf))


@needs_office
def test_office_opens_the_workbook(tmp_path: Path, book: RenderedBook) -> None:
    """LibreOffice reads the workbook and finds the same text; 40 rows print on two pages at most."""
    pdf = convert(book.xlsx, "xlsx", "pdf", tmp_path)
    pages = pdf_pages(pdf)
    assert "".join(pages).count(ID_NO) == 40
    assert all("身份证号码" in page for page in pages)
    assert rows(glyphs(pdf))[0][0].top < 297
