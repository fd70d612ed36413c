"""Leads from outside: a tip, a notice of child labour, a department's notice, another county's letter.

Each is written down once under the sender's reference, gets a receipt number, and is matched to a
child or waits on the review list. A matched notice is a lead; the outbox opens its case or joins
it to the open one. What was said is sealed; who said it is sealed apart (access/outside.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.lead_store import note
from intake.new_child import NewChild, NewGuardian, write_child
from intake.outside_leads import NewLead, put_leads
from intake.wording import name_key, plain
from models.base import Coded, canonical, digest
from models.identity import (
    IdentityError,
    IdentityProblem,
    Sex,
    parse_id_number,
    parse_roll_no,
    says_none,
)
from models.people import Actor
from models.words import LeadSource
from storage.ledger import next_number


class Seals(Protocol):
    """Encrypts bytes for storage, bound to a name; opens them again."""

    def seal(self, plain: bytes, name: str) -> bytes: ...

    def open(self, sealed: bytes, name: str) -> bytes: ...


class NoticeKind(Coded):
    TIP = "tip", "举报"
    CHILD_LABOUR = "child_labour", "童工线索通报"
    DEPARTMENT = "department", "部门通报"
    OTHER_COUNTY = "other_county", "外地来函"


SOURCE_OF = {
    NoticeKind.TIP: LeadSource.TIP,
    NoticeKind.CHILD_LABOUR: LeadSource.DEPARTMENT,
    NoticeKind.DEPARTMENT: LeadSource.DEPARTMENT,
    NoticeKind.OTHER_COUNTY: LeadSource.OTHER_COUNTY,
}


class NoticeProblem(StrEnum):
    NOBODY_NAMED = "nobody_named"
    NUMBER = "number"
    SENDER_MISSING = "sender_missing"
    REFERENCE_USED = "reference_used"
    NO_SUCH = "no_such"
    SETTLED = "settled"
    CHILD_UNKNOWN = "child_unknown"
    CHILD_KNOWN = "child_known"
    PLACE_UNKNOWN = "place_unknown"
    NOT_OF_AGE = "not_of_age"
    REASON_MISSING = "reason_missing"


_SENTENCES = {
    NoticeProblem.NOBODY_NAMED: "没有写是哪名儿童，请至少填写姓名、身份证件号或学籍号中的一项。",
    NoticeProblem.NUMBER: "{why}。",
    NoticeProblem.SENDER_MISSING: "来函、通报须写明来文单位和文号，以便回执。",
    NoticeProblem.REFERENCE_USED: "该单位这一文号已登记（收件号{receipt}），内容不同；请核对文号。",
    NoticeProblem.NO_SUCH: "没有这件来件。",
    NoticeProblem.SETTLED: "这件来件已处理，不能再改；如有错误请另行登记。",
    NoticeProblem.CHILD_UNKNOWN: "名册里没有这名儿童。",
    NoticeProblem.CHILD_KNOWN: "名册里已有{why}，请核对：是同一人的，请认定为该儿童（match）；"
    "确是另一人的，请注明“另有其人”后再登记。",
    NoticeProblem.PLACE_UNKNOWN: "请写明负责的学校，或者没有学校时现住的乡镇（二者填一项），并核对代码属于本县。",
    NoticeProblem.NOT_OF_AGE: "出生日期{born}不在义务教育阶段（收件日满4周岁至未满19周岁），请核对。",
    NoticeProblem.REASON_MISSING: "不作为线索处理须写明理由。",
}


class NoticeRefused(Exception):
    """A notice that cannot be taken or settled so; ``str()`` says in Chinese what to do."""

    def __init__(self, code: NoticeProblem, **values: object) -> None:
        super().__init__(_SENTENCES[code].format(**values))
        self.code = code


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who gave the tip; sealed apart and never in a list, a log or the case."""

    name: str
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    kind: NoticeKind
    received_on: date
    content: str
    sender: str = ""
    """The department or county that wrote; empty for a tip."""
    reference_no: str = ""
    child_name: str = ""
    child_id_no: str = ""
    child_roll_no: str = ""
    school: str = ""
    reporter: Reporter | None = None


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A child of whom a notice speaks and whom no roster holds, as far as is known of it."""

    sex: Sex
    birth_on: date
    name: str = ""
    """Empty: as the notice says."""
    id_no: str = ""
    school: str = ""
    """The school that answers for the child; else ``township``, where no school ever held it."""
    township: str = ""
    grade: int | None = None
    household_county: str = ""
    """Empty: this county."""
    address: str = ""
    guardian: NewGuardian | None = None
    is_another: bool = False
    """It is nobody of the same name and birthday on the roster: somebody looked."""


@dataclass(frozen=True, slots=True)
class NoticeReceipt:
    id: UUID
    receipt_no: str
    status: str
    lead_id: UUID | None
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    child_ref: UUID | None
    how: str


async def receive(
    connection: AsyncConnection,
    notice: Notice,
    *,
    county: str,
    by: str,
    request_id: str,
    sealer: Seals,
) -> NoticeReceipt:
    """Write a notice down, match it, and owe its case; the same reference or request acts once."""
    id_no, roll_no = _numbers(notice)
    if notice.kind is not NoticeKind.TIP and not (notice.sender and notice.reference_no):
        raise NoticeRefused(NoticeProblem.SENDER_MISSING)
    await connection.execute(text("select pg_advisory_xact_lock(hashtext('guixue.outside'))"))
    notice_id = uuid5(NAMESPACE_URL, f"outside/{county}/{by}/{request_id}")
    fingerprint = digest(canonical([
        notice.kind.value, county, notice.sender, notice.reference_no, notice.child_name,
        id_no, roll_no, notice.school, notice.content,
    ]))  # fmt: skip
    earlier = await _earlier(connection, notice_id, notice)
    if earlier is not None:
        if earlier.fingerprint != fingerprint:
            raise NoticeRefused(NoticeProblem.REFERENCE_USED, receipt=earlier.receipt_no)
        return NoticeReceipt(
            earlier.id, earlier.receipt_no, earlier.status, earlier.lead_id, is_repeat=True
        )
    match = await _match(connection, notice, county, id_no, roll_no)
    year = notice.received_on.year
    serial = await next_number(connection, county, "线索收", year)
    receipt_no = f"{county}线索收〔{year}〕{serial:04d}号"
    await connection.execute(
        text("""
            insert into outside_notice (id, kind, office, sender, reference_no, receipt_no,
                received_on, received_by, fingerprint, said_name, said_id_no, said_roll_no,
                said_school, content, status, matched_how)
            values (:id, :kind, :office, :sender, :reference, :receipt, :on, :by, :fingerprint,
                :name, :id_no, :roll_no, :school, :content, 'review', :how)
        """),
        {
            "id": notice_id, "kind": notice.kind.value, "office": county,
            "sender": notice.sender, "reference": notice.reference_no, "receipt": receipt_no,
            "on": notice.received_on, "by": by, "fingerprint": fingerprint,
            "name": notice.child_name, "id_no": id_no, "roll_no": roll_no,
            "school": notice.school, "how": match.how,
            "content": sealer.seal(notice.content.encode(), f"notice/{notice_id}"),
        },
    )  # fmt: skip
    if notice.reporter is not None:
        await _seal_reporter(connection, notice_id, notice.reporter, sealer)
    lead = None
    if match.child_ref is not None:
        lead = await _become_lead(connection, notice_id, match.child_ref, by="system")
    return NoticeReceipt(notice_id, receipt_no, "matched" if lead else "review", lead)


def _numbers(notice: Notice) -> tuple[str | None, str | None]:
    if not any(
        plain(word) for word in (notice.child_name, notice.child_id_no, notice.child_roll_no)
    ):
        raise NoticeRefused(NoticeProblem.NOBODY_NAMED)
    try:
        number = None if says_none(notice.child_id_no) else parse_id_number(notice.child_id_no)
        # A number read from 15 digits rests on an assumed century: it matches nobody by itself.
        id_no = number.text if number and not number.needs_review else None
        roll_no = (
            None if says_none(notice.child_roll_no) else parse_roll_no(notice.child_roll_no).text
        )
    except IdentityError as error:
        raise NoticeRefused(NoticeProblem.NUMBER, why=error.sentence) from None
    return id_no, roll_no


async def _earlier(connection: AsyncConnection, notice_id: UUID, notice: Notice) -> Row[Any] | None:
    found = await connection.execute(
        text(
            "select id, receipt_no, status, lead_id, fingerprint from outside_notice where id = :id"
            " or (:reference <> '' and (kind, sender, reference_no) = (:kind, :sender, :reference))"
            " order by received_at limit 1"
        ),
        {
            "id": notice_id, "kind": notice.kind.value, "sender": notice.sender,
            "reference": notice.reference_no,
        },
    )  # fmt: skip
    return found.one_or_none()


async def _match(
    connection: AsyncConnection, notice: Notice, county: str, id_no: str | None, roll_no: str | None
) -> Match:
    """Find the child for certain, or say in Chinese why a person must look."""
    key = name_key(notice.child_name)
    rows = await connection.execute(
        text("""
            select c.ref, c.name, c.id_no, c.roll_no, s.name as school_name
            from child c left join school s on s.code = c.school
            where c.id_no = :id_no or c.roll_no = :roll_no
               or c.name = any(cast(:names as text[]))
        """),
        {"id_no": id_no, "roll_no": roll_no, "names": [notice.child_name, key] if key else []},
    )
    found = rows.all()
    numbered = {
        r.ref: r
        for r in found
        if (id_no and r.id_no == id_no) or (roll_no and r.roll_no == roll_no)
    }
    if len(numbered) > 1:
        return Match(None, "身份证件号与学籍号指向两名儿童")
    for row in numbered.values():
        if key and name_key(row.name) != key:
            return Match(None, "号码对应的姓名与来件所写不同")
        return Match(row.ref, "号码一致")
    named = [r for r in found if name_key(r.name) == key] if key else []
    school = plain(notice.school)
    there = [r for r in named if school and r.school_name and plain(r.school_name) == school]
    if len(there) == 1 and id_no is None and roll_no is None:
        return Match(there[0].ref, "姓名与学校一致，且只有一人")
    if id_no or roll_no:
        return Match(None, "名册里没有这个号码")
    return Match(None, f"名册里有{len(named)}名同名儿童" if named else "名册里没有这个姓名")


async def _seal_reporter(
    connection: AsyncConnection, notice_id: UUID, reporter: Reporter, sealer: Seals
) -> None:
    said = canonical({"name": reporter.name, "phone": reporter.phone, "address": reporter.address})
    await connection.execute(
        text("insert into outside_reporter (notice_id, sealed) values (:id, :sealed)"),
        {"id": notice_id, "sealed": sealer.seal(said.encode(), f"reporter/{notice_id}")},
    )


async def _become_lead(
    connection: AsyncConnection, notice_id: UUID, child_ref: UUID, *, by: str
) -> UUID:
    notice = await notice_of(connection, notice_id)
    lead = NewLead(child_ref, SOURCE_OF[NoticeKind(notice.kind)], notice.received_on)
    await put_leads(connection, [lead], notice.received_on)
    kind = NoticeKind(notice.kind).label
    await note(connection, lead.id, "outside", f"{kind}，收件号{notice.receipt_no}。")
    await connection.execute(
        text(
            "update outside_notice set status = 'matched', child_ref = :child, lead_id = :lead,"
            " settled_by = :by, settled_at = now() where id = :id"
        ),
        {"id": notice_id, "child": child_ref, "lead": lead.id, "by": by},
    )
    return lead.id


async def notice_of(connection: AsyncConnection, notice_id: UUID) -> Row[Any]:
    """Lock and return a notice; NoticeRefused where there is none."""
    found = await connection.execute(
        text("select * from outside_notice where id = :id for update"), {"id": notice_id}
    )
    row = found.one_or_none()
    if row is None:
        raise NoticeRefused(NoticeProblem.NO_SUCH)
    return row


async def match_by_hand(
    connection: AsyncConnection, notice_id: UUID, child_ref: UUID, *, by: str
) -> UUID:
    """Say which child a notice on the review list is about; it becomes a lead at once."""
    row = await notice_of(connection, notice_id)
    if row.status == "matched" and row.child_ref == child_ref:
        return UUID(str(row.lead_id))
    if row.status != "review":
        raise NoticeRefused(NoticeProblem.SETTLED)
    there = await connection.execute(
        text("select 1 from child where ref = :ref"), {"ref": child_ref}
    )
    if there.first() is None:
        raise NoticeRefused(NoticeProblem.CHILD_UNKNOWN)
    return await _become_lead(connection, notice_id, child_ref, by=by)


async def write_down(
    connection: AsyncConnection, notice_id: UUID, said: Unlisted, *, by: str
) -> UUID:
    """Put the child of a notice on record and make the notice its lead; the same again acts once.

    Raises NoticeRefused where the roster holds such a child, or the place or birthday cannot be.
    """
    row = await notice_of(connection, notice_id)
    ref = uuid5(NAMESPACE_URL, f"outside-child/{notice_id}")
    if row.status == "matched" and row.child_ref == ref:
        return UUID(str(row.lead_id))
    if row.status != "review":
        raise NoticeRefused(NoticeProblem.SETTLED)
    child = await _unlisted(connection, row, said)
    await write_child(connection, ref, child)
    return await _become_lead(connection, notice_id, ref, by=by)


async def _unlisted(connection: AsyncConnection, row: Row[Any], said: Unlisted) -> NewChild:
    name = said.name.strip() or row.said_name.strip()
    if not name:
        raise NoticeRefused(NoticeProblem.NOBODY_NAMED)
    years = (row.received_on.year - said.birth_on.year) - (
        (row.received_on.month, row.received_on.day) < (said.birth_on.month, said.birth_on.day)
    )
    if not 4 <= years < 19:
        raise NoticeRefused(NoticeProblem.NOT_OF_AGE, born=said.birth_on)
    try:
        number = parse_id_number(said.id_no or row.said_id_no or "")
        id_no = None if number.needs_review else number.text
    except IdentityError as error:
        if error.code is not IdentityProblem.EMPTY:
            raise NoticeRefused(NoticeProblem.NUMBER, why=error.sentence) from None
        id_no = None
    township = await _responsible(connection, row.office, said)
    await _must_be_new(connection, name, id_no, said)
    return NewChild(
        name=name, sex=said.sex, birth_on=said.birth_on, id_no=id_no, school=said.school or None,
        grade=said.grade, household_county=said.household_county or row.office,
        current_address=said.address, residence_township=township, guardian=said.guardian,
    )  # fmt: skip


async def _responsible(connection: AsyncConnection, county: str, said: Unlisted) -> str:
    """Return the township that answers for the child: its school's, or its own."""
    query = text(
        "select township from school where code = :school and county = :county and :township = ''"
        " union all"
        " select code from township where code = :township and county = :county and :school = ''"
    )
    keys = {"school": said.school, "township": said.township, "county": county}
    found: str | None = (await connection.execute(query, keys)).scalar_one_or_none()
    if found is None:
        raise NoticeRefused(NoticeProblem.PLACE_UNKNOWN)
    return found


