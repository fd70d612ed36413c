from __future__ import annotations

from itertools import pairwise

import pypdfium2
import pytest

from papers.data import CorrectionOrderData, ReturnOrderData
from papers.pipeline import RenderedPaper, render
from tests.papers import examples
from tests.papers.reading import glyphs, pdf_pages, rows, squeeze

LINE_MM = 28.95 * 25.4 / 72


@pytest.fixture(scope="module")
def full_page(return_data: ReturnOrderData) -> RenderedPaper:
    """A 公文 whose second page is nothing but body text."""
    return render(
        "return_order", return_data.model_copy(update={"sponsors_requirement": "劝" * 2500})
    )


def test_a_page_holds_22_lines_of_28_characters(full_page: RenderedPaper) -> None:
    """A full page of a 公文 has 22 lines of 28 characters in an area of 156 by 225 mm."""
    *body, folio = rows(glyphs(full_page.pdf, 3))
    assert [len(line) for line in body] == [28] * 22
    assert squeeze("".join(each.text for each in folio)) == "—3—"
    assert body[0][0].left == pytest.approx(28.0, abs=0.3)
    assert body[0][-1].right == pytest.approx(184.0, abs=0.5)
    steps = [low[0].bottom - high[0].bottom for high, low in pairwise(body)]
    assert steps == pytest.approx([LINE_MM] * 21, abs=0.02)
    ink = rows(glyphs(full_page.pdf, 3, loose=False))
    assert min(each.top for each in ink[0]) == pytest.approx(37.0, abs=1.0)
    assert max(each.bottom for each in ink[21]) < 297 - 35


def test_even_pages_mirror_the_margins(full_page: RenderedPaper) -> None:
    """On the back of a leaf the wide margin is on the right, at the binding."""
    line = rows(glyphs(full_page.pdf, 4))[0]
    assert line[0].left == pytest.approx(26.0, abs=0.3)
    assert line[-1].right == pytest.approx(182.0, abs=0.5)


def test_page_numbers_stand_outside(full_page: RenderedPaper) -> None:
    """Odd numbers stand right and even ones left, one character in, 7 mm under the text."""
    odd, even = (rows(glyphs(full_page.pdf, page))[-1] for page in (3, 4))
    assert odd[-1].right == pytest.approx(184 - 14 * 25.4 / 72, abs=1.0)
    assert even[0].left == pytest.approx(26 + 14 * 25.4 / 72, abs=1.0)
    assert odd[0].top == pytest.approx(297 - 35 + 7, abs=1.5)


def test_head_of_the_first_page(return_order: RenderedPaper) -> None:
    """Issuer mark 35 mm below the type area, number two lines under it, title below the rule."""
    mark, number, issuer, title, addressee, *_ = rows(glyphs(return_order.pdf))
    assert mark[0].top == pytest.approx(37 + 35, abs=1.0)
    assert (mark[0].left + mark[-1].right) / 2 == pytest.approx(106.0, abs=0.5)
    assert number[0].top - mark[0].bottom == pytest.approx(2 * LINE_MM, abs=1.5)
    rule = number[0].bottom + 4
    assert issuer[0].top - rule == pytest.approx(2 * LINE_MM, abs=2.0)
    assert title[0].bottom - title[0].top == pytest.approx(22 * 25.4 / 72, abs=1.0)
    assert addressee[0].left == pytest.approx(28.0, abs=0.3)


def test_imprint_closes_the_last_page(return_order: RenderedPaper) -> None:
    """The 版记 stands at the foot of the type area of the last page."""
    pages = pdf_pages(return_order.pdf)
    *_, printed, _folio = rows(glyphs(return_order.pdf, len(pages)))
    assert "".join(each.text for each in printed).endswith("2026年9月15日印发")
    assert 297 - 35 - 4 < printed[0].bottom < 297 - 35


def test_a_long_issuer_shrinks_into_the_line(return_data: ReturnOrderData) -> None:
    """An issuer of 24 characters keeps its mark on one line inside the type area."""
    issuer = "示例自治州示例民族自治县清水河流域教育和体育工作局"
    paper = render("return_order", return_data.model_copy(update={"issuer": issuer}))
    mark = rows(glyphs(paper.pdf))[0]
    assert "".join(each.text for each in mark) == issuer + "文件"
    assert mark[0].left >= 28
    assert mark[-1].right <= 184


