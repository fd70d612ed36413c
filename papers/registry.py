"""Which data class belongs to which kind of paper."""

from __future__ import annotations

from collections.abc import Iterator

from papers import case_papers, office_papers, step_papers
from papers.data import CorrectionOrderData, PaperData, ReturnOrderData


def _own(module: object) -> Iterator[type[PaperData]]:
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, PaperData) and "key" in vars(found):
            yield found


_ALL: tuple[type[PaperData], ...] = (
    ReturnOrderData, CorrectionOrderData, *_own(case_papers), *_own(step_papers),
    *_own(office_papers),
)  # fmt: skip
DATA_OF: dict[str, type[PaperData]] = {data.key: data for data in _ALL if data.key}
"""By key of the kind."""
