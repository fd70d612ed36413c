"""``guixue story``: months of one child's case in a minute, on a clock that skips."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from runtime.logging import configure
from samples.story import play
from terminal.hands import out
from terminal.playhouse import playhouse


def story(
    folder: Annotated[Path, typer.Option(help="文书存到这个目录")] = Path("out/story"),
) -> None:
    """演示：一个孩子从第三天缺勤到四步法、安置、监测、销号；数月时间几十秒走完。"""
    configure("error")
    began = time.monotonic()

    async def work() -> None:
        async with playhouse(lambda line: out.print(line, markup=False), folder) as house:
            await play(house)
            months = (house.now - house.started_at).days / 30.4
            out.print(
                f"模拟 {months:.1f} 个月，实际 {time.monotonic() - began:.0f} 秒；"
                f"办理 {house.acts} 次，账本 {house.shown} 条，文书在 {folder}"
            )

    asyncio.run(work())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # the SDK's threads may abort the interpreter after a test server; all is done
