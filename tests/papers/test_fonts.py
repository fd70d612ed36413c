from __future__ import annotations

import io
import shutil
from pathlib import Path

import pypdf
import pytest

from papers.data import ReturnOrderData
from papers.fonts import BUNDLED, FontsMissing, chains, load_faces
from papers.pipeline import RenderedPaper, render
from tests.papers.reading import pdf_fonts


def test_every_font_is_inside_the_file(
    return_order: RenderedPaper, correction_order: RenderedPaper
) -> None:
    """Both papers carry the programs of all their fonts."""
    for paper in (return_order, correction_order):
        fonts = pdf_fonts(paper.pdf)
        assert {"FandolFang-Regular", "FandolHei-Regular"} <= set(fonts)
        assert all(fonts.values())


def test_file_calls_itself_an_archive_copy(return_order: RenderedPaper) -> None:
    """The PDF declares PDF/A-2a, its language and its title."""
    reader = pypdf.PdfReader(io.BytesIO(return_order.pdf))
    metadata = reader.xmp_metadata
    assert metadata is not None
    root = reader.root_object
    assert root["/Lang"] == "zh-CN"
    assert bool(root["/MarkInfo"]["/Marked"])
    assert reader.metadata is not None
    assert reader.metadata.title == "劝返指令 示教劝〔2026〕3号"
    text = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in text
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in text


def test_bundle_is_light_and_licensed() -> None:
    """The fonts weigh at most 40 MB and every family lies beside its licence."""
    files = [path for path in BUNDLED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 40_000_000
    families = {path.parent for path in files if path.suffix in {".otf", ".ttf"}}
    assert [list(family.glob("LICENSE*")) == [] for family in families] == [False] * len(families)


def test_office_fonts_come_first(tmp_path: Path, return_data: ReturnOrderData) -> None:
    """A folder of the office's own is part of the font hash and is searched before ours."""
    plain = render("return_order", return_data)
    shutil.copy(BUNDLED / "fandol" / "FandolKai-Regular.otf", tmp_path / "own.otf")
    own = render("return_order", return_data, extra_fonts=tmp_path)
    assert own.fonts_sha256 != plain.fonts_sha256
    assert own.template_sha256 == plain.template_sha256


def test_missing_office_folder_is_an_error(tmp_path: Path) -> None:
    """A font folder that is configured but absent stops the work."""
    with pytest.raises(FontsMissing, match="不存在"):
        load_faces(tmp_path / "none")


def test_licensed_faces_lead_their_chains() -> None:
    """Where an office has the official faces, each stands before our stand-in for it."""
    bundled = ["FandolFang R", "FandolHei", "FandolKai", "Noto Serif SC", "Noto Serif SC Title"]
    licensed = ["FangSong_GB2312", "SimHei", "KaiTi_GB2312", "SimSun", "FZXiaoBiaoSong-B05S"]
    found = chains({name.casefold(): name for name in bundled + licensed})
    assert {role: chain[0] for role, chain in found.items()} == {
        "fangsong": "FangSong_GB2312",
        "title": "FZXiaoBiaoSong-B05S",
        "kai": "KaiTi_GB2312",
        "hei": "SimHei",
        "song": "SimSun",
    }
    assert {chain[-1] for chain in found.values()} == {"Noto Serif SC"}
