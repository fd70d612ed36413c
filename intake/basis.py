"""What the school day is looked at by: who, when, the calendar and the county's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from intake.leads import Basis
from lifecycle.days import legal_date
from models.rules import PolicySnapshot
from storage.rules import calendar_of, policy_of


def with_rules(basis: Basis, policy: PolicySnapshot) -> Basis:
    """Take cut-off, threshold and warnings from the rules in force."""
    return replace(
        basis,
        cutoff=policy.text("attendance_cutoff"),
        absence_days=policy.number("absence_days"),
        warning_days=policy.text("absence_warning_days"),
    )


async def basis_for(
    connection: AsyncConnection, county: str, *, by: str, at: datetime
) -> tuple[Basis, PolicySnapshot]:
    """Return today's basis of a county with the rules it was made from."""
    today = legal_date(at)
    policy = await policy_of(connection, county, today)
    calendar = await calendar_of(connection, county, today)
    return with_rules(Basis(by, at, today, calendar), policy), policy
