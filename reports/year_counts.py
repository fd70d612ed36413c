"""What the ledger counts of a year beside the indicators: cases, the four steps, placements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.words import PlacementWay, Stage
from reports.case_lines import CaseLine, Place
from reports.indicators import Figure, printed

_KINDS = (
    "visit_recorded", "paper_served", "decision_served", "enforcement_applied", "suit_filed",
    "child_placed", "fact_corrected",
)  # fmt: skip
_CORRECTS = {"order_served_on": "paper_served", "decision_served_on": "decision_served"}
"""Which act a corrected day belongs to."""

OTHER_ENDS = [stage for stage in Stage if stage.is_closed and stage is not Stage.CLOSED_RETURNED]


@dataclass(frozen=True)
class Fact:
    """One figure as a paper prints it, with how it is counted or where it stands."""

    label: str
    figure: str
    source: str


@dataclass
class Act:
    """One step taken in a case; a correction moves its day."""

    case: Any
    child: Any
    kind: str
    guardian: str | None
    on: date
    is_joint: bool
    way: str | None


def indicator_fact(figure: Figure) -> Fact:
    """Write an indicator with what was counted: 95.00%（19/20）; — with the reason where none is."""
    counted, formula = figure.counted, figure.indicator.formula
    if figure.value is None:
        return Fact(figure.indicator.label, "—", f"{formula}（{figure.note.rstrip('。')}）")
    over = "" if figure.indicator.is_count else f"（{counted.numerator}/{counted.denominator}）"
    return Fact(figure.indicator.label, f"{printed(figure)}{over}", formula)


def case_facts(lines: Sequence[CaseLine], first: date, last: date) -> tuple[Fact, ...]:
    """Count the cases that were opened, moved and closed from ``first`` to ``last``."""

    def people(days_of: Callable[[CaseLine], Sequence[date | None]]) -> int:
        found = {
            line.state.child_ref for line in lines
            if any(day is not None and first <= day <= last for day in days_of(line))
        }  # fmt: skip
        return len(found)

    opened = [line for line in lines if line.moves and first <= line.moves[0][0] <= last]
    stages = [line.stage_on(last) for line in lines]
    open_now = [stage for stage in stages if stage is not None and not stage.is_closed]
    return (
        Fact("新立案", f"{len(opened)}件", "期内立案的个案，含后来查明为误报的"),
        Fact("确认辍学", f"{people(lambda line: (line.confirmed_on,))}人", "期内首次确认辍学的学生"),
        Fact("劝返返校", f"{people(CaseLine.returns)}人",
             "期内返校的确认辍学学生，一人多次返校计一人"),
        Fact("返校后再次辍学", f"{people(CaseLine.relapses)}人",
             "期内返校后又离校的学生"),
        Fact("返校销号", _closed(lines, first, last, [Stage.CLOSED_RETURNED]),
             "期内监测期满、经审批销号的个案"),
        Fact("其他方式结案", _closed(lines, first, last, OTHER_ENDS), "期内按其他方式结案的个案"),
        Fact("期末在办", f"{len(open_now)}件", "期末尚未结案的个案，含返校后监测期未满的"),
    )  # fmt: skip


def _closed(lines: Sequence[CaseLine], first: date, last: date, ends: Sequence[Stage]) -> str:
    found = Counter(
        stage for line in lines for day, stage in line.moves if first <= day <= last
    )  # fmt: skip
    if len(ends) == 1:
        return f"{found[ends[0]]}件"
    said = [
        f"{stage.label.removeprefix('结案：')}{found[stage]}件" for stage in ends if found[stage]
    ]
    return "、".join(said) or "0件"


async def step_facts(
    connection: AsyncConnection, place: Place, first: date, last: date
) -> tuple[Fact, ...]:
    """Count each of the four steps and the placements by way, from ``first`` to ``last``."""
    acts = [act for act in await _acts(connection, place) if first <= act.on <= last]

    def of(kind: str) -> list[Act]:
        return [act for act in acts if act.kind == kind]

    def children(kind: str) -> int:
        return len({act.child for act in of(kind)})

    visits = of("visit_recorded")
    return (
        Fact("第一步：宣传教育", f"上门劝返{len(visits)}次，其中联合劝返"
             f"{sum(act.is_joint for act in visits)}次，涉及{children('visit_recorded')}人",
             "期内登记的劝返"),
        Fact("第二步：责令限期改正", f"送达{len(of('paper_served'))}份，涉及"
             f"{children('paper_served')}人", "期内送达监护人的责令改正通知书"),
        Fact("第三步：行政处罚", f"送达{len(of('decision_served'))}份，涉及"
             f"{children('decision_served')}人", "期内送达监护人的处罚决定书"),
        Fact("第四步：申请强制执行或提起诉讼", f"申请强制执行{len(of('enforcement_applied'))}件，"
             f"提起诉讼{len(of('suit_filed'))}件", "期内向人民法院提出的申请和诉讼"),
        Fact("复学安置", ways({act.child: act.way for act in of("child_placed")}),
             "期内作出的安置，一人多次安置的计最后一次"),
    )  # fmt: skip


def ways(placed: dict[Any, str | None]) -> str:
    """Say how many are taught in which way."""
    found = Counter(placed.values())
    return "、".join(f"{way.label}{found[way]}人" for way in PlacementWay if found[way]) or "0人"


async def _acts(connection: AsyncConnection, place: Place) -> list[Act]:
    query = text(
        "select e.case_id, f.child_ref, e.kind, e.happened_on, e.body::jsonb -> 'event' as event"
        " from case_event e join case_file f using (case_id)"
        " left join school s on s.code = f.school"
        f" where {place.condition()} and e.kind = any(cast(:kinds as text[]))"
        " order by f.opened_on, e.case_id, e.seq"
    )
    acts: list[Act] = []
    for row in await connection.execute(query, {"place": place.code, "kinds": list(_KINDS)}):
        event = row.event
        if row.kind != "fact_corrected":
            acts.append(
                Act(row.case_id, row.child_ref, row.kind, event.get("guardian"), row.happened_on,
                    bool(event.get("is_joint")), event.get("way"))
            )  # fmt: skip
            continue
        meant = (row.case_id, _CORRECTS.get(event["fact"].partition(":")[0]), event.get("guardian"))
        for act in reversed(acts):
            if (act.case, act.kind, act.guardian) == meant:
                act.on = date.fromisoformat(event["after"])
                break
    return acts
