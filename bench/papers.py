"""How fast papers are made: notices a second, ledgers of 500 and 50,000 rows, memory, against peers."""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from papers.book import BookTable, Column
from papers.catalogue import paper_kind
from papers.fonts import BUNDLED
from papers.office_papers import EntryNoticeData
from papers.pdf import to_pdf
from papers.pipeline import preview, render
from papers.xhtml import parse

DAY = date(2026, 7, 1)


def notice(number: int) -> EntryNoticeData:
    """Data of one entry notice; no two are alike, so that nothing is remembered."""
    kind = paper_kind("entry_notice")
    return EntryNoticeData(
        series_word=kind.series_word, year=2026, serial=number, issuer="示例县清水镇人民政府",
        issued_on=DAY, contact_person="周敏", contact_phone="0990-5550101",
        legal_bases=kind.legal_bases, guardian_name=f"张立山{number}", relation="父亲",
        child_name=f"张小禾{number}", child_sex="女", child_birth_on=date(2020, 5, 2),
        school="示例县清水小学", school_address="示例县清水镇中心街1号", grade_class="一年级",
        school_year=2026, report_on=date(2026, 8, 30), materials="户口簿和预防接种证",
        joint_issuer="示例县教育体育局", verify_code="7K3MP9QW2XTR8HAC",
        verify_url="https://example.org/v/7K3MP9QW2XTR8HAC",
    )  # fmt: skip


def make_both(number: int) -> int:
    """Make PDF and DOCX."""
    made = render("entry_notice", notice(number))
    return len(made.pdf) + len(made.docx)


def make_pdf(number: int) -> int:
    """Make the PDF alone, which is what the peers make."""
    return len(to_pdf(parse(preview("entry_notice", notice(number))), DAY))


class DocxTemplate:
    """docxtpl fills a Word template, LibreOffice prints ten files at a time."""

    def __init__(self, folder: Path) -> None:
        from docx import Document

        self.folder = folder
        self.template = folder / "template.docx"
        document = Document()
        for line in (
            "{{ issuer }}", "义务教育入学通知书", "{{ doc_no }}", "{{ guardian }}（{{ child }}的父亲）：",
            "{{ child }}，女，2020年5月2日出生，依法应当在2026年秋季学期接受义务教育。根据{{ bases }}，"
            "请你于2026年8月30日送{{ child }}到{{ school }}报到一年级就读。", "报到时携带：户口簿和预防接种证。",
            "义务教育不收学费、杂费。因身体状况需要延缓入学的，由监护人申请。", "联系人：周敏。", "2026年7月1日",
        ):  # fmt: skip
            document.add_paragraph(line)
        document.save(str(self.template))

    def __call__(self, first: int, count: int) -> None:
        from docxtpl import DocxTemplate as Template

        files = []
        for number in range(first, first + count):
            data = notice(number)
            made = Template(str(self.template))
            made.render(
                {"issuer": data.issuer, "doc_no": data.doc_no, "guardian": data.guardian_name,
                 "child": data.child_name, "school": data.school, "bases": "、".join(data.legal_bases)},
                autoescape=True,
            )  # fmt: skip
            path = self.folder / f"{number}.docx"
            made.save(str(path))
            files.append(str(path))
        subprocess.run(
            [
                "soffice", "--headless", f"-env:UserInstallation=file://{self.folder}/profile",
                "--convert-to", "pdf", "--outdir", str(self.folder / "out"), *files,
            ],
            check=True, capture_output=True,
        )  # fmt: skip


def weasy(first: int, count: int) -> None:
    """WeasyPrint prints our own preview with the same fonts."""
    import weasyprint

    faces = "".join(
        f"@font-face {{ font-family: '{path.stem}'; src: url('{path.as_uri()}'); }}"
        for path in sorted(BUNDLED.rglob("*.[ot]tf"))
    )
    names = ", ".join(f"'{path.stem}'" for path in sorted(BUNDLED.rglob("*.[ot]tf")))
    sheet = f"<style>{faces} body, p, h1 {{ font-family: {names} !important; }}</style></head>"
    for number in range(first, first + count):
        html = preview("entry_notice", notice(number)).replace("</head>", sheet)
        weasyprint.HTML(string=html).write_pdf(io.BytesIO(), pdf_variant="pdf/a-2b")


def rate(work: Callable[[int], Any], count: int, first: int) -> float:
    """Return notices a second of one process."""
    started = time.perf_counter()
    for number in range(first, first + count):
        work(number)
    return count / (time.perf_counter() - started)


