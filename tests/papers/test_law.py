"""What the papers owe the law: the articles they cite and what a lawful notice must tell."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from activities.paper_data import LEGAL_BASES, TOWNSHIP_BASES, PaperIncomplete
from activities.penalty_values import fine_of, grounded, remedy_facts, within_notice
from activities.side_papers import compose, writable
from models.state import EndedRemedy, LegalTrack
from models.words import NoPenaltyGround, RemedyKind, RemedyOutcome
from papers.catalogue import paper_kind
from papers.pipeline import PaperRefused, preview
from tests.papers import examples

CITED = {
    "accountability_letter": ("义务教育法 53", "未成年人保护法 119", "教育督导条例 12"),
    "assessment_commission": ("残疾人教育条例 20、21", "义务教育法 19"),
    "child_statement": ("未成年人保护法 4",),
    "correction_order": ("义务教育法 5、11、58", "未成年人保护法 16、17、83"),
    "deferral_approval": ("义务教育法 11",),
    "enforcement_application": ("行政强制法 53、54、55",),
    "guardian_talk_record": ("义务教育法 58",),
    "improvement_notice": ("义务教育法 7、8", "教育督导条例 21"),
    "labour_letter": ("义务教育法 14", "未成年人保护法 61", "禁止使用童工规定 2、6"),
    "no_penalty_decision": ("行政处罚法 31、33、36、57",),
    "penalty_decision": ("行政处罚法 28、57",),
    "penalty_filing": ("行政处罚法 54",),
    "penalty_notice": ("行政处罚法 44、45、63、64",),
    "performance_demand": ("行政强制法 35、36、54",),
    "placement_decision": ("义务教育法 5、29", "未成年人保护法 28、83"),
    "relief_hand_over": ("义务教育法 13", "未成年人保护法 91", "社会救助暂行办法 33"),
    "service_notice": ("民事诉讼法 95",),
    "suit_complaint": ("义务教育法 5、11", "民事诉讼法 122"),
    "township_report": ("义务教育法 13",),
    "unlicensed_school_form": ("义务教育法 14", "民办教育促进法 64"),
}
"""Read against the text of each article; a change here is a change of a legal act."""
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}


def number_of(words: str) -> int:
    total = digit = 0
    for sign in words:
        if sign in "百十":
            total += (digit or 1) * {"百": 100, "十": 10}[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def cited(bases: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for base in bases:
        law = re.sub(r"^中华人民共和国", "", base[1 : base.index("》")])
        found.append(
            law + " " + "、".join(str(number_of(n)) for n in re.findall("第(.+?)条", base))
        )
    return tuple(found)


def said(key: str, **changes: Any) -> str:
    return preview(key, examples.whole(key).model_copy(update=changes))


def refused(key: str, **changes: Any) -> str:
    with pytest.raises(PaperRefused) as refusal:
        said(key, **changes)
    return " ".join(refusal.value.problems)


@pytest.mark.parametrize("key", CITED)
def test_a_paper_cites_the_articles_it_rests_on(key: str) -> None:
    """Each paper rests on these articles and on no other."""
    assert cited(paper_kind(key).legal_bases) == CITED[key]


GROUNDS = {
    "minor_corrected": ("第三十三条第一款", "轻微并及时改正，没有造成危害后果，依法不予行政处罚"),
    "first_offence": ("第三十三条第一款", "初次违法，危害后果轻微并及时改正，依法可以不予行政处罚"),
    "no_fault": ("第三十三条第二款", "没有主观过错，依法不予行政处罚"),
    "incapable": ("第三十一条", "不能辨认或者不能控制自己行为时有上述违法行为，依法不予行政处罚"),
    "out_of_time": ("第三十六条第一款", "在二年内未被发现，依法不再给予行政处罚"),
    "minor": ("第五十七条第一款第二项", "违法行为轻微，依法可以不予行政处罚"),
    "not_established": ("第五十七条第一款第三项", "违法事实不能成立，依法不予行政处罚"),
}
"""Read against the text of the law in force since 15 July 2021."""


def unpunished(ground: str, **changes: Any) -> dict[str, Any]:
    basis = paper_kind("no_penalty_decision").bases(ground)
    return {"ground": NoPenaltyGround(ground), "legal_bases": basis} | changes


@pytest.mark.parametrize("ground", GROUNDS)
def test_no_penalty_cites_the_law_of_its_ground_alone(ground: str) -> None:
    """Each ground has its sentence and its article; no other article of the law is named for it."""
    taught = {} if ground != "not_established" else {"teaching": "无"}
    text = said("no_penalty_decision", **unpunished(ground, **taught))
    article, sentence = GROUNDS[ground]
    decided = "不再给予行政处罚" if ground == "out_of_time" else "不予行政处罚"
    assert f"依据《中华人民共和国行政处罚法》{article}，本机关决定对你{decided}。" in text
    assert f"{sentence}。" in text
    assert re.findall("行政处罚法》(第[^，]+)", text) == [article]


def test_every_ground_has_its_law() -> None:
    """The choices of the form, of the case and of the table above are the same."""
    kept = [ground.key for ground in paper_kind("no_penalty_decision").grounds]
    assert kept == list(GROUNDS) == [str(ground) for ground in NoPenaltyGround]


def test_no_penalty_without_a_ground_or_with_the_law_of_another_is_refused() -> None:
    """Neither a paper that does not say why, nor one that cites what does not carry it."""
    assert "“不予处罚的情形”" in refused("no_penalty_decision", ground=None)
    other = unpunished("no_fault") | {"ground": NoPenaltyGround.MINOR}
    assert "第五十七条第一款第二项" in refused("no_penalty_decision", **other)


def test_there_is_nothing_to_teach_where_no_offence_was_found() -> None:
    """行政处罚法 33 teaches who has offended; whose offence is not established is told of none."""
    found = said("no_penalty_decision", **unpunished("not_established", teaching="无"))
    assert "<h2>三、救济途径</h2>" in found
    assert not [word for word in ("教育和要求", "没有改正", "规定的情形") if word in found]
    assert "请写“无”" in refused("no_penalty_decision", **unpunished("not_established"))
    assert "应当对当事人进行教育" in refused(
        "no_penalty_decision", **unpunished("minor", teaching="无")
    )


def test_the_ground_of_the_decision_leads_the_paper() -> None:
    """Decided, it is filled in with its law; written, its law follows; both and unlike, refused."""
    kind = paper_kind("no_penalty_decision")
    decided = LegalTrack(guardian="g1", ground=NoPenaltyGround.NO_FAULT)
    law = ("《中华人民共和国行政处罚法》第三十三条第二款",)
    assert grounded(decided, kind, {}) == {"ground": "no_fault", "legal_bases": law}
    assert grounded(decided, kind, {"ground": "no_fault"}) == {"legal_bases": law}
    assert grounded(LegalTrack(guardian="g1"), kind, {"ground": "no_fault"}) == {"legal_bases": law}
    with pytest.raises(PaperIncomplete) as refusal:
        grounded(decided, kind, {"ground": "minor"})
    assert all(
        ground.label in " ".join(refusal.value.problems)
        for ground in (NoPenaltyGround.NO_FAULT, NoPenaltyGround.MINOR)
    )


def test_the_form_offers_the_grounds_and_takes_no_other() -> None:
    """Who fills the form in sees the choices with their words; another word is told them again."""
    kind = paper_kind("no_penalty_decision")
    fields = {field["name"]: field for field in writable(kind, {})}
    assert fields["ground"]["choices"][2] == {
        "value": "no_fault", "label": NoPenaltyGround.NO_FAULT.label,
    }  # fmt: skip
    assert "choices" not in fields["reasons"]
    with pytest.raises(PaperIncomplete) as refusal:
        compose(kind, {}, {"ground": "pity"})
    assert "no_fault（有证据足以证明没有主观过错）" in " ".join(refusal.value.problems)


def test_a_township_does_not_claim_the_power_of_the_education_department() -> None:
    """Article 83 of 未成年人保护法 charges the education department; a township cites 58 alone."""
    assert cited(LEGAL_BASES) == CITED["correction_order"]
    assert cited(TOWNSHIP_BASES) == ("义务教育法 5、11、58", "未成年人保护法 16、17")


def test_child_labour_is_cited_only_where_a_child_was_hired() -> None:
    """禁止使用童工规定 3 speaks of parents who let a child be hired, of no other."""
    assert "《禁止使用童工规定》第三条" in said("guardian_talk_record")
    assert "童工" not in said("guardian_talk_record", hired_by="")


def test_only_a_special_placement_rests_on_the_law_of_the_disabled() -> None:
    """残疾人教育条例 17 places disabled children; a child who goes back to its class is none."""
    assert "残疾人教育条例" not in said("placement_decision")
    assert "《残疾人教育条例》第十七条" in said("placement_decision", placement_way="送教上门")


def test_a_deferral_for_another_cause_than_the_body_does_not_rest_on_article_11() -> None:
    """义务教育法 11 knows a deferral for reasons of the body alone, on the guardian's request."""
    bodily, policy = said("deferral_approval"), said("deferral_approval", deferral_kind="劝返未果")
    assert "《中华人民共和国义务教育法》第十一条第二款</td>" in bodily
    assert "领导" not in bodily
    assert "不属于《中华人民共和国义务教育法》第十一条第二款规定的情形" in policy


