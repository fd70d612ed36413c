"""Entry notices of a township: one for every child of the year, drafted as a batch (YN-6e)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.batch_values import entrants
from activities.batches import BatchRefused, draft_batch, made_before
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


async def draft_entry_notices(
    connection: AsyncConnection, actor: Actor, request_id: str, asked: EntryRequest, on: date
) -> UUID:
    """Draft the notices and return their batch; a repeated request returns the one it made.

    Raises BatchRefused; `KeyReused` where the request id was used for something else.
    """
    request = asked.model_dump(mode="json")
    made = await made_before(connection, actor, request_id, KIND, asked.title, request)
    if made is not None:  # whoever has moved in or out since
        return made
    children = await entrants(connection, asked.township, asked.grade, asked.born)
    if not children:
        raise BatchRefused("名册里没有符合条件的儿童，请核对年级和乡镇。")
    return await draft_batch(
        connection, actor, request_id, KIND, asked.title,
        [(child, asked.content) for child in children], on, request,
    )  # fmt: skip
