"""The open pages in a real Chromium, as a person sees them."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright

from console.app import create_app
from console.wiring import Services
from terminal.playhouse import Playhouse, playhouse
from tests.stories.test_stories import begin

pytestmark = pytest.mark.browser
SHOTS = Path("out/browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        )  # fmt: skip
        yield opened
        await opened.close()


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, Playhouse]]:
    """The real application on a real case, served on a free port."""
    async with playhouse(lambda _line: None, tmp_path, database_url) as house:
        await begin(house)
        services = Services(
            engine=house.engine, gateway=house.gateway, token_key=b"k" * 32,
            clock=lambda: datetime.now(UTC), uploads=tmp_path,
        )  # fmt: skip
        config = uvicorn.Config(create_app(services), port=0, log_config=None, access_log=False)
        server = uvicorn.Server(config)
        listening = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", house
        server.should_exit = True
        await serving


async def opened(browser: Browser, address: str, shot: str) -> tuple[Page, list[str]]:
    """Open a page and keep a picture; return every complaint and foreign request."""
    page = await browser.new_page(viewport={"width": 1200, "height": 900})
    complaints: list[str] = []
    origin = "/".join(address.split("/")[:3])
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(origin) else complaints.append(sent.url),
    )
    answer = await page.goto(address)
    assert answer is not None
    assert answer.status == 200
    await asyncio.to_thread(SHOTS.mkdir, parents=True, exist_ok=True)
    await page.screenshot(path=SHOTS / f"{shot}.png", full_page=True)
    return page, [text for text in complaints if "favicon" not in text]


async def test_first_page_counts_cases_and_names_nobody(
    browser: Browser, site: tuple[str, Playhouse]
) -> None:
    """The first page says how many cases stand where; no child's name is on it."""
    address, house = site
    page, complaints = await opened(browser, f"{address}/", "index")
    text = await page.inner_text("main")
    assert "未结个案 1 件" in text
    assert "疑似辍学待报告" in text
    assert not any(child.name in text for child in house.county.children)
    assert complaints == []


async def test_interface_page_lists_every_route_and_action_without_foreign_scripts(
    browser: Browser, site: tuple[str, Playhouse]
) -> None:
    """The interface is explained on one page that loads nothing from elsewhere."""
    address, _ = site
    page, complaints = await opened(browser, f"{address}/docs", "docs")
    text = await page.inner_text("main")
    assert "/api/cases/{case_no}/commands" in text
    assert "order_correction" in text
    assert "责令限期改正" in text
    assert complaints == []


async def test_a_person_can_go_from_the_first_page_to_the_interface_and_back(
    browser: Browser, site: tuple[str, Playhouse]
) -> None:
    """The links work with mouse and keyboard."""
    address, _ = site
    page, _ = await opened(browser, f"{address}/", "walk")
    await page.get_by_role("link", name="接口文档").click()
    await page.wait_for_url("**/docs")
    await page.get_by_role("link", name="归学").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{address}/")
