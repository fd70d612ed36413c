"""Search attributes for operators: opaque codes and times only, never a name."""

from __future__ import annotations

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from lifecycle.owners import owner
from models.state import CaseState

STAGE = SearchAttributeKey.for_keyword("CaseStage")
COUNTY = SearchAttributeKey.for_keyword("CaseCounty")
TOWNSHIP = SearchAttributeKey.for_keyword("CaseTownship")
SCHOOL = SearchAttributeKey.for_keyword("CaseSchool")
QUEUE = SearchAttributeKey.for_keyword("CaseQueue")
DUE_AT = SearchAttributeKey.for_datetime("CaseDueAt")
LAST_ACTION_AT = SearchAttributeKey.for_datetime("CaseLastActionAt")
OVERDUE = SearchAttributeKey.for_bool("CaseOverdue")


def changes(state: CaseState, shown: dict[str, object]) -> list[SearchAttributeUpdate[Any]]:
    """Return what has to be upserted, and remember it in ``shown``."""
    if not state.revision:
        return []
    values: list[tuple[SearchAttributeKey[Any], Any]] = [
        (STAGE, state.stage.value),
        (COUNTY, state.county),
        (TOWNSHIP, state.township),
        (SCHOOL, state.school),
        (QUEUE, owner(state).queue if state.is_open else "closed"),
        (DUE_AT, state.next_due_at()),
        (LAST_ACTION_AT, state.last_event_at),
        (OVERDUE, state.is_overdue),
    ]
    day = state.last_event_at.date() if state.last_event_at else None
    rest = {key.name: value for key, value in values if key is not LAST_ACTION_AT}
    if shown.get("day") == day and all(shown.get(name) == rest[name] for name in rest):
        return []  # the time of the last action rides along; alone it moves once a day
    shown["day"] = day
    updates: list[SearchAttributeUpdate[Any]] = []
    for key, value in values:
        if key.name in shown and shown[key.name] == value:
            continue
        shown[key.name] = value
        updates.append(key.value_unset() if value is None else key.value_set(value))
    return updates
