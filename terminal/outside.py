"""``guixue outside|platforms|consistency``: leads from outside and exchange with platforms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

import typer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.outside import may_read_content, may_read_reporter, may_settle, may_take_in
from access.school_roles import HANDLES_PLATFORMS, may_see_school_lists
from access.scope import may_see_place, visible
from intake import outside, platform_files
from intake.basis import basis_for
from intake.consistency import MEANINGS, consistency, workbook
from intake.outside import Notice, NoticeKind, NoticeRefused, Reporter, Unlisted
from intake.platform_files import ReceiptRefused
from intake.platform_layouts import PlatformError, platform_of, platforms_in_use
from intake.problems import IntakeError
from lifecycle.days import legal_date
from models.identity import Sex
from runtime.client import keyring
from runtime.sealer import KeyringSealer
from runtime.settings import Settings
from storage import queries
from terminal.hands import as_json, database, fail, now, out, run, table, who
from terminal.school_hands import acting

notices = typer.Typer(help="外来线索：举报、通报、来函", no_args_is_help=True)
platforms = typer.Typer(help="外部平台：导出、回执、状态", no_args_is_help=True)

Token = Annotated[str | None, typer.Option(help="令牌，默认取 GUIXUE_TOKEN")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Answer = TypeVar("Answer")
_REFUSALS = (NoticeRefused, ReceiptRefused, PlatformError, IntakeError)


def _do(work: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    settings = Settings()

    async def inside() -> Answer:
        async with database(settings) as engine, engine.begin() as connection:
            return await work(connection)

    try:
        return run(inside)
    except _REFUSALS as refusal:
        fail(str(refusal), 3)


def _sealer() -> KeyringSealer:
    return KeyringSealer(keyring(Settings()))


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words) if words else legal_date(now())
    except ValueError:
        fail("日期应写成 2026-11-22 的形式。")


@notices.command("receive")
def receive(
    kind: Annotated[
        str, typer.Argument(help="tip 举报、child_labour 童工、department 部门、other_county 来函")
    ],
    content: Annotated[str, typer.Option(help="说了什么")],
    name: Annotated[str, typer.Option(help="儿童姓名")] = "",
    id_no: Annotated[str, typer.Option(help="身份证件号")] = "",
    roll_no: Annotated[str, typer.Option(help="学籍号")] = "",
    school: Annotated[str, typer.Option(help="学校")] = "",
    sender: Annotated[str, typer.Option(help="来文单位")] = "",
    reference: Annotated[str, typer.Option(help="来文文号")] = "",
    reporter: Annotated[str, typer.Option(help="举报人姓名（单独加密存放）")] = "",
    reporter_phone: Annotated[str, typer.Option(help="举报人电话")] = "",
    received_on: Annotated[str, typer.Option(help="收到日期，默认今天")] = "",
    request_id: Annotated[str, typer.Option(help="请求编号，重试时用原值")] = "",
    token: Token = None,
) -> None:
    """登记一件外来线索，给出收件号。"""
    actor = who(Settings(), token)
    if not may_take_in(actor):
        fail(f"您的角色（{actor.role.label}）不登记外来线索。")
    try:
        known = NoticeKind(kind)
    except ValueError:
        fail("种类应为：" + "、".join(f"{k.value}（{k.label}）" for k in NoticeKind))
    notice = Notice(
        known, _day(received_on), content, sender, reference, name, id_no, roll_no, school,
        Reporter(reporter, reporter_phone) if reporter else None,
    )  # fmt: skip

    async def work(connection: AsyncConnection) -> Any:
        return await outside.receive(
            connection, notice, county=actor.office[:6], by=actor.id,
            request_id=request_id or str(uuid4()), sealer=_sealer(),
        )  # fmt: skip

    receipt = _do(work)
    what = "已对应到名册里的儿童，转为线索" if receipt.status == "matched" else "待人工认人"
    out.print(f"收件号 {receipt.receipt_no}：{what}。", markup=False)


@notices.command("list")
def listed(
    status: Annotated[str | None, typer.Option(help="review 待认人、matched、rejected")] = None,
    token: Token = None,
    as_json_: AsJson = False,
) -> None:
    """列出外来线索。"""
    actor = who(Settings(), token)
    county = actor.office[:6]
    if not may_read_content(actor, county):
        fail("外来线索清单由县教体局掌握。")

    async def work(connection: AsyncConnection) -> list[Any]:
        return await outside.notices(connection, county, status=status)

    rows = _do(work)
    if as_json_:
        as_json([dict(row._mapping) for row in rows])
        return
    table(
        ["编号", "收件号", "种类", "来文单位", "状态", "认人", "案号"],
        [
            [str(r.id), r.receipt_no, NoticeKind(r.kind).label, r.sender, r.status, r.matched_how,
             r.case_no or ""]
            for r in rows
        ],
    )  # fmt: skip


@notices.command("match")
def match(notice: UUID, roll_no: str, token: Token = None) -> None:
    """认定来件所指的儿童。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> UUID:
        row = await outside.notice_of(connection, notice)
        if not may_settle(actor, row.office):
            fail("认人由县教体局办理。")
        found = await connection.execute(
            text("select ref from child where roll_no = :roll"), {"roll": roll_no}
        )
        child = found.scalar_one_or_none()
        if child is None:
            fail("名册里没有这个学籍号。")
        return await outside.match_by_hand(connection, notice, child, by=actor.id)

    out.print(f"已转为线索 {_do(work)}。")


