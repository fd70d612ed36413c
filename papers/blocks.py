"""The blocks a paper consists of, between its XHTML source and its two printed forms.

Blocks carry no sizes and no fonts: the Typst file and the Word writer each know the
measures of the form. `as_json` is the only thing the Typst file ever sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Block:
    """One piece of a paper, top to bottom."""

    kind: ClassVar[str] = ""

    def as_json(self) -> dict[str, Any]:
        """Return the values with the kind beside them; cells stay what they are."""
        return {"kind": self.kind, **vars(self)}


@dataclass(frozen=True)
class IssuerMark(Block):
    """The name of the issuer above everything (发文机关标志)."""

    kind: ClassVar[str] = "issuer_mark"
    text: str


@dataclass(frozen=True)
class DocNumber(Block):
    """The document number (发文字号); an upward paper names its signer beside it (签发人)."""

    kind: ClassVar[str] = "doc_number"
    text: str
    signer: str = ""


@dataclass(frozen=True)
class Title(Block):
    """The title, one entry per line as the source breaks it."""

    kind: ClassVar[str] = "title"
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Addressee(Block):
    """To whom the paper goes (主送机关)."""

    kind: ClassVar[str] = "addressee"
    text: str


@dataclass(frozen=True)
class Heading(Block):
    """A heading inside the body; level 1 is 黑体, level 2 楷体."""

    kind: ClassVar[str] = "heading"
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph(Block):
    """A paragraph of the body; `is_flush` leaves out the two-character indent."""

    kind: ClassVar[str] = "paragraph"
    text: str
    is_flush: bool = False


@dataclass(frozen=True)
class Note(Block):
    """Small print under a table."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True)
class Cell:
    """A table cell; an entry of `lines` is a line as the source breaks it."""

    lines: tuple[str, ...]
    is_label: bool = False
    span: int = 1


@dataclass(frozen=True)
class Table(Block):
    """A form table; `widths` are shares of the text width, `heights` grid lines per row."""

    kind: ClassVar[str] = "table"
    widths: tuple[int, ...]
    heights: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class HeadCell:
    """A cell of the head of a wide table."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class WideTable(Block):
    """A table that may run over many pages and repeats its head on each (台账、名册).

    `widths` are shares of the text width; `aligns` are left, center or right per column.
    """

    kind: ClassVar[str] = "wide_table"
    widths: tuple[float, ...]
    aligns: tuple[str, ...]
    head: tuple[tuple[HeadCell, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spread(Block):
    """Pieces of one line at even distances (填报单位, 填表人, 联系电话)."""

    kind: ClassVar[str] = "spread"
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Drawing(Block):
    """A drawing (chart, QR code) as SVG text; `alt` says in words what it shows."""

    kind: ClassVar[str] = "drawing"
    svg: str
    width_mm: float
    alt: str


@dataclass(frozen=True)
class NewPage(Block):
    """Go on at the top of a new page, counted on."""

    kind: ClassVar[str] = "new_page"


@dataclass(frozen=True)
class Signature(Block):
    """Issuer and date at the end of the body (署名、成文日期)."""

    kind: ClassVar[str] = "signature"
    issuer: str
    date: str


@dataclass(frozen=True)
class Imprint(Block):
    """Copies and printing particulars at the foot of the last page (版记)."""

    kind: ClassVar[str] = "imprint"
    copy_to: str
    printed_by: str
    printed_on: str


@dataclass(frozen=True)
class NewPart(Block):
    """Begin a new sheet that is not counted among the pages before it (送达回证)."""

    kind: ClassVar[str] = "new_part"


@dataclass(frozen=True)
class Sheet:
    """A whole paper as blocks."""

    form: str
    title: str
    is_draft: bool
    blocks: tuple[Block, ...]
    verify_svg: str = ""
    """QR code that leads to the page where the paper is verified (核验)."""
    verify_code: str = ""
    is_part: bool = False
    first_page: int = 1
    """Number of the first page; pages of a part of a longer table do not tell how many there are."""

    def as_json(self) -> dict[str, Any]:
        """Return the values handed to the Typst file; `vars` tells a cell's."""
        return {
            "form": self.form,
            "title": self.title,
            "is_draft": self.is_draft,
            "verify_svg": self.verify_svg,
            "first_page": self.first_page,
            "is_part": self.is_part,
            "verify_code": self.verify_code,
            "blocks": [block.as_json() for block in self.blocks],
        }
