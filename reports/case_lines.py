"""The cases of a place with what the books print: the child, the state, and the stage on any day."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lifecycle.duties import CONFIRMED
from models.identity import Sex
from models.roster import PovertyKind
from models.state import CaseState
from models.words import DeferralKind, OfficeKind, Stage

BACK = frozenset({Stage.PLACEMENT, Stage.MONITORING, Stage.CLOSED_RETURNED})


@dataclass(frozen=True)
class Place:
    """A school, a township (with its schools) or a county."""

    kind: OfficeKind
    code: str

    def condition(self) -> str:
        """Return the SQL condition on ``f`` (case) and ``s`` (school) for a case of this place.

        A pupil belongs to the township of its school; a child no school holds, to the township
        that answers for it.
        """
        column = {
            OfficeKind.SCHOOL: "f.school",
            OfficeKind.TOWNSHIP: "coalesce(s.township, f.township)",
            OfficeKind.COUNTY: "f.county",
        }[self.kind]
        return f"{column} = :place"


@dataclass(frozen=True)
class CaseLine:
    """One case as the books see it; ``moves`` are (day, stage) in the order they happened."""

    case_id: UUID
    child_ref: UUID
    case_no: str
    school: str
    school_name: str
    school_township: str
    name: str
    sex: Sex
    birth_on: date
    id_no: str
    roll_no: str
    grade: int
    class_number: int | None
    household_address: str
    current_address: str
    guardian_name: str
    guardian_phone: str
    poverty: PovertyKind
    state: CaseState
    moves: tuple[tuple[date, Stage], ...]
    deferrals: tuple[tuple[date, DeferralKind], ...] = ()
    suits: tuple[date, ...] = ()
    """Days on which a guardian was sued (提起诉讼)."""

    def stage_on(self, day: date) -> Stage | None:
        """Return the stage at the end of ``day``; None before the case was opened."""
        place = bisect_right([on for on, _ in self.moves], day)
        return self.moves[place - 1][1] if place else None

    def is_confirmed_out_on(self, day: date) -> bool:
        """Tell whether the child counted as a dropout not yet back at the end of ``day``.

        A statutory deferral (因身体状况) is lawful absence; a deferral by policy is not a return.
        """
        stage = self.stage_on(day)
        if stage not in CONFIRMED:
            return False
        return not (stage is Stage.DEFERRED and self.deferral_on(day) is DeferralKind.STATUTORY)

    def deferral_on(self, day: date) -> DeferralKind | None:
        """Return the kind of the last deferral decided up to ``day``."""
        found = [kind for on, kind in self.deferrals if on <= day]
        return found[-1] if found else None

    @property
    def confirmed_on(self) -> date | None:
        """The first day the case was a confirmed dropout."""
        return next((on for on, stage in self.moves if stage in CONFIRMED), None)

    def dropouts(self) -> tuple[date, ...]:
        """Days on which the child became a confirmed dropout: at first, and at every relapse."""
        first = () if self.confirmed_on is None else (self.confirmed_on,)
        return (*first, *self.relapses())

    def returns(self) -> tuple[date, ...]:
        """Days on which a confirmed dropout came back."""
        return tuple(
            day
            for (_, before), (day, stage) in zip(self.moves, self.moves[1:], strict=False)
            if before in CONFIRMED and stage in BACK
        )

    def relapses(self) -> tuple[date, ...]:
        """Days on which a child that was back left again."""
        return tuple(
            day
            for (_, before), (day, stage) in zip(self.moves, self.moves[1:], strict=False)
            if before in BACK and stage in CONFIRMED
        )

    @property
    def is_junior(self) -> bool:
        return self.grade >= 7


async def case_lines(connection: AsyncConnection, place: Place) -> list[CaseLine]:
    """Return every case of the place in order of its number."""
    query = text(
        "select f.case_id, f.child_ref, f.case_no, f.school, coalesce(s.name, '') as school_name,"
        " coalesce(s.township, f.township) as school_township, f.state, c.name, c.sex, c.birth_on,"
        " coalesce(c.id_no, '') as id_no, coalesce(c.roll_no, '') as roll_no, c.grade,"
        " c.class_number, c.household_address, c.current_address,"
        " coalesce(g.name, '') as guardian_name, coalesce(g.phone, '') as guardian_phone,"
        " coalesce(h.poverty, 'none') as poverty"
        " from case_file f join child c on c.ref = f.child_ref"
        " left join school s on s.code = f.school left join household h on h.ref = c.household_ref"
        " left join lateral (select w.name, w.phone from child_guardian cg"
        " join guardian w on w.ref = cg.guardian_ref where cg.child_ref = c.ref"
        " order by cg.is_primary desc, w.ref limit 1) g on true"
        f" where {place.condition()} order by f.case_no"
    )
    rows = (await connection.execute(query, {"place": place.code})).all()
    cases = [row.case_id for row in rows]
    moves, deferrals = await _moves(connection, cases)
    suits = await _suits(connection, cases)
    return [
        _line(row, moves.get(row.case_id, ()), deferrals.get(row.case_id, ()),
              suits.get(row.case_id, ()))
        for row in rows
    ]  # fmt: skip


def _line(row: Any, moves: Any, deferrals: Any, suits: Any) -> CaseLine:
    state = CaseState.model_validate(row.state)
    return CaseLine(
        case_id=row.case_id, child_ref=row.child_ref, case_no=row.case_no, school=row.school, school_name=row.school_name,
        school_township=row.school_township, name=row.name, sex=Sex(row.sex),
        birth_on=row.birth_on, id_no=row.id_no, roll_no=row.roll_no,
        grade=state.grade or row.grade or 0, class_number=row.class_number,
        household_address=row.household_address, current_address=row.current_address,
        guardian_name=row.guardian_name, guardian_phone=row.guardian_phone,
        poverty=PovertyKind(row.poverty), state=state, moves=tuple(moves),
        deferrals=tuple(deferrals), suits=tuple(suits),
    )  # fmt: skip


async def _moves(
    connection: AsyncConnection, cases: list[UUID]
) -> tuple[dict[UUID, list[tuple[date, Stage]]], dict[UUID, list[tuple[date, DeferralKind]]]]:
    """Read where each case moved and when; a day told late never runs before the one before it."""
    query = text(
        "select case_id, happened_on, body::jsonb #>> '{event,moved_to,-1}' as stage,"
        " body::jsonb #>> '{event,deferral}' as deferral from case_event"
        " where case_id = any(cast(:cases as uuid[]))"
        " and body::jsonb #>> '{event,moved_to,-1}' is not null order by case_id, seq"
    )
    moves: dict[UUID, list[tuple[date, Stage]]] = {}
    deferrals: dict[UUID, list[tuple[date, DeferralKind]]] = {}
    for row in await connection.execute(query, {"cases": cases}):
        these = moves.setdefault(row.case_id, [])
        day = max(row.happened_on, these[-1][0]) if these else row.happened_on
        these.append((day, Stage(row.stage)))
        if row.stage == Stage.DEFERRED.value:
            # Only an assessment defers without naming the kind: for reasons of health.
            kind = DeferralKind(row.deferral or DeferralKind.STATUTORY.value)
            deferrals.setdefault(row.case_id, []).append((day, kind))
    return moves, deferrals


async def _suits(connection: AsyncConnection, cases: list[UUID]) -> dict[UUID, list[date]]:
    query = text(
        "select case_id, happened_on from case_event where kind = 'suit_filed'"
        " and case_id = any(cast(:cases as uuid[])) order by case_id, seq"
    )
    found: dict[UUID, list[date]] = {}
    for row in await connection.execute(query, {"cases": cases}):
        found.setdefault(row.case_id, []).append(row.happened_on)
    return found
