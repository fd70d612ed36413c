"""F10, the indicators: one table of formulas, each with its figures, period and cases behind it.

A formula prints beside its figure. Where a list it needs is missing, there is no figure and the
reason is said; nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.words import DutyStatus, PeriodicStatus, Stage
from papers.book import BookTable, Column
from reports.case_lines import CaseLine
from reports.indicator_facts import DutyFact, IndicatorFacts, PaperFactLine, RoundFact

CASE, ROLL, ROUND, CLASS = "案号", "学籍名册学生（不列名）", "单位代码和期次", "班级代码"


@dataclass(frozen=True)
class Counted:
    """Numerator and denominator, and the numbers of the cases that stand behind the figure."""

    numerator: int | None
    denominator: int | None
    cases: tuple[str, ...] = ()
    """What counts against the figure: where an officer has to look."""
    missing: str = ""
    """Why there is no figure."""
    top: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    """What the numerator and the denominator are made of; see ``Indicator.made_of``."""
    said: str = ""
    """What the figure was made up from, where two numbers do not say it."""


@dataclass(frozen=True)
class Indicator:
    """One row of the table of indicators."""

    id: str
    label: str
    formula: str
    source: str
    count: Callable[[IndicatorFacts], Counted]
    is_count: bool = False
    """A number of children, not a rate; the aim is 0."""
    made_of: tuple[str, str] = (CASE, CASE)
    """What is listed behind numerator and denominator; pupils of a roll are counted, not listed."""


@dataclass(frozen=True)
class Figure:
    """An indicator with what was counted for one place and period."""

    indicator: Indicator
    counted: Counted

    @property
    def value(self) -> float | None:
        """The rate, or the number itself; None where it cannot be counted."""
        top, under = self.counted.numerator, self.counted.denominator
        if top is None:
            return None
        if self.indicator.is_count:
            return float(top)
        return top / under if under else None

    @property
    def note(self) -> str:
        if self.counted.missing:
            return self.counted.missing
        if self.value is None and not self.indicator.is_count:
            return "分母为0，本期没有应计的事项，不计算。"
        return self.counted.said

    @property
    def named(self) -> frozenset[str]:
        """Every case the figure leads to."""
        lists = zip(self.indicator.made_of, (self.counted.top, self.counted.under), strict=True)
        listed = (no for what, numbers in lists if what == CASE for no in numbers)
        return frozenset({*self.counted.cases, *listed})


def _numbers(lines: Sequence[CaseLine]) -> tuple[str, ...]:
    return tuple(line.case_no for line in lines)


def _dropouts(junior: bool) -> Callable[[IndicatorFacts], Counted]:
    """Dropped out within the period and not back at its end, of those on the roll at its start."""

    def count(facts: IndicatorFacts) -> Counted:
        lines = [
            line for line in facts.lines
            if line.is_junior is junior and line.grade and _new(line, facts)
            and line.is_confirmed_out_on(facts.last)
        ]  # fmt: skip
        return _of_roll(facts, junior, lines)

    return count


def _stock(junior: bool) -> Callable[[IndicatorFacts], Counted]:
    def count(facts: IndicatorFacts) -> Counted:
        lines = [
            line for line in facts.lines
            if line.is_junior is junior and line.grade and line.is_confirmed_out_on(facts.last)
        ]  # fmt: skip
        return _of_roll(facts, junior, lines)

    return count


def _new(line: CaseLine, facts: IndicatorFacts) -> bool:
    return any(facts.first <= day <= facts.last for day in line.dropouts())


def _confirmed(line: CaseLine, facts: IndicatorFacts) -> bool:
    return line.confirmed_on is not None and facts.first <= line.confirmed_on <= facts.last


def _of_roll(facts: IndicatorFacts, junior: bool, lines: Sequence[CaseLine]) -> Counted:
    roll = facts.junior_roll if junior else facts.primary_roll
    missing = "" if roll else "没有学年初在校生名册（班级与学生），不计算。"
    numbers = _numbers(lines)
    return Counted(len(lines) if roll else None, roll or None, numbers, missing, top=numbers)


def _brought_back(facts: IndicatorFacts) -> Counted:
    confirmed = [line for line in facts.lines if _confirmed(line, facts)]
    back = [
        line
        for line in confirmed
        if any(facts.first <= day <= facts.last for day in line.returns())
    ]
    still = [line for line in confirmed if line not in back]
    return Counted(
        len(back), len(confirmed), _numbers(still), top=_numbers(back), under=_numbers(confirmed)
    )


def _kept(facts: IndicatorFacts) -> Counted:
    """Of those whose monitoring ran out (or who left again) in the period, those who stayed."""
    stayed = [line for line in facts.lines if _signed_off(line, facts)]
    lost = [
        line for line in facts.lines
        if any(facts.first <= day <= facts.last for day in line.relapses()) and line not in stayed
    ]  # fmt: skip
    return Counted(
        len(stayed), len(stayed) + len(lost), _numbers(lost), top=_numbers(stayed),
        under=_numbers([*stayed, *lost]),
    )  # fmt: skip


def _signed_off(line: CaseLine, facts: IndicatorFacts) -> bool:
    return any(
        stage is Stage.CLOSED_RETURNED and facts.first <= day <= facts.last
        for day, stage in line.moves
    )


def _not_back(facts: IndicatorFacts) -> Counted:
    lines = [line for line in facts.lines if line.is_confirmed_out_on(facts.last)]
    return Counted(len(lines), None, _numbers(lines), top=_numbers(lines))


def _in_time(*duties: str) -> Callable[[IndicatorFacts], Counted]:
    def count(facts: IndicatorFacts) -> Counted:
        due = [duty for duty in facts.duties if duty.duty in duties and _has_ended(duty)]
        late = [duty for duty in due if duty.was_missed]
        good = [duty for duty in due if not duty.was_missed]
        return Counted(
            len(good), len(due), _case_numbers(late), top=_case_numbers(good),
            under=_case_numbers(due),
        )  # fmt: skip

    return count


def _has_ended(duty: DutyFact) -> bool:
    return duty.was_missed or duty.status == DutyStatus.MET.value


def _case_numbers(found: Sequence[DutyFact | PaperFactLine]) -> tuple[str, ...]:
    return tuple(sorted({each.case_no for each in found}))


def _served(facts: IndicatorFacts) -> Counted:
    open_ = [paper for paper in facts.papers if paper.served_on is None]
    served = [paper for paper in facts.papers if paper.served_on is not None]
    return Counted(
        len(served), len(facts.papers), _case_numbers(open_), top=_case_numbers(served),
        under=_case_numbers(facts.papers),
    )  # fmt: skip


def _rounds(duty: str) -> Callable[[IndicatorFacts], Counted]:
    def count(facts: IndicatorFacts) -> Counted:
        ended = [
            each for each in facts.rounds
            if each.duty == duty and each.status != PeriodicStatus.OPEN.value
        ]  # fmt: skip
        good = [each for each in ended if each.status == PeriodicStatus.MET.value]
        return Counted(len(good), len(ended), top=_named(good), under=_named(ended))

    return count


def _named(rounds: Sequence[RoundFact]) -> tuple[str, ...]:
    return tuple(f"{each.office} {each.period}" for each in rounds)


def _consolidation(facts: IndicatorFacts) -> Counted:
    """Ninth-graders at school, of those who entered eight school years before, movers settled."""
    cohort = facts.cohort
    if cohort.missing:
        return Counted(None, None, missing=cohort.missing)
    said = (
        f"入学{cohort.entered}人，转入{cohort.arrived}人，转出{cohort.moved}人，"
        f"死亡{cohort.died}人，出国（境）{cohort.abroad}人。"
    )
    return Counted(cohort.ninth, cohort.expected, cohort.lost, said=said)


def _consistent(facts: IndicatorFacts) -> Counted:
    classes, equal = facts.compared_classes, facts.consistent_classes
    if classes is None:
        return Counted(None, None, missing="未作一致性核对（须指定一个有考勤的教学日）。")
    return Counted(len(equal), len(classes), facts.inconsistent_cases, top=equal, under=classes)


HOUSE = "系统默认，非法定"
ALL: tuple[Indicator, ...] = (
    Indicator("consolidation", "九年义务教育巩固率",
              "本届九年级在校学生数 ÷（入学时一年级学生数 + 转入 − 转出 − 死亡 − 出国（境））；"
              "休学、留级、跳级编入编出本届的计入转入转出，人数取自两个学年第一学期的学籍名册",
              f"目标见JJ5-1；算法{HOUSE}", _consolidation, made_of=(ROLL, ROLL)),
    Indicator("dropout_primary_new", "小学年辍学率（新增）",
              "期内确认辍学或返校后再辍学、期末未返校的小学生数 ÷ 学年初小学在校生数",
              "YJ138-3a", _dropouts(False), made_of=(CASE, ROLL)),
    Indicator("dropout_primary_stock", "小学年辍学率（存量）",
              "期末全部未返校的小学生数 ÷ 学年初小学在校生数", "YJ138-3a", _stock(False),
              made_of=(CASE, ROLL)),
    Indicator("dropout_junior_new", "初中年辍学率（新增）",
              "期内确认辍学或返校后再辍学、期末未返校的初中生数 ÷ 学年初初中在校生数",
              "YJ138-3a", _dropouts(True), made_of=(CASE, ROLL)),
    Indicator("dropout_junior_stock", "初中年辍学率（存量）",
              "期末全部未返校的初中生数 ÷ 学年初初中在校生数", "YJ138-3a", _stock(True),
              made_of=(CASE, ROLL)),
    Indicator("brought_back", "劝返率", "期内确认辍学且期内返校数 ÷ 期内确认辍学数", HOUSE,
              _brought_back),
    Indicator("kept", "保持率", "期内监测期满销号数 ÷（期内监测期满销号数 + 期内返校后再辍学数）",
              HOUSE, _kept),
    Indicator("not_back", "动态清零（未返校人数）",
              "期末确认辍学未返校数；因身体状况依法延缓的不计，劝返未果暂缓的计入（仍未返校），0为清零",
              HOUSE, _not_back, is_count=True),
    Indicator("reports_in_time", "按时报告率", "按期完成的疑似报告和三线报告 ÷ 期内到期的全部报告",
              "YN-4b、DC-2.3.2", _in_time("report_suspected", "complete_reports")),
    Indicator("attendance_in_time", "考勤及时率", "按时填报的校日数 ÷ 应填报的校日数",
              "DC-2.3.3f、YN-7b", _rounds("attendance"), made_of=(ROUND, ROUND)),
    Indicator("orders_in_time", "指令响应及时率", "按期签收的劝返指令 ÷ 期内到期的劝返指令", "YN-8d",
              _in_time("accept_order")),
    Indicator("papers_served", "文书送达率", "已送达的执法文书 ÷ 期内签发须送达的执法文书", HOUSE,
              _served),
    Indicator("monthly_in_time", "月报及时率", "按期签字报送的月报 ÷ 期内应报的月报", "ZY-2.6e",
              _rounds("monthly_report"), made_of=(ROUND, ROUND)),
    Indicator("consistent", "一致率", "学籍＝在校（含请假）＋控辍台账未返校的班级数 ÷ 核对的班级数",
              "DC-2.3.3c", _consistent, made_of=(CLASS, CLASS)),
)  # fmt: skip
BY_ID = {indicator.id: indicator for indicator in ALL}


def figures(facts: IndicatorFacts) -> tuple[Figure, ...]:
    """Count every indicator."""
    return tuple(Figure(indicator, indicator.count(facts)) for indicator in ALL)


COLUMNS = (
    Column("序号", 3, "whole"), Column("指标", 8), Column("计算方法", 18), Column("依据", 6),
    Column("分子", 4, "whole"), Column("分母", 4, "whole"), Column("数值", 5),
    Column("说明", 9), Column("涉及案号", 10),
)  # fmt: skip
_SHOWN_CASES = 20


def on_sheet(facts: IndicatorFacts) -> int:
    """Count the cases the sheet leads to."""
    return len({number for each in figures(facts) for number in each.counted.cases})


def table(facts: IndicatorFacts, unit: str) -> BookTable:
    """Give the sheet; the cases listed are those that count against the figure."""
    return BookTable(
        name="指标", title=f"{unit}控辍保学指标", columns=COLUMNS,
        rows=[
            (number, each.indicator.label, each.indicator.formula, each.indicator.source,
             each.counted.numerator, each.counted.denominator, printed(each), each.note,
             _listed(each.counted.cases))
            for number, each in enumerate(figures(facts), 1)
        ],
        above=(f"单位：{unit}", f"统计期：{facts.first}至{facts.last}"),
        below=("按时类指标以期内到期、已完成或已逾期的任务为分母；进行中的任务不计。",),
    )  # fmt: skip


def printed(figure: Figure) -> str:
    """Write the figure: a rate in percent, a number of children as it is, — where there is none."""
    if figure.value is None:
        return "—"
    return f"{figure.value:.0f}人" if figure.indicator.is_count else f"{figure.value:.2%}"


def _listed(cases: Sequence[str]) -> str:
    more = f" 等{len(cases)}件" if len(cases) > _SHOWN_CASES else ""
    return "、".join(cases[:_SHOWN_CASES]) + more
