"""Periodic duties: the rows of each time round, and what proves that one was done.

A proof is a query over what the offices have really entered: nobody ticks a box for what the system
can see itself. What only a person can say is recorded with the number of the paper that shows it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.periodic import Occurrence
from models.roster import school_year_of
from models.supervision import PeriodicDutyRow
from models.words import PeriodicStatus
from storage.rules import policy_of
from storage.school_days import draw, first_week_left, sampled

_row: Any = PeriodicDutyRow


@dataclass(frozen=True)
class Shown:
    """What shows that a duty was done, and when the last of it came in (None: not known)."""

    what: str
    done_at: datetime | None = None


Proof = Callable[[AsyncConnection, str, Any], Awaitable[Shown | None]]
"""From connection, county and the open row: what shows it was done, or None."""


async def open_rounds(connection: AsyncConnection, county: str, found: Iterable[Occurrence]) -> int:
    """Write every time round once; returns how many are new."""
    values = [
        {
            "county": county, "duty": each.duty, "office": each.office, "period": each.period,
            "label": each.label, "role": each.role.value, "opens_on": each.opens_on,
            "due_at": each.due_at, "why": each.why, "status": PeriodicStatus.OPEN.value,
        }
        for each in found
    ]  # fmt: skip
    new = 0
    for start in range(0, len(values), 1000):
        statement = insert(_row).values(values[start : start + 1000]).on_conflict_do_nothing()
        new += (await connection.execute(statement)).rowcount
    return new


async def unfinished(
    connection: AsyncConnection, county: str, duty: str, now: datetime
) -> list[Any]:
    """Return the rounds of a duty that have begun and are neither met nor met late."""
    query = select(*_row.__table__.columns).where(
        _row.county == county, _row.duty == duty, _row.opens_on <= now.date(),
        _row.status.in_([PeriodicStatus.OPEN.value, PeriodicStatus.MISSED.value]),
    )  # fmt: skip
    return list((await connection.execute(query.order_by(_row.due_at, _row.office))).all())


async def settle(
    connection: AsyncConnection,
    row: Any,
    status: PeriodicStatus,
    *,
    at: datetime | None = None,
    proof: str | None = None,
    by: str | None = None,
) -> None:
    """Move one round to ``status``; a round that is met never moves again."""
    table = _row.__table__
    await connection.execute(
        table.update()
        .where(
            table.c.county == row.county, table.c.duty == row.duty,
            table.c.office == row.office, table.c.period == row.period,
            table.c.status.in_([PeriodicStatus.OPEN.value, PeriodicStatus.MISSED.value]),
        )
        .values(status=status.value, met_at=at, proof=proof, recorded_by=by)
    )  # fmt: skip


async def list_rounds(
    connection: AsyncConnection,
    scope: ColumnElement[bool],
    *,
    status: str | None = None,
    duty: str | None = None,
    limit: int = 200,
) -> list[Any]:
    """Return rounds within the scope, the earliest deadline first."""
    query = select(*_row.__table__.columns).where(scope).order_by(_row.due_at, _row.office)
    if status is not None:
        query = query.where(_row.status == status)
    if duty is not None:
        query = query.where(_row.duty == duty)
    return list((await connection.execute(query.limit(limit))).all())


async def get_round(
    connection: AsyncConnection, scope: ColumnElement[bool], duty: str, office: str, period: str
) -> Any:
    query = select(*_row.__table__.columns).where(
        scope, _row.duty == duty, _row.office == office, _row.period == period
    )
    return (await connection.execute(query)).one_or_none()


async def _classes_reported(connection: AsyncConnection, _county: str, row: Any) -> Shown | None:
    """Every class of the school has a report for the day (DC-2.3.3f, YN-7b)."""
    query = text(
        # The first report of each class counts: a correction after the hour makes nobody late.
        "select count(*) as classes, count(d.class_code) as reported,"
        " max(coalesce((select min(p.reported_at) from class_report p"
        " where p.class_code = r.code and p.day = :day), i.imported_at)) as last"
        " from class_room r left join class_day d on d.class_code = r.code and d.day = :day"
        " left join import_run i on i.id = d.import_id"
        " where r.school = :school and r.school_year = :year and exists (select 1 from child c"
        " where (c.school, c.grade, c.class_number) = (r.school, r.grade, r.number))"
    )
    keys = {"school": row.office, "day": row.opens_on, "year": school_year_of(row.opens_on)}
    found = (await connection.execute(query, keys)).one()
    if found.classes and found.reported == found.classes:
        return Shown(f"{found.reported}个班全部填报", found.last)
    return None


async def _classes_sampled(connection: AsyncConnection, county: str, row: Any) -> Shown | None:
    """Every class drawn for the day has been checked (YN-7b)."""
    policy = await policy_of(connection, county, row.opens_on)
    checked = await sampled(connection, row.office, row.opens_on)
    drawn = draw(row.office, row.opens_on, checked, policy.number("sample_classes"))
    times = [checked[code] for code in drawn]
    done = [each for each in times if each is not None]
    if drawn and len(done) == len(drawn):
        return Shown(f"抽查{len(drawn)}个班", max(done))
    return None


async def _first_week_done(connection: AsyncConnection, _county: str, row: Any) -> Shown | None:
    """Every child of the school is registered, or accounted for with a signature (DC-2.3.1a)."""
    left, last = await first_week_left(connection, row.office, date.fromisoformat(row.period))
    if left or last is None:
        return None
    return Shown("学生全部注册或查清去向并签字", last)


async def _deferrals_reviewed(connection: AsyncConnection, county: str, row: Any) -> Shown | None:
    """Every deferred case has been looked at since the term began (YN-8e)."""
    query = text(
        "select count(*) as cases, count(*) filter (where exists (select 1 from case_event e"
        " where e.case_id = f.case_id and e.happened_on >= :since and e.kind in"
        " ('deferral_reviewed', 'deferral_ended', 'guardian_contacted', 'visit_recorded')))"
        " as looked_at from case_file f where f.county = :county and f.stage = 'deferred'"
    )
    found = (await connection.execute(query, {"county": county, "since": row.opens_on})).one()
    if found.looked_at == found.cases:
        return Shown(f"{found.cases}件延缓或休学全部复查" if found.cases else "无延缓或休学个案")
    return None


async def _all_contacted(connection: AsyncConnection, county: str, row: Any) -> Shown | None:
    """Every child still out of school has been spoken to before the term (JJ5-2.3a)."""
    query = text(
        "select count(*) as cases, count(*) filter (where exists (select 1 from case_event e"
        " where e.case_id = f.case_id and e.happened_on >= :since and e.kind in"
        " ('guardian_contacted', 'visit_recorded'))) as contacted from case_file f"
        " where f.county = :county and f.closed_on is null and f.opened_on < :since"
        " and f.stage not in ('placement', 'monitoring')"
    )
    found = (await connection.execute(query, {"county": county, "since": row.opens_on})).one()
    if found.contacted == found.cases:
        return Shown(f"{found.cases}名未返校学生全部联系" if found.cases else "无未返校学生")
    return None


async def _proved(connection: AsyncConnection, _county: str, row: Any) -> Shown | None:
    query = text(
        "select open_cases, exceptions, ran_at from proof_run"
        " where (ran_at at time zone 'Asia/Shanghai')::date = :day order by ran_at desc limit 1"
    )
    found = (await connection.execute(query, {"day": row.opens_on})).one_or_none()
    if found is None:
        return None
    return Shown(f"核对{found.open_cases}件，例外{len(found.exceptions)}条", found.ran_at)


async def _census_answered(connection: AsyncConnection, county: str, row: Any) -> Shown | None:
    """The term's comparison has run and every difference has been answered for (DC-2.2, YN-8a)."""
    query = text(
        "select c.ran_at, count(t.id) filter (where t.status = 'open') as open, count(t.id) as tasks"
        " from census c left join census_task t on t.census_id = c.id"
        " where c.county = :county and c.as_of >= :since and c.ran_at is not null"
        " group by c.id order by c.as_of limit 1"
    )
    found = await connection.execute(query, {"county": county, "since": row.opens_on})
    census = found.one_or_none()
    if census is None or census.open:
        return None
    return Shown(f"{census.tasks}条差异全部核销或列入县级清单")


