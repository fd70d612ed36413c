"""What `up` looks at before it starts anything."""

import os
import socket
from pathlib import Path

import pytest

from runtime import preflight
from runtime.settings import Settings, SetupError
from tests.faults.harness import free_ports


def _settings(home: Path, **changes: object) -> Settings:
    api, temporal, ui, http = free_ports(4)
    given: dict[str, object] = {
        "home": home,
        "api_port": api,
        "temporal_port": temporal,
        "temporal_ui_port": ui,
        "temporal_http_port": http,
    }
    return Settings(**(given | changes))  # type: ignore[arg-type]


def test_a_free_machine_passes(tmp_path: Path) -> None:
    """Nothing in the way: no complaint, and nothing is written."""
    preflight.check(_settings(tmp_path / "data"))
    assert not (tmp_path / "data").exists()


def test_a_full_disk_is_refused(tmp_path: Path) -> None:
    """Too little space is said in MB, with the variable that moves the data."""
    with pytest.raises(SetupError, match=r"只剩 120 MB.*GUIXUE_HOME"):
        preflight.check(_settings(tmp_path), free=lambda _: 120 * 1024 * 1024)


def test_a_taken_port_names_its_holder(tmp_path: Path) -> None:
    """The message has the port, the holder's pid and the variable."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = _settings(tmp_path, temporal_ui_port=port)
        with pytest.raises(SetupError) as refusal:
            preflight.check(settings)
    assert f"端口 {port}" in str(refusal.value)
    assert f"进程号 {os.getpid()}" in str(refusal.value)
    assert "GUIXUE_TEMPORAL_UI_PORT=" in str(refusal.value)


def test_the_same_port_twice_is_refused(tmp_path: Path) -> None:
    """Two services on one port are named before either starts."""
    (port,) = free_ports(1)
    settings = _settings(tmp_path, api_port=port, temporal_port=port)
    with pytest.raises(SetupError, match="GUIXUE_API_PORT、GUIXUE_TEMPORAL_PORT"):
        preflight.check(settings)


def test_data_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    """A layout this version does not know is left alone; our own passes."""
    settings = _settings(tmp_path)
    preflight.write_layout(settings)
    preflight.check(settings)
    (tmp_path / "layout").write_text("99\n")
    with pytest.raises(SetupError, match="升级归学"):
        preflight.check(settings)


def test_an_outside_temporal_needs_no_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports of a server that is not started may be taken."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal:7233")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        preflight.check(_settings(tmp_path, temporal_port=taken.getsockname()[1]))
