"""``guixue calendar|term``: school calendars, the first week, tasks, 小升初 hand-over."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.school_roles import CALENDARS, REPORTS, SIGNS_HAND_OVER, shown_cause
from intake import first_week, from_rosters, tasks, transition
from intake.basis import basis_for
from intake.report import LeadOutcome
from intake.school_calendar import (
    CalendarDay,
    DayKind,
    boarding_weeks,
    closures_of,
    import_calendar,
    lift_closure,
    put_days,
)
from intake.term_start import TermFindings, detect_term_start
from models.words import Cause, Role, Whereabouts
from runtime.settings import Settings
from terminal.hands import as_json, fail, now, out, table, who
from terminal.school_hands import AsJson, Token, acting, children_of, day_of, do, school_of

calendar = typer.Typer(help="校历：导入、大周末", no_args_is_help=True)
terms = typer.Typer(help="开学第一周与小升初：未注册、报到、任务", no_args_is_help=True)


@calendar.command("import")
def calendar_file(file: Path, token: Token = None) -> None:
    """导入校历：学校、类别（学期/放假/停课/补课/大周末）、名称、开始日期、结束日期。"""
    actor = who(Settings(), token)
    if actor.role is not Role.EDU_CASE:
        fail("校历文件由县教体局导入；学校的停课、补课请在接口登记。")
    if not file.is_file():
        fail(f"找不到文件 {file}。")

    async def work(connection: AsyncConnection) -> Any:
        basis, _ = await basis_for(connection, actor.office, by=actor.id, at=now())
        return await import_calendar(connection, file, actor.office, basis)

    done = do(work)
    out.print(f"校历：收下 {done.taken} 行，新增 {done.new} 项，退回 {len(done.rejected)} 行。")
    for row, why in done.rejected:
        out.print(f"  第 {row} 行：{why}。", markup=False)


@calendar.command("close")
def close_school(
    school: str,
    first: str,
    last: str,
    reason: Annotated[str, typer.Option(help="停课原因")],
    token: Token = None,
) -> None:
    """登记一所学校停课；附近的缺勤天数随即重新计算。"""
    actor = acting(token, CALENDARS, "登记停课")

    async def work(connection: AsyncConnection) -> Any:
        place, basis, _ = await school_of(connection, school, actor)
        days = CalendarDay(DayKind.SUSPENSION, school, reason, day_of(first), day_of(last))
        if days.last_on < days.first_on:
            fail("结束日期早于开始日期，请核对。")
        return await put_days(connection, place.county, [days], basis)

    new, leads = do(work)
    out.print("已登记停课。" if new else "以前登记过，未作改动。")
    _say_leads(leads)


@calendar.command("reopen")
def reopen(closure: UUID, token: Token = None) -> None:
    """撤销停课（复课）；编号见 closures。"""
    actor = acting(token, CALENDARS, "撤销停课")

    async def work(connection: AsyncConnection) -> Any:
        found = await connection.execute(
            text("select school from school_closure where id = :id and withdrawn_at is null"),
            {"id": closure},
        )
        row = found.one_or_none()
        if row is None or row.school is None:
            fail("没有这条仍有效的学校停课记录。")
        _, basis, _ = await school_of(connection, row.school, actor)
        return await lift_closure(connection, closure, basis)

    leads = do(work)
    out.print("已复课。")
    if leads is not None:
        _say_leads(leads)


@calendar.command("closures")
def closures(school: str, token: Token = None, as_json_: AsJson = False) -> None:
    """列出一所学校的停课、放假、大周末。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> list[Any]:
        place, _, _ = await school_of(connection, school, actor)
        return await closures_of(connection, place.county, school)

    rows = do(work)
    if as_json_:
        as_json([dict(row._mapping) for row in rows])
        return
    table(
        ["编号", "起", "止", "原因"],
        [[str(r.id), str(r.starts_on), str(r.ends_on), r.reason] for r in rows],
    )


def _say_leads(leads: LeadOutcome) -> None:
    if leads.opened or leads.withdrawn or leads.contradicted:
        out.print(
            f"重新计算：新线索 {len(leads.opened)} 条，撤回 {len(leads.withdrawn)} 条，"
            f"待核实 {len(leads.contradicted)} 条。"
        )


