"""``guixue clauses``: what the software does about each clause of the policy documents."""

from __future__ import annotations

import tomllib
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field, ValidationError

from models.base import Frozen
from terminal.hands import as_json, fail, out, table

MATRIX = Path(__file__).parent.parent / "docs" / "clauses.toml"
DOCUMENTS = {
    "DC": "东川2025方案",
    "ZY": "中阳2021通知",
    "YN": "云南2022规定",
    "CX": "楚雄2020转发",
    "YJ138": "云教138号",
    "JJ5": "教基5号",
}


class Status(StrEnum):
    """How far a clause is met, in the words of the file and as it is printed."""

    BUILT = "built"
    BY_POLICY_PARAMETER = "by_policy_parameter"
    PAPER_ONLY = "paper_only"
    OUTSIDE_SOFTWARE = "outside_software"
    NOT_YET = "not_yet"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Status.BUILT: "已做",
    Status.BY_POLICY_PARAMETER: "由规则参数",
    Status.PAPER_ONLY: "只有文书",
    Status.OUTSIDE_SOFTWARE: "不属软件",
    Status.NOT_YET: "尚未做",
}


class Clause(Frozen):
    """One row: the state of a clause, how it is met or why not, and what shows it."""

    status: Status
    how: str = Field(min_length=6)
    tests: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def read(path: Path = MATRIX) -> dict[str, Clause]:
    """Return every clause by its id, in the order of the file.

    Raises:
        FileNotFoundError: the matrix is not there (it belongs to the repository, not the wheel).
        ValueError: a row is malformed; the message names clause and key.

    """
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    found: dict[str, Clause] = {}
    for name, row in rows.items():
        try:
            found[name] = Clause.model_validate(row)
        except ValidationError as error:
            keys = "、".join(".".join(str(part) for part in item["loc"]) for item in error.errors())
            raise ValueError(f"{path.name}：条款 {name} 的 {keys} 写法不对。") from error
    return found


def document_of(clause: str) -> str:
    """Return the document a clause id belongs to: what stands before its first hyphen."""
    return clause.partition("-")[0]


def clauses(
    status: Annotated[
        Status | None, typer.Option(help="只看一种状态", case_sensitive=False)
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """条款落实对照：每一条由软件怎样落实，或者为什么不在软件里；附每份文件的计数。"""
    try:
        known = read()
    except FileNotFoundError:
        fail("没有找到 docs/clauses.toml：请在仓库目录里运行本命令。")
    except ValueError as error:
        fail(str(error))
    shown = {name: row for name, row in known.items() if status in (None, row.status)}
    if json_:
        as_json(
            {
                "counts": counts(known),
                "clauses": {name: row.model_dump(mode="json") for name, row in shown.items()},
            }
        )
        return
    for name, row in shown.items():
        shown_by = _shown_by(row)
        note = f"（{shown_by}）" if shown_by else ""
        out.print(f"{name}  {row.status.label}  {row.how}{note}", markup=False)
    out.print()
    by_document = counts(known)
    table(
        ["文件", *(one.label for one in Status), "合计"],
        [
            [
                DOCUMENTS.get(document, document),
                *(str(numbers[one.value]) for one in Status),
                str(sum(numbers.values())),
            ]
            for document, numbers in by_document.items()
        ],
    )
    out.print(f"共 {len(known)} 条，本次列出 {len(shown)} 条")


def counts(known: dict[str, Clause]) -> dict[str, dict[str, int]]:
    """Count the rows of each document by status."""
    found: dict[str, Counter[Status]] = {}
    for name, row in known.items():
        found.setdefault(document_of(name), Counter())[row.status] += 1
    return {
        document: {one.value: numbers[one] for one in Status}
        for document, numbers in found.items()
    }  # fmt: skip


def _shown_by(row: Clause) -> str:
    if row.tests:
        return f"{len(row.tests)} 个测试"
    return "、".join(row.parameters)
