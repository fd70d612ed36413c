"""Papers and evidence at the terminal."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from access import tokens
from lifecycle.papers import RULES
from models.people import Actor
from models.words import Role
from runtime.settings import secret
from tests.console.town import Case, Town
from tests.papers.reading import pdf_body
from tests.terminal.conftest import Guixue


def token(town: Town, role: Role, office: str) -> str:
    actor = Actor(id=f"{role.value}-1", role=role, office=office)
    return tokens.issue(secret(town.settings.home, "token-key"), actor, town.now())


@pytest.fixture
async def ordered(case: Case) -> Case:
    await case.to_the_order()
    return case


async def test_a_letter_from_draft_to_receipt(
    guixue: Guixue, ordered: Case, tmp_path: Path
) -> None:
    """Draft, preview, approve, serve and the filled receipt, each by one command."""
    town = ordered.town
    clerk = token(town, Role.EDU_CASE, town.office(Role.EDU_CASE))
    head = token(town, Role.EDU_HEAD, town.office(Role.EDU_HEAD))
    data = tmp_path / "content.json"
    data.write_text(json.dumps({"addressee": "邻县教育体育局"}), encoding="utf-8")

    async def did(*words: str, as_: str = clerk) -> Any:
        said = await guixue("papers", *words, "--token", as_)
        assert said.code == 0, (words, said.err, said.fault)
        return said

    await did("draft", ordered.no, "notice_letter", "--data", str(data))
    await did("preview", ordered.no, "notice_letter-1", str(tmp_path / "draft.html"))
    assert "草稿" in (tmp_path / "draft.html").read_text("utf-8")
    refused = await guixue("papers", "approve", ordered.no, "notice_letter-1", "--token", clerk)
    assert (refused.code, "县教体局负责人" in refused.err) == (3, True)
    await did("approve", ordered.no, "notice_letter-1", as_=head)
    await did("serve", ordered.no, "notice_letter-1", "--method", "direct", "--receipt", "回执-2",
              "--officer", "周敏")  # fmt: skip
    await did("receipt", ordered.no, "notice_letter-1", str(tmp_path / "receipt.pdf"))
    assert "回执-2" in pdf_body((tmp_path / "receipt.pdf").read_bytes())
    await did("dossier", ordered.no, str(tmp_path / "dossier.pdf"))
    assert "辍学学生情况告知函" in pdf_body((tmp_path / "dossier.pdf").read_bytes())
    await did("void", ordered.no, "notice_letter-1", "--reason", "主送有误", as_=head)
    kinds = await guixue("papers", "kinds", "--json")
    assert {"notice_letter", "penalty_decision"} <= {k["kind"] for k in json.loads(kinds.out)}


async def test_evidence_goes_in_and_comes_out(guixue: Guixue, case: Case, tmp_path: Path) -> None:
    """A photo is attached, listed with its number, and taken out unchanged."""
    made = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(made, "PNG")
    photo = tmp_path / "家访.png"
    photo.write_bytes(made.getvalue())
    clerk = token(case.town, Role.EDU_CASE, case.town.office(Role.EDU_CASE))
    said = await guixue("papers", "attach", case.no, "照片-1", str(photo), "--token", clerk)
    assert said.code == 0, said.err
    listed = await guixue("papers", "attachments", case.no, "--json", "--token", clerk)
    (row,) = json.loads(listed.out)
    back = tmp_path / "back.png"
    assert (await guixue("papers", "open", row["id"], str(back), "--token", clerk)).code == 0
    assert back.read_bytes() == made.getvalue()
    text = tmp_path / "note.txt"
    text.write_text("不是照片", encoding="utf-8")
    refused = await guixue("papers", "attach", case.no, "照片-1", str(text), "--token", clerk)
    assert (refused.code, "JPEG" in refused.err) == (1, True)


async def test_a_batch_is_drafted_and_signed(guixue: Guixue, town: Town) -> None:
    """Entry notices of a township: drafted by one, signed by another, never by the same."""
    township = next(t.code for t in town.county.townships if t.kind.value == "township")
    clerk, head = (token(town, role, township) for role in (Role.TOWNSHIP_CASE, Role.TOWNSHIP_HEAD))
    said = await guixue(
        "papers", "entry-notices", township, "--year", str(town.today.year), "--grade", "7",
        "--report-on", str(town.today + timedelta(days=20)), "--token", clerk,
    )  # fmt: skip
    assert said.code == 0, said.err
    batch = said.out.strip().split()[-1]
    bureau = token(town, Role.EDU_CASE, "990101")
    twice = await guixue(
        "papers", "entry-notices", township, "--year", str(town.today.year), "--grade", "7",
        "--report-on", str(town.today + timedelta(days=20)), "--token", bureau,
    )  # fmt: skip
    assert (twice.code, "都已有入学通知书" in twice.err) == (1, True)
    assert twice.out.count("已拟写，待签发") > 5
    wrong = await guixue("papers", "approve-batch", batch, "--token", clerk)
    assert (wrong.code, "乡镇负责人" in wrong.err) == (1, True)
    assert (await guixue("papers", "approve-batch", batch, "--token", head)).code == 0
    shown = await guixue("papers", "batch", batch, "--token", clerk)
    assert "入学通知书" in shown.out


async def test_an_office_paper_is_drafted_looked_at_and_signed(
    guixue: Guixue, town: Town, tmp_path: Path
) -> None:
    """The yearly material: gaps named, figures filled in, seen before a second person signs."""
    clerk, head = (token(town, role, "990101") for role in (Role.EDU_CASE, Role.EDU_HEAD))
    kinds = json.loads((await guixue("papers", "office-kinds", "--json")).out)
    assert {"annual_material", "annual_assessment", "county_plan", "school_plan"} <= {
        each["kind"] for each in kinds
    }
    assert "县教体局负责人" in (await guixue("papers", "office-kinds")).out
    data = tmp_path / "content.json"
    content = {"report_year": town.today.year, "main_work": ["逐户核对"], "findings": ["无"]}
    words = ("papers", "draft-office", "annual_material", "--data", str(data), "--title", "年度素材",
             "--token", clerk)  # fmt: skip
    for written, said in (("不是JSON", "读不出"), (json.dumps(content), "下一年打算")):
        data.write_text(written, encoding="utf-8")
        refused = await guixue(*words)
        assert (refused.code, said in refused.err) == (1, True), refused.err
    data.write_text(json.dumps(content | {"next_steps": ["继续"]}), encoding="utf-8")
    drafted = await guixue(*words)
    assert drafted.code == 0, drafted.err
    batch = drafted.out.split("批次 ")[1].split("；")[0]
    for name in ("preview.html", "preview.pdf"):
        seen = await guixue(
            "papers", "batch-preview", batch, "1", str(tmp_path / name), "--token", clerk
        )
        assert seen.code == 0, seen.err
    assert "劝返率" in (tmp_path / "preview.html").read_text("utf-8")
    assert "草稿" in pdf_body((tmp_path / "preview.pdf").read_bytes())
    nothing = await guixue("papers", "batch-preview", batch, "2", "x.pdf", "--token", clerk)
    assert (nothing.code, "没有这一份文书" in nothing.err) == (1, True)
    assert (await guixue("papers", "approve-batch", batch, "--token", clerk)).code == 1
    assert (await guixue("papers", "approve-batch", batch, "--token", head)).code == 0


async def test_a_wrong_data_file_and_a_narrow_screen(
    guixue: Guixue, ordered: Case, tmp_path: Path
) -> None:
    """A file that is not there is said to be so; the codes to type are printed whole."""
    clerk = token(ordered.town, Role.EDU_CASE, ordered.town.office(Role.EDU_CASE))
    for wrong in (tmp_path / "没有.json", tmp_path):
        said = await guixue("papers", "draft", ordered.no, "notice_letter", "--data", str(wrong),
                            "--token", clerk)  # fmt: skip
        assert (said.code, "须是 UTF-8 的 JSON 文件" in said.err) == (1, True), said.fault
    listed = (await guixue("papers", "kinds")).out
    assert all(kind in listed for kind in RULES)
