"""Papers over HTTP: drafted, previewed, signed by another, served, voided, verified by anybody."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
from sqlalchemy import text

from models.words import Role
from papers.qr import CODE_LENGTH
from tests.console.town import Case, Town
from tests.papers.reading import pdf_body, squeeze

LETTER: dict[str, Any] = {"paper_kind": "notice_letter", "content": {"addressee": "邻县教育体育局"}}


@pytest.fixture
async def ordered(town: Town) -> Case:
    case = await town.case()
    await case.to_the_order()
    return case


async def papers(case: Case) -> dict[str, dict[str, Any]]:
    said = (await case.get("/papers")).json()["papers"]
    return {paper["key"]: paper for paper in said}


async def issued(case: Case) -> dict[str, Any]:
    await case.do(Role.EDU_CASE, "draft_paper", **LETTER)
    await case.do(Role.EDU_HEAD, "approve_paper", paper="notice_letter-1")
    await case.town.deliver()
    return (await papers(case))["notice_letter-1"]


async def code_of(town: Town, paper_id: str) -> str:
    async with town.engine.connect() as connection:
        query = text("select verify_code from paper where paper_id = :id")
        return str((await connection.execute(query, {"id": paper_id})).scalar_one())


async def test_a_letter_goes_from_draft_to_its_reader(ordered: Case) -> None:
    """Draft, preview with blanks for the number, second signature, bytes, service, filled receipt."""
    await ordered.do(Role.EDU_CASE, "draft_paper", **LETTER)
    draft = await ordered.get("/papers/notice_letter-1/preview.html")
    assert draft.status_code == 200, draft.text
    assert f"教函〔{ordered.town.today.year}〕　　号" in draft.text
    assert "草稿（未签发、未编号，不具效力）" in draft.text
    assert ordered.child.name in draft.text
    pdf = await ordered.get("/papers/notice_letter-1/preview.pdf")
    assert "草稿" in pdf_body(pdf.content)
    await ordered.do(Role.EDU_HEAD, "approve_paper", paper="notice_letter-1")
    await ordered.town.deliver()
    paper = (await papers(ordered))["notice_letter-1"]
    assert paper["doc_no"].startswith("教函〔")
    got = await ordered.town.http.get(paper["pdf"], headers=ordered.as_(Role.EDU_CASE))
    body = pdf_body(got.content)
    assert squeeze(paper["doc_no"]) in body
    assert squeeze(ordered.child.name) in body
    assert "邻县教育体育局：" in body
    await ordered.do(
        Role.EDU_CASE, "serve_paper", paper="notice_letter-1", method="post", officers=["周敏"],
        receipt="回执-1",
    )  # fmt: skip
    filled = await ordered.get("/papers/notice_letter-1/receipt.pdf")
    said = pdf_body(filled.content)
    for word in (
        "送达回证",
        "邻县教育体育局",
        squeeze(paper["doc_no"]),
        "邮寄送达",
        "周敏",
        "回执-1",
    ):
        assert word in said


async def test_a_draft_that_lacks_something_is_refused_with_all_of_it(ordered: Case) -> None:
    """What is missing and what may not be typed is named in Chinese; nothing is drafted."""
    lacking = {"kind": "draft_paper", "paper_kind": "referral_letter",
               "happened_on": str(ordered.town.today)}  # fmt: skip
    answer = await ordered.post(Role.EDU_CASE, lacking)
    assert answer.status_code == 422
    for word in ("主送单位", "转介事由", "请求的依据", "请求事项"):
        assert word in answer.text
    typed = LETTER | {"kind": "draft_paper", "happened_on": str(ordered.town.today)}
    typed["content"] = {"addressee": "甲", "child_name": "别人", "odd": "x"}
    answer = await ordered.post(Role.EDU_CASE, typed)
    assert "“学生姓名”由系统填写" in answer.text
    assert "没有“odd”这一栏" in answer.text
    assert "notice_letter-1" not in await papers(ordered)


async def test_what_to_fill_in_is_told(ordered: Case) -> None:
    """The fields the case does not know are listed with their Chinese names."""
    said = (await ordered.get("/paper-fields/referral_letter")).json()
    must = {field["title"] for field in said["fields"] if field["is_required"]}
    assert must == {"主送单位", "转介事由", "请求的依据", "请求事项"}
    kinds = await ordered.town.http.get("/api/paper-kinds", headers=ordered.as_(Role.EDU_CASE))
    told = {kind["kind"]: kind for kind in kinds.json()["kinds"]}
    assert told["notice_letter"]["approvers"] == ["县教体局负责人"]
    assert len(told) >= 33


async def test_the_bytes_are_frozen_and_again_the_same(ordered: Case) -> None:
    """Rendering the stored data again gives the stored bytes."""
    from papers.pipeline import render
    from papers.registry import DATA_OF

    paper = await issued(ordered)
    async with ordered.town.engine.connect() as connection:
        query = text(
            "select data, pdf_sha256, docx_sha256, template_sha256 from paper where paper_id = :id"
        )
        row = (await connection.execute(query, {"id": paper["paper_id"]})).one()
    made = render("notice_letter", DATA_OF["notice_letter"].model_validate(row.data))
    assert (made.pdf_sha256, made.docx_sha256) == (row.pdf_sha256, row.docx_sha256)
    assert made.template_sha256 == row.template_sha256


async def test_anybody_may_verify_and_learns_no_name(ordered: Case) -> None:
    """Without a login the code tells genuine, voided or replaced, the number, and nobody's name."""
    town = ordered.town
    paper = await issued(ordered)
    code = await code_of(town, paper["paper_id"])
    assert len(code) == CODE_LENGTH
    page = await town.http.get(f"/v/{code.lower()}")
    assert page.status_code == 200
    assert "真实有效" in page.text
    assert paper["doc_no"] in page.text
    assert ordered.child.name not in page.text
    await ordered.do(Role.EDU_HEAD, "void_paper", paper="notice_letter-1", reason="主送有误")
    assert "已作废" in (await town.http.get(f"/v/{code}")).text
    assert (await papers(ordered))["notice_letter-1"]["doc_no"] == paper["doc_no"]
    unknown = await town.http.get("/v/AAAAAAAAAAAAAAAA")
    assert (unknown.status_code, "没有查到" in unknown.text) == (404, True)


