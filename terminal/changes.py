"""``guixue cases preview|correctable|rules``: what would change, before anybody signs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from access.scope import visible
from lifecycle.correctable import known_facts, split
from lifecycle.days import legal_date
from lifecycle.preview import Move, Preview, preview
from lifecycle.verdict import Refusal
from models.commands import AdoptPolicy, ProposeAct
from models.state import CaseState
from policy.spoken import said
from runtime.settings import Settings
from storage import queries
from storage.rules import bundle, load_policy
from terminal.cases import CaseNo, Json, Token, body_of, command_of, scope
from terminal.hands import as_json, database, fail, now, out, run, table, who


def show_preview(
    case_no: CaseNo,
    kind: Annotated[str, typer.Argument(help="办理动作，见 guixue cases actions")],
    data: Annotated[Path | None, typer.Option(help="动作内容的 JSON 文件，- 为标准输入")] = None,
    token: Token = None,
    json_: Json = False,
) -> None:
    """这样办会改变什么：期限、文书、失去前提的步骤；只看，不办理。"""
    settings = Settings()
    actor = who(settings, token)
    body = body_of(data)

    async def work() -> Preview | Refusal:
        async with database(settings) as engine, engine.begin() as connection:
            row = await queries.get_case(connection, visible(actor), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您单位的办理范围内。")
            command = command_of(
                {
                    "happened_on": str(legal_date(now())), **body, "kind": kind,
                    "request_id": "preview-only", "actor": actor.model_dump(),
                    "seen_revision": row.revision,
                }
            )  # fmt: skip
            rules = await bundle(connection, row.county, legal_date(now()), row.policy_sha)
            sha = command.policy_sha if isinstance(command, ProposeAct | AdoptPolicy) else None
            try:
                new_policy = await load_policy(connection, sha) if sha else None
            except LookupError:
                fail("没有这份规则快照，请先执行 guixue cases rules 取得。")
            return preview(
                CaseState.model_validate(row.state), command, at=now(), policy=rules.policy,
                calendar=rules.calendar, new_policy=new_policy,
            )  # fmt: skip

    found = run(work)
    if json_:
        as_json(found.model_dump(mode="json"))
        return
    if isinstance(found, Refusal):
        out.print("现在不能这样办：")
        for unmet in found.unmet:
            out.print(f"  · {unmet.message}", markup=False)
        return
    out.print(f"阶段：{found.stage_before} → {found.stage_after}", markup=False)
    _moves("移动的期限", found.moved)
    _moves("新开的期限", found.opened)
    _moves("了结的期限", found.ended)
    for flaw in found.flaws:
        out.print(f"失去前提：{flaw}", markup=False)
    for paper in found.papers:
        out.print(f"涉及文书：{paper}", markup=False)


def _moves(title: str, moves: tuple[Move, ...]) -> None:
    for move in moves:
        days = f"{move.before or '—'} → {move.after or '—'}"
        out.print(f"{title}：{move.label}　{days}　{move.owner}", markup=False)
        out.print(f"　　{move.why}", markup=False)


def correctable(case_no: CaseNo, token: Token = None, json_: Json = False) -> None:
    """本案可以申请更正的内容与现值。"""
    settings = Settings()

    async def work() -> Any:
        async with database(settings) as engine, engine.connect() as connection:
            row = await queries.get_case(connection, scope(settings, token), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
            return row

    facts = known_facts(CaseState.model_validate(run(work).state))
    if json_:
        as_json(facts)
        return
    rows = [(fact, split(fact)[0], value) for fact, value in facts.items()]
    table(["项目", "名称", "现值"], [[fact, row.label if row else "", v] for fact, row, v in rows])


def rules_compared(case_no: CaseNo, token: Token = None, json_: Json = False) -> None:
    """本案适用的规则与现在施行的规则有何不同；采用新规则时引用其快照。"""
    settings = Settings()

    async def work() -> tuple[Any, Any]:
        async with database(settings) as engine, engine.begin() as connection:
            row = await queries.get_case(connection, scope(settings, token), case_no)
            if row is None:
                fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
            today = legal_date(now())
            own = await bundle(connection, row.county, today, row.policy_sha)
            return own.policy, (await bundle(connection, row.county, today, None)).policy

    own, new = run(work)
    changed = [
        (name, own.parameters.get(name), rule)
        for name, rule in new.parameters.items()
        if own.parameters.get(name) is None or own.parameters[name].value != rule.value
    ]
    if json_:
        as_json({"case": own.sha256, "in_force": new.sha256, "changed": [n for n, _, _ in changed]})
        return
    out.print(f"本案适用：{own.sha256}\n现在施行：{new.sha256}")
    table(
        ["规则", "本案", "现行", "依据"],
        [
            [rule.label, said(old) if old else "—", said(rule), rule.source_text]
            for _, old, rule in changed
        ],
    )
