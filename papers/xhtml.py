"""Parse the restricted XHTML of a paper into blocks.

Only the elements listed here may occur: an unknown one is a mistake in a template and
raises `ValueError`, so that nothing is ever left out of a printed paper in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from papers.blocks import (
    Addressee,
    Block,
    Cell,
    DocNumber,
    HeadCell,
    Heading,
    Imprint,
    IssuerMark,
    NewPage,
    NewPart,
    Note,
    Paragraph,
    Sheet,
    Signature,
    Spread,
    Table,
    Title,
    WideTable,
)


def parse(source: str) -> Sheet:
    """Read a rendered paper source; the `article` element holds the blocks."""
    root = ET.fromstring(source)
    article = root.find("body/article")
    if article is None:
        raise ValueError("the source has no body/article")
    return Sheet(
        form=article.attrib["data-form"],
        title=root.findtext("head/title", "").strip(),
        is_draft=article.attrib["data-draft"] == "yes",
        blocks=tuple(_blocks(article)),
    )


def _blocks(parent: ET.Element) -> Iterator[Block]:
    _no_stray_text(parent)
    for element in parent:
        name = (element.tag, element.get("class", ""))
        if name == ("div", "draft-mark"):
            continue
        if name == ("div", "new-part"):
            yield NewPart()
            yield from _blocks(element)
            continue
        if name not in _READERS:
            raise ValueError(f"unknown element in a paper source: {name}")
        yield _READERS[name](element)


def _no_stray_text(element: ET.Element) -> None:
    pieces = [element.text, *(child.tail for child in element)]
    if any(piece and piece.strip() for piece in pieces):
        raise ValueError(f"text outside a block in <{element.tag}>")


def _lines(element: ET.Element) -> tuple[str, ...]:
    """Split the text of an element at its `br` children."""
    lines = [element.text or ""]
    for child in element:
        if child.tag != "br":
            raise ValueError(f"<{child.tag}> inside <{element.tag}>")
        lines.append(child.tail or "")
    return tuple(line.strip(" ") for line in lines)


def _text(element: ET.Element) -> str:
    lines = _lines(element)
    if len(lines) != 1:
        raise ValueError(f"<br/> inside <{element.tag}>")
    return lines[0]


def _table(element: ET.Element) -> Table:
    rows = element.findall("tr")
    return Table(
        widths=tuple(int(share) for share in element.attrib["data-widths"].split()),
        heights=tuple(int(row.get("data-lines", "1")) for row in rows),
        rows=tuple(tuple(_cell(cell) for cell in row) for row in rows),
    )


def _cell(element: ET.Element) -> Cell:
    if element.tag not in {"th", "td"}:
        raise ValueError(f"<{element.tag}> inside <tr>")
    return Cell(_lines(element), element.tag == "th", int(element.get("colspan", "1")))


def _wide_table(element: ET.Element) -> WideTable:
    """Read a table whose head repeats; its body rows hold one line per cell."""
    head = element.find("thead")
    if head is None:
        raise ValueError("a wide table without a head")
    return WideTable(
        widths=tuple(float(share) for share in element.attrib["data-widths"].split()),
        aligns=tuple(element.attrib["data-aligns"].split()),
        head=tuple(
            tuple(
                HeadCell(_text(cell), int(cell.get("colspan", "1")), int(cell.get("rowspan", "1")))
                for cell in row
            )
            for row in head
        ),
        rows=tuple(tuple(_text(cell) for cell in row) for row in element.findall("tr")),
    )


def _signed_number(element: ET.Element) -> DocNumber:
    return DocNumber(_by_class(element, "number"), _by_class(element, "signer"))


def _by_class(element: ET.Element, name: str) -> str:
    for child in element.iter():
        if child.get("class") == name:
            return _text(child)
    return ""


def _signature(element: ET.Element) -> Signature:
    return Signature(_by_class(element, "issuer"), _by_class(element, "date"))


def _imprint(element: ET.Element) -> Imprint:
    return Imprint(
        _by_class(element, "copy-to"),
        _by_class(element, "printed-by"),
        _by_class(element, "printed-on"),
    )


_READERS: dict[tuple[str, str], Callable[[ET.Element], Block]] = {
    ("p", "issuer-mark"): lambda element: IssuerMark(_text(element)),
    ("p", "doc-number"): lambda element: DocNumber(_text(element)),
    ("p", "doc-number signed"): lambda element: _signed_number(element),
    ("p", "spread"): lambda element: Spread(tuple(_text(child) for child in element)),
    ("table", "wide"): lambda element: _wide_table(element),
    ("div", "new-page"): lambda element: NewPage(),
    ("h1", ""): lambda element: Title(_lines(element)),
    ("p", "addressee"): lambda element: Addressee(_text(element)),
    ("h2", ""): lambda element: Heading(1, _text(element)),
    ("h3", ""): lambda element: Heading(2, _text(element)),
    ("p", ""): lambda element: Paragraph(_text(element)),
    ("p", "flush"): lambda element: Paragraph(_text(element), is_flush=True),
    ("p", "note"): lambda element: Note(_text(element)),
    ("table", ""): _table,
    ("div", "signature"): _signature,
    ("div", "imprint"): _imprint,
}
