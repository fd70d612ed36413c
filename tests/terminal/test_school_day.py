"""The school day at the command line, against a running county."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from access import tokens
from models.people import Actor
from models.roster import school_year_of
from models.words import Role
from runtime.settings import secret
from samples.records import ChildRow
from storage.rules import calendar_of
from tests.console.town import COUNTY, Case, Town
from tests.terminal.conftest import Guixue
from tests.terminal.test_commands import is_plain_error


@pytest.fixture
def token(town: Town) -> Callable[[Role, str, str], str]:
    key = secret(town.settings.home, "token-key")

    def sign(role: Role, office: str, name: str = "one") -> str:
        return tokens.issue(key, Actor(id=name, role=role, office=office), datetime.now(UTC))

    return sign


async def last_school_day(town: Town, school: str) -> date:
    async with town.engine.connect() as connection:
        calendar = await calendar_of(connection, COUNTY, town.today)
    day = town.today
    while not calendar.is_school_day(day, school):
        day -= timedelta(1)
    return day


def class_of(child: ChildRow, day: date) -> str:
    return f"{child.school}-{school_year_of(day)}-{child.grade:02}{child.class_number:02}"


def list_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_class_is_reported_and_read_back(guixue: Guixue, town: Town, token) -> None:
    """Report, missing, daily, tasks, samples: words for people, one JSON document for programs."""
    child = town.child()
    day = await last_school_day(town, child.school)
    teacher = token(Role.CLASS_TEACHER, child.school, "teacher-1")
    code = class_of(child, day)
    said = await guixue(
        "attendance", "report", code, str(day), "--absent", f"{child.roll_no}:旷课:电话未接",
        GUIXUE_TOKEN=teacher,
    )  # fmt: skip
    assert (said.code, said.err) == (0, ""), said.err
    assert "缺勤 1 人" in said.out
    for words in (
        ("attendance", "missing", child.school, str(day)),
        ("attendance", "daily", child.school, str(day)),
        ("attendance", "unknown", child.school, str(day), str(day)),
        ("attendance", "leads", child.school), ("leave", "list", child.school),
        ("term", "tasks", child.school),
        ("term", "unregistered", child.school, str(day)), ("term", "handovers", child.school, "2026"),
        ("consistency", child.school, str(day)),
    ):  # fmt: skip
        plain = await guixue(*words, GUIXUE_TOKEN=teacher)
        assert (plain.code, plain.err) == (0, ""), words
        machine = await guixue(*words, "--json", GUIXUE_TOKEN=teacher)
        assert (machine.code, machine.err) == (0, ""), words
        assert json.loads(machine.out) is not None
    missing = await guixue(
        "attendance", "missing", child.school, str(day), "--json", GUIXUE_TOKEN=teacher
    )
    assert code not in json.loads(missing.out)["missing"]
    tasks = json.loads(
        (await guixue("term", "tasks", child.school, "--json", GUIXUE_TOKEN=teacher)).out
    )
    (task,) = [t for t in tasks if t["child_ref"] == str(child.ref)]
    early = await guixue("term", "close", task["id"], "--result", "好", GUIXUE_TOKEN=teacher)
    assert is_plain_error(early, "联系")
    done = await guixue(
        "term", "close", task["id"], "--result", "感冒", "--method", "电话", GUIXUE_TOKEN=teacher
    )
    assert done.code == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("attendance", "report", "nowhere", "2026-03-02", "--full"), "没有这个班"),
        (("attendance", "report", "nowhere", "2026-03-02"), "二者必居其一"),
        (("attendance", "daily", "nowhere", "2026-03-02"), "没有这所学校"),
        (("attendance", "report", "x", "2026-03-02", "--absent", "G1:不详"), "无法识别"),
        (("leave", "ask", "G1", "旷", "2026-03-02", "2026-03-02", "--reason", "x"), "事假"),
        (("leave", "end", "00000000-0000-0000-0000-000000000001", "2026-03-02"), "没有这张请假条"),
        (
            ("term", "close", "00000000-0000-0000-0000-000000000001", "--result", "x"),
            "没有这项任务",
        ),
        (("term", "sign", "00000000-0000-0000-0000-000000000001"), "没有这份"),
        (("platforms", "export", "nowhere"), "可选"),
        (("platforms", "receipt", "national_service", "990101-1999-00001", "R"), "没有这个案件"),
        (("attendance", "sample", "nowhere", "2026-03-02"), "没有这所学校"),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, tuple) else "",
)
async def test_what_cannot_be_done_says_why(guixue: Guixue, token, words, expected: str) -> None:
    """One Chinese sentence on stderr, a non-zero code, nothing on stdout."""
    principal = token(Role.PRINCIPAL, "9901010001")
    assert is_plain_error(await guixue(*words, GUIXUE_TOKEN=principal), expected)


@pytest.mark.parametrize(
    ("role", "office", "words"),
    [
        (Role.VILLAGE, "990101001", ("attendance", "report", "x", "2026-03-02", "--full")),
        (Role.CLASS_TEACHER, "9901010001", ("attendance", "sample", "9901010001", "2026-03-02")),
        (Role.CLASS_TEACHER, "9901010001", ("calendar", "import", "x.csv")),
        (Role.PRINCIPAL, "9901010001", ("outside", "list")),
        (Role.PRINCIPAL, "9901010001", ("outside", "receive", "tip", "--content", "x")),
        (Role.SUPERVISOR, COUNTY, ("platforms", "export", "national_service")),
        (Role.PRINCIPAL, "9901010002", ("attendance", "daily", "9901010001", "2026-03-02")),
        (Role.PRINCIPAL, "9901010002", ("consistency", "9901010001", "2026-03-02")),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, tuple) else "",
)
async def test_each_act_is_for_its_role_and_office(
    guixue: Guixue, token, role: Role, office: str, words
) -> None:
    """Another role or another school's is turned away, whatever the words."""
    assert is_plain_error(await guixue(*words, GUIXUE_TOKEN=token(role, office)))


