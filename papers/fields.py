"""Groups of fields that papers share; a kind of paper is made of them and of a few of its own.

The title of a field is the word people know it by: refusals name it. Every default is empty: what
is missing is found by `papers.requirements`, in Chinese, all at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from papers.data import Guardian, Officer, PaperData, PaperPart


def word(title: str) -> Any:
    """Declare a text."""
    return Field("", title=title)


def day(title: str) -> Any:
    """Declare a date."""
    return Field(None, title=title)


def number(title: str) -> Any:
    """Declare a whole number."""
    return Field(None, title=title)


def year(title: str) -> Any:
    """Declare a year of four digits."""
    return Field(None, title=title, ge=2000, le=2100)


def several(title: str) -> Any:
    """Declare a list."""
    return Field((), title=title)


class Visit(PaperPart):
    """One persuasion visit as the ledger holds it."""

    on: str = ""
    visitors: str = ""
    organs: str = ""
    met: str = ""
    child_words: str = ""
    result: str = ""
    note: str = ""


class SponsorLine(PaperPart):
    """One person bound to the child (包保人)."""

    name: str = ""
    post: str = ""
    side: str = ""


class Stretch(PaperPart):
    """One monitored stretch after the return."""

    from_on: str = ""
    to_on: str = ""
    attendance: str = ""
    child_words: str = ""
    note: str = ""


class Line(PaperPart):
    """A line of a list: what it is, and what is said of it."""

    name: str = ""
    text: str = ""


class FigureLine(PaperPart):
    """A figure with how it is counted, or where it stands."""

    name: str = ""
    text: str = ""
    source: str = ""


class ChildPart(PaperData):
    """The child (适龄儿童、少年)."""

    child_name: str = word("学生姓名")
    child_sex: str = word("学生性别")
    child_birth_on: date | None = day("学生出生日期")
    roll_no_masked: str = word("学籍号（遮蔽）")
    school: str = word("就读学校")
    school_address: str = word("学校地址")
    grade_class: str = word("年级和班级")
    home_address: str = word("现住址")
    household_address: str = word("户籍地址")


class GuardiansPart(PaperData):
    """Everybody who brings the child up."""

    guardians: tuple[Guardian, ...] = several("监护人")


class AbsencePart(PaperData):
    """Since when, why and where the child is."""

    absent_since: date | None = day("缺勤起始日")
    absent_school_days: int | None = number("缺勤教学日数")
    cause: str = word("原因")
    whereabouts: str = word("去向")


class WorkPart(PaperData):
    """What has been done so far, as the ledger holds it."""

    work_done: tuple[str, ...] = several("已做工作")


class PartyPart(PaperData):
    """The guardian a paper is addressed to (当事人)."""

    guardian_name: str = word("监护人姓名")
    guardian_sex: str = word("监护人性别")
    guardian_id_no: str = word("监护人身份证件号码")
    guardian_address: str = word("监护人住址")
    guardian_phone: str = word("监护人电话")
    relation: str = word("与学生的关系")


class BasisPart(PaperData):
    """The law a paper rests on; taken from `paper.toml`, never typed."""

    legal_bases: tuple[str, ...] = several("法律依据")


class RemedyPart(PaperData):
    """Where and until when the guardian may turn (复议、诉讼)."""

    review_body: str = word("行政复议机关")
    review_days: int | None = number("行政复议期限（日数）")
    court: str = word("管辖法院")
    suit_months: int | None = number("行政诉讼期限（月数）")


class OfficersPart(PaperData):
    """Who handles the matter and shows a licence."""

    officers: tuple[Officer, ...] = several("承办人员")


class LetterPart(PaperData):
    """What a 公文 or a 函 has around its body."""

    addressee: str = word("主送单位")
    copy_to: tuple[str, ...] = several("抄送单位")
    printed_by: str = word("印发机关")
    printed_on: date | None = day("印发日期")
    feedback_due_on: date | None = day("反馈期限")


class OrderPart(PaperData):
    """The order to correct that the guardian has had."""

    order_doc_no: str = word("责令改正通知书文号")
    order_issued_on: date | None = day("责令改正作出日期")
    order_served_on: date | None = day("责令改正送达日期")


class DecisionPart(PaperData):
    """The penalty decision the guardian has had."""

    decision_doc_no: str = word("处罚决定书文号")
    decision_on: date | None = day("处罚决定日期")
    decision_served_on: date | None = day("处罚决定送达日期")
    remedy_facts: str = word("复议、诉讼情况")
    amount_yuan: int | None = number("罚款金额（元）")
