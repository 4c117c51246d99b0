from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.stores.failures import StoreUnavailable
from bridge.stores.timers import Timers
from bridge.tokens.timer import LeaseTimer, Timer, TokenTimer

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
LEASE = LeaseTimer("t1", "eng_1")


def test_a_timer_is_due_from_its_time_on_and_its_ttl_is_that_time(
    timers: Timers, now: datetime, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    timers.put(LEASE, now)
    assert list(timers.due(now)) == []
    assert list(timers.due(now + SECOND)) == [LEASE]
    [item] = stored("connections")
    due = {"N": str(int(now.timestamp()) + 1)}
    assert (item["dueAt"], item["ttl"]) == (due, due), "seconds, not milliseconds, and never early"
    assert item["duePk"]["S"].startswith("DUE#")


def test_a_timer_names_what_it_is_about_and_the_two_kinds_never_meet(timers: Timers, now: datetime) -> None:
    every: list[Timer] = [
        LEASE,
        LeaseTimer("t1", "eng_12"),
        LeaseTimer("FX", "4711"),
        TokenTimer(4711),
        TokenTimer(471),
    ]
    for timer in every:
        timers.put(timer, now)
    assert set(timers.due(now + SECOND)) == set(every)


def test_the_longest_overdue_comes_first_over_all_shards(timers: Timers, now: datetime) -> None:
    for number in range(40):
        timers.put(LeaseTimer(f"t{number}", "eng_1"), now - number * HOUR)
    assert [each.tenant for each in timers.due(now + SECOND) if isinstance(each, LeaseTimer)] == [
        f"t{number}" for number in reversed(range(40))
    ]


@pytest.mark.parametrize("parts", [1, 4, 5, 16])
def test_the_parts_are_the_whole_and_share_nothing(timers: Timers, now: datetime, parts: int) -> None:
    every = [TokenTimer(number) for number in range(60)]
    for timer in every:
        timers.put(timer, now)
    found = [timer for part in range(parts) for timer in timers.due(now + SECOND, part, parts)]
    assert sorted(found, key=str) == sorted(every, key=str)


def test_a_timer_that_was_set_anew_is_not_taken_away(timers: Timers, now: datetime) -> None:
    timers.put(LEASE, now)
    timers.put(LEASE, now + HOUR)
    timers.delete(LEASE, now)
    assert list(timers.due(now + 2 * HOUR)) == [LEASE]
    timers.delete(LEASE, now + HOUR)
    timers.delete(LEASE, now + HOUR)
    assert list(timers.due(now + 2 * HOUR)) == []


def test_a_table_out_of_reach_is_unavailable(timers: Timers, now: datetime, dynamodb: Any, faults: Any) -> None:
    dynamodb.on("query", faults.error("ThrottlingException"))
    with pytest.raises(StoreUnavailable):
        list(timers.due(now))
