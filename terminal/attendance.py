"""``guixue attendance|leave``: a class reports its day; leave is asked for, decided, ended."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import typer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.school_roles import CHECKS, REPORTS, shown_reason
from intake import leave
from intake.daily import LEVELS, classes_not_reported, daily_report, late_reports
from intake.entry import AbsentChild, ClassEntry, report_class
from intake.lead_store import leads_with_notes
from intake.leave import LeaveAsked
from intake.sampling import record_sample, sample_differences, sampling_due
from intake.unknown import unknown_days
from intake.wording import mark_of
from models.roster import AbsenceKind, LeadStatus
from models.words import LeadSource, Role
from runtime.settings import Settings
from terminal.hands import as_json, fail, now, out, table, who
from terminal.school_hands import (
    AsJson,
    RequestId,
    Token,
    acting,
    children_of,
    day_of,
    do,
    room_of,
    school_of,
)

attendance = typer.Typer(help="考勤：填报、未报、日报、抽查、出勤不明", no_args_is_help=True)
leaves = typer.Typer(help="请假：登记、审批、销假", no_args_is_help=True)


@attendance.command("report")
def report(
    class_code: Annotated[str, typer.Argument(help="班级代码，如 9901010001-2025-0302")],
    day: Annotated[str, typer.Argument(help="日期")],
    absent: Annotated[
        list[str] | None, typer.Option(help="缺勤：学籍号:类别[:原因]，可写多次；不写即全到")
    ] = None,
    full: Annotated[bool, typer.Option(help="全到（无人缺勤）")] = False,
    token: Token = None,
    request_id: RequestId = "",
) -> None:
    """填报一个班一天的考勤：全到，或列出缺勤学生。"""
    if bool(absent) == full:
        fail("请写 --full（全到），或用 --absent 列出缺勤学生，二者必居其一。")
    actor = acting(token, REPORTS, "填报考勤")
    lines = [_absent(line) for line in absent or []]

    async def work(connection: AsyncConnection) -> Any:
        room = await room_of(connection, class_code)
        _, basis, _ = await school_of(connection, room.school, actor)
        refs = await children_of(connection, [roll for roll, _, _ in lines])
        entry = ClassEntry(
            class_code, day_of(day),
            tuple(AbsentChild(refs[roll], kind, why) for roll, kind, why in lines),
            f"{actor.id}/{request_id or uuid4()}",
        )  # fmt: skip
        done = await report_class(connection, entry, basis)
        await sample_differences(connection, room.school, class_code, entry.day)
        return done

    done = do(work)
    late = "（迟报）" if done.is_late else ""
    out.print(f"已填报{late}：{done.class_code} {done.day} 缺勤 {done.absent_count} 人。")
    if done.leads.opened:
        out.print(f"有 {len(done.leads.opened)} 名学生连续旷课达到规定天数，已生成线索。")


def _absent(line: str) -> tuple[str, AbsenceKind, str]:
    roll, _, rest = line.partition(":")
    word, _, why = rest.partition(":")
    kind = mark_of(word)
    if not isinstance(kind, AbsenceKind):
        fail(f"缺勤类别“{word}”无法识别，可写：旷课、事假、病假、公假。")
    return roll, kind, why


@attendance.command("missing")
def missing(school: str, day: str, token: Token = None, as_json_: AsJson = False) -> None:
    """列出未填报和迟报的班级。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> tuple[list[Any], list[Any]]:
        _, basis, _ = await school_of(connection, school, actor)
        rows = await classes_not_reported(connection, school, day_of(day), basis.calendar)
        return list(rows), await late_reports(connection, school, day_of(day))

    rows, late = do(work)
    if as_json_:
        as_json({
            "missing": [row.class_code for row in rows], "late": [row.class_code for row in late],
        })  # fmt: skip
        return
    table(
        ["班级", "班主任", "人数", "情况"],
        [[r.class_code, r.head_teacher, str(r.pupils), "未报"] for r in rows]
        + [[r.class_code, "", "", f"迟报（{r.reported_by}）"] for r in late],
    )


@attendance.command("daily")
def daily(school: str, day: str, token: Token = None, as_json_: AsJson = False) -> None:
    """缺勤日报：应到、实到、缺勤、不明，及连续缺勤名单。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> Any:
        _, basis, _ = await school_of(connection, school, actor)
        return await daily_report(connection, school, day_of(day), basis)

    said = do(work)
    if as_json_:
        as_json({
            "is_school_day": said.is_school_day,
            "classes": [
                {"class_code": c.class_code, "expected": c.expected, "present": c.present,
                 "absent": c.absent, "unknown": c.unknown, "is_reported": c.is_reported}
                for c in said.classes
            ],
            "reasons": said.reasons,
            "streaks": {str(level): len(said.streaks(level)) for level in LEVELS},
        })  # fmt: skip
        return
    if not said.is_school_day:
        out.print(f"{day} 不上课（{said.why_not}）。")
        return
    table(
        ["班级", "应到", "实到", "缺勤", "不明"],
        [
            [c.class_code, str(c.expected), "未报" if c.present is None else str(c.present),
             str(c.absent), str(c.unknown)]
            for c in said.classes
        ],
    )  # fmt: skip
    counts = "，".join(f"连续{level}天及以上 {len(said.streaks(level))} 人" for level in LEVELS)
    out.print(f"旷课：{counts}。")


@attendance.command("unknown")
def unknown(
    school: str, first: str, last: str, token: Token = None, as_json_: AsJson = False
) -> None:
    """列出出勤不明的学生日、班级日（退回未改的行）。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> list[Any]:
        await school_of(connection, school, actor)
        return await unknown_days(connection, school, day_of(first), day_of(last))

    rows = do(work)
    if as_json_:
        as_json([dict(row._mapping) for row in rows])
        return
    table(
        ["日期", "班级", "学生", "来自文件", "行"],
        [
            [str(r.day), r.class_code, r.child_name or "（全班）", r.file_name, str(r.row_number)]
            for r in rows
        ],
    )


