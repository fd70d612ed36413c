"""What people do in a census: close a task with cause, whereabouts and signature; judge a match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import may_answer_difference, sees_row
from activities.leads import register_lead
from intake.new_child import NewChild, write_child
from lifecycle.days import legal_date
from models.census import Finding, MatchAnswer, TaskStatus
from models.identity import Sex
from models.people import Actor
from models.roster import LEAD_NAMESPACE
from models.words import Cause, LeadSource, Whereabouts


class CensusRefused(Exception):
    """An answer that cannot be taken; ``str()`` says in Chinese what is missing."""


class NoSuchTask(Exception):
    """There is no such task or question, or it is out of sight."""


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """What was found about one difference."""

    finding: Finding
    cause: str
    """A word of ``Cause`` where the child is out of school, else a sentence."""
    whereabouts: Whereabouts
    signed_by: str
    """Who went and looked, and answers for it (ZY-2.1g)."""
    note: str = ""
    school: str = ""
    """The school responsible for a child that is on no school's list."""


async def answer_task(
    connection: AsyncConnection, task_id: UUID, answer: TaskAnswer, actor: Actor, at: datetime
) -> UUID | None:
    """Close a task; a child out of school owes a lead, which opens a case or joins one.

    An answer given before stands in the record; a new one goes above it. Returns the lead's id.
    Raises CensusRefused with what is missing, NoSuchTask out of sight.
    """
    task = await _task(connection, task_id, actor)
    cause = _checked(answer)
    lead_id: UUID | None = task.lead_id
    if answer.finding is Finding.OUT_OF_SCHOOL:
        if "doubtful" in task.flags:
            raise CensusRefused(
                "这名儿童的人员匹配还没有核对，请先回答匹配问题（guixue matches list）。"
            )
        child_ref = await _child_of(connection, task, answer)
        lead_id = await _owe_lead(connection, task, child_ref, legal_date(at))
        await connection.execute(
            text("update census_task set child_ref = :child, lead_id = :lead where id = :id"),
            {"child": child_ref, "lead": lead_id, "id": task_id},
        )
    await _record(connection, task_id, answer, cause, actor, at)
    await connection.execute(
        text("update census_task set status = 'closed' where id = :id"), {"id": task_id}
    )
    return lead_id


