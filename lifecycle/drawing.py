"""Draw what the code declares: state tables and diagrams, duties and verbs, as Markdown."""

from __future__ import annotations

from lifecycle.charts import CaseChart, TrackChart
from lifecycle.correctable import FACTS
from lifecycle.duties import ALL as DUTIES
from lifecycle.duties import BY_ID as DUTY
from lifecycle.party import ROWS as PARTY
from lifecycle.periodic import ALL as PERIODIC
from lifecycle.placement import fit_for
from lifecycle.verbs import ALL as VERBS
from models.events import LABELS
from models.words import Cause, PlacementWay, Role

NOTE = "<!-- 由 make docs 从代码生成，请勿手改。 -->\n"


def documents() -> dict[str, str]:
    """Return every generated document by its path below docs/."""
    return {
        "generated/case-chart.md": _chart("个案主线", CaseChart),
        "generated/track-chart.md": _chart("对一名监护人的四步", TrackChart),
        "generated/duties.md": _duties(),
        "generated/verbs.md": _verbs(),
        "generated/periodic.md": _periodic(),
        "generated/party.md": _party(),
        "generated/placement.md": _placement(),
        "generated/corrections.md": _corrections(),
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
    return _page("期限一览", rows)


def _verbs() -> str:
    rows = ["| 动作 | kind | 由谁办理 | 须先由谁提请 |", "|---|---|---|---|"]
    for verb in VERBS:
        first = _named(verb.proposers) if verb.proposers else "—"
        rows.append(f"| {verb.label} | `{verb.kind}` | {_named(verb.roles)} | {first} |")
    return _page("办理动作一览", rows)


def _named(roles: frozenset[Role]) -> str:
    return "、".join(role.label for role in Role if role in roles)


def _page(title: str, rows: list[str]) -> str:
    return f"{NOTE}# {title}\n\n" + "\n".join(rows) + "\n"


def _periodic() -> str:
    rows = ["| 例行任务 | 代码 | 责任 | 按 | 如何算完成 |", "|---|---|---|---|---|"]
    for duty in PERIODIC:
        how = "责任人登记并写明凭据" if duty.is_recorded_by_hand else "系统按填报事实核对"
        rows.append(
            f"| {duty.label} | `{duty.id}` | {duty.role.label} | {duty.per.label} | {how} |"
        )
    return _page("例行任务一览", rows)


def _party() -> str:
    rows = ["自上而下，第一个符合的为准。", "", "| 情形 | 劝返主体 | 依据 |", "|---|---|---|"]
    for row in PARTY:
        basis = row.clause or "系统默认，非法定"
        rows.append(f"| {row.says} | {row.party.label} | {basis} |")
    return _page("劝返主体规则", rows)


def _placement() -> str:
    rows = ["| 原因 | 文件列明的安置方式（选其他须写明理由） | 须附 | 依据 |", "|---|---|---|---|"]
    for cause in Cause:
        fit = fit_for(cause)
        ways = "、".join(way.label for way in PlacementWay if way in fit.ways)
        rows.append(f"| {cause.label} | {ways} | {fit.attachment or '—'} | {fit.clause} |")
    return _page("按原因的安置方式", rows)


def _corrections() -> str:
    rows = ["| 可更正的内容 | 代码 | 更正后重算的期限 | 须重新核看的文书 |", "|---|---|---|---|"]
    for fact in FACTS:
        moved = "、".join(DUTY[duty].label for duty in fact.duties) or "—"
        rows.append(f"| {fact.label} | `{fact.id}` | {moved} | {'、'.join(fact.papers) or '—'} |")
    return _page("可更正的内容", rows)
