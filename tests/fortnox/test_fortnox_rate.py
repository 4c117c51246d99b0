from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import pairwise

import httpx
import pytest

from bench.rate import SERVERS, Bucket, Counter, Log, Run, Twofold, main, measure
from bridge.fortnox.client import Client
from bridge.fortnox.limiter import CEILING, LIMIT, WINDOW, Pacer, Tempo
from tests.fortnox.conftest import BASE, ScriptedFortnox, TokenSource, VirtualTime, answer, pacer_of
from tests.stand_ins.budgets import MemoryBudget


@pytest.mark.parametrize("server", ["log", "strict", "bucket"])
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("ceiling", [LIMIT, CEILING])
def test_a_server_that_counts_exactly_never_says_429(server: str, workers: int, ceiling: int) -> None:
    result = measure(server, 5_000, workers, ceiling)
    assert result.rejected == 0
    assert result.ratio >= 0.955
    assert result.writes == 0.2


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("workers", [1, 4])
def test_a_server_that_counts_roughly_says_it_seldom(workers: int, seed: int) -> None:
    approximated = measure("counter", 5_000, workers, LIMIT, seed)
    assert approximated.rejected <= 6
    assert approximated.ratio >= 0.94
    twofold = measure("twofold", 5_000, workers, LIMIT, seed)
    assert twofold.rejected <= 15
    assert twofold.ratio >= 0.89


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3, 4, 5))])
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(("workers", "exactly"), [(1, 0.97), (4, 0.94)])
def test_twenty_thousand_requests_with_the_ceiling_at_the_limit(
    server: str, workers: int, exactly: float, seed: int
) -> None:
    result = measure(server, 20_000, workers, LIMIT, seed)
    rejected, ratio = {"counter": (20, 0.94), "twofold": (20, 0.9)}.get(server, (0, exactly))
    assert result.rejected <= rejected
    assert result.ratio >= ratio


