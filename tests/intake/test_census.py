"""The three comparisons on one small county: every difference, and nothing else."""

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from activities.census import run_census, start_census
from activities.census_reading import formulas, reviews, summary
from activities.census_tasks import (
    CensusRefused,
    NoSuchTask,
    TaskAnswer,
    answer_match,
    answer_task,
    reopen_task,
)
from models.census import Finding, MatchAnswer
from models.people import Actor
from models.rosters import RosterKind
from models.words import Role, Whereabouts
from tests.intake import county_lists as lists
from tests.intake.lists import COUNTY, place, send, write_csv
from tests.intake.village import PRIMARY

AT = datetime(2025, 10, 20, 2, tzinfo=UTC)
FOUND = {
    ("no_roll", "李宁"), ("elsewhere", "张雨"), ("not_present", "刘晴"), ("no_household", "陈明"),
    ("present_no_roll", "杨德"), ("name_differs", "黄远"),
}  # fmt: skip
PRINCIPAL = Actor(id="principal-1", role=Role.PRINCIPAL, office=PRIMARY.code)
COUNTY_CLERK = Actor(id="edu-1", role=Role.EDU_CASE, office=COUNTY)


async def census(engine, at=AT):
    async with engine.begin() as connection:
        census_id = await start_census(connection, COUNTY, lists.TERM, by="edu-1", at=at)
        return census_id, await run_census(connection, census_id, at)


async def task_id(engine, difference: str, name: str) -> UUID:
    query = "select id from census_task where difference = :difference and name = :name"
    async with engine.connect() as connection:
        found = await connection.execute(text(query), {"difference": difference, "name": name})
        return found.scalar_one()


async def answer(engine, difference, name, actor=PRINCIPAL, **said):
    given = {
        "finding": Finding.OUT_OF_SCHOOL, "cause": "weary", "whereabouts": Whereabouts.AT_HOME,
        "signed_by": "王敏",
    } | said  # fmt: skip
    async with engine.begin() as connection:
        one = await task_id(engine, difference, name)
        return await answer_task(connection, one, TaskAnswer(**given), actor, AT)


async def test_every_difference_is_found_and_no_other(village, tmp_path):
    """One child for each comparison; a leave slip and a claim to study elsewhere are not absence."""
    await lists.send_all(village, tmp_path)
    _, result = await census(village)
    found = await lists.tasks(village)

    assert set(found) == FOUND
    assert found["not_present", "刘晴"].poverty == "lifted"
    assert found["not_present", "刘晴"].owner_office == PRIMARY.code
    assert found["no_roll", "李宁"].owner_office == "990101001"
    assert (result.differences, result.opened, result.doubtful) == (6, 6, 1)


async def test_the_summary_adds_up_by_its_printed_formulas(village, tmp_path):
    """Each level is there and the county's line holds what the lists hold."""
    await lists.send_all(village, tmp_path)
    census_id, _ = await census(village)
    async with village.connect() as connection:
        (county,) = await summary(connection, census_id, "county")
        (township,) = await summary(connection, census_id, "township")
        (school,) = await summary(connection, census_id, "school")
        (room,) = await summary(connection, census_id, "class")

    assert (county["household"], county["roll"], county["present"]) == (9, 7, 6)
    assert (county["within"], county["outside"], county["no_roll"]) == (7, 1, 1)
    assert (county["roll_present"], county["on_leave"], county["not_present"]) == (5, 1, 1)
    assert (county["poor"], county["poor_out"], county["unchecked"]) == (2, 1, 6)
    assert (township["household"], township["roll"]) == (9, 7)
    assert (school["roll"], room["roll"], room["code"]) == (7, 7, f"{PRIMARY.code}-0301")
    assert {line["field"] for line in formulas()} >= set(county) - {"level", "code", "name"}


@pytest.mark.parametrize("seed", range(4))
async def test_the_order_of_rows_files_and_imports_changes_nothing(village, tmp_path, seed):
    """Shuffled lists, sent in any order, with runs in between, end in the same tasks."""
    dice = random.Random(seed)
    order = dice.sample(tuple(lists.LISTS), len(lists.LISTS))
    doubled = [*lists.roll(), [*lists.roll()[0][:5], "2班"]]
    for n, kind in enumerate(order):
        mixed = {"school_roll": doubled}
        await lists.send_all(
            village, tmp_path, (kind,), lambda rows: dice.sample(rows, len(rows)), **mixed
        )
        if n == seed:
            await census(village)
    await census(village)
    found = await lists.tasks(village)
    async with village.connect() as connection:
        query = "select class_number from census_task where name = '刘晴' and difference = 'not_present'"
        number = (await connection.execute(text(query))).scalar_one()

    assert {key for key, row in found.items() if row.status == "open"} == FOUND
    assert number == 1


