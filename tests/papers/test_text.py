from __future__ import annotations

from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pydantic import BaseModel

from papers.data import CorrectionOrderData, PaperData, ReturnOrderData
from papers.pipeline import RenderedPaper, preview
from papers.wording import cn_date
from tests.papers.reading import docx_body, pdf_body, pdf_pages, squeeze

# Recorded with the paper, never printed: a downward 公文 names no signer.
NOT_PRINTED = {"signed_by", "form_pack"}


def printed_values(value: Any) -> list[str]:
    """Return every value of the data as it must stand on the paper."""
    if isinstance(value, BaseModel):
        names = [name for name in type(value).model_fields if name not in NOT_PRINTED]
        if isinstance(value, PaperData):
            names = [name for name in names if name not in {"series_word", "year", "serial"}]
        if isinstance(value, CorrectionOrderData):
            names.remove("case_no")
        return [text for name in names for text in printed_values(getattr(value, name))]
    if isinstance(value, tuple):
        return [text for entry in value for text in printed_values(entry)]
    if isinstance(value, date):
        return [cn_date(value)]
    return [str(value)]


def html_body(html: str) -> str:
    article = ET.fromstring(html).find("body/article")
    assert article is not None
    return squeeze("".join(article.itertext()))


def test_return_order_prints_every_value(
    return_order: RenderedPaper, return_data: ReturnOrderData
) -> None:
    """Every value of a 劝返指令 stands in its PDF and its DOCX, letter for letter."""
    for body in (pdf_body(return_order.pdf), docx_body(return_order.docx)):
        missing = [text for text in printed_values(return_data) if squeeze(text) not in body]
        assert missing == []
        assert "示教劝〔2026〕3号" in body


def test_correction_order_prints_every_value(
    correction_order: RenderedPaper, correction_data: CorrectionOrderData
) -> None:
    """Every value of a 责令限期改正通知书 stands in its PDF and its DOCX, letter for letter."""
    for body in (pdf_body(correction_order.pdf), docx_body(correction_order.docx)):
        missing = [text for text in printed_values(correction_data) if squeeze(text) not in body]
        assert missing == []
        assert "示教责改〔2026〕5号" in body


@pytest.mark.parametrize("name", ["return_order", "correction_order"])
def test_three_forms_say_the_same(name: str, request: pytest.FixtureRequest) -> None:
    """PDF, DOCX and HTML preview of a paper hold the same text in the same order."""
    paper: RenderedPaper = request.getfixturevalue(name)
    wanted = html_body(paper.html)
    assert pdf_body(paper.pdf) == wanted
    assert docx_body(paper.docx) == wanted


def test_preview_is_the_html_of_the_paper(
    return_order: RenderedPaper, return_data: ReturnOrderData
) -> None:
    """`preview` returns the HTML that `render` keeps with the paper."""
    assert preview("return_order", return_data) == return_order.html


def test_remedies_are_printed_with_their_periods(correction_order: RenderedPaper) -> None:
    """The guardian reads where and until when to apply for review and to sue."""
    body = pdf_body(correction_order.pdf)
    assert "60日内向示例县人民政府申请行政复议" in body
    assert "6个月内依法向示例县人民法院提起行政诉讼" in body


def test_receipt_is_the_last_page_alone(correction_order: RenderedPaper) -> None:
    """The 送达回证 fills the last page by itself, uncounted, with every blank to fill."""
    *notice, receipt = pdf_pages(correction_order.pdf)
    assert receipt.startswith("示例县教育体育局送达回证受送达人张立山")
    assert "责令限期改正通知书示教责改〔2026〕5号" in receipt
    for label in (
        "送达地点",
        "□直接送达",
        "□留置送达",
        "□邮寄送达",
        "□委托送达",
        "□公告送达",
        "收件人签名（盖章）及收件日期",
        "拒收事由",
        "见证人签名",
        "送达人签名及执法证号",
        "备注",
    ):
        assert label in receipt
    assert receipt.count("执法证号：") == 2
    assert notice[-1].endswith(f"第{len(notice)}页共{len(notice)}页")
    assert "共" not in receipt
    assert not any("送达回证" in page for page in notice)


def test_draft_is_marked_on_every_page(return_draft: RenderedPaper) -> None:
    """A paper without a serial says on every page that it is a draft and leaves the blanks."""
    for page in pdf_pages(return_draft.pdf):
        assert "草稿（未签发、未编号，不具效力）" in page
    body = pdf_body(return_draft.pdf)
    assert "示教劝〔2026〕号" in body
    assert "示教劝〔2026〕　　号" in return_draft.html
    assert "印章" in body


def test_final_paper_bears_no_mark_of_a_draft(
    return_order: RenderedPaper, correction_order: RenderedPaper
) -> None:
    """A numbered paper shows neither the draft mark nor a place-holder for the seal."""
    for paper in (return_order, correction_order):
        body = pdf_body(paper.pdf)
        assert "草稿" not in body
        assert "印章" not in body
