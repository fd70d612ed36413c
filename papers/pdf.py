"""Blocks to PDF/A through one fixed Typst file."""

from __future__ import annotations

import json
import re
import threading
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

import typst

from papers.blocks import Sheet, WideTable
from papers.catalogue import TEMPLATES
from papers.fonts import load_faces
from papers.refusal import PaperRefused

# PDF/A makes Typst refuse a character no font has; a plain PDF would print a box.
_STANDARD: typst.PDFStandard = "a-2a"
# Tags of a table of thousands of rows cost more than its pages: the level that has none.
_STANDARD_OF_MANY_ROWS: typst.PDFStandard = "a-2u"
_MANY_ROWS = 300
_LOST_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
# A compiler shared by two threads fails with "Already borrowed".
_LOCK = threading.Lock()


@cache
def _compiler(extra_fonts: Path | None) -> typst.Compiler:
    return typst.Compiler(
        input=str(TEMPLATES / "official.typ"),
        root=str(TEMPLATES),
        font_paths=load_faces(extra_fonts).fonts,
        ignore_system_fonts=True,
    )


def to_pdf(sheet: Sheet, dated: date, extra_fonts: Path | None = None) -> bytes:
    """Compile a sheet; one at a time in a process, whatever thread asks.

    `dated` is written into the file as its day of making (noon, so that it is the same day
    in UTC): no clock is read.

    A character that none of the fonts has raises `PaperRefused` naming it.
    """
    chains = load_faces(extra_fonts).chains
    inputs = {
        "sheet": json.dumps(sheet.as_json(), ensure_ascii=False, default=vars),
        "faces": json.dumps(chains, ensure_ascii=False),
    }
    stamp = datetime.combine(dated, time(12), tzinfo=timezone(timedelta(hours=8)))
    rows = sum(len(block.rows) for block in sheet.blocks if isinstance(block, WideTable))
    is_long = rows > _MANY_ROWS
    with _LOCK:
        try:
            pdf, warnings = _compiler(extra_fonts).compile_with_warnings(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=_STANDARD_OF_MANY_ROWS if is_long else _STANDARD,
                pdf_tags=not is_long,
                timestamp=stamp,
            )
        except typst.TypstError as error:
            lost = dict.fromkeys(_LOST_GLYPH.findall(f"{error.message}\n{error.diagnostic}"))
            if not lost:
                raise
            raise PaperRefused(_name_glyph(text) for text in lost) from error
    if warnings:
        raise RuntimeError(f"typst: {[warning.message for warning in warnings]}")
    if not isinstance(pdf, bytes):
        raise RuntimeError("typst returned no PDF")
    return pdf


def _name_glyph(text: str) -> str:
    # Typst writes unprintable characters as escapes.
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), text)
    codes = " ".join(f"U+{ord(character):04X}" for character in text)
    return (
        f"字体中没有字符“{text}”（{codes}），不能打印；"
        "请核对用字，或者把含有该字的字体放入附加字体目录，或者转人工制作。"
    )
