"""Days nobody knows about: refused rows that may concern a child, until someone says what was so.

A refused row is not a day at school. Until it is mended, the child it may speak of (or, where it
names nobody the roster knows, every child of its class) has an unknown day. It is known again by
an absence or a mark of presence for the child, by a report that speaks for the whole class, by a
mended file, or by a person who settles it with a reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.detect import Stays, UnknownDay, place_on
from intake.judging import Unclear

_MENDED = re.compile(r"-错误行\d*$")

STILL_UNKNOWN = """
    u.settled_at is null
    and not exists (select 1 from class_day d
                    where (d.class_code, d.day) = (u.class_code, u.day) and d.is_complete)
    and (u.child_ref is null or not exists (
            select 1 from present_mark p where (p.child_ref, p.day) = (u.child_ref, u.day)))
    and (u.child_ref is null or not exists (
            select 1 from absence a where (a.child_ref, a.day) = (u.child_ref, u.day)))
"""


def file_root(name: str) -> str:
    """Name the file a mended error file came from; any other file names itself."""
    return _MENDED.sub("", PurePath(name).stem)


async def put_unclear(
    connection: AsyncConnection, import_id: UUID, file_name: str, rows: Sequence[Unclear]
) -> None:
    if not rows:
        return
    await connection.execute(
        text("""
            insert into unknown_day (import_id, row_position, file_root, school, class_code,
                                     child_ref, day, problems)
            values (:import_id, :position, :root, :school, :code, :child, :day, :problems)
            on conflict do nothing
        """),
        [
            {
                "import_id": import_id, "position": row.position, "root": file_root(file_name),
                "school": row.school, "code": row.class_code, "child": row.child_ref,
                "day": row.day, "problems": [str(problem) for problem in row.problems],
            }
            for row in rows
        ],
    )  # fmt: skip


async def settle_mended(
    connection: AsyncConnection,
    file_name: str,
    good: Iterable[tuple[str, date]],
    still_unclear: Iterable[tuple[str, date]],
    *,
    by: str,
) -> None:
    """Settle the rows that named nobody, where the mended file has good rows of that class-day."""
    mended = sorted(set(good) - set(still_unclear))
    if not mended or _MENDED.search(PurePath(file_name).stem) is None:
        return
    await connection.execute(
        text("""
            update unknown_day u
            set settled_at = now(), settled_by = :by, settlement = '退回的行已改正后重新导入'
            from unnest(cast(:codes as text[]), cast(:days as date[])) as k(code, day)
            where (u.class_code, u.day) = (k.code, k.day) and u.file_root = :root
              and u.child_ref is null and u.settled_at is null
        """),
        {
            "by": by, "root": file_root(file_name), "codes": [code for code, _ in mended],
            "days": [day for _, day in mended],
        },
    )  # fmt: skip


async def unknown_of(connection: AsyncConnection, stays: Mapping[UUID, Stays]) -> list[UnknownDay]:
    """Give the unknown days of these children, their own and those of their classes."""
    by_class: dict[str, list[UUID]] = defaultdict(list)
    for ref, these in stays.items():
        for stay in these:
            by_class[stay.place.class_code].append(ref)
    rows = await connection.execute(
        text(f"""
            select u.child_ref, u.class_code, u.day from unknown_day u
            where (u.child_ref = any(cast(:refs as uuid[]))
                   or u.child_ref is null and u.class_code = any(cast(:codes as text[])))
              and {STILL_UNKNOWN}
        """),
        {"refs": list(stays), "codes": sorted(by_class)},
    )
    found: set[UnknownDay] = set()
    for row in rows:
        if row.child_ref is not None:
            found.add(UnknownDay(row.child_ref, row.day))
            continue
        found |= {
            UnknownDay(ref, row.day)
            for ref in by_class[row.class_code]
            if place_on(stays[ref], row.day).class_code == row.class_code
        }
    seen = await connection.execute(
        text(
            "select child_ref, day from present_mark where child_ref = any(cast(:refs as uuid[]))"
        ),
        {"refs": list(stays)},
    )
    return sorted(found - {UnknownDay(row.child_ref, row.day) for row in seen})


async def unknown_days(
    connection: AsyncConnection, school: str, first: date, last: date
) -> list[Row[Any]]:
    """List a school's unknown days with the child, where one is known, and why the row was refused."""
    rows = await connection.execute(
        text(f"""
            select u.id, u.day, u.class_code, u.child_ref, c.name as child_name, u.problems,
                   r.file_name, u.row_position + 1 as row_number
            from unknown_day u join import_run r on r.id = u.import_id
            left join child c on c.ref = u.child_ref
            where u.school = :school and u.day between :first and :last and {STILL_UNKNOWN}
            order by u.day, u.class_code, u.row_position, u.child_ref
        """),
        {"school": school, "first": first, "last": last},
    )
    return list(rows)


async def settle(connection: AsyncConnection, unknown_id: UUID, *, by: str, reason: str) -> bool:
    """Close one unknown day by hand; False where there is no open one of this id."""
    done = await connection.execute(
        text(
            "update unknown_day set settled_at = now(), settled_by = :by, settlement = :reason"
            " where id = :id and settled_at is null"
        ),
        {"id": unknown_id, "by": by, "reason": reason},
    )
    return bool(done.rowcount)