async def test_a_confirmed_difference_owes_one_lead_however_often_it_is_said(village, tmp_path):
    """Cause, whereabouts and signature are asked for; the lead is written once with its debt."""
    await lists.send_all(village, tmp_path)
    await census(village)
    for gap in ({"cause": ""}, {"signed_by": " "}, {"cause": "没有这个原因"}):
        with pytest.raises(CensusRefused):
            await answer(village, "not_present", "刘晴", **gap)
    first = await answer(village, "not_present", "刘晴")
    second = await answer(village, "not_present", "刘晴", cause="family")
    async with village.connect() as connection:
        leads = (await connection.execute(text("select id, source from lead"))).all()
        owed = (await connection.execute(text("select count(*) from outbox"))).scalar_one()
        said = (await connection.execute(text("select cause from census_answer order by id"))).all()

    assert first == second
    assert [tuple(row) for row in leads] == [(first, "census")]
    assert owed == 1
    assert [row.cause for row in said] == ["weary", "family"]


async def test_a_child_on_no_schools_list_is_written_down_with_the_school_that_answers(
    village, tmp_path
):
    """A never-enrolled child gets a lead too; the township must name the school."""
    await lists.send_all(village, tmp_path)
    await census(village)
    center = Actor(id="c-1", role=Role.CENTER_SCHOOL, office="990101001")
    async with village.begin() as connection:
        await connection.execute(text("delete from child where name = '李琪'"))
    with pytest.raises(CensusRefused, match="片区学校"):
        await answer(village, "no_roll", "李宁", center)
    lead = await answer(village, "no_roll", "李宁", center, school=PRIMARY.code)
    async with village.connect() as connection:
        query = "select c.name, c.school, c.grade from child c join lead l on l.child_ref = c.ref"
        child = (await connection.execute(text(query))).one()

    assert lead is not None
    assert tuple(child) == ("李宁", PRIMARY.code, None)


async def test_a_confidential_cause_does_not_stand_in_the_list(village, tmp_path):
    """Health, labour, faith and marriage are C4 facts: the case holds them, not the census."""
    await lists.send_all(village, tmp_path)
    await census(village)
    await answer(village, "not_present", "刘晴", cause="illness")
    async with village.connect() as connection:
        query = "select cause || note from census_answer"
        assert "ill" not in (await connection.execute(text(query))).scalar_one()


async def test_an_answer_is_taken_back_by_a_further_record(village, tmp_path):
    """Nothing is edited: both records stand, and the task is open again."""
    await lists.send_all(village, tmp_path)
    await census(village)
    await answer(
        village, "no_household", "陈明", COUNTY_CLERK, finding=Finding.DATA_ERROR, cause="户籍漏登"
    )
    one = await task_id(village, "no_household", "陈明")
    async with village.begin() as connection:
        await reopen_task(connection, one, "户籍已查明在外县", "王敏", COUNTY_CLERK, AT)
    async with village.connect() as connection:
        query = "select finding from census_answer where task_id = :id order by id"
        history = (await connection.execute(text(query), {"id": one})).scalars().all()

    assert history == ["data_error", None]
    assert (await lists.tasks(village))["no_household", "陈明"].status == "open"
    with pytest.raises(Exception, match="permission denied"):
        async with village.begin() as connection:
            await connection.execute(text("update census_answer set cause = 'x'"))


async def test_nobody_answers_for_another_office(village, tmp_path):
    """Another school does not see the task; the township sees it and may not answer."""
    await lists.send_all(village, tmp_path)
    await census(village)
    with pytest.raises(NoSuchTask):
        await answer(
            village, "not_present", "刘晴",
            Actor(id="p-2", role=Role.PRINCIPAL, office="9901010002"),
        )  # fmt: skip
    with pytest.raises(CensusRefused, match="其他单位"):
        await answer(
            village, "not_present", "刘晴",
            Actor(id="c-1", role=Role.CENTER_SCHOOL, office="990101001"),
        )  # fmt: skip


