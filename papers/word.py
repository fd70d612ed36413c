"""Blocks to DOCX, in the measures of the Typst file and with the official faces by name."""

from __future__ import annotations

import copy
import unicodedata
from datetime import date
from functools import cache, singledispatchmethod
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from papers import blocks as b
from papers.source import DRAFT_MARK
from papers.word_package import (
    add_borders,
    add_field,
    blank,
    element,
    float_at_foot,
    mirror_margins,
    no_latin_gap,
    repeat_row,
    set_font,
    set_outline,
    to_bytes,
)

_RED = RGBColor(0xE6, 0x00, 0x12)
_GREY = RGBColor(0x6E, 0x6E, 0x6E)
_AREA_PT = 442.2
_SIZES = {
    "公文": (16.0, 28.95), "函": (16.0, 28.95), "执法文书": (14.0, 25.2), "表格": (12.0, 20.0),
    "横表": (10.5, 17.0),
}  # fmt: skip
"""Size and line pitch of the body in points, by form."""
_MARGINS = {
    "公文": (37, 35, 28, 26), "函": (37, 35, 28, 26), "执法文书": (30, 28, 28, 26),
    "表格": (22, 22, 22, 22), "横表": (18, 16, 16, 16),
}  # fmt: skip
"""Top, bottom, left and right margins in mm, by form."""
_ALIGNS = {"left": ALIGN.LEFT, "center": ALIGN.CENTER, "right": ALIGN.RIGHT}


def to_docx(sheet: b.Sheet, dated: date) -> bytes:
    """Write a sheet as a Word file, its fonts named after the official faces."""
    document = copy.deepcopy(_prepared(sheet.form, sheet.is_draft))
    return _Writer(sheet, document).write(dated)


@cache
def _prepared(form: str, is_draft: bool) -> Document:
    """Make the empty document of a form once, with page, feet and style; papers write in copies."""
    document = blank()
    _Writer(b.Sheet(form, "", is_draft, ()), document).set_up()
    return document


