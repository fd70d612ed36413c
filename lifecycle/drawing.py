"""Draw what the code declares: state tables and diagrams, duties and verbs, as Markdown."""

from __future__ import annotations

from lifecycle.charts import CaseChart, TrackChart
from lifecycle.duties import ALL as DUTIES
from lifecycle.verbs import ALL as VERBS
from models.events import LABELS
from models.words import Role

NOTE = "<!-- 由 make docs 从代码生成，请勿手改。 -->\n"


def documents() -> dict[str, str]:
    """Return every generated document by its path below docs/."""
    return {
        "generated/case-chart.md": _chart("个案主线", CaseChart),
        "generated/track-chart.md": _chart("对一名监护人的四步", TrackChart),
        "generated/duties.md": _duties(),
        "generated/verbs.md": _verbs(),
    }


def case_diagram() -> str:
    """Return the main line as a Mermaid block."""
    return f"```mermaid\n{format(CaseChart, 'mermaid').rstrip()}\n```"


def _chart(title: str, chart: type[CaseChart] | type[TrackChart]) -> str:
    table = format(chart, "md").rstrip()
    diagram = format(chart, "mermaid").rstrip()
    return f"{NOTE}# {title}\n\n```mermaid\n{diagram}\n```\n\n{table}\n"


def _duties() -> str:
    rows = [
        "| 期限 | 规则 | 起算 | 责任 | 完成于 |",
        "|---|---|---|---|---|",
    ]
    for duty in DUTIES:
        opens = "、".join(LABELS[kind] for kind in duty.opens_on)
        met = "、".join(LABELS[kind] for kind in duty.met_by) or "期满"
        who = duty.owner.label if duty.owner else "（监护人或法院的时间）"
        rows.append(f"| {duty.label} | `{duty.parameter}` | {opens} | {who} | {met} |")
    return f"{NOTE}# 期限一览\n\n" + "\n".join(rows) + "\n"


def _verbs() -> str:
    rows = ["| 动作 | kind | 由谁办理 |", "|---|---|---|"]
    for verb in VERBS:
        who = "、".join(role.label for role in Role if role in verb.roles)
        rows.append(f"| {verb.label} | `{verb.kind}` | {who} |")
    return f"{NOTE}# 办理动作一览\n\n" + "\n".join(rows) + "\n"
