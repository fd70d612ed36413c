"""The built wheel, installed where nothing of the checkout is in reach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = ("data", "out", "build", "dist", "tests", "bench", "docs", "__pycache__")

LOOK_AROUND = """
import sys
from datetime import date
from pathlib import Path
import api, cli, worker
from papers import catalogue, fonts
from policy import loader
from storage import migrate

home = Path(sys.prefix).resolve()
for module in (api, cli, worker, catalogue, fonts, loader, migrate):
    assert Path(module.__file__).resolve().is_relative_to(home), module.__file__
assert fonts.load_faces(None)
assert loader.snapshot("default", date(2026, 11, 22)).parameters
assert set(loader.profiles()) >= {"default", "sample"}
for kind in ("return_order", "correction_order"):
    assert catalogue.paper_kind(kind).title
versions = Path(migrate.__file__).parent / "migrations" / "versions"
assert len(list(versions.glob("0*.py"))) >= 2
from intake.platform_layouts import platforms
assert len(platforms()) == 4
pages = Path(api.__file__).parent / "templates" / "console"
assert (pages / "index.html.j2").is_file()
print("whole")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build from a copy, install into a venv of its own, lend it our dependencies by a .pth."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"

    def skip(folder: str, names: list[str]) -> list[str]:
        hidden = [name for name in names if name.startswith(".")]
        return hidden + [name for name in names if name in LEFT_OUT]

    shutil.copytree(ROOT, source, ignore=skip)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    venv = place / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    subprocess.run(
        [
            sys.executable, "-m", "pip", "--python", str(venv / "bin/python"), "install",
            "--no-deps", "--no-index", "--quiet", "--disable-pip-version-check", str(wheel),
        ],
        check=True,
    )  # fmt: skip
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


def run(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    return subprocess.run(
        command, cwd=folder, env=env | {"GUIXUE_HOME": str(folder / "data")}, capture_output=True,
        text=True,
    )  # fmt: skip


def test_entry_points_and_data_are_inside_the_wheel(installed: Path, tmp_path: Path) -> None:
    """api, cli and worker import; rules, migrations, templates and fonts are found beside them."""
    done = run([installed / "bin/python", "-c", LOOK_AROUND], tmp_path)
    assert (done.stdout.strip(), done.returncode) == ("whole", 0), done.stderr


def test_the_command_is_installed_and_answers(installed: Path, tmp_path: Path) -> None:
    """`guixue rules` reads the rules that came with the wheel."""
    done = run([installed / "bin/guixue", "rules"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "系统默认，非法定" in done.stdout
