from __future__ import annotations

from datetime import date

import pytest

from bridge.engagements.engagement import Engagement, Kind, Period, Purpose, Year

YEAR = Year(Period(date(2025, 1, 1), date(2025, 12, 31)))
NEXT = Year(Period(date(2026, 1, 1), date(2026, 6, 30)))


def test_a_year_is_named_by_its_last_day() -> None:
    assert NEXT.id == "2026-06-30"


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 1, 1), YEAR), (date(2026, 6, 30), NEXT), (date(2024, 12, 31), None), (date(2026, 7, 1), None)],
)
def test_an_engagement_finds_the_year_of_a_day(day: date, year: Year | None) -> None:
    engagement = Engagement(
        tenant="t1",
        id="eng_1",
        name="Nordvik Snickeri AB",
        org_number="5566778899",
        kind=Kind.PERIOD,
        purpose=Purpose.YEAR_END,
        years=(YEAR, NEXT),
        active=NEXT.period,
    )
    assert engagement.year(day) is year


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (Period(date(2025, 12, 31), date(2026, 1, 1)), True),
        (Period(date(2025, 5, 1), date(2025, 5, 1)), True),
        (Period(date(2026, 1, 1), date(2026, 12, 31)), False),
        (Period(date(2024, 1, 1), date(2024, 12, 31)), False),
    ],
)
def test_periods_overlap_when_they_share_a_day(other: Period, shared: bool) -> None:  # noqa: FBT001 - a column of the table
    assert YEAR.period.overlaps(other) is shared
    assert other.overlaps(YEAR.period) is shared
