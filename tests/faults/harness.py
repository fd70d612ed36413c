"""A whole installation in a subprocess, to be wounded part by part."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from runtime import cluster, postgres
from runtime.settings import Settings, socket_directory
from runtime.supervisor import CODE_ROOT, UNANSWERED, Supervision, parts_of

# What `up` prints once everything runs, and once it has come back.
WELCOME = "归学已就绪"
RECOVERED = "已恢复"

# Unseeded: processes that test beside each other pick different ports.
_PICK = random.SystemRandom()


class Installation:
    """One `guixue up` on a home of its own, with free ports; a context manager that cleans up."""

    def __init__(
        self,
        command: list[str] | None = None,
        *,
        env: dict[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="guixue-fault-"))
        self._root.chmod(0o711)
        # On somebody else's home this object starts and stops, and cleans up nothing.
        self._is_guest = home is not None
        self.home = home if home is not None else self._root / "data"
        self.command = command or [sys.executable, "-m", "cli", "up"]
        api, temporal, ui, http = free_ports(4)
        self.ports = {"api": api, "temporal": temporal, "ui": ui, "http": http}
        self.env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("GUIXUE_", "TEMPORAL_"))
        } | {
            "GUIXUE_HOME": str(self.home),
            "GUIXUE_API_PORT": str(api),
            "GUIXUE_TEMPORAL_PORT": str(temporal),
            "GUIXUE_TEMPORAL_UI_PORT": str(ui),
            "GUIXUE_TEMPORAL_HTTP_PORT": str(http),
            "PYTHONPATH": str(CODE_ROOT),
            "COLUMNS": "120",
        }
        self.env |= env or {}
        self.process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=90)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self._root, ignore_errors=True)
        if self._is_guest:
            return
        for process in self.leftovers():
            with contextlib.suppress(psutil.Error):
                process.kill()
        shutil.rmtree(socket_directory(self.home), ignore_errors=True)
        shutil.rmtree(socket_directory(self.home, "control"), ignore_errors=True)

    @property
    def settings(self) -> Settings:
        """Give the settings the installation runs under."""
        return Settings(
            home=self.home,
            api_port=self.ports["api"],
            temporal_port=self.ports["temporal"],
            temporal_ui_port=self.ports["ui"],
            temporal_http_port=self.ports["http"],
        )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['api']}"

    @property
    def supervision(self) -> Supervision:
        return Supervision(self.settings, parts_of(self.settings))

    def start(self, *, is_waiting: bool = True, timeout_seconds: float = 120) -> None:
        """Run `up`; wait until it has greeted unless told otherwise."""
        assert self.process is None or self.process.poll() is not None, "already running"
        self._starts += 1
        with self._output.open("wb") as sink:
            self.process = subprocess.Popen(
                self.command,
                cwd=CODE_ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if is_waiting:
            self.wait_until(lambda: WELCOME in self.output(), timeout_seconds)

    def output(self) -> str:
        """Give what the running `up` has printed so far."""
        return self._output.read_text(encoding="utf-8")

    def told(self) -> str:
        """Give what `up` printed and the end of every part's log: enough to see what went wrong."""
        found = [self.output()]
        for log in sorted(self.supervision.logs.glob("*.log")):
            said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            found += [f"--- {log.name}", *(line[:400] for line in said)]
        return "\n".join(found)

    @property
    def _output(self) -> Path:
        return self._root / f"up-{self._starts}.txt"

    def pids(self) -> dict[str, int]:
        """Give the pid of every part: postgres, temporal, worker, api, supervisord, up."""
        assert self.process is not None
        states = self.supervision.states()
        found = {name: one.pid for name, one in states.items() if one.pid}
        return found | {"supervisord": self.supervision.pid(), "up": self.process.pid}

    def kill(self, name: str) -> int:
        """Send SIGKILL to a part (or `supervisord`, `up`); give the pid it had."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        if name == "up":
            assert self.process is not None
            self.process.wait()
        return pid

    def wait_replaced(self, name: str, old: int, timeout_seconds: float = 90) -> None:
        """Wait until another process does the work of the one killed, and the API is ready."""

        def is_replaced() -> bool:
            try:
                return self.pids().get(name, old) != old
            except UNANSWERED:
                return False

        self.wait_until(is_replaced, timeout_seconds)
        if name == "supervisord":
            self.wait_until(lambda: RECOVERED in self.output(), timeout_seconds)
        self.wait_ready(timeout_seconds)

    def wait_ready(self, timeout_seconds: float = 90) -> None:
        self.wait_until(self.is_ready, timeout_seconds)

    def is_ready(self) -> bool:
        """Say whether /readyz answers 200."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with (
            contextlib.suppress(OSError),
            opener.open(self.base_url + "/readyz", timeout=5) as answer,
        ):
            return bool(answer.status == 200)
        return False

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask `up` to stop, as Ctrl-C does; give its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=120)

    def leftovers(self) -> list[psutil.Process]:
        """Find every process that still belongs to this home, whoever its parent is."""
        found = list(cluster.processes(postgres.cluster(self.settings)))
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if (
                    process.pid != os.getpid()
                    and process.status() != psutil.STATUS_ZOMBIE
                    and process.environ().get("GUIXUE_HOME") == str(self.home)
                ):
                    found.append(process)
        return found

    def wait_until(self, is_done: Callable[[], bool], timeout_seconds: float) -> None:
        """Wait for a condition; fail early, with its output, when `up` has ended."""
        end = time.monotonic() + timeout_seconds
        while not is_done():
            has_ended = self.process is not None and self.process.poll() is not None
            if time.monotonic() > end or has_ended:
                raise AssertionError(f"gave up waiting; output so far:\n{self.told()}")
            time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Find ports nobody listens on, all different, that nobody is given by chance either.

    Half a minute may pass before a port found here is listened on. The kernel hands out those of
    its ephemeral range to any connection on the machine, those of tests running beside this one
    included, so these lie below it.
    """
    low, high = 10_000, _first_ephemeral_port()
    if high - low < 1000:
        high = 65_536
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        for port in _PICK.sample(range(low, high), high - low):
            probe = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise AssertionError(f"no {count} free ports between {low} and {high}")


def _first_ephemeral_port() -> int:
    with contextlib.suppress(OSError):
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    return 32_768