async def test_a_replaced_paper_says_so(ordered: Case) -> None:
    """The old code tells that a new paper has taken its place."""
    paper = await issued(ordered)
    code = await code_of(ordered.town, paper["paper_id"])
    await ordered.do(
        Role.EDU_CASE,
        "replace_paper",
        paper="notice_letter-1",
        reason="更正",
        content=LETTER["content"],
    )
    await ordered.do(Role.EDU_HEAD, "approve_paper", paper="notice_letter-2")
    assert "由新的文书替换" in (await ordered.town.http.get(f"/v/{code}")).text


async def test_the_page_is_for_people_not_for_machines(ordered: Case) -> None:
    """An address that asks too often in a minute is told to wait."""
    answers = [(await ordered.town.http.get("/v/XXXXXXXXXXXXXXXX")).status_code for _ in range(40)]
    assert 429 in answers


async def test_the_dossier_holds_every_event(ordered: Case) -> None:
    """F13: all papers and all events of the ledger, in order, as a landscape PDF."""
    answer = await ordered.get("/dossier.pdf")
    assert answer.status_code == 200, answer.text
    body = pdf_body(answer.content)
    count = len((await ordered.get("/events")).json()["events"])
    assert "劝返指令" in body
    assert "下发劝返指令" in body
    reader = pypdf.PdfReader(io.BytesIO(answer.content))
    assert round(float(reader.pages[0].mediabox.width)) == 842
    assert count > 10


