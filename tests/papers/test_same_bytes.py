from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from papers.data import CorrectionOrderData, ReturnOrderData
from papers.pipeline import RenderedPaper, render
from tests.papers import examples

ROOT = Path(__file__).resolve().parents[2]
PRINT_HASHES = """
from tests.papers import examples
from papers.pipeline import render
for data in (examples.return_order(), examples.correction_order()):
    paper = render(data.key, data)
    print(paper.pdf_sha256, paper.docx_sha256)
"""


def test_same_data_same_bytes(return_order: RenderedPaper, correction_order: RenderedPaper) -> None:
    """Rendering again from equal data gives the very same record, bytes and hashes."""
    assert render("return_order", examples.return_order()) == return_order
    assert render("correction_order", examples.correction_order()) == correction_order


def test_same_bytes_in_another_process(
    return_order: RenderedPaper, correction_order: RenderedPaper
) -> None:
    """Another process with another hash seed and time zone gives the same bytes."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HASHES],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "TZ": "America/Lima", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [
        digest
        for paper in (return_order, correction_order)
        for digest in (paper.pdf_sha256, paper.docx_sha256)
    ]


def test_hashes_are_those_of_the_bytes(return_order: RenderedPaper) -> None:
    """The stored hashes are SHA-256 of the stored bytes."""
    assert return_order.pdf_sha256 == hashlib.sha256(return_order.pdf).hexdigest()
    assert return_order.docx_sha256 == hashlib.sha256(return_order.docx).hexdigest()


def test_one_changed_letter_changes_the_data_hash(
    return_data: ReturnOrderData, return_order: RenderedPaper
) -> None:
    """Other data has another data hash and other bytes, with the same template and fonts."""
    other = render("return_order", return_data.model_copy(update={"child_name": "张小苗"}))
    assert other.data_sha256 != return_order.data_sha256
    assert other.pdf_sha256 != return_order.pdf_sha256
    assert other.docx_sha256 != return_order.docx_sha256
    assert other.template_sha256 == return_order.template_sha256
    assert other.fonts_sha256 == return_order.fonts_sha256


def test_threads_may_render_at_once(
    return_data: ReturnOrderData,
    correction_data: CorrectionOrderData,
    return_order: RenderedPaper,
    correction_order: RenderedPaper,
) -> None:
    """Eight threads asking at once all get the right paper."""
    jobs = [return_data, correction_data] * 12
    with ThreadPoolExecutor(8) as pool:
        papers = list(pool.map(lambda data: render(data.key, data), jobs))
    assert [paper.pdf_sha256 for paper in papers] == [
        return_order.pdf_sha256,
        correction_order.pdf_sha256,
    ] * 12


def test_a_paper_leaves_nothing_in_the_next_of_its_form() -> None:
    """Papers of one form begin from one prepared document: it is copied, never written in."""
    first = examples.whole("entry_notice")
    other = examples.whole("penalty_decision")
    assert first != other
    made = render("entry_notice", first).docx
    render("penalty_decision", other)
    assert render("entry_notice", first).docx == made


def test_model_survives_json(return_data: ReturnOrderData) -> None:
    """Data kept as JSON with the paper gives the same data back."""
    assert ReturnOrderData.model_validate_json(return_data.model_dump_json()) == return_data
