"""A slip of the pen on the command line is answered in Chinese, with where to look."""

from __future__ import annotations

import pytest

import cli


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("foo", "没有“foo”这个命令。用法见：guixue --help"),
        ("cases foo", "没有“foo”这个命令。用法见：guixue cases --help"),
        ("cases show", "缺少参数 CASE_NO。用法见：guixue cases show --help"),
        ("cases show a b c", "多写了“b c”。"),
        ("cases list --nope", "没有“--nope”这个选项。"),
        ("user token --role edu_case --office 990101", "缺少选项 --id。"),
        ("user token --role edu_case --office 990101 --id x --days zz", "选项 --days填写有误"),
        ("papers batch-preview 7 1 x.pdf", "参数 BATCH填写有误"),
        (
            "papers batch-preview 5e0b1d5c-6f0e-4d58-9d3a-1f1f6f0c9a11 1 x.docx",
            "只能存成 .html 或 .pdf",
        ),
        ("user token --role principal --office 990101 --id x", "单位代码应为10位数字"),
    ],
)
def test_a_slip_is_told_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    """Nothing on stdout, not zero, and the help that shows the right way."""
    monkeypatch.setattr("sys.argv", ["guixue", *words.split()])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    found = capsys.readouterr()
    assert stop.value.code not in {0, None}
    assert found.out == ""
    assert said in found.err.replace("\n", "")


def test_help_is_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for help, the command gives it and ends well."""
    monkeypatch.setattr("sys.argv", ["guixue", "--help"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
    assert "控辍保学个案系统" in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever command writes it: the file is named, and no stack of frames is shown."""

    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied", "/proc/甲.xlsx")

    monkeypatch.setattr(cli, "build", lambda *_: refused)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1
    assert "/proc/甲.xlsx 读写不了" in capsys.readouterr().err.replace("\n", "")
