"""One Chinese term, one English identifier."""

from __future__ import annotations

import io
import re
import tokenize
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "access", "activities", "audit", "console", "intake", "lifecycle", "models", "papers",
    "policy", "runtime", "samples", "storage", "terminal", "workflows",
)  # fmt: skip
TERMS: list[dict[str, Any]] = tomllib.loads((ROOT / "docs/glossary.toml").read_text("utf-8"))[
    "term"
]
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@cache
def identifiers() -> dict[str, str]:
    """Give every name and every coded word of the code in snake case, with a file it is in."""
    found: dict[str, str] = {}
    files = [ROOT / name for name in ("api.py", "cli.py", "worker.py")]
    files += [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    for path in files:
        where = str(path.relative_to(ROOT))
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
            text = token.string.strip("\"'") if token.type == tokenize.STRING else token.string
            if token.type in (tokenize.NAME, tokenize.STRING) and _WORD.fullmatch(text):
                found.setdefault(_HUMP.sub("_", text).lower(), where)
    return found


def holds(identifier: str) -> dict[str, str]:
    """Give the names that hold the word, whole or as one of their parts; a plural counts."""
    part = re.compile(rf"(?:^|_){identifier}(?:e?s|d|r)?(?:_|$)")
    return {name: where for name, where in identifiers().items() if part.search(name)}


def test_the_glossary_is_a_bijection() -> None:
    """No term twice, no identifier twice, and no word both wanted and banned."""
    chinese = [term["chinese"] for term in TERMS]
    wanted = [term["identifier"] for term in TERMS]
    banned = [word for term in TERMS for word in term["banned"]]
    for words in (chinese, wanted, banned):
        assert len(words) == len(set(words))
    assert not set(wanted) & set(banned)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: str(term["identifier"]))
def test_every_term_is_called_by_its_identifier(term: dict[str, Any]) -> None:
    """The identifier occurs in the code; one marked as later does not, or the mark must go."""
    assert bool(holds(term["identifier"])) is not term.get("is_later", False)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: str(term["identifier"]))
def test_no_other_word_names_the_same_thing(term: dict[str, Any]) -> None:
    """A second word for one thing would make two things of it."""
    for word in term["banned"]:
        assert holds(word) == {}
