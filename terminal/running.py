"""``guixue up|worker|api|migrate|schedules`` and ``user token``: run the parts."""

from __future__ import annotations

import contextlib
import sys
from datetime import timedelta
from typing import Annotated

import typer
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleSpec,
)

from access import tokens
from activities.gateway import CaseGateway
from lifecycle.periodic import ALL
from models.people import Actor
from models.words import OfficeKind, Role
from runtime import up as up_process
from runtime.client import connect
from runtime.settings import Settings, SetupError, database_urls, secret
from runtime.temporal_server import register_search_attributes
from storage.migrate import migrate as run_migrations
from terminal.hands import TOKEN_KEY, database, fail, now, out, run

SCHEDULES = {
    # 02:10 in Shanghai is 18:10 UTC the day before, the whole year round.
    "coverage-proof": ("CoverageProofWorkflow", 2, "10 18 * * *"),
    "term-census": ("TermCensusWorkflow", 1, "40 18 * * *"),
    # 05:30 in Shanghai, before the schools look at their lists.
    "term-start": ("TermStartWorkflow", 2, "30 21 * * *"),
    "deadline-sweep": ("DeadlineSweepWorkflow", 1, "*/10 * * * *"),
}
"""Periodic work by its schedule: workflow, longest run in hours, cron in UTC."""
DIGITS = {OfficeKind.SCHOOL: 10, OfficeKind.TOWNSHIP: 9, OfficeKind.COUNTY: 6}
"""Length of an office's code."""
user = typer.Typer(help="账号：签发令牌", no_args_is_help=True)


def up() -> None:
    """启动全部：数据库、流程引擎、流程执行、接口；Ctrl-C 停止。"""
    try:
        code = up_process.up(Settings())
    except SetupError as error:
        fail(str(error))
    raise typer.Exit(code)


def worker() -> None:
    """只启动流程执行（可以起任意多个）。"""
    import worker as process  # the whole product, which the other words here do not need

    process.main(Settings())


def api() -> None:
    """只启动网页与接口（可以起任意多个）。"""
    import api as process

    process.main(Settings())


def migrate() -> None:
    """把数据库升级到本版本。"""
    settings = Settings()
    run(lambda: run_migrations(database_urls(settings).owner))
    out.print("数据库已是最新。")


def schedules() -> None:
    """登记检索字段和定时作业（已有的不重复登记）；升级后，旧版裁定过的未结案件从账本重新启动。"""
    settings = Settings()

    async def work() -> int:
        client = await connect(settings)
        await register_search_attributes(client)
        for name, (workflow, hours, cron) in SCHEDULES.items():
            await _schedule(client, settings, name, workflow, [], hours, cron)
        for number, duty in enumerate(ALL):
            cron = "*/15 * * * *" if duty.is_daily else f"{number % 60} 17,22,4,10 * * *"
            await _schedule(
                client, settings, f"duty-{duty.id}", "PeriodicDutyWorkflow", [duty.id], 1, cron
            )
        async with database(settings) as engine:
            gate = CaseGateway(engine, client, settings.task_queue)
            return await gate.restart_older()

    restarted = run(work)
    if restarted:
        out.print(f"程序已升级：旧版裁定过的 {restarted} 件未结案件已从账本重新启动。")
    out.print(
        "定时作业已登记：每日 02:10 覆盖证明与锚定，每十分钟检查未触发的期限，"
        f"另有{len(ALL)}项例行任务按时核对。"
    )


async def _schedule(
    client: Client,
    settings: Settings,
    name: str,
    workflow: str,
    arguments: list[str],
    hours: int,
    cron: str,
) -> None:
    with contextlib.suppress(ScheduleAlreadyRunningError):
        action = ScheduleActionStartWorkflow(
            workflow,
            args=arguments,
            id=name,
            task_queue=settings.task_queue,
            execution_timeout=timedelta(hours=hours),
        )
        await client.create_schedule(
            name, Schedule(action=action, spec=ScheduleSpec(cron_expressions=[cron]))
        )


@user.command("token")
def token(
    role: Annotated[str, typer.Option(help="角色代码，如 edu_case、principal、township_case")],
    office: Annotated[str, typer.Option(help="单位代码：学校 10 位、乡镇 9 位、县 6 位")],
    id_: Annotated[str, typer.Option("--id", help="人员代号")],
    days: Annotated[int, typer.Option(min=1, max=365, help="有效天数")] = 30,
) -> None:
    """签发一个开发用令牌（正式账号在“人员”一期提供）。"""
    settings = Settings()
    try:
        known = Role(role)
    except ValueError:
        names = "、".join(
            f"{item.value}（{item.label}）" for item in Role if item is not Role.SYSTEM
        )
        fail(f"没有角色“{role}”。可选：{names}")
    if known is Role.SYSTEM:
        fail("系统角色不能签发令牌。")
    digits = DIGITS.get(known.office_kind, 0)
    if digits and not (office.isdecimal() and len(office) == digits):
        fail(
            f"{known.label}属于{known.office_kind.label}，单位代码应为{digits}位数字，现为“{office}”。"
        )
    actor = Actor(id=id_, role=known, office=office)
    sys.stdout.write(tokens.issue(secret(settings.home, TOKEN_KEY), actor, now(), days) + "\n")
