"""The words of the command line: each stands alone, and nothing it says is cut."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cli import WORDS, Word, build
from runtime.supervisor import CODE_ROOT


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_each_word_is_built_alone_as_among_all(word: Word) -> None:
    """The one word asked for says of itself what it says in the whole."""
    alone, whole = (
        CliRunner().invoke(app, [word.name, "--help"], prog_name="guixue", terminal_width=100)
        for app in (build(word.name), build())
    )
    assert (alone.exit_code, whole.exit_code) == (0, 0)
    assert alone.stdout == whole.stdout
    assert f"guixue {word.name}" in alone.stdout
    for name, _ in word.joined:
        assert name in alone.stdout


def test_the_list_of_words_is_whole() -> None:
    """Without a word, or with an unknown one, all of them are known."""
    said = CliRunner().invoke(build("没有的"), ["--help"], terminal_width=100).stdout
    assert [word.name for word in WORDS if f" {word.name} " not in said] == []


def test_what_is_piped_is_not_cut() -> None:
    """A table that goes to a file or another program keeps every letter of its cells."""
    said = subprocess.run(
        [sys.executable, "-m", "cli", "rules", "--profile", "zhongyang"],
        cwd=CODE_ROOT,
        env={key: value for key, value in os.environ.items() if key != "COLUMNS"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "…" not in said
    assert max(map(len, said.splitlines())) > 80
    assert all(
        text in said for text in ("第1天班主任、第2天校长", "班级—班主任", "每线最多十二席。")
    )
