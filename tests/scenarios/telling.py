"""What the words of a scenario mean: its steps as commands, its reasons as codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lifecycle.correctable import FACTS
from models import commands as c
from models.words import (
    Cause,
    Conclusion,
    Contested,
    DeferralKind,
    Department,
    GuardianChange,
    LeadSource,
    LetterRoute,
    NoPenaltyGround,
    Outcome,
    Party,
    PenaltyKind,
    PlacementWay,
    RemedyKind,
    RemedyOutcome,
    ReportLine,
    Role,
    RollMark,
    ServiceMethod,
    SupportKind,
    Whereabouts,
)
from tests.lifecycle import roads
from tests.walk import SCHOOL, Walk, lead_facts

Words = dict[str, str]
Facts = Callable[[Walk, Words], dict[str, Any]]
G: dict[str, Any] = {"guardian": "g1"}
PROOF: dict[str, Any] = {"evidence": ("证-1",)}
ELSEWHERE = "990202"
FAR = "980101"
"""A county of another province; neither is the code of any real place."""


@dataclass(frozen=True)
class Told:
    """One step as it is told: who does what with which facts."""

    command: type[Any]
    role: Role
    facts: Facts


def plain(**facts: Any) -> Facts:
    return lambda _walk, _words: facts


def coded(kind: type[Any], label: str) -> Any:
    """Find a coded word by its Chinese label."""
    return next(member for member in kind if member.label == label)


def day(words: Words, name: str) -> date:
    return date.fromisoformat(words[name])


def _lead(walk: Walk, words: Words) -> dict[str, Any]:
    found = lead_facts() | {"absent_since": walk.today - timedelta(days=2)}
    if words.get("入学") == "从未":
        found |= {"school": "", "grade": 0, "absent_since": None, "absent_days": 0,
                  "birth_on": date(2019, 5, 6), "source": LeadSource.CENSUS}  # fmt: skip
    if "缺勤" in words:
        found["absent_days"] = int(words["缺勤"])
        found["absent_since"] = None if words["缺勤"] == "0" else found["absent_since"]
    if "来源" in words:
        found["source"] = coded(LeadSource, words["来源"])
    if words.get("户籍") in {"外县", "外省"}:
        found["household_county"] = _registered(words)
    if words.get("监护人") == "无":
        found["guardians"] = ()
    if words.get("属地") == "街道":
        found["is_subdistrict"] = True
    if "出生" in words:
        found["birth_on"] = day(words, "出生")
    if "年级" in words:
        found["grade"] = int(words["年级"])
    return found


def _registered(words: Words) -> str:
    return FAR if words.get("户籍") == "外省" else ELSEWHERE


def _dropout(_walk: Walk, words: Words) -> dict[str, Any]:
    return {
        "conclusion": Conclusion.DROPOUT,
        "whereabouts": coded(Whereabouts, words.get("去向", "在家")),
        "cause": coded(Cause, words["原因"]) if words.get("原因") != "不填" else None,
        "whereabouts_county": ELSEWHERE if words.get("现居") != "不填" else "",
    }


def _closing(_walk: Walk, words: Words) -> dict[str, Any]:
    conclusion = coded(Conclusion, words["结论"])
    where = {
        Conclusion.DECEASED: Whereabouts.DECEASED,
        Conclusion.ELSEWHERE: Whereabouts.STUDYING_ELSEWHERE,
        Conclusion.ABROAD: Whereabouts.ABROAD,
    }.get(conclusion, Whereabouts.AT_HOME)
    return {"conclusion": conclusion, "whereabouts": where, **proof(words)}


def proof(words: Words) -> dict[str, Any]:
    return {} if words.get("证明") == "无" else PROOF


def _served(_walk: Walk, words: Words) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "method": coded(ServiceMethod, words.get("方式", "直接送达")),
        "officers": ("甲乙",) if words.get("人员") == "一人" else ("甲乙", "丙丁"),
        "receipt": "回证-1",
        **proof(words),
    }
    if "公告日" in words:
        facts["published_on"] = day(words, "公告日")
    return facts


def _failed(walk: Walk, words: Words) -> dict[str, Any]:
    paper = walk.state.tracks["g1"].order_paper
    target = "decision:g1" if words.get("文书") == "处罚决定" else paper
    return {
        "target": target, "method": coded(ServiceMethod, words["方式"]), "reason": "未果", **PROOF,
    }  # fmt: skip


def _visit(_walk: Walk, words: Words) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if words.get("单位") == "一个":
        changes["organs"] = ("示例镇政府",)
    if words.get("人员") == "一人":
        changes["visitors"] = ("甲乙",)
    if words.get("孩子") == "未见":
        changes |= {"was_child_met": False, "child_words": ""}
    if words.get("监护人") == "未见":
        changes["met"] = ()
    return roads.VISIT | changes


def _fine(_walk: Walk, words: Words) -> dict[str, Any]:
    if words.get("种类") == "不予处罚":
        return roads.FINE | {
            "penalty": PenaltyKind.NONE, "amount_yuan": 0, "ground": NoPenaltyGround.FIRST_OFFENCE,
        }  # fmt: skip
    if words.get("种类") == "警告":
        return roads.FINE | {"penalty": PenaltyKind.WARNING, "amount_yuan": 0}
    return roads.FINE | {"amount_yuan": int(words.get("罚款", "500"))}


def _order(_walk: Walk, words: Words) -> dict[str, Any]:
    return roads.DRAFT | proof(words) | ({"days": int(words["天数"])} if "天数" in words else {}) | (
        {"evidence": ()} if words.get("证明") == "无" else {}
    )  # fmt: skip


def _attending(walk: Walk, words: Words) -> dict[str, Any]:
    facts = roads.attending(walk, day(words, "自") if "自" in words else None)
    return facts | ({"school_days": int(words["天数"])} if "天数" in words else {})


def _stretch(walk: Walk, words: Words) -> dict[str, Any]:
    return roads.stretch(walk, int(words.get("出勤率", "97")))


def _fact(words: Words) -> str:
    """Name a correctable fact by its label; what belongs to a guardian is the first guardian's."""
    row = next(row for row in FACTS if row.label == words["事项"])
    return f"{row.id}:g1" if row.id in OF_TRACK else row.id


