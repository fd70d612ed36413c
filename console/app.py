"""The HTTP application: routers, errors and the first pages, put together."""

from __future__ import annotations

from fastapi import FastAPI

from console import (
    attachments,
    attendance,
    batches,
    case_leads,
    cases,
    census,
    changes,
    council,
    groups,
    imports,
    inspections,
    leads,
    leave,
    others,
    outside,
    pages,
    papers,
    plans,
    platforms,
    problems,
    reports,
    responsible,
    school_books,
    school_terms,
    supervision,
)
from console.wiring import Services
from models.version import CODE_VERSION

ROOMS = (
    cases, changes, papers, batches, attachments, leads, supervision, imports, census, attendance,
    leave, school_terms, school_books, outside, platforms, case_leads, others, responsible, council,
    inspections, plans, groups, reports, pages,
)  # fmt: skip


def create_app(services: Services) -> FastAPI:
    """Build the application on services that the caller owns and closes."""
    # FastAPI's own /docs loads its scripts from another site; ours needs none (console/pages.py).
    app = FastAPI(title="归学 接口", version=CODE_VERSION, docs_url=None, redoc_url=None)
    app.state.services = services
    problems.install(app)
    for room in ROOMS:
        app.include_router(room.router)
    return app
