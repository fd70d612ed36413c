"""The first week of term: nobody is forgotten until cause and whereabouts are signed for."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.first_week import (
    Enrolled,
    check_on,
    first_week_leads,
    not_registered,
    open_first_week,
    register,
    unregistered,
)
from intake.tasks import (
    TaskProblem,
    TaskRefused,
    close_task,
    record_contact,
    tasks_of_school,
)
from models.words import Cause, Whereabouts
from tests.intake.desk import ONE, basis, rows, say
from tests.intake.office import october
from tests.intake.village import CHILDREN, FAR, OTHER, PRIMARY, QI, YU

START, LAST, AFTER = date(2025, 9, 1), date(2025, 9, 7), date(2025, 9, 8)
HERE = [child for child in CHILDREN if child.school == PRIMARY.code]
refs = st.builds(lambda n: UUID(int=n), st.integers(0, 30))


@given(st.lists(refs), st.lists(refs), st.randoms(use_true_random=False))
def test_the_list_does_not_depend_on_order_or_repetition(enrolled, registered, random):
    """Enrolled minus registered, whatever the order of either list."""
    there = [(ref, "A") for ref in registered]
    found = not_registered([Enrolled(ref, "A") for ref in enrolled], there)
    assert [each.child_ref for each in found] == sorted(set(enrolled) - set(registered))
    shuffled = [Enrolled(ref, "A") for ref in enrolled + enrolled[:3]]
    random.shuffle(shuffled)
    random.shuffle(there)
    assert not_registered(shuffled, there) == found


def test_the_week_ends_on_its_seventh_day():
    """1 September and seven days: the check is on the 7th."""
    assert check_on(START, 7) == LAST


async def week(village, today, *, school=PRIMARY.code):
    async with village.begin() as connection:
        return await first_week_leads(connection, school, START, 7, today)


async def come(village, children, school=PRIMARY.code):
    async with village.begin() as connection:
        await register(
            connection, [c.ref for c in children], school, START, on=START, by="registrar-1"
        )


async def contact(village, task, key=None):
    async with village.begin() as connection:
        await record_contact(
            connection, task, contact_id=key or uuid4(), on=LAST, method="家访", was_reached=True,
            note="随父母外出", by="teacher-1",
        )  # fmt: skip


async def close(village, task, **facts):
    async with village.begin() as connection:
        await close_task(
            connection, task, result="已问清", by="teacher-1", at=basis(LAST).at, **facts
        )


SIGNED = {"cause": Cause.MIGRATION, "signed_by": "孙老师"}


async def test_whoever_is_missing_after_the_week_is_a_lead_once(village):
    """Nothing before the week is over; then one lead each, and no more on the days after."""
    await come(village, [c for c in HERE if c not in (YU, QI)])
    assert await week(village, LAST) == []
    assert len(await week(village, AFTER)) == 2
    assert await week(village, date(2025, 9, 9)) == []
    found = await rows(village, "select child_ref, source from lead order by child_ref")
    assert [(r.child_ref, r.source) for r in found] == [
        (YU.ref, "first_week"), (QI.ref, "first_week")
    ]  # fmt: skip
    assert len(await rows(village, "select 1 from outbox where kind = 'open_lead'")) == 2


async def test_registering_withdraws_the_task_and_another_school_is_another_list(village):
    """The task of a child who came is withdrawn, not deleted; the other school's list is its own."""
    async with village.begin() as connection:
        assert len(await open_first_week(connection, PRIMARY.code, START, 7, START)) == len(HERE)
        assert await open_first_week(connection, PRIMARY.code, START, 7, START) == []
    await come(village, HERE)
    async with village.connect() as connection:
        assert await tasks_of_school(connection, PRIMARY.code) == []
        assert len(await tasks_of_school(connection, PRIMARY.code, is_open=False)) == len(HERE)
        (other,) = await unregistered(connection, OTHER.code, START)
    assert other.child_ref == FAR.ref


async def test_a_task_closes_only_with_contact_cause_whereabouts_and_signature(village):
    """Each missing part is named; whole, it closes; closed, it takes no more."""
    async with village.begin() as connection:
        task, *_ = await open_first_week(connection, PRIMARY.code, START, 7, START)
    with pytest.raises(TaskRefused) as refusal:
        await close(village, task, whereabouts=Whereabouts.STUDYING_ELSEWHERE, **SIGNED)
    assert refusal.value.code is TaskProblem.NO_CONTACT
    await contact(village, task)
    for lacking in (
        {"cause": Cause.MIGRATION, "whereabouts": Whereabouts.AT_HOME},
        {"cause": Cause.MIGRATION, "signed_by": "孙老师"},
        {"whereabouts": Whereabouts.AT_HOME, "signed_by": "孙老师"},
    ):
        with pytest.raises(TaskRefused) as refusal:
            await close(village, task, **lacking)
        assert refusal.value.code is TaskProblem.CAUSE_MISSING
    await close(village, task, whereabouts=Whereabouts.STUDYING_ELSEWHERE, **SIGNED)
    with pytest.raises(TaskRefused) as refusal:
        await contact(village, task)
    assert refusal.value.code is TaskProblem.NOT_OPEN


@pytest.mark.parametrize(
    ("whereabouts", "leads"),
    [(Whereabouts.STUDYING_ELSEWHERE, 0), (Whereabouts.ABROAD, 0), (Whereabouts.AT_HOME, 1)],
)
async def test_only_a_signed_place_of_study_or_leaving_spares_the_lead(village, whereabouts, leads):
    """Signed for and studying elsewhere: no lead. Signed for and sitting at home: a lead."""
    await come(village, [c for c in HERE if c is not YU])
    async with village.begin() as connection:
        (task,) = await open_first_week(connection, PRIMARY.code, START, 7, START)
    await contact(village, task)
    await close(village, task, whereabouts=whereabouts, **SIGNED)
    assert len(await week(village, AFTER)) == leads


async def test_absences_of_one_and_two_days_ask_for_a_contact_each(village):
    """Day one the class teacher, day two the principal; a correction withdraws, a result closes."""
    D13, D14 = october(13, 14)
    await say(village, ONE, D13, YU)
    await say(village, ONE, D14, YU)
    async with village.connect() as connection:
        tasks = await tasks_of_school(connection, PRIMARY.code)
    assert sorted(task.owner_role for task in tasks) == ["class_teacher", "principal"]
    assert {task.since for task in tasks} == {D13}

    await contact(village, tasks[0].id)
    async with village.begin() as connection:
        await close_task(connection, tasks[0].id, result="感冒，明天来", by="t", at=basis(D14).at)
    await say(village, ONE, D13, basis=basis(D14))
    async with village.connect() as connection:
        left = await tasks_of_school(connection, PRIMARY.code, is_open=False)
    # What was done stays done; the other was opened for days now known to be otherwise.
    assert sorted((task.status, task.since) for task in left) == [
        ("done", D13), ("open", D14), ("withdrawn", D13)
    ]  # fmt: skip


async def test_the_same_contact_twice_is_one(village):
    """A retry writes nothing."""
    async with village.begin() as connection:
        task, *_ = await open_first_week(connection, PRIMARY.code, START, 7, START)
    key = uuid4()
    await contact(village, task, key)
    await contact(village, task, key)
    assert len(await rows(village, "select 1 from contact_record")) == 1