async def test_a_mended_list_closes_its_differences_by_its_signature_and_opens_them_again(
    village, tmp_path
):
    """The signature of the corrected list answers; should the error come back, so does the task."""
    await lists.send_all(village, tmp_path)
    await census(village)
    kind = next(kind for kind in lists.LISTS if kind.value == "present")
    mended = [*lists.present(), ["刘晴", lists.id_number(8), PRIMARY.name, "三年级1班"]]
    await lists.send_all(village, tmp_path, (kind,), present=mended)
    _, second = await census(village)
    closed = (await lists.tasks(village))["not_present", "刘晴"].status
    wrong = lists.present()[::-1]
    await lists.send_all(village, tmp_path, (kind,), present=wrong)
    await census(village)

    assert (second.gone, closed) == (1, "closed")
    assert (await lists.tasks(village))["not_present", "刘晴"].status == "open"


async def test_an_answer_to_a_match_is_applied_on_the_next_run_and_can_be_changed(
    village, tmp_path
):
    """One number under two names is asked about; "not the same" makes two children of it."""
    await lists.send_all(village, tmp_path)
    await census(village)
    async with village.connect() as connection:
        (asked,) = await reviews(connection, COUNTY, COUNTY_CLERK)
    assert asked["reason"] == "number_shared"
    for verdict, expected in (
        (MatchAnswer.NOT_SAME, FOUND - {("name_differs", "黄远")}
         | {("not_present", "黄远"), ("present_no_roll", "黄圆")}),
        (MatchAnswer.SAME, FOUND),
    ):  # fmt: skip
        async with village.begin() as connection:
            await answer_match(connection, UUID(asked["id"]), verdict, "", COUNTY_CLERK, AT)
        await census(village)
        found = await lists.tasks(village)
        assert {key for key, row in found.items() if row.status == "open"} == expected
    async with village.connect() as connection:
        (shown,) = await reviews(connection, COUNTY, COUNTY_CLERK, is_open=False)
    assert [one["answer"] for one in shown["history"]] == ["not_same", "same"]


async def test_a_list_that_has_not_come_accuses_nobody(village, tmp_path):
    """Without the list of those present nobody is absent; the census says what is missing."""
    some = [kind for kind in lists.LISTS if kind.value in ("school_roll", "household_register")]
    await lists.send_all(village, tmp_path, some)
    census_id, _ = await census(village)
    async with village.connect() as connection:
        query = "select counts from census where id = :id"
        counts = (await connection.execute(text(query), {"id": census_id})).scalar_one()

    assert {key[0] for key in await lists.tasks(village)} == {
        "no_roll",
        "elsewhere",
        "no_household",
    }
    assert counts["missing_lists"] == ["在校", "脱贫户及监测对象"]


async def test_the_four_columns_are_ticked_where_the_policy_says_so(village, tmp_path):
    """户、册、籍、人: whoever lacks a tick is a difference, with the ticks beside it (ZY-2.1b)."""
    await lists.send_all(village, tmp_path)
    header = ("姓名", "身份证号", "学校", "班级", "注册日期")
    book = [[*row, "2025-09-01"] for row in lists.present() if row[0] != "王安"]
    path = write_csv(tmp_path / "book.csv", book, header=header)
    await send(village, path, place(RosterKind.REGISTRATION, term=lists.TERM))
    async with village.begin() as connection:
        await connection.execute(
            text(
                "insert into office (code, name, profile, contact_person, contact_phone)"
                " values (:county, '县教体局', 'zhongyang', '王敏', '')"
            ),
            {"county": COUNTY},
        )
    await census(village)
    async with village.connect() as connection:
        found = await connection.execute(text("select name, explanation from census_task"))
        marks = {row.name: row.explanation.split("（")[1].split("）")[0] for row in found}

    assert marks == {
        "王安": "户✓册✗籍✓人✓", "李宁": "户✓册✗籍✗人✗", "张雨": "户✓册✗籍✗人✗",
        "刘晴": "户✓册✗籍✓人✗", "陈明": "户✗册✓籍✓人✓", "杨德": "户✓册✓籍✗人✓",
        "赵志": "户✓册✗籍✓人✗",
    }  # fmt: skip
