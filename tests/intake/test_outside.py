"""Leads from outside: taken in once, matched or reviewed, the reporter sealed apart."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from access.outside import may_read_content, may_read_reporter, may_settle, may_take_in
from intake.lead_store import notes_of
from intake.new_child import NewGuardian
from intake.outside import (
    Notice,
    NoticeKind,
    NoticeProblem,
    NoticeRefused,
    Reporter,
    Unlisted,
    content_of,
    match_by_hand,
    notice_of,
    notices,
    read_reporter,
    receive,
    reject,
    write_down,
)
from models.identity import Sex
from models.people import Actor
from models.roster import Relation
from models.words import Role
from runtime.codec import Keyring
from runtime.sealer import KeyringSealer
from tests.intake.desk import rows
from tests.intake.village import PRIMARY, QI, TWIN_A, YU

COUNTY, ON = "990101", date(2025, 10, 13)
SEALER = KeyringSealer(Keyring({"k1": bytes(range(32))}, "k1"))
WHO = Reporter("钱举报", "0999-5550000")
HEAD = Actor(id="head-1", role=Role.EDU_HEAD, office=COUNTY)


async def take(village, key="key-00000001", **facts):
    said = {"kind": NoticeKind.TIP, "received_on": ON, "content": "两周没见上学"} | facts
    async with village.begin() as connection:
        return await receive(
            connection, Notice(**said), county=COUNTY, by="clerk-1", request_id=key, sealer=SEALER
        )


LETTER = {
    "kind": NoticeKind.OTHER_COUNTY,
    "sender": "示范县教体局",
    "reference_no": "示教函〔2025〕7号",
}


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (NoticeKind.TIP, "tip"), (NoticeKind.CHILD_LABOUR, "department"),
        (NoticeKind.DEPARTMENT, "department"), (NoticeKind.OTHER_COUNTY, "other_county"),
    ],
)  # fmt: skip
async def test_every_kind_of_notice_becomes_a_lead_and_owes_its_case(village, kind, source):
    """A number on the roster is enough; the receipt carries the sender's matter, the lead a note."""
    got = await take(village, kind=kind, sender="人社局", reference_no="1号", child_id_no=YU.id_no)

    assert (got.status, got.receipt_no) == ("matched", "990101线索收〔2025〕0001号")
    (lead,) = await rows(village, "select * from lead")
    assert (lead.id, lead.child_ref, lead.source) == (got.lead_id, YU.ref, source)
    assert len(await rows(village, "select 1 from outbox where kind = 'open_lead'")) == 1
    async with village.connect() as connection:
        ((_, said),) = await notes_of(connection, lead.id)
    assert got.receipt_no in said


async def test_the_same_request_and_the_same_reference_act_once(village):
    """Sent again, by whomever, the earlier receipt comes back; changed content is refused."""
    first = await take(village, child_roll_no=YU.roll_no, **LETTER)
    retry = await take(village, child_roll_no=YU.roll_no, **LETTER)
    other = await take(village, key="key-00000002", child_roll_no=YU.roll_no, **LETTER)
    assert (retry.receipt_no, other.receipt_no) == (first.receipt_no, first.receipt_no)
    assert (retry.is_repeat, other.is_repeat) == (True, True)
    with pytest.raises(NoticeRefused) as refusal:
        await take(village, key="key-00000003", child_roll_no=QI.roll_no, **LETTER)
    assert refusal.value.code is NoticeProblem.REFERENCE_USED
    assert len(await rows(village, "select 1 from outside_notice")) == 1
    assert len(await rows(village, "select 1 from lead")) == 1


@pytest.mark.parametrize(
    ("facts", "how"),
    [
        ({"child_name": "没有此人"}, "没有这个姓名"),
        ({"child_name": "王雨"}, "1名同名"),
        ({"child_name": TWIN_A.name, "school": PRIMARY.name}, "2名同名"),
        ({"child_name": "李琪", "child_id_no": YU.id_no}, "姓名与来件所写不同"),
        ({"child_id_no": QI.id_no, "child_roll_no": YU.roll_no}, "指向两名"),
    ],
    ids=["nobody", "name-only", "twins", "other-name", "two-children"],
)
async def test_what_is_not_certain_waits_for_a_person(village, facts, how):
    """No lead is made of a guess; the list says why a person must look."""
    got = await take(village, **facts)
    assert (got.status, got.lead_id) == ("review", None)
    async with village.connect() as connection:
        (row,) = await notices(connection, COUNTY, status="review")
    assert how in row.matched_how
    assert await rows(village, "select 1 from lead") == []


