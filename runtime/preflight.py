"""Look before starting: what would make a start fail, in words a person can act on."""

import errno
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage

import psutil

from runtime import postgres
from runtime.cluster import make_open
from runtime.settings import Settings, SetupError

LAYOUT = 1
_NEEDED_BYTES = 500 * 1024 * 1024


def free_bytes(folder: Path) -> int:
    """Give the free space of the disk that holds `folder`, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return disk_usage(folder).free


def check(settings: Settings, *, free: Callable[[Path], int] = free_bytes) -> None:
    """Refuse with the first reason why this installation cannot start."""
    check_disk(settings, free)
    check_layout(settings)
    if settings.is_database_embedded:
        postgres.check_version(postgres.cluster(settings))
    check_ports(settings)


def check_disk(settings: Settings, free: Callable[[Path], int] = free_bytes) -> None:
    left = free(settings.home)
    if left < _NEEDED_BYTES:
        raise SetupError(
            "disk_full",
            f"{settings.home} 所在磁盘只剩 {left // 1024**2} MB，至少需要 500 MB。"
            "请清理磁盘，或用 GUIXUE_HOME 指定别处的数据目录。",
        )


def check_layout(settings: Settings) -> None:
    """Refuse data written by a later version of this program; mark new data with ours."""
    mark = settings.home / "layout"
    if not mark.exists():
        return
    written = mark.read_text(encoding="utf-8").strip()
    if not written.isdecimal() or int(written) > LAYOUT:
        raise SetupError(
            "newer_layout",
            f"数据目录 {settings.home} 由更新版本的归学写成"
            f"（布局 {written[:20]}，本版本为 {LAYOUT}）。"
            "请升级归学后再启动；数据未作任何改动。",
        )


def write_layout(settings: Settings) -> None:
    """Mark the data folder as ours."""
    make_open(settings.home)
    (settings.home / "layout").write_text(f"{LAYOUT}\n", encoding="utf-8")


def check_ports(settings: Settings) -> None:
    """Refuse when a port is taken or given twice."""
    wanted = [(settings.api_host, settings.api_port, "GUIXUE_API_PORT")]
    if settings.is_temporal_embedded:
        wanted += [
            ("127.0.0.1", settings.temporal_port, "GUIXUE_TEMPORAL_PORT"),
            ("127.0.0.1", settings.temporal_ui_port, "GUIXUE_TEMPORAL_UI_PORT"),
            ("127.0.0.1", settings.temporal_http_port, "GUIXUE_TEMPORAL_HTTP_PORT"),
        ]
    port, times = Counter(port for _, port, _ in wanted).most_common(1)[0]
    if times > 1:
        names = "、".join(name for _, one, name in wanted if one == port)
        raise SetupError("port_twice", f"端口 {port} 被设置了两次：{names}。请改用不同的端口。")
    for host, port, variable in wanted:
        _check_port(host, port, variable)


def _check_port(host: str, port: int, variable: str) -> None:
    try:
        kind, _, _, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except socket.gaierror as error:
        raise SetupError("bad_host", f"GUIXUE_API_HOST={host} 不是本机的地址。") from error
    except OSError as error:
        if error.errno == errno.EACCES:
            raise SetupError(
                "port_denied",
                f"当前用户不能使用端口 {port}。请用 {variable} 换成 1024 以上的端口。",
            ) from error
        if error.errno != errno.EADDRINUSE:
            raise SetupError(
                "bad_host", f"不能在 {host}:{port} 上监听：{error.strerror}。"
            ) from error
        raise SetupError(
            "port_in_use",
            f"端口 {port} 已被占用{_holder(port)}。"
            f"请停掉占用者，或换一个端口，例如：{variable}={_free_port()} make up",
        ) from error


def _holder(port: int) -> str:
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                return f"（{psutil.Process(connection.pid).name()}，进程号 {connection.pid}）"
    return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
