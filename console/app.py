"""The HTTP application: routers, errors and the first pages, put together."""

from __future__ import annotations

from fastapi import FastAPI

from console import attachments, batches, cases, leads, others, pages, papers, problems
from console.wiring import Services
from models.version import CODE_VERSION


def create_app(services: Services) -> FastAPI:
    """Build the application on services that the caller owns and closes."""
    # FastAPI's own /docs loads its scripts from another site; ours needs none (console/pages.py).
    app = FastAPI(title="归学 接口", version=CODE_VERSION, docs_url=None, redoc_url=None)
    app.state.services = services
    problems.install(app)
    for router in (
        cases.router, leads.router, others.router, papers.router, batches.router,
        attachments.router, pages.router,
    ):  # fmt: skip
        app.include_router(router)
    return app
