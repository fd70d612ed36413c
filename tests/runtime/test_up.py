"""`up` from first start to Ctrl-C, and after every kind of sudden death."""

import signal
import socket
import sys
import time
from collections.abc import Iterator
from functools import partial

import psutil
import pytest

from runtime import postgres
from tests.faults.harness import Installation

_UP = [sys.executable, "-m", "tests.runtime.dummies", "up"]


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with Installation(_UP) as installation:
        installation.start()
        yield installation


def test_says_what_happened_and_what_to_try(running: Installation) -> None:
    """Every step is listed with its time, then the addresses and three things to try."""
    text = running.output()
    for words in ("启动数据库", "更新数据表", "载入示例县", "秒", running.base_url, "3. "):
        assert words in text
    assert "root" not in text
    assert "Warning" not in text


@pytest.mark.parametrize("name", ["postgres", "temporal", "worker", "api"])
def test_a_killed_part_comes_back(running: Installation, name: str) -> None:
    """Each part killed outright is replaced, and its return is reported."""
    running.wait_replaced(name, running.kill(name))
    running.wait_until(lambda: "已自动重新启动" in running.output(), 30)
    postgres.wait_ready(running.settings, 30)


def is_gone(pid: int) -> bool:
    """A process that only waits for its parent to take note of its end is gone as well."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_killed_supervisor_comes_back(running: Installation) -> None:
    """With supervisord gone its orphans are stopped and one new set of parts runs."""
    before = running.pids()
    running.wait_replaced("supervisord", running.kill("supervisord"))
    after = running.pids()
    assert set(before.values()) & set(after.values()) == {before["up"]}
    for name, pid in before.items():
        if name != "up":
            running.wait_until(partial(is_gone, pid), 15)


def test_a_second_up_is_refused(running: Installation) -> None:
    """On a home in use a second `up` says who has it and leaves the first alone."""
    with Installation(_UP, home=running.home) as second:
        second.start(is_waiting=False)
        assert second.process is not None
        assert second.process.wait(timeout=60) == 1
        assert str(running.process and running.process.pid) in second.output()
        assert running.is_ready()


def test_after_a_killed_up_the_next_takes_over(running: Installation) -> None:
    """`up` itself killed: the next one stops what was left and goes on with the data."""
    postgres.execute(postgres.cluster(running.settings), "create table if not exists kept (a int);")
    before = running.pids()
    running.kill("up")
    running.start()
    assert "接着使用原有数据" in running.output()
    assert not set(before.values()) & set(running.pids().values())
    postgres.execute(postgres.cluster(running.settings), "select a from kept;")


def test_ctrl_c_leaves_nothing(running: Installation) -> None:
    """Ctrl-C stops in order with exit code 0; no process remains; a new start has the data."""
    assert running.interrupt() == 0
    assert running.leftovers() == []
    running.start()
    postgres.execute(postgres.cluster(running.settings), "select a from kept;")
    assert running.interrupt(signal.SIGTERM) == 0
    assert running.leftovers() == []


def test_ctrl_c_during_a_step() -> None:
    """A step that hangs can be interrupted; nothing is left."""
    with Installation(_UP, env={"DUMMY_MIGRATE": "hang"}) as installation:
        installation.start(is_waiting=False)
        installation.wait_until(lambda: "启动流程引擎  " in installation.output(), 60)
        time.sleep(0.5)
        assert installation.interrupt() == 0
        assert installation.leftovers() == []


def test_a_failing_step_stops_everything() -> None:
    """A failed migration is shown with its last line and log; nothing keeps running."""
    with Installation(_UP, env={"DUMMY_MIGRATE": "fail"}) as installation:
        installation.start(is_waiting=False)
        assert installation.process is not None
        assert installation.process.wait(timeout=90) == 1
        assert "迁移失败[/]" in installation.output()
        assert "migrate.log" in installation.output()
        assert installation.leftovers() == []


def test_a_taken_port_is_named() -> None:
    """The message names the port and the variable that changes it."""
    with Installation(_UP) as installation, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        installation.env["GUIXUE_API_PORT"] = str(port)
        installation.start(is_waiting=False)
        assert installation.process is not None
        assert installation.process.wait(timeout=60) == 1
        assert str(port) in installation.output()
        assert "GUIXUE_API_PORT=" in installation.output()
        assert not (installation.home / "postgres").exists()


def test_a_port_taken_meanwhile_is_said_soon() -> None:
    """A program that cannot start ends `up` long before its patience does, and names its log."""
    with Installation(_UP) as late:
        late.start(is_waiting=False)
        late.wait_until(lambda: "启动数据库" in late.output(), 60)
        with socket.create_server(("127.0.0.1", late.ports["api"])):
            assert late.process is not None
            assert late.process.wait(timeout=80) == 1
        assert "网页与接口反复启动失败" in late.output()
        assert "api.log" in late.output()
        assert "Address already in use" in late.told()


def test_outside_servers_are_not_started() -> None:
    """With a database and a Temporal address given, only worker and API run."""
    outside = {
        "GUIXUE_DATABASE_URL": "postgresql://app@db.invalid/guixue",
        "TEMPORAL_ADDRESS": "temporal.invalid:7233",
    }
    with Installation(_UP, env=outside) as installation:
        installation.start()
        assert set(installation.pids()) == {"worker", "api", "supervisord", "up"}
        assert installation.interrupt() == 0


def test_warnings_as_errors_do_not_break_a_start() -> None:
    """The old process manager and everything else start without a deprecation warning."""
    with Installation(_UP, env={"PYTHONWARNINGS": "error"}) as installation:
        installation.start()
        assert installation.interrupt() == 0
