"""Say the value of a rule as people say it: no code that only the program knows."""

from __future__ import annotations

from collections.abc import Callable

from models.census import CensusMethod
from models.rules import Parameter
from models.seats import Level, Line
from models.words import ReportLine, Role, Unit

NONE = "（无）"
_ISSUERS = {"township": "乡镇人民政府", "county": "县级教育行政部门"}
_HOME_VISITS = {
    "until_return": "未返校前持续家访",
    "first_week_until_return": "开学第一周起持续家访，直至返校",
    "regular": "对重点对象经常性家访",
}
_GUARDS = {
    "after_four_steps": "四步法依法可行的步骤走完仍未劝返",
    "joint_visits_or_judgment": "联合劝返满规定次数，或有生效裁判且监护人已履行而本人拒返",
}
_SUBJECTS = {
    "inflow": "随迁子女由流入地（学籍地）负责",
    "enrol_or_household": "人在学籍县的由学籍县负责，不在的由户籍县负责",
}
_FORMS = {
    "default": "系统自带的文书",
    "inspection_form": "系统自带的文书，另有督查情况表",
    "zhongyang_2020_12": "调查表、劝返复学通知书、劝返情况记录表（中阳县三表）",
}
_COUNTED = {"sample_classes": "个班", "joint_min_organs": "个单位"}
"""What is counted, where it is not times (次)."""


def said(parameter: Parameter) -> str:
    """Write a value with its unit as people say it."""
    name, value = parameter.name, parameter.value
    if parameter.unit is Unit.FLAG:
        return "是" if value else "否"
    if value == "":
        return NONE
    if parameter.unit is Unit.TEXT:
        return _TEXTS.get(name, _listed)(str(value))
    return f"{value}{_COUNTED.get(name, parameter.unit.label)}"


def _one_of(words: dict[str, str]) -> Callable[[str], str]:
    return lambda value: words.get(value, value)


def _listed(value: str) -> str:
    return value.replace(",", "、")


def _roles_by_day(before: str, after: str) -> Callable[[str], str]:
    """Read ``1:class_teacher,2:principal``; of one role named twice the last day counts."""

    def told(value: str) -> str:
        days = {role: day for day, _, role in (part.partition(":") for part in value.split(","))}
        return "、".join(f"{before}{day}{after}{Role(role).label}" for role, day in days.items())

    return told


def _calendar(value: str) -> str:
    pairs = [part.partition(":") for part in value.split(",")]
    return "、".join(f"{months.replace('-', '至')}月{task}" for months, _, task in pairs)


def _day_of_year(value: str) -> str:
    month, _, day = value.partition("-")
    return f"{int(month)}月{int(day)}日"


def _seats(value: str) -> str:
    """Read ``government:county 县领导,…;education:…``."""
    lines = []
    for part in value.split(";"):
        line, _, seats = part.partition(":")
        pairs = [seat.split(" ", 1) for seat in seats.split(",")]
        told = "、".join(f"{Level(level).label}—{name}" for level, name in pairs)
        lines.append(f"{Line(line).label}：{told}")
    return "；".join(lines)


_TEXTS: dict[str, Callable[[str], str]] = {
    "absence_warning_days": _roles_by_day("第", "天"),
    "leave_approval": _roles_by_day("", "天以内"),
    "annual_calendar": _calendar,
    "entry_age_cutoff": _day_of_year,
    "monthly_report_day": lambda value: f"每月{value}日",
    "responsibility_seats": _seats,
    "report_lines": lambda value: "、".join(ReportLine(one).label for one in value.split(",")),
    "verifier": lambda value: Role(value).label,
    "policy_deferral_approver": lambda value: Role(value).label,
    "census_method": lambda value: CensusMethod(value).label,
    "order_issuer": _one_of(_ISSUERS),
    "home_visit": _one_of(_HOME_VISITS),
    "policy_deferral_guard": _one_of(_GUARDS),
    "subject_rule": _one_of(_SUBJECTS),
    "form_pack": _one_of(_FORMS),
}