async def test_a_name_that_is_unique_in_its_school_is_certain(village):
    """Name and school together, one child only."""
    assert (await take(village, child_name="王 雨", school=PRIMARY.name)).status == "matched"


async def test_a_person_matches_or_rejects_and_no_one_twice(village):
    """Matched it is a lead; rejected it stays with its reason; neither can be turned round."""
    one = await take(village, child_name="小雨")
    two = await take(village, key="key-00000002", child_name="路人")
    async with village.begin() as connection:
        lead = await match_by_hand(connection, one.id, YU.ref, by="edu-1")
        assert await match_by_hand(connection, one.id, YU.ref, by="edu-1") == lead
        await reject(connection, two.id, by="edu-1", reason="外省儿童，已转对方")
        with pytest.raises(NoticeRefused, match="已处理"):
            await reject(connection, one.id, by="edu-1", reason="误")
        with pytest.raises(NoticeRefused, match="已处理"):
            await match_by_hand(connection, two.id, YU.ref, by="edu-1")
    assert [r.status for r in await rows(village, "select status from outside_notice order by 1")] == [
        "matched", "rejected"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({}, NoticeProblem.NOBODY_NAMED),
        ({"child_id_no": "99010120170504"}, NoticeProblem.NUMBER),
        ({"kind": NoticeKind.DEPARTMENT, "child_name": "王雨"}, NoticeProblem.SENDER_MISSING),
    ],
)
async def test_a_notice_that_cannot_be_taken_says_what_to_mend(village, facts, problem):
    """Nobody named, a broken number, a letter without its number: nothing is written."""
    with pytest.raises(NoticeRefused) as refusal:
        await take(village, **facts)
    assert refusal.value.code is problem
    assert await rows(village, "select 1 from outside_notice") == []


async def test_content_and_reporter_are_sealed_and_apart(village):
    """No column holds the words or the name; each opens for its own notice only."""
    got = await take(village, child_id_no=YU.id_no, reporter=WHO)
    everything = repr(await rows(village, "select * from outside_notice")) + repr(
        await rows(village, "select * from outside_reporter")
    )
    assert WHO.name not in everything
    assert "两周" not in everything
    async with village.begin() as connection:
        assert content_of(await notice_of(connection, got.id), SEALER) == "两周没见上学"
        with pytest.raises(NoticeRefused):
            await read_reporter(connection, got.id, HEAD, " ", SEALER)
        assert await read_reporter(connection, got.id, HEAD, "回访举报人", SEALER) == WHO
    (reading,) = await rows(village, "select * from reporter_reading")
    assert (reading.read_by, reading.role, reading.purpose) == ("head-1", "edu_head", "回访举报人")


async def test_who_read_a_reporter_cannot_be_wiped_out(village):
    """The application cannot change or delete a reading or a reporter."""
    for statement in (
        "delete from reporter_reading", "update reporter_reading set purpose = ''",
        "delete from outside_reporter", "update outside_reporter set sealed = ''",
    ):  # fmt: skip
        async with village.connect() as connection:
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute(text(statement))


def test_each_right_is_for_its_own_roles_and_office():
    """The desk reads what was said, three roles read who said it, none of another county does."""
    readers = {role for role in Role if may_read_reporter(HEAD.but(role=role), COUNTY)}
    assert readers == {Role.EDU_LAW, Role.EDU_HEAD, Role.AUDITOR}
    assert not may_read_reporter(HEAD, "990102")
    desk = HEAD.but(role=Role.EDU_CASE)
    assert may_take_in(desk)
    assert may_settle(desk, COUNTY)
    assert may_read_content(desk, COUNTY)
    assert not may_read_reporter(desk, COUNTY)
    blind = {Role.PLATFORM_ADMIN, Role.VILLAGE, Role.CLASS_TEACHER, Role.SYSTEM}
    assert not any(may_take_in(HEAD.but(role=role)) for role in blind)


