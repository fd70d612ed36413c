from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from papers.catalogue import catalogue, paper_kind
from papers.data import CorrectionOrderData, Guardian, Officer, PaperData, ReturnOrderData
from papers.fonts import FontsMissing, load_faces
from papers.pipeline import PaperRefused, preview, render
from papers.requirements import problems


def emptied(data: PaperData, field: str) -> PaperData:
    default = type(data).model_fields[field].default
    return data.model_copy(update={field: default})


def refusal(data: PaperData) -> list[str]:
    with pytest.raises(PaperRefused) as caught:
        render(data.key, data)
    return caught.value.problems


RETURN_FIELDS = [each.field for each in paper_kind("return_order").required]
CORRECTION_FIELDS = [each.field for each in paper_kind("correction_order").required]


@pytest.mark.parametrize("field", RETURN_FIELDS)
def test_return_order_refused_without(field: str, return_data: ReturnOrderData) -> None:
    """A 劝返指令 lacking one required field is refused with one sentence naming the field."""
    wanted = next(each for each in paper_kind("return_order").required if each.field == field)
    assert refusal(emptied(return_data, field)) == [f"缺少“{wanted.label}”：{wanted.why}。"]


@pytest.mark.parametrize("field", CORRECTION_FIELDS)
def test_correction_order_refused_without(field: str, correction_data: CorrectionOrderData) -> None:
    """A 责令限期改正通知书 lacking one required field is refused, the field named first."""
    wanted = next(each for each in paper_kind("correction_order").required if each.field == field)
    assert refusal(emptied(correction_data, field))[0] == f"缺少“{wanted.label}”：{wanted.why}。"


def test_remedies_missing_are_all_named(correction_data: CorrectionOrderData) -> None:
    """Without review body, review period, court and suit period, all four are named at once."""
    blank = {"review_body": "", "review_days": None, "court": " ", "suit_months": 0}
    found = refusal(correction_data.model_copy(update=blank))
    labels = ("行政复议机关", "行政复议期限", "管辖法院", "行政诉讼期限")
    assert [label in sentence for label, sentence in zip(labels, found, strict=True)] == [True] * 4


def test_periods_shorter_than_the_law_are_refused(correction_data: CorrectionOrderData) -> None:
    """A review period under 60 days or a suit period under 6 months is refused with its clause."""
    found = refusal(correction_data.model_copy(update={"review_days": 15, "suit_months": 3}))
    assert found == [
        "“行政复议期限（日数）”不得少于60，现为15：《行政复议法》第二十条。",
        "“行政诉讼期限（月数）”不得少于6，现为3：《行政诉讼法》第四十六条。",
    ]


def test_refusal_survives_a_process_border() -> None:
    """A refusal raised in another process keeps its list of problems."""
    again = pickle.loads(pickle.dumps(PaperRefused(["缺少甲。", "缺少乙。"])))
    assert again.problems == ["缺少甲。", "缺少乙。"]
    assert str(again) == "文书不能生成：缺少甲。 缺少乙。"


def test_nothing_but_gaps_names_every_gap() -> None:
    """Empty data is refused with one sentence per field a draft needs."""
    for kind, data in (
        ("return_order", ReturnOrderData()),
        ("correction_order", CorrectionOrderData()),
    ):
        wanted = [each.label for each in paper_kind(kind).required if not each.final_only]
        found = refusal(data)
        assert [label for label in wanted if not any(f"“{label}”" in s for s in found)] == []


def test_blank_characters_do_not_fill_a_field(return_data: ReturnOrderData) -> None:
    """A field of blanks and invisible characters counts as empty."""
    assert refusal(return_data.model_copy(update={"cause": " 　\u200b\u202e\t"})) == [
        "缺少“缺勤原因”：劝返措施须针对原因；原因不明的，写明“原因待查”。"
    ]


def test_every_article_must_be_cited(correction_data: CorrectionOrderData) -> None:
    """Leaving article 58 or article 17 out of the legal bases is refused by its number."""
    bases = (
        "《中华人民共和国义务教育法》第五条、第十一条",
        "《中华人民共和国未成年人保护法》第十六条",
    )
    found = refusal(correction_data.model_copy(update={"legal_bases": bases}))
    assert ["第五十八条" in found[0], "第十七条" in found[1], len(found)] == [True, True, 2]