async def _must_be_new(
    connection: AsyncConnection, name: str, id_no: str | None, said: Unlisted
) -> None:
    rows = await connection.execute(
        text("select name, id_no from child where id_no = :id_no or birth_on = :born"),
        {"id_no": id_no, "born": said.birth_on},
    )
    for row in rows:
        if id_no and row.id_no == id_no:
            raise NoticeRefused(NoticeProblem.CHILD_KNOWN, why="这个身份证件号")
        if name_key(row.name) == name_key(name) and not said.is_another:
            raise NoticeRefused(NoticeProblem.CHILD_KNOWN, why="同名、同日出生的儿童")


async def reject(connection: AsyncConnection, notice_id: UUID, *, by: str, reason: str) -> None:
    """Take a notice off the review list without a lead; it stays on record with the reason."""
    if not reason.strip():
        raise NoticeRefused(NoticeProblem.REASON_MISSING)
    row = await notice_of(connection, notice_id)
    if row.status == "rejected":
        return
    if row.status != "review":
        raise NoticeRefused(NoticeProblem.SETTLED)
    await connection.execute(
        text(
            "update outside_notice set status = 'rejected', settled_by = :by, settled_at = now(),"
            " settlement = :reason where id = :id"
        ),
        {"id": notice_id, "by": by, "reason": reason},
    )


