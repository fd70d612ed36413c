"""Read a paper back from its bytes: words, places on the page, fonts."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pypdf
import pypdfium2

MM = 72 / 25.4
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAGE_HEIGHT_MM = 297.0


@dataclass(frozen=True)
class Glyph:
    """A printed character and its box in mm from the upper left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def squeeze(text: str) -> str:
    """Drop everything that only breaks lines: blanks and zero-width spaces."""
    return re.sub(r"[\s\u200b\ufeff]", "", text)


def pdf_pages(pdf: bytes) -> list[str]:
    """Text of each page, squeezed."""
    return [squeeze(page) for page in raw_pages(pdf)]


def raw_pages(pdf: bytes) -> list[str]:
    """Text of each page as a reader would copy it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            words = page.get_textpage()
            pages.append(words.get_text_range())
            words.close()
            page.close()
        return pages
    finally:
        document.close()


def pdf_body(pdf: bytes) -> str:
    """Text of the whole file without page numbers."""
    return "".join(re.sub(r"(—\d+—|第\d+页共\d+页)$", "", page) for page in pdf_pages(pdf))


def glyphs(pdf: bytes, page_number: int = 1, *, loose: bool = True) -> list[Glyph]:
    """Every printed character of a page; loose boxes are those of the line, not of the ink."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[page_number - 1]
        words = page.get_textpage()
        found = []
        for index in range(words.count_chars()):
            text = words.get_text_range(index, 1)
            if not text.strip():
                continue
            left, bottom, right, top = words.get_charbox(index, loose=loose)
            found.append(
                Glyph(
                    text,
                    left / MM,
                    PAGE_HEIGHT_MM - top / MM,
                    right / MM,
                    PAGE_HEIGHT_MM - bottom / MM,
                )
            )
        words.close()
        page.close()
        return found
    finally:
        document.close()


def rows(found: list[Glyph]) -> list[list[Glyph]]:
    """Group characters into printed lines, top to bottom."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(found, key=lambda each: (each.bottom, each.left)):
        if lines and abs(lines[-1][-1].bottom - glyph.bottom) < 2.0:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [sorted(line, key=lambda each: each.left) for line in lines]


def pdf_fonts(pdf: bytes) -> dict[str, bool]:
    """Font name → whether its program is inside the file."""
    fonts: dict[str, bool] = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            face = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = face["/FontDescriptor"].get_object()
            has_program = any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
            fonts[str(face["/BaseFont"]).split("+")[-1]] = has_program
    return fonts


def docx_part(docx: bytes, name: str) -> ET.Element:
    """Parse one part of a DOCX."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return ET.fromstring(package.read(name))


def docx_body(docx: bytes) -> str:
    """Text of the document part, squeezed."""
    document = docx_part(docx, "word/document.xml")
    return squeeze("".join(node.text or "" for node in document.iter(f"{W}t")))
