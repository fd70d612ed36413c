"""Keep the parts of one installation running with supervisord.

supervisord is old but kept up, small, and does exactly this: start in order, restart what dies,
stop in order, answer over a private socket. `up` watches supervisord itself.
"""

import contextlib
import hashlib
import http.client
import os
import shlex
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import psutil
from supervisor.xmlrpc import SupervisorTransport

from runtime import cluster, postgres, temporal_server
from runtime.settings import Settings, SetupError, socket_directory

CODE_ROOT = Path(__file__).resolve().parents[1]
UNANSWERED = (OSError, http.client.HTTPException, xmlrpc.client.Error)


class Part(NamedTuple):
    """One program kept running."""

    name: str
    title: str
    command: list[str]
    stop_signal: str = "TERM"
    stop_seconds: int = 30


class PartState(NamedTuple):
    """What supervisord says of a part."""

    name: str
    state: str
    pid: int
    started: int
    """When it was last started, in seconds since the epoch; 0 before the first start."""


def parts_of(settings: Settings) -> list[Part]:
    """List the parts to run, in starting order; servers run by somebody else are left out."""
    cli = [sys.executable, "-m", "cli"]
    found = []
    if settings.is_database_embedded:
        found.append(Part("postgres", "数据库", postgres.command(settings), "INT", 60))
    if settings.is_temporal_embedded:
        found.append(Part("temporal", "流程引擎", temporal_server.command(settings)))
    found.append(Part("worker", "流程执行", [*cli, "worker"], stop_seconds=40))
    found.append(Part("api", "网页与接口", [*cli, "api"]))
    return found