BORN = date(2016, 3, 1)
FOUND = Unlisted(
    Sex.MALE, BORN, school=PRIMARY.code, address="砖厂工棚",
    guardian=NewGuardian("孟大", Relation.FATHER, "0999-5550001"),
)  # fmt: skip


async def put(village, notice, said=FOUND):
    async with village.begin() as connection:
        return await write_down(connection, notice, said, by="edu-1")


async def test_a_child_on_no_roster_is_written_down_and_becomes_a_lead(village):
    """With a temporary id, its guardian, and the school that answers for it; twice acts once."""
    got = await take(village, kind=NoticeKind.CHILD_LABOUR, sender="人社局", reference_no="9号",
                     child_name="孟小工")  # fmt: skip
    assert got.status == "review"

    lead = await put(village, got.id)
    assert await put(village, got.id) == lead

    (child,) = await rows(village, "select * from child where name = '孟小工'")
    assert (child.id_no, child.birth_on, child.school) == (None, BORN, PRIMARY.code)
    assert (child.residence_township, child.household_county) == (PRIMARY.township, COUNTY)
    (guardian,) = await rows(
        village, "select g.name, k.relation from child_guardian k"
        f" join guardian g on g.ref = k.guardian_ref where k.child_ref = '{child.ref}'",
    )  # fmt: skip
    assert (guardian.name, guardian.relation) == ("孟大", "father")
    (made,) = await rows(village, "select * from lead")
    assert (made.id, made.child_ref, made.source) == (lead, child.ref, "department")
    assert len(await rows(village, "select 1 from outbox where kind = 'open_lead'")) == 1
    ((status, settled_by),) = await rows(village, "select status, settled_by from outside_notice")
    assert (status, settled_by) == ("matched", "edu-1")


async def test_a_child_no_school_ever_held_is_its_townships(village):
    """Never enrolled: no school is made up for it."""
    got = await take(village, child_name="孟未学")
    await put(village, got.id, replace(FOUND, school="", township=PRIMARY.township))
    (child,) = await rows(village, "select * from child where name = '孟未学'")
    assert (child.school, child.residence_township) == (None, PRIMARY.township)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"school": ""}, NoticeProblem.PLACE_UNKNOWN),
        ({"school": "9999999999"}, NoticeProblem.PLACE_UNKNOWN),
        ({"township": PRIMARY.township}, NoticeProblem.PLACE_UNKNOWN),
        ({"birth_on": date(2024, 1, 1)}, NoticeProblem.NOT_OF_AGE),
        ({"birth_on": date(2006, 1, 1)}, NoticeProblem.NOT_OF_AGE),
        ({"id_no": "99010120160301001"}, NoticeProblem.NUMBER),
        ({"id_no": YU.id_no}, NoticeProblem.CHILD_KNOWN),
        ({"name": YU.name, "birth_on": YU.birth_on}, NoticeProblem.CHILD_KNOWN),
    ],
)
async def test_what_cannot_be_written_down_is_refused(village, changes, problem):
    """No place, no age, a number that is wrong or taken: told in Chinese, and nothing is lost."""
    got = await take(village, child_name="孟小工")
    with pytest.raises(NoticeRefused) as refusal:
        await put(village, got.id, replace(FOUND, **changes))
    assert refusal.value.code is problem
    assert await rows(village, "select status from outside_notice") == [("review",)]


async def test_another_child_of_the_same_name_and_birthday_is_written_down_on_purpose(village):
    """Somebody looked and says so; without that it would be a double."""
    got = await take(village, child_name=YU.name)
    said = replace(FOUND, birth_on=YU.birth_on, is_another=True)
    await put(village, got.id, said)
    assert len(await rows(village, f"select 1 from child where name = '{YU.name}'")) == 2


async def test_a_settled_notice_takes_no_child(village):
    """Rejected is rejected."""
    got = await take(village, child_name="孟小工")
    async with village.begin() as connection:
        await reject(connection, got.id, by="edu-1", reason="查无此人")
    with pytest.raises(NoticeRefused) as refusal:
        await put(village, got.id)
    assert refusal.value.code is NoticeProblem.SETTLED
