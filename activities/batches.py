"""Papers of no single case, in batches: entry notices of a township, lists, bulletins.

A batch is drafted by one person and approved by another. The approval gives every paper its number
and freezes its data in one transaction; rendering is later work that may be repeated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from access.scope import may_take_books
from activities.batch_values import Shared, entry_values, shared_values
from activities.office_values import office_values
from activities.paper_data import PaperIncomplete
from activities.side_papers import compose
from lifecycle.days import legal_date
from lifecycle.papers import OFFICE
from models.base import canonical, digest
from models.people import Actor
from models.words import OfficeKind, Role
from papers.catalogue import paper_kind
from papers.data import PaperData
from papers.qr import new_code
from papers.registry import DATA_OF
from papers.requirements import problems
from storage.ledger import next_numbers
from storage.projection import owe

MOST = 5_000
"""Papers of one batch."""
ASKED = {"entry_notice": "school_code", "annual_assessment": "office"}
"""What the drafter names so that the system can fill the paper in; not a field of the paper."""
NAMESPACE = UUID("6e1f7d70-2f0e-5a37-9d6e-6f4a2c1b9e55")


class BatchRefused(Exception):
    """A batch that cannot go on; ``problems`` are Chinese sentences."""

    def __init__(self, *found: str) -> None:
        super().__init__(" ".join(found))
        self.problems = list(found)


class KeyReused(BatchRefused):
    """The request id of a batch was used again, for something else."""


async def made_before(
    connection: AsyncConnection, actor: Actor, request_id: str, kind: str, title: str, request: Any
) -> UUID | None:
    """Return the batch this very request has made, or None; `KeyReused` where it asked otherwise.

    ``request`` is all that was asked for (JSON types). Until the end of the transaction nobody else
    can use the same request id: of two at once the second finds what the first has made.
    """
    identity = _identity(actor, request_id)
    await one_at_a_time(connection, f"paper_batch:{identity}")
    query = text("select kind, title, drafted_at, request_sha256 from paper_batch where id = :id")
    made = (await connection.execute(query, {"id": identity})).one_or_none()
    if made is None:
        return None
    is_same = (
        made.request_sha256 == _asked(actor, kind, title, request)
        if made.request_sha256 is not None
        else (made.kind, made.title) == (kind, title)  # from before the request was kept
    )
    if not is_same:
        raise KeyReused(
            f"这个请求编号（Idempotency-Key）已用于{legal_date(made.drafted_at)}拟写的“{made.title}”，"
            "那次的内容与这次不同，这次没有办理。重试请原样提交；另拟一批，请换一个新的编号。"
        )
    return identity


async def one_at_a_time(connection: AsyncConnection, what: str) -> None:
    """Wait until no other transaction is at ``what``; others wait until this one ends."""
    lock = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")
    await connection.execute(lock, {"what": what})


def must_draft(actor: Actor, kind: str) -> None:
    """Raise BatchRefused where papers of this kind are not drafted in batches, or not by the actor."""
    rule = OFFICE.get(kind)
    if rule is None:
        raise BatchRefused(f"没有“{kind}”这种可以批量拟写的文书。")
    _must_be(actor, rule.drafters, f"拟写“{rule.title}”")


def _identity(actor: Actor, request_id: str) -> UUID:
    return uuid5(NAMESPACE, f"{actor.id}/{request_id}")


def _asked(actor: Actor, kind: str, title: str, request: Any) -> str:
    asked = {"office": actor.office, "kind": kind, "title": title, "request": request}
    return digest(canonical(asked))


async def draft_batch(
    connection: AsyncConnection,
    actor: Actor,
    request_id: str,
    kind: str,
    title: str,
    contents: Sequence[tuple[UUID | None, dict[str, Any]]],
    on: date,
    request: Any = None,
) -> UUID:
    """Draft a batch and check every paper of it; the same request drafts once.

    ``request`` is what was asked for, where that is not the contents themselves.
    """
    must_draft(actor, kind)
    if not 1 <= len(contents) <= MOST:
        raise BatchRefused(
            f"一批应有 1 至 {MOST} 份，现有 {len(contents)} 份；请核对范围或者分批。"
        )
    if request is None:
        request = [[str(child) if child else None, content] for child, content in contents]
    made = await made_before(connection, actor, request_id, kind, title, request)
    if made is not None:
        return made
    identity = _identity(actor, request_id)
    shared = await shared_values(connection, actor, on)
    await _must_be_whole(connection, kind, shared, contents)
    await connection.execute(
        text(
            "insert into paper_batch (id, kind, county, office, title, status, drafted_by, total,"
            " request_sha256)"
            " values (:id, :kind, :county, :office, :title, 'drafted', :by, :total, :asked)"
        ),
        {
            "id": identity, "kind": kind, "county": shared.county, "office": actor.office,
            "title": title, "by": actor.id, "total": len(contents),
            "asked": _asked(actor, kind, title, request),
        },
    )  # fmt: skip
    await connection.execute(
        text(
            "insert into batch_paper (batch_id, place, child_ref, content, status)"
            " values (:batch, :place, :child, cast(:content as jsonb), 'drafted')"
        ),
        [
            {"batch": identity, "place": place, "child": child, "content": json.dumps(content)}
            for place, (child, content) in enumerate(contents, 1)
        ],
    )
    return identity


async def _must_be_whole(
    connection: AsyncConnection,
    kind: str,
    shared: Shared,
    contents: Sequence[tuple[UUID | None, dict[str, Any]]],
) -> None:
    found: list[str] = []
    # A period is measured from the day of the paper; an unnumbered form is a draft until dated.
    as_if = {"issued_on": shared.on} if paper_kind(kind).series_word else {}
    for place, (child, content) in enumerate(contents, 1):
        try:
            await _data(connection, kind, shared, child, content, as_if)
        except PaperIncomplete as error:
            found += [f"第{place}份：{problem}" for problem in error.problems]
        if len(found) >= 30:
            found.append("其余从略，请先补正以上各项。")
            break
    if found:
        raise BatchRefused(*found)


async def _data(
    connection: AsyncConnection,
    kind: str,
    shared: Shared,
    child: UUID | None,
    content: dict[str, Any],
    numbered: dict[str, Any],
) -> dict[str, Any]:
    told = paper_kind(kind)
    known = shared.values | {"legal_bases": told.legal_bases, "series_word": told.series_word}
    if child is not None:
        known |= await entry_values(connection, child, content.get("school_code"))
    known |= await office_values(connection, kind, shared, content)
    typed = {name: value for name, value in content.items() if name != ASKED.get(kind)}
    made = compose(told, known | numbered, typed)
    lacking = problems(told, made)
    if lacking:
        raise PaperIncomplete(lacking)
    return made.model_dump(mode="json")


async def approve_batch(
    connection: AsyncConnection, actor: Actor, batch_id: UUID, on: date, public_url: str
) -> None:
    """Approve a batch: numbers, codes and data of every paper in this one transaction.

    The paper bears the day of the approval. Approving again the same batch does nothing.
    """
    row = await _locked(connection, batch_id, actor)
    rule = OFFICE[row.kind]
    if row.status in {"issued", "rendered"}:
        return
    if row.status != "drafted":
        raise BatchRefused("这一批已经撤回，不能签发。")
    _must_be(actor, rule.approvers, f"签发“{rule.title}”")
    if actor.id == row.drafted_by:
        raise BatchRefused("签发人不得是拟稿人本人。")
    shared = await shared_values(connection, actor, on)
    papers = (
        await connection.execute(
            text(
                "select place, child_ref, content from batch_paper where batch_id = :id order by place"
            ),
            {"id": batch_id},
        )
    ).all()
    first = (
        await next_numbers(connection, actor.office, rule.word, on.year, len(papers))
        if rule.word
        else None
    )
    rows = []
    for offset, paper in enumerate(papers):
        serial = first + offset if first is not None else None
        numbered: dict[str, Any] = {"issued_on": on, "printed_on": on, "year": on.year}
        if serial is not None:
            code = new_code()
            numbered |= {
                "serial": serial,
                "verify_code": code,
                "verify_url": f"{public_url}/v/{code}",
            }
        try:
            data = await _data(
                connection, row.kind, shared, paper.child_ref, dict(paper.content), numbered
            )
        except PaperIncomplete as error:
            raise BatchRefused(*(f"第{paper.place}份：{p}" for p in error.problems)) from error
        rows.append(
            {
                "batch": batch_id, "place": paper.place, "issuer": actor.office,
                "word": rule.word or None, "year": on.year if serial else None, "serial": serial,
                "doc_no": f"{rule.word}〔{on.year}〕{serial}号" if serial else None,
                "code": numbered.get("verify_code"), "data": json.dumps(data),
                "sha": digest(canonical(data)),
            }
        )  # fmt: skip
    await connection.execute(
        text(
            "update batch_paper set status = 'issued', issuer = :issuer, word = :word, year = :year,"
            " serial = :serial, doc_no = :doc_no, verify_code = :code, data = cast(:data as jsonb),"
            " data_sha256 = :sha where batch_id = :batch and place = :place"
        ),
        rows,
    )
    await connection.execute(
        text(
            "update paper_batch set status = 'issued', approved_by = :by, issued_on = :on"
            " where id = :id"
        ),
        {"by": actor.id, "on": on, "id": batch_id},
    )
    await owe(connection, "render_batch", {"batch_id": str(batch_id)}, f"render_batch:{batch_id}")


async def paper_of_batch(
    connection: AsyncConnection, actor: Actor, batch_id: UUID, place: int, on: date
) -> PaperData:
    """Return one paper to be looked at: a draft as it would be signed today, an issued one as it is."""
    query = text(
        "select b.kind, b.office, p.status, p.child_ref, p.content, p.data from paper_batch b"
        " join batch_paper p on p.batch_id = b.id where b.id = :id and p.place = :place"
    )
    row = (await connection.execute(query, {"id": batch_id, "place": place})).one_or_none()
    if row is None or row.office != actor.office or not may_take_books(actor):
        raise BatchRefused("没有这一份文书，或者不在您单位的办理范围内。")
    data = row.data
    if row.status == "drafted":
        shared = await shared_values(connection, actor, on)
        try:
            data = await _data(connection, row.kind, shared, row.child_ref, dict(row.content), {})
        except PaperIncomplete as error:
            raise BatchRefused(*error.problems) from error
    return DATA_OF[row.kind].model_validate(data)


async def withdraw_batch(connection: AsyncConnection, actor: Actor, batch_id: UUID) -> None:
    """Take a drafted batch back; an issued one is voided paper by paper."""
    row = await _locked(connection, batch_id, actor)
    if row.status == "withdrawn":
        return
    if row.status != "drafted":
        raise BatchRefused("这一批已经签发，不能撤回；个别有误的，请逐份作废。")
    await connection.execute(
        text("update paper_batch set status = 'withdrawn' where id = :id"), {"id": batch_id}
    )


async def void_batch_paper(
    connection: AsyncConnection, actor: Actor, batch_id: UUID, place: int, reason: str
) -> None:
    """Void one issued paper of a batch; its number is kept."""
    row = await _locked(connection, batch_id, actor)
    rule = OFFICE[row.kind]
    _must_be(actor, rule.approvers, f"作废“{rule.title}”")
    if actor.id == row.drafted_by:
        raise BatchRefused("作废须由拟稿人以外的人决定。")
    done = await connection.execute(
        text(
            "update batch_paper set status = 'voided', void_reason = :reason, voided_by = :by"
            " where batch_id = :id and place = :place and status in ('issued', 'served')"
        ),
        {"reason": reason, "by": actor.id, "id": batch_id, "place": place},
    )
    if done.rowcount != 1:
        raise BatchRefused("没有这一份已签发的文书，或者已经作废。")


async def serve_batch_paper(
    connection: AsyncConnection, actor: Actor, batch_id: UUID, place: int, on: date, today: date
) -> None:
    """Record that one paper was signed for; not before its day, not in the future."""
    row = await _locked(connection, batch_id, actor)
    if row.issued_on is None or not row.issued_on <= on <= today:
        raise BatchRefused("签收日期应在签发日之后、今天以前，请核对签收单。")
    done = await connection.execute(
        text(
            "update batch_paper set status = 'served', served_on = :on"
            " where batch_id = :id and place = :place and status in ('issued', 'served')"
        ),
        {"on": on, "id": batch_id, "place": place},
    )
    if done.rowcount != 1:
        raise BatchRefused("没有这一份已签发的文书，或者已经作废。")


async def _locked(connection: AsyncConnection, batch_id: UUID, actor: Actor) -> Any:
    query = text("select * from paper_batch where id = :id for update")
    row = (await connection.execute(query, {"id": batch_id})).one_or_none()
    if row is None or row.office != actor.office:
        raise BatchRefused("没有这一批文书，或者不在您单位的办理范围内。")
    return row


def _must_be(actor: Actor, allowed: frozenset[Role], what: str) -> None:
    if actor.role not in allowed:
        names = "、".join(role.label for role in Role if role in allowed)
        raise BatchRefused(f"{what}由{names}办理，您的角色是{actor.role.label}。")


def may_see(actor: Actor, office: str, county: str) -> bool:
    """Tell whether a batch is for this actor: his own office's, or his county's.

    It is a list of children by name: neither for the administrator nor for the village.
    """
    if not may_take_books(actor):
        return False
    return actor.office == office or (
        actor.role.office_kind is OfficeKind.COUNTY and actor.office == county
    )
