from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import docx
import pytest
from docx.shared import Mm

from papers.pipeline import RenderedPaper, render
from tests.papers import examples
from tests.papers.reading import W, docx_part

# The order the schema prescribes, as far as these papers use it.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr pBdr shd tabs "
    "autoSpaceDE autoSpaceDN snapToGrid spacing ind contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b i color spacing w kern position sz szCs lang",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblW jc tblInd tblBorders shd tblLayout "
    "tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
}
OFFICIAL_FACES = {"仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"}


def parts(paper: RenderedPaper) -> list[ET.Element]:
    names = ["word/document.xml", "word/footer1.xml", "word/styles.xml"]
    return [docx_part(paper.docx, name) for name in names]


@pytest.mark.parametrize("name", ["return_order", "return_draft", "correction_order"])
def test_elements_stand_in_the_order_of_the_schema(
    name: str, request: pytest.FixtureRequest
) -> None:
    """Properties are written in schema order, else Word calls the file damaged."""
    paper = request.getfixturevalue(name)
    for part in parts(paper):
        for kind, order in ORDER.items():
            allowed = [f"{W}{tag}" for tag in order.split()]
            for properties in part.iter(f"{W}{kind}"):
                places = [allowed.index(child.tag) for child in properties]
                assert places == sorted(places)


def test_official_faces_are_named(
    return_order: RenderedPaper, correction_order: RenderedPaper
) -> None:
    """The text asks for the official faces by name, and the font table knows substitutes."""
    for paper in (return_order, correction_order):
        document = docx_part(paper.docx, "word/document.xml")
        styles = docx_part(paper.docx, "word/styles.xml")
        fonts = [*document.iter(f"{W}rFonts"), next(styles.iter(f"{W}rFonts"))]
        named = {font.get(f"{W}eastAsia") for font in document.iter(f"{W}rFonts")}
        assert {"方正小标宋简体", "黑体"} <= named <= OFFICIAL_FACES
        normal = docx.Document(io.BytesIO(paper.docx)).styles["Normal"].element.rPr.rFonts
        assert normal.get(f"{W}eastAsia") == "仿宋_GB2312"
        table = docx_part(paper.docx, "word/fontTable.xml")
        known = {font.get(f"{W}name") for font in table.iter(f"{W}font")}
        assert known == OFFICIAL_FACES | {"楷体_GB2312"}
        assert fonts


def test_page_of_an_official_document(return_order: RenderedPaper) -> None:
    """The Word file has A4 pages, 37/35/28/26 mm margins, mirrored, with odd and even numbers."""
    document = docx.Document(io.BytesIO(return_order.docx))
    section = document.sections[0]
    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(length.mm) for length in margins if length is not None] == [37, 35, 28, 26]
    assert section.page_height is not None
    assert abs(section.page_height - Mm(297)) < Mm(1)
    assert document.settings.odd_and_even_pages_header_footer is True
    tags = [child.tag for child in document.settings.element]
    assert tags.index(f"{W}mirrorMargins") == tags.index(f"{W}zoom") + 1
    footers = [docx_part(return_order.docx, f"word/footer{number}.xml") for number in (1, 2)]
    assert ["".join(footer.itertext()) for footer in footers] == ["— PAGE1 —"] * 2


def test_receipt_is_its_own_section(correction_order: RenderedPaper) -> None:
    """In Word the 送达回证 is a section of its own without a page number."""
    document = docx.Document(io.BytesIO(correction_order.docx))
    notice, receipt = document.sections
    assert "SECTIONPAGES" in "".join(notice.footer._element.itertext())
    assert "".join(receipt.footer._element.itertext()) == ""
    assert len(document.tables) == 1
    assert document.tables[0].cell(0, 0).text == "受送达人"


def test_draft_header(return_draft: RenderedPaper) -> None:
    """A draft in Word says so in the headers of odd and even pages."""
    section = docx.Document(io.BytesIO(return_draft.docx)).sections[0]
    for header in (section.header, section.even_page_header):
        assert header.paragraphs[0].text == "草稿（未签发、未编号，不具效力）"


def test_no_author_and_no_clock(return_order: RenderedPaper) -> None:
    """The file names no person and is dated on the day of issue."""
    properties = docx.Document(io.BytesIO(return_order.docx)).core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")
    assert properties.title == "劝返指令 示教劝〔2026〕3号"
    assert properties.created is not None
    assert properties.created.isoformat()[:10] == "2026-09-14"


def test_a_new_page_begins_before_its_text_and_leaves_no_blank_one() -> None:
    """In Word a new page is asked for by its first paragraph, never by a break after the text."""
    made = render("county_plan", examples.whole("county_plan"))
    body = docx.Document(io.BytesIO(made.docx))
    started = [p for p in body.paragraphs if p.paragraph_format.page_break_before]
    assert len(started) == 1
    assert 'w:br w:type="page"' not in body.element.xml
