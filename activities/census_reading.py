"""Read a census for people: its state, summary, tasks and questions, within the reader's scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import row_scope
from intake.census_counts import FORMULAS
from models.census import CensusMethod, Difference, Finding, MatchAnswer, MatchReason, TaskStatus
from models.people import Actor
from models.rosters import RosterKind, term_label

LEVEL_LABELS = {"county": "县", "township": "乡镇（街道）", "school": "学校", "class": "班级"}
PAGE = 200


async def censuses(connection: AsyncConnection, county: str) -> list[dict[str, Any]]:
    rows = await connection.execute(
        text("select * from census where county = :county order by term desc"), {"county": county}
    )
    return [await _shown(connection, row._mapping) for row in rows.all()]


async def _shown(connection: AsyncConnection, row: Any) -> dict[str, Any]:
    counted = await connection.execute(
        text(
            "select difference, status, count(*) as n, count(lead_id) as leads, count(poverty)"
            " as poor from census_task where census_id = :id group by difference, status"
        ),
        {"id": row["id"]},
    )
    tasks: dict[str, dict[str, int]] = {}
    leads = 0
    for line in counted:
        tasks.setdefault(line.difference, {})[line.status] = line.n
        leads += line.leads
    return {
        "id": str(row["id"]), "county": row["county"], "term": row["term"],
        "term_label": term_label(row["term"]), "method": row["method"],
        "method_label": CensusMethod(row["method"]).label, "as_of": row["as_of"],
        "due_on": row["due_on"], "ran_at": row["ran_at"], "ended_at": row["ended_at"],
        "counts": row["counts"], "sources": row["sources"], "tasks": tasks, "leads": leads,
    }  # fmt: skip


async def summary(
    connection: AsyncConnection, census_id: UUID, level: str, actor: Actor | None = None
) -> list[dict[str, Any]]:
    """Give one level of the summary with what is checked; a school or township sees its own."""
    scope = None if actor is None else row_scope(actor)
    if actor is not None and scope is None:
        return []
    rows = await connection.execute(
        text(
            "select level, code, name, counts from census_summary where census_id = :id"
            " and level = :level order by code"
        ),
        {"id": census_id, "level": level},
    )
    checked = await _checked(connection, census_id, level)
    lines = []
    for row in rows:
        if scope and not _is_within(row.level, row.code, scope):
            continue
        done, todo = checked.get(row.code, (0, 0))
        lines.append(
            {"level": row.level, "code": row.code, "name": row.name, **row.counts,
             "checked": done, "unchecked": todo}
        )  # fmt: skip
    return lines


def _is_within(level: str, code: str, scope: tuple[str, str]) -> bool:
    column, office = scope
    if column == "county":
        return True
    if column == "township":
        return level == "township" and code == office
    return level in ("school", "class") and code.split("-")[0] == office


async def _checked(
    connection: AsyncConnection, census_id: UUID, level: str
) -> dict[str, tuple[int, int]]:
    unit = {
        "county": "''",
        "township": "township",
        "school": "school",
        "class": "school || '-' || lpad(grade::text, 2, '0') || lpad(class_number::text, 2, '0')",
    }[level]
    rows = await connection.execute(
        text(
            f"select {unit} as code, count(*) filter (where status = 'closed') as done,"
            " count(*) filter (where status <> 'closed') as todo"
            f" from census_task where census_id = :id and ({unit}) is not null group by 1"
        ),
        {"id": census_id},
    )
    return {row.code: (row.done, row.todo) for row in rows}


def formulas() -> list[dict[str, str]]:
    """Give every column of the summary: its heading and how it is computed."""
    shown = [
        {"field": name, "heading": heading, "formula": formula}
        for name, (heading, formula) in FORMULAS.items()
    ]
    shown.append({"field": "checked", "heading": "已核", "formula": "已核销的差异条数"})
    shown.append({"field": "unchecked", "heading": "未核", "formula": "待核实和逾期的差异条数"})
    return shown


async def tasks(
    connection: AsyncConnection,
    census_id: UUID,
    actor: Actor | None = None,
    *,
    difference: Difference | None = None,
    status: TaskStatus | None = None,
    owner: str | None = None,
    after: str = "",
    limit: int = PAGE,
) -> list[dict[str, Any]]:
    """Give tasks in the order of their owners, a page after the id ``after``; None sees all."""
    where, values = ["census_id = :id"], {"id": census_id, "limit": limit}
    if actor is not None:
        scope = row_scope(actor)
        if scope is None:
            return []
        if scope[0] != "county":
            where.append(f"{scope[0]} = :office")
            values["office"] = scope[1]
    for name, value in (("difference", difference), ("status", status), ("owner_office", owner)):
        if value:
            where.append(f"{name} = :{name}")
            values[name] = getattr(value, "value", value)
    if after:
        where.append(
            "(owner_office, difference, name, id::text) > (select owner_office, difference, name,"
            " id::text from census_task where id::text = :after)"
        )
        values["after"] = after
    rows = await connection.execute(
        text(
            f"select * from census_task where {' and '.join(where)}"
            " order by owner_office, difference, name, id::text limit :limit"
        ),
        values,
    )
    return [_task(row._mapping) for row in rows]


def _task(row: Any) -> dict[str, Any]:
    shown = dict(row)
    shown["difference_label"] = Difference(row["difference"]).label
    shown["status_label"] = TaskStatus(row["status"]).label
    return shown


async def answers(connection: AsyncConnection, task_id: UUID) -> list[dict[str, Any]]:
    """Give every answer a task got, the first one first; what was taken back is there too."""
    rows = await connection.execute(
        text("select * from census_answer where task_id = :id order by id"), {"id": task_id}
    )
    return [
        dict(row._mapping)
        | {"finding_label": Finding(row.finding).label if row.finding else "撤回，重新核实"}
        for row in rows
    ]


async def reviews(
    connection: AsyncConnection, county: str, actor: Actor | None = None, *, is_open: bool = True
) -> list[dict[str, Any]]:
    """Give the pairs a person must judge, or all pairs with their answers."""
    where, values = ["county = :county"], {"county": county}
    if actor is not None:
        scope = row_scope(actor)
        if scope is None:
            return []
        where.append(f"{scope[0]} = :office")
        values["office"] = scope[1]
    if is_open:
        where.append("(answer is null or answer = 'need_paper')")
    rows = await connection.execute(
        text(f"select * from match_review where {' and '.join(where)} order by reason, id"), values
    )
    found = []
    for row in rows.all():
        history = await connection.execute(
            text("select answer, note, answered_by, answered_at from match_answer"
                 " where review_id = :id order by id"),
            {"id": row.id},
        )  # fmt: skip
        found.append(
            {
                "id": str(row.id), "reason": row.reason,
                "reason_label": MatchReason(row.reason).label, "explanation": row.explanation,
                "answer": row.answer,
                "answer_label": MatchAnswer(row.answer).label if row.answer else "待核对",
                "evidence": row.evidence, "history": [dict(one._mapping) for one in history],
            }
        )  # fmt: skip
    return found


async def imports(connection: AsyncConnection, county: str, term: str) -> Sequence[dict[str, Any]]:
    """Give the lists in force of a term; file names stay out."""
    rows = await connection.execute(
        text(
            "select id, kind, source, term, file_sha256, signed_by, imported_by, imported_at,"
            " replaces, is_amendment, is_current, rows_total, rows_accepted, rows_rejected,"
            " rows_added, rows_changed, rows_removed from roster_import"
            " where county = :county and term = :term order by imported_at, id"
        ),
        {"county": county, "term": term},
    )
    return [dict(row._mapping) | {"kind_label": RosterKind(row.kind).label} for row in rows]
