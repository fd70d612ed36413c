"""``guixue rules`` and ``guixue docs``: the rules in force, and the pictures drawn from the code."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lifecycle.days import legal_date
from lifecycle.drawing import case_diagram, documents
from models.words import Weight
from policy.loader import PolicyError, profiles, snapshot
from policy.spoken import said
from terminal.hands import as_json, fail, now, out, table


def rules(
    profile: Annotated[str, typer.Option(help="辖区规则名")] = "default",
    as_of: Annotated[str | None, typer.Option(help="哪一天的规则，默认今天")] = None,
    json_: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """某一天生效的规则：值、单位、来源；没有来源的标明“系统默认，非法定”。"""
    try:
        day = date.fromisoformat(as_of) if as_of else legal_date(now())
    except ValueError:
        fail("日期应写成 2026-11-22 的形式。")
    try:
        found = snapshot(profile, day)
    except PolicyError as error:
        fail(str(error))
    parameters = sorted(found.parameters.values(), key=lambda p: (p.weight.value, p.name))
    if json_:
        written = found.model_dump(mode="json")
        for p in parameters:
            written["parameters"][p.name]["said"] = said(p)
        as_json(written)
        return
    table(
        ["规则", "值", "来源", "说明"],
        [[p.label, said(p), p.source_text, p.note] for p in parameters],
    )
    defaults = sum(p.weight is Weight.HOUSE_DEFAULT for p in parameters)
    out.print(f"{profiles()[profile]}，{day}：共 {len(parameters)} 项，其中系统默认 {defaults} 项")
    out.print(f"快照 {found.sha256[:16]}")


def docs(
    root: Annotated[Path, typer.Argument(help="仓库目录")] = Path(),
) -> None:
    """由代码重新生成状态表和状态图。"""
    for path, content in drawn(root).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        out.print(str(path), markup=False)


def drawn(root: Path) -> dict[Path, str]:
    """Return every generated file, and both READMEs with the chart between its marks."""
    made = {root / "docs" / name: content for name, content in documents().items()}
    for name in ("README.md", "README.zh-CN.md"):
        path = root / name
        before, _, rest = path.read_text(encoding="utf-8").partition(_OPEN)
        _, _, after = rest.partition(_CLOSE)
        made[path] = f"{before}{_OPEN}\n{case_diagram()}\n{_CLOSE}{after}"
    return made


_OPEN = "<!-- generated:case-chart -->"
_CLOSE = "<!-- /generated:case-chart -->"