@dataclass
class WindowCounter:
    """A pacer that must not be: 24 requests in each five seconds by the clock, whoever is first."""

    run: Run
    counts: dict[int, int]

    def wait(self) -> None:
        while self.counts.get(self._window, 0) >= 24:
            self.run.schedule.pause((self._window + 1) * WINDOW - self.run.schedule.time)
        self.counts[self._window] = self.counts.get(self._window, 0) + 1

    def succeeded(self) -> None:
        """Learn nothing."""

    def limited(self, attempt: int, seconds: float | None) -> None:
        del seconds
        self.run.schedule.pause(0.5 * 2 ** min(attempt, 4))

    @property
    def _window(self) -> int:
        return int(self.run.schedule.time // WINDOW)


def alone(run: Run) -> Pacer:
    """Pace as if nobody else did: another pacer that must not be."""
    return run.pacer(Tempo(), budget=MemoryBudget())


@pytest.mark.parametrize("server", ["log", "strict", "counter"])
def test_four_workers_that_do_not_share_a_budget_are_refused_often(server: str) -> None:
    run = Run(SERVERS[server](), 1_000)
    run.run([alone(run) for _ in range(4)])
    assert len(run.rejected) > 100


@pytest.mark.parametrize("server", ["log", "strict", "counter"])
def test_counting_by_the_window_is_refused_often(server: str) -> None:
    run = Run(SERVERS[server](), 1_000)
    counts: dict[int, int] = {}
    run.run([WindowCounter(run, counts) for _ in range(4)])
    assert len(run.rejected) > 50


class Busy:
    """A server that refuses one request, the hundredth, for no reason of ours."""

    def __init__(self) -> None:
        self.asked = 0

    def accepts(self, _arrival: float) -> bool:
        self.asked += 1
        return self.asked != 100


def test_after_a_429_nobody_sends_until_the_pause_is_over_and_then_nobody_bunches_up() -> None:
    run = Run(Busy(), 200)
    run.run([run.pacer(Tempo()) for _ in range(4)])
    [refused] = run.rejected
    later = [arrival - refused for arrival in run.arrivals if arrival > refused]
    assert sum(after < 0.25 for after in later) <= 1, "what was under way when the 429 came"
    assert not [after for after in later if 0.25 <= after < 0.5]
    assert later[5] < 5
    assert all(last - first > WINDOW for first, last in zip(run.arrivals[25:], run.arrivals[50:], strict=False))


def test_a_worker_that_dies_costs_its_slots_and_no_more() -> None:
    run = Run(Log(strict=True), 100)
    dying = run.pacer(Tempo())
    run.schedule.add(run.schedule.time, lambda: assert_sent(run, dying, 7))
    run.run([run.pacer(Tempo()) for _ in range(2)])
    gaps = [later - earlier for earlier, later in pairwise(run.arrivals)]
    assert len(run.rejected) == 0
    assert 3 * 5 / 24 < max(gaps) < 6 * 5 / 24


def assert_sent(run: Run, pacer: Pacer, requests: int) -> None:
    for _ in range(requests):
        assert run.sent(pacer)


@pytest.mark.parametrize("server", ["log", "strict"])
@pytest.mark.parametrize(("skew", "rejected"), [(0.05, 0), (0.1, 2)])
def test_clocks_that_differ_by_a_tenth_of_a_second_are_safe_and_by_two_are_learnt(
    server: str, skew: float, rejected: int
) -> None:
    run = Run(SERVERS[server](), 3_000)
    run.run([run.pacer(Tempo(), each) for each in (skew, -skew, skew, -skew)])
    assert len(run.rejected) <= rejected
    assert run.ratio >= 0.93


@pytest.mark.parametrize("bulk", [0, 1])
def test_an_interactive_call_has_eight_answers_in_three_seconds_even_beside_a_bulk_worker(bulk: int) -> None:
    run = Run(Log(strict=True), 200)
    ended: list[float] = []

    def interactive() -> None:
        began = run.schedule.time
        assert_sent(run, run.pacer(Tempo(), at_once=8), 8)
        ended.append(run.schedule.time - began)

    for start in range(3):
        run.schedule.add(run.schedule.time + 10.05 + 10.1 * start, interactive)
    run.run([run.pacer(Tempo())] * bulk)
    assert max(ended) <= 3.0
    assert min(ended) >= 0.2
    assert run.rejected == []


def test_the_client_itself_reads_300_times_without_a_429(
    fortnox: ScriptedFortnox, time: VirtualTime, tokens: TokenSource
) -> None:
    log, began = Log(strict=True), time.now

    def limited(_: httpx.Request) -> httpx.Response:
        time.sleep(0.05)
        accepted = log.accepts(time.now)
        return answer(200, {"LockedPeriod": {"EndDate": None}}) if accepted else answer(429, b"no")

    fortnox.on("/settings/lockedperiod", limited)
    transport = httpx.MockTransport(fortnox)
    with Client(
        tokens, BASE, pacer=pacer_of(time), sleep=time.sleep, chance=lambda: 0.5, transport=transport
    ) as client:
        for _ in range(300):
            client.locked_until()
    assert len(fortnox.requests) == 300
    assert 300 * 0.2 / (time.now - began) >= 0.955


def test_the_servers_do_refuse_the_26th_of_a_burst() -> None:
    for server in (Log(), Log(strict=True), Counter(), Bucket()):
        assert [server.accepts(0.0) for _ in range(26)] == [True] * 25 + [False]


def test_one_server_refuses_the_sixth_in_a_second_too() -> None:
    twofold = Twofold()
    assert [twofold.accepts(0.0) for _ in range(6)] == [True] * 5 + [False]


def test_a_strict_log_counts_what_it_refused() -> None:
    strict = Log(strict=True)
    for _ in range(26):
        strict.accepts(0.0)
    assert [strict.accepts(4.0) for _ in range(3)] == [False] * 3
    assert [strict.accepts(5.0) for _ in range(23)] == [True] * 22 + [False]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [(["--server", "strict", "--workers", "4"], 1), (["--ceiling", "12"], 2 * len(SERVERS))],
)
def test_the_bench_tells_a_line_for_each_run(
    arguments: list[str], lines: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["rate", "--requests", "50", *arguments])
    main()
    assert len(capsys.readouterr().out.splitlines()) == lines
    monkeypatch.setattr(sys, "argv", ["rate", "--requests", "50", "--json", *arguments])
    main()
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"ratio", "rejected"} if lines == 1 else len(told) == lines
