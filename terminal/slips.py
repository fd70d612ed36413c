"""What was typed wrong on the command line, said in Chinese with where to look."""

from __future__ import annotations

from typing import Any

import typer

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""typer carries its parser inside and gives out only this one of its errors."""


def said_of(error: Any) -> str:
    """Say which word is missing, unknown or wrong, and how to see what there is."""
    where = error.ctx.command_path if getattr(error, "ctx", None) else "guixue"
    return f"{_what(error)}用法见：{where} --help"


def _what(error: Any) -> str:
    kind = type(error).__name__
    if kind == "NoSuchCommand" or "No such command" in error.message:
        _, word, *_ = error.message.split("'")
        return f"没有“{word}”这个命令。"
    if kind == "NoSuchOption":
        return f"没有“{error.option_name}”这个选项。"
    if kind == "MissingParameter":
        return f"缺少{_named(error)}。"
    if kind == "BadParameter":
        return f"{_named(error)}填写有误，请核对格式和可选的值。"
    if "unexpected extra argument" in error.message:
        return f"多写了“{error.message.rpartition('(')[2].rstrip(').')}”。"
    return "写法有误。"


def _named(error: Any) -> str:
    """Name a parameter by its option, or by its place among the arguments."""
    param = getattr(error, "param", None)
    if param is None:
        return "一个参数"
    options = [word for word in param.opts if word.startswith("-")]
    return f"选项 {options[0]}" if options else f"参数 {str(param.name).upper()}"
