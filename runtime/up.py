"""`guixue up`: the whole installation in one terminal, from first start to Ctrl-C."""

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NamedTuple, NoReturn

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from runtime import cluster, postgres, preflight, temporal_server
from runtime.settings import Settings, SetupError
from runtime.supervisor import CODE_ROOT, UNANSWERED, Part, Supervision, parts_of

_READY_SECONDS = 90
_STARTS = 5  # of one program before it is ready; more will not help


class Plan(NamedTuple):
    """What `up` runs: parts that stay, and commands that finish before `worker` starts."""

    parts: list[Part]
    migrate: list[str]
    schedules: list[str]
    seed: list[str]


class _Stopped(BaseException):
    """A person or the system asked to stop."""


def plan_of(settings: Settings) -> Plan:
    cli = [sys.executable, "-m", "cli"]
    return Plan(parts_of(settings), [*cli, "migrate"], [*cli, "schedules"], [*cli, "seed"])


def next_steps(settings: Settings) -> list[str]:
    """Say what a person can try first; shown once everything runs."""
    return [
        f"打开 {_base_url(settings)} ，看有多少个案、停在哪个阶段",
        "另开一个终端：.venv/bin/guixue cases list 列出个案，.venv/bin/guixue story 看一个孩子的案件从头到尾",
        f"接口文档在 {_base_url(settings)}/docs",
    ]


def up(settings: Settings, plan: Plan | None = None) -> int:
    """Start everything and keep it running until asked to stop; give an exit code."""
    console = Console(highlight=False)
    run = _Run(settings, plan or plan_of(settings), console)
    _listen(_raise_stopped)
    try:
        with _only_one(settings):
            try:
                run.start()
                run.watch()
            finally:
                _listen(signal.SIG_IGN)
                run.stop()
    except _Stopped:
        return 0
    except SetupError as refusal:
        run.say(f"[bold red]归学停在这里：[/]{escape(str(refusal))}")
        return 1