async def reopen_task(
    connection: AsyncConnection, task_id: UUID, reason: str, signed_by: str, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Take the answer to a task back by a further record; a case it opened goes its own way."""
    task = await _task(connection, task_id, actor)
    if not reason.strip() or not signed_by.strip():
        raise CensusRefused("撤回核实结论须写明原因和签字人。")
    if task.status != TaskStatus.CLOSED.value:
        raise CensusRefused("这项差异还没有核销，不需要撤回。")
    await connection.execute(
        text(
            "insert into census_answer (task_id, finding, cause, whereabouts, note, signed_by,"
            " answered_by, answered_on, answered_at)"
            " values (:task, null, :reason, '', '', :signed, :by, :on, :at)"
        ),
        {
            "task": task_id, "reason": reason.strip(), "signed": signed_by.strip(), "by": actor.id,
            "on": legal_date(at), "at": at,
        },
    )  # fmt: skip
    await connection.execute(
        text(
            "update census_task set status = case when due_on < :today then 'county_list'"
            " else 'open' end where id = :id"
        ),
        {"id": task_id, "today": legal_date(at)},
    )


async def _task(connection: AsyncConnection, task_id: UUID, actor: Actor) -> Row[Any]:
    query = text(
        "select t.*, c.county, c.term from census_task t join census c on c.id = t.census_id"
        " where t.id = :id for update of t"
    )
    task = (await connection.execute(query, {"id": task_id})).one_or_none()
    if task is None or not sees_row(actor, task.school, task.township, task.county):
        raise NoSuchTask(str(task_id))
    if not may_answer_difference(actor, task.owner_office, task.county):
        raise CensusRefused("这项差异由其他单位负责核实，您可以查看，不能核销。")
    return task


def _checked(answer: TaskAnswer) -> str:
    """Refuse an answer without cause, whereabouts or signature; give the cause as it is stored."""
    missing = [
        word
        for word, said in (("原因", answer.cause), ("签字人", answer.signed_by))
        if not said.strip()
    ]
    if missing:
        raise CensusRefused(f"核销差异须写明{'、'.join(missing)}。")
    if answer.finding is Finding.ROSTER_MENDED:
        raise CensusRefused("“名册更正后一致”由系统在重新比对后认定，请更正名册后再导入。")
    if answer.finding is not Finding.OUT_OF_SCHOOL:
        return answer.cause.strip()
    try:
        cause = Cause(answer.cause.strip())
    except ValueError:
        words = "、".join(f"{one.value}（{one.label}）" for one in Cause)
        raise CensusRefused(f"确认未入学或辍学须选明原因：{words}。") from None
    # A cause that is a C4 fact belongs to the case, not to a list.
    return "特殊原因（在个案中记录）" if cause.is_confidential else cause.value


async def _record(
    connection: AsyncConnection, task_id: UUID, answer: TaskAnswer, cause: str, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    await connection.execute(
        text(
            "insert into census_answer (task_id, finding, cause, whereabouts, note, signed_by,"
            " answered_by, answered_on, answered_at) values (:task, :finding, :cause,"
            " :whereabouts, :note, :signed, :by, :on, :at)"
        ),
        {
            "task": task_id, "finding": answer.finding.value, "cause": cause,
            "whereabouts": answer.whereabouts.value, "note": answer.note.strip(),
            "signed": answer.signed_by.strip(), "by": actor.id, "on": legal_date(at), "at": at,
        },
    )  # fmt: skip


async def _child_of(connection: AsyncConnection, task: Row[Any], answer: TaskAnswer) -> UUID:
    """Find the child in the roster, or write it down: one who never enrolled is in no roster yet."""
    keys = {"ref": task.child_ref, "id_no": task.id_no, "roll_no": task.roll_no}
    query = text(
        "select ref, school, name from child where ref = :ref"
        " or (cast(:id_no as text) is not null and id_no = :id_no)"
        " or (cast(:roll_no as text) is not null and roll_no = :roll_no)"
        " order by ref = :ref desc nulls last, ref limit 1"
    )
    known = (await connection.execute(query, keys)).one_or_none()
    school = answer.school or (known.school if known else None) or task.school
    if not school:
        raise CensusRefused(
            "这名儿童不在任何学校的名册上，请用 school（--school）写明负责的片区学校代码。"
        )
    found = await connection.execute(
        text("select township from school where code = :code and county = :county"),
        {"code": school, "county": task.county},
    )
    township = found.scalar_one_or_none()
    if township is None:
        raise CensusRefused("没有这所学校，请核对学校代码。")
    if known:
        if known.school is None:
            await connection.execute(
                text("update child set school = :school where ref = :ref"),
                {"school": school, "ref": known.ref},
            )
        ref: UUID = known.ref
        return ref
    if task.birth_on is None:
        raise CensusRefused("名册上没有这名儿童的出生日期，请先补全名册再核销。")
    child = NewChild(
        name=task.name, sex=Sex(task.sex or Sex.UNSTATED), birth_on=task.birth_on, id_no=task.id_no,
        roll_no=task.roll_no, school=school, grade=task.grade, class_number=task.class_number,
        household_county=task.county, household_township=task.township,
        household_address=task.address, residence_township=task.township or township,
    )  # fmt: skip
    return await write_child(connection, uuid4(), child)


async def _owe_lead(
    connection: AsyncConnection, task: Row[Any], child_ref: UUID, today: date
) -> UUID:
    """Write one lead per child and term, and what the outbox owes for it."""
    lead_id = uuid5(LEAD_NAMESPACE, f"{child_ref}:{task.term}:{LeadSource.CENSUS.value}")
    await register_lead(connection, child_ref, LeadSource.CENSUS, today, None, 0, lead_id)
    await connection.execute(
        text(
            "insert into outbox (kind, payload, dedupe_key)"
            " values ('open_lead', jsonb_build_object('lead_id', cast(:id as text)), :key)"
            " on conflict do nothing"
        ),
        {"id": str(lead_id), "key": f"open_lead:{lead_id}"},
    )
    return lead_id


async def answer_match(
    connection: AsyncConnection, review_id: UUID, answer: MatchAnswer, note: str, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Judge a pair; the answer holds for every later run until another is given."""
    query = text("select * from match_review where id = :id for update")
    review = (await connection.execute(query, {"id": review_id})).one_or_none()
    if review is None or not sees_row(actor, review.school, review.township, review.county):
        raise NoSuchTask(str(review_id))
    await connection.execute(
        text(
            "insert into match_answer (review_id, answer, note, answered_by, answered_at)"
            " values (:id, :answer, :note, :by, :at)"
        ),
        {
            "id": review_id, "answer": answer.value, "note": note.strip(), "by": actor.id, "at": at,
        },
    )  # fmt: skip
    await connection.execute(
        text("update match_review set answer = :answer where id = :id"),
        {"id": review_id, "answer": answer.value},
    )


async def see_task(connection: AsyncConnection, task_id: UUID, actor: Actor) -> dict[str, Any]:
    """Give one task within the actor's scope; NoSuchTask outside it."""
    query = text(
        "select t.*, c.county from census_task t join census c on c.id = t.census_id"
        " where t.id = :id"
    )
    task = (await connection.execute(query, {"id": task_id})).one_or_none()
    if task is None or not sees_row(actor, task.school, task.township, task.county):
        raise NoSuchTask(str(task_id))
    return dict(task._mapping)
