"""The same reports through HTTP and at the terminal."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pypdf
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.ext.asyncio import AsyncEngine

from access import tokens
from console.app import create_app
from console.wiring import Services
from lifecycle.days import legal_date
from models.base import digest
from models.words import Role
from runtime.settings import DatabaseUrls, Settings, secret
from tests.reports.planted import OTHER_TOWN, person
from tests.storage import book
from tests.terminal.conftest import Said, _log_as_before, call  # noqa: F401 - a fixture
from tests.walk import COUNTY, SCHOOL, TOWNSHIP

AT = datetime(2025, 9, 19, 2, 0, tzinfo=UTC)
FILL = {"preparer": "周敏", "phone": "0000-2"}
KEY = b"k" * 32


@pytest.fixture
async def http(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    services = Services(
        engine=engine, gateway=cast(Any, None), token_key=KEY, clock=lambda: AT, uploads=tmp_path
    )
    transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://r") as client:
        yield client


def as_(role: Role, office: str, name: str = "a") -> dict[str, str]:
    token = tokens.issue(KEY, person(role, office, name), datetime.now(UTC))
    return {"Authorization": f"Bearer {token}"}


CLERK, HEAD = as_(Role.CENTER_SCHOOL, TOWNSHIP, "clerk"), as_(Role.CENTER_SCHOOL, TOWNSHIP, "head")
EDU = as_(Role.EDU_CASE, COUNTY)
BASE = "/api/reports"


async def test_a_monthly_report_over_http(http: httpx.AsyncClient, engine: AsyncEngine) -> None:
    """Drafted, submitted, refused to the same hand, signed by another, taken as file, seen above."""
    month = f"{BASE}/monthly/2025-09"
    drafted = await http.post(f"{month}/draft", json=FILL, headers=CLERK)
    assert (drafted.status_code, drafted.json()["children"]) == (200, 2)
    preview = await http.get(f"{BASE}/monthly/{TOWNSHIP}/2025-09.pdf", headers=CLERK)
    assert preview.content.startswith(b"%PDF")
    await http.post(f"{month}/submit", headers=CLERK)
    same = await http.post(f"{month}/sign", headers=CLERK)
    assert (same.status_code, same.json()["code"]) == (422, "refused")
    signed = (await http.post(f"{month}/sign", headers=HEAD)).json()
    assert (signed["status"], signed["signed_by"]) == ("signed", "head")
    pdf = await http.get(f"{BASE}/monthly/{TOWNSHIP}/2025-09.pdf", headers=EDU)
    assert "张小禾" in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    seen = (await http.get(f"{BASE}/monthly", headers=EDU)).json()["reports"]
    assert [each["version"] for each in seen] == [1]
    beside = await http.get(
        f"{BASE}/monthly/{TOWNSHIP}/2025-09.pdf", headers=as_(Role.CENTER_SCHOOL, OTHER_TOWN)
    )
    assert beside.status_code == 404
    log = await book.rows(engine, "select what from report_export order by id")
    assert [row.what for row in log] == [f"monthly/{TOWNSHIP}/2025-09/1.pdf"] * 2


async def test_books_indicators_and_charts_over_http(http: httpx.AsyncClient) -> None:
    """JSON, XLSX, PDF and SVG; without a token nothing; outside the scope a sentence."""
    said = (await http.get(f"{BASE}/books/dropout.json", headers=EDU)).json()
    assert len(said["rows"]) == 3  # on 19 September the relapse has not happened
    xlsx = await http.get(f"{BASE}/books/dropout.xlsx", headers=EDU)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.content)).get_sheet_by_index(0)
    assert sheet.to_python()[0][0] == "示例县教育体育局辍学台账（基本情况）"
    found = (await http.get(f"{BASE}/indicators.json", headers=EDU)).json()["indicators"]
    zero = next(each for each in found if each["id"] == "not_back")
    assert (zero["numerator"], zero["printed"]) == (3, "3人")
    pdf = await http.get(f"{BASE}/indicators.pdf", headers=EDU)
    assert pdf.content.startswith(b"%PDF")
    chart = await http.get(f"{BASE}/charts/funnel.svg", headers=EDU)
    assert chart.headers["content-type"].startswith("image/svg+xml")
    assert (await http.get(f"{BASE}/charts/funnel.svg")).status_code == 401
    outside = await http.get(f"{BASE}/books/ledger.pdf?office={OTHER_TOWN}", headers=CLERK)
    assert (outside.status_code, outside.json()["detail"]) == (
        422, "没有这个单位，或不在您的范围。",
    )  # fmt: skip
    upside = await http.get(f"{BASE}/indicators.json?first=2026-01-01&last=2025-01-01", headers=EDU)
    assert upside.status_code == 422


async def log(engine: AsyncEngine) -> list[tuple[str, int, str]]:
    rows = await book.rows(engine, "select * from report_export order by id")
    return [(row.what, row.named_rows, row.purpose) for row in rows]


async def test_names_on_a_screen_are_logged_like_a_file(
    http: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    """A book, a monthly report and the cases behind a figure: who, what for, and the hash of it."""
    await http.post(f"{BASE}/monthly/2025-09/draft", json=FILL, headers=CLERK)
    paths = ("books/dropout.json", f"monthly/{TOWNSHIP}/2025-09.json", "indicators/not_back/cases")
    for path in paths:
        said = await http.get(f"{BASE}/{path}?purpose=核对", headers=EDU)
        assert said.status_code == 200
    assert await log(engine) == [
        ("dropout.json", 3, "核对"), (f"monthly/{TOWNSHIP}/2025-09/1.json", 2, "核对"),
        ("indicators/not_back/cases.json", 3, "核对"),
    ]  # fmt: skip
    rows = await book.rows(engine, "select * from report_export order by id")
    assert rows[-1].sha256 == digest(said.content)
    assert (rows[-1].exported_by, rows[-1].role, rows[-1].office) == ("a", "edu_case", COUNTY)


async def test_many_names_on_a_screen_need_a_purpose_too(
    http: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty children without a purpose: refused, nothing given, nothing logged. So with cases."""
    refused = await http.get(f"{BASE}/books/school_age.json", headers=EDU)
    assert (refused.status_code, "用途" in refused.json()["detail"]) == (422, True)
    monkeypatch.setattr("reports.taking.MANY", 2)
    for path in ("indicators/not_back/cases", "indicators.xlsx", "books/dropout.json"):
        assert (await http.get(f"{BASE}/{path}", headers=EDU)).status_code == 422
    await http.post(f"{BASE}/monthly/2025-09/draft", json=FILL, headers=CLERK)
    monkeypatch.setattr("reports.taking.MANY", 1)
    monthly = await http.get(f"{BASE}/monthly/{TOWNSHIP}/2025-09.json", headers=CLERK)
    assert monthly.status_code == 422
    assert await log(engine) == []


