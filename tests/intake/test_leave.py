"""Leave slips: who decides, what a leave excuses, and what coming back ends."""

from uuid import uuid4

import pytest

from intake.leave import (
    LeaveAsked,
    LeaveProblem,
    LeaveRefused,
    approver,
    ask,
    decide_slip,
    end_leave,
    leaves_not_ended,
    withdraw_slip,
)
from intake.report import LeadOutcome
from models.people import Actor
from models.roster import AbsenceKind
from models.words import Role
from tests.intake.desk import ONE, basis, leads, rows, say
from tests.intake.office import CALENDAR, october
from tests.intake.village import PRIMARY, YU

D13, D14, D15, D16, D17 = october(13, 14, 15, 16, 17)
LEVELS = "1:class_teacher,3:principal,400:principal"
PRINCIPAL = Actor(id="principal-1", role=Role.PRINCIPAL, office=PRIMARY.code)
TEACHER = Actor(id="teacher-9", role=Role.CLASS_TEACHER, office=PRIMARY.code)


async def request(village, first=D13, last=D15, *, is_signed=True, by="teacher-1"):
    asked = LeaveAsked(uuid4(), YU.ref, AbsenceKind.SICK, first, last, "水痘", is_signed)
    async with village.begin() as connection:
        role = await ask(
            connection, asked, by=by, at=basis(D13).at, calendar=CALENDAR, levels=LEVELS
        )
    return asked.id, role


async def decide(village, slip, actor=PRINCIPAL, *, is_approved=True, on=D15):
    async with village.begin() as connection:
        return await decide_slip(connection, slip, actor, basis(on), is_approved=is_approved)


def test_the_role_goes_by_the_number_of_school_days():
    """One day the class teacher, up to three and beyond the principal, in any order of the text."""
    assert [approver(LEVELS, days) for days in (1, 2, 3, 4, 90)] == [
        Role.CLASS_TEACHER, Role.PRINCIPAL, Role.PRINCIPAL, Role.PRINCIPAL, Role.PRINCIPAL
    ]  # fmt: skip
    assert approver("5:principal,2:class_teacher", 2) is Role.CLASS_TEACHER


async def test_an_approved_leave_excuses_its_days_even_those_reported_before(village):
    """Three days reported as 旷课, then the slip approved: the lead is taken back with a note."""
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU)
    slip, role = await request(village)
    assert role is Role.PRINCIPAL
    outcome = await decide(village, slip)

    assert len(outcome.withdrawn) == 1
    assert [status for *_, status in await leads(village)] == ["withdrawn"]
    assert {r.kind for r in await rows(village, "select kind from absence")} == {"unexcused"}


async def test_leave_that_is_only_asked_for_excuses_nothing(village):
    """Waiting, and refused: the third day still opens the lead."""
    slip, _ = await request(village)
    await decide(village, slip, is_approved=False)
    outcomes = [await say(village, ONE, day, YU) for day in (D13, D14, D15)]
    assert len(outcomes[-1].leads.opened) == 1


async def test_coming_back_early_ends_the_excuse(village):
    """Back on Tuesday by the slip, away on Tuesday, Wednesday and Thursday: a lead of three days."""
    slip, _ = await request(village, D13, D17)
    await decide(village, slip)
    for day in (D13, D14, D15, D16):
        await say(village, ONE, day, YU)
    assert await leads(village) == []
    async with village.begin() as connection:
        outcome = await end_leave(connection, slip, D14, basis(D16))
    assert len(outcome.opened) == 1
    assert await leads(village) == [(str(YU.ref)[-4:], D14, D16, 3, "pending")]


async def test_a_leave_nobody_ended_is_listed(village):
    """The day after its last day, and not before; ended, it is off the list."""
    slip, _ = await request(village, D13, D14)
    await decide(village, slip)
    async with village.begin() as connection:
        assert await leaves_not_ended(connection, PRIMARY.code, D14) == []
        (row,) = await leaves_not_ended(connection, PRIMARY.code, D15)
        assert row.id == slip
        await end_leave(connection, slip, D15, basis(D15))
        assert await leaves_not_ended(connection, PRIMARY.code, D16) == []


async def test_a_slip_of_years_and_a_return_not_yet_seen_are_refused(village):
    """Nobody is excused for ever, and who is not back yet has not come back."""
    with pytest.raises(LeaveRefused) as refusal:
        await request(village, D13, D13.replace(year=9999))
    assert refusal.value.code is LeaveProblem.TOO_LONG
    slip, _ = await request(village, D13, D14)
    await decide(village, slip)
    with pytest.raises(LeaveRefused) as refusal:
        async with village.begin() as connection:
            await end_leave(connection, slip, D16, basis(D15))
    assert refusal.value.code is LeaveProblem.BACK_AHEAD


@pytest.mark.parametrize(
    ("actor", "is_signed", "problem"),
    [
        (PRINCIPAL.but(id="teacher-1"), True, LeaveProblem.SAME_PERSON),
        (TEACHER, True, LeaveProblem.ROLE_TOO_LOW),
        (PRINCIPAL, False, LeaveProblem.NOT_SIGNED),
    ],
)
async def test_a_decision_needs_a_second_person_of_the_right_role(
    village, actor, is_signed, problem
):
    """Not the writer, not a lower role, and not without the guardian's signature."""
    slip, _ = await request(village, is_signed=is_signed)
    with pytest.raises(LeaveRefused) as refusal:
        await decide(village, slip, actor)
    assert refusal.value.code is problem


async def test_a_higher_role_may_decide_a_short_leave_and_each_decision_acts_once(village):
    """One day is the class teacher's; the principal may too; decided again by another it is not."""
    slip, role = await request(village, D13, D13)
    assert role is Role.CLASS_TEACHER
    await decide(village, slip)
    await decide(village, slip)
    with pytest.raises(LeaveRefused) as refusal:
        await decide(village, slip, TEACHER, is_approved=False)
    assert refusal.value.code is LeaveProblem.NOT_WAITING


async def test_two_slips_for_one_day_are_one_too_many(village):
    """Overlapping, backwards, and on days off only: refused with the reason."""
    await request(village)
    for first, last, problem in (
        (D15, D17, LeaveProblem.OVERLAPS),
        (D17, D16, LeaveProblem.BACKWARDS),
        (*october(18, 19), LeaveProblem.NO_SCHOOL_DAY),
    ):
        with pytest.raises(LeaveRefused) as refusal:
            await request(village, first, last)
        assert refusal.value.code is problem


async def test_a_slip_taken_back_excuses_nothing_any_more(village):
    """Approved, then withdrawn: its days count again and the lead is there; ended, it stays ended."""
    slip, _ = await request(village)
    await decide(village, slip)
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU)
    assert await leads(village) == []
    async with village.begin() as connection:
        outcome = await withdraw_slip(connection, slip, basis(D15))
        assert await withdraw_slip(connection, slip, basis(D15)) == LeadOutcome()
    assert len(outcome.opened) == 1
    with pytest.raises(LeaveRefused):
        async with village.begin() as connection:
            await end_leave(connection, slip, D15, basis(D15))
