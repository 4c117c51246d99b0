from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger import orgnumber
from bridge.problem import PROBLEMS, Problem

VALID = [
    ("556677-8899", "5566778899"),
    ("5566778899", "5566778899"),
    (" 556677 8899 ", "5566778899"),
    ("556677\u20118899", "5566778899"),
    ("16556036-0793", "5560360793"),
    ("SE556677889901", "5566778899"),
    ("se 556677-8899 01", "5566778899"),
    ("202100-5448", "2021005448"),
    ("850101-1236", "8501011236"),
    ("19850101-1236", "8501011236"),
    ("180101+1238", "1801011238"),
    ("18180101-1238", "1801011238"),
    ("20000229-1235", "0002291235"),
    ("850161-1233", "8501611233"),
    ("19040229-1231", "0402291231"),
]


def invalid(actual: str, reason: str, n: int = 10, digit: str = "") -> Problem:
    return Problem("org-number-invalid", {"actual": actual, "reason": reason, "n": n, "digit": digit})


@pytest.mark.parametrize(("text", "number"), VALID)
def test_a_number_is_read_however_it_is_written(text: str, number: str) -> None:
    assert orgnumber.parse(text) == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", invalid("", "length", 0)),
        ("55667", invalid("55667", "length", 5)),
        ("556677-889", invalid("556677-***", "length", 9)),
        ("17556677-8899", invalid("175566**-****", "length", 12)),
        ("SE5566778899", invalid("SE556677****", "characters")),
        ("SE556677889902", invalid("SE556677******", "characters", 12)),
        ("55667o-8899", invalid("55667o-8***", "characters", 9)),
        ("x" * 5000, invalid("x" * 20, "characters", 0)),
        ("٥٥٦٦٧٧٨٨٩٩", invalid("٥٥٦٦٧٧****", "length")),
    ],
)
def test_a_malformed_number_says_how_many_digits_it_has_and_hides_the_last_ones(text: str, problem: Problem) -> None:
    assert orgnumber.parse(text) == problem


def test_a_wrong_check_digit_says_which_it_should_be() -> None:
    assert orgnumber.parse("556677-8891") == invalid("556677-8891", "checksum", digit="9")


def test_a_wrong_check_digit_of_a_personal_number_says_nothing_of_its_last_digits() -> None:
    assert orgnumber.parse("850101-1230") == invalid("850101-****", "checksum-personal")


@pytest.mark.parametrize("text", ["851301-1236", "850001-1236", "551677-8899"])
def test_a_third_digit_below_two_that_begins_no_month_is_no_company(text: str) -> None:
    assert orgnumber.parse(text) == invalid(f"{text[:6]}-****", "third-digit")


@pytest.mark.parametrize(
    "text", ["850229-1236", "020229-1236", "850100-1236", "850160-1236", "851232-1236", "850431-1236", "850191-9999"]
)
def test_a_personal_number_of_a_day_that_is_not_is_refused(text: str) -> None:
    expected = "checksum-personal" if text.startswith("850191") else "date"
    assert orgnumber.parse(text) == invalid(f"{text[:6]}-****", expected)


@pytest.mark.parametrize("text", ["19556677-8899", "20556677-8899", "16850101-1236"])
def test_a_century_that_is_not_of_the_kind_of_number_is_refused(text: str) -> None:
    assert orgnumber.parse(text) == invalid(f"{text[:6]}**-****", "century", 12)


def test_a_leap_day_is_of_its_own_century() -> None:
    number = "000229" + "123" + orgnumber.check_digit("000229123")
    assert orgnumber.parse(number) == orgnumber.parse("20" + number) == number
    assert orgnumber.parse("19" + number) == invalid("000229-****", "date")


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("556036-0793", True),
        ("556036-0794", True),
        ("450926+0511", True),
        ("451226+0511", True),
        ("556036+0793", False),
        ("5560360793", False),
        ("16556036-0793", False),
        ("SE556036079301", False),
        ("556036-0793 ", False),
        ("", False),
    ],
)
def test_a_number_is_written_out_with_its_hyphen_and_nothing_else(text: str, written_out: bool) -> None:  # noqa: FBT001 - a column of the table
    assert orgnumber.is_written_out(text) is written_out


