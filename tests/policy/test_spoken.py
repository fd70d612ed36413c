"""What ``guixue rules`` prints can be read by a lawyer: no code, nothing cut."""

from __future__ import annotations

import re
from datetime import date

import pytest

from models.rules import Parameter
from models.words import Unit, Weight
from policy.loader import profiles, snapshot
from policy.spoken import said

CODE = re.compile(r"[a-z_]{2,}|[:=]\w*[a-z]")


@pytest.mark.parametrize("day", [date(2020, 8, 1), date(2022, 8, 1), date(2026, 11, 22)])
@pytest.mark.parametrize("profile", profiles())
def test_no_value_or_remark_shows_a_code(profile: str, day: date) -> None:
    """Roles, offices, options and measures have Chinese names in every profile."""
    shown = [
        text
        for rule in snapshot(profile, day).parameters.values()
        for text in (said(rule), rule.label, rule.note, rule.source_text)
    ]
    assert [text for text in shown if CODE.search(text)] == []
    assert "" not in shown


def rule(name: str, value: int | str | bool, unit: Unit = Unit.TEXT) -> Parameter:
    return Parameter(
        name=name, label="规则", value=value, unit=unit, weight=Weight.HOUSE_DEFAULT,
        note="说明", jurisdiction="nation", effective_from=date(2020, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (rule("absence_warning_days", "1:class_teacher,2:principal"), "第1天班主任、第2天校长"),
        (rule("leave_approval", "1:class_teacher,3:principal,9:principal"),
         "1天以内班主任、9天以内校长"),
        (rule("annual_calendar", "3:部署,6-8:发通知书"), "3月部署、6至8月发通知书"),
        (rule("entry_age_cutoff", "08-31"), "8月31日"),
        (rule("responsibility_seats", "government:county 县领导;education:class 班主任"),
         "政府线：县—县领导；教育线：班级—班主任"),
        (rule("report_lines", "platform,township"), "政府救助平台、乡镇（街道）"),
        (rule("joint_min_organs", 2, Unit.COUNT), "2个单位"),
        (rule("min_visits", 2, Unit.COUNT), "2次"),
        (rule("order_days", 7, Unit.CALENDAR_DAY), "7日"),
        (rule("four_steps", value=True, unit=Unit.FLAG), "是"),
        (rule("penalty_basis", ""), "（无）"),
    ],
)  # fmt: skip
def test_a_value_is_said_as_people_say_it(one: Parameter, told: str) -> None:
    """Lists, days, seats and counts each in their own words."""
    assert said(one) == told
