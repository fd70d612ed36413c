"""Settings, places and secrets."""

import concurrent.futures
import os
from pathlib import Path

import pytest

from runtime.settings import (
    Settings,
    SetupError,
    database_urls,
    embedded_urls,
    secret,
    socket_directory,
)


def test_without_a_url_the_database_is_embedded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable counts as not given; both roles use one socket folder."""
    monkeypatch.setenv("GUIXUE_DATABASE_URL", "")
    monkeypatch.setenv("GUIXUE_HOME", str(tmp_path))
    settings = Settings()
    assert settings.is_database_embedded
    assert settings.home == tmp_path
    urls = embedded_urls(settings)
    assert "guixue_app@" in urls.app
    assert "guixue_owner@" in urls.owner
    assert database_urls(settings) == urls


def test_a_given_url_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The common spelling of a URL is accepted and used for both roles unless told otherwise."""
    monkeypatch.setenv("GUIXUE_DATABASE_URL", "postgresql://app@db/guixue")
    settings = Settings()
    assert not settings.is_database_embedded
    assert database_urls(settings).app == "postgresql+asyncpg://app@db/guixue"
    assert database_urls(settings).owner == "postgresql+asyncpg://app@db/guixue"


def test_temporal_address_means_an_outside_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporal's own variable decides whether a server is started."""
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    assert Settings().is_temporal_embedded
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal:7233")
    assert not Settings().is_temporal_embedded


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    """The socket of a deep folder still fits the kernel's limit, and is always the same one."""
    deep = tmp_path / ("长" * 40) / ("x" * 60)
    folder = socket_directory(deep)
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) < 100
    assert folder == socket_directory(deep)
    assert folder != socket_directory(tmp_path / ("y" * 120))


def test_racing_first_uses_agree_on_a_secret(tmp_path: Path) -> None:
    """Whoever comes first, all read the same 32 bytes, private to their owner."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        values = set(pool.map(lambda _: secret(tmp_path, "codec"), range(32)))
    assert len(values) == 1
    assert len(values.pop()) == 32
    folder = tmp_path / "secrets"
    assert [p.name for p in folder.iterdir()] == ["codec"]
    assert (folder / "codec").stat().st_mode & 0o777 == 0o600


def test_a_damaged_secret_is_not_replaced(tmp_path: Path) -> None:
    """A short file is refused: a new key would make every payload unreadable."""
    secret(tmp_path, "codec")
    (tmp_path / "secrets" / "codec").write_bytes(b"short")
    with pytest.raises(SetupError, match="备份"):
        secret(tmp_path, "codec")
