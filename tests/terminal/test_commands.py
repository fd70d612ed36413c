"""The command line: answers for people and programs, and errors that say what to do."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from models.words import Role
from runtime.settings import DatabaseUrls
from storage.engine import create_engine
from tests.console.town import Case
from tests.terminal.conftest import Guixue, Said, call

CHINESE = range(0x4E00, 0x9FFF)


def is_plain_error(said: Said, *words: str) -> bool:
    """Non-zero, Chinese on stderr, no stack of frames, nothing on stdout."""
    assert said.fault is None, repr(said.fault)
    assert said.code != 0
    assert said.out == ""
    assert any(ord(letter) in CHINESE for letter in said.err)
    return all(word in said.err for word in words)


@pytest.mark.parametrize(
    "words",
    [
        ("cases", "list"), ("stalled",), ("doctor",), ("audit", "verify"), ("rebuild",),
        ("prove",), ("migrate",), ("seed",), ("schedules",),
    ],
    ids=lambda words: "-".join(words),
)  # fmt: skip
async def test_with_nothing_running_the_first_step_is_named(
    lonely: Guixue, words: tuple[str, ...]
) -> None:
    """No database, no Temporal: one sentence that says to run ``make up``."""
    assert is_plain_error(await lonely(*words), "make up")


async def test_a_database_name_nobody_knows_is_said_so(lonely: Guixue) -> None:
    """A misspelt host is no stack of frames either."""
    url = "postgresql://guixue@no-such-host.invalid/guixue"
    assert is_plain_error(await lonely("cases", "list", GUIXUE_DATABASE_URL=url), "连不上")


async def test_lists_and_details_are_json_on_request(guixue: Guixue, case: Case) -> None:
    """--json gives one document on stdout and nothing else."""
    for words in (
        ("cases", "list", "--limit", "1000"), ("cases", "show", case.no),
        ("cases", "events", case.no), ("papers", "list", case.no), ("stalled",),
        ("audit", "verify", case.no), ("rules",),
    ):  # fmt: skip
        said = await guixue(*words, "--json")
        assert (said.code, said.err) == (0, ""), words
        assert json.loads(said.out) is not None
    listed = json.loads((await guixue("cases", "list", "--limit", "1000", "--json")).out)
    assert case.no in {line["case_no"] for line in listed}


async def test_people_read_numbers_stages_and_reasons(guixue: Guixue, case: Case) -> None:
    """The plain output names child, stage and owner, and why each deadline is when it is."""
    said = await guixue("cases", "show", case.no)
    assert said.code == 0
    for word in (case.no, case.child.name, "疑似辍学待报告", "班主任", "到期日"):
        assert word in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("cases", "show", "990101-1999-00001"), ("cases", "events", "990101-1999-00001"),
        ("papers", "list", "990101-1999-00001"), ("audit", "verify", "990101-1999-00001"),
        ("audit", "replay", "990101-1999-00001"),
    ],
    ids=lambda words: "-".join(words[:2]),
)  # fmt: skip
async def test_an_unknown_case_is_said_so(guixue: Guixue, words: tuple[str, ...]) -> None:
    """The number is repeated, so that a slip of the finger shows."""
    assert is_plain_error(await guixue(*words), "990101-1999-00001")


async def test_acting_needs_a_token_that_holds(guixue: Guixue, quiet_case: Case) -> None:
    """Without one, or with a false one, nothing is done and the way to one is named."""
    act = ("act", quiet_case.no, "report_to_school")
    assert is_plain_error(await guixue(*act), "guixue user token")
    assert is_plain_error(await guixue(*act, "--token", "x.y.z"), "重新签发")
    assert is_plain_error(await guixue("cases", "actions", quiet_case.no), "令牌")


async def test_a_token_is_issued_for_a_known_role_only(guixue: Guixue, quiet_case: Case) -> None:
    """An unknown role is answered with the list, and the system's own is never issued."""
    issue = ("user", "token", "--office", "990101", "--id", "王敏", "--role")
    assert is_plain_error(await guixue(*issue, "emperor"), "edu_case（县教体局经办）")
    assert is_plain_error(await guixue(*issue, "system"), "不能签发")
    token = (await guixue(*issue, "edu_case")).out.strip()
    said = await guixue("cases", "list", "--json", GUIXUE_TOKEN=token)
    assert said.code == 0
    away = await guixue("user", "token", "--office", "990202", "--id", "甲", "--role", "edu_case")
    said = await guixue("cases", "show", quiet_case.no, GUIXUE_TOKEN=away.out.strip())
    assert is_plain_error(said, "范围")


