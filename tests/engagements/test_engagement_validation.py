from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year
from bridge.engagements.validation import Draft, create
from bridge.problem import PROBLEMS, Problem


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


Y2024 = period("2024-01-01", "2024-12-31")
Y2025 = period("2025-01-01", "2025-12-31")
DRAFT = Draft(
    name="  Nordvik Snickeri AB ",
    org_number="556677-8899",
    kind="year-end",
    purpose="audit",
    years=(Y2025, Y2024),
    active=Y2025,
)


def refusals(**changes: object) -> list[tuple[str | None, object]]:
    problems = create("t1", "eng_1", replace(DRAFT, **changes))  # type: ignore[arg-type] # each case names its own field
    assert not isinstance(problems, Engagement)
    assert {problem.code for problem in problems} <= PROBLEMS.keys()
    return [(problem.pointer, problem.params["reason"]) for problem in problems]


def test_a_draft_becomes_an_engagement_with_its_years_oldest_first() -> None:
    assert create("t1", "eng_1", DRAFT) == Engagement(
        tenant="t1",
        id="eng_1",
        name="Nordvik Snickeri AB",
        org_number="5566778899",
        kind=Kind.YEAR_END,
        purpose=Purpose.AUDIT,
        years=(Year(Y2024), Year(Y2025)),
        active=Y2025,
        currency="SEK",
    )


def test_every_problem_is_told_at_once_each_with_its_field() -> None:
    assert refusals(
        name="",
        org_number="12",
        kind="tax",
        purpose="",
        years=(period("2025-02-01", "2025-01-01"),),
        active=period("2025-02-01", "2025-01-01"),
        currency="kr",
    ) == [
        ("/name", "required"),
        ("/orgNumber", "length"),
        ("/kind", "unknown"),
        ("/purpose", "unknown"),
        ("/currency", "currency"),
        ("/years/0/to", "ends-before-start"),
        ("/activePeriod/to", "ends-before-start"),
    ]


def test_a_wrong_org_number_alone_is_enough_to_refuse() -> None:
    assert create("t1", "eng_1", replace(DRAFT, org_number="556677-8890")) == (
        Problem(
            "org-number-invalid",
            {"actual": "556677-8890", "reason": "checksum", "n": 10, "digit": "9"},
            "/orgNumber",
        ),
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("   ", "required"),
        ("x" * 201, "too-long"),
        ("Nord\nvik", "control-characters"),
        ("Nordvik\u202e", "control-characters"),
        ("Nordvik\ud800", "control-characters"),
    ],
)
def test_a_name_is_one_to_two_hundred_characters_that_can_be_read(name: str, reason: str) -> None:
    assert refusals(name=name) == [("/name", reason)]


@pytest.mark.parametrize("name", ["Ö", "Åkeri & Söner i Göteborg (publ)", "x" * 200])
def test_a_name_of_ordinary_letters_is_taken(name: str) -> None:
    assert isinstance(create("t1", "eng_1", replace(DRAFT, name=name)), Engagement)


def test_an_engagement_has_a_year() -> None:
    assert refusals(years=()) == [("/years", "required"), ("/activePeriod", "outside-years")]


@pytest.mark.parametrize(
    ("last", "taken"),
    [("2025-06-30", True), ("2025-07-01", False), ("2024-01-01", True), ("2026-01-01", False)],
)
def test_a_year_is_at_most_eighteen_months(last: str, taken: bool) -> None:  # noqa: FBT001 - a column of the table
    year = period("2024-01-01", last)
    if taken:
        assert isinstance(create("t1", "eng_1", replace(DRAFT, years=(year,), active=year)), Engagement)
    else:
        assert refusals(years=(year,), active=year) == [("/years/0/to", "longer-than-18-months")]


def test_a_long_year_may_begin_on_any_day_of_a_month() -> None:
    assert refusals(years=(Y2025, period("2023-01-15", "2024-07-15"))) == [("/years/1/to", "longer-than-18-months")]
    assert isinstance(
        create("t1", "eng_1", replace(DRAFT, years=(Y2025, period("2023-01-15", "2024-07-14")))), Engagement
    )


def test_years_do_not_overlap_and_the_later_one_is_pointed_at() -> None:
    years = (Y2025, period("2024-01-01", "2025-01-01"))
    assert refusals(years=years) == [("/years/0/from", "overlap")]
    assert refusals(years=(Y2025, Y2025)) == [("/years/1/from", "overlap")]


def test_a_year_within_a_longer_one_and_the_next_overlap_too() -> None:
    years = (period("2024-01-01", "2025-06-30"), period("2024-02-01", "2024-03-01"), Y2025)
    assert refusals(years=years) == [("/years/1/from", "overlap"), ("/years/2/from", "overlap")]


def test_years_may_have_a_gap_between_them() -> None:
    years = (Y2025, period("2021-01-01", "2021-12-31"))
    assert isinstance(create("t1", "eng_1", replace(DRAFT, years=years)), Engagement)


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        ("2025-01-01", "2025-12-31", True),
        ("2025-06-01", "2025-06-30", True),
        ("2024-12-01", "2025-01-31", False),
        ("2026-01-01", "2026-01-31", False),
    ],
)
def test_the_active_period_lies_within_one_year(first: str, last: str, taken: bool) -> None:  # noqa: FBT001 - a column of the table
    active = period(first, last)
    if taken:
        assert isinstance(create("t1", "eng_1", replace(DRAFT, active=active)), Engagement)
    else:
        assert refusals(active=active) == [("/activePeriod", "outside-years")]


@pytest.mark.parametrize("currency", ["sek", "SE", "SEKK", "", "S3K", "ÅÄÖ"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    assert refusals(currency=currency) == [("/currency", "currency")]
