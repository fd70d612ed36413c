"""九年义务教育巩固率: every child who entered the first grade is accounted for, or there is no rate.

The cohort is read from the school-roll lists (学籍) of two school years, child by child. Of those
who entered, a child may be in the ninth grade now, on another roll or in another grade (转出、编出本届),
gone by a case closed on proof (在外就读、死亡、出国、已毕业), or lost: a dropout not back, or past
age without graduating.
Whoever is none of these has gone nobody wrote where; with one such child the rate would be a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.roster import SchoolStage
from models.rosters import term_label
from models.words import OfficeKind, Stage
from reports.case_lines import CaseLine, Place

GRADES = 9
_CLOSED = (
    Stage.CLOSED_DECEASED, Stage.CLOSED_ABROAD, Stage.CLOSED_ELSEWHERE, Stage.CLOSED_HANDED_OVER,
    Stage.CLOSED_COMPLETED,
)  # fmt: skip
_COLUMN = {
    OfficeKind.SCHOOL: "s.code", OfficeKind.TOWNSHIP: "s.township", OfficeKind.COUNTY: "s.county",
}  # fmt: skip
_REF = (
    "coalesce(r.child_ref, (select c.ref from child c where c.id_no = r.id_no and c.name = r.name))"
)


@dataclass(frozen=True)
class Cohort:
    """One year's entrants and what became of them; ``missing`` says why it cannot be told."""

    entered: int = 0
    arrived: int = 0
    """In the ninth grade now and not among the entrants."""
    moved: int = 0
    died: int = 0
    abroad: int = 0
    ninth: int = 0
    """In the ninth grade and not out of school."""
    lost: tuple[str, ...] = ()
    """Numbers of the cases of those lost."""
    missing: str = ""

    @property
    def expected(self) -> int:
        return self.entered + self.arrived - self.moved - self.died - self.abroad


async def cohort_of(
    connection: AsyncConnection, place: Place, school_year: int, lines: Sequence[CaseLine], on: date
) -> Cohort:
    """Follow those who entered eight school years before ``school_year``, as known on ``on``."""
    entry, now = f"{school_year - GRADES + 1}-1", f"{school_year}-1"
    if not await _has_all_grades(connection, place):
        return Cohort(
            missing="本单位没有一年级至九年级的完整学段，不单独计算，请看上一级的巩固率。"
        )
    if without := [
        said
        for term, stage in ((entry, SchoolStage.PRIMARY), (now, SchoolStage.JUNIOR))
        if (said := await _missing_lists(connection, place, term, stage))
    ]:
        return Cohort(missing=f"数据不足：缺{'、'.join(without)}。")
    entered = await _children(connection, place, entry, 1)
    ninth = await _children(connection, place, now, GRADES)
    if not entered or not ninth:
        grade = "九年级" if entered else f"{entry[:4]}学年一年级"
        return Cohort(missing=f"数据不足：学籍名册中没有{grade}学生。")
    on_roll = await _on_roll(connection, now, entered - ninth)
    graduated = await _graduated(connection, lines)
    return _followed(entered, ninth, on_roll, graduated, lines, on)


def _followed(
    entered: set[str], ninth: set[str], on_roll: set[str], graduated: set[str],
    lines: Sequence[CaseLine], on: date,
) -> Cohort:  # fmt: skip
    """Account for every child; the keys are those of ``_children``."""
    of_child = {str(line.child_ref): line for line in lines}
    stages = {key: line.stage_on(on) for key, line in of_child.items()}
    out = {key for key, line in of_child.items() if line.is_confirmed_out_on(on)}
    died, abroad, elsewhere, handed_over, completed = (
        {key for key, stage in stages.items() if stage is closed} for closed in _CLOSED
    )
    here = ninth - died - abroad - elsewhere
    gone = entered - here
    lost = gone & (out | handed_over | (completed - graduated))
    moved = (gone & (elsewhere | (completed & graduated) | on_roll)) - lost - died - abroad
    if untraced := gone - lost - moved - died - abroad:
        return Cohort(
            missing=f"数据不足：入学的{len(entered)}人中有{len(untraced)}人去向没有记载"
            "（不在本学年学籍名册上，也没有死亡、出国或转学的个案结论），请补齐学籍名册或转出证明。"
        )
    return Cohort(
        entered=len(entered), arrived=len(here - entered), moved=len(moved),
        died=len(gone & died), abroad=len(gone & abroad), ninth=len(here - out),
        lost=tuple(sorted(of_child[key].case_no for key in lost | (here & out))),
    )  # fmt: skip


async def _has_all_grades(connection: AsyncConnection, place: Place) -> bool:
    """Tell whether the place has schools for the first grade and for the ninth."""
    query = text(
        "select bool_or(s.stage in ('primary', 'nine_year'))"
        " and bool_or(s.stage in ('junior', 'nine_year'))"
        f" from school s where {_COLUMN[place.kind]} = :place"
    )
    return bool((await connection.execute(query, {"place": place.code})).scalar())


async def _missing_lists(
    connection: AsyncConnection, place: Place, term: str, stage: SchoolStage
) -> str:
    """Name the schools of a stage without a roll of the term; the county's list holds them all."""
    query = text(
        f"select s.name from school s where {_COLUMN[place.kind]} = :place"
        " and s.stage in (:stage, 'nine_year') and not exists (select 1 from roster_import i"
        " where i.kind = 'school_roll' and i.county = s.county and i.term = :term"
        " and i.is_current and i.source in (s.county, s.township, s.code)) order by s.code"
    )
    keys = {"place": place.code, "term": term, "stage": stage.value}
    names = list((await connection.execute(query, keys)).scalars())
    if not names:
        return ""
    more = "" if len(names) == 1 else f"等{len(names)}所学校"
    return f"{term_label(term)}学籍名册（{names[0]}{more}）"


async def _children(connection: AsyncConnection, place: Place, term: str, grade: int) -> set[str]:
    """Give a grade on the roll of the place: the child where it is known, else its best number."""
    query = text(
        f"select coalesce(cast({_REF} as text), r.person) as key from roster_row r"
        " join school s on s.code = r.school where r.kind = 'school_roll' and r.term = :term"
        f" and r.grade = :grade and {_COLUMN[place.kind]} = :place"
    )
    rows: Any = await connection.execute(query, {"term": term, "grade": grade, "place": place.code})
    return {row.key for row in rows}


async def _on_roll(connection: AsyncConnection, term: str, keys: set[str]) -> set[str]:
    """Give those of ``keys`` that any roll of the term holds, wherever."""
    query = text(
        f"select coalesce(cast({_REF} as text), r.person) as key from roster_row r"
        " where r.kind = 'school_roll' and r.term = :term"
        " and (r.person = any(:keys) or cast(r.child_ref as text) = any(:keys)"
        " or (r.child_ref is null and r.id_no in"
        " (select id_no from child where cast(ref as text) = any(:keys))))"
    )
    rows: Any = await connection.execute(query, {"term": term, "keys": sorted(keys)})
    return {row.key for row in rows} & keys


async def _graduated(connection: AsyncConnection, lines: Sequence[CaseLine]) -> set[str]:
    """Give the children whose case was closed because they had graduated."""
    query = text(
        "select case_id from case_event where kind = 'case_closed_completed'"
        " and body::jsonb #> '{event,is_graduated}' = 'true'"
        " and case_id = any(cast(:cases as uuid[]))"
    )
    found = await connection.execute(query, {"cases": [line.case_id for line in lines]})
    closed = set(found.scalars())
    return {str(line.child_ref) for line in lines if line.case_id in closed}