async def test_an_act_is_done_once_and_a_refusal_lists_its_reasons(
    guixue: Guixue, case: Case, tmp_path: Path
) -> None:
    """Exit 3 with every reason; exit 0 with a receipt; the same request id again changes nothing."""
    token = case.as_(Role.CLASS_TEACHER)["Authorization"].removeprefix("Bearer ")
    said = await guixue("act", case.no, "report_to_school", GUIXUE_TOKEN=token)
    assert is_plain_error(said, "还没有联系监护人的记录", "DC-2.3.3g")
    assert said.code == 3
    data = tmp_path / "内容.json"
    data.write_text('{"method": "电话", "was_reached": true}', encoding="utf-8")
    words = ("act", case.no, "contact_guardian", "--data", str(data), "--request-id", "once-00001")
    first = await guixue(*words, "--json", GUIXUE_TOKEN=token)
    again = await guixue(*words, "--json", GUIXUE_TOKEN=token)
    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert json.loads(first.out) == json.loads(again.out)
    said = await guixue(
        "act", case.no, "contact_guardian", "--data", "-", GUIXUE_TOKEN=token,
        stdin='{"method": "微信", "was_reached": false}',
    )  # fmt: skip
    assert (said.code, "已办理并入账" in said.out) == (0, True)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"{", "JSON"), (b"[]", "JSON 对象"), (b"\xb2\xe2", "UTF-8"), (b"[" * 100_000, "JSON"),
        (b'{"method": "\\u0000"}', "空字符"), (b'{"was_reached": "x"}', "method"), (None, "读不出"),
    ],
    ids=lambda value: repr(value)[:14],
)  # fmt: skip
async def test_a_bad_file_of_facts_is_refused(
    guixue: Guixue, quiet_case: Case, tmp_path: Path, content: bytes | None, word: str
) -> None:
    """No JSON, no object, another encoding, a missing field, no file."""
    data = tmp_path / "内容.json"
    if content is not None:
        data.write_bytes(content)
    token = quiet_case.as_(Role.CLASS_TEACHER)["Authorization"].removeprefix("Bearer ")
    said = await guixue(
        "act", quiet_case.no, "contact_guardian", "--data", str(data), GUIXUE_TOKEN=token
    )
    assert is_plain_error(said, word)


async def test_an_unknown_act_is_said_so(guixue: Guixue, quiet_case: Case) -> None:
    """A misspelt kind is answered with where to look."""
    token = quiet_case.as_(Role.CLASS_TEACHER)["Authorization"].removeprefix("Bearer ")
    said = await guixue("act", quiet_case.no, "dance", GUIXUE_TOKEN=token)
    assert is_plain_error(said, "dance", "guixue cases actions")


async def test_rules_tell_what_is_law_and_what_is_ours(lonely: Guixue) -> None:
    """A house default is never shown without saying that it is none of the law's."""
    said = await lonely("rules")
    assert said.code == 0
    told = {line.split()[0]: line for line in said.out.splitlines() if line}
    assert "系统默认，非法定" in told["责令改正期限"]
    assert "行政处罚法 67" in told["罚款缴纳期限"]
    assert "系统默认，非法定" not in told["罚款缴纳期限"]
    rules = json.loads((await lonely("rules", "--json")).out)["parameters"].values()
    defaults = sum(rule["weight"] == "house_default" for rule in rules)
    assert f"系统默认 {defaults} 项" in said.out
    assert is_plain_error(await lonely("rules", "--as-of", "昨天"), "2026-11-22")
    assert is_plain_error(await lonely("rules", "--profile", "nowhere"), "default")