async def test_leave_is_asked_for_and_decided_by_two(guixue: Guixue, town: Town, token) -> None:
    """The writer is refused, the principal approves, the child comes back."""
    child = town.child()
    day = str(await last_school_day(town, child.school))
    teacher = token(Role.CLASS_TEACHER, child.school, "teacher-1")
    asked = await guixue(
        "leave", "ask", str(child.roll_no), "病假", day, day, "--reason", "感冒", "--signed",
        GUIXUE_TOKEN=teacher,
    )  # fmt: skip
    assert asked.code == 0, asked.err
    slip = asked.out.split()[1].split("，")[0]
    own = await guixue("leave", "decide", slip, "--approve", GUIXUE_TOKEN=teacher)
    assert is_plain_error(own, "另一人")
    principal = token(Role.PRINCIPAL, child.school, "principal-1")
    assert (await guixue("leave", "decide", slip, "--approve", GUIXUE_TOKEN=principal)).code == 0
    assert (await guixue("leave", "end", slip, day, GUIXUE_TOKEN=teacher)).code == 0


async def test_a_tip_gets_a_receipt_and_its_reporter_stays_hidden(
    guixue: Guixue, town: Town, token
) -> None:
    """Received, listed without the name, opened by the head with a purpose."""
    child = town.child()
    desk = token(Role.EDU_CASE, COUNTY)
    got = await guixue(
        "outside", "receive", "tip", "--content", "在餐馆打工", "--roll-no", str(child.roll_no),
        "--reporter", "钱举报", "--request-id", "tip-00000001", GUIXUE_TOKEN=desk,
    )  # fmt: skip
    assert got.code == 0, got.err
    assert "线索收" in got.out
    listed = await guixue("outside", "list", "--json", GUIXUE_TOKEN=desk)
    assert "钱举报" not in listed.out
    notice = json.loads(listed.out)[-1]["id"]
    hidden = await guixue("outside", "reporter", notice, "--purpose", "回访", GUIXUE_TOKEN=desk)
    assert is_plain_error(hidden, "指定人员")
    head = token(Role.EDU_HEAD, COUNTY)
    opened = await guixue("outside", "reporter", notice, "--purpose", "回访", GUIXUE_TOKEN=head)
    assert "钱举报" in opened.out


