"""``guixue papers office-kinds|draft-office|batch-preview``: papers of no single case."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from pydantic import TypeAdapter

from activities.batches import BatchRefused, draft_batch, paper_of_batch
from lifecycle.days import legal_date
from lifecycle.papers import OFFICE
from models.facts import PaperContent
from models.words import Role
from papers.catalogue import paper_kind
from papers.pipeline import PaperRefused, preview, render
from runtime.settings import Settings
from terminal.cases import Json, Token
from terminal.hands import as_json, database, fail, now, out, run, table, who


def office_kinds(json_: Json = False) -> None:
    """不属于个案的文书：谁拟、谁签、文号代字。"""
    rows = [
        {
            "kind": rule.kind, "title": rule.title, "form": paper_kind(rule.kind).form,
            "word": rule.word or "—",
            "drafters": "、".join(role.label for role in Role if role in rule.drafters),
            "approvers": "、".join(role.label for role in Role if role in rule.approvers),
        }
        for rule in OFFICE.values()
    ]  # fmt: skip
    if json_:
        as_json(rows)
        return
    names = ["代码", "文书", "格式", "代字", "拟稿", "签发"]
    table(names, [[str(value) for value in row.values()] for row in rows])


def draft_office(
    kind: Annotated[str, typer.Argument(help="文书代码，见 guixue papers office-kinds")],
    data: Annotated[Path, typer.Option(help="所填栏目的 JSON 文件；一批多份的写成列表")],
    title: Annotated[str, typer.Option(help="这一批的名称")],
    request_id: Annotated[str | None, typer.Option(help="请求编号，重试时用原值")] = None,
    token: Token = None,
) -> None:
    """拟写一份或一批不属于个案的文书；缺什么会逐项列出。"""
    settings = Settings()
    actor = who(settings, token)
    contents = _contents(data)

    async def work() -> UUID:
        async with database(settings) as engine, engine.begin() as connection:
            try:
                return await draft_batch(
                    connection, actor, request_id or str(uuid4()), kind, title,
                    [(None, content) for content in contents], legal_date(now()),
                )  # fmt: skip
            except BatchRefused as error:
                fail("\n".join(error.problems))

    identity = run(work)
    out.print(f"已拟 {len(contents)} 份，批次 {identity}；请先看再由负责人签发：")
    out.print(f"guixue papers batch-preview {identity} 1 预览.pdf", markup=False)


def _contents(file: Path) -> list[dict[str, Any]]:
    try:
        written = json.loads(file.read_text("utf-8"))
        listed = written if isinstance(written, list) else [written]
        return [dict(each) for each in TypeAdapter(list[PaperContent]).validate_python(listed)]
    except (OSError, ValueError):
        fail(f"读不出 {file}，或内容不是栏目和值的 JSON；请核对。")


def batch_preview(
    batch: Annotated[UUID, typer.Argument(help="批次编号")],
    place: Annotated[int, typer.Argument(min=1, help="第几份")],
    target: Annotated[Path, typer.Argument(help="存成这个文件：.html 或 .pdf")],
    token: Token = None,
) -> None:
    """签发前看一批里的一份。"""
    if target.suffix not in {".html", ".pdf"}:
        fail("只能存成 .html 或 .pdf，请改文件名。")
    settings = Settings()
    actor = who(settings, token)

    async def work() -> Any:
        async with database(settings) as engine, engine.connect() as connection:
            try:
                data = await paper_of_batch(connection, actor, batch, place, legal_date(now()))
                if target.suffix == ".html":
                    return preview(data.key, data).encode()
                return (await asyncio.to_thread(render, data.key, data)).pdf
            except (BatchRefused, PaperRefused) as error:
                fail("\n".join(error.problems))

    target.write_bytes(run(work))
    out.print(str(target), markup=False)
