"""Evidence files: known by their content, sealed, linked to what they prove, readings written down."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import httpx
import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from sqlalchemy import text

from models.words import Role
from papers.attached import LARGEST_BYTES, AttachmentRefused, look
from tests.console.town import Case


def picture(kind: str = "JPEG", size: tuple[int, int] = (1200, 800)) -> bytes:
    made = io.BytesIO()
    image = Image.new("RGB", size, "#447755")
    exif = image.getexif()
    exif[0x010F] = "CAMERA-MAKER"
    image.save(made, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return made.getvalue()


def scan(pages: int = 2, script: bool = False, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if script:
        action = DictionaryObject()
        action[NameObject("/S")] = NameObject("/JavaScript")
        action[NameObject("/JS")] = TextStringObject("app.alert(1)")
        writer.root_object[NameObject("/OpenAction")] = action
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


async def send(case: Case, content: bytes, ref: str = "证-1", role: Role = Role.TOWNSHIP_CASE,
               name: str = "照片.jpg") -> httpx.Response:  # fmt: skip
    return await case.town.http.post(
        f"/api/cases/{case.no}/attachments", headers=case.as_(role),
        files={"file": (name, content)}, data={"evidence_ref": ref},
    )  # fmt: skip


async def test_a_photo_comes_back_as_it_was_and_lies_sealed(case: Case) -> None:
    """Whole and thumbnail open for who may see them; no byte of the picture lies in the open."""
    content = picture()
    sent = await send(case, content)
    assert sent.status_code == 201, sent.text
    identity = sent.json()["id"]
    got = await case.town.http.get(f"/api/attachments/{identity}", headers=case.as_(Role.EDU_CASE))
    assert (got.content, got.headers["content-type"]) == (content, "image/jpeg")
    small = await case.town.http.get(
        f"/api/attachments/{identity}/thumbnail", headers=case.as_(Role.EDU_CASE)
    )
    assert max(Image.open(io.BytesIO(small.content)).size) == 320
    assert b"CAMERA-MAKER" not in small.content
    async with case.town.engine.connect() as connection:
        query = text(
            "select o.bytes from attachment a join stored_object o on o.sha256 = a.object_sha256"
            " where a.id = :id"
        )
        stored = bytes((await connection.execute(query, {"id": identity})).scalar_one())
    assert content[:64] not in stored
    assert stored[:3] != b"\xff\xd8\xff"


async def test_every_reading_is_written_down(case: Case) -> None:
    """Who opened the file, as which role, from which office."""
    identity = (await send(case, picture())).json()["id"]
    await case.town.http.get(f"/api/attachments/{identity}", headers=case.as_(Role.EDU_LAW))
    async with case.town.engine.connect() as connection:
        query = text("select actor_id, actor_role from attachment_read where attachment_id = :id")
        assert (await connection.execute(query, {"id": identity})).all() == [
            ("edu_law-1", "edu_law")
        ]


async def test_the_list_names_the_event_it_proves(case: Case) -> None:
    """A file is linked to the event whose evidence bears its reference, before or after it."""
    content = scan()
    await send(case, content, "家访照片-7", name="a/../扫\u202e描.pdf")
    said = await case.do(
        Role.CLASS_TEACHER,
        "contact_guardian",
        method="电话",
        was_reached=True,
        evidence=["家访照片-7"],
    )
    (shown,) = (await case.get("/attachments")).json()["attachments"]
    assert shown["evidence_ref"] == "家访照片-7"
    assert shown["sha256"] == hashlib.sha256(content).hexdigest()
    assert shown["event_seq"] == said["revision"] - len(said["events"]) + 1
    assert shown["file_name"] == "扫描.pdf"
    assert shown["has_thumbnail"] is False


async def test_the_same_file_is_kept_once(case: Case) -> None:
    """Sending it again answers with the same id."""
    content = picture("PNG")
    first, second = await send(case, content), await send(case, content)
    assert first.json()["id"] == second.json()["id"]
    assert len((await case.get("/attachments")).json()["attachments"]) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 a program", "unknown_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_type"),
        (picture()[:500], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, "damaged"),
        (b"%PDF-1.7\n nothing", "damaged"),
        (scan(script=True), "active"),
        (scan(password="x"), "locked"),
        (scan(201), "too_many_pages"),
    ],
)
def test_only_whole_pictures_and_scans_are_kept(content: bytes, code: str) -> None:
    """A name says nothing: content of another kind, cut short, locked or active is refused."""
    with pytest.raises(AttachmentRefused) as refusal:
        look(content)
    assert refusal.value.code == code


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """A picture of far too many pixels is refused by its head."""
    made = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(made, "PNG")
    with pytest.raises(AttachmentRefused) as refusal:
        look(made.getvalue())
    assert refusal.value.code in {"too_many_pixels", "damaged"}


async def test_too_large_is_refused_with_the_limit(case: Case) -> None:
    """More than 20 MB is refused in words, and nothing is kept."""
    answer = await send(case, b"\xff\xd8\xff" + b"0" * LARGEST_BYTES)
    assert (answer.status_code, "20 MB" in answer.text) == (413, True)
    assert (await case.get("/attachments")).json()["attachments"] == []


async def test_outside_the_scope_there_is_nothing(case: Case) -> None:
    """Another township neither uploads nor opens; the village may upload but not read."""
    identity = (await send(case, picture())).json()["id"]
    other = case.town.bearer(Role.TOWNSHIP_CASE, "990101999")
    answer = await case.town.http.get(f"/api/attachments/{identity}", headers=other)
    assert answer.status_code == 404
    assert (await send(case, picture("PNG"), role=Role.VILLAGE)).status_code == 201
    assert (await case.get("/attachments", Role.VILLAGE)).status_code == 403
    village: dict[str, Any] = case.as_(Role.VILLAGE)
    assert (
        await case.town.http.get(f"/api/attachments/{identity}", headers=village)
    ).status_code == 403
