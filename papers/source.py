"""Render a paper's Jinja2 source to restricted XHTML, which is also its preview.

Jinja2 writes XHTML only, with autoescape: it never writes Typst or OOXML, where a name
such as `#read("/data")` would become code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from papers.book import BookTable
from papers.catalogue import TEMPLATES, PaperKind
from papers.data import PaperData
from papers.wording import cn_date, cn_money, cn_number, phrase, sentence

DRAFT_MARK = "草稿（未签发、未编号，不具效力）"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        cn_date=cn_date, cn_money=cn_money, cn_number=cn_number, phrase=phrase, sentence=sentence
    )
    environment.globals["style"] = Markup((TEMPLATES / "preview.css").read_text(encoding="utf-8"))
    environment.globals["draft_mark"] = DRAFT_MARK
    return environment


def to_xhtml(kind: PaperKind, data: PaperData) -> str:
    """Render the XHTML of a paper from clean data.

    Line breaks of the template file, with the indent after them, vanish: between Chinese
    characters they would show as blanks. Data holds none, `clean` has made them spaces.
    """
    template = _environment().get_template(f"{kind.key}/paper.xhtml.j2")
    return re.sub(r"\s*\n\s*", "", template.render(kind=kind, paper=data))


def book_html(tables: Sequence[BookTable], drawings: Sequence[str], *, is_draft: bool) -> str:
    """Render tables as a page of HTML; ``drawings`` are SVG texts of our own making."""
    template = _environment().get_template("book.xhtml.j2")
    return template.render(tables=tables, drawings=drawings, is_draft=is_draft)
