"""Papers made to be read, not issued: previews of drafts, filled service receipts, the dossier."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities import paper_data as sources
from activities.case_record import told_events
from activities.issuing import Issuing
from activities.side_papers import find_draft, known_values, number_of, side_paper_data, writable
from lifecycle.owners import office_of
from lifecycle.papers import RULES
from models import events as e
from models.events import LABELS
from models.identity import Sex
from models.people import Actor
from models.state import CaseState
from models.words import PaperStatus, Role, Stage
from papers.catalogue import paper_kind
from papers.data import PaperData
from papers.office_papers import CaseDossierData, DossierEvent, DossierPaper
from papers.registry import DATA_OF
from papers.step_papers import Attempt, ServiceRecordData
from storage import queries
from storage.rules import load_policy


class NothingToShow(Exception):
    """There is no such paper, or it has nothing of the kind; says so in Chinese."""


async def draft_data(
    connection: AsyncConnection, state: CaseState, key: str, on: date
) -> PaperData:
    """Return the data of a draft as it would be signed today."""
    fact = state.papers.get(key)
    if fact is None or fact.status not in {PaperStatus.DRAFTED, PaperStatus.CHECKED}:
        raise NothingToShow("本案没有这份草稿。")
    if fact.kind == "correction_order":
        return await _order_draft(connection, state, key, on)
    draft = await find_draft(connection, UUID(state.case_id), key)
    if draft is None:
        raise NothingToShow("找不到这份文书的拟稿。")
    return await side_paper_data(connection, state, draft.but(happened_on=on))


async def _order_draft(
    connection: AsyncConnection, state: CaseState, key: str, on: date
) -> PaperData:
    """Compose the order as its approval would, and take its number and day off again."""
    fact = state.papers[key]
    policy = await load_policy(connection, state.policy_sha)
    drafter = await sources.draft_of(connection, state, key)
    office = office_of(state, drafter.actor.role)
    word = policy.text("correction_order_word")
    paper = e.PaperIssue(key=key, kind=fact.kind, issuer=office, word=word, year=on.year, serial=1)
    signer = Actor(id="preview", role=drafter.actor.role, office=office)
    event = e.CorrectionOrderIssued(
        actor=signer, happened_on=on, guardian=fact.guardian or "", paper=paper
    )
    made = await Issuing().data(connection, state, event)
    unsigned = {"serial": None, "issued_on": None, "verify_code": "", "verify_url": ""}
    return DATA_OF[fact.kind].model_validate(made | unsigned)


async def fields_of(
    connection: AsyncConnection,
    state: CaseState,
    actor: Actor,
    kind: str,
    guardian: str | None,
    on: date,
) -> list[dict[str, Any]]:
    """List what a drafter has to fill in for a paper of this case."""
    if kind not in RULES:
        raise NothingToShow(f"没有“{kind}”这种可以拟写的文书。")
    draft = e.PaperDrafted(
        actor=actor, happened_on=on, paper_key="", paper_kind=kind, guardian=guardian
    )
    known = await known_values(connection, state, draft)
    return writable(paper_kind(kind), known)


async def receipt_data(
    connection: AsyncConnection, state: CaseState, key: str
) -> ServiceRecordData:
    """Fill the service receipt of a paper from what the ledger holds of its service."""
    fact = state.papers.get(key)
    events = await told_events(
        connection, UUID(state.case_id), ("paper_served", "side_paper_served", "service_failed")
    )
    served = [
        event for event in events
        if isinstance(event, e.PaperServed | e.SidePaperServed) and event.paper == key
    ]  # fmt: skip
    if fact is None or not served:
        raise NothingToShow("这份文书还没有登记送达。")
    child = await sources.child_of(connection, state)
    people = await sources.guardians_of(connection, state)
    row = await _issuer_and_addressee(connection, state, key)
    person = people.get(fact.guardian or "")
    last = served[-1]
    return ServiceRecordData(
        issuer=row[0], case_no=child.case_no or "", issued_on=last.happened_on,
        served_title=paper_kind(fact.kind).title, served_doc_no=number_of(fact),
        recipient=person.name if person else row[1],
        place=(person.address or child.current_address) if person else row[1],
        method=last.method.label, served_on=last.happened_on, servers=last.officers,
        receipt_ref="、".join(dict.fromkeys((last.receipt, *last.evidence))),
        attempts=tuple(
            Attempt(on=str(event.happened_on), method=event.method.label, reason=event.reason)
            for event in events
            if isinstance(event, e.ServiceFailed) and event.target == key
        ),
    )  # fmt: skip


async def _issuer_and_addressee(
    connection: AsyncConnection, state: CaseState, key: str
) -> tuple[str, str]:
    query = text("select data from paper where case_id = :case_id and key = :key")
    found = await connection.execute(query, {"case_id": UUID(state.case_id), "key": key})
    data = found.scalar_one_or_none() or {}
    return str(data.get("issuer", "")), str(data.get("addressee", ""))


async def dossier_data(
    connection: AsyncConnection, state: CaseState, on: date, *, shows_all: bool
) -> CaseDossierData:
    """Make the table of contents and the timeline of a case's file (F13).

    Confidential papers (C4) are listed only where ``shows_all``.
    """
    child = await sources.child_of(connection, state)
    county = await sources.office_of(connection, state.county)
    papers = await queries.papers_of(connection, UUID(state.case_id))
    events = await queries.events_of(connection, UUID(state.case_id))
    return CaseDossierData(
        issuer=county.name, issued_on=on, case_no=child.case_no or "", child_name=child.name,
        child_sex=Sex(child.sex).label, child_birth_on=child.birth_on,
        school=child.school_name, stage=state.stage.label, opened_on=state.opened_on,
        closed_on=state.closed_on,
        papers=tuple(
            DossierPaper(
                title=paper_kind(row.kind).title, doc_no=row.doc_no or "无文号",
                on=str(row.issued_on or "未签发"), status=PaperStatus(row.status).label,
                sha256=(row.pdf_sha256 or "未生成")[:16],
            )
            for row in papers
            if shows_all or not paper_kind(row.kind).is_confidential
        ),
        events=tuple(_timeline(events)),
    )  # fmt: skip


def _timeline(bodies: list[dict[str, Any]]) -> list[DossierEvent]:
    found, stage = [], Stage.LEAD
    for body in bodies:
        event = json.loads(json.dumps(body["event"]))
        if event.get("moved_to"):
            stage = Stage(event["moved_to"][-1])
        in_time = {"obligation_missed": "逾期", "obligation_met": "按期"}.get(event["kind"], "")
        if event.get("was_late"):
            in_time = "逾期完成"
        label = LABELS[event["kind"]]
        duty = event.get("obligation", {}).get("label", "")
        found.append(
            DossierEvent(
                seq=str(body["seq"]), on=event["happened_on"],
                label=f"{label}：{duty}" if duty else label, who=event["actor"]["id"],
                role=Role(event["actor"]["role"]).label, stage=stage.label, in_time=in_time,
                hash=body["hash"][:16],
            )
        )  # fmt: skip
    return found
