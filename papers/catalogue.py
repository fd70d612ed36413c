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
SHARED = ("layout.xhtml.j2", "parts.xhtml.j2", "groups.toml", "preview.css", "official.typ")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Requirement(_Frozen):
    """A field without which the paper may not exist, and why."""

    field: str
    label: str = ""
    """Empty: the title of the field itself."""
    why: str
    final_only: bool = False
    at_least: int = 1
    at_least_why: str = ""


class Citation(_Frozen):
    """Articles of a law which the paper's legal bases must name."""

    law: str
    articles: tuple[int, ...]


class Ground(_Frozen):
    """One of the grounds a paper may rest on, with what it says and cites for it."""

    key: str
    basis: str
    says: str
    decides: str
    is_offence: bool = True
    """There was an offence, which the party is to be taught about (行政处罚法 33)."""


class PaperKind(_Frozen):
    """What `paper.toml` says about a kind of paper."""

    key: str
    title: str
    number: str = ""
    """Number of the paper in the list of papers of the field (4, 18, F13)."""
    form: Literal["公文", "函", "执法文书", "表格", "横表"]
    issuer: str
    addressee: str
    series_word: str
    service: Literal["送达回证", "签收", "无"]
    legal_bases: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    """Clause ids of the policy documents it serves (YN-8d)."""
    is_confidential: bool = False
    """Holds facts of health, faith, marriage or labour (C4)."""
    packs: tuple[str, ...] = ()
    """Form packs that have it; empty: all."""
    remedies: bool
    min_officers: int = 0
    must_cite: tuple[Citation, ...] = ()
    required: tuple[Requirement, ...] = ()
    groups: tuple[str, ...] = ()
    """Groups of requirements it shares with others (`groups.toml`)."""
    must: dict[str, str] = {}
    """Further required fields: name and why."""
    grounds: tuple[Ground, ...] = ()
    """Where the paper rests on one ground of several: it then cites the law of that one alone."""

    def ground(self, key: str | None) -> Ground | None:
        """Return the ground with this key, or None."""
        return next((ground for ground in self.grounds if ground.key == key), None)

    def bases(self, ground: str | None) -> tuple[str, ...]:
        """Return the law the paper cites; where it has grounds, that of the one it rests on."""
        found = self.ground(ground)
        return self.legal_bases if found is None else (found.basis,)

    @property
    def all_required(self) -> tuple[Requirement, ...]:
        """Every requirement: its own, the shared ones, and the remedies where it has any."""
        shared = groups()
        names = [*self.groups, *(["remedies"] if self.remedies and not self.required else [])]
        found = [requirement for name in names for requirement in shared[name]]
        own = [Requirement(field=name, why=why) for name, why in self.must.items()]
        return (*self.required, *found, *own)

    @property
    def style_class(self) -> str:
        """The class of the `article` element."""
        return {"公文": "red-head", "函": "red-head letter", "横表": "plain wide"}.get(
            self.form, "plain"
        )


@cache
def groups() -> dict[str, tuple[Requirement, ...]]:
    """Return the shared requirements by the name of their group."""
    told = tomllib.loads((TEMPLATES / "groups.toml").read_text(encoding="utf-8"))
    return {
        name: tuple(Requirement.model_validate(entry) for entry in entries)
        for name, entries in told.items()
    }


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