@notices.command("child")
def write_down(
    notice: UUID,
    sex: Annotated[str, typer.Option(help="male 男、female 女")],
    born: Annotated[str, typer.Option(help="出生日期")],
    school: Annotated[str, typer.Option(help="负责的学校代码")] = "",
    township: Annotated[str, typer.Option(help="没有学校时现住的乡镇代码")] = "",
    name: Annotated[str, typer.Option(help="姓名，默认按来件")] = "",
    id_no: Annotated[str, typer.Option(help="身份证件号，默认按来件；可以没有")] = "",
    grade: Annotated[int | None, typer.Option(min=1, max=9, help="年级")] = None,
    household_county: Annotated[str, typer.Option(help="户籍县代码，默认本县")] = "",
    address: Annotated[str, typer.Option(help="现住址")] = "",
    is_another: Annotated[
        bool, typer.Option("--another", help="已核实与名册里同名同日生的另有其人")
    ] = False,
    token: Token = None,
) -> None:
    """登记名册里没有的儿童，来件转为线索。"""
    actor = who(Settings(), token)
    if sex not in {Sex.MALE.value, Sex.FEMALE.value}:
        fail("性别应为 male 或 female。")
    child = Unlisted(
        Sex(sex), _day(born), name, id_no, school, township, grade, household_county, address,
        is_another=is_another,
    )  # fmt: skip

    async def work(connection: AsyncConnection) -> UUID:
        row = await outside.notice_of(connection, notice)
        if not may_settle(actor, row.office):
            fail("由县教体局办理。")
        return await outside.write_down(connection, notice, child, by=actor.id)

    out.print(f"已登记，转为线索 {_do(work)}。")


@notices.command("reject")
def reject(
    notice: UUID, reason: Annotated[str, typer.Option(help="理由")], token: Token = None
) -> None:
    """不作为线索处理，写明理由。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> None:
        row = await outside.notice_of(connection, notice)
        if not may_settle(actor, row.office):
            fail("由县教体局办理。")
        await outside.reject(connection, notice, by=actor.id, reason=reason)

    _do(work)
    out.print("已注明，不作为线索；记录保留。")


@notices.command("reporter")
def reporter(
    notice: UUID, purpose: Annotated[str, typer.Option(help="用途")], token: Token = None
) -> None:
    """查看举报人（限法规、负责人、审计，逐次留痕）。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> Reporter | None:
        row = await outside.notice_of(connection, notice)
        if not may_read_reporter(actor, row.office):
            fail("举报人身份只限指定人员查看。")
        return await outside.read_reporter(connection, notice, actor, purpose, _sealer())

    found = _do(work)
    if found is None:
        fail("这件来件没有举报人记录。")
    out.print(f"{found.name} {found.phone} {found.address}", markup=False)


