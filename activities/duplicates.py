"""Close a case as a duplicate (重复撤销) only where the child keeps another open case.

The core sees one case; whether there is another is known to the ledger alone, and only inside the
transaction that appends: of two cases closing each other at one moment, the second is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.entries import signature
from intake.wording import name_key
from models.events import ActProposed, CaseClosedDuplicate, CaseEvent
from models.state import CaseState
from models.words import Stage
from models.work import UnmetDetail
from storage.ledger import LedgerRefusal

ACT = "close_duplicate"


async def must_stand(connection: AsyncConnection, state: CaseState, event: CaseEvent) -> None:
    """Refuse to propose or sign a duplicate that would leave the child without a case.

    ``state`` is the case before the event. Raises LedgerRefusal.
    """
    if isinstance(event, ActProposed) and event.act == ACT:
        if not await _others(connection, state):
            raise LedgerRefusal(_no_other())
    elif isinstance(event, CaseClosedDuplicate):
        await _in_turn(connection, state.county)
        problem = await _wrong_with(connection, state, event.other_case.strip())
        if problem is not None:
            raise LedgerRefusal(problem)


async def _in_turn(connection: AsyncConnection, county: str) -> None:
    """Let one duplicate of a county close at a time.

    Both heads cannot be locked instead: two cases that close each other would wait for each other.
    """
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"{ACT}/{county}"}
    )


async def _wrong_with(
    connection: AsyncConnection, state: CaseState, other_case: str
) -> UnmetDetail | None:
    query = text(
        "select case_id, case_no, child_ref, stage, closed_on from case_file"
        " where county = :county and case_no = :no"
    )
    keys = {"county": state.county, "no": other_case}
    other = (await connection.execute(query, keys)).one_or_none()
    if other is None:
        return UnmetDetail(
            code="other_case_unknown",
            message=f"本县没有案号为“{other_case}”的案件，请核对后填写另一案的案号。",
        )
    if str(other.case_id) == state.case_id:
        return UnmetDetail(
            code="duplicate_of_itself", message="不能把案件并入它自己，请填写另一案的案号。"
        )
    if other.closed_on is not None:
        return UnmetDetail(
            code="other_case_closed",
            message=f"另一案{other.case_no}已结（{Stage(other.stage).label}），不能并入已结的案件："
            "撤销后这名儿童将无人负责。请在本案继续办理。",
        )
    if str(other.child_ref) not in await _one_child(connection, state):
        return UnmetDetail(code="another_child", message=f"另一案{other.case_no}的儿童{_NOT_ONE}")
    return None


def _no_other() -> UnmetDetail:
    return UnmetDetail(
        code="no_other_case",
        message="本县没有这名儿童的另一件在办案件，撤销后这名儿童将无人负责。"
        "另一案的儿童若登记为另一个人，请先在人员匹配（guixue matches）中核对为“是同一儿童”。",
    )


_NOT_ONE = (
    "还没有核对为与本案同一儿童，不能撤销。请先在人员匹配（guixue matches）中核对，"
    "答“是同一儿童”后再办；若是两名儿童，两案都要继续办理。"
)


async def _others(connection: AsyncConnection, state: CaseState) -> bool:
    """Tell whether the county has another open case of the child."""
    query = text(
        "select exists (select from case_file where county = :county and closed_on is null"
        " and case_id <> :case and child_ref = any(:children))"
    )
    children = [UUID(ref) for ref in await _one_child(connection, state)]
    keys = {"county": state.county, "case": UUID(state.case_id), "children": children}
    return bool((await connection.execute(query, keys)).scalar_one())


async def _one_child(connection: AsyncConnection, state: CaseState) -> set[str]:
    """Give the child of the case, and every record a person has answered to be the same child."""
    child = await connection.execute(text(f"{_CHILD} where ref = :ref"), {"ref": state.child_ref})
    known = {name for row in child for name in _signatures(row)}
    reached, fresh = set(known), set(known)
    while fresh:
        pairs = await connection.execute(
            text(
                "select left_key, right_key from match_review where county = :county"
                " and answer = 'same' and (left_key = any(:keys) or right_key = any(:keys))"
            ),
            {"county": state.county, "keys": sorted(fresh)},
        )
        fresh = {key for pair in pairs for key in pair} - reached
        reached |= fresh
    if reached == known:
        return {state.child_ref}
    return {state.child_ref} | await _bearing(connection, reached)


async def _bearing(connection: AsyncConnection, signatures: set[str]) -> set[str]:
    """Find the children known by these signatures."""
    numbers = {key.rpartition("|")[0].partition(":")[2] for key in signatures}
    births = [
        f"{day[:4]}-{day[4:6]}-{day[6:]}"
        for key in signatures
        if key.startswith("temp:") and len(day := key.split(":")[1]) == 8
    ]
    found = await connection.execute(
        text(
            f"{_CHILD} where id_no = any(:numbers) or roll_no = any(:numbers)"
            " or to_char(birth_on, 'YYYY-MM-DD') = any(:births)"
        ),
        {"numbers": sorted(numbers), "births": births},
    )
    return {str(row.ref) for row in found if not signatures.isdisjoint(_signatures(row))}


def _signatures(child: Any) -> Iterator[str]:
    """Name a child as the lists may: by each of its numbers, or by birthday and name."""
    if child.id_no:
        yield signature(f"id:{child.id_no}", child.name)
    if child.roll_no:
        yield signature(f"roll:{child.roll_no}", child.name)
    if child.birth_on:
        yield signature(f"temp:{child.birth_on:%Y%m%d}:{name_key(child.name)}", child.name)


_CHILD = "select ref, name, id_no, roll_no, birth_on from child"
