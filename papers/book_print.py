"""Tables to landscape PDF pages and to an HTML preview, from the same spec as the XLSX."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pypdf import PdfWriter

from papers import blocks as b
from papers.book import BookTable
from papers.pdf import to_pdf
from papers.source import book_html
from papers.xlsx import to_xlsx

_ALIGNS = {
    "text": "left",
    "date": "center",
    "whole": "center",
    "decimal": "right",
    "percent": "right",
}
FORM = "横表"
_ROWS_OF_A_PART = 500


@dataclass(frozen=True)
class RenderedBook:
    """The three forms of a book, with the hashes of the two that are kept."""

    xlsx: bytes
    pdf: bytes
    html: str
    xlsx_sha256: str
    pdf_sha256: str


def render_book(
    tables: Sequence[BookTable],
    dated: date,
    *,
    drawings: Sequence[b.Drawing] = (),
    is_draft: bool = False,
    extra_fonts: Path | None = None,
) -> RenderedBook:
    """Print tables as XLSX, landscape PDF and HTML; drawings stand on pages after the tables.

    Raises PaperRefused where a row does not fit or a character is in no font.
    """
    xlsx = to_xlsx(tables, dated)
    pdf = book_pdf(tables, dated, drawings=drawings, is_draft=is_draft, extra_fonts=extra_fonts)
    return RenderedBook(
        xlsx=xlsx,
        pdf=pdf,
        html=book_html(tables, [drawing.svg for drawing in drawings], is_draft=is_draft),
        xlsx_sha256=hashlib.sha256(xlsx).hexdigest(),
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
    )


def book_pdf(
    tables: Sequence[BookTable],
    dated: date,
    *,
    drawings: Sequence[b.Drawing] = (),
    is_draft: bool = False,
    extra_fonts: Path | None = None,
) -> bytes:
    """Set tables on landscape A4 pages; the head of a table stands on each of its pages.

    A table of thousands of rows is set in parts, so that memory does not grow with it; its pages
    are numbered on, but do not tell how many there are.
    """
    if sum(len(table.rows) for table in tables) > _ROWS_OF_A_PART:
        return _in_parts(tables, dated, drawings, is_draft, extra_fonts)
    sheet = b.Sheet(
        form=FORM,
        title=tables[0].full_title,
        is_draft=is_draft,
        blocks=tuple(_blocks(tables, drawings)),
    )
    return to_pdf(sheet, dated, extra_fonts)


def _in_parts(
    tables: Sequence[BookTable],
    dated: date,
    drawings: Sequence[b.Drawing],
    is_draft: bool,
    extra_fonts: Path | None,
) -> bytes:
    writer: PdfWriter | None = None
    page = 1
    for part in _parts(tables, drawings):
        sheet = b.Sheet(
            form=FORM, title=tables[0].full_title, is_draft=is_draft, blocks=part, is_part=True,
            first_page=page,
        )  # fmt: skip
        pdf = io.BytesIO(to_pdf(sheet, dated, extra_fonts))
        if writer is None:
            writer = PdfWriter(clone_from=pdf)  # keeps what makes the file an archive (PDF/A)
        else:
            writer.append(pdf, import_outline=False)
        page = len(writer.pages) + 1
    assert writer is not None
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _parts(
    tables: Sequence[BookTable], drawings: Sequence[b.Drawing]
) -> Iterator[tuple[b.Block, ...]]:
    for table in tables:
        whole = tuple(_blocks([table], ()))
        for block in whole:
            if not isinstance(block, b.WideTable):
                continue
            starts = range(0, len(block.rows), _ROWS_OF_A_PART)
            for start in starts:
                is_last = start == starts[-1]
                piece = replace(
                    block,
                    rows=block.rows[start : start + _ROWS_OF_A_PART],
                    total=block.total if is_last else (),
                )
                at = whole.index(block)
                yield (
                    *(whole[:at] if start == 0 else ()), piece, *(whole[at + 1 :] if is_last else ()),
                )  # fmt: skip
    if drawings:
        yield tuple(drawings)


def _blocks(tables: Sequence[BookTable], drawings: Sequence[b.Drawing]) -> Iterator[b.Block]:
    for number, table in enumerate(tables):
        if number:
            yield b.NewPage()
        yield b.Title((table.full_title,))
        if table.above:
            yield b.Spread(table.above)
        yield b.WideTable(
            widths=tuple(column.width for column in table.columns),
            aligns=tuple(_ALIGNS[column.kind] for column in table.columns),
            head=table.head,
            rows=tuple(_printed(table, row) for row in table.body),
            total=_printed(table, table.totals) if table.totals else (),
        )
        for line in table.below:
            yield b.Note(line)
    yield from drawings


def _printed(table: BookTable, row: Sequence[object]) -> tuple[str, ...]:
    return tuple(
        table.printed(value, column)  # type: ignore[arg-type]
        for value, column in zip(row, table.columns, strict=True)
    )
