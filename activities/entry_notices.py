"""Entry notices of a township: one for every child of the year, drafted as a batch (YN-6e)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.batch_values import entrants
from activities.batches import (
    BatchRefused,
    draft_batch,
    made_before,
    must_draft,
    one_at_a_time,
)
from models.base import Frozen
from models.people import Actor

KIND = "entry_notice"
_GRADES = "一二三四五六七八九"


class EntryRequest(Frozen):
    """What an office asks for: the children of one grade of one township."""

    township: str
    school_year: int
    grade: int
    school: str | None
    """Code of the school where children without one are to report."""
    report_on: date
    materials: str

    @property
    def title(self) -> str:
        return f"{self.school_year}年{_GRADES[self.grade - 1]}年级入学通知书"

    @property
    def content(self) -> dict[str, Any]:
        """What every notice of the batch is written with."""
        said = {
            "school_year": self.school_year, "report_on": str(self.report_on),
            "materials": self.materials, "grade_class": f"{_GRADES[self.grade - 1]}年级",
        }  # fmt: skip
        return said | ({"school_code": self.school} if self.school else {})

    @property
    def born(self) -> tuple[date, date] | None:
        """Six years old by the end of August, seven where children start a year later (义务教育法 11)."""
        if self.grade != 1:
            return None
        return date(self.school_year - 8, 9, 1), date(self.school_year - 6, 8, 31)


def may_ask(actor: Actor, township: str) -> bool:
    """Tell whether the actor's office drafts for this township: itself, or the county's bureau."""
    return actor.office in {township, township[:6]}


class AllNotified(BatchRefused):
    """Every child has a notice of that year; ``left_out`` says which and where."""

    def __init__(self, left_out: list[dict[str, Any]]) -> None:
        where = Counter(f"{each['office']}“{each['title']}”" for each in left_out)
        told = "、".join(f"{name}{number}名" for name, number in where.items())
        super().__init__(
            f"符合条件的{len(left_out)}名儿童本学年都已有入学通知书（{told}），没有需要再拟的。"
            "要重发的，请原拟单位先撤回那一批或者作废那一份。"
        )
        self.left_out = left_out


async def draft_entry_notices(
    connection: AsyncConnection, actor: Actor, request_id: str, asked: EntryRequest, on: date
) -> UUID:
    """Draft the notices and return their batch; a repeated request returns the one it made.

    A child that has a notice of the school year in force, of whatever office, is left out, and the
    batch keeps where that notice is (`left_out_of`). Raises BatchRefused; `KeyReused` where the
    request id was used for something else, `AllNotified` where nobody is left.
    """
    must_draft(actor, KIND)
    request = asked.model_dump(mode="json")
    made = await made_before(connection, actor, request_id, KIND, asked.title, request)
    if made is not None:  # whoever has moved in or out since
        return made
    # Two offices at the same moment would each find nothing: the second waits for the first.
    await one_at_a_time(connection, f"entry_notice:{asked.school_year}")
    children = await entrants(connection, asked.township, asked.grade, asked.born)
    if not children:
        raise BatchRefused("名册里没有符合条件的儿童，请核对年级和乡镇。")
    have = await _notified(connection, children, asked.school_year)
    fresh = [(child, asked.content) for child in children if child not in have]
    if not fresh:
        raise AllNotified(await _told(connection, list(have.values())))
    batch = await draft_batch(connection, actor, request_id, KIND, asked.title, fresh, on, request)
    if have:
        await connection.execute(
            text(
                "insert into batch_left_out (batch_id, child_ref, has_batch, has_place)"
                " values (:batch, :child, :has_batch, :has_place)"
            ),
            [
                {"batch": batch, "child": child, "has_batch": other, "has_place": place}
                for child, (other, place) in have.items()
            ],
        )
    return batch


async def _notified(
    connection: AsyncConnection, children: list[UUID], school_year: int
) -> dict[UUID, tuple[UUID, int]]:
    """Return batch and place of the notice each child has: drafted or issued, not taken back."""
    query = text(
        "select distinct on (p.child_ref) p.child_ref, p.batch_id, p.place"
        " from batch_paper p join paper_batch b on b.id = p.batch_id"
        " where p.child_ref = any(cast(:children as uuid[])) and b.kind = :kind"
        " and b.status <> 'withdrawn' and p.status <> 'voided'"
        " and p.content ->> 'school_year' = :year order by p.child_ref, b.drafted_at"
    )
    keys = {"children": children, "kind": KIND, "year": str(school_year)}
    found = await connection.execute(query, keys)
    return {row.child_ref: (row.batch_id, row.place) for row in found}


async def left_out_of(connection: AsyncConnection, batch: UUID) -> list[dict[str, Any]]:
    """List the children a batch left out, each with the notice it has and how that stands now."""
    query = text("select has_batch, has_place from batch_left_out where batch_id = :id")
    found = (await connection.execute(query, {"id": batch})).all()
    return await _told(connection, [(row.has_batch, row.has_place) for row in found])


_STANDS = {
    "drafted": "已拟写，待签发", "issued": "已签发", "served": "已签收", "voided": "已作废",
    "withdrawn": "已撤回",
}  # fmt: skip


async def _told(
    connection: AsyncConnection, notices: list[tuple[UUID, int]]
) -> list[dict[str, Any]]:
    query = text(
        "select c.name, s.name as school, p.batch_id, p.place, p.doc_no, b.title,"
        " coalesce(o.name, b.office) as office,"
        " case when b.status = 'withdrawn' then b.status else p.status end as stands"
        " from unnest(cast(:batches as uuid[]), cast(:places as int[])) as has (batch, place)"
        " join batch_paper p on p.batch_id = has.batch and p.place = has.place"
        " join paper_batch b on b.id = p.batch_id left join child c on c.ref = p.child_ref"
        " left join school s on s.code = c.school left join office o on o.code = b.office"
        " order by b.drafted_at, p.batch_id, p.place"
    )
    keys = {
        "batches": [batch for batch, _ in notices], "places": [place for _, place in notices],
    }  # fmt: skip
    return [
        {
            "child": row.name, "school": row.school, "office": row.office, "title": row.title,
            "batch": str(row.batch_id), "place": row.place, "doc_no": row.doc_no,
            "status": _STANDS[row.stands],
        }
        for row in await connection.execute(query, keys)
    ]  # fmt: skip
