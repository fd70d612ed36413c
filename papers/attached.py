"""Photos and scans as evidence: told by their content, decoded whole, made small for lists."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError

LARGEST_BYTES = 20 * 1024 * 1024
LARGEST_PIXELS = 60_000_000
MOST_PAGES = 200
THUMBNAIL_PIXELS = 320
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_MAGIC = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"%PDF-", PDF))


class AttachmentRefused(Exception):
    """A file that cannot be kept as evidence; the message says in Chinese what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Attached:
    """A file that was looked at: what it is, and a small picture where it is one."""

    media_type: str
    thumbnail: bytes | None
    """JPEG of at most 320 pixels a side, without the camera's notes (EXIF); none for a PDF."""


def look(content: bytes) -> Attached:
    """Tell a file by its content, whatever its name says; raises AttachmentRefused."""
    if not content:
        raise AttachmentRefused("empty", "文件是空的，请重新选择。")
    if len(content) > LARGEST_BYTES:
        raise AttachmentRefused("too_large", "单个附件不超过 20 MB，请缩小照片或者分开扫描。")
    media_type = next((kind for magic, kind in _MAGIC if content.startswith(magic)), None)
    if media_type is None:
        raise AttachmentRefused("unknown_type", "只收 JPEG、PNG 照片和 PDF 扫描件，请转换后再传。")
    if media_type == PDF:
        _check_pdf(content)
        return Attached(PDF, None)
    return Attached(media_type, _thumbnail(content, media_type))


def _thumbnail(content: bytes, media_type: str) -> bytes:
    name = {JPEG: "JPEG", PNG: "PNG"}[media_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a picture that is a bomb only warns
            picture = Image.open(io.BytesIO(content), formats=[name])
            if picture.width * picture.height > LARGEST_PIXELS:
                raise AttachmentRefused("too_many_pixels", "照片像素太多，请缩小后再传。")
            picture.load()
            small = ImageOps.exif_transpose(picture).convert("RGB")
            small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    except AttachmentRefused:
        raise
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise AttachmentRefused(
            "damaged", "照片打不开，可能没有传完整，请重新拍照或者重新上传。"
        ) from error
    made = io.BytesIO()
    small.save(made, "JPEG", quality=80)
    return made.getvalue()


def _check_pdf(content: bytes) -> None:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise AttachmentRefused("locked", "PDF 有密码，请去掉密码后再传。")
        pages = len(reader.pages)
        root = reader.root_object
        is_active = (
            "/OpenAction" in root
            and "/S" in str(root["/OpenAction"])
            and ("/JavaScript" in str(root["/OpenAction"]) or "/Launch" in str(root["/OpenAction"]))
        )
        names = root.get("/Names")
        has_script = names is not None and (
            "/JavaScript" in names.get_object() or "/EmbeddedFiles" in names.get_object()
        )
    except AttachmentRefused:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        OSError,
    ) as error:
        raise AttachmentRefused(
            "damaged", "PDF 打不开，可能没有传完整，请重新扫描或者重新上传。"
        ) from error
    if is_active or has_script:
        raise AttachmentRefused("active", "PDF 里含有脚本或者嵌入文件，请另存为普通扫描件后再传。")
    if not 1 <= pages <= MOST_PAGES:
        raise AttachmentRefused("too_many_pages", f"PDF 应有 1 至 {MOST_PAGES} 页，请分开上传。")
