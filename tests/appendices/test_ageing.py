from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.appendices.ageing import Age, Bucket, age, buckets, overdue

DUE = date(2025, 1, 31)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, Age.NOT_DUE),
        (0, Age.NOT_DUE),
        (1, Age.TO_30),
        (30, Age.TO_30),
        (31, Age.TO_60),
        (60, Age.TO_60),
        (61, Age.TO_90),
        (90, Age.TO_90),
        (91, Age.OVER_90),
        (4000, Age.OVER_90),
    ],
)
def test_the_bucket_changes_the_day_after_its_last_day(days: int, bucket: Age) -> None:
    assert age(overdue(DUE, DUE + timedelta(days=days))) is bucket


def test_what_has_no_due_date_is_never_overdue() -> None:
    assert overdue(None, date(2030, 1, 1)) == 0


def test_every_bucket_is_there_also_when_nothing_is() -> None:
    assert buckets([]) == tuple(Bucket(each, 0, 0) for each in Age)


def test_negative_items_stay_in_their_bucket() -> None:
    counted = buckets([(Age.TO_30, 500), (Age.TO_30, -700), (Age.NOT_DUE, 3)])
    assert counted[:2] == (Bucket(Age.NOT_DUE, 1, 3), Bucket(Age.TO_30, 2, -200))


@given(st.lists(st.tuples(st.integers(-500, 500), st.integers(-(10**12), 10**12))))
def test_the_buckets_sum_to_the_whole(items: list[tuple[int, int]]) -> None:
    counted = buckets((age(days), amount) for days, amount in items)
    assert sum(bucket.amount for bucket in counted) == sum(amount for _, amount in items)
    assert sum(bucket.count for bucket in counted) == len(items)
