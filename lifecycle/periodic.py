"""The duties that come round whatever the cases do (lifecycle.md §5), as a table.

Each row says who owes it, how often, and what proves that it was done. ``occurrences`` lists what
falls into a stretch of days; nothing here reads a clock. What a jurisdiction's rules do not ask for
has no occurrence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lifecycle.days import SHANGHAI, derive
from models.base import Frozen
from models.calendar import Calendar, Term
from models.rules import PolicySnapshot
from models.words import OfficeKind, Role


class Occurrence(Frozen):
    """One time round: for which office, of which period, until when, and why then."""

    duty: str
    label: str
    role: Role
    office: str
    period: str
    """Names the time round: a day, a month, or a term by its first day."""
    opens_on: date
    due_at: datetime
    why: str


@dataclass(frozen=True)
class Place:
    """An office that owes duties: a school, a township or the county, with its own terms."""

    kind: OfficeKind
    code: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Round:
    """One time round before it belongs to an office."""

    period: str
    opens_on: date
    due_at: datetime
    why: str


@dataclass(frozen=True)
class Asked:
    """What the rounds of a duty are found from."""

    policy: PolicySnapshot
    calendar: Calendar
    place: Place
    first: date
    last: date

    def days(self) -> Iterator[date]:
        for n in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=n)


Rounds = Callable[[Asked], Iterator[Round]]


@dataclass(frozen=True)
class PeriodicDuty:
    """One row."""

    id: str
    label: str
    role: Role
    per: OfficeKind
    rounds: Rounds
    is_recorded_by_hand: bool = False
    """True where only a person can say that it was done, with the paper that proves it."""
    is_daily: bool = False
    """True where it is looked at through the day, not once a night."""


def end_of_day(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _each_school_day(parameter: str, *, only_if: str | None = None) -> Rounds:
    """By a time of day (parameter, ``15:00``) on every day the school holds classes."""

    def rounds(asked: Asked) -> Iterator[Round]:
        if only_if is not None and not asked.policy.flag(only_if):
            return
        rule = asked.policy[parameter]
        hour, _, minute = str(rule.value).partition(":")
        for day in asked.days():
            if asked.calendar.is_school_day(day, asked.place.code):
                at = datetime.combine(day, time(), SHANGHAI) + timedelta(
                    hours=int(hour), minutes=int(minute or 0)
                )
                yield Round(day.isoformat(), day, at, f"教学日{rule.value}前（{rule.source_text}）")

    return rounds


def _per_term(parameter: str, *, from_end: bool = False, lead: str | None = None) -> Rounds:
    """A number of days after a term begins (or ends); with ``lead``, the days before it begins."""

    def rounds(asked: Asked) -> Iterator[Round]:
        for term in asked.place.terms:
            anchor = term.ends_on if from_end else term.starts_on
            if lead is not None:
                opens = anchor - timedelta(days=asked.policy.number(lead))
                due, why = anchor - timedelta(days=1), f"{term.name}开学前一日"
            else:
                rule = asked.policy[parameter]
                found = derive(
                    rule, anchor=f"{term.name}{'结束' if from_end else '开学'}", anchor_on=anchor,
                    calendar=asked.calendar, school=asked.place.code,
                )  # fmt: skip
                opens = term.starts_on
                due, why = found.due_on, found.sentence("期限")
            if opens <= asked.last and due >= asked.first:
                yield Round(term.starts_on.isoformat(), opens, end_of_day(due), why)

    return rounds


def _monthly(parameter: str) -> Rounds:
    """By a day of every month; an empty parameter asks for none (ZY-2.6e)."""

    def rounds(asked: Asked) -> Iterator[Round]:
        rule = asked.policy[parameter]
        if not str(rule.value):
            return
        for day in asked.days():
            if day.day == int(rule.value):
                yield Round(
                    f"{day.year}-{day.month:02}", day.replace(day=1), end_of_day(day),
                    f"每月{rule.value}日前（{rule.source_text}）",
                )  # fmt: skip

    return rounds


def _every_months(parameter: str) -> Rounds:
    """Once in so many months, counted from January: quarters, half years."""

    def rounds(asked: Asked) -> Iterator[Round]:
        rule = asked.policy[parameter]
        months = max(1, int(rule.value))
        for day in asked.days():
            ends = (day + timedelta(days=1)).day == 1
            if ends and day.month % months == 0:
                index = day.year * 12 + day.month - months
                opens = date(index // 12, index % 12 + 1, 1)
                yield Round(
                    f"{opens.year}-{opens.month:02}", opens, end_of_day(day),
                    f"每{months}个月一次（{rule.source_text}）",
                )  # fmt: skip

    return rounds


def _in_months(task: str) -> Rounds:
    """The part of the annual calendar named ``task`` (``6-8:发通知书``; YN-6)."""

    def rounds(asked: Asked) -> Iterator[Round]:
        rule = asked.policy["annual_calendar"]
        for entry in str(rule.value).split(","):
            months, _, name = entry.partition(":")
            if name != task:
                continue
            first, _, last = months.partition("-")
            for day in asked.days():
                is_last = (day + timedelta(days=1)).day == 1 and day.month == int(last or first)
                if is_last:
                    opens = date(day.year, int(first), 1)
                    yield Round(
                        f"{day.year}-{int(first):02}", opens, end_of_day(day),
                        f"{months}月{task}（{rule.source_text}）",
                    )  # fmt: skip

    return rounds


def _weekly(asked: Asked) -> Iterator[Round]:
    """By the last school day of every week with school; without terms, the last working day."""
    for day in asked.days():
        following = (day + timedelta(days=n) for n in range(1, 7 - day.weekday()))
        if _is_held(asked, day) and not any(_is_held(asked, later) for later in following):
            year, week, _ = day.isocalendar()
            yield Round(
                f"{year}-W{week:02}",
                day - timedelta(days=day.weekday()),
                end_of_day(day),
                "每周最后一个教学日前（系统默认，非法定）",
            )


def _is_held(asked: Asked, day: date) -> bool:
    if not asked.place.terms:
        return asked.calendar.is_working_day(day)
    return asked.calendar.is_school_day(day)


def _nightly(asked: Asked) -> Iterator[Round]:
    for day in asked.days():
        yield Round(day.isoformat(), day, end_of_day(day), "每日一次（系统默认，非法定）")


def _yearly(asked: Asked) -> Iterator[Round]:
    for day in asked.days():
        if (day.month, day.day) == (12, 31):
            yield Round(
                str(day.year),
                day.replace(month=1, day=1),
                end_of_day(day),
                "每年一次（YN-12、YN-5.6b）",
            )


SCHOOL, TOWNSHIP, COUNTY = OfficeKind.SCHOOL, OfficeKind.TOWNSHIP, OfficeKind.COUNTY
ALL: tuple[PeriodicDuty, ...] = (
    PeriodicDuty("attendance", "当日考勤填报", Role.CLASS_TEACHER, SCHOOL,
                 _each_school_day("attendance_cutoff"), is_daily=True),
    PeriodicDuty("sampling", "抽样考勤", Role.PRINCIPAL, SCHOOL,
                 _each_school_day("sampling_cutoff", only_if="sample_attendance"), is_daily=True),
    PeriodicDuty("first_week", "开学第一周注册核查", Role.PRINCIPAL, SCHOOL,
                 _per_term("first_week_check")),
    PeriodicDuty("census", "四查三比对", Role.EDU_CASE, COUNTY, _per_term("census_period")),
    PeriodicDuty("pre_term_contact", "开学前联系未返校学生", Role.EDU_CASE, COUNTY,
                 _per_term("", lead="pre_term_contact_lead")),
    PeriodicDuty("deferral_review", "开学时复查延缓和休学", Role.EDU_CASE, COUNTY,
                 _per_term("term_review_period")),
    PeriodicDuty("aid_check", "核查返校学生资助", Role.EDU_CASE, COUNTY,
                 _per_term("aid_check_period"), is_recorded_by_hand=True),
    PeriodicDuty("opening_campaign", "开学前后专项行动", Role.EDU_CASE, COUNTY,
                 _per_term("opening_campaign_period"), is_recorded_by_hand=True),
    PeriodicDuty("opening_inspection", "开学后专项督导", Role.SUPERVISOR, COUNTY,
                 _per_term("opening_inspection_period"), is_recorded_by_hand=True),
    PeriodicDuty("school_inspection", "责任督学到校督导", Role.SUPERVISOR, SCHOOL,
                 _per_term("school_inspection_grace", from_end=True), is_recorded_by_hand=True),
    PeriodicDuty("monthly_report", "月报报送", Role.CENTER_SCHOOL, TOWNSHIP,
                 _monthly("monthly_report_day")),
    PeriodicDuty("annual_deploy", "年度部署", Role.EDU_CASE, COUNTY, _in_months("部署"),
                 is_recorded_by_hand=True),
    PeriodicDuty("annual_survey", "适龄儿童排查", Role.TOWNSHIP_CASE, TOWNSHIP,
                 _in_months("排查"), is_recorded_by_hand=True),
    PeriodicDuty("annual_plan", "招生入学计划", Role.EDU_CASE, COUNTY, _in_months("计划"),
                 is_recorded_by_hand=True),
    PeriodicDuty("entry_notices", "发放入学通知书", Role.TOWNSHIP_CASE, TOWNSHIP,
                 _in_months("发通知书"), is_recorded_by_hand=True),
    PeriodicDuty("council", "联席会议", Role.COUNTY_GROUP, COUNTY, _every_months("council_months"),
                 is_recorded_by_hand=True),
    PeriodicDuty("inspection", "督导检查", Role.SUPERVISOR, COUNTY,
                 _every_months("inspection_months"), is_recorded_by_hand=True),
    PeriodicDuty("bulletin", "工作通报", Role.EDU_HEAD, COUNTY, _every_months("bulletin_months"),
                 is_recorded_by_hand=True),
    PeriodicDuty("look_back", "回访已移交的学生", Role.EDU_CASE, COUNTY,
                 _every_months("look_back_months"), is_recorded_by_hand=True),
    PeriodicDuty("consistency", "学籍、在校、台账一致性核对", Role.EDU_CASE, COUNTY, _weekly,
                 is_recorded_by_hand=True),
    PeriodicDuty("yearly_assessment", "年度考核", Role.EDU_HEAD, COUNTY, _yearly,
                 is_recorded_by_hand=True),
    PeriodicDuty("coverage_proof", "夜间逐案核对", Role.PLATFORM_ADMIN, COUNTY, _nightly,
                 is_daily=True),
)  # fmt: skip
BY_ID = {duty.id: duty for duty in ALL}


def occurrences(
    duty: PeriodicDuty,
    place: Place,
    policy: PolicySnapshot,
    calendar: Calendar,
    first: date,
    last: date,
) -> Iterator[Occurrence]:
    """Yield the times round of ``duty`` that end, or are open, from ``first`` to ``last``."""
    if place.kind is not duty.per:
        return
    for each in duty.rounds(Asked(policy, calendar, place, first, last)):
        yield Occurrence(
            duty=duty.id, label=duty.label, role=duty.role, office=place.code,
            period=each.period, opens_on=each.opens_on, due_at=each.due_at, why=each.why,
        )  # fmt: skip