@platforms.command("status")
def status(token: Token = None, as_json_: AsJson = False) -> None:
    """每案在各平台的登记状态。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> Any:
        _, policy = await basis_for(connection, actor.office[:6], by=actor.id, at=now())
        in_use = platforms_in_use(policy)
        return in_use, await platform_files.statuses(connection, visible(actor), in_use)

    in_use, cases = _do(work)
    if as_json_:
        as_json({"platforms": [p.key for p in in_use], "cases": cases})
        return
    words = {"waiting": "未导出", "exported": "已导出", "registered": "已登记", "refused": "被退回"}
    table(
        ["案号", *(p.label for p in in_use)],
        [
            [line["case_no"], *(words[line["platforms"][p.key]["status"]] for p in in_use)]
            for line in cases
        ],
    )


@platforms.command("export")
def export(
    key: str,
    folder: Annotated[Path, typer.Option(help="写到哪个文件夹")] = Path(),
    token: Token = None,
) -> None:
    """导出一个平台的文件（尚未登记的在办案件）。"""
    actor = acting(token, HANDLES_PLATFORMS, "导出平台文件")
    if not folder.is_dir():
        fail(f"没有文件夹 {folder}。")

    async def work(connection: AsyncConnection) -> Any:
        made = await platform_files.export(
            connection, platform_of(key), visible(actor), county=actor.office[:6], by=actor.id,
            at=now(),
        )  # fmt: skip
        (folder / made.name).write_bytes(made.content)
        return made

    made = _do(work)
    out.print(f"已导出 {made.case_count} 案：{folder / made.name}", markup=False)


@platforms.command("receipt")
def receipt(key: str, case_no: str, receipt_no: str, token: Token = None) -> None:
    """登记一个案件的平台回执号。"""
    actor = acting(token, HANDLES_PLATFORMS, "登记回执号")

    async def work(connection: AsyncConnection) -> bool:
        row = await queries.get_case(connection, visible(actor), case_no)
        if row is None:
            fail("没有这个案件，或不在您的办理范围内。")
        return await platform_files.record_receipt(
            connection, row.case_id, platform_of(key), receipt_no, on=legal_date(now()),
            by=actor.id, at=now(),
        )  # fmt: skip

    out.print("已登记。" if _do(work) else "以前登记过，未作改动。")


@platforms.command("results")
def results(key: str, file: Path, token: Token = None) -> None:
    """导入平台回执文件。"""
    actor = acting(token, HANDLES_PLATFORMS, "导入回执")
    if not file.is_file():
        fail(f"找不到文件 {file}。")
    content = file.read_bytes()

    async def work(connection: AsyncConnection) -> Any:
        return await platform_files.import_results(
            connection, platform_of(key), content, visible(actor), by=actor.id,
            at=now(), today=legal_date(now()),
        )  # fmt: skip

    done = _do(work)
    out.print(
        f"登记 {done.registered} 案，退回 {done.refused} 案，未变 {done.unchanged} 案，"
        f"不能处理 {len(done.rejected)} 行。"
    )
    for row, why in done.rejected:
        out.print(f"  第 {row} 行：{why}", markup=False)


def consistent(
    school: str,
    day: str,
    folder: Annotated[Path | None, typer.Option(help="另存核对表（XLSX）到这里")] = None,
    token: Token = None,
    as_json_: AsJson = False,
) -> None:
    """核对：学籍＝在校＝控辍台账。"""
    actor = who(Settings(), token)

    async def work(connection: AsyncConnection) -> Any:
        found = await connection.execute(
            text("select name, township, county from school where code = :code"), {"code": school}
        )
        place = found.one_or_none()
        if place is None or not (
            may_see_school_lists(actor)
            and may_see_place(actor, school, place.township, place.county)
        ):
            fail("没有这所学校，或不在您单位的范围内。")
        basis, _ = await basis_for(connection, place.county, by=actor.id, at=now())
        return place.name, await consistency(connection, school, _day(day), basis)

    name, report = _do(work)
    if folder is not None:
        (folder / f"三方一致性-{school}-{day}.xlsx").write_bytes(workbook(report, name))
    if as_json_:
        as_json({
            "is_consistent": report.is_consistent,
            "classes": [
                {"class_code": c.class_code, "roll": c.roll, "attending": c.attending,
                 "ledger_book": c.ledger_book, "difference": c.difference}
                for c in report.classes
            ],
            "rows": [{"kind": r.kind, "case_no": r.case_no, "class_code": r.class_code}
                     for r in report.rows],
        })  # fmt: skip
        return
    table(
        ["班级", "学籍", "在校（含请假）", "控辍台账", "差额"],
        [
            [c.class_code, str(c.roll), str(c.attending), str(c.ledger_book), str(c.difference)]
            for c in report.classes
        ],
    )
    for row in report.rows:
        out.print(f"  {row.name} {row.class_code} {row.case_no} {MEANINGS[row.kind]}", markup=False)