async def notices(
    connection: AsyncConnection, county: str, *, status: str | None = None
) -> list[Row[Any]]:
    """List a county's notices with what became of them; content and reporter stay sealed."""
    rows = await connection.execute(
        text("""
            select n.id, n.kind, n.sender, n.reference_no, n.receipt_no, n.received_on, n.status,
                   n.matched_how, n.said_name, n.said_school, n.settlement, n.lead_id,
                   l.status as lead_status, f.case_no,
                   exists (select 1 from outside_reporter r where r.notice_id = n.id)
                   as has_reporter
            from outside_notice n left join lead l on l.id = n.lead_id
            left join case_file f on f.case_id = l.case_id
            where n.office = :county and (cast(:status as text) is null or n.status = :status)
            order by n.received_on, n.receipt_no
        """),
        {"county": county, "status": status},
    )
    return list(rows)


def content_of(row: Row[Any], sealer: Seals) -> str:
    return sealer.open(bytes(row.content), f"notice/{row.id}").decode()


async def read_reporter(
    connection: AsyncConnection, notice_id: UUID, actor: Actor, purpose: str, sealer: Seals
) -> Reporter | None:
    """Open who gave a tip; who read it and why is written down in the same transaction."""
    if not purpose.strip():
        raise NoticeRefused(NoticeProblem.REASON_MISSING)
    found = await connection.execute(
        text("select sealed from outside_reporter where notice_id = :id"), {"id": notice_id}
    )
    sealed = found.scalar_one_or_none()
    if sealed is None:
        return None
    await connection.execute(
        text(
            "insert into reporter_reading (notice_id, read_by, role, purpose)"
            " values (:id, :by, :role, :purpose)"
        ),
        {"id": notice_id, "by": actor.id, "role": actor.role.value, "purpose": purpose},
    )
    said = json.loads(sealer.open(bytes(sealed), f"reporter/{notice_id}"))
    return Reporter(**said)