async def _month_reported(connection: AsyncConnection, _county: str, row: Any) -> Shown | None:
    """The office's monthly report is signed; the first version counts, not a correction (ZY-2.6e)."""
    query = text(
        "select version, signed_at, jsonb_array_length(data -> 'rows') as children"
        " from monthly_report where office = :office and month = :month and status = 'signed'"
        " order by version limit 1"
    )
    keys = {"office": row.office, "month": row.period}
    found = (await connection.execute(query, keys)).one_or_none()
    if found is None:
        return None
    what = f"{found.children}人" if found.children else "零报告"
    return Shown(f"{row.period}月报已签字报送（{what}）", found.signed_at)


WITHIN = " between :opens and (cast(:due as timestamptz) at time zone 'Asia/Shanghai')::date - 1"


async def _met(connection: AsyncConnection, county: str, row: Any) -> Shown | None:
    """A joint meeting was held in the period and its minutes are recorded (DC-3.2b, YN-11b)."""
    query = text(
        "select minutes_ref as ref, recorded_at from council_meeting where county = :county"
        f" and held_on{WITHIN} order by recorded_at limit 1"
    )
    return await _first_record(connection, query, county, row, "会议纪要")


async def _inspected(connection: AsyncConnection, county: str, row: Any) -> Shown | None:
    """An inspection of the office, or of any school for the county's own round (DC-3.3b)."""
    query = text(
        "select inspected_on::text as ref, recorded_at from inspection_record"
        " where county = :county and (:office = :county or office = :office)"
        f" and inspected_on{WITHIN} order by recorded_at limit 1"
    )
    return await _first_record(connection, query, county, row, "督查情况表")


async def _first_record(
    connection: AsyncConnection, query: Any, county: str, row: Any, what: str
) -> Shown | None:
    keys = {"county": county, "opens": row.opens_on, "due": row.due_at}
    if ":office" in str(query):
        keys["office"] = row.office
    found = (await connection.execute(query, keys)).one_or_none()
    return None if found is None else Shown(f"{what}：{found.ref}", found.recorded_at)


PROOFS: dict[str, Proof] = {
    "census": _census_answered,
    "attendance": _classes_reported,
    "sampling": _classes_sampled,
    "first_week": _first_week_done,
    "deferral_review": _deferrals_reviewed,
    "pre_term_contact": _all_contacted,
    "coverage_proof": _proved,
    "monthly_report": _month_reported,
    "council": _met,
    "inspection": _inspected,
    "school_inspection": _inspected,
}
"""Duties the system can see itself; the others are recorded by hand (the last three may be, too)."""
