"""The data of papers that belong to no single case: notices of a whole township, lists, bulletins."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from papers.data import PaperData, PaperPart
from papers.fields import (
    BasisPart,
    ChildPart,
    FigureLine,
    LetterPart,
    Line,
    PartyPart,
    day,
    number,
    several,
    word,
    year,
)


class EntryNoticeData(PartyPart, ChildPart, BasisPart):
    """The notice to enter school, June to August (入学通知书, YN-6e)."""

    key: ClassVar[str] = "entry_notice"
    school_year: int | None = number("学年")
    report_on: date | None = day("报到日期")
    materials: str = word("报到材料")
    joint_issuer: str = word("联合发文机关")


class RosterLine(PaperPart):
    """One child of a list."""

    name: str = ""
    sex: str = ""
    grade_class: str = ""
    guardian: str = ""
    phone: str = ""
    reason: str = ""
    whereabouts: str = ""
    record: str = ""
    teacher: str = ""


class UnregisteredListData(BasisPart):
    """Registered children who did not come in the first week (未到校注册学生名单, DC-2.3.1a)."""

    key: ClassVar[str] = "unregistered_list"
    school: str = word("学校")
    term: str = word("学期")
    filled_by: str = word("填表人")
    lines: tuple[RosterLine, ...] = several("名单")


class HandOverLine(PaperPart):
    """One pupil handed from primary to junior school."""

    name: str = ""
    sex: str = ""
    from_school: str = ""
    to_school: str = ""
    has_reported: str = ""
    reason: str = ""
    follow_up: str = ""


class ClassHandOverData(BasisPart):
    """A whole class handed to the junior school (整班移交名册, DC-2.4)."""

    key: ClassVar[str] = "class_hand_over"
    from_school: str = word("移交学校")
    to_school: str = word("接收学校")
    filled_by: str = word("填表人")
    lines: tuple[HandOverLine, ...] = several("名册")


class ImprovementNoticeData(LetterPart, BasisPart):
    """A school told to mend something within a period (限期整改通知书, ZY-3.2b)."""

    key: ClassVar[str] = "improvement_notice"
    findings: tuple[str, ...] = several("存在的问题")
    demands: tuple[str, ...] = several("整改要求")
    improve_by: date | None = day("整改期限")
    recheck: str = word("复查安排")


class WorkBulletinData(LetterPart, BasisPart):
    """How the work stands, without anybody's name (控辍保学工作通报, YN-15a)."""

    key: ClassVar[str] = "work_bulletin"
    period: str = word("通报时段")
    overview: str = word("总体情况")
    figures: tuple[Line, ...] = several("指标")
    findings: tuple[str, ...] = several("主要问题")
    demands: tuple[str, ...] = several("工作要求")


class AnnualMaterialData(LetterPart, BasisPart):
    """What the government's yearly report may say of the work (政府工作报告素材, F11, YN-12)."""

    key: ClassVar[str] = "annual_material"
    report_year: int | None = year("年度")
    counted_over: str = word("统计时段")
    indicators: tuple[FigureLine, ...] = several("主要指标")
    counts: tuple[FigureLine, ...] = several("个案办理情况")
    main_work: tuple[str, ...] = several("主要工作")
    findings: tuple[str, ...] = several("存在的问题")
    next_steps: tuple[str, ...] = several("下一年打算")


class AnnualAssessmentData(PaperData):
    """The facts of a school or township for its yearly assessment (年度考核表, F11, YN-5.6b).

    It holds no score, grade or rank: people judge, by hand, on the printed form.
    """

    key: ClassVar[str] = "annual_assessment"
    report_year: int | None = year("年度")
    counted_over: str = word("统计时段")
    unit: str = word("被考核单位")
    head: str = word("负责人")
    results: tuple[FigureLine, ...] = several("工作情况")
    self_review: str = word("自评")


class _Plan(LetterPart, BasisPart):
    school_year: int | None = year("学年")
    school_term: int | None = Field(None, title="学期", ge=1, le=2)
    """Empty: for the whole school year."""
    goals: tuple[str, ...] = several("工作目标")
    basics: tuple[FigureLine, ...] = several("基本情况")
    duty_lines: tuple[Line, ...] = several("责任分工")
    measures: tuple[str, ...] = several("工作措施")
    schedule: tuple[Line, ...] = several("时间安排")
    safeguards: tuple[str, ...] = several("保障措施")


class CountyPlanData(_Plan):
    """The county's plan of a school year (一县一方案, F12, YN-9a)."""

    key: ClassVar[str] = "county_plan"


class SchoolPlanData(_Plan):
    """A school's plan of a school year (一校一方案, F12, YN-9a)."""

    key: ClassVar[str] = "school_plan"


class DossierPaper(PaperPart):
    """One paper in the table of contents of a file."""

    title: str = ""
    doc_no: str = ""
    on: str = ""
    status: str = ""
    sha256: str = ""


class DossierEvent(PaperPart):
    """One event of the timeline."""

    seq: str = ""
    on: str = ""
    label: str = ""
    who: str = ""
    role: str = ""
    stage: str = ""
    in_time: str = ""
    hash: str = ""


class CaseDossierData(ChildPart):
    """The table of contents of a case's file and its timeline (F13 案件卷宗目录)."""

    key: ClassVar[str] = "case_dossier"
    stage: str = word("案件阶段")
    opened_on: date | None = day("立案日期")
    closed_on: date | None = day("结案日期")
    papers: tuple[DossierPaper, ...] = several("文书")
    events: tuple[DossierEvent, ...] = several("经过")