def test_one_officer_is_not_enough(correction_data: CorrectionOrderData) -> None:
    """An order handled by one officer, or by one without a licence number, is refused."""
    one = correction_data.model_copy(update={"officers": (Officer(name="周敏", licence_no="1"),)})
    assert refusal(one) == ["“承办人员”只有1人，须由2人以上承办。"]
    bare = (Officer(name="周敏", licence_no="1"), Officer(name="王磊"))
    found = refusal(correction_data.model_copy(update={"officers": bare}))
    assert found == ["“承办人员”第2项缺少“执法证号”。"]


def test_paper_kind_without_legal_basis_is_refused(return_data: ReturnOrderData) -> None:
    """A kind of paper whose folder names no legal basis never comes to exist."""
    kind = paper_kind("return_order").model_copy(update={"legal_bases": ()})
    assert problems(kind, return_data) == ["“劝返指令”的模板没有登记法律依据，不得出具。"]


def test_unmasked_roll_number_is_refused(return_data: ReturnOrderData) -> None:
    """A whole school-roll number, which contains the identity number, is not printed."""
    data = return_data.model_copy(update={"roll_no_masked": "G990101201305020024"})
    assert "没有遮蔽" in refusal(data)[0]


def test_feedback_before_issue_is_refused(return_data: ReturnOrderData) -> None:
    """An order whose feedback is due on the day of issue or before is refused."""
    data = return_data.model_copy(update={"feedback_due_on": return_data.issued_on})
    assert "反馈期限" in refusal(data)[0]


def test_empty_list_entries_are_named(return_data: ReturnOrderData) -> None:
    """An empty requirement and a guardian without a relation are named by their place."""
    blank: dict[str, Any] = {
        "requirements": ("入户劝返", " "),
        "guardians": (Guardian(name="张立山", phone="1"),),
    }
    assert refusal(return_data.model_copy(update=blank)) == [
        "“监护人”第1项缺少“与学生的关系”。",
        "“劝返要求”第2项是空的，请填写或者删去。",
    ]


@pytest.mark.parametrize("glyph", ["😀", "𰻝", "\ue000", "ศ"])
def test_unknown_glyph_is_named(glyph: str, return_data: ReturnOrderData) -> None:
    """A character that no font has is refused by itself and its code point."""
    data = return_data.model_copy(update={"child_name": f"张{glyph}"})
    found = refusal(data)
    assert len(found) == 1
    assert f"“{glyph}”（U+{ord(glyph):04X}）" in found[0]


def test_two_unknown_glyphs_are_both_named(return_data: ReturnOrderData) -> None:
    """All lost characters of a paper are named at once."""
    blank = {"child_name": "张😀", "school": "𰻝中学"}
    text = "".join(refusal(return_data.model_copy(update=blank)))
    assert ["😀" in text, "𰻝" in text] == [True, True]


def test_refused_preview(return_data: ReturnOrderData) -> None:
    """A preview is refused for the same gaps as the paper."""
    with pytest.raises(PaperRefused):
        preview("return_order", emptied(return_data, "issuer"))


def test_empty_font_folder_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the bundled fonts nothing starts: a blank PDF never leaves the house."""
    monkeypatch.setattr("papers.fonts.BUNDLED", tmp_path)
    with pytest.raises(FontsMissing, match="FandolFang"):
        load_faces.__wrapped__(None)


def test_catalogue_lists_both_papers() -> None:
    """The catalogue names each paper's form, basis and way of delivery."""
    found = {kind.key: (kind.title, kind.form, kind.service) for kind in catalogue()}
    assert found["return_order"] == ("劝返指令", "公文", "签收")
    assert found["correction_order"] == ("责令限期改正通知书", "执法文书", "送达回证")
    assert all(kind.legal_bases or kind.clauses for kind in catalogue())


def test_in_the_holidays_a_child_is_missed_before_a_school_day_has_passed(
    return_data: ReturnOrderData,
) -> None:
    """No school day yet is no gap: the order says so; fewer than none is one."""
    none = return_data.model_copy(update={"absent_school_days": 0})
    assert "其间尚无教学日" in preview("return_order", none)
    assert "缺勤教学日数" in refusal(return_data.model_copy(update={"absent_school_days": -1}))[0]
