"""Cases: lists, one case, what may be done, and doing it."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from access.scope import at_work, may_read_legal_file, may_see_deadline
from console import views
from console.problems import Problem, invalid, no_nul, not_found
from console.wiring import ActorHere, ServicesHere
from lifecycle.days import legal_date
from lifecycle.decide import available
from models.commands import AdoptCalendar, Command, MarkDue, OpenLead
from models.people import Actor
from models.recorded import Receipt
from models.state import CaseState
from models.words import Stage
from storage import queries
from storage.rules import bundle

router = APIRouter(prefix="/api/cases", tags=["个案"])
COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
BODY_LIMIT = 512 * 1024
EVIDENCE_LIMIT = 100
_REVISION = re.compile(r"[0-9]{1,40}")


@router.get("", summary="个案列表（按案号翻页）")
async def list_cases(
    here: ServicesHere,
    actor: ActorHere,
    stage: Stage | None = None,
    queue: str | None = None,
    township: str | None = None,
    school: str | None = None,
    overdue: bool | None = None,
    is_open: bool | None = None,
    q: Annotated[str | None, Query(max_length=40)] = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    wanted = queries.CaseFilter(
        stage=stage.value if stage else None, queue=queue, township=township, school=school, overdue=overdue,
        is_open=is_open, q=q, after=after, limit=limit,
    )  # fmt: skip
    async with here.engine.connect() as connection:
        rows = await queries.list_cases(connection, at_work(actor), wanted)
    following = rows[-1].case_no if len(rows) == limit else None
    return {"cases": [views.case_line(row) for row in rows], "next": following}


@router.get("/{case_no}", summary="一个案件：阶段、责任、期限")
async def show_case(
    case_no: str, here: ServicesHere, actor: ActorHere, response: Response
) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
        rows = await queries.obligations_of(connection, row.case_id)
    state = CaseState.model_validate(row.state)
    response.headers["ETag"] = f'"{row.revision}"'
    return views.case_line(row) | {
        "guardians": [guardian.model_dump() for guardian in state.guardians],
        # The legal file is neither for the village nor for the experts (roles.md 2).
        "tracks": []
        if not may_read_legal_file(actor)
        else [
            {"guardian": track.guardian, "step": track.step.value, "step_label": track.step.label}
            for track in state.tracks.values()
        ],
        "obligations": [
            views.obligation(item)
            for item in rows
            if item.ended_seq is None and may_see_deadline(actor, item.owner_role, item.duty)
        ],
    }


@router.get("/{case_no}/actions", summary="此刻能办什么；不能办的说明缺什么")
async def actions(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        row = await case_within(connection, actor, case_no)
        now = here.clock()
        rules = await bundle(connection, row.county, legal_date(now), row.policy_sha)
    options = available(
        CaseState.model_validate(row.state),
        at=now, policy=rules.policy, calendar=rules.calendar, actor=actor,
    )  # fmt: skip
    return {"revision": row.revision, "actions": [option.model_dump() for option in options]}


@router.get("/{case_no}/events", summary="案件经过")
async def events(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_read_file(actor)
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
        said = await queries.events_of(connection, row.case_id)
    return {"events": [views.readable(views.event(item), actor) for item in said]}


@router.get("/{case_no}/obligations", summary="全部期限与计算依据")
async def obligations(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
        rows = await queries.obligations_of(connection, row.case_id)
    shown = [item for item in rows if may_see_deadline(actor, item.owner_role, item.duty)]
    return {"obligations": [views.obligation(item) for item in shown]}


@router.get("/{case_no}/papers", summary="案件文书")
async def papers(case_no: str, here: ServicesHere, actor: ActorHere) -> dict[str, Any]:
    must_read_file(actor)
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
        rows = await queries.papers_of(connection, row.case_id)
    shown = [item for item in rows if views.may_see_kind(actor, item.kind)]
    return {"papers": [views.paper(item) for item in shown]}


@router.post("/{case_no}/commands", summary="办理（一次一个动作）")
async def submit(
    case_no: str,
    request: Request,
    here: ServicesHere,
    actor: ActorHere,
    idempotency_key: Annotated[str | None, Header(max_length=100)] = None,
    if_match: Annotated[str | None, Header()] = None,
) -> Receipt:
    command = command_of(await body_of(request), actor, idempotency_key, if_match)
    async with here.engine.connect() as connection:
        row = await case_within(connection, actor, case_no)
    case_id: UUID = row.case_id
    return await here.gateway.submit(case_id, command)


async def body_of(request: Request) -> dict[str, Any]:
    written = await request.body()
    if len(written) > BODY_LIMIT:
        said = "一次办理的内容不超过 512 KB；照片和扫描件请作为附件上传。"
        raise Problem(413, "内容太多", said, "too_large")
    try:
        body = json.loads(written)
    except (ValueError, RecursionError) as error:  # no JSON, a number too long, nested too deep
        raise Problem(422, "填写有误，未办理", "请求正文不是合法的 JSON。", "invalid") from error
    if not isinstance(body, dict):
        raise Problem(422, "填写有误，未办理", "请求正文应是一个 JSON 对象。", "invalid")
    no_nul(body)
    return body


def command_of(
    body: dict[str, Any], actor: Actor, idempotency_key: str | None, if_match: str | None
) -> Command:
    """Complete what was typed with who asks, which revision was seen and the request's name."""
    if not idempotency_key or len(idempotency_key) < 8:
        said = "请带上 Idempotency-Key 请求头（至少 8 个字符，每次办理一个新值，重试用原值）。"
        raise Problem(400, "缺少请求编号", said, "idempotency_key_missing")
    revision = (if_match or "").strip().strip('"')
    if not _REVISION.fullmatch(revision):
        said = "请带上 If-Match 请求头，值为您看到的案件版本号（见案件的 ETag 或 revision）。"
        raise Problem(428, "缺少案件版本号", said, "revision_missing")
    try:
        command = COMMANDS.validate_python(
            {
                **body,
                "request_id": idempotency_key,
                "actor": actor.model_dump(),
                "seen_revision": int(revision),
            },
        )
    except ValidationError as error:
        raise invalid(error) from error
    if len(command.evidence) > EVIDENCE_LIMIT:
        said = f"证明材料编号一次最多填{EVIDENCE_LIMIT}项，请归并成册后再填。"
        raise Problem(422, "填写有误，未办理", said, "invalid")
    if isinstance(command, MarkDue | OpenLead | AdoptCalendar):
        raise Problem(422, "不能这样办理", "此动作只由系统自己发出。", "system_only")
    return command


async def case_within(connection: Any, actor: Actor, case_no: str) -> Any:
    row = await queries.get_case(connection, at_work(actor), case_no)
    if row is not None:
        return row
    if await queries.exists(connection, case_no):
        said = "本案不在您单位的办理范围内；如确需了解，请联系县教体局。"
        raise Problem(403, "不在您的办理范围", said, "forbidden")
    raise not_found("案件")


def must_read_file(actor: Actor) -> None:
    if not may_read_legal_file(actor):
        raise Problem(
            403, "不在您的办理范围", f"{actor.role.label}账号不能查看案卷与文书。", "forbidden"
        )
