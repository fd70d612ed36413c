"""One nightly look at the start of a term finds everybody once, and proves what was done."""

from datetime import date, datetime
from types import SimpleNamespace

from sqlalchemy import text

from intake.basis import basis_for
from intake.first_week import register
from intake.sampling import record_sample
from intake.term_start import TermFindings, detect_term_start
from intake.transition import Graduate, make_hand_over
from storage.periodic import PROOFS
from storage.school_days import draw
from tests.intake.desk import CHINA, ONE, TWO, basis, rows, say
from tests.intake.office import october
from tests.intake.village import CHILDREN, OTHER, PRIMARY, QI, YU

COUNTY, START = "990101", date(2025, 9, 1)


async def term(engine):
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into school_term (county, name, starts_on, ends_on)"
                " values (:county, '2025秋', :start, '2026-01-16')"
            ),
            {"county": COUNTY, "start": START},
        )


async def night(engine, day):
    async with engine.begin() as connection:
        at = datetime(day.year, day.month, day.day, 2, tzinfo=CHINA)
        ground, policy = await basis_for(connection, COUNTY, by="system", at=at)
        return await detect_term_start(connection, COUNTY, ground, policy)


async def test_nights_of_a_term_find_everybody_once(village):
    """Quiet at first, tasks on the seventh day, leads on the eighth, nothing on the ninth."""
    await term(village)
    async with village.begin() as connection:
        await register(
            connection, [c.ref for c in CHILDREN if c is not YU and c is not QI and c.school],
            PRIMARY.code, START, on=START, by="r",
        )  # fmt: skip
        await register(
            connection, [c.ref for c in CHILDREN if c.school == OTHER.code], OTHER.code, START,
            on=START, by="r",
        )  # fmt: skip
        await make_hand_over(
            connection, 2025, [Graduate(OTHER.code, YU.ref, PRIMARY.code)], by="r",
            at=basis(START).at,
        )  # fmt: skip
        await connection.execute(
            text("update child set school = null, grade = null where ref = :ref"), {"ref": QI.ref}
        )

    assert await night(village, date(2025, 9, 3)) == TermFindings()
    assert await night(village, date(2025, 9, 7)) == TermFindings(tasks=1)
    assert await night(village, date(2025, 9, 8)) == TermFindings(
        first_week=1, transition=1, never_enrolled=1
    )
    assert await night(village, date(2025, 9, 9)) == TermFindings()
    found = await rows(village, "select source, school from lead order by source")
    assert [tuple(row) for row in found] == [
        ("census", None), ("first_week", None), ("transition", OTHER.code)
    ]  # fmt: skip


async def test_a_list_that_is_missing_or_half_sent_makes_no_flood(village):
    """Nobody registered anywhere: both schools are named, and not one lead is made."""
    await term(village)
    assert await night(village, date(2025, 9, 8)) == TermFindings(held=(PRIMARY.code, OTHER.code))
    assert await rows(village, "select 1 from lead") == []
    assert await rows(village, "select 1 from school_task") == []


async def proof(engine, duty, **row):
    async with engine.connect() as connection:
        return await PROOFS[duty](connection, COUNTY, SimpleNamespace(office=PRIMARY.code, **row))


async def test_reporting_is_proved_by_the_first_report_of_each_class(village):
    """Both classes by ten: done by ten, although one corrects itself in the evening."""
    (day,) = october(13)
    await say(village, ONE, day)
    assert await proof(village, "attendance", opens_on=day) is None
    await say(village, TWO, day)
    await say(village, TWO, day, *[c for c in CHILDREN if c.class_number == 2], hour=20)
    assert (await proof(village, "attendance", opens_on=day)).done_at == basis(day).at


async def test_sampling_is_proved_by_the_class_that_was_drawn(village):
    """Another class checked proves nothing; the one drawn does."""
    (day,) = october(13)
    (drawn,) = draw(PRIMARY.code, day, [ONE, TWO], 1)
    other = ONE if drawn == TWO else TWO
    for code, is_done in ((other, False), (drawn, True)):
        async with village.begin() as connection:
            await record_sample(
                connection, PRIMARY.code, code, day, set(), by="p", at=basis(day).at
            )
        assert (await proof(village, "sampling", opens_on=day) is not None) is is_done


async def test_the_first_week_is_proved_when_nobody_is_left(village):
    """One child short it is not done; the last registered, it is."""
    here = [child.ref for child in CHILDREN if child.school == PRIMARY.code]
    for children, is_done in ((here[:-1], False), (here, True)):
        async with village.begin() as connection:
            await register(connection, children, PRIMARY.code, START, on=START, by="r")
        assert (await proof(village, "first_week", period=str(START)) is not None) is is_done
