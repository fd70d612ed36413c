"""Papers bound into one file for the printer, which is an archive as each of them is (PDF/A-2u).

Each paper is PDF/A-2a. The bound file keeps pages, fonts and colours and says so itself; it does
not keep the tags (the "a" of the level): they belong to one paper and its one reading order.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from papers.wording import clean

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{day}T12:00:00+08:00</xmp:CreateDate>
<xmp:ModifyDate>{day}T12:00:00+08:00</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def bind(pieces: Sequence[bytes], title: str, dated: date) -> bytes:
    """Bind papers, in order, into one PDF/A-2u file; the same pieces give the same bytes.

    ``title`` and ``dated`` (noon of that day, Beijing time) stand in the file's metadata: no clock
    is read. Every piece must be PDF/A-2 itself; one that states no output intent raises
    `ValueError`, as does an empty ``pieces``.
    """
    writer = PdfWriter()
    colours = None
    for piece in pieces:
        reader = PdfReader(io.BytesIO(piece))
        intents = reader.root_object.get("/OutputIntents")
        if intents is None:
            raise ValueError("a piece that is no PDF/A cannot be bound into one")
        if colours is None:
            colours = intents.get_object().clone(writer)
        writer.append(reader, import_outline=False)
    if colours is None:
        raise ValueError("nothing to bind")
    for page in writer.pages:
        page.pop("/Tabs", None)  # "by the structure", which the bound file does not have
    root = writer.root_object
    root.pop("/Outlines", None)
    root[NameObject("/OutputIntents")] = colours
    root[NameObject("/Lang")] = TextStringObject("zh-CN")
    root[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/Direction"): NameObject("/L2R")}
    )
    root[NameObject("/Metadata")] = writer._add_object(_metadata(title, dated))
    # What the information dictionary says would have to be said in the metadata, letter for letter.
    writer.metadata = None
    # One set of fonts for the whole file: each paper brings the same subset or its own.
    writer.compress_identical_objects()
    _identify(writer, pieces)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _metadata(title: str, dated: date) -> StreamObject:
    stream = StreamObject()
    stream.set_data(_XMP.format(title=escape(clean(title)), day=dated.isoformat()).encode())
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    return stream


def _identify(writer: PdfWriter, pieces: Sequence[bytes]) -> None:
    """Give the file the identifier an archive must have; pypdf's own is drawn by lot."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(hashlib.sha256(piece).digest())
    name = ByteStringObject(digest.digest()[:16])
    writer._ID = ArrayObject((name, name))