@calendar.command("boarding")
def boarding(
    school: str,
    first: str,
    last: str,
    teach: Annotated[int, typer.Option(min=5, max=28, help="连续上课天数")] = 10,
    rest: Annotated[int, typer.Option(min=1, max=14, help="连续休息天数")] = 4,
    token: Token = None,
) -> None:
    """按大周末排一所寄宿学校的上课日与休息日。"""
    actor = acting(token, CALENDARS, "登记校历")

    async def work(connection: AsyncConnection) -> int:
        place, basis, _ = await school_of(connection, school, actor)
        days = boarding_weeks(
            school, day_of(first), day_of(last), teach_days=teach, rest_days=rest,
            calendar=basis.calendar,
        )  # fmt: skip
        new, _ = await put_days(connection, place.county, days, basis)
        return new

    out.print(f"已登记大周末 {do(work)} 项。")


@terms.command("unregistered")
def unregistered(
    school: str, term_start: str, token: Token = None, as_json_: AsJson = False
) -> None:
    """列出开学未注册的学生。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> Any:
        _, _, policy = await school_of(connection, school, actor)
        rows = await first_week.unregistered(connection, school, day_of(term_start))
        return rows, first_week.check_on(day_of(term_start), policy.number("first_week_check"))

    rows, until = do(work)
    if as_json_:
        as_json([{"child_ref": r.child_ref, "task": r.task, "is_explained": r.is_explained}
                 for r in rows])  # fmt: skip
        return
    out.print(f"截至 {until} 应查清；尚未注册 {len(rows)} 人。")


@terms.command("register")
def register(
    school: str,
    term_start: str,
    rolls: Annotated[list[str], typer.Argument(help="学籍号，可写多个")],
    token: Token = None,
) -> None:
    """登记已注册的学生。"""
    actor = acting(token, REPORTS, "登记注册")

    async def work(connection: AsyncConnection) -> int:
        _, basis, _ = await school_of(connection, school, actor)
        refs = await children_of(connection, rolls)
        return await first_week.register(
            connection, refs.values(), school, day_of(term_start), on=basis.as_of, by=actor.id
        )

    out.print(f"已登记 {do(work)} 人。")


@terms.command("take")
def take(
    term: Annotated[str, typer.Argument(help="学期，如 2026-1")],
    term_start: Annotated[str, typer.Argument(help="开学日")],
    token: Token = None,
    as_json_: AsJson = False,
) -> None:
    """从已导入的名册取用：开学注册、毕业生、初中报到、请假条（重复取用不重复）。"""
    actor = who(Settings(), token)
    if actor.role is not Role.EDU_CASE:
        fail("名册由县教体局取用。")
    start, year = day_of(term_start), int(term[:4]) if term[:4].isdigit() else 0

    async def work(connection: AsyncConnection) -> dict[str, from_rosters.Taken]:
        basis, policy = await basis_for(connection, actor.office, by=actor.id, at=now())
        levels = policy.text("leave_approval")
        return {
            "开学注册": await from_rosters.take_registrations(
                connection, actor.office, term, start, by=actor.id
            ),
            "毕业生": await from_rosters.take_graduates(
                connection, actor.office, f"{year - 1}-2", year, basis
            ),
            "初中报到": await from_rosters.take_arrivals(connection, actor.office, term, year),
            "请假条": await from_rosters.take_leave_slips(
                connection, actor.office, term, basis, levels
            ),
        }

    done = do(work)
    if as_json_:
        as_json({
            kind: {"taken": t.taken, "unknown_children": t.unknown_children, "left": t.left}
            for kind, t in done.items()
        })  # fmt: skip
        return
    table(
        ["名册", "取用", "名册中查无此人", "内容不全未取"],
        [[kind, str(t.taken), str(t.unknown_children), str(t.left)] for kind, t in done.items()],
    )


@terms.command("detect")
def detect(token: Token = None, as_json_: AsJson = False) -> None:
    """按今天清点开学：未注册任务，一周后的线索，小升初未报到，应入学未入学（重复运行不重复）。"""
    actor = who(Settings(), token)
    if actor.role is not Role.EDU_CASE:
        fail("开学清点由县教体局运行。")

    async def work(connection: AsyncConnection) -> TermFindings:
        basis, policy = await basis_for(connection, actor.office, by=actor.id, at=now())
        return await detect_term_start(connection, actor.office, basis, policy)

    found = do(work)
    if as_json_:
        as_json(asdict(found))
        return
    out.print(
        f"未注册核查任务 {found.tasks} 项；线索：开学未注册 {found.first_week} 条，"
        f"小升初未报到 {found.transition} 条，应入学未入学 {found.never_enrolled} 条。"
    )
    if found.held:
        out.print(f"注册名册缺失或明显不全、未生成线索的学校：{'、'.join(found.held)}。")


@terms.command("tasks")
def list_tasks(school: str, token: Token = None, as_json_: AsJson = False) -> None:
    """列出学校待办的联系、核查任务。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> list[Any]:
        await school_of(connection, school, actor)
        return await tasks.tasks_of_school(connection, school)

    rows = do(work)
    if as_json_:
        as_json([tasks.listed(row, shown_cause(row.cause)) for row in rows])
        return
    table(
        ["任务", "学生", "事项", "自", "期限", "责任", "已联系"],
        [
            [str(r.id), r.child_name, tasks.TaskKind(r.kind).label, str(r.since), str(r.due_on),
             Role(r.owner_role).label, str(r.contacts)]
            for r in rows
        ],
    )  # fmt: skip


