"""Labels of children, and who of the poverty-relief households is out of school."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.groups import GroupLabel


async def put_on(
    connection: AsyncConnection,
    child_ref: UUID,
    label: GroupLabel,
    *,
    since: date,
    source: str,
    by: str,
    at: datetime,
) -> bool:
    """Label a child from a day on; False where it bears the label already."""
    done = await connection.execute(
        text(
            "insert into child_group (child_ref, label, since, source, recorded_by, recorded_at)"
            " values (:child, :label, :since, :source, :by, :at) on conflict do nothing"
        ),
        {"child": child_ref, "label": label.value, "since": since, "source": source, "by": by,
         "at": at},
    )  # fmt: skip
    return bool(done.rowcount)


async def take_off(
    connection: AsyncConnection, child_ref: UUID, label: GroupLabel, until: date
) -> bool:
    """End a label; its days stay to be read. False where there was none open."""
    done = await connection.execute(
        text(
            "update child_group set until = greatest(since, cast(:until as date))"
            " where child_ref = :child and label = :label and until is null"
        ),
        {"child": child_ref, "label": label.value, "until": until},
    )
    return bool(done.rowcount)


async def members(
    connection: AsyncConnection, column: str, office: str, labels: list[GroupLabel]
) -> list[Any]:
    """List the labelled children of an office by school and name, with roll and open case.

    ``column`` is ``school``, ``township`` or ``county``, as the scope gives it.
    """
    place = {
        "school": "c.school = :office",
        "township": "coalesce(s.township, c.residence_township, c.household_township) = :office",
        "county": "coalesce(s.county, c.household_county) = :office",
    }[column]
    query = text(
        "select c.ref, c.name, c.roll_no, c.grade, c.class_number, s.name as school_name, g.label,"
        " g.since, f.case_no, f.stage from child_group g join child c on c.ref = g.child_ref"
        " left join school s on s.code = c.school"
        " left join case_file f on f.child_ref = c.ref and f.closed_on is null"
        f" where g.until is null and g.label = any(:labels) and {place}"
        " order by g.label, s.code nulls first, c.name, c.ref"
    )
    keys = {"labels": [label.value for label in labels], "office": office}
    return list((await connection.execute(query, keys)).all())


async def poor_and_out(connection: AsyncConnection, county: str) -> dict[str, Any]:
    """Count the children of relief households, and name the cases of those out of school (DC-1).

    A child deferred for its body is counted apart; a child deferred by policy is out of school.
    """
    query = text(
        "select f.case_no, coalesce(f.state ->> 'deferral', '') as deferral, f.stage,"
        " count(*) over () as everybody from child c"
        " join household h on h.ref = c.household_ref and h.poverty <> 'none'"
        " left join case_file f on f.child_ref = c.ref and f.closed_on is null"
        " and f.stage not in ('lead', 'suspected', 'reporting', 'verifying', 'elsewhere_pending',"
        " 'placement', 'monitoring') where c.household_county = :county order by f.case_no"
    )
    rows = (await connection.execute(query, {"county": county})).all()
    cases = [row for row in rows if row.case_no is not None]
    return {
        "children": rows[0].everybody if rows else 0,
        "out": [row.case_no for row in cases if row.deferral != "statutory"],
        "deferred_for_health": [row.case_no for row in cases if row.deferral == "statutory"],
    }
