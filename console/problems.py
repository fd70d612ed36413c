"""Errors as RFC 9457 problem+json, in Chinese, each saying what to do."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from activities.gateway import NoSuchCase, Refused, Unacknowledged
from activities.leads import NoSuchLead
from models.rules import RuleMissing

MEDIA_TYPE = "application/problem+json"
_STATUS = {"refused": 422, "stale": 409, "forbidden": 403}
_TITLE = {
    "refused": "条件未满足，未办理",
    "stale": "案件已有新的进展",
    "forbidden": "不在您的办理范围",
}
_WORDS = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项，请核对字段名",
    "string_too_short": "内容太短，至少{min_length}字",
    "string_too_long": "内容太长，最多{max_length}字",
    "string_type": "应为文字",
    "date_from_datetime_parsing": "日期应写成 2026-11-22 的形式",
    "date_parsing": "日期应写成 2026-11-22 的形式",
    "date_type": "日期应写成 2026-11-22 的形式",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "enum": "不在可选的值之内",
    "literal_error": "不在可选的值之内",
    "too_short": "至少要填{min_length}项",
    "too_long": "最多填{max_length}项",
    "union_tag_invalid": "没有这种办理动作",
    "union_tag_not_found": "缺少 kind（办理动作）",
    "uuid_parsing": "编号格式不对",
    "json_invalid": "不是合法的 JSON",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
}
_PLACES = ("body", "query", "path", "header")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FIELD = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Problem(Exception):
    """Any error the API answers with."""

    def __init__(self, status: int, title: str, detail: str, code: str, **more: Any) -> None:
        super().__init__(title)
        self.status = status
        self.body = {
            "type": f"urn:guixue:problem:{code}",
            "title": title,
            "status": status,
            "detail": detail,
            "code": code,
            **more,
        }


def respond(problem: Problem) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
    return JSONResponse(
        problem.body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def field_errors(errors: Any) -> list[dict[str, str]]:
    """Say each field error in Chinese; what was typed is not repeated."""
    return [
        {
            "field": ".".join(_named(part) for part in item["loc"] if part not in _PLACES),
            "message": _message(item),
        }
        for item in errors
    ]


def _message(item: Any) -> str:
    """Say one error; a text measured after another check is called too long, not a list."""
    bounds = item.get("ctx", {})
    kind = item["type"]
    if bounds.get("field_type") == "Value":
        kind = f"string_{kind}"
    return _WORDS.get(kind, "格式不正确").format(**bounds)


def _joined(fields: list[dict[str, str]]) -> str:
    """Put the errors into one sentence; what is wrong with the whole names no field."""
    return "；".join(f"{item['field']}：{item['message']}".lstrip("：") for item in fields)


def _named(part: Any) -> str:
    """Name a field; an unknown one is the writer's own text and may hold a child's name."""
    return str(part) if _FIELD.fullmatch(str(part)) else "（未知字段）"


def invalid(error: ValidationError) -> Problem:
    fields = field_errors(error.errors(include_input=False, include_url=False))
    return Problem(422, "填写有误，未办理", _joined(fields), "invalid", errors=fields)


def refused(error: Refused) -> Problem:
    detail = error.detail
    unmet = [reason.model_dump() for reason in detail.unmet]
    said = " ".join(reason.message for reason in detail.unmet)
    return Problem(
        _STATUS[detail.cause], _TITLE[detail.cause], said, detail.cause,
        unmet=unmet, revision=detail.revision,
    )  # fmt: skip


def unacknowledged() -> Problem:
    said = (
        "还没有得到确认，可能已办也可能未办。请用同一个 Idempotency-Key 再提交一次，不会重复办理。"
    )
    return Problem(503, "暂未确认", said, "unacknowledged")


def not_found(what: str) -> Problem:
    return Problem(404, "没有找到", f"没有这个{what}，或不在您可查看的范围内。", "not_found")


def no_nul(value: Any) -> None:
    """Refuse what the database cannot hold, NUL and half a character, wherever in ``value`` it stands.

    Inside a case it would fail every append and keep the case from going on.
    """
    if isinstance(value, str) and _SURROGATE.search(value):
        raise _half_character()
    if isinstance(value, str) and "\x00" in value:
        said = "内容里有不可见的空字符（U+0000），请删去后再提交。"
        raise Problem(422, "填写有误，未办理", said, "invalid")
    if isinstance(value, dict):
        for name, item in value.items():
            no_nul(name)
            try:
                no_nul(item)
            except Problem as problem:
                raise _in_field(problem, _named(name)) from None
    elif isinstance(value, list):
        for item in value:
            no_nul(item)


def _half_character() -> Problem:
    said = "内容里有残缺的字符（常由复制粘贴或截断引起），请删去后重新输入。"
    return Problem(422, "填写有误，未办理", said, "invalid")


def _in_field(problem: Problem, field: str) -> Problem:
    if "errors" in problem.body:
        return problem
    said = str(problem.body["detail"])
    errors = [{"field": field, "message": said}]
    return Problem(422, problem.body["title"], f"{field}：{said}", "invalid", errors=errors)


def install(app: FastAPI) -> None:
    """Answer every error of the application as a problem."""

    @app.middleware("http")
    async def _address(request: Request, follow: Any) -> Any:
        """Turn away an address with a NUL in it: no path, filter or number here has one."""
        if "\x00" in request.url.path or b"%00" in request.scope["query_string"]:
            said = "地址或查询条件里有不可见的空字符（U+0000）。"
            return respond(Problem(422, "请求有误", said, "invalid"))
        return await follow(request)

    @app.exception_handler(Problem)
    async def _problem(_request: Request, error: Problem) -> JSONResponse:
        return respond(error)

    @app.exception_handler(Refused)
    async def _refused(_request: Request, error: Refused) -> JSONResponse:
        return respond(refused(error))

    @app.exception_handler(Unacknowledged)
    async def _unacknowledged(_request: Request, _error: Unacknowledged) -> JSONResponse:
        return respond(unacknowledged())

    @app.exception_handler(NoSuchCase)
    async def _no_case(_request: Request, _error: NoSuchCase) -> JSONResponse:
        return respond(not_found("案件"))

    @app.exception_handler(NoSuchLead)
    async def _no_lead(_request: Request, _error: NoSuchLead) -> JSONResponse:
        return respond(not_found("线索"))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = field_errors(error.errors())
        return respond(Problem(422, "填写有误，未办理", _joined(fields), "invalid", errors=fields))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        title = {404: "没有这个地址", 405: "此地址不支持这种请求"}.get(
            error.status_code, "请求有误"
        )
        answer = respond(Problem(error.status_code, title, "请核对地址和方法。", "http"))
        answer.headers.update(error.headers or {})  # a 405 must say which methods there are
        return answer

    @app.exception_handler(UnicodeEncodeError)
    async def _unwritable(_request: Request, _error: UnicodeEncodeError) -> JSONResponse:
        return respond(_half_character())

    @app.exception_handler(RuleMissing)
    async def _no_rule(_request: Request, _error: RuleMissing) -> JSONResponse:
        said = "所查的日期还没有这项规则，请换一个较近的日期；没有填日期的，请联系系统管理员。"
        return respond(Problem(422, "没有可用的规则", said, "rule_missing"))

    async def _away(_request: Request, _error: Exception) -> JSONResponse:
        said = "数据库或流程引擎暂时连不上；请稍后用同一个 Idempotency-Key 重试，不会重复办理。"
        return respond(Problem(503, "暂时不可用", said, "unavailable"))

    for outage in (InterfaceError, OperationalError, ConnectionError, FileNotFoundError, RPCError):
        app.add_exception_handler(outage, _away)

    @app.exception_handler(Exception)
    async def _fault(_request: Request, error: Exception) -> JSONResponse:
        said = "系统出错，已记入日志；您的内容没有丢失，请稍后用同一个 Idempotency-Key 重试。"
        return respond(Problem(500, "系统出错", said, "fault"))