async def test_a_file_that_cannot_be_imported_is_refused(guixue: Guixue, tmp_path: Path) -> None:
    """No file, another kind of file, a file of nothing: a sentence each, and no stack."""
    assert is_plain_error(await guixue("import", "attendance", str(tmp_path / "no.csv")), "找不到")
    bad = tmp_path / "考勤.csv"
    bad.write_bytes(b"\x00\x01")
    assert is_plain_error(await guixue("import", "attendance", str(bad)))
    assert is_plain_error(await guixue("import", "census", str(bad)), "attendance")


async def test_verify_and_doctor_end_with_two_where_something_is_wrong(
    guixue: Guixue, case: Case
) -> None:
    """0 while all is well; after tampering 2, naming the case and the row; 0 again when mended."""
    assert (await guixue("audit", "verify", case.no)).code == 0
    assert (await guixue("doctor")).code == 0
    owner = create_engine(case.town.urls.owner)
    wrong = "update case_file set stage = 'court', queue = 'x' where case_no = :no"
    (old,) = await fetch(owner, "select stage, queue from case_file where case_no = :no", case.no)
    await write(owner, wrong, no=case.no)
    said = await guixue("doctor")
    assert (said.code, f"{case.no}：" in said.out) == (2, True), said.out + said.err
    assert "stage" in said.out
    assert "queue" in said.out
    assert json.loads((await guixue("doctor", "--json")).out)
    mend = "update case_file set stage = :stage, queue = :queue where case_no = :no"
    await write(owner, mend, no=case.no, stage=old.stage, queue=old.queue)
    assert (await guixue("doctor")).code == 0
    lift = "alter table case_event {} trigger user"
    change = (
        "update case_event set happened_on = happened_on + cast(:days as integer) where seq = 2 and"
        " case_id = (select case_id from case_file where case_no = :no)"
    )
    for days, code in ((-3, 2), (3, 0)):
        await write(owner, lift.format("disable"))
        await write(owner, change, no=case.no, days=days)
        await write(owner, lift.format("enable"))
        said = await guixue("audit", "verify", case.no)
        assert (said.code, "第2条断开" in said.out) == (code, code == 2), said.out
    await owner.dispose()


async def fetch(engine, query: str, no: str):
    async with engine.connect() as connection:
        return (await connection.execute(text(query), {"no": no})).all()


async def write(engine, statement: str, **keys: object) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement), keys)


async def test_replay_compares_histories_and_contents(guixue: Guixue, case: Case) -> None:
    """A sound case replays: every command decides again to what is written."""
    said = await guixue("audit", "replay", case.no, "--json")
    assert said.code == 0, said.out + said.err
    found = json.loads(said.out)
    assert found["commands"] >= 1
    assert found["differences"] == []
    assert [shape["problem"] for shape in found["histories"]] == [None]


async def test_seeding_twice_plants_once(database: DatabaseUrls, tmp_path: Path) -> None:
    """The sample county is loaded into an empty database only; the second run says so."""
    env = {
        "GUIXUE_HOME": str(tmp_path), "GUIXUE_DATABASE_URL": database.app,
        "GUIXUE_MIGRATION_URL": database.owner,
    }  # fmt: skip
    assert is_plain_error(await call(env, "seed", "--day", "昨天"), "2026-11-22")
    first = await call(env, "seed", "--day", "2026-11-20")
    assert (first.code, "示例县已装入" in first.out) == (0, True), first.err
    engine = create_engine(database.app)
    count = "select (select count(*) from child), (select count(*) from lead), :no"
    before = await fetch(engine, count, "")
    second = await call(env, "seed", "--day", "2026-11-20")
    assert (second.code, "不再装入" in second.out) == (0, True), second.err
    assert await fetch(engine, count, "") == before
    await engine.dispose()


async def test_saved_papers_need_a_folder_that_can_be_written(
    guixue: Guixue, quiet_case: Case, tmp_path: Path
) -> None:
    """A file in the place of the folder is said so."""
    there = tmp_path / f"{uuid4()}"
    there.write_text("我是文件")
    assert is_plain_error(await guixue("papers", "save", quiet_case.no, str(there)), "目录")
