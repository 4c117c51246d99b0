from __future__ import annotations

import logging
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.fortnox.limiter import CEILING, LIMIT, SharedPacer, Tempo
from bridge.ports.budget import FURTHEST
from tests.fortnox.conftest import VirtualTime, pacer_of
from tests.stand_ins.budgets import MemoryBudget

T = 5 / 24
MS = 0.002
"""The budget counts in whole milliseconds; a reservation is never shorter than its slots."""


def times_of(pacer: SharedPacer, time: VirtualTime, requests: int, taking: float = 0.0) -> list[float]:
    """When each of the requests goes, in seconds from the first wait, if each takes `taking` seconds."""
    start, sent = time.now, []
    for _ in range(requests):
        pacer.wait()
        sent.append(time.now - start)
        time.now += taking
    return sent


def test_after_quiet_a_session_sends_at_once_and_what_it_borrowed_is_waited_for(time: VirtualTime) -> None:
    sent = times_of(pacer_of(time), time, 8)
    assert sent[:5] == [0.0] * 5
    assert sent[5:] == pytest.approx([5 * T, 6 * T, 7 * T], abs=MS)


def test_at_most_ten_go_at_once(time: VirtualTime) -> None:
    sent = times_of(pacer_of(time, at_once=12), time, 12)
    assert sent[:10] == [0.0] * 10
    assert sent[10:] == pytest.approx([10 * T, 11 * T], abs=MS)


def test_five_quiet_seconds_give_a_new_burst_and_less_does_not(time: VirtualTime) -> None:
    pacer = pacer_of(time)
    times_of(pacer, time, 5)
    time.now += 5 * T + 4.9
    assert times_of(pacer, time, 5) == pytest.approx([0.0, T, 2 * T, 3 * T, 4 * T], abs=MS)
    time.now += T + 5.01
    assert times_of(pacer, time, 5) == [0.0] * 5


def test_a_slot_used_before_its_time_is_not_there_a_second_time(time: VirtualTime) -> None:
    sent = times_of(pacer_of(time), time, 7, taking=0.15)
    assert sent == pytest.approx([0, 0.15, 0.3, 0.45, 0.6, 5 * T, 6 * T], abs=MS)


@given(st.lists(st.floats(0, 7) | st.floats(0, 0.3), min_size=30, max_size=120), st.sampled_from([1, 5, 8, 24]))
@settings(max_examples=100, deadline=None)
def test_whatever_the_rhythm_no_five_seconds_hold_more_than_25(pauses: list[float], at_once: int) -> None:
    time, sent = VirtualTime(), []
    pacer = pacer_of(time, at_once=at_once)
    for pause in pauses:
        time.sleep(pause)
        pacer.wait()
        sent.append(time.now)
    assert all(later - first > 5.0 for first, later in zip(sent, sent[25:], strict=False))


@pytest.mark.parametrize("ceiling", [1, 5, 12, 24])
def test_under_a_lower_ceiling_no_five_seconds_hold_more_than_that(time: VirtualTime, ceiling: int) -> None:
    pacer = SharedPacer(MemoryBudget(), Tempo(ceiling), time.clock, time.sleep)
    sent = times_of(pacer, time, 60)
    gaps = [later - first for first, later in zip(sent, sent[ceiling:], strict=False)]
    assert min(gaps) >= 5.0 - 1e-6
    assert sent[-1] == pytest.approx(59 * 5 / ceiling, abs=0.05)


def test_one_write_reserves_five_requests_of_a_bulk_worker(time: VirtualTime) -> None:
    budget = MemoryBudget()
    times_of(pacer_of(time, budget), time, 100, taking=0.1)
    assert budget.writes == 20


def test_two_sessions_share_one_rhythm(time: VirtualTime) -> None:
    budget = MemoryBudget()
    pacers = [pacer_of(time, budget, at_once=1) for _ in range(2)]
    sent = []
    for pacer in pacers * 10:
        pacer.wait()
        sent.append(time.now)
    assert [later - earlier for earlier, later in pairwise(sent)] == pytest.approx([T] * 19, abs=MS)


def test_a_session_that_dies_wastes_no_more_than_its_slots(time: VirtualTime) -> None:
    budget = MemoryBudget()
    pacer_of(time, budget).wait()
    [at] = times_of(pacer_of(time, budget), time, 1)
    assert at == pytest.approx(5 * T, abs=MS)


def test_a_call_that_knows_how_much_it_needs_gets_it_soon_and_in_one_write_beside_a_bulk_worker(
    time: VirtualTime,
) -> None:
    budget = MemoryBudget()
    bulk = pacer_of(time, budget)
    times_of(bulk, time, 26, taking=0.1)
    written = budget.writes
    sent = times_of(pacer_of(time, budget, at_once=8), time, 8, taking=0.05)
    assert budget.writes == written + 1
    assert sent[-1] <= 12 * T


def test_a_pause_doubles_with_each_attempt_up_to_eight_seconds(time: VirtualTime) -> None:
    pauses = []
    for attempt in range(6):
        pacer = pacer_of(time)
        pacer.limited(attempt, None)
        pauses.append(times_of(pacer, time, 1)[0])
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 8], abs=MS)


