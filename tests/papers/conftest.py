"""Papers are rendered once per session: most claims read the same two."""

from __future__ import annotations

import pytest

from papers.data import CorrectionOrderData, ReturnOrderData
from papers.pipeline import RenderedPaper, render
from tests.papers import examples


@pytest.fixture(scope="session")
def return_data() -> ReturnOrderData:
    return examples.return_order()


@pytest.fixture(scope="session")
def correction_data() -> CorrectionOrderData:
    return examples.correction_order()


@pytest.fixture(scope="session")
def return_order(return_data: ReturnOrderData) -> RenderedPaper:
    return render("return_order", return_data)


@pytest.fixture(scope="session")
def correction_order(correction_data: CorrectionOrderData) -> RenderedPaper:
    return render("correction_order", correction_data)


@pytest.fixture(scope="session")
def return_draft(return_data: ReturnOrderData) -> RenderedPaper:
    blank = {"serial": None, "issued_on": None, "printed_on": None, "signed_by": ""}
    return render("return_order", return_data.model_copy(update=blank))