@attendance.command("leads")
def leads(school: str, token: Token = None, as_json_: AsJson = False) -> None:
    """列出本校线索与每条线索的说明（更正、撤回、转学、出勤不明）。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> list[dict[str, Any]]:
        await school_of(connection, school, actor)
        return await leads_with_notes(connection, school=school)

    rows = do(work)
    if as_json_:
        as_json(rows)
        return
    for row in rows:
        out.print(
            f"{row['child_name']} {LeadSource(row['source']).label}"
            f" {LeadStatus(row['status']).label} {row['case_no'] or ''}",
            markup=False,
        )
        for each in row["notes"]:
            out.print(f"  {each['said']}", markup=False)


@attendance.command("sample")
def sample(
    school: str,
    day: str,
    class_code: Annotated[str | None, typer.Option("--class", help="登记这个班的抽查结果")] = None,
    absent: Annotated[list[str] | None, typer.Option(help="未到学生的学籍号，可写多次")] = None,
    token: Token = None,
    as_json_: AsJson = False,
) -> None:
    """不带 --class：今日该抽哪些班；带 --class：登记抽查结果。"""
    actor = acting(token, CHECKS, "查看和登记抽查")

    async def work(connection: AsyncConnection) -> Any:
        _, basis, policy = await school_of(connection, school, actor)
        if class_code is None:
            return await sampling_due(
                connection, school, day_of(day), calendar=basis.calendar, policy=policy
            )
        refs = await children_of(connection, absent or [])
        return await record_sample(
            connection, school, class_code, day_of(day), set(refs.values()), by=actor.id, at=now()
        )

    rows = do(work)
    if class_code is None:
        if as_json_:
            as_json([{"class_code": r.class_code, "is_done": r.is_done} for r in rows])
            return
        table(["班级", "情况"], [[r.class_code, "已查" if r.is_done else "待查"] for r in rows])
    else:
        out.print(f"已登记，与填报不符 {len(rows)} 人。")


@leaves.command("ask")
def ask(
    roll_no: str,
    kind: Annotated[str, typer.Argument(help="事假、病假、公假")],
    first: str,
    last: str,
    reason: Annotated[str, typer.Option(help="事由")],
    signed: Annotated[bool, typer.Option(help="监护人已签字")] = False,
    token: Token = None,
    request_id: RequestId = "",
) -> None:
    """登记一张请假条。"""
    actor = acting(token, REPORTS, "登记请假")
    mark = mark_of(kind)
    if not isinstance(mark, AbsenceKind):
        fail("请假类别应为事假、病假或公假。")
    slip = uuid5(NAMESPACE_URL, f"leave/{actor.id}/{request_id or uuid4()}")

    async def work(connection: AsyncConnection) -> Role:
        found = await connection.execute(
            text("select ref, school from child where roll_no = :roll and school is not null"),
            {"roll": roll_no},
        )
        child = found.one_or_none()
        if child is None:
            fail("没有这个学籍号的在籍学生。")
        _, basis, policy = await school_of(connection, child.school, actor)
        asked = LeaveAsked(slip, child.ref, mark, day_of(first), day_of(last), reason, signed)
        return await leave.ask(
            connection, asked, by=actor.id, at=now(), calendar=basis.calendar,
            levels=policy.text("leave_approval"),
        )  # fmt: skip

    role = do(work)
    out.print(f"已登记 {slip}，由{role.label}审批。")


@leaves.command("decide")
def decide(
    slip: UUID,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="批准或不批准")],
    note: Annotated[str, typer.Option(help="意见")] = "",
    token: Token = None,
) -> None:
    """审批一张请假条（不能是登记人本人）。"""
    actor = acting(token, REPORTS, "审批请假")

    async def work(connection: AsyncConnection) -> Any:
        row = await leave.slip_of(connection, slip)
        _, basis, _ = await school_of(connection, row.school, actor)
        return await leave.decide_slip(
            connection, slip, actor, basis, is_approved=approve, note=note
        )

    do(work)
    out.print("已批准。" if approve else "未批准。")


@leaves.command("end")
def end(slip: UUID, back_on: str, token: Token = None) -> None:
    """销假：从返校之日起不再算请假。"""
    actor = acting(token, REPORTS, "销假")

    async def work(connection: AsyncConnection) -> Any:
        row = await leave.slip_of(connection, slip)
        _, basis, _ = await school_of(connection, row.school, actor)
        return await leave.end_leave(connection, slip, day_of(back_on), basis)

    do(work)
    out.print("已销假。")


@leaves.command("list")
def list_leaves(school: str, token: Token = None, as_json_: AsJson = False) -> None:
    """列出一所学校的请假条。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> list[Any]:
        await school_of(connection, school, actor)
        return await leave.slips_of_school(connection, school)

    rows = do(work)
    if as_json_:
        as_json([
            leave.listed(r, shown_reason(actor, AbsenceKind(r.kind), r.reason)) for r in rows
        ])  # fmt: skip
        return
    table(
        ["编号", "学生", "起", "止", "天数", "状态"],
        [
            [str(r.id), r.child_name, str(r.first_on), str(r.last_on), str(r.school_days), r.status]
            for r in rows
        ],
    )
