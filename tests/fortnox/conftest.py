"""A Fortnox that answers from a script, virtual time, and clients that talk to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from bridge.fortnox.client import Client
from bridge.fortnox.limiter import SharedPacer, Tempo
from bridge.fortnox.session import Session
from tests.stand_ins.budgets import MemoryBudget

BASE = "https://api.fortnox.se/3"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def answer(status: int, body: object = None, **headers: str) -> httpx.Response:
    """Answer with JSON as Fortnox writes it (slashes escaped), or with bytes as they are; streamed, as a network does."""
    content = body if isinstance(body, bytes) else json.dumps(body).replace("/", "\\/").encode()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=iter([content]), headers=sent)


def refused(status: int, code: int, message: str) -> httpx.Response:
    """Refuse in the casing that Fortnox uses for the status: capitals for 404 and 403, lower case for 400."""
    names = ("Error", "Message", "Code") if status in {403, 404} else ("error", "message", "code")
    return answer(status, {"ErrorInformation": dict(zip(names, (1, message, code), strict=True))})


@dataclass
class ScriptedFortnox:
    """Path -> answers in order, the last one for ever. Remembers what it was asked."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def on(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        queue = self.answers[request.url.path.removeprefix("/3")]
        step = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(step, Exception):
            raise step
        return step(request) if callable(step) else step

    @property
    def tokens(self) -> list[str]:
        return [request.headers["Authorization"].removeprefix("Bearer ") for request in self.requests]


@dataclass
class PagedList:
    """A list resource: MetaInformation first, 100 rows a page unless a limit says otherwise, at most 500."""

    name: str
    rows: list[dict[str, object]]
    between: Callable[[PagedList, int], None] = lambda _list, _page: None
    pages_asked: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        page, limit = int(request.url.params.get("page", 1)), min(500, int(request.url.params.get("limit", 100)))
        self.pages_asked.append(page)
        meta = {
            "@TotalResources": len(self.rows),
            "@TotalPages": -(-len(self.rows) // limit),
            "@CurrentPage": page,
        }
        body = {"MetaInformation": meta, self.name: self.rows[(page - 1) * limit : page * limit]}
        self.between(self, page)
        return answer(200, body)


@dataclass
class VirtualTime:
    """A clock that only sleeping moves."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class FreePacer:
    """Lets everything through and remembers what it was told; fails if asked to."""

    waited: int = 0
    failure: Exception | None = None
    successes: int = 0
    limits: list[tuple[int, float | None]] = field(default_factory=list)

    def wait(self) -> None:
        self.waited += 1
        if self.failure is not None:
            raise self.failure

    def succeeded(self) -> None:
        self.successes += 1

    def limited(self, attempt: int, seconds: float | None) -> None:
        self.limits.append((attempt, seconds))


def pacer_of(time: VirtualTime, budget: MemoryBudget | None = None, at_once: int = 5) -> SharedPacer:
    """Make a pacer of the real kind, over a budget in memory."""
    return SharedPacer(budget or MemoryBudget(), Tempo(), time.clock, time.sleep, at_once)


@dataclass
class TokenSource:
    """Gives token-1; when one is rejected, the next."""

    given: int = 0
    failure: Exception | None = None
    on_asking: Callable[[], None] = lambda: None

    def __call__(self, rejected: str = "") -> str:
        self.on_asking()
        if self.failure is not None:
            raise self.failure
        if rejected or not self.given:
            self.given += 1
        return f"token-{self.given}"


@pytest.fixture
def fortnox() -> ScriptedFortnox:
    return ScriptedFortnox()


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def pacer() -> FreePacer:
    return FreePacer()


@pytest.fixture
def tokens() -> TokenSource:
    return TokenSource()


@pytest.fixture
def client(fortnox: ScriptedFortnox, time: VirtualTime, pacer: FreePacer, tokens: TokenSource) -> Iterator[Client]:
    transport = httpx.MockTransport(fortnox)
    with Client(
        tokens, BASE, pacer=pacer, sleep=time.sleep, chance=lambda: 0.5, clock=time.clock, transport=transport
    ) as made:
        yield made


@pytest.fixture
def session(fortnox: ScriptedFortnox, time: VirtualTime, pacer: FreePacer, tokens: TokenSource) -> Iterator[Session]:
    transport = httpx.MockTransport(fortnox)
    made = Session(
        tokens, BASE, pacer=pacer, sleep=time.sleep, chance=lambda: 0.5, clock=time.clock, transport=transport
    )
    yield made
    made.close()
