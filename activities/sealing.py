"""What sealing stored bytes asks of the runtime's keys."""

from __future__ import annotations

from typing import Protocol


class Sealer(Protocol):
    """Encrypts bytes for storage, bound to a name; opens them again."""

    def seal(self, plain: bytes, name: str) -> bytes: ...

    def open(self, sealed: bytes, name: str) -> bytes: ...
