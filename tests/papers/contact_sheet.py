"""`make papers`: print every kind of paper to PNG, to be looked at (out/papers)."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2

from papers.catalogue import catalogue
from papers.data import PaperData
from papers.pipeline import render
from tests.papers import examples

SCALE = 1.3


def example(key: str) -> PaperData:
    if key == "return_order":
        return examples.return_order()
    if key == "correction_order":
        return examples.correction_order()
    return examples.whole(key)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind in catalogue():
        made = render(kind.key, example(kind.key))
        (folder / f"{kind.key}.docx").write_bytes(made.docx)
        (folder / f"{kind.key}.pdf").write_bytes(made.pdf)
        document = pypdfium2.PdfDocument(made.pdf)
        for number, page in enumerate(document, 1):
            page.render(scale=SCALE).to_pil().save(folder / f"{kind.key}-{number}.png")
        sys.stdout.write(f"{kind.title}　{len(document)} 页　{kind.key}\n")
        document.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/papers"))
