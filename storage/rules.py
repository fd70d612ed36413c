"""Rule snapshots by their hash, and the bundle a case decides by."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import canonical
from models.calendar import Calendar, Term
from models.rules import PolicySnapshot, RulesBundle, calendar_digest
from policy.calendars import county_calendar
from policy.loader import snapshot
from storage.school_days import closures, local_holidays, make_up_days

DEFAULT_PROFILE = "default"


async def bundle(
    connection: AsyncConnection, county: str, as_of: date, policy_sha: str | None
) -> RulesBundle:
    """Return the rules for a case: its own policy if it has one, and today's calendar.

    Both are stored under their hash, so that every decision can be made again as it was.
    """
    if policy_sha is None:
        policy = snapshot(await _profile(connection, county), as_of)
        await _store(connection, policy.sha256, "policy", policy.model_dump(mode="json"))
    else:
        policy = await load_policy(connection, policy_sha)
    calendar = await calendar_of(connection, county, as_of)
    sha = calendar_digest(calendar)
    await _store(connection, sha, "calendar", calendar.model_dump(mode="json"))
    return RulesBundle(policy=policy, calendar=calendar, calendar_sha=sha)


async def policy_of(connection: AsyncConnection, county: str, as_of: date) -> PolicySnapshot:
    """Return the rules in force in the county on ``as_of``, for work outside any case."""
    return snapshot(await _profile(connection, county), as_of)


async def _profile(connection: AsyncConnection, county: str) -> str:
    query = text("select profile from office where code = :county")
    found = (await connection.execute(query, {"county": county})).scalar_one_or_none()
    return str(found or DEFAULT_PROFILE)


async def calendar_of(connection: AsyncConnection, county: str, as_of: date) -> Calendar:
    """Build the county's calendar around ``as_of`` from the statutory days and its own terms."""
    query = text(
        "select school, name, starts_on, ends_on from school_term where county = :county"
        " order by school nulls first, starts_on"
    )
    county_terms: list[Term] = []
    school_terms: dict[str, list[Term]] = {}
    for row in await connection.execute(query, {"county": county}):
        term = Term(name=row.name, starts_on=row.starts_on, ends_on=row.ends_on)
        if row.school is None:
            county_terms.append(term)
        else:
            school_terms.setdefault(row.school, []).append(term)
    years = range(as_of.year - 1, as_of.year + 3)
    return county_calendar(
        years,
        tuple(county_terms),
        {school: tuple(terms) for school, terms in school_terms.items()},
        await local_holidays(connection, county, years),
        await closures(connection, county, years),
        await make_up_days(connection, county, years),
    )


async def load_policy(connection: AsyncConnection, sha: str) -> PolicySnapshot:
    """Return a stored policy snapshot; LookupError where the hash is unknown."""
    return PolicySnapshot.model_validate_json(await _load(connection, sha))


async def load_calendar(connection: AsyncConnection, sha: str) -> Calendar:
    """Return a stored calendar; LookupError where the hash is unknown."""
    return Calendar.model_validate_json(await _load(connection, sha))


async def _load(connection: AsyncConnection, sha: str) -> str:
    query = text("select body from rule_snapshot where sha = :sha")
    body = (await connection.execute(query, {"sha": sha})).scalar_one_or_none()
    if body is None:
        raise LookupError(f"rule snapshot {sha} is not stored")
    return str(body)


async def _store(connection: AsyncConnection, sha: str, kind: str, body: dict[str, Any]) -> None:
    await connection.execute(
        text(
            "insert into rule_snapshot (sha, kind, body) values (:sha, :kind, :body)"
            " on conflict (sha) do nothing"
        ),
        {"sha": sha, "kind": kind, "body": canonical(body)},
    )