class Supervision:
    """One supervisord and its parts, found through the folder of the installation."""

    def __init__(self, settings: Settings, parts: list[Part]) -> None:
        self.settings = settings
        self.parts = parts
        self.run_folder = settings.home / "run"
        self.logs = self.run_folder / "log"
        self.config = self.run_folder / "supervisord.conf"
        self.socket = socket_directory(settings.home, "control") / "supervisor.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def identifier(self) -> str:
        return "guixue-" + hashlib.sha256(os.fsencode(self.settings.home)).hexdigest()[:12]

    @property
    def environment(self) -> dict[str, str]:
        """Give the parts' environment; secrets in it never touch the configuration file."""
        return os.environ | {
            "GUIXUE_HOME": str(self.settings.home),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join(
                filter(None, [str(CODE_ROOT), os.environ.get("PYTHONPATH")])
            ),
        }

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def start(self) -> None:
        """Write the configuration and start supervisord with every part still stopped."""
        self.logs.mkdir(parents=True, exist_ok=True)
        cluster.make_folder(self.socket.parent, None)
        self.config.write_text(self._configuration(), encoding="utf-8")
        with (self.logs / "supervisord.out").open("wb") as sink:
            # Its own session: Ctrl-C in the terminal reaches `up` alone, which stops in order.
            self.process = subprocess.Popen(
                self._command,
                cwd=CODE_ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + 30
        while self.identification() is None:
            if self.process.poll() is not None or time.monotonic() > end:
                raise SetupError(
                    "supervisor_failed",
                    f"进程管理程序没有启动，原因见 {self.logs / 'supervisord.out'}。",
                )
            time.sleep(0.05)

    @property
    def _command(self) -> list[str]:
        # It calls functions of the standard library that are deprecated; as errors they would
        # close the control socket.
        quiet = ["-W", "ignore::DeprecationWarning"]
        program = ["-m", "supervisor.supervisord", "-n", "-c", str(self.config)]
        return [sys.executable, *quiet, *program]

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def identification(self) -> str | None:
        """Ask whoever listens on the control socket for its name; None when nobody does."""
        with contextlib.suppress(*UNANSWERED):
            return cast(str, self._call("getIdentification"))
        return None

    def pid(self) -> int:
        return cast(int, self._call("getPID"))

    def start_part(self, name: str) -> None:
        """Start a part unless it runs."""
        try:
            self._call("startProcess", name, False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise SetupError(
                    "part_failed", f"无法启动 {name}（{fault.faultString}）。"
                ) from fault

    def states(self) -> dict[str, PartState]:
        """Give every part's state: RUNNING, STARTING, BACKOFF, FATAL, STOPPED …"""
        listed = cast(list[dict[str, Any]], self._call("getAllProcessInfo"))
        return {
            one["name"]: PartState(
                one["name"], one["statename"], int(one["pid"]), int(one["start"])
            )
            for one in listed
        }

    def stop(self) -> bool:
        """Stop every part in reverse order, then supervisord. Say whether anything was running.

        Works on a supervisord started by an `up` that is gone as well.
        """
        was_running = self.identification() == self.identifier
        if was_running:
            with contextlib.suppress(*UNANSWERED):
                pid = self.pid()
                self._call("shutdown")
                self._wait_gone(pid, sum(part.stop_seconds for part in self.parts) + 10)
        return self.reap() or was_running

    def reap(self) -> bool:
        """Stop every process of this installation that nobody looks after."""
        found = list(self._matching([self._command]))
        _end(found, signal.SIGKILL)  # it cannot be asked any more, and must not restart the rest
        if self.process is not None:
            self.process.wait()
        for part in reversed(self.parts):
            leftovers = list(self._matching([part.command]))
            _end(leftovers, signal.Signals[f"SIG{part.stop_signal}"])
            found += leftovers
            if part.name == "postgres" and cluster.stop(postgres.cluster(self.settings)):
                found.append(psutil.Process())
        self.socket.unlink(missing_ok=True)
        return bool(found)

    def _matching(self, commands: list[list[str]]) -> Iterator[psutil.Process]:
        """Find processes by command line and by the home in their environment."""
        wanted = [command[1:] for command in commands]
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if (
                    process.cmdline()[1:] in wanted
                    and process.environ().get("GUIXUE_HOME") == str(self.settings.home)
                    and process.pid != os.getpid()
                ):
                    yield process

    def _wait_gone(self, pid: int, seconds: float) -> None:
        if self.process is not None and self.process.pid == pid:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=seconds)
            return
        with contextlib.suppress(psutil.Error):
            cluster.wait_gone([psutil.Process(pid)], seconds)

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(serverurl=f"unix://{self.socket}")
        try:
            proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
            remote = cast(Callable[..., Any], getattr(proxy.supervisor, method))
            return remote(*arguments)
        finally:
            transport.close()

    def _configuration(self) -> str:
        lines = [
            "[supervisord]",
            "nodaemon=true",
            "silent=true",
            # Saying root aloud keeps supervisord from warning about it.
            *(["user=root"] if os.geteuid() == 0 else []),
            f"identifier={self.identifier}",
            f"logfile={_value(self.log_of('supervisord'))}",
            "logfile_maxbytes=5MB",
            "logfile_backups=2",
            f"pidfile={_value(self.run_folder / 'supervisord.pid')}",
            f"childlogdir={_value(self.logs)}",
            "nocleanup=true",
            "[unix_http_server]",
            f"file={_value(self.socket)}",
            "chmod=0700",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
        ]
        for order, part in enumerate(self.parts):
            lines += [
                f"[program:{part.name}]",
                f"command={_value(shlex.join(part.command))}",
                f"directory={_value(CODE_ROOT)}",
                "autostart=false",
                "autorestart=true",
                "startsecs=1",
                "startretries=30",
                f"priority={order}",
                f"stopsignal={part.stop_signal}",
                f"stopwaitsecs={part.stop_seconds}",
                "redirect_stderr=true",
                f"stdout_logfile={_value(self.log_of(part.name))}",
                "stdout_logfile_maxbytes=10MB",
                "stdout_logfile_backups=3",
            ]
        return "\n".join(lines) + "\n"


def _value(given: Path | str) -> str:
    """Escape what supervisord would expand."""
    return str(given).replace("%", "%%")


def _end(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        cluster.send(process, number)
    alive = cluster.wait_gone(processes, 20)
    for process in alive:
        cluster.send(process, signal.SIGKILL)
    cluster.wait_gone(alive, 5)
