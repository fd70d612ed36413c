"""The papers beside the main line as a table: who drafts, who approves, how one is served.

A new paper is a new row. The order to correct and the return order have verbs of their own, since
they move the case; a paper of this table never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.state import CaseState, PaperFact
from models.words import DeferralKind, OfficeKind, PaperStatus, Role, Stage, TrackStep

SIDE_WORDS = "paper_words"
"""Parameter: words of number series where an office has others than the table."""

OPEN = frozenset(stage for stage in Stage if not stage.is_closed)
DETECTED = frozenset({Stage.LEAD, Stage.SUSPECTED, Stage.REPORTING, Stage.VERIFYING})
CONFIRMED = OPEN - DETECTED - {Stage.ELSEWHERE_PENDING}
OUT = CONFIRMED - {Stage.PLACEMENT, Stage.MONITORING}
STEPS = frozenset({Stage.PERSUASION, Stage.CORRECTION, Stage.PENALTY, Stage.COURT})
BACK = frozenset({Stage.PLACEMENT, Stage.MONITORING})
OWED = STEPS | BACK | {Stage.ASSESSMENT, Stage.DEFERRED}
"""A fine in force is carried through while the child is assessed, deferred or back at school."""


class Service(StrEnum):
    """How a paper comes to its addressee."""

    NONE = "none"
    SIGNED = "signed"
    """Against a signature (签收)."""
    RECEIPT = "receipt"
    """With a service receipt by the ladder of the law (送达回证)."""


@dataclass(frozen=True)
class PaperRule:
    """One row: a kind of paper with its life."""

    kind: str
    title: str
    drafters: frozenset[Role]
    approvers: frozenset[Role]
    word: str = ""
    """Word of the number series; a paper without one is not numbered."""
    service: Service = Service.NONE
    stages: frozenset[Stage] = OPEN
    is_about_guardian: bool = False
    steps: frozenset[TrackStep] | None = None
    """Steps of the guardian's track at which it may be drafted."""
    checkers: frozenset[Role] = frozenset()
    """Roles that must have checked it before it is approved (法制审核)."""
    needs_penalty_basis: bool = False
    deferral: DeferralKind | None = None
    """While the child is deferred: only under a deferral of this kind."""

    @property
    def is_numbered(self) -> bool:
        return bool(self.word)

    @property
    def office_kind(self) -> OfficeKind:
        """The kind of office that keeps the paper moving."""
        return min(self.drafters, key=list(Role).index).office_kind


def _roles(*names: Role) -> frozenset[Role]:
    return frozenset(names)


R = Role
TEACHERS, PRINCIPAL = _roles(R.CLASS_TEACHER, R.REGISTRAR), _roles(R.PRINCIPAL)
SCHOOL = TEACHERS | PRINCIPAL
TOWN, TOWN_HEAD = _roles(R.TOWNSHIP_CASE, R.TOWNSHIP_LAW), _roles(R.TOWNSHIP_HEAD)
COUNTY, COUNTY_HEAD = _roles(R.EDU_CASE, R.EDU_LAW), _roles(R.EDU_HEAD)
LAW, HEADS = _roles(R.TOWNSHIP_LAW, R.EDU_LAW), TOWN_HEAD | COUNTY_HEAD
T = TrackStep
BEFORE_COURT = frozenset({T.ORDER_EXPIRED, T.PENALTY_UNPERFORMED, T.DEMAND_SERVED})