async def test_the_cases_behind_a_figure_are_those_of_the_readers_office(
    http: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    """The township is given its own; another's is refused; an unknown figure is not found."""
    path = f"{BASE}/indicators/not_back/cases"
    county = (await http.get(path, headers=EDU)).json()
    own = (await http.get(path, headers=CLERK)).json()
    rows = await book.rows(engine, "select case_no, school from case_file")
    school = {row.case_no: row.school for row in rows}
    assert set(own["numerator_list"]) < set(county["numerator_list"])
    assert {school[number] for number in own["numerator_list"]} == {SCHOOL}
    assert own["numerator_of"] == "案号"
    beside = await http.get(f"{path}?office={OTHER_TOWN}", headers=CLERK)
    assert beside.status_code == 422
    assert (await http.get(f"{BASE}/indicators/none/cases", headers=EDU)).status_code == 404
    village = await http.get(path, headers=as_(Role.VILLAGE, TOWNSHIP))
    assert village.status_code == 422


async def test_figures_without_their_cases_are_no_list_of_names(
    http: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    """The overview holds no case number and leaves no line in the log."""
    said = await http.get(f"{BASE}/indicators.json", headers=EDU)
    assert "990101-2025" not in said.text
    assert await log(engine) == []


async def test_the_terminal_does_the_same(
    engine: AsyncEngine, database: DatabaseUrls, tmp_path: Path
) -> None:
    """``guixue report …`` drafts, signs, corrects, lists and saves what opens again."""
    home = tmp_path / "home"
    env = {
        "GUIXUE_HOME": str(home), "GUIXUE_DATABASE_URL": database.app,
        "GUIXUE_MIGRATION_URL": database.owner,
    }  # fmt: skip
    key = secret(Settings(home=home, environment="test").home, "token-key")

    def token(name: str) -> str:
        return tokens.issue(key, person(Role.CENTER_SCHOOL, TOWNSHIP, name), datetime.now(UTC))

    async def report(*words: str) -> Said:
        said = await call(env, "report", *words)
        assert said.fault is None, said.fault
        return said

    fill = ("--preparer", "周敏", "--phone", "0000-2")
    month = f"{legal_date(datetime.now(UTC)):%Y-%m}"
    said = await report("monthly", "draft", month, *fill, "--token", token("one"))
    assert "3人，已拟" in said.out, said.err
    assert (await report("monthly", "submit", month, "--token", token("one"))).code == 0
    again = await report("monthly", "sign", month, "--token", token("one"))
    assert (again.code, "提交人本人" in again.err) == (3, True)
    assert "已签字报送" in (await report("monthly", "sign", month, "--token", token("two"))).out
    same = await report(
        "monthly", "correct", month, "--reason", "核对", "--preparer", "吴欣", "--phone", "0000-2",
        "--token", token("one"),
    )  # fmt: skip
    assert "填表人由“周敏”改为“吴欣”" in same.out
    assert "更正" in (await report("monthly", "list")).out
    for name, words in {
        "m.pdf": ("monthly", "save", month, "--office", TOWNSHIP),
        "b.xlsx": ("book", "ledger", "--office", COUNTY),
        "i.pdf": ("indicators", "--office", COUNTY),
        "t.svg": ("chart", "trend", "--office", COUNTY),
    }.items():
        said = await report(*words, "--out", str(tmp_path / name))
        assert said.code == 0, said.err
        assert (tmp_path / name).stat().st_size > 500
    shown = await report("indicators", "--office", COUNTY)
    assert "动态清零" in shown.out
    listed = await report("indicators", "--office", COUNTY, "--json", "--purpose", "核对")
    zero = next(each for each in json.loads(listed.out) if each["id"] == "not_back")
    assert len(zero["numerator_list"]) == zero["numerator"] == 4
    assert (await log(engine))[-1] == ("indicators.json", 4, "核对")
    wrong = await report("book", "ledger", "--office", COUNTY, "--out", "x.doc")
    assert wrong.code == 1
