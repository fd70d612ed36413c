"""What a paper is made from: frozen models of plain values, one per kind of paper.

Every field has an empty default on purpose: an incomplete paper is refused by
`papers.requirements` with one sentence per gap, not by a validation error in English.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field


class PaperPart(BaseModel):
    """A group of values inside a paper."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Guardian(PaperPart):
    """A guardian as a paper names one (监护人)."""

    name: str = ""
    relation: str = ""
    phone: str = ""


class Officer(PaperPart):
    """An officer who handles the matter and shows a licence (承办人员)."""

    name: str = ""
    licence_no: str = ""


class PaperData(PaperPart):
    """The values every numbered paper has."""

    key: ClassVar[str] = ""

    series_word: str = Field("", description="机关代字，如“示教劝”")
    year: int | None = Field(None, description="发文年度")
    serial: int | None = Field(None, description="序号；草稿为空")
    issuer: str = Field("", description="发文机关全称")
    case_no: str = Field("", title="案号")
    issued_on: date | None = Field(None, description="成文日期；草稿可空")
    contact_person: str = Field("", title="联系人")
    contact_phone: str = Field("", title="联系电话")
    verify_code: str = Field("", description="核验码；草稿和不编号的表格为空")
    verify_url: str = Field("", description="二维码所载的网址")
    form_pack: str = Field("default", description="辖区的表单样式")

    @property
    def is_unnumbered(self) -> bool:
        """A form without a number series bears no number."""
        return not self.series_word

    @property
    def is_draft(self) -> bool:
        """A paper without a serial number is a draft; a form without numbers, until it is dated."""
        return self.issued_on is None if self.is_unnumbered else self.serial is None

    @property
    def doc_no(self) -> str:
        """The document number (发文字号); a draft keeps two blanks where the serial will stand."""
        if self.is_unnumbered:
            return ""
        return f"{self.series_word}〔{self.year or '　　'}〕{self.serial or '　　'}号"


class ReturnOrderData(PaperData):
    """An order to a township to bring a child back to school (劝返指令)."""

    key: ClassVar[str] = "return_order"

    addressee: str = Field("", description="主送的乡镇人民政府、街道办事处")
    local_bases: tuple[str, ...] = Field((), description="本地依据，印在法律依据之后，可空")
    child_name: str = ""
    child_sex: str = ""
    child_birth_on: date | None = None
    roll_no_masked: str = Field("", description="已遮蔽的学籍号")
    school: str = ""
    grade_class: str = ""
    guardians: tuple[Guardian, ...] = ()
    home_address: str = ""
    absent_since: date | None = None
    absent_school_days: int | None = Field(None, description="截至成文日的缺勤教学日数")
    cause: str = ""
    whereabouts: str = ""
    work_done: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    sponsors_requirement: str = Field("", description="包保要求")
    feedback_due_on: date | None = None
    signed_by: str = Field("", description="签发人；下行文不印，编号的前提")
    copy_to: tuple[str, ...] = ()
    printed_by: str = Field("", description="印发机关")
    printed_on: date | None = None


class CorrectionOrderData(PaperData):
    """An order to a guardian to send the child to school within a period (责令限期改正通知书)."""

    key: ClassVar[str] = "correction_order"

    guardian_name: str = ""
    guardian_sex: str = ""
    guardian_id_no: str = ""
    guardian_address: str = ""
    guardian_phone: str = ""
    relation: str = Field("", description="监护人与学生的关系，如“父亲”")
    child_name: str = ""
    child_birth_on: date | None = None
    school: str = ""
    grade_class: str = ""
    facts: str = ""
    evidence: tuple[str, ...] = ()
    legal_bases: tuple[str, ...] = ()
    correction_days: int | None = None
    correction_due_rule: str = Field("", description="期限自送达起算的完整句子")
    required_act: str = ""
    school_address: str = ""
    consequence: str = ""
    review_body: str = ""
    review_days: int | None = None
    court: str = ""
    suit_months: int | None = None
    officers: tuple[Officer, ...] = ()