OF_TRACK = frozenset(
    {"order_served_on", "penalty_filed_on", "penalty_notified_on", "decision_served_on",
     "demand_served_on"}
)  # fmt: skip


def _proposal(_walk: Walk, words: Words) -> dict[str, Any]:
    told = STEPS[words["办理"]].command
    about = {"guardian": "g1"} if words.get("对") == "监护人" else {}
    return {"act": told.model_fields["kind"].default, "note": "请审批", **about, **proof(words)}


def _change(_walk: Walk, words: Words) -> dict[str, Any]:
    return {
        "change": coded(GuardianChange, words["变更"]), "person": words["人"],
        "relation": words.get("关系", "亲属"), "reason": "法院指定", **proof(words),
    }  # fmt: skip


def _search(_walk: Walk, words: Words) -> dict[str, Any]:
    by = {"organ": "村委会"} if words.get("由谁") == "村委会" else {
        "organ": "派出所", "is_by_police": True}  # fmt: skip
    return by | {
        "guardian": "g1" if words.get("找") == "监护人" else None,
        "is_found": words.get("结果") == "找到", "result": "走访询问", **proof(words),
    }  # fmt: skip


def _deferral(_walk: Walk, words: Words) -> dict[str, Any]:
    return {
        "deferral": coded(DeferralKind, words["种类"]), "until": day(words, "截止"),
        "approval_no": "批-1", **proof(words),
    }  # fmt: skip


