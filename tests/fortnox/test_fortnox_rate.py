from __future__ import annotations

import json
import sys

import httpx
import pytest

from bench.rate import SERVERS, Bucket, Counter, Log, main, run
from bridge.fortnox.client import Client
from bridge.fortnox.limiter import LocalPacer
from tests.fortnox.conftest import BASE, ScriptedFortnox, TokenSource, VirtualTime, answer


@pytest.mark.parametrize("server", ["log", "strict", "bucket"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_server_that_counts_exactly_never_says_429_and_gives_96_per_cent(server: str, seed: int) -> None:
    result = run(server, 2_000, seed)
    assert result.rejected == 0
    assert result.ratio >= 0.96


@pytest.mark.parametrize(("server", "ratio", "rejected"), [("counter", 0.94, 5), ("twofold", 0.89, 10)])
def test_a_server_that_counts_roughly_says_it_seldom(server: str, ratio: float, rejected: int) -> None:
    result = run(server, 2_000)
    assert result.rejected <= rejected
    assert result.ratio >= ratio


@pytest.mark.full
@pytest.mark.parametrize("server", SERVERS)
def test_twenty_thousand_requests(server: str) -> None:
    result = run(server, 20_000)
    exact = server in {"log", "strict", "bucket"}
    assert result.rejected <= (0 if exact else 20)
    assert result.ratio >= (0.97 if exact else 0.9)


def test_the_client_itself_reads_300_times_without_a_429(
    fortnox: ScriptedFortnox, time: VirtualTime, tokens: TokenSource
) -> None:
    log, began = Log(strict=True), time.now

    def limited(_: httpx.Request) -> httpx.Response:
        time.sleep(0.05)
        accepted = log.accepts(time.now)
        return answer(200, {"LockedPeriod": {"EndDate": None}}) if accepted else answer(429, b"no")

    fortnox.on("/settings/lockedperiod", limited)
    pacer, transport = LocalPacer(time.clock, time.sleep), httpx.MockTransport(fortnox)
    with Client(tokens, BASE, pacer=pacer, sleep=time.sleep, chance=lambda: 0.5, transport=transport) as client:
        for _ in range(300):
            client.locked_until()
    assert len(fortnox.requests) == 300
    assert 300 * 0.2 / (time.now - began) >= 0.96


def test_the_servers_do_refuse_the_26th_of_a_burst() -> None:
    for server in (Log(), Log(strict=True), Counter(), Bucket()):
        assert [server.accepts(0.0) for _ in range(26)] == [True] * 25 + [False]


def test_a_strict_log_counts_what_it_refused() -> None:
    strict = Log(strict=True)
    for _ in range(26):
        strict.accepts(0.0)
    assert [strict.accepts(4.0) for _ in range(3)] == [False] * 3
    assert [strict.accepts(5.0) for _ in range(23)] == [True] * 22 + [False]


def test_the_bench_prints_one_line_or_object_a_server(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["rate", "--requests", "50", "--json"])
    main()
    assert [result["server"] for result in json.loads(capsys.readouterr().out)] == list(SERVERS)
    monkeypatch.setattr(sys, "argv", ["rate", "--requests", "50"])
    main()
    assert len(capsys.readouterr().out.splitlines()) == len(SERVERS)
