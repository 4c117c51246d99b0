from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.fortnox.limiter import LocalPacer, Pace
from tests.fortnox.conftest import VirtualTime

T = 5 / 24


def times_of(pacer: LocalPacer, time: VirtualTime, requests: int, taking: float = 0.0) -> list[float]:
    """When each of the requests goes, in seconds from the first wait, if each takes `taking` seconds."""
    start, sent = time.now, []
    for _ in range(requests):
        pacer.wait()
        sent.append(time.now - start)
        time.now += taking
    return sent


def test_after_quiet_ten_go_at_once_and_what_they_borrowed_is_waited_for(time: VirtualTime) -> None:
    sent = times_of(LocalPacer(time.clock, time.sleep), time, 13)
    assert sent[:10] == [0.0] * 10
    assert sent[10:] == pytest.approx([10 * T, 11 * T, 12 * T])


def test_unused_credit_lapses_when_a_request_comes_later_than_its_slot(time: VirtualTime) -> None:
    pacer = LocalPacer(time.clock, time.sleep)
    times_of(pacer, time, 3)
    time.now += 1.0
    assert times_of(pacer, time, 3) == pytest.approx([0.0, T, 2 * T])


def test_five_quiet_seconds_give_a_new_burst_and_less_does_not(time: VirtualTime) -> None:
    pacer = LocalPacer(time.clock, time.sleep)
    times_of(pacer, time, 10)
    time.now += 10 * T + 4.9
    assert times_of(pacer, time, 2) == pytest.approx([0.0, T])
    time.now += 2 * T + 5.0
    assert times_of(pacer, time, 10) == [0.0] * 10


@given(st.lists(st.floats(0, 7) | st.floats(0, 0.3), min_size=30, max_size=120))
@settings(max_examples=100, deadline=None)
def test_whatever_the_rhythm_no_five_seconds_hold_more_than_25(pauses: list[float]) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pacer, sent = LocalPacer(lambda: now[0], sleep), []
    for pause in pauses:
        sleep(pause)
        pacer.wait()
        sent.append(now[0])
    assert all(later - first > 5.0 for first, later in zip(sent, sent[25:], strict=False))


def test_the_first_429_holds_for_half_a_second_and_each_next_for_twice_that(time: VirtualTime) -> None:
    pacer = LocalPacer(time.clock, time.sleep)
    pauses = []
    for attempt in range(7):
        pacer.limited(attempt, None)
        pauses.append(times_of(pacer, time, 1)[0])
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 8, 8])


def test_retry_after_is_obeyed_and_ends_the_burst(time: VirtualTime) -> None:
    pacer = LocalPacer(time.clock, time.sleep)
    pacer.wait()
    pacer.limited(0, 3.0)
    sent = times_of(pacer, time, 3)
    assert sent == pytest.approx([3.0, 3.0 + pacer.interval, 3.0 + 2 * pacer.interval])


def test_a_penalty_does_not_forgive_what_the_burst_borrowed(time: VirtualTime) -> None:
    pacer = LocalPacer(time.clock, time.sleep)
    times_of(pacer, time, 10)
    pacer.limited(0, None)
    assert times_of(pacer, time, 1) == pytest.approx([10 * T])


def test_the_interval_grows_by_two_per_cent_at_most_once_in_five_seconds_and_never_beyond_a_quarter(
    time: VirtualTime,
) -> None:
    pacer = LocalPacer(time.clock, time.sleep)
    pacer.limited(0, None)
    pacer.limited(1, None)
    assert pacer.interval == pytest.approx(T * 1.02)
    for _ in range(20):
        time.now += 5
        pacer.limited(0, None)
    assert pacer.interval == 0.250


def test_500_successes_make_it_half_a_millisecond_faster_down_to_the_floor(time: VirtualTime) -> None:
    pacer = LocalPacer(time.clock, time.sleep)
    for _ in range(499):
        pacer.succeeded()
    assert pacer.interval == T
    pacer.succeeded()
    assert pacer.interval == pytest.approx(T - 0.0005)
    for _ in range(10_000):
        pacer.succeeded()
    assert pacer.interval == 0.2045


def test_a_slot_that_was_slept_over_is_dropped(time: VirtualTime) -> None:
    naps = iter([5.0])

    def sleep(seconds: float) -> None:
        time.sleep(seconds + next(naps, 0.0))

    pacer = LocalPacer(time.clock, sleep, Pace(burst=1))
    first, second, third = times_of(pacer, time, 3)
    assert first == 0.0
    assert second == pytest.approx(T + 5.0)
    assert third - second >= T - 1e-9


def test_a_429_cancels_the_slots_that_others_sleep_for(time: VirtualTime) -> None:
    penalties: list[Callable[[], None]] = []

    def sleep(seconds: float) -> None:
        if penalties:
            penalties.pop()()
        time.sleep(seconds)

    pacer = LocalPacer(time.clock, sleep, Pace(burst=1))
    pacer.wait()
    penalties.append(lambda: pacer.limited(0, 2.0))
    assert times_of(pacer, time, 1) == pytest.approx([2.0])


def test_threads_share_one_rhythm() -> None:
    slots: list[float] = []
    now = 50.0
    pacer = LocalPacer(lambda: now, slots.append, Pace(burst=1, late=1e9))

    def ten() -> None:
        for _ in range(10):
            pacer.wait()

    threads = [threading.Thread(target=ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(slots) == 39
    gaps = [later - earlier for earlier, later in pairwise(sorted(slots))]
    assert gaps == pytest.approx([T] * 38)
