"""Rules as data: every shipped file is honest, and a bad one is named with its key."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from lifecycle import clocks, conditions, duties
from lifecycle import verbs as verb_room
from lifecycle.verbs import (
    assignment,
    closing,
    correction,
    court,
    detection,
    penalty,
    persuasion,
    returning,
)
from models.words import OfficeKind, ReportLine, Unit, Weight
from policy import loader
from policy.loader import PolicyError, profiles, snapshot
from tests.walk import calendar

TODAY = date(2026, 11, 22)
ROOT = loader.ROOM.parent
RULES = sorted((loader.ROOM / "rules").rglob("*.toml"))
Write = Callable[..., None]

GOOD = """
name = "{name}"
label = "测试"
unit = "working_day"

[[in_force]]
effective_from = 2022-01-01
value = {value}
weight = "{weight}"
source = {source}
note = "测试用的值。"
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Give a folder of rules of the test's own, as the loader's room."""
    monkeypatch.setattr(loader, "ROOM", tmp_path)
    (tmp_path / "profiles").mkdir()
    forget()

    def write(
        content: str, jurisdiction: str = "nation", name: str = "wait", **values: str
    ) -> None:
        folder = tmp_path / "rules" / jurisdiction
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.toml").write_text(content, encoding="utf-8")
        chain = [p.name for p in sorted((tmp_path / "rules").iterdir(), reverse=True)]
        chain.sort(key=["nation", "county"].index)
        (tmp_path / "profiles" / "own.toml").write_text(
            f'name = "own"\nlabel = "测试"\nchain = {chain}\n'.replace("'", '"'), encoding="utf-8"
        )

    yield write
    forget()


def forget() -> None:
    for cached in (loader.snapshot, loader._rules, loader._profile):
        cached.cache_clear()


def good(
    value: object = 3, weight: str = "law", source: str = '["某法 1"]', name: str = "wait"
) -> str:
    return GOOD.format(name=name, value=value, weight=weight, source=source)


@pytest.mark.parametrize("profile", profiles())
def test_every_shipped_profile_loads_on_any_day(profile: str) -> None:
    """Nothing shipped is malformed, today or before anything was in force."""
    assert len(snapshot(profile, TODAY).parameters) > 50
    assert snapshot(profile, date(1990, 1, 1)).parameters == {}


def test_every_shipped_rule_file_is_reached_by_a_profile() -> None:
    """A rule file in no profile's chain would be read by nobody."""
    reached = {place for name in profiles() for place in loader._profile(name).chain}
    assert {path.parent.name for path in RULES} == reached


def test_a_value_is_a_house_default_exactly_where_it_has_no_source() -> None:
    """What has no clause behind it says so, and nothing else does."""
    for profile in profiles():
        for p in snapshot(profile, TODAY).parameters.values():
            assert (p.weight is Weight.HOUSE_DEFAULT) == (p.source == ()), p.name
            assert p.note, p.name
            assert (p.source_text == "系统默认，非法定") == (p.source == ()), p.name


def test_every_value_has_the_type_of_its_unit() -> None:
    """A flag is a truth, a text a text, every count and length a number."""
    for profile in profiles():
        for p in snapshot(profile, TODAY).parameters.values():
            wanted = {Unit.FLAG: bool, Unit.TEXT: str}.get(p.unit, int)
            assert type(p.value) is wanted, p.name


def used_parameters() -> set[str]:
    """Every parameter named by a duty, a verb or a condition of the core."""
    names = {duty.parameter for duty in duties.ALL} | {duties.ESCALATION}
    reading = re.compile(
        r"(?:number|flag|text|period_end)\(\s*\"([a-z_]+)\"|policy\[\"([a-z_]+)\"\]"
    )
    rooms = (
        assignment, closing, conditions, correction, court, detection, penalty, persuasion,
        returning, clocks, verb_room,
    )  # fmt: skip
    for room in rooms:
        for found in reading.finditer(inspect.getsource(room)):
            names.add(found[1] or found[2])
    return names


READERS = (
    "access", "activities", "audit", "console", "intake", "lifecycle", "papers", "reports",
    "storage", "terminal", "workflows",
)  # fmt: skip
"""Rooms that may read a rule. Rules, models, samples and tests do not count as readers."""
SHOWN_ONLY = {
    "home_visit": "家访的写法只供人看，时限由持续联系周期管",
    "joint_group_head": "领导小组的人选只供人看，批准的角色由延缓规则定",
    "poverty_label": "家庭经济标签的叫法只供人看和填报",
    "verifier": "各地都是校长，从未入学的由乡镇负责人",
}
"""Rules printed by ``guixue rules`` that no deadline, condition, paper or report reads."""