@terms.command("close")
def close_task(
    task: UUID,
    result: Annotated[str, typer.Option(help="结果")],
    method: Annotated[str, typer.Option(help="本次联系方式；填了就先登记一次联系")] = "",
    cause: Annotated[str | None, typer.Option(help="原因代码")] = None,
    whereabouts: Annotated[str | None, typer.Option(help="去向代码")] = None,
    signed_by: Annotated[str, typer.Option(help="核查人签字")] = "",
    token: Token = None,
) -> None:
    """办结一项任务。"""
    actor = acting(token, REPORTS, "办结任务")
    try:
        why = Cause(cause) if cause else None
        where = Whereabouts(whereabouts) if whereabouts else None
    except ValueError:
        fail(
            "原因或去向代码不对："
            + "、".join(f"{c.value}（{c.label}）" for c in (*Cause, *Whereabouts))
        )

    async def work(connection: AsyncConnection) -> None:
        row = await tasks.task_of(connection, task)
        if row is None:
            fail("没有这项任务。")
        _, basis, _ = await school_of(connection, row.school, actor)
        if method:
            await tasks.record_contact(
                connection, task, contact_id=uuid4(), on=basis.as_of, method=method,
                was_reached=True, note=result, by=actor.id,
            )  # fmt: skip
        await tasks.close_task(
            connection, task, result=result, by=actor.id, at=now(), cause=why,
            whereabouts=where, signed_by=signed_by,
        )  # fmt: skip

    do(work)
    out.print("已办结。")


@terms.command("handovers")
def hand_overs(
    school: str, school_year: int, token: Token = None, as_json_: AsJson = False
) -> None:
    """列出本校的整班移交名册与未报到人数。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> list[Any]:
        await school_of(connection, school, actor)
        return await transition.lists_of_school(connection, school, school_year)

    rows = do(work)
    if as_json_:
        as_json([dict(row._mapping) for row in rows])
        return
    table(
        ["名册", "移交", "接收", "人数", "已报到", "移交签字", "接收签字"],
        [
            [str(r.id), r.from_name, r.to_name, str(r.graduates), str(r.arrived),
             r.from_signed_by or "—", r.to_signed_by or "—"]
            for r in rows
        ],
    )  # fmt: skip


@terms.command("sign")
def sign(list_id: UUID, token: Token = None) -> None:
    """在整班移交名册上签字（移交方先签，接收方后签）。"""
    actor = acting(token, SIGNS_HAND_OVER, "签移交名册")

    async def work(connection: AsyncConnection) -> None:
        await transition.sign(connection, list_id, actor.office, by=actor.id, at=now())

    do(work)
    out.print("已签字。")