async def test_a_child_on_no_roster_is_written_down_by_command(
    guixue: Guixue, town: Town, token
) -> None:
    """A slip is answered with what to do; then the notice is a lead."""
    desk = token(Role.EDU_CASE, COUNTY)
    await guixue("outside", "receive", "tip", "--content", "在砖厂做工", "--name", "孟小工",
                 "--request-id", "tip-00000002", GUIXUE_TOKEN=desk)  # fmt: skip
    listed = json.loads((await guixue("outside", "list", "--json", GUIXUE_TOKEN=desk)).out)
    notice = next(each["id"] for each in listed if each["said_name"] == "孟小工")
    told = ["outside", "child", notice, "--sex", "male", "--born", f"{town.today.year - 9}-03-01"]
    assert is_plain_error(await guixue(*told, GUIXUE_TOKEN=desk), "负责的学校")
    made = await guixue(*told, "--school", str(town.child().school), GUIXUE_TOKEN=desk)
    assert "转为线索" in made.out, made.err


async def test_platform_files_by_command(guixue: Guixue, case: Case, token, tmp_path: Path) -> None:
    """Export, receipt, result file, status."""
    desk = token(Role.EDU_CASE, COUNTY)
    made = await guixue(
        "platforms", "export", "national_service", "--folder", str(tmp_path), GUIXUE_TOKEN=desk
    )
    assert made.code == 0, made.err
    (file,) = list_of(tmp_path)
    assert case.no in file.read_text("utf-8-sig")
    typed = await guixue(
        "platforms", "receipt", "national_service", case.no, "R-77", GUIXUE_TOKEN=desk
    )
    assert "已登记" in typed.out
    answer = tmp_path / "回执.csv"
    answer.write_text(f"案号,回执号\n{case.no},R-77\n", "utf-8")
    read = await guixue("platforms", "results", "national_service", str(answer), GUIXUE_TOKEN=desk)
    assert "未变 1 案" in read.out
    status = json.loads((await guixue("platforms", "status", "--json", GUIXUE_TOKEN=desk)).out)
    assert case.no in {line["case_no"] for line in status["cases"]}


async def test_calendars_by_command(guixue: Guixue, town: Town, token, tmp_path: Path) -> None:
    """A file of the county, and boarding weeks of one school."""
    desk = token(Role.EDU_CASE, COUNTY)
    file = tmp_path / "校历.csv"
    file.write_text(
        "类别,学校,名称,开始日期,结束日期\n停课,,演练,2031-05-06,\n庆典,,甲,2031-05-06,\n", "utf-8"
    )
    said = await guixue("calendar", "import", str(file), GUIXUE_TOKEN=desk)
    assert (said.code, "退回 1 行" in said.out, "第 3 行" in said.out) == (0, True, True)
    school = town.county.schools[0].code
    laid = await guixue(
        "calendar", "boarding", school, "2031-03-03", "2031-04-30",
        GUIXUE_TOKEN=token(Role.PRINCIPAL, school),
    )  # fmt: skip
    assert laid.code == 0, laid.err
    principal = token(Role.PRINCIPAL, school)
    shut = ("calendar", "close", school, "2031-06-03", "2031-06-04", "--reason", "停水")
    assert "已登记停课" in (await guixue(*shut, GUIXUE_TOKEN=principal)).out
    assert "以前登记过" in (await guixue(*shut, GUIXUE_TOKEN=principal)).out
    stranger = token(Role.PRINCIPAL, town.county.schools[1].code)
    assert is_plain_error(await guixue(*shut, GUIXUE_TOKEN=stranger), "范围")
    listed = await guixue("calendar", "closures", school, "--json", GUIXUE_TOKEN=principal)
    (closure,) = [c for c in json.loads(listed.out) if c["reason"] == "停水"]
    assert is_plain_error(await guixue("calendar", "reopen", closure["id"], GUIXUE_TOKEN=stranger))
    assert (
        "已复课" in (await guixue("calendar", "reopen", closure["id"], GUIXUE_TOKEN=principal)).out
    )
    assert is_plain_error(await guixue("calendar", "reopen", closure["id"], GUIXUE_TOKEN=principal))
    taken = await guixue("term", "take", "2031-1", "2031-09-01", "--json", GUIXUE_TOKEN=desk)
    assert json.loads(taken.out)["开学注册"] == {"taken": 0, "unknown_children": 0, "left": 0}