@pytest.mark.parametrize("key", ["penalty_notice", "penalty_decision"])
def test_a_fine_is_told_with_its_sum(key: str) -> None:
    """行政处罚法 44 and 59: what is imposed, with its sum, and the article that was broken."""
    assert "下列行政处罚：罚款人民币500元（大写：伍佰元整）" in said(key)
    assert "违反了《中华人民共和国义务教育法》第五条第二款、第十一条第一款" in said(key)
    assert "“罚款金额（元）”没有填写" in refused(key, amount_yuan=None)
    assert "没有写罚款" in refused(key, penalty_text="警告")


@pytest.mark.parametrize(
    ("key", "field", "least", "law"),
    [
        ("penalty_notice", "defence_days", 5, "《行政处罚法》第六十四条"),
        ("penalty_decision", "payment_days", 15, "《行政处罚法》第六十七条"),
        ("performance_demand", "demand_days", 10, "《行政强制法》第五十四条"),
        ("service_notice", "notice_days", 30, "《民事诉讼法》第九十五条"),
    ],
)
def test_no_period_is_shorter_than_the_laws(key: str, field: str, least: int, law: str) -> None:
    """A day less than the law gives is refused, and the law is named."""
    told = refused(key, **{field: least - 1})
    assert f"不得少于{least}，现为{least - 1}：{law}" in told
    assert said(key, **{field: least})


