"""Contact persons of the sample county's offices, which its papers name."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samples.county import SampleCounty

CONTACTS = ("王敏", "李建国", "陈芳", "赵立", "周强")


async def load_offices(connection: AsyncConnection, county: SampleCounty) -> None:
    """Write one contact for the county bureau and each township; all are invented."""
    bureau = county.counties[0]
    offices = [(bureau.code, bureau.bureau_name)]
    offices += [(township.code, township.government_name) for township in county.townships]
    for number, (code, name) in enumerate(offices):
        await connection.execute(
            text(
                "insert into office (code, name, contact_person, contact_phone)"
                " values (:code, :name, :person, :phone) on conflict (code) do nothing"
            ),
            {
                "code": code, "name": name, "person": CONTACTS[number % len(CONTACTS)],
                "phone": f"0999-555{number:04d}",
            },
        )  # fmt: skip
