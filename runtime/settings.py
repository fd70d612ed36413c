"""What this installation is told from outside: `GUIXUE_…` variables, places and secrets."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

OWNER_ROLE = "guixue_owner"
APP_ROLE = "guixue_app"
DATABASE = "guixue"
SOCKET_PORT = 5432
# sun_path holds 107 bytes and a terminator on Linux, 103 on macOS.
_SOCKET_PATH_LIMIT = 103
_LONGEST_SOCKET_NAME = len("/supervisor.sock.4194304")


class SetupError(Exception):
    """Refuse to go on because of the installation; `str()` is the Chinese sentence for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DatabaseUrls(NamedTuple):
    """SQLAlchemy asyncpg URLs of one database for both roles."""

    app: str
    owner: str


class Settings(BaseSettings):
    """Settings of one installation, read once per process from `GUIXUE_…` variables."""

    model_config = SettingsConfigDict(env_prefix="GUIXUE_", frozen=True, env_ignore_empty=True)

    home: Path = Field(Path("data"), validate_default=True)
    database_url: str | None = None
    migration_url: str | None = None
    api_host: str = "127.0.0.1"
    api_port: int = Field(8800, ge=1, le=65535)
    temporal_port: int = Field(17233, ge=1, le=65535)
    temporal_ui_port: int = Field(18233, ge=1, le=65535)
    temporal_http_port: int = Field(17243, ge=1, le=65535)
    temporal_namespace: str = "default"
    task_queue: str = "guixue"
    extra_fonts: Path | None = None
    public_url: str | None = None
    """Where people outside reach the console: the QR code of a paper leads there."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    environment: Literal["local", "test", "production"] = "local"

    @field_validator("home", "extra_fonts")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().resolve()

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url", "migration_url")
    @classmethod
    def _asyncpg(cls, value: str | None) -> str | None:
        """Accept the plain spelling most people paste."""
        for plain in ("postgresql://", "postgres://"):
            if value is not None and value.startswith(plain):
                return "postgresql+asyncpg://" + value.removeprefix(plain)
        return value

    @property
    def papers_url(self) -> str:
        """The address the QR code of a paper begins with."""
        return (self.public_url or f"http://{self.api_host}:{self.api_port}").rstrip("/")

    @property
    def is_database_embedded(self) -> bool:
        return self.database_url is None

    @property
    def is_temporal_embedded(self) -> bool:
        """Temporal's own settings decide: an address given there is a server somebody else runs."""
        return not os.environ.get("TEMPORAL_ADDRESS")


def socket_directory(home: Path, purpose: str = "pg") -> Path:
    """Give the private folder of a socket: under `home`, or in /tmp for a long path.

    Every process must find the same folder, so nothing but the path of `home` decides it.
    """
    beside = home / "run" / purpose
    if len(os.fsencode(beside)) + _LONGEST_SOCKET_NAME <= _SOCKET_PATH_LIMIT:
        return beside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"guixue-{digest}-{purpose}"


def socket_urls(sockets: Path, database: str = DATABASE) -> DatabaseUrls:
    """Give the URLs of `database` on the server listening in the folder `sockets`."""

    def url(role: str) -> str:
        return f"postgresql+asyncpg://{role}@/{database}?host={sockets}&port={SOCKET_PORT}"

    return DatabaseUrls(url(APP_ROLE), url(OWNER_ROLE))


def embedded_urls(settings: Settings) -> DatabaseUrls:
    """Give the URLs of the embedded server, whether it runs or not."""
    return socket_urls(socket_directory(settings.home))


def database_urls(settings: Settings) -> DatabaseUrls:
    """Give the URLs in force: the configured ones, or the embedded server's."""
    if settings.database_url is None:
        return embedded_urls(settings)
    return DatabaseUrls(settings.database_url, settings.migration_url or settings.database_url)


def secret(home: Path, name: str) -> bytes:
    """Give the 32 random bytes kept in `secrets/<name>`, made on first use.

    Racing first uses agree: the file appears whole under its name or not at all.
    """
    folder = home / "secrets"
    target = folder / name
    if not target.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(secrets.token_bytes(32))
                handle.flush()
                os.fsync(handle.fileno())
            # A link fails when the name is taken, where a rename would replace the winner's bytes.
            with contextlib.suppress(FileExistsError):
                target.hardlink_to(draft)
        finally:
            draft.unlink()
    value = target.read_bytes()
    if len(value) != 32:
        raise SetupError(
            "secret_damaged", f"密钥文件 {target} 已损坏，请从备份恢复，切勿删除重建。"
        )
    return value
