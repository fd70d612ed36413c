"""``guixue audit``, ``doctor``, ``rebuild``, ``prove``: for auditors and for the day after a disaster."""

from __future__ import annotations

import gzip
from typing import Annotated, Any

import typer
from sqlalchemy import text
from temporalio.client import WorkflowHistory

from activities.supervision import SupervisionActivities
from audit.anchor import check_anchors
from audit.redecide import Difference, redecide
from audit.verify import Verdict, verify_all
from lifecycle.evolve import fold
from models.state import CaseState
from runtime.client import connect, converter, keyring
from runtime.sealer import KeyringSealer
from runtime.settings import Settings
from storage import objects, queries
from storage.ledger import events_after
from storage.projection import head_of
from terminal.hands import as_json, database, fail, gateway, out, run
from workflows.replaying import replay as replay_history

audit = typer.Typer(help="审计：验链、重放", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@audit.command("verify")
def verify(
    case_no: Annotated[str | None, typer.Argument(help="案号，不写则验全部")] = None,
    json_: Json = False,
) -> None:
    """验证哈希链和库外锚定，指出第一处断开的地方。"""
    settings = Settings()

    async def work() -> tuple[list[Verdict], list[str]]:
        async with database(settings) as engine, engine.connect() as connection:
            anchored = await check_anchors(connection, settings.home / "anchors")
            return await verify_all(connection, case_no), anchored

    verdicts, anchored = run(work)
    if case_no and not verdicts:
        fail(f"没有案号 {case_no}。")
    broken = [verdict for verdict in verdicts if not verdict.is_whole]
    if json_:
        as_json({"cases": [verdict.__dict__ for verdict in verdicts], "anchors": anchored})
    else:
        for verdict in broken:
            out.print(
                f"{verdict.case_no} 第{verdict.broken_seq}条断开：{verdict.reason}", markup=False
            )
        for problem in anchored:
            out.print(problem, markup=False)
        events = sum(verdict.events for verdict in verdicts)
        out.print(f"验证 {len(verdicts)} 案 {events} 条事件，断开 {len(broken)} 案")
    if broken or anchored:
        raise typer.Exit(2)


@audit.command("replay")
def replay(case_no: Annotated[str, typer.Argument(help="案号")], json_: Json = False) -> None:
    """重放全部流程历史，并按当时的规则重新作出每个决定，比对内容。"""
    settings = Settings()

    async def work() -> dict[str, Any]:
        async with database(settings) as engine, engine.connect() as connection:
            row = await queries.get_case(connection, queries.EVERYTHING, case_no)
            if row is None:
                fail(f"没有案号 {case_no}。")
            count, differences = await redecide(connection, row.case_id)
            shapes = await _replay_histories(settings, connection, row)
        return {"commands": count, "differences": differences, "histories": shapes}

    found = run(work)
    differences: list[Difference] = found["differences"]
    failed = [shape for shape in found["histories"] if shape["problem"]]
    if json_:
        as_json(found | {"differences": [difference.__dict__ for difference in differences]})
    else:
        out.print(f"重算 {found['commands']} 个指令，内容不同 {len(differences)} 处")
        for difference in differences:
            out.print(f"  第{difference.seq}条：{difference.what}", markup=False)
        for shape in found["histories"]:
            said = shape["problem"] or "一致"
            out.print(f"  历史 {shape['run_id']}（{shape['source']}，{shape['events']}条）：{said}",
                      markup=False)  # fmt: skip
        if not found["histories"]:
            out.print("  没有可重放的流程历史（流程引擎的数据已不在）")
    if differences or failed:
        raise typer.Exit(2)


async def _replay_histories(settings: Settings, connection: Any, row: Any) -> list[dict[str, Any]]:
    """Replay the archived runs, and the one still running as far as it has come."""
    sealer = KeyringSealer(keyring(settings))
    rows = await connection.execute(
        text(
            "select run_id, object_sha256, event_count from history_archive"
            " where workflow_id = :id order by archived_at"
        ),
        {"id": row.workflow_id},
    )
    shapes = []
    for archived in rows.all():
        sealed = await objects.get(connection, archived.object_sha256)
        packed = sealer.open(sealed, archived.run_id)
        history = WorkflowHistory.from_json(row.workflow_id, gzip.decompress(packed).decode())
        shapes.append(await _replay_one(settings, history, archived.run_id, "已归档"))
    if row.closed_on is None:
        client = await connect(settings)
        live = await client.get_workflow_handle(row.workflow_id).fetch_history()
        shapes.append(await _replay_one(settings, live, "进行中", "进行中"))
    return shapes


async def _replay_one(
    settings: Settings, history: WorkflowHistory, run_id: str, source: str
) -> dict[str, Any]:
    problem = await replay_history(history, converter(settings))
    return {"run_id": run_id, "source": source, "events": len(history.events), "problem": problem}


def doctor(json_: Json = False) -> None:
    """由账本重算每案的状态与列表，指出任何不符。"""
    settings = Settings()

    async def work() -> list[str]:
        found = []
        async with database(settings) as engine, engine.connect() as connection:
            rows = (
                await connection.execute(text("select * from case_file order by case_no"))
            ).all()
            for row in rows:
                state = fold(CaseState(), await events_after(connection, row.case_id, 0))
                expected = head_of(state)
                wrong = [
                    name for name, value in expected.items()
                    if name not in {"state", "last_event_at"} and getattr(row, name) != value
                ]  # fmt: skip
                if CaseState.model_validate(row.state) != state:
                    wrong.append("state")
                wrong += await _tables_that_differ(connection, row.case_id, state)
                if wrong:
                    found.append(f"{row.case_no}：{'、'.join(wrong)} 与账本不符")
        return found

    problems = run(work)
    if json_:
        as_json(problems)
    else:
        for problem in problems:
            out.print(problem, markup=False)
        out.print("账本与列表一致" if not problems else f"不符 {len(problems)} 案")
    if problems:
        raise typer.Exit(2)


async def _tables_that_differ(connection: Any, case_id: Any, state: CaseState) -> list[str]:
    """Compare the tables of obligations and papers with what the ledger folds to."""
    rows = await queries.obligations_of(connection, case_id)
    live = {(r.key, r.status, r.due_at) for r in rows if r.ended_seq is None}
    expected = {(o.key, o.status.value, o.due_at) for o in state.live_obligations()}
    papers = {
        (r.key, r.kind, r.status, r.serial, r.served_on)
        for r in await queries.papers_of(connection, case_id)
    }
    folded = {(p.key, p.kind, p.status.value, p.serial, p.served_on) for p in state.papers.values()}
    differ = ["期限表"] if live != expected else []
    return differ + (["文书表"] if papers != folded else [])


def rebuild(
    is_anew: Annotated[
        bool, typer.Option("--restart", help="正在运行的也结束后重新启动（规则变严的升级之后用）")
    ] = False,
) -> None:
    """从账本重新启动每个未结案件的流程：流程引擎的数据丢失之后，或规则变严的升级之后。"""
    settings = Settings()

    async def work() -> int:
        async with database(settings) as engine:
            gate, _client = await gateway(settings, engine)
            async with engine.connect() as connection:
                query = text(
                    "select case_id from case_file where closed_on is null order by case_no"
                )
                open_cases = (await connection.execute(query)).scalars().all()
            for case_id in open_cases:
                await gate.revive(case_id, is_anew=is_anew)
            return len(open_cases)

    out.print(f"未结案件 {run(work)} 件的流程都在运行（已确认的办理一件不丢）")


def prove() -> None:
    """立即做一次覆盖证明：每个未结案件都有责任人、期限、计时和下一步。"""
    settings = Settings()

    async def work() -> Any:
        async with database(settings) as engine:
            return await SupervisionActivities(engine, settings.home / "anchors").prove_coverage()

    result = run(work)
    for line in result.exceptions:
        out.print(line, markup=False)
    out.print(f"未结 {result.open_cases} 件，例外 {len(result.exceptions)} 件")
    if result.exceptions:
        raise typer.Exit(2)
