"""ID and roll numbers: what is read, what is refused, and with which words."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.identity import (
    SENTENCES,
    IdentityError,
    IdentityProblem,
    Sex,
    check_character,
    parse_id_number,
    parse_roll_no,
)

# The two numbers printed in GB 11643-1999 itself.
STANDARD_FEMALE, STANDARD_MALE = "11010519491231002X", "440524188001010014"


def test_reads_the_number_printed_in_the_standard():
    """The standard's example gives its date, its sex and its division."""
    number = parse_id_number(STANDARD_FEMALE)

    assert (number.birth_on, number.sex, number.division, number.needs_review) == (
        date(1949, 12, 31),
        Sex.FEMALE,
        "110105",
        False,
    )


def test_the_standards_own_man_of_1880_is_refused_as_a_birth_date():
    """Nobody in this system was born before 1900; the check digit alone does not save a number."""
    assert check_character(STANDARD_MALE[:17]) == STANDARD_MALE[17]
    with pytest.raises(IdentityError) as refusal:
        parse_id_number(STANDARD_MALE)
    assert refusal.value.code is IdentityProblem.BIRTH_DATE


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X\t",
        "'11010519491231002X",
        "\ufeff11010519491231002X\u200b",
        "11010519491231002×",
        "11010519491231002Х",
    ],
)
def test_the_ways_offices_write_a_number_all_mean_the_same(written):
    """Full width, spaces, a small x, an apostrophe and a look-alike X are set right."""
    assert parse_id_number(written).text == STANDARD_FEMALE


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", IdentityProblem.EMPTY),
        ("　", IdentityProblem.EMPTY),
        ("5.3E+17", IdentityProblem.DIGITS_LOST),
        ("1.10105194912310e+17", IdentityProblem.DIGITS_LOST),
        ("110105194912310000", IdentityProblem.DIGITS_LOST),
        ("110105********002X", IdentityProblem.MASKED),
        ("1101051949123100", IdentityProblem.LENGTH),
        ("1101051949123100200X", IdentityProblem.LENGTH),
        ("王雨", IdentityProblem.CHARACTERS),
        ("1101051949X231002X", IdentityProblem.CHARACTERS),
        ("110105194902300022", IdentityProblem.BIRTH_DATE),
        ("110105194912310021", IdentityProblem.CHECK_DIGIT),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(written, code):
    """Each way of being wrong has its own code."""
    with pytest.raises(IdentityError) as refusal:
        parse_id_number(written)
    assert refusal.value.code is code


def test_fifteen_digits_are_read_but_left_to_a_person():
    """An old number is completed with 19 and marked for review, never silently accepted."""
    number = parse_id_number("110105491231002")

    assert (number.text, number.needs_review) == (STANDARD_FEMALE, True)


def test_every_refusal_says_what_to_do_in_chinese():
    """Each code has a sentence that asks for something, and none repeats the number."""
    for code in IdentityProblem:
        assert "请" in SENTENCES[code]
    with pytest.raises(IdentityError) as refusal:
        parse_id_number("110105194912310021")
    assert "1101" not in str(refusal.value)


def test_a_roll_number_is_g_with_an_id_number_or_l_without_one():
    """G carries a checked ID number; L stands alone."""
    assert parse_roll_no(" g11010519491231002x").id_number == parse_id_number(STANDARD_FEMALE)
    assert parse_roll_no("L990101201502030007").id_number is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", IdentityProblem.EMPTY),
        (STANDARD_FEMALE, IdentityProblem.ROLL_FORMAT),
        ("G", IdentityProblem.ROLL_FORMAT),
        ("L12", IdentityProblem.ROLL_FORMAT),
        ("G110105491231002", IdentityProblem.ROLL_FORMAT),
        ("G110105194912310021", IdentityProblem.CHECK_DIGIT),
        ("G1.10105E+17", IdentityProblem.DIGITS_LOST),
    ],
)
def test_a_wrong_roll_number_is_refused_with_its_reason(written, code):
    """A roll number is refused for its form or for the ID number in it."""
    with pytest.raises(IdentityError) as refusal:
        parse_roll_no(written)
    assert refusal.value.code is code


@given(
    born=st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    sequence=st.integers(1, 999),
    place=st.integers(0, 16),
    shift=st.integers(1, 9),
)
def test_one_wrong_digit_is_always_noticed(born, sequence, place, shift):
    """GB 11643 promises it: no single wrong digit passes."""
    first_17 = f"990101{born:%Y%m%d}{sequence:03}"
    number = first_17 + check_character(first_17)
    assert parse_id_number(number).birth_on == born

    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(IdentityError):
        parse_id_number(number[:place] + wrong + number[place + 1 :])


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    """No text makes the reader fall over."""
    for parse in (parse_id_number, parse_roll_no):
        with contextlib.suppress(IdentityError):
            parse(text)


NONE = (
    "无", "暂无", " 无 ", "没有", "未办理", "未办", "-", "——", "/", "无身份证", "暂无身份证号", "未上户口", "不详",
    "待补", "n/a",
)  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_a_word_for_no_number_is_no_number(text: str) -> None:
    """Such a cell is as good as empty, for both numbers."""
    for read in (parse_id_number, parse_roll_no):
        with pytest.raises(IdentityError) as refused:
            read(text)
        assert refused.value.code is IdentityProblem.EMPTY


@pytest.mark.parametrize("text", ["无990101", "未", "王雨", "1-2"])
def test_other_words_are_a_wrong_number(text: str) -> None:
    """What is neither a number nor a word for none goes back."""
    with pytest.raises(IdentityError) as refused:
        parse_id_number(text)
    assert refused.value.code is not IdentityProblem.EMPTY
