"""The kinds of paper there are, one folder each under `templates/papers/`."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "papers"
# Shared sources: a change to one of them changes the look of every paper.
SHARED = ("layout.xhtml.j2", "parts.xhtml.j2", "preview.css", "official.typ")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Requirement(_Frozen):
    """A field without which the paper may not exist, and why."""

    field: str
    label: str
    why: str
    final_only: bool = False
    at_least: int = 1
    at_least_why: str = ""


class Citation(_Frozen):
    """Articles of a law which the paper's legal bases must name."""

    law: str
    articles: tuple[int, ...]


class PaperKind(_Frozen):
    """What `paper.toml` says about a kind of paper."""

    key: str
    title: str
    form: Literal["公文", "执法文书"]
    issuer: str
    addressee: str
    series_word: str
    service: Literal["送达回证", "签收"]
    legal_bases: tuple[str, ...]
    remedies: bool
    min_officers: int = 0
    must_cite: tuple[Citation, ...] = ()
    required: tuple[Requirement, ...]

    @property
    def style_class(self) -> str:
        """The class of the `article` element."""
        return "red-head" if self.form == "公文" else "plain"


@cache
def catalogue() -> tuple[PaperKind, ...]:
    """Return every kind of paper, ordered by key."""
    kinds = [
        PaperKind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(TEMPLATES.glob("*/paper.toml"))
    ]
    return tuple(sorted(kinds, key=lambda kind: kind.key))


def paper_kind(key: str) -> PaperKind:
    """Return the kind with this key; an unknown key raises `KeyError`."""
    for kind in catalogue():
        if kind.key == key:
            return kind
    raise KeyError(f"没有名为“{key}”的文书")


@cache
def template_sha256(key: str) -> str:
    """Hash every source file that shapes papers of this kind."""
    digest = hashlib.sha256()
    own = sorted((TEMPLATES / key).iterdir())
    for path in [*own, *(TEMPLATES / name for name in SHARED)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
