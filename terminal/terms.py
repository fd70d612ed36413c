"""``guixue calendar|term``: school calendars, the first week, tasks, 小升初 hand-over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from intake import first_week, tasks, transition
from intake.basis import basis_for
from intake.school_calendar import boarding_weeks, import_calendar, put_days
from models.words import Cause, Role, Whereabouts
from runtime.settings import Settings
from terminal.hands import as_json, fail, now, out, table, who
from terminal.school_hands import AsJson, Token, children_of, day_of, do, school_of

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
    actor = who(Settings(), token)

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
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> int:
        _, basis, _ = await school_of(connection, school, actor)
        refs = await children_of(connection, rolls)
        return await first_week.register(
            connection, refs.values(), school, day_of(term_start), on=basis.as_of, by=actor.id
        )

    out.print(f"已登记 {do(work)} 人。")


@terms.command("tasks")
def list_tasks(school: str, token: Token = None, as_json_: AsJson = False) -> None:
    """列出学校待办的联系、核查任务。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> list[Any]:
        await school_of(connection, school, actor)
        return await tasks.tasks_of_school(connection, school)

    rows = do(work)
    if as_json_:
        as_json([dict(row._mapping) for row in rows])
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
    actor = who(Settings(), token)
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
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> None:
        await transition.sign(connection, list_id, actor.office, by=actor.id, at=now())

    do(work)
    out.print("已签字。")
