"""Check digits: what a clerk mistypes is found, and found with the right words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.numbers import credit_code
from demo.numbers import resident_id as invented
from parties.roster.identity_numbers import (
    InvalidNumber,
    national_edu_id,
    resident_id,
    social_credit_code,
)

TODAY = date(2026, 11, 23)
#: An example of GB 11643 itself; its check digit is X.
VALID = "11010519491231002X"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

people = st.builds(
    invented,
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)
companies = st.integers(0, 999).map(credit_code)


def test_the_example_of_the_standard_is_valid() -> None:
    read = resident_id(VALID, today=TODAY)
    assert (read.number, read.birth_date, read.female) == (VALID, date(1949, 12, 31), True)


def test_an_odd_seventeenth_digit_is_a_man() -> None:
    assert not resident_id(invented(date(2009, 5, 1), 3), today=TODAY).female


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "'11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_how_it_was_typed_does_not_matter(typed: str) -> None:
    assert resident_id(typed, today=TODAY).number == VALID


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("110105194912310021", "校验位应为 X"),
        ("110105491231002", "15 位"),
        ("1101051949123100", "应为 18 位，现为 16 位"),
        ("11010519491231002Y", "末位为数字或 X"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "前 17 位应为数字"),
        ("990105194912310029", "省级行政区划"),
        ("110105194913310024", "不是有效的出生日期"),
        ("110105189912310024", "不合理"),
        ("440524188001010014", "不合理"),
        ("110105203012310024", "不合理"),
    ],
)
def test_a_refusal_says_what_is_wrong(number: str, says: str) -> None:
    with pytest.raises(InvalidNumber, match=says) as refused:
        resident_id(number, today=TODAY)
    assert refused.value.mend
    assert number not in str(refused.value)


def test_nobody_is_born_tomorrow() -> None:
    with pytest.raises(InvalidNumber, match="不合理"):
        resident_id(invented(TODAY + timedelta(days=1), 1), today=TODAY)


@given(people)
def test_a_number_made_by_the_rule_is_accepted(number: str) -> None:
    assert resident_id(number, today=TODAY).number == number


@given(people, st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_is_always_refused(number: str, position: int, by: int) -> None:
    digit = number[position]
    changed = "0" if digit == "X" else str((int(digit) + by) % 10)
    wrong = number[:position] + changed + number[position + 1 :]
    with pytest.raises(InvalidNumber):
        resident_id(wrong, today=TODAY)


@given(people, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_refused(number: str, position: int) -> None:
    left, right = number[position], number[position + 1]
    swapped = number[:position] + right + left + number[position + 2 :]
    if left == right:
        assert resident_id(swapped, today=TODAY).number == number
        return
    with pytest.raises(InvalidNumber):
        resident_id(swapped, today=TODAY)


@given(people)
def test_a_national_edu_id_is_g_and_a_valid_number(number: str) -> None:
    assert national_edu_id(f"g{number}", today=TODAY) == f"G{number}"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (f"G{VALID[:-1]}1", "校验位应为 X"),
        (f"A{VALID}", "首位应为字母 G、J 或 L"),
        (f"G{VALID}0", "应为 19 位，现为 20 位"),
        (VALID, "应为 19 位，现为 18 位"),
        ("L12345678901234567*", "数字或大写字母"),
    ],
)
def test_a_wrong_national_edu_id_is_refused(number: str, says: str) -> None:
    with pytest.raises(InvalidNumber, match=says):
        national_edu_id(number, today=TODAY)


@pytest.mark.parametrize("letter", ["J", "L"])
def test_temporary_numbers_have_no_check_digit(letter: str) -> None:
    number = f"{letter}420000200905010001"
    assert national_edu_id(number, today=TODAY) == number


def test_a_real_shape_of_a_credit_code_is_valid() -> None:
    # The specimen printed in GB 32100-2015's explanatory material.
    assert social_credit_code("91350100M000100Y43") == "91350100M000100Y43"


@given(companies)
def test_a_credit_code_made_by_the_rule_is_accepted(code: str) -> None:
    assert social_credit_code(code.lower()) == code


@given(companies, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_one_changed_character_of_a_credit_code_is_refused(
    code: str, position: int, char: str
) -> None:
    wrong = code[:position] + char + code[position + 1 :]
    if wrong == code:
        assert social_credit_code(wrong) == code
        return
    with pytest.raises(InvalidNumber, match="校验位应为"):
        social_credit_code(wrong)


@pytest.mark.parametrize("char", "IOSVZ")
def test_letters_that_look_like_digits_are_refused(char: str) -> None:
    with pytest.raises(InvalidNumber, match="不允许的字符"):
        social_credit_code(char + credit_code(1)[1:])
