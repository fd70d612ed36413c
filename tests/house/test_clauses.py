"""The clause matrix is whole and honest: every clause once, every proof it names exists."""

from __future__ import annotations

import ast
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import build
from policy.loader import ROOM
from terminal.clauses import DOCUMENTS, MATRIX, Clause, Status, clauses, document_of, read

ROOT = MATRIX.parent.parent
COUNTS = {"DC": 65, "ZY": 35, "YN": 80, "CX": 8, "YJ138": 7, "JJ5": 34}
"""How many operative clauses each document has."""


@cache
def parameters() -> frozenset[str]:
    return frozenset(path.stem for path in (ROOM / "rules").glob("*/*.toml"))


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the names a test file defines: its functions, or a scenario file's scenarios."""
    if path.suffix == ".toml":
        told = tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]
        return frozenset(scenario["name"] for scenario in told if "known_wrong" not in scenario)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def rows() -> list[Any]:
    return [pytest.param(name, row, id=name) for name, row in read().items()]


def test_every_document_has_all_its_clauses() -> None:
    """A clause added, dropped or misnamed changes the count of its document."""
    found = dict.fromkeys(COUNTS, 0)
    for name in read():
        assert document_of(name) in COUNTS, name
        found[document_of(name)] += 1
    assert found == COUNTS
    assert COUNTS.keys() == DOCUMENTS.keys()
    assert sum(COUNTS.values()) == 229


@pytest.mark.parametrize(("name", "row"), rows())
def test_a_row_names_only_what_exists(name: str, row: Clause) -> None:
    """Built and printed rest on tests that are there, a parameter on its file, the rest on none."""
    assert bool(row.tests) is (row.status in {Status.BUILT, Status.PAPER_ONLY})
    if row.status is Status.BY_POLICY_PARAMETER:
        assert row.parameters
    for named in row.tests:
        path, _, test = named.partition("::")
        file = ROOT / path
        assert file.is_file(), named
        assert test in names_in(file), named
    assert set(row.parameters) <= parameters()


@pytest.mark.parametrize("row", list(read().values()))
def test_a_row_is_said_in_one_sentence(row: Clause) -> None:
    """One Chinese sentence each."""
    assert row.how.endswith("。")
    assert row.how.count("。") == 1


def test_no_rule_watches_faith() -> None:
    """CX-2.1 stays outside the software, and says why."""
    row = read()["CX-2.1"]
    assert row.status is Status.OUTSIDE_SOFTWARE
    assert "信仰" in row.how


def test_a_malformed_row_is_named(tmp_path: Path) -> None:
    """An unknown status is refused with the clause and the key."""
    path = tmp_path / "clauses.toml"
    path.write_text('["DC-0"]\nstatus = "done"\nhow = "没有这种状态。"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"DC-0 的 status"):
        read(path)


def test_the_command_prints_counts_and_rows() -> None:
    """``guixue clauses`` lists every row, or those of one status, with counts per document."""
    assert clauses.__doc__
    done = CliRunner().invoke(build("clauses"), ["clauses", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert len(told["clauses"]) == 229
    assert {name: sum(numbers.values()) for name, numbers in told["counts"].items()} == COUNTS
    some = json.loads(
        CliRunner().invoke(build("clauses"), ["clauses", "--status", "built", "--json"]).stdout
    )
    assert {row["status"] for row in some["clauses"].values()} == {"built"}
    plain = CliRunner().invoke(build("clauses"), ["clauses", "--status", "not_yet"])
    assert plain.exit_code == 0
