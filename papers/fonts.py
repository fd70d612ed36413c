"""Find the faces a paper is set in, and refuse to start without them.

Typst prints blank pages, without an error, when the font folder is empty: `load_faces`
therefore asserts every bundled family by name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

BUNDLED = Path(__file__).resolve().parent.parent / "templates" / "fonts"

# Per role: names of licensed faces an office may add, best first, then the bundled stand-in.
_OFFICIAL: dict[str, tuple[str, ...]] = {
    "fangsong": ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong"),
    "title": ("方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
    "kai": ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi"),
    "hei": ("黑体", "SimHei"),
    "song": ("宋体", "SimSun"),
}
_BUNDLED_FAMILY = {
    "fangsong": "FandolFang R",
    "title": "Noto Serif SC Title",
    "kai": "FandolKai",
    "hei": "FandolHei",
    "song": "Noto Serif SC",
}
# Covers the rare characters of personal names; stands last in every chain.
_FALLBACK = "Noto Serif SC"


# A family name, or a family used for some characters only; the Typst file reads both.
Family = str | dict[str, str]


class FontsMissing(RuntimeError):
    """A bundled font family is not where it should be."""


@dataclass(frozen=True)
class Faces:
    """The loaded fonts, the chain of families per role, and a hash over the files."""

    fonts: typst.Fonts
    chains: dict[str, list[Family]]
    sha256: str


@cache
def load_faces(extra_fonts: Path | None = None) -> Faces:
    """Load the bundled fonts, and before them those of the office's own folder."""
    folders = [folder for folder in (extra_fonts, BUNDLED) if folder is not None]
    for folder in folders:
        if not folder.is_dir():
            raise FontsMissing(f"字体目录不存在：{folder}")
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )
    families = {family.casefold(): family for family in fonts.families()}
    missing = sorted(name for name in _BUNDLED_FAMILY.values() if name.casefold() not in families)
    if missing:
        raise FontsMissing(f"缺少字体：{'、'.join(missing)}；请检查目录{BUNDLED}")
    return Faces(fonts, chains(families), _hash(folders))


def chains(families: dict[str, str]) -> dict[str, list[Family]]:
    chains: dict[str, list[Family]] = {}
    for role, official in _OFFICIAL.items():
        wanted = [*official, _BUNDLED_FAMILY[role], _FALLBACK]
        found = [families[name.casefold()] for name in wanted if name.casefold() in families]
        chains[role] = list(dict.fromkeys(found))
        if found[0].startswith("Fandol"):
            # The digits of the Fandol faces are far heavier than their Chinese characters.
            chains[role].insert(0, {"name": _FALLBACK, "covers": "ascii"})
    return chains


def _hash(folders: list[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in {".otf", ".ttf", ".ttc"}:
                digest.update(path.name.encode() + b"\0")
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