def test_numbers_are_shown_with_a_hyphen_and_personal_ones_masked() -> None:
    assert orgnumber.formatted("5566778899") == "556677-8899"
    assert orgnumber.masked("5566778899") == "556677-8899"
    assert orgnumber.masked("8501011236") == "850101-****"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("16556036-0793", "16556036-0793"),
        ("19850101-1236", "198501**-****"),
        ("556036-079", "556036-***"),
        ("5 5 6 0 3 6 - 0 7 9 3", "5 5 6 0 3 6 - 0 7 9 "),
    ],
)
def test_a_number_is_shown_as_it_was_written_and_personal_ones_masked(text: str, shown: str) -> None:
    assert orgnumber.as_written(text) == shown


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("556677-8899", "SE556677889901", True),
        ("19850101-1236", "850101-1236", True),
        ("555555-5555", "5555555555", True),
        ("556677-8899", "556036-0793", False),
        ("", "", False),
        ("556677-8899", "", False),
        ("", "556677-8899", False),
        ("demo", "demo", False),
    ],
)
def test_two_numbers_are_the_same_company_when_their_ten_digits_are(a: str, b: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    assert orgnumber.same_company(a, b) is same


def test_another_company_is_a_problem_with_both_names_and_numbers_and_personal_ones_masked() -> None:
    problem = orgnumber.mismatch("5560360793", "19850101-1236", "Fel AB", "Åkes Bygg")
    assert problem.params == {
        "actual": "556036-0793",
        "expected": "850101-****",
        "company": "Fel AB",
        "name": "Åkes Bygg",
    }
    assert problem.code in PROBLEMS


def test_the_number_of_a_mismatch_may_be_malformed_too() -> None:
    assert orgnumber.mismatch("", "5566778899", "", "").params["actual"] == ""


@given(st.integers(0, 10**9 - 1))
@settings(max_examples=100, deadline=None)
def test_exactly_one_check_digit_is_right(nine: int) -> None:
    first = f"{nine:09d}"
    first = f"{first[:2]}2{first[3:]}"
    accepted = [digit for digit in "0123456789" if isinstance(orgnumber.parse(first + digit), str)]
    assert accepted == [orgnumber.check_digit(first)]


@given(st.dates(date(1900, 1, 1), date(2026, 11, 20)), st.integers(0, 999), st.sampled_from([0, 60]))
@settings(max_examples=100, deadline=None)
def test_every_birthday_makes_a_personal_and_a_coordination_number(day: date, serial: int, added: int) -> None:
    nine = f"{day:%y%m}{day.day + added:02d}{serial:03d}"
    number = nine + orgnumber.check_digit(nine)
    assert orgnumber.parse(f"{day.year // 100}{number[:6]}-{number[6:]}") == number
    assert orgnumber.masked(number).endswith("-****")


@given(st.text(max_size=30) | st.from_regex(r"(19|20)?[0-9]{6}[-+]?[0-9]{3,5}", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_no_problem_gives_out_the_last_digits_of_what_may_be_a_person(text: str) -> None:
    problem = orgnumber.parse(text)
    if isinstance(problem, Problem):
        actual = str(problem.params["actual"])
        shown = sum(character.isdigit() for character in actual)
        assert shown <= 6 or (shown == 10 and problem.params["reason"] == "checksum" and actual[2] >= "2")


def test_names_are_cut_where_they_are_longer_than_any_company_s() -> None:
    params = orgnumber.mismatch("5560360793", "5566778899", "x" * 201, "y" * 200).params
    assert (params["company"], params["name"]) == ("x" * 200, "y" * 200)
    params = orgnumber.mismatch("5560360793", "5566778899", "x" * 200, "y" * 201).params
    assert (params["company"], params["name"]) == ("x" * 200, "y" * 200)
