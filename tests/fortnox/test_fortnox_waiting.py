"""While somebody waits, a client that would go on trying gives up in time."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bridge.fortnox.client import Client
from bridge.fortnox.errors import FortnoxRateLimited, FortnoxUnavailable
from bridge.fortnox.limiter import SharedPacer, Tempo
from bridge.fortnox.waiting import Brief, Waiting
from bridge.problem import BridgeError
from bridge.tokens.capability import Answer
from tests.fortnox.conftest import BASE, ScriptedFortnox, VirtualTime, answer
from tests.stand_ins.budgets import MemoryBudget

PATIENCE = 20.0


@pytest.fixture
def hurried(fortnox: ScriptedFortnox, time: VirtualTime) -> Client:
    """A client for somebody who waits for 20 seconds, with the pacer that workers of a company share."""
    waiting = Waiting(time.now + PATIENCE, time.clock, time.sleep)
    return Client(
        lambda rejected="": "token",  # noqa: ARG005 - one token
        BASE,
        pacer=SharedPacer(MemoryBudget(), Tempo(), time.clock, waiting.sleep),
        sleep=waiting.sleep,
        chance=lambda: 1.0,
        clock=time.clock,
        transport=Brief(waiting, httpx.MockTransport(fortnox)),
    )


def slow(time: VirtualTime, seconds: float) -> Callable[[httpx.Request], httpx.Response]:
    """Answer after a while, or not at all when the request may not take so long."""

    def answered(request: httpx.Request) -> httpx.Response:
        allowed = request.extensions["timeout"]["read"]
        time.sleep(min(seconds, allowed))
        if seconds > allowed:
            raise httpx.ReadTimeout("")
        return answer(200, {})

    return answered


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (lambda _: answer(503), FortnoxUnavailable),
        (lambda _: answer(429), FortnoxUnavailable),
        (lambda _: answer(429, retry_after="59"), FortnoxUnavailable),
        (lambda _: answer(429, retry_after="61"), FortnoxRateLimited),
        ("hangs", FortnoxUnavailable),
    ],
)
def test_whatever_goes_on_being_wrong_is_told_in_time(
    hurried: Client, fortnox: ScriptedFortnox, time: VirtualTime, trouble: object, error: type[BridgeError]
) -> None:
    began = time.now
    fortnox.on("/companyinformation", trouble if callable(trouble) else slow(time, 60))
    with pytest.raises(error):
        hurried.company()
    assert time.now - began <= PATIENCE


def test_probes_of_a_slow_fortnox_end_in_time_and_what_is_not_known_is_unknown(
    hurried: Client, fortnox: ScriptedFortnox, time: VirtualTime
) -> None:
    began = time.now
    fortnox.on("/invoices", slow(time, 6))
    answers = [hurried.probe("invoice") for _ in range(9)]
    assert answers == [Answer.YES] * 3 + [Answer.UNKNOWN] * 6
    assert time.now - began <= PATIENCE


def test_what_comes_in_time_is_given_and_connections_are_closed(
    hurried: Client, fortnox: ScriptedFortnox, time: VirtualTime
) -> None:
    fortnox.on("/invoices", slow(time, 1))
    assert hurried.probe("invoice") is Answer.YES
    hurried.close()
