"""Walk the hash chains and name the first row that is broken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import digest
from storage.chain import link


@dataclass(frozen=True)
class Verdict:
    """What the walk of one case found; ``broken_seq`` is the first row that does not hold."""

    case_no: str
    events: int
    broken_seq: int | None = None
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return self.broken_seq is None


async def verify_case(connection: AsyncConnection, case_id: UUID, case_no: str) -> Verdict:
    """Recompute one chain from its texts, and compare head and recorded commands."""
    rows = await connection.execute(
        text(
            "select e.seq, e.kind, e.request_id, e.happened_on, e.recorded_at, e.body,"
            " e.prev_hash, e.hash, r.command, r.first_seq, r.last_seq, r.decided_at,"
            " r.policy_sha, r.calendar_sha, r.code_version"
            " from case_event e left join case_request r using (case_id, request_id)"
            " where e.case_id = :case order by e.seq"
        ),
        {"case": case_id},
    )
    last, count = "", 0
    for row in rows:
        count += 1
        reason = _broken(row, count, last, case_id)
        if reason:
            return Verdict(case_no, count, row.seq, reason)
        last = row.hash
    head = await connection.execute(
        text("select head_seq, head_hash from case_file where case_id = :case"), {"case": case_id}
    )
    kept = head.one()
    if kept.head_seq != count or kept.head_hash != last:
        return Verdict(case_no, count, count + 1, "链尾与案件登记不符，末尾的事件可能被删去")
    gap = await _gap_in_commands(connection, case_id)
    if gap is not None:
        return Verdict(case_no, count, gap, "指令与事件的范围对不上")
    return Verdict(case_no, count)


async def _gap_in_commands(connection: AsyncConnection, case_id: UUID) -> int | None:
    """Return the seq at which the commands' spans stop following each other without gap."""
    rows = await connection.execute(
        text(
            "select first_seq, last_seq from case_request where case_id = :case"
            " order by first_seq, last_seq"
        ),
        {"case": case_id},
    )
    expected = 1
    for row in rows:
        if row.first_seq != expected:
            return min(expected, int(row.first_seq))
        expected = row.last_seq + 1
    return None


def _broken(r: Any, expected_seq: int, last: str, case_id: UUID) -> str:
    """Say what is wrong with one row of the query above; nothing where it holds."""
    seq, kind, request_id, body = r.seq, r.kind, r.request_id, r.body
    prev_hash, own_hash, command = r.prev_hash, r.hash, r.command
    if seq != expected_seq:
        return f"序号不连续：应为{expected_seq}"
    if prev_hash != last:
        return "与前一条的哈希接不上"
    if link(prev_hash, body) != own_hash:
        return "内容与哈希不符，被改动过"
    said = json.loads(body)
    if (said["seq"], said["event"]["kind"], said["request_id"]) != (seq, kind, request_id):
        return "登记列与正文不符"
    if not _has_times_of(r, said):
        return "登记列与正文不符"
    if UUID(said["case_id"]) != case_id:
        return "正文属于另一案件"
    if command is None or digest(command) != said["command_sha"]:
        return "所据指令缺失或被改动过"
    if not _is_of_command(r, said):
        return "指令的时间、规则或事件范围与正文不符"
    return ""


def _has_times_of(row: Any, said: dict[str, Any]) -> bool:
    """Compare the day and the hour beside the text with those in it."""
    return bool(
        row.happened_on == date.fromisoformat(said["event"]["happened_on"])
        and row.recorded_at == datetime.fromisoformat(said["recorded_at"])
    )


def _is_of_command(row: Any, said: dict[str, Any]) -> bool:
    """Compare what the command's row says of clock, rules and span with the hashed text."""
    return bool(
        row.decided_at == datetime.fromisoformat(said["decided_at"])
        and (row.policy_sha, row.calendar_sha, row.code_version)
        == (said["policy_sha"], said["calendar_sha"], said["code_version"])
        and row.first_seq <= row.seq <= row.last_seq
    )


async def verify_all(connection: AsyncConnection, case_no: str | None) -> list[Verdict]:
    """Verify one case by its number, or every case."""
    query = "select case_id, case_no from case_file"
    if case_no is not None:
        query += " where case_no = :case_no"
    rows = await connection.execute(
        text(f"{query} order by case_no"), {"case_no": case_no} if case_no else {}
    )
    return [await verify_case(connection, row.case_id, row.case_no) for row in rows.all()]
