"""The two base classes every model and every coded word here is built on."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value; an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced (values are trusted, not validated)."""
        return self.model_copy(update=changes)


class Coded(StrEnum):
    """An enum whose members carry the Chinese word people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


def canonical(value: Any) -> str:
    """Write ``value`` (JSON types) so that equal values give equal text on any machine."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str | bytes) -> str:
    """Return the SHA-256 of ``text`` as 64 hex digits."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
