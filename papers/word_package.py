"""The OOXML that python-docx has no words for: fields, borders, fonts, fixed bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any, cast

import docx
from docx.document import Document
from docx.opc.pkgwriter import PackageWriter
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

# The faces an office has, and what a machine without them should take instead.
ALTERNATIVES = {
    "仿宋_GB2312": "FangSong",
    "方正小标宋简体": "STZhongsong",
    "楷体_GB2312": "KaiTi",
    "黑体": "SimHei",
    "宋体": "SimSun",
}
_UNUSED_PARTS = {"thumbnail", "stylesWithEffects", "customXml", "numbering"}
_USED_STYLES = {
    *("Normal", "DefaultParagraphFont", "TableNormal", "NoList", "TableGrid"),
    *("Header", "HeaderChar", "Footer", "FooterChar"),
}
_FONT_TABLE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "{fonts}</w:fonts>"
)


def element(tag: str, **attributes: str | int) -> Any:
    """Make an element such as `w:ind`; attribute names take the `w:` prefix."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def add_field(run: Any, instruction: str) -> None:
    """Append a field such as PAGE to a run; Word computes it when it lays out."""
    for kind in ("begin", "instruction", "separate", "result", "end"):
        if kind == "instruction":
            text = element("w:instrText")
            text.text = instruction
        elif kind == "result":
            text = element("w:t")
            text.text = "1"
        else:
            text = element("w:fldChar", fldCharType=kind)
        run._r.append(text)


# What the schema wants after our elements; Word calls a file with another order damaged.
_AFTER_PARAGRAPH_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
_AFTER_TABLE_BORDERS = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
_AFTER_TABLE_POSITION = ("w:tblOverlap", "w:bidiVisual", "w:tblW", "w:jc", *_AFTER_TABLE_BORDERS)


def add_borders(
    properties: Any,
    space: int = 0,
    color: str = "000000",
    style: str = "single",
    **eighths: int,
) -> None:
    """Give a paragraph or table lines along its edges, weights in eighths of a point."""
    is_paragraph = properties.tag == qn("w:pPr")
    edges = element("w:pBdr" if is_paragraph else "w:tblBorders")
    for edge, weight in eighths.items():
        edges.append(element(f"w:{edge}", val=style, sz=weight, space=space, color=color))
    after = _AFTER_PARAGRAPH_BORDERS if is_paragraph else _AFTER_TABLE_BORDERS
    properties.insert_element_before(edges, *after)


def set_outline(paragraph: Any, level: int) -> None:
    """Show a paragraph in the navigation pane at this level, counted from 0."""
    outline = element("w:outlineLvl", val=level)
    paragraph._p.get_or_add_pPr().insert_element_before(outline, "w:rPr", "w:sectPr")


def no_latin_gap(properties: Any) -> None:
    """Leave no gap between Chinese characters and digits, as the PDF leaves none."""
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):
        properties.insert_element_before(element(tag, val=0), "w:spacing", "w:ind", "w:jc")


def repeat_row(row: Any) -> None:
    """Repeat a row of a table at the top of each page, and keep it whole."""
    properties = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    properties.append(element("w:tblHeader"))


def mirror_margins(settings: Any) -> None:
    """Keep the wide margin at the binding on both sides of a leaf."""
    zoom = settings.element.find(qn("w:zoom"))
    place = 0 if zoom is None else settings.element.index(zoom) + 1
    settings.element.insert(place, element("w:mirrorMargins"))


def set_font(properties: Any, name: str) -> None:
    """Name one face for all scripts in run properties (`w:rPr`)."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = element("w:rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name, hint="eastAsia")
    properties.insert(0, fonts)


def float_at_foot(table: Any) -> None:
    """Pin a table to the foot of the type area of its page (版记)."""
    position = element(
        "w:tblpPr", horzAnchor="margin", vertAnchor="margin", tblpXSpec="center", tblpYSpec="bottom"
    )
    table._tbl.tblPr.insert_element_before(position, *_AFTER_TABLE_POSITION)


def to_bytes(document: Document, title: str, dated: date) -> bytes:
    """Save with fixed times, so that the same paper is the same bytes."""
    properties = document.core_properties
    properties.title = title
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.keywords = properties.subject = properties.category = ""
    properties.language = "zh-CN"
    properties.revision = 1
    properties.created = properties.modified = datetime.combine(dated, time())
    parts = _parts(document) | {"word/fontTable.xml": _font_table().encode()}
    return _zipped(parts)


def _parts(document: Document) -> dict[str, bytes]:
    """Return what a saved document holds, by name; the library would only save it zipped."""
    package = document.part.package
    for part in package.parts:
        part.before_marshal()
    found, save = _Collected(), cast("Any", PackageWriter)
    save._write_content_types_stream(found, package.parts)
    save._write_pkg_rels(found, package.rels)
    save._write_parts(found, package.parts)
    return found.parts


class _Collected:
    """Takes parts as the library's zip writer does, which would pack them only to be unpacked."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}

    def write(self, name: Any, content: bytes) -> None:
        self.parts[name.membername] = content


def blank() -> Document:
    """Return a blank document without what no paper uses."""
    return docx.Document(io.BytesIO(_blank()))


@cache
def _blank() -> bytes:
    document = docx.Document()
    _prune(document)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _prune(document: Document) -> None:
    """Drop what the library's blank document brings along and no paper uses."""
    for owner in (document.part.package, document.part):
        unused = [
            name
            for name, relation in owner.rels.items()
            if relation.reltype.rpartition("/")[2] in _UNUSED_PARTS
        ]
        for name in unused:
            del owner.rels[name]
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _USED_STYLES:
            styles.remove(style)


def _font_table() -> str:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in ALTERNATIVES.items()
    )
    return _FONT_TABLE.format(fonts=fonts)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """Pack the parts in a fixed order with fixed times; the list of types comes first."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(parts, key=lambda entry: (entry[0] != "[", entry)):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            package.writestr(info, parts[name])
    return packed.getvalue()
