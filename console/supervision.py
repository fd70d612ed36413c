"""Supervision: clues of accountability, periodic duties, the agenda of the joint meeting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from access.scope import may_decide_clue, owed_by, visible
from activities.council import whole_agenda
from activities.duty_done import record_done
from console.cases import must_read_file
from console.problems import Problem, not_found
from console.wiring import ActorHere, ServicesHere
from lifecycle.days import SHANGHAI, legal_date
from lifecycle.periodic import BY_ID
from models.facts import Short, Text
from models.supervision import AccountabilityClue, PeriodicDutyRow
from models.words import ClueStatus, ExcuseCode, OfficeKind, PeriodicStatus, Role
from storage import clues, periodic

router = APIRouter(prefix="/api/supervision", tags=["督办"])


class Decided(BaseModel):
    """What somebody decides about a clue."""

    status: ClueStatus
    excuse: ExcuseCode | None = None
    reason: Annotated[Text, Field(min_length=2, max_length=1000)]


class Recorded(BaseModel):
    """That a periodic duty was done, with the paper that shows it."""

    proof: Annotated[Short, Field(min_length=2)]


def clue_line(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id), "office": row.office, "role": row.role,
        "role_label": Role(row.role).label, "article": row.article or "系统默认，非法定",
        "also": row.also, "label": row.label, "case_no": getattr(row, "case_no", None),
        "period": row.period, "due_on": str(row.due_on), "missed_on": str(row.missed_on),
        "done_on": str(row.done_on) if row.done_on else None,
        "suggested": ExcuseCode(row.suggested).label if row.suggested else None,
        "status": row.status, "status_label": ClueStatus(row.status).label,
        "excuse": ExcuseCode(row.excuse).label if row.excuse else None,
    }  # fmt: skip


def due_words(due_at: datetime) -> str:
    """Say a deadline as people do: the day, and the hour only where it is not the day's end."""
    local = due_at.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return str(local.date() - timedelta(days=1))
    return f"{local:%Y-%m-%d %H:%M}"


def round_line(row: Any) -> dict[str, Any]:
    return {
        "duty": row.duty, "label": row.label, "office": row.office, "period": row.period,
        "role": row.role, "role_label": Role(row.role).label, "opens_on": str(row.opens_on),
        "due_at": row.due_at.astimezone(SHANGHAI).isoformat(), "due": due_words(row.due_at),
        "why": row.why, "status": row.status,
        "status_label": PeriodicStatus(row.status).label, "proof": row.proof,
        "by_hand": BY_ID[row.duty].is_recorded_by_hand if row.duty in BY_ID else False,
    }  # fmt: skip


@router.get("/clues", summary="问责线索：谁、哪一条、逾期多久；不是处分")
async def list_clues(
    here: ServicesHere,
    actor: ActorHere,
    status: ClueStatus | None = None,
    office: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    must_read_file(actor)
    async with here.engine.connect() as connection:
        rows = await clues.list_clues(
            connection, owed_by(AccountabilityClue, actor), status=status, office=office,
            limit=limit,
        )  # fmt: skip
    return {"clues": [clue_line(row) for row in rows]}


@router.post("/clues/{identity}/decisions", summary="对线索作出认定（可重新认定，前后都保留）")
async def decide_clue(
    identity: UUID, said: Decided, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    if not may_decide_clue(actor):
        raise Problem(403, "不在您的办理范围", "问责线索由督导认定。", "forbidden")
    if (said.status is ClueStatus.EXCUSED) != (said.excuse is not None):
        raise Problem(422, "填写有误，未办理", "认定免责须选免责事由，其他认定不选。", "invalid")
    async with here.engine.begin() as connection:
        row = await clues.get_clue(connection, owed_by(AccountabilityClue, actor), identity)
        if row is None:
            raise not_found("线索")
        await clues.decide(
            connection, identity, here.clock(), actor.id, said.status, said.excuse, said.reason
        )
        decided = await clues.decisions_of(connection, identity)
    return {
        "decisions": [
            {"by": d.decided_by, "at": d.decided_at.isoformat(), "status": d.status,
             "excuse": d.excuse, "reason": d.reason}
            for d in decided
        ]
    }  # fmt: skip


@router.get("/duties", summary="例行任务：每一轮的期限、依据与完成情况")
async def list_duties(
    here: ServicesHere,
    actor: ActorHere,
    status: PeriodicStatus | None = None,
    duty: str | None = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        rows = await periodic.list_rounds(
            connection, owed_by(PeriodicDutyRow, actor), status=status, duty=duty, limit=limit
        )
    return {"duties": [round_line(row) for row in rows]}


@router.post("/duties/{duty}/{office}/{period}", summary="登记一项例行任务已完成")
async def record_duty(
    duty: str, office: str, period: str, said: Recorded, here: ServicesHere, actor: ActorHere
) -> dict[str, Any]:
    if duty not in BY_ID or not BY_ID[duty].is_recorded_by_hand:
        said_ = "这项任务由系统按填报情况自动核对，不能手工登记完成。"
        raise Problem(422, "不能这样登记", said_, "not_by_hand")
    if actor.role is not BY_ID[duty].role:
        owner = BY_ID[duty].role.label
        raise Problem(403, "不在您的办理范围", f"这项任务由{owner}登记。", "forbidden")
    async with here.engine.begin() as connection:
        row = await periodic.get_round(
            connection, owed_by(PeriodicDutyRow, actor), duty, office, period
        )
        if row is None:
            raise not_found("任务")
        await record_done(connection, row, here.clock(), said.proof, actor.id)
        row = await periodic.get_round(
            connection, owed_by(PeriodicDutyRow, actor), duty, office, period
        )
    return round_line(row)


@router.get(
    "/council", summary="联席会议议题：逾期的转介、僵持的主体、升到县级的督办、拒收、逾期整改和决定"
)
async def council(here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    if actor.role.office_kind is not OfficeKind.COUNTY:  # it names departments, hence causes
        raise Problem(403, "不在您的办理范围", "联席会议议题由县级查看。", "forbidden")
    async with here.engine.connect() as connection:
        today = legal_date(here.clock())
        return {"items": await whole_agenda(connection, visible(actor), actor, today)}
