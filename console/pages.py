"""The two open pages: what is running, in numbers only, and how the interface is used."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import text

from console.wiring import ServicesHere
from lifecycle.verbs import ALL
from models.commands import CommandBase
from models.words import Role, Stage

router = APIRouter(include_in_schema=False)
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@router.get("/")
async def index(here: ServicesHere) -> HTMLResponse:
    query = text(
        "select stage, count(*) as count, count(*) filter (where is_overdue) as overdue"
        " from case_file where closed_on is null group by stage"
    )
    async with here.engine.connect() as connection:
        rows = {row.stage: row for row in await connection.execute(query)}
    stages = [
        {"label": stage.label, "count": rows[stage].count, "overdue": rows[stage].overdue}
        for stage in Stage
        if stage in rows
    ]
    return page(
        "index.html.j2",
        title="首页",
        stages=stages,
        open_cases=sum(stage["count"] for stage in stages),
        overdue=sum(stage["overdue"] for stage in stages),
    )


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    routes = [
        {"group": said["tags"][0], "verb": verb.upper(), "path": path, "summary": said["summary"]}
        for path, verbs in request.app.openapi()["paths"].items()
        for verb, said in verbs.items()
    ]
    routes.sort(key=lambda route: route["group"])
    groups = [
        {"name": name, "routes": list(found)}
        for name, found in groupby(routes, key=lambda route: route["group"])
    ]
    return page("docs.html.j2", title="接口文档", groups=groups, verbs=_verbs())


def _verbs() -> list[dict[str, Any]]:
    own = {"kind", *CommandBase.model_fields}
    commands = {cls.model_fields["kind"].default: cls for cls in CommandBase.__subclasses__()}
    return [
        {
            "kind": verb.kind,
            "label": verb.label,
            "roles": "、".join(role.label for role in Role if role in verb.roles),
            "fields": [name for name in commands[verb.kind].model_fields if name not in own],
        }
        for verb in ALL
        if verb.kind != "open_lead"
    ]


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render one page with the headers every page has."""
    body = _PAGES.get_template(template).render(**values)
    return HTMLResponse(body, status_code=status, headers=_HEADERS)
