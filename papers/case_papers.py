"""The data of papers of a case, one class per kind; shared fields come from `papers.fields`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from papers.fields import (
    AbsencePart,
    BasisPart,
    ChildPart,
    GuardiansPart,
    LetterPart,
    Line,
    OfficersPart,
    OrderPart,
    PartyPart,
    SponsorLine,
    Stretch,
    Visit,
    WorkPart,
    day,
    several,
    word,
)


class ContactRecordData(ChildPart, GuardiansPart):
    """A contact with the family or a home visit (家校联系、家访记录表, DC-2.3.4)."""

    key: ClassVar[str] = "contact_record"
    contacted_at: str = word("联系（家访）时间")
    place: str = word("地点")
    method: str = word("方式")
    participants: str = word("参与人")
    met: str = word("见到何人")
    child_words: str = word("学生本人意见")
    situation: str = word("基本情况")
    result: str = word("结果和下一步打算")


class _Report(ChildPart, GuardiansPart, AbsencePart, WorkPart, LetterPart, BasisPart):
    signer: str = word("签发人")
    platform_receipt_no: str = word("政府救助平台回执号")
    request: str = word("工作建议")


class TownshipReportData(_Report):
    """The school's written report to the township (DC-2.3.2d)."""

    key: ClassVar[str] = "township_report"


class CountyReportData(_Report):
    """The school's written report to the county bureau (DC-2.3.2e, 未成年人保护法 28)."""

    key: ClassVar[str] = "county_report"


class VerificationOpinionData(ChildPart, GuardiansPart, AbsencePart):
    """The principal's verification (校长核证意见表, DC-2.3.3j)."""

    key: ClassVar[str] = "verification_opinion"
    conclusion: str = word("核证结论")
    verification: str = word("核证经过")
    evidence: tuple[str, ...] = several("证据")


class DropoutSurveyData(ChildPart, GuardiansPart, AbsencePart, WorkPart):
    """The survey of a dropout (中阳县调查表, ZY-2.6b)."""

    key: ClassVar[str] = "dropout_survey"
    economy: str = word("家庭经济状况")
    family: tuple[Line, ...] = several("家庭成员")
    study: str = word("学业情况")
    investigator: str = word("调查人")


class DropoutReturnNoticeData(PartyPart, ChildPart, AbsencePart, BasisPart):
    """The school's notice to come back (中阳县劝返复学通知书, ZY-2.6b)."""

    key: ClassVar[str] = "dropout_return_notice"
    return_by: date | None = day("返校期限")


class ReturnToSchoolNoticeData(PartyPart, ChildPart, AbsencePart, BasisPart):
    """The township's and the county's notice to come back to school (复学通知书, YN-6e)."""

    key: ClassVar[str] = "return_to_school_notice"
    return_by: date | None = day("报到期限")
    materials: str = word("报到材料")
    joint_issuer: str = word("联合发文机关")


class ChildStatementData(ChildPart):
    """The child's own words (学生本人意见记录, 未成年人保护法 4、19)."""

    key: ClassVar[str] = "child_statement"
    spoken_at: str = word("时间")
    place: str = word("地点")
    present: str = word("在场人")
    statement: str = word("学生陈述")


class PlacementDecisionData(ChildPart, GuardiansPart, BasisPart):
    """How the returned child is taught, with its own plan (分类安置决定书、一人一方案, YN-9)."""

    key: ClassVar[str] = "placement_decision"
    addressee: str = word("主送")
    placement_way: str = word("安置方式")
    placement_reason: str = word("安置理由")
    grade_basis: str = word("年级依据（学识评估）")
    teaching_plan: str = word("教学计划")
    counselling: str = word("心理辅导")
    aid: str = word("资助和帮扶")
    responsible: tuple[Line, ...] = several("责任人")


class ChildPlanData(ChildPart, GuardiansPart, BasisPart):
    """How one child is brought back and taught (一人一方案, YN-9a, YN-9b)."""

    key: ClassVar[str] = "child_plan"
    cause: str = word("原因")
    placement_way: str = word("安置方式")
    grade_basis: str = word("年级依据（学识评估）")
    teaching_plan: str = word("教学计划")
    counselling: str = word("心理辅导")
    aid: str = word("资助和帮扶")
    sponsors: tuple[SponsorLine, ...] = several("包保责任人")
    responsible: tuple[Line, ...] = several("学校责任人")
    contact_plan: str = word("联系和送教安排")
    milestones: tuple[Line, ...] = several("阶段目标和时间")


class MonitoringRecordData(ChildPart):
    """Return and monitoring (复学登记和返校监测记录表, JJ5-2.2a)."""

    key: ClassVar[str] = "monitoring_record"
    returned_on: date | None = day("返校日期")
    placement_way: str = word("安置方式")
    stretches: tuple[Stretch, ...] = several("监测记录")
    risk: str = word("风险和建议")


class SignOffFormData(ChildPart):
    """The form that strikes a case off (销号审批表, JJ5-4.2c)."""

    key: ClassVar[str] = "sign_off_form"
    returned_on: date | None = day("返校日期")
    placement_way: str = word("安置方式")
    attending_since: date | None = day("到校就读起始日")
    monitored_until: date | None = day("监测期截止日")
    stretches: tuple[Stretch, ...] = several("监测记录")
    conclusion: str = word("销号理由")
    evidence: tuple[str, ...] = several("证据")


