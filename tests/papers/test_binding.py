"""The one file of a batch for the printer: an archive as its papers are."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from papers.binding import bind
from papers.pipeline import render
from tests.papers import archive, examples
from tests.papers.reading import pdf_fonts, pdf_pages

DAY = date(2026, 7, 1)
TITLE = "义务教育入学通知书：<2026年> & 一年级\x0b"


@pytest.fixture(scope="module")
def pieces() -> list[bytes]:
    data = examples.whole("entry_notice")
    names = ("张小禾", "李思𬱖", "王一")
    return [
        render("entry_notice", data.model_copy(update={"child_name": name, "serial": n})).pdf
        for n, name in enumerate(names, 1)
    ]


@pytest.fixture(scope="module")
def bound(pieces: list[bytes]) -> bytes:
    return bind(pieces, TITLE, DAY)


def test_the_bound_file_is_an_archive(bound: bytes) -> None:
    """Metadata, output intent, identifier, fonts with Unicode; nothing forbidden, no false tags."""
    assert archive.problems(bound) == []


def test_each_paper_is_an_archive_with_tags(pieces: list[bytes]) -> None:
    """The judge finds nothing against a single paper, which claims the level with tags."""
    assert [archive.problems(piece, "A") for piece in pieces] == [[], [], []]


def test_the_judge_sees_what_is_lacking(pieces: list[bytes]) -> None:
    """Pages put together without more are no archive: this is how the bound file used to be."""
    writer = pypdf.PdfWriter()
    for piece in pieces:
        writer.append(io.BytesIO(piece), import_outline=False)
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("1")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject(key): value for key, value in script.items()}
    )
    made = io.BytesIO()
    writer.write(made)
    found = " ".join(archive.problems(made.getvalue()))
    for words in ("file identifier", "metadata", "output intent", "JavaScript"):
        assert words in found


def test_the_bound_file_holds_every_page_as_it_was(bound: bytes, pieces: list[bytes]) -> None:
    """The pages follow each other with the same words; the fonts are in the file."""
    assert pdf_pages(bound) == [page for piece in pieces for page in pdf_pages(piece)]
    assert all(pdf_fonts(bound).values())


def test_what_the_metadata_say_is_the_batch(bound: bytes) -> None:
    """The title stands there letter for letter, whatever was typed, with the day of the papers."""
    told = pypdf.PdfReader(io.BytesIO(bound)).xmp_metadata
    assert told is not None
    assert told.dc_title == {"x-default": "义务教育入学通知书：<2026年> & 一年级"}
    assert told.xmp_create_date is not None
    assert told.xmp_create_date.isoformat() == "2026-07-01T04:00:00"


def test_the_same_pieces_give_the_same_bytes(bound: bytes, pieces: list[bytes]) -> None:
    """Binding again gives the same file; other pieces give another identifier."""
    assert bind(pieces, TITLE, DAY) == bound
    other = pypdf.PdfReader(io.BytesIO(bind(pieces[:2], TITLE, DAY)))
    assert other.trailer["/ID"] != pypdf.PdfReader(io.BytesIO(bound)).trailer["/ID"]


def test_what_papers_share_is_kept_once(pieces: list[bytes]) -> None:
    """The same paper three times takes hardly more room than once: fonts and profile are shared."""
    assert len(bind(pieces[:1] * 3, TITLE, DAY)) < 1.2 * len(pieces[0])


def test_what_is_no_archive_is_not_bound_into_one() -> None:
    """A page without an output intent, or no page at all, would make the claim false."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    plain = io.BytesIO()
    writer.write(plain)
    for pieces in ([plain.getvalue()], []):
        with pytest.raises(ValueError, match=r"no PDF/A|nothing to bind"):
            bind(pieces, TITLE, DAY)
