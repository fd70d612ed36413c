"""Life of a monthly report: drafted from the ledger, submitted, signed by another person, frozen.

What was signed never changes. A mistake found later is mended by a new version marked 更正 that
says what changed; the version before it stays as it was.
"""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import column, false, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import FILLS_MONTHLY, SIGNS_MONTHLY, may_take_books, owed_by
from lifecycle.days import legal_date
from models.base import canonical, digest
from models.people import Actor
from models.words import OfficeKind, Role
from papers.book_print import render_book
from reports import monthly
from reports.case_lines import Place, case_lines
from reports.monthly import MonthlyData, as_json, changes, data_of, month_of
from reports.refusal import NoSuchReport, ReportRefused
from storage.objects import put
from storage.rules import policy_of

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_report: Any = table("monthly_report", *map(column, ("office", "county", "month", "version")))
STATUS_LABELS = {"drafted": "已拟", "submitted": "待签字", "signed": "已签字报送"}


async def draft(
    connection: AsyncConnection,
    actor: Actor,
    month: str,
    at: datetime,
    *,
    preparer: str,
    phone: str,
    reason: str = "",
) -> Any:
    """Draft the office's report of a month; an unsubmitted draft is taken anew.

    ``reason`` makes a correction of a signed report. Raises ReportRefused.
    """
    _may(actor, FILLS_MONTHLY, "填报")
    await _lock(connection, actor.office, month)
    latest = await _latest(connection, actor.office, month)
    _in_turn(latest, reason)
    place = Place(actor.role.office_kind, actor.office)
    unit, county = await unit_of(connection, place)
    data = await _taken(connection, place, county, month, legal_date(at), unit, preparer, phone)
    body = canonical(as_json(data))
    said: tuple[str, ...] = ()
    version = 1
    if latest is not None:
        version = latest.version + (latest.status == "signed")
        signed = latest if latest.status == "signed" else await _signed_before(connection, latest)
        if signed is not None:
            said = changes(MonthlyData.model_validate(signed.data), data)
            reason = reason or latest.reason
            if not said:
                raise ReportRefused("与已报送的一致，没有可更正的内容；请先在案件里更正事实。")
    values = {
        "kind": place.kind.value, "office": place.code, "county": county, "month": month,
        "version": version, "data": body, "sha": digest(body), "reason": reason,
        "changes": json.dumps(said, ensure_ascii=False), "by": actor.id, "at": at,
    }  # fmt: skip
    await connection.execute(
        text(
            "insert into monthly_report (office_kind, office, county, month, version, status, data,"
            " data_sha256, reason, changes, drafted_by, drafted_at) values (:kind, :office,"
            " :county, :month, :version, 'drafted', cast(:data as jsonb), :sha, :reason,"
            " cast(:changes as jsonb), :by, :at) on conflict (office, month, version) do update set"
            " data = excluded.data, data_sha256 = excluded.data_sha256, reason = excluded.reason,"
            " changes = excluded.changes, drafted_by = excluded.drafted_by,"
            " drafted_at = excluded.drafted_at"
        ),
        values,
    )
    return await _latest(connection, actor.office, month)


def _in_turn(latest: Any, reason: str) -> None:
    if latest is None and reason:
        raise ReportRefused("这个月还没有报送过，无从更正；请先拟写月报（draft）。")
    if latest is not None and latest.status == "submitted":
        raise ReportRefused("这个月的月报已提交待签字，请先由负责人签字。")
    if latest is not None and latest.status == "signed" and not reason:
        raise ReportRefused("这个月的月报已签字报送；有误请用更正（correct）并写明理由。")


async def _taken(
    connection: AsyncConnection,
    place: Place,
    county: str,
    month: str,
    today: date,
    unit: str,
    preparer: str,
    phone: str,
) -> MonthlyData:
    try:
        first, last = month_of(month)
    except ValueError as error:
        raise ReportRefused("月份应写成 2026-09 的形式。") from error
    if first > today:
        raise ReportRefused("这个月还没有开始，不能拟写月报。")
    as_of = min(today, last)
    policy = await policy_of(connection, county, as_of)
    lines = await case_lines(connection, place)
    return data_of(lines, month, as_of, policy, unit=unit, preparer=preparer, phone=phone)


async def submit(connection: AsyncConnection, actor: Actor, month: str, at: datetime) -> Any:
    """Put the draft before the chief; from here on its data do not change."""
    _may(actor, FILLS_MONTHLY, "提交")
    await _lock(connection, actor.office, month)
    row = await _latest(connection, actor.office, month)
    if row is None:
        raise NoSuchReport("这个月还没有拟写月报，请先拟写（draft）。")
    if row.status == "drafted":
        await connection.execute(
            text(
                "update monthly_report set status = 'submitted', submitted_by = :by,"
                " submitted_at = :at where id = :id"
            ),
            {"by": actor.id, "at": at, "id": row.id},
        )
    return await _latest(connection, actor.office, month)


