"""Who is taken for whom: each rule, its words, and that order never matters."""

import random
from datetime import date

import polars as pl
import pytest

from intake.entries import ENTRY, signature
from intake.matching import Matched, match
from models.census import MatchAnswer, MatchReason
from tests.intake.village import id_number

BORN = date(2017, 5, 4)
A, B = f"id:{id_number(2)}", f"id:{id_number(4)}"
TEMP = "temp:20170504:王雨"


def entry(kind: str, person: str, name: str = "王雨", **more):
    row = {
        "list": kind, "person": person, "name_key": name, "birth_on": BORN, "sex": None,
        "id_no": person[3:] if person.startswith("id:") else None, "roll_no": None,
        "guardian": "", "household_label": "", "school": None,
    }  # fmt: skip
    return row | more


def run(*rows, answers=None) -> Matched:
    schema = dict.fromkeys(ENTRY, pl.String) | {"birth_on": pl.Date}
    return match(pl.DataFrame(rows, schema=schema), answers or {})


def reasons(found: Matched):
    return [doubt.reason for doubt in found.doubts]


def test_twins_are_two_children_and_nobody_is_asked():
    """One birthday, one guardian, one school, two given names."""
    both = {"guardian": "王安", "household_label": "H1", "school": "9901010001"}
    found = run(
        entry("household", A, "王小雨", **both), entry("household", B, "王小雪", **both),
        entry("roll", A, "王小雨", **both), entry("roll", B, "王小雪", **both),
    )  # fmt: skip
    assert (found.same, found.doubts, found.child_of) == ([], [], {})


def test_twins_under_one_number_are_asked_about_and_never_merged():
    """The number says one child, the names say two: a person decides."""
    found = run(entry("roll", A, "王小雨"), entry("roll", A, "王小雪"))
    assert reasons(found) == [MatchReason.NUMBER_SHARED]
    apart = run(
        entry("roll", A, "王小雨"), entry("roll", A, "王小雪"),
        answers={found.doubts[0].pair: MatchAnswer.NOT_SAME},
    )  # fmt: skip
    assert len(set(apart.child_of.values())) == 2


@pytest.mark.parametrize("other", ["張雨", "张·雨"])
def test_variant_characters_and_dots_make_no_second_name(other):
    """Under one number they are explained; nobody is asked."""
    found = run(entry("roll", A, "张雨"), entry("present", A, other))
    assert found.doubts == []
    assert "异体字" in found.same[0].explanation


def test_a_row_without_a_number_is_matched_on_name_birthday_and_one_thing_more():
    """School, guardian or household must agree; the explanation names which."""
    found = run(entry("roll", A, school="9901010001"), entry("present", TEMP, school="9901010001"))
    assert "学校" in found.same[0].explanation
    assert found.child_of[signature(TEMP, "王雨")] == A


def test_without_anything_more_a_person_is_asked():
    """Name and birthday alone may be two children."""
    found = run(entry("roll", A), entry("present", TEMP))
    assert (found.same, reasons(found)) == ([], [MatchReason.NO_NUMBER])


def test_two_of_one_name_and_birthday_are_never_guessed_between():
    """Which of the two has no number is for a person to say."""
    at = {"school": "9901010001"}
    found = run(entry("roll", A, **at), entry("roll", B, **at), entry("present", TEMP, **at))
    assert found.same == []
    assert reasons(found).count(MatchReason.NO_NUMBER) == 2


def test_another_guardian_is_another_child():
    """A name and a birthday met by chance."""
    found = run(entry("roll", A, guardian="王安"), entry("present", B, guardian="李宁"))
    assert found.doubts == []


def test_one_child_with_two_numbers_is_asked_about():
    """Same name and birthday, in different lists under different numbers; or another birthday."""
    found = run(entry("household", A), entry("roll", B))
    assert reasons(found) == [MatchReason.TWO_NUMBERS]
    later = f"id:{id_number(4, date(2018, 5, 4))}"
    found = run(
        entry("household", A, guardian="王安"),
        entry("roll", later, guardian="王安", birth_on=date(2018, 5, 4)),
    )
    assert reasons(found) == [MatchReason.BIRTH_DIFFERS]


def test_a_fifteen_digit_number_is_only_ever_asked_about():
    """The century and the check character are assumed."""
    short = f"short:{A[3:9]}{A[11:20]}"
    found = run(
        entry("household", short, school="9901010001"), entry("roll", A, school="9901010001")
    )
    assert (found.same, reasons(found)) == ([], [MatchReason.SHORT_NUMBER])


def test_an_l_number_is_followed_to_the_id_number_another_list_has():
    """A temporary roll number kept after the ID number came."""
    found = run(
        entry("roll", A, roll_no="L99010120170001"),
        entry("present", "roll:L99010120170001", roll_no="L99010120170001"),
    )
    assert found.child_of[signature("roll:L99010120170001", "王雨")] == A


def test_answers_hold_and_can_be_turned():
    """Same joins, need-paper changes nothing, not-same undoes even a match nobody doubted."""
    rows = (entry("roll", A), entry("present", TEMP))
    pair = run(*rows).doubts[0].pair
    assert run(*rows, answers={pair: MatchAnswer.SAME}).child_of[signature(TEMP, "王雨")] == A
    assert run(*rows, answers={pair: MatchAnswer.NEED_PAPER}).child_of == {}
    sure = (entry("roll", A, guardian="王安"), entry("present", TEMP, guardian="王安"))
    one = run(*sure).same[0]
    denied = run(*sure, answers={(one.left, one.right): MatchAnswer.NOT_SAME})
    assert (denied.same, denied.child_of) == ([], {})


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_entries_changes_nothing(seed):
    """Many children of few names: shuffled, the outcome is the same to the letter."""
    dice = random.Random(seed)
    rows = [
        entry(
            dice.choice(["household", "roll", "present"]),
            dice.choice([A, B, TEMP, "roll:L99010120170001", "short:990101170504002"]),
            dice.choice(["王雨", "王 雨", "王玉", "王·雨"]).replace(" ", ""),
            guardian=dice.choice(["", "王安", "李宁"]), school=dice.choice([None, "9901010001"]),
        )
        for _ in range(14)
    ]  # fmt: skip
    first = run(*rows)
    dice.shuffle(rows)
    second = run(*rows)
    assert (first.same, first.doubts, first.child_of) == (
        second.same, second.doubts, second.child_of,
    )  # fmt: skip
