"""``guixue papers``: kinds, drafts, previews, receipts, the dossier, evidence files, batches."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from sqlalchemy import text

from access.scope import may_read_confidential, may_read_legal_file, visible
from activities.attachments import attachments_of, fetch, keep
from activities.batches import BatchRefused, approve_batch
from activities.entry_notices import (
    AllNotified,
    EntryRequest,
    draft_entry_notices,
    left_out_of,
    may_ask,
)
from activities.paper_data import PaperIncomplete
from activities.paper_reading import NothingToShow, dossier_data, draft_data, receipt_data
from lifecycle.days import legal_date
from lifecycle.papers import ALL
from models.people import Actor
from models.state import CaseState
from models.words import Role
from papers.attached import AttachmentRefused
from papers.catalogue import paper_kind
from papers.data import PaperData
from papers.pipeline import PaperRefused, preview, render
from runtime.client import keyring
from runtime.sealer import KeyringSealer
from runtime.settings import Settings
from storage import objects, queries
from terminal.cases import CaseNo, Json, Token, act, body_of, papers
from terminal.hands import as_json, database, fail, now, out, run, table, who

__all__ = ["papers"]
PaperKey = Annotated[str, typer.Argument(help="文书编号，如 notice_letter-1")]
Target = Annotated[Path, typer.Argument(help="存成这个文件")]


@papers.command("kinds")
def kinds(json_: Json = False) -> None:
    """可以拟写的文书：谁拟、谁签、怎样送达。"""
    rows = [
        {
            "kind": rule.kind, "title": rule.title, "form": paper_kind(rule.kind).form,
            "word": rule.word or "—", "service": paper_kind(rule.kind).service,
            "drafters": "、".join(role.label for role in Role if role in rule.drafters),
            "approvers": "、".join(role.label for role in Role if role in rule.approvers),
        }
        for rule in ALL
    ]  # fmt: skip
    if json_:
        as_json(rows)
        return
    names = ["代码", "文书", "格式", "代字", "送达", "拟稿", "签发"]
    table(names, [[str(value) for value in row.values()] for row in rows], codes_whole=True)


@papers.command("draft")
def draft(
    case_no: CaseNo,
    kind: Annotated[str, typer.Argument(help="文书代码，见 guixue papers kinds")],
    data: Annotated[Path | None, typer.Option(help="所填栏目的 JSON 文件")] = None,
    guardian: Annotated[str | None, typer.Option(help="监护人编号")] = None,
    token: Token = None,
) -> None:
    """拟写一份文书；缺什么会逐项列出。"""
    body = {"paper_kind": kind, "guardian": guardian, "content": body_of(data)}
    _act(case_no, "draft_paper", body, token)


@papers.command("approve")
def approve(case_no: CaseNo, key: PaperKey, token: Token = None) -> None:
    """签发一份草稿（拟稿人以外的人）。"""
    _act(case_no, "approve_paper", {"paper": key}, token)


@papers.command("void")
def void(
    case_no: CaseNo, key: PaperKey,
    reason: Annotated[str, typer.Option(help="理由")],
    token: Token = None,
) -> None:  # fmt: skip
    """作废一份已签发的文书；文号保留。"""
    _act(case_no, "void_paper", {"paper": key, "reason": reason}, token)


@papers.command("serve")
def serve(
    case_no: CaseNo, key: PaperKey,
    method: Annotated[str, typer.Option(help="方式：direct、post、left…")],
    receipt: Annotated[str, typer.Option(help="回证或影像编号")],
    officer: Annotated[list[str], typer.Option(help="送达人，可重复")],
    token: Token = None,
) -> None:  # fmt: skip
    """登记送达或签收。"""
    body = {"paper": key, "method": method, "receipt": receipt, "officers": officer}
    _act(case_no, "serve_paper", body, token)


def _act(case_no: str, kind: str, body: dict[str, Any], token: str | None) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(body, file)
        file.flush()
        act(case_no, kind, Path(file.name), None, None, token, False)


Reader = Callable[[Any, CaseState, date, bool], Awaitable[PaperData]]


@papers.command("preview")
def draft_preview(case_no: CaseNo, key: PaperKey, target: Target, token: Token = None) -> None:
    """预览草稿：.html 或 .pdf，带草稿字样。"""
    _made(case_no, target, token, key, lambda c, state, day, _all: draft_data(c, state, key, day))


@papers.command("receipt")
def receipt(case_no: CaseNo, key: PaperKey, target: Target, token: Token = None) -> None:
    """按送达登记填好的送达回证（PDF）。"""
    _made(case_no, target, token, key, lambda c, state, _day, _all: receipt_data(c, state, key))


@papers.command("dossier")
def dossier(case_no: CaseNo, target: Target, token: Token = None) -> None:
    """卷宗目录和经过（PDF）。"""
    _made(
        case_no,
        target,
        token,
        "",
        lambda c, state, day, shows_all: dossier_data(c, state, day, shows_all=shows_all),
    )


def _made(case_no: str, target: Path, token: str | None, key: str, read: Reader) -> None:
    settings = Settings()
    actor = who(settings, token)

    async def work() -> bytes:
        async with database(settings) as engine, engine.connect() as connection:
            state = await _state(connection, actor, case_no)
            fact = state.papers.get(key)
            if fact and paper_kind(fact.kind).is_confidential and not may_read_confidential(actor):
                fail("这份文书含有保密信息，只由县教体局承办人员查看。")
            try:
                shows_all = may_read_confidential(actor)
                data = await read(connection, state, legal_date(now()), shows_all)
                if target.suffix == ".html":
                    return preview(data.key, data).encode()
                made = await asyncio.to_thread(render, data.key, data)
            except NothingToShow as error:
                fail(str(error))
            except (PaperIncomplete, PaperRefused) as error:
                fail("文书还不能生成：" + " ".join(error.problems))
            return made.docx if target.suffix == ".docx" else made.pdf

    _save(target, run(work))


async def _state(connection: Any, actor: Actor, case_no: str) -> CaseState:
    row = await queries.get_case(connection, visible(actor), case_no)
    if row is None or not may_read_legal_file(actor):
        fail(f"没有案号 {case_no}，或不在您可查看的范围内。")
    return CaseState.model_validate(row.state)


def _save(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError:
        fail(f"不能写入 {target}，请换一个可写的位置。")
    out.print(str(target), markup=False)


@papers.command("attach")
def attach(
    case_no: CaseNo,
    evidence_ref: Annotated[str, typer.Argument(help="证据编号，与办理时填写的相同")],
    file: Annotated[Path, typer.Argument(help="JPEG、PNG 或 PDF")],
    token: Token = None,
) -> None:
    """把照片或扫描件存进案件（加密保存）。"""
    settings = Settings()
    actor = who(settings, token)
    if not file.is_file():
        fail(f"读不出 {file}。")

    async def work() -> UUID:
        async with database(settings) as engine, engine.begin() as connection:
            row = await queries.get_case(connection, visible(actor), case_no)
            if row is None or actor.role in {Role.AUDITOR, Role.SUPERVISOR}:
                fail(f"没有案号 {case_no}，或不在您单位的办理范围内。")
            sealer = KeyringSealer(keyring(settings))
            try:
                content = file.read_bytes()
                return await keep(
                    connection, sealer, row.case_id, evidence_ref, file.name, content, actor
                )
            except AttachmentRefused as error:
                fail(str(error))

    out.print(f"已保存，附件编号 {run(work)}")


@papers.command("attachments")
def list_attachments(case_no: CaseNo, token: Token = None, json_: Json = False) -> None:
    """案件的附件，以及各自证明第几项经过。"""
    settings = Settings()
    actor = who(settings, token)

    async def work() -> list[Any]:
        async with database(settings) as engine, engine.connect() as connection:
            state = await _state(connection, actor, case_no)
            return await attachments_of(connection, UUID(state.case_id))

    rows = run(work)
    if json_:
        as_json([dict(row._mapping) for row in rows])
        return
    table(
        ["附件编号", "证据编号", "证明第几项", "文件名", "大小"],
        [
            [str(r.id), r.evidence_ref, str(r.event_seq or "—"), r.file_name, f"{r.size_bytes // 1024} KB"]
            for r in rows
        ],
    )  # fmt: skip


@papers.command("open")
def open_attachment(
    attachment_id: Annotated[str, typer.Argument(help="附件编号")],
    target: Target,
    token: Token = None,
) -> None:
    """取出一个附件；谁在何时取出会记录在案。"""
    settings = Settings()
    actor = who(settings, token)

    async def work() -> bytes:
        async with database(settings) as engine, engine.begin() as connection:
            query = text(
                "select f.case_no from attachment a join case_file f using (case_id)"
                " where a.id::text = :id"
            )
            case_no = (await connection.execute(query, {"id": attachment_id})).scalar_one_or_none()
            if case_no is None:
                fail("没有这个附件，或不在您可查看的范围内。")
            await _state(connection, actor, case_no)
            sealer = KeyringSealer(keyring(settings))
            return (await fetch(connection, sealer, UUID(attachment_id), actor)).content

    _save(target, run(work))


@papers.command("entry-notices")
def entry_notices(
    township: Annotated[str, typer.Argument(help="乡镇代码")],
    year: Annotated[int, typer.Option(help="学年，如 2026")],
    report_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="报到日期")],
    grade: Annotated[int, typer.Option(min=1, max=9, help="入学年级")] = 1,
    materials: Annotated[str, typer.Option(help="报到材料")] = "户口簿",
    school: Annotated[str | None, typer.Option(help="尚无学校的儿童到哪所学校")] = None,
    request_id: Annotated[str | None, typer.Option(help="请求编号，重试时用原值")] = None,
    token: Token = None,
) -> None:
    """拟写一个乡镇的入学通知书，一人一份。"""
    settings = Settings()
    actor = who(settings, token)
    if not may_ask(actor, township):
        fail("只能为本乡镇或本县所属乡镇拟写。")
    asked = EntryRequest(
        township=township, school_year=year, grade=grade, school=school,
        report_on=report_on.date(), materials=materials,
    )  # fmt: skip

    async def work() -> tuple[UUID, int, list[dict[str, Any]]]:
        async with database(settings) as engine, engine.begin() as connection:
            try:
                identity = await draft_entry_notices(
                    connection, actor, request_id or str(uuid4()), asked, legal_date(now())
                )
            except AllNotified as error:
                _say_left_out(error.left_out)
                fail("\n".join(error.problems))
            except BatchRefused as error:
                fail("\n".join(error.problems))
            query = text("select total from paper_batch where id = :id")
            total = (await connection.execute(query, {"id": identity})).scalar_one()
            return identity, int(total), await left_out_of(connection, identity)

    identity, count, left_out = run(work)
    _say_left_out(left_out)
    out.print(
        f"已拟 {count} 份，批次 {identity}；请由负责人签发：guixue papers approve-batch {identity}"
    )


def _say_left_out(children: list[dict[str, Any]]) -> None:
    """Say which children have a notice of the year already, and which office's it is."""
    if not children:
        return
    out.print(f"以下 {len(children)} 名儿童本学年已有入学通知书，没有重复拟写：")
    names = ["学生", "学校", "拟写单位", "批次", "文号", "状态"]
    keys = ("child", "school", "office", "title", "doc_no", "status")
    table(names, [[str(each[key] or "—") for key in keys] for each in children])