def _width(text: str) -> float:
    """Width in characters: a Chinese character is 1, a Latin letter or digit one half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


class _Writer:
    """Writes one paper; the measures of its form are attributes."""

    def __init__(self, sheet: b.Sheet, document: Document) -> None:
        self.sheet = sheet
        self.document = document
        self.is_letter = sheet.form == "函"
        self.is_official = sheet.form == "公文" or self.is_letter
        self.is_wide = sheet.form == "横表"
        self.size, self.pitch = _SIZES[sheet.form]
        self.area = {"横表": 751.0, "表格": 470.0}.get(sheet.form, _AREA_PT)

    def set_up(self) -> None:
        """Give the blank document page, feet and style."""
        self._set_up_page()
        self._set_up_style()

    def write(self, dated: date) -> bytes:
        """Write every block; the paragraph before a signature stays with it."""
        last: Any = None
        for block in self.sheet.blocks:
            if isinstance(block, b.Signature) and last is not None:
                last.paragraph_format.keep_with_next = True
            last = self.add(block)
        return to_bytes(self.document, self.sheet.title, dated)

    def _set_up_page(self) -> None:
        section = self.document.sections[0]
        sides = (297, 210) if self.is_wide else (210, 297)
        section.page_width, section.page_height = Mm(sides[0]), Mm(sides[1])
        if self.is_wide:
            section.orientation = WD_ORIENT.LANDSCAPE
        top, bottom, left, right = _MARGINS[self.sheet.form]
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.header_distance = Mm(min(16, top - 8))
        # 7 mm between the type area and the top of the page number.
        section.footer_distance = Mm(max(bottom - 7 - 6, 5))
        settings = self.document.settings
        settings.odd_and_even_pages_header_footer = self.is_official
        if self.is_official:
            mirror_margins(settings)
        self._footers(section)
        if self.sheet.is_draft:
            self._draft_headers(section)

    def _footers(self, section: Any) -> None:
        if not self.is_official:
            paragraph = section.footer.paragraphs[0]
            paragraph.alignment = ALIGN.CENTER
            for piece in ("第", "PAGE", "页　共", "SECTIONPAGES", "页"):
                self._folio(paragraph, piece, 10.5)
            return
        if self.is_letter:
            self._letter_frame(section)
        for footer, side in (
            (section.footer, ALIGN.RIGHT),
            (section.even_page_footer, ALIGN.LEFT),
        ):
            paragraph = footer.paragraphs[0]
            paragraph.alignment = side
            edge = "right" if side == ALIGN.RIGHT else "left"
            setattr(paragraph.paragraph_format, f"{edge}_indent", Pt(14))
            for piece in ("— ", "PAGE", " —"):
                self._folio(paragraph, piece, 14)

    def _letter_frame(self, section: Any) -> None:
        """The double red line at the foot of a letter's first page, which shows no number."""
        section.different_first_page_header_footer = True
        paragraph = section.first_page_footer.paragraphs[0]
        paragraph.paragraph_format.left_indent = Mm(-8)
        paragraph.paragraph_format.right_indent = Mm(-6)
        add_borders(
            paragraph._p.get_or_add_pPr(), top=24, color="E60012", style="thinThickSmallGap"
        )

    def _folio(self, paragraph: Any, piece: str, size: float) -> None:
        run = self._run(paragraph, "" if piece.isupper() else piece, "宋体", size)
        if piece.isupper():
            add_field(run, piece)

    def _draft_headers(self, section: Any) -> None:
        headers = [section.header]
        if self.is_official:
            headers.append(section.even_page_header)
        if self.is_letter:
            headers.append(section.first_page_header)
        for header in headers:
            paragraph = header.paragraphs[0]
            paragraph.alignment = ALIGN.CENTER
            self._run(paragraph, DRAFT_MARK, "黑体", 12).font.color.rgb = _GREY

    def _set_up_style(self) -> None:
        style = self.document.styles["Normal"]
        style.font.size = Pt(self.size)
        properties = style.element.get_or_add_rPr()
        set_font(properties, "仿宋_GB2312")
        if self.is_official:
            # 28 characters of 16 pt are wider than 156 mm: a quarter point less between them.
            properties.insert(1, element("w:spacing", val=-5))
        properties.append(element("w:lang", val="en-US", eastAsia="zh-CN"))
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.widow_control = False
        no_latin_gap(style.element.pPr)
        for name in ("Header", "Footer"):
            tabs = self.document.styles[name].element.pPr.find(qn("w:tabs"))
            if tabs is not None:
                tabs.getparent().remove(tabs)

    def _run(self, paragraph: Any, text: str, font: str = "", size: float = 0.0) -> Any:
        run = paragraph.add_run(text)
        if font:
            set_font(run._r.get_or_add_rPr(), font)
        if size:
            run.font.size = Pt(size)
        return run

    def _paragraph(self, text: str, font: str = "", size: float = 0.0, where: Any = None) -> Any:
        """Add a paragraph on the line grid."""
        paragraph = (where or self.document).add_paragraph()
        self._lead(paragraph, self.pitch)
        self._run(paragraph, text, font, size)
        return paragraph

    def _lead(self, paragraph: Any, points: float) -> None:
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(points)

    def _first_line(self, paragraph: Any) -> None:
        paragraph.paragraph_format.first_line_indent = Pt(2 * self.size)
        paragraph._p.pPr.ind.set(qn("w:firstLineChars"), "200")

    def _display(self, text: str, size: float, width: float = 0.0) -> Any:
        """Add a centred line of display type, smaller when it would not fit."""
        width = width or self.area
        fitting = min(size, int(width / max(_width(text), 1) * 2) / 2)
        paragraph = self._paragraph(text, "方正小标宋简体", fitting)
        paragraph.alignment = ALIGN.CENTER
        return paragraph

    @singledispatchmethod
    def add(self, block: b.Block) -> Any:
        """Write one block and return its last paragraph."""
        raise TypeError(f"no Word form for {block.kind}")

    @add.register
    def _(self, block: b.IssuerMark) -> Any:
        if self.is_letter:
            paragraph = self._display(block.text, 40, 450)
            paragraph.runs[0].font.color.rgb = _RED
            paragraph.paragraph_format.left_indent = Mm(-8)
            paragraph.paragraph_format.right_indent = Mm(-6)
            self._lead(paragraph, 44)
            add_borders(
                paragraph._p.get_or_add_pPr(), bottom=24, color="E60012", style="thickThinSmallGap",
            )  # fmt: skip
            return paragraph
        paragraph = self._display(block.text, 46 if self.is_official else 22, 425)
        if self.is_official:
            paragraph.runs[0].font.color.rgb = _RED
            paragraph.paragraph_format.space_before = Mm(35)
            self._lead(paragraph, 50)
        return paragraph

    @add.register
    def _(self, block: b.DocNumber) -> Any:
        paragraph = self._paragraph(block.text)
        paragraph.alignment = ALIGN.CENTER if self.is_official else ALIGN.RIGHT
        if self.is_letter:
            paragraph.alignment = ALIGN.RIGHT
            paragraph.paragraph_format.space_before = Pt(14)
            return paragraph
        if self.is_official and block.signer:
            paragraph.alignment = ALIGN.LEFT
            paragraph.paragraph_format.left_indent = Pt(self.size)
            paragraph.paragraph_format.tab_stops.add_tab_stop(
                Pt(_AREA_PT - self.size), WD_TAB_ALIGNMENT.RIGHT
            )
            paragraph.add_run("\t签发人：")
            self._run(paragraph, block.signer, "楷体_GB2312")
        if self.is_official:
            paragraph.paragraph_format.space_before = Pt(2 * self.pitch)
            add_borders(paragraph._p.get_or_add_pPr(), bottom=8, space=11, color="E60012")
        else:
            paragraph.paragraph_format.space_after = Pt(self.pitch / 2)
        return paragraph

    @add.register
    def _(self, block: b.Title) -> Any:
        longest = max(block.lines, key=_width)
        paragraph = self._display(longest, 22)
        self._lead(paragraph, 33)
        run = paragraph.runs[0]
        run.text = block.lines[0]
        for line in block.lines[1:]:
            run.add_break()
            run.add_text(line)
        if self.is_official:
            paragraph.paragraph_format.space_before = Pt(2 * self.pitch)
        set_outline(paragraph, 0)
        paragraph.paragraph_format.space_after = Pt(self.pitch if self.is_official else 12)
        return paragraph

    @add.register
    def _(self, block: b.Addressee) -> Any:
        return self._paragraph(block.text)

    @add.register
    def _(self, block: b.Heading) -> Any:
        paragraph = self._paragraph(block.text, "黑体" if block.level == 1 else "楷体_GB2312")
        paragraph.paragraph_format.keep_with_next = True
        self._first_line(paragraph)
        set_outline(paragraph, block.level)
        return paragraph

    @add.register
    def _(self, block: b.Paragraph) -> Any:
        paragraph = self._paragraph(block.text)
        paragraph.alignment = ALIGN.JUSTIFY
        if not block.is_flush:
            self._first_line(paragraph)
        return paragraph

    @add.register
    def _(self, block: b.Note) -> Any:
        paragraph = self._paragraph(block.text, "宋体", 10.5)
        paragraph.paragraph_format.space_before = Pt(8)
        self._lead(paragraph, 16.5)
        return paragraph

    @add.register
    def _(self, block: b.Signature) -> Any:
        date_width, issuer_width = _width(block.date), _width(block.issuer)
        overhang = (issuer_width - date_width) / 2
        edge = max(4.0, overhang)
        issuer = self._signature_line(block.issuer, edge - overhang)
        issuer.paragraph_format.space_before = Pt(2 * self.pitch)
        issuer.paragraph_format.keep_with_next = True
        return self._signature_line(block.date, edge)

    def _signature_line(self, text: str, from_edge: float) -> Any:
        paragraph = self._paragraph(text)
        paragraph.alignment = ALIGN.RIGHT
        paragraph.paragraph_format.right_indent = Pt(from_edge * self.size)
        return paragraph

    @add.register
    def _(self, block: b.NewPart) -> Any:
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.footer.is_linked_to_previous = False
        return None

    @add.register
    def _(self, block: b.Table) -> Any:
        return self._table(block)

    @add.register
    def _(self, block: b.WideTable) -> Any:
        depth = len(block.head)
        table = self.document.add_table(depth + len(block.rows), len(block.widths), "Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        share = self.area / sum(block.widths)
        for column, width in zip(table.columns, block.widths, strict=True):
            column.width = Pt(share * width)
        for row, cells in zip(table.rows, block.head, strict=False):
            repeat_row(row)
            if len(cells) != len(block.widths):
                raise ValueError("a grouped head has no Word form")
            for target, cell in zip(row.cells, cells, strict=True):
                self._write_cell(target, (cell.text,), ALIGN.CENTER, "黑体")
        for row, texts in zip(list(table.rows)[depth:], block.rows, strict=True):
            for target, text, align in zip(row.cells, texts, block.aligns, strict=True):
                self._write_cell(target, (text,), _ALIGNS[align], "宋体")
        return None

    @add.register
    def _(self, block: b.Spread) -> Any:
        paragraph = self._paragraph(block.pieces[0], "宋体", 11)
        step = self.area / max(len(block.pieces) - 1, 1)
        for place, piece in enumerate(block.pieces[1:], 1):
            last = place == len(block.pieces) - 1
            paragraph.paragraph_format.tab_stops.add_tab_stop(
                Pt(step * place), WD_TAB_ALIGNMENT.RIGHT if last else WD_TAB_ALIGNMENT.CENTER
            )
            self._run(paragraph, f"\t{piece}", "宋体", 11)
        return paragraph

    @add.register
    def _(self, block: b.NewPage) -> Any:
        # A break after the text would leave a blank page where the text ends at the foot.
        paragraph = self._paragraph("", size=1)
        paragraph.paragraph_format.page_break_before = True
        self._lead(paragraph, 1)
        return paragraph

    def _table(self, block: b.Table) -> Any:
        columns = len(block.widths)
        table = self.document.add_table(len(block.rows), columns, "Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        share = self.area / sum(block.widths)
        for column, width in zip(table.columns, block.widths, strict=True):
            column.width = Pt(share * width)
        for row, cells, lines in zip(table.rows, block.rows, block.heights, strict=True):
            row.height, row.height_rule = Pt(lines * 20 + 12), WD_ROW_HEIGHT_RULE.AT_LEAST
            start = 0
            for cell in cells:
                target = row.cells[start]
                if cell.span > 1:
                    target = target.merge(row.cells[start + cell.span - 1])
                target.width = Pt(share * sum(block.widths[start : start + cell.span]))
                self._fill(target, cell)
                start += cell.span
        return None

    def _fill(self, target: Any, cell: b.Cell) -> None:
        align = ALIGN.CENTER if cell.is_label else ALIGN.LEFT
        self._write_cell(target, cell.lines, align, "宋体")

    def _write_cell(self, target: Any, lines: tuple[str, ...], align: Any, font: str) -> None:
        target.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        size, pitch = (9.0, 13.0) if self.is_wide else (12.0, 20.0)
        for place, line in enumerate(lines):
            paragraph = target.paragraphs[0] if place == 0 else target.add_paragraph()
            self._lead(paragraph, pitch)
            paragraph.alignment = align
            self._run(paragraph, line, font, size)

    @add.register
    def _(self, block: b.Imprint) -> Any:
        rows = [[block.copy_to]] if block.copy_to else []
        rows.append([block.printed_by, block.printed_on])
        table = self.document.add_table(len(rows), 2)
        table.autofit = False
        float_at_foot(table)
        add_borders(table._tbl.tblPr, top=8, bottom=8, insideH=6)
        for row, texts in zip(table.rows, rows, strict=True):
            cells = [row.cells[0].merge(row.cells[1])] if len(texts) == 1 else list(row.cells)
            for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
                paragraph = cell.paragraphs[0]
                self._lead(paragraph, 24)
                paragraph.alignment = ALIGN.RIGHT if place else ALIGN.LEFT
                self._run(paragraph, text, "仿宋_GB2312", 14)
        # The floating table hangs on the paragraph after it, which must not need a page.
        anchor = self._paragraph("", size=1)
        self._lead(anchor, 1)
        return anchor