TEACHER, PRINCIPAL, CASE = Role.CLASS_TEACHER, Role.PRINCIPAL, Role.EDU_CASE
TOWN, LAW, HEAD, BUREAU = (
    Role.TOWNSHIP_CASE, Role.TOWNSHIP_LAW, Role.TOWNSHIP_HEAD, Role.EDU_HEAD,
)  # fmt: skip
STEPS: dict[str, Told] = {
    "登记线索": Told(c.OpenLead, Role.SYSTEM, _lead),
    "联系监护人": Told(c.ContactGuardian, TEACHER, plain(method="电话", was_reached=True)),
    "列为疑似": Told(c.MarkSuspected, TEACHER, lambda w, o: {
        "absent_since": date(2025, 9, 9), "absent_days": int(o["缺勤"])}),
    "请假属实": Told(c.Excuse, PRINCIPAL, lambda w, o: {"reason": "请假属实", **proof(o)}),
    "报告学校": Told(c.ReportToSchool, TEACHER, plain()),
    "报送": Told(c.FileReport, PRINCIPAL, lambda w, o: {
        "line": coded(ReportLine, o["线"]), "receipt_no": "回执-1"}),
    "核证辍学": Told(c.Verify, PRINCIPAL, _dropout),
    "核证": Told(c.Verify, PRINCIPAL, _closing),
    "复核属实": Told(c.ReviewVerification, CASE, plain(is_confirmed=True, reason="属实")),
    "复核退回": Told(c.ReviewVerification, CASE, plain(is_confirmed=False, reason="不实")),
    "学籍已转接": Told(c.ConfirmTransfer, Role.REGISTRAR, lambda w, o: {
        "receiving_school": "外县中学", "roll_no": "G99", **proof(o)}),
    "在外就读不实": Told(c.RefuteTransfer, Role.REGISTRAR, plain(reason="查无此人")),
    "确认主体": Told(c.SetResponsibleParty, CASE, lambda w, o: {
        "party": Party.THEIRS if o.get("主体") == "户籍地" else Party.OURS,
        "reason": "经研究" if o.get("理由") == "有" else ""}),
    "发移交函": Told(c.SendHandOverLetter, BUREAU, lambda w, o: {
        "to_county": w.state.household_county, "letter_no": "函-1", **proof(o),
        "route": coded(LetterRoute, o.get("途径", "直接函告"))}),
    "户籍地接收": Told(c.RecordReply, CASE, lambda w, o: {
        "is_accepted": True, "letter_no": "复-1", **proof(o)}),
    "户籍地不接收": Told(c.RecordReply, CASE, plain(
        is_accepted=False, letter_no="复-1", **PROOF)),
    "发告知函": Told(c.SendNoticeLetter, BUREAU, lambda w, o: {
        "to_county": ELSEWHERE, "letter_no": "告-1", **proof(o)}),
    "转介": Told(c.OpenReferral, CASE, lambda w, o: {
        "department": coded(Department, o["部门"]), "reason": "协助", "letter_no": "转-1",
        "route": coded(LetterRoute, o.get("途径", "直接函告"))}),
    "登记反馈": Told(c.RecordFeedback, CASE, lambda w, o: {
        "referral": next(iter(w.state.referrals)), "result": "已办"}),
    "签发指令": Told(c.IssueReturnOrder, BUREAU, plain(requirements=("三日内上门",))),
    "签收指令": Told(c.AcceptOrder, TOWN, lambda w, o: {
        "sponsors": roads.SPONSORS["sponsors"][: 1 if o.get("包保人") == "仅乡镇" else 2]}),
    "上门劝返": Told(c.RecordVisit, TOWN, _visit),
    "复学承诺": Told(c.RecordAgreement, TOWN, lambda w, o: {
        **G, **proof(o), "return_on": day(o, "返校")}),
    "认定劝返未果": Told(c.EndPersuasion, HEAD, lambda w, o: roads.GIVE_UP | {
        "has_just_cause": o.get("正当理由") == "有"}),
    "拟写责令": Told(c.OrderCorrection, TOWN, _order),
    "退回责令": Told(c.ReturnCorrectionDraft, HEAD, plain(**G, reason="事实不清")),
    "签发责令": Told(c.ApproveCorrectionOrder, HEAD, plain(**G)),
    "送达责令": Told(c.ServePaper, LAW, lambda w, o: {
        "paper": w.state.tracks["g1"].order_paper or "correction_order-1", **_served(w, o)}),
    "送达未果": Told(c.RecordFailedService, LAW, _failed),
    "核查未到校": Told(c.CheckCorrection, TOWN, lambda w, o: roads.STILL_OUT | (
        {"checkers": ("甲乙",)} if o.get("人员") == "一人" else {})),
    "核查已到校": Told(c.CheckCorrection, TOWN, lambda w, o: roads.STILL_OUT | {
        "outcome": Outcome.COMPLIED, **proof(o)}),
    "处罚立案": Told(c.FilePenalty, HEAD, lambda w, o: {
        **G, "filing_no": "立-1",
        "officers": ("law-1",) if o.get("人员") == "一人" else ("law-1", "law-2")}),
    "处罚告知": Told(c.NotifyPenalty, LAW, _fine),
    "登记未陈述": Told(c.RecordDefence, LAW, plain(**G, has_stated=False, review="期满未陈述")),
    "登记陈述": Told(c.RecordDefence, LAW, plain(**G, has_stated=True, review="不成立")),
    "撤销立案或处罚": Told(c.DropPenalty, HEAD, plain(
        **G, reason="逾九十日未决定", document_no="撤-1")),
    "撤销责令": Told(c.RevokeOrder, HEAD, plain(**G, reason="当事人姓名有误", document_no="撤-2")),
    "法院不予受理": Told(c.RecordSuitRefused, LAW, plain(
        **G, document_no="不-1", reason="不属于受案范围")),
    "登记执行": Told(c.RecordEnforcement, LAW, lambda w, o: {
        **G, "is_done": o.get("结果") == "已执行", "result": "法院通知", "document_no": "执-1"}),
    "补缴罚款": Told(c.RecordPerformance, LAW, lambda w, o: {
        **G, "is_performed": True, "run": int(o["轮次"])}),
    "对责令申请复议": Told(c.OpenRemedy, LAW, plain(
        **G, remedy=RemedyKind.REVIEW, body="示例县政府", against=Contested.ORDER)),
    "对责令的救济维持": Told(c.CloseRemedy, LAW, plain(
        **G, outcome=RemedyOutcome.UPHELD, document_no="复决-2", against=Contested.ORDER)),
    "对责令的救济撤销": Told(c.CloseRemedy, LAW, plain(
        **G, outcome=RemedyOutcome.REVOKED, document_no="复决-2", against=Contested.ORDER)),
    "申请听证": Told(c.RequestHearing, LAW, plain(**G)),
    "安排听证": Told(c.ScheduleHearing, HEAD, lambda w, o: {
        **G, "hearing_on": day(o, "听证日"), "presider": o.get("主持", "presider-1"),
        "is_closed": o.get("公开") != "是"}),
    "举行听证": Told(c.HoldHearing, LAW, plain(**G, record_no="听-1", opinion="维持")),
    "法制审核": Told(c.ReviewLegality, Role.EDU_LAW, plain(
        **G, opinion_no="法-1", is_passed=True)),
    "作出处罚": Told(c.DecidePenalty, HEAD, _fine),
    "送达处罚": Told(c.ServeDecision, LAW, lambda w, o: G | _served(w, o)),
    "准予延期": Told(c.GrantGrace, HEAD, lambda w, o: {
        **G, "until": day(o, "截止"), "instalments": 2, "approval_no": "延-1"}),
    "已缴罚款": Told(c.RecordPerformance, LAW, plain(**G, is_performed=True)),
    "登记未履行": Told(c.RecordPerformance, LAW, plain(**G, is_performed=False)),
    "申请复议": Told(c.OpenRemedy, LAW, plain(**G, remedy=RemedyKind.REVIEW, body="示例县政府")),
    "提起行政诉讼": Told(c.OpenRemedy, LAW, plain(
        **G, remedy=RemedyKind.SUIT, body="示例县法院")),
    "救济维持": Told(c.CloseRemedy, LAW, plain(
        **G, outcome=RemedyOutcome.UPHELD, document_no="复决-1")),
    "救济撤销": Told(c.CloseRemedy, LAW, plain(
        **G, outcome=RemedyOutcome.REVOKED, document_no="复决-1")),
    "催告": Told(c.DemandPerformance, LAW, plain(**G, document_no="催-1")),
    "申请强制执行": Told(c.ApplyEnforcement, HEAD, plain(**G, document_no="执申-1")),
    "登记裁定": Told(c.RecordRuling, LAW, plain(**G, is_granted=True, document_no="裁-1")),
    "提起诉讼": Told(c.FileSuit, HEAD, plain(**G, plaintiff="示例镇政府", document_no="诉-1")),
    "法院立案": Told(c.RecordSuitAccepted, LAW, plain(**G, court_case_no="民初1号")),
    "登记判决": Told(c.RecordJudgment, LAW, plain(
        **G, is_mediated=False, must_send_child=True, document_no="判-1")),
    "委托评估": Told(c.BeginAssessment, CASE, plain(commission_no="委-1")),
    "评估可以入学": Told(c.ConcludeAssessment, CASE, plain(
        is_able=True, opinion_no="评-1", **PROOF)),
    "评估不具备条件": Told(c.ConcludeAssessment, CASE, lambda w, o: {
        "is_able": False, "opinion_no": "评-1", **proof(o),
        "until": day(o, "截止") if "截止" in o else None}),
    "县领导小组批准延缓": Told(c.Defer, Role.COUNTY_GROUP, _deferral),
    "教体局批准延缓": Told(c.Defer, BUREAU, _deferral),
    "终止延缓": Told(c.EndDeferral, CASE, plain(reason="可以入学")),
    "复查延缓": Told(c.ReviewDeferral, CASE, lambda w, o: {
        "is_continued": o["结论"] == "继续", "note": "复查意见", **proof(o),
        "until": day(o, "截止") if "截止" in o else None}),
    "评估异议": Told(c.DisputeOpinion, CASE, lambda w, o: {
        "reason": "家长认为可以随班", "commission_no": "委-2", **proof(o)}),
    "报上级协调": Told(c.EscalateHandOver, BUREAU, lambda w, o: {
        "route": coded(LetterRoute, o["途径"]), "letter_no": "请-1", **proof(o)}),
    "登记协调结果": Told(c.RecordCoordination, CASE, lambda w, o: {
        "is_theirs": o["归"] == "户籍地", "letter_no": "协-1", **proof(o)}),
    "查找下落": Told(c.RecordSearch, TOWN, _search),
    "监护人变更": Told(c.RecordGuardianChange, TOWN, _change),
    "处理学校责任": Told(c.SettleSchoolMatter, BUREAU, lambda w, o: {
        "measures": "约谈校长，限期改正", "document_no": "处-1", **proof(o)}),
    "重新认定原因": Told(c.RedetermineCause, CASE, lambda w, o: {
        "cause": coded(Cause, o["原因"]), "reason": "入户核查后认定", **proof(o)}),
    "超龄处理": Told(c.DecideAgeing, BUREAU, lambda w, o: {
        "goes_on": True, "note": "继续劝返至毕业", **proof(o)}),
    "标注学籍": Told(c.MarkRoll, Role.REGISTRAR, lambda w, o: {
        "mark": coded(RollMark, o["标注"]), "receipt_no": "标-1",
        "reason": "随父母迁居" if o.get("理由") == "有" else ""}),
    "登记送教": Told(c.RecordHomeTeaching, TEACHER, lambda w, o: {
        "lessons": 2, "teachers": ("甲乙",), "content": "语文", "signed_by": "祖母", **proof(o)}),
    "登记帮扶": Told(c.RecordSupport, TEACHER, lambda w, o: {
        "support": coded(SupportKind, o["方式"]), "by": "心理教师", "content": "谈话一次"}),
    "提请": Told(c.ProposeAct, CASE, _proposal),
    "申请更正": Told(c.ProposeCorrection, TOWN, lambda w, o: {
        "fact": _fact(o), "value": o["值"], "reason": "录入时看错", **proof(o)}),
    "批准更正": Told(c.ApproveCorrection, HEAD, lambda w, o: {
        "correction": next(iter(w.state.corrections), "correction-0")}),
    "退回更正": Told(c.RejectCorrection, HEAD, lambda w, o: {
        "correction": next(iter(w.state.corrections), "correction-0"), "reason": "材料不足"}),
    "处理瑕疵": Told(c.SettleFlaw, HEAD, lambda w, o: {
        **G, "is_upheld": o["结论"] == "维持", "opinion_no": "法-9", **proof(o)}),
    "到校了结": Told(c.ClearLead, TEACHER, lambda w, o: {"returned_on": w.today, **proof(o)}),
    "返校": Told(c.RecordReturn, TEACHER, lambda w, o: {
        "returned_on": day(o, "返校日") if "返校日" in o else w.today}),
    "安置": Told(c.Place, PRINCIPAL, lambda w, o: {
        "way": coded(PlacementWay, o.get("方式", "随班就读")), "school": SCHOOL,
        "plan": "课后辅导", "reason": "家长要求，学校同意" if o.get("理由") == "有" else "",
        **proof(o)}),
    "确认到校": Told(c.ConfirmAttendance, PRINCIPAL, _attending),
    "登记监测": Told(c.RecordMonitoring, PRINCIPAL, _stretch),
    "报告再辍": Told(c.ReportRelapse, TEACHER, lambda w, o: {
        "absent_since": w.today - timedelta(days=3), "absent_days": int(o["缺勤"])}),
    "销号": Told(c.SignOff, BUREAU, lambda w, o: {
        "is_roll_active": o.get("学籍") != "未恢复", **proof(o)}),
    "死亡结案": Told(c.CloseDeceased, BUREAU, lambda w, o: {
        "died_on": w.today, **proof(o)}),
    "出境结案": Told(c.CloseAbroad, BUREAU, lambda w, o: {
        "enrolled_at": "国外学校", **proof(o)}),
    "完成结案": Told(c.CloseCompleted, BUREAU, lambda w, o: {
        "is_graduated": o.get("毕业") != "否", "decision_no": "毕-1", **proof(o)}),
    "重复撤销": Told(c.CloseDuplicate, BUREAU, plain(other_case="KC-other")),
}  # fmt: skip