@papers.command("approve-batch")
def sign_batch(batch: Annotated[str, typer.Argument(help="批次编号")], token: Token = None) -> None:
    """签发一批（拟稿人以外的人）：编号、定稿、开始打印。"""
    settings = Settings()
    actor = who(settings, token)

    async def work() -> None:
        async with database(settings) as engine, engine.begin() as connection:
            try:
                await approve_batch(
                    connection, actor, UUID(batch), legal_date(now()), settings.papers_url
                )
            except BatchRefused as error:
                fail("\n".join(error.problems))

    run(work)
    out.print("已签发并编号，正在生成；进度见 guixue papers batch")


@papers.command("batch")
def show_batch(
    batch: Annotated[str, typer.Argument(help="批次编号")],
    folder: Annotated[
        Path | None, typer.Option("--save", help="把打印文件和签收表存到这里")
    ] = None,
    token: Token = None,
) -> None:
    """一批文书的进度；生成后可存出打印文件和签收表。"""
    settings = Settings()
    actor = who(settings, token)

    async def work() -> tuple[Any, int, list[tuple[str, bytes]], list[dict[str, Any]]]:
        async with database(settings) as engine, engine.connect() as connection:
            query = text(
                "select * from paper_batch where id = :id and (office = :o or county = :o)"
            )
            keys = {"id": UUID(batch), "o": actor.office}
            row = (await connection.execute(query, keys)).one_or_none()
            if row is None:
                fail("没有这一批文书，或不在您单位的范围内。")
            done = await connection.execute(
                text("select count(pdf_sha256) from batch_paper where batch_id = :id"),
                {"id": row.id},
            )
            files = [
                (name, await objects.get(connection, sha))
                for name, sha in (("通知书", row.pdf_sha256), ("签收表", row.list_sha256))
                if sha and folder is not None
            ]
            return row, int(done.scalar_one()), files, await left_out_of(connection, row.id)

    row, done, files, left_out = run(work)
    out.print(
        f"{row.title}　共 {row.total} 份　已生成 {done} 份　{row.problem or ''}", markup=False
    )
    _say_left_out(left_out)
    for name, content in files:
        assert folder is not None
        folder.mkdir(parents=True, exist_ok=True)
        _save(folder / f"{row.title}-{name}.pdf", content)
