"""Anchor every chain's head outside the database, so that its owner cannot rewrite the past."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import canonical, digest


@dataclass(frozen=True)
class Head:
    """Where one chain stood when it was anchored."""

    case_id: str
    seq: int
    hash: str


def merkle_root(heads: list[Head]) -> str:
    """Return the root over the heads in order of their case; 64 zeros where there are none."""
    level = [digest(f"{head.case_id}/{head.seq}/{head.hash}") for head in heads]
    if not level:
        return "0" * 64
    while len(level) > 1:
        if len(level) % 2:
            level.append(level[-1])
        level = [digest(left + right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


async def heads(connection: AsyncConnection) -> list[Head]:
    """Read every chain's head from the chains themselves, not from the lists."""
    rows = await connection.execute(
        text(
            "select distinct on (case_id) case_id, seq, hash from case_event"
            " order by case_id, seq desc"
        )
    )
    return [Head(str(row.case_id), row.seq, row.hash) for row in rows]


def write_anchor(folder: Path, found: list[Head], at: datetime) -> Path:
    """Write one anchor file; an anchor once written is never written again."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y%m%dT%H%M%SZ}.json"
    body = {
        "at": at.isoformat(),
        "root": merkle_root(found),
        "heads": [[head.case_id, head.seq, head.hash] for head in found],
    }
    with path.open("x", encoding="utf-8") as file:
        file.write(canonical(body))
    return path


async def check_anchors(connection: AsyncConnection, folder: Path) -> list[str]:
    """Compare every anchored head with the ledger of today; say in Chinese what differs."""
    problems: list[str] = []
    for name, root, anchored in await asyncio.to_thread(_read_anchors, folder):
        if merkle_root(anchored) != root:
            problems.append(f"锚定文件 {name} 被改动过")
            continue
        for head in anchored:
            kept = await connection.execute(
                text("select hash from case_event where case_id = :case and seq = :seq"),
                {"case": UUID(head.case_id), "seq": head.seq},
            )
            if kept.scalar_one_or_none() != head.hash:
                problems.append(f"{name}：案件 {head.case_id} 第{head.seq}条与锚定不符")
    return problems


def _read_anchors(folder: Path) -> list[tuple[str, str, list[Head]]]:
    found = []
    for path in sorted(folder.glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        found.append((path.name, said["root"], [Head(*head) for head in said["heads"]]))
    return found
