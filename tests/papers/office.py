"""Open our files as an office would: with a headless LibreOffice, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SOFFICE = shutil.which("soffice")


def needs_office(test: Any) -> Any:
    """Mark a test that drives LibreOffice: skipped where there is none, counted by CI."""
    skips = pytest.mark.skipif(SOFFICE is None, reason="no soffice on PATH")
    return pytest.mark.office(skips(test))


def convert(content: bytes, ending: str, target: str, folder: Path) -> bytes:
    """Let LibreOffice read a file and write it in another format."""
    source = folder / f"paper.{ending}"
    source.write_bytes(content)
    subprocess.run(
        [
            str(SOFFICE), "--headless", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", target, "--outdir", str(folder / "out"), str(source),
        ],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    made: Path = folder / "out" / f"paper.{target.partition(':')[0]}"
    return made.read_bytes()
