"""Achieved rate and 429s of the pacer against five ways a server may count 25 requests in 5 seconds, in virtual time.

    python -m bench.rate --requests 20000 --server log --workers 4 --json

Each worker is sequential: wait for the pacer, send, hear the answer. The way to Fortnox takes 8-100 ms, the way back 20-80 ms,
a call to the budget's table 4-16 ms. The ceiling is the full 25 unless `--ceiling` says otherwise; without `--server`, every
server is tried with one worker and with four.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from bridge.fortnox.limiter import LIMIT, WINDOW, Pacer, SharedPacer, Tempo
from bridge.ports.budget import BULK, Budget
from tests.stand_ins.budgets import MemoryBudget
from tests.stand_ins.schedule import Schedule

T = TypeVar("T")

BEGIN = 1_000_000.0
"""Virtual seconds since 1970 when the workers begin: nothing was sent before."""


class Server(Protocol):
    """Tells whether a request arriving at a time (seconds, growing) is accepted."""

    def accepts(self, arrival: float) -> bool: ...


@dataclass
class Log:
    """An exact sliding log; a strict one counts rejected requests too."""

    limit: int = LIMIT
    window: float = WINDOW
    strict: bool = False
    seen: deque[float] = field(default_factory=deque)

    def accepts(self, arrival: float) -> bool:
        while self.seen and self.seen[0] <= arrival - self.window:
            self.seen.popleft()
        accepted = len(self.seen) < self.limit
        if accepted or self.strict:
            self.seen.append(arrival)
        return accepted


@dataclass
class Counter:
    """The approximated counter: this fixed window's count and the share of the one before that still reaches in."""

    window: int = -1
    current: int = 0
    previous: int = 0

    def accepts(self, arrival: float) -> bool:
        window, into = divmod(arrival, WINDOW)
        if window != self.window:
            self.previous = self.current if window == self.window + 1 else 0
            self.window, self.current = int(window), 0
        accepted = self.previous * (1 - into / WINDOW) + self.current + 1 <= LIMIT
        self.current += accepted
        return accepted


@dataclass
class Bucket:
    """A token bucket: 25 tokens, five new ones a second."""

    tokens: float = LIMIT
    filled: float = 0.0

    def accepts(self, arrival: float) -> bool:
        self.tokens = min(LIMIT, self.tokens + (arrival - self.filled) * LIMIT / WINDOW)
        self.filled = arrival
        accepted = self.tokens >= 1
        self.tokens -= accepted
        return accepted


@dataclass
class Twofold:
    """Five in a second and 25 in five."""

    short: Log = field(default_factory=lambda: Log(limit=5, window=1.0))
    long: Log = field(default_factory=Log)

    def accepts(self, arrival: float) -> bool:
        return self.short.accepts(arrival) and self.long.accepts(arrival)


SERVERS: dict[str, Callable[[], Server]] = {
    "log": Log,
    "strict": lambda: Log(strict=True),
    "counter": Counter,
    "bucket": Bucket,
    "twofold": Twofold,
}


@dataclass
class Run:
    """One company's server and those who send to it. `arrivals` are the times of all requests, `rejected` of the refused ones."""

    server: Server
    requests: int
    seed: int = 1
    schedule: Schedule = field(default_factory=Schedule)
    budget: MemoryBudget = field(default_factory=MemoryBudget)
    arrivals: list[float] = field(default_factory=list)
    rejected: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.schedule.time = BEGIN

    def pacer(self, tempo: Tempo, skew: float = 0.0, at_once: int = BULK, budget: Budget | None = None) -> SharedPacer:
        """Make the pacer of a worker whose clock is so much ahead; without a budget of its own it shares the company's."""
        remote = RemoteBudget(self, budget or self.budget)
        return SharedPacer(remote, tempo, lambda: self.schedule.time + skew, self.schedule.pause, at_once)

    def work(self, pacer: Pacer) -> None:
        """Send until all are sent, each until it is accepted."""
        while self.requests:
            self.requests -= 1
            attempt = 0
            while not self.sent(pacer):
                pacer.limited(attempt, None)
                attempt += 1
            pacer.succeeded()

    def sent(self, pacer: Pacer) -> bool:
        """Send one request; tells whether it was accepted."""
        pacer.wait()
        self.schedule.pause(self.chance.uniform(0.008, 0.1))
        arrival = self.schedule.time
        accepted = self.server.accepts(arrival)
        self.arrivals.append(arrival)
        if not accepted:
            self.rejected.append(arrival)
        self.schedule.pause(self.chance.uniform(0.02, 0.08))
        return accepted

    def run(self, pacers: Sequence[Pacer]) -> None:
        """Let a worker with each of these pacers send."""
        for pacer in pacers:
            self.schedule.add(BEGIN, partial(self.work, pacer))
        self.schedule.run()

    @property
    def ratio(self) -> float:
        """Requests accepted per second, of the five that are allowed."""
        accepted = len(self.arrivals) - len(self.rejected)
        return accepted * WINDOW / LIMIT / (self.schedule.time - BEGIN)


class RemoteBudget:
    """The budget over a network: each call takes a while before its effect, and after."""

    def __init__(self, run: Run, budget: Budget) -> None:
        self._run = run
        self._budget = budget

    def reserve(self, now: int, span: int) -> int:
        return self._call(lambda: self._budget.reserve(now, span))

    def pause(self, until: int) -> None:
        self._call(lambda: self._budget.pause(until))

    def paused(self) -> int:
        return self._call(self._budget.paused)

    def _call(self, effect: Callable[[], T]) -> T:
        self._run.schedule.pause(self._run.chance.uniform(0.002, 0.008))
        made = effect()
        self._run.schedule.pause(self._run.chance.uniform(0.002, 0.008))
        return made


@dataclass(frozen=True)
class Result:
    """`ratio` is requests per second achieved of the five allowed; `writes` what the budget's table took per request."""

    server: str
    workers: int
    ceiling: int
    requests: int
    ratio: float
    rejected: int
    writes: float


def measure(name: str, requests: int, workers: int = 1, ceiling: int = LIMIT, seed: int = 1) -> Result:
    """Send the requests to one server."""
    run = Run(SERVERS[name](), requests, seed)
    run.run([run.pacer(Tempo(ceiling)) for _ in range(workers)])
    writes = round(run.budget.writes / requests, 2)
    return Result(name, workers, ceiling, requests, round(run.ratio, 4), len(run.rejected), writes)


def main() -> None:
    parser = argparse.ArgumentParser(description="The shared pacer against five server models, in virtual time.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--server", choices=SERVERS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--ceiling", type=int, choices=range(1, LIMIT + 1), default=LIMIT, metavar="1..25")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.server:
        result = measure(asked.server, asked.requests, asked.workers, asked.ceiling)
        print(json.dumps({"ratio": result.ratio, "rejected": result.rejected}) if asked.json else told(result))
        return
    results = [measure(name, asked.requests, workers, asked.ceiling) for name in SERVERS for workers in (1, 4)]
    print(json.dumps([asdict(each) for each in results]) if asked.json else "\n".join(map(told, results)))


def told(result: Result) -> str:
    """Tell a result in a line."""
    return (
        f"{result.server:8} {result.workers} workers, {result.ceiling} of {LIMIT}: {result.ratio:.4f} of the limit, "
        f"{result.rejected} 429s, {result.writes} writes a request"
    )


if __name__ == "__main__":
    main()
