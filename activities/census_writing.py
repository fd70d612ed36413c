"""Write what a census found: questions about matches, tasks with an owner, and what is gone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.census_store import Outcome, sentence
from intake.entries import signature
from intake.matching import Doubt
from intake.roster_store import copy_in
from models.census import Difference, Finding
from models.words import Role

AT_SCHOOL = {
    Difference.NOT_PRESENT, Difference.PRESENT_NO_ROLL, Difference.NAME_DIFFERS,
    Difference.SCHOOL_DIFFERS, Difference.FOUR_COLUMNS,
}  # fmt: skip
TASK = (
    "id", "census_id", "difference", "person", "name", "sex", "birth_on", "id_no", "roll_no",
    "school", "grade", "class_number", "township", "address", "guardian", "whereabouts", "poverty",
    "flags", "explanation", "owner_role", "owner_office", "due_on", "status", "found_at", "is_gone",
    "child_ref",
)  # fmt: skip
SAID = (
    "name", "sex", "birth_on", "id_no", "roll_no", "school", "grade", "class_number", "township",
    "address", "guardian", "whereabouts", "poverty", "flags", "explanation",
)  # fmt: skip
"""What a later run brings up to date in a task that is there."""


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)


def owner_of(row: dict[str, Any], county: str) -> tuple[Role, str]:
    """Say who answers for a difference: the school for its own, else the township's centre school.

    DC-2.2.1 names 中心学校 with the township, DC-2.2.2 each school, ZY-2.1b 乡镇中心学校.
    """
    if Difference(row["difference"]) in AT_SCHOOL and row["school"]:
        return Role.PRINCIPAL, row["school"]
    township = row["home"] or row["township"]
    return (Role.CENTER_SCHOOL, township) if township else (Role.EDU_CASE, county)


def task_id_of(census_id: UUID, difference: str, person: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"guixue:census-task/{census_id}/{difference}/{person}")


async def put_tasks(
    connection: AsyncConnection, census: Any, outcome: Outcome, at: datetime
) -> int:
    """Write a task for every difference that has none, bring the others up to date."""
    records = [_task(row, census, at) for row in outcome.differences.iter_rows(named=True)]
    schema = dict.fromkeys(TASK, pl.String)
    frame = pl.DataFrame(records, schema=schema, orient="row")
    await connection.execute(
        text(
            "create temporary table census_found on commit drop as"
            f" select {', '.join(TASK)} from census_task with no data"
        )
    )
    await copy_in(connection, "census_found", frame)
    said = ", ".join(f"{name} = excluded.{name}" for name in SAID)
    written = await connection.execute(
        text(
            f"insert into census_task ({', '.join(TASK)}) select {', '.join(TASK)}"
            " from census_found where true"
            " on conflict (census_id, difference, person) do update"
            f" set {said}, is_gone = false,"
            " child_ref = coalesce(census_task.child_ref, excluded.child_ref)"
            " returning xmax = 0 as is_new"
        )
    )
    opened = sum(1 for row in written if row.is_new)
    await _open_again(connection, census, at)
    return opened


def _task(row: dict[str, Any], census: Any, at: datetime) -> tuple[str | None, ...]:
    role, office = owner_of(row, census.county)
    flags = [
        name
        for name, is_so in (("disabled", row["is_disabled"]), ("doubtful", row["is_doubtful"]))
        if is_so
    ]
    task = row | {
        "id": task_id_of(census.id, row["difference"], row["person"]), "census_id": census.id,
        "flags": "{" + ",".join(flags) + "}", "explanation": sentence(row),
        "owner_role": role.value, "owner_office": office, "due_on": census.due_on,
        "status": "open", "found_at": at.isoformat(), "is_gone": False,
        "township": row["home"] or row["township"],
    }  # fmt: skip
    empty = ("address", "guardian", "whereabouts")
    return tuple(
        "" if task[name] is None and name in empty else None if task[name] is None
        else str(task[name])
        for name in TASK
    )  # fmt: skip


async def _open_again(connection: AsyncConnection, census: Any, at: datetime) -> None:
    """Open what a mended roster had closed and the lists show again."""
    back = await connection.execute(
        text(
            "update census_task t set status = 'open' from census_found f"
            " where (t.census_id, t.difference, t.person) = (f.census_id, f.difference, f.person)"
            " and t.status = 'closed' and (select a.finding from census_answer a"
            " where a.task_id = t.id order by a.id desc limit 1) = 'roster_mended' returning t.id"
        )
    )
    for row in back.all():
        await _answer(connection, row.id, None, "名册中重新出现", "系统比对", at)


async def close_gone(
    connection: AsyncConnection, census: Any, outcome: Outcome, at: datetime
) -> int:
    """Mark tasks whose difference the lists no longer show.

    Where every list in force is signed (谁摸底谁签字谁负责), the signature of the mended lists
    closes them; else they stay open and want an answer.
    """
    gone = await connection.execute(
        text(
            "update census_task t set is_gone = true where t.census_id = :census"
            " and t.status <> 'closed' and not exists (select 1 from census_found f"
            " where (t.census_id, t.difference, t.person) = (f.census_id, f.difference, f.person))"
            " returning t.id"
        ),
        {"census": census.id},
    )
    ids = [row.id for row in gone.all()]
    signers = await connection.execute(
        text(
            "select distinct signed_by from roster_import where county = :county and term = :term"
            " and is_current order by signed_by"
        ),
        {"county": census.county, "term": census.term},
    )
    names = list(signers.scalars())
    if ids and names and all(names):
        for task_id in ids:
            await _answer(
                connection,
                task_id,
                Finding.ROSTER_MENDED,
                "名册更正后两边一致",
                "、".join(names),
                at,
            )
        await connection.execute(
            text("update census_task set status = 'closed' where id = any(:ids)"), {"ids": ids}
        )
    return len(ids)


async def _answer(
    connection: AsyncConnection, task_id: UUID, finding: Finding | None, cause: str, signed_by: str,
    at: datetime,
) -> None:  # fmt: skip
    await connection.execute(
        text(
            "insert into census_answer (task_id, finding, cause, whereabouts, note, signed_by,"
            " answered_by, answered_on, answered_at)"
            " values (:task, :finding, :cause, '', '', :signed, 'system', :on, :at)"
        ),
        {
            "task": task_id, "finding": finding.value if finding else None, "cause": cause,
            "signed": signed_by, "on": at.date(), "at": at,
        },
    )  # fmt: skip


async def put_reviews(
    connection: AsyncConnection, county: str, outcome: Outcome, at: datetime
) -> int:
    """Write the questions about matches that are new; give how many still want an answer."""
    doubts = outcome.matched.doubts
    entries = _entries(outcome.rows, doubts) if doubts else {}
    for doubt in doubts:
        left, right = entries.get(doubt.left, []), entries.get(doubt.right, [])
        both = left + right
        await connection.execute(
            text(
                "insert into match_review (id, county, left_key, right_key, reason, explanation,"
                " school, township, evidence, found_at) values (:id, :county, :left, :right,"
                " :reason, :explanation, :school, :township, cast(:evidence as jsonb), :at)"
                " on conflict (county, left_key, right_key) do update set"
                " reason = excluded.reason, explanation = excluded.explanation,"
                " school = excluded.school, township = excluded.township,"
                " evidence = excluded.evidence"
            ),
            {
                "id": uuid5(NAMESPACE_URL, f"guixue:match/{county}/{doubt.left}/{doubt.right}"),
                "county": county, "left": doubt.left, "right": doubt.right,
                "reason": doubt.reason.value, "explanation": doubt.explanation,
                "school": _first(both, "school"), "township": _first(both, "township"),
                "evidence": as_json({"left": left, "right": right}), "at": at,
            },
        )  # fmt: skip
    return sum(1 for doubt in doubts if doubt.answer is None)


def _first(entries: list[dict[str, Any]], name: str) -> str | None:
    return min((entry[name] for entry in entries if entry[name]), default=None)


def _entries(rows: pl.DataFrame, doubts: list[Doubt]) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of both sides of every doubt, as the lists have them."""
    wanted = {key for doubt in doubts for key in doubt.pair}
    names = {key.rpartition("|")[0] for key in wanted}
    shown = (
        "kind", "person", "name", "name_key", "sex", "birth_on", "id_no", "roll_no", "school",
        "township", "guardian", "household_label", "address",
    )  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {}
    near = rows.filter(pl.col("entry").is_in(list(names))).sort("kind", "row")
    for row in near.select("entry", *shown).iter_rows(named=True):
        key = signature(row.pop("entry"), row["name_key"])
        if key in wanted:
            found.setdefault(key, []).append({name: row[name] for name in shown})
    return found