_SCHOOL_PAPERS = (
    PaperRule("contact_record", "家校联系（家访）记录表", TEACHERS, PRINCIPAL),
    PaperRule("township_report", "疑似辍学学生书面报告（致乡镇）", SCHOOL, PRINCIPAL,
              "疑报", Service.SIGNED, DETECTED),
    PaperRule("county_report", "疑似辍学学生书面报告（致县教体局）", SCHOOL, PRINCIPAL,
              "疑报", Service.SIGNED, DETECTED),
    PaperRule("verification_opinion", "校长核证意见表", TEACHERS, PRINCIPAL,
              stages=DETECTED | CONFIRMED),
    PaperRule("dropout_survey", "义务教育辍学学生基本情况调查表", TEACHERS, PRINCIPAL,
              stages=DETECTED | CONFIRMED),
    PaperRule("dropout_return_notice", "义务教育辍学劝返复学通知书", TEACHERS, PRINCIPAL,
              "复学", Service.SIGNED, CONFIRMED - BACK, is_about_guardian=True),
    PaperRule("child_statement", "学生本人意见记录", TEACHERS, PRINCIPAL),
    PaperRule("placement_decision", "分类安置决定书", TEACHERS | COUNTY, PRINCIPAL | COUNTY_HEAD,
              "安置", Service.SIGNED, BACK),
    PaperRule("child_plan", "控辍保学一人一方案", TEACHERS | COUNTY, PRINCIPAL | COUNTY_HEAD,
              stages=STEPS | BACK | {Stage.DEFERRED}, deferral=DeferralKind.POLICY),
    PaperRule("monitoring_record", "复学登记和返校监测记录表", TEACHERS, PRINCIPAL, stages=BACK),
    PaperRule("sign_off_form", "销号审批表", SCHOOL | COUNTY, COUNTY_HEAD, stages=BACK),
)  # fmt: skip

_TOWNSHIP_PAPERS = (
    PaperRule("sponsor_list", "结对包保责任表", TOWN, TOWN_HEAD, stages=CONFIRMED),
    PaperRule("return_to_school_notice", "复学通知书", TOWN | COUNTY, HEADS, "复学",
              Service.SIGNED, CONFIRMED - BACK, is_about_guardian=True),
    PaperRule("persuasion_record", "劝返情况记录表", TOWN | TEACHERS, TOWN_HEAD | PRINCIPAL,
              stages=CONFIRMED),
    PaperRule("guardian_talk_record", "监护人批评教育笔录", TOWN, TOWN_HEAD, stages=OUT,
              is_about_guardian=True),
    PaperRule("return_promise", "送子女复学承诺书", TOWN | TEACHERS, TOWN_HEAD | PRINCIPAL,
              stages=OUT | BACK, is_about_guardian=True),
    PaperRule("correction_check", "改正情况核查表", TOWN | COUNTY, HEADS, stages=STEPS,
              is_about_guardian=True,
              steps=frozenset({T.ORDER_SERVED, T.ORDER_DUE, T.ORDER_EXPIRED})),
    PaperRule("escalation_form", "升级审批表", TOWN | COUNTY, HEADS, stages=STEPS,
              is_about_guardian=True),
    PaperRule("service_notice", "送达公告", LAW | TOWN | COUNTY, HEADS, "送达公告",
              stages=CONFIRMED, is_about_guardian=True),
    PaperRule("service_record", "送达回证", LAW | TOWN | COUNTY | TEACHERS, HEADS | PRINCIPAL,
              stages=CONFIRMED),
)  # fmt: skip

_PENALTY_PAPERS = (
    PaperRule("penalty_filing", "立案审批表", LAW, HEADS, stages=STEPS, is_about_guardian=True,
              steps=frozenset({T.ORDER_EXPIRED}), needs_penalty_basis=True),
    PaperRule("penalty_notice", "行政处罚事先告知书", LAW, HEADS, "罚告", Service.RECEIPT, STEPS,
              True, frozenset({T.PENALTY_FILED}), needs_penalty_basis=True),
    PaperRule("penalty_decision", "行政处罚决定书", LAW, HEADS, "罚决", Service.RECEIPT, STEPS,
              True, frozenset({T.PENALTY_DEFENDED, T.PENALTY_DECIDED}), LAW,
              needs_penalty_basis=True),
    PaperRule("no_penalty_decision", "不予行政处罚决定书", LAW, HEADS, "不罚", Service.RECEIPT,
              STEPS, True, frozenset({T.PENALTY_DEFENDED, T.ORDER_EXPIRED}), LAW,
              needs_penalty_basis=True),
    PaperRule("performance_demand", "履行行政决定催告书", LAW, HEADS, "催告", Service.RECEIPT,
              OWED, True, frozenset({T.PENALTY_UNPERFORMED})),
    PaperRule("enforcement_application", "强制执行申请书", LAW, HEADS, "强执申", Service.SIGNED,
              OWED, True, frozenset({T.DEMAND_SERVED}), LAW),
    PaperRule("suit_complaint", "民事起诉状", LAW, HEADS, stages=STEPS, is_about_guardian=True,
              steps=BEFORE_COURT, checkers=LAW),
)  # fmt: skip