@pytest.mark.parametrize("extra", range(0, 700, 28))
def test_signature_never_stands_alone(extra: int, return_data: ReturnOrderData) -> None:
    """Whatever the length of the body, text stands above the signature on its page."""
    data = return_data.model_copy(update={"sponsors_requirement": "包" * (20 + extra)})
    page = next(
        text for text in pdf_pages(render("return_order", data).pdf) if "2026年9月14日" in text
    )
    assert "联系人：周敏" in page.split("示例县教育体育局2026年9月14日")[0]


@pytest.mark.parametrize("extra", range(0, 600, 31))
def test_signature_of_an_order_never_stands_alone(
    extra: int, correction_data: CorrectionOrderData
) -> None:
    """The same holds for an enforcement paper, where the officers stand above."""
    data = correction_data.model_copy(update={"consequence": "逾" * (20 + extra)})
    page = next(t for t in pdf_pages(render("correction_order", data).pdf) if "2026年10月12日" in t)
    assert "执法证号：99010120002" in page.split("示例县教育体育局2026年10月12日")[0]


def red_lines(pdf: bytes) -> list[tuple[float, float, float]]:
    """Top, left and right in mm of every red line of the first page, thinnest pixel rows joined."""
    scale = 8.0
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=scale).to_pil().convert("RGB")
    document.close()
    mm = 25.4 / 72 / scale
    found: list[tuple[float, float, float]] = []
    last = -10
    for y in range(image.height):
        row = image.crop((0, y, image.width, y + 1)).tobytes()
        red = [x for x in range(0, image.width) if row[3 * x] > 200 and row[3 * x + 1] < 60]
        if len(red) > image.width // 2:
            if y - last > 1:
                found.append((y * mm, red[0] * mm, red[-1] * mm))
            last = y
    return found


@pytest.fixture(scope="module")
def letter() -> RenderedPaper:
    return render("notice_letter", examples.whole("notice_letter"))


def test_head_of_a_letter(letter: RenderedPaper) -> None:
    """信函格式: mark 30 mm below the edge, the double line 4 mm under it, the number at the right."""
    mark, number, *_ = rows(glyphs(letter.pdf, loose=False))
    assert min(each.top for each in mark) == pytest.approx(30.0, abs=2.0)
    thick, thin, *foot = red_lines(letter.pdf)
    assert thick[0] - max(each.bottom for each in mark) == pytest.approx(4.0, abs=2.0)
    assert thin[0] > thick[0]
    for _top, left, right in (thick, thin, *foot):
        assert right - left == pytest.approx(170.0, abs=1.0)
        assert (left + right) / 2 == pytest.approx(105.0, abs=0.5)
    assert number[-1].right == pytest.approx(184.0, abs=1.0)


def test_foot_of_a_letter(letter: RenderedPaper) -> None:
    """信函格式: a double line 20 mm above the lower edge, and no number on the first page."""
    *_, thin, thick = red_lines(letter.pdf)
    assert thick[0] == pytest.approx(297 - 20, abs=1.5)
    assert thin[0] < thick[0]
    first, second, *_ = pdf_pages(letter.pdf)
    assert "—1—" not in first
    assert second.endswith("—2—")


def test_the_code_stands_below_the_text(letter: RenderedPaper) -> None:
    """The QR code and its letters keep clear of the type area and of the red line."""
    code = [each for each in glyphs(letter.pdf) if each.top > 297 - 35]
    assert "7K3MP9QW2XTR8HAC" in "".join(each.text for each in code)
    assert max(each.bottom for each in code) < 297 - 20


def test_an_upward_paper_names_its_signer_beside_the_number() -> None:
    """上行文: the number one character from the left, 签发人 one from the right, on one line."""
    made = render("county_report", examples.whole("county_report"))
    _mark, line, *_ = rows(glyphs(made.pdf))
    text = "".join(each.text for each in line)
    assert text == "疑报〔2026〕7号签发人：陈建国"
    assert line[0].left == pytest.approx(28 + 16 * 25.4 / 72, abs=1.0)
    assert line[-1].right == pytest.approx(184 - 16 * 25.4 / 72, abs=1.0)


@pytest.mark.parametrize(
    ("key", "edge", "width"), [("sign_off_form", 22.0, 210.0), ("persuasion_record", 16.0, 297.0)]
)
def test_forms_keep_their_margins(key: str, edge: float, width: float) -> None:
    """A form has margins of 22 mm, a landscape table of 16 mm; no character leaves them."""
    made = render(key, examples.whole(key))
    found = glyphs(made.pdf, loose=False)
    assert min(each.left for each in found) >= edge - 0.3
    assert max(each.right for each in found) <= width - edge + 0.3
