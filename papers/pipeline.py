"""A paper from data to bytes: check, render the source, parse, set as PDF and DOCX."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from papers.blocks import Sheet
from papers.catalogue import PaperKind, catalogue, paper_kind, template_sha256
from papers.data import PaperData
from papers.fonts import load_faces
from papers.pdf import to_pdf
from papers.qr import qr_svg
from papers.refusal import PaperRefused
from papers.requirements import problems
from papers.source import to_xhtml
from papers.word import to_docx
from papers.wording import clean_all
from papers.xhtml import parse

__all__ = ["PaperRefused", "RenderedPaper", "catalogue", "preview", "render"]


@dataclass(frozen=True)
class RenderedPaper:
    """The printed forms of one paper, and the hashes of all that went into them."""

    key: str
    pdf: bytes
    docx: bytes
    html: str
    pdf_sha256: str
    docx_sha256: str
    data_sha256: str
    template_sha256: str
    fonts_sha256: str


def render(key: str, data: PaperData, *, extra_fonts: Path | None = None) -> RenderedPaper:
    """Make a paper; the same data, templates and fonts give the same bytes.

    Data without a serial number gives a draft, marked so on every page. Work of the CPU
    only, tens of milliseconds; raises `PaperRefused` with everything that is missing.
    """
    clean, html, sheet = _compose(key, data)
    dated = clean.issued_on or date(clean.year or 1970, 1, 1)
    pdf = to_pdf(sheet, dated, extra_fonts)
    docx = to_docx(sheet, dated)
    snapshot = json.dumps(clean.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return RenderedPaper(
        key=key,
        pdf=pdf,
        docx=docx,
        html=html,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        docx_sha256=hashlib.sha256(docx).hexdigest(),
        data_sha256=hashlib.sha256(snapshot.encode()).hexdigest(),
        template_sha256=template_sha256(key),
        fonts_sha256=load_faces(extra_fonts).sha256,
    )


def preview(key: str, data: PaperData) -> str:
    """Return the paper as a page of HTML; it refuses what `render` refuses, save glyphs."""
    return _compose(key, data)[1]


def _compose(key: str, data: PaperData) -> tuple[PaperData, str, Sheet]:
    kind: PaperKind = paper_kind(key)
    if data.key != key:
        raise ValueError(f"data for {data.key!r} given to paper {key!r}")
    clean = type(data).model_validate(clean_all(data.model_dump()))
    found = problems(kind, clean)
    if found:
        raise PaperRefused(found)
    html = to_xhtml(kind, clean)
    sheet = parse(html)
    if clean.verify_code and not clean.is_draft:
        svg = qr_svg(clean.verify_url or clean.verify_code)
        sheet = replace(sheet, verify_svg=svg, verify_code=clean.verify_code)
    return clean, html, sheet
