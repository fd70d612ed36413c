"""小升初: whole classes handed over from primary to junior school, and who did not arrive (DC-2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.outside_leads import NewLead, put_leads
from models.words import LeadSource


class HandOverProblem(StrEnum):
    NO_SUCH = "no_such"
    SAME_PERSON = "same_person"
    NOT_SIGNED = "not_signed"
    WRONG_SCHOOL = "wrong_school"
    NOT_ON_LIST = "not_on_list"
    SIGNED = "signed"


_SENTENCES = {
    HandOverProblem.NO_SUCH: "没有这份整班移交名册。",
    HandOverProblem.SAME_PERSON: "移交与接收两方不能由同一人签字。",
    HandOverProblem.NOT_SIGNED: "小学一方尚未签字移交，初中不能接收。",
    HandOverProblem.WRONG_SCHOOL: "签字人不属于这份名册的移交学校或接收学校。",
    HandOverProblem.NOT_ON_LIST: "有 {count} 名学生不在这份移交名册上，请核对。",
    HandOverProblem.SIGNED: "名册已由小学签字移交，不能再增减学生。",
}


class HandOverRefused(Exception):
    """A step that cannot be taken; ``str()`` says in Chinese what to do."""

    def __init__(self, code: HandOverProblem, **values: object) -> None:
        super().__init__(_SENTENCES[code].format(**values))
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Graduate:
    """A primary-school graduate and the junior school that must receive the child."""

    junior_school: str
    child_ref: UUID
    primary_school: str
    going_to: str = ""
    """Where the family says the child goes instead; empty: to the school of the area."""


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    junior_school: str
    child_ref: UUID


@dataclass(frozen=True, slots=True, order=True)
class NoShow:
    """A graduate no junior school of the county has seen; the school of the area answers."""

    junior_school: str
    child_ref: UUID
    primary_school: str
    going_to: str


@dataclass(frozen=True, slots=True)
class Transition:
    no_shows: tuple[NoShow, ...]
    elsewhere: tuple[tuple[Graduate, str], ...]
    """Graduates who arrived at another junior school than the one of their area."""
    unannounced: tuple[Arrival, ...]
    """Arrivals no primary school of the county handed over."""


def compare(graduates: Iterable[Graduate], arrivals: Iterable[Arrival]) -> Transition:
    """Set graduates against arrivals; neither order nor repetition changes the result."""
    arrived: dict[UUID, list[str]] = {}
    for arrival in sorted(set(arrivals)):
        arrived.setdefault(arrival.child_ref, []).append(arrival.junior_school)
    handed_over: dict[UUID, Graduate] = {}
    for graduate in sorted(set(graduates)):
        handed_over.setdefault(graduate.child_ref, graduate)
    missing, elsewhere = [], []
    for graduate in handed_over.values():
        schools = arrived.get(graduate.child_ref, [])
        if not schools:
            missing.append(
                NoShow(graduate.junior_school, graduate.child_ref, graduate.primary_school,
                       graduate.going_to)
            )  # fmt: skip
        elif graduate.junior_school not in schools:
            elsewhere.append((graduate, schools[0]))
    strangers = [
        Arrival(school, ref)
        for ref, schools in arrived.items()
        if ref not in handed_over
        for school in schools
    ]
    return Transition(tuple(sorted(missing)), tuple(sorted(elsewhere)), tuple(sorted(strangers)))


async def make_hand_over(
    connection: AsyncConnection, school_year: int, graduates: Iterable[Graduate], *,
    by: str, at: datetime,
) -> list[UUID]:  # fmt: skip
    """Write the hand-over lists of these graduates, one per pair of schools; a list signed is closed."""
    by_pair: dict[tuple[str, str], list[Graduate]] = {}
    for graduate in sorted(set(graduates)):
        by_pair.setdefault((graduate.primary_school, graduate.junior_school), []).append(graduate)
    made = []
    for (primary, junior), these in sorted(by_pair.items()):
        list_id = uuid5(NAMESPACE_URL, f"hand-over/{school_year}/{primary}/{junior}")
        await connection.execute(
            text("""
                insert into hand_over (id, school_year, from_school, to_school, made_at, made_by)
                values (:id, :year, :primary, :junior, :at, :by) on conflict do nothing
            """),
            {
                "id": list_id, "year": school_year, "primary": primary, "junior": junior,
                "at": at, "by": by,
            },
        )  # fmt: skip
        row = await hand_over_of(connection, list_id)
        for graduate in these:
            written = await connection.execute(
                text("""
                    insert into hand_over_line (hand_over_id, child_ref, going_to)
                    select :id, :child, :going_to where cast(:open as boolean) or exists (
                        select 1 from hand_over_line
                        where hand_over_id = :id and child_ref = :child)
                    on conflict (hand_over_id, child_ref) do update
                    set going_to = excluded.going_to
                """),
                {
                    "id": list_id, "child": graduate.child_ref, "open": row.from_signed_at is None,
                    "going_to": graduate.going_to,
                },
            )  # fmt: skip
            if not written.rowcount:
                raise HandOverRefused(HandOverProblem.SIGNED)
        made.append(list_id)
    return made


async def hand_over_of(connection: AsyncConnection, list_id: UUID) -> Row[Any]:
    """Lock and return a list; HandOverRefused where there is none."""
    found = await connection.execute(
        text("select * from hand_over where id = :id for update"), {"id": list_id}
    )
    row = found.one_or_none()
    if row is None:
        raise HandOverRefused(HandOverProblem.NO_SUCH)
    return row


async def sign(
    connection: AsyncConnection, list_id: UUID, school: str, *, by: str, at: datetime
) -> None:
    """Sign for the school that hands over or for the one that receives; each side once."""
    row = await hand_over_of(connection, list_id)
    if school == row.from_school:
        side, other = "from", row.to_signed_by
    elif school == row.to_school:
        side, other = "to", row.from_signed_by
    else:
        raise HandOverRefused(HandOverProblem.WRONG_SCHOOL)
    if side == "to" and row.from_signed_at is None:
        raise HandOverRefused(HandOverProblem.NOT_SIGNED)
    if other == by:
        raise HandOverRefused(HandOverProblem.SAME_PERSON)
    await connection.execute(
        text(
            f"update hand_over set {side}_signed_by = :by, {side}_signed_at = :at"
            f" where id = :id and {side}_signed_at is null"
        ),
        {"id": list_id, "by": by, "at": at},
    )


async def arrive(
    connection: AsyncConnection, school_year: int, school: str, children: Iterable[UUID], on: date
) -> int:
    """Mark on every list of the year who has arrived at ``school``; gives how many were marked.

    A child may arrive at another school than the one of its list: it has arrived all the same.
    """
    refs = sorted(set(children))
    done = await connection.execute(
        text("""
            update hand_over_line l set arrived_on = :on from hand_over h
            where h.id = l.hand_over_id and h.school_year = :year and l.arrived_on is null
              and l.child_ref = any(cast(:refs as uuid[]))
        """),
        {"refs": refs, "year": school_year, "on": on},
    )
    await connection.execute(
        text("""
            insert into term_registration (child_ref, school, term_start, registered_on, recorded_by)
            select ref, :school, make_date(:year, 9, 1), :on, 'arrival' from child
            where ref = any(cast(:refs as uuid[])) on conflict do nothing
        """),
        {"refs": refs, "school": school, "year": school_year, "on": on},
    )
    return int(done.rowcount)


async def lines_of(connection: AsyncConnection, list_id: UUID) -> list[Row[Any]]:
    rows = await connection.execute(
        text("""
            select l.child_ref, c.name, c.roll_no, l.going_to, l.arrived_on
            from hand_over_line l join child c on c.ref = l.child_ref
            where l.hand_over_id = :id order by c.roll_no nulls last, l.child_ref
        """),
        {"id": list_id},
    )
    return list(rows)


async def lists_of_school(
    connection: AsyncConnection, school: str, school_year: int
) -> list[Row[Any]]:
    """List a school's hand-overs of the year with how many were handed over and how many came."""
    rows = await connection.execute(
        text("""
            select h.*, p.name as from_name, j.name as to_name, count(l.child_ref) as graduates,
                   count(l.arrived_on) as arrived
            from hand_over h join school p on p.code = h.from_school
            join school j on j.code = h.to_school
            left join hand_over_line l on l.hand_over_id = h.id
            where :school in (h.from_school, h.to_school) and h.school_year = :year
            group by h.id, p.name, j.name order by h.to_school, h.from_school
        """),
        {"school": school, "year": school_year},
    )
    return list(rows)


async def transition_no_shows(
    connection: AsyncConnection, junior_school: str, school_year: int
) -> list[NoShow]:
    """List the children handed over to ``junior_school`` that no junior school has seen."""
    rows = await connection.execute(
        text("""
            select h.to_school, l.child_ref, h.from_school, l.going_to
            from hand_over h join hand_over_line l on l.hand_over_id = h.id
            where h.to_school = :school and h.school_year = :year and l.arrived_on is null
        """),
        {"school": junior_school, "year": school_year},
    )
    graduates = [Graduate(r.to_school, r.child_ref, r.from_school, r.going_to) for r in rows]
    return list(compare(graduates, ()).no_shows)


async def transition_leads(
    connection: AsyncConnection, junior_school: str, school_year: int, since: date, today: date
) -> list[UUID]:
    """Make a lead of every no-show, owned by the junior school; gives the new ones.

    ``since`` is the first day of the junior school's term. A child no school has a seat for is
    found by no comparison of rolls: this list is the only place it shows (DC-2.4.2b).
    """
    leads = [
        NewLead(each.child_ref, LeadSource.TRANSITION, since, junior_school)
        for each in await transition_no_shows(connection, junior_school, school_year)
    ]
    return await put_leads(connection, leads, today)
