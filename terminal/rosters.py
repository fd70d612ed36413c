"""``guixue import KIND FILE`` for rosters: columns shown, rows judged, what changed said."""

from __future__ import annotations

import re
from pathlib import Path

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from intake.roster_store import Place
from intake.rosters import Order, RosterReport, import_roster, preview
from models.rosters import RosterKind, term_of
from runtime.settings import Settings
from terminal.hands import database, err, fail, now, out, run

KINDS = "、".join(f"{kind.value}（{kind.label}）" for kind in RosterKind)


def kind_of(word: str) -> RosterKind:
    """Find a kind by its code or its Chinese name, or stop with the list of them."""
    for kind in RosterKind:
        if word in (kind.value, kind.label):
            return kind
    fail(f"不认识名册种类“{word}”。可用：attendance（考勤）、{KINDS}。")


def chosen_of(pairs: list[str]) -> dict[str, str]:
    """Read ``列名=field`` pairs."""
    chosen = {}
    for pair in pairs:
        header, is_pair, field = pair.rpartition("=")
        if not is_pair or not header:
            fail(f"“{pair}”看不懂，应写成 列名=项目，例如 登记姓名=name；不导入某列写成 列名=")
        chosen[header] = field
    return chosen


def import_one(
    word: str, file: Path, county: str, *, source: str, term: str, by: str, signed_by: str,
    pairs: list[str], is_dry: bool, may_restore: bool, may_remove: int,
) -> None:  # fmt: skip
    """Import one roster file, or only show how it would be read."""
    if len(source) > 24 or (term and not re.fullmatch(r"\d{4}-[12]", term)):
        fail("来源单位代码不超过 24 个字符，学期写成 2026-1（第一学期）或 2026-2（第二学期）。")
    place = Place(county, kind_of(word), term or term_of(now().date()), source or county)
    order = Order(place, by, signed_by, chosen_of(pairs), may_restore, may_remove)
    settings = Settings()

    async def look() -> None:
        async with database(settings) as engine, engine.connect() as connection:
            for sentence in (await preview(connection, file, order)).sentences():
                out.print(sentence, markup=False)

    if is_dry:
        run(look)
        return
    if not signed_by:
        err.print("没有写明摸底签字人（--signed-by），谁摸底谁签字谁负责。", style="yellow")

    async def work() -> RosterReport:
        bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
            console=err, transient=True,
        )  # fmt: skip
        task = bar.add_task("读取", total=4)

        def step(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        with bar:
            async with database(settings) as engine, engine.begin() as connection:
                return await import_roster(connection, file, order, progress=step)

    for sentence in run(work).sentences():
        out.print(sentence, markup=False)
