"""Logs that cannot name a child: only listed keys pass, and their values are masked.

Names are Chinese and numbers of people are long, so text keeps its ASCII part without long
digits. What another library says passes the same way, with quoted values masked as well.
"""

import logging
import re
import sys
import traceback
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

ALLOWED_KEYS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "exception",
        # references: opaque, made by us
        "case_ref",
        "workflow_id",
        "run_id",
        "request_id",
        "trace_id",
        "paper_ref",
        "import_ref",
        "job",
        # what happened
        "kind",
        "seq",
        "revision",
        "count",
        "total",
        "attempt",
        "ms",
        "bytes",
        "sha256",
        "state",
        "queue",
        "clause",
        "policy",
        "version",
        "error_code",
        "error_type",
        # HTTP and processes
        "method",
        "path",
        "status",
        "port",
        "pid",
        "part",
        "exit_code",
    }
)
MASK = "***"

_PERSONAL = re.compile(r"[^\x20-\x7e]+|(?<!\d)(?:\d{17}[\dXx]|\d{15}|(?:\+?86)?1[3-9]\d{9})(?!\d)")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,40}")
_FRAMES = 12


def configure(
    level: str = "info", *, as_json: bool | None = None, stream: TextIO | None = None
) -> None:
    """Send structlog and stdlib logging through one masked stream; JSON unless on a terminal."""
    target = stream if stream is not None else sys.stderr
    is_json = not target.isatty() if as_json is None else as_json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        show_frames,
        allow_only_listed,
    ]
    render: Processor = (
        structlog.processors.JSONRenderer()
        if is_json
        else structlog.dev.ConsoleRenderer(colors=target.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[mask_foreign, structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            use_get_message=False,
        )
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    # uvicorn and alembic bring handlers of their own, which would write past this one.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "temporalio"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # Its lines hold the query string, and with it the name somebody searched for.
    logging.getLogger("uvicorn.access").disabled = True


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Give the logger of a module."""
    return structlog.stdlib.get_logger(name)


def allow_only_listed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop every key that is not listed, leaving only its name, and mask values that pass."""
    kept: EventDict = {}
    withheld: list[str] = []
    for key, value in event.items():
        if key in ("_record", "_from_structlog"):
            kept[key] = value
        elif key == "exception" and isinstance(value, _Shown):
            kept[key] = list(value)
        elif key in ALLOWED_KEYS:
            kept[key] = mask(value)
        else:
            withheld.append(key if _IDENTIFIER.fullmatch(key) else MASK)
    if withheld:
        kept["withheld"] = sorted(withheld)
    return kept


def mask(value: Any) -> Any:
    """Give what may be written: short numbers, dates, text without its personal part."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**10 else MASK
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        text = value.split("?", 1)[0] if value.startswith("/") else str(value)
        return _PERSONAL.sub(MASK, text)
    return f"<{type(value).__name__}>"


def mask_foreign(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep the template of another library's message: never its arguments or quoted values."""
    record = event.get("_record")
    said = record.msg if isinstance(record, logging.LogRecord) else event.get("event")
    if isinstance(said, BaseException):
        event["event"] = type(said).__name__
    else:
        event["event"] = _QUOTED.sub(MASK, str(said))[:500]
    if isinstance(record, logging.LogRecord) and record.exc_info and "exc_info" not in event:
        event["exc_info"] = record.exc_info
    if isinstance(record, logging.LogRecord):
        # The formatter would append the traceback, with its values, once more.
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
    return event


class _Shown(list[str]):
    """Lines made by `show_frames`, and by nobody else."""


def show_frames(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace exception information by classes and places, without messages or values."""
    event.pop("stack_info", None)
    given = event.pop("exc_info", None)
    error = _error_of(given)
    if error is None:
        return event
    lines = _Shown()
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < 5:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines.extend(_places(current.__traceback__))
        current = current.__cause__ or current.__context__
    event["exception"] = lines
    event.setdefault("error_type", type(error).__qualname__)
    return event


def _error_of(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [
        f"  {'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in frames
    ]
