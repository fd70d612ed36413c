"""The one statement an append is: head, request, events and obligations, in one round trip.

A statement per table cost more than deciding did. The parts are independent of each other but for
foreign keys, which PostgreSQL checks when the whole statement is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import canonical

HEAD = (
    "county", "township", "school", "head_seq", "stage", "queue", "owner_role", "owner_office",
    "due_at", "due_on", "is_overdue", "closed_on", "last_event_at", "state", "head_hash",
)  # fmt: skip
FIXED = (
    "case_no", "workflow_id", "child_ref", "episode", "opened_on", "first_policy_sha",
)  # fmt: skip
REQUEST = (
    "request_id", "first_seq", "last_seq", "decided_at", "recorded_at", "command", "receipt",
    "policy_sha", "calendar_sha", "code_version",
)  # fmt: skip
EVENT = {
    "seq": "integer", "kind": "text", "happened_on": "date", "body": "text", "prev_hash": "text",
    "hash": "text",
}  # fmt: skip
OBLIGATION = {
    "key": "text", "duty": "text", "label": "text", "owner_role": "text", "owner_office": "text",
    "guardian": "text", "due_on": "date", "due_at": "timestamptz", "status": "text",
    "was_missed": "boolean", "is_provisional": "boolean", "escalates": "text",
    "derivation": "jsonb", "opened_seq": "integer", "ended_seq": "integer",
}  # fmt: skip
CHANGED = ("due_on", "due_at", "status", "was_missed", "is_provisional", "derivation", "ended_seq")
"""What may change in an obligation; what a change does not name stays as it is."""


def _statement(*, is_new: bool) -> str:
    names = ("case_id", *HEAD, *REQUEST, *EVENT, "opened", "changed", *(FIXED if is_new else ()))
    place = {name: f"${number}" for number, name in enumerate(names, start=1)}
    if is_new:
        columns = ", ".join(("case_id", *HEAD, *FIXED)).replace("first_policy_sha", "policy_sha")
        values = ", ".join(place[name] for name in ("case_id", *HEAD, *FIXED))
        head = f"insert into case_file ({columns}) values ({values})"
    else:
        # A case decides by one snapshot; the request's is the one it stands on from here.
        values = ", ".join(f"{name} = {place[name]}" for name in (*HEAD, "policy_sha"))
        head = f"update case_file set {values} where case_id = {place['case_id']}"
    asked = ", ".join(place[name] for name in ("case_id", *REQUEST))
    events = ", ".join(f"{place[name]}::{kind}[]" for name, kind in EVENT.items())
    obligation = ", ".join(f"{name} {kind}" for name, kind in OBLIGATION.items())
    again = ", ".join(f"{name} = coalesce(c.{name}, o.{name})" for name in CHANGED)
    # The data are cast once here: PostgreSQL cannot tell a parameter's type from a select list.
    return f"""
with head as ({head}),
asked as (insert into case_request (case_id, {", ".join(REQUEST)}) values ({asked})),
said as (
    insert into case_event (case_id, request_id, recorded_at, {", ".join(EVENT)})
    select {place["case_id"]}::uuid, {place["request_id"]}::text,
        {place["recorded_at"]}::timestamptz, e.*
    from unnest({events}) as e ({", ".join(EVENT)})
),
opened as (
    insert into obligation (case_id, {", ".join(OBLIGATION)})
    select {place["case_id"]}::uuid, o.* from jsonb_to_recordset({place["opened"]}) as o ({obligation})
)
update obligation o set {again}
from jsonb_to_recordset({place["changed"]}) as c ({obligation})
where o.case_id = {place["case_id"]} and o.key = c.key
"""


_OPEN, _GO_ON = _statement(is_new=True), _statement(is_new=False)


async def write(
    connection: AsyncConnection,
    head: dict[str, Any],
    request: dict[str, Any],
    events: Sequence[dict[str, Any]],
    opened: Sequence[dict[str, Any]],
    changed: Sequence[dict[str, Any]],
    fixed: dict[str, Any] | None,
) -> None:
    """Write one request's worth of the ledger; ``fixed`` opens the case with what never changes.

    No key may be in both ``opened`` and ``changed``: the parts do not see each other.
    """
    values = [request["case_id"], *(head[name] for name in HEAD)]
    values += [request[name] for name in REQUEST]
    values += [[event[name] for event in events] for name in EVENT]
    values += [canonical(list(opened)), canonical(list(changed))]
    if fixed is not None:
        values += [fixed[name] for name in FIXED]
    statement = _GO_ON if fixed is None else _OPEN
    await connection.exec_driver_sql(statement, tuple(values))
