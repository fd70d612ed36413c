from __future__ import annotations

import pytest

from papers.data import CorrectionOrderData, Guardian, PaperData, ReturnOrderData
from papers.pipeline import RenderedPaper, render
from tests.papers.reading import docx_body, pdf_body, pdf_pages, raw_pages, squeeze

HOSTILE = [
    "张<b>三</b>&amp;",
    '#read("/data.py")',
    "#sys.inputs",
    "{{7*7}}",
    "{% include 'x' %}",
    "$x^2$ *粗* _斜_ `码` @引 <标>",
    "//注释 /*注释*/ \\ ~ -- ---",
    "]]></w:t><w:p/>",
    "=SUM(A1)",
    "'; DROP TABLE child; --",
    "阿卜杜热合曼·买买提" * 4,
    "买买提江·艾合买提·" * 5,
    "Aleksandr-Konstantinovich-" * 4,
    "㐂𬀩䶮",
    '"引号"“引号”‘引号’',
]


def bodies(data: PaperData) -> tuple[str, str, RenderedPaper]:
    paper = render(data.key, data)
    return pdf_body(paper.pdf), docx_body(paper.docx), paper


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_prints_literally(
    name: str, return_data: ReturnOrderData, correction_data: CorrectionOrderData
) -> None:
    """A name that looks like code of any kind is printed letter for letter in both papers."""
    child = {"child_name": name}
    guardian = {"guardian_name": name, "child_name": name}
    for data in (return_data.model_copy(update=child), correction_data.model_copy(update=guardian)):
        pdf, docx, _ = bodies(data)
        assert squeeze(name) in pdf
        assert squeeze(name) in docx


def test_invisible_characters_are_dropped(return_data: ReturnOrderData) -> None:
    """Bidi, zero-width and control characters vanish; a line break becomes a blank."""
    name = "张\u202e小\u2066禾\u200b\u0000\u0007\ufeff"
    data = return_data.model_copy(update={"child_name": name, "cause": "农忙\r\n缺人"})
    pdf, docx, paper = bodies(data)
    for body in (pdf, docx):
        assert "学生张小禾返校" in body
        assert "农忙缺人" in body
    assert "农忙  缺人" in paper.html
    assert not any(character in paper.html for character in "\u202e\u2066\u200b\u0000\u0007")


def test_body_of_many_pages(return_data: ReturnOrderData) -> None:
    """A body of several pages keeps its text, its page numbers and its imprint at the end."""
    requirements = tuple(f"第{number}项要求，" + "逐户走访核实情况" * 12 for number in range(1, 20))
    pdf, _, paper = bodies(return_data.model_copy(update={"requirements": requirements}))
    pages = pdf_pages(paper.pdf)
    assert len(pages) >= 5
    assert [f"—{number}—" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    assert all(squeeze(text) in pdf for text in requirements)
    assert [page.count("印发") for page in pages] == [0] * (len(pages) - 1) + [1]


def test_twelve_pieces_of_evidence(correction_data: CorrectionOrderData) -> None:
    """Twelve pieces of evidence are numbered to 十二 and the receipt stays one page."""
    evidence = tuple(f"第{number}份入户记录及现场照片，有到场人员签名" for number in range(1, 13))
    pdf, _, paper = bodies(correction_data.model_copy(update={"evidence": evidence}))
    assert f"（十二）{evidence[-1]}。" in pdf
    pages = pdf_pages(paper.pdf)
    assert ["送达回证" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_receipt_stays_one_page_with_long_names(correction_data: CorrectionOrderData) -> None:
    """Names of forty characters and a long issuer do not push the receipt onto a second page."""
    long = {
        "guardian_name": "买" * 40,
        "issuer": "示例自治州示例民族自治县清水河流域教育和体育工作局",
    }
    pages = pdf_pages(render("correction_order", correction_data.model_copy(update=long)).pdf)
    assert "送达回证" in pages[-1]
    assert "填写说明" in pages[-1]


def test_two_guardians_and_none_with_phone(return_data: ReturnOrderData) -> None:
    """A guardian whose phone is unknown is printed without an empty phone."""
    guardians = (Guardian(name="张立山", relation="父亲"), Guardian(name="李秀云", relation="母亲"))
    pdf, _, _ = bodies(return_data.model_copy(update={"guardians": guardians}))
    assert "监护人：张立山（父亲）；李秀云（母亲）。" in pdf


def test_no_copies_no_line(return_data: ReturnOrderData) -> None:
    """Without 抄送 the imprint has one line only."""
    pdf, docx, _ = bodies(return_data.model_copy(update={"copy_to": ()}))
    assert "抄送" not in pdf + docx
    assert "示例县教育体育局办公室2026年9月15日印发" in pdf


def test_numbers_copied_from_the_file_are_clean(correction_order: RenderedPaper) -> None:
    """Identity number, phone and licence copied out of the PDF hold no hidden characters."""
    text = "".join(raw_pages(correction_order.pdf))
    for number in ("990101198502030017", "19900000001", "0990-5550101", "99010120001"):
        assert number in text
    assert "\u200b" not in text


@pytest.mark.parametrize("before", range(12))
def test_phone_number_is_never_broken(before: int, return_data: ReturnOrderData) -> None:
    """A telephone number with a hyphen stays on one line wherever the line ends."""
    data = return_data.model_copy(update={"contact_person": "周" * (12 + before)})
    assert "0990-5550101" in "".join(raw_pages(render("return_order", data).pdf))
