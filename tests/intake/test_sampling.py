"""Sampling checks: a draw anybody can repeat, and findings where report and sample differ."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.sampling import SampleRefused, record_sample, sample_differences, sampling_due
from policy.loader import snapshot
from storage.school_days import draw
from tests.intake.desk import ONE, TWO, basis, rows, say
from tests.intake.office import CALENDAR, october
from tests.intake.village import PRIMARY, QI, SECOND_CLASS, YU

(D13,) = october(13)


@given(st.permutations([f"c{n}" for n in range(9)]), st.integers(0, 9))
def test_the_draw_does_not_depend_on_the_order_of_the_list(classes, count):
    """The same classes in any order, some twice, give the same draw of the size asked for."""
    drawn = draw("A", D13, classes, count)
    assert drawn == draw("A", D13, sorted(classes) + classes[:3], count)
    assert len(drawn) == count


def test_over_a_year_every_class_is_drawn():
    """Nobody is left out for good: of twelve classes each comes up within 200 days."""
    classes = [f"{grade:02}{number:02}" for grade in range(1, 7) for number in (1, 2)]
    days = [date(2025, 9, 1) + timedelta(n) for n in range(200)]
    drawn = {code for day in days for code in draw("A", day, classes, 1)}
    assert drawn == set(classes)


async def test_what_is_due_follows_the_rules_of_the_place(village):
    """Yunnan asks for a class a day; where no paper asks for it, nothing is drawn."""
    async with village.connect() as connection:
        due = {
            name: await sampling_due(
                connection, PRIMARY.code, D13, calendar=CALENDAR, policy=snapshot(name, D13)
            )
            for name in ("yunnan", "default")
        }
        sunday = await sampling_due(
            connection, PRIMARY.code, date(2025, 10, 19), calendar=CALENDAR,
            policy=snapshot("yunnan", D13),
        )  # fmt: skip
    assert [each.class_code for each in due["yunnan"]] == draw(PRIMARY.code, D13, [ONE, TWO], 1)
    assert (due["default"], sunday) == ([], [])


async def test_a_difference_is_a_finding_once(village):
    """Reported there and not seen, reported away and seen: two findings, however often looked at."""
    await say(village, ONE, D13, YU)
    async with village.begin() as connection:
        found = await record_sample(
            connection, PRIMARY.code, ONE, D13, {QI.ref}, by="principal-1", at=basis(D13).at
        )
        await sample_differences(connection, PRIMARY.code, ONE, D13)
    assert [(d.child_ref, d.reported, d.found) for d in found] == [
        (YU.ref, "旷课", "在校"), (QI.ref, "到校", "未到")
    ]  # fmt: skip
    assert len(await rows(village, "select 1 from data_quality_finding")) == 2


async def test_a_check_before_the_report_is_compared_when_the_report_comes(village):
    """The checker was first: nothing to compare yet; after the report the difference is found."""
    async with village.begin() as connection:
        early = await record_sample(
            connection, PRIMARY.code, ONE, D13, {QI.ref}, by="principal-1", at=basis(D13).at
        )
    await say(village, ONE, D13)
    async with village.begin() as connection:
        late = await sample_differences(connection, PRIMARY.code, ONE, D13)
    assert (early, [d.child_ref for d in late]) == ([], [QI.ref])


async def test_a_result_is_not_written_over(village):
    """A second result of the same class and day, and a child of another class, are refused."""
    async with village.begin() as connection:
        await record_sample(connection, PRIMARY.code, ONE, D13, set(), by="p", at=basis(D13).at)
        with pytest.raises(SampleRefused, match="不能改写"):
            await record_sample(connection, PRIMARY.code, ONE, D13, set(), by="p", at=basis(D13).at)
        with pytest.raises(SampleRefused, match="不在本班"):
            await record_sample(
                connection, PRIMARY.code, ONE, D13, {SECOND_CLASS.ref}, by="p", at=basis(D13).at
            )
