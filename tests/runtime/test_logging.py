"""What reaches the log stream, whoever wrote it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from runtime import logging as our_logging

_NAME = "杨小花"
_ID = "990123201401010017"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    target = io.StringIO()
    our_logging.configure("debug", as_json=True, stream=target)
    yield target
    structlog.reset_defaults()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_listed_keys_pass(stream: io.StringIO) -> None:
    """An event with opaque references is written as it is."""
    our_logging.get_logger("t").info("case_opened", case_ref="c-01J8ZK", seq=3, ms=1.5)
    (line,) = _lines(stream)
    assert (line["event"], line["case_ref"], line["seq"]) == ("case_opened", "c-01J8ZK", 3)
    assert line["level"] == "info"
    assert "withheld" not in line


def test_other_keys_leave_only_their_name(stream: io.StringIO) -> None:
    """A key nobody listed is dropped, and the log says so."""
    our_logging.get_logger("t").info("lead_read", child_name=_NAME, id_no=_ID, count=1)
    (line,) = _lines(stream)
    assert line["withheld"] == ["child_name", "id_no"]
    assert _NAME not in stream.getvalue()
    assert _ID not in stream.getvalue()


def test_values_of_listed_keys_are_masked(stream: io.StringIO) -> None:
    """A name or number smuggled in under a listed key is masked."""
    our_logging.get_logger("t").info(
        f"opened {_NAME}", kind=_ID, path=f"/cases?q={_NAME}", count=int(_ID), state={"n": _NAME}
    )
    text = stream.getvalue()
    assert "杨" not in text
    assert "\\u" not in text
    assert _ID not in text
    assert _lines(stream)[0]["path"] == "/cases"


@pytest.mark.parametrize("number", ["13900001234", "990123840101001", "99012320140101001X"])
def test_numbers_of_people_are_masked(stream: io.StringIO, number: str) -> None:
    """Telephone and both lengths of identity number are recognised inside text."""
    our_logging.get_logger("t").info("sent", kind=f"to:{number}.")
    assert number not in stream.getvalue()


def test_exception_shows_places_not_values(stream: io.StringIO) -> None:
    """An exception is its class and frames; its message, which may quote a row, is not there."""
    try:
        try:
            raise KeyError(_NAME)
        except KeyError as cause:
            raise ValueError(f"row {_ID}") from cause
    except ValueError:
        our_logging.get_logger("t").exception("import_failed", count=1)
    (line,) = _lines(stream)
    assert line["error_type"] == "ValueError"
    assert any("test_exception_shows_places" in frame for frame in line["exception"])
    assert "builtins.KeyError" in line["exception"]
    assert _ID not in stream.getvalue()
    assert _NAME not in stream.getvalue()


def test_another_library_gives_its_template_only(stream: io.StringIO) -> None:
    """A stdlib record keeps its template: no argument, no quoted value, no traceback text."""
    try:
        raise RuntimeError(_NAME)
    except RuntimeError:
        logging.getLogger("sqlalchemy.engine").exception("params %s for 'Ann Li' %d", _NAME, 7)
    (line,) = _lines(stream)
    assert line["event"] == "params %s for *** %d"
    assert line["logger"] == "sqlalchemy.engine"
    assert line["exception"][0] == "builtins.RuntimeError"
    assert "杨" not in stream.getvalue()


def test_access_lines_are_off(stream: io.StringIO) -> None:
    """The web server's access lines hold query strings and are not written."""
    logging.getLogger("uvicorn.access").info('"GET /cases?q=%s"', _NAME)
    assert stream.getvalue() == ""