def read_parameters() -> set[str]:
    """Every parameter whose name stands as a word of its own in the source of a room."""
    files = [file for room in READERS for file in (ROOT / room).rglob("*.py")]
    return {path.stem for path in RULES} & {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def told_parameters() -> set[str]:
    """Every parameter a scenario tells of, by its own label or that of a deadline it measures."""
    told = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "scenarios").glob("*.toml")
    )
    by_duty = {duty.parameter for duty in duties.ALL if f'"{duty.label}"' in told}
    labels = {p.name: p.label for p in snapshot("default", TODAY).parameters.values()}
    by_label = {
        name for name, label in labels.items() if f'"{label}" =' in told or f"规则={label}" in told
    }
    return by_duty | by_label


def parameters_in_tests() -> set[str]:
    """Every parameter a test outside this file names, as a word or as a value it changes."""
    found: set[str | None] = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        if file.name == Path(__file__).name:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.keyword):
                found.add(node.arg)
    return {path.stem for path in RULES} & found


def test_no_rule_is_read_by_nobody() -> None:
    """A rule no room reads is a promise nobody keeps; the few only shown to people are listed."""
    assert {path.stem for path in RULES} - read_parameters() <= SHOWN_ONLY.keys()


def test_every_national_rule_is_told_by_a_scenario_or_a_test() -> None:
    """Each rule stands in a scenario a lawyer can read, or in a test of the room that reads it."""
    nation = {path.stem for path in RULES if path.parent.name == "nation"}
    assert nation - told_parameters() - parameters_in_tests() == set()
    assert len(nation - told_parameters()) < len(nation) / 20


@pytest.mark.parametrize("profile", profiles())
def test_every_parameter_the_core_asks_for_is_in_every_profile(profile: str) -> None:
    """No verb or duty can stumble over a rule that is not there, today or in a year."""
    asked = used_parameters()
    assert len(asked) > 50
    for day in (TODAY, TODAY.replace(year=TODAY.year + 1)):
        assert asked - set(snapshot(profile, day).parameters) == set()


@pytest.mark.parametrize("profile", profiles())
def test_texts_the_core_takes_apart_are_made_of_known_words(profile: str) -> None:
    """Issuer and report lines are coded words, not free text."""
    found = snapshot(profile, TODAY)
    assert OfficeKind(found.text("order_issuer")) in {OfficeKind.TOWNSHIP, OfficeKind.COUNTY}
    assert {ReportLine(line) for line in found.text("report_lines").split(",")}


def test_no_real_profile_has_a_penalty_basis_and_the_samples_is_invented() -> None:
    """A real jurisdiction starts without step 3; the sample county says its basis is invented."""
    for profile in set(profiles()) - {"sample"}:
        assert snapshot(profile, TODAY).text("penalty_basis") == ""
    assert "虚构" in snapshot("sample", TODAY).text("penalty_basis")


def test_the_hash_is_the_same_on_every_hash_seed() -> None:
    """Two machines of different hash seeds seal the same rules and calendar to the same hash."""
    program = (
        "from datetime import date; from policy.loader import snapshot;"
        "from models.rules import calendar_digest; from policy.calendars import county_calendar;"
        "print(snapshot('sample', date(2026, 11, 22)).sha256,"
        " calendar_digest(county_calendar(range(2024, 2029))))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(loader.ROOM.parent)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "424242")
    }  # fmt: skip
    assert len(said) == 1
    assert snapshot("sample", TODAY).sha256 in said.pop()


def test_the_hash_changes_with_any_word_of_a_rule(rules: Write) -> None:
    """A changed value, note or source is another snapshot."""
    seen = set()
    for content in (good(), good(4), good(source='["某法 2"]'), good().replace("的值", "之值")):
        rules(content)
        forget()
        seen.add(snapshot("own", TODAY).sha256)
    assert len(seen) == 4


def test_a_rule_counts_from_its_first_day_on_and_the_latest_wins(rules: Write) -> None:
    """On the eve the old value, on the day the new one."""
    rules(
        good(3)
        + '\n[[in_force]]\neffective_from = 2025-09-01\nvalue = 5\nweight = "law"\n'
        + 'source = ["某法 2"]\nnote = "新的值。"\n'
    )
    days = [date(2021, 12, 31), date(2022, 1, 1), date(2025, 8, 31), date(2025, 9, 1)]
    values = [snapshot("own", day).parameters.get("wait") for day in days]
    assert [value and value.value for value in values] == [None, 3, 3, 5]


