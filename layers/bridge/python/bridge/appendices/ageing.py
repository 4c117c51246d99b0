"""Ageing (åldersanalys): open amounts by how long after the due date (förfallodag) the balance day is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Age(StrEnum):
    """The five buckets, youngest first. What falls due on the balance day itself is not yet overdue."""

    NOT_DUE = "not-due"
    TO_30 = "1-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "over-90"


_LAST_DAY = ((0, Age.NOT_DUE), (30, Age.TO_30), (60, Age.TO_60), (90, Age.TO_90))


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many items one age has and their sum in SEK öre; negative where credit notes and overpayments outweigh."""

    age: Age
    count: int
    amount: int


def overdue(due: date | None, day: date) -> int:
    """Whole days after the due date; 0 when it is not due, or has no due date."""
    return max((day - due).days, 0) if due else 0


def age(days: int) -> Age:
    """Bucket of a number of days overdue."""
    return next((bucket for last, bucket in _LAST_DAY if days <= last), Age.OVER_90)


def buckets(amounts: Iterable[tuple[Age, int]]) -> tuple[Bucket, ...]:
    """Count and sum öre per age: always all five, youngest first, so that their sum is the whole."""
    counts = dict.fromkeys(Age, 0)
    sums = dict.fromkeys(Age, 0)
    for bucket, amount in amounts:
        counts[bucket] += 1
        sums[bucket] += amount
    return tuple(Bucket(bucket, counts[bucket], sums[bucket]) for bucket in Age)
