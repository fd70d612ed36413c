"""Walk the hash chains and name the first row that is broken."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
            "select e.seq, e.kind, e.request_id, e.body, e.prev_hash, e.hash, r.command"
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
    return Verdict(case_no, count)


def _broken(row: object, expected_seq: int, last: str, case_id: UUID) -> str:
    r = row  # a Row of the query above
    seq, kind, request_id, body = r.seq, r.kind, r.request_id, r.body  # type: ignore[attr-defined]
    prev_hash, own_hash, command = r.prev_hash, r.hash, r.command  # type: ignore[attr-defined]
    if seq != expected_seq:
        return f"序号不连续：应为{expected_seq}"
    if prev_hash != last:
        return "与前一条的哈希接不上"
    if link(prev_hash, body) != own_hash:
        return "内容与哈希不符，被改动过"
    said = json.loads(body)
    if (said["seq"], said["event"]["kind"], said["request_id"]) != (seq, kind, request_id):
        return "登记列与正文不符"
    if UUID(said["case_id"]) != case_id:
        return "正文属于另一案件"
    if command is None or digest(command) != said["command_sha"]:
        return "所据指令缺失或被改动过"
    return ""


async def verify_all(connection: AsyncConnection, case_no: str | None) -> list[Verdict]:
    """Verify one case by its number, or every case."""
    query = "select case_id, case_no from case_file"
    if case_no is not None:
        query += " where case_no = :case_no"
    rows = await connection.execute(
        text(f"{query} order by case_no"), {"case_no": case_no} if case_no else {}
    )
    return [await verify_case(connection, row.case_id, row.case_no) for row in rows.all()]
