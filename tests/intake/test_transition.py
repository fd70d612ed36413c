"""小升初: graduates against arrivals, lists signed by both sides, no-shows as leads."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from activities.leads import find_lead
from intake.transition import (
    Arrival,
    Graduate,
    HandOverProblem,
    HandOverRefused,
    arrive,
    compare,
    lists_of_school,
    make_hand_over,
    sign,
    transition_leads,
    transition_no_shows,
)
from tests.intake.desk import basis, rows
from tests.intake.village import OTHER, PRIMARY, QI, SECOND_CLASS, YU

START = date(2025, 9, 1)
AT = basis(START).at
refs = st.builds(lambda n: UUID(int=n), st.integers(0, 12))
schools = st.sampled_from(["J1", "J2"])
graduates = st.lists(st.builds(Graduate, schools, refs, st.sampled_from(["P1", "P2"])))
arrivals = st.lists(st.builds(Arrival, schools, refs))


@given(graduates, arrivals, st.randoms(use_true_random=False))
def test_the_comparison_does_not_depend_on_order_or_repetition(gone, come, random):
    """Any order, some rows twice: the same no-shows, the same strays."""
    first = compare(gone, come)
    gone, come = gone + gone[:2], come + come[:2]
    random.shuffle(gone)
    random.shuffle(come)
    assert compare(gone, come) == first


@given(graduates, arrivals)
def test_every_graduate_is_accounted_for_once(gone, come):
    """Arrived where expected, arrived elsewhere, or missing: nobody is two of these or none."""
    found = compare(gone, come)
    handed = {g.child_ref for g in gone}
    there = {a.child_ref for a in come}
    missing = [n.child_ref for n in found.no_shows]
    assert sorted(missing) == sorted(handed - there)
    assert {g.child_ref for g, _ in found.elsewhere} <= handed & there
    assert {a.child_ref for a in found.unannounced} == there - handed


async def made(village, *children, going_to=""):
    async with village.begin() as connection:
        (list_id,) = await make_hand_over(
            connection, 2025,
            [Graduate(OTHER.code, c.ref, PRIMARY.code, going_to) for c in children],
            by="registrar-1", at=AT,
        )  # fmt: skip
    return list_id


async def signed(village, list_id, school, by):
    async with village.begin() as connection:
        await sign(connection, list_id, school, by=by, at=AT)


async def test_both_sides_sign_in_order_and_by_two_people(village):
    """The junior school cannot sign first, the same person cannot sign twice, a stranger never."""
    list_id = await made(village, YU, QI)
    for school, by, problem in (
        (OTHER.code, "b", HandOverProblem.NOT_SIGNED),
        ("9901019999", "c", HandOverProblem.WRONG_SCHOOL),
    ):
        with pytest.raises(HandOverRefused) as refusal:
            await signed(village, list_id, school, by)
        assert refusal.value.code is problem
    await signed(village, list_id, PRIMARY.code, "a")
    with pytest.raises(HandOverRefused) as refusal:
        await signed(village, list_id, OTHER.code, "a")
    assert refusal.value.code is HandOverProblem.SAME_PERSON
    await signed(village, list_id, OTHER.code, "b")
    async with village.connect() as connection:
        (row,) = await lists_of_school(connection, OTHER.code, 2025)
    assert (row.graduates, row.arrived) == (2, 0)
    assert (row.from_signed_by, row.to_signed_by) == ("a", "b")


async def test_a_signed_list_takes_nobody_more_and_an_unsigned_one_may_grow(village):
    """Growing before the signature is one list; after it, the new child is refused."""
    list_id = await made(village, YU)
    assert await made(village, YU, QI) == list_id
    await signed(village, list_id, PRIMARY.code, "a")
    assert await made(village, QI, going_to="外县") == list_id
    with pytest.raises(HandOverRefused) as refusal:
        await made(village, SECOND_CLASS)
    assert refusal.value.code is HandOverProblem.SIGNED


async def test_a_no_show_is_a_lead_of_the_junior_school(village):
    """The child is on the primary school's roll and on no other: the lead names who answers."""
    await made(village, YU, QI)
    async with village.begin() as connection:
        assert await arrive(connection, 2025, OTHER.code, [QI.ref], START) == 1
        (missing,) = await transition_no_shows(connection, OTHER.code, 2025)
        assert missing.child_ref == YU.ref
        first = await transition_leads(connection, OTHER.code, 2025, START, date(2025, 9, 8))
        again = await transition_leads(connection, OTHER.code, 2025, START, date(2025, 9, 9))
    assert (len(first), again) == (1, [])
    (lead,) = await rows(village, "select * from lead")
    assert (lead.child_ref, lead.source, lead.school) == (YU.ref, "transition", OTHER.code)


async def test_a_child_at_another_junior_school_has_arrived(village):
    """Arrival anywhere in the county is arrival."""
    await made(village, YU)
    async with village.begin() as connection:
        await arrive(connection, 2025, PRIMARY.code, [YU.ref], START)
        assert await transition_no_shows(connection, OTHER.code, 2025) == []


async def test_the_lead_opens_for_the_junior_school_and_for_no_school(village):
    """What the gateway reads: the answering school, or the empty word for a child without one."""
    await made(village, YU)
    async with village.begin() as connection:
        (transition,) = await transition_leads(
            connection, OTHER.code, 2025, START, date(2025, 9, 8)
        )
        await connection.execute(
            text("update child set school = null, grade = null where ref = :ref"), {"ref": QI.ref}
        )
        await connection.execute(
            text(
                "insert into lead (id, child_ref, source, absent_days, detected_on, status)"
                " values (:id, :ref, 'census', 0, :on, 'pending')"
            ),
            {"id": UUID(int=77), "ref": QI.ref, "on": START},
        )
        there = await find_lead(connection, transition)
        nowhere = await find_lead(connection, UUID(int=77))
    assert (there.school, there.county) == (OTHER.code, "990101")
    assert (nowhere.school, nowhere.county) == ("", "990101")
    assert nowhere.township == QI.residence_township
