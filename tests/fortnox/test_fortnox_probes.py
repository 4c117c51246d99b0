from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bridge.fortnox.client import Client
from bridge.fortnox.probes import PATHS
from bridge.tokens.capability import SCOPES, Answer
from infra.local.fortnox import Simulator, books
from infra.local.fortnox.scopes import LICENCE_OF
from tests.fortnox.conftest import FreePacer, ScriptedFortnox, VirtualTime, answer, pacer_of, refused

NUMBER = 2_000_001
NEEDED = sorted({scope for scopes in SCOPES.values() for scope in scopes})
EMPTY = "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#FNAMN Liten\n#ORGNR 556677-8899\n#RAR 0 20250101 20251231\n#VER A 1 20250506\n{\n}\n"


@pytest.fixture
def simulator(time: VirtualTime) -> Simulator:
    made = Simulator(time.clock, sleep=time.sleep)
    made.add(books.from_sie(EMPTY.encode("cp437"), NUMBER))
    return made


@pytest.fixture
def granted(simulator: Simulator, time: VirtualTime) -> Iterator[Client]:
    """A client that was granted every scope that is needed."""
    token = simulator.state.grants.access_token("demo-client", NUMBER, "demo", NEEDED, time.now)
    simulator.state.grants.allow("demo-client", NUMBER, NEEDED, service=True)
    with Client(
        lambda _rejected="": token,
        "http://127.0.0.1/3",
        pacer=pacer_of(time),
        sleep=time.sleep,
        chance=lambda: 0.5,
        transport=httpx.WSGITransport(simulator.wsgi),
    ) as made:
        yield made


def test_every_scope_that_a_part_of_the_work_needs_can_be_asked_about() -> None:
    assert sorted(PATHS) == NEEDED


@pytest.mark.parametrize("scope", NEEDED)
def test_a_scope_with_its_licence_works_and_without_it_says_so(
    simulator: Simulator, granted: Client, scope: str
) -> None:
    assert granted.probe(scope) is Answer.YES
    licence = LICENCE_OF[scope] or "integration"
    simulator.knobs.licences_off[NUMBER] = [licence]
    assert granted.probe(scope) is Answer.NO_LICENCE
    assert simulator.stats.requests == 2


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (400, 2000663, Answer.NO_SCOPE),
        (403, 2000663, Answer.NO_SCOPE),
        (403, 2001101, Answer.NO_LICENCE),
        (400, 2001103, Answer.NO_LICENCE),
        (403, 2003275, Answer.NO_RIGHT),
        (400, 2000588, Answer.UNKNOWN),
        (500, 1000003, Answer.UNKNOWN),
    ],
)
def test_the_code_decides_and_not_the_status(
    fortnox: ScriptedFortnox, client: Client, status: int, code: int, told: Answer
) -> None:
    fortnox.on("/invoices", refused(status, code, "Nej"))
    assert client.probe("invoice") is told


def test_a_fortnox_that_is_down_or_busy_is_asked_once(
    fortnox: ScriptedFortnox, client: Client, time: VirtualTime, pacer: FreePacer
) -> None:
    fortnox.on("/invoices", httpx.ConnectTimeout("late"), answer(429, b"Too Many Requests"), answer(503, b""))
    assert [client.probe("invoice") for _ in range(3)] == [Answer.UNKNOWN] * 3
    assert (len(fortnox.requests), time.slept, pacer.limits) == (3, [], [(0, None)])
