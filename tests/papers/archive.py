"""Read a file as a judge of PDF/A-2u would: what an archive must have and may not have.

The rules are those of ISO 19005-2 (clause in brackets) that a file of ours could break. veraPDF,
the common judge, is a Java program that no Python package holds.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, StreamObject

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
FORBIDDEN = {
    "/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/EmbeddedFiles", "/EF", "/XFA",
    "/NeedAppearances", "/Alternates", "/TR", "/PS", "/RichMedia", "/Sound", "/Movie", "/3D",
}  # fmt: skip


def problems(pdf: bytes, level: str = "U") -> list[str]:
    """List what keeps the file from being PDF/A-2 of ``level``."""
    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    return [*_file(pdf, reader), *_metadata(reader, level), *_colours(reader),
            *_fonts(reader), *_things(reader), *_tags(reader, level)]  # fmt: skip


def _file(pdf: bytes, reader: pypdf.PdfReader) -> Iterator[str]:
    head = pdf.split(b"\n", 2)
    if not re.fullmatch(rb"%PDF-1\.[0-7]", head[0]):
        yield "header (6.1.2)"
    if not (head[1][:1] == b"%" and len(head[1]) >= 5 and all(byte > 127 for byte in head[1][1:5])):
        yield "binary comment (6.1.2)"
    identifier = reader.trailer.get("/ID")
    if identifier is None or len(identifier) != 2 or not all(identifier):
        yield "file identifier (6.1.3)"
    if "/Encrypt" in reader.trailer:
        yield "encryption (6.1.3)"
    if not re.search(rb"%%EOF\r?\n?\Z", pdf):
        yield "data after the end (6.1.3)"


def _metadata(reader: pypdf.PdfReader, level: str) -> Iterator[str]:
    stream = reader.root_object.get("/Metadata")
    if stream is None:
        yield "metadata (6.6.2.1)"
        return
    stream = stream.get_object()
    if (stream.get("/Type"), stream.get("/Subtype")) != ("/Metadata", "/XML"):
        yield "metadata type (6.6.2.1)"
    packet = stream.get_data().decode()
    if "encoding=" in packet.split("?>")[0] or "bytes=" in packet.split("?>")[0]:
        yield "packet header (6.6.2.2)"
    root = ET.fromstring(packet)
    said = {node.tag: (node.text or "") for node in root.iter()}
    said |= {key: value for node in root.iter() for key, value in node.attrib.items()}
    if (said.get(f"{PDFA}part"), said.get(f"{PDFA}conformance")) != ("2", level):
        yield "version and level (6.6.4)"
    info = reader.trailer.get("/Info")
    for name, told in (info.get_object() if info is not None else {}).items():
        if name in {"/Title", "/Creator", "/Producer", "/Author"} and told not in packet:
            yield f"{name} is not in the metadata (6.6.3)"


def _colours(reader: pypdf.PdfReader) -> Iterator[str]:
    intents = reader.root_object.get("/OutputIntents")
    if intents is None:
        yield "output intent (6.2.3)"
        return
    for intent in intents.get_object():
        intent = intent.get_object()
        profile = intent.get("/DestOutputProfile")
        content = profile.get_object().get_data() if profile is not None else b""
        if intent.get("/S") != "/GTS_PDFA1" or content[36:40] != b"acsp":
            yield "output profile (6.2.3)"
        elif {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}.get(content[16:20]) != profile["/N"]:
            yield "channels of the profile (6.2.4.2)"


def _fonts(reader: pypdf.PdfReader) -> Iterator[str]:
    found = 0
    for thing in _walk(reader):
        if not isinstance(thing, DictionaryObject) or thing.get("/Type") != "/Font":
            continue
        found += 1
        if thing["/Subtype"] in {"/CIDFontType0", "/CIDFontType2"}:
            descriptor = thing["/FontDescriptor"].get_object()
            if not any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")):
                yield "font not embedded (6.2.11.4)"
            if thing["/Subtype"] == "/CIDFontType2" and "/CIDToGIDMap" not in thing:
                yield "no map of glyphs (6.2.11.3.2)"
        elif "/ToUnicode" not in thing:
            yield "font without Unicode (6.2.11.7)"
    if not found:
        yield "no fonts seen"


def _things(reader: pypdf.PdfReader) -> Iterator[str]:
    for thing in _walk(reader):
        if isinstance(thing, NullObject):
            yield "a reference to nothing"
        if not isinstance(thing, DictionaryObject):
            continue
        for name in FORBIDDEN & {str(key) for key in thing}:
            yield f"{name} (6.1, 6.5)"
        if thing.get("/S") in {"/JavaScript", "/Launch", "/ImportData", "/ResetForm"}:
            yield f"action {thing['/S']} (6.5.1)"
        if isinstance(thing, StreamObject):
            if "LZW" in str(thing.get("/Filter")) or {"/F", "/FFilter"} & set(thing):
                yield "stream filter or outside file (6.1.7)"
            if thing.get("/Subtype") == "/Image" and thing.get("/Interpolate"):
                yield "interpolated image (6.2.8)"


def _tags(reader: pypdf.PdfReader, level: str) -> Iterator[str]:
    is_tagged = "/StructTreeRoot" in reader.root_object
    if level == "A" and not is_tagged:
        yield "no tags (6.7)"
    if not is_tagged and any("/StructParents" in page for page in reader.pages):
        yield "pages point to tags that are not there (6.7)"


def _walk(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Every object that can be reached from the root, once."""
    waiting: list[Any] = [reader.trailer["/Root"]]
    seen: set[int] = set()
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in seen:
                continue
            seen.add(thing.idnum)
            thing = thing.get_object()
            thing = NullObject() if thing is None else thing
        yield thing
        if isinstance(thing, DictionaryObject):
            waiting += [thing.raw_get(key) for key in thing]
        elif isinstance(thing, ArrayObject):
            waiting += list(thing)
