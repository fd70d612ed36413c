"""The one error a paper raises when it may not exist."""

from __future__ import annotations

from collections.abc import Iterable


class PaperRefused(Exception):
    """A paper cannot be made; `problems` holds one Chinese sentence per reason."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: list[str] = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Join the reasons into one line."""
        return "文书不能生成：" + " ".join(self.problems)