class _Run:
    def __init__(self, settings: Settings, plan: Plan, console: Console) -> None:
        self.settings = settings
        self.plan = plan
        self.console = console
        self.supervision = Supervision(settings, plan.parts)
        self.titles = {part.name: part.title for part in plan.parts}
        self.is_started = False

    def say(self, text: str) -> None:
        # The terminal may be gone (SSH dropped); that is no reason to leave servers behind.
        with contextlib.suppress(OSError):
            self.console.print(text, soft_wrap=True)

    def start(self) -> None:
        """Bring every part up in order."""
        begun = time.monotonic()
        if self.supervision.stop():
            self.say("上次没有正常退出，已停下遗留的进程，接着使用原有数据。")
        preflight.check(self.settings)
        preflight.write_layout(self.settings)
        self.is_started = True
        self.supervision.start()
        self._start_servers()
        with self._step("更新数据表"):
            self._command("migrate", self.plan.migrate)
        with self._step("登记定时任务"):
            self._command("schedules", self.plan.schedules)
        with self._step("载入示例县（已载入则跳过）"):
            told = self._command("seed", self.plan.seed)
        for line in told:
            self.say(f"  {escape(line)}")
        self._start_programs()
        self._welcome(time.monotonic() - begun)

    def watch(self) -> NoReturn:
        """Report restarts; start again what gave up, supervisord included."""
        pids: dict[str, int] = {}
        retry_at = 0.0
        while True:
            if not self.supervision.is_alive():
                self._recover()
                pids.clear()
            with contextlib.suppress(*UNANSWERED, SetupError):
                for name, one in self.supervision.states().items():
                    if one.state == "RUNNING" and one.pid != pids.setdefault(name, one.pid):
                        self.say(f"[yellow]{self.titles[name]}意外停止，已自动重新启动。[/]")
                        pids[name] = one.pid
                    if one.state in ("FATAL", "EXITED") and time.monotonic() >= retry_at:
                        retry_at = time.monotonic() + 15
                        self.say(
                            f"[red]{self.titles[name]}反复启动失败，稍后再试；"
                            f"原因见 {escape(str(self.supervision.log_of(name)))}[/]"
                        )
                        self.supervision.start_part(name)
            time.sleep(0.5)

    def _recover(self) -> None:
        """Bring everything back after supervisord was killed; its parts run on unwatched."""
        self.say("[yellow]进程管理程序意外停止，正在重新启动各部分…[/]")
        for attempt in (1, 2, 3):
            try:
                self.supervision.reap()
                self.supervision.start()
                self._start_servers()
                self._start_programs()
            except SetupError:
                if attempt == 3:
                    raise
                time.sleep(2)
            else:
                self.say("[green]已恢复。[/]")
                return

    def stop(self) -> None:
        """Stop in reverse order; nothing may be left."""
        if not self.is_started:
            return
        self.say("正在停止…")
        self.supervision.stop()
        self.say(f"已停止，数据保存在 {escape(str(self.settings.home))}")

    def _start_servers(self) -> None:
        if self.settings.is_database_embedded:
            with self._step("启动数据库"):
                postgres.prepare(self.settings)
                self.supervision.start_part("postgres")
                self._or_log("postgres", lambda: postgres.wait_ready(self.settings))
                postgres.bootstrap(self.settings)
        if self.settings.is_temporal_embedded:
            with self._step("启动流程引擎"):
                temporal_server.prepare(self.settings)
                self.supervision.start_part("temporal")
                self._or_log("temporal", lambda: asyncio.run(_ready_temporal(self.settings)))

    def _start_programs(self) -> None:
        with self._step("启动业务程序与网页"):
            self.supervision.start_part("worker")
            self.supervision.start_part("api")
            self._or_log("api", self._wait_readyz)

    def _wait_readyz(self) -> None:
        end = time.monotonic() + _READY_SECONDS
        starts: dict[str, set[int]] = {name: set() for name in self.titles}
        # A proxy in the environment must not be asked for our own address.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while True:
            with (
                contextlib.suppress(OSError, urllib.error.URLError),
                opener.open(_base_url(self.settings) + "/readyz", timeout=5) as answer,
            ):
                if answer.status == 200:
                    return
            for name, one in self.supervision.states().items():
                starts[name].add(one.started)
                if one.state == "FATAL" or len(starts[name]) > _STARTS:
                    raise SetupError(
                        "part_failed",
                        f"{self.titles[name]}反复启动失败，原因见 {self.supervision.log_of(name)}。",
                    )
            if time.monotonic() > end:
                raise SetupError("not_ready", f"网页在 {_READY_SECONDS} 秒内没有就绪。")
            time.sleep(0.1)

    def _or_log(self, name: str, wait: Callable[[], None]) -> None:
        """Wait for a part; a failure also names its log."""
        try:
            wait()
        except SetupError as refusal:
            raise SetupError(
                refusal.code, f"{refusal}日志：{self.supervision.log_of(name)}"
            ) from refusal

    def _command(self, name: str, arguments: list[str]) -> list[str]:
        """Run a command to its end and give the lines it printed."""
        log = self.supervision.log_of(name)
        with log.open("wb") as sink:
            done = subprocess.run(
                arguments,
                cwd=CODE_ROOT,
                env=self.supervision.environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if done.returncode != 0:
            raise SetupError(
                f"{name}_failed",
                f"命令 {name} 失败（退出码 {done.returncode}）："
                f"{said[-1] if said else '没有输出'}\n日志：{log}",
            )
        return said

    @contextlib.contextmanager
    def _step(self, title: str) -> Iterator[None]:
        begun = time.monotonic()
        with self.console.status(title + "…"):
            yield
        self.say(f"[green]✓[/] {title}  [dim]{time.monotonic() - begun:.1f} 秒[/]")

    def _welcome(self, seconds: float) -> None:
        lines = [f"控制台与接口  [bold]{_base_url(self.settings)}[/]"]
        if self.settings.is_temporal_embedded:
            lines.append(f"流程引擎界面  http://127.0.0.1:{self.settings.temporal_ui_port}")
        lines += ["", "可以先试三件事："]
        lines += [f"{n}. {text}" for n, text in enumerate(next_steps(self.settings), 1)]
        lines += ["", "按 Ctrl-C 停止；再次 make up 接着使用原有数据。"]
        with contextlib.suppress(OSError):
            self.console.print(
                Panel("\n".join(lines), title=f"归学已就绪（{seconds:.1f} 秒）", expand=False)
            )


async def _ready_temporal(settings: Settings) -> None:
    client = await temporal_server.wait_ready(settings)
    await temporal_server.raise_retention(client)
    await temporal_server.register_search_attributes(client)
    del client
    gc.collect()
    await asyncio.sleep(0.2)  # else the SDK's threads may abort the interpreter at exit


def _base_url(settings: Settings) -> str:
    host = settings.api_host
    if host in ("0.0.0.0", "::", ""):
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.api_port}"


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the installation; the kernel frees it however this process ends."""
    folder = settings.home / "run"
    try:
        cluster.make_open(folder)
        descriptor = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SetupError(
            "home_refused",
            f"不能写入数据目录 {settings.home}（{error.strerror}）。"
            "请检查目录权限，或用 GUIXUE_HOME 指定别处。",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
            raise SetupError(
                "already_up",
                f"这个数据目录上已有归学在运行（进程号 {holder or '未知'}）。"
                "请在那个终端按 Ctrl-C，"
                "或用 GUIXUE_HOME 和 GUIXUE_API_PORT 等变量另起一套。",
            ) from error
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _listen(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, action)


def _raise_stopped(_: int, __: FrameType | None) -> NoReturn:
    raise _Stopped
