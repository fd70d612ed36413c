"""Every kind of paper: with every field, with the least it may have, and with hostile values."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from pydantic import BaseModel

from lifecycle.papers import RULES, Service
from papers.catalogue import PaperKind, catalogue, paper_kind
from papers.data import PaperData
from papers.pipeline import PaperRefused, RenderedPaper, preview, render
from papers.registry import DATA_OF
from papers.wording import cn_date, cn_money
from tests.papers import examples
from tests.papers.office import convert, needs_office
from tests.papers.reading import docx_body, pdf_body, pdf_fonts, pdf_pages, squeeze
from tests.papers.test_text import html_body

OWN_TESTS = {"return_order", "correction_order"}
KEYS = [kind.key for kind in catalogue() if kind.key not in OWN_TESTS]
NOT_PRINTED = {
    "series_word", "year", "serial", "verify_url", "form_pack", "case_no", "legal_bases",
    "contact_person", "contact_phone", "printed_by", "printed_on", "copy_to", "issued_on", "issuer",
    "ground",
}  # fmt: skip
"""Printed in a form of their own, or not in every kind."""
UNSEEN = {
    "home_address", "household_address", "roll_no_masked", "guardian_phone", "school_address",
    "grade_class", "guardian_sex", "guardian_id_no", "guardian_address", "relation", "cause",
    "whereabouts", "addressee", "child_sex", "child_birth_on", "school", "child_name",
    "order_issued_on", "officers", "feedback_due_on", "absent_school_days", "verify_code",
    "absent_since", "closed_on", "placement_way", "guardian_name",
}  # fmt: skip
"""Fields of a shared group that a kind may leave out: what it must print is in `must` and groups."""
RARE = "㐂𬀩䶮𬱖"
HOSTILE = '张<b>三</b>&#read("/x")=SUM(A1)' + RARE


@pytest.fixture(scope="session")
def papers() -> dict[str, RenderedPaper]:
    """Render every kind once."""
    return {key: render(key, examples.whole(key)) for key in KEYS}


def values(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from values(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from values(each)
    elif isinstance(value, date):
        yield cn_date(value)
    elif value is not None:
        yield str(value)


def wanted(kind: PaperKind, data: PaperData) -> list[str]:
    must = {each.field for each in kind.all_required}
    found = []
    for name in type(data).model_fields:
        if name in NOT_PRINTED or (name in UNSEEN and name not in must):
            continue
        found += [squeeze(text).rstrip("。；，.") for text in values(getattr(data, name))]
    return found


def hostile(value: Any) -> Any:
    """Put markup, formulas and rare characters into every text, and make every list long."""
    if isinstance(value, BaseModel):
        return type(value)(
            **{name: hostile(getattr(value, name)) for name in type(value).model_fields}
        )
    if isinstance(value, tuple):
        return tuple(hostile(each) for each in (value * 12)[:12])
    return f"{value}{HOSTILE}" if isinstance(value, str) and value else value


def evil(key: str) -> PaperData:
    data, kept = examples.whole(key), {"series_word", "roll_no_masked", "verify_code", "verify_url",
                                       "form_pack", "legal_bases", "ground"}  # fmt: skip
    changes = {
        name: hostile(getattr(data, name)) for name in type(data).model_fields if name not in kept
    }
    return data.model_copy(update=changes)


@pytest.mark.parametrize("key", KEYS)
def test_every_value_is_printed(key: str, papers: dict[str, RenderedPaper]) -> None:
    """What the data says stands in PDF, DOCX and preview, letter for letter, and nothing is lost."""
    data, kind, made = examples.whole(key), paper_kind(key), papers[key]
    for body in (pdf_body(made.pdf), docx_body(made.docx), html_body(made.html)):
        assert [text for text in wanted(kind, data) if text not in body] == []
        if kind.series_word:
            assert squeeze(data.doc_no) in body


@pytest.mark.parametrize("key", KEYS)
def test_forms_say_the_same(key: str, papers: dict[str, RenderedPaper]) -> None:
    """DOCX and preview hold the same text in the same order."""
    assert docx_body(papers[key].docx) == html_body(papers[key].html)


@pytest.mark.parametrize("key", KEYS)
def test_fonts_are_in_the_file_and_it_is_an_archive(
    key: str, papers: dict[str, RenderedPaper]
) -> None:
    """Every font is embedded and the file says it is PDF/A-2."""
    assert all(pdf_fonts(papers[key].pdf).values())
    assert b"<pdfaid:part>2</pdfaid:part>" in papers[key].pdf


@pytest.mark.parametrize("key", KEYS)
def test_least_data_prints(key: str) -> None:
    """The required fields alone make a whole paper; empty optional ones leave no placeholder."""
    made = render(key, examples.least(key))
    for odd in ("None", "{{", "undefined", "（）", "，，", "。。", "：。"):
        assert odd not in pdf_body(made.pdf), odd


@pytest.mark.parametrize("key", KEYS)
def test_hostile_data_prints_literally(key: str) -> None:
    """Markup, code, formulas, rare characters and lists of twelve are printed, never obeyed."""
    made = render(key, evil(key))
    body = pdf_body(made.pdf)
    assert squeeze(HOSTILE) in body
    assert squeeze(HOSTILE) in docx_body(made.docx)
    assert "<b>三" not in made.html


@pytest.mark.parametrize("key", KEYS)
def test_refused_with_every_gap_named(key: str) -> None:
    """An empty paper is refused, and the refusal names every required field in Chinese."""
    kind, cls = paper_kind(key), DATA_OF[key]
    with pytest.raises(PaperRefused) as refusal:
        preview(key, cls())
    told = " ".join(refusal.value.problems)
    for each in kind.all_required:
        if not each.final_only:
            label = each.label or cls.model_fields[each.field].title
            assert label
            assert f"“{label}”" in told


LONG = ("facts", "request", "overview", "matter", "demands", "work_done", "findings")
SIGNED = [
    (key, name)
    for key in KEYS
    for name in [next((n for n in LONG if n in DATA_OF[key].model_fields), "")]
    if name and paper_kind(key).form in {"公文", "函", "执法文书"}
]
"""Papers whose body may be of any length, with the field that makes it longer."""


@pytest.mark.parametrize(("key", "name"), SIGNED)
def test_signature_stands_with_text(key: str, name: str) -> None:
    """Whatever the length of the body, the signature shares its page with text."""
    data = examples.whole(key)
    for extra in range(0, 560, 56):
        value: Any = "情" * (20 + extra)
        if isinstance(getattr(data, name), tuple):
            value = (value,)
        pages = pdf_pages(render(key, data.model_copy(update={name: value})).pdf)
        signed = [page.split("示例县教育体育局2026年10月12日")[0] for page in pages
                  if "示例县教育体育局2026年10月12日" in page]  # fmt: skip
        assert signed
        assert all(len(before) > 4 for before in signed), extra


@pytest.mark.parametrize("key", KEYS)
def test_a_draft_says_so(key: str) -> None:
    """Without number and date the paper is marked a draft and shows no QR code."""
    kind = paper_kind(key)
    data = examples.whole(key).model_copy(update={"serial": None, "issued_on": None})
    made = preview(key, data)
    assert "草稿（未签发、未编号，不具效力）" in made
    if kind.series_word:
        assert f"{kind.series_word}〔2026〕　　号" in made


def test_the_table_of_rules_and_the_folders_agree() -> None:
    """Every paper a case may draft has its folder, data and word; its service is the same."""
    served = {Service.RECEIPT: "送达回证", Service.SIGNED: "签收", Service.NONE: "无"}
    for rule in RULES.values():
        kind = paper_kind(rule.kind)
        assert kind.series_word == rule.word, rule.kind
        assert kind.service == served[rule.service], rule.kind
    assert {kind.key for kind in catalogue()} == set(DATA_OF)


def test_required_fields_exist() -> None:
    """No requirement names a field its data does not have."""
    for kind in catalogue():
        names = set(DATA_OF[kind.key].model_fields)
        assert {each.field for each in kind.all_required} <= names, kind.key


def test_the_form_pack_names_the_table() -> None:
    """中阳 prints its own title over the same table of visits; elsewhere the general one stands."""
    data = examples.whole("persuasion_record")
    own = preview("persuasion_record", data.model_copy(update={"form_pack": "zhongyang_2020_12"}))
    assert "义务教育阶段辍学学生劝返情况记录表" in own
    assert "宣传教育劝返情况记录表</h1>" in preview("persuasion_record", data)
    packed = {kind.key for kind in catalogue() if "zhongyang_2020_12" in kind.packs}
    assert packed == {"dropout_survey", "dropout_return_notice"}


def test_a_decision_without_remedies_is_refused() -> None:
    """A penalty decision needs review body, court and both periods, none shorter than the law's."""
    data = examples.whole("penalty_decision")
    blank = {"review_body": "", "review_days": 15, "court": "", "suit_months": 3}
    with pytest.raises(PaperRefused) as refusal:
        preview("penalty_decision", data.model_copy(update=blank))
    assert [word in " ".join(refusal.value.problems) for word in
            ("行政复议机关", "不得少于60", "管辖法院", "不得少于6")] == [True] * 4  # fmt: skip