class SponsorListData(ChildPart, GuardiansPart):
    """Who is bound to the child (结对包保责任表, YN-5.3b, CX-1a)."""

    key: ClassVar[str] = "sponsor_list"
    sponsors: tuple[SponsorLine, ...] = several("包保责任人")
    school_sponsor: str = word("学校责任人")
    leader: str = word("挂包领导")
    duties: str = word("包保责任")


class PersuasionRecordData(ChildPart, GuardiansPart, AbsencePart):
    """Every visit so far (宣传教育劝返情况记录表, YN-8b, ZY-2.6b)."""

    key: ClassVar[str] = "persuasion_record"
    visits: tuple[Visit, ...] = several("劝返记录")


class GuardianTalkRecordData(PartyPart, ChildPart, OfficersPart, BasisPart):
    """The record of reasoning with a guardian (监护人批评教育笔录, 义务教育法 58)."""

    key: ClassVar[str] = "guardian_talk_record"
    spoken_at: str = word("时间")
    place: str = word("地点")
    facts: str = word("事实")
    teaching: str = word("批评教育内容")
    hired_by: str = word("非法招用的单位或者个人（没有招用的不填）")
    attitude: str = word("监护人的陈述和态度")


class ReturnPromiseData(PartyPart, ChildPart):
    """The guardian's promise (送子女复学承诺书)."""

    key: ClassVar[str] = "return_promise"
    return_by: date | None = day("返校日期")
    help: str = word("学校和乡镇的帮扶")


class EscalationFormData(PartyPart, ChildPart, AbsencePart, WorkPart):
    """The form before each further step (升级审批表, DC-2.7.4a)."""

    key: ClassVar[str] = "escalation_form"
    visit_count: int = 0
    facts: str = word("案情")
    reasons: str = word("升级理由")
    measure: str = word("拟采取的措施")


class CorrectionCheckData(PartyPart, ChildPart, OrderPart, OfficersPart):
    """The check at the end of the period (改正情况核查表)."""

    key: ClassVar[str] = "correction_check"
    checked_on: date | None = day("核查日期")
    outcome: str = word("核查结果")
    findings: str = word("核查情况")
    evidence: tuple[str, ...] = several("证据")


class NoticeLetterData(ChildPart, AbsencePart, WorkPart, LetterPart, BasisPart):
    """The letter that tells the county of the register (辍学学生情况告知函, YN-7f)."""

    key: ClassVar[str] = "notice_letter"


class HandOverLetterData(ChildPart, GuardiansPart, AbsencePart, WorkPart, LetterPart, BasisPart):
    """The letter that asks that county to take over (移交劝返函, YN-8c)."""

    key: ClassVar[str] = "hand_over_letter"
    items: tuple[str, ...] = several("移交事项")
    enclosures: tuple[str, ...] = several("附件")


class AssessmentCommissionData(ChildPart, GuardiansPart, LetterPart, BasisPart):
    """The commission of an assessment (评估委托书, 残疾人教育条例 20); confidential."""

    key: ClassVar[str] = "assessment_commission"
    application: str = word("监护人的申请和意愿")
    condition: str = word("身体状况")
    materials: tuple[str, ...] = several("所附材料")


class DeferralApprovalData(ChildPart, GuardiansPart, BasisPart):
    """The form that approves a deferral (延缓入学、休学申请审批表, 义务教育法 11)."""

    key: ClassVar[str] = "deferral_approval"
    deferral_kind: str = word("申请类别")
    deferral_reason: str = word("申请理由")
    proofs: tuple[str, ...] = several("证明材料")
    deferred_until: date | None = day("期限")
    persuasion_plan: str = word("继续劝返和送教计划")


class ReferralLetterData(ChildPart, LetterPart, BasisPart):
    """A matter another department is asked to act on (转介函, YN-5)."""

    key: ClassVar[str] = "referral_letter"
    matter: str = word("转介事由")
    own_basis: str = word("请求的依据")
    requests: tuple[str, ...] = several("请求事项")


class LabourLetterData(ChildPart, LetterPart, BasisPart):
    """A lead on child labour (童工线索通报函, JJ5-3.2c)."""

    key: ClassVar[str] = "labour_letter"
    workplace: str = word("用工单位和地点")
    lead_source: str = word("线索来源")
    requests: tuple[str, ...] = several("请求事项")


class ReliefHandOverData(ChildPart, GuardiansPart, LetterPart, BasisPart):
    """A family handed over for relief (救助移交单, YN-10c)."""

    key: ClassVar[str] = "relief_hand_over"
    matter: str = word("困难情况和移交事由")
    requests: tuple[str, ...] = several("建议救助事项")


class UnlicensedSchoolFormData(ChildPart, LetterPart, BasisPart):
    """A lead on teaching without a licence (违规办学线索移交单, JJ5-4.4b)."""

    key: ClassVar[str] = "unlicensed_school_form"
    institution: str = word("机构名称和地点")
    facts: str = word("线索情况")
    evidence: tuple[str, ...] = several("证据")


class AccountabilityLetterData(LetterPart, BasisPart):
    """A matter of duty handed to whoever judges it (问责线索移送函, YN-14)."""

    key: ClassVar[str] = "accountability_letter"
    facts: str = word("事实")
    responsible_body: str = word("责任主体")
    enclosures: tuple[str, ...] = several("附件")
