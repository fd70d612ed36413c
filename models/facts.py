"""Fields that commands, events and requests share: bounded texts, officers, a paper's content."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from models.base import Frozen
from models.words import ServiceMethod


def _no_nul(text: str) -> str:
    """Refuse U+0000: PostgreSQL holds no such character, and a command that cannot be stored
    would be tried for ever.
    """
    if "\x00" in text:
        raise ValueError("text holds U+0000")
    return text


Text = Annotated[str, AfterValidator(_no_nul), Field(max_length=4000)]
Short = Annotated[str, AfterValidator(_no_nul), Field(max_length=200)]
Account = Annotated[Short, Field(min_length=2)]
"""The account of an official, as in the signed token: who acted must be comparable."""


class Officer(Frozen):
    """An officer who handles the matter and can show a licence (执法证)."""

    name: Annotated[Short, Field(min_length=2)]
    licence_no: Annotated[Short, Field(min_length=2)]


class OutsideService(Frozen):
    """How a paper made outside reached its addressee; a paper of the case has its own record."""

    method: ServiceMethod | None = None
    officers: tuple[Short, ...] = ()
    receipt: Short = ""
    """Reference of the signed service receipt or of the photographs."""
    published_on: date | None = None
    """For service by public notice: the day it was published; it is served 30 days later."""


PaperValue = str | int | bool | tuple[str, ...] | tuple[dict[str, str], ...]


def _bounded(content: dict[str, PaperValue]) -> dict[str, PaperValue]:
    """Refuse what PostgreSQL cannot hold and what no paper is that long for."""
    written = json.dumps(content, ensure_ascii=False)
    if "\\u0000" in written or "\x00" in written:
        raise ValueError("text holds U+0000")
    if len(written) > 60_000:
        raise ValueError("content is too long")
    return content


PaperContent = Annotated[dict[str, PaperValue], AfterValidator(_bounded), Field(max_length=60)]
"""What the drafter writes into a paper, by field; everything else is taken from the case."""