def test_a_retry_after_of_up_to_a_minute_is_obeyed_and_allows_no_burst(time: VirtualTime) -> None:
    pacer = pacer_of(time)
    pacer.limited(0, 30.0)
    assert times_of(pacer, time, 3) == pytest.approx([30, 30 + T, 30 + 2 * T], abs=0.01)
    pacer.limited(0, 60.0)
    assert times_of(pacer, time, 1) == pytest.approx([60], abs=MS)


def test_a_longer_one_is_not_waited_for_here(time: VirtualTime) -> None:
    pacer = pacer_of(time)
    pacer.limited(1, 61.0)
    assert times_of(pacer, time, 1) == pytest.approx([1], abs=MS)


def test_a_429_makes_slots_void_that_others_hold(time: VirtualTime) -> None:
    budget = MemoryBudget()
    one, other = pacer_of(time, budget), pacer_of(time, budget)
    times_of(other, time, 2)
    one.limited(0, 0.5)
    held = times_of(other, time, 3)
    assert held == pytest.approx([5 * T, 6 * T, 7 * T], abs=0.01)
    one.limited(0, 3.0)
    assert times_of(other, time, 1) == pytest.approx([3.0], abs=MS)


def test_a_penalty_does_not_forgive_what_the_burst_borrowed(time: VirtualTime) -> None:
    pacer = pacer_of(time, at_once=10)
    times_of(pacer, time, 10)
    pacer.limited(0, None)
    assert times_of(pacer, time, 1) == pytest.approx([10 * T], abs=MS)


def test_all_who_hear_of_a_429_go_a_hundredth_slower_at_most_once_in_five_seconds_and_never_a_fifth() -> None:
    tempo = Tempo()
    for until in (1000.5, 1000.5, 1005.4):
        tempo.paused(until)
    assert tempo.interval == pytest.approx(T * 1.01)
    for until in range(1006, 2000, 6):
        tempo.paused(until)
    assert tempo.interval == pytest.approx(T * 1.2)


def test_a_pause_slows_the_sessions_that_did_not_get_the_429_too(time: VirtualTime) -> None:
    budget, tempo = MemoryBudget(), Tempo()
    pacer_of(time, budget).limited(0, None)
    SharedPacer(budget, tempo, time.clock, time.sleep).wait()
    assert tempo.interval == pytest.approx(T * 1.01)


def test_500_successes_make_it_half_a_millisecond_faster_down_to_what_jitter_allows(time: VirtualTime) -> None:
    tempo = Tempo(LIMIT)
    pacer = SharedPacer(MemoryBudget(), tempo, time.clock, time.sleep)
    for _ in range(499):
        pacer.succeeded()
    assert tempo.interval == T
    pacer.succeeded()
    assert tempo.interval == pytest.approx(T - 0.0005)
    for _ in range(10_000):
        pacer.succeeded()
    assert tempo.interval == 0.2045


@pytest.mark.parametrize("ceiling", [1, 10, CEILING])
def test_a_ceiling_below_the_limit_is_never_exceeded(ceiling: int) -> None:
    tempo = Tempo(ceiling)
    for _ in range(10_000):
        tempo.succeeded()
    assert tempo.interval == pytest.approx(5 / ceiling)


def test_a_slot_that_was_slept_over_is_dropped(time: VirtualTime) -> None:
    naps = iter([0.0, 5.0])

    def sleep(seconds: float) -> None:
        time.sleep(seconds + next(naps, 0.0))

    pacer = SharedPacer(MemoryBudget(), Tempo(), time.clock, sleep, at_once=1)
    first, second, third = times_of(pacer, time, 3)
    assert first == 0.0
    assert second > 5.0
    assert third - second >= T - MS


def test_a_slot_may_be_used_a_tenth_of_a_second_late_and_no_later(time: VirtualTime) -> None:
    budget = MemoryBudget()
    budget.pause(int(time.now * 1000))
    sent = times_of(pacer_of(time, budget), time, 5, taking=T + 0.03)
    assert sent == pytest.approx([0, T + 0.03, 2 * T + 0.06, 3 * T + 0.09, 5 * T], abs=MS)


def test_a_budget_taken_further_ahead_than_can_be_is_set_right_and_used_at_half_the_rate(
    time: VirtualTime, caplog: pytest.LogCaptureFixture
) -> None:
    budget, now = MemoryBudget(), int(time.now * 1000)
    budget.reserve(now + 30 * 86_400_000, 1000)
    with caplog.at_level(logging.WARNING):
        sent = times_of(pacer_of(time, budget), time, 4)
    assert sent == pytest.approx([0, 2 * T, 4 * T, 5 * T], abs=0.01)
    assert caplog.messages == ["the budget is taken for 2592001 seconds ahead: a clock is wrong"]


def test_a_pause_further_ahead_than_can_be_is_none(time: VirtualTime) -> None:
    budget, tempo = MemoryBudget(), Tempo()
    budget.pause(int(time.now * 1000) + FURTHEST + 1)
    SharedPacer(budget, tempo, time.clock, time.sleep).wait()
    assert (time.now, tempo.interval) == (VirtualTime().now, T)
