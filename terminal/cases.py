"""``guixue cases``, ``act``, ``stalled``, ``papers``: see, do, press, fetch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from pydantic import TypeAdapter, ValidationError

from access.scope import at_work, may_read_legal_file, may_see_deadline, visible
from console import views
from console.others import why_stalled
from console.problems import Problem, field_errors, no_nul
from lifecycle.days import legal_date
from lifecycle.decide import available
from lifecycle.verbs import BY_KIND
from models.commands import AdoptCalendar, Command, MarkDue, OpenLead
from models.people import Actor
from models.state import CaseState
from models.words import Stage
from runtime.settings import Settings
from storage import objects, queries
from storage.rules import bundle
from terminal.hands import as_json, database, fail, gateway, now, out, run, table, who

cases = typer.Typer(help="个案：列表、详情、经过", no_args_is_help=True)
papers = typer.Typer(help="文书：列表、取原件", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
CaseNo = Annotated[str, typer.Argument(help="案号")]
Token = Annotated[str | None, typer.Option(help="令牌，默认取环境变量 GUIXUE_TOKEN")]
COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)


def scope(settings: Settings, token: str | None) -> Any:
    """With a token, its scope; on the machine itself without one, everything."""
    import os

    if token or os.environ.get("GUIXUE_TOKEN"):
        return visible(who(settings, token))
    return queries.EVERYTHING


def within(reader: Actor | None) -> Any:
    """Return the condition of the cases shown one by one; on the machine itself, everything."""
    return queries.EVERYTHING if reader is None else at_work(reader)


def reader_of(settings: Settings, token: str | None) -> Actor | None:
    """Return who reads; None on the machine itself without a token."""
    import os

    return who(settings, token) if token or os.environ.get("GUIXUE_TOKEN") else None


@cases.command("list")
def list_cases(
    stage: Annotated[str | None, typer.Option(help="阶段代码")] = None,
    overdue: Annotated[bool | None, typer.Option(help="只看逾期")] = None,
    school: Annotated[str | None, typer.Option(help="学校代码")] = None,
    township: Annotated[str | None, typer.Option(help="乡镇代码")] = None,
    after: Annotated[str | None, typer.Option(help="从这个案号之后开始")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多几条")] = 50,
    token: Token = None,
    json_: Json = False,
) -> None:
    """个案列表。"""
    settings = Settings()
    reader = reader_of(settings, token)

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            wanted = queries.CaseFilter(
                stage=stage, overdue=overdue, school=school, township=township, after=after,
                limit=limit,
            )  # fmt: skip
            return await queries.list_cases(connection, within(reader), wanted)

    rows = run(work)
    if json_:
        as_json([views.case_line(row) for row in rows])
        return
    table(
        ["案号", "学生", "学校", "阶段", "责任", "到期", ""],
        [
            [
                row.case_no, row.child_name, row.school_name or "（未入学）", Stage(row.stage).label,
                (views.owner(row) or {}).get("role_label", "—"), str(row.due_on or "—"),
                "逾期" if row.is_overdue else "",
            ]
            for row in rows
        ],
    )  # fmt: skip
    out.print(
        f"共 {len(rows)} 件" + ("（可能还有，用 --after 翻页）" if len(rows) == limit else "")
    )


@cases.command("show")
def show(case_no: CaseNo, token: Token = None, json_: Json = False) -> None:
    """一个案件：阶段、责任、每个期限为什么是这一天。"""
    settings = Settings()
    reader = reader_of(settings, token)

    async def work() -> tuple[Any, list[Any]]:
        async with database(settings) as engine, engine.connect() as connection:
            row = await queries.get_case(connection, within(reader), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
            return row, await queries.obligations_of(connection, row.case_id)

    row, obligations = run(work)
    live = [
        views.obligation(item)
        for item in obligations
        if item.ended_seq is None
        and (reader is None or may_see_deadline(reader, item.owner_role, item.duty))
    ]
    if json_:
        as_json(views.case_line(row) | {"obligations": live})
        return
    line = views.case_line(row)
    holder = line["owner"] or {"role_label": "—", "office": ""}
    school = row.school_name or "（未入学）"
    out.print(f"{line['case_no']}　{line['child_name']}　{school}")
    out.print(f"阶段：{line['stage_label']}　责任：{holder['role_label']}（{holder['office']}）"
              f"　版本：{line['revision']}")  # fmt: skip
    for item in live:
        mark = f"[{item['status_label']}] " if item["status"] != "open" else ""
        out.print(f"  · {mark}{item['why']}　→ {item['owner']['role_label']}", markup=False)


@cases.command("events")
def events(case_no: CaseNo, token: Token = None, json_: Json = False) -> None:
    """案件经过，按先后。"""
    settings = Settings()
    reader = reader_of(settings, token)
    if reader is not None and not may_read_legal_file(reader):
        fail(f"{reader.role.label}账号不能查看案卷与文书。")

    async def work() -> list[dict[str, Any]]:
        async with database(settings) as engine, engine.connect() as connection:
            row = await queries.get_case(connection, scope(settings, token), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
            return await queries.events_of(connection, row.case_id)

    said = [views.readable(views.event(item), reader) for item in run(work)]
    if json_:
        as_json(said)
        return
    table(
        ["序", "发生日", "事项", "办理人", "角色"],
        [
            [str(e["seq"]), e["happened_on"], e["label"], e["actor"]["id"], e["actor"]["role"]]
            for e in said
        ],
    )


@cases.command("actions")
def actions(case_no: CaseNo, token: Token = None, json_: Json = False) -> None:
    """此刻能办什么；不能办的说明缺什么（须有令牌）。"""
    settings = Settings()
    actor = who(settings, token)

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.begin() as connection:
            row = await queries.get_case(connection, at_work(actor), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
            rules = await bundle(connection, row.county, legal_date(now()), row.policy_sha)
        return available(
            CaseState.model_validate(row.state),
            at=now(), policy=rules.policy, calendar=rules.calendar, actor=actor,
        )  # fmt: skip

    options = run(work)
    if json_:
        as_json([option.model_dump() for option in options])
        return
    for option in options:
        mark = "可办" if option.is_allowed else "不可"
        out.print(f"{mark}　{option.kind}　{option.label}", markup=False)
        for reason in option.unmet:
            clause = f"（{reason.clause}）" if reason.clause else ""
            out.print(f"　　　{reason.message}{clause}", markup=False)


def act(
    case_no: CaseNo,
    kind: Annotated[str, typer.Argument(help="办理动作，见 guixue cases actions")],
    data: Annotated[Path | None, typer.Option(help="动作内容的 JSON 文件，- 为标准输入")] = None,
    request_id: Annotated[str | None, typer.Option(help="请求编号，重试时用原值")] = None,
    revision: Annotated[int | None, typer.Option(help="您看到的案件版本，默认取当前版本")] = None,
    token: Token = None,
    json_: Json = False,
) -> None:
    """办理一个动作；确认之后才算办成。"""
    settings = Settings()
    actor = who(settings, token)
    if kind not in BY_KIND:
        fail(f"没有“{kind}”这种办理动作，可用 guixue cases actions 查看。")
    body = body_of(data)
    request = request_id or str(uuid4())

    async def work() -> Any:
        async with database(settings) as engine:
            async with engine.connect() as connection:
                row = await queries.get_case(connection, at_work(actor), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您单位的办理范围内。")
            said = {
                "happened_on": str(legal_date(now())), **body, "kind": kind, "request_id": request,
                "actor": actor.model_dump(),
                "seen_revision": row.revision if revision is None else revision,
            }  # fmt: skip
            command = command_of(said)
            gate, _client = await gateway(settings, engine)
            return await gate.submit(row.case_id, command)

    receipt = run(work)
    if json_:
        as_json(receipt.model_dump(mode="json"))
    else:
        out.print(f"已办理并入账：版本 {receipt.revision}，阶段 {Stage(receipt.stage).label}")
        out.print(f"请求编号 {request}")


def body_of(data: Path | None) -> dict[str, Any]:
    if data is None:
        return {}
    try:
        content = (
            typer.get_text_stream("stdin").read() if str(data) == "-" else data.read_text("utf-8")
        )
        body = json.loads(content)
    except (OSError, ValueError, RecursionError):
        fail(f"读不出 {data}：须是 UTF-8 的 JSON 文件。")
    if not isinstance(body, dict):
        fail("动作内容应是一个 JSON 对象。")
    try:
        no_nul(body)
    except Problem as problem:
        fail(str(problem.body["detail"]))
    return body


def command_of(said: dict[str, Any]) -> Command:
    try:
        command = COMMANDS.validate_python(said)
    except ValidationError as error:
        found = field_errors(error.errors(include_input=False, include_url=False))
        fail("填写有误：" + "；".join(f"{item['field']}：{item['message']}" for item in found))
    if isinstance(command, MarkDue | OpenLead | AdoptCalendar):
        fail("此动作只由系统自己发出。")
    return command


def stalled(
    days: Annotated[int, typer.Option(min=1, help="几天没有进展算停滞")] = 14,
    token: Token = None,
    json_: Json = False,
) -> None:
    """停滞的案件：逾期未办、久无进展、计时已停；该谁动、为什么。"""
    settings = Settings()

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            return await queries.stalled(connection, scope(settings, token), now(), days)

    rows = run(work)
    found = [views.case_line(row) | {"why": why_stalled(row, now(), days)} for row in rows]
    if json_:
        as_json(found)
        return
    table(
        ["案号", "阶段", "该谁动", "单位", "为什么"],
        [
            [
                item["case_no"], item["stage_label"], (item["owner"] or {})["role_label"],
                (item["owner"] or {})["office"], "；".join(item["why"]),
            ]
            for item in found
        ],
    )  # fmt: skip
    out.print(f"停滞 {len(found)} 件")


@papers.command("list")
def list_papers(case_no: CaseNo, token: Token = None, json_: Json = False) -> None:
    """案件的文书。"""
    settings = Settings()

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            row = await queries.get_case(connection, scope(settings, token), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
            return await queries.papers_of(connection, row.case_id)

    reader = reader_of(settings, token)
    found = [views.paper(row) for row in run(work) if views.may_see_kind(reader, row.kind)]
    if json_:
        as_json(found)
        return
    table(
        ["文书", "文号", "状态", "签发", "送达", "编号"],
        [
            [
                item["title"], item["doc_no"] or "（草稿）", item["status_label"],
                str(item["issued_on"] or "—"), str(item["served_on"] or "—"), item["paper_id"],
            ]
            for item in found
        ],
    )  # fmt: skip


@papers.command("save")
def save_papers(
    case_no: CaseNo,
    folder: Annotated[Path, typer.Argument(help="存到这个目录")],
    token: Token = None,
) -> None:
    """把案件的文书原件（PDF 和 DOCX）存到目录里。"""
    settings = Settings()
    reader = reader_of(settings, token)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        fail(f"不能建立目录 {folder}，请换一个可写的目录。")

    async def work() -> list[Path]:
        saved = []
        async with database(settings) as engine, engine.connect() as connection:
            row = await queries.get_case(connection, scope(settings, token), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
            for paper in await queries.papers_of(connection, row.case_id):
                if not views.may_see_kind(reader, paper.kind):
                    continue
                for ending, sha in (("pdf", paper.pdf_sha256), ("docx", paper.docx_sha256)):
                    if sha:
                        path = folder / f"{case_no}-{paper.key}.{ending}"
                        path.write_bytes(await objects.get(connection, sha))
                        saved.append(path)
        return saved

    for path in run(work):
        out.print(str(path), markup=False)