def two_processes(count: int) -> float:
    """Return notices (PDF and DOCX) a second of two processes, warmed up."""
    # Typst has threads of its own: a forked copy of this process would wait for them for ever.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(make_both, [1, 2, 3, 4]))
        started = time.perf_counter()
        list(pool.map(make_both, range(100, 100 + count), chunksize=10))
        return count / (time.perf_counter() - started)


def table(rows: int) -> BookTable:
    """Make a ledger of ten columns."""
    names = (("序号", 3), ("学校", 10), ("姓名", 6), ("性别", 3), ("年级", 4), ("班级", 4),
             ("身份证号码", 10), ("辍学原因", 8), ("是否", 4), ("措施", 14))  # fmt: skip
    return BookTable(
        name="台账", title="控辍保学台账", columns=tuple(Column(n, w) for n, w in names),
        rows=[
            (str(n), "示例县清水中学", f"张小禾{n}", "女", "七年级", "（3）班", f"99010120130502{n % 10_000:04d}",
             "厌学", "否", "入户劝返3次，已下达责令限期改正通知书")
            for n in range(rows)
        ],
    )  # fmt: skip


def ledger(rows: int, form: str) -> dict[str, float]:
    """Make one ledger in a process of its own: seconds, megabytes of memory and of the file."""
    code = (
        "import sys,time,resource,json\n"
        "from bench.papers import table, DAY\n"
        "from papers.book_print import book_pdf\nfrom papers.xlsx import to_xlsx\n"
        f"t=table({rows}); s=time.perf_counter()\n"
        + ("made=to_xlsx([t],DAY)\n" if form == "xlsx" else "made=book_pdf([t],DAY)\n")
        + "print(json.dumps({'seconds':time.perf_counter()-s,"
        "'memory_mb':int([l for l in open('/proc/self/status') if 'VmHWM' in l][0].split()[1])/1024,'file_mb':len(made)/1e6}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--notices", type=int, default=60)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--peer-notices", type=int, default=10)
    words.add_argument("--rows", type=int, default=50_000)
    words.add_argument("--json", type=Path)
    asked = words.parse_args()
    make_both(1)
    ours: dict[str, list[float]] = {"pdf": [], "pdf_and_docx": [], "two_processes": []}
    peers: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        arms = _peers(Path(folder))
        for arm in arms.values():
            arm(9_000, 1)  # warm
        for turn in range(asked.rounds):
            first = 1_000 * (turn + 1)
            ours["pdf"].append(rate(make_pdf, asked.notices, first))
            ours["pdf_and_docx"].append(rate(make_both, asked.notices, first + 500))
            ours["two_processes"].append(two_processes(asked.notices * 2))
            for name, arm in arms.items():
                started = time.perf_counter()
                arm(first + 10_000, asked.peer_notices)
                took = asked.peer_notices / (time.perf_counter() - started)
                peers.setdefault(name, []).append(took)
                print(f"round {turn + 1}: {name} {took:.2f}/s", flush=True)
            told = ", ".join(f"{name} {values[-1]:.1f}/s" for name, values in ours.items())
            print(f"round {turn + 1}: {told}", flush=True)
    figures: dict[str, Any] = {
        "notices_per_second": {name: statistics.median(v) for name, v in ours.items()},
        "peers_per_second": {name: statistics.median(v) for name, v in peers.items()},
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    base = figures["notices_per_second"]["pdf"]
    figures["times_as_fast"] = {n: base / v for n, v in figures["peers_per_second"].items()}
    for rows in (500, asked.rows):
        for form in ("xlsx", "pdf"):
            figures[f"{form}_{rows}_rows"] = ledger(rows, form)
            print(form, rows, figures[f"{form}_{rows}_rows"], flush=True)
    print(json.dumps(figures, indent=2))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2))


def _peers(folder: Path) -> dict[str, Callable[[int, int], None]]:
    found: dict[str, Callable[[int, int], None]] = {}
    if importlib.util.find_spec("docxtpl") and shutil.which("soffice"):
        found["docxtpl + LibreOffice"] = DocxTemplate(folder)
    else:
        print(
            "docxtpl and soffice are not both here: pip install docxtpl, apt libreoffice-writer-nogui"
        )
    if importlib.util.find_spec("weasyprint"):
        found["WeasyPrint"] = weasy
    else:
        print("weasyprint is not here: pip install weasyprint")
    return found


if __name__ == "__main__":
    main()
