"""The whole product on one local stack, which all tests of this folder share; each brings its own firm and company."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from infra.local.fortnox import Simulator
from infra.local.fortnox.knobs import Knobs
from infra.local.stack import ANY_PORTS, LocalStack
from tests import canaries
from tests.stack.books import small_company
from tests.stack.client import Bridge, NewBridge

_STACK = pytest.StashKey[LocalStack]()
_firms = count(1)


@pytest.fixture
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The shared stack, in good health; it ends with the last test of this folder, as moto allows one per process."""
    folder = request.node.getparent(pytest.Dir)
    if _STACK not in folder.stash:
        running = ExitStack()
        canaries.mark(running.enter_context(pytest.MonkeyPatch.context()))
        where = tmp_path_factory.mktemp("stack")
        made = LocalStack(where, ports=ANY_PORTS, time_scale=0.01, tick_seconds=0)
        folder.stash[_STACK] = running.enter_context(made)
        folder.addfinalizer(running.close)
        running.callback(_sing, made)
        running.callback(_stay, made)
        made.ready()
    shared = folder.stash[_STACK]
    yield shared
    shared.clock.move(0)
    schedules, *_ = shared._running._parts
    schedules.tick()  # it sees that the clock went back
    shared.simulator.state.knobs = Knobs()


def _sing(stack: LocalStack) -> None:
    """After the last test: nothing that is stored, and no workflow's history, holds a secret."""
    leaks = [*canaries.in_stores(stack.client), *canaries.in_workflows(stack.client("stepfunctions"))]
    assert leaks == []


def _stay(stack: LocalStack) -> None:
    """After the last test: nothing was asked for in a tenant's name that is not the tenant's."""
    assert stack.refused == []


@pytest.fixture
def fortnox(stack: LocalStack) -> Simulator:
    """The simulator, whose knobs are turned back after each test."""
    simulator: Simulator = stack.simulator
    return simulator


@pytest.fixture
def new_bridge(stack: LocalStack, fortnox: Simulator) -> Iterator[NewBridge]:
    """Makes an accounting firm with an engagement about a company of its own."""
    made: list[Bridge] = []
    leaks: list[str] = []

    def begin(vouchers: int = 0, firm: str = "") -> Bridge:
        firm = firm or f"firm-{next(_firms)}"
        company = fortnox.add(small_company(vouchers))
        one = Bridge(stack.api_url, lambda: stack.token("anna", firm), company)
        one.http.event_hooks["response"].append(lambda response: leaks.extend(canaries.in_answer(response)))
        made.append(one)
        one.engage()
        return one

    yield begin
    for one in made:
        one.close()
        fortnox.companies.pop(one.company.number)
    assert leaks == []


@pytest.fixture
def bridge(new_bridge: NewBridge) -> Bridge:
    """One engagement, not connected."""
    return new_bridge()


@pytest.fixture
def connected(bridge: Bridge) -> Bridge:
    """One engagement, connected by an administrator."""
    assert bridge.connect() == ""
    return bridge


@pytest.fixture
def imported(connected: Bridge) -> Bridge:
    """One engagement whose closing year is imported."""
    assert connected.importing("2025-12-31")["status"] == "succeeded"
    return connected