_COUNTY_PAPERS = (
    PaperRule("notice_letter", "辍学学生情况告知函", COUNTY, COUNTY_HEAD, "教函", Service.SIGNED,
              CONFIRMED),
    PaperRule("hand_over_letter", "移交劝返函", COUNTY, COUNTY_HEAD, "教函", Service.SIGNED,
              frozenset({Stage.SUBJECT_PENDING, Stage.OUTBOUND_WAIT})),
    PaperRule("assessment_commission", "残疾儿童少年入学评估委托书", _roles(R.EDU_CASE),
              COUNTY_HEAD, "评委", Service.SIGNED, CONFIRMED),
    PaperRule("deferral_approval", "延缓入学（休学）申请审批表", COUNTY | TOWN, HEADS, "缓批",
              Service.SIGNED, OUT | BACK),
    PaperRule("relief_hand_over", "救助移交单", COUNTY, COUNTY_HEAD, "救移", Service.SIGNED,
              CONFIRMED),
    PaperRule("labour_letter", "童工线索通报函", COUNTY, COUNTY_HEAD, "教函", Service.SIGNED),
    PaperRule("referral_letter", "转介函", COUNTY, COUNTY_HEAD, "教函", Service.SIGNED),
    PaperRule("unlicensed_school_form", "违规办学线索移交单", COUNTY, COUNTY_HEAD, "线移",
              Service.SIGNED),
    PaperRule("accountability_letter", "问责线索移送函", COUNTY, COUNTY_HEAD, "教函",
              Service.SIGNED),
)  # fmt: skip

ALL: tuple[PaperRule, ...] = (
    *_SCHOOL_PAPERS, *_TOWNSHIP_PAPERS, *_PENALTY_PAPERS, *_COUNTY_PAPERS,
)  # fmt: skip
RULES: dict[str, PaperRule] = {rule.kind: rule for rule in ALL}


OFFICE: dict[str, PaperRule] = {
    rule.kind: rule
    for rule in (
        PaperRule(
            "entry_notice", "义务教育入学通知书", TOWN | COUNTY, HEADS, "入学", Service.SIGNED
        ),
        PaperRule("unregistered_list", "未到校注册学生名单", TEACHERS, PRINCIPAL),
        PaperRule("class_hand_over", "整班移交名册", TEACHERS, PRINCIPAL),
        PaperRule(
            "improvement_notice", "限期整改通知书", COUNTY, COUNTY_HEAD, "整改", Service.SIGNED
        ),
        PaperRule("work_bulletin", "控辍保学工作通报", COUNTY, COUNTY_HEAD, "教通", Service.SIGNED),
        PaperRule(
            "annual_material",
            "政府工作报告（控辍保学部分）素材",
            COUNTY,
            COUNTY_HEAD,
            "教函",
            Service.SIGNED,
        ),
        PaperRule("annual_assessment", "控辍保学年度考核表", COUNTY, COUNTY_HEAD),
        PaperRule("county_plan", "控辍保学一县一方案", COUNTY, COUNTY_HEAD, "教发"),
        PaperRule("school_plan", "控辍保学一校一方案", TEACHERS, PRINCIPAL, "校发"),
    )
}
"""Papers of no single case; they are drafted, approved and numbered in batches."""


def rule_of(state: CaseState, key: str) -> PaperRule | None:
    """Return the row of a paper of this case, or None where it has no such paper beside the line."""
    paper = state.papers.get(key)
    return RULES.get(paper.kind) if paper else None


def side_papers(state: CaseState) -> tuple[PaperFact, ...]:
    """Return the case's papers that live by this table."""
    return tuple(paper for paper in state.papers.values() if paper.kind in RULES)


def waits_for_service(paper: PaperFact) -> bool:
    """Tell whether a paper is issued and still has to reach its addressee."""
    rule = RULES.get(paper.kind)
    return (
        rule is not None and rule.service is not Service.NONE and paper.status is PaperStatus.ISSUED
    )


def word_of(rule: PaperRule, words: str) -> str:
    """Return the word of a paper's number series; ``words`` is ``kind=word`` pairs, by ``；``."""
    own = dict(pair.split("=", 1) for pair in words.split("；") if "=" in pair)
    return own.get(rule.kind, rule.word) if rule.word else ""