def test_an_ended_rule_does_not_fall_back_to_the_one_before(rules: Write) -> None:
    """After the last day of the newest period there is no rule, not the old one."""
    rules(
        good(3)
        + "\n[[in_force]]\neffective_from = 2025-01-01\neffective_to = 2025-06-30\nvalue = 5\n"
        + 'weight = "law"\nsource = ["某法 2"]\nnote = "试行的值。"\n'
    )
    assert snapshot("own", date(2025, 6, 30)).number("wait") == 5
    assert "wait" not in snapshot("own", date(2025, 7, 1)).parameters


@pytest.mark.parametrize(
    ("above", "below", "wanted"),
    [
        ("law", "local_rule", 3),
        ("law", "policy_document", 3),
        ("law", "house_default", 3),
        ("law", "law", 9),
        ("policy_document", "local_rule", 9),
        ("house_default", "local_rule", 9),
        ("local_rule", "house_default", 9),
    ],
)
def test_law_beats_every_local_paper(rules: Write, above: str, below: str, wanted: int) -> None:
    """A county may put its own value over anything but a law; a law only gives way to a law."""
    no_source = {"house_default": "[]"}
    rules(good(3, above, no_source.get(above, '["甲 1"]')), "nation")
    rules(good(9, below, no_source.get(below, '["乙 1"]')), "county")
    assert snapshot("own", TODAY).number("wait") == wanted


BAD = {
    "broken_toml": ("name = ", "TOML"),
    "no_note": (good().replace('note = "测试用的值。"\n', ""), "in_force.0.note"),
    "no_value": (good().replace("value = 3\n", ""), "in_force.0.value"),
    "unknown_key": (good() + 'colour = "red"\n', "in_force.0.colour"),
    "unknown_unit": (good().replace("working_day", "fortnight"), "unit"),
    "unknown_weight": (good(weight="custom"), "in_force.0.weight"),
    "no_date": (good().replace("effective_from = 2022-01-01\n", ""), "effective_from"),
    "bad_date": (good().replace("2022-01-01", '"last year"'), "effective_from"),
    "no_periods": ('name = "wait"\nlabel = "测试"\nunit = "count"\n', "in_force"),
    "empty_periods": ('name = "wait"\nlabel = "测试"\nunit = "count"\nin_force = []\n', "in_force"),
    "another_name": (good(name="other"), "name"),
    "law_without_source": (good(source="[]"), "来源"),
    "default_with_source": (good(weight="house_default"), "来源"),
    "a_text_for_a_number": (good(value='"三天"'), "value"),
    "a_truth_for_a_number": (good(value="true"), "value"),
    "a_negative_number": (good(value="-1"), "value"),
    "a_number_for_a_flag": (good().replace("working_day", "flag"), "value"),
    "a_number_for_a_text": (good().replace("working_day", "text"), "value"),
    "two_values_of_one_day": (good() + good().partition("[[in_force]]")[2].join(["[[in_force]]", ""]),
                              "effective_from"),
    "ends_before_it_begins": (good() + "effective_to = 2021-01-01\n", "effective_to"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_malformed_file_is_named_with_its_key(rules: Write, name: str) -> None:
    """Whoever writes a wrong rule is told the file and the key, in Chinese, before any case uses it."""
    content, key = BAD[name]
    rules(content)
    with pytest.raises(PolicyError) as error:
        snapshot("own", TODAY)
    assert "wait.toml" in str(error.value)
    assert key in str(error.value)


def test_a_file_in_another_encoding_is_named(rules: Write) -> None:
    """A file saved as GB18030 is refused by name, not with a stack of frames."""
    rules(good())
    (loader.ROOM / "rules" / "nation" / "wait.toml").write_bytes(good().encode("gb18030"))
    with pytest.raises(PolicyError, match=r"wait\.toml.*UTF-8"):
        snapshot("own", TODAY)


def test_an_unknown_profile_names_those_there_are() -> None:
    """A misspelt profile is answered with the list; a chain without its folder by the folder."""
    with pytest.raises(PolicyError, match=r"default、.*sample"):
        snapshot("nowhere", TODAY)


def test_a_chain_without_its_folder_is_named(rules: Write) -> None:
    """A profile that inherits from nowhere is an error."""
    rules(good())
    path = loader.ROOM / "profiles" / "own.toml"
    path.write_text('name = "own"\nlabel = "测试"\nchain = ["nation", "gone"]\n', encoding="utf-8")
    with pytest.raises(PolicyError, match="rules/gone"):
        snapshot("own", TODAY)


def test_a_year_without_its_notice_is_not_loaded() -> None:
    """The calendar knows which years rest on a State Council notice."""
    assert set(calendar().loaded_years) == {2024, 2025, 2026}