def test_a_decision_says_that_the_guardian_was_told_before() -> None:
    """行政处罚法 62: no decision before the notice; the decision names it and its day."""
    assert "本机关于2026年10月5日向你送达《行政处罚事先告知书》（罚告〔2026〕4号）" in said(
        "penalty_decision"
    )
    assert "“事先告知书送达日期”" in refused("penalty_decision", notice_served_on=None)


def test_a_defence_may_lower_the_fine_and_never_raise_it() -> None:
    """Until it is decided the drafter writes the sum; one above the notice is refused (45)."""
    told = LegalTrack(guardian="g1", amount_yuan=500)
    decided = told.model_copy(update={"amount_yuan": 300, "penalty_decided_on": date(2026, 10, 12)})
    assert fine_of(told) == {}
    assert fine_of(decided) == {"amount_yuan": 300}
    assert within_notice(told, {}, {"amount_yuan": 300}) == {}
    assert within_notice(decided, fine_of(decided), {"amount_yuan": 300}) == {"amount_yuan": None}
    for written in (800, "800", "800.0"):
        with pytest.raises(PaperIncomplete) as refusal:
            within_notice(told, {}, {"amount_yuan": written})
        assert "高于事先告知的500元" in " ".join(refusal.value.problems)


@pytest.mark.parametrize(("decided", "written"), [(300, 500), (0, 300)])
def test_a_paper_after_the_decision_prints_no_other_sum(decided: int, written: int) -> None:
    """A decided fine, or a decided warning, leaves nothing to write: both sums are named."""
    track = LegalTrack(guardian="g1", amount_yuan=decided, penalty_decided_on=date(2026, 10, 12))
    with pytest.raises(PaperIncomplete) as refusal:
        within_notice(track, fine_of(track), {"amount_yuan": written})
    said = " ".join(refusal.value.problems)
    assert f"罚款{written}元" in said
    assert (f"罚款{decided}元" if decided else "不罚款") in said