async def test_confidential_papers_are_for_the_county(ordered: Case) -> None:
    """A letter on child labour is not shown to the township or the school, draft or signed."""
    content = {"addressee": "邻县公安局", "workplace": "某餐馆", "lead_source": "亲属反映",
               "requests": ["依法查处"]}  # fmt: skip
    await ordered.do(Role.EDU_CASE, "draft_paper", paper_kind="labour_letter", content=content)
    for role in (Role.TOWNSHIP_CASE, Role.PRINCIPAL):
        answer = await ordered.get("/papers/labour_letter-1/preview.html", role)
        assert answer.status_code == 403
    assert (await ordered.get("/papers/labour_letter-1/preview.html")).status_code == 200
    for role, sees in ((Role.EDU_CASE, True), (Role.TOWNSHIP_CASE, False)):
        listed = (await ordered.get("/papers", role)).json()["papers"]
        assert ("labour_letter" in {paper["kind"] for paper in listed}) is sees
        told = (await ordered.get("/events", role)).text
        assert ("某餐馆" in told) is sees
        assert ("labour_letter" in told) is sees
    village = await ordered.get("/papers/labour_letter-1/preview.html", Role.VILLAGE)
    assert village.status_code == 403


async def test_another_township_sees_nothing(ordered: Case) -> None:
    """Preview, receipt and dossier are within the actor's scope."""
    other = ordered.town.bearer(Role.TOWNSHIP_CASE, "990101999")
    for path in (
        "/papers/notice_letter-1/preview.html",
        "/dossier.pdf",
        "/paper-fields/notice_letter",
    ):
        answer = await ordered.town.http.get(f"/api/cases/{ordered.no}{path}", headers=other)
        assert answer.status_code == 403


async def test_a_school_is_asked_for_its_contact(ordered: Case) -> None:
    """What no register holds is asked for by name: a school's contact person."""
    answer = await ordered.get("/paper-fields/verification_opinion", Role.REGISTRAR)
    assert {"核证经过", "证据"} <= {field["title"] for field in answer.json()["fields"]}
    answer = await ordered.get("/paper-fields/dropout_return_notice", Role.REGISTRAR)
    assert answer.status_code in {200, 422}
    answer = await ordered.get("/paper-fields/county_report", Role.REGISTRAR)
    must = {field["title"] for field in answer.json()["fields"] if field["is_required"]}
    assert {"联系人", "签发人", "工作建议"} <= must


async def test_the_order_to_correct_is_previewed_before_it_is_signed(ordered: Case) -> None:
    """The draft of the order shows facts, remedies and blanks for number and day."""
    known = (await ordered.get()).json()["guardians"]
    guardian = next(each["ref"] for each in known if each["is_legal"])  # a grandparent only cares
    await ordered.do(
        Role.TOWNSHIP_CASE, "accept_order",
        sponsors=[{"name": "刘强", "post": "副镇长"}, {"name": "马明", "post": "驻村队员", "is_village_based": True}],
    )  # fmt: skip
    visit = {"visitors": ["刘强", "王芳"], "organs": ["镇政府", "清水中学"], "met": [guardian],
             "was_child_met": True, "child_words": "想打工", "result": "refused"}  # fmt: skip
    for _ in range(3):
        await ordered.do(Role.TOWNSHIP_CASE, "record_visit", **visit)
    await ordered.do(
        Role.TOWNSHIP_HEAD,
        "end_persuasion",
        guardian=guardian,
        reason="拒不送学",
        has_just_cause=False,
    )
    await ordered.do(
        Role.TOWNSHIP_CASE, "order_correction", guardian=guardian, evidence=["劝返记录-1"],
        facts="学生自九月起未到校，经三次联合劝返，监护人拒不送返。",
        officers=[{"name": "周敏", "licence_no": "执-1"}, {"name": "王磊", "licence_no": "执-2"}],
    )  # fmt: skip
    page = await ordered.get("/papers/correction_order-1/preview.html")
    assert page.status_code == 200, page.text
    assert "经三次联合劝返" in page.text
    assert "60日内向" in page.text
    assert "第五十八条" in page.text
    assert "第八十三条" not in page.text  # the education department's own power
    assert f"〔{ordered.town.today.year}〕　　号" in page.text
    assert "草稿" in page.text
