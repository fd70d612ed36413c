"""The data of papers of steps three and four, and of service (行政处罚、强制执行、送达)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from models.words import NoPenaltyGround
from papers.data import PaperPart
from papers.fields import (
    BasisPart,
    ChildPart,
    DecisionPart,
    OfficersPart,
    OrderPart,
    PartyPart,
    RemedyPart,
    day,
    number,
    several,
    word,
)


class PenaltyFilingData(PartyPart, ChildPart, OrderPart, OfficersPart, BasisPart):
    """The form that opens the procedure (立案审批表, 行政处罚法 54)."""

    key: ClassVar[str] = "penalty_filing"
    matter: str = word("案由")
    lead_source: str = word("案件来源")
    facts: str = word("初步查明的事实")


class _Facts(PartyPart, ChildPart, OrderPart, OfficersPart, BasisPart):
    facts: str = word("认定的事实")
    evidence: tuple[str, ...] = several("证据")
    penalty_basis: str = word("处罚依据")


class PenaltyNoticeData(_Facts):
    """The advance notice with the right to a hearing (事先告知书, 行政处罚法 44、63)."""

    key: ClassVar[str] = "penalty_notice"
    penalty_text: str = word("拟处罚的种类")
    amount_yuan: int | None = number("拟罚款金额（元）")
    reasons: str = word("处罚理由")
    defence_days: int | None = number("陈述申辩和听证申请期限（工作日）")


class PenaltyDecisionData(_Facts, RemedyPart):
    """The decision (行政处罚决定书, 行政处罚法 59)."""

    key: ClassVar[str] = "penalty_decision"
    notice_doc_no: str = word("事先告知书文号")
    notice_served_on: date | None = day("事先告知书送达日期")
    defence_review: str = word("陈述申辩（听证）意见的采纳情况")
    penalty_text: str = word("处罚的种类")
    amount_yuan: int | None = number("罚款金额（元）")
    correction: str = word("改正要求")
    payee: str = word("代收机构名称")
    payee_address: str = word("代收机构地址和账户")
    payment_days: int | None = number("缴纳期限（日数）")
    surcharge_percent: int | None = number("加处罚款的比例（%）")


class NoPenaltyDecisionData(_Facts, RemedyPart):
    """The decision not to punish (不予行政处罚决定书, 行政处罚法 31、33、36、57)."""

    key: ClassVar[str] = "no_penalty_decision"
    ground: NoPenaltyGround | None = Field(None, title="不予处罚的情形")
    reasons: str = word("不予处罚的理由")
    teaching: str = word("教育和要求")


class PerformanceDemandData(PartyPart, ChildPart, DecisionPart, OfficersPart, BasisPart):
    """The demand before the court is asked (催告书, 行政强制法 54)."""

    key: ClassVar[str] = "performance_demand"
    surcharge_yuan: int | None = number("加处罚款金额（元）")
    demand_days: int | None = number("催告期限（工作日）")
    performance: str = word("履行方式")


class EnforcementApplicationData(PartyPart, ChildPart, DecisionPart, BasisPart):
    """The application to the court (强制执行申请书, 行政强制法 55)."""

    key: ClassVar[str] = "enforcement_application"
    court: str = word("受理法院")
    issuer_address: str = word("申请人地址")
    head: str = word("申请人法定代表人（姓名、职务）")
    surcharge_yuan: int | None = number("加处罚款金额（元）")
    demand_served_on: date | None = day("催告书送达日期")
    requests: tuple[str, ...] = several("请求事项")
    facts: str = word("事实与理由")
    enclosures: tuple[str, ...] = several("其他材料")


class SuitComplaintData(PartyPart, ChildPart, OrderPart, BasisPart):
    """The complaint of the civil suit (民事起诉状, 民事诉讼法 122)."""

    key: ClassVar[str] = "suit_complaint"
    court: str = word("受理法院")
    issuer_address: str = word("原告地址")
    head: str = word("原告法定代表人（姓名、职务）")
    requests: tuple[str, ...] = several("诉讼请求")
    facts: str = word("事实与理由")
    evidence: tuple[str, ...] = several("证据和证人")


class ServiceNoticeData(PartyPart, BasisPart):
    """Service by public notice (送达公告, 民事诉讼法 95)."""

    key: ClassVar[str] = "service_notice"
    served_title: str = word("所送达文书的名称")
    served_doc_no: str = word("所送达文书的文号")
    gist: str = word("文书内容要点")
    reasons: str = word("公告送达的原因和经过")
    notice_days: int | None = number("公告期（日数）")
    claim_place: str = word("领取地点")


class Attempt(PaperPart):
    """One attempt at service that failed."""

    on: str = ""
    method: str = ""
    reason: str = ""


class ServiceRecordData(PartyPart):
    """The service receipt of one paper, filled from the ledger (送达回证, 民事诉讼法 87)."""

    key: ClassVar[str] = "service_record"
    served_title: str = word("送达文书名称")
    served_doc_no: str = word("文号")
    recipient: str = word("受送达人")
    place: str = word("送达地点")
    method: str = word("送达方式")
    served_on: date | None = day("送达日期")
    servers: tuple[str, ...] = several("送达人")
    receipt_ref: str = word("签收或影像编号")
    attempts: tuple[Attempt, ...] = several("送达未果的记录")
