"""The census on the command line: from files to a closed task, and errors that say what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime.settings import DatabaseUrls
from samples.places import SCHOOLS
from storage.engine import create_engine
from tests.terminal.conftest import call
from tests.terminal.test_commands import fetch, is_plain_error

LIST = "姓名,身份证号,学校,班级,自编号\n{},{},{},三年级1班,7\n王某,9.9E+17,{},三年级1班,8\n"


@pytest.fixture
async def env(database: DatabaseUrls, tmp_path: Path) -> dict[str, str]:
    """Give a seeded county of its own."""
    env = {
        "GUIXUE_HOME": str(tmp_path), "GUIXUE_DATABASE_URL": database.app,
        "GUIXUE_MIGRATION_URL": database.owner,
    }  # fmt: skip
    said = await call(env, "seed", "--day", "2026-11-20")
    assert said.code == 0, said.err
    assert "四查三比对：有户籍无学籍 6" in said.out
    return env


async def test_from_a_file_to_a_closed_task(
    env: dict[str, str], database: DatabaseUrls, tmp_path: Path
) -> None:
    """Shown, imported, compared, answered, exported: each command says what it did."""
    engine = create_engine(database.app)
    ((name, id_no),) = await fetch(
        engine, "select name, id_no from child where id_no is not null order by ref limit 1", ""
    )
    file = tmp_path / "在校.csv"
    file.write_text(LIST.format(name, id_no, SCHOOLS[0].name, SCHOOLS[0].name), "utf-8")
    school = ("--source", SCHOOLS[0].code, "--term", "2026-2", "--signed-by", "王敏")
    shown = await call(env, "import", "present", str(file), "--dry-run", *school)
    taken = await call(env, "import", "在校", str(file), *school)
    again = await call(env, "import", "present", str(file), *school)
    assert "自编号 → （原样保留）" in shown.out
    assert "没有写入" in shown.out
    assert "通过 1 行，退回 1 行" in taken.out
    assert "未作任何改动" in again.out
    assert (tmp_path / "在校-错误行.xlsx").is_file()

    county = await call(env, "census", "show", "--term", "2026-1", "--json")
    assert json.loads(county.out)["counts"]["differences"]["not_present"] == 7
    tasks = await call(
        env, "census", "tasks", "--term", "2026-1", "--difference", "not_present", "--status",
        "open", "--json",
    )  # fmt: skip
    task = json.loads(tasks.out)[0]
    token = await call(
        env, "user", "token", "--role", "principal", "--office", task["owner_office"], "--id", "p"
    )
    close = (
        "census", "close-task", str(task["id"]), "--finding", "out_of_school", "--cause", "weary",
        "--whereabouts", "at_home", "--token", token.out.strip(),
    )  # fmt: skip
    assert is_plain_error(await call(env, *close, "--signed-by", " "), "签字人")
    done = await call(env, *close, "--signed-by", "王敏")
    assert "已核销" in done.out, done.err
    summary = await call(env, "census", "summary", "--term", "2026-1", "--level", "township")
    assert "差异②有籍不在校 = 国网学籍数" in summary.out
    book = tmp_path / "比对.xlsx"
    await call(env, "census", "summary", "--term", "2026-1", "--xlsx", str(book))
    assert book.stat().st_size > 10_000
    asked = await call(env, "matches", "list", "--json")
    review = json.loads(asked.out)[0]["id"]
    answered = await call(
        env, "matches", "answer", review, "same", "--note", "户口本", "--token",
        (await call(env, "user", "token", "--role", "edu_case", "--office", "990101", "--id",
                    "e")).out.strip(),
    )  # fmt: skip
    assert answered.code == 0, answered.err
    assert len(json.loads((await call(env, "matches", "list", "--json")).out)) == 2
    await engine.dispose()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "没有这种", "x.csv"), "找不到文件"),
        (("census", "show", "--term", "2031-1"), "census start"),
        (("census", "summary", "--level", "省"), "可用"),
        (("census", "close-task", "7", "--finding", "here", "--cause", "x", "--whereabouts",
          "at_home", "--signed-by", "x", "--token", "x"), "令牌"),
    ],
    ids=lambda words: words if isinstance(words, str) else "-".join(words[:2]),
)  # fmt: skip
async def test_a_slip_is_answered_with_what_to_do(
    env: dict[str, str], words: tuple[str, ...], said: str
) -> None:
    """No stack of frames, non-zero, a Chinese sentence."""
    assert is_plain_error(await call(env, *words), said)