def test_a_missing_rare_character_is_named() -> None:
    """A character no font has refuses the paper and says which one."""
    data = examples.whole("contact_record").model_copy(update={"met": "张\U000323af"})
    with pytest.raises(PaperRefused, match="U\\+323AF"):
        render("contact_record", data)


def test_qr_code_is_drawn_once_and_leads_to_the_page(papers: dict[str, RenderedPaper]) -> None:
    """The first page bears the code in letters; the drawing is a vector, not a picture."""
    pages = pdf_pages(papers["penalty_decision"].pdf)
    assert ["7K3MP9QW2XTR8HAC" in page for page in pages] == [True] + [False] * (len(pages) - 1)
    resources: Any = pypdf.PdfReader(io.BytesIO(papers["penalty_decision"].pdf)).pages[0][
        "/Resources"
    ]
    kinds = {each.get_object()["/Subtype"] for each in resources.get("/XObject", {}).values()}
    assert "/Image" not in kinds


@pytest.mark.parametrize(
    "key", ["notice_letter", "penalty_decision", "sign_off_form", "county_report"]
)
def test_a_reader_reads_the_code_from_the_printed_page(
    key: str, papers: dict[str, RenderedPaper]
) -> None:
    """One file of each form, as a poor copy of 110 dots to the inch: the code leads to its page."""
    page = pypdfium2.PdfDocument(papers[key].pdf)[0]
    found = zxingcpp.read_barcodes(page.render(scale=110 / 72, grayscale=True).to_pil())
    assert [code.text for code in found] == [examples.whole(key).verify_url]


@pytest.mark.parametrize(
    ("yuan", "words"),
    [(500, "伍佰元整"), (1000, "壹仟元整"), (1050, "壹仟零伍拾元整"), (10, "壹拾元整"), (20_005, "贰万零伍元整"),
     (100_000, "壹拾万元整"), (1_234_567, "壹佰贰拾叁万肆仟伍佰陆拾柒元整"), (10_300, "壹万零叁佰元整")],
)  # fmt: skip
def test_money_in_capitals(yuan: int, words: str) -> None:
    """A sum is written as on a cheque."""
    assert cn_money(yuan) == words


@needs_office
@pytest.mark.parametrize(
    "key",
    ["notice_letter", "penalty_decision", "sign_off_form", "persuasion_record", "county_report"],
)
def test_office_opens_the_word_file(
    key: str, tmp_path: Path, papers: dict[str, RenderedPaper]
) -> None:
    """LibreOffice reads one file of each form and finds every line of it."""
    text = squeeze(convert(papers[key].docx, "docx", "txt:Text", tmp_path).decode("utf-8"))
    for line in wanted(paper_kind(key), examples.whole(key)):
        assert line in text, line