MAIN = (
    "登记线索", "联系监护人", "报告学校", "三线报告", "核证辍学", "确认主体", "签发指令", "签收指令",
    "两次劝返", "认定劝返未果", "拟写责令", "签发责令", "送达责令", "核查未到校", "处罚立案", "处罚告知",
    "登记未陈述", "作出处罚", "送达处罚", "登记未履行", "催告", "申请强制执行",
)  # fmt: skip
"""The road a scenario may be walked down to a step by “走到”, in the order of the law."""

BECAUSE = {
    "未联系监护人": "no_contact",
    "缺勤未达天数": "absence_below_threshold",
    "缺少证明": "evidence_missing",
    "该线已报送": "line_already_filed",
    "本辖区无此线": "line_not_used",
    "未填原因": "cause_missing",
    "未填现居县": "whereabouts_county_missing",
    "与主体规则不符": "party_against_rule",
    "主体未确认为本县": "party_not_confirmed",
    "包保人不全": "sponsors_missing",
    "不需告知函": "letter_not_needed",
    "告知函已发": "letter_sent",
    "不足两人": "two_people",
    "须另一人": "second_person",
    "劝返次数不足": "visits_too_few",
    "联合劝返不足": "joint_visits_too_few",
    "未见监护人": "guardian_not_met",
    "未听孩子意见": "child_not_heard",
    "有正当理由": "just_cause",
    "学校原因": "school_caused",
    "须先评估": "assessment_first",
    "机关无权": "issuer_not_competent",
    "越步": "wrong_step",
    "阶段不符": "wrong_stage",
    "没有处罚依据": "no_penalty_basis",
    "申辩期未满": "defence_running",
    "听证申请逾期": "hearing_late",
    "听证通知不足七日": "hearing_too_soon",
    "听证公开": "hearing_open",
    "听证日未到": "hearing_ahead",
    "听证未安排": "hearing_not_scheduled",
    "缺法制审核": "legal_review_missing",
    "决定超过九十日": "decision_late",
    "重于告知": "heavier_than_notified",
    "履行期未满": "payment_running",
    "起诉期未满": "remedy_open",
    "救济未了结": "remedy_pending",
    "催告期未满": "demand_running",
    "申请期已过": "window_closed",
    "未启用诉讼": "suit_not_allowed",
    "上一方式未果": "rung_not_reached",
    "缺公告日": "notice_day_missing",
    "公告期未满": "notice_running",
    "留置缺见证": "left_without_witness",
    "公告缺原因": "notice_without_cause",
    "电子送达缺同意": "electronic_without_consent",
    "重复送达": "already_served",
    "送达早于签发": "served_before_issue",
    "送达日在将来": "date_ahead",
    "非身体原因": "not_bodily",
    "延缓期限不合": "deferral_term",
    "缺评估意见": "opinion_missing",
    "延缓条件未到": "deferral_not_earned",
    "延缓核准人不符": "deferral_approver",
    "缺学识评估": "level_assessment_missing",
    "仅限初中": "fusion_for_junior_only",
    "融合条件未全": "fusion_conditions",
    "公告早于文书": "notice_before_paper",
    "未安置": "not_placed",
    "到校天数不足": "attendance_too_short",
    "监测期未满": "monitoring_running",
    "无监测记录": "no_monitoring",
    "监测记录未到期末": "monitoring_gap",
    "出勤率低": "attendance_low",
    "学籍未恢复": "roll_not_active",
    "未满年龄": "not_of_age",
    "已结案": "case_closed",
    "缺出勤事实": "attendance_missing",
    "返校日在将来": "return_day_ahead",
    "延期日已过": "grace_past",
    "承诺日已过": "return_day_past",
    "未到复核": "nothing_to_review",
    "角色不符": "role",
    "已有未结案件": "already_open",
    "承诺日太远": "return_day_far",
    "未提请": "not_proposed",
    "此项不需提请": "not_proposable",
    "须经省级": "route_wrong",
    "回函期未满": "reply_not_overdue",
    "未报上级": "not_escalated",
    "学校责任未处理": "school_matter_open",
    "学校责任已处理": "school_matter_settled",
    "不是学校原因": "not_school_caused",
    "原因未变": "cause_same",
    "未到超龄": "not_aged",
    "其他离校缺原因": "roll_reason_missing",
    "不是送教上门": "not_home_taught",
    "缺安置理由": "placement_reason_missing",
    "没有评估意见": "no_opinion",
    "已是监护人": "guardian_known",
    "最后一名监护人": "last_guardian",
    "更正同一项待审": "correction_pending",
    "不是上级": "not_above",
    "没有待审更正": "no_correction",
    "日期早于立案": "date_before_case",
    "没有改变": "nothing_to_correct",
    "有瑕疵待处理": "flaw_open",
    "没有瑕疵": "no_flaw",
    "先后颠倒": "date_out_of_order",
    "公告早于送达未果": "notice_before_failure",
    "公告送达日不符": "notice_day_differs",
    "送达次序颠倒": "attempt_out_of_order",
    "听证已举行": "hearing_held",
    "已履行": "performed",
    "已登记未履行": "unperformed_before",
    "没有可履行的决定": "no_decision",
    "没有这笔尚欠罚款": "no_such_fine",
    "逾期撤案不得再立": "dropped_before",
    "延期期限不合": "grace_term",
    "罚款未了结": "fine_open",
    "改正期未满": "period_running",
    "救济进行中": "remedy_running",
    "缺学校": "school_missing",
}
"""Reasons of refusal as a scenario names them."""
