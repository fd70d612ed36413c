"""What imported lists say of a term is taken once, and what they leave open is counted."""

from datetime import date
from uuid import uuid4

from sqlalchemy import text

from intake.first_week import unregistered
from intake.from_rosters import (
    take_arrivals,
    take_graduates,
    take_leave_slips,
    take_registrations,
)
from intake.transition import sign, transition_no_shows
from tests.intake.desk import ONE, basis, leads, rows, say
from tests.intake.office import october
from tests.intake.village import CHILDREN, OTHER, PRIMARY, QI, SECOND_CLASS, YU

COUNTY, START = "990101", date(2025, 9, 1)
D13, D14, D15 = october(13, 14, 15)


async def put(engine, kind, child, term, **facts):
    """Put one row in force, as the import of such a list leaves it."""
    said = {
        "school": PRIMARY.code, "happened_on": None, "whereabouts": "", "whereabouts_school": None,
        "leave_from": None, "leave_to": None, "reason": "", "approved_by": "",
    } | facts  # fmt: skip
    imported = uuid4()
    async with engine.begin() as connection:
        await connection.execute(
            text("""
                insert into roster_import (id, county, kind, term, source, file_sha256, file_name,
                    signed_by, imported_by, imported_at, is_amendment, is_current, rows_total,
                    rows_accepted, rows_rejected, rows_added, rows_changed, rows_removed, columns)
                values (:id, :county, :kind, :term, :county, '', '', '', 'clerk-1', now(), false,
                    true, 1, 1, 0, 1, 0, 0, '{}')
            """),
            {"id": imported, "county": COUNTY, "kind": kind, "term": term},
        )
        await connection.execute(
            text("""
                insert into roster_row (import_id, county, kind, term, source, row_number, key,
                    person, name, name_key, school, school_name, class_name, household_label,
                    address, guardian, guardian_phone, whereabouts, whereabouts_school, leave_from,
                    leave_to, reason, approved_by, happened_on, flags, extras, child_ref)
                values (:import, :county, :kind, :term, :county, 1, :key, :key, '', '', :school,
                    '', '', '', '', '', '', :whereabouts, :whereabouts_school, :leave_from,
                    :leave_to, :reason, :approved_by, :happened_on, '{}', '{}', :child)
            """),
            {
                "import": imported, "county": COUNTY, "kind": kind, "term": term,
                "key": str(uuid4()), "child": child.ref if child else None, **said,
            },
        )  # fmt: skip


async def taken(engine, act, *words, **more):
    async with engine.begin() as connection:
        found = await act(connection, COUNTY, *words, **more)
    return found.taken, found.unknown_children, found.left


async def test_registered_children_leave_the_list(village):
    """Seen with a day: registered. Listed without one: still missing. Unknown: counted."""
    await put(village, "registration", YU, "2025-1", happened_on=START)
    await put(village, "registration", QI, "2025-1")
    await put(village, "registration", None, "2025-1", happened_on=START)
    for _ in range(2):
        assert await taken(village, take_registrations, "2025-1", START, by="edu-1") == (1, 1, 1)
    async with village.connect() as connection:
        left = {each.child_ref for each in await unregistered(connection, PRIMARY.code, START)}
    here = {child.ref for child in CHILDREN if child.school == PRIMARY.code}
    assert left == here - {YU.ref}


async def test_graduates_become_lists_and_arrivals_are_marked(village):
    """Handed over and not seen is a no-show; without a receiving school a graduate is left over."""
    for child in (YU, QI):
        await put(village, "graduates", child, "2024-2", whereabouts_school=OTHER.code)
    await put(village, "graduates", SECOND_CLASS, "2024-2", whereabouts="外县")
    await put(village, "junior_arrivals", QI, "2025-1", school=OTHER.code, happened_on=START)
    for _ in range(2):
        assert await taken(village, take_graduates, "2024-2", 2025, basis(START)) == (2, 0, 1)
        assert await taken(village, take_arrivals, "2025-1", 2025) == (1, 0, 0)
    async with village.connect() as connection:
        (missing,) = await transition_no_shows(connection, OTHER.code, 2025)
    assert missing.child_ref == YU.ref


async def test_a_list_already_signed_takes_nobody_more(village):
    """The later graduate is left over; the signed list is as it was signed."""
    await put(village, "graduates", YU, "2024-2", whereabouts_school=OTHER.code)
    await taken(village, take_graduates, "2024-2", 2025, basis(START))
    (made,) = await rows(village, "select id from hand_over")
    async with village.begin() as connection:
        await sign(connection, made.id, PRIMARY.code, by="a", at=basis(START).at)
    await put(village, "graduates", QI, "2024-2", whereabouts_school=OTHER.code)
    assert await taken(village, take_graduates, "2024-2", 2025, basis(START)) == (0, 0, 2)
    assert len(await rows(village, "select 1 from hand_over_line")) == 1


async def test_a_list_of_slips_excuses_what_somebody_else_approved(village):
    """Approved by another: excused and recounted. By the sender, or by nobody: left over."""
    for day in (D13, D14, D15):
        await say(village, ONE, day, YU, QI)
    assert len(await leads(village)) == 2
    span = {"leave_from": D13, "leave_to": D14, "reason": "病假"}
    await put(village, "leave_slips", YU, "2025-1", approved_by="李校长", **span)
    await put(village, "leave_slips", QI, "2025-1", approved_by="clerk-1", **span)
    for _ in range(2):
        got = await taken(
            village, take_leave_slips, "2025-1", basis(D15), "1:class_teacher,9:principal"
        )
        assert got == (1, 0, 1)
    assert [(ref, status) for ref, *_, status in await leads(village)] == [
        (str(YU.ref)[-4:], "withdrawn"), (str(QI.ref)[-4:], "pending")
    ]  # fmt: skip
