"""What holds for every file of the tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lifecycle.drawing import documents

ROOT = Path(__file__).parents[2]
NOT_OURS = {
    ".git", ".venv", "data", "out", "build", "dist", "__pycache__", ".pytest_cache", ".mypy_cache",
    ".ruff_cache", ".hypothesis", ".import_linter_cache", "fonts", "node_modules",
}  # fmt: skip
# Written apart, so that this file does not hold them itself.
WORKPLACE = "/" + "work/"
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("files", "pythonhosted"), ("proxy", "golang"), ("registry", "npmjs"),
        ("mirrors", "aliyun"), ("pypi", "tuna"), ("artifacts", "internal"), ("jfrog", "io"),
    )
)  # fmt: skip


def tree(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in NOT_OURS and not path.name.endswith(".egg-info"):
            yield from tree(path)
        elif path.is_file():
            yield path


@cache
def texts() -> dict[str, str]:
    """Read every text file; bytes of papers and fonts are left out."""
    found = {}
    for path in tree():
        try:
            found[str(path.relative_to(ROOT))] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_the_place_it_was_written_at() -> None:
    """The tree runs anywhere; no path of one machine is in it."""
    assert len(texts()) > 150
    assert [name for name, text in texts().items() if WORKPLACE in text] == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the business of whoever installs."""
    assert [(n, host) for n, text in texts().items() for host in HOSTS if host in text] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_name_packages_by_version_and_hash_only(name: str) -> None:
    """No address, no file on this machine, and a hash for every package."""
    lock = texts()[name]
    assert "://" not in lock
    assert " @ " not in lock
    assert "--index" not in lock
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    packages = [entry for entry in entries if re.match(r"[A-Za-z0-9._-]+(\[[^]]*\])?==", entry)]
    assert len(packages) > 40
    assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == []


IDENTITY_TEST = "tests/models/test_identity.py"
PRINTED_IN_GB_11643 = ("110105194", "440524188")
"""The two examples of the standard itself, the first also with slips of the pen."""


def test_every_identity_number_is_of_a_place_that_does_not_exist() -> None:
    """Division codes 99xxxx are given to nobody: no number here can be a real person's."""
    number = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
    real = [
        (name, found)
        for name, text in texts().items()
        if not name.endswith(".lock")
        for found in number.findall(text)
        if not found.startswith("99")
        and not (name == IDENTITY_TEST and found.startswith(PRINTED_IN_GB_11643))
    ]
    assert real == []


UNSTEADY = {"now", "today", "utcnow", "uuid4", "uuid1", "time", "random", "randint", "choice"}
MODULES = {"random", "secrets", "time"}
TABLE_KEYS = {("models/roster.py", "uuid4")}
"""Keys of imported rows, given when a row is made by intake; nothing a case is decided by."""


def unsteady(name: str, text: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((name, alias.name) for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            said = {alias.name for alias in node.names}
            if node.module in MODULES:
                yield name, str(node.module)
            elif node.module == "uuid":
                yield from ((name, word) for word in said & UNSTEADY)
        elif isinstance(node, ast.Attribute) and node.attr in UNSTEADY:
            owner = getattr(node.value, "id", getattr(node.value, "attr", ""))
            if owner in {"datetime", "date", "uuid", "random"}:
                yield name, f"{owner}.{node.attr}"


def test_the_core_has_no_clock_and_no_dice() -> None:
    """lifecycle, models and workflows reach for no time, chance or new name of their own."""
    rooms = ("lifecycle/", "models/", "workflows/")
    found = {
        one
        for name, text in texts().items()
        if name.startswith(rooms) and name.endswith(".py")
        for one in unsteady(name, text)
    }
    assert found - TABLE_KEYS == set()


def test_generated_documents_are_those_the_code_draws() -> None:
    """`make docs` was run after the last change of charts, duties or verbs."""
    there = {
        f"generated/{path.name}": path.read_text("utf-8")
        for path in (ROOT / "docs/generated").iterdir()
    }
    assert there == documents()


def test_every_test_claims_something() -> None:
    """A test's docstring is its claim (house style)."""
    mute = [
        f"{name}:{node.lineno}"
        for name, text in texts().items()
        if name.startswith("tests/") and Path(name).name.startswith("test_")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert mute == []