async def sign(connection: AsyncConnection, actor: Actor, month: str, at: datetime) -> Any:
    """Sign and file: bytes are rendered and frozen; whoever submitted may not sign (ZY-2.6e)."""
    _may(actor, SIGNS_MONTHLY, "签字")
    await _lock(connection, actor.office, month)
    row = await _latest(connection, actor.office, month)
    if row is None or row.status == "drafted":
        raise NoSuchReport("没有待签字的月报，请先提交（submit）。")
    if row.status == "signed":
        return row
    if actor.id == row.submitted_by:
        raise ReportRefused("签字人不得是提交人本人，请由另一位负责人签字。")
    data = MonthlyData.model_validate(row.data)
    if digest(canonical(as_json(data))) != row.data_sha256:
        raise ReportRefused("月报数据与提交时的校验值不符，不能签字；请联系系统管理员。")
    day = legal_date(at)
    sheet = monthly.table(data, filed_on=day, signer=actor.id, correction=_said(row))
    made = await asyncio.to_thread(render_book, [sheet], day)
    await connection.execute(
        text(
            "update monthly_report set status = 'signed', signed_by = :by, signed_at = :at,"
            " pdf_sha256 = :pdf, xlsx_sha256 = :xlsx where id = :id"
        ),
        {
            "by": actor.id, "at": at, "id": row.id,
            "pdf": await put(connection, made.pdf, PDF),
            "xlsx": await put(connection, made.xlsx, XLSX),
        },
    )  # fmt: skip
    return await _latest(connection, actor.office, month)


def _said(row: Any) -> list[str]:
    return [f"{row.reason}。", *row.changes] if row.version > 1 else []


def draft_table(row: Any) -> Any:
    """Give the sheet of a report not yet signed, to look at."""
    return monthly.table(MonthlyData.model_validate(row.data), correction=_said(row))


async def list_reports(
    connection: AsyncConnection, actor: Actor | None, month: str | None = None
) -> list[Any]:
    """Return every version the actor's office made or stands above; None sees all."""
    query = _visible(actor).order_by(_report.c.month.desc(), _report.c.office, _report.c.version)
    if month is not None:
        query = query.where(_report.c.month == month)
    return list((await connection.execute(query)).all())


async def get_report(
    connection: AsyncConnection,
    actor: Actor | None,
    office: str,
    month: str,
    version: int | None = None,
) -> Any:
    """Return one version, the latest where none is named; NoSuchReport outside the scope."""
    query = _visible(actor).where(_report.c.office == office, _report.c.month == month)
    if version is not None:
        query = query.where(_report.c.version == version)
    query = query.order_by(_report.c.version.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NoSuchReport("没有找到这份月报。")
    return row


def _visible(actor: Actor | None) -> Any:
    query = select(text("*")).select_from(_report)
    if actor is None:
        return query
    return query.where(owed_by(_report.c, actor) if may_take_books(actor) else false())


def _may(actor: Actor, table_: dict[OfficeKind, frozenset[Role]], what: str) -> None:
    allowed = table_.get(actor.role.office_kind, frozenset())
    if actor.role not in allowed:
        who = "、".join(dict.fromkeys(role.label for roles in table_.values() for role in roles))
        raise ReportRefused(f"{actor.role.label}不能{what}月报，请由{who}办理。")


async def unit_of(connection: AsyncConnection, place: Place) -> tuple[str, str]:
    """Return the printed name of a place and its county; NoSuchReport where it is unknown."""
    query = {
        OfficeKind.SCHOOL: "select name, county from school where code = :code",
        OfficeKind.TOWNSHIP: "select name || '中心学校' as name, county from township where code = :code",
        OfficeKind.COUNTY: "select bureau_name as name, code as county from county where code = :code",
    }[place.kind]
    row = (await connection.execute(text(query), {"code": place.code})).one_or_none()
    if row is None:
        raise NoSuchReport("名册中没有这个单位。")
    return str(row.name), str(row.county)


async def _latest(connection: AsyncConnection, office: str, month: str) -> Any:
    query = text(
        "select * from monthly_report where office = :office and month = :month"
        " order by version desc limit 1"
    )
    found = await connection.execute(query, {"office": office, "month": month})
    return found.one_or_none()


async def _signed_before(connection: AsyncConnection, row: Any) -> Any:
    query = text(
        "select * from monthly_report where office = :office and month = :month"
        " and version = :version"
    )
    keys = {"office": row.office, "month": row.month, "version": row.version - 1}
    return (await connection.execute(query, keys)).one_or_none()


async def _lock(connection: AsyncConnection, office: str, month: str) -> None:
    """Let one at a time work on an office's month."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"monthly_report/{office}/{month}"},
    )