def test_a_decision_without_a_fine_says_nothing_of_paying() -> None:
    """A warning names no bank, no surcharge and none of the articles about fines."""
    told = said(
        "penalty_decision", penalty_text="警告", amount_yuan=None, payee="无", payee_address="无"
    )
    assert not [word for word in ("第六十七条", "第七十二条", "加处", "代收机构") if word in told]
    assert "代收机构" in refused("penalty_decision", payee="无")


def test_a_demand_names_every_sum_and_their_total() -> None:
    """行政强制法 35: a clear sum; the surcharge says up to which day it runs."""
    told = said("performance_demand")
    assert "截至本催告书作出之日的加处罚款人民币500元" in told
    assert "以上合计人民币1000元（大写：壹仟元整）" in told


def test_an_application_lists_the_materials_of_the_law() -> None:
    """行政强制法 55: decision with facts, the party's view and the demand, what is to be enforced."""
    told = said("enforcement_application")
    for words in ("行政处罚决定书及作出决定的事实、理由和依据", "当事人的意见及行政机关催告情况",
                  "申请强制执行标的情况", "其他材料：责令限期改正通知书及送达回证；送达回证。", "负责人（签名）"):  # fmt: skip
        assert words in told


@pytest.mark.parametrize("key", ["performance_demand", "enforcement_application"])
def test_a_remedy_that_was_used_is_not_denied(key: str) -> None:
    """After a review that upheld, the paper does not say that no review was asked for."""
    day = date(2026, 4, 1)
    ended = EndedRemedy(
        kind=RemedyKind.REVIEW, opened_on=day, ended_on=day, outcome=RemedyOutcome.UPHELD
    )
    track = LegalTrack(guardian="g1")
    assert remedy_facts(track) == ""
    facts = remedy_facts(track.model_copy(update={"remedies_ended": (ended,)}))
    sued = ended.model_copy(update={"kind": RemedyKind.SUIT})
    assert "提起行政诉讼后" in remedy_facts(track.model_copy(update={"remedies_ended": (sued,)}))
    assert "没有申请行政复议" in said(key)
    told = said(key, remedy_facts=facts)
    assert "申请行政复议后" in told
    assert "没有申请行政复议" not in told


def test_a_complaint_is_the_plaintiffs_own_paper() -> None:
    """民事诉讼法 123、124: no letterhead, head with post and telephone, copies for the defendant."""
    told = said("suit_complaint")
    assert 'class="issuer-mark"' not in told
    assert "法定代表人（主要负责人）：陈建国，局长。" in told
    assert "附：本起诉状副本1份" in told


def test_a_report_asks_for_no_decision() -> None:
    """A 报告 carries no 请示事项; it may suggest."""
    assert "请求事项" not in said("township_report") + said("county_report")


def test_joint_issuers_sign_side_by_side() -> None:
    """Both issuers stand above the title and in the signature, each with room for its seal."""
    told = said("entry_notice")
    assert "示例县清水镇人民政府　　　　示例县教育体育局</p>" in told
    assert told.count('class="issuer-mark"') == 2


def test_an_assessment_weighs_what_the_regulation_names() -> None:
    """残疾人教育条例 20: bodily state, ability to be taught, ability to live and learn in school."""
    told = said("assessment_commission")
    assert "接受教育<br/>的能力" in told
    assert "适应学校<br/>学习生活<br/>的能力" in told


@pytest.mark.parametrize("key", ["county_plan", "school_plan"])
def test_a_plan_goes_out_under_a_notice(key: str) -> None:
    """A 方案 is no kind of official paper: a 通知 carries it, and the signature stands under that."""
    told = said(key)
    assert "控辍保学工作方案的通知" in told
    assert told.index('class="signature"') < told.index("结合本") < told.index('class="imprint"')


def test_enclosures_stand_under_each_other_without_stops() -> None:
    """GB/T 9704: one enclosure a line, no punctuation at its end; a single one has no number."""
    told = said("hand_over_letter")
    assert "<p>附件：1.学籍证明</p>" in told
    assert "<p>　　　2.劝返情况记录表</p>" in told
    assert "<p>附件：学籍证明</p>" in said("hand_over_letter", enclosures=("学籍证明",))


def test_the_hand_over_list_names_the_receiving_school() -> None:
    """The school a pupil goes to stands under 接收学校."""
    assert "<th>毕业学校</th><th>接收学校</th>" in said("class_hand_over")
