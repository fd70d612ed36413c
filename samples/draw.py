"""Seeded drawing that gives the same values on any machine and any Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


class Draw:
    """Draw from ``Random.random`` only: the one method whose sequence Python promises to keep."""

    def __init__(self, seed: int, purpose: str) -> None:
        digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
        self._random = Random(int.from_bytes(digest[:8], "big"))
        self._purpose = f"{seed}:{purpose}"
        self._refs = 0

    def fraction(self) -> float:
        return self._random.random()

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def between(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random.random() * len(options))]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        """Draw one option; the weights add up to 1."""
        point = self._random.random()
        for option, weight in options:
            point -= weight
            if point < 0:
                return option
        return options[-1][0]

    def ref(self) -> UUID:
        """Make the next reference: shaped like a random one, the same for the same seed."""
        self._refs += 1
        digest = hashlib.sha256(f"{self._purpose}:{self._refs}".encode()).digest()
        return UUID(bytes=digest[:16], version=4)
